"""The tables. Numbered steps, forward only; each runs in one transaction.

Every table begins with ``sms_``, so that they can lie beside a host's own. Types stand in braces,
for the dialect to fill in.
"""

from __future__ import annotations

import re
from typing import LiteralString

from compliant_sms.errors import NotOurDatabase, SchemaTooNew, SchemaTooOld
from compliant_sms.stores._dialect import Dialect

_CREATED = re.compile(r"CREATE TABLE (\w+)")

# Instants are texts of one width in UTC, so that they sort: 2026-12-01T20:30:00.000000Z.
_VERSION: tuple[LiteralString, ...] = ("CREATE TABLE sms_schema (version INTEGER NOT NULL)",)

_PRACTICES: tuple[LiteralString, ...] = (
    """CREATE TABLE sms_practices (
        sender {text} PRIMARY KEY,
        practice_id {text} NOT NULL,
        plaintext {text} NOT NULL,
        record {blob} NOT NULL
    )""",
)

# Under a keyring, number and person are what the blind index makes of them: see _vault.py.
_CONSENT: tuple[LiteralString, ...] = (
    """CREATE TABLE sms_vaults (
        practice_id {text} PRIMARY KEY,
        key_id {text},
        index_key {blob},
        plaintext {text}
    )""",
    """CREATE TABLE sms_chains (
        chain_id {text} PRIMARY KEY,
        practice_id {text} NOT NULL,
        number {text} NOT NULL,
        person {text} NOT NULL,
        key_id {text},
        data_key {blob},
        identity {blob},
        erased_below INTEGER NOT NULL,
        UNIQUE (practice_id, number, person)
    ) {keyed}""",
    """CREATE INDEX sms_chains_by_key ON sms_chains (key_id) WHERE data_key IS NOT NULL""",
    """CREATE UNIQUE INDEX sms_chains_of_practice ON sms_chains (practice_id, chain_id)""",
    """CREATE INDEX sms_chains_by_person ON sms_chains (practice_id, person)""",
    """CREATE TABLE sms_consent_events (
        seq {serial},
        chain_id {text} NOT NULL REFERENCES sms_chains,
        position INTEGER NOT NULL,
        payload {blob} NOT NULL,
        digest {blob} NOT NULL,
        leaf INTEGER,
        UNIQUE (chain_id, position)
    )""",
    """CREATE INDEX sms_consent_events_no_leaf ON sms_consent_events (seq) WHERE leaf IS NULL""",
)

# Leaves of each practice's Merkle tree; nodes at every eighth height; checkpoints as texts.
_TREE: tuple[LiteralString, ...] = (
    """CREATE TABLE sms_leaves (
        practice_id {text} NOT NULL,
        leaf INTEGER NOT NULL,
        chain_id {text} NOT NULL,
        position INTEGER NOT NULL,
        digest {blob} NOT NULL,
        PRIMARY KEY (practice_id, leaf)
    ) {keyed}""",
    """CREATE TABLE sms_tree (
        practice_id {text} NOT NULL,
        level INTEGER NOT NULL,
        position INTEGER NOT NULL,
        hash {blob} NOT NULL,
        PRIMARY KEY (practice_id, level, position)
    ) {keyed}""",
    """CREATE TABLE sms_checkpoints (
        seq {serial},
        practice_id {text} NOT NULL,
        size INTEGER NOT NULL,
        note {text} NOT NULL
    )""",
    """CREATE INDEX sms_checkpoints_by_size ON sms_checkpoints (practice_id, size, seq)""",
)

