"""The form of permission under each web framework, through its test client and a socket."""

from __future__ import annotations

import asyncio
import http.client
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest
from django.test import AsyncClient, Client
from flask import Flask

from compliant_sms import AsyncMessenger, Messenger, Practice
from compliant_sms.consent import Granted
from compliant_sms.errors import ConfigurationError, InvalidInput, StoreError
from compliant_sms.providers import Twilio
from compliant_sms.sandbox import Sandbox
from compliant_sms.stores import SQLite
from compliant_sms.testing import MovableClock, filled_in
from compliant_sms.web._throttle import Throttle
from compliant_sms.web.django import consent_urls
from compliant_sms.web.flask import consent_blueprint
from compliant_sms.web.starlette import consent_app
from compliant_sms.wire import HttpReply
from conftest import PATIENT
from form_visits import Browser, Make, cookie_of, permission, with_form
from frameworks import FORMS, MOUNT, Framework, django_project, until_done

CANARY = "okapi-canary"
FORM = "application/x-www-form-urlencoded"
every_framework = pytest.mark.parametrize("framework", FORMS, ids=lambda each: each.name)


@pytest.fixture
def asking(make_messenger: Make, practice: Practice) -> Iterator[Messenger]:
    """A messenger with a form; what it confirms is out before it closes."""
    yield with_form(make_messenger, practice)
    until_done()


def through(call: Any, where: str = MOUNT + "/") -> Browser:
    """A browser in front of a framework."""
    return Browser(lambda method, headers, body: call(method, where, headers, body))


def grants(messenger: Messenger) -> int:
    """How often somebody agreed."""
    return sum(isinstance(e, Granted) for e in messenger.consent.events(PATIENT))


@every_framework
def test_a_visit(framework: Framework, asking: Messenger) -> None:
    """Shown, refused without a box, and taken; another site's form is not."""
    with framework.client(asking) as call:
        ana = through(call)
        page = ana.get()
        mended = ana.send(page, without=("agree-care",))
        forged = ana.send(page, headers={"Origin": "https://evil.example"})
        taken = ana.send(mended)
        nothing = call("GET", f"{MOUNT}/nothing", {}, b"")
        put = call("PUT", f"{MOUNT}/", {}, b"")

    assert [each.status for each in (page, mended, forged, taken)] == [200, 422, 403, 200]
    assert nothing.status == 404
    assert put.status == 405
    assert grants(asking) == 1
    for each in (page, mended, forged, taken):
        assert (each.header("content-security-policy") or "").startswith("default-src 'none'")
        assert each.header("cache-control") == "no-store"


@every_framework
def test_a_host_fills_it_in_with_a_client_of_its_own(
    framework: Framework, asking: Messenger
) -> None:
    """The fields that a browser would post come of the page, as one line of a test."""
    with framework.client(asking) as call:
        page = through(call).get()
        words = page.body.decode()
        fields = filled_in(words, name="Ana Gomez", number="(217) 555-0134", agreed=["care"])
        details = filled_in(words, name="Ana", number="", agreed=["care"], health_details=True)
        sent = {
            "Content-Type": "application/x-www-form-urlencoded",
            "Cookie": cookie_of(page),
            "Origin": "https://lakeside.example",
        }
        taken = call("POST", f"{MOUNT}/", sent, urlencode(fields).encode())

    assert taken.status == 200
    assert grants(asking) == 1
    assert details.keys() - fields.keys() == {"health-details"}
    with pytest.raises(InvalidInput, match="agree-care, agree-offers, health-details"):
        filled_in(words, name="Ana Gomez", number="", agreed=["bills"])
    with pytest.raises(InvalidInput, match="not a permission form"):
        filled_in("<p>", name="", number="")
    with pytest.raises(InvalidInput, match="page"):
        filled_in(page.body, name="", number="")  # type: ignore[arg-type]


