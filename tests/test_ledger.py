"""The ledger as a whole: proofs, checkpoints, and tampering by somebody with all rights to it."""

from __future__ import annotations

import random
import sqlite3
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import closing
from copy import deepcopy
from datetime import timedelta
from pathlib import Path

import pytest
from attrs import evolve

from compliant_sms import AsyncMessenger, Messenger
from compliant_sms.consent import link
from compliant_sms.driver import finish
from compliant_sms.errors import InvalidCheckpoint, InvalidInput, LedgerTampered
from compliant_sms.evidence import (
    EMPTY_ROOT,
    Checkpoint,
    inclusion_proof,
    leaf_hash,
    tree_root,
    verify_consistency,
    verify_inclusion,
)
from compliant_sms.flows import checkpoint, consistency_proof, verify_ledger
from compliant_sms.flows import inclusion_proof as prove_inclusion
from compliant_sms.ports import Store
from compliant_sms.signing import SigningKey
from compliant_sms.stores import PostgreSQL, SQLite
from figures import Record
from ledgers import AT, PRACTICE, Raw, fill, read, write
from test_receive import from_patient
from test_send import agree, remind

KEY = SigningKey("lakeside.example/ledger", bytes(range(32)))
OTHER = SigningKey("lakeside.example/ledger", bytes(32))


class Ledger:
    """A ledger in a database, and where that lies."""

    def __init__(self, where: Path | str) -> None:
        self.where = where
        self._kind = SQLite(where) if isinstance(where, Path) else PostgreSQL(where)
        self.store: Store = self._kind.blocking()

    def checkpoint(self, key: SigningKey | None = None) -> Checkpoint:
        return finish(checkpoint(self.store, PRACTICE, AT, key))

    def close(self) -> None:
        self._kind.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def ledger(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Ledger]:
    """An empty ledger on each store."""
    if request.param == "sqlite":
        found = Ledger(tmp_path / "ledger.db")
    else:
        found = Ledger(request.getfixturevalue("used_postgres_dsn"))
    yield found
    found.close()


# Proofs


def test_checkpoints_fix_every_event_once(ledger: Ledger) -> None:
    """Roots and proofs are those that brute force makes of the events, whatever their number."""
    sizes = [0]
    for more in (1, 2, 0, 252, 1, 300, 90):
        fill(ledger.store, more, 40, first=sizes[-1])
        made = ledger.checkpoint()
        sizes.append(made.size)
        raw = read(ledger.where)
        digests = [e["digest"] for e in sorted(raw.events, key=lambda each: each["leaf"])]
        hashes = [leaf_hash(digest) for digest in digests]

        assert made.size == len(hashes) == sizes[-2] + more
        assert made.root == tree_root(hashes)
        assert [each["digest"] for each in sorted(raw.leaves, key=lambda e: e["leaf"])] == digests
    assert sizes == [0, 1, 3, 3, 255, 256, 556, 646]
    marks = [Checkpoint.parse(each["note"]) for each in raw.checkpoints]
    for each in random.Random(6962).sample(raw.events, 40):
        for mark in marks:
            found = finish(
                ledger.store.run(
                    lambda tx, each=each, mark=mark: prove_inclusion(
                        tx, PRACTICE, each["chain_id"], each["position"], mark.size
                    )
                )
            )
            if each["leaf"] >= mark.size:
                assert found is None
            else:
                assert found.hashes == inclusion_proof(hashes[: mark.size], each["leaf"])
                leaf = leaf_hash(each["digest"])
                assert verify_inclusion(leaf, found.leaf, found.size, mark.root, found.hashes)
    for old in marks:
        for new in marks[marks.index(old) :]:
            proof = finish(
                ledger.store.run(
                    lambda tx, old=old, new=new: consistency_proof(tx, PRACTICE, old.size, new.size)
                )
            )
            assert verify_consistency(old.size, old.root, new.size, new.root, proof)
    report = finish(verify_ledger(ledger.store, PRACTICE, marks))
    assert (report.events, report.checkpoints, report.proven) == (646, 14, 646)


def test_an_empty_ledger_has_a_checkpoint(ledger: Ledger) -> None:
    """Even that nothing was there can be proved later."""
    made = ledger.checkpoint()

    assert (made.size, made.root) == (0, EMPTY_ROOT)
    assert finish(verify_ledger(ledger.store, PRACTICE, [made])).checkpoints == 2


