"""The keyring: what it sealed opens, for that record alone; keys are never shown or overwritten."""

from __future__ import annotations

import copy
import errno
import os
import pickle
import stat
import sys
import traceback
from base64 import urlsafe_b64encode
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

import compliant_sms
from compliant_sms.cli._commands import commands
from compliant_sms.errors import (
    CannotUnseal,
    ConfigurationError,
    InvalidInput,
    InvalidKeys,
    MissingExtra,
)
from compliant_sms.keyring import Keyring
from compliant_sms.phi import Sealer

OLD, NEW = bytes(range(32)), bytes(range(100, 132))
RING = Keyring({"new": NEW, "old": OLD})
posix = pytest.mark.skipif(os.name != "posix", reason="modes of files are POSIX")


def encoded(key: bytes) -> str:
    return urlsafe_b64encode(key).decode()


def key_file(folder: Path, text: str, mode: int = 0o600) -> Path:
    path = folder / "texting.keys"
    path.write_text(text)
    path.chmod(mode)
    return path


@settings(derandomize=True, deadline=None)
@given(plain=st.binary(), about=st.text(st.characters(codec=None), max_size=20))
def test_what_is_sealed_opens_for_its_record(plain: bytes, about: str) -> None:
    """Any bytes, any name of a record; the record's name is not in the result."""
    sealer: Sealer = RING

    assert sealer.open(sealer.seal(plain, about), about) == plain


def test_the_newest_key_seals_and_old_ones_open() -> None:
    """After a rotation everything can be read, and what is new needs the new key."""
    before = Keyring({"old": OLD}).seal(b"body", "1")
    after = RING.seal(b"body", "1")

    assert RING.open(before, "1") == b"body"
    assert b"new" in after
    with pytest.raises(CannotUnseal, match="key new, which is not among the keys here"):
        Keyring({"old": OLD}).open(after, "1")


def test_sealing_twice_gives_different_bytes() -> None:
    """A nonce is used once."""
    assert len({RING.seal(b"same", "1") for _ in range(200)}) == 200


@settings(derandomize=True, deadline=None)
@given(st.data())
def test_a_changed_byte_does_not_open(data: st.DataObject) -> None:
    """Wherever it is: version, id, nonce, ciphertext or tag; nor does a part of it."""
    sealed = RING.seal(b"a body that nobody sees", "message-1")
    at = data.draw(st.integers(0, len(sealed) - 1))
    change = data.draw(st.integers(1, 255))
    changed = sealed[:at] + bytes([sealed[at] ^ change]) + sealed[at + 1 :]

    for damaged in (changed, sealed[:at]):
        with pytest.raises(CannotUnseal):
            RING.open(damaged, "message-1")


@settings(derandomize=True, deadline=None)
@given(st.binary(max_size=80))
def test_what_nobody_sealed_does_not_open(junk: bytes) -> None:
    """Any bytes at all end in the one error."""
    for start in (b"", b"\x01", b"\x01\x03new"):
        with pytest.raises(CannotUnseal):
            RING.open(start + junk, "1")


def test_another_record_or_key_does_not_open() -> None:
    """Sealed bytes cannot be moved between records; an id alone does not make a key."""
    sealed = RING.seal(b"body", "message-1")

    for ring, about in ((RING, "message-2"), (Keyring({"new": OLD}), "message-1")):
        with pytest.raises(CannotUnseal, match="another record") as raised:
            ring.open(sealed, about)
        assert "body" not in "".join(traceback.format_exception(raised.value))


def test_generated_keys_differ() -> None:
    """Two new keyrings share neither key nor id."""
    one, other = Keyring.generate(), Keyring.generate()

    assert one.key_ids != other.key_ids
    with pytest.raises(CannotUnseal):
        other.open(one.seal(b"", "1"), "1")


def test_a_keyring_survives_its_file(tmp_path: Path) -> None:
    """What is written reads back as the same keys in the same order."""
    RING.write(tmp_path / "texting.keys")
    again = Keyring.from_file(tmp_path / "texting.keys")

    assert again.key_ids == ("new", "old")
    assert again.open(RING.seal(b"body", "1"), "1") == b"body"
    assert RING.open(again.seal(b"body", "1"), "1") == b"body"


def test_a_key_file_may_hold_comments(tmp_path: Path) -> None:
    """Blank lines, lines with #, padding, a byte order mark and Windows ends of lines are fine."""
    text = f"\ufeff# made in March\r\n\r\nnew {encoded(NEW)}\r\n  old\t{encoded(OLD).rstrip('=')}"

    assert Keyring.from_file(key_file(tmp_path, text)).key_ids == ("new", "old")


