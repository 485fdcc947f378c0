"""A process that dies while a text moves from one provider to the next: there is one text."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from itertools import count
from pathlib import Path

import pytest

from compliant_sms import Messenger, Practice, Profile, system
from compliant_sms.lifecycle import State, can_become
from compliant_sms.providers import Twilio
from compliant_sms.routing import Routes
from compliant_sms.sandbox import Sandbox
from compliant_sms.stores import SQLite
from compliant_sms.testing import MovableClock
from conftest import MORNING, PERSON
from crash_points import Points, struck_ports
from test_routes import backup, backup_carrier, waits  # noqa: F401 - fixtures
from test_send import BODY, agree, outgoing, remind


class Killed(BaseException):
    """The process is gone."""


class DeadFrom(Points):
    """At the n-th point the process dies: from then on it can ask for nothing."""

    def __init__(self, at: int | None) -> None:
        super().__init__(at, self.die, fine=False, store_only=False)
        self.is_dead = False

    def die(self) -> None:
        """Nothing is done any more."""
        self.is_dead = True

    def __call__(self, kind: str) -> None:
        """Count, and end what was asked by a dead process."""
        if not self.is_dead:
            super().__call__(kind)
        if self.is_dead:
            raise Killed


@pytest.fixture
def life(
    practice: Practice,
    provider: Twilio,
    backup: Twilio,  # noqa: F811
    clock: MovableClock,
) -> Callable[[Path, DeadFrom | None], Messenger]:
    """Makes messengers with both accounts, one for each life of the process."""

    def begin(file: Path, point: DeadFrom | None) -> Messenger:
        store = SQLite(file)
        ports = {
            "store": store,
            "clock": clock,
            "people": lambda _: Profile(time_zone="America/Chicago"),
        }
        if point is not None:
            ports = struck_ports(store, clock, system.new_id, point)
        return Messenger(practice=practice, provider=Routes([provider, backup]), **ports)

    return begin


def test_one_text_wherever_it_dies(
    life: Callable[[Path, DeadFrom | None], Messenger],
    carrier: Sandbox,
    backup_carrier: Sandbox,  # noqa: F811
    clock: MovableClock,
    tmp_path: Path,
) -> None:
    """At each point of a send that moves on: one text in all books, on record under its sender."""
    for at in count(1):
        clock.move_to(MORNING + timedelta(days=at))
        file, body, point = tmp_path / f"{at}.db", f"{BODY} {at}", DeadFrom(at)
        with life(file, None) as prepared:
            agree(prepared)
        carrier.fail_next("status", status=401, body={"code": 20003})
        first = life(file, point)
        try:
            remind(first, body=body)
        except Killed:
            pass
        finally:
            first._ports.transport.close()  # type: ignore[attr-defined]
            first.close()
        if not point.is_dead:
            break
        with life(file, None) as second:
            _go_on(second, clock, body)
            (text,) = second.history(PERSON).texts
            second.verify_ledger()

        books = {b.sender.e164: outgoing(c) for b, c in _both(second, carrier, backup_carrier)}
        holders = [sender for sender, bodies in books.items() for each in bodies if each == body]
        assert text.message.state in {State.SENT, State.DELIVERED}, at
        assert holders == [text.message.departure.sender if text.message.departure else ""], at
        way = [step.state for step in text.steps]
        assert all(map(can_become, way, way[1:])), (at, way)

    assert at > 30


def _go_on(messenger: Messenger, clock: MovableClock, body: str) -> None:
    """What the next life does: the host asks again, and workers settle what is open."""
    for _ in range(4):
        remind(messenger, body=body)
        messenger.dispatch_due()
        messenger.reconcile()
        clock.advance(timedelta(minutes=2))


def _both(
    messenger: Messenger,
    carrier: Sandbox,
    backup_carrier: Sandbox,  # noqa: F811
) -> list[tuple[Twilio, Sandbox]]:
    first, second = messenger._ports.routes.providers
    return [(first, carrier), (second, backup_carrier)]  # type: ignore[list-item]
