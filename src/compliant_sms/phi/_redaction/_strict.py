"""Whatever has the form of a number or a mail address, whoever owns it: for logs."""

from __future__ import annotations

import re
from collections.abc import Iterator

from attrs import evolve

from compliant_sms.phi._labels import PhiFinding, PhiLabel
from compliant_sms.phi._reading._escapes import decoded
from compliant_sms.phi._reading._view import View

# Seven digits are a telephone number without its area code. What stands between digits is what
# people group them with.
_NUMBER = re.compile(r"[+(]{0,2}[0-9](?:[ \t\-./()+_\u00b7\u2022]{0,3}[0-9]){6,}")
_LONGEST_PHONE = 15  # ITU-T E.164
_AT = re.compile(r"@|%40")
_OUTSIDE = r"\s@<>\"'(),;:\[\]"
_LOCAL = re.compile(rf"[^{_OUTSIDE}]+$")
_DOMAIN = re.compile(rf"[^{_OUTSIDE}]+")
_LOCAL_LENGTH = 64  # RFC 5321, 4.5.3.1.1
# Ids without which nobody can use a log: UUIDs, digests, what providers number texts with.
_OPAQUE = re.compile(
    r"(?<![0-9A-Za-z])(?:(?:[A-Z]{2})?[0-9a-f]{32,128}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})"
    r"(?![0-9A-Za-z])"
)

# What programs write around values: Python's literals, JSON, URLs, forms.
_AROUND = re.compile(
    r"(?<![^\W_])[bBrRuUfF]{1,2}(?=['\"])|(?<=[^\W_])\+(?=[^\W_]|%[0-9A-Fa-f])"
    r"|[=(){}<>|\"]|'(?![^\W_])|(?<![^\W_])'"
)
# With a time zone in its brackets, or whatever it is cut off by.
_INSIDE = r"\([^()]{0,80}(?:\([^()]{0,80}\)[^()]{0,80}){0,2}\)"
_DATE = re.compile(
    r"\bdate(?:time)?\([0-9]{4}, [0-9]{1,2}, [0-9]{1,2}"
    rf"(?:[^()]{{0,80}}(?:{_INSIDE}[^()]{{0,80}}){{0,2}}\))?"
)


# What a traceback says of the program: its lines look like words to everybody, "most" among them.
_PROGRAM = re.compile(
    r"""(?:Exception\ Group\ )?(?:Traceback|Stack)\ \(most\ recent\ call\ last\):
    |During\ handling\ of\ the\ above\ exception,\ another\ exception\ occurred:
    |The\ above\ exception\ was\ the\ direct\ cause\ of\ the\ following\ exception:
    |^(?P<margin>[ |+-]{0,40}?)[ ]{2}File\ "[^"\n]{0,4096}",\ line\ [0-9]{1,9}[^\n]*
    (?:\n(?P=margin)[ ]{4}[^\n]*)*""",
    re.MULTILINE | re.VERBOSE,
)
_SIGN = re.compile(r"[^\n]")


def unframed(text: str) -> str:
    """The text with blanks for what a traceback says of the program; as long as it was."""
    return _PROGRAM.sub(lambda found: _SIGN.sub(" ", found[0]), text)


def unescaped(text: str) -> str:
    """The text with what escapes stand for, and blanks for what programs write around words.

    It is as long as it was; see :func:`~compliant_sms.phi._reading._escapes.decoded`.
    """
    return decoded(_AROUND.sub(lambda found: " " * len(found[0]), text))


def find_strictly(text: str) -> tuple[PhiFinding, ...]:
    """All numbers of seven or more digits, mail addresses, and dates as Python shows them.

    In the order of the text.
    """
    view = View(text)
    found = [*_numbers(view), *_dates(view)] if view.has_digit else []
    if "@" in view.plain or "%40" in view.plain:
        found += _emails(view)
    placed = []
    for finding in found:
        start, end = view.place(finding.start, finding.end)
        placed.append(evolve(finding, start=start, end=end))
    return tuple(sorted(placed, key=lambda finding: finding.start))


def _numbers(view: View) -> Iterator[PhiFinding]:
    opaque = [found.span() for found in _OPAQUE.finditer(view.plain) if not found[0].isdigit()]
    at = 0
    for found in _NUMBER.finditer(view.plain):
        start, end = found.span()
        while at < len(opaque) and opaque[at][1] < end:
            at += 1
        if at < len(opaque) and opaque[at][0] <= start:
            continue
        digits = sum(map(str.isdigit, found[0]))
        label = PhiLabel.PHONE if digits <= _LONGEST_PHONE else PhiLabel.OTHER_ID
        yield PhiFinding(start=start, end=end, label=label, rule="strict/number")


def _dates(view: View) -> Iterator[PhiFinding]:
    for found in _DATE.finditer(view.plain):
        start, end = found.span()
        yield PhiFinding(start=start, end=end, label=PhiLabel.DATE, rule="strict/date")


def _emails(view: View) -> Iterator[PhiFinding]:
    for at in _AT.finditer(view.plain):
        before = view.plain[max(0, at.start() - _LOCAL_LENGTH) : at.start()]
        local = _LOCAL.search(before)
        domain = _DOMAIN.match(view.plain, at.end())
        if local and domain:
            start = at.start() - len(local[0])
            yield PhiFinding(
                start=start, end=domain.end(), label=PhiLabel.EMAIL, rule="strict/email"
            )


def united(findings: list[PhiFinding], more: list[PhiFinding]) -> list[PhiFinding]:
    """Both together; where they overlap, the first's label for the whole place."""
    known = {id(finding) for finding in findings}
    together: list[PhiFinding] = []
    for finding in sorted([*findings, *more], key=lambda each: (each.start, -each.end)):
        last = together[-1] if together else None
        if last is None or last.end <= finding.start:
            together.append(finding)
            continue
        named = finding if id(finding) in known and id(last) not in known else last
        whole = evolve(named, start=last.start, end=max(last.end, finding.end))
        if id(named) in known:
            known.add(id(whole))
        together[-1] = whole
    return together
