"""What a text tells its reader besides its message: who writes, how to reach them, how to opt out.

Read generously and by its words alone. English and Spanish, and French as the library writes it.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Collection, Iterable, Mapping
from functools import cache, lru_cache

from attrs import frozen

from compliant_sms.text._hints import hints
from compliant_sms.text._links import links, within
from compliant_sms.text._phrases import SURE, pattern


@frozen(kw_only=True)
class Notices:
    """What a text tells its reader.

    Attributes:
        names_sender: one of the practice's names, 47 CFR 64.1200(a)(9)(iv)(B), CTIA 5.1.2.1.
        contact: the practice's phone, one of its hosts, or a mail address, the same paragraph.
        opt_out: that STOP works, or how to opt out, 47 CFR 64.1200(a)(9)(iv)(G), CTIA 5.1.2.1.
        help: how to get help, CTIA 5.1.2.1.
        fees: that message and data rates may apply, CTIA 5.1.2.1.
        frequency: that texts recur, or how often, CTIA 5.1.2.1.
        no_reply: that nobody reads replies, 47 CFR 64.1200(a)(10).
        other_opt_out: a way to opt out that needs no reply, 47 CFR 64.1200(a)(10).
    """

    names_sender: bool = False
    contact: bool = False
    opt_out: bool = False
    help: bool = False
    fees: bool = False
    frequency: bool = False
    no_reply: bool = False
    other_opt_out: bool = False


def notices(
    body: str, *, names: Iterable[str], phone_digits: str, own_hosts: Collection[str]
) -> Notices:
    """What a text tells its reader.

    A name counts whatever its case, accents, punctuation and blanks, with "&" for "and", and
    without "LLC" and its like, but as whole words. A phone counts in any written form that has
    its area code, letters for digits included.

    Args:
        body: as it will be sent.
        names: of the practice.
        phone_digits: where to call it, the country's code included or not.
        own_hosts: its domains; a subdomain counts.
    """
    page = _Page.of(body)
    opt_out = page.says_opt_out()
    return Notices(
        names_sender=any(_named(name, page.text) for name in names),
        contact=_tells_phone(page.text, phone_digits) or _tells_address(body, own_hosts),
        opt_out=opt_out,
        help=page.says("help", "help") or page.spells("help", "help"),
        fees=page.says("fees", "fees"),
        frequency=page.says("frequency", "often") or page.says("frequency", "each", also="texts"),
        no_reply=page.says("no_reply", "no"),
        other_opt_out=opt_out and page.says_other_opt_out(),
    )


@frozen(repr=False)
class _Page:
    """A body as it is searched: in its own letters, in small ones, and where hints stand."""

    own: str
    text: str
    found: Mapping[str, list[int]]

    @classmethod
    def of(cls, body: str) -> _Page:
        own = _plain(body)
        text = own.lower()
        return cls(own, text, hints(text))

    def says(self, notice: str, near: str, *, also: str = "") -> bool:
        """Whether a sentence with such a hint says the notice; ``also`` stands anywhere."""
        places = self.found.get(near)
        if places is None or (also and also not in self.found):
            return False
        if also and notice == "frequency":
            places = self._beside_texts(places)
        return any(words in self.text for words in SURE.get(notice, ())) or _in_sentences(
            notice, self.text, places
        )

    def _beside_texts(self, places: list[int]) -> list[int]:
        """Those in whose sentence a word stands that all ways to tell of frequency have."""
        if _HIDDEN in self.text:
            return places
        words = sorted([*self.found["texts"], *self.found.get("often", ())])
        kept, end = list[int](), -1
        for place in places:
            if place > end:
                start, end = _sentence(self.text, place)
                at = bisect_left(words, start)
                if at < len(words) and words[at] < end:
                    kept.append(place)
        return kept

    def spells(self, notice: str, near: str) -> bool:
        """Whether the notice's word in capitals stands out, which it does not among others."""
        places = self.found.get(near)
        if places is None or self.own.isupper() or len(self.own) != len(self.text):
            return False
        return _in_sentences(f"{notice}_spelt", self.own, places)

    def says_opt_out(self) -> bool:
        return (
            self.says("opt_out", "leave")
            or self.says("opt_out", "end", also="texts")
            or self.spells("opt_out", "leave")
        )

    def says_other_opt_out(self) -> bool:
        places = sorted([*self.found.get("leave", ()), *self.found.get("end", ())])
        # The first look takes a fraction of the second's time, and most texts fail it.
        return _in_sentences("elsewhere", self.text, places) and _in_sentences(
            "other_opt_out", self.text, places
        )


def _in_sentences(notice: str, text: str, places: Iterable[int]) -> bool:
    said, end = pattern(notice), -1
    for place in places:
        if place > end:
            start, end = _sentence(text, place)
            if said.search(text, start, end):
                return True
    return False


