"""What patients answer to reminders."""

from __future__ import annotations

from datetime import datetime

from attrs import frozen

from compliant_sms.choices import Word


class Answer(Word):
    """What a patient wants done with a visit."""

    CONFIRM = "confirm"
    RESCHEDULE = "reschedule"
    CANCEL = "cancel"


@frozen(kw_only=True)
class AppointmentAnswer:
    """A patient's answer about a visit.

    Attributes:
        answer_id: the library's id of it; opaque.
        appointment_id: your id of the visit.
        occurrence: which visit of a series.
        answer: what the patient wants.
        at: when it came in (UTC).
        message_id: our text that asked.
        inbound_id: the patient's text.
        stands: the visit is still as it was asked about, when you hear of the answer; False where
            it was moved, cancelled or given to another patient since, also after the answer came,
            where the patient came, or missed it, or where their consent at that number was voided,
            or "wrong number" came from it, after the answer.
        shared: the text asked about several visits, so a wish to move or cancel may mean only one
            of them: ask which.
        says_more: the text says more than this answer: a condition, another time or day, a
            question, or anything else that has to be read. Do not act on it automatically: the
            text waits for a person.
        replaces: the patient's earlier answer about this visit; the newest counts.
        thread_id: the thread that holds the text; None where no threads are kept.
    """

    answer_id: str
    appointment_id: str
    occurrence: str
    answer: Answer
    at: datetime
    message_id: str
    inbound_id: str
    stands: bool
    shared: bool = False
    replaces: Answer | None = None
    says_more: bool = False
    thread_id: str | None = None
