"""What a practice does with its records: takes them over, proves, audits, erases and drops them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from compliant_sms import flows
from compliant_sms.driver import finish
from compliant_sms.evidence_pack import EvidencePack

if TYPE_CHECKING:
    from compliant_sms.audit import AuditEvent
    from compliant_sms.evidence import Checkpoint, Signer, Verifier
    from compliant_sms.imports import (
        BadRow,
        ImportedConsent,
        ImportedOptOut,
        ImportReport,
    )
    from compliant_sms.phone import PhoneNumber
    from compliant_sms.ports import Erased, Ports
    from compliant_sms.practice import Practice
    from compliant_sms.retention import Retention

__all__ = ["AsyncRecordKeeping", "Facade", "RecordKeeping"]


class Facade:
    """What both facades are made of."""

    def __init__(self, ports: Ports, retention: Retention | None) -> None:
        from compliant_sms.retention import Retention

        self._ports = ports
        self._retention = retention or Retention()

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self._ports.practice.name!r})"

    @property
    def practice(self) -> Practice:
        """Who texts."""
        return self._ports.practice

    @property
    def provider_names(self) -> tuple[str, ...]:
        """Whose callbacks it takes, for example ``("twilio",)``; the first one's come first."""
        return tuple(dict.fromkeys(each.name for each in self._ports.routes.providers))

    def _purge_plan(self, by: str, *, dry_run: bool) -> flows.PurgePlan:
        return flows.PurgePlan(
            practice_id=self._ports.practice.id,
            policy=self._retention,
            rulebook=self._ports.rulebook,
            at=self._ports.clock(),
            run=self._ports.ids(),
            by=by,
            dry_run=dry_run,
        )

    def _erase_plan(self, person: str, reason: str, by: str, *, dry_run: bool) -> flows.ErasePlan:
        return flows.ErasePlan(
            practice_id=self._ports.practice.id,
            person=person,
            reason=reason,
            by=by,
            run=self._ports.ids(),
            dry_run=dry_run,
        )


