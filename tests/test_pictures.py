"""Pictures that go along: their addresses are searched, kept and dropped like the words."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import ClassVar

import pytest
from attrs import evolve, frozen

from compliant_sms import Blocked, Keyring, Messenger, Practice, Profile, Purpose, Queued, Sent
from compliant_sms.errors import IdempotencyConflict, InvalidInput, Unsupported
from compliant_sms.practice import PhiMode
from compliant_sms.providers import Capabilities, OutboundText, Twilio
from compliant_sms.routing import Routes
from compliant_sms.testing import MovableClock
from compliant_sms.transport import BlockingTransport
from compliant_sms.wire import HttpReply, HttpRequest
from conftest import OTHER_SENDERS, PATIENT, PERSON
from test_send import BODY, agree, remind

Make = Callable[..., Messenger]
MAP = "https://lakeside.example/how-to-find-us.png"


@frozen(kw_only=True)
class Wordy(Twilio):
    """A provider that takes no pictures."""

    capabilities: ClassVar[Capabilities] = evolve(Twilio.capabilities, max_media=0)


@frozen(kw_only=True)
class Picky(Twilio):
    """A provider that fetches pictures from its own bucket only."""

    def request(self, text: OutboundText, *, at: datetime) -> HttpRequest:
        """Refuse other places."""
        if text.media:
            msg = "pictures must lie in your own bucket"
            raise Unsupported(msg)
        return Twilio.request(self, text, at=at)


class Seen:
    """A transport that keeps what was asked for."""

    def __init__(self) -> None:
        self.inner = BlockingTransport()
        self.bodies: list[bytes] = []

    async def send(self, request: HttpRequest) -> HttpReply:
        self.bodies.append(request.body)
        return await self.inner.send(request)


@pytest.fixture
def seen() -> Iterator[Seen]:
    """What reached the provider."""
    made = Seen()
    yield made
    made.inner.close()


@pytest.fixture
def make_willing(make_messenger: Make, seen: Seen) -> Make:
    """Makes messengers whose patient agreed."""

    def make(**changes: object) -> Messenger:
        arguments: dict[str, object] = {
            "people": lambda _: Profile(time_zone="America/Chicago"),
            "transport": seen,
        }
        messenger = make_messenger(**(arguments | changes))
        agree(messenger)
        return messenger

    return make


@pytest.mark.both_databases
def test_a_picture_goes_along(make_willing: Make, seen: Seen) -> None:
    """Its address reaches the provider, and stays on record with the text."""
    messenger = make_willing()
    sent = remind(messenger, media=[MAP])

    assert isinstance(sent, Sent)
    assert b"MediaUrl=https%3A%2F%2Flakeside.example%2Fhow-to-find-us.png" in seen.bodies[0]
    (text,) = messenger.history(PERSON).texts
    assert text.message.draft.media == text.message.media == (MAP,)
    assert isinstance(remind(messenger, media=[MAP]), Sent)
    with pytest.raises(IdempotencyConflict):
        remind(messenger)


@pytest.mark.parametrize(
    "media",
    [
        MAP,
        [MAP.replace("https", "http")],
        ["https://"],
        ["https://a b.example/x"],
        ["https://lakeside.example/" + "x" * 2000],
        ["file:///etc/passwd"],
        [7],
    ],
)
def test_only_https(make_willing: Make, media: object, seen: Seen) -> None:
    """Anything but a list of https URLs is refused before anything is kept."""
    messenger = make_willing()
    with pytest.raises(InvalidInput) as refused:
        remind(messenger, media=media)

    assert "lakeside.example" not in str(refused.value)
    assert messenger.history(PERSON).texts == ()
    assert seen.bodies == []


def test_more_than_any_provider_takes(make_willing: Make, provider: Twilio) -> None:
    """What no provider can carry raises before it is kept."""
    with pytest.raises(Unsupported, match="accepts at most 10 media"):
        remind(make_willing(), media=[MAP] * 11)
    wordy = Wordy(
        account_sid=provider.account_sid,
        auth_token=provider.auth_token,
        sender=provider.sender,
        base_url=provider.base_url,
    )
    messenger = make_willing(provider=wordy)
    with pytest.raises(Unsupported, match="accepts no media"):
        remind(messenger, media=[MAP])

    assert messenger.history(PERSON).texts == ()


def test_where_no_provider_fetches_from(make_willing: Make, provider: Twilio, seen: Seen) -> None:
    """A provider that takes pictures from places of its own refuses others before they are kept."""
    picky = Picky(
        account_sid=provider.account_sid,
        auth_token=provider.auth_token,
        sender=OTHER_SENDERS[0],
        base_url=provider.base_url,
    )
    messenger = make_willing(provider=picky)
    with pytest.raises(Unsupported, match="own bucket"):
        remind(messenger, media=[MAP])
    assert messenger.history(PERSON).texts == ()

    sent = remind(make_willing(provider=Routes([picky, provider])), media=[MAP])
    assert isinstance(sent, Sent)
    assert [b"From=%2B12175550111" in body for body in seen.bodies] == [True]


def test_leaves_by_a_route_that_takes_it(make_willing: Make, provider: Twilio, seen: Seen) -> None:
    """A text with a picture passes over the route that takes none."""
    wordy = Wordy(
        account_sid=provider.account_sid,
        auth_token=provider.auth_token,
        sender=OTHER_SENDERS[0],
        base_url=provider.base_url,
    )
    messenger = make_willing(provider=Routes([wordy, provider]))
    remind(messenger, "a")
    remind(messenger, "b", body=f"{BODY} b", media=[MAP])

    froms = [b"From=%2B" + text for text in (b"12175550112", b"12175550111")]
    assert [froms[n] in body for n, body in enumerate(seen.bodies)] == [True, True]


@pytest.mark.parametrize(
    "url",
    [
        "https://lakeside.example/ssn-219-09-9999.png",
        "https://lakeside.example/x.png?patient=ana.lopez@example.com",
        "https://bit.ly/3xYz12",
    ],
)
def test_what_an_address_says_is_searched(make_willing: Make, seen: Seen, url: str) -> None:
    """An address can tell as much as words, and a shortener is one here too."""
    messenger = make_willing()
    blocked = remind(messenger, media=[url])

    assert isinstance(blocked, Blocked)
    assert "219-09" not in str(blocked)
    assert seen.bodies == []
    assert (
        messenger.check(
            to=PATIENT, person=PERSON, purpose=Purpose.APPOINTMENT_REMINDER, body=BODY, media=[url]
        ).findings
        == messenger.history(PERSON).texts[0].decisions[0].findings
    )


@pytest.mark.parametrize("way", [PhiMode.REDACT, PhiMode.NOTICE])
def test_a_picture_beside_details_is_refused(
    make_willing: Make, practice: Practice, seen: Seen, way: PhiMode
) -> None:
    """Where the words told too much the picture may too; nobody's picture is left out unseen."""
    asked: list[object] = []

    def link(message: object) -> str:
        asked.append(message)
        return "https://portal.example/m/q7Jd81kPzW"

    messenger = make_willing(
        practice=evolve(practice, phi=way), keyring=Keyring.generate(), secure_links=link
    )
    told = "Lakeside Family Medicine: your HIV test is back. Reply STOP to opt out."
    hidden = "https://lakeside.example/hiv-test-result.png"
    for key, body, media in [("a", told, MAP), ("b", f"{BODY} b", hidden)]:
        refused = remind(messenger, key, body=body, media=[media])

        assert isinstance(refused, Blocked)
        [reason] = refused.reasons
        assert (reason.rule, reason.code) == ("phi-in-body", "picture-with-details")
        assert "without what goes along" in reason.remedy
        assert "HIV" not in str(refused)
    assert seen.bodies == []
    assert asked == []
    assert isinstance(remind(messenger, "c", body=told), Sent)


