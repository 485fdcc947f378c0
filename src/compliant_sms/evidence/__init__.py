"""What proves that the ledger only grew, and the pack that proves it to others. Pure.

Two rules hold here: anybody can compute the same from the documentation alone, and keys stay
outside, with whoever signs and verifies.
"""

from typing import TYPE_CHECKING

from compliant_sms._lazy import names_of
from compliant_sms.evidence._checkpoint import (
    AuditHead,
    Checkpoint,
    CheckpointSignature,
    Signer,
    Verifier,
    verify_signature,
)
from compliant_sms.evidence._merkle import (
    EMPTY_ROOT,
    Frontier,
    complete_subtrees,
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

if TYPE_CHECKING:
    from compliant_sms.evidence._dossier import (
        FORMAT,
        ChainRecord,
        Dossier,
        EventRecord,
        PracticeRecord,
    )
    from compliant_sms.evidence._make import make_pack
    from compliant_sms.evidence._page import LAYOUT
    from compliant_sms.evidence._text_records import (
        AccessRecord,
        DroppedRecord,
        EntryRecord,
        Left,
        PageActRecord,
        ProblemRecord,
        ReceivedRecord,
        ReportRecord,
        SaidRecord,
        StepRecord,
        TemplateRecord,
        TextRecord,
    )
    from compliant_sms.evidence._verdict import Check, Ciphers, PackReport, Result
    from compliant_sms.evidence._verify import verify_pack

__all__ = [
    "EMPTY_ROOT",
    "FORMAT",
    "LAYOUT",
    "AccessRecord",
    "AuditHead",
    "ChainRecord",
    "Check",
    "Checkpoint",
    "CheckpointSignature",
    "Ciphers",
    "Dossier",
    "DroppedRecord",
    "EntryRecord",
    "EventRecord",
    "Frontier",
    "Left",
    "PackReport",
    "PageActRecord",
    "PracticeRecord",
    "ProblemRecord",
    "ReceivedRecord",
    "ReportRecord",
    "Result",
    "SaidRecord",
    "Signer",
    "StepRecord",
    "TemplateRecord",
    "TextRecord",
    "Verifier",
    "complete_subtrees",
    "consistency_proof",
    "consistency_ranges",
    "inclusion_proof",
    "inclusion_ranges",
    "leaf_hash",
    "make_pack",
    "node_hash",
    "tree_root",
    "verify_consistency",
    "verify_inclusion",
    "verify_pack",
    "verify_signature",
]

_FILES = {
    "_dossier": ("FORMAT", "ChainRecord", "Dossier", "EventRecord", "PracticeRecord"),
    "_make": ("make_pack",),
    "_page": ("LAYOUT",),
    "_text_records": (
        "AccessRecord",
        "DroppedRecord",
        "EntryRecord",
        "Left",
        "PageActRecord",
        "ProblemRecord",
        "ReceivedRecord",
        "ReportRecord",
        "SaidRecord",
        "StepRecord",
        "TemplateRecord",
        "TextRecord",
    ),
    "_verdict": ("Check", "Ciphers", "PackReport", "Result"),
    "_verify": ("verify_pack",),
}
# PEP 562: what makes and checks packs loads with the first pack, not on import.
if not TYPE_CHECKING:
    __getattr__, __dir__ = names_of(__name__, _FILES)
