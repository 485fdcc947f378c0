"""Whatever is done to a pack shows, and the words say what is wrong."""

from __future__ import annotations

import random
import struct
import zipfile
from collections.abc import Callable
from io import BytesIO

import pytest
from attrs import evolve

from compliant_sms.evidence import (
    LAYOUT,
    Dossier,
    Result,
    verify_pack,
)
from compliant_sms.evidence._files import (
    JSON,
    MANIFEST,
    PAGE,
    archive,
    unpacked,
)
from conftest import PATIENT
from evidence_story import (
    check,
    dossier_of,
    failures,
    forged,
    pack,
    rebuilt,
    rewritten,
    with_chains,
    words,
)
from figures import Record

__all__ = ["pack"]

TRIALS = 30
NAMES = (JSON, PAGE, MANIFEST)


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
def test_tampering_is_found_again_and_again(
    pack: bytes, tamper: Callable[..., bytes], figures: Record
) -> None:
    """The same, 2,000 times each."""
    assert_found(pack, tamper, 2_000)
    figures(
        f"tampering with a dispute pack: {tamper.__name__.replace('_', ' ')}",
        {"alterations": 2_000},
        ("not found",),
        "the pack alone",
    )


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
def test_a_byte_that_changed_on_the_way(pack: bytes, name: str) -> None:
    """The file is said to be damaged, not missing, and what can be checked still is."""
    files = unpacked(pack)
    at = pack.index(files[name]) + files[name].index(b"1")
    changed = pack[:at] + b"2" + pack[at + 1 :]
    found = [each.name for each in verify_pack(changed).checks]

    assert f"the checksum of {name} differs" in words(changed, "archive")
    assert "missing" not in "".join(each.words for each in verify_pack(changed).checks)
    assert found[:3] == ["archive", "manifest", JSON]
    assert name == JSON or found == [each.name for each in verify_pack(pack).checks]


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


def test_a_field_of_a_later_version_is_not_taken_for_a_change(pack: bytes) -> None:
    """It fails here all the same, and the words say with what to check it."""
    files = unpacked(pack)
    more = files[JSON].replace(b'{"chains"', b'{"buttons":1,"chains"')
    newer = more.replace(b'"page":%d' % LAYOUT, b'"page":%d' % (LAYOUT + 1))

    assert "It was changed" in words(rebuilt(files | {JSON: more}), JSON)
    assert "a later version of compliant-sms" in words(rebuilt(files | {JSON: newer}), JSON)
    assert check(rebuilt(files | {JSON: newer}), JSON).result is Result.FAILED


def test_files_that_lie_over_each_other_are_not_read(pack: bytes) -> None:
    """A small archive names the same bytes a thousand times, to fill the reader's memory."""
    start = pack.rindex(b"PK\x01\x02")
    end = pack.rindex(b"PK\x05\x06")
    last = bytearray(pack[end:])
    entry = pack[start:end]
    struct.pack_into("<HHI", last, 8, 1000, 1000, 1000 * len(entry))
    struct.pack_into("<I", last, 16, start)
    changed = pack[:start] + entry * 1000 + bytes(last)

    assert "lie over each other" in words(changed, "archive")


def test_the_same_json_written_otherwise_is_found(pack: bytes) -> None:
    """A blank more, or a field that nobody reads, fails."""
    files = unpacked(pack)

    for changed in (files[JSON] + b" ", files[JSON].replace(b"{", b'{"aside":"x",', 1)):
        assert "not byte for byte" in words(rebuilt(files | {JSON: changed}), JSON)


def test_a_page_of_another_layout_is_not_taken_for_a_changed_one(pack: bytes) -> None:
    """What another version drew cannot be compared, and is not called wrong."""
    files = unpacked(pack)
    now = b'"page":%d' % LAYOUT
    newer, none = (files[JSON].replace(now, b'"page":' + n) for n in (b"99", b"0"))
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


def test_no_words_repeat_what_a_patient_wrote(pack: bytes) -> None:
    """A report about a broken pack shows no body, name or number."""
    for seed in range(TRIALS):
        changed = flip_and_fit_the_manifest(pack, random.Random(f"shown {seed}"))
        told = repr(verify_pack(changed))

        assert not any(secret in told for secret in (PATIENT, "Ana", "vaccines", "please stop"))


def test_a_file_that_is_no_pack_is_told() -> None:
    """Any other file is refused in words."""
    assert "no zip archive" in words(b"hello", "archive")
    assert failures(b"") == ["archive", "manifest", JSON]
