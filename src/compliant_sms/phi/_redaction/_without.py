"""A text to a patient without some of what was found in it, in words that a patient reads."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cache

from compliant_sms import _given
from compliant_sms.phi._labels import PhiFinding, PhiLabel

_ENGLISH, _SPANISH = "en", "es"
# In letters of GSM-7 alone, since another one would turn the whole text to UCS-2; that has e and
# n with their Spanish marks, but neither a, i, o nor u. No recognizer finds anything in them.
_WORDS: Mapping[str, Mapping[PhiLabel, str]] = {
    _ENGLISH: {
        PhiLabel.NAME: "name",
        PhiLabel.GEO: "place",
        PhiLabel.DATE: "date",
        PhiLabel.AGE_OVER_89: "age",
        PhiLabel.PHONE: "phone number",
        PhiLabel.FAX: "fax number",
        PhiLabel.EMAIL: "email",
        PhiLabel.SSN: "number",
        PhiLabel.MRN: "number",
        PhiLabel.HEALTH_PLAN_ID: "number",
        PhiLabel.ACCOUNT: "number",
        PhiLabel.LICENSE: "number",
        PhiLabel.VEHICLE: "number",
        PhiLabel.DEVICE: "number",
        PhiLabel.URL: "link",
        PhiLabel.IP: "number",
        PhiLabel.BIOMETRIC: "number",
        PhiLabel.PHOTO: "picture",
        PhiLabel.OTHER_ID: "number",
        PhiLabel.PROVIDER_NAME: "name",
        PhiLabel.CONDITION: "condition",
        PhiLabel.MEDICATION: "medication",
        PhiLabel.PROCEDURE: "procedure",
        PhiLabel.TEST_RESULT: "result",
        PhiLabel.SPECIALTY_HINT: "care",
    },
    _SPANISH: {
        PhiLabel.NAME: "nombre",
        PhiLabel.GEO: "lugar",
        PhiLabel.DATE: "fecha",
        PhiLabel.AGE_OVER_89: "edad",
        PhiLabel.PHONE: "tel\u00e9fono",
        PhiLabel.FAX: "fax",
        PhiLabel.EMAIL: "correo",
        PhiLabel.SSN: "dato",
        PhiLabel.MRN: "dato",
        PhiLabel.HEALTH_PLAN_ID: "dato",
        PhiLabel.ACCOUNT: "dato",
        PhiLabel.LICENSE: "dato",
        PhiLabel.VEHICLE: "dato",
        PhiLabel.DEVICE: "dato",
        PhiLabel.URL: "enlace",
        PhiLabel.IP: "dato",
        PhiLabel.BIOMETRIC: "dato",
        PhiLabel.PHOTO: "imagen",
        PhiLabel.OTHER_ID: "dato",
        PhiLabel.PROVIDER_NAME: "nombre",
        PhiLabel.CONDITION: "diagnosis",
        PhiLabel.MEDICATION: "medicamento",
        PhiLabel.PROCEDURE: "procedimiento",
        PhiLabel.TEST_RESULT: "resultado",
        PhiLabel.SPECIALTY_HINT: "servicio",
    },
}


# Function words that tell the language; the reading of content, which sits above, has more.
@cache
def _spanish_words() -> re.Pattern[str]:
    return re.compile(
        r"\b(?:el|la|los|las|una?|del?|al|y|que|sus?|con|para|por|en|es|le|nuestr[oa]|si|se|hoy|ya|cita|"
        r"responda|llame|usted|tu|gracias|favor|sin|lista|listo)\b",
        re.IGNORECASE,
    )


@cache
def _english_words() -> re.Pattern[str]:
    return re.compile(
        r"\b(?:the|an?|and|or|of|to|for|with|your?|our|we|is|are|at|on|in|if|this|that|it|by|from|have|"
        r"has|will|be|please|call|us|today|now|any|not|ready)\b",
        re.IGNORECASE,
    )


def without(text: str, findings: Iterable[PhiFinding], *, language: str | None = None) -> str:
    """The text with a plain word for each finding: ``[medication]``, ``[medicamento]``.

    Those with the same word are one where nothing but blanks, commas or an "and" stands between.

    Args:
        text: the text that the findings are about.
        findings: what to take out, in any order.
        language: of the words, a tag such as ``"es"`` or ``"es-MX"`` (BCP 47); None to go by the
            text. English for any but Spanish.

    Returns:
        The text. What was added is in GSM-7.
    """
    words = _WORDS[_language(text) if language is None else _known(language)]
    parts: list[str] = []
    at, last = 0, None
    for finding in sorted(findings, key=lambda each: (each.start, -each.end)):
        if finding.end <= at:
            continue
        between = text[at : finding.start]
        word = words[finding.label]
        if word != last or not _joins(between):
            parts += between, f"[{word}]"
        at, last = finding.end, word
    return "".join([*parts, text[at:]])


def _joins(between: str) -> bool:
    return len(between) <= _LONGEST and _joint().fullmatch(between) is not None


@cache
def _joint() -> re.Pattern[str]:
    return re.compile(r"[\s,;/&+-]*(?:(?<=[\s,])(?:and|or|y|e|o|u)\s+)?", re.IGNORECASE)


_LONGEST = 10


def _known(language: str) -> str:
    tag = _given.primary(language)
    return tag if tag in _WORDS else _ENGLISH


def _language(text: str) -> str:
    spanish, english = (
        len(set(map(str.lower, pattern().findall(text))))
        for pattern in (_spanish_words, _english_words)
    )
    return _SPANISH if spanish > english else _ENGLISH
