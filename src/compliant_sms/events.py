"""What happens to texts and consents, as events that your program can handle.

::

    Event
    ├── TextEvent                  something happened to a text of ours
    │   ├── TextSent               the provider accepted it
    │   ├── TextHeld               it waits; ``rules`` say why, ``until`` how long
    │   ├── TextBlocked            rules refuse it
    │   ├── TextCancelled          it will not be sent
    │   ├── TextFailed             the provider refused it
    │   ├── TextUncertain          the provider may have it
    │   ├── TextDelivered          it reached the phone
    │   └── TextUndelivered        it did not
    ├── TextReceived               a patient wrote
    │   └── EmergencyReceived      what they wrote reads like an emergency
    ├── TextProven                 the provider vouches for what a patient wrote
    ├── AppointmentAnswered        a patient answered about a visit
    ├── ConsentEvent               something was said about texting a number
    │   ├── ConsentGranted
    │   ├── OptedOut
    │   ├── OptOutNarrowed         which texts a revocation was not meant to end
    │   ├── OptedBackIn            by START
    │   ├── NumberFlagged          a number is not to be texted
    │   ├── PhiPreferenceStated
    │   ├── OptInAsked             a text asked whether a kind of texts is welcome
    │   ├── OptInAnswered          and what the patient said
    │   └── ConsentVoided          a consent on record was found to be an error
    ├── InboxEventRaised           a thread is due, overdue, or needs somebody
    ├── AuditEventRecorded         somebody did something that goes on the audit log
    ├── WorkFailed                 something keeps a worker from its work
    └── CallbackRefused            a callback was refused, and nothing of it was recorded

To handle a whole branch, subscribe to its class with :meth:`compliant_sms.Messenger.on`.

No event holds a body, a number or a name. It holds ids, and
:meth:`compliant_sms.Messenger.text_record` and :meth:`compliant_sms.Messenger.inbound` read what
they stand for.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import ClassVar, TypeAlias

from attrs import Attribute, field, fields, frozen

from compliant_sms._masking import repr_of_practice

__all__ = [
    "EVENTS",
    "AppointmentAnswered",
    "AuditEventRecorded",
    "CallbackRefused",
    "ConsentEvent",
    "ConsentGranted",
    "ConsentVoided",
    "EmergencyReceived",
    "Event",
    "InboxEventRaised",
    "NumberFlagged",
    "OptInAnswered",
    "OptInAsked",
    "OptOutNarrowed",
    "OptedBackIn",
    "OptedOut",
    "PhiPreferenceStated",
    "Plain",
    "TextBlocked",
    "TextCancelled",
    "TextDelivered",
    "TextEvent",
    "TextFailed",
    "TextHeld",
    "TextProven",
    "TextReceived",
    "TextSent",
    "TextUncertain",
    "TextUndelivered",
    "WorkFailed",
    "logged",
]

Plain: TypeAlias = "str | int | bool | tuple[str, ...] | None"
"""The type of an event's field when it is logged."""

_UNLOGGED = {"logged": False}


@frozen(kw_only=True)
class Event:
    """Something that happened. If it concerns a text or a consent, it is on record.

    Attributes:
        name: its name in logs; None for classes that only group others.
        urgent: whether somebody should look at it soon; such events are logged as warnings.
        practice_id: at which practice.
        at: when (UTC).
    """

    name: ClassVar[str | None] = None
    urgent: ClassVar[bool] = False

    practice_id: str = field(repr=repr_of_practice)
    at: datetime


@frozen(kw_only=True)
class TextEvent(Event):
    """Something happened to a text of ours.

    Attributes:
        message_id: which text.
        purpose: the code of its purpose.
    """

    message_id: str
    purpose: str


@frozen(kw_only=True)
class TextSent(TextEvent):
    """The provider accepted the text.

    Attributes:
        provider: the name of the provider.
    """

    name: ClassVar[str | None] = "text_sent"
    provider: str


@frozen(kw_only=True)
class TextHeld(TextEvent):
    """The text waits until an instant, and is decided again then.

    Attributes:
        until: that instant (UTC).
        rules: ids of the rules that hold it, in their order.
    """

    name: ClassVar[str | None] = "text_held"
    until: datetime
    rules: tuple[str, ...] = ()


@frozen(kw_only=True)
class TextBlocked(TextEvent):
    """Rules refuse the text.

    Attributes:
        rules: their ids, in their order.
    """

    name: ClassVar[str | None] = "text_blocked"
    rules: tuple[str, ...] = ()


@frozen(kw_only=True)
class TextCancelled(TextEvent):
    """The text was cancelled: by somebody, because it was too late, or its subject changed."""

    name: ClassVar[str | None] = "text_cancelled"


