"""A practice's records: importing, proving, auditing, erasing and purging them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from compliant_sms import flows
from compliant_sms.driver import finish
from compliant_sms.evidence_pack import EvidencePack
from compliant_sms.messenger._facade import Facade

if TYPE_CHECKING:
    from compliant_sms.audit import AuditEvent
    from compliant_sms.evidence import Checkpoint, Signer, Verifier
    from compliant_sms.imports import (
        BadRow,
        ExportReport,
        ImportedConsent,
        ImportedOptOut,
        ImportReport,
    )
    from compliant_sms.phone import PhoneNumber
    from compliant_sms.ports import Erased


class _Plans(Facade):
    """What both forms tell the flows to do."""

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

    def _merge_plan(self, old: str, into: str, reason: str, by: str) -> flows.MergePlan:
        run = self._ports.ids()
        return flows.MergePlan(old=old, into=into, reason=reason, by=by, run=run)

    def _erase_plan(self, person: str, reason: str, by: str, *, dry_run: bool) -> flows.ErasePlan:
        return flows.ErasePlan(
            practice_id=self._ports.practice.id,
            person=person,
            reason=reason,
            by=by,
            run=self._ports.ids(),
            dry_run=dry_run,
        )

    def _export_plan(self, by: str, reason: str) -> flows.ExportPlan:
        practice = self._ports.practice
        return flows.ExportPlan(
            practice_id=practice.id,
            names=(practice.name, *practice.also_known_as),
            by=by,
            reason=reason,
        )


class RecordKeeping(_Plans):
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
        """Import another system's record of consent: all opt-outs first, then the consents.

        Nothing is imported twice from the same source, so an interrupted import can simply be
        repeated. It lifts no revocation that is on record here. If an opt-out cannot be used, no
        consent is written.

        Args:
            consents: records, or what :func:`compliant_sms.imports.read_consents` reads.
            opt_outs: records, or what :func:`compliant_sms.imports.read_opt_outs` reads; None if
                they were imported before.
            source: the other system, for example ``"old-ehr"``; the same name each time.
            by: who imports them, for example ``"it:j.ortiz"``.
            no_opt_outs_because: why there is no list of opt-outs, if there really is none; it
                goes on record.
            dry_run: only check, and report what the import would do.
            batch: how many rows to write at once; each batch as a whole or not at all.
            progress: called after each batch with the result so far.

        Returns:
            how many rows had which result, and what is wrong with the others.

        Raises:
            InvalidInput: there are consents, but no opt-outs were ever imported for this practice
                and no reason is given; or a file cannot be read.
            StoreError: a batch could not be written. Earlier batches stay; repeat the import.
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

    def export_consents(
        self,
        *,
        opt_outs: flows.TextSink,
        consents: flows.TextSink,
        by: str,
        reason: str,
        progress: flows.ExportProgress | None = None,
    ) -> ExportReport:
        """Write all consents and opt-outs as the two CSV files that an import reads.

        Importing both never lets anyone text a person whom this practice may not text. If a column
        cannot express something, the files allow less: wishes about health details are left out,
        and so is what START does not give back. Nothing changes here, and it goes on record.

        If it raises, throw both files away: opt-outs may be missing. Import the files of one export
        only, because a later one takes nothing back that an earlier one allowed.

        Args:
            opt_outs: where the opt-outs go: a file opened with
                ``open(path, "w", encoding="utf-8", newline="")``.
            consents: the same for the consents.
            by: who exports them, for example ``"it:j.ortiz"``.
            reason: why, for whoever reads the record.
            progress: called after each page with the result so far.

        Returns:
            how many rows each file has, and what could not be told.

        Raises:
            InvalidInput: ``by`` or ``reason`` is blank.
            CannotUnseal: the keyring lacks a key.
            LedgerTampered: an event of the ledger is about another number.
        """
        return finish(
            flows.export_consents(
                self._ports.store,
                self._ports.clock,
                self._export_plan(by, reason),
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
        """Everything on record about a number and a period, for a lawyer, as one zip.

        It can be checked without the database: ``compliant-sms verify PACK``. Taking it is itself
        recorded. Call :meth:`verify_ledger` first: only that finds a record that was cut off at the
        end of a chain, or a chain that is gone.

        Args:
            number: which number.
            since: the start of the period (aware).
            until: its end (aware), exclusive.
            by: who asks for it, for example ``"counsel:j.ortiz"``.
            reason: why, for whoever reads the record.
            earlier: a checkpoint that you kept, to prove that the ledger has only grown since.

        Returns:
            consents with their wording, decisions, texts, callbacks, answers, opt-outs and
            proofs. The same record at the same instant gives the same bytes.

        Raises:
            InvalidInput: an argument cannot be used.
            LedgerTampered: the number's consent ledger was altered.
        """
        question = flows.EvidenceRequest(
            number=number, since=since, until=until, by=by, reason=reason, earlier=earlier
        )
        return EvidencePack(finish(flows.evidence_pack(self._ports, question)))

    def checkpoint(self, key: Signer | None = None) -> Checkpoint:
        """Fix the ledger as it is now; keep ``str()`` of the result elsewhere.

        The checkpoint is stored as well. If somebody later changes a record and recomputes every
        hash, :meth:`verify_ledger` finds it, by the text that you kept or by the signature.

        Args:
            key: signs it, such as :class:`compliant_sms.signing.SigningKey`. Keep the key out of
                the reach of whoever administers the database.

        Raises:
            LedgerTampered: the ledger does not follow from its last checkpoint.
        """
        store, practice = self._ports.store, self._ports.practice
        return finish(flows.checkpoint(store, practice.id, self._ports.clock(), key))

    def verify_ledger(
        self, *, against: Sequence[Checkpoint] = (), keys: Sequence[Verifier] = ()
    ) -> flows.LedgerReport:
        """Verify the practice's consent ledger, its audit log and its checkpoints.

        The memory used does not depend on the size of the ledger.

        Args:
            against: checkpoints that were kept elsewhere.
            keys: public keys, such as :class:`compliant_sms.signing.VerifyKey`. If there are any,
                each checkpoint of ``against`` must be signed with one of them, and stored
                checkpoints signed with one of them count as proof.

        Raises:
            LedgerTampered: it was altered; the error names the record, the checkpoint, or both.
            InvalidCheckpoint: a checkpoint is another practice's, or its signature is missing or
                wrong.
        """
        store, practice = self._ports.store, self._ports.practice
        return finish(flows.verify_ledger(store, practice.id, against, keys))

    def erase(self, person: str, *, by: str, reason: str, dry_run: bool = False) -> Erased:
        """Destroy the keys of everything stored about a person, and cancel what waits.

        What remains: that texts went out, when and by which rule, as ids and hashes; and that
        somebody at a number revoked, which still counts. The ledger still verifies. Backups still
        hold the sealed keys: if they must not, rotate the keyring and destroy the old key.

        Args:
            person: your id of the patient.
            by: who decided so, for example ``"privacy:kim"``.
            reason: why; it goes on the audit log.
            dry_run: change nothing, only count. It is refused where the erasure would be.

        Raises:
            ConfigurationError: this practice's records are not sealed.
            UnknownPerson: nothing is on record about the person; nothing was written.
            UnderLegalHold: a legal hold covers the person, or one of their numbers.
            Unsettled: it is not known yet whether a text to them went out: :meth:`reconcile` first.
        """
        plan = self._erase_plan(person, reason, by, dry_run=dry_run)
        return finish(flows.erase(self._ports.store, self._ports.clock, plan))

    def merge_persons(self, old: str, *, into: str, by: str, reason: str) -> flows.Merged:
        """Carry one patient's consents and visits over to the record that stays. Repeat it freely.

        It is for two records of one patient that your system merged (HL7 ADT A40, FHIR
        ``Patient.link`` of type ``replaces``). What the patient agreed to at each number is
        recorded again under the id that stays, with its own date, wording and signature, so that
        whatever was revoked since then stays revoked. If the record that stays asked for texts to
        stop, no later consent of the old one lifts that: ask again. What voids a consent is
        recorded too, and that they want no health details by text; that they do want them is not:
        ask again. Visits move, and their reminders go on, each once. What was texted stays under
        the old id.

        Args:
            old: your id of the record that goes.
            into: your id of the record that stays.
            by: who decided so, for example ``"adt-feed"``; it goes on record with each consent.
            reason: why; it goes on the audit log.

        Returns:
            what was carried over; nothing the second time.

        Raises:
            InvalidInput: an argument is empty, or both ids are the same; nothing was written.
            ConfigurationError: the sender is on record for a practice with another id.
            StoreError: some of it was not recorded. Call it again.
        """
        plan = self._merge_plan(old, into, reason, by)
        return finish(flows.merge_persons(self._ports, plan))

    def rotate_keys(self, *, progress: Callable[[int, int], None] | None = None) -> int:
        """Seal every data key of the store anew with the keyring's newest key.

        A keyring from a file reads the file again first. Texts go on meanwhile, and other processes
        with a keyring from that file read it again by themselves. If a run is cut short, repeat it.

        Args:
            progress: called after each batch with how many are done, and of how many.

        Returns:
            how many were sealed anew; 0 without a keyring. Keys of other practices, which other
            keyrings seal, are left alone.

        Raises:
            CannotUnseal: the keyring does not know the key that seals this practice's records. It
                is an older keyring, and the rotation is not done.
            ConfigurationError: the key file cannot be read, or this practice's records are not
                sealed although there is a keyring.
        """
        return finish(flows.rotate_keys(self._ports.store, progress, self._ports.practice.id))

    def audit(
        self, *, since: datetime | None = None, until: datetime | None = None
    ) -> tuple[AuditEvent, ...]:
        """The audit log: who did what besides sending, in the order of the record.

        Args:
            since: only what was done then or later (aware).
            until: only what was done before then (aware).
        """
        return finish(flows.audit_log(self._ports, since, until))

    def purge(
        self,
        *,
        by: str,
        dry_run: bool = False,
        progress: Callable[[int], object] | None = None,
    ) -> flows.PurgeReport:
        """Drop content whose retention period has passed. Its proof and all ids and keys remain.

        Nothing under a legal hold, and nothing unfinished, is dropped. It works in short
        transactions: if interrupted, call it again to drop the rest.

        Args:
            by: who asks for it, for example ``"it:kim"``; it goes on the audit log.
            dry_run: change nothing, only count.
            progress: called with how many more records were looked at.

        Raises:
            ConfigurationError: ``retention`` is shorter than is allowed.
            StoreError: the database failed. What was dropped before stays dropped.
        """
        plan = self._purge_plan(by, dry_run=dry_run)
        return finish(flows.purge(self._ports.store, plan, progress))


class AsyncRecordKeeping(_Plans):
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
        """Import another system's record of consent: all opt-outs first, then the consents.

        See :meth:`RecordKeeping.import_consents`.
        """
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

    async def export_consents(
        self,
        *,
        opt_outs: flows.TextSink,
        consents: flows.TextSink,
        by: str,
        reason: str,
        progress: flows.ExportProgress | None = None,
    ) -> ExportReport:
        """Do what :meth:`RecordKeeping.export_consents` does. Lines are written on the loop."""
        return await flows.export_consents(
            self._ports.store,
            self._ports.clock,
            self._export_plan(by, reason),
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
        """Everything on record about a number and a period, for a lawyer, as one zip.

        See :meth:`RecordKeeping.evidence`.
        """
        question = flows.EvidenceRequest(
            number=number, since=since, until=until, by=by, reason=reason, earlier=earlier
        )
        return EvidencePack(await flows.evidence_pack(self._ports, question))

    async def checkpoint(self, key: Signer | None = None) -> Checkpoint:
        """Fix the ledger as it is now; keep ``str()`` of the result elsewhere.

        See :meth:`RecordKeeping.checkpoint`.
        """
        store, practice = self._ports.store, self._ports.practice
        return await flows.checkpoint(store, practice.id, self._ports.clock(), key)

    async def verify_ledger(
        self, *, against: Sequence[Checkpoint] = (), keys: Sequence[Verifier] = ()
    ) -> flows.LedgerReport:
        """Verify the practice's consent ledger, its audit log and its checkpoints.

        See :meth:`RecordKeeping.verify_ledger`.
        """
        store, practice = self._ports.store, self._ports.practice
        return await flows.verify_ledger(store, practice.id, against, keys)

    async def erase(self, person: str, *, by: str, reason: str, dry_run: bool = False) -> Erased:
        """Destroy the keys of everything stored about a person, and cancel what waits.

        See :meth:`RecordKeeping.erase`.
        """
        plan = self._erase_plan(person, reason, by, dry_run=dry_run)
        return await flows.erase(self._ports.store, self._ports.clock, plan)

    async def merge_persons(self, old: str, *, into: str, by: str, reason: str) -> flows.Merged:
        """Carry one patient's consents and visits over to the record that stays. Repeat it freely.

        See :meth:`RecordKeeping.merge_persons`.
        """
        plan = self._merge_plan(old, into, reason, by)
        return await flows.merge_persons(self._ports, plan)

    async def rotate_keys(self, *, progress: Callable[[int, int], None] | None = None) -> int:
        """Seal every data key of the store anew with the keyring's newest key.

        See :meth:`RecordKeeping.rotate_keys`.
        """
        return await flows.rotate_keys(self._ports.store, progress, self._ports.practice.id)

    async def audit(
        self, *, since: datetime | None = None, until: datetime | None = None
    ) -> tuple[AuditEvent, ...]:
        """The audit log: who did what besides sending, in the order of the record.

        See :meth:`RecordKeeping.audit`.
        """
        return await flows.audit_log(self._ports, since, until)

    async def purge(
        self,
        *,
        by: str,
        dry_run: bool = False,
        progress: Callable[[int], object] | None = None,
    ) -> flows.PurgeReport:
        """Drop content whose retention period has passed. Its proof and all ids and keys remain.

        See :meth:`RecordKeeping.purge`.
        """
        plan = self._purge_plan(by, dry_run=dry_run)
        return await flows.purge(self._ports.store, plan, progress)
