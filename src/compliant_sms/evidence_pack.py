"""The evidence pack for a dispute, as a caller gets it."""

from __future__ import annotations

import os
from hashlib import sha256
from pathlib import Path

from attrs import frozen

from compliant_sms.errors import ConfigurationError

__all__ = ["EvidencePack"]


@frozen(repr=False)
class EvidencePack:
    """Everything on record about a number and a period, as one zip.

    Neither its repr nor its errors show any content: the repr tells size and hash.

    Attributes:
        data: the bytes of the zip: ``evidence.html`` to read, ``evidence.json`` with its data, and
            ``manifest.json`` with the SHA-256 of both.
    """

    data: bytes

    def __repr__(self) -> str:
        return f"<EvidencePack of {len(self.data):,} bytes, SHA-256 {self.sha256[:16]}...>"

    @property
    def sha256(self) -> str:
        """SHA-256 of the zip, in hexadecimal: quote it when you hand the pack over."""
        return sha256(self.data).hexdigest()

    def write(self, path: str | os.PathLike[str]) -> Path:
        """Write the zip, readable and writable by its owner only (on POSIX: mode 0600).

        Returns:
            the path of the file.

        Raises:
            ConfigurationError: the file exists, and is never overwritten; or it cannot be
                written.
        """
        target = Path(path)
        try:
            _write_new(target, self.data)
        except FileExistsError:
            msg = f"{target} already exists, and evidence is never overwritten; choose a new name"
            raise ConfigurationError(msg) from None
        except OSError as error:
            msg = f"{target} cannot be written: {error.strerror}. Check the folder."
            raise ConfigurationError(msg) from None
        return target


def _write_new(path: Path, data: bytes) -> None:
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    with os.fdopen(os.open(path, flags, 0o600), "wb") as file:
        try:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        except OSError:
            path.unlink()
            raise
