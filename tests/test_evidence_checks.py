"""What each check of a pack finds, when everything around it was made to fit."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import timedelta
from hashlib import sha256
from typing import Any

import pytest
from attrs import evolve

from compliant_sms.consent import link
from compliant_sms.evidence import (
    ChainRecord,
    Checkpoint,
    CheckpointSignature,
    Dossier,
    EventRecord,
    Result,
    make_pack,
)
from compliant_sms.evidence._files import (
    JSON,
    unpacked,
)
from compliant_sms.keyring import data_cipher
from compliant_sms.records import canonical
from compliant_sms.rules import RULES_VERSION
from evidence_story import (
    SINCE,
    UNTIL,
    check,
    dossier_of,
    failures,
    forged,
    in_base64,
    pack,
    rebuilt,
    rewritten,
    said_otherwise,
    sealed,
    with_chains,
    words,
)

__all__ = ["pack"]


def test_recomputed_hashes_meet_the_checkpoint(pack: bytes) -> None:
    """Whoever changes an event and recomputes its chain is found by the checkpoint alone."""
    changed = forged(pack, lambda d: with_chains(d, lambda c: rewritten(c, random.Random(1))))

    assert failures(changed) == ["inclusion"]
    assert "is not in the checkpoint" in words(changed, "inclusion")


def test_an_opt_out_that_is_left_out_contradicts_what_was_decided(pack: bytes) -> None:
    """A chain cut off before its end shows in the decisions that knew better."""
    cut = forged(
        pack,
        lambda d: evolve(d, chains=d.chains[1:]),
    )

    assert failures(cut) == ["what was known"]
    assert "an entry is missing" in words(cut, "what was known")


def test_consent_that_is_left_out_is_missed(pack: bytes) -> None:
    """A decision that relies on an event that is not there fails."""
    cut = forged(pack, lambda d: evolve(d, chains=d.chains[:1]))

    assert "relies on consent that is not there" in words(cut, "what was known")


def test_a_chain_twice_is_found(pack: bytes) -> None:
    """The same chain cannot be shown as two."""
    twice = forged(pack, lambda d: evolve(d, chains=(*d.chains, d.chains[0])))

    assert "twice" in words(twice, "chains")


def test_bytes_that_are_none_are_named(pack: bytes) -> None:
    """A digest or payload or proof that cannot be read fails where it stands."""

    def spoil(**changes: Any) -> bytes:
        return said_otherwise(
            pack,
            lambda d: with_chains(
                d, lambda c: evolve(c, events=(evolve(c.events[0], **changes), *c.events[1:]))
            ),
        )

    assert "cannot be read" in words(spoil(digest="xyz"), "chains")
    assert "cannot be read" in words(spoil(payload="*"), "chains")
    assert "cannot be checked" in words(spoil(digest="xyz"), "inclusion")
    assert "cannot be checked" in words(spoil(inclusion=("*",)), "inclusion")


def test_an_event_that_is_shown_otherwise_is_found(pack: bytes) -> None:
    """The event that is shown must be the one that is chained."""

    def spoil(change: Callable[[dict[str, Any]], Any]) -> bytes:
        return forged(
            pack,
            lambda d: with_chains(
                d,
                lambda c: evolve(
                    c,
                    events=tuple(evolve(r, event=change(dict(r.event or {}))) for r in c.events),
                ),
            ),
        )

    shown_otherwise = spoil(lambda event: event | {"actor": "somebody"})
    hidden = spoil(lambda _: None)

    assert "is not what its bytes say" in words(shown_otherwise, "entries")
    assert "is nothing, though its bytes say more" in words(hidden, "entries")


@pytest.mark.parametrize("where", ["practice", "number", "person"])
def test_events_of_somebody_else_are_found(pack: bytes, where: str) -> None:
    """Chains of another practice, number or person prove nothing here."""

    def change(d: Dossier) -> Dossier:
        if where == "practice":
            return evolve(d, practice=evolve(d.practice, id="elsewhere"))
        if where == "number":
            return evolve(d, number="+12175550199")
        return with_chains(d, lambda c: evolve(c, person="pat-1"))

    assert "about another practice, person or number" in words(forged(pack, change), "entries")


def test_what_a_newer_library_wrote_is_not_read(pack: bytes) -> None:
    """An event of a later version fails with words that say so."""

    def later(chain: ChainRecord) -> ChainRecord:
        event = {**(chain.events[0].event or {}), "v": 2}
        made = link(chain.chain_id, canonical(event), chain.begins("lakeside"))
        record = EventRecord(payload=in_base64(made.payload), digest=made.digest.hex(), event=event)
        return evolve(chain, events=(record,))

    changed = said_otherwise(pack, lambda d: with_chains(d, later))

    assert "newer compliant_sms" in words(changed, "entries")
    assert "cannot be checked" in words(changed, "what was known")


def test_an_event_that_is_none_is_named(pack: bytes) -> None:
    """Chained bytes that are no event of this ledger fail, without an exception."""

    def odd(chain: ChainRecord) -> ChainRecord:
        event = {"kind": "granted", "occurred_at": "2026-11-30T16:00:00.000000Z", "v": 1}
        made = link(chain.chain_id, canonical(event), chain.begins("lakeside"))
        record = EventRecord(payload=in_base64(made.payload), digest=made.digest.hex(), event=event)
        return evolve(chain, events=(record,))

    changed = said_otherwise(pack, lambda d: with_chains(d, odd))

    assert "cannot be read" in words(changed, "entries")


def test_sealed_events_are_opened_and_compared(pack: bytes) -> None:
    """With the key of the chain anybody sees that what is shown is what was sealed."""
    made = make_pack(sealed(dossier_of(pack)))

    assert failures(made, ciphers=data_cipher) == []
    assert check(made, "entries", ciphers=data_cipher).result is Result.PASSED
    assert check(made, "entries").result is Result.UNCHECKED
    assert "extra keyring" in words(made, "entries")


@pytest.mark.parametrize("key", [b"another key of just as many bytes"[:32], b"short"])
def test_a_wrong_key_is_named(pack: bytes, key: bytes) -> None:
    """A key that does not open the records fails, with words."""
    made = make_pack(with_chains(sealed(dossier_of(pack)), lambda c: evolve(c, key=in_base64(key))))

    assert "does not open its bytes" in words(made, "entries", ciphers=data_cipher)


def test_sealed_events_that_are_shown_otherwise_are_found(pack: bytes) -> None:
    """Whoever shows another event than was sealed, or none, is found with the key."""

    def spoil(change: Callable[[dict[str, Any]], Any]) -> bytes:
        def chain(c: ChainRecord) -> ChainRecord:
            return evolve(
                c, events=tuple(evolve(r, event=change(dict(r.event or {}))) for r in c.events)
            )

        return make_pack(with_chains(sealed(dossier_of(pack)), chain))

    otherwise = spoil(lambda event: event | {"actor": "somebody"})
    hidden = spoil(lambda _: None)

    assert "is not what its bytes say" in words(otherwise, "entries", ciphers=data_cipher)
    assert "its bytes say more" in words(hidden, "entries", ciphers=data_cipher)


def test_erased_events_keep_their_proof(pack: bytes) -> None:
    """Sealed bytes whose key is destroyed still prove the chain; what they said is gone."""
    made = make_pack(sealed(dossier_of(pack), told=False))

    assert failures(made) == []
    assert "were erased before" in words(made, "entries")
    assert check(made, "what was known").result is Result.UNCHECKED


def test_decisions_are_made_again(pack: bytes) -> None:
    """A decision that says otherwise than its rules fails; one of other rules is not judged."""

    def decided(change: Callable[[dict[str, Any]], dict[str, Any]]) -> bytes:
        return forged(
            pack,
            lambda d: evolve(
                d,
                texts=tuple(
                    evolve(t, decisions=tuple(change(dict(each)) for each in t.decisions))
                    for t in d.texts
                ),
            ),
        )

    lenient = decided(
        lambda d: d | {"findings": [f for f in d.get("findings", []) if f["rule"] != "consent"]}
    )
    elsewhere = decided(
        lambda d: d | {"edition": d["edition"] | {"packs": ["us-2019.01", "own-1"]}}
    )
    result = check(elsewhere, "decisions")

    assert "not what its rules say" in words(lenient, "decisions")
    assert result.result is Result.UNCHECKED
    assert "us-2019.01" in result.words


def test_what_other_rules_decided_is_not_called_changed(pack: bytes) -> None:
    """Where the library's rules of then may have answered otherwise, the texts are named."""

    def made_by(version: int | None, *, otherwise: bool) -> bytes:
        def changed(decision: dict[str, Any]) -> dict[str, Any]:
            edition = {k: v for k, v in decision["edition"].items() if k != "rules_version"}
            if version is not None:
                edition["rules_version"] = version
            changes: dict[str, Any] = {"edition": edition}
            if otherwise:
                changes["findings"] = [
                    f for f in decision.get("findings", ()) if f["rule"] != "consent"
                ]
            return {**decision, **changes}

        def texts(d: Dossier) -> Dossier:
            told = (
                evolve(t, decisions=tuple(changed(dict(each)) for each in t.decisions))
                for t in d.texts
            )
            return evolve(d, texts=tuple(told))

        return forged(pack, texts)

    for version, told in (
        (RULES_VERSION + 8, f"name version {RULES_VERSION + 8} of"),
        (None, "name no version of"),
    ):
        result = check(made_by(version, otherwise=True), "decisions")

        assert result.result is Result.UNCHECKED
        assert told in result.words
        assert f"installation has version {RULES_VERSION}. Either" in result.words
        assert {t.message_id for t in dossier_of(pack).texts if t.message_id in result.words} == {
            t.message_id
            for t in dossier_of(pack).texts
            for decision in t.decisions
            for finding in decision.get("findings", ())
            if finding["rule"] == "consent"
        }
        assert check(made_by(version, otherwise=False), "decisions").result is Result.PASSED
    assert "was changed" in words(made_by(RULES_VERSION, otherwise=True), "decisions")


