"""Names that are words too, told by what is asked or bidden: "can hunter come", "move skip to 3".

No finding by itself.
"""

from __future__ import annotations

from compliant_sms.phi._names._extent import starts_phrase
from compliant_sms.phi._reading._view import View
from compliant_sms.phi._words._marks import DAY, GIVEN, HEALTH_TERM, SURNAME
from compliant_sms.phi._words._name_lists import word_set
from compliant_sms.phi._words._name_words import BRANDS, MODAL, MONTHS, THINGS

_NEVER = MODAL | MONTHS | THINGS | BRANDS
FOODS = word_set("honey candy ginger sage basil cookie red")
"""What is eaten rather than called."""
_ASKS = word_set("can could does did should is was has will would")
_BEFORE_ASKING = word_set("when what time how so hi hey and but also ok or where why if")
_DOES = word_set(
    "come go get need still there here coming have allowed supposed able see sick ready leave ride"
    " drive call sit due ok okay even get gets still miss going also eat be"
)
_BIDS = word_set(
    "cancel move tell bring resched reschedule book confirm switch push squeeze remind bump add"
)
_BIDDEN = word_set(
    "to at pls please plz hi in out from that for on i we he she thx off his her up with by too"
)
_NOT = frozenset(("not", "like", "but", "is", "as"))
_AGAIN = frozenset(("", ",", ".", "!", ":"))


def told_by_verbs(view: View, index: int) -> bool:
    """Whether the words around one that is a word too make it somebody's name."""
    word, ahead = view.words[index], index + 1
    if word in _NEVER or view.marks[index] & (HEALTH_TERM | SURNAME | GIVEN) == HEALTH_TERM:
        return False
    if ahead == len(view.words) or view.gaps[ahead] != " ":
        return False
    after = view.words[ahead]
    if not index:
        return _writes_again(view, ahead)
    if view.gaps[index] != " " or word in FOODS:
        return False
    before = view.words[index - 1]
    opens = index == 1 or starts_phrase(view, index - 1)
    if before in _ASKS and after in _DOES:
        return opens or view.words[index - 2] in _BEFORE_ASKING
    bidden = after in _BIDDEN or view.marks[ahead] & DAY
    return before in _BIDS and bool(bidden)


def _writes_again(view: View, ahead: int) -> bool:
    """Whether somebody writes again: "skip again, dont forget me"."""
    if view.words.count(view.words[0]) > 1 and view.words[ahead] in _NOT:
        return True  # "christian not a christian lol"
    return view.words[ahead] == "again" and view.gaps[ahead + 1][:1] in _AGAIN
