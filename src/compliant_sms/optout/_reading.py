"""What a reading of a patient's text says."""

from __future__ import annotations

from attrs import field, frozen
from attrs.validators import deep_iterable, instance_of

from compliant_sms.choices import Word
from compliant_sms.consent import Category


class Awaiting(Word):
    """What was last asked of a number and is not answered yet."""

    CONFIRM = "confirm"
    """A reminder invited a confirmation of a visit."""
    OPT_IN = "opt_in"
    """A text invited the patient to agree to texts."""
    SCOPE = "scope"
    """After a revocation: which texts it is about. 47 CFR 64.1200(a)(12)."""


class Assent(Word):
    """How a text agrees to what was asked for. Whoever says more may mean something else."""

    PLAIN = "plain"
    """Yes, or the word that our text named, and nothing but courtesies."""
    IN_OTHER_WORDS = "in_other_words"
    """As in "sure, go ahead and text me"."""


class Author(Word):
    """Who wrote a text."""

    PERSON = "person"
    REACTION = "reaction"
    """A phone, on behalf of a person who tapped a reaction: it quotes what it is about."""
    ROBOT = "robot"
    """An automatic answer, of the patient's phone or of another practice. Never answer it."""
    CARRIER = "carrier"
    """A carrier, about a delivery."""


class Intent(Word):
    """What a text is about, for whoever takes care of it."""

    EMERGENCY = "emergency"
    """Danger to life. A person must see it at once, whatever else it says."""
    OPT_OUT = "opt_out"
    OPT_IN = "opt_in"
    """Asks for or agrees to texts."""
    HELP = "help"
    """Who writes, what the texts cost or mean."""
    CONFIRM = "confirm"
    CANCEL_APPOINTMENT = "cancel_appointment"
    RESCHEDULE = "reschedule"
    APPOINTMENT_REQUEST = "appointment_request"
    BILLING = "billing"
    CLINICAL_QUESTION = "clinical_question"
    PRESCRIPTION = "prescription"
    PROVIDER_INQUIRY = "provider_inquiry"
    WRONG_NUMBER = "wrong_number"
    GREETING_OR_THANKS = "greeting_or_thanks"
    OTHER = "other"


class Certainty(Word):
    """How sure a revocation is. Nothing at all is said by there being no revocation."""

    CERTAIN = "certain"
    """A reserved word, or words that a reasonable person takes as a request to stop."""
    UNSURE = "unsure"
    """It may be one: stop now, and ask a person or the one question about scope."""


@frozen(kw_only=True)
class Revocation:
    """Where a text asks that texts stop. The words themselves are not part of it.

    Attributes:
        start: offset of the first character, in code points of the text as given.
        end: offset after the last one.
        rule: the id of the rule that found it.
        certainty: how sure that is.
        categories: the kinds of text it names; empty when it sets no limit, so that all stop.
            A limit that names no known kind counts as :attr:`Category.PROMOTIONS` does: it is told
            by ``limited``.
        limited: whether the words limit it to a kind of text.
    """

    start: int
    end: int
    rule: str
    certainty: Certainty = Certainty.CERTAIN
    categories: frozenset[Category] = field(
        factory=frozenset, validator=deep_iterable(instance_of(Category), instance_of(frozenset))
    )
    limited: bool = False


@frozen(kw_only=True)
class Reading:
    """What a patient's text says.

    Attributes:
        intent: what it is about; of several the leading one: an emergency, then a revocation.
        rule: the id of the rule that decided; empty for :attr:`Intent.OTHER` without any.
        start: offset of the first character that decided, in code points of the text as given.
        end: offset after the last one.
        revocation: the wish that texts stop, if it is there, beside whatever else is said.
        author: who wrote it. Whatever is no person's says nothing of a person's wishes.
        language: of the text, as ISO 639-1; where that does not show, as in "No" or "C", that of
            our text that it answers, or else ``"en"``.
        also: what else it is about, most first; for routing, and so that nothing else gets lost.
        asks: whether it asks something.
        news: whether it thanks or greets, and says something beside it that no rule knows.
        assent: how it agrees to texts, where it was asked for that and says nothing else.
        more: whether an answer to a reminder is not that alone: it sets a condition, names another
            time, or says anything that no rule knows, so that nobody may act on the answer alone.
    """

    intent: Intent
    rule: str = ""
    start: int = 0
    end: int = 0
    revocation: Revocation | None = None
    author: Author = Author.PERSON
    language: str = "en"
    also: tuple[Intent, ...] = ()
    asks: bool = False
    news: bool = False
    assent: Assent | None = None
    more: bool = False
