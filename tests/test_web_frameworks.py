"""Callbacks under each web framework: the same table of cases, and once over a real socket."""

from __future__ import annotations

import asyncio
import logging
import re
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest
from attrs import frozen
from django.core.checks import run_checks
from django.test import override_settings
from twilio.request_validator import RequestValidator

from compliant_sms import AsyncMessenger, Messenger, Practice
from compliant_sms.errors import ConfigurationError, WebhookRejected
from compliant_sms.providers import Twilio
from compliant_sms.sandbox import Sandbox
from compliant_sms.stores import SQLite
from compliant_sms.testing import MovableClock
from compliant_sms.web.django import consent_urls, secure_urls, webhook_urls
from compliant_sms.web.flask import webhook_blueprint
from compliant_sms.web.starlette import webhook_app
from compliant_sms.wire import HttpReply
from conftest import PATIENT, PERSON, SENDER, SID, TOKEN
from frameworks import FRAMEWORKS, MOUNT, Framework, django_project, until_done
from hosts import set_up_django
from test_media import Web
from test_web import post

ORIGIN = "https://clinic.example"
PUBLIC_URL = f"{ORIGIN}{MOUNT}"
FORM = "application/x-www-form-urlencoded"
CANARY = "okapi-canary"

every_framework = pytest.mark.parametrize("framework", FRAMEWORKS, ids=lambda each: each.name)


def signed(
    url: str, body: str = "STOP", number: int = 1, kind: str = FORM, **more: str
) -> tuple[dict[str, str], bytes]:
    """A patient's text as the official client would sign it for that URL."""
    fields = {"MessageSid": f"SM{number:032}", "From": PATIENT, "To": SENDER, "Body": body, **more}
    signature = RequestValidator(TOKEN).compute_signature(url, fields)
    headers = {"Content-Type": kind, "X-Twilio-Signature": signature}
    return headers, urlencode(fields).encode()


@frozen
class Case:
    """A callback, below the mount, and what it is answered with."""

    name: str
    status: int
    path: str = "/twilio"
    method: str = "POST"
    headers: Mapping[str, str] = {}
    body: bytes | None = None
    kind: str = FORM


CASES = [
    Case("the provider's own address", 200),
    Case("a slash behind it", 200, "/twilio/"),
    Case("a query under the signature", 200, "/twilio?ref=abc&again=%20a+b"),
    Case("a parameter of the content type", 200, kind=f"{FORM}; charset=UTF-8"),
    Case("an unknown provider", 404, "/telnyx"),
    Case("below a provider", 404, "/twilio/more"),
    Case("another method", 405, method="PUT"),
    Case("only the head", 405, method="HEAD"),
    Case("a file", 415, kind="multipart/form-data; boundary=x"),
    Case("a picture", 415, kind="image/png"),
    Case("no content type", 415, kind=""),
    Case("not signed", 403, headers={"X-Twilio-Signature": ""}),
    Case("JSON, signed by nobody", 403, kind="application/json", body=b"{}"),
    Case("events of clouds", 403, kind="application/cloudevents+json", body=b"{}"),
    Case("what a notification service sends", 403, kind="text/plain; charset=UTF-8", body=b"{}"),
    Case("another text than was signed", 403, body=b"Body=START"),
    Case("too large", 413, body=b"Body=" + b"x" * 1_000_000),
]


@pytest.fixture
def make_async(
    practice: Practice, provider: Twilio, database: Path, clock: MovableClock
) -> Callable[[], AsyncMessenger]:
    """Makes messengers for an event loop."""
    store = SQLite(database)
    return lambda: AsyncMessenger(practice=practice, provider=provider, store=store, clock=clock)


@every_framework
@pytest.mark.parametrize("case", CASES, ids=lambda each: each.name)
def test_every_framework_answers_alike(
    framework: Framework, case: Case, messenger: Messenger, database: Path
) -> None:
    """One table of callbacks: taken in exactly where the answer is 2xx, and nothing is told."""
    headers, body = signed(PUBLIC_URL + case.path, f"{CANARY} STOP")
    headers = {**headers, "Content-Type": case.kind, **case.headers}
    headers = {name: value for name, value in headers.items() if value}
    with framework.client(messenger, public_url=PUBLIC_URL) as call:
        answer = call(case.method, MOUNT + case.path, headers, case.body or body)
    until_done()

    assert answer.status == case.status
    assert taken_in(database) == (answer.status == 200)
    assert said_nothing(answer.body)


