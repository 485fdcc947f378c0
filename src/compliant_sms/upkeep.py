"""Keeping a set-up in order: looking it over, and evening out opt-outs with the providers."""

from __future__ import annotations

from compliant_sms import flows
from compliant_sms.driver import finish
from compliant_sms.record_keeping import Facade

__all__ = ["AsyncUpkeep", "Upkeep"]


class Upkeep(Facade):
    """The part of :class:`~compliant_sms.Messenger` that keeps the set-up in order."""

    def doctor(self, *, call_webhooks: bool = False) -> tuple[flows.Checked, ...]:
        """Look everything over: store, credentials, clock, agreements, callbacks, registration.

        Nobody is texted and nothing is changed. ``compliant-sms doctor`` prints it.

        Args:
            call_webhooks: also call the addresses of status callbacks from here, unsigned:
                whoever answers must refuse that.

        Returns:
            one value for each thing that was looked at.
        """
        return finish(flows.examine(self._ports, call_webhooks=call_webhooks))

    def sync_opt_outs(self, *, by: str, dry_run: bool = False) -> tuple[flows.OptOutDrift, ...]:
        """Even the ledger out with what the providers keep of opted-out numbers.

        Who is on a provider's list only is revoked in the ledger; who revoked here only is put on
        the list, where the provider takes additions. It removes nobody from a list: that is the
        patient's to do, with a START. What changed is on the audit log.

        Args:
            by: who asks for it, for example ``"it:j.ortiz"``.
            dry_run: change nothing, and only say how the two differ.

        Returns:
            how each provider's list differed before.

        Raises:
            InvalidInput: ``by`` is empty.
            StoreError: what was evened out before it stays; do it again.
        """
        return finish(flows.sync_opt_outs(self._ports, by=by, dry_run=dry_run))


class AsyncUpkeep(Facade):
    """The same for :class:`~compliant_sms.AsyncMessenger`."""

    async def doctor(self, *, call_webhooks: bool = False) -> tuple[flows.Checked, ...]:
        """See :meth:`Upkeep.doctor`."""
        return await flows.examine(self._ports, call_webhooks=call_webhooks)

    async def sync_opt_outs(
        self, *, by: str, dry_run: bool = False
    ) -> tuple[flows.OptOutDrift, ...]:
        """See :meth:`Upkeep.sync_opt_outs`."""
        return await flows.sync_opt_outs(self._ports, by=by, dry_run=dry_run)