class RecordKeeping(Facade):
    """The part of :class:`~compliant_sms.Messenger` that keeps records."""

    def import_consents(
        self,
        consents: Iterable[ImportedConsent | BadRow],
        *,
        opt_outs: Iterable[ImportedOptOut | BadRow] | None,
        source: str,
        by: str,
        no_opt_outs_because: str = "",
        dry_run: bool = False,
        batch: int = 1000,
        progress: flows.ImportProgress | None = None,
    ) -> ImportReport:
        """Take over what another system knew of consent: all opt-outs, then the consents.

        It adds nothing that was imported from that source before, so that an import that was
        interrupted is simply done again. It lifts no revocation that is on record here. Where an
        opt-out cannot be used, no consent is written.

        Args:
            consents: records, or what :func:`compliant_sms.imports.read_consents` reads.
            opt_outs: records, or what :func:`compliant_sms.imports.read_opt_outs` reads; None, if
                they were imported before.
            source: the other system, for example ``"old-ehr"``; the same one each time.
            by: who imports them, for example ``"it:j.ortiz"``.
            no_opt_outs_because: why there is no list of opt-outs, if there really is none; it
                goes on record.
            dry_run: only check, and report what would come of it.
            batch: how many rows are written at once; each batch as a whole or not at all.
            progress: is told after each batch what came of it so far.

        Returns:
            how many rows came to what, and what is wrong with the others.

        Raises:
            InvalidInput: there are consents, no opt-outs were ever imported for this practice,
                and it is not said why; or a file cannot be read.
            StoreError: a batch could not be written. What was written before it stays; do the
                import again.
        """
        plan = flows.ImportPlan.of(
            self._ports.practice,
            source=source,
            by=by,
            no_opt_outs_because=no_opt_outs_because,
            dry_run=dry_run,
            batch=batch,
        )
        return finish(
            flows.import_consents(
                self._ports.store,
                self._ports.clock,
                self._ports.ids,
                plan,
                opt_outs=opt_outs,
                consents=consents,
                progress=progress,
            )
        )

    def evidence(
        self,
        number: str | PhoneNumber,
        since: datetime,
        until: datetime,
        *,
        by: str,
        reason: str,
        earlier: Checkpoint | None = None,
    ) -> EvidencePack:
        """All that is on record about a number and a period, for a lawyer: one zip.

        It can be checked without the database: ``compliant-sms verify PACK``. That somebody took
        it goes on record itself.

        Args:
            number: which number.
            since: the beginning of the period (aware).
            until: its end (aware); what happened then or later is not part of it.
            by: who asks for it, for example ``"counsel:j.ortiz"``.
            reason: why, for whoever reads the record.
            earlier: a checkpoint that you kept, to prove that the ledger only grew since.

        Returns:
            consents with their wording, decisions, texts, callbacks, answers, opt-outs and
            proofs; the same record at the same instant gives the same bytes.

        Raises:
            InvalidInput: an argument cannot be used.
            LedgerTampered: the consent ledger of the number was altered.
        """
        question = flows.Question(
            number=number, since=since, until=until, by=by, reason=reason, earlier=earlier
        )
        return EvidencePack(finish(flows.evidence_pack(self._ports, question)))

    def checkpoint(self, key: Signer | None = None) -> Checkpoint:
        """Fix the ledger as it is now; ``str()`` of the answer is the text to keep elsewhere.

        It is stored as well. Whoever changes a record afterwards and recomputes every hash is
        found by :meth:`verify_ledger`, against the text that was kept or against a signature.

        Args:
            key: signs it, such as :class:`compliant_sms.signing.SigningKey`. Keep it where
                whoever administers the database does not reach it.

        Raises:
            LedgerTampered: the ledger does not follow from its last checkpoint.
        """
        store, practice = self._ports.store, self._ports.practice
        return finish(flows.checkpoint(store, practice.id, self._ports.clock(), key))

    def verify_ledger(
        self, *, against: Sequence[Checkpoint] = (), keys: Sequence[Verifier] = ()
    ) -> flows.LedgerReport:
        """Check the consent ledger of the practice, its audit log, and its checkpoints.

        Memory stays the same, however large the ledger is.

        Args:
            against: checkpoints that were kept elsewhere.
            keys: public keys, such as :class:`compliant_sms.signing.VerifyKey`. Where there are
                any, each checkpoint of ``against`` must be signed with one of them, and stored
                ones that are count as proof.

        Raises:
            LedgerTampered: it was altered; the error names the record, the checkpoint, or both.
            InvalidCheckpoint: a checkpoint is another practice's, or its signature is missing or
                wrong.
        """
        store, practice = self._ports.store, self._ports.practice
        return finish(flows.verify_ledger(store, practice.id, against, keys))

    def erase(self, person: str, *, by: str, reason: str, dry_run: bool = False) -> Erased:
        """Destroy the keys of everything that is kept of a person; what waits is called back.

        What stays: that texts went, when and by which rule as ids and hashes, and that somebody
        at a number revoked, which goes on counting. The ledger still verifies. Backups still hold
        the sealed keys: rotate the keyring and destroy the old key where they must not.

        Args:
            person: your id of the patient.
            by: who decided so, for example ``"privacy:kim"``.
            reason: why; it goes on the audit log.
            dry_run: change nothing, only count; what would refuse it refuses it.

        Raises:
            ConfigurationError: the records of this practice lie in the clear.
            UnknownPerson: nothing is kept of the person; nothing was written.
            UnderLegalHold: a legal hold reaches the person, or one of their numbers.
            Unsettled: nobody knows yet whether a text to them went out: :meth:`reconcile` first.
        """
        plan = self._erase_plan(person, reason, by, dry_run=dry_run)
        return finish(flows.erase(self._ports.store, self._ports.clock, plan))

    def rotate_keys(self, *, progress: Callable[[int, int], None] | None = None) -> int:
        """Seal every data key of the store anew with the newest key of the keyring.

        A keyring of a file reads it again before. Texts go on meanwhile, and other processes whose
        keyring is a file read it again by themselves. A run that was cut short is repeated.

        Args:
            progress: is told after each batch how many are done, and of how many.

        Returns:
            how many were sealed anew; 0 without a keyring. Keys of other practices, which other
            keyrings seal, are left alone.

        Raises:
            CannotUnseal: the keyring does not know the key that seals this practice's records: it
                is an older one, and what it calls done is not.
            ConfigurationError: the key file cannot be read, or this practice's records lie in the
                clear though there is a keyring.
        """
        return finish(flows.rotate_keys(self._ports.store, progress, self._ports.practice.id))

    def audit(
        self, *, since: datetime | None = None, until: datetime | None = None
    ) -> tuple[AuditEvent, ...]:
        """Who did what besides sending, in the order of the record.

        Args:
            since: only what was done then or later (aware).
            until: only what was done before (aware).
        """
        return finish(flows.audit_log(self._ports, since, until))

    def purge(
        self,
        *,
        by: str,
        dry_run: bool = False,
        progress: Callable[[int], object] | None = None,
    ) -> flows.PurgeReport:
        """Drop content whose time has passed; its proof stays, and so do all ids and keys.

        Nothing that is under a legal hold or not finished is dropped. It works in short
        transactions; interrupted and called again it drops the rest.

        Args:
            by: who asks for it, for example ``"it:kim"``; it goes on the audit log.
            dry_run: change nothing, only count.
            progress: told how many more records were looked at.

        Raises:
            ConfigurationError: ``retention`` is below a floor.
            StoreError: the database could not; what was dropped before stays dropped.
        """
        plan = self._purge_plan(by, dry_run=dry_run)
        return finish(flows.purge(self._ports.store, plan, progress))


