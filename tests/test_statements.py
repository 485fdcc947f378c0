"""How many statements the everyday things take: on PostgreSQL each is a journey to the server."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from compliant_sms import Keyring, Messenger, Plaintext, Profile, Purpose, Sent
from compliant_sms.stores import SQLite
from compliant_sms.testing import MovableClock
from conftest import PATIENT, PERSON
from test_send import BODY, DAWN, NIGHT, agree, remind

Make = Callable[..., Messenger]
_FRAME = ("BEGIN", "COMMIT")


@contextmanager
def counted(messenger: Messenger) -> Iterator[list[str]]:
    """The statements that the block runs, but for those around its transactions."""
    statements: list[str] = []
    store = messenger._store
    assert isinstance(store, SQLite)
    store._connect().set_trace_callback(statements.append)
    yield statements
    store._connect().set_trace_callback(None)
    statements[:] = [each for each in statements if not each.startswith(_FRAME)]


@pytest.fixture(params=["sealed", "in the clear"])
def messenger(make_messenger: Make, request: pytest.FixtureRequest) -> Messenger:
    """A messenger that has sent before."""
    keyring = Keyring.generate() if request.param == "sealed" else Plaintext(reason="a test")
    made = make_messenger(keyring=keyring, people=lambda _: Profile(time_zone="America/Chicago"))
    agree(made)
    for number in range(2):
        assert isinstance(remind(made, f"{number}", body=f"{BODY} {number}"), Sent)
    return made


def test_send(messenger: Messenger) -> None:
    """Key, pauses, the provider's wait, ledger and earlier texts are read.

    Text, step and decision are written; then what came of it, early statuses first.
    """
    with counted(messenger) as statements:
        assert isinstance(remind(messenger, "counted"), Sent)
    assert [each.split()[0] for each in statements] == [
        *["SELECT"] * 5,
        *["INSERT"] * 3,
        *["UPDATE", "UPDATE", "INSERT"],
    ]


def test_check(messenger: Messenger) -> None:
    """The ledger and earlier texts are read."""
    with counted(messenger) as statements:
        remind_of = {"to": PATIENT, "person": PERSON, "purpose": Purpose.APPOINTMENT_REMINDER}
        messenger.check(**remind_of, body=BODY)  # type: ignore[arg-type]
    assert len(statements) == 2


def test_dispatch(messenger: Messenger, clock: MovableClock) -> None:
    """A text that waited is read again, with all that is read before one is sent."""
    clock.move_to(NIGHT)
    for number in range(2):
        remind(messenger, f"held {number}", body=f"{BODY} later {number}")
    clock.move_to(DAWN)
    with counted(messenger) as statements:
        assert len(messenger.dispatch_due()) == 2
    around = 4  # claims that lapsed, and three urgencies
    assert len(statements) == around + 2 * (5 + 3 + 3)


def test_grant(messenger: Messenger) -> None:
    """Whose the sender is, and the chain, which is begun with its first event if need be."""
    with counted(messenger) as statements:
        agree(messenger, "+12175550188", "somebody new")
    assert len(statements) == 4
    with counted(messenger) as statements:
        agree(messenger)
    assert len(statements) == 4