_TEXTS: tuple[LiteralString, ...] = (
    """CREATE TABLE sms_messages (
        message_id {text} PRIMARY KEY,
        practice_id {text} NOT NULL,
        idempotency_key {text} NOT NULL,
        chain_id {text} NOT NULL REFERENCES sms_chains,
        number {text} NOT NULL,
        person {text} NOT NULL,
        purpose {text} NOT NULL,
        draft {blob} NOT NULL,
        created_at {text} NOT NULL,
        state {text} NOT NULL,
        urgency INTEGER NOT NULL,
        not_before {text} NOT NULL,
        reserved_until {text},
        claimed_until {text},
        attempts INTEGER NOT NULL,
        provider {text},
        provider_id {text},
        problem {blob},
        left_at {text},
        departure {blob},
        purged {blob},
        UNIQUE (practice_id, idempotency_key)
    ) {keyed}""",
    """CREATE INDEX sms_messages_by_number ON sms_messages (practice_id, number)""",
    """CREATE INDEX sms_messages_by_person ON sms_messages (practice_id, person)""",
    """CREATE INDEX sms_messages_by_provider_id
        ON sms_messages (practice_id, provider, provider_id)
        WHERE provider_id IS NOT NULL""",
    """CREATE INDEX sms_messages_due
        ON sms_messages (practice_id, urgency, not_before, message_id)
        WHERE state IN ('due', 'held')""",
    """CREATE INDEX sms_messages_open ON sms_messages (practice_id, state, claimed_until)
        WHERE state IN ('claimed', 'uncertain')""",
    """CREATE TABLE sms_steps (
        seq {serial},
        message_id {text} NOT NULL REFERENCES sms_messages,
        at {text} NOT NULL,
        state {text} NOT NULL
    )""",
    """CREATE INDEX sms_steps_by_message ON sms_steps (message_id)""",
    """CREATE TABLE sms_decisions (
        seq {serial},
        message_id {text} NOT NULL REFERENCES sms_messages,
        record {blob} NOT NULL,
        purged {blob}
    )""",
    """CREATE INDEX sms_decisions_by_message ON sms_decisions (message_id)""",
    """CREATE TABLE sms_volume (
        practice_id {text} NOT NULL,
        minute {text} NOT NULL,
        segments INTEGER NOT NULL,
        PRIMARY KEY (practice_id, minute)
    ) {keyed}""",
)

_INBOUND: tuple[LiteralString, ...] = (
    """CREATE TABLE sms_inbound (
        seq {serial},
        inbound_id {text} NOT NULL UNIQUE,
        practice_id {text} NOT NULL,
        provider {text} NOT NULL,
        provider_key {text} NOT NULL,
        chain_id {text} NOT NULL REFERENCES sms_chains,
        number {text} NOT NULL,
        received_at {text} NOT NULL,
        record {blob} NOT NULL,
        purged {blob},
        UNIQUE (practice_id, provider, provider_key)
    )""",
    """CREATE INDEX sms_inbound_by_number ON sms_inbound (practice_id, number)""",
    """CREATE TABLE sms_callbacks (
        seq {serial},
        practice_id {text} NOT NULL,
        provider {text} NOT NULL,
        provider_key {text} NOT NULL,
        provider_id {text} NOT NULL,
        message_id {text},
        at {text} NOT NULL,
        record {blob} NOT NULL,
        UNIQUE (practice_id, provider, provider_key)
    )""",
    """CREATE INDEX sms_callbacks_by_message ON sms_callbacks (message_id)
        WHERE message_id IS NOT NULL""",
    """CREATE INDEX sms_callbacks_early ON sms_callbacks (practice_id, provider, provider_id)
        WHERE message_id IS NULL""",
)

_RATES: tuple[LiteralString, ...] = (
    """CREATE TABLE sms_buckets (
        name {text} PRIMARY KEY,
        level {real} NOT NULL,
        at {text} NOT NULL
    ) {keyed}""",
)

_AUDIT: tuple[LiteralString, ...] = (
    """CREATE TABLE sms_audit (
        practice_id {text} NOT NULL,
        position INTEGER NOT NULL,
        payload {blob} NOT NULL,
        digest {blob} NOT NULL,
        PRIMARY KEY (practice_id, position)
    )""",
)

_IMPORTS: tuple[LiteralString, ...] = (
    """CREATE TABLE sms_imports (
        practice_id {text} NOT NULL,
        kind {text} NOT NULL,
        row_key {text} NOT NULL,
        PRIMARY KEY (practice_id, kind, row_key)
    ) {keyed}""",
)

_RETENTION: tuple[LiteralString, ...] = (
    """CREATE TABLE sms_holds (
        hold_id {text} PRIMARY KEY,
        practice_id {text} NOT NULL,
        person {text} NOT NULL,
        number {text} NOT NULL,
        placed_at {text} NOT NULL,
        lifted_at {text},
        record {blob} NOT NULL
    )""",
)

