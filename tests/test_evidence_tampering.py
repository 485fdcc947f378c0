"""Whatever is done to a pack shows, and the words say what is wrong."""

from __future__ import annotations

import random
import struct
import zipfile
from base64 import b64encode
from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve

from compliant_sms import Messenger
from compliant_sms.consent import Link, about_event, from_payload, link, sealed_payload
from compliant_sms.evidence import (
    ChainRecord,
    Check,
    Checkpoint,
    Dossier,
    EventRecord,
    Result,
    consistency_proof,
    inclusion_proof,
    leaf_hash,
    make_pack,
    tree_root,
    verify_pack,
)
from compliant_sms.evidence._files import JSON, MANIFEST, PAGE, archive, unpacked
from compliant_sms.keyring import data_cipher
from compliant_sms.providers import Twilio
from compliant_sms.records import canonical
from compliant_sms.sandbox import Sandbox
from compliant_sms.stores import SQLite
from compliant_sms.testing import MovableClock
from conftest import MORNING, PATIENT, SENDER, SID, TOKEN
from evidence_story import (
    SINCE,
    UNTIL,
    WHO,
    dossier_of,
    forged,
    in_chicago,
    play,
    rebuilt,
    said_otherwise,
    with_chains,
)

TRIALS = 30
NAMES = (JSON, PAGE, MANIFEST)
OTHERS = [sha256(bytes([n])).digest() for n in range(5)]


def with_proofs(dossier: Dossier) -> Dossier:
    """Put the events into a tree with those of other numbers, and prove that they are there."""
    own = [bytes.fromhex(record.digest) for chain in dossier.chains for record in chain.events]
    leaves = [leaf_hash(digest) for digest in [*OTHERS[:3], *own, *OTHERS[3:]]]
    places = iter(range(3, len(leaves)))
    chains = [
        evolve(chain, events=tuple(proved(record, leaves, next(places)) for record in chain.events))
        for chain in dossier.chains
    ]
    point = Checkpoint(practice_id="lakeside", size=len(leaves), root=tree_root(leaves), at=UNTIL)
    early = evolve(point, size=4, root=tree_root(leaves[:4]), at=SINCE)
    return evolve(
        dossier,
        chains=tuple(chains),
        checkpoint=str(point),
        earlier=str(early),
        consistency=tuple(map(in_base64, consistency_proof(leaves, 4))),
    )


def proved(record: EventRecord, leaves: list[bytes], place: int) -> EventRecord:
    proof = inclusion_proof(leaves, place)
    return evolve(record, leaf=place, inclusion=tuple(map(in_base64, proof)))


def in_base64(data: bytes) -> str:
    return b64encode(data).decode()


@pytest.fixture(scope="module")
def pack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[bytes]:
    """A week's pack, with a checkpoint."""
    from compliant_sms import Practice  # noqa: PLC0415 - fixtures of conftest are per test

    clock = MovableClock(MORNING)
    practice = Practice(
        name="Lakeside Family Medicine",
        phone="+1 217 555 0100",
        time_zone="America/Chicago",
        state="IL",
        id="lakeside",
    )
    account = {"account_sid": SID, "auth_token": TOKEN}
    with (
        Sandbox(**account, numbers=[SENDER], answers_keywords=False, clock=clock) as carrier,
        Messenger(
            practice=practice,
            provider=Twilio(**account, sender=SENDER, base_url=carrier.url, answers_keywords=False),
            store=SQLite(tmp_path_factory.mktemp("told") / "texting.db"),
            people=in_chicago,
            clock=clock,
        ) as messenger,
    ):
        play(messenger, clock)
        plain = messenger.evidence(PATIENT, SINCE, UNTIL, **WHO).data
        yield make_pack(with_proofs(dossier_of(plain)))


def failures(pack: bytes, **options: Any) -> list[str]:
    """What is wrong, check by check."""
    report = verify_pack(pack, **options)
    assert report.ok is not any(c.result is Result.FAILED for c in report.checks)
    assert all(check.words.endswith(".") for check in report.checks)
    return [check.name for check in report.checks if check.result is Result.FAILED]


