"""What PostgreSQL's errors mean here. Nothing that a server says is passed on: it quotes values."""

from __future__ import annotations

from attrs import frozen
from psycopg import Error
from psycopg.errors import UniqueViolation
from psycopg_pool import PoolClosed, PoolTimeout

from compliant_sms.errors import (
    NotOurDatabase,
    SchemaTooOld,
    StoreBusy,
    StoreError,
    StoreFull,
    StoreReadOnly,
)
from compliant_sms.stores._schema import UPGRADE, missing

# https://www.postgresql.org/docs/current/errcodes-appendix.html
_BUSY = (StoreBusy, "the database stayed locked by another connection. Try again.")
_FULL = (StoreFull, "the server has no room left. Free some space and try again.")
_READ_ONLY = (
    StoreReadOnly,
    "the database cannot be written: it is a standby, or set to read only.",
)
_NOT_GRANTED = (
    f"the user of the DSN lacks a privilege. Make the tables as their owner with  {UPGRADE}  and "
    "give the user the GRANTs in docs/how-to/use-postgresql.md."
)
_ERRORS: dict[str, tuple[type[StoreError], str]] = {
    "25006": _READ_ONLY,
    "3F000": (
        StoreError,
        "the search_path names no schema that is there. Make it first:  CREATE SCHEMA name",
    ),
    "42501": (StoreReadOnly, _NOT_GRANTED),
    "40001": _BUSY,
    "40P01": _BUSY,
    "55P03": _BUSY,
    "57014": (StoreBusy, "the server cancelled a statement that took too long. Try again."),
    "53000": _FULL,
    "53100": _FULL,
    "53200": _FULL,
    "53300": (StoreBusy, "the server takes no more connections. Try again, or raise its limit."),
    "42P01": (SchemaTooOld, missing("table")),
    "42703": (SchemaTooOld, missing("column")),
    "XX001": (NotOurDatabase, "the database is damaged. Restore a backup."),
    "XX002": (NotOurDatabase, "an index of the database is damaged. Rebuild it with REINDEX."),
}
# A statement that was dropped after it had been prepared is prepared anew.
_AGAIN = {"26000", "40001", "40P01"}
_LOST = "the connection to the database broke; nothing was recorded. Try again."

# A refused connection has no code, only words, and those in the server's language.
_REFUSALS: tuple[tuple[str, type[StoreError], str], ...] = (
    ("too many", StoreBusy, _ERRORS["53300"][1]),
    ("connection slots", StoreBusy, _ERRORS["53300"][1]),
    ("starting up", StoreBusy, "the server is starting up. Try again."),
    ("shutting down", StoreBusy, "the server is shutting down. Try again."),
    ("password", StoreError, "the server refused the user or the password. Check the DSN."),
    ("does not exist", StoreError, "the server has no such database or user. Check the DSN."),
)


@frozen(kw_only=True)
class Failure:
    """Why a transaction came to nothing.

    Attributes:
        error: what to tell whoever asked for it.
        again: whether the same work may well succeed when it is done anew.
        lost: whether the connection broke.
    """

    error: StoreError
    again: bool = False
    lost: bool = False


def failure_of(error: Error, *, lost: bool) -> Failure:
    """What the driver's error means; ``lost`` says whether the connection still stands."""
    if isinstance(error, PoolClosed):
        msg = "the store was closed while it was in use; nothing was recorded. Try again."
        return Failure(error=StoreError(msg), again=True)
    if isinstance(error, PoolTimeout):
        msg = (
            "no connection to the database became free in time. Try again; raise max_connections "
            "if the server is well."
        )
        return Failure(error=StoreBusy(msg))
    if lost:
        return Failure(error=StoreError(_LOST), again=True, lost=True)
    code = error.sqlstate or ""
    kind, words = _ERRORS.get(code, (StoreError, "the database failed"))
    told = kind(f"{words} ({code or type(error).__name__})")
    return Failure(error=told, again=code in _AGAIN or _is_ours(error))


def _is_ours(error: Error) -> bool:
    # Two transactions made the same thing at once. Done anew, the later one finds it.
    table = error.diag.table_name or ""
    return isinstance(error, UniqueViolation) and table.startswith("sms_")


def unreachable(error: Error) -> StoreError:
    """Why no connection could be made."""
    said = str(error).casefold()
    for words, kind, msg in _REFUSALS:
        if words in said:
            return kind(msg)
    msg = "the database server cannot be reached. Check the DSN, and whether the server runs."
    return StoreError(msg)