def test_texts_must_agree_with_their_decisions(pack: bytes) -> None:
    """Another purpose, number or state, or a departure that nothing allowed, is found."""

    def texts(**changes: Any) -> bytes:
        return forged(pack, lambda d: evolve(d, texts=tuple(evolve(t, **changes) for t in d.texts)))

    def unallowed(d: Dossier) -> Dossier:
        late = timedelta(seconds=1)
        return evolve(
            d,
            texts=tuple(
                evolve(t, left=evolve(t.left, at=t.left.at + late)) if t.left else t
                for t in d.texts
            ),
        )

    elsewhere = forged(pack, lambda d: evolve(d, number="+12175550199"))
    unreadable = rebuilt(
        unpacked(pack)
        | {JSON: unpacked(pack)[JSON].replace(b'"verdict":"allow"', b'"verdict":"maybe"')}
    )

    assert "of another purpose" in words(texts(purpose="recall"), "texts")
    assert "its last step" in words(texts(state="due"), "texts")
    assert "no decision allowed it" in words(forged(pack, unallowed), "texts")
    assert "another number" in words(elsewhere, "texts")
    assert "cannot be read" in words(unreadable, "texts")


def test_a_decision_among_many_events_of_the_same_minute_is_not_judged(pack: bytes) -> None:
    """Where nobody can say what was known in that minute, nothing is called wrong."""

    def crowded(d: Dossier) -> Dossier:
        chains = (evolve(c, events=c.events * 5) for c in d.chains)
        return evolve(d, texts=d.texts[:1], chains=tuple(chains))

    assert "chains" in failures(forged(pack, crowded))
    assert "what was known" not in failures(forged(pack, crowded))


