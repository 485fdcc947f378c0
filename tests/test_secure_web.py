"""Secure pages under each web framework: the same visits, through its test client and a socket."""

from __future__ import annotations

import asyncio
import http.client
import logging
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest

from compliant_sms import AsyncMessenger, Messenger, Practice, Profile
from compliant_sms.errors import ConfigurationError, StoreError
from compliant_sms.providers import Twilio
from compliant_sms.secure_pages import SecurePages
from compliant_sms.stores import SQLite
from compliant_sms.testing import MovableClock
from compliant_sms.web.django import secure_urls
from compliant_sms.web.flask import secure_blueprint
from compliant_sms.web.starlette import secure_app
from compliant_sms.wire import HttpReply
from frameworks import MOUNT, PAGES, Framework
from secure_visits import (
    BORN,
    DRUG,
    FORM,
    RIGHT,
    URL,
    WRONG,
    Make,
    Visitor,
    notice,
    proof_in,
    showing,
    with_pages,
)
from test_send import waits

pytestmark = pytest.mark.usefixtures(waits.__name__)  # nobody sleeps here
CANARY = "okapi-canary"
every_framework = pytest.mark.parametrize("framework", PAGES, ids=lambda each: each.name)


@pytest.fixture
def ana(make_messenger: Make, practice: Practice) -> Visitor:
    """Whoever holds the link of a notice that went out."""
    return notice(with_pages(make_messenger, practice))


def form(step: str, words: str, page: HttpReply) -> bytes:
    """What a browser makes of a form on a page."""
    return urlencode({"step": step, "proof": proof_in(page), "words": words}).encode()


@every_framework
def test_a_visit(framework: Framework, ana: Visitor, caplog: pytest.LogCaptureFixture) -> None:
    """Asked, answered wrongly and rightly, read and replied to; every answer has the headers."""
    where, headers = f"{MOUNT}/{ana.token}", {"Content-Type": FORM[0][1]}
    caplog.set_level(logging.DEBUG)
    with framework.client(ana.messenger) as call:
        asked = call("GET", where, {}, b"")
        wrong = call("POST", where, headers, form("answer", WRONG, asked))
        shown = call("POST", where, headers, form("answer", RIGHT, wrong))
        sent = call("POST", where, headers, form("reply", "Thank you", shown))
        pages = [asked, wrong, shown, sent, call("GET", f"{MOUNT}/nothing", {}, b"")]

    assert [page.status for page in pages] == [200, 403, 200, 200, 404]
    assert DRUG.encode() in shown.body
    assert ana.happened() == ["opened", "wrong_answer", "read", "replied"]
    for page in pages:
        assert (page.header("content-security-policy") or "").startswith("default-src 'none'")
        assert page.header("cache-control") == "no-store"
        assert page.header("referrer-policy") == "no-referrer"
        assert page.header("x-frame-options") == "DENY"
        assert page.header("set-cookie") is None
    # Whoever reads a link in a log can open the page, and guess; only the test's client tells it.
    assert {each.name for each in caplog.records if ana.token in each.getMessage()} <= {"httpx"}


CASES: list[tuple[str, str, str, dict[str, str], bytes, int]] = [
    ("nothing", "GET", "/", {}, b"", 404),
    ("below a token", "GET", "/{token}/more", {}, b"", 404),
    ("another method", "PUT", "/{token}", {}, b"", 405),
    ("the head", "HEAD", "/{token}", {}, b"", 200),
    ("too large", "POST", "/{token}", {"Content-Type": FORM[0][1]}, b"x" * 40_000, 413),
    ("no form", "POST", "/{token}", {"Content-Type": "application/json"}, b"{}", 400),
    ("an empty form", "POST", "/{token}", {"Content-Type": FORM[0][1]}, b"", 400),
    (
        "another site's",
        "POST",
        "/{token}",
        {"Content-Type": FORM[0][1], "Origin": "https://evil.example"},
        b"step=answer&words=okapi-canary&proof=x",
        403,
    ),
]


@every_framework
@pytest.mark.parametrize("case", CASES, ids=lambda case: case[0])
def test_every_framework_answers_alike(framework: Framework, case: Any, ana: Visitor) -> None:
    """One table of requests; nothing that somebody sent is shown or changes anything."""
    _, method, path, headers, body, status = case
    with framework.client(ana.messenger) as call:
        answer = call(method, MOUNT + path.format(token=ana.token), headers, body)

    assert answer.status == status
    assert CANARY.encode() not in answer.body
    assert ana.happened() == []


