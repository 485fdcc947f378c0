"""What else a text says that thanks or greets."""

from __future__ import annotations

import re
from collections.abc import Iterator

from compliant_sms.optout._courtesies import courtesies
from compliant_sms.optout._reading import Intent, Reading
from compliant_sms.phrases import fold

# Where one thing said ends and the next begins: at a stop, or, as texts are often written without
# one, before whoever the next is about.
_NEXT = re.compile(
    r"[.,;:!?\n\u2026\u2014\u3002\uff0c\uff01]+|\s-+\s"
    r"|\b(?=(?:but|although|i|im|ive|ill|we|weve|he|she|they|my|our|his|pero|mi|nuestr[oa]"
    r"|mais|mon|ma|notre)\b)",
    re.IGNORECASE,
)
_WORD = re.compile(r"[^\W_]+")
# Who signs: "Kathy Miller", "Kathy and Bob Miller", "Dana M. Smith".
_SIGNED = re.compile(r"[^\W\d_]\w*(?:(?: (?:and|y|et|&))? [^\W\d_]\w*){0,3}")
_FEWEST = 2  # one word is a name, and one letter the rest of it
_WHATEVER_FOLLOWS = "/thanks-to-name"
"""The rule that takes whatever stands behind thanks for a name."""


def has_news(body: str, reading: Reading) -> bool:
    """Whether thanks, or a greeting, come with something that no rule knows.

    In "Hank passed away. Thank you for all" the thanks alone have words of their own, and thanks
    are nobody's business. Whatever somebody thanks for, and a name below it, is no news.
    """
    if reading.intent is not Intent.GREETING_OR_THANKS:
        return False
    first, last = reading.start, reading.end
    if reading.rule.endswith(_WHATEVER_FOLLOWS):
        last = first + 1
    return any(
        (end <= first or last <= start) and _tells(body[start:end]) for start, end in _parts(body)
    )


def _parts(body: str) -> Iterator[tuple[int, int]]:
    start = 0
    for stop in _NEXT.finditer(body):
        yield start, stop.start()
        start = stop.end()
    yield start, len(body)


def _tells(part: str) -> bool:
    if _is_name(part.strip()):
        return False
    words = [word for word in _WORD.findall(fold(part).text.replace("'", "")) if _counts(word)]
    known = courtesies()
    denied = not known.denies.isdisjoint(words)
    kind = not (known.plain if denied else known.kind).isdisjoint(words)
    return len(words) >= _FEWEST and not (kind or known.thanks.issuperset(words))


def _counts(word: str) -> bool:
    return word == "i" or (len(word) > 1 and word not in courtesies().possessives)


def _is_name(part: str) -> bool:
    """Whether each word but "and" begins with a capital, and has no other."""
    words = [word for word in part.split() if word not in {"and", "y", "et", "&"}]
    return _SIGNED.fullmatch(part) is not None and all(map(str.istitle, words))
