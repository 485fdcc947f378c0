"""What is kept how long, and what a dispute keeps longer."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from attrs import frozen

from compliant_sms.phone import PhoneNumber
from compliant_sms.retention import LegalHold, Purged, RecordClass


@frozen(kw_only=True)
class Aged:
    """A record, and what decides whether it may go.

    Attributes:
        key: its id, and where the next page begins.
        since: from when its time counts (UTC).
        finished: nothing will come of it any more.
        held: it is under a legal hold.
        purged: it was dropped before.
    """

    key: str
    since: datetime
    finished: bool
    held: bool
    purged: bool


class Keeping(Protocol):
    """Records by their age, and legal holds."""

    async def fix_holds(self, practice_id: str) -> None:
        """Let nobody else place or lift a hold, or drop records, until the end.

        Whoever drops or erases something asks for this before :meth:`is_held`. Lock numbers first.
        """

    async def place_hold(self, hold: LegalHold) -> None:
        """Store a new hold."""

    async def lift_hold(self, practice_id: str, hold_id: str, at: datetime) -> bool:
        """End a hold; False where the practice has none of that id that still stands."""

    async def holds(self, practice_id: str) -> list[LegalHold]:
        """The holds that stand, the oldest first."""

    async def is_held(
        self, practice_id: str, *, number: PhoneNumber | None = None, person: str | None = None
    ) -> bool:
        """Whether something about a number, or a person, is under a hold."""

    async def aged(
        self, record: RecordClass, practice_id: str, after: str, limit: int
    ) -> list[Aged]:
        """The next records of a class, whatever their age, behind the one with the key ``after``.

        Args:
            record: bodies of texts, bodies of what came in, decisions, or appointments.
            practice_id: whose.
            after: the last key of the page before; empty for the first page.
            limit: how many at most.
        """

    async def drop_content(
        self, record: RecordClass, practice_id: str, key: str, *, purged: Purged
    ) -> bool:
        """Replace the content of a record by its proof.

        Args:
            record: its class.
            practice_id: whose.
            key: its id.
            purged: when and why; the store adds the proofs.

        Returns:
            False where there is nothing to drop: a text is not finished, it was done before, or the
            practice has no such record.
        """

    async def purged_decisions(self, practice_id: str, message_id: str) -> list[Purged]:
        """What stays of decisions about a text that were dropped, oldest first."""

    async def count(self, record: RecordClass, practice_id: str) -> int:
        """How many records of the ledger, or of the audit log, there are."""