def words(pack: bytes, name: str, **options: Any) -> str:
    """What is said of one check."""
    return check(pack, name, **options).words


def check(pack: bytes, name: str, **options: Any) -> Check:
    return next(c for c in verify_pack(pack, **options).checks if c.name == name)


def test_an_untouched_pack_has_nothing_wrong(pack: bytes) -> None:
    """Every check passes but that of a signature, for which no key was given."""
    checks = verify_pack(pack).checks

    assert [c.name for c in checks if c.result is not Result.PASSED] == ["signature"]


def flipped(data: bytes, chance: random.Random) -> bytes:
    bit = chance.randrange(len(data) * 8)
    changed = bytearray(data)
    changed[bit // 8] ^= 1 << bit % 8
    return bytes(changed)


def flip_a_bit(pack: bytes, chance: random.Random) -> bytes:
    """Anywhere in the archive."""
    return flipped(pack, chance)


def flip_a_bit_of_a_file(pack: bytes, chance: random.Random) -> bytes:
    """In a proper archive, so that its checksums fit."""
    files = unpacked(pack)
    name = chance.choice(NAMES)
    return archive(files | {name: flipped(files[name], chance)})


def flip_and_fit_the_manifest(pack: bytes, chance: random.Random) -> bytes:
    """In the page or the JSON, with hashes that fit."""
    files = unpacked(pack)
    name = chance.choice([JSON, PAGE])
    return rebuilt(files | {name: flipped(files[name], chance)})


def cut_off(pack: bytes, chance: random.Random) -> bytes:
    """Lose the end."""
    return pack[: chance.randrange(len(pack))]


def add_to_it(pack: bytes, chance: random.Random) -> bytes:
    """Before, after, or within."""
    place = chance.choice([0, len(pack), chance.randrange(len(pack))])
    return pack[:place] + chance.randbytes(chance.randint(1, 9)) + pack[place:]


def remove_a_file(pack: bytes, chance: random.Random) -> bytes:
    files = unpacked(pack)
    del files[chance.choice(NAMES)]
    return chance.choice([archive, rebuilt])(files)


def add_a_file(pack: bytes, chance: random.Random) -> bytes:
    return archive({**unpacked(pack), f"more-{chance.random()}.txt": b"read me first"})


def remove_an_event(pack: bytes, chance: random.Random) -> bytes:
    """One that is not the last of its chain, with everything around it made to fit."""

    def change(dossier: Dossier) -> Dossier:
        chain = chance.choice([c for c in dossier.chains if len(c.events) > 1])
        gone = chance.randrange(len(chain.events) - 1)
        kept = chain.events[:gone] + chain.events[gone + 1 :]
        return with_chains(dossier, lambda c: evolve(c, events=kept) if c is chain else c)

    return forged(pack, change)


def swap_events(pack: bytes, chance: random.Random) -> bytes:
    """Two events of one chain change places."""

    def change(dossier: Dossier) -> Dossier:
        chain = chance.choice([c for c in dossier.chains if len(c.events) > 1])
        events = list(chain.events)
        first, second = chance.sample(range(len(events)), 2)
        events[first], events[second] = events[second], events[first]
        return with_chains(dossier, lambda c: evolve(c, events=tuple(events)) if c is chain else c)

    return forged(pack, change)


def swap_proofs(pack: bytes, chance: random.Random) -> bytes:
    """An event gets the proof of another."""

    def change(dossier: Dossier) -> Dossier:
        records = [record for chain in dossier.chains for record in chain.events]
        one, other = chance.sample(records, 2)
        stolen = evolve(one, leaf=other.leaf, inclusion=other.inclusion)
        return with_chains(
            dossier,
            lambda c: evolve(c, events=tuple(stolen if r is one else r for r in c.events)),
        )

    return forged(pack, change)


def change_an_event(pack: bytes, chance: random.Random) -> bytes:
    """Another wording, with every later hash of the chain recomputed."""

    def change(dossier: Dossier) -> Dossier:
        place = chance.randrange(len(dossier.chains))
        return with_chains(
            dossier, lambda c: rewritten(c, chance) if c is dossier.chains[place] else c
        )

    return forged(pack, change)


def rewritten(chain: ChainRecord, chance: random.Random) -> ChainRecord:
    """The chain with an event that says something else, and hashes that fit."""
    first = chance.randrange(len(chain.events))
    events: list[EventRecord] = []
    before: Link | None = None
    for position, (record, stored) in enumerate(zip(chain.events, chain.links(), strict=True)):
        payload, event = stored.payload, record.event
        if position == first:
            event = {**(event or {}), "actor": f"somebody-{chance.random()}"}
            payload = canonical(event)
        before = link(chain.chain_id, payload, before)
        events.append(
            evolve(record, payload=in_base64(payload), digest=before.digest.hex(), event=event)
        )
    return evolve(chain, events=tuple(events))


WAYS = [
    flip_a_bit,
    flip_a_bit_of_a_file,
    flip_and_fit_the_manifest,
    cut_off,
    add_to_it,
    remove_a_file,
    add_a_file,
    remove_an_event,
    swap_events,
    swap_proofs,
    change_an_event,
]


def assert_found(pack: bytes, tamper: Callable[..., bytes], trials: int) -> None:
    for seed in range(trials):
        changed = tamper(pack, random.Random(f"{tamper.__name__} {seed}"))
        if changed != pack:
            assert failures(changed), seed


@pytest.mark.parametrize("tamper", WAYS, ids=lambda tamper: tamper.__name__)
def test_tampering_is_found(pack: bytes, tamper: Callable[..., bytes]) -> None:
    """Whatever is flipped, cut, added, removed or swapped: the pack does not verify."""
    assert_found(pack, tamper, TRIALS)


@pytest.mark.endurance
@pytest.mark.parametrize("tamper", WAYS, ids=lambda tamper: tamper.__name__)
def test_tampering_is_found_again_and_again(pack: bytes, tamper: Callable[..., bytes]) -> None:
    """The same, 2,000 times each."""
    assert_found(pack, tamper, 2_000)


@pytest.mark.parametrize("name", NAMES)
def test_a_changed_file_is_named(pack: bytes, name: str) -> None:
    """The words of the manifest's check name the file, and no other."""
    files = unpacked(pack)
    changed = archive(files | {name: files[name].replace(b"1", b"2")})
    others = set(NAMES) - {name, MANIFEST}

    assert name in words(changed, "manifest")
    if name != MANIFEST:
        assert not any(other in words(changed, "manifest") for other in others)


@pytest.mark.parametrize("name", NAMES)
def test_a_missing_file_is_named(pack: bytes, name: str) -> None:
    """The words of the archive's check say which file is gone."""
    files = unpacked(pack)
    del files[name]

    assert f"{name} is missing" in words(archive(files), "archive")
    assert "manifest" in failures(archive(files))


def test_a_pack_that_was_packed_anew_is_not_the_original(pack: bytes) -> None:
    """The same files in another archive are told apart from the pack: compressed or not."""
    anew = {}
    for method in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        made = BytesIO()
        with zipfile.ZipFile(made, "w", method) as target:
            for name, data in unpacked(pack).items():
                target.writestr(name, data)
        anew[method] = made.getvalue()

    assert "packed it anew" in words(anew[zipfile.ZIP_STORED], "archive")
    assert "compressed" in words(anew[zipfile.ZIP_DEFLATED], "archive")


def test_a_file_that_claims_to_be_huge_is_not_read(pack: bytes) -> None:
    """A size beyond the archive's own is refused before anything is read."""
    lying = bytearray(pack)
    entry = pack.index(b"PK\x01\x02")
    struct.pack_into("<LL", lying, entry + 20, 2**31, 2**31)

    assert "archive" in failures(bytes(lying))


def test_a_file_twice_is_found(pack: bytes) -> None:
    """Two files of one name, of which programs would show different ones, are no pack."""
    other = archive({**unpacked(pack), "evidence.htm_": b"<h1>no</h1>"})
    twice = other.replace(b"evidence.htm_", b"evidence.html")

    assert "archive" in failures(twice)


def test_a_manifest_that_is_no_manifest_is_named(pack: bytes) -> None:
    """Nonsense, and the right hashes written otherwise, are told apart."""
    files = unpacked(pack)

    for nonsense in (b"", b"[]", b'{"sha256":[]}', b'{"sha256":7}', b"[" * 100_000):
        assert "cannot be read" in words(archive(files | {MANIFEST: nonsense}), "manifest")
    spaced = files[MANIFEST] + b"\n"
    assert "not byte for byte" in words(archive(files | {MANIFEST: spaced}), "manifest")


@pytest.mark.parametrize(
    "nonsense",
    [b"", b"[]", b"{}", b'{"format":"compliant_sms evidence 1"}', b"\xff", b"[" * 100_000],
    ids=["empty", "list", "object", "only the format", "no text", "deep"],
)
def test_nonsense_in_place_of_the_json_is_named(pack: bytes, nonsense: bytes) -> None:
    """Whatever stands there, the check says that it cannot be read."""
    changed = rebuilt(unpacked(pack) | {JSON: nonsense})

    assert "cannot be read" in words(changed, JSON)


def test_a_later_format_is_not_taken_for_a_changed_one(pack: bytes) -> None:
    """The words say that this version does not read that format."""
    files = unpacked(pack)
    later = files[JSON].replace(b"compliant_sms evidence 1", b"compliant_sms evidence 2")

    assert "format that this version does not read" in words(rebuilt(files | {JSON: later}), JSON)


def test_the_same_json_written_otherwise_is_found(pack: bytes) -> None:
    """A blank more, or a field that nobody reads, fails."""
    files = unpacked(pack)

    for changed in (files[JSON] + b" ", files[JSON].replace(b"{", b'{"aside":"x",', 1)):
        assert "not byte for byte" in words(rebuilt(files | {JSON: changed}), JSON)


def test_a_page_of_another_layout_is_not_taken_for_a_changed_one(pack: bytes) -> None:
    """What another version drew cannot be compared, and is not called wrong."""
    files = unpacked(pack)
    newer, none = (files[JSON].replace(b'"page":1', b'"page":' + n) for n in (b"99", b"0"))
    result = check(rebuilt(files | {JSON: newer}), PAGE)

    assert result.result is Result.UNCHECKED
    assert "layout 99" in result.words
    assert "no version drew" in words(rebuilt(files | {JSON: none}), PAGE)


def test_what_cannot_be_drawn_is_named(pack: bytes) -> None:
    """A record that no page can be made of fails, without an exception."""
    files = unpacked(pack)
    lost = files[JSON].replace(b"America/Chicago", b"America/Nowhere")

    assert "cannot be drawn" in words(rebuilt(files | {JSON: lost}), PAGE)


def test_a_changed_event_is_named_by_its_chain(pack: bytes) -> None:
    """The words name the chain and the position of the first bad record."""
    chain = dossier_of(pack).chains[1]
    broken = forged(
        pack,
        lambda d: with_chains(d, lambda c: evolve(c, events=(*c.events[1:],)) if c.person else c),
    )

    assert f"Record 0 of chain {chain.chain_id}" in words(broken, "chains")


def test_recomputed_hashes_meet_the_checkpoint(pack: bytes) -> None:
    """Whoever changes an event and recomputes its chain is found by the checkpoint alone."""
    changed = forged(pack, lambda d: with_chains(d, lambda c: rewritten(c, random.Random(1))))

    assert failures(changed) == ["inclusion"]
    assert "The checkpoint does not hold record" in words(changed, "inclusion")


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
    assert "cannot be read" in words(spoil(digest="xyz"), "inclusion")
    assert "cannot be read" in words(spoil(inclusion=("*",)), "inclusion")


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
        made = link(chain.chain_id, canonical(event), None)
        record = EventRecord(payload=in_base64(made.payload), digest=made.digest.hex(), event=event)
        return evolve(chain, events=(record,))

    changed = said_otherwise(pack, lambda d: with_chains(d, later))

    assert "newer compliant_sms" in words(changed, "entries")
    assert "cannot be checked" in words(changed, "what was known")


DATA_KEY = b"a data key that nobody guesses!!"


def sealed(dossier: Dossier, key: bytes = DATA_KEY, *, told: bool = True) -> Dossier:
    """The dossier as a store with sealed payloads gives it."""

    def change(chain: ChainRecord) -> ChainRecord:
        events: list[EventRecord] = []
        before: Link | None = None
        for position, record in enumerate(chain.events):
            about = about_event(chain.chain_id, position)
            event = from_payload(canonical(record.event))
            payload = sealed_payload(event, partial(data_cipher(key).seal, about=about))
            before = link(chain.chain_id, payload, before)
            events.append(
                EventRecord(
                    payload=in_base64(payload),
                    digest=before.digest.hex(),
                    event=record.event if told else None,
                )
            )
        return evolve(chain, events=tuple(events), key=in_base64(key) if told else "")

    plain = with_chains(dossier, change)
    return evolve(plain, checkpoint="", earlier="", consistency=())


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
    assert "cannot be read" in words(changed(consistency=("*",)), "consistency")
    assert "did not grow" in words(
        changed(earlier=str(evolve(early, root=bytes(32)))), "consistency"
    )
    assert check(changed(earlier="", consistency=()), "consistency").result is Result.UNCHECKED


def test_events_that_joined_after_the_checkpoint_are_counted(pack: bytes) -> None:
    """What the checkpoint is too old for is said, and not called wrong."""
    changed = forged(
        pack,
        lambda d: with_chains(
            d,
            lambda c: evolve(
                c, events=(*c.events[:-1], evolve(c.events[-1], leaf=None, inclusion=()))
            ),
        ),
    )

    assert failures(changed) == []
    assert "2 joined the ledger later" in words(changed, "inclusion")


def test_a_kept_checkpoint_is_compared(pack: bytes) -> None:
    """One's own checkpoint is in the pack, or contradicts it, or nothing can be said of it."""
    point = Checkpoint.parse(dossier_of(pack).checkpoint)
    early = Checkpoint.parse(dossier_of(pack).earlier)
    later = evolve(point, at=UNTIL + timedelta(hours=1))
    plain = make_pack(sealed(dossier_of(pack)))

    for mine in (point, early, later):
        assert check(pack, "kept checkpoint", kept=mine).result is Result.PASSED
    assert "another root" in words(pack, "kept checkpoint", kept=evolve(point, root=bytes(32)))
    assert "proves nothing" in words(pack, "kept checkpoint", kept=evolve(point, size=99))
    assert "no checkpoint" in words(plain, "kept checkpoint", kept=point)


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
    assert "signed by none of the keys" in words(pack, "signature", keys=[Key()])


def test_no_words_repeat_what_a_patient_wrote(pack: bytes) -> None:
    """A report about a broken pack shows no body, name or number."""
    for seed in range(TRIALS):
        changed = flip_and_fit_the_manifest(pack, random.Random(f"shown {seed}"))
        told = repr(verify_pack(changed))

        assert not any(secret in told for secret in (PATIENT, "Ana", "vaccines", "please stop"))


def test_a_file_that_is_no_pack_is_told(tmp_path: Path) -> None:
    """Any other file is refused in words."""
    assert "no zip archive" in words(b"hello", "archive")
    assert failures(b"") == ["archive", "manifest", JSON]
