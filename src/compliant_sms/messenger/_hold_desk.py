"""Legal holds, which keep records for a dispute: ``messenger.legal_holds``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from compliant_sms import flows
from compliant_sms.driver import finish
from compliant_sms.phone import PhoneNumber, as_number

if TYPE_CHECKING:
    from compliant_sms.ports import Ports
    from compliant_sms.retention import LegalHold


class HoldDesk:
    """Places legal holds and lifts them."""

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
        """Stop everything about a person, or a number, from being purged or erased.

        A hold on a person covers everything at all their numbers, whoever it concerns.

        Args:
            person: your id of the patient; or
            number: the number.
            by: who decided so, for example ``"counsel:j.ortiz"``.
            reason: why, for example the matter number.

        Returns:
            the hold; pass its ``hold_id`` to :meth:`lift`.

        Raises:
            InvalidInput: neither or both of ``person`` and ``number`` were given, or ``by`` or
                ``reason`` is empty.
            StoreError: nothing was recorded.
        """
        held = None if number is None else as_number(number)
        return finish(
            flows.place_hold(self._ports, person=person, number=held, reason=reason, by=by)
        )

    def lift(self, hold_id: str, *, by: str, reason: str) -> None:
        """End a hold.

        Args:
            hold_id: the id of a hold that :meth:`place` or :meth:`list` returned.
            by: who decided so.
            reason: why, for example that the matter was settled.

        Raises:
            InvalidInput: ``hold_id`` is not a string, or ``by`` or ``reason`` is empty.
            UnknownHold: this practice has no such hold, or it was lifted before.
        """
        finish(flows.lift_hold(self._ports, hold_id, reason=reason, by=by))

    def list(self) -> tuple[LegalHold, ...]:
        """The holds in force, oldest first. Lifted ones are in the audit log."""
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
        """Stop everything about a person, or a number, from being purged or erased.

        See :meth:`HoldDesk.place`.
        """
        held = None if number is None else as_number(number)
        return await flows.place_hold(self._ports, person=person, number=held, reason=reason, by=by)

    async def lift(self, hold_id: str, *, by: str, reason: str) -> None:
        """End a hold.

        See :meth:`HoldDesk.lift`.
        """
        await flows.lift_hold(self._ports, hold_id, reason=reason, by=by)

    async def list(self) -> tuple[LegalHold, ...]:
        """The holds in force, oldest first. Lifted ones are in the audit log.

        See :meth:`HoldDesk.list`.
        """
        return await flows.holds(self._ports)