# Each medium of a text that came in; its URL is in the text's record.
_MEDIA: tuple[LiteralString, ...] = (
    """CREATE TABLE sms_media (
        inbound_id {text} NOT NULL REFERENCES sms_inbound (inbound_id),
        position INTEGER NOT NULL,
        practice_id {text} NOT NULL,
        again_at {text},
        attempts INTEGER NOT NULL,
        problem {text} NOT NULL,
        content_type {text} NOT NULL,
        content {blob},
        PRIMARY KEY (inbound_id, position)
    )""",
    """CREATE INDEX sms_media_due ON sms_media (practice_id, again_at)
        WHERE again_at IS NOT NULL""",
)

# Each text that its callback did not prove. Once that is settled nothing but its id is left.
_UNCONFIRMED: tuple[LiteralString, ...] = (
    """CREATE TABLE sms_unconfirmed (
        inbound_id {text} PRIMARY KEY REFERENCES sms_inbound (inbound_id),
        practice_id {text} NOT NULL,
        again_at {text},
        attempts INTEGER NOT NULL,
        record {blob} NOT NULL
    ) {keyed}""",
    """CREATE INDEX sms_unconfirmed_due ON sms_unconfirmed (practice_id, again_at)
        WHERE again_at IS NOT NULL""",
)

# The page behind a text's link, and whoever came to it. The token itself is in neither.
_SECURE_PAGES: tuple[LiteralString, ...] = (
    """CREATE TABLE sms_secure_pages (
        message_id {text} PRIMARY KEY REFERENCES sms_messages,
        practice_id {text} NOT NULL,
        token_hash {blob} NOT NULL UNIQUE,
        created_at {text} NOT NULL,
        expires_at {text} NOT NULL,
        attempts INTEGER NOT NULL,
        opened INTEGER NOT NULL,
        replies INTEGER NOT NULL,
        read_at {text},
        withdrawn_at {text},
        record {blob}
    ) {keyed}""",
    """CREATE INDEX sms_secure_pages_shown ON sms_secure_pages (practice_id, message_id, expires_at)
        WHERE record IS NOT NULL""",
    """CREATE TABLE sms_page_accesses (
        seq {serial},
        message_id {text} NOT NULL REFERENCES sms_secure_pages,
        practice_id {text} NOT NULL,
        at {text} NOT NULL,
        what {text} NOT NULL,
        inbound_id {text},
        record {blob},
        acknowledged_at {text}
    )""",
    """CREATE INDEX sms_page_accesses_by_page ON sms_page_accesses (message_id)""",
    """CREATE INDEX sms_page_accesses_new ON sms_page_accesses (practice_id, seq)
        WHERE acknowledged_at IS NULL""",
)

# A text's place on a local day of the practice, by its plan: no place is given twice. Where the
# text's id is empty the place was given back.
_VOLUME: tuple[LiteralString, ...] = (
    """CREATE TABLE sms_places (
        practice_id {text} NOT NULL,
        day {text} NOT NULL,
        place INTEGER NOT NULL,
        message_id {text} NOT NULL,
        PRIMARY KEY (practice_id, day, place)
    ) {keyed}""",
    """CREATE INDEX sms_places_by_message ON sms_places (message_id)""",
    """CREATE TABLE sms_pauses (
        practice_id {text} NOT NULL,
        scope {text} NOT NULL,
        since {text} NOT NULL,
        lifted_at {text},
        record {blob} NOT NULL,
        PRIMARY KEY (practice_id, scope)
    ) {keyed}""",
)

