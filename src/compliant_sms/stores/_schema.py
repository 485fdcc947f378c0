"""The tables. Numbered steps, forward only; each runs in one transaction.

Every table begins with ``sms_``, so that they can lie beside a host's own.
"""

from __future__ import annotations

from typing import LiteralString

__all__ = ["MIGRATIONS", "VERSION"]

# Instants are texts of one width in UTC, so that they sort: 2026-12-01T20:30:00.000000Z.
_FIRST: tuple[LiteralString, ...] = (
    """CREATE TABLE sms_schema (version INTEGER NOT NULL)""",
    """CREATE TABLE sms_practices (
        sender TEXT PRIMARY KEY,
        practice_id TEXT NOT NULL,
        record BLOB NOT NULL
    )""",
    """CREATE TABLE sms_chains (
        chain_id TEXT PRIMARY KEY,
        practice_id TEXT NOT NULL,
        number TEXT NOT NULL,
        person TEXT NOT NULL,
        UNIQUE (practice_id, number, person)
    ) WITHOUT ROWID""",
    """CREATE INDEX sms_chains_by_person ON sms_chains (practice_id, person)""",
    """CREATE TABLE sms_consent_events (
        seq INTEGER PRIMARY KEY,
        chain_id TEXT NOT NULL REFERENCES sms_chains,
        position INTEGER NOT NULL,
        previous BLOB NOT NULL,
        payload BLOB NOT NULL,
        digest BLOB NOT NULL,
        UNIQUE (chain_id, position)
    )""",
    """CREATE TABLE sms_messages (
        message_id TEXT PRIMARY KEY,
        practice_id TEXT NOT NULL,
        idempotency_key TEXT NOT NULL,
        number TEXT NOT NULL,
        person TEXT NOT NULL,
        purpose TEXT NOT NULL,
        draft BLOB NOT NULL,
        created_at TEXT NOT NULL,
        state TEXT NOT NULL,
        not_before TEXT NOT NULL,
        claimed_until TEXT,
        attempts INTEGER NOT NULL,
        provider TEXT,
        provider_id TEXT,
        problem BLOB,
        UNIQUE (practice_id, idempotency_key)
    ) WITHOUT ROWID""",
    """CREATE INDEX sms_messages_by_number ON sms_messages (practice_id, number)""",
    """CREATE INDEX sms_messages_by_person ON sms_messages (practice_id, person)""",
    """CREATE INDEX sms_messages_by_provider_id ON sms_messages (provider, provider_id)
        WHERE provider_id IS NOT NULL""",
    """CREATE INDEX sms_messages_due ON sms_messages (practice_id, not_before)
        WHERE state IN ('due', 'held')""",
    """CREATE INDEX sms_messages_open ON sms_messages (practice_id, state, claimed_until)
        WHERE state IN ('claimed', 'uncertain')""",
    """CREATE TABLE sms_steps (
        seq INTEGER PRIMARY KEY,
        message_id TEXT NOT NULL REFERENCES sms_messages,
        at TEXT NOT NULL,
        state TEXT NOT NULL
    )""",
    """CREATE INDEX sms_steps_by_message ON sms_steps (message_id)""",
    """CREATE TABLE sms_decisions (
        seq INTEGER PRIMARY KEY,
        message_id TEXT NOT NULL REFERENCES sms_messages,
        record BLOB NOT NULL
    )""",
    """CREATE INDEX sms_decisions_by_message ON sms_decisions (message_id)""",
    """CREATE TABLE sms_inbound (
        inbound_id TEXT PRIMARY KEY,
        practice_id TEXT NOT NULL,
        provider TEXT NOT NULL,
        provider_key TEXT NOT NULL,
        number TEXT NOT NULL,
        received_at TEXT NOT NULL,
        record BLOB NOT NULL,
        UNIQUE (provider, provider_key)
    )""",
    """CREATE INDEX sms_inbound_by_number ON sms_inbound (practice_id, number)""",
    """CREATE TABLE sms_callbacks (
        seq INTEGER PRIMARY KEY,
        provider TEXT NOT NULL,
        provider_key TEXT NOT NULL,
        message_id TEXT,
        at TEXT NOT NULL,
        record BLOB NOT NULL,
        UNIQUE (provider, provider_key)
    )""",
)

_SECOND: tuple[LiteralString, ...] = (
    "ALTER TABLE sms_messages ADD COLUMN left_at TEXT",
    "ALTER TABLE sms_messages ADD COLUMN departure BLOB",
    """CREATE TABLE sms_volume (
        practice_id TEXT NOT NULL,
        minute TEXT NOT NULL,
        segments INTEGER NOT NULL,
        PRIMARY KEY (practice_id, minute)
    ) WITHOUT ROWID""",
)

MIGRATIONS: tuple[tuple[LiteralString, ...], ...] = (_FIRST, _SECOND)
VERSION = len(MIGRATIONS)
