"""Mail addresses of people, and addresses of machines: 45 CFR 164.514(b)(2)(i)(F) and (O)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache

from compliant_sms.phi._known import Known
from compliant_sms.phi._labels import Confidence, PhiFinding, PhiLabel
from compliant_sms.phi._reading._view import View
from compliant_sms.phi._words import _marks as marks
from compliant_sms.phi._words._word_lists import listed

# A mailbox of an office, not of a person; it counts when it is somebody's own ("to my daycare").
_SOMEBODYS = frozenset(("my", "her", "his", "our", "their", "mi", "mis", "su", "sus"))
_PARTS = re.compile(r"[._-]")
_WORDS_BEFORE, _MOST_LOCAL, _PARTS_OF_IP, _MOST_OF_PART, _COLONS = 8, 64, 4, 255, 7


@cache  # compiled at first use, like all patterns here
def _host() -> re.Pattern[str]:
    return re.compile(r"@(?P<host>[\w-]{1,63}(?:\.[\w-]{1,63}){1,8})")


@cache
def _spoken_mail() -> tuple[re.Pattern[str], ...]:
    marked = r"(?:\s?[(\[{]\s?(?:at|arroba)\s?[)\]}]\s?|\sarroba\s)"
    dot = r"(?:\s?[(\[{]\s?(?:dot|punto)\s?[)\]}]\s?|\s(?:dot|punto)\s)"
    label = r"[a-z0-9-]{1,63}"
    sign = r"(?:\s(?:dot|punto|underscore|dash|hyphen|guion(?: bajo)?|plus)\s)"
    nobody = "me|us|him|her|them|it|is|you|my|email|mail|address|reach|contact|work|home|one"
    local = (
        rf"(?<![\w.+%-])(?!(?:{nobody})\sat\s)"
        rf"(?:[\w+%-]{{1,32}}(?:{dot}|{sign})){{0,3}}[\w.+%-]{{1,64}}"
    )
    free = r"(?:gmail|yahoo|hotmail|outlook|icloud|aol|protonmail)\b"
    return (
        re.compile(rf"{local}{marked}{label}(?:(?:{dot}|\.){label}){{1,3}}"),
        re.compile(
            rf"{local}(?:\sat\s|@){label}(?:(?:{dot}|\.){label}){{0,2}}{dot}[a-z]{{2,12}}\b"
        ),
        re.compile(rf"{local}(?:{marked}|\sat\s|@){free}(?!\.\w)(?:{dot}[a-z]{{2,3}}\b)?"),
    )


@cache
def _apart() -> re.Pattern[str]:
    """An address with blanks around its sign: "rblake77 @ example.com"."""
    return re.compile(
        r"(?<![\w.+%-])(?!(?:me|us|him|her|them|here|out|now|online|site|portal|link|see|pay)\s)"
        r"[\w.+-]{3,64} @ (?:[a-z0-9-]{2,63}\.){1,3}[a-z]{2,6}\b(?!/)"
    )


def find_emails(view: View, known: Known) -> Iterable[PhiFinding]:
    """Mail addresses of people, whole, masked or spoken ("ana at example dot com").

    The mailbox of an office counts only when the words before it make it somebody's.

    Args:
        view: the text.
        known: the practice's own hosts, whose mailboxes are its own.
    """
    text = view.lower
    found = list(_written(view, known)) if "@" in text else []
    if " @ " in text:
        found += [
            _finding(*m.span(), PhiLabel.EMAIL, "email/form") for m in _apart().finditer(text)
        ]
    if (view.said & marks.CONTACT_CUE or "[" in text or "(" in text) and _is_spoken(view):
        for pattern in _spoken_mail():
            for match in pattern.finditer(text):
                if "dot dot" not in match[0]:
                    found.append(_finding(*match.span(), PhiLabel.EMAIL, "email/spoken"))
    return found


def _is_spoken(view: View) -> bool:
    """Whether "at" stands in brackets, or beside a word that only addresses have."""
    text = view.lower
    if "at]" in text or "at)" in text or "arroba" in text:
        return True
    return ("@" in text or " at " in text) and not listed("spoken").isdisjoint(view.words)


def _written(view: View, known: Known) -> Iterator[PhiFinding]:
    text = view.lower
    own = tuple(host.lower() for host in known.own.hosts) if known.own else ()
    for match in _host().finditer(text):
        at = start = match.start()
        while start and at - start < _MOST_LOCAL and _is_local(text[start - 1]):
            start -= 1
        local = text[start:at].lstrip(".-'")
        is_office = _is_office(local) or (own and match["host"].endswith(own))
        if local and not (is_office and not _is_somebodys(view, at - len(local))):
            yield _finding(at - len(local), match.end(), PhiLabel.EMAIL, "email/form")


def _is_office(local: str) -> bool:
    return local in listed("offices") or listed("offices").issuperset(_PARTS.split(local))


def _is_local(character: str) -> bool:
    return character.isalnum() or character in ".+%*'_•-"


def _is_somebodys(view: View, start: int) -> bool:
    at = view.word_at(start)
    for word in range(at - 1, max(-1, at - _WORDS_BEFORE), -1):
        if not {".", "!", "?", "\n"}.isdisjoint(view.gaps[word + 1]):
            return False
        if view.words[word] in _SOMEBODYS:
            return True
    return False


@cache
def _address() -> re.Pattern[str]:
    return re.compile(r"(?<![\w.:])[0-9a-f]{0,4}(?::[0-9a-f]{0,4}){2,7}(?![\w:])")


@cache
def _begun() -> re.Pattern[str]:
    """How an address begins, if figures and full stops go on alone."""
    return re.compile(r"[0-9]\.[0-9]+\.[0-9]")


_VERSIONS = frozenset(("version", "ver", "v", "firmware", "release", "build", "section"))
_UPDATES = frozenset(("update", "updated", "updates", "upgrade", "upgraded", "upgrading"))
# Networks of a house, which identify nobody outside: RFC 1918 and 5735.
_INSIDE = re.compile(r"(?:10|127|192\.168|172\.(?:1[6-9]|2\d|3[01]))\.")


def find_ips(view: View, _known: Known) -> Iterable[PhiFinding]:
    """Internet addresses, old and new: 45 CFR 164.514(b)(2)(i)(O); form: RFC 4291, 2.2."""
    text = view.lower
    found: list[tuple[int, int]] = []
    if (
        len(view.figures) >= _PARTS_OF_IP
        and text.count(".") >= _PARTS_OF_IP - 1
        and _begun().search(text)
    ):
        found = [span for span in _dotted(view) if _is_outside(view, *span)]
    if ":" in text and ("::" in text or text.count(":") >= _COLONS):
        found += [match.span() for match in _address().finditer(text) if _is_address(match[0])]
    return [_finding(*span, PhiLabel.IP, "ip/form") for span in found]


def _dotted(view: View) -> list[tuple[int, int]]:
    """Four runs of figures with a full stop between each two, and no more."""
    text, found, count, first, last = view.lower, [], 0, 0, -2
    for start, end in view.figures:
        if start == last + 1 and text[last] == ".":
            count += 1
        else:
            if count == _PARTS_OF_IP:
                found.append((first, last))
            count, first = 1, start
        last = end
    if count == _PARTS_OF_IP:
        found.append((first, last))
    return found


def _is_outside(view: View, start: int, end: int) -> bool:
    """Whether it is no version, no word goes on with it, and the net outside knows it."""
    written = view.lower[start:end]
    if _INSIDE.match(written) or max(map(int, written.split("."))) > _MOST_OF_PART:
        return False
    at = view.word_at(start)
    joined = view.lower[max(0, start - 1) : start] + view.lower[end : end + 1]
    told = view.words[max(0, at - 2) : at]
    is_version = bool(told) and (told[-1] in _VERSIONS or _are_update(told))
    return not is_version and not any(c.isalnum() or c == "_" for c in joined)


def _are_update(told: list[str]) -> bool:
    """Whether words say that an update leads there: "update to 5.2.0.1"."""
    return told[-1] == "to" and told[0] in _UPDATES


def _is_address(written: str) -> bool:
    import ipaddress  # noqa: PLC0415 - few texts get here

    try:
        ipaddress.ip_address(written)
    except ValueError:
        return False
    return any(map(str.isdigit, written))


def _finding(
    start: int, end: int, label: PhiLabel, rule: str, confidence: Confidence = Confidence.CERTAIN
) -> PhiFinding:
    return PhiFinding(start=start, end=end, label=label, rule=rule, confidence=confidence)