# Visits, which reminders of them which texts tell of, and what patients answered.
_APPOINTMENTS: tuple[LiteralString, ...] = (
    """CREATE TABLE sms_appointments (
        seq {serial},
        practice_id {text} NOT NULL,
        appointment_id {text} NOT NULL,
        occurrence {text} NOT NULL,
        chain_id {text} NOT NULL REFERENCES sms_chains,
        number {text} NOT NULL,
        person {text} NOT NULL,
        status {text} NOT NULL,
        sequence INTEGER NOT NULL,
        revision INTEGER NOT NULL,
        since {text} NOT NULL,
        look_at {text},
        changed_at {text} NOT NULL,
        record {blob} NOT NULL,
        purged {blob},
        UNIQUE (practice_id, appointment_id, occurrence)
    )""",
    """CREATE INDEX sms_appointments_due ON sms_appointments (practice_id, look_at)
        WHERE look_at IS NOT NULL""",
    """CREATE INDEX sms_appointments_by_number ON sms_appointments (practice_id, number)
        WHERE look_at IS NOT NULL""",
    """CREATE INDEX sms_appointments_by_person ON sms_appointments (practice_id, person)""",
    """CREATE INDEX sms_appointments_by_chain ON sms_appointments (chain_id)""",
    """CREATE TABLE sms_reminders (
        practice_id {text} NOT NULL,
        appointment_id {text} NOT NULL,
        occurrence {text} NOT NULL,
        code {text} NOT NULL,
        number INTEGER NOT NULL,
        sequence INTEGER NOT NULL,
        revision INTEGER NOT NULL,
        message_id {text} NOT NULL REFERENCES sms_messages,
        until_at {text} NOT NULL,
        void {text} NOT NULL,
        PRIMARY KEY (practice_id, appointment_id, occurrence, code, number)
    ) {keyed}""",
    """CREATE INDEX sms_reminders_by_message ON sms_reminders (message_id)""",
    """CREATE TABLE sms_visit_answers (
        seq {serial},
        answer_id {text} NOT NULL UNIQUE,
        practice_id {text} NOT NULL,
        appointment_id {text} NOT NULL,
        occurrence {text} NOT NULL,
        answer {text} NOT NULL,
        at {text} NOT NULL,
        message_id {text} NOT NULL,
        inbound_id {text} NOT NULL,
        stands INTEGER NOT NULL,
        shared INTEGER NOT NULL,
        replaces {text},
        settled_at {text}
    )""",
    """CREATE INDEX sms_visit_answers_open ON sms_visit_answers (practice_id, seq)
        WHERE settled_at IS NULL""",
    """CREATE INDEX sms_visit_answers_by_visit
        ON sms_visit_answers (practice_id, appointment_id, occurrence)""",
)

# Threads with patients; what waits in them; which texts of ours answer that; what was done with
# them. A thread that was joined to another, or erased, says so and is not found any more.
_CONVERSATIONS: tuple[LiteralString, ...] = (
    """CREATE TABLE sms_threads (
        thread_id {text} PRIMARY KEY,
        practice_id {text} NOT NULL,
        chain_id {text} NOT NULL REFERENCES sms_chains,
        number {text} NOT NULL,
        person {text} NOT NULL,
        queue {text} NOT NULL,
        assignee {text} NOT NULL,
        last_at {text} NOT NULL,
        closed_at {text},
        joined_to {text} NOT NULL,
        record {blob} NOT NULL
    ) {keyed}""",
    """CREATE UNIQUE INDEX sms_threads_of ON sms_threads (practice_id, number, person)
        WHERE joined_to = ''""",
    """CREATE INDEX sms_threads_by_chain ON sms_threads (chain_id)""",
    """CREATE TABLE sms_waits (
        seq {serial},
        wait_id {text} NOT NULL UNIQUE,
        practice_id {text} NOT NULL,
        thread_id {text} NOT NULL REFERENCES sms_threads,
        queue {text} NOT NULL,
        inbound_id {text} UNIQUE,
        at {text} NOT NULL,
        asks INTEGER NOT NULL,
        warn_at {text} NOT NULL,
        due_at {text} NOT NULL,
        point_at {text} NOT NULL,
        raised INTEGER NOT NULL,
        settled {text} NOT NULL,
        settled_at {text}
    )""",
    """CREATE INDEX sms_waits_by_thread ON sms_waits (thread_id, seq)""",
    """CREATE INDEX sms_waits_by_time ON sms_waits (practice_id, at)""",
    """CREATE INDEX sms_waits_open ON sms_waits (practice_id, due_at) WHERE settled = ''""",
    """CREATE TABLE sms_answers (
        wait_id {text} NOT NULL REFERENCES sms_waits (wait_id),
        message_id {text} NOT NULL REFERENCES sms_messages,
        PRIMARY KEY (wait_id, message_id)
    ) {keyed}""",
    """CREATE INDEX sms_answers_by_message ON sms_answers (message_id)""",
    """CREATE TABLE sms_thread_entries (
        seq {serial},
        entry_id {text} NOT NULL UNIQUE,
        practice_id {text} NOT NULL,
        thread_id {text} NOT NULL REFERENCES sms_threads,
        at {text} NOT NULL,
        record {blob} NOT NULL,
        purged {blob}
    )""",
    """CREATE INDEX sms_thread_entries_by_thread ON sms_thread_entries (thread_id, seq)""",
    """CREATE TABLE sms_inbox_events (
        seq {serial},
        event_id {text} NOT NULL UNIQUE,
        practice_id {text} NOT NULL,
        kind {text} NOT NULL,
        at {text} NOT NULL,
        thread_id {text} NOT NULL,
        queue {text} NOT NULL,
        told {text} NOT NULL,
        reference {text} NOT NULL,
        acknowledged_at {text},
        UNIQUE (practice_id, kind, reference)
    )""",
    """CREATE INDEX sms_inbox_events_new ON sms_inbox_events (practice_id, seq)
        WHERE acknowledged_at IS NULL""",
    """CREATE TABLE sms_dismissed (
        practice_id {text} NOT NULL,
        kind {text} NOT NULL,
        reference {text} NOT NULL,
        at {text} NOT NULL,
        PRIMARY KEY (practice_id, kind, reference)
    ) {keyed}""",
    """CREATE INDEX sms_messages_undelivered ON sms_messages (practice_id, state)
        WHERE state IN ('failed', 'undelivered', 'blocked')""",
)

