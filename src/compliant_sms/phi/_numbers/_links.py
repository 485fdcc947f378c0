"""Links that lead to one person: 45 CFR 164.514(b)(2)(i)(N). A page for everybody is none."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache
from itertools import pairwise

from compliant_sms.phi._known import Known
from compliant_sms.phi._labels import Confidence, PhiFinding, PhiLabel
from compliant_sms.phi._reading._view import View
from compliant_sms.phi._words._word_lists import listed

_CHUNK = re.compile(r"[A-Za-z]+|\d+")
_PIECE = re.compile(r"[^-_.~+%]+")
_LETTERS = re.compile(r"[^\W\d_]+")
_YEAR = re.compile(r"(?:19|20)\d\d")
_VOWELS = frozenset("aeiouyAEIOUY")
_LEAST_TOKEN, _LEAST_JUMBLED, _LEAST_WORD, _LEAST_CHUNKS = 5, 4, 3, 3
_MOST_COUNTED = 4


@cache  # compiled at first use, like all patterns here
def _trigger() -> re.Pattern[str]:
    """What all links with a path have: a scheme, or the end of a host before a path."""
    return re.compile(r"\.[a-z]{2,24}(?::\d{2,5})?[/?]|://")


@cache
def _link() -> re.Pattern[str]:
    tail = r"(?::\d{2,5})?[/?][^\s<>\"]*+"
    label = r"[a-z0-9][a-z0-9_-]{0,62}"
    return re.compile(
        rf"https?://[^\s<>\"/?]{{1,255}}+(?:[/?][^\s<>\"]*+)?"
        rf"|(?<![\w.@%+/-])(?:{label}\.){{1,8}}[a-z]{{2,24}}{tail}",
    )


def find_urls(view: View, known: Known) -> Iterable[PhiFinding]:
    """Links that carry a token, a number or a name.

    Args:
        view: the text.
        known: the names of the patient, which make a link theirs.
    """
    text = view.lower
    if "/" not in text or "." not in text or not _trigger().search(text):
        return ()
    return _personal(view, known)


def _personal(view: View, known: Known) -> Iterator[PhiFinding]:
    for match in _link().finditer(view.lower):
        start = match.start()
        end = start + len(_without_stop(match[0]))
        if confidence := _confidence(view.plain[start:end], known):
            yield PhiFinding(
                start=start,
                end=end,
                label=PhiLabel.URL,
                rule="url/personal",
                confidence=confidence,
            )


def _without_stop(link: str) -> str:
    link = link.rstrip(".,;:!?'*|]}")
    return link if "(" in link else link.rstrip(".,;:!?'*|)]}")


def _confidence(link: str, known: Known) -> Confidence | None:
    """How surely a link is one person's; ``None`` if it is everybody's."""
    rest = link.partition("://")[2] or link
    host_and_path, _, query = rest.partition("?")
    query, _, fragment = query.partition("#")
    path, _, anchor = host_and_path.partition("#")
    parts = [part for part in path.split("/")[1:] if part]
    pairs = [pair.partition("=") for pair in query.split("&") if pair]
    host = path.partition("/")[0].lower()
    public = _is_public(host, parts)
    if (
        _carries_known_name(rest.lower().removeprefix(host), known)
        or any(_tells(key.lower(), value) for key, _, value in pairs)
        or (not public and any(map(_is_token, [*parts, *anchor.split("/"), *fragment.split("/")])))
    ):
        return Confidence.CERTAIN
    if public:
        return None
    everybodys = listed("public_pages") | listed("personal_folders")
    for folder, page in pairwise([*path.split("/")[:1], *parts]):
        names = {folder.lower(), folder.lower().partition(".")[0]}
        if names & listed("personal_folders") and page.lower() not in everybodys:
            return Confidence.LIKELY
        if len(folder) == 1 and not public and _is_of_one(page):
            return Confidence.LIKELY
    return None


def _is_of_one(page: str) -> bool:
    """Whether a page in a folder of one letter has a number or a code in it."""
    if sum(map(str.isdigit, page)) >= _LEAST_WORD:
        return True
    mixed = [piece for piece in _PIECE.findall(page) if not (piece.isalpha() or piece.isdigit())]
    return any(len(piece) >= _LEAST_JUMBLED and not _is_wordy(piece) for piece in mixed)


def _is_public(host: str, parts: list[str]) -> bool:
    """Whether a site or a folder is for everybody: vacancies, news, events."""
    folders = {part.lower() for part in parts[:-1]}
    return not listed("public_folders").isdisjoint({host.partition(".")[0], *folders})


def _tells(key: str, value: str) -> bool:
    if key.startswith("utm_"):
        return False
    return bool(value) and (key in listed("personal_keys") or _is_token(value))


def _is_token(part: str) -> bool:
    """Whether a part of a path looks drawn by lot or counted, unlike words."""
    pieces: list[str] = _PIECE.findall(part.partition(".htm")[0].partition(".pdf")[0])
    numbers = [piece for piece in pieces if piece.isdigit() and not _YEAR.fullmatch(piece)]
    digits = sum(map(str.isdigit, "".join(pieces)))
    if any(map(_is_jumbled, pieces)) or sum(map(len, numbers)) > _MOST_COUNTED:
        return True
    mixed = [piece for piece in pieces if not piece.isdigit() and not piece.isalpha()]
    return digits >= _LEAST_WORD and bool(mixed) and not all(map(_is_wordy, mixed))


def _is_jumbled(piece: str) -> bool:
    """Digits among letters that make no words, or capitals all over."""
    if piece.isdigit() or _is_wordy(piece):
        return False
    chunks = _CHUNK.findall(piece)
    if len(chunks) >= _LEAST_CHUNKS and len(piece) >= _LEAST_JUMBLED:
        return True
    if len(piece) < _LEAST_TOKEN:
        return False
    if len(chunks) > 1:
        return not _VOWELS.intersection(piece) or piece.isupper()
    changes = sum(before.islower() and after.isupper() for before, after in pairwise(piece))
    return changes > 1 and len(piece) < changes * _MOST_COUNTED


def _is_wordy(piece: str) -> bool:
    """As in ``covid19shots``: every run of letters could be a word, and the figures are few."""
    letters = [chunk for chunk in _CHUNK.findall(piece) if chunk.isalpha()]
    digits = [chunk for chunk in _CHUNK.findall(piece) if chunk.isdigit()]
    return all(map(_is_word, letters)) and all(
        len(chunk) < _LEAST_WORD or _YEAR.fullmatch(chunk) for chunk in digits
    )


def _is_word(letters: str) -> bool:
    one_case = letters.islower() or letters.istitle()
    return len(letters) >= _LEAST_WORD and one_case and bool(_VOWELS.intersection(letters))


def _carries_known_name(page: str, known: Known) -> bool:
    """Whether the patient's name stands behind the host as a word, or a longer one in a word."""
    if known.patient is None:
        return False
    words = {word for name in known.patient.names for word in View(name).words}
    pieces = set(_LETTERS.findall(page))
    return any(
        word in pieces or (len(word) > _LEAST_TOKEN and word in page)
        for word in words
        if len(word) > _LEAST_WORD  # a short name stands in many words
    )
