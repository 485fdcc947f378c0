"""Files that hold secret keys: only their owner can read them, and none is overwritten."""

from __future__ import annotations

import os
import stat
from contextlib import suppress
from pathlib import Path

from compliant_sms.errors import ConfigurationError, InvalidKeys

__all__ = ["read_key_file", "replace_key_file", "write_key_file"]


def read_key_file(path: Path, *, made_by: str) -> str:
    """Read a key file.

    Args:
        path: the file.
        made_by: the command that makes such a file, for the error if there is none yet.

    Raises:
        ConfigurationError: it cannot be read, or others can read or change it.
        InvalidKeys: it is not text.
    """
    try:
        with path.open("rb") as file:
            if os.name == "posix":
                _refuse_shared(path, os.fstat(file.fileno()).st_mode)
            return file.read().decode("utf-8-sig")
    except OSError as error:
        msg = f"the key file {path} cannot be read: {error.strerror}"
        if isinstance(error, FileNotFoundError):
            msg += f". Make one with  {made_by}"
        raise ConfigurationError(msg) from None
    except UnicodeDecodeError:
        raise InvalidKeys([f"{path} is not a text file"]) from None


def _refuse_shared(path: Path, mode: int) -> None:
    if mode & (stat.S_IRWXG | stat.S_IRWXO):
        msg = (
            f"users other than its owner can use the key file {path} "
            f"(mode {stat.S_IMODE(mode):04o}): run  chmod 600 {path}"
        )
        raise ConfigurationError(msg)


def write_key_file(path: Path, data: bytes) -> None:
    """Write a new file, readable and writable by its owner only (on POSIX: mode 0600).

    Raises:
        ConfigurationError: the file exists, or it cannot be written.
    """
    try:
        _write(path, data)
        _keep_name(path)
    except FileExistsError:
        msg = f"{path} already exists, and a key file is never overwritten; choose a new name"
        raise ConfigurationError(msg) from None
    except OSError as error:
        raise _not_written(path, error) from None


def replace_key_file(path: Path, data: bytes) -> None:
    """Replace a file atomically: a crash leaves the old one or the new one, whole.

    On POSIX it keeps the old one's owner and mode, so that replacing it as root locks nobody out.
    If the path is a link, its target is replaced, so that all who read the target get the new one.

    Raises:
        ConfigurationError: it cannot be written, or not given to the old one's owner.
    """
    target = Path(os.path.realpath(path))
    beside = target.with_name(f"{target.name}.{os.urandom(4).hex()}")
    try:
        _write(beside, data, like=target)
        try:
            beside.replace(target)
        except OSError:  # such as of a file that is mounted by itself: no copy of the keys stays
            beside.unlink()
            raise
        _keep_name(target)
    except OSError as error:
        raise _not_written(path, error) from None


def _write(path: Path, data: bytes, like: Path | None = None) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        try:
            if like is not None and like.exists() and os.name == "posix":
                _make_alike(file.fileno(), like.stat())
            file.write(data)
            file.flush()
            # A lost key takes with it everything that it sealed.
            os.fsync(file.fileno())
        except OSError:
            path.unlink()
            raise


def _make_alike(file: int, old: os.stat_result) -> None:
    if os.fstat(file).st_uid != old.st_uid:  # their groups can do nothing
        os.fchown(file, old.st_uid, old.st_gid)
    os.fchmod(file, stat.S_IMODE(old.st_mode) & stat.S_IRWXU)  # never for others


def _keep_name(path: Path) -> None:
    """Flush the folder to disk too: until then a crash may undo the change of the file's name."""
    if os.name != "posix":
        return
    with suppress(OSError):  # some file systems cannot
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def _not_written(path: Path, error: OSError) -> ConfigurationError:
    return ConfigurationError(f"{path} cannot be written: {error.strerror}. Check the folder.")
