"""PostgreSQL: statements that travel together, and what becomes of them where one fails."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import pytest

from compliant_sms import Keyring, Messenger, Profile, Sent
from compliant_sms.errors import StoreError
from compliant_sms.phone import PhoneNumber
from compliant_sms.stores import PostgreSQL
from compliant_sms.stores._postgres import _links as _postgres_links
from compliant_sms.stores._postgres._links import _BlockingLink
from test_postgresql_lost import Cable, cable, store
from test_send import BODY, agree, remind
from test_store import count, writing

__all__ = ["cable", "store"]  # fixtures

Make = Callable[..., Messenger]
_ADD = "INSERT INTO sms_practices VALUES (:name, 'x', '', :record)"


def later(*names: str) -> Callable[[Any], Any]:
    """Work that writes one record and waits, and others of which it awaits nothing."""

    async def work(tx: Any) -> None:
        await writing("first")(tx)
        for name in names:
            values: Mapping[str, object] = {"name": name, "record": b"x" * 500}
            await tx._db.later(_ADD, values)

    return work


@contextmanager
def ways(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[int]]:
    """How many statements went on each way to the server."""
    gone: list[int] = []
    ask, together = _BlockingLink.ask, _BlockingLink.together

    async def counted(self: Any, sql: str, values: Any = None) -> Any:
        gone.append(1)
        return await ask(self, sql, values)

    async def counted_together(self: Any, statements: Any) -> Any:
        gone.append(len(statements))
        return await together(self, statements)

    with monkeypatch.context() as patch:
        patch.setattr(_BlockingLink, "ask", counted)
        patch.setattr(_BlockingLink, "together", counted_together)
        yield gone


def test_ways(make_messenger: Make, postgres_dsn: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A text takes four ways before its request and three after; a grant to somebody new four."""
    messenger = make_messenger(
        store=PostgreSQL(postgres_dsn, max_connections=1),
        people=lambda _: Profile(time_zone="America/Chicago"),
    )
    agree(messenger)
    for number in range(2):
        assert isinstance(remind(messenger, f"{number}", body=f"{BODY} {number}"), Sent)

    with ways(monkeypatch) as gone:
        assert isinstance(remind(messenger, "counted"), Sent)
    assert gone == [3, 6, 1, 3, 4, 1, 2]
    with ways(monkeypatch) as gone:
        agree(messenger, "+12175550188", "somebody new")
    assert gone == [3, 2, 1, 2]


def test_ways_to_seal(
    make_messenger: Make, postgres_dsn: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """That the newest key seals is asked on no way of its own."""
    store = PostgreSQL(postgres_dsn, max_connections=1)
    messenger = make_messenger(store=store, keyring=Keyring.generate())
    agree(messenger)
    agree(messenger)

    with ways(monkeypatch) as gone:
        agree(messenger, "+12175550188", "somebody new")
    assert gone == [3, 2, 1, 2]


def test_announced(store: PostgreSQL, monkeypatch: pytest.MonkeyPatch) -> None:
    """An announced query travels behind the next one, and anew after a lock or a commit."""

    async def work(tx: Any) -> None:
        await tx.lock("x", PhoneNumber("+12175550134"))
        await tx._db.prefetch("SELECT 1", {})
        assert await tx._db.fetch("SELECT 2", {}) == [(2,)]
        assert await tx._db.fetch("SELECT 1", {}) == [(1,)]
        await tx._db.prefetch("SELECT 1", {})
        await tx.lock("x", PhoneNumber("+12175550135"))
        assert await tx._db.fetch("SELECT 1", {}) == [(1,)]
        await tx._db.prefetch("SELECT 1", {})

    with ways(monkeypatch) as gone:
        store.run(work)
    assert gone == [3, 2, 1, 1, 1]


def test_all_or_nothing(store: PostgreSQL) -> None:
    """What fails on the way with the commit undoes all, is told once, and is forgotten then."""
    with pytest.raises(StoreError) as caught:
        store.run(later("second", "second"))
    assert "second" not in str(caught.value)
    assert count(store) == 0

    store.run(later("second", "third"))
    assert count(store) == 3


@pytest.mark.parametrize("how", ["before", "after"])
def test_commit_without_an_answer(store: PostgreSQL, cable: Cable, how: str) -> None:
    """Also what travels with a commit that gets no answer takes effect once."""
    cable.breaks = {1: how}

    store.run(later("second"))

    assert count(store) == 2


@pytest.mark.parametrize("prepare", [True, False])
@pytest.mark.parametrize("pipelines", [True, False])
def test_every_way(
    postgres_dsn: str, monkeypatch: pytest.MonkeyPatch, *, prepare: bool, pipelines: bool
) -> None:
    """With statements prepared or not, with an old libpq, on threads and on an event loop."""
    monkeypatch.setattr(_postgres_links, "SUPPORTED", pipelines)
    made = PostgreSQL(postgres_dsn, max_connections=1, prepare=prepare)
    port = made.asynchronous()

    async def main() -> None:
        await port.run(later("on a loop"))
        await made.aclose()

    asyncio.run(main())
    made.run(lambda tx: tx._db.later("DELETE FROM sms_practices WHERE sender = 'first'", {}))  # type: ignore[attr-defined]
    made.run(later("on a thread"))

    assert count(made) == 3  # type: ignore[arg-type]
    made.close()


def test_what_was_prepared_is_gone(postgres_dsn: str) -> None:
    """A statement that somebody dropped on the server is prepared anew, and nobody notices."""
    made = PostgreSQL(postgres_dsn, max_connections=1)
    made.run(later("second"))

    async def dropping(tx: Any) -> None:
        await tx._db.fetch("DEALLOCATE ALL", {})

    made.run(dropping)
    made.run(lambda tx: tx._db.later("DELETE FROM sms_practices", {}))  # type: ignore[attr-defined]
    made.run(later("second"))

    assert count(made) == 2  # type: ignore[arg-type]
    made.close()
