"""Verifying a ledger of a million events, against hashing the same bytes in a loop."""

from __future__ import annotations

import random
import sqlite3
import sys
from collections.abc import Iterator
from hashlib import sha256
from itertools import islice
from pathlib import Path
from statistics import median
from time import perf_counter

import setting
from report import Row

from compliant_sms import Wording
from compliant_sms.consent import Basis, Granted, Link, Tier, beginning, link, to_payload
from compliant_sms.driver import finish
from compliant_sms.flows import verify_ledger
from compliant_sms.phone import PhoneNumber
from compliant_sms.stores import PostgreSQL, SQLite

__all__ = ["rows"]

_LEAST = 0.2
_EVENTS = 1_000_000
_PRACTICE = "lakeside"
_PAYLOAD = to_payload(
    Granted(
        event_id="0" * 32,
        practice_id=_PRACTICE,
        number=PhoneNumber("+12175550134"),
        person="pat-881",
        occurred_at=setting.MORNING,
        recorded_at=setting.MORNING,
        actor="front-desk:ana",
        basis=Basis.INTAKE_FORM,
        tier=Tier.PRIOR_EXPRESS,
        categories=["appointments", "care"],
        wording=Wording(
            text="I agree to texts from Lakeside Family Medicine about my appointments and care.",
            version="2026-03",
        ),
    )
)
_COLUMNS = "chain_id, position, payload, digest"
_HEADS = "chain_id, practice_id, number, person, erased_below"


def rows(folder: Path, *, quick: bool) -> list[Row]:
    """Two events a person, in the order in which people come back."""
    events = _EVENTS // 10 if quick else _EVENTS
    file = folder / "verify.db"
    store = SQLite(file)
    store.open()
    _fill_sqlite(file, events)
    found = [_row("SQLite", store, events)]
    store.close()
    file.unlink()
    return found + _on_postgresql(events)


def _on_postgresql(events: int) -> list[Row]:
    sys.path.append(str(Path(__file__).resolve().parents[1] / "tests"))
    from databases import running_server  # noqa: PLC0415 - lies beside the tests

    with running_server() as server, server.database() as dsn:
        store = PostgreSQL(dsn)
        store.open()
        _fill_postgresql(dsn, events)
        try:
            return [_row("PostgreSQL", store, events)]
        finally:
            store.close()


def _row(name: str, store: SQLite | PostgreSQL, events: int) -> Row:
    ours, theirs = zip(*(_measured(store, events) for _ in range(3)), strict=True)
    times = median(a / b for a, b in zip(ours, theirs, strict=True))
    return Row(
        what=f"verify a ledger of {events:,} events on {name}, against hashing its bytes in a loop",
        measured=f"{median(ours):,.0f} events/s",
        baseline=f"{median(theirs):,.0f} events/s",
        ratio=f"{times:.2f}",
        bar=f"at least {_LEAST}",
        met=times >= _LEAST,
    )


def _measured(store: SQLite | PostgreSQL, events: int) -> tuple[float, float]:
    """Events a second: verified, and hashed before and after."""
    before = _hashed(events // 2)
    start = perf_counter()
    report = finish(verify_ledger(store.blocking(), _PRACTICE))
    taken = perf_counter() - start
    after = _hashed(events // 2)
    assert report.events == events
    return events / taken, events / (before + after)


def _hashed(times: int) -> float:
    message = bytes(23 + 8 + 32 + 8 + 32) + _PAYLOAD
    start = perf_counter()
    for _ in range(times):
        sha256(message).digest()
    return perf_counter() - start


def _fill_sqlite(file: Path, events: int) -> None:
    connection = sqlite3.connect(file, isolation_level=None)
    connection.execute("PRAGMA synchronous = OFF")
    connection.execute("BEGIN")
    for heads, links in _history(events):
        connection.executemany(f"INSERT INTO sms_chains ({_HEADS}) VALUES (?, ?, ?, ?, ?)", heads)
        connection.executemany(
            f"INSERT INTO sms_consent_events ({_COLUMNS}) VALUES (?, ?, ?, ?)", links
        )
    connection.execute("COMMIT")
    connection.close()


def _fill_postgresql(dsn: str, events: int) -> None:
    import psycopg  # noqa: PLC0415 - an extra

    with psycopg.connect(dsn) as connection:
        for heads, links in _history(events):
            for table, columns, batch in (
                ("sms_chains", _HEADS, heads),
                ("sms_consent_events", _COLUMNS, links),
            ):
                with connection.cursor().copy(f"COPY {table} ({columns}) FROM STDIN") as copy:
                    for row in batch:
                        copy.write_row(row)
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE sms_chains, sms_consent_events")


def _history(events: int) -> Iterator[tuple[list[tuple[object, ...]], list[tuple[object, ...]]]]:
    """Heads of chains and links, batch by batch."""
    made = _links(events)
    while batch := list(islice(made, 10_000)):
        heads = [(each.chain_id, *filed, 0) for each, filed in batch if each.position == 0]
        links = [(each.chain_id, each.position, each.payload, each.digest) for each, _ in batch]
        yield heads, links


def _links(events: int) -> Iterator[tuple[Link, tuple[str, str, str]]]:
    chance = random.Random(6962)
    waiting: list[Link] = []
    begun = 0
    for _ in range(events):
        filed = (_PRACTICE, f"+1{chance.randrange(10**10):010}", f"pat-{begun}")
        if begun * 2 < events and (not waiting or chance.random() < 0.5):
            begun += 1
            chain_id = f"{begun:012x}{chance.randbytes(10).hex()}"
            new = link(chain_id, _PAYLOAD, beginning(*filed))
            waiting.append(new)
        else:
            place = chance.randrange(len(waiting))
            waiting[place], waiting[-1] = waiting[-1], waiting[place]
            before = waiting.pop()
            new = link(before.chain_id, _PAYLOAD, before)
        yield new, filed
