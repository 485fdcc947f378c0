"""Whether the events are in the checkpoint, and who answers for the checkpoint."""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Iterator, Sequence
from datetime import timedelta

from compliant_sms import records
from compliant_sms.errors import InvalidCheckpoint
from compliant_sms.evidence._checkpoint import Checkpoint, Verifier, verify_signature
from compliant_sms.evidence._dossier import Dossier, EventRecord
from compliant_sms.evidence._merkle import leaf_hash, verify_consistency, verify_inclusion
from compliant_sms.evidence._verdict import Check, failed, guarded, passed, unchecked

# Clocks of several machines differ, and what is being written joins with the next checkpoint.
_SKEW = timedelta(minutes=5)
_IN, _GREW, _SIGNED, _KEPT = "inclusion", "consistency", "signature", "kept checkpoint"


def check_tree(
    dossier: Dossier, keys: Sequence[Verifier], kept: Checkpoint | None
) -> Iterator[Check]:
    """What the checkpoint in the pack proves."""
    if not dossier.checkpoint:
        yield from _without(dossier, kept)
        return
    try:
        newest = Checkpoint.parse(dossier.checkpoint)
        earlier = Checkpoint.parse(dossier.earlier) if dossier.earlier else None
    except InvalidCheckpoint:
        yield failed(_IN, "The text of a checkpoint in the pack was changed.")
        return
    yield guarded(_IN, lambda: _inclusion(dossier, newest))
    yield guarded(_GREW, lambda: _consistency(dossier, newest, earlier))
    yield _signature(newest, keys)
    if kept is not None:
        yield _as_kept(newest, earlier, kept)


def _without(dossier: Dossier, kept: Checkpoint | None) -> Iterator[Check]:
    proofs = any(r.leaf is not None or r.inclusion for c in dossier.chains for r in c.events)
    if proofs or dossier.earlier or dossier.consistency:
        yield failed(_IN, "The pack has proofs, but the checkpoint that they belong to is missing.")
    else:
        yield unchecked(
            _IN, "The pack has no checkpoint: nobody can say when its chains were made."
        )
    if kept is not None:
        yield failed(_KEPT, "The pack has no checkpoint to compare yours with.")


def _inclusion(dossier: Dossier, newest: Checkpoint) -> Check:
    if newest.practice_id != dossier.practice.id:
        return failed(_IN, "The checkpoint is that of another practice.")
    held, later = 0, 0
    for chain in dossier.chains:
        for position, record in enumerate(chain.events):
            problem = _problem(record, newest)
            if problem:
                return failed(_IN, f"Record {position} of chain {chain.chain_id} {problem}")
            held += record.leaf is not None
            later += record.leaf is None
    more = f" {later} joined the ledger later." if later else ""
    return passed(_IN, f"{held} records are among the {newest.size} of the checkpoint.{more}")


def _problem(record: EventRecord, newest: Checkpoint) -> str:
    if record.leaf is None:
        before = newest.at - _SKEW
        told = record.event["recorded_at"] if record.event else records.instant_to_text(newest.at)
        if records.instant_from_text(told) < before:
            return "says that it was written down before the checkpoint, which does not hold it."
        return ""
    leaf, proof = leaf_hash(bytes.fromhex(record.digest)), _hashes(record.inclusion)
    if verify_inclusion(leaf, record.leaf, newest.size, newest.root, proof):
        return ""
    return "is not in the checkpoint, or its proof was changed."


def _hashes(proof: Sequence[str]) -> list[bytes]:
    return [b64decode(each, validate=True) for each in proof]


def _consistency(dossier: Dossier, newest: Checkpoint, earlier: Checkpoint | None) -> Check:
    if earlier is None:
        if dossier.consistency:
            return failed(_GREW, "The older checkpoint that the proof belongs to is missing.")
        return unchecked(_GREW, "The pack was made without an older checkpoint to compare with.")
    proof = _hashes(dossier.consistency)
    same = earlier.practice_id == newest.practice_id
    if same and verify_consistency(earlier.size, earlier.root, newest.size, newest.root, proof):
        return passed(
            _GREW, f"The ledger grew from {earlier.size} to {newest.size} by adding only."
        )
    return failed(
        _GREW, "The ledger did not grow from the older checkpoint, or a proof was changed."
    )


def _signature(newest: Checkpoint, keys: Sequence[Verifier]) -> Check:
    if not keys:
        signers = ", ".join(each.name for each in newest.signatures)
        said = f"It says that it is signed by {signers}; p" if signers else "It is unsigned. P"
        return unchecked(_SIGNED, f"{said}ass --public-key to check who signed the checkpoint.")
    try:
        verify_signature(newest, keys)
    except InvalidCheckpoint as error:
        return failed(_SIGNED, str(error))
    known = {(key.name, key.key_id) for key in keys}
    names = [each.name for each in newest.signatures if (each.name, each.key_id) in known]
    others = len(newest.signatures) - len(names)
    more = f" {others} more signature(s) are of keys that were not passed." if others else ""
    return passed(_SIGNED, f"Signed by {', '.join(names)}.{more}")


def _as_kept(newest: Checkpoint, earlier: Checkpoint | None, kept: Checkpoint) -> Check:
    for each in (newest, earlier):
        if each is not None and each.body == kept.body:
            return passed(_KEPT, "Yours is the one in the pack.")
    if any(each and (each.size, each.root) == (kept.size, kept.root) for each in (newest, earlier)):
        return passed(_KEPT, "Yours fixes the same ledger as the one in the pack.")
    if kept.size == newest.size:
        return failed(_KEPT, "Yours has as many events and another root: the ledger was changed.")
    words = (
        f"The pack proves nothing about yours ({kept.size} events). Ask for a pack that was made "
        "with it: messenger.evidence(..., earlier=Checkpoint.parse(...))."
    )
    return failed(_KEPT, words)
