"""What patients send along: fetched from the provider and nowhere else, bounded, and sealed."""

from __future__ import annotations

import asyncio
import base64
import gzip
import json
import logging
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from attrs import define, evolve, field

from compliant_sms import AsyncMessenger, Keyring, Messenger, Practice
from compliant_sms.driver import finish
from compliant_sms.errors import InvalidInput, NoAnswer, ReplyTooLarge, RequestNotSent
from compliant_sms.flows import ReceivedText
from compliant_sms.providers import Bandwidth, Twilio
from compliant_sms.routing import Routes
from compliant_sms.stores import SQLite
from compliant_sms.testing import MovableClock
from compliant_sms.transport import BlockingTransport
from compliant_sms.wire import HttpReply, HttpRequest, WebhookRequest
from compliant_sms.worker import Worker
from conftest import OTHER_SENDERS, PATIENT, PERSON, SENDER, SID
from test_receive import callback
from test_sealed_store import on_disk
from test_transport import http, odd_server

Make = Callable[..., Messenger]
REAL = "https://api.twilio.com"
OURS = f"{REAL}/2010-04-01/Accounts/{SID}/Messages/MM1/Media/ME1"
STORED = "https://mcs.us1.twilio.com/v1/ME1?signed=okapi"
JPEG = b"\xff\xd8 okapi \xff\xd9"
PICTURE = HttpReply(status=200, headers={"Content-Type": "image/jpeg"}, body=JPEG)


@define
class Web:
    """Gives what lies at some addresses, and remembers who asked for what."""

    pages: dict[str, HttpReply | Exception]
    asked: list[HttpRequest] = field(factory=list)

    async def send(self, request: HttpRequest) -> HttpReply:
        self.asked.append(request)
        found = self.pages.get(request.url, HttpReply(status=404, body=b"nothing"))
        if isinstance(found, Exception):
            raise found
        return found


@pytest.fixture
def make_at(make_messenger: Make, provider: Twilio) -> Callable[[Web], Messenger]:
    """Makes a messenger of the real provider whose web is a made-up one."""
    real = evolve(provider, base_url=REAL, baa_signed_on=None)
    keyring = Keyring.generate()
    return lambda web: make_messenger(provider=real, transport=web, keyring=keyring)


def text_with(messenger: Messenger, *urls: str, sid: str = "MM1") -> str:
    """A patient's text with those along; its id."""
    fields = {"MessageSid": sid, "From": PATIENT, "To": SENDER, "Body": "see my okapi"}
    media = {f"MediaUrl{number}": url for number, url in enumerate(urls)}
    received = messenger.receive(callback(fields | {"NumMedia": str(len(urls))} | media))
    (text,) = received.events
    assert isinstance(text, ReceivedText)
    return text.inbound.inbound_id


@pytest.mark.both_databases
def test_a_picture_is_fetched_and_kept(make_at: Callable[[Web], Messenger]) -> None:
    """It comes with the account's credentials, is kept as it came, and is asked for once."""
    web = Web({OURS: PICTURE})
    messenger = make_at(web)
    inbound_id = text_with(messenger, OURS)
    (before,) = messenger.media(inbound_id)
    (fetched,) = messenger.fetch_media()

    assert (before.content, before.attempts, before.problem) == (b"", 0, "")
    assert messenger.media(inbound_id) == (fetched,)
    assert (fetched.content, fetched.content_type) == (JPEG, "image/jpeg")
    assert (fetched.again_at, fetched.problem, fetched.url) == (None, "", OURS)
    assert messenger.fetch_media() == ()
    (request,) = web.asked
    assert dict(request.headers)["authorization"].startswith("Basic ")
    assert request.largest_reply == 5_000_000
    assert messenger.media("nothing") == ()


def test_it_is_sealed(make_at: Callable[[Web], Messenger], database: Path) -> None:
    """Neither the picture nor its address can be read in the file."""
    messenger = make_at(Web({OURS: PICTURE}))
    text_with(messenger, OURS)
    messenger.fetch_media()
    messenger.close()

    assert b"okapi" not in on_disk(database)
    assert b"Media/ME1" not in on_disk(database)