def test_an_event_waits_for_a_checkpoint(ledger: Ledger) -> None:
    """Events that no checkpoint took in have no proof, and neither has what never was."""
    fill(ledger.store, 3, 1)
    ledger.checkpoint()
    fill(ledger.store, 1, 1, first=3)

    async def prove(position: int, size: int) -> object:
        return await ledger.store.run(
            lambda tx: prove_inclusion(tx, PRACTICE, "chain-0000", position, size)
        )

    assert finish(prove(2, 3)) is not None
    assert finish(prove(3, 3)) is None
    assert finish(prove(9, 3)) is None
    with pytest.raises(InvalidInput, match="Make a checkpoint first"):
        finish(prove(2, 4))
    with pytest.raises(InvalidInput, match="swap them"):
        finish(ledger.store.run(lambda tx: consistency_proof(tx, PRACTICE, 3, 2)))


def test_practices_have_trees_of_their_own(make_messenger: Callable[..., Messenger]) -> None:
    """Two practices in one database do not stand in each other's checkpoints."""
    first = make_messenger()
    second = make_messenger(practice=evolve(first._ports.practice, id="hillside"))
    for messenger, times in ((first, 2), (second, 3)):
        for _ in range(times):
            messenger.consent.revoke("+12175550134", channel="spoken", recorded_by="ana")

    assert (first.checkpoint().size, second.checkpoint().size) == (2, 3)
    assert first.verify_ledger(against=[first.checkpoint()]).proven == 2
    with pytest.raises(InvalidCheckpoint, match="another practice"):
        first.verify_ledger(against=[second.checkpoint()])


async def _async_checkpoint(messenger: AsyncMessenger) -> tuple[Checkpoint, int]:
    async with messenger:
        made = await messenger.checkpoint(KEY)
        report = await messenger.verify_ledger(against=[made], keys=[KEY.public])
        return made, report.proven


def test_both_facades_make_and_check_checkpoints(messenger: Messenger, database: Path) -> None:
    """What one facade fixed the other finds as it was."""
    import asyncio  # noqa: PLC0415 - this test alone has a loop

    messenger.consent.revoke("+12175550134", channel="spoken", recorded_by="ana")
    ports = messenger._ports
    other = AsyncMessenger(
        practice=ports.practice, provider=ports.provider, store=SQLite(database), clock=ports.clock
    )
    made, proven = asyncio.run(_async_checkpoint(other))

    assert proven == made.size == 1
    assert made.at == ports.clock()
    assert messenger.verify_ledger(against=[made], keys=[KEY.public]).proven == 1


def test_memory_stays_the_same(tmp_path: Path) -> None:
    """Verifying four times as many events takes no more memory."""
    peaks = []
    ledger = Ledger(tmp_path / "ledger.db")
    for first, more in ((0, 3_000), (3_000, 9_000)):
        fill(ledger.store, more, 4_000, first)
        made = ledger.checkpoint()
        tracemalloc.start()
        report = finish(verify_ledger(ledger.store, PRACTICE, [made]))
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()

        assert report.events == report.proven == first + more
    ledger.close()
    assert peaks[1] < peaks[0] * 1.2


# Signatures


def test_a_signature_proves_without_a_kept_text(ledger: Ledger) -> None:
    """What a stored checkpoint signed counts as proven; unsigned ones say nothing to a stranger."""
    fill(ledger.store, 5, 2)
    ledger.checkpoint(KEY)
    fill(ledger.store, 2, 2, first=5)
    ledger.checkpoint()

    assert finish(verify_ledger(ledger.store, PRACTICE)).proven == 0
    assert finish(verify_ledger(ledger.store, PRACTICE, keys=[KEY.public])).proven == 5
    assert finish(verify_ledger(ledger.store, PRACTICE, keys=[OTHER.public])).proven == 0


def test_whoever_asks_for_signatures_gets_them(ledger: Ledger) -> None:
    """With a key, a checkpoint that was passed must be signed with it."""
    fill(ledger.store, 5, 2)
    made = ledger.checkpoint(KEY)

    assert finish(verify_ledger(ledger.store, PRACTICE, [made], [KEY.public])).proven == 5
    for wrong, keys in (
        (evolve(made, signatures=()), [KEY.public]),
        (evolve(made, size=4), [KEY.public]),
        (made, [OTHER.public]),
    ):
        with pytest.raises(InvalidCheckpoint):
            finish(verify_ledger(ledger.store, PRACTICE, [wrong], keys))


