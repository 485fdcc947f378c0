"""What the rules are told. They look nothing up."""

from __future__ import annotations

from datetime import UTC, date, datetime
from enum import StrEnum
from functools import cache, cached_property
from zoneinfo import ZoneInfo

from attrs import field, frozen

from compliant_sms import records
from compliant_sms.classification import ContentLabel, MessageClass, Phrase, Purpose
from compliant_sms.clock import as_utc
from compliant_sms.consent import ConsentState
from compliant_sms.lookups import LookupAnswers
from compliant_sms.people import Profile
from compliant_sms.phi import PhiFinding, PhiPreference, Sensitivity
from compliant_sms.phone import PhoneNumber
from compliant_sms.practice import Campaign, PhiMode, SenderKind
from compliant_sms.rules._places import CandidateState, CandidateZone
from compliant_sms.text import Link

_BOUND = frozenset({MessageClass.TRANSACTIONAL, MessageClass.EMERGENCY})


class OptOutShown(StrEnum):
    """Whether a text says how to opt out."""

    NO = "no"
    BY_AUTHOR = "by_author"
    APPENDED = "appended"
    """The renderer added the line, as it was due and missing."""


@records.lean
@frozen(kw_only=True)
class Readings:
    """What was read in a body, as it will be sent.

    Attributes:
        characters: how many it has (code points).
        segments: parts that it takes on the air.
        content: whether it sells.
        phrases: what in it says so.
        financial: it speaks of bills or debts.
        phi: health information and identifiers in it.
        names_sender: it names the practice.
        contact: it says how to reach the practice.
        opt_out: whether it says how to opt out.
        help: it says how to get help.
        fees: it says that rates may apply.
        frequency: it says how often texts come.
        no_reply: it says that nobody reads replies.
        other_opt_out: it tells another way to opt out than a reply.
        links: where it has links, and to which hosts.
        language: ``"en"``, ``"es"`` or ``"fr"``.
        media: how many pictures and the like go along; nobody looks into them.
        withheld: what the text as given told beyond its recipient's tier, with the offsets of
            that text, where another one leaves in its place. What it was about and whether it
            sold is still told by ``content``, ``phrases`` and ``financial``.
        withheld_by: by which of the practice's ways; None where the text leaves as given.
    """

    characters: int = 0
    segments: int = 1
    content: ContentLabel = ContentLabel.TRANSACTIONAL
    phrases: tuple[Phrase, ...] = ()
    financial: bool = False
    phi: tuple[PhiFinding, ...] = ()
    names_sender: bool = True
    contact: bool = True
    opt_out: OptOutShown = OptOutShown.BY_AUTHOR
    help: bool = False
    fees: bool = False
    frequency: bool = False
    no_reply: bool = False
    other_opt_out: bool = False
    links: tuple[Link, ...] = ()
    language: str = "en"
    media: int = 0
    withheld: tuple[PhiFinding, ...] = ()
    withheld_by: PhiMode | None = None

    @property
    def sells(self) -> bool:
        """Whether any of it is promotion."""
        return self.content is not ContentLabel.TRANSACTIONAL


def decided_as(purpose: Purpose, readings: Readings) -> Purpose:
    """The purpose by content: a text that sells is a promotion, whatever it is called.

    An emergency that sells is none. Source: Chesbro v. Best Buy, 697 F.3d 1230 (9th Cir. 2012),
    dual purpose; 47 CFR 64.1200(f)(4).
    """
    sells = readings.sells and purpose.message_class in _BOUND
    return Purpose.REMINDER_WITH_OFFER if sells else purpose


def care_of(purpose: Purpose, recipient: Profile) -> Sensitivity:
    """The kind of care that a text is about, as far as purpose and recipient tell.

    What a minor consented to alone is specially protected, 45 CFR 164.502(g)(3)(i).
    """
    if purpose.sensitivity is Sensitivity.GENERAL and recipient.controls_care:
        return Sensitivity.MINOR_CONSENTED
    return purpose.sensitivity


def local_day(facts: Facts, at: datetime) -> date:
    """The day of an instant by the first clock that the recipient may have, as words tell it.

    By UTC, what came in on an evening would be told as of the next day.
    """
    zone = next((ZoneInfo(each.name) for each in facts.zones), UTC)
    return at.astimezone(zone).date()


