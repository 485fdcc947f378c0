"""The keys that sign checkpoints: their written form, and what is refused."""

from __future__ import annotations

import builtins
import subprocess
import sys
from base64 import b64decode, b64encode
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve

from compliant_sms.errors import (
    ConfigurationError,
    InvalidCheckpoint,
    InvalidInput,
    InvalidKeys,
    MissingExtra,
)
from compliant_sms.evidence import Checkpoint, verify_signature
from compliant_sms.signing import SigningKey, VerifyKey
from unmeasured import surroundings

# RFC 8032, section 7.1, test 1.
SEED = bytes.fromhex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60")
PUBLIC = bytes.fromhex("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a")
SIGNED_NOTHING = bytes.fromhex(
    "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155"
    "5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"
)
KEY = SigningKey("lakeside.example/ledger", SEED)


def test_signatures_are_those_of_the_rfc() -> None:
    """The public key and the signature of nothing are those of RFC 8032."""
    assert KEY.public.public == PUBLIC
    assert KEY.sign(b"") == SIGNED_NOTHING
    assert KEY.public.verify(b"", SIGNED_NOTHING)
    assert not KEY.public.verify(b"x", SIGNED_NOTHING)
    assert not KEY.public.verify(b"", SIGNED_NOTHING[:-1])
    assert not VerifyKey("k", b"\xff" * 32).verify(b"", SIGNED_NOTHING)
    assert not VerifyKey("k", b"short").verify(b"", SIGNED_NOTHING)


def test_the_written_form_is_that_of_signed_notes() -> None:
    """Name, id and key stand as https://c2sp.org/signed-note and Go's tools have them."""
    key_id = sha256(b"lakeside.example/ledger\n\x01" + PUBLIC).digest()[:4]
    written = f"lakeside.example/ledger+{key_id.hex()}+{b64encode(b'%c' % 1 + PUBLIC).decode()}"

    assert str(KEY.public) == written
    assert KEY.key_id == KEY.public.key_id == key_id
    assert VerifyKey.parse(written) == VerifyKey.parse(written + "\n") == KEY.public


def test_a_note_of_others_verifies() -> None:
    """The signature in the documentation of Go's notes verifies with the key given there.

    https://pkg.go.dev/golang.org/x/mod/sumdb/note#example-Open
    """
    key = VerifyKey.parse("PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW")
    text = (
        "If you think cryptography is the answer to your problem,\n"
        "then you don't know what your problem is.\n"
    )
    signature = b64decode(
        "x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpR"
        "Zb6KE6RyyBwJnAM="
    )

    assert signature[:4] == key.key_id
    assert key.verify(text.encode(), signature[4:])


def test_a_key_file_comes_back(tmp_path: Path) -> None:
    """A key that was written signs as before; its file is its owner's, and never overwritten."""
    made = SigningKey.generate("lakeside.example/ledger")
    file = tmp_path / "signing.key"
    made.write(file)

    assert file.stat().st_mode & 0o777 == 0o600
    assert SigningKey.from_file(file).sign(b"x") == made.sign(b"x")
    assert SigningKey.generate("k").public != SigningKey.generate("k").public
    with pytest.raises(ConfigurationError, match="never overwritten"):
        made.write(file)
    file.chmod(0o644)
    with pytest.raises(ConfigurationError, match="chmod 600"):
        SigningKey.from_file(file)
    with pytest.raises(ConfigurationError, match="cannot be written"):
        made.write(tmp_path / "nowhere" / "signing.key")


def test_what_is_no_key_is_refused(tmp_path: Path) -> None:
    """Other texts, a damaged key, and a public key in the place of a secret one."""
    file = tmp_path / "signing.key"
    KEY.write(file)
    secret, public = file.read_text(), str(KEY.public)
    for text in ("", "x", public, secret.replace("+", " "), secret + "\n", secret[:-2] + "\n"):
        with pytest.raises(InvalidKeys, match="not a signing key"):
            SigningKey.parse(text)
    for text in ("", secret, public.replace("+A", "+B"), public + "A"):
        with pytest.raises(InvalidKeys, match="not a public key"):
            VerifyKey.parse(text)
    for text in (public.replace("lakeside", "hillside"), public[:-1] + "A"):
        with pytest.raises(InvalidKeys, match="damaged"):
            VerifyKey.parse(text)
    with pytest.raises(InvalidKeys, match="damaged"):
        SigningKey.parse(secret.replace("lakeside", "hillside"))
    with pytest.raises(InvalidKeys, match="32 bytes, not 5"):
        SigningKey("k", b"short")
    for name in ("", "a b", "a+b", "a\nb", "a\u00a0b", "a\x00b"):
        with pytest.raises(InvalidInput, match="blanks or a plus sign"):
            VerifyKey(name, PUBLIC)


def test_nothing_shows_the_key() -> None:
    """Neither a repr nor an error shows the secret."""
    shown = repr(KEY) + str(KEY)
    with pytest.raises(InvalidKeys) as caught:
        SigningKey.parse(f"PRIVATE+KEY+k+00000000+{b64encode(b'%c' % 1 + SEED).decode()}")
    shown += str(caught.value)

    assert b64encode(b"\x01" + SEED).decode()[2:12] not in shown
    assert SEED.hex()[:8] not in shown
    assert "lakeside.example/ledger" in repr(KEY)
    assert str(KEY.public) in repr(KEY.public)


def test_a_signed_checkpoint_is_believed() -> None:
    """A real signature is accepted, and no longer after any change."""
    at = datetime(2026, 12, 1, 20, 30, tzinfo=UTC)
    made = Checkpoint(practice_id="lakeside", size=3, root=bytes(32), at=at).signed(KEY)

    verify_signature(Checkpoint.parse(str(made)), [KEY.public])
    with pytest.raises(InvalidCheckpoint, match="wrong signature"):
        verify_signature(evolve(made, size=4), [KEY.public])


def test_without_the_extra_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where cryptography is missing the error names the extra to install."""
    real = builtins.__import__

    def without(name: str, *args: Any, **kwargs: Any) -> Any:
        if name.startswith("cryptography"):
            raise ImportError(name)
        return real(name, *args, **kwargs)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(MissingExtra, match=r"compliant-sms\[keyring\]"):
        SigningKey.generate("k")
    with pytest.raises(MissingExtra, match=r"compliant-sms\[keyring\]"):
        KEY.public.verify(b"", SIGNED_NOTHING)


def test_importing_it_loads_no_cryptography() -> None:
    """The module itself is cheap."""
    code = (
        "import sys, compliant_sms.signing; "
        "sys.exit(any(name.startswith('cryptography') for name in sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], env=surroundings(), check=False)
    assert done.returncode == 0
