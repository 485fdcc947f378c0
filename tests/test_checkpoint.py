"""A checkpoint as a text to keep elsewhere: its bytes, its signatures, what is refused."""

from __future__ import annotations

from base64 import b64encode
from datetime import UTC, datetime, timedelta, timezone
from hashlib import sha256

import pytest
from attrs import evolve, field, frozen
from hypothesis import given
from hypothesis import strategies as st

from compliant_sms.errors import InvalidCheckpoint, InvalidInput
from compliant_sms.evidence import AuditHead, Checkpoint, CheckpointSignature, verify_signature

AT = datetime(2026, 12, 1, 20, 30, tzinfo=UTC)
PLAIN = Checkpoint(practice_id="lakeside", size=3, root=sha256(b"three").digest(), at=AT)


@frozen(kw_only=True)
class FakeKey:
    """A key that signs by hashing: what is tested is what becomes of its answers."""

    name: str = "lakeside.example/ledger"
    key_id: bytes = b"\x01\x02\x03\x04"
    secret: bytes = field(default=b"s", repr=False)

    def sign(self, message: bytes) -> bytes:
        return sha256(self.secret + message).digest() * 2

    def verify(self, message: bytes, signature: bytes) -> bool:
        return self.sign(message) == signature


KEY = FakeKey()
OTHER = FakeKey(name="hillside.example/ledger")
SIGNED = PLAIN.signed(KEY)


def test_the_text_is_the_documented_one() -> None:
    """A checkpoint is written line by line as the documentation and C2SP have it."""
    root = b64encode(sha256(b"three").digest()).decode()
    signature = b64encode(b"\x01\x02\x03\x04" + KEY.sign(PLAIN.body.encode())).decode()
    body = f"compliant-sms/ledger/lakeside\n3\n{root}\nat 2026-12-01T20:30:00.000000Z\n"

    assert str(PLAIN) == PLAIN.body == body
    assert SIGNED.body == body
    assert str(SIGNED) == f"{body}\n— lakeside.example/ledger {signature}\n"


texts = st.text(st.characters(exclude_categories=["Cs"]), min_size=1)


checkpoints = st.builds(
    Checkpoint,
    practice_id=texts,
    size=st.integers(0, 10**18 - 1),
    root=st.binary(min_size=32, max_size=32),
    at=st.datetimes(timezones=st.just(UTC)),
    audit=st.none()
    | st.builds(
        AuditHead, size=st.integers(1, 10**18 - 1), digest=st.binary(min_size=32, max_size=32)
    ),
)


@given(checkpoint=checkpoints, keys=st.lists(st.sampled_from([KEY, OTHER]), max_size=3))
def test_what_is_written_can_be_read(checkpoint: Checkpoint, keys: list[FakeKey]) -> None:
    """Every checkpoint comes back from its text, whatever the practice is called."""
    for key in keys:
        checkpoint = checkpoint.signed(key)

    assert Checkpoint.parse(str(checkpoint)) == checkpoint
    assert checkpoint.body.count("\n") == (5 if checkpoint.audit else 4)


def test_instants_are_in_utc() -> None:
    """The same instant in another zone gives the same bytes; a naive one is refused."""
    there = AT.astimezone(timezone(timedelta(hours=-6)))

    assert str(evolve(PLAIN, at=there)) == str(PLAIN)
    with pytest.raises(InvalidInput):
        evolve(PLAIN, at=AT.replace(tzinfo=None))


BODY = str(PLAIN)


@pytest.mark.parametrize(
    "text",
    [
        "",
        BODY[:-1],
        BODY + "\n",
        BODY.replace("\n3\n", "\n03\n"),
        BODY.replace("\n3\n", "\n-3\n"),
        BODY.replace("\n3\n", "\n٣\n"),
        BODY.replace("lakeside", "lake side"),
        BODY.replace("lakeside", "lake%73ide"),
        BODY.replace("lakeside", "%FF"),
        BODY.replace("compliant-sms/ledger/", "example.com/"),
        BODY.replace("at ", ""),
        BODY.replace("12-01", "13-01"),
        BODY.replace("Z\n", "+\n"),
        BODY.replace("=\n", "\n"),
        BODY[: BODY.index("=") - 1] + "/" + BODY[BODY.index("=") :],  # bits that mean nothing
        BODY + "more\n",
        BODY + f"audit 0 {'A' * 43}=\n",
        BODY + f"audit 01 {'A' * 43}=\n",
        BODY + f"audit 1 {'A' * 42}B=\n",
        BODY + f"audit 1 {'A' * 43}=\naudit 1 {'A' * 43}=\n",
        BODY.replace("\n", "\r\n"),
        BODY + "\n— name\n",
        BODY + "\n- lakeside AAAAAAAA\n",
        BODY + "\n— lakeside AAAA=AAA\n",
        BODY + "\n— lakeside AAAAAAB=\n",
        BODY + "\n— lake+side AAAAAAAA\n",
        BODY + "\n— lakeside AAAAAAAA",
        BODY + "\n— lakeside AAAAAAAA\n\n— lakeside AAAAAAAA\n",
    ],
)
def test_what_is_no_checkpoint_is_refused(text: str) -> None:
    """A text that differs in one byte from how it would be written is not taken."""
    with pytest.raises(InvalidCheckpoint, match="exactly as it was"):
        Checkpoint.parse(text)


def test_a_signature_by_a_known_key_is_enough() -> None:
    """One known key is enough; signatures by others say nothing."""
    both = PLAIN.signed(OTHER).signed(KEY)

    verify_signature(SIGNED, [KEY])
    verify_signature(SIGNED, [OTHER, KEY])
    verify_signature(both, [KEY])
    verify_signature(Checkpoint.parse(str(both)), [OTHER])


@pytest.mark.parametrize(
    "checkpoint",
    [PLAIN, PLAIN.signed(OTHER), PLAIN.signed(evolve(KEY, key_id=b"\x01\x02\x03\x05"))],
)
def test_without_a_known_signature_it_is_not_believed(checkpoint: Checkpoint) -> None:
    """None at all, another name, or another key id: none of them is the key's."""
    with pytest.raises(InvalidCheckpoint, match="signed by none"):
        verify_signature(checkpoint, [KEY])


@pytest.mark.parametrize(
    "change",
    [
        {"size": 2},
        {"root": bytes(32)},
        {"practice_id": "hillside"},
        {"at": AT + timedelta(microseconds=1)},
    ],
)
def test_a_changed_checkpoint_is_not_believed(change: dict[str, object]) -> None:
    """Whatever is changed under a signature shows, even where another key's signature is right."""
    changed = evolve(SIGNED, **change)

    with pytest.raises(InvalidCheckpoint, match="wrong signature"):
        verify_signature(changed, [KEY])
    with pytest.raises(InvalidCheckpoint, match="wrong signature"):
        verify_signature(changed.signed(OTHER), [OTHER, KEY])


def test_a_repr_shows_no_signature() -> None:
    """A signature is long and says nothing to a reader."""
    made = CheckpointSignature(name="n", key_id=b"1234", signature=b"canary")

    assert "canary" not in repr(made)
