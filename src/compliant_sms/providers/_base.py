"""What every adapter speaks: one vocabulary for requests, outcomes and callbacks."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TypeAlias

from attrs import field, frozen

from compliant_sms.lifecycle import State
from compliant_sms.phone import PhoneNumber
from compliant_sms.providers._consequences import CONSEQUENCES, Again, Consequence, Failure


class Certainty(StrEnum):
    """What is known of a request. It matters more than why."""

    ACCEPTED = "accepted"
    REFUSED = "refused"
    """Surely not processed."""
    AMBIGUOUS = "ambiguous"
    """It may have been processed."""


_REMEDIES = {
    Failure.OPTED_OUT: "Do not text this number; the opt-out is on record.",
    Failure.AUTH: "Check the provider's credentials; what is due goes by itself afterwards.",
    Failure.ACCOUNT_SUSPENDED: (
        "Settle the account with the provider; what is due goes by itself afterwards."
    ),
    Failure.INSUFFICIENT_FUNDS: (
        "Top the account up at the provider; what is due goes by itself afterwards."
    ),
    Failure.CONFIG: "Mend the settings at the provider that it names, then send anew.",
    Failure.SENDER_INVALID: "Check the sender's number at the provider, then send anew.",
    Failure.SENDER_UNREGISTERED: "Register the sender (10DLC or toll-free), then send anew.",
    Failure.DESTINATION_NOT_ENABLED: "Allow that country or number at the provider.",
    Failure.BLOCKED_NUMBER: "Ask the patient in another way whether texts are still welcome.",
    Failure.COMPLIANCE_BLOCKED: "Have somebody look into it before that number is texted again.",
    Failure.INVALID_NUMBER: "Ask the patient for the right number.",
    Failure.UNREACHABLE_PERMANENT: "Ask the patient for a number that still works.",
    Failure.LANDLINE_OR_INCAPABLE: "Call instead: this number takes no texts.",
    Failure.CONTENT_INVALID: "Change the text, then send it under a new idempotency key.",
    Failure.UNREACHABLE_TEMPORARY: "The phone was out of reach: send anew if it still matters.",
    Failure.CARRIER_FILTERED: "Ask the provider why, and change the text before sending anew.",
    Failure.QUOTA: "The quota is used up: send anew when the provider's next day begins.",
    Failure.QUIET_HOURS: "Send anew in the recipient's daytime.",
    Failure.FRAUD_BLOCKED: "Ask the provider to let texts to that country or number through.",
    Failure.EXPIRED: "It came too late to be delivered: send anew if it still matters.",
    Failure.CANCELED: "It was taken back at the provider: find out who did so.",
    Failure.DUPLICATE: "Look at the provider whether it went out; do not send it again.",
    Failure.NO_ROUTE: "Ask the provider whether it reaches that number; call instead.",
    Failure.RATE_LIMITED: "Nothing to do: it is tried again later.",
    Failure.PROVIDER_FAULT: "Nothing to do: it is tried again or looked up at the provider.",
}
_DEFAULT_REMEDY = "See the provider's page for this code."


@frozen(kw_only=True)
class Problem:
    """What went wrong at the provider.

    Attributes:
        category: in our vocabulary.
        code: the provider's own code, or the HTTP status.
        words: what it means, without anything about the patient.
        said: the provider's own words, without numbers, addresses and quotations.
    """

    category: Failure
    code: str
    words: str
    said: str = field(default="", repr=False)

    @property
    def remedy(self) -> str:
        """What a person can do about it."""
        return _REMEDIES.get(self.category, _DEFAULT_REMEDY)

    @property
    def consequence(self) -> Consequence:
        """What follows from it."""
        return CONSEQUENCES[self.category]

    @property
    def is_about_account(self) -> bool:
        """It says nothing of the text: any other would meet it too, until a person acts."""
        return self.consequence.again is Again.UNTIL_REPAIRED


@frozen(kw_only=True)
class OutboundText:
    """A text for an adapter to translate.

    Attributes:
        to: who gets it.
        body: what they read.
        reference: our id of it; opaque, so that it may travel in URLs.
        media: public URLs of pictures and the like.
        valid_for: how long the provider may keep trying; as long as it likes, if not given.
        send_at: when the provider shall send it (aware); at once, if not given.
        provider_id: the provider's id of it, once the provider took it.
    """

    to: PhoneNumber
    body: str = field(repr=False)
    reference: str
    media: tuple[str, ...] = field(default=(), repr=False)
    valid_for: timedelta | None = None
    send_at: datetime | None = None
    provider_id: str = ""


@frozen(kw_only=True)
class Attempt:
    """What one request came to.

    Attributes:
        certainty: accepted, refused, or nobody knows.
        provider_id: the provider's id of the text, where it gave one.
        problem: why not.
        retry_after: seconds that the provider asks us to wait.
    """

    certainty: Certainty
    provider_id: str | None = None
    problem: Problem | None = None
    retry_after: float | None = None

    @property
    def refusal(self) -> Problem | None:
        """Why it was surely not processed; None where it was, or may have been."""
        return self.problem if self.certainty is Certainty.REFUSED else None

    @property
    def is_about_account(self) -> bool:
        """Surely not processed, and for a reason that is the account's and not the text's."""
        return self.refusal is not None and self.refusal.is_about_account

    @property
    def may_be_repeated(self) -> bool:
        """Surely not processed, and for a reason that passes in a moment."""
        return self.refusal is not None and self.refusal.consequence.again is Again.SHORTLY

    @property
    def may_be_tried_later(self) -> bool:
        """Surely not processed, and for a reason that passes."""
        again = self.refusal.consequence.again if self.refusal is not None else Again.NEVER
        return again in {Again.SHORTLY, Again.LATER}

    @property
    def may_move_on(self) -> bool:
        """Surely not processed, and for a reason that another provider or sender may not have."""
        return self.refusal is not None and self.refusal.consequence.next_route


@frozen(kw_only=True)
class SentText:
    """A text that the provider has on its books.

    Attributes:
        provider_id: its id there.
        state: where it is.
        problem: why it was not delivered.
    """

    provider_id: str
    state: State
    problem: Problem | None = None

    @classmethod
    def told(cls, news: StatusUpdate) -> SentText:
        """The text as news of it says; sent, where that says nothing new."""
        state = news.state or State.SENT
        return cls(provider_id=news.provider_id, state=state, problem=news.problem)


class ProviderKeyword(StrEnum):
    """What a provider took a patient's text for, and acted on by itself."""

    STOP = "stop"
    START = "start"
    HELP = "help"

    @classmethod
    def named(cls, word: str) -> ProviderKeyword | None:
        """The one of that name, whatever its case; None where there is none."""
        name = word.strip().casefold()
        return cls(name) if name in set(cls) else None