def test_djangos_own_clients_keep_the_cookie(asking: Messenger) -> None:
    """A host's test gets the form and posts it, and copies nothing by hand."""
    with django_project(asking, urls_of=consent_urls):
        client, another = Client(), AsyncClient()
        page = client.get(f"{MOUNT}/", secure=True)
        taken = client.post(f"{MOUNT}/", typed(page), content_type=FORM, secure=True)
        cookie = page.cookies["__Host-consent-form"]
        assert (taken.status_code, grants(asking)) == (200, 1)

        async def visit() -> int:
            page = await another.get(f"{MOUNT}/", secure=True)
            sent = await another.post(f"{MOUNT}/", typed(page), content_type=FORM, secure=True)
            status: int = sent.status_code
            return status

        assert asyncio.run(visit()) == 200
    assert (cookie["secure"], cookie["httponly"], cookie["samesite"]) == (True, True, "Strict")


def test_flasks_own_client_keeps_the_cookie(asking: Messenger) -> None:
    """Likewise, with ``base_url``."""
    app = Flask("clinic")
    app.register_blueprint(consent_blueprint(asking), url_prefix=MOUNT)
    client, secure = app.test_client(), "https://lakeside.example"
    page = client.get(f"{MOUNT}/", base_url=secure)
    fields = filled_in(page.text, name="Ana Gomez", number=PATIENT, agreed=["care"])
    taken = client.post(f"{MOUNT}/", data=fields, base_url=secure)

    assert (taken.status_code, grants(asking)) == (200, 1)


def typed(page: Any) -> str:
    """What is typed into a page that one of Django's clients got, as a browser sends it."""
    words = page.content.decode()
    return urlencode(filled_in(words, name="Ana Gomez", number=PATIENT, agreed=["care"]))


@every_framework
def test_what_was_agreed_to_is_confirmed_after_the_answer(
    framework: Framework, asking: Messenger, carrier: Sandbox
) -> None:
    """At once, without a worker, unless that is left to one; a form that is refused sends none."""
    for dispatch in (False, True):
        with framework.client(asking, dispatch=dispatch) as call:
            ana = through(call)
            page = ana.send(ana.get(), without=("agree-care",))
            until_done()
            assert not carrier.messages()
            assert ana.send(page).status == 200
        until_done()
        assert bool(carrier.messages()) is dispatch


@every_framework
def test_several_messengers(framework: Framework, asking: Messenger) -> None:
    """The last part of the path says whose form it is."""
    with framework.client({"lakeside": asking}) as call:
        assert through(call, f"{MOUNT}/lakeside").get().status == 200
        assert through(call, f"{MOUNT}/hillside").get().status == 404
        assert through(call).get().status == 404


@every_framework
def test_too_many(framework: Framework, asking: Messenger) -> None:
    """An address that sends forms without end is told to wait; the form is still shown."""
    with framework.client(asking) as call:
        ana = through(call)
        page = ana.get()
        statuses = [ana.send(page, but={"name": ""}).status for _ in range(12)]
        again = ana.get()

    assert statuses == [422] * 10 + [429] * 2
    assert again.status == 200


@every_framework
def test_too_large(framework: Framework, asking: Messenger) -> None:
    """Nobody reads a form without end."""
    with framework.client(asking) as call:
        ana = through(call)
        assert ana.send(ana.get(), but={"name": "x" * 40_000}).status == 413
    assert grants(asking) == 0


