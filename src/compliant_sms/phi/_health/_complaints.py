"""What somebody feels or cannot do, told in words that are nothing of health one by one.

"My incision is opening", "won't eat", "seeing flashing lights", "a cat bit me", "3 beers".
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from compliant_sms.phi._audience._health_terms import Term
from compliant_sms.phi._health._complaint_form import Words, close, extent, likened
from compliant_sms.phi._health._complaint_verbs import (
    breaks_out,
    does,
    feels,
    out,
    seen,
    spectrum,
    uses,
)
from compliant_sms.phi._health._inability import cannot
from compliant_sms.phi._health._injuries import bitten, hurt, inside
from compliant_sms.phi._health._states_told import STATES, is_so
from compliant_sms.phi._reading._view import View
from compliant_sms.phi._words import _marks as marks
from compliant_sms.phi._words._health_data import Kind, cues

_FAR = 6  # words between a part of the body and what is wrong with it


def complaints(view: View, terms: Sequence[Term]) -> Iterator[Words]:
    """Statements that single words or listed terms do not tell."""
    for term in terms:
        if term.kind == Kind.BODY:
            yield from _state(view, (term.first, term.last), cues("abnormal"))
    for at in view.marked(marks.ILL_VERB):
        told = _FORMS.get(view.words[at])
        if told and (place := told(view, at)):
            yield place


def _state(view: View, place: Words, bad: frozenset[str]) -> Iterator[Words]:
    """A part of the body or a function, and that it is not as it should be."""
    said, links = False, cues("of a state")
    for at in range(place[1] + 1, min(place[1] + 1 + _FAR, len(view.words))):
        word = view.words[at]
        if not close(view, at):
            return
        if said and word in bad:
            yield place[0], extent(view, at)
            return
        if view.words[at : at + 3] == _AS_BIG and close(view, at + 4):
            yield place[0], at + 4
            return
        if word == "like" and view.words[at - 1] in _SEEMS and (last := likened(view, at)):
            yield place[0], last
            return
        if word not in links:
            return
        said = said or word in cues("says a state")


_AS_BIG = ["the", "size", "of"]  # "the size of a grapefruit"
_SEEMS = frozenset(
    {"is", "are", "was", "were", "feels", "feel", "felt", "feeling", "looks", "looked"}
)
_SEEMS |= {"look", "smells", "smelled", "smell", "tastes", "sounds"}


def _worse(view: View, at: int) -> Words | None:
    return next(_state(view, (at, at), cues("whats worse")), None)


Form = Callable[[View, int], Words | None]


_CANNOT = (
    "cant can't cannot cnt couldnt couldn't wont won't doesnt doesn't dont don't stopped quit "
    "barely hardly not isnt isn't unable trouble hard struggling havent haven't hasnt hasn't "
    "didnt didn't aint ain't no refuses refusing difficulty stops"
)
_HURTS = (
    "hit bumped slammed smashed jammed cut burned burnt sliced smacked whacked banged crushed "
    "busted twisted rolled stubbed bonked knocked poked scraped punctured skinned chipped nicked"
    " kicked punched elbowed caught"
)
_DOES = (
    "shaking shakes shivering itch itches itching itchy throwing throw threw puking puke puked "
    "vomiting vomited coughing cough coughed coughs coughin spitting spit peeing pooping crying "
    "sweating limping limps limp wheezing wheezes drooling gagging choking wetting bleeding"
)
_WORSENS = (
    "mood sleep energy memory focus concentration animo memoria libido temper gait walking "
    "motivation"
)
_VERBS: tuple[tuple[Form, str], ...] = (
    (cannot, _CANNOT),
    (seen, "sees seeing saw see hears hearing hear veo ve oigo oye"),
    (bitten, "bit bitten stung scratched bite bites sting stings picadura mordida mordio pico"),
    (hurt, _HURTS),
    (breaks_out, "broke breaking breaks"),
    (uses, "drinks drinking drank smokes smoking vapes using"),
    (_worse, _WORSENS),
    (does, _DOES),
    (feels, "feel feeling feels felt feelin"),
    (out, "passed passing pass blacked"),
    (spectrum, "spectrum"),
    (inside, "something bead splinter hook shard qtip pebble"),
    (is_so, " ".join(STATES)),
)
_FORMS = {word: form for form, words in _VERBS for word in words.split()}