def _sentence(text: str, place: int) -> tuple[int, int]:
    start, end = -1, len(text)
    for mark in _MARKS:
        start = max(start, text.rfind(mark, start + 1, place))
        after = text.find(mark, place, end)
        if after >= 0:
            end = after
    return start + 1, end


_MARKS = (". ", "! ", "\n")
_HIDDEN = "un-"  # a hint whose last sign hides the word behind it
_QUOTES = str.maketrans(dict.fromkeys("\u2018\u2019\u201b\u02bc\u00b4", "'"))
_QUOTES |= str.maketrans(dict.fromkeys("\u201c\u201d\u00ab\u00bb", '"'))


@cache
def _accents() -> re.Pattern[str]:
    return re.compile("[\u0300-\u036f]+")


def _plain(body: str) -> str:
    if body.isascii():
        return body
    return _accents().sub("", unicodedata.normalize("NFKD", body.translate(_QUOTES)))


# Kinds of companies and the letters behind a clinician's name, which patients leave out.
_LEFT_OUT = frozenset(
    {
        *("apc", "co", "corp", "corporation", "inc", "incorporated", "limited", "llc", "lllp"),
        *("llp", "lp", "ltd", "pa", "pc", "plc", "pllc", "psc", "dds", "dmd", "do", "md", "od"),
    }
)
_AND = frozenset({"&", "+", "and"})
_EAST_ASIAN = "\u2e80"


def _named(name: str, text: str) -> bool:
    hint, form = _name(name)
    return form is not None and hint in text and form.search(text) is not None


@lru_cache(maxsize=1024)
def _name(name: str) -> tuple[str, re.Pattern[str] | None]:
    words = re.findall(r"[^\W_]+(?:'[^\W_]+)*|[&+]", _plain(name).lower())
    words = words[: len(words) - _left_out(words)]
    if not any(word not in _AND for word in words):
        return "", None
    hint = "" if words[0] in _AND else words[0].partition("'")[0].removesuffix("s")
    written = r"[\W_]{0,5}".join(map(_word, words))
    # Chinese and Japanese put no blanks around a name.
    before = "" if words[0][0] >= _EAST_ASIAN else r"(?<!\w)"
    after = "" if words[-1][-1] >= _EAST_ASIAN else r"(?!\w)"
    return hint, re.compile(before + written + after)


def _left_out(words: list[str]) -> int:
    count, end = 0, len(words)
    while tail := next((n for n in (1, 2, 3, 4) if _is_left_out(words[:end], n)), 0):
        count, end = count + tail, end - tail
    return count


def _is_left_out(words: list[str], count: int) -> bool:
    tail = words[-count:]
    spelt_out = count == 1 or all(len(word) == 1 for word in tail)
    return len(words) > count and spelt_out and "".join(tail) in _LEFT_OUT


def _word(word: str) -> str:
    if word in _AND:
        return r"(?:and|&|\+|y)"
    letters = re.escape(word).replace("'", "'?")
    return f"{letters[:-1]}'?s" if word[-1] == "s" and word[-2:-1] not in {"", "'"} else letters


_KEYS = {"2": "abc", "3": "def", "4": "ghi", "5": "jkl", "6": "mno", "7": "pqrs", "8": "tuv"}
_KEYS["9"] = "wxyz"
_BETWEEN = r"[\W_]{0,3}"


def _tells_phone(text: str, phone_digits: str) -> bool:
    hint, form = _phone(phone_digits)
    place = text.find(hint)
    if form is None or place < 0:
        return False
    # One place earlier, where the country's code may stand.
    return form.search(text, max(0, place - 1)) is not None


@lru_cache(maxsize=1024)
def _phone(phone_digits: str) -> tuple[str, re.Pattern[str] | None]:
    digits = re.sub(r"[^0-9]", "", phone_digits)
    national = digits[1:] if len(digits) == 11 and digits[0] == "1" else digits
    if len(national) == 10:
        area, rest = national[:3], [f"[{d}{_KEYS.get(d, '')}]" for d in national[3:]]
        return area, re.compile(rf"(?<!\d)1?{_BETWEEN.join([*area, *rest])}(?!\d)")
    if not digits:
        return "", None
    # Within its country a number begins with 0 where the country's one to three digits stood.
    forms = [digits, *(f"0{digits[n:]}" for n in (1, 2, 3))]
    written = "|".join(_BETWEEN.join(form) for form in forms)
    return "", re.compile(rf"(?<!\d)(?:{written})(?!\d)")


@cache
def _mail_address() -> re.Pattern[str]:
    return re.compile(r"[\w+-]@\w[\w-]*\.\w")


def _tells_address(body: str, own_hosts: Collection[str]) -> bool:
    if "@" in body and _mail_address().search(body):
        return True
    hosts = {link.host for link in links(body)}
    if not hosts:
        return False
    return any(within(host, own.lower()) for host in hosts for own in own_hosts)
