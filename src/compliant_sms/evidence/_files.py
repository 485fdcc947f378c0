"""A pack as bytes: three files in one archive, each byte of which follows from the dossier.

The archive is stored without compression: compressors differ in what they make of the same bytes.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from hashlib import sha256
from io import BytesIO
from struct import unpack_from
from typing import TYPE_CHECKING, Any
from zlib import crc32

from compliant_sms import records
from compliant_sms.evidence._dossier import Dossier

if TYPE_CHECKING:
    from zipfile import ZipInfo

JSON, PAGE, MANIFEST = "evidence.json", "evidence.html", "manifest.json"
_MANIFEST_FORMAT = "compliant_sms manifest 1"
# The earliest that the format can tell; archives carry no clock.
_NO_DATE = (1980, 1, 1, 0, 0, 0)
_UNIX, _OWNERS_FILE = 3, 0o100600 << 16
# Of the header before each file, and where the lengths of its name and of what follows it stand.
_HEADER, _LENGTHS = 30, 26
_CANONICAL = json.JSONEncoder(
    sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
)


class NotAPack(Exception):
    """An archive that nothing can be read from; the message says why."""


def _bytes(data: object) -> bytes:
    # Patients' texts may hold half a surrogate pair, which no UTF-8 can; JSON has an escape.
    return _CANONICAL.encode(data).encode("utf-8", "backslashreplace")


def as_json(value: Dossier) -> bytes:
    """The dossier as canonical JSON."""
    # Two halves that were kept apart are one character in JSON, so that what is read is written.
    return _bytes(json.loads(_bytes(records.unstructure(value))))


def from_json(data: bytes) -> Dossier:
    """The dossier that :func:`as_json` made these bytes of."""
    fields: Any = json.loads(data)
    return records.structure(fields, Dossier)


def manifest(files: Mapping[str, bytes]) -> bytes:
    """The SHA-256 of each file, as canonical JSON."""
    hashes = {name: sha256(content).hexdigest() for name, content in files.items()}
    return records.canonical({"format": _MANIFEST_FORMAT, "sha256": hashes})


def archive(files: Mapping[str, bytes]) -> bytes:
    """The files as one zip: in alphabetical order, stored, of one date and one mode."""
    import zipfile  # noqa: PLC0415 - not needed by whoever only texts

    made = BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_STORED) as target:
        for name in sorted(files):
            entry = zipfile.ZipInfo(name, _NO_DATE)
            entry.create_system, entry.external_attr = _UNIX, _OWNERS_FILE
            target.writestr(entry, files[name])
    return made.getvalue()


def unpacked(data: bytes) -> dict[str, bytes]:
    """The files of an archive, also those whose checksum differs: see :func:`damaged`.

    Raises:
        NotAPack: it is no archive such as :func:`archive` makes.
    """
    import zipfile  # noqa: PLC0415 - as above

    try:
        with zipfile.ZipFile(BytesIO(data)) as source:
            entries = source.infolist()
            # What is packed, or lies over each other, could be larger than any memory.
            apart = sum(entry.file_size for entry in entries) <= len(data)
            if apart and not any(entry.compress_type for entry in entries):
                return {entry.filename: _content(data, entry) for entry in entries}
    except Exception as error:  # zipfile raises a dozen kinds for damaged archives
        msg = "it is no zip archive, or a damaged one"
        raise NotAPack(msg) from error
    msg = "its files are compressed, or lie over each other, as a pack's never do"
    raise NotAPack(msg)


def _content(data: bytes, entry: ZipInfo) -> bytes:
    # ZipFile.read() gives nothing of a file whose checksum differs.
    name, extra = unpack_from("<HH", data, entry.header_offset + _LENGTHS)
    start = entry.header_offset + _HEADER + name + extra
    return data[start : start + entry.file_size]


def damaged(data: bytes, files: Mapping[str, bytes]) -> list[str]:
    """The names of those files of an archive that :func:`unpacked` gave and that changed in it."""
    import zipfile  # noqa: PLC0415 - as above

    with zipfile.ZipFile(BytesIO(data)) as source:
        return [e.filename for e in source.infolist() if crc32(files[e.filename]) != e.CRC]
