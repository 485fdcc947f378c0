"""What happens to texts and consents, as values that a program can be told of.

::

    Event
    ├── TextEvent                  something became of a text of ours
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
    ├── TextProven                 the provider stands for what a patient wrote
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
    ├── InboxEventRaised           a thread is due, overdue, or in need of somebody
    ├── AuditEventRecorded         somebody did what goes on the audit log
    ├── WorkFailed                 a worker met what keeps it from its work
    └── CallbackRefused            a callback was refused, and nothing of it was recorded

Whoever wants to be told of a branch asks for its class: :meth:`compliant_sms.Messenger.on`.

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
"""What a field of an event is when it is logged."""

_UNLOGGED = {"logged": False}


@frozen(kw_only=True)
class Event:
    """Something that happened, and is on record where it is about a text or a consent.

    Attributes:
        name: how logs call it; None for what only groups others.
        urgent: whether somebody should look at it soon; such events are logged as warnings.
        practice_id: at whose practice.
        at: when (UTC).
    """

    name: ClassVar[str | None] = None
    urgent: ClassVar[bool] = False

    practice_id: str = field(repr=repr_of_practice)
    at: datetime


@frozen(kw_only=True)
class TextEvent(Event):
    """Something became of a text of ours.

    Attributes:
        message_id: which.
        purpose: the code of what it is for.
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
    """The text waits, and is decided again then.

    Attributes:
        until: for what instant (UTC).
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
    """The text was called back, came too late, or what it was about has changed."""

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
    """The text reached the phone, as the provider says.

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
        unsure: whether it may mean that texts should stop; they did.
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
    """The provider stands for a patient's text that its callback had not proved.

    Attributes:
        inbound_id: which.
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
    """A patient answered about a visit; ``messenger.reminders.answers()`` has it until taken.

    Attributes:
        answer_id: which answer.
        appointment_id: your id of the visit.
        occurrence: which visit of a series.
        answer: ``"confirm"``, ``"reschedule"`` or ``"cancel"``.
        stands: whether the visit is still as it was asked about.
        says_more: whether the patient's text says more than this answer, so that nobody may act on
            the answer alone.
        thread_id: the thread that the text lies in; None where no threads are kept.
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
        rule: which rule read it so; empty where a person did.
        reference: of the record that carried it, such as the ``inbound_id`` of the patient's text.
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
    """A number is not to be texted; a person has to see to it.

    A provider said so; or whoever has the number, that it is the wrong one.

    Attributes:
        why: a :class:`compliant_sms.consent.Flag`.
    """

    name: ClassVar[str | None] = "number_flagged"
    urgent: ClassVar[bool] = True
    why: str


@frozen(kw_only=True)
class PhiPreferenceStated(ConsentEvent):
    """A patient said whether they want health details by text, or somebody did on a form.

    What holds after it is what ``messenger.consent.phi_preference()`` answers.

    Attributes:
        prefers: whether they do.
    """

    name: ClassVar[str | None] = "phi_preference_stated"
    prefers: bool


@frozen(kw_only=True)
class OptInAsked(ConsentEvent):
    """A text asked a patient whether a kind of texts is welcome: half of a double opt-in.

    Attributes:
        categories: what a yes covers.
    """

    name: ClassVar[str | None] = "opt_in_asked"
    categories: tuple[str, ...]


@frozen(kw_only=True)
class OptInAnswered(ConsentEvent):
    """A patient answered such a question; a yes comes with a :class:`ConsentGranted`.

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
    """Somebody has to hear of a thread: see :meth:`compliant_sms.inbox_desk.InboxDesk.events`.

    Attributes:
        kind: a :class:`compliant_sms.conversations.InboxEventKind`, such as ``"overdue"``.
        event_id: of the event, to acknowledge it.
        thread_id: in which thread.
        queue: whose thread it was then.
    """

    name: ClassVar[str | None] = "inbox_event_raised"
    urgent: ClassVar[bool] = True
    kind: str
    event_id: str
    thread_id: str
    queue: str


@frozen(kw_only=True)
class AuditEventRecorded(Event):
    """Somebody did what goes on the audit log, such as a pause, an import or an erasure.

    Attributes:
        act: what, a :class:`compliant_sms.audit.Act`.
        actor: who.
    """

    name: ClassVar[str | None] = "audit_event_recorded"
    act: str
    actor: str = field(metadata=_UNLOGGED)


@frozen(kw_only=True)
class WorkFailed(Event):
    """A worker met what keeps it from its work, or from a part of it; texts may stay due.

    It is told at once, and while the same goes on after a minute, after two, after four, at last
    each hour. What has not come again for an hour begins anew.

    Attributes:
        error: the type of the exception; or, where the provider takes nothing, the kind of the
            reason, a :class:`compliant_sms.providers.Failure`.
        why: what it means and what to do, in plain words.
        where: the file and line that raised it; empty where the provider said it.
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

    Anybody can send such a callback. For the same reason it is told at once, and while more of
    them come after a minute, after two, after four, at last each hour.

    Attributes:
        provider: whose it claims to be, by the provider's name.
        why: the reason, in plain words.
        url: the address that it was checked for, without its query.
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
"""Every event by its name."""


def logged(kind: type[Event]) -> tuple[str, ...]:
    """The fields of an event that logs show, in their order: no host's id of a person or visit."""
    told: tuple[Attribute[object], ...] = fields(kind)
    return tuple(each.name for each in told if each.metadata.get("logged", True))
