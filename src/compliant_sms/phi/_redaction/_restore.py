"""Redaction that can be undone with the keys."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from hashlib import sha256
from struct import Struct

from compliant_sms.errors import CannotUnseal, InvalidInput
from compliant_sms.phi._known import Known
from compliant_sms.phi._labels import Direction, PhiLabel
from compliant_sms.phi._redaction._redact import Redaction, redact
from compliant_sms.phi._sealer import Sealer

# A map: a version byte, the digest of the redacted text, then each value with its place there
# (start, end, length of the value in bytes). No JSON: it would join halves of surrogate pairs.
_VERSION = b"\x01"
_DIGEST = 32
_PLACE = Struct(">QQQ")


def redact_reversibly(
    text: str,
    known: Known,
    sealer: Sealer,
    about: str,
    *,
    labels: Iterable[PhiLabel] | None = None,
    keep: Iterable[PhiLabel] = (),
    strict: bool = False,
    direction: Direction | str | None = None,
) -> tuple[Redaction, bytes]:
    """Redact like :func:`redact`, and return what was removed as a sealed map for :func:`restore`.

    Args:
        text: any text.
        known: as for :func:`redact`; ``NOTHING_KNOWN`` for nothing.
        sealer: a :class:`~compliant_sms.keyring.Keyring`.
        about: the id of the record that this belongs to. The map opens for no other.
        labels: as for :func:`redact`.
        keep: as for :func:`redact`.
        strict: as for :func:`redact`.
        direction: as for :func:`redact`.

    Raises:
        InvalidInput: there is no such label or direction.
    """
    redaction = redact(text, known, labels=labels, keep=keep, strict=strict, direction=direction)
    values = b"".join(_values(text, redaction))
    plain = b"".join([_VERSION, _digest(redaction.text), values])
    return redaction, sealer.seal(plain, _of_map(about))


def _values(text: str, redaction: Redaction) -> Iterator[bytes]:
    shift = at = 0
    for finding in redaction.findings:
        start = finding.start + shift
        # Up to the end of the placeholder: none has a bracket within.
        end = redaction.text.index("]", start) + 1
        value = text[finding.start : finding.end].encode("utf-8", "surrogatepass")
        yield _PLACE.pack(start, end, len(value)) + value
        at = finding.end
        shift = end - at


def restore(redacted: str, sealed: bytes, sealer: Sealer, about: str) -> str:
    """Restore the exact text that was passed to :func:`redact_reversibly`.

    Args:
        redacted: the redacted text, unchanged.
        sealed: its map.
        sealer: what sealed the map.
        about: the same record id as then.

    Raises:
        CannotUnseal: the keys are different, bytes were changed, or it is another record's map.
        InvalidInput: the redacted text was changed since, so the places are unknown.
    """
    plain = sealer.open(sealed, _of_map(about))
    if plain[:1] != _VERSION:
        msg = "this map was written by a newer compliant_sms: upgrade this installation"
        raise CannotUnseal(msg)
    if plain[1 : 1 + _DIGEST] != _digest(redacted):
        msg = (
            "the redacted text is not the one that this map belongs to, or it was changed since; "
            "pass it as redact_reversibly() returned it"
        )
        raise InvalidInput(msg)
    return "".join(_restored(redacted, memoryview(plain)[1 + _DIGEST :]))


def _restored(redacted: str, values: memoryview) -> Iterator[str]:
    at = read = 0
    while read < len(values):
        start, end, length = _PLACE.unpack_from(values, read)
        read += _PLACE.size
        yield redacted[at:start]
        yield bytes(values[read : read + length]).decode("utf-8", "surrogatepass")
        read += length
        at = end
    yield redacted[at:]


def _digest(text: str) -> bytes:
    return sha256(text.encode("utf-8", "surrogatepass")).digest()


def _of_map(about: str) -> str:
    # No map opens as a body of the same record, and no body as a map.
    return f"redaction map of {about}"
