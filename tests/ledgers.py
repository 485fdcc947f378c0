"""Ledgers for the tests: made quickly, and laid open for whoever tampers with them."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg
from attrs import define, evolve
from psycopg import sql

from compliant_sms.consent import Basis, ConsentEvent, Granted, Tier, beginning, link
from compliant_sms.driver import finish
from compliant_sms.evidence import Checkpoint, leaf_hash, tree_root
from compliant_sms.phone import PhoneNumber
from compliant_sms.ports import Store, Transaction

PRACTICE = "lakeside"
AT = datetime(2026, 11, 30, 16, 0, tzinfo=UTC)

Row = dict[str, Any]


def event(number: int, person: int, serial: int) -> ConsentEvent:
    """A grant like any other."""
    return Granted(
        event_id=f"event-{serial}",
        practice_id=PRACTICE,
        number=PhoneNumber(f"+12175550{number:03}"),
        person=f"pat-{person}",
        occurred_at=AT,
        recorded_at=AT,
        actor="front-desk:ana",
        basis=Basis.SPOKEN,
        tier=Tier.PRIOR_EXPRESS,
        categories=["appointments"],
    )


def fill(store: Store, events: int, chains: int, first: int = 0) -> None:
    """Add events in one transaction, dealt out to so many chains."""

    async def work(tx: Transaction) -> None:
        for serial in range(first, first + events):
            each = serial % chains
            await tx.append(event(100 + each % 100, each, serial), f"chain-{each:04}")

    finish(store.run(work))


@define(kw_only=True)
class Raw:
    """The rows of a ledger, as somebody with all rights to the database has them."""

    chains: list[Row]
    events: list[Row]
    leaves: list[Row]
    tree: list[Row]
    checkpoints: list[Row]

    def chain(self, chain_id: str) -> list[Row]:
        """The records of a chain, in order."""
        found = [each for each in self.events if each["chain_id"] == chain_id]
        return sorted(found, key=lambda each: each["position"])

    def some_chain(self, chance: random.Random, least: int = 1) -> list[Row]:
        """The records of any chain that has so many of them."""
        ids = sorted({each["chain_id"] for each in self.events})
        return chance.choice([c for c in map(self.chain, ids) if len(c) >= least])

    def begins(self, chain_id: str) -> bytes:
        """What a chain begins with."""
        (head,) = [each for each in self.chains if each["chain_id"] == chain_id]
        return beginning(head["practice_id"], head["number"], head["person"])

    def rechain(self, chain_id: str) -> None:
        """Compute every hash of a chain anew, from what its records say now."""
        before: Any = self.begins(chain_id)
        for position, each in enumerate(self.chain(chain_id)):
            before = link(chain_id, each["payload"], before)
            each |= {"position": position, "digest": before.digest}

    def replant(self) -> None:
        """Compute the tree and all checkpoints anew, from what the events say now."""
        now = {(each["chain_id"], each["position"]): each for each in self.events}
        kept = [each for each in self.leaves if (each["chain_id"], each["position"]) in now]
        self.leaves = sorted(kept, key=lambda each: each["leaf"])
        for index, leaf in enumerate(self.leaves):
            record = now[leaf["chain_id"], leaf["position"]]
            leaf |= {"leaf": index, "digest": record["digest"]}
            record["leaf"] = index
        hashes = [leaf_hash(each["digest"]) for each in self.leaves]
        assert len(hashes) < 256, "no nodes above the leaves"
        for each in self.checkpoints:
            size = min(each["size"], len(hashes))
            root = tree_root(hashes[:size])
            old = Checkpoint.parse(each["note"])
            each |= {"size": size, "note": str(evolve(old, size=size, root=root, signatures=()))}


_TABLES = {
    "chains": "sms_chains",
    "events": "sms_consent_events",
    "leaves": "sms_leaves",
    "tree": "sms_tree",
    "checkpoints": "sms_checkpoints",
}


@contextmanager
def _sqlite(file: Path) -> Iterator[Callable[..., Any]]:
    with closing(sqlite3.connect(file)) as connection, connection:

        def run(statement: str, values: tuple[Any, ...] = ()) -> Any:
            return connection.execute(statement.replace("%s", "?"), values)

        yield run


@contextmanager
def _postgresql(dsn: str) -> Iterator[Callable[..., Any]]:
    with psycopg.connect(dsn) as connection:

        def run(statement: str, values: tuple[Any, ...] = ()) -> Any:
            text = statement.replace(") VALUES", ") OVERRIDING SYSTEM VALUE VALUES")
            return connection.execute(sql.SQL(text), values)  # type: ignore[arg-type]

        yield run


def _opened(where: Path | str) -> Any:
    return _sqlite(where) if isinstance(where, Path) else _postgresql(where)


def read(where: Path | str) -> Raw:
    """All rows of the ledger in a database."""
    found = {}
    with _opened(where) as run:
        for name, table in _TABLES.items():
            cursor = run(f"SELECT * FROM {table}")
            columns = [column[0] for column in cursor.description]
            found[name] = [dict(zip(columns, row, strict=True)) for row in cursor.fetchall()]
    return Raw(**found)


def write(where: Path | str, raw: Raw) -> None:
    """Put these rows in the place of all that are there."""
    with _opened(where) as run:
        for table in reversed(_TABLES.values()):
            run(f"DELETE FROM {table}")
        for name, table in _TABLES.items():
            for row in getattr(raw, name):
                marks = ", ".join(["%s"] * len(row))
                run(f"INSERT INTO {table} ({', '.join(row)}) VALUES ({marks})", tuple(row.values()))
