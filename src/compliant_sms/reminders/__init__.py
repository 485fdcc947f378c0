"""Visits and their reminders: offsets, recalls, and which texts are combined into one.

This package plans and never sends; and a clinic's wall time does not shift when clocks change.

A program makes appointments and plans, and gives them to a messenger. ``planned``, ``plan_for``,
``plans_of``, ``succeeded``, ``reminders_of``, ``instant_of``, ``least_words``, ``recall_words`` and
``KEY_PREFIX`` are here for the library's flows: programs do not need them, and they may change.
"""

from compliant_sms.phi import Sensitivity
from compliant_sms.reminders._answers import Answer, AppointmentAnswer
from compliant_sms.reminders._appointment import Appointment, Kind, Status, series
from compliant_sms.reminders._offset import Offset
from compliant_sms.reminders._plan import (
    Body,
    RecallPlan,
    ReminderContext,
    ReminderPlan,
    Values,
    plan_for,
    plans_of,
)
from compliant_sms.reminders._planning import (
    KEY_PREFIX,
    RECALL,
    DiaryEntry,
    PlannedText,
    Reminder,
    planned,
    reminders_of,
    succeeded,
)
from compliant_sms.reminders._wall import instant_of
from compliant_sms.reminders._words import least_words, recall_words

__all__ = [
    "KEY_PREFIX",
    "RECALL",
    "Answer",
    "Appointment",
    "AppointmentAnswer",
    "Body",
    "DiaryEntry",
    "Kind",
    "Offset",
    "PlannedText",
    "RecallPlan",
    "Reminder",
    "ReminderContext",
    "ReminderPlan",
    "Sensitivity",
    "Status",
    "Values",
    "instant_of",
    "least_words",
    "plan_for",
    "planned",
    "plans_of",
    "recall_words",
    "reminders_of",
    "series",
    "succeeded",
]