def taken_in(database: Path) -> int:
    """How many texts are on record."""
    with closing(sqlite3.connect(database)) as connection:
        made = connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'sms_inbound'")
        if not made.fetchone():
            return 0
        count: int = connection.execute("SELECT count(*) FROM sms_inbound").fetchone()[0]
        return count


def said_nothing(said: bytes | str) -> bool:
    """Neither a text nor a number is in it."""
    words = said if isinstance(said, str) else said.decode()
    return CANARY not in words and PATIENT[2:] not in words and "Traceback" not in words


@every_framework
def test_the_mount_itself_is_the_first_provider(
    framework: Framework, messenger: Messenger, database: Path
) -> None:
    """A URL that was given to a provider before there were several goes on working."""
    headers, body = signed(PUBLIC_URL)
    with framework.client(messenger, public_url=PUBLIC_URL) as call:
        answer = call("POST", f"{MOUNT}/", headers, body)
    until_done()

    assert (answer.status, answer.header("content-type")) == (200, "text/xml")
    assert taken_in(database) == 1


@every_framework
def test_a_callback_may_come_with_get(framework: Framework, messenger: Messenger) -> None:
    """Then it has no body and no content type, and the URL is what is signed."""
    query = urlencode({"MessageSid": "SM" + "2" * 32, "MessageStatus": "sent"})
    url = f"/twilio?{query}"
    signature = RequestValidator(TOKEN).compute_signature(PUBLIC_URL + url, {})
    with framework.client(messenger, public_url=PUBLIC_URL) as call:
        answer = call("GET", MOUNT + url, {"X-Twilio-Signature": signature}, b"")

    assert answer.status == 200


def test_a_server_may_tell_headers_that_are_empty(messenger: Messenger) -> None:
    """So uWSGI does of a callback by GET; under Django they stand among the headers."""
    by_get = next(each for each in FRAMEWORKS if each.name == "django-wsgi")
    with by_get.client(messenger, public_url=PUBLIC_URL) as call:
        sent = {"Content-Length": "", "Content-Type": ""}
        assert call("GET", f"{MOUNT}/twilio?Body=STOP", sent, b"").status == 403


@every_framework
def test_each_practice_has_an_address(
    framework: Framework, make_messenger: Callable[..., Messenger], tmp_path: Path
) -> None:
    """Several messengers share a mount; the first part of the path tells which one it is for."""
    files = {name: tmp_path / f"{name}.db" for name in ("lakeside", "hilltop")}
    several = {name: make_messenger(store=SQLite(file)) for name, file in files.items()}
    paths = ["/hilltop/twilio", "/lakeside", "/elsewhere/twilio", "/", "/hilltop/telnyx"]
    with framework.client(several, public_url=PUBLIC_URL) as call:
        answers = [
            call("POST", MOUNT + path, *signed(PUBLIC_URL + path.rstrip("/"), number=n)).status
            for n, path in enumerate(paths)
        ]
    until_done()

    assert answers == [200, 200, 404, 404, 404]
    assert [taken_in(file) for file in files.values()] == [1, 1]


class Loading(Mapping[str, Any]):
    """A host's own mapping: it loads a messenger when asked, and cannot tell them all."""

    def __init__(self, load: Callable[[], Any]) -> None:
        self._load = load

    def __getitem__(self, key: str) -> Any:
        if key != "lakeside":
            raise KeyError(key)
        return self._load()

    def __iter__(self) -> Iterator[str]:
        pytest.fail("the table of practices does not exist yet")

    def __len__(self) -> int:
        return len(list(iter(self)))


@every_framework
def test_a_mapping_may_load_a_messenger_when_it_is_asked(
    framework: Framework, messenger: Messenger, database: Path
) -> None:
    """Nothing is loaded while the application starts: its database may have no tables yet."""
    practices = Loading(lambda: messenger)
    paths = ["/lakeside/twilio", "/elsewhere/twilio"]
    with framework.client(practices, public_url=PUBLIC_URL) as call:
        answers = [call("POST", MOUNT + path, *signed(PUBLIC_URL + path)).status for path in paths]
    until_done()

    assert answers == [200, 404]
    assert taken_in(database) == 1


@pytest.mark.parametrize("urls_of", [consent_urls, secure_urls])
def test_forms_and_pages_load_nothing_at_the_start(
    urls_of: Callable[..., Any], messenger: Messenger
) -> None:
    """Neither the form nor the pages ask a host's own mapping before somebody comes."""
    assert urls_of(Loading(lambda: messenger))


