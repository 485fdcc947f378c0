"""Keeping a setup in order: checking it, and synchronizing opt-outs with the providers."""

from __future__ import annotations

from compliant_sms import flows
from compliant_sms.driver import finish
from compliant_sms.messenger._facade import Facade


class Upkeep(Facade):
    """The part of :class:`~compliant_sms.Messenger` that keeps the setup in order."""

    def doctor(self, *, call_webhooks: bool = False) -> tuple[flows.Checked, ...]:
        """Check the whole setup: store, credentials, clock, agreements, callbacks, registration.

        Nobody is texted and nothing is changed. ``compliant-sms doctor`` prints the result.

        Args:
            call_webhooks: also call the addresses of status callbacks from here, unsigned; they
                must refuse the call.

        Returns:
            one value for each check.
        """
        return finish(flows.examine(self._ports, call_webhooks=call_webhooks))

    def sync_opt_outs(self, *, by: str, dry_run: bool = False) -> tuple[flows.OptOutDrift, ...]:
        """Synchronize the ledger with the providers' lists of opted-out numbers.

        A number that only a provider's list has is revoked in the ledger. One that is revoked only
        here is put on the list, if the provider accepts additions. No number is removed from a
        list: only the patient can do that, with a START. Changes are recorded in the audit log.

        Args:
            by: who asks for it, for example ``"it:j.ortiz"``.
            dry_run: change nothing, only report how the two differ.

        Returns:
            how each provider's list differed before.

        Raises:
            InvalidInput: ``by`` is empty.
            StoreError: the database failed. What was done before stays; do it again.
        """
        return finish(flows.sync_opt_outs(self._ports, by=by, dry_run=dry_run))


class AsyncUpkeep(Facade):
    """The part of :class:`~compliant_sms.AsyncMessenger` that keeps the setup in order."""

    async def doctor(self, *, call_webhooks: bool = False) -> tuple[flows.Checked, ...]:
        """Check the whole setup: store, credentials, clock, agreements, callbacks, registration.

        See :meth:`Upkeep.doctor`.
        """
        return await flows.examine(self._ports, call_webhooks=call_webhooks)

    async def sync_opt_outs(
        self, *, by: str, dry_run: bool = False
    ) -> tuple[flows.OptOutDrift, ...]:
        """Synchronize the ledger with the providers' lists of opted-out numbers.

        See :meth:`Upkeep.sync_opt_outs`.
        """
        return await flows.sync_opt_outs(self._ports, by=by, dry_run=dry_run)
