"""What else a text says that thanks or greets."""

from __future__ import annotations

import re
from collections.abc import Iterator

from compliant_sms.optout._reading import Intent, Reading
from compliant_sms.phrases import fold

__all__ = ["has_news"]

# Where one thing said ends and the next begins: at a stop, or, as texts are often written without
# one, before whoever the next is about.
_NEXT = re.compile(
    r"[.,;:!?\n\u2026\u2014\u3002\uff0c\uff01]+|\s-+\s"
    r"|\b(?=(?:but|although|i|im|ive|ill|we|weve|he|she|they|my|our|his|pero|mi|nuestr[oa]"
    r"|mais|mon|ma|notre)\b)",
    re.IGNORECASE,
)
_THANKS = frozenset(
    word
    for row in (
        "thank thanks thx thnx ty tysm tks appreciate appreciated grateful gratitude bless",
        "blessings blessed awesome amazing wonderful great best kind sweet perfect excellent",
        "lovely fantastic welcome happy merry glad good nice love lifesaver lifesavers rock",
        "hello hi hey congrats congratulations cheers well gracias agradezco agradecido",
        "agradecida amable amables bendiga bendiciones feliz buenos buenas buen bueno hola",
        "saludos excelente merci bonjour bonsoir bonne bon salut parfait super genial perfecto",
    )
    for word in row.split()
)
_PLAIN = frozenset(
    {"thank", "thanks", "thx", "thnx", "ty", "tysm", "appreciate", "gracias", "merci"}
)
_DENIES = frozenset(
    {"not", "never", "cant", "cannot", "dont", "doesnt", "isnt", "arent", "wont", "didnt", "wasnt"}
)
"""With these "well" and "good" are no kindness: "she is not well"."""
_SMALL = frozenset(
    word
    for row in (
        "ok okay k yes yep yeah sure all done set never mind nm see ya you soon later then",
        "there bye got it will do no problem worries np sounds noted understood again so much",
        "very too really a lot the to of for and me us your yall everyone everybody team staff",
        "dr doc doctor nurse needed more further questions question reply dont worry about",
        "that have day night weekend take care i we am are is im my pleasure anytime haha lol",
        "aww oh wow xo xoxo sincerely regards que tenga tengan dia tarde noche si listo nada de",
        "mas tengo preguntas doctora oui non d accord bientot au revoir docteur tous toutes et",
        "vous beaucoup just received mensaje message text email reminder sorry bother",
        "confusion saw see talk speak soon tomorrow today tonight weekend week holiday enjoy stay",
        "safe warm dry thats that helps helpful works sense same its me fine much hope bye now",
        "sent from iphone android been being understand understood el hasta",
        "manana luego nos vemos pronto igualmente perdon lo le ya demain",
    )
    for word in row.split()
)
_WORD = re.compile(r"[^\W_]+")
# Who signs: "Kathy Miller", "Kathy and Bob Miller", "Dana M. Smith".
_SIGNED = re.compile(r"[^\W\d_]\w*(?:(?: (?:and|y|et|&))? [^\W\d_]\w*){0,3}")
_POSSESSIVES = frozenset(
    {"my", "our", "his", "her", "their", "mi", "mis", "su", "mon", "ma", "mes", "notre"}
)
_FEWEST = 2  # one word is a name, and one letter the rest of it
_WHATEVER_FOLLOWS = "/thanks-to-name"
"""The rule that takes whatever stands behind thanks for a name."""


def has_news(body: str, reading: Reading) -> bool:
    """Whether thanks, or a greeting, come with something that no rule knows.

    In "Hank passed away. Thank you for all" the thanks alone have words of their own, and thanks
    are nobody's business. Whatever somebody thanks for, and a name below it, is no news.

    Args:
        body: the text as it arrived.
        reading: what it says.
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
    denied = not _DENIES.isdisjoint(words)
    kind = not (_PLAIN if denied else _THANKS).isdisjoint(words)
    return len(words) >= _FEWEST and not (kind or _SMALL.issuperset(words))


def _counts(word: str) -> bool:
    return word == "i" or (len(word) > 1 and word not in _POSSESSIVES)


def _is_name(part: str) -> bool:
    """Whether each word but "and" begins with a capital, and has no other."""
    words = [word for word in part.split() if word not in {"and", "y", "et", "&"}]
    return _SIGNED.fullmatch(part) is not None and all(map(str.istitle, words))