def test_every_bad_line_is_named_and_no_key_shown(tmp_path: Path) -> None:
    """Somebody who mends the file sees all of it at once, and a screenshot tells nothing."""
    secret = encoded(NEW)
    lines = [
        f"old {encoded(OLD)}",
        secret,
        f"{secret} k1",
        f"old {secret}",
        f"short {secret[:-4]}",
        f"k2 {secret} more",
        f"k/3 {secret}",
        f"k4 {secret[:-4]}+/==",
    ]

    with pytest.raises(InvalidKeys) as raised:
        Keyring.from_file(key_file(tmp_path, "\n".join(lines)))

    assert [int(p.split(" line ")[1].split(":")[0]) for p in raised.value.problems] == [
        *range(2, 9)
    ]
    shown = "".join(traceback.format_exception(raised.value))
    assert secret[:12] not in shown


@pytest.mark.parametrize(
    ("keys", "problem"),
    [
        ({}, "there is no key"),
        ({"k": b"short"}, "must have 32 bytes, not 5"),
        ({"k y": OLD}, "its id must be"),
        ({"": OLD}, "its id must be"),
        ({"k" * 33: OLD}, "its id must be"),
    ],
)
def test_keys_that_cannot_be_used_are_refused(keys: dict[str, bytes], problem: str) -> None:
    """Nothing is padded, cut or hashed into a key."""
    with pytest.raises(InvalidKeys, match=problem):
        Keyring(keys)


@pytest.mark.parametrize("text", ["", "# nothing yet\n"])
def test_a_file_without_keys_is_no_keyring(text: str) -> None:
    """An empty file does not mean that nothing is sealed."""
    with pytest.raises(InvalidKeys, match="compliant-sms keys new"):
        Keyring.parse(text)


def test_a_variable_that_is_not_set() -> None:
    """None and an empty text are no file; the latter was the folder that one is in."""
    for read in (Keyring.from_file, Keyring.parse):
        with pytest.raises(InvalidInput, match="is of a type that cannot be used"):
            read(None)  # type: ignore[arg-type]
    with pytest.raises(ConfigurationError, match=r"key file is empty\. Pass the name"):
        Keyring.from_file("")


@posix
@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o601, 0o666])
def test_a_file_that_others_can_use_is_refused(tmp_path: Path, mode: int) -> None:
    """Reading, changing: neither is for others; the message says what to run."""
    path = key_file(tmp_path, f"k {encoded(OLD)}\n", mode)

    with pytest.raises(ConfigurationError, match=f"mode {mode:04o}.*chmod 600"):
        Keyring.from_file(path)


def test_a_file_that_is_none_is_told(tmp_path: Path) -> None:
    """No such file, a folder, bytes that are no text."""
    with pytest.raises(ConfigurationError, match="cannot be read"):
        Keyring.from_file(tmp_path / "nowhere")
    with pytest.raises(ConfigurationError, match="cannot be read"):
        Keyring.from_file(tmp_path)
    path = key_file(tmp_path, "")
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(InvalidKeys, match="not a text file"):
        Keyring.from_file(path)


@posix
def test_a_written_file_is_the_owners_alone(tmp_path: Path) -> None:
    """Mode 0600, whatever the umask would let through."""
    umask = os.umask(0)
    try:
        RING.write(tmp_path / "texting.keys")
    finally:
        os.umask(umask)

    assert stat.S_IMODE((tmp_path / "texting.keys").stat().st_mode) == 0o600


def test_a_key_file_is_never_overwritten(tmp_path: Path) -> None:
    """Who loses a key loses what it sealed."""
    path = key_file(tmp_path, "precious")

    with pytest.raises(ConfigurationError, match="never overwritten"):
        RING.write(path)
    with pytest.raises(ConfigurationError, match="cannot be written"):
        RING.write(tmp_path / "no" / "folder")

    assert path.read_text() == "precious"


