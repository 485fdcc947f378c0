"""Checking a pack with nothing but its bytes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from compliant_sms.evidence._check_chains import check_chains, check_entries
from compliant_sms.evidence._check_files import (
    check_archive,
    check_json,
    check_manifest,
    check_page,
)
from compliant_sms.evidence._check_records import check_records
from compliant_sms.evidence._check_tree import check_tree
from compliant_sms.evidence._checkpoint import Checkpoint, Verifier
from compliant_sms.evidence._files import JSON
from compliant_sms.evidence._verdict import Check, Ciphers, PackReport


def verify_pack(
    data: bytes,
    *,
    keys: Iterable[Verifier] = (),
    against: Checkpoint | None = None,
    ciphers: Ciphers | None = None,
) -> PackReport:
    """Check a pack; nothing else is asked.

    Args:
        data: the bytes of the zip, from whomever.
        keys: the public keys that you trust, to check who signed its checkpoint.
        against: a checkpoint that you kept, to compare with that in the pack.
        ciphers: opens sealed records by the keys in the pack.

    Returns:
        what each check came to, in words; it raises nothing, whatever the bytes are.
    """
    return PackReport(checks=tuple(_checks(data, tuple(keys), against, ciphers)))


def _checks(
    data: bytes, keys: tuple[Verifier, ...], kept: Checkpoint | None, ciphers: Ciphers | None
) -> Iterator[Check]:
    check, files = check_archive(data)
    yield check
    yield check_manifest(files)
    check, dossier = check_json(files.get(JSON))
    yield check
    if dossier is None:
        return
    yield check_page(dossier, files)
    yield check_chains(dossier)
    yield check_entries(dossier, ciphers)
    yield from check_tree(dossier, keys, kept)
    yield from check_records(dossier)