@every_framework
@pytest.mark.parametrize(
    "error", [StoreError(CANARY), RuntimeError(CANARY)], ids=["store", "other"]
)
def test_what_goes_wrong_tells_nothing(
    framework: Framework,
    asking: Messenger,
    error: Exception,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Neither the answer nor a log says what was sent, or what went wrong with it."""

    def fail(_: object) -> HttpReply:
        raise error

    monkeypatch.setattr(asking.permission, "answer", fail)
    with caplog.at_level(logging.DEBUG), framework.client(asking) as call:
        answer = through(call).get()

    assert answer.status == (503 if isinstance(error, StoreError) else 500)
    assert CANARY.encode() not in answer.body
    assert not any(CANARY in record.getMessage() for record in caplog.records)


@pytest.mark.parametrize("framework", [FORMS[0], *FORMS[2:]], ids=lambda each: each.name)
def test_over_a_socket(framework: Framework, asking: Messenger) -> None:
    """The same through a real server."""
    with framework.server(asking) as url:
        host = urlsplit(url).netloc

        def ask(method: str, headers: dict[str, str], body: bytes) -> HttpReply:
            connection = http.client.HTTPConnection(host, timeout=60)
            connection.request(method, MOUNT + "/", body, headers)
            got = connection.getresponse()
            reply = HttpReply(status=got.status, headers=got.getheaders(), body=got.read())
            connection.close()
            return reply

        ana = Browser(ask)
        page = ana.get()
        assert ana.send(page).status == 200
    name, *rules = (page.header("set-cookie") or "").strip().split("; ")
    assert name.startswith("__Host-consent-form=")
    assert sorted(rules) == ["HttpOnly", "Max-Age=7200", "Path=/", "SameSite=Strict", "Secure"]
    assert [each.lower() for each, _ in page.headers].count("set-cookie") == 1
    (granted,) = (e for e in asking.consent.events(PATIENT) if isinstance(e, Granted))
    assert granted.signature is not None
    assert granted.signature.ip_address == "127.0.0.1"


@pytest.mark.parametrize(
    "framework", [each for each in FORMS if each.is_async], ids=lambda each: each.name
)
def test_for_an_event_loop(
    *,
    framework: Framework,
    practice: Practice,
    provider: Twilio,
    carrier: Sandbox,
    clock: MovableClock,
    tmp_path: Path,
) -> None:
    """An AsyncMessenger answers and confirms too; a coroutine may tell whose consent it is."""

    async def identify(_: object) -> str | None:
        await asyncio.sleep(0)
        return "pat-881"

    messenger = AsyncMessenger(
        practice=practice,
        provider=provider,
        store=SQLite(tmp_path / "async.db"),
        clock=clock,
        permission=permission(identify=identify),
    )
    with framework.client(messenger) as call:
        ana = through(call)
        assert ana.send(ana.get()).status == 200
    asyncio.run(messenger.aclose())
    assert len(carrier.messages()) == 1
    with Messenger(
        practice=practice, provider=provider, store=SQLite(tmp_path / "async.db"), clock=clock
    ) as reading:
        assert grants(reading) == 1


def test_who_has_no_form(messenger: Messenger) -> None:
    """A messenger without a form is refused where it is mounted; so is one of another kind."""
    for mount in (consent_app, consent_urls, consent_blueprint):
        with pytest.raises(ConfigurationError, match="form_url"):
            mount(messenger)


def test_flask_has_no_event_loop(practice: Practice, provider: Twilio, tmp_path: Path) -> None:
    """Flask answers without an event loop."""
    messenger = AsyncMessenger(
        practice=practice,
        provider=provider,
        store=SQLite(tmp_path / "a.db"),
        permission=permission(),
    )
    with pytest.raises(ConfigurationError, match="AsyncMessenger"):
        consent_blueprint(messenger)  # type: ignore[arg-type]


def test_the_throttle_fills_up_again() -> None:
    """Ten at once, then one each half minute; other addresses are no worse off."""
    now = [0.0]
    throttle = Throttle(now=lambda: now[0])

    assert [throttle.lets("a") for _ in range(11)] == [True] * 10 + [False]
    assert throttle.lets("b")
    now[0] = 29.0
    assert not throttle.lets("a")
    now[0] = 30.0
    assert [throttle.lets("a"), throttle.lets("a")] == [True, False]


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("2001:db8:0:7::1", "2001:db8:0:7:ffff::2", True),
        ("2001:db8:0:7::1", "2001:db8:0:8::1", False),
        ("::ffff:203.0.113.9", "203.0.113.9", True),
        ("::ffff:203.0.113.9", "::ffff:203.0.113.8", False),
        ("203.0.113.9", "203.0.113.8", False),
        ("testclient", "testclient", True),
        ("", "203.0.113.9", False),
    ],
)
def test_whoever_has_a_network_has_one_address(one: str, other: str, *, same: bool) -> None:
    """An address of IPv6 comes with 2^64 others, which would send as many forms."""
    throttle = Throttle(at_once=1, now=lambda: 0.0)

    assert throttle.lets(one)
    assert throttle.lets(other) is not same


def test_the_throttle_forgets_the_oldest() -> None:
    """However many addresses come, it remembers so many."""
    throttle = Throttle(at_once=1, addresses=2, now=lambda: 0.0)
    for address in "abc":
        assert throttle.lets(address)

    assert throttle.lets("a")
    assert not throttle.lets("c")
