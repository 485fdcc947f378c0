"""Places in a text that somebody should have filled."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from compliant_sms.lint._copy import Copy
from compliant_sms.lint._finding import LintFinding, Severity

# What stands in brackets when it is a place to fill: "[first name]", "<date>", "$time".
_FIELDS = (
    "first", "last", "full", "name", "patient", "pt", "guardian", "parent", "child", "user",
    "customer", "client", "recipient", "member", "your", "the", "my", "insert", "enter", "add",
    "here", "fill", "in", "placeholder", "todo", "tbd", "date", "time", "day", "weekday", "hour",
    "month", "year", "dob", "birthday", "doctor", "dr", "provider", "physician", "dentist",
    "clinician", "nurse", "staff", "team", "clinic", "practice", "office", "hospital", "company",
    "business", "brand", "sender", "organization", "org", "location", "address", "street", "city",
    "state", "zip", "phone", "number", "tel", "fax", "email", "mail", "link", "url", "website",
    "web", "site", "portal", "amount", "amt", "balance", "price", "total", "due", "cost", "code",
    "otp", "pin", "id", "mrn", "account", "appointment", "appt", "visit", "service", "procedure",
    "reason", "type", "medication", "drug", "rx", "pharmacy", "prescription", "test", "result",
    "lab", "specialty", "department", "insurance", "plan", "fname", "lname", "firstname",
    "lastname", "value", "text", "message", "body", "title", "salutation", "signature", "of", "and",
    "nombre", "apellido", "paciente", "fecha", "hora", "dia", "doctora", "clinica", "consultorio",
    "direccion", "telefono", "enlace", "cita", "monto", "codigo", "del", "de", "la", "el", "su",
)  # fmt: skip
# A list of those alone says nothing: "[the]" and "<3" are no places to fill.
_PLACES = (
    "first", "last", "of", "and", "the", "my", "your", "in", "here", "del", "de", "la", "el", "su",
)  # fmt: skip

_NOTHING = "null|none|undefined"  # as programs write that they have nothing


@cache  # compiled at first use
def _form() -> re.Pattern[str]:
    field = rf"(?:{'|'.join(sorted(_FIELDS, key=len, reverse=True))})"
    only = rf"(?!(?:{'|'.join(_PLACES)})[\]>}}])"
    words = rf"{only}{field}\d?(?:(?:'s)?[ _.:/-]{{0,2}}{field}\d?){{0,5}}"
    name = r"[\w$.@-]{1,60}"
    forms = (
        r"\{\{[^{}\n]{0,120}\}\}\}?",  # Mustache, Handlebars, Jinja, Liquid
        r"\{%[^%\n]{0,120}%\}",  # Jinja, Liquid
        r"<%[^%\n]{0,120}%>",  # ERB, EJS
        r"[$#]\{[^{}\n]{1,120}\}",  # shells, JavaScript, Ruby, Java
        r"\$\([^()\n]{1,60}\)",
        r"\*\|[^|\n]{1,60}\|\*",  # Mailchimp
        rf"\{{(?:{name}(?:\[[^\]\n]{{0,30}}\])?(?:[!:][^{{}}\n]{{0,30}})?|{words}|)\}}",  # Python
        r"%\(\w{1,60}\)[sdf]",  # Python
        r"(?<![\w%])%(?:\d\$)?(?:s|d|@|i|(?:\d?\.\d)?f)(?![\w%])",  # C, Java, Objective-C
        r"%%[A-Za-z_]{2,60}%%|(?<![\w%])%[A-Za-z_]{3,60}%(?!\w)",  # mail merges, batch files
        rf"<<[^<>\n]{{1,60}}>>|\u00ab{words}\u00bb",  # mail merges
        rf"\[\[[^\[\]\n]{{1,60}}\]\]|\[(?:{words}|\w{{1,30}}_\w{{1,30}})\]",
        rf"<(?:{words}|\w{{1,30}}_\w{{1,30}})>",
        rf"(?<![\w$])\$(?:{words}|[a-z]{{1,30}}_[a-z_]{{1,30}})(?![\w-])",
        rf"(?<![\w@])@@?(?:{words})@",
        rf"(?<![\w#])##?{words}##?(?![\w-])(?<=#)",
        r"(?<![\w/])__[A-Za-z][A-Za-z_]{0,60}__(?![\w/])",
        r"(?<![\w/])_{3,}(?![\w/])",
        r"\bXX?/XX?(?:/XX(?:XX)?)?\b|\bXX?:XX\b|\bX{3}-X{3}-X{4}\b|\(X{3}\) ?X{3}-X{4}",
        r"\[object Object\]|\blorem ipsum\b",
        rf"(?:(?<=\bhi )|(?<=\bhello )|(?<=\bdear )|(?<=\bat ))(?:{_NOTHING})\b",
        r"\bundefined\b",
    )
    return re.compile("|".join(f"(?:{form})" for form in forms), re.IGNORECASE)


def unfilled_variable(copy: Copy) -> Iterator[LintFinding]:
    """A patient would get the place instead of what belongs there."""
    for match in _form().finditer(copy.text):
        yield LintFinding(
            start=match.start(),
            end=match.end(),
            rule="unfilled-variable",
            severity=Severity.ERROR,
            words="A variable was not filled; the patient would read its name.",
            source="library policy",
            remedy="Fill it; where the text is a template that is filled later, ignore this rule.",
        )