# Callbacks of a day (UTC) that proved nothing: how many, and when the last of them came.
_REFUSALS: tuple[LiteralString, ...] = (
    """CREATE TABLE sms_refusals (
        practice_id {text} NOT NULL,
        provider {text} NOT NULL,
        day {text} NOT NULL,
        refused INTEGER NOT NULL,
        last_at {text} NOT NULL,
        PRIMARY KEY (practice_id, provider, day)
    ) {keyed}""",
)

# What figures() asks of a period, so that a day costs the same after years.
_FIGURES: tuple[LiteralString, ...] = (
    """CREATE INDEX sms_steps_by_time ON sms_steps (at)""",
    """CREATE INDEX sms_inbound_by_time ON sms_inbound (practice_id, received_at)""",
    """CREATE INDEX sms_consent_events_revoked ON sms_consent_events (chain_id) WHERE {revoked}""",
)

# Texts that a provider took and told no end of: since when that is waited for, which is when it
# took the text or was asked last; NULL where nobody waits, or it is asked no more.
_REPORTS: tuple[LiteralString, ...] = (
    """ALTER TABLE sms_messages ADD COLUMN unreported_since {text}""",
    """ALTER TABLE sms_messages ADD COLUMN asked INTEGER NOT NULL DEFAULT 0""",
    """CREATE INDEX sms_messages_unreported
        ON sms_messages (practice_id, provider, asked, unreported_since, message_id)
        WHERE unreported_since IS NOT NULL""",
)

# A text that came in says whether it lies in a thread, so that those that do not are found without
# going through all. The visits of a number, or of a person, lie in the order in which they are
# read: otherwise SQLite, which counts no rows, goes through all of the practice to save the sort.
_FOUND_AT_ONCE: tuple[LiteralString, ...] = (
    """ALTER TABLE sms_inbound ADD COLUMN filed INTEGER NOT NULL DEFAULT 0""",
    """UPDATE sms_inbound SET filed = 1 WHERE EXISTS (
        SELECT 1 FROM sms_waits w WHERE w.inbound_id = sms_inbound.inbound_id)""",
    """CREATE INDEX sms_inbound_unfiled ON sms_inbound (practice_id, seq)
        WHERE filed = 0 AND purged IS NULL""",
    """DROP INDEX sms_appointments_by_number""",
    """CREATE INDEX sms_appointments_by_number
        ON sms_appointments (practice_id, number, appointment_id, occurrence)
        WHERE look_at IS NOT NULL""",
    """DROP INDEX sms_appointments_by_person""",
    """CREATE INDEX sms_appointments_by_person
        ON sms_appointments (practice_id, person, appointment_id, occurrence)""",
)

