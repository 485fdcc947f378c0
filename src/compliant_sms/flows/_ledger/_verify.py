"""Checking the whole consent ledger of a practice, in constant memory.

Three readings: every chain by itself, the audit log, and the leaves of the Merkle tree beside
their events, against every checkpoint on the way.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from attrs import frozen

from compliant_sms import _given
from compliant_sms.consent import ChainCheck
from compliant_sms.errors import InvalidCheckpoint, LedgerTampered, RecordAltered
from compliant_sms.evidence import (
    AuditHead,
    Checkpoint,
    Frontier,
    Verifier,
    leaf_hash,
    verify_signature,
)
from compliant_sms.flows._ledger._audit import verify_audit
from compliant_sms.flows._ledger._checkpoint import altered_since
from compliant_sms.ports import FiledLeaf, Store

# So few that a page of them stays in the processor's cache.
_PAGE = 1000


@frozen(kw_only=True)
class LedgerReport:
    """What was checked.

    Attributes:
        chains: how many chains, one for each person at each number.
        events: how many events in them.
        audit: how many events in the audit log.
        checkpoints: how many checkpoints, stored ones and those that were passed.
        proven: how many events were held against a checkpoint that was passed, or that is signed
            with a key that was passed: whoever changed one of them would have been found even if
            they recomputed every hash.
    """

    chains: int
    events: int
    audit: int = 0
    checkpoints: int = 0
    proven: int = 0


async def verify_ledger(
    store: Store,
    practice_id: str,
    against: Sequence[Checkpoint] = (),
    keys: Sequence[Verifier] = (),
) -> LedgerReport:
    """Check every chain of the practice, its audit log, and all against its checkpoints.

    Args:
        store: where the ledger is.
        practice_id: whose.
        against: checkpoints that were kept elsewhere.
        keys: public keys; where there are any, each checkpoint of ``against`` must be signed with
            one of them.

    Raises:
        LedgerTampered: a record was changed, removed, inserted, moved or filed elsewhere, or texts
            are on record whose chain is gone.
        InvalidCheckpoint: one of ``against`` is another practice's or not signed, or a stored one
            has a wrong signature.
    """
    _given.each_of(against, Checkpoint, "against", "a list of Checkpoints, as of checkpoint()")
    _given.each_of(keys, Verifier, "keys", "a list of VerifyKeys")
    for each in against:
        _refuse_foreign(each, practice_id)
        if keys:
            verify_signature(each, keys)
    try:
        return await _verified(store, practice_id, _Marks(store, practice_id, against, keys))
    except RecordAltered as error:
        msg = f"the consent ledger was altered: {error}"
        raise LedgerTampered(msg) from None


async def _verified(store: Store, practice_id: str, marks: _Marks) -> LedgerReport:
    chains = await _chains(store, practice_id)
    await _refuse_headless(store, practice_id)
    leaves = _Leaves(store, practice_id)
    heads: dict[AuditHead, Checkpoint] = {}
    while (mark := await marks.next()) is not None:
        if mark.audit is not None:
            heads.setdefault(mark.audit, mark)
        await leaves.grow(mark)
        if leaves.size < mark.size or leaves.root() != mark.root:
            raise altered_since(mark)
    await leaves.grow(None)
    # After the checkpoints: those that are made meanwhile must not know more of it.
    audit = await verify_audit(store, practice_id, list(heads.values()))
    return LedgerReport(
        chains=chains.chains,
        events=chains.events,
        audit=audit,
        checkpoints=marks.count,
        proven=marks.proven,
    )


def _refuse_foreign(mark: Checkpoint, practice_id: str) -> None:
    if mark.practice_id != practice_id:
        msg = (
            f"the checkpoint of {mark.size} events is that of another practice. Pass those of "
            "this practice."
        )
        raise InvalidCheckpoint(msg)


async def _chains(store: Store, practice_id: str) -> ChainCheck:
    check = ChainCheck(practice_id)
    after: tuple[str, int] | None = None
    while True:
        rows = await store.run(lambda tx: tx.filed_links(practice_id, after, _PAGE))  # noqa: B023
        check.take(rows)
        if len(rows) < _PAGE:
            return check
        after = rows[-1][:2]


async def _refuse_headless(store: Store, practice_id: str) -> None:
    chain_id = await store.run(lambda tx: tx.headless_chain(practice_id))
    if chain_id is not None:
        msg = (
            f"the consent ledger was altered: texts are on record that belong to chain {chain_id}, "
            "and the chain is gone. Restore a backup and compare."
        )
        raise LedgerTampered(msg, chain_id=chain_id)


class _Marks:
    """All checkpoints, stored ones and those that were passed, by size."""

    def __init__(
        self,
        store: Store,
        practice_id: str,
        against: Sequence[Checkpoint],
        keys: Sequence[Verifier],
    ) -> None:
        self.count = 0
        self.proven = 0
        self._store = store
        self._practice_id = practice_id
        self._keys = keys
        self._given = sorted(against, key=lambda mark: mark.size, reverse=True)
        self._stored: list[Checkpoint] = []
        self._after = (-1, 0)

    async def next(self) -> Checkpoint | None:
        """The next one; None after the last."""
        if not self._stored:
            self._stored = await self._read()
        given = self._given and (not self._stored or self._given[-1].size <= self._stored[-1].size)
        if not given and not self._stored:
            return None
        self.count += 1
        mark = self._given.pop() if given else self._stored.pop()
        if given or self._is_signed(mark):
            self.proven = mark.size
        return mark

    async def _read(self) -> list[Checkpoint]:
        rows = await self._store.run(
            lambda tx: tx.checkpoints(self._practice_id, self._after, _PAGE)
        )
        if rows:
            self._after = rows[-1][:2]
        return [self._parsed(size, note) for size, _, note in reversed(rows)]

    def _parsed(self, size: int, note: str) -> Checkpoint:
        try:
            mark = Checkpoint.parse(note)
        except InvalidCheckpoint:
            mark = None
        if mark is None or (mark.size, mark.practice_id) != (size, self._practice_id):
            msg = (
                f"the consent ledger was altered: the stored checkpoint of {size} events was "
                "changed. Restore a backup and compare."
            )
            raise LedgerTampered(msg, checkpoint=size)
        return mark

    def _is_signed(self, mark: Checkpoint) -> bool:
        known = {(key.name, key.key_id) for key in self._keys}
        if not any((each.name, each.key_id) in known for each in mark.signatures):
            return False
        verify_signature(mark, self._keys)
        return True


class _Leaves:
    """The leaves of the tree, read once from the first to the last."""

    def __init__(self, store: Store, practice_id: str) -> None:
        self._store = store
        self._practice_id = practice_id
        self._frontier = Frontier()
        self._rows: Sequence[FiledLeaf] = ()

    @property
    def size(self) -> int:
        """How many were read."""
        return self._frontier.size

    def root(self) -> bytes:
        """The root over those that were read."""
        return self._frontier.root()

    async def grow(self, mark: Checkpoint | None) -> None:
        """Read on to the size of the checkpoint, or as far as there are leaves.

        Raises:
            LedgerTampered: a leaf is missing, or is not what its event is now.
        """
        while mark is None or self.size < mark.size:
            self._rows = self._rows or await self._store.run(
                lambda tx: tx.filed_leaves(self._practice_id, self.size, _PAGE)
            )
            if not self._rows:
                return
            wanted = len(self._rows) if mark is None else mark.size - self.size
            for hashed in _checked(self._rows[:wanted], self.size, mark):
                self._frontier.add(hashed)
            self._rows = self._rows[wanted:]


def _checked(rows: Sequence[FiledLeaf], first: int, mark: Checkpoint | None) -> Iterator[bytes]:
    for index, (leaf, chain_id, position, digest, now) in enumerate(rows, start=first):
        if leaf != index or digest != now or now is None:
            raise _not_as_fixed(str(chain_id), position, mark)
        yield leaf_hash(now)


def _not_as_fixed(chain_id: str, position: int, mark: Checkpoint | None) -> LedgerTampered:
    when = f" of {mark.at:%Y-%m-%d %H:%M:%S} UTC" if mark else ""
    msg = (
        f"the consent ledger was altered: record {position} of chain {chain_id} is missing, or is "
        f"not what the checkpoint{when} fixed. Restore a backup and compare."
    )
    return LedgerTampered(
        msg, chain_id=chain_id, position=position, checkpoint=mark.size if mark else None
    )