@frozen(kw_only=True)
class InboundText:
    """A patient's text.

    Attributes:
        key: the same for each delivery of the same text.
        provider_id: the provider's id of it.
        sender: who wrote; None where it is no phone number (a short code or a name).
        to: the number of ours that they wrote to; None where it is not told.
        body: what they wrote, unchanged.
        media: URLs of pictures and the like.
        answered: the provider has answered a STOP, START or HELP in it by itself.
        recognised: the keyword that the provider took it for, where it says so.
        authenticated: what it says is covered by the proof of where it comes from. Otherwise a
            STOP is believed, and nothing that would permit anything.
        sent_at: when it was written, by the provider's clock (aware), where it says.
        elsewhere: they surely wrote to none of ours, though ``to`` tells no number: to another
            channel, a short code, or an agent of somebody else's. It permits nothing.
    """

    key: str
    provider_id: str
    sender: PhoneNumber | None
    to: PhoneNumber | None
    body: str = field(repr=False)
    media: tuple[str, ...] = field(default=(), repr=False)
    answered: bool = False
    recognised: ProviderKeyword | None = None
    authenticated: bool = True
    sent_at: datetime | None = None
    elsewhere: bool = False


@frozen(kw_only=True)
class StatusUpdate:
    """News of a text that we sent.

    Attributes:
        key: the same for each delivery of the same news.
        provider_id: the provider's id of the text.
        reference: our id of it, where the callback carries it.
        state: where the text is; None where the provider's word means nothing new.
        problem: why it was not delivered.
        recipient: whom the text was for, where the callback says.
        part: which part of a long text it is about, and of how many, such as ``(2, 3)``; None
            where it is about the whole text.
    """

    key: str
    provider_id: str
    reference: str | None
    state: State | None
    problem: Problem | None = None
    recipient: PhoneNumber | None = None
    part: tuple[int, int] | None = None


ProviderEvent: TypeAlias = InboundText | StatusUpdate


@frozen(kw_only=True)
class OptOutEntry:
    """A number that a provider blocks.

    Attributes:
        number: whose.
        at: since when (aware), where the provider says.
    """

    number: PhoneNumber
    at: datetime | None = None


@frozen(kw_only=True)
class OptOutPage:
    """A part of a provider's list of opted-out numbers.

    Attributes:
        entries: whom the provider blocks.
        cursor: asks for what follows; empty at the end.
    """

    entries: tuple[OptOutEntry, ...] = field(repr=False)
    cursor: str = ""

    @classmethod
    def of(
        cls, blocked: Iterable[tuple[PhoneNumber | None, datetime | None]], cursor: str
    ) -> OptOutPage:
        """Of numbers and dates as they were read; what was no number is left out."""
        entries = (OptOutEntry(number=number, at=at) for number, at in blocked if number)
        return cls(entries=tuple(entries), cursor=cursor)

    @property
    def numbers(self) -> tuple[PhoneNumber, ...]:
        """Whom, without the dates."""
        return tuple(entry.number for entry in self.entries)