def test_the_checkpoint_must_belong_to_the_proofs(pack: bytes) -> None:
    """A changed, missing, or foreign checkpoint, or proof, fails with words."""
    point = Checkpoint.parse(dossier_of(pack).checkpoint)
    early = Checkpoint.parse(dossier_of(pack).earlier)

    def changed(**changes: Any) -> bytes:
        return said_otherwise(pack, lambda d: evolve(d, **changes))

    assert "the checkpoint that they belong to is missing" in words(
        changed(checkpoint=""), "inclusion"
    )
    assert "was changed" in words(changed(checkpoint="nonsense"), "inclusion")
    assert "another practice" in words(
        changed(checkpoint=str(evolve(point, practice_id="elsewhere"))), "inclusion"
    )
    assert "older checkpoint that the proof belongs to is missing" in words(
        changed(earlier=""), "consistency"
    )
    assert "cannot be checked" in words(changed(consistency=("*",)), "consistency")
    assert "did not grow" in words(
        changed(earlier=str(evolve(early, root=bytes(32)))), "consistency"
    )
    assert check(changed(earlier="", consistency=()), "consistency").result is Result.UNCHECKED


def unproved(d: Dossier) -> Dossier:
    """Without the proof of the last event of each chain."""

    def last(c: ChainRecord) -> ChainRecord:
        return evolve(c, events=(*c.events[:-1], evolve(c.events[-1], leaf=None, inclusion=())))

    return with_chains(d, last)


