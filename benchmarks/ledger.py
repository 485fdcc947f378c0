"""Appending to the consent ledger, against a bare durable INSERT."""

from __future__ import annotations

import sqlite3
from itertools import count
from pathlib import Path
from statistics import fmean

import setting
from durable import bare_insert
from measure import in_turns, ratio, typical_block
from report import Row, per_second

from compliant_sms.stores import SQLite

__all__ = ["rows"]

_LEAST = 0.5


def rows(folder: Path, *, quick: bool) -> list[Row]:
    """One grant of consent after the other, each by a new person."""
    file = folder / "ledger.db"
    with setting.messenger(SQLite(file), "https://api.twilio.com") as messenger:
        persons = count()

        def grant() -> None:
            person = next(persons)
            number = setting.NUMBERS[person % len(setting.NUMBERS)]
            setting.consent(messenger, number, f"pat-{person}")

        for _ in setting.NUMBERS:  # until its log has its full length too
            grant()
        with bare_insert(folder, _payload(file)) as insert:
            works = {"grant": grant, "insert": insert}
            blocks = in_turns(works, rounds=5 if quick else 20, calls=50)
    rates = {name: [1 / fmean(block) for block in found] for name, found in blocks.items()}
    times = ratio(rates["grant"], rates["insert"])
    return [
        Row(
            what="ledger append, against a bare durable INSERT",
            measured=per_second(1 / typical_block(blocks["grant"])),
            baseline=per_second(1 / typical_block(blocks["insert"])),
            ratio=f"{times:.2f}",
            bar=f"at least {_LEAST}",
            met=times >= _LEAST,
        )
    ]


def _payload(file: Path) -> bytes:
    connection = sqlite3.connect(file)
    try:
        (payload,) = connection.execute("SELECT payload FROM sms_consent_events").fetchone()
        return bytes(payload)
    finally:
        connection.close()