def test_a_rewritten_ledger_cannot_be_signed_anew(ledger: Ledger) -> None:
    """Rewriting everything takes the signature away, or leaves a wrong one."""
    fill(ledger.store, 5, 2)
    ledger.checkpoint(KEY)
    raw = read(ledger.where)
    signed = raw.checkpoints[0]["note"].split("\n\n")[1]
    rewrite_all(raw, random.Random(1))
    write(ledger.where, raw)
    assert finish(verify_ledger(ledger.store, PRACTICE, keys=[KEY.public])).proven == 0

    raw.checkpoints[0]["note"] += "\n" + signed
    write(ledger.where, raw)
    with pytest.raises(InvalidCheckpoint, match="wrong signature"):
        finish(verify_ledger(ledger.store, PRACTICE, keys=[KEY.public]))


# Tampering that shows by itself

Named = tuple[str, int] | None


def _flipped(value: bytes, chance: random.Random) -> bytes:
    bit = chance.randrange(len(value) * 8)
    changed = bytearray(value)
    changed[bit // 8] ^= 1 << bit % 8
    return bytes(changed)


def flip(raw: Raw, chance: random.Random) -> Named:
    """Change one bit of a record."""
    record = chance.choice(raw.events)
    name = chance.choice(["payload", "digest"])
    record[name] = _flipped(record[name], chance)
    return record["chain_id"], record["position"]


def refile(raw: Raw, chance: random.Random) -> Named:
    """File a chain under another number or person."""
    head = chance.choice(raw.chains)
    name = chance.choice(["number", "person"])
    head[name] = head[name][:-1] + "x"
    return head["chain_id"], 0


def renumber(raw: Raw, chance: random.Random) -> Named:
    """Give the last record of a chain a position further on."""
    record = raw.some_chain(chance)[-1]
    place = record["position"]
    record["position"] += chance.randint(1, 9)
    return record["chain_id"], place


def delete(raw: Raw, chance: random.Random) -> Named:
    """Take a record out, not at the end; perhaps close the gap."""
    chain = raw.some_chain(chance, least=2)
    gone = chance.choice(chain[:-1])
    raw.events.remove(gone)
    if chance.random() < 0.5:
        for later in chain[chain.index(gone) + 1 :]:
            later["position"] -= 1
    return gone["chain_id"], gone["position"]


def insert(raw: Raw, chance: random.Random) -> Named:
    """Put a record in that follows from the one before; the next one shows it."""
    chain = raw.some_chain(chance)
    record = chance.choice(chain)
    for later in chain[record["position"] :]:
        later["position"] += 1
    made = dict(record, seq=10_000, position=record["position"] - 1, leaf=None)
    made["payload"] = made["payload"].replace(b"spoken", b"letter")
    if made["position"]:
        (before,) = [c for c in chain if c["position"] == made["position"] - 1]
        about = link("", b"", b"")
        after = evolve(about, chain_id=made["chain_id"], position=before["position"])
        made_link = link(made["chain_id"], made["payload"], evolve(after, digest=before["digest"]))
    else:
        made_link = link(made["chain_id"], made["payload"], raw.begins(made["chain_id"]))
    made |= {"digest": made_link.digest}
    raw.events.append(made)
    return record["chain_id"], record["position"]


def swap(raw: Raw, chance: random.Random) -> Named:
    """Let two records of a chain change places."""
    chain = raw.some_chain(chance, least=2)
    first, second = sorted(chance.sample(chain, 2), key=lambda each: each["position"])
    for name in ("payload", "digest"):
        first[name], second[name] = second[name], first[name]
    return first["chain_id"], first["position"]


def exchange(raw: Raw, chance: random.Random) -> Named:
    """Let what two people said change places; whichever chain comes first shows it."""
    ids = sorted({each["chain_id"] for each in raw.events})
    first, second = (raw.chain(each)[-1] for each in sorted(chance.sample(ids, 2)))
    for name in ("payload", "digest"):
        first[name], second[name] = second[name], first[name]
    return first["chain_id"], first["position"]


ALONE = [flip, refile, renumber, delete, insert, swap, exchange]


# Tampering that only a checkpoint shows


def truncate(raw: Raw, chance: random.Random) -> Named:
    """Take the newest records of a chain away, one of a checkpoint among them."""
    chain = raw.some_chain(chance)
    left = chance.randrange(sum(each["leaf"] is not None for each in chain))
    for gone in chain[left:]:
        raw.events.remove(gone)
    return None


def drop_chain(raw: Raw, chance: random.Random) -> Named:
    """Take all that one person ever said away."""
    gone = chance.choice(raw.chains)["chain_id"]
    raw.chains = [each for each in raw.chains if each["chain_id"] != gone]
    raw.events = [each for each in raw.events if each["chain_id"] != gone]
    return None


def give_away(raw: Raw, chance: random.Random) -> Named:
    """File a chain under a practice that nobody verifies."""
    head = chance.choice(raw.chains)
    head["practice_id"] = "nowhere"
    return None


def rewrite(raw: Raw, chance: random.Random) -> Named:
    """Change what a record says, and compute every later hash of the chain anew."""
    record = chance.choice([each for each in raw.events if each["leaf"] is not None])
    record["payload"] = record["payload"].replace(b"spoken", b"letter")
    raw.rechain(record["chain_id"])
    return record["chain_id"], record["position"]


def rewrite_all(raw: Raw, chance: random.Random) -> Named:
    """The same, and the tree and all stored checkpoints as well."""
    rewrite(raw, chance)
    raw.replant()
    return None


def forget_all(raw: Raw, chance: random.Random) -> Named:
    """Take records away, and make tree and checkpoints as if they never had been."""
    chance.choice([truncate, drop_chain])(raw, chance)
    raw.replant()
    return None


def forget_checkpoints(raw: Raw, chance: random.Random) -> Named:
    """Take records away, and all that ever proved them."""
    chance.choice([truncate, drop_chain, rewrite])(raw, chance)
    raw.leaves, raw.tree, raw.checkpoints = [], [], []
    for each in raw.events:
        each["leaf"] = None
    return None


AGAINST = [truncate, drop_chain, give_away, rewrite, rewrite_all, forget_all, forget_checkpoints]

Tamper = Callable[[Raw, random.Random], Named]


def _tampered_ledger(ledger: Ledger) -> tuple[Raw, Checkpoint]:
    """A ledger of 9 chains with 40 records, all but two of them in a checkpoint."""
    fill(ledger.store, 25, 9)
    ledger.checkpoint()
    fill(ledger.store, 13, 7, first=25)
    kept = ledger.checkpoint()
    fill(ledger.store, 2, 1, first=38)
    return read(ledger.where), kept


def _found(ledger: Ledger, against: list[Checkpoint]) -> LedgerTampered:
    with pytest.raises(LedgerTampered, match="ledger was altered") as caught:
        finish(verify_ledger(ledger.store, PRACTICE, against))
    assert "555" not in str(caught.value)
    assert "pat-" not in str(caught.value)
    return caught.value


def _tamper(ledger: Ledger, kinds: list[Tamper], trials: int, seed: str) -> None:
    sound, kept = _tampered_ledger(ledger)
    assert finish(verify_ledger(ledger.store, PRACTICE, [kept])).proven == 38
    for trial in range(trials):
        chance = random.Random(f"{seed} {trial}")
        raw = deepcopy(sound)
        tamper = kinds[trial % len(kinds)]
        named = tamper(raw, chance)
        write(ledger.where, raw)
        error = _found(ledger, [] if kinds is ALONE else [kept])

        if named is not None:
            assert (error.chain_id, error.position) == named, tamper.__name__
        assert (error.checkpoint is None) == (kinds is ALONE), tamper.__name__
    write(ledger.where, sound)
    assert finish(verify_ledger(ledger.store, PRACTICE, [kept])).proven == 38


@pytest.mark.parametrize("kinds", [ALONE, AGAINST], ids=["alone", "against a checkpoint"])
def test_tampering_is_found(ledger: Ledger, kinds: list[Tamper]) -> None:
    """Whatever somebody does to the rows of the database is found, and named where it can be."""
    _tamper(ledger, kinds, trials=35 * (3 if isinstance(ledger.where, Path) else 1), seed="short")


@pytest.mark.endurance
@pytest.mark.parametrize("kinds", [ALONE, AGAINST], ids=["alone", "against a checkpoint"])
def test_tampering_is_found_ten_thousand_times(
    ledger: Ledger, kinds: list[Tamper], figures: Record
) -> None:
    """The same, ten thousand times."""
    _tamper(ledger, kinds, trials=10_000, seed="long")
    figures(
        f"tampering with the ledger, {'alone' if kinds is ALONE else 'against a checkpoint'}",
        {"alterations": 10_000, "kinds": len(kinds)},
        ("not found", "named wrongly"),
    )


def test_what_no_checkpoint_holds_can_be_cut_off(ledger: Ledger) -> None:
    """Records that came after the last checkpoint can vanish from the end, as the docs admit."""
    raw, kept = _tampered_ledger(ledger)
    raw.events = [each for each in raw.events if each["leaf"] is not None]
    write(ledger.where, raw)

    assert finish(verify_ledger(ledger.store, PRACTICE, [kept])).events == 38


@pytest.mark.parametrize("change", ["leaf", "digest", "gone", "note", "text", "size"])
def test_a_damaged_tree_shows(ledger: Ledger, change: str) -> None:
    """Whatever is done to leaves and stored checkpoints alone is found without a kept one."""
    raw, _ = _tampered_ledger(ledger)
    if change == "leaf":
        raw.leaves[7]["leaf"] = 99
    elif change == "digest":
        raw.leaves[7]["digest"] = bytes(32)
    elif change == "gone":
        raw.leaves.pop()
    elif change == "note":
        raw.checkpoints[0]["note"] = raw.checkpoints[0]["note"].replace("lakeside", "hillside")
    elif change == "text":
        raw.checkpoints[0]["note"] = "nothing"
    else:
        raw.checkpoints[0]["size"] = 24
    write(ledger.where, raw)

    assert _found(ledger, []).checkpoint in {24, 25, 38}


def test_a_chain_without_its_head_shows(tmp_path: Path) -> None:
    """Where only the row that names a chain is gone, nobody reads its records: that is found."""
    ledger = Ledger(tmp_path / "ledger.db")
    raw, kept = _tampered_ledger(ledger)
    gone = raw.chains.pop(3)["chain_id"]
    write(ledger.where, raw)

    assert _found(ledger, [kept]).chain_id == gone
    ledger.close()


@pytest.mark.parametrize("kept", ["sms_messages", "sms_inbound"])
def test_texts_without_their_chain_show(messenger: Messenger, database: Path, kept: str) -> None:
    """Who takes out a chain with all its records leaves the texts that belong to it behind."""
    agree(messenger)
    remind(messenger)
    messenger.receive(from_patient("my okapi hurts", "SM1"))
    messenger.dispatch_due()
    with closing(sqlite3.connect(database)) as other, other:
        if kept == "sms_inbound":
            other.execute("DELETE FROM sms_messages")
        (chain_id,) = other.execute(f"SELECT chain_id FROM {kept}").fetchone()
        for table in ("sms_consent_events", "sms_chains"):
            other.execute(f"DELETE FROM {table} WHERE chain_id = ?", (chain_id,))

    with pytest.raises(LedgerTampered, match="the chain is gone") as found:
        messenger.verify_ledger()
    assert (found.value.chain_id, found.value.position) == (chain_id, None)


def test_no_checkpoint_follows_a_ledger_that_was_rewritten(ledger: Ledger) -> None:
    """A ledger that contradicts its last checkpoint gets no new one."""
    raw, _ = _tampered_ledger(ledger)
    raw.leaves[7]["digest"] = bytes(32)
    write(ledger.where, raw)

    with pytest.raises(LedgerTampered, match="first 38 events") as caught:
        ledger.checkpoint()
    assert caught.value.checkpoint == 38


def test_nodes_that_are_missing_are_named_as_such(ledger: Ledger) -> None:
    """A proof that cannot be made says that the tree was damaged."""
    fill(ledger.store, 300, 10)
    ledger.checkpoint()
    raw = read(ledger.where)
    raw.tree.clear()
    write(ledger.where, raw)

    with pytest.raises(LedgerTampered, match="nodes of its Merkle tree are missing"):
        finish(ledger.store.run(lambda tx: prove_inclusion(tx, PRACTICE, "chain-0001", 29, 300)))


def test_nothing_counts_for_a_number_but_what_was_said_about_it(
    messenger: Messenger, database: Path
) -> None:
    """A grant filed under another number is not relied on: whoever reads it is told at once."""
    messenger.consent.grant(
        "+12175550134", person="pat-881", basis="spoken", recorded_by="front-desk:ana"
    )
    raw = read(database)
    raw.chains[0]["number"] = "+12175550136"
    raw.rechain(raw.chains[0]["chain_id"])
    write(database, raw)

    with pytest.raises(LedgerTampered, match="about another number") as caught:
        messenger.consent.state("+12175550136", person="pat-881")
    assert caught.value.position == 0
    assert messenger.consent.events("+12175550134") == ()


def test_a_checkpoint_says_when(messenger: Messenger) -> None:
    """The error names the checkpoint by its size and instant."""
    messenger.consent.revoke("+12175550134", channel="spoken", recorded_by="ana")
    made = messenger.checkpoint()
    later = evolve(made, size=2, at=made.at + timedelta(hours=1))

    with pytest.raises(
        LedgerTampered, match=r"first 2 events .* 2026-11-30 17:00:00 UTC"
    ) as caught:
        messenger.verify_ledger(against=[later])
    assert (caught.value.chain_id, caught.value.position) == (None, None)
