"""Controlling a practice's volume: pausing texts, and estimating a batch."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import TYPE_CHECKING

from compliant_sms import flows
from compliant_sms.driver import finish
from compliant_sms.messenger._facade import Facade
from compliant_sms.volume import ALL

if TYPE_CHECKING:
    from compliant_sms.classification import Purpose
    from compliant_sms.volume import Estimate, Pause


class VolumeControl(Facade):
    """The part of :class:`~compliant_sms.Messenger` that controls volume."""

    def pause(self, *, by: str, reason: str, scope: str | Purpose = ALL) -> int:
        """Stop texts, for every worker on the database, until :meth:`resume`.

        Once this has returned, no text in its scope is claimed. STOP, START and HELP are still
        answered. Paused texts wait as ``Held``, even past their ``not_after``. They are decided
        anew when somebody resumes, and cancelled then if they are too late. The pause goes on the
        audit log.

        Args:
            by: who stops them, for example ``"front-desk:ana"``.
            reason: why.
            scope: ``"all"``, emergencies included; ``"marketing"``, which is promotions by content;
                or the code of a purpose. Pass a purpose of your own as a :class:`Purpose`.

        Returns:
            how many texts of the practice were already claimed. Their requests may still be on
            their way, until ``Delivery.lease`` has passed at the latest.

        Raises:
            InvalidInput: ``by`` or ``reason`` is empty, or there is no such scope.
            StoreError: nothing was paused.
        """
        return finish(flows.pause(self._ports, by=by, reason=reason, scope=scope))

    def resume(self, *, by: str, reason: str, scope: str | Purpose = ALL) -> tuple[Pause, ...]:
        """End the pause of a scope; the texts that waited are due, and decided anew.

        Args:
            by: who resumes them.
            reason: why.
            scope: the scope that was paused.

        Returns:
            the pauses still in force.

        Raises:
            InvalidInput: ``by`` or ``reason`` is empty, or there is no such scope.
            StoreError: nothing was resumed.
        """
        return finish(flows.resume(self._ports, by=by, reason=reason, scope=scope))

    def paused(self) -> tuple[Pause, ...]:
        """The pauses in force, oldest first."""
        return finish(flows.paused(self._ports))

    def estimate(
        self, batch: Iterable[flows.Estimated], *, price_per_segment: Decimal | int = 0
    ) -> Estimate:
        """Estimate what would happen to a batch sent now. Nothing is stored and nothing is sent.

        Each text is decided by what is on record now. The estimate accounts for the places that a
        batch takes in the volume plan. It does not account for how its texts count against each
        other's caps, nor for idempotency keys that were used before.

        Args:
            batch: ``Draft``, a text; ``FromTemplate``, a text by the name of its template, in the
                patient's language and as detailed as they wish; and ``Appointment``, a visit with
                all its reminders still to come, those of one day at one number combined into one.
                In the order in which they would be sent; reminders come last, by their times.
            price_per_segment: in any currency, for example ``Decimal("0.0083")``.

        Raises:
            InvalidInput: a text cannot be sent, there is something else in the batch, or the price
                is a float or below 0.
            Unsupported: no provider of this messenger takes a text.
            ConfigurationError: a template is named, and the messenger was given no templates.
            UnknownTemplate: a template has no version that is approved and not withdrawn.
            CannotRender: the values for a template cannot be used.
        """
        return finish(flows.estimate(self._ports, batch, price_per_segment))


class AsyncVolumeControl(Facade):
    """The part of :class:`~compliant_sms.AsyncMessenger` that controls volume."""

    async def pause(self, *, by: str, reason: str, scope: str | Purpose = ALL) -> int:
        """Stop texts, for every worker on the database, until :meth:`resume`.

        See :meth:`VolumeControl.pause`.
        """
        return await flows.pause(self._ports, by=by, reason=reason, scope=scope)

    async def resume(
        self, *, by: str, reason: str, scope: str | Purpose = ALL
    ) -> tuple[Pause, ...]:
        """End the pause of a scope; the texts that waited are due, and decided anew.

        See :meth:`VolumeControl.resume`.
        """
        return await flows.resume(self._ports, by=by, reason=reason, scope=scope)

    async def paused(self) -> tuple[Pause, ...]:
        """The pauses in force, oldest first.

        See :meth:`VolumeControl.paused`.
        """
        return await flows.paused(self._ports)

    async def estimate(
        self, batch: Iterable[flows.Estimated], *, price_per_segment: Decimal | int = 0
    ) -> Estimate:
        """Estimate what would happen to a batch sent now. Nothing is stored and nothing is sent.

        See :meth:`VolumeControl.estimate`.
        """
        return await flows.estimate(self._ports, batch, price_per_segment)
