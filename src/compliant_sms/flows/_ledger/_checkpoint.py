"""Fixing a practice's ledger as it is, and proving later that it only grew."""

from __future__ import annotations

from datetime import datetime

from attrs import frozen

from compliant_sms import _given
from compliant_sms.errors import InvalidInput, LedgerTampered
from compliant_sms.evidence import AuditHead, Checkpoint, Signer, verify_consistency
from compliant_sms.flows._ledger._tree import (
    add_leaves_to_tree,
    consistency_of,
    inclusion_of,
    root_at,
)
from compliant_sms.ports import Store, Transaction


@frozen(kw_only=True)
class InclusionProof:
    """What proves that a checkpoint holds an event.

    Attributes:
        leaf: index of the event among the checkpoint's, from 0.
        size: of the checkpoint.
        hashes: the audit path of RFC 6962, section 2.1.1, from the leaf upwards.
    """

    leaf: int
    size: int
    hashes: tuple[bytes, ...]


async def checkpoint(
    store: Store, practice_id: str, at: datetime, key: Signer | None = None
) -> Checkpoint:
    """Fix the ledger as it is: all events that are on record become leaves of the tree.

    Args:
        store: where the ledger is.
        practice_id: whose.
        at: the present instant.
        key: signs the checkpoint.

    Raises:
        InvalidInput: the key cannot sign.
        LedgerTampered: the ledger does not follow from the last checkpoint; none was made.
    """
    if key is not None:
        _given.a_kind(key, Signer, "key", "a SigningKey")

    async def fix(tx: Transaction) -> Checkpoint:
        await tx.lock_tree(practice_id)
        size = await tx.tree_size(practice_id)
        last = await tx.audit_head(practice_id)
        made = Checkpoint(
            practice_id=practice_id,
            size=size,
            root=await root_at(tx, practice_id, size),
            at=at,
            audit=AuditHead(size=last.position + 1, digest=last.digest) if last else None,
        )
        await _refuse_another_ledger(tx, made)
        made = made.signed(key) if key else made
        await tx.add_checkpoint(practice_id, size, str(made))
        return made

    while await store.run(lambda tx: add_leaves_to_tree(tx, practice_id)):
        pass  # in transactions of some thousand events, so that others get their turn
    return await store.run(fix)


async def _refuse_another_ledger(tx: Transaction, made: Checkpoint) -> None:
    last = await newest_checkpoint(tx, made.practice_id)
    if last is None:
        return
    follows = last.size <= made.size and verify_consistency(
        last.size,
        last.root,
        made.size,
        made.root,
        await consistency_of(tx, made.practice_id, last.size, made.size),
    )
    if not follows:
        raise altered_since(last)


def altered_since(fixed: Checkpoint) -> LedgerTampered:
    """The error for a ledger that contradicts a checkpoint, where no record can be named."""
    msg = (
        f"the consent ledger was altered: its first {fixed.size} events are not those that the "
        f"checkpoint of {fixed.at:%Y-%m-%d %H:%M:%S} UTC fixed. Restore a backup and compare."
    )
    return LedgerTampered(msg, checkpoint=fixed.size)


async def newest_checkpoint(tx: Transaction, practice_id: str) -> Checkpoint | None:
    """The checkpoint that was kept last.

    Raises:
        InvalidCheckpoint: it was changed and cannot be read.
    """
    note = await tx.newest_checkpoint(practice_id)
    return Checkpoint.parse(note) if note is not None else None


async def inclusion_proof(
    tx: Transaction, practice_id: str, chain_id: str, position: int, size: int
) -> InclusionProof | None:
    """What proves that the checkpoint of that size holds an event.

    Args:
        tx: the transaction to read in.
        practice_id: whose ledger.
        chain_id: the event's chain.
        position: the event's place in it.
        size: of the checkpoint.

    Returns:
        None where the checkpoint is older than the event.

    Raises:
        InvalidInput: no checkpoint has that size yet.
        LedgerTampered: part of the tree is missing.
    """
    await _refuse_beyond(tx, practice_id, size)
    leaf = await tx.leaf_of(practice_id, chain_id, position)
    if leaf is None or leaf >= size:
        return None
    hashes = await inclusion_of(tx, practice_id, leaf, size)
    return InclusionProof(leaf=leaf, size=size, hashes=hashes)


async def consistency_proof(
    tx: Transaction, practice_id: str, old: int, size: int
) -> tuple[bytes, ...]:
    """What proves that the checkpoint of that size begins with all events of an older one.

    Raises:
        InvalidInput: the older one is larger, or no checkpoint has that size yet.
        LedgerTampered: part of the tree is missing.
    """
    await _refuse_beyond(tx, practice_id, size)
    if not 0 <= old <= size:
        msg = "the older checkpoint has more events than the newer one; swap them"
        raise InvalidInput(msg)
    return await consistency_of(tx, practice_id, old, size)


async def _refuse_beyond(tx: Transaction, practice_id: str, size: int) -> None:
    known = await tx.tree_size(practice_id)
    if size > known:
        msg = (
            f"the practice's tree has {known} events, and the checkpoint asked for has {size}. "
            "Make a checkpoint first."
        )
        raise InvalidInput(msg)