# Texts that somebody reserved, by when that runs out: those that failed longest ago come first. And
# how often a text was refused for a reason that passes, which claims alone do not tell.
_RESERVED: tuple[LiteralString, ...] = (
    """CREATE INDEX sms_messages_reserved
        ON sms_messages (practice_id, urgency, reserved_until, message_id)
        WHERE state IN ('due', 'held') AND reserved_until IS NOT NULL""",
    """ALTER TABLE sms_messages ADD COLUMN refusals INTEGER NOT NULL DEFAULT 0""",
)

# How often a text was reserved since its state last changed. One that came to nothing once has its
# place again; more often, it goes behind the others.
_RETRIES: tuple[LiteralString, ...] = (
    """ALTER TABLE sms_messages ADD COLUMN reservations INTEGER NOT NULL DEFAULT 0""",
)

# Whether a patient's answer about a visit comes with more that has to be read.
_ANSWERS: tuple[LiteralString, ...] = (
    """ALTER TABLE sms_visit_answers ADD COLUMN says_more INTEGER NOT NULL DEFAULT 0""",
)

_STEPS: tuple[tuple[LiteralString, ...], ...] = (
    (
        *_VERSION,
        *_PRACTICES,
        *_CONSENT,
        *_TREE,
        *_TEXTS,
        *_INBOUND,
        *_AUDIT,
        *_RETENTION,
        *_IMPORTS,
        *_RATES,
    ),
    (*_MEDIA, *_UNCONFIRMED),
    _SECURE_PAGES,
    _VOLUME,
    _APPOINTMENTS,
    _CONVERSATIONS,
    _REFUSALS,
    _FIGURES,
    _REPORTS,
    _FOUND_AT_ONCE,
    _RESERVED,
    _RETRIES,
    _ANSWERS,
)

UPGRADE = "compliant-sms db upgrade --database PATH_OR_DSN"
"""The command that makes the tables, or brings them up to date."""

OLDEST = 3
"""The schema that the first step makes; those before it were never released."""


def newest() -> int:
    """The schema that this installation works with."""
    return OLDEST + len(_STEPS) - 1


def migrations(dialect: Dialect, found: int) -> list[LiteralString]:
    """The statements that bring a database of that schema up to date; 0 is an empty one."""
    done = max(0, found - OLDEST + 1)
    return [dialect.typed(statement) for step in _STEPS[done:] for statement in step]


def tables() -> frozenset[str]:
    """The names of all tables, whether they were made yet or not."""
    made = (_CREATED.match(statement) for step in _STEPS for statement in step)
    return frozenset(found[1] for found in made if found)


def missing(what: str) -> str:
    """Words for a table or column that is not there though the version says so."""
    return (
        f"a {what} is missing. Run  {UPGRADE} , or call open() of a store that may migrate, before "
        "anything else; where that finds nothing to do, another program dropped it: restore a "
        "backup."
    )


def is_outdated(found: int, *, may_migrate: bool = True) -> bool:
    """Whether a database of that schema has to be migrated before it can be used.

    Args:
        found: the schema; 0 where there is none yet.
        may_migrate: whether whoever asks would do it.

    Raises:
        SchemaTooNew: a newer version of this library wrote it.
        SchemaTooOld: it has to be, and nobody may.
        NotOurDatabase: it comes from before the first release.
    """
    if found > newest():
        msg = (
            f"the database has schema {found} and this installation knows {newest()}. "
            "Upgrade compliant-sms."
        )
        raise SchemaTooNew(msg)
    if 0 < found < OLDEST:
        msg = (
            f"the database has schema {found}, of a version that was never released, and cannot "
            "be brought up to date. Set it aside and begin a new one, with another path or an "
            "empty database; what is in it can be read with the version that wrote it."
        )
        raise NotOurDatabase(msg)
    if found < newest() and not may_migrate:
        what = f"has schema {found}" if found else "has no tables of compliant_sms yet"
        msg = (
            f"the database {what} and this installation works with schema {newest()}. "
            f"Run  {UPGRADE} , or call open() of a store that may migrate."
        )
        raise SchemaTooOld(msg)
    return found < newest()