@records.lean
@frozen(kw_only=True)
class Sender:
    """Who texts, and by which way.

    Attributes:
        name: the practice's name.
        also_known_as: its shorter names.
        kind: what it is under HIPAA.
        tax_exempt_nonprofit: 47 CFR 64.1200(a)(2), (f)(15)(iii).
        business_associate: the provider signed a business associate agreement, or carries no
            patient's text (a simulated carrier).
        free_to_end_user: the text costs the recipient nothing and counts against no plan.
        takes_replies: the way of sending can take a reply.
        recurring: its texts come more than once.
        link_domains: hosts of its own.
        campaign: its 10DLC registration.
        time_zone: IANA name of its clock, which counts where a law does not say whose does.
    """

    name: str = ""
    also_known_as: tuple[str, ...] = ()
    kind: SenderKind = SenderKind.HEALTHCARE_PROVIDER
    tax_exempt_nonprofit: bool = False
    business_associate: bool = True
    free_to_end_user: bool = False
    takes_replies: bool = True
    recurring: bool = True
    link_domains: tuple[str, ...] = ()
    campaign: Campaign | None = None
    time_zone: str | None = None


@records.lean
@frozen(kw_only=True)
class PastText:
    """An earlier text or call to the same person, as far as limits count it.

    Attributes:
        at: when it went out (UTC).
        message_class: as what it was decided.
        subject: what it was about: the code of its purpose.
        exempt: it went under the healthcare exemption.
    """

    at: datetime = field(converter=as_utc)
    message_class: MessageClass
    subject: str = ""
    exempt: bool = False


@records.lean
@frozen(kw_only=True)
class SentBefore:
    """What went to this number before.

    Attributes:
        texts: those of the last week, as far as a limit may count them; to the same person at
            other numbers too.
        identical_at: when the same body last went out (UTC) to this person, or to nobody in
            particular; a promotion's, to whomever at this number.
        segments_today: of the whole practice, since the carriers' midnight; None if not counted.
        segments_this_minute: of the whole practice; None if not counted.
    """

    texts: tuple[PastText, ...] = ()
    identical_at: datetime | None = None
    segments_today: int | None = None
    segments_this_minute: int | None = None


@records.lean
@frozen(kw_only=True)
class VolumeWait:
    """What the practice's plan for its volume has the text wait for.

    Attributes:
        until: the first instant (UTC) at which the plan has a place for it.
        code: which part of the plan: see :mod:`compliant_sms.volume`.
    """

    until: datetime = field(converter=as_utc)
    code: str


@records.lean
@frozen(kw_only=True)
class PromisedWait:
    """What a text waits for, so that no more come than the patient was told when they agreed.

    Attributes:
        until: when there are fewer again (UTC).
        programme: the id of that to which they agreed.
        count: at most that many texts of it come.
        per: in a ``week`` or a ``month``.
    """

    until: datetime = field(converter=as_utc)
    programme: str
    count: int
    per: str


@records.lean
@frozen(kw_only=True)
class ReplyFacts:
    """What a text answers.

    Attributes:
        received_at: when the patient's text came in (UTC).
        already_sent: answers of the same kind that went out, or may have.
        asks_which: the confirmation asks which categories were meant, 47 CFR 64.1200(a)(12).
    """

    received_at: datetime = field(converter=as_utc)
    already_sent: int = 0
    asks_which: bool = False


@records.lean
@frozen(kw_only=True)
class Facts:
    """Everything that decides about one text.

    Attributes:
        at: the instant of the decision, aware.
        purpose: what it was declared to be for.
        number: who gets it.
        consent: what the person at that number agrees to.
        zones: where the recipient may be, by the clock.
        states: where the recipient may be, by the law.
        country: ISO 3166-1 code of the recipient's country; None where nobody can tell.
        readings: what its body says.
        recipient: what the host knows of the person.
        phi_preference: whether the patient wants health details by text.
        sender: who texts.
        sent: what went there before.
        lookups: what others know about the number.
        reply: what it answers.
        volume: what the practice's plan for its volume has it wait for.
        promised: what it waits for, so that no more come than was said.
        on_allow_list: the number may be texted from here; only a set-up that is not production
            has a list.
        own_number: for a text after a missed call, the number is a practice's own.
    """

    at: datetime = field(converter=as_utc)
    purpose: Purpose
    number: PhoneNumber
    consent: ConsentState
    zones: tuple[CandidateZone, ...]
    states: tuple[CandidateState, ...] = ()
    country: str | None = "US"
    # One value for all: it cannot change.
    readings: Readings = field(factory=cache(Readings))
    recipient: Profile = field(factory=cache(Profile))
    phi_preference: PhiPreference = field(factory=cache(PhiPreference))
    sender: Sender = field(factory=cache(Sender))
    sent: SentBefore = field(factory=cache(SentBefore))
    lookups: LookupAnswers = field(factory=cache(LookupAnswers))
    reply: ReplyFacts | None = None
    volume: VolumeWait | None = None
    promised: PromisedWait | None = None
    on_allow_list: bool = True
    own_number: bool = False

    @cached_property  # nearly every rule asks for it
    def decided_as(self) -> Purpose:
        """The purpose by content: see :func:`decided_as`."""
        return decided_as(self.purpose, self.readings)

    @property
    def message_class(self) -> MessageClass:
        """The class by content."""
        return self.decided_as.message_class