@posix
def test_a_replaced_file_keeps_owner_and_mode(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An administrator who adds a key takes the file from no service."""
    path = tmp_path / "texting.keys"
    RING.write(path)
    path.chmod(0o400)
    given: list[tuple[int, int]] = []
    theirs, their_group = os.getuid() + 1000, os.getgid() + 1000
    stat_of = Path.stat

    def somebody_elses(file: Path, **options: bool) -> os.stat_result:
        found = list(stat_of(file, **options))
        found[stat.ST_UID], found[stat.ST_GID] = theirs, their_group
        return os.stat_result(found)

    RING.with_new_key().replace(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o400
    path.chmod(0o644)
    RING.replace(path)  # what stood there may be no key at all
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    monkeypatch.setattr(os, "fchown", lambda _, uid, gid: given.append((uid, gid)))
    RING.replace(path)
    assert given == []
    monkeypatch.setattr(Path, "stat", somebody_elses)
    RING.replace(path)
    assert given == [(theirs, their_group)]


@posix
def test_a_link_to_a_key_file_stays_one(tmp_path: Path) -> None:
    """The new key is in the file that others read, and not in a copy beside it."""
    path, shared = tmp_path / "texting.keys", tmp_path / "shared"
    shared.mkdir()
    RING.write(shared / "keys")
    path.symlink_to("shared/keys")

    RING.with_new_key().replace(path)

    assert path.is_symlink()
    assert len(Keyring.from_file(shared / "keys").key_ids) == 1 + len(RING.key_ids)
    assert [each.name for each in shared.iterdir()] == ["keys"]


@posix
def test_a_file_that_cannot_be_given_to_its_owner_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Better no new key than one that the service cannot read."""
    path = tmp_path / "texting.keys"
    RING.write(path)
    before = path.read_bytes()

    def refused(*_: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "fchmod", refused)
    with pytest.raises(ConfigurationError, match="not permitted"):
        RING.with_new_key().replace(path)

    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


@posix
def test_a_name_is_on_disk_before_it_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A crash takes back neither a new file nor a rename; a file system that cannot is left be."""
    path, synced = tmp_path / "texting.keys", []
    fsync = os.fsync

    def watched(file: int) -> None:
        of_folder = stat.S_ISDIR(os.fstat(file).st_mode)
        synced.append(("folder" if of_folder else "file", path.read_text()))
        fsync(file)
        if of_folder:
            raise OSError(22, "Invalid argument")

    monkeypatch.setattr(os, "fsync", watched)
    RING.write(path)
    first = path.read_text()
    RING.with_new_key().replace(path)

    assert synced == [
        ("file", first),
        ("folder", first),
        ("file", first),
        ("folder", path.read_text()),
    ]


def test_a_file_that_cannot_be_finished_is_not_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A full disk leaves no half of a key behind."""

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(ConfigurationError, match="No space left"):
        RING.write(tmp_path / "texting.keys")

    assert list(tmp_path.iterdir()) == []


def test_a_file_that_cannot_be_replaced_leaves_no_copy_of_its_keys(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One that is mounted by itself, as in a container, is busy."""
    path = tmp_path / "texting.keys"
    RING.write(path)
    before = path.read_bytes()

    def busy(*_: object) -> None:
        raise OSError(errno.EBUSY, os.strerror(errno.EBUSY))

    monkeypatch.setattr(Path, "replace", busy)
    with pytest.raises(ConfigurationError, match="cannot be written"):
        RING.with_new_key().replace(path)

    assert [each.name for each in tmp_path.iterdir()] == ["texting.keys"]
    assert path.read_bytes() == before


def test_no_key_shows_itself() -> None:
    """Repr has the ids only; a keyring is neither pickled nor copied."""
    assert repr(RING) == str(RING) == "Keyring(key_ids=('new', 'old'))"
    for duplicate in (pickle.dumps, copy.copy, copy.deepcopy):
        with pytest.raises(TypeError, match="cannot be pickled or copied"):
            duplicate(RING)


def test_a_missing_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without cryptography, whoever makes a keyring learns what to install."""
    monkeypatch.setitem(sys.modules, "cryptography.hazmat.primitives.ciphers.aead", None)

    with pytest.raises(MissingExtra, match=r"compliant-sms\[keyring\]"):
        Keyring.generate()


def test_cryptography_is_imported_where_it_seals_and_signs_only() -> None:
    """What may have to be replaced one day is replaced in one place each."""
    source = Path(compliant_sms.__file__).parent
    importing = {
        str(path.relative_to(source))
        for path in source.rglob("*.py")
        if "from cryptography" in path.read_text() or "import cryptography" in path.read_text()
    }

    assert importing == {
        "keyring.py",
        "signing.py",
        "providers/_signing.py",  # Ed25519: Telnyx
        "providers/_signatures/_sns.py",  # certificates: AWS
        "providers/_signatures/_vonage.py",  # RS256
        "_callback_signing.py",  # as providers sign: nothing of it is shared with the adapters
        "sandbox/_vonage.py",
        "testing/_fake/_accounts.py",  # Vonage's pair of keys
        "testing/webhooks/_aws.py",
    }


def test_the_command_makes_a_file_and_shows_no_key(tmp_path: Path) -> None:
    """``keys new`` writes one new key, and never over a file."""
    path = tmp_path / "texting.keys"

    made = CliRunner().invoke(commands, ["keys", "new", str(path)])
    again = CliRunner().invoke(commands, ["keys", "new", str(path)])

    key_id, key = path.read_text().split()
    assert (made.exit_code, again.exit_code) == (0, 1)
    assert key_id in made.output
    assert key not in made.output
    assert "never overwritten" in again.output
    assert Keyring.from_file(path).key_ids == (key_id,)


def test_whoever_has_no_key_file_is_told_how_to_make_one(tmp_path: Path) -> None:
    """The command in the error works as it stands."""
    path = tmp_path / "texting.keys"
    with pytest.raises(ConfigurationError, match="Make one with") as caught:
        Keyring.from_file(path)
    program, *arguments = str(caught.value).partition("Make one with  ")[2].split()

    assert program == "compliant-sms"
    assert CliRunner().invoke(commands, arguments).exit_code == 0
    assert len(Keyring.from_file(path).key_ids) == 1
