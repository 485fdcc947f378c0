"""Whether the files of a pack are those that were made, and say the same."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from hashlib import sha256

from compliant_sms.evidence._dossier import FORMAT, Dossier
from compliant_sms.evidence._files import (
    JSON,
    MANIFEST,
    PAGE,
    NotAPack,
    archive,
    as_json,
    damaged,
    from_json,
    manifest,
    unpacked,
)
from compliant_sms.evidence._page import LAYOUT, page
from compliant_sms.evidence._verdict import Check, failed, passed, unchecked

_NAMES = (PAGE, JSON, MANIFEST)


def check_archive(data: bytes) -> tuple[Check, dict[str, bytes]]:
    """The archive itself, and the files that can be read from it."""
    try:
        files = unpacked(data)
    except NotAPack as error:
        return failed("archive", f"The file is no pack: {error}."), {}
    if changed := damaged(data, files):
        words = (
            f"Damaged: the checksum of {', '.join(sorted(set(changed)))} differs. A byte changed "
            "on the way, or somebody changed it. Ask for the file once more."
        )
        return failed("archive", words), files
    missing = [name for name in _NAMES if name not in files]
    more = len(set(files) - set(_NAMES))
    if missing or more:
        what = [f"{name} is missing" for name in missing]
        what += [f"it holds {more} more than it should"] if more else []
        return failed("archive", f"The files are not those of a pack: {', '.join(what)}."), files
    if archive(files) != data:
        words = (
            "The zip is not byte for byte what its files make: somebody changed it, added to it or "
            "packed it anew. Ask for the original file."
        )
        return failed("archive", words), files
    return passed("archive", "Three files, and not a byte besides."), files


def check_manifest(files: Mapping[str, bytes]) -> Check:
    """The hashes that the manifest names."""
    content = {name: files[name] for name in (PAGE, JSON) if name in files}
    if MANIFEST not in files or len(content) < 2:
        words = "A file is missing or cannot be read, so that its hash cannot be compared."
        return failed("manifest", words)
    if files[MANIFEST] == manifest(content):
        return passed("manifest", "The SHA-256 of both files are those of manifest.json.")
    return failed("manifest", " ".join(_unlike(content, files[MANIFEST])))


def _unlike(content: Mapping[str, bytes], told: bytes) -> Iterator[str]:
    try:
        hashes = json.loads(told)["sha256"]
        wrong = [n for n, data in content.items() if hashes.get(n) != sha256(data).hexdigest()]
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        yield "manifest.json was changed: it cannot be read."
        return
    if not wrong:
        yield "manifest.json was changed: it is not byte for byte what this format has."
    for name in wrong:
        yield f"{name} was changed, or its hash in manifest.json was."


def check_json(data: bytes | None) -> tuple[Check, Dossier | None]:
    """``evidence.json``, and what can be read from it."""
    if data is None:
        return failed(JSON, "It is missing or cannot be read."), None
    try:
        fields = json.loads(data)
        told = fields.get("format")
        if told != FORMAT and str(told).startswith(FORMAT.rpartition(" ")[0]):
            words = f"It is of a format that this version does not read. It reads: {FORMAT}."
            return failed(JSON, words), None
        dossier = from_json(data)
        same = as_json(dossier) == data and told == FORMAT
    except Exception:  # noqa: BLE001 - whatever a file of strangers makes fail
        return failed(JSON, "It cannot be read: it was changed, or is no evidence.json."), None
    if not same:
        words = "It was changed: it is not byte for byte what this format has for what it says."
        if dossier.page > LAYOUT:  # fields join together with a page that shows them
            words = (
                "It holds more than this version reads. It says that a later version of "
                "compliant-sms made it: check it with that."
            )
        return failed(JSON, words), dossier
    return passed(JSON, "It is canonical, and all of it can be read."), dossier


def check_page(dossier: Dossier, files: Mapping[str, bytes]) -> Check:
    """Whether the page is what is drawn from the JSON, byte for byte."""
    if PAGE not in files:
        return failed(PAGE, "It is missing.")
    if dossier.page < 1:
        return failed(PAGE, "It is said to be of a layout that no version drew.")
    if dossier.page != LAYOUT:
        words = (
            f"It was drawn by another version of compliant-sms (layout {dossier.page}; this one "
            f"draws {LAYOUT}), so that it cannot be compared here. Rely on evidence.json."
        )
        return unchecked(PAGE, words)
    try:
        drawn = page(dossier, files[JSON])
    except Exception:  # noqa: BLE001 - whatever a file of strangers makes fail
        return failed(PAGE, "It cannot be compared: evidence.json holds what cannot be drawn.")
    if drawn != files[PAGE]:
        return failed(PAGE, "It does not say what evidence.json says: one of them was changed.")
    return passed(PAGE, "It says what evidence.json says, byte for byte.")
