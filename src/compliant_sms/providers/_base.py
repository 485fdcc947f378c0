"""The vocabulary of all adapters for requests, outcomes and callbacks."""

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
    """What is known about whether a request was processed. It matters more than why."""

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
    """A problem at the provider.

    Attributes:
        category: the kind of problem, in the library's vocabulary.
        code: the provider's own code, or the HTTP status.
        words: the meaning, without anything about the patient.
        said: the provider's own words, without numbers, addresses and quotations.
    """

    category: Failure
    code: str
    words: str
    said: str = field(default="", repr=False)

    @property
    def remedy(self) -> str:
        """What to do about it."""
        return _REMEDIES.get(self.category, _DEFAULT_REMEDY)

    @property
    def consequence(self) -> Consequence:
        """What follows from it."""
        return CONSEQUENCES[self.category]

    @property
    def is_about_account(self) -> bool:
        """Whether it is not about the text: any other would fail too, until a person acts."""
        return self.consequence.again is Again.UNTIL_REPAIRED


@frozen(kw_only=True)
class OutboundText:
    """A text for an adapter to translate.

    Attributes:
        to: the recipient.
        body: the words.
        reference: our id of it. It is opaque, so it may appear in URLs.
        media: public URLs of pictures and other media.
        valid_for: how long the provider may keep trying; by default as long as it likes.
        send_at: when the provider is to send it (aware); at once by default.
        provider_id: the provider's id of it, once the provider has accepted it.
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
    """The result of one request.

    Attributes:
        certainty: accepted, refused or unknown.
        provider_id: the provider's id of the text, if it gave one.
        problem: why it was not accepted.
        retry_after: how many seconds the provider asks to wait.
    """

    certainty: Certainty
    provider_id: str | None = None
    problem: Problem | None = None
    retry_after: float | None = None

    @property
    def refusal(self) -> Problem | None:
        """Why it was certainly not processed; None if it was, or may have been."""
        return self.problem if self.certainty is Certainty.REFUSED else None

    @property
    def is_about_account(self) -> bool:
        """Whether it was certainly not processed, because of the account and not the text."""
        return self.refusal is not None and self.refusal.is_about_account

    @property
    def may_be_repeated(self) -> bool:
        """Whether it was certainly not processed, for a reason that passes within seconds."""
        return self.refusal is not None and self.refusal.consequence.again is Again.SHORTLY

    @property
    def may_be_tried_later(self) -> bool:
        """Whether it was certainly not processed, for a reason that passes."""
        again = self.refusal.consequence.again if self.refusal is not None else Again.NEVER
        return again in {Again.SHORTLY, Again.LATER}

    @property
    def may_move_on(self) -> bool:
        """Whether it was certainly not processed, but another provider or sender may do it."""
        return self.refusal is not None and self.refusal.consequence.next_route


@frozen(kw_only=True)
class SentText:
    """A text in the provider's records.

    Attributes:
        provider_id: its id there.
        state: its state.
        problem: why it was not delivered.
    """

    provider_id: str
    state: State
    problem: Problem | None = None

    @classmethod
    def told(cls, news: StatusUpdate) -> SentText:
        """Return the text as a report describes it; as sent, if the report says nothing new."""
        state = news.state or State.SENT
        return cls(provider_id=news.provider_id, state=state, problem=news.problem)


class ProviderKeyword(StrEnum):
    """The keyword that a provider took a patient's text for, and acted on by itself."""

    STOP = "stop"
    START = "start"
    HELP = "help"

    @classmethod
    def named(cls, word: str) -> ProviderKeyword | None:
        """Return the keyword with that name, in any case; None if there is none."""
        name = word.strip().casefold()
        return cls(name) if name in set(cls) else None


@frozen(kw_only=True)
class InboundText:
    """A patient's text.

    Attributes:
        key: the same for each delivery of the same text.
        provider_id: the provider's id of it.
        sender: the patient's number; None if it is not a phone number (a short code or a name).
        to: your number that it was sent to; None if the provider does not say.
        body: what the patient wrote, unchanged.
        media: URLs of pictures and other media.
        answered: whether the provider itself has answered a STOP, START or HELP in it.
        recognized: the keyword that the provider took it for, if it says so.
        authenticated: whether the proof of origin covers the content. If not, a STOP is believed,
            but nothing that would permit anything.
        sent_at: when it was written, by the provider's clock (aware), if it says so.
        elsewhere: whether it certainly went to none of your numbers although ``to`` is None: to
            another channel, a short code, or somebody else's agent. It permits nothing.
    """

    key: str
    provider_id: str
    sender: PhoneNumber | None
    to: PhoneNumber | None
    body: str = field(repr=False)
    media: tuple[str, ...] = field(default=(), repr=False)
    answered: bool = False
    recognized: ProviderKeyword | None = None
    authenticated: bool = True
    sent_at: datetime | None = None
    elsewhere: bool = False


@frozen(kw_only=True)
class StatusUpdate:
    """A report on a text that was sent.

    Attributes:
        key: the same for each delivery of the same report.
        provider_id: the provider's id of the text.
        reference: our id of it, if the callback carries it.
        state: the text's state; None if the provider's word means nothing new.
        problem: why it was not delivered.
        recipient: the recipient of the text, if the callback says so.
        part: the part of a long text that it is about, and the number of parts, such as
            ``(2, 3)``; None if it is about the whole text.
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
        number: the number.
        at: since when (aware), if the provider says so.
    """

    number: PhoneNumber
    at: datetime | None = None


@frozen(kw_only=True)
class OptOutPage:
    """A page of a provider's list of opted-out numbers.

    Attributes:
        entries: the numbers that the provider blocks.
        cursor: the cursor of the next page; empty at the end.
    """

    entries: tuple[OptOutEntry, ...] = field(repr=False)
    cursor: str = ""

    @classmethod
    def of(
        cls, blocked: Iterable[tuple[PhoneNumber | None, datetime | None]], cursor: str
    ) -> OptOutPage:
        """Make a page from numbers and dates as read, leaving out what is not a number."""
        entries = (OptOutEntry(number=number, at=at) for number, at in blocked if number)
        return cls(entries=tuple(entries), cursor=cursor)

    @property
    def numbers(self) -> tuple[PhoneNumber, ...]:
        """The numbers without the dates."""
        return tuple(entry.number for entry in self.entries)
