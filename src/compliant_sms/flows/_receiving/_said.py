"""What a patient's text says, and whether it would permit anything."""

from __future__ import annotations

from collections.abc import Sequence

from attrs import evolve, frozen

from compliant_sms import optout
from compliant_sms.consent import Tier
from compliant_sms.flows._deciding._opt_in import Wanted, wanted_by
from compliant_sms.flows._receiving._believe import PROVIDER_KEYWORD
from compliant_sms.flows._receiving._question import Question
from compliant_sms.messages import Message
from compliant_sms.optout import (
    Assent,
    Author,
    Awaiting,
    Certainty,
    Intent,
    Reading,
    Reserved,
    Revocation,
)
from compliant_sms.ports import Ports, Transaction
from compliant_sms.providers import InboundText, ProviderKeyword

_NAMED = "/named"
_STOP_WORD = "keyword:stop/"
_OF_VISITS_TOO = ("cancel", "annul")

_SETTLED = frozenset({Intent.OPT_OUT, Intent.CONFIRM, Intent.GREETING_OR_THANKS})
_ANSWERED = frozenset({Reserved.STOP, Reserved.HELP, Reserved.START})
_ANSWER_TO = {
    Awaiting.CONFIRM: {Intent.CONFIRM, Intent.CANCEL_APPOINTMENT, Intent.RESCHEDULE},
    Awaiting.SCOPE: {Intent.OPT_OUT},
}


@frozen(kw_only=True)
class Said:
    """What a text says, what it was asked, and why it is not believed where it would permit.

    Attributes:
        reading: what it says.
        reserved: the reserved word it is, or None.
        question: what it was read as an answer to.
        doubt: why it permits nothing, where it would.
        wanted: the programme that it asks for by its keyword.
        unclear: it answers something, and nobody but a person can tell what.
        repeats: it is the plain yes that was given already to what was asked last.
    """

    reading: Reading
    reserved: Reserved | None
    question: Question | None
    doubt: str = ""
    wanted: Wanted | None = None
    unclear: bool = False
    repeats: bool = False

    @property
    def grants(self) -> bool:
        """Whether it would give the practice leave to text, or to text more."""
        by_itself = self.reserved is Reserved.START or self.wanted is not None
        return by_itself or self.agrees or self.narrows

    @property
    def agrees(self) -> bool:
        """Whether it is the yes to a question for consent, and nothing but that.

        A plain one where it stands for a signature: 47 CFR 64.1200(f)(9)(ii). Any other text that
        comes in while such a question is open is for a person.
        """
        if self.question is None or self.question.awaiting is not Awaiting.OPT_IN:
            return False
        offer = self.question.message.draft.opt_in
        if offer is not None and offer.tier is Tier.PRIOR_EXPRESS_WRITTEN:
            return self.reading.assent is Assent.PLAIN
        return self.reading.assent is not None

    @property
    def narrows(self) -> bool:
        """Whether it says which texts a STOP was about, when asked: it frees the others."""
        asked = self.question is not None and self.question.awaiting is Awaiting.SCOPE
        revocation = self.reading.revocation
        return asked and revocation is not None and bool(revocation.categories)

    @property
    def confirms(self) -> bool:
        """Whether somebody would rely on it as a patient's yes."""
        return self.answered is not None and self.reading.intent is Intent.CONFIRM

    @property
    def answered(self) -> Message | None:
        """Our text whose question it answers."""
        if self.question is None or self.reading.author is not Author.PERSON or self.doubt:
            return None
        asked = self.question.awaiting
        answers = self.agrees or self.reading.intent in _ANSWER_TO.get(asked, ())
        return self.question.message if answers else None

    @property
    def rule(self) -> str | None:
        """What read it, or why that does not count; a revocation first."""
        revocation = self.reading.revocation
        return (revocation.rule if revocation else self.doubt or self.reading.rule) or None

    @property
    def unsure(self) -> bool:
        """Whether it may be a revocation, or one of a kind that is not known."""
        revocation = self.reading.revocation
        if revocation is None:
            return False
        unknown = revocation.limited and not revocation.categories
        return revocation.certainty is Certainty.UNSURE or unknown

    def is_answered_by(self, event: InboundText) -> bool:
        """Whether what the provider answered by itself stands in the place of our answer.

        Twilio takes YES for START, but knows nothing of the programme that was agreed to.
        """
        return event.answered and not self.agrees and self.wanted is None

    def needs_person(self, event: InboundText) -> bool:
        """Whether anything in it is answered by nothing that the library does."""
        reading = self.reading
        if reading.author is not Author.PERSON:
            return False
        if self.doubt or self.unclear:
            return True
        if self.wanted is not None:
            return self.wanted.needs_person or bool(event.media)
        if self.repeats:
            return bool(event.media)
        lost = event.sender is None and reading.revocation is not None
        asked = self.question.awaiting if self.question else None
        yes = reading.intent is Intent.CONFIRM or asked is Awaiting.OPT_IN
        unbound = yes and self.answered is None and reading.revocation is None
        others = {reading.intent, *(each for each in reading.also if each is not Intent.OTHER)}
        others -= _SETTLED
        if self.answered is not None and asked is Awaiting.OPT_IN:
            others -= {Intent.OPT_IN}  # it is on record, and confirmed
        if self.reserved in _ANSWERED:
            others, unbound = set(), False
        more = reading.news or reading.asks or reading.more or self._says_more(event.body)
        more = more or (asked is Awaiting.CONFIRM and self._may_mean_the_visit)
        return bool(lost or unbound or others or more or self.unsure or event.media)

    def says_more(self, event: InboundText) -> bool:
        """Whether an answer about a visit is not that alone, so that nobody may act on it alone."""
        reading = self.reading
        others = set(reading.also) - {Intent.OTHER, Intent.GREETING_OR_THANKS}
        # Who wants another time asks for it.
        asks = reading.asks and reading.intent is not Intent.RESCHEDULE
        return bool(reading.more or reading.news or asks or others or event.media)

    @property
    def _may_mean_the_visit(self) -> bool:
        """Whether what ends texts by law ("CANCEL") may have been meant to end more than them."""
        keyword, _, word = (self.rule or "").rpartition("/")
        return keyword.startswith(_STOP_WORD) and word.startswith(_OF_VISITS_TOO)

    def _says_more(self, body: str) -> bool:
        """Whether most of a text stands outside of what revokes in it."""
        revocation = self.reading.revocation
        if revocation is None or self.reserved is not None:
            return False
        return 2 * (revocation.end - revocation.start) < len(body.strip())