@pytest.mark.parametrize(
    "url",
    [
        "https://evil.example/ME1",
        "http://api.twilio.com/ME1",
        "https://api.twilio.com.evil.example/ME1",
        "https://api.twilio.com@evil.example/ME1",
        "https://evil.example/https://api.twilio.com/ME1",
        "http://169.254.169.254/latest/meta-data",
        "file:///etc/passwd",
        "https://api.twilio.com:443@evil.example/",
        "//evil.example/ME1",
        "okapi",
    ],
)
def test_nobody_else_is_asked(url: str, make_at: Callable[[Web], Messenger]) -> None:
    """An address that is not the provider's is not fetched, neither first nor as a redirect."""
    moved = HttpReply(status=302, headers={"Location": url})
    web = Web({OURS: moved, url: PICTURE})
    messenger = make_at(web)
    inbound_id = text_with(messenger, url, OURS)
    messenger.fetch_media()

    assert [request.url for request in web.asked] in ([OURS], [OURS, f"{OURS[:-4]}/okapi"])
    direct, redirected = messenger.media(inbound_id)
    assert (direct.content, redirected.content) == (b"", b"")
    assert (direct.again_at, direct.problem) == (
        None,
        "it does not lie at the provider, so it is not fetched",
    )


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_gets_no_credentials(status: int, make_at: Callable[[Web], Messenger]) -> None:
    """The provider's own storage is asked as well, and told nothing of the account."""
    web = Web({OURS: HttpReply(status=status, headers={"Location": STORED}), STORED: PICTURE})
    messenger = make_at(web)
    text_with(messenger, OURS)
    (fetched,) = messenger.fetch_media()

    assert fetched.content == JPEG
    assert [request.url for request in web.asked] == [OURS, STORED]
    assert [name for name, _ in web.asked[1].headers] == ["accept"]
    assert fetched.url == OURS


def test_redirects_end(make_at: Callable[[Web], Messenger]) -> None:
    """Whoever sends in circles is left after a few rounds."""
    web = Web({OURS: HttpReply(status=302, headers={"Location": OURS})})
    messenger = make_at(web)
    text_with(messenger, OURS)
    (fetched,) = messenger.fetch_media()

    assert len(web.asked) == 4
    assert fetched.problem == "the provider sends from one address to the next"


def reply(kind: str | None, body: bytes = JPEG, status: int = 200) -> HttpReply:
    headers = {"Content-Type": kind} if kind else {}
    return HttpReply(status=status, headers=headers, body=body)


@pytest.mark.parametrize(
    "kind",
    [
        *("image/png", "image/heic", "Image/JPEG;q=1", "audio/amr", "audio/x-wav", "video/3gpp"),
        *("text/vcard", "text/x-vcard", "application/pdf"),
    ],
)
def test_what_phones_send_is_kept(kind: str, make_at: Callable[[Web], Messenger]) -> None:
    """Pictures, sounds, films, contacts and documents."""
    messenger = make_at(Web({OURS: reply(kind)}))
    text_with(messenger, OURS)
    (fetched,) = messenger.fetch_media()

    assert (fetched.content, fetched.problem) == (JPEG, "")


@pytest.mark.parametrize(
    ("answer", "problem", "again"),
    [
        (reply("text/html"), "it is of a kind that is not kept", False),
        (reply("image/svg+xml"), "it is of a kind that is not kept", False),
        (reply("application/zip"), "it is of a kind that is not kept", False),
        (reply(None), "it is of a kind that is not kept", False),
        (reply("image/" + "x" * 99), "it is of a kind that is not kept", False),
        (ReplyTooLarge("large"), "it has more than 5,000,000 bytes", False),
        (NoAnswer("none"), "the provider gave no answer", True),
        (RequestNotSent("none"), "the provider gave no answer", True),
        (reply("image/png", b""), "the provider answered 200 with 0 bytes", True),
        (reply("image/png", JPEG, 404), f"the provider answered 404 with {len(JPEG)} bytes", True),
        (reply("image/png", JPEG, 503), f"the provider answered 503 with {len(JPEG)} bytes", True),
        (HttpReply(status=302), "the provider sends from one address to the next", True),
        (
            HttpReply(status=302, headers={"Location": "https://[okapi"}),
            "it does not lie at the provider, so it is not fetched",
            False,
        ),
    ],
)
def test_what_is_not_kept_says_why(
    answer: HttpReply | Exception,
    problem: str,
    again: bool,  # noqa: FBT001 - a row of the table
    make_at: Callable[[Web], Messenger],
) -> None:
    """What cannot change is given up at once; what may is tried later."""
    messenger = make_at(Web({OURS: answer}))
    text_with(messenger, OURS)
    (fetched,) = messenger.fetch_media()

    assert (fetched.content, fetched.content_type, fetched.problem) == (b"", "", problem)
    assert (fetched.again_at is not None) is again