def test_events_that_joined_after_the_checkpoint_are_counted(pack: bytes) -> None:
    """What the checkpoint is too old for is said, and not called wrong."""
    point = Checkpoint.parse(dossier_of(pack).checkpoint)

    def older(d: Dossier) -> Dossier:
        return evolve(unproved(d), checkpoint=str(evolve(point, at=SINCE)))

    changed = forged(pack, older)

    assert failures(changed) == []
    assert "2 joined the ledger later" in words(changed, "inclusion")


def test_an_event_that_claims_to_be_older_than_the_checkpoint_must_be_in_it(pack: bytes) -> None:
    """Nothing can be put into the past of a checkpoint."""
    assert "before the checkpoint, which does not hold it" in words(
        forged(pack, unproved), "inclusion"
    )


def test_a_kept_checkpoint_is_compared(pack: bytes) -> None:
    """One's own checkpoint is in the pack, or contradicts it, or nothing can be said of it."""
    point = Checkpoint.parse(dossier_of(pack).checkpoint)
    early = Checkpoint.parse(dossier_of(pack).earlier)
    later = evolve(point, at=UNTIL + timedelta(hours=1))
    plain = make_pack(sealed(dossier_of(pack)))

    for mine in (point, early, later):
        assert check(pack, "kept checkpoint", against=mine).result is Result.PASSED
    assert "another root" in words(pack, "kept checkpoint", against=evolve(point, root=bytes(32)))
    assert "proves nothing" in words(pack, "kept checkpoint", against=evolve(point, size=99))
    assert "no checkpoint" in words(plain, "kept checkpoint", against=point)


class Key:
    """A signer and verifier whose signatures anybody could make; the checks are the same."""

    name = "lakeside.example/ledger"
    key_id = b"key1"

    def sign(self, message: bytes) -> bytes:
        return sha256(message).digest()

    def verify(self, message: bytes, signature: bytes) -> bool:
        return self.sign(message) == signature


def test_the_signature_is_checked_with_a_key(pack: bytes) -> None:
    """Signed, unsigned and wrongly signed checkpoints are told apart."""
    point = Checkpoint.parse(dossier_of(pack).checkpoint)

    def with_point(text: str) -> bytes:
        return forged(pack, lambda d: evolve(d, checkpoint=text))

    signed = point.signed(Key())
    wrong = evolve(point, at=UNTIL + timedelta(days=1), signatures=signed.signatures)

    assert "pass --public-key" in words(with_point(str(signed)), "signature")
    assert "unsigned" in words(pack, "signature")
    assert check(with_point(str(signed)), "signature", keys=[Key()]).result is Result.PASSED
    assert "wrong signature" in words(with_point(str(wrong)), "signature", keys=[Key()])
    stranger = CheckpointSignature(name="court.example", key_id=b"any1", signature=bytes(64))
    both = evolve(signed, signatures=(*signed.signatures, stranger))
    told = words(with_point(str(both)), "signature", keys=[Key()])
    assert told.startswith("Signed by lakeside.example/ledger. 1 more signature")
    assert "court.example" not in told  # nobody checked that one
    assert "signed by none of the keys" in words(pack, "signature", keys=[Key()])