def read_text(event: InboundText, question: Question | None) -> Said:
    reading = optout.read(
        event.body,
        awaiting=question.awaiting if question else None,
        prompt=question.message.body if question else "",
    )
    word = optout.reserved_word(event.body)
    reserved = word.reserved if word else None
    if event.recognized is ProviderKeyword.STOP and reading.revocation is None:
        # The provider blocks the number from now on: whatever we make of the words, texts stop.
        revocation = Revocation(start=0, end=len(event.body), rule=PROVIDER_KEYWORD)
        urgent = reading.intent is Intent.EMERGENCY
        intent = reading.intent if urgent else Intent.OPT_OUT
        reading = evolve(
            reading, intent=intent, revocation=revocation, author=Author.PERSON, assent=None
        )
        reserved = None
    return Said(reading=reading, reserved=reserved, question=question)


def read_answer(event: InboundText, asked: Sequence[Question]) -> Said:
    """What a text says: as an answer to what was asked last, while that can be answered.

    Args:
        event: the text.
        asked: what was asked, the newest first.
    """
    said = read_text(event, asked[0] if asked and asked[0].live else None)
    if said.question is not None and (said.question.since or said.question.mistakable):
        said = _by_itself(event, said)
    if said.question is None and asked:
        said = _in_the_language_of(event, said, asked[0])
    if said.answered is not None or said.reading.revocation is not None:
        return said
    return _by_name(event, asked) or evolve(said, repeats=_repeats(event, asked))


def _in_the_language_of(event: InboundText, said: Said, asked: Question) -> Said:
    """What shows no language of its own, as "C" does not, is in that of what was asked last.

    That is so also where it can be no answer to that any more, or may be meant for something else.
    """
    spoken = read_text(event, asked).reading.language
    return evolve(said, reading=evolve(said.reading, language=spoken))


def _repeats(event: InboundText, asked: Sequence[Question]) -> bool:
    """Whether a text is the plain yes to the last question once more, and can mean nothing else."""
    if not asked or not asked[0].agreed or asked[0].since or asked[0].mistakable:
        return False
    if any(each.live for each in asked):
        return False
    return read_text(event, asked[0]).reading.assent is Assent.PLAIN


def _by_itself(event: InboundText, said: Said) -> Said:
    """A text that may answer something else than the last question: it permits and moves nothing.

    What it may take away, as a "no" to an invitation does, it takes away all the same.
    """
    alone = read_text(event, None)
    if said.reading.revocation is None or said.narrows:
        # What is thanks alone may be a promise to come on another day than was asked about.
        other = said.reading.intent is Intent.OTHER
        return evolve(alone, unclear=other or said.answered is not None)
    return evolve(said, unclear=alone.reading.revocation is None)


def _by_name(event: InboundText, asked: Sequence[Question]) -> Said | None:
    """A text that says the very word which an earlier reminder named, and nothing asked since did.

    Earlier questions grant nothing: whoever was asked for consent meanwhile may mean that, in
    whatever words they agree.
    """
    for question in asked:
        said = read_text(event, question)
        if said.reading.rule.endswith(_NAMED) or said.reading.assent is not None:
            clear = question.live and question.awaiting is Awaiting.CONFIRM
            clear = clear and not question.mistakable
            clear = clear and not any(_is_named_in(event, each) for each in question.since)
            return said if clear else None
    return None


def _is_named_in(event: InboundText, message: Message) -> bool:
    """Whether a text of ours asks for the very word that a patient's begins with."""
    return optout.read(event.body, prompt=message.body).rule.endswith(_NAMED)


async def with_keyword(
    tx: Transaction, ports: Ports, practice_id: str, said: Said, event: InboundText
) -> Said:
    """What a text says that is the keyword of a programme; it answers nothing then."""
    if said.reading.revocation is not None or said.reading.author is not Author.PERSON:
        return said
    wanted = await wanted_by(tx, ports, practice_id, event.sender, event.body)
    if wanted is None:
        return said
    rule = f"programme:{wanted.programme.id}"
    reading = evolve(said.reading, intent=Intent.OPT_IN, rule=rule)
    return evolve(said, reading=reading, question=None, wanted=wanted)