@pytest.mark.both_databases
def test_a_failed_fetch_is_retried_a_few_times(
    make_at: Callable[[Web], Messenger], clock: MovableClock
) -> None:
    """Five times within three hours, and then it is given up with the reason; or it is there."""
    web = Web({OURS: NoAnswer("none")})
    messenger = make_at(web)
    inbound_id = text_with(messenger, OURS)
    waited = []
    while fetched := messenger.fetch_media():
        if fetched[0].again_at is None:
            break
        assert messenger.fetch_media() == ()
        waited.append(fetched[0].again_at - clock())
        clock.advance(waited[-1])

    assert [pause / timedelta(minutes=1) for pause in waited] == [1, 5, 30, 120]
    assert len(web.asked) == 5
    (given_up,) = messenger.media(inbound_id)
    assert (given_up.again_at, given_up.attempts) == (None, 5)
    assert given_up.problem == "the provider gave no answer"
    clock.advance(timedelta(days=30))
    assert messenger.fetch_media() == ()


def picture_of(account: str, url: str) -> WebhookRequest:
    """A patient's text with a picture, as Bandwidth brings it for that account."""
    told = {
        "type": "message-received",
        "to": SENDER,
        "message": {
            "id": "b-1",
            "owner": SENDER,
            "from": PATIENT,
            "text": "see",
            "media": [url],
        },
    }
    credentials = base64.b64encode(f"hook:{account}".encode()).decode()
    headers = {"Authorization": f"Basic {credentials}", "Content-Type": "application/json"}
    body = json.dumps([told]).encode()
    return WebhookRequest(method="POST", url="https://x.example/", headers=headers, body=body)


@pytest.mark.parametrize(
    ("answer", "again"),
    [(HttpReply(status=503), True), (evolve(PICTURE, headers=[("content-type", "x/y")]), False)],
)
@pytest.mark.parametrize("own_first", [True, False])
def test_of_two_accounts_one_has_it(
    make_messenger: Make,
    clock: MovableClock,
    answer: HttpReply,
    again: bool,  # noqa: FBT001
    own_first: bool,  # noqa: FBT001
) -> None:
    """What the account that has it cannot give just now is asked for again, whatever others say."""
    accounts = [
        Bandwidth(
            account_id=account,
            application_id="app",
            username="user",
            password="pass",
            callback_credentials=[f"hook:{account}"],
            sender=sender,
        )
        for account, sender in (("111", SENDER), ("222", OTHER_SENDERS[0]))
    ]
    url = "https://messaging.bandwidth.com/api/v2/users/111/media/1"
    web = Web({url: answer})
    messenger = make_messenger(
        provider=Routes(accounts if own_first else accounts[::-1]),
        transport=web,
        keyring=Keyring.generate(),
    )
    messenger.receive(picture_of("111", url))
    (failed,) = messenger.fetch_media()
    web.pages[url] = PICTURE
    clock.advance(timedelta(minutes=2))

    assert (failed.again_at is not None) is again
    assert [each.content for each in messenger.fetch_media()] == [JPEG] * again
    assert len(web.asked) == 1 + again


def test_a_picture_that_comes_late_is_kept(
    make_at: Callable[[Web], Messenger], clock: MovableClock
) -> None:
    """The second attempt brings it, and the problem is gone."""
    web = Web({})
    messenger = make_at(web)
    inbound_id = text_with(messenger, OURS)
    messenger.fetch_media()
    web.pages[OURS] = PICTURE
    clock.advance(timedelta(minutes=1))
    messenger.fetch_media()

    (late,) = messenger.media(inbound_id)
    assert (late.content, late.attempts, late.problem) == (JPEG, 2, "")


def test_no_more_than_asked_for(make_at: Callable[[Web], Messenger]) -> None:
    """The limit holds, and the others wait for the next call."""
    urls = [f"{OURS}{number}" for number in range(3)]
    messenger = make_at(Web(dict.fromkeys(urls, PICTURE)))
    text_with(messenger, *urls)

    assert [each.url for each in messenger.fetch_media(limit=2)] == urls[:2]
    assert [each.url for each in messenger.fetch_media(limit=2)] == urls[2:]


def test_a_worker_fetches_too(make_at: Callable[[Web], Messenger]) -> None:
    """What was not fetched after the answer is fetched in its rounds, and counted."""
    messenger = make_at(Web({OURS: PICTURE}))
    inbound_id = text_with(messenger, OURS)
    progress = Worker(messenger).drain(signals=False)

    assert progress.media == 1
    assert messenger.media(inbound_id)[0].content == JPEG


@pytest.mark.both_databases
def test_an_erased_person_leaves_no_picture(make_at: Callable[[Web], Messenger]) -> None:
    """Neither what was fetched nor what was still to be fetched is there afterwards."""
    web = Web({OURS: PICTURE})
    messenger = make_at(web)
    messenger.consent.grant(PATIENT, person=PERSON, basis="spoken", recorded_by="desk:ana")
    inbound_id = text_with(messenger, OURS, f"{OURS}2")
    messenger.fetch_media(limit=1)
    messenger.erase(PERSON, reason="asked for it", by="privacy:kim")

    assert messenger.fetch_media() == ()
    assert [(each.url, each.content) for each in messenger.media(inbound_id)] == [("", b"")] * 2