@every_framework
@pytest.mark.parametrize(
    ("method", "path"),
    [
        *(("OPTIONS", "/{}"), ("PUT", "/{}"), ("DELETE", "/{}"), ("TRACE", "/{}")),
        *(("GET", "/{}%0A"), ("GET", "//{}"), ("GET", "/{}/"), ("GET", "/./{}"), ("GET", "/")),
    ],
)
def test_every_answer_is_the_librarys(
    framework: Framework,
    method: str,
    path: str,
    ana: Visitor,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """No framework redirects to a link, tells it to a log, or answers without the headers."""
    caplog.set_level(logging.DEBUG)
    with framework.client(ana.messenger) as call:
        answer = call(method, MOUNT + path.format(ana.token), {}, b"")

    assert answer.status in {200, 404, 405}
    assert answer.header("cache-control") == "no-store"
    assert answer.header("referrer-policy") == "no-referrer"
    assert answer.header("location") is None
    assert ana.token.encode() not in answer.body
    assert {each.name for each in caplog.records if ana.token in each.getMessage()} <= {"httpx"}


@every_framework
def test_several_practices(framework: Framework, ana: Visitor) -> None:
    """The part of the path before the token says whose page it is."""
    with framework.client({"lakeside": ana.messenger}) as call:
        statuses = [
            call("GET", f"{MOUNT}{path}/{ana.token}", {}, b"").status
            for path in ("/lakeside", "/hilltop", "")
        ]

    assert statuses == [200, 404, 404]


@every_framework
def test_over_a_socket(framework: Framework, ana: Visitor) -> None:
    """A real server, a real connection; the address that it came from goes on record."""
    where, headers = f"{MOUNT}/{ana.token}", {"Content-Type": FORM[0][1]}
    with framework.server(ana.messenger) as url:

        def ask(method: str, headers: dict[str, str], body: bytes) -> HttpReply:
            connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=60)
            connection.request(method, where, body, headers)
            got = connection.getresponse()
            reply = HttpReply(status=got.status, headers=got.getheaders(), body=got.read())
            connection.close()
            return reply

        asked = ask("GET", {}, b"")
        shown = ask("POST", headers, form("answer", RIGHT, asked))

    assert (asked.status, shown.status) == (200, 200)
    assert DRUG.encode() in shown.body
    accesses = ana.messenger.secure_pages.accesses(ana.message_id)
    assert {each.address for each in accesses} == {"127.0.0.1"}


@every_framework
def test_what_goes_wrong_says_nothing(
    framework: Framework,
    ana: Visitor,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """503 where the store is away, 500 otherwise; neither answer nor log has a word of it."""
    with caplog.at_level(logging.DEBUG), framework.client(ana.messenger) as call:
        for error, status in ((StoreError(CANARY), 503), (KeyError(CANARY), 500)):

            async def fail(*_: Any, error: Exception = error) -> None:
                raise error

            monkeypatch.setattr("compliant_sms.stores._sql._pages.SecurePageRecords.page_at", fail)
            answer = call("GET", f"{MOUNT}/{ana.token}", {}, b"")
            assert answer.status == status
            assert answer.header("cache-control") == "no-store"
            assert CANARY.encode() not in answer.body

    ours = [record for record in caplog.records if record.name == "compliant_sms.web"]
    assert len(ours) == 2
    assert CANARY not in caplog.text
    told = [record for record in caplog.records if record.name != "httpx"]
    assert all(ana.token not in record.getMessage() for record in told)


@pytest.fixture
def on_a_loop(
    ana: Visitor, practice: Practice, provider: Twilio, database: Path, clock: MovableClock
) -> Iterator[AsyncMessenger]:
    """The messenger of those pages for an event loop."""

    async def people(_: str) -> Profile:
        return Profile(birth_date=BORN)

    messenger = AsyncMessenger(
        practice=showing(practice),
        provider=provider,
        store=SQLite(database),
        keyring=ana.messenger._keyring,
        people=people,
        secure_links=SecurePages(url=URL),
        clock=clock,
    )
    yield messenger
    asyncio.run(messenger.aclose())


ON_LOOPS = [framework for framework in PAGES if framework.is_async]


@pytest.mark.parametrize("framework", ON_LOOPS, ids=lambda each: each.name)
def test_an_event_loop(framework: Framework, ana: Visitor, on_a_loop: AsyncMessenger) -> None:
    """An AsyncMessenger serves the same pages, where a framework has a loop for it."""
    where, headers = f"{MOUNT}/{ana.token}", {"Content-Type": FORM[0][1]}
    with framework.client(on_a_loop) as call:
        asked = call("GET", where, {}, b"")
        shown = call("POST", where, headers, form("answer", RIGHT, asked))

    assert DRUG.encode() in shown.body
    assert ana.happened() == ["opened", "read"]


@pytest.mark.parametrize("make", [secure_app, secure_urls, secure_blueprint])
def test_a_messenger_without_pages_cannot_serve_them(
    make: Callable[..., Any], messenger: Messenger
) -> None:
    """Whoever mounts it is told at once; among several it is as if it were not there."""
    with pytest.raises(ConfigurationError, match="SecurePages"):
        make(messenger)
    make({"lakeside": messenger})


def test_among_several_one_without_pages_has_none(messenger: Messenger) -> None:
    """Its addresses are as unknown as any other."""
    with PAGES[0].client({"lakeside": messenger}) as call:
        assert call("GET", f"{MOUNT}/lakeside/{'b' * 25}", {}, b"").status == 404


def test_flask_needs_a_blocking_messenger(
    practice: Practice, provider: Twilio, database: Path
) -> None:
    """It has no event loop."""
    own = AsyncMessenger(practice=practice, provider=provider, store=SQLite(database))
    with pytest.raises(ConfigurationError, match="without an event loop"):
        secure_blueprint(own)  # type: ignore[arg-type]
    asyncio.run(own.aclose())
