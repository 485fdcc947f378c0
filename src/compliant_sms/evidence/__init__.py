"""What proves that the ledger only grew: Merkle tree, checkpoints, signatures. Pure.

Two rules keep this room: what it computes somebody else can compute from the documentation alone;
and keys stay outside, where signing and verifying are asked of whoever holds them.
"""

from compliant_sms.evidence._checkpoint import (
    Checkpoint,
    CheckpointSignature,
    Signer,
    Verifier,
    verify_signature,
)
from compliant_sms.evidence._merkle import (
    EMPTY_ROOT,
    Frontier,
    consistency_proof,
    consistency_ranges,
    inclusion_proof,
    inclusion_ranges,
    leaf_hash,
    node_hash,
    tree_root,
    verify_consistency,
    verify_inclusion,
)

__all__ = [
    "EMPTY_ROOT",
    "Checkpoint",
    "CheckpointSignature",
    "Frontier",
    "Signer",
    "Verifier",
    "consistency_proof",
    "consistency_ranges",
    "inclusion_proof",
    "inclusion_ranges",
    "leaf_hash",
    "node_hash",
    "tree_root",
    "verify_consistency",
    "verify_inclusion",
    "verify_signature",
]