@pytest.mark.both_databases
def test_a_purge_takes_the_pictures_with_the_text(
    make_at: Callable[[Web], Messenger], clock: MovableClock
) -> None:
    """A legal hold keeps them; without one they go with the text, and their proof stays."""
    messenger = make_at(Web({OURS: PICTURE}))
    inbound_id = text_with(messenger, OURS)
    messenger.fetch_media()
    clock.advance(timedelta(days=7 * 365))
    hold = messenger.legal_holds.place(number=PATIENT, reason="a suit", by="counsel:j.ortiz")
    messenger.purge(by="it:kim")
    (held,) = messenger.media(inbound_id)
    messenger.legal_holds.lift(hold.hold_id, reason="settled", by="counsel:j.ortiz")
    messenger.purge(by="it:kim")
    (dropped,) = messenger.media(inbound_id)

    assert held.content == JPEG
    assert (dropped.content, dropped.url, dropped.problem) == (b"", "", "it was dropped")


def test_nothing_of_it_shows(
    make_at: Callable[[Web], Messenger], caplog: pytest.LogCaptureFixture
) -> None:
    """Neither bytes nor addresses stand in a repr or a log."""
    caplog.set_level(logging.DEBUG)
    messenger = make_at(Web({OURS: HttpReply(status=302, headers={"Location": STORED})}))
    text_with(messenger, OURS)
    shown = repr(messenger.fetch_media())

    assert "okapi" not in shown + caplog.text
    assert "Media/ME1" not in shown + caplog.text


def test_it_takes_an_id(messenger: Messenger) -> None:
    """What is no id is refused where it is passed."""
    with pytest.raises(InvalidInput, match="inbound_id"):
        messenger.media(7)  # type: ignore[arg-type]


def test_the_other_facade_does_the_same(
    practice: Practice, provider: Twilio, database: Path, clock: MovableClock
) -> None:
    """On an event loop a picture is fetched and read alike."""
    keyring = Keyring.generate()
    fields = {"MessageSid": "MM1", "From": PATIENT, "To": SENDER, "Body": "", "NumMedia": "1"}

    async def fetch() -> bytes:
        messenger = AsyncMessenger(
            practice=practice,
            provider=evolve(provider, base_url=REAL),
            store=SQLite(database),
            keyring=keyring,
            clock=clock,
            transport=Web({OURS: PICTURE}),
        )
        async with messenger:
            received = await messenger.receive(callback(fields | {"MediaUrl0": OURS}))
            (text,) = received.events
            assert isinstance(text, ReceivedText)
            assert len(await messenger.fetch_media()) == 1
            (media,) = await messenger.media(text.inbound.inbound_id)
            return media.content

    assert asyncio.run(fetch()) == JPEG


# The transport


@pytest.fixture
def transport() -> Iterator[BlockingTransport]:
    made = BlockingTransport()
    yield made
    made.close()


@pytest.mark.parametrize("size", [99, 100])
def test_what_fits_is_read(size: int, transport: BlockingTransport) -> None:
    """Up to the limit the answer comes whole."""
    with odd_server(http(200, b"x" * size)) as server:
        asked = HttpRequest(method="GET", url=server.url, largest_reply=100)
        assert len(finish(transport.send(asked)).body) == size


@pytest.mark.parametrize(
    "answer",
    [
        http(200, b"x" * 101),
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + b"40\r\n" + b"x" * 64 + b"\r\n"
        b"40\r\n" + b"x" * 64 + b"\r\n",  # and it never ends
        b"HTTP/1.1 200 OK\r\nContent-Length: 9000000000\r\n\r\n" + b"x" * 200,
    ],
)
def test_reading_stops_at_the_limit(answer: bytes, transport: BlockingTransport) -> None:
    """Whatever is announced, what is too much is not read to its end; the next request works."""
    with odd_server(answer, http(200, b"fine")) as server:
        asked = HttpRequest(method="GET", url=server.url, largest_reply=100)
        with pytest.raises(ReplyTooLarge, match="more than 100 bytes"):
            finish(transport.send(asked))
        assert finish(transport.send(asked)).body == b"fine"


def test_a_compressed_answer_is_measured_unpacked(transport: BlockingTransport) -> None:
    """A small answer that unpacks to a large one is refused like a large one."""
    packed = http(200, gzip.compress(b"x" * 100_000), "Content-Encoding: gzip\r\n")
    with odd_server(packed) as server, pytest.raises(ReplyTooLarge):
        finish(transport.send(HttpRequest(method="GET", url=server.url, largest_reply=1000)))