@frozen(kw_only=True)
class TextFailed(TextEvent):
    """The provider refused the text for good.

    Attributes:
        provider: the name of the provider.
        problem: the kind of the reason, a :class:`compliant_sms.providers.Failure`.
    """

    name: ClassVar[str | None] = "text_failed"
    urgent: ClassVar[bool] = True
    provider: str
    problem: str


@frozen(kw_only=True)
class TextUncertain(TextEvent):
    """The provider may have the text; it is looked up, and never blindly repeated.

    Attributes:
        provider: the name of the provider.
    """

    name: ClassVar[str | None] = "text_uncertain"
    urgent: ClassVar[bool] = True
    provider: str


@frozen(kw_only=True)
class TextDelivered(TextEvent):
    """The text reached the phone, according to the provider.

    Attributes:
        provider: the name of the provider.
    """

    name: ClassVar[str | None] = "text_delivered"
    provider: str


@frozen(kw_only=True)
class TextUndelivered(TextEvent):
    """The text did not reach the phone.

    Attributes:
        provider: the name of the provider.
        problem: the kind of the reason, a :class:`compliant_sms.providers.Failure`.
    """

    name: ClassVar[str | None] = "text_undelivered"
    provider: str
    problem: str


@frozen(kw_only=True)
class TextReceived(Event):
    """A patient wrote.

    Attributes:
        inbound_id: which text.
        intent: what it is about, a :class:`compliant_sms.optout.Intent`.
        needs_person: whether somebody must read it.
        unsure: whether it may mean that texts should stop; if so, they have stopped.
        answers: id of our text whose question it answers, if any.
    """

    name: ClassVar[str | None] = "text_received"
    inbound_id: str
    intent: str
    needs_person: bool
    unsure: bool
    answers: str | None = None


@frozen(kw_only=True)
class EmergencyReceived(TextReceived):
    """What a patient wrote reads like an emergency: somebody must look now."""

    name: ClassVar[str | None] = "emergency_received"
    urgent: ClassVar[bool] = True


@frozen(kw_only=True)
class TextProven(Event):
    """The provider vouches for a patient's text that its callback had not proved.

    Attributes:
        inbound_id: which text.
        intent: what it is about, an :class:`compliant_sms.optout.Intent`.
        needs_person: whether somebody must read it.
        answers: id of our text whose question it answers; None where it answers none.
    """

    name: ClassVar[str | None] = "text_proven"
    inbound_id: str
    intent: str
    needs_person: bool
    answers: str | None = None


@frozen(kw_only=True)
class AppointmentAnswered(Event):
    """A patient answered about a visit.

    ``messenger.reminders.answers()`` returns the answer until it is acknowledged.

    Attributes:
        answer_id: which answer.
        appointment_id: your id of the visit.
        occurrence: which visit of a series.
        answer: ``"confirm"``, ``"reschedule"`` or ``"cancel"``.
        stands: whether the visit is still the one that the patient was asked about.
        says_more: whether the patient's text says more than this answer, so that nobody may act on
            the answer alone.
        thread_id: the thread that holds the text; None where no threads are kept.
    """

    name: ClassVar[str | None] = "appointment_answered"
    answer_id: str
    appointment_id: str = field(metadata=_UNLOGGED)
    occurrence: str = field(metadata=_UNLOGGED)
    answer: str
    stands: bool
    says_more: bool = False
    thread_id: str | None = None


@frozen(kw_only=True)
class ConsentEvent(Event):
    """Something was said about texting a number.

    Attributes:
        event_id: its id in the consent ledger.
        person: your id of the patient; None where it concerns whoever holds the number.
    """

    event_id: str
    person: str | None = field(default=None, repr=False, metadata=_UNLOGGED)


@frozen(kw_only=True)
class ConsentGranted(ConsentEvent):
    """A patient agreed to texts.

    Attributes:
        basis: how, a :class:`compliant_sms.Basis`.
        categories: what it covers.
    """

    name: ClassVar[str | None] = "consent_granted"
    basis: str
    categories: tuple[str, ...]


@frozen(kw_only=True)
class OptedOut(ConsentEvent):
    """Somebody at a number asked for texts to stop.

    Attributes:
        channel: how the request came, a :class:`compliant_sms.Channel`.
        rule: the rule that read the text as a revocation; empty where a person did.
        reference: id of the record that carried it, such as the ``inbound_id`` of the patient's
            text.
    """

    name: ClassVar[str | None] = "opted_out"
    channel: str
    rule: str
    reference: str = field(default="", repr=False, metadata=_UNLOGGED)


@frozen(kw_only=True)
class OptOutNarrowed(ConsentEvent):
    """Somebody said which texts a revocation was not meant to end.

    Attributes:
        keep: the categories that may go on.
    """

    name: ClassVar[str | None] = "opt_out_narrowed"
    keep: tuple[str, ...]