@pytest.mark.parametrize("name", ["django-wsgi", "django-asgi", "flask"])
def test_a_loaded_messenger_for_an_event_loop_is_told_of_where_there_is_none(
    name: str, make_async: Callable[[], AsyncMessenger], caplog: pytest.LogCaptureFixture
) -> None:
    """The provider calls again, and the log says that the setup is wrong, in no words of a text."""
    messenger = make_async()
    (framework,) = [each for each in FRAMEWORKS if each.name == name]
    path = "/lakeside/twilio"
    with framework.client(Loading(lambda: messenger), public_url=PUBLIC_URL) as call:
        answer = call("POST", MOUNT + path, *signed(PUBLIC_URL + path, f"{CANARY} STOP"))
    asyncio.run(messenger.aclose())

    assert answer.status == 500
    assert "ConfigurationError" in caplog.text
    assert said_nothing(caplog.text)


@every_framework
def test_a_stop_is_confirmed_after_the_answer(
    framework: Framework, messenger: Messenger, carrier: Sandbox
) -> None:
    """What a text made due goes out without a worker, unless that is left to one."""
    for dispatch in (False, True):
        with framework.client(messenger, public_url=PUBLIC_URL, dispatch=dispatch) as call:
            path = "/twilio"
            headers, body = signed(PUBLIC_URL + path, number=dispatch)
            assert call("POST", MOUNT + path, headers, body).status == 200
        until_done()
        confirmations = [each for each in carrier.messages() if each.author == "application"]
        assert len(confirmations) == dispatch


@every_framework
def test_a_picture_is_fetched_after_the_answer(
    framework: Framework, make_messenger: Callable[..., Messenger], carrier: Sandbox
) -> None:
    """A text is answered without waiting for what the patient sent along."""
    picture = f"{carrier.url}/2010-04-01/Accounts/{SID}/Messages/MM1/Media/ME1"
    web = Web({picture: HttpReply(status=200, headers={"Content-Type": "image/png"}, body=b"png")})
    messenger = make_messenger(transport=web)
    headers, body = signed(f"{PUBLIC_URL}/twilio", NumMedia="1", MediaUrl0=picture)
    with framework.client(messenger, public_url=PUBLIC_URL) as call:
        assert call("POST", f"{MOUNT}/twilio", headers, body).status == 200
    until_done()

    assert picture in [request.url for request in web.asked]


@pytest.mark.parametrize(
    "framework", [each for each in FRAMEWORKS if each.is_async], ids=lambda each: each.name
)
def test_an_event_loop_takes_an_async_messenger(
    framework: Framework,
    make_async: Callable[[], AsyncMessenger],
    carrier: Sandbox,
    database: Path,
) -> None:
    """The other facade receives, and confirms, on the loop that answers."""
    messenger = make_async()
    headers, body = signed(f"{PUBLIC_URL}/twilio")
    with framework.client(messenger, public_url=PUBLIC_URL) as call:
        answer = call("POST", f"{MOUNT}/twilio", headers, body)
    asyncio.run(messenger.aclose())

    assert (answer.status, taken_in(database)) == (200, 1)
    assert [each.author for each in carrier.messages()].count("application") == 1