def test_sealed_and_purged_with_the_words(
    make_willing: Make, database: Path, clock: MovableClock
) -> None:
    """Under a keyring the address lies nowhere in the clear; a purge drops it with the body."""
    messenger = make_willing(keyring=Keyring.generate())
    sent = remind(messenger, media=[MAP])
    held = remind(messenger, "b", body=f"{BODY} b", media=[MAP])
    assert isinstance(held, Sent)
    files = list(database.parent.glob("texting.db*"))
    assert len(files) > 1  # with its journal
    assert not any(b"how-to-find-us" in file.read_bytes() for file in files)
    clock.advance(timedelta(days=366 * 8))
    messenger.purge(by="privacy:lee")

    text = next(
        t for t in messenger.history(PERSON).texts if t.message.message_id == sent.message_id
    )
    assert text.message.purged is not None
    assert text.message.media == text.message.draft.media == ()
    again = remind(messenger, media=[MAP])
    assert isinstance(again, Sent)
    assert again.message_id == sent.message_id


def test_inside_ones_own_transaction(make_willing: Make, database: Path, seen: Seen) -> None:
    """A text with a picture commits with the host's work and leaves afterwards."""
    messenger = make_willing()
    with sqlite3.connect(database) as connection:
        connection.execute("BEGIN")
        joined = messenger.within(connection)
        assert isinstance(remind(joined, media=[MAP]), Queued)  # type: ignore[arg-type]
    connection.close()
    messenger.dispatch_due()

    assert b"MediaUrl" in seen.bodies[0]