@frozen(kw_only=True)
class OptedBackIn(ConsentEvent):
    """Whoever holds a number asked for texts again, by START."""

    name: ClassVar[str | None] = "opted_back_in"


@frozen(kw_only=True)
class NumberFlagged(ConsentEvent):
    """A number is not to be texted, and a person must look into it.

    A provider reported it, or whoever has the number said that it is the wrong one.

    Attributes:
        why: a :class:`compliant_sms.consent.Flag`.
    """

    name: ClassVar[str | None] = "number_flagged"
    urgent: ClassVar[bool] = True
    why: str


@frozen(kw_only=True)
class PhiPreferenceStated(ConsentEvent):
    """A patient said whether they want health details by text, or somebody did on a form.

    ``messenger.consent.phi_preference()`` returns what holds afterwards.

    Attributes:
        prefers: whether they want them.
    """

    name: ClassVar[str | None] = "phi_preference_stated"
    prefers: bool


@frozen(kw_only=True)
class OptInAsked(ConsentEvent):
    """A text asked a patient to agree to a kind of texts: the first half of a double opt-in.

    Attributes:
        categories: what a yes covers.
    """

    name: ClassVar[str | None] = "opt_in_asked"
    categories: tuple[str, ...]


@frozen(kw_only=True)
class OptInAnswered(ConsentEvent):
    """A patient answered an :class:`OptInAsked`; a yes comes with a :class:`ConsentGranted`.

    Attributes:
        agreed: whether they said yes.
    """

    name: ClassVar[str | None] = "opt_in_answered"
    agreed: bool


@frozen(kw_only=True)
class ConsentVoided(ConsentEvent):
    """Staff found that a consent on record is not that person's there, or was an error."""

    name: ClassVar[str | None] = "consent_voided"


@frozen(kw_only=True)
class InboxEventRaised(Event):
    """Somebody must be told of a thread: see :meth:`compliant_sms.messenger.InboxDesk.events`.

    Attributes:
        kind: a :class:`compliant_sms.conversations.InboxEventKind`, such as ``"overdue"``.
        event_id: the id to acknowledge the event by.
        thread_id: which thread.
        queue: the queue that the thread was in then.
    """

    name: ClassVar[str | None] = "inbox_event_raised"
    urgent: ClassVar[bool] = True
    kind: str
    event_id: str
    thread_id: str
    queue: str


@frozen(kw_only=True)
class AuditEventRecorded(Event):
    """Somebody did something that goes on the audit log: a pause, an import, an erasure.

    Attributes:
        act: what they did, a :class:`compliant_sms.audit.Act`.
        actor: who.
    """

    name: ClassVar[str | None] = "audit_event_recorded"
    act: str
    actor: str = field(metadata=_UNLOGGED)


@frozen(kw_only=True)
class WorkFailed(Event):
    """Something keeps a worker from its work, or from a part of it. Texts may stay due.

    It is reported at once and, while it goes on, again after one, two and four minutes and so on,
    up to once an hour. A failure that has not recurred for an hour starts over.

    Attributes:
        error: the type of the exception; or, if the provider refuses texts, the kind of the
            reason, a :class:`compliant_sms.providers.Failure`.
        why: what it means and what to do, in plain words. Never the words of an error that code of
            yours raised, which may quote a patient.
        where: the file and line that raised it; empty if the provider reported it.
        times: how often so far.
    """

    name: ClassVar[str | None] = "work_failed"
    urgent: ClassVar[bool] = True
    error: str
    why: str
    where: str
    times: int


@frozen(kw_only=True)
class CallbackRefused(Event):
    """A callback was refused, and nothing of it was recorded: a STOP may have been in it.

    Anybody can send such a callback. Refusals for the same reason are reported at once and, while
    more of them come, again after one, two and four minutes and so on, up to once an hour.

    Attributes:
        provider: the name of the provider that it claims to be from.
        why: the reason, in plain words; never those of an adapter of yours.
        url: the address that it was checked against, without its query.
        times: how many so far.
    """

    name: ClassVar[str | None] = "callback_refused"
    urgent: ClassVar[bool] = True
    provider: str
    why: str
    url: str
    times: int


def _named(kind: type[Event]) -> dict[str, type[Event]]:
    found = {kind.name: kind} if kind.name else {}
    for each in kind.__subclasses__():
        found |= _named(each)
    return found


EVENTS: Mapping[str, type[Event]] = MappingProxyType(_named(Event))
"""Every event class, by its name."""


def logged(kind: type[Event]) -> tuple[str, ...]:
    """The fields of an event that logs show, in order: never your id of a person or visit."""
    told: tuple[Attribute[object], ...] = fields(kind)
    return tuple(each.name for each in told if each.metadata.get("logged", True))