@every_framework
def test_a_store_that_cannot_be_written_is_a_503(
    framework: Framework,
    make_messenger: Callable[..., Messenger],
    database: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """While another program holds the lock nothing is recorded, and the provider calls again."""
    messenger = make_messenger(store=SQLite(database, busy_timeout=0.01))
    messenger.verify_ledger()
    headers, body = signed(f"{PUBLIC_URL}/twilio", f"{CANARY} STOP")
    with framework.client(messenger, public_url=PUBLIC_URL) as call:
        with closing(sqlite3.connect(database, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            during = call("POST", f"{MOUNT}/twilio", headers, body)
        after = call("POST", f"{MOUNT}/twilio", headers, body)
    until_done()

    assert (during.status, after.status, taken_in(database)) == (503, 200, 1)
    assert "a callback could not be recorded: StoreBusy at " in caplog.text
    assert said_nothing(during.body)
    assert said_nothing(caplog.text)


@every_framework
@pytest.mark.parametrize(
    "fault",
    [
        (ValueError, "ValueError", 500),
        (lambda _: WebhookRejected("call again", status=503), "WebhookRejected", 503),
    ],
)
def test_a_fault_tells_where_it_is_and_nothing_else(
    framework: Framework,
    messenger: Messenger,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    fault: tuple[Callable[[bytes], Exception], str, int],
) -> None:
    """Whatever is raised is answered 500 and logged as a type and a line, without its words.

    So is a callback that has to come again because what it needs could not be had.
    """
    error, kind, status = fault

    def fails(request: Any, provider: str | None) -> None:
        raise error(request.body)

    caplog.set_level(logging.DEBUG)
    monkeypatch.setattr(messenger, "receive", fails)
    headers, body = signed(f"{PUBLIC_URL}/twilio", f"{CANARY} STOP")
    with framework.client(messenger, public_url=PUBLIC_URL) as call:
        answer = call("POST", f"{MOUNT}/twilio", headers, body)

    (record,) = [each for each in caplog.records if each.name == "compliant_sms.web"]
    assert answer.status == status
    assert re.fullmatch(
        rf"a callback could not be taken in: {kind} at \S+test_web_frameworks.py:\d+",
        record.getMessage(),
    )
    assert record.exc_info is None
    assert said_nothing(answer.body)
    assert said_nothing(caplog.text)
    # Django mails such a record to ADMINS, with the whole query of a callback by GET.
    assert not [each for each in caplog.records if each.name == "django.request"]


@every_framework
def test_what_fails_after_the_answer_is_told_without_words(
    framework: Framework,
    messenger: Messenger,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """The provider has its 200; the log names the type."""

    def fails() -> None:
        raise ValueError(CANARY)

    monkeypatch.setattr(messenger, "dispatch_due", fails)
    headers, body = signed(f"{PUBLIC_URL}/twilio")
    with framework.client(messenger, public_url=PUBLIC_URL) as call:
        answer = call("POST", f"{MOUNT}/twilio", headers, body)
    until_done()

    assert answer.status == 200
    assert "what is due after a callback or a form could not be done: ValueError at " in caplog.text
    assert said_nothing(caplog.text)


PROXY = {"X-Forwarded-Proto": "https", "X-Forwarded-Host": "clinic.example"}


@every_framework
def test_a_trusted_proxy_tells_the_url(framework: Framework, messenger: Messenger) -> None:
    """Without public_url the headers of a proxy count, and only from where proxies are."""
    headers, body = signed(f"{ORIGIN}{MOUNT}/twilio?ref=a%2Fb")
    path = f"{MOUNT}/twilio?ref=a%2Fb"
    # The test clients call from these.
    near = ["127.0.0.0/8", "::1"]
    with served(framework, messenger, trusted_proxies=near) as url:
        told = post(url + path, body, **PROXY, **headers).status
        lied = post(url + path, body, **PROXY, **headers, Forwarded="host=evil;proto=https").status
        mute = post(url + path, body, **headers).status
    with served(framework, messenger, trusted_proxies=["10.0.0.0/8"]) as url:
        strange = post(url + path, body, **PROXY, **headers).status

    assert (told, lied, mute, strange) == (200, 400, 400, 403)


@contextmanager
def served(framework: Framework, messenger: Any, **options: Any) -> Iterator[str]:
    """The framework behind a real server; its origin."""
    with framework.server(messenger, **options) as url:
        yield url
    until_done()


@every_framework
def test_over_a_real_socket(
    framework: Framework, messenger: Messenger, carrier: Sandbox, database: Path
) -> None:
    """The carrier calls a server; what is not signed is refused; a length is enough to refuse."""
    address = PUBLIC_URL
    with served(framework, messenger, public_url=address) as url:
        body = signed(f"{address}/twilio", number=7)[1]
        with_slash = signed(f"{address}/twilio")
        right = post(f"{url}{MOUNT}/twilio", with_slash[1], **with_slash[0])
        forged = post(f"{url}{MOUNT}/twilio", body, **{"X-Twilio-Signature": "bm8="})
        elsewhere = post(f"{url}{MOUNT}/telnyx", body)
        # Nothing of the body is ever sent: whoever waits for it never answers.
        announced = None if framework.spools else only_head(url, f"{MOUNT}/twilio", 5_000_000)

    assert (right.status, forged.status, elsewhere.status) == (200, 403, 404)
    assert (right.body, right.header("content-type")) == (b"<Response></Response>", "text/xml")
    assert announced in {413, None}
    assert taken_in(database) == 1
    assert messenger.consent.state(PATIENT, person=PERSON).revoked_at is not None


@every_framework
def test_a_callback_that_breaks_off_is_not_taken_in(
    framework: Framework, messenger: Messenger, database: Path
) -> None:
    """Half a body is none, and the whole one that comes afterwards is taken in."""
    headers, body = signed(f"{PUBLIC_URL}/twilio")
    with served(framework, messenger, public_url=PUBLIC_URL) as url:
        half = only_head(url, f"{MOUNT}/twilio", len(body), body[:10])
        nothing = taken_in(database)
        whole = post(f"{url}{MOUNT}/twilio", body, **headers).status

    assert half in {0, 400}  # a server that sees the end first answers nobody
    assert (nothing, whole, taken_in(database)) == (0, 200, 1)


def only_head(url: str, path: str, length: int, start: bytes = b"") -> int:
    """Announce a body, send no more than its start, and read the status of the answer."""
    parts = urlsplit(url)
    head = f"POST {path} HTTP/1.1\r\nHost: x\r\nContent-Type: {FORM}\r\nContent-Length: {length}"
    with socket.create_connection((parts.hostname, parts.port), timeout=60) as connection:
        connection.sendall(f"{head}\r\n\r\n".encode())
        connection.sendall(start)
        if start:
            connection.shutdown(socket.SHUT_WR)
        answer = connection.makefile("rb").readline()
        return int(answer.split()[1]) if answer else 0


# Set-up


MAKERS = [webhook_app, webhook_blueprint, webhook_urls]
each_maker = pytest.mark.parametrize("make", MAKERS, ids=lambda each: each.__name__)


@each_maker
@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({}, "Pass public_url="),
        ({"public_url": ""}, "Pass public_url="),
        ({"public_url": PUBLIC_URL, "trusted_proxies": ["10.0.0.0/8"]}, "not both"),
        ({"public_url": "clinic.example/texts"}, "like https://clinic.example/texts"),
        ({"public_url": "https://"}, "like https://clinic.example/texts"),
        ({"public_url": "https://[/texts"}, "like https://clinic.example/texts"),
        ({"public_url": "ftp://clinic.example/texts"}, "like https://clinic.example/texts"),
        ({"public_url": "https://a:b@clinic.example/texts"}, "like https://clinic.example/texts"),
        ({"public_url": f"{PUBLIC_URL}?a=b"}, "like https://clinic.example/texts"),
        ({"trusted_proxies": ["10.0.0.7/8"]}, "trusted_proxies has an invalid network"),
        ({"trusted_proxies": "nginx"}, "trusted_proxies has an invalid network"),
    ],
)
def test_nobody_starts_without_an_address(
    make: Callable[..., Any], options: dict[str, Any], words: str, messenger: Messenger
) -> None:
    """The URL is told, one way, or the application does not start."""
    set_up_django()
    with pytest.raises(ConfigurationError, match=re.escape(words)):
        make(messenger, **options)


def test_flask_wants_a_blocking_messenger(make_async: Callable[[], AsyncMessenger]) -> None:
    """It has no event loop for the other one."""
    messenger = make_async()
    with pytest.raises(ConfigurationError, match="pass a Messenger"):
        webhook_blueprint({"lakeside": messenger}, public_url=PUBLIC_URL)  # type: ignore[dict-item]
    asyncio.run(messenger.aclose())


@pytest.mark.parametrize(
    ("options", "settings", "found"),
    [
        ({"public_url": PUBLIC_URL}, {}, []),
        ({"public_url": "http://clinic.example/texts"}, {}, ["W002"]),
        ({"public_url": "http://clinic.example/texts"}, {"DEBUG": True}, []),
        ({"trusted_proxies": ["10.0.0.0/8"]}, {}, ["W001"]),
        ({"public_url": PUBLIC_URL}, {"DATA_UPLOAD_MAX_MEMORY_SIZE": 1000}, ["W003"]),
        ({"public_url": PUBLIC_URL}, {"DATA_UPLOAD_MAX_MEMORY_SIZE": None}, []),
    ],
)
def test_django_checks_the_settings_around_it(
    options: dict[str, Any], settings: dict[str, Any], found: list[str], messenger: Messenger
) -> None:
    """``manage.py check`` warns of what would get in the way; INSTALLED_APPS need not know."""
    with django_project(messenger, **options), override_settings(**settings):
        warned = [each.id for each in run_checks(tags=["urls"])]

    assert warned == [f"compliant_sms.{each}" for each in found]


def test_a_missing_framework_is_named() -> None:
    """Without it the import says what to install."""
    program = (
        "import sys\n"
        "from importlib import import_module\n"
        "from compliant_sms.errors import MissingExtra\n"
        "for extra in ('starlette', 'django', 'flask'):\n"
        "    sys.modules[extra] = None\n"
        "    try:\n"
        "        import_module(f'compliant_sms.web.{extra}')\n"
        "    except MissingExtra as error:\n"
        "        print(error.extra)\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)

    assert done.stdout.split() == [b"starlette", b"django", b"flask"]
