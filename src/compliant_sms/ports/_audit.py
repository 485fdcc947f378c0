"""Records of who did what."""

from __future__ import annotations

from typing import Protocol

from compliant_sms.audit import AuditEvent
from compliant_sms.consent import Link
from compliant_sms.phone import PhoneNumber


class AuditLog(Protocol):
    """One hash chain per practice, which only grows."""

    async def audit(self, event: AuditEvent, number: PhoneNumber | None = None) -> None:
        """Put an event on record.

        Args:
            event: what was done.
            number: the number that it concerns; its key in this store becomes the subject. If you
                lock the number, lock it first, because the log is locked last.
        """

    async def audit_head(self, practice_id: str) -> Link | None:
        """The last record of the practice's log; None if it is empty."""

    async def audit_links(self, practice_id: str) -> list[Link]:
        """All records of the practice's log in order."""

    async def audit_events(self, practice_id: str) -> list[AuditEvent]:
        """All events of the practice's log in order."""
