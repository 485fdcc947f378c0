"""Durable memory."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import Protocol, TypeVar

from compliant_sms.phone import PhoneNumber
from compliant_sms.ports._appointments import Appointments
from compliant_sms.ports._audit import AuditLog
from compliant_sms.ports._consent import ConsentLedger
from compliant_sms.ports._conversations import Conversations
from compliant_sms.ports._counts import Counts
from compliant_sms.ports._erasure import Erasure
from compliant_sms.ports._evidence import EvidenceRecords
from compliant_sms.ports._imports import Imports
from compliant_sms.ports._inbound import InboundTexts
from compliant_sms.ports._pages import SecurePageRecords
from compliant_sms.ports._practices import Practices
from compliant_sms.ports._queue import Buckets, Queue
from compliant_sms.ports._refusals import RefusedCallbacks
from compliant_sms.ports._retention import Keeping
from compliant_sms.ports._texts import Texts
from compliant_sms.ports._tree import LedgerTree
from compliant_sms.ports._volume import Pauses, Places

T = TypeVar("T")


class Transaction(
    Practices,
    ConsentLedger,
    EvidenceRecords,
    LedgerTree,
    Texts,
    Queue,
    InboundTexts,
    RefusedCallbacks,
    SecurePageRecords,
    Appointments,
    Conversations,
    AuditLog,
    Buckets,
    Keeping,
    Erasure,
    Imports,
    Places,
    Pauses,
    Counts,
    Protocol,
):
    """What can be read and written inside one transaction. All of it takes effect, or nothing."""

    async def lock(self, practice_id: str, number: PhoneNumber) -> None:
        """Let nobody else claim texts to the number, or add events about it, until the end.

        What is read afterwards includes whatever was committed before.
        """

    async def lock_person(self, practice_id: str, person: str) -> None:
        """Let nobody else claim texts to a person where that is locked too, until the end.

        For a limit that counts what leaves to all numbers of a person. It comes after :meth:`lock`,
        and nobody who has it locks another number or person.
        """

    async def prefetch(
        self, practice_id: str, number: PhoneNumber, *, since: datetime, buckets: Sequence[str]
    ) -> None:
        """Announce what is about to be read, so that it can be read in one go.

        Args:
            practice_id: of which ``paused_scopes`` are asked for.
            number: a locked one, of which ``consent_events`` and ``departures`` are.
            since: from when the departures.
            buckets: the names of which ``peek_bucket`` is.

        What is read afterwards is as without it. A store that gains nothing by it does nothing.
        """


class Store(Protocol):
    """Durable memory."""

    async def run(self, work: Callable[[Transaction], Awaitable[T]]) -> T:
        """Run the work in one transaction and return its result once that is on disk.

        What the work raises undoes it and comes out unchanged.

        Raises:
            StoreError: the database could not; nothing was recorded.
        """
