"""The public contract of stores, against each of ours."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, ClassVar

import pytest
from attrs import evolve

from compliant_sms.messenger import StoreKind
from compliant_sms.stores import PostgreSQL, SQLite
from compliant_sms.stores._dialect import POSTGRESQL
from compliant_sms.stores._postgres._session import Session
from compliant_sms.testing import StoreContract
from compliant_sms.testing._contract._bench import Bench
from databases import Server


class TestSQLite(StoreContract):
    @pytest.fixture
    def make_store(self, database: Path) -> Callable[[], StoreKind]:
        return lambda: SQLite(database)


class TestSQLiteOnAnEventLoop(TestSQLite):
    on_event_loop: ClassVar[bool] = True


class TestSQLiteInMemory(StoreContract):
    outlives_close: ClassVar[bool] = False

    @pytest.fixture
    def make_store(self) -> Callable[[], StoreKind]:
        return lambda: SQLite(":memory:")


class TestPostgreSQL(StoreContract):
    @pytest.fixture
    def make_store(self, used_postgres_dsn: str) -> Callable[[], StoreKind]:
        return lambda: PostgreSQL(used_postgres_dsn)


class TestPostgreSQLOnAnEventLoop(TestPostgreSQL):
    on_event_loop: ClassVar[bool] = True


RACES = [
    "test_lock_is_a_fence",
    "test_one_claim",
    "test_changes_are_not_lost",
    "test_one_text_a_key",
    "test_added_once",
    "test_volume_is_a_fence",
    "test_places_are_a_fence",
    "test_whoever_reads_pauses_is_waited_for",
    "test_appending_at_once",
    "test_inbound_once",
    "test_status_once",
]


@pytest.mark.endurance
@pytest.mark.parametrize("promise", RACES)
def test_races_again_and_again(postgres: Server, promise: str) -> None:
    """What must hold when many act at once holds in a hundred rounds."""
    for contract in (TestPostgreSQL(), TestPostgreSQLOnAnEventLoop()):
        for _ in range(50):
            with postgres.used_database() as dsn:
                getattr(contract, promise)(lambda dsn=dsn: PostgreSQL(dsn))


# A contract that lets everything pass proves nothing.


@pytest.fixture
def met(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lets nobody go on before all have read, so that chance hides no missing lock."""
    run, together = Session._run, Bench.together
    waiting: list[threading.Barrier] = []

    async def run_and_meet(self: Session, sql: Any, parameters: Any) -> Any:
        answer = await run(self, sql, parameters)
        if waiting and "SELECT" in str(sql) and not getattr(self, "met", False):
            self.met = True  # type: ignore[attr-defined]
            with suppress(threading.BrokenBarrierError):
                waiting[-1].wait(30)
        return answer

    def together_once(self: Bench, works: Any) -> Any:
        waiting.append(threading.Barrier(len(works)))
        results = together(self, works)
        waiting.clear()
        return results

    monkeypatch.setattr(Session, "_run", run_and_meet)
    monkeypatch.setattr(Bench, "together", together_once)


@pytest.mark.usefixtures("met")
@pytest.mark.parametrize(
    ("fault", "promise"),
    [
        ({"lock": ""}, "test_lock_is_a_fence"),
        ({"lock": ""}, "test_volume_is_a_fence"),
        ({"lock": ""}, "test_places_are_a_fence"),
        ({"lock": "", "lock_shared": ""}, "test_whoever_reads_pauses_is_waited_for"),
        ({"lock": "", "for_update": ""}, "test_one_claim"),
        ({"for_update": ""}, "test_changes_are_not_lost"),
    ],
)
def test_missing_locks_are_noticed(
    postgres: Server, monkeypatch: pytest.MonkeyPatch, fault: dict[str, str], promise: str
) -> None:
    """Without its locks a store that shares a database breaks the contract."""
    monkeypatch.setattr(Session, "dialect", evolve(POSTGRESQL, **fault))
    # Who overtakes whom is up to the machine: once in so many times somebody does.
    assert any(_breaks(postgres, promise) for _ in range(25))


def _breaks(postgres: Server, promise: str) -> bool:
    with postgres.used_database() as dsn:
        try:
            getattr(TestPostgreSQL(), promise)(lambda: PostgreSQL(dsn, max_connections=16))
        except AssertionError:
            return True
    return False


def test_half_done_work_is_noticed(database: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A store that keeps half of what failed breaks the contract."""

    def keeping(connection: Any, cursor: Any, job: Any) -> None:
        try:
            job.run(cursor)
        except Exception as error:  # noqa: BLE001
            job.fail(error)

    monkeypatch.setattr(SQLite, "_run_alone", staticmethod(keeping))
    with pytest.raises(AssertionError):
        TestSQLite().test_all_or_nothing(lambda: SQLite(database))


def test_forgetting_is_noticed(tmp_path: Path) -> None:
    """A store that begins anew each time breaks the contract."""
    names = iter("ab")
    with pytest.raises(AssertionError):
        TestSQLite().test_durable(lambda: SQLite(tmp_path / next(names)))