class AsyncRecordKeeping(Facade):
    """The part of :class:`~compliant_sms.AsyncMessenger` that keeps records."""

    async def import_consents(
        self,
        consents: Iterable[ImportedConsent | BadRow],
        *,
        opt_outs: Iterable[ImportedOptOut | BadRow] | None,
        source: str,
        by: str,
        no_opt_outs_because: str = "",
        dry_run: bool = False,
        batch: int = 1000,
        progress: flows.ImportProgress | None = None,
    ) -> ImportReport:
        """See :meth:`RecordKeeping.import_consents`."""
        plan = flows.ImportPlan.of(
            self._ports.practice,
            source=source,
            by=by,
            no_opt_outs_because=no_opt_outs_because,
            dry_run=dry_run,
            batch=batch,
        )
        return await flows.import_consents(
            self._ports.store,
            self._ports.clock,
            self._ports.ids,
            plan,
            opt_outs=opt_outs,
            consents=consents,
            progress=progress,
        )

    async def evidence(
        self,
        number: str | PhoneNumber,
        since: datetime,
        until: datetime,
        *,
        by: str,
        reason: str,
        earlier: Checkpoint | None = None,
    ) -> EvidencePack:
        """See :meth:`RecordKeeping.evidence`."""
        question = flows.Question(
            number=number, since=since, until=until, by=by, reason=reason, earlier=earlier
        )
        return EvidencePack(await flows.evidence_pack(self._ports, question))

    async def checkpoint(self, key: Signer | None = None) -> Checkpoint:
        """See :meth:`RecordKeeping.checkpoint`."""
        store, practice = self._ports.store, self._ports.practice
        return await flows.checkpoint(store, practice.id, self._ports.clock(), key)

    async def verify_ledger(
        self, *, against: Sequence[Checkpoint] = (), keys: Sequence[Verifier] = ()
    ) -> flows.LedgerReport:
        """See :meth:`RecordKeeping.verify_ledger`."""
        store, practice = self._ports.store, self._ports.practice
        return await flows.verify_ledger(store, practice.id, against, keys)

    async def erase(self, person: str, *, by: str, reason: str, dry_run: bool = False) -> Erased:
        """See :meth:`RecordKeeping.erase`."""
        plan = self._erase_plan(person, reason, by, dry_run=dry_run)
        return await flows.erase(self._ports.store, self._ports.clock, plan)

    async def rotate_keys(self, *, progress: Callable[[int, int], None] | None = None) -> int:
        """See :meth:`RecordKeeping.rotate_keys`."""
        return await flows.rotate_keys(self._ports.store, progress, self._ports.practice.id)

    async def audit(
        self, *, since: datetime | None = None, until: datetime | None = None
    ) -> tuple[AuditEvent, ...]:
        """See :meth:`RecordKeeping.audit`."""
        return await flows.audit_log(self._ports, since, until)

    async def purge(
        self,
        *,
        by: str,
        dry_run: bool = False,
        progress: Callable[[int], object] | None = None,
    ) -> flows.PurgeReport:
        """See :meth:`RecordKeeping.purge`."""
        plan = self._purge_plan(by, dry_run=dry_run)
        return await flows.purge(self._ports.store, plan, progress)
