"""Durable storage."""

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
    """What can be read and written in one transaction, which takes effect as a whole or not."""

    async def one_moment(self) -> None:
        """Read everything as it was at one moment, whatever others commit meanwhile.

        Call it before anything else, and lock nothing afterwards: what a lock waited for is later.
        In a transaction of the host's, that is as the host set it.
        """

    async def lock(self, practice_id: str, number: PhoneNumber) -> None:
        """Keep others from claiming texts to the number, or adding events about it, until the end.

        What is read afterwards includes whatever was committed before.
        """

    async def lock_person(self, practice_id: str, person: str) -> None:
        """Keep others who also lock the person from claiming texts to them, until the end.

        For a limit on texts to all numbers of a person. Call it after :meth:`lock`, and lock no
        other number or person afterwards.
        """

    async def prefetch(
        self, practice_id: str, number: PhoneNumber, *, since: datetime, buckets: Sequence[str]
    ) -> None:
        """Announce what is about to be read, so that it can be read in one go.

        Args:
            practice_id: the practice, for ``paused_scopes``.
            number: a locked number, for ``consent_events`` and ``departures``.
            since: from when the departures are read.
            buckets: the names for ``peek_bucket``.

        It does not change what is read afterwards. A store that gains nothing by it does nothing.
        """


class Store(Protocol):
    """Durable storage."""

    async def run(self, work: Callable[[Transaction], Awaitable[T]]) -> T:
        """Run the work in one transaction, and return its result once it is on disk.

        An exception of the work undoes the transaction and is raised unchanged.

        Raises:
            StoreError: the database failed; nothing was recorded.
        """
