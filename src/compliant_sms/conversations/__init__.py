"""Threads with patients: queues, business hours, when answers are due, what must not be lost.

A text that asks for an answer waits until somebody answers it or says why not. This package does
not decide whether an answer may go. Pure.
"""

from compliant_sms.conversations._hours import BusinessHours
from compliant_sms.conversations._metrics import InboxMetrics, QueueDay, metrics_of
from compliant_sms.conversations._news import InboxEvent, InboxEventKind, OpenItem, OpenKind
from compliant_sms.conversations._plan import Arrival, InboxPlan, Queue, RoutingRule
from compliant_sms.conversations._thread import (
    Entry,
    EntryKind,
    Thread,
    ThreadState,
    Wait,
    WaitingThread,
)

__all__ = [
    "Arrival",
    "BusinessHours",
    "Entry",
    "EntryKind",
    "InboxEvent",
    "InboxEventKind",
    "InboxMetrics",
    "InboxPlan",
    "OpenItem",
    "OpenKind",
    "Queue",
    "QueueDay",
    "RoutingRule",
    "Thread",
    "ThreadState",
    "Wait",
    "WaitingThread",
    "metrics_of",
]
