"""What databases say differently."""

from __future__ import annotations

from typing import LiteralString

from attrs import frozen


@frozen(kw_only=True)
class Dialect:
    """The fragments of SQL in which databases differ.

    Attributes:
        name: of the database.
        serial: the type of a key that counts up by itself.
        blob: the type of bytes.
        text: the type of texts, which sort by their bytes.
        real: the type of numbers with a fraction.
        keyed: what follows a table whose rows lie in the order of its key.
        for_update: what follows a query whose rows nobody else may change until the end.
        for_share: what follows a query whose rows nobody may change until the end, though others
            may ask for the same.
        skip_locked: as ``for_update``; rows that somebody else holds are left out.
        lock: a query that waits until nobody else holds the name ``:name``, and holds it until
            the end of the transaction; empty, where a transaction has the database to itself.
        lock_shared: as ``lock``, but others may hold the name in the same way.
        json: the field ``{name}`` of the payload of a consent event, which is JSON, as a text.
        revoked: whether the payload of a consent event can be that of a revocation, in words that
            an index may have.
        one_moment: how a transaction begins that reads everything as it was at its first query;
            empty, where each does.
        scrub: has what is dropped overwritten in the file; empty, where that is done otherwise.
    """

    name: str
    serial: LiteralString
    blob: LiteralString
    text: LiteralString
    real: LiteralString
    keyed: LiteralString = ""
    for_update: LiteralString = ""
    for_share: LiteralString = ""
    skip_locked: LiteralString = ""
    lock: LiteralString = ""
    lock_shared: LiteralString = ""
    one_moment: LiteralString = ""
    scrub: LiteralString = ""
    json: LiteralString
    revoked: LiteralString

    def typed(self, statement: LiteralString) -> LiteralString:
        """A statement that makes tables, with this database's types."""
        for name, fragment in (
            ("{serial}", self.serial),
            ("{blob}", self.blob),
            ("{text}", self.text),
            ("{real}", self.real),
            ("{keyed}", self.keyed),
            ("{revoked}", self.revoked),
        ):
            statement = statement.replace(name, fragment)
        return statement

    def reading(self, query: LiteralString) -> LiteralString:
        """A query of consent events, with what this database calls the fields of a payload."""
        for name in ("kind", "occurred_at"):
            query = query.replace(f"{{{name}}}", self.json.replace("{name}", name))
        return query.replace("{revoked}", self.revoked)


SQLITE = Dialect(
    name="SQLite",
    serial="INTEGER PRIMARY KEY",
    blob="BLOB",
    text="TEXT",
    real="REAL",
    keyed="WITHOUT ROWID",
    json="json_extract(CAST(payload AS TEXT), '$.{name}')",
    revoked="""instr(payload, CAST('"kind":"revoked"' AS BLOB)) > 0""",
    scrub="PRAGMA secure_delete = ON",
)

POSTGRESQL = Dialect(
    name="PostgreSQL",
    one_moment="BEGIN ISOLATION LEVEL REPEATABLE READ",
    serial="BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY",
    blob="BYTEA",
    text='TEXT COLLATE "C"',
    real="DOUBLE PRECISION",
    json="CAST(convert_from(payload, 'UTF8') AS json) ->> '{name}'",
    revoked="""position(CAST('"kind":"revoked"' AS bytea) IN payload) > 0""",
    # No row is ever deleted, nor its key changed: so nobody has to wait who only refers to one.
    for_update=" FOR NO KEY UPDATE",
    for_share=" FOR SHARE",
    skip_locked=" FOR NO KEY UPDATE SKIP LOCKED",
    lock="SELECT pg_advisory_xact_lock(hashtextextended(:name, 0))",
    lock_shared="SELECT pg_advisory_xact_lock_shared(hashtextextended(:name, 0))",
)
