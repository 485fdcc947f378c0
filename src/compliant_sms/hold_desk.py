"""Where a practice keeps records for a dispute: the legal holds' part of the facades."""

from __future__ import annotations

from typing import TYPE_CHECKING

from compliant_sms import flows
from compliant_sms.driver import finish
from compliant_sms.phone import PhoneNumber, as_number

if TYPE_CHECKING:
    from compliant_sms.ports import Ports
    from compliant_sms.retention import LegalHold

__all__ = ["AsyncHoldDesk", "HoldDesk"]


class HoldDesk:
    """Where a practice places legal holds, and lifts them."""

    def __init__(self, ports: Ports) -> None:
        self._ports = ports

    def place(
        self,
        *,
        person: str | None = None,
        number: str | PhoneNumber | None = None,
        by: str,
        reason: str,
    ) -> LegalHold:
        """From now on nothing about a person, or a number, is purged or erased.

        A person's hold reaches everything at all their numbers, whoever's it is.

        Args:
            person: your id of the patient; or
            number: the number.
            by: who decided so, for example ``"counsel:j.ortiz"``.
            reason: why, for example the number of the matter.

        Returns:
            the hold; its ``hold_id`` is what :meth:`lift` takes.

        Raises:
            InvalidInput: it is for nobody or for two things, or nobody could be asked later.
            StoreError: nothing was recorded.
        """
        held = None if number is None else as_number(number)
        return finish(
            flows.place_hold(self._ports, person=person, number=held, reason=reason, by=by)
        )

    def lift(self, hold_id: str, *, by: str, reason: str) -> None:
        """End a hold.

        Args:
            hold_id: of what :meth:`place` or :meth:`list` returned.
            by: who decided so.
            reason: why, for example that the matter was settled.

        Raises:
            InvalidInput: ``hold_id`` is no text, or nobody could be asked later.
            UnknownHold: this practice has no such hold, or it was lifted before.
        """
        finish(flows.lift_hold(self._ports, hold_id, reason=reason, by=by))

    def list(self) -> tuple[LegalHold, ...]:
        """The holds that stand, the oldest first. The audit log has those lifted."""
        return finish(flows.holds(self._ports))


class AsyncHoldDesk:
    """:class:`HoldDesk` for an event loop."""

    def __init__(self, ports: Ports) -> None:
        self._ports = ports

    async def place(
        self,
        *,
        person: str | None = None,
        number: str | PhoneNumber | None = None,
        by: str,
        reason: str,
    ) -> LegalHold:
        """See :meth:`HoldDesk.place`."""
        held = None if number is None else as_number(number)
        return await flows.place_hold(self._ports, person=person, number=held, reason=reason, by=by)

    async def lift(self, hold_id: str, *, by: str, reason: str) -> None:
        """See :meth:`HoldDesk.lift`."""
        await flows.lift_hold(self._ports, hold_id, reason=reason, by=by)

    async def list(self) -> tuple[LegalHold, ...]:
        """See :meth:`HoldDesk.list`."""
        return await flows.holds(self._ports)
