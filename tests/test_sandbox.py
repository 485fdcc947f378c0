"""The sandbox carrier, driven by Twilio's own client and checked by Twilio's own validator."""

from __future__ import annotations

import asyncio
import queue
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl

import pytest
import requests
import uvicorn
from attrs import define, field, frozen
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response as WebResponse
from starlette.routing import Route
from twilio.base.exceptions import TwilioRestException
from twilio.http.http_client import TwilioHttpClient
from twilio.http.response import Response as TwilioResponse
from twilio.request_validator import RequestValidator
from twilio.rest import Client

from carriers import CLOSED
from compliant_sms.errors import ConfigurationError, InvalidInput
from compliant_sms.sandbox import BookEntry, FaultKind, Sandbox, serve
from compliant_sms.sandbox._entries import Draft
from hooks import PATIENCE, until
from servers import QuickServer

SID = "AC0123456789abcdef0123456789abcdef"
TOKEN = "sandbox-token"
OURS, OTHER = "+12175550111", "+12175550112"
ANA, BEN = "+12175550134", "+12175550135"
NOON = datetime(2026, 12, 1, 12, 0, tzinfo=UTC)


@frozen
class Callback:
    """A callback as it arrived."""

    url: str
    pairs: list[tuple[str, str]]
    signature: str

    @property
    def fields(self) -> dict[str, str]:
        """The decoded fields."""
        return dict(self.pairs)

    def is_signed(self, token: str = TOKEN, **changed: str) -> bool:
        """What Twilio's validator says, after changing some fields."""
        validator = RequestValidator(token)
        return bool(validator.validate(self.url, {**self.fields, **changed}, self.signature))


@define
class Receiver:
    """An application's webhooks."""

    base: str
    callbacks: queue.Queue[Callback] = field(factory=queue.Queue)
    status: int = 200

    def next(self) -> Callback:
        """The next callback; fails when none comes."""
        return self.callbacks.get(timeout=PATIENCE)

    def until(self, status: str) -> list[Callback]:
        """All callbacks up to the one with that status."""
        seen = [self.next()]
        while seen[-1].fields["MessageStatus"] != status:
            seen.append(self.next())
        return seen

    async def take(self, request: Request) -> WebResponse:
        """Keep a callback."""
        scope = request.scope
        query = scope["query_string"].decode()
        url = self.base + scope["raw_path"].decode() + (f"?{query}" if query else "")
        pairs = parse_qsl((await request.body()).decode(), keep_blank_values=True)
        self.callbacks.put(Callback(url, pairs, request.headers["X-Twilio-Signature"]))
        return WebResponse(status_code=self.status)


@contextmanager
def listening() -> Iterator[Receiver]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        receiver = Receiver(f"http://127.0.0.1:{listener.getsockname()[1]}")
        app = Starlette(routes=[Route("/{path:path}", receiver.take, methods=["POST"])])
        server = QuickServer(uvicorn.Config(app, log_config=None, access_log=False))
        thread = threading.Thread(target=server.run, args=([listener],), daemon=True)
        thread.start()
        yield receiver
        server.should_exit = True
        thread.join(PATIENCE)


@pytest.fixture(scope="module")
def shared_receiver() -> Iterator[Receiver]:
    with listening() as receiver:
        yield receiver


@pytest.fixture
def receiver(shared_receiver: Receiver) -> Receiver:
    shared_receiver.callbacks, shared_receiver.status = queue.Queue(), 200
    return shared_receiver


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(account_sid=SID, auth_token=TOKEN, numbers=[OURS, OTHER]) as running:
        yield running


@pytest.fixture(scope="module")
def calm() -> Iterator[Sandbox]:
    """For tests that leave nothing behind, callbacks on their way included."""
    with Sandbox(account_sid=SID, auth_token=TOKEN, numbers=[OURS]) as running:
        yield running


class Redirected(TwilioHttpClient):
    """Twilio's HTTP client, speaking to the sandbox."""

    def __init__(self, url: str, timeout: float) -> None:
        super().__init__(timeout=timeout)
        self._url = url

    def request(self, method: str, url: str, *args: Any, **kwargs: Any) -> TwilioResponse:
        here = url.replace("https://api.twilio.com", self._url)
        return super().request(method, here, *args, **kwargs)


def client(sandbox: Sandbox, token: str = TOKEN, timeout: float = PATIENCE) -> Client:
    return Client(SID, token, http_client=Redirected(sandbox.url, timeout))


def send(api: Client, **changed: Any) -> Any:
    return api.messages.create(**{"to": ANA, "from_": OURS, "body": "See you Tuesday.", **changed})


def code_of(call: Callable[[], object]) -> tuple[int, int | None]:
    with pytest.raises(TwilioRestException) as caught:
        call()
    return caught.value.status, caught.value.code


def only(sandbox: Sandbox) -> BookEntry:
    (entry,) = sandbox.messages()
    return entry


# Creating, reading, changing


def test_a_created_text_has_all_that_the_client_expects(calm: Sandbox) -> None:
    """What create answers is a whole Message resource."""
    before = datetime.now(UTC).replace(microsecond=0)
    text = send(client(calm))

    assert text.sid.startswith("SM")
    assert len(text.sid) == 34
    assert (text.status, text.direction, text.body) == (
        "queued",
        "outbound-api",
        "See you Tuesday.",
    )
    assert (text.from_, text.to, text.account_sid) == (OURS, ANA, SID)
    assert (text.num_segments, text.num_media) == ("1", "0")
    assert before <= text.date_created <= datetime.now(UTC)
    assert (text.date_sent, text.error_code, text.price) == (None, None, None)
    assert text.uri == f"/2010-04-01/Accounts/{SID}/Messages/{text.sid}.json"
    assert text.subresource_uris["media"].endswith(f"{text.sid}/Media.json")


def test_media_make_another_kind_of_id(calm: Sandbox) -> None:
    """A text with media needs no body, and its id starts with MM."""
    text = send(client(calm), body="", media_url=["https://example.org/a.png"] * 10)

    assert text.sid.startswith("MM")
    assert text.num_media == "10"


def test_statuses_are_called_back_in_order_and_signed(calm: Sandbox, receiver: Receiver) -> None:
    """A text is sent, then delivered; Twilio's validator accepts each callback."""
    url = f"{receiver.base}/status?clinic=a%2Bb&x=1+2"
    text = send(client(calm), status_callback=url)
    seen = receiver.until("delivered")

    assert [callback.fields["MessageStatus"] for callback in seen] == ["sent", "delivered"]
    assert all(callback.url == url and callback.is_signed() for callback in seen)
    assert {callback.fields["MessageSid"] for callback in seen} == {text.sid}
    assert (seen[0].fields["From"], seen[0].fields["To"]) == (OURS, ANA)
    assert client(calm).messages(text.sid).fetch().status == "delivered"


def test_tampered_callbacks_are_rejected(calm: Sandbox, receiver: Receiver) -> None:
    """Another field, another key or another URL no longer fits the signature."""
    send(client(calm), status_callback=f"{receiver.base}/status")
    callback, _ = receiver.until("delivered")

    assert callback.is_signed()
    assert not callback.is_signed(MessageStatus="delivered")
    assert not callback.is_signed(token="another")
    assert not Callback(callback.url + "?x=1", callback.pairs, callback.signature).is_signed()


def test_a_url_without_a_path_is_signed_as_its_server_sees_it(
    calm: Sandbox, receiver: Receiver
) -> None:
    """The signature covers the slash that every HTTP request has."""
    send(client(calm), status_callback=receiver.base)

    assert all(callback.is_signed() for callback in receiver.until("delivered"))


@pytest.mark.parametrize(
    ("outcome", "code", "expected"),
    [
        ("sent", None, [("sent", None)]),
        ("undelivered", 30006, [("sent", None), ("undelivered", "30006")]),
        ("failed", None, [("failed", "30003")]),
    ],
)
def test_a_recipient_can_be_told_not_to_get_texts(
    sandbox: Sandbox, receiver: Receiver, outcome: Any, code: int | None, expected: list[Any]
) -> None:
    """The last status, and the error code with it, are set for each recipient."""
    sandbox.set_delivery(ANA, outcome, error_code=code)
    text = send(client(sandbox), status_callback=f"{receiver.base}/status")
    seen = [callback.fields for callback in receiver.until(outcome)]

    assert [(each["MessageStatus"], each.get("ErrorCode")) for each in seen] == expected
    fetched = client(sandbox).messages(text.sid).fetch()
    assert (fetched.status, str(fetched.error_code)) == (outcome, str(expected[-1][1]))


def test_a_delivered_text_can_be_blanked_and_deleted(sandbox: Sandbox, receiver: Receiver) -> None:
    """Redaction keeps the record, deletion removes it."""
    api = client(sandbox)
    text = send(api, status_callback=f"{receiver.base}/status")
    receiver.until("delivered")

    assert text.update(body="").body == ""
    assert code_of(lambda: text.update(body="other words")) == (400, 20001)
    assert code_of(lambda: text.update(status="canceled")) == (400, 30409)
    assert text.delete()
    assert code_of(text.fetch) == (404, 20404)
    assert code_of(text.delete) == (404, 20404)


def test_a_text_on_its_way_cannot_be_deleted(sandbox: Sandbox) -> None:
    """Twilio keeps a record until the outcome is known."""
    sandbox.set_delivery(ANA, "queued")
    text = send(client(sandbox))

    assert code_of(text.delete) == (409, 20009)


# Refusals


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"to": ""}, 21604),
        ({"to": "2175550134"}, 21211),
        ({"to": "+12170550134"}, 21211),
        ({"from_": ""}, 21603),
        ({"from_": BEN}, 21606),
        ({"body": ""}, 21602),
        ({"body": "x" * 1601}, 21617),
        ({"status_callback": "ftp://example.org/"}, 21609),
        ({"status_callback": "https://my_host.example/"}, 21609),
        ({"status_callback": "https://[half"}, 21609),
        ({"status_callback": "https://example.org/a b"}, 21609),
        ({"media_url": ["https://example.org/a.png"] * 11}, 21623),
        ({"validity_period": 0}, 21624),
        ({"validity_period": 36_001}, 21624),
        ({"validity_period": "soon"}, 21624),
        ({"messaging_service_sid": "MG" + "0" * 32}, 21703),
    ],
)
def test_what_twilio_refuses_is_refused_with_its_code(
    calm: Sandbox, changed: dict[str, Any], code: int
) -> None:
    """Each mistake has Twilio's own code, with status 400."""
    assert code_of(lambda: send(client(calm), **changed)) == (400, code)


def test_the_longest_allowed_values_pass(calm: Sandbox) -> None:
    """1600 characters and ten hours are the limits, not beyond them."""
    text = send(client(calm), body="x" * 1600, validity_period=36_000)

    assert text.num_segments == "11"


def test_a_wrong_token_or_account_is_refused(calm: Sandbox) -> None:
    """Only the account itself, with its token, may use the API."""
    path = f"{calm.url}/2010-04-01/Accounts"

    assert code_of(lambda: send(client(calm, token="wrong"))) == (401, 20003)
    assert requests.get(f"{path}/{SID}/Messages.json", timeout=PATIENCE).json()["code"] == 20003
    for account, header in [(SID, "Basic %%%"), ("AC" + "0" * 32, "Basic " + "QUM6eA==")]:
        answer = requests.get(
            f"{path}/{account}/Messages.json", headers={"Authorization": header}, timeout=PATIENCE
        )
        assert answer.status_code == 401
        assert answer.headers["WWW-Authenticate"].startswith("Basic")


def test_errors_have_twilios_shape(calm: Sandbox) -> None:
    """Unknown paths and methods, and JSON bodies, are answered in Twilio's JSON."""
    url = f"{calm.url}/2010-04-01/Accounts/{SID}/Messages.json"
    auth = (SID, TOKEN)
    json_body = requests.post(url, json={"To": ANA}, auth=auth, timeout=PATIENCE).json()

    assert json_body.pop("message")
    assert json_body == {
        "code": 21604,
        "more_info": "https://www.twilio.com/docs/errors/21604",
        "status": 400,
    }
    assert requests.get(f"{calm.url}/elsewhere", timeout=PATIENCE).json()["code"] == 20404
    assert requests.put(url, auth=auth, timeout=PATIENCE).json()["code"] == 20004
    assert requests.get(f"{url}?PageSize=x", auth=auth, timeout=PATIENCE).json()["code"] == 20001
    assert requests.get(f"{url}?PageToken=x", auth=auth, timeout=PATIENCE).json()["code"] == 20001
    assert requests.get(f"{url}?DateSent=soon", auth=auth, timeout=PATIENCE).json()["code"] == 20001


# Lists


@pytest.fixture(scope="module")
def archive() -> Iterator[Client]:
    """Seven texts to Ana and one to Ben, a day apart each."""
    now = [NOON]
    numbers = [OURS, OTHER]
    with (
        listening() as hooks,
        Sandbox(
            account_sid=SID, auth_token=TOKEN, numbers=numbers, clock=lambda: now[0]
        ) as running,
    ):
        api = client(running)
        for day in range(8):
            now[0] = NOON + timedelta(days=day)
            to, sender = (BEN, OTHER) if day == 7 else (ANA, OURS)
            hook = f"{hooks.base}/status"
            send(api, to=to, from_=sender, body=f"day {day}", status_callback=hook)
            hooks.until("delivered")
        yield api


@pytest.mark.parametrize(
    ("asked", "days"),
    [
        ({}, [7, 6, 5, 4, 3, 2, 1, 0]),
        ({"limit": 2}, [7, 6]),
        ({"to": BEN}, [7]),
        ({"from_": OURS, "date_sent_after": NOON + timedelta(days=5)}, [6, 5]),
        ({"date_sent_before": NOON + timedelta(days=1)}, [1, 0]),
        ({"date_sent_before": NOON + timedelta(hours=11)}, [0]),
        ({"date_sent": NOON.date() + timedelta(days=3)}, [3]),
        ({"date_sent": "2026-12-03"}, [2]),
        ({"date_sent_before": "2026-12-02"}, [1, 0]),
        ({"date_sent_after": "2026-12-07", "to": ANA}, [6]),
        ({"date_sent_after": "2026-12-06T12:00:00", "to": ANA}, [6, 5]),
    ],
)
def test_lists_are_filtered_and_newest_first(
    archive: Client, asked: dict[str, Any], days: list[int]
) -> None:
    """To, From and the three DateSent filters work as the client sends them, on any page size."""
    assert [text.body for text in archive.messages.list(**asked)] == [f"day {d}" for d in days]
    paged = archive.messages.list(**asked, page_size=2)
    assert [text.body for text in paged] == [f"day {d}" for d in days]


def test_texts_created_between_two_pages_change_neither(sandbox: Sandbox) -> None:
    """A page starts after the last text of the page before it, whatever came since."""
    api = client(sandbox)
    for number in range(4):
        send(api, body=str(number))
    first = api.messages.page(page_size=2)
    shown = [text.body for text in first]
    send(api, body="new")
    second = first.next_page()

    assert shown == ["3", "2"]
    assert second is not None
    assert [text.body for text in second] == ["1", "0"]
    assert second.next_page() is None


def test_a_text_that_was_not_sent_has_no_date_to_be_found_by(sandbox: Sandbox) -> None:
    """While it is queued a text is on the list, and under no DateSent."""
    sandbox.set_delivery(ANA, "queued")
    api = client(sandbox)
    send(api)

    assert len(api.messages.list()) == 1
    assert api.messages.list(date_sent_after=NOON - timedelta(days=9000)) == []


# Patients


def test_a_patients_text_reaches_the_webhook(sandbox: Sandbox, receiver: Receiver) -> None:
    """The webhook is called once, signed, with blank fields kept, and its status comes back."""
    sandbox.set_inbound_url(OURS, f"{receiver.base}/inbound?x=%2B1")
    receiver.status = 204
    body = "Ça va? 1+1=2 & more ✓"

    assert sandbox.reply(ANA, body, to=OURS) == 204
    callback = receiver.next()
    assert callback.is_signed()
    assert not callback.is_signed(Body="STOP")
    sent = callback.fields
    assert (sent["From"], sent["To"], sent["Body"]) == (ANA, OURS, body)
    assert sent["MessageSid"] == sent["SmsSid"] == sent["SmsMessageSid"] == only(sandbox).sid
    assert (sent["NumMedia"], sent["AccountSid"], sent["FromCity"]) == ("0", SID, "")
    entry = only(sandbox)
    assert (entry.author, entry.status, entry.answered_by) == ("patient", "received", None)
    assert entry.webhook_status == 204


def test_the_same_sid_delivers_the_same_text_again(sandbox: Sandbox, receiver: Receiver) -> None:
    """A repeated delivery adds nothing to the book; a sid cannot change its text."""
    sandbox.set_inbound_url(OURS, f"{receiver.base}/inbound")
    sid = "SM" + "5" * 32
    receiver.status = 500

    assert sandbox.reply(ANA, "STOP", to=OURS, sid=sid) == 500
    assert sandbox.reply(ANA, "STOP", to=OURS, sid=sid) == 500
    assert receiver.next().fields["MessageSid"] == receiver.next().fields["MessageSid"] == sid
    assert [entry.author for entry in sandbox.messages()] == ["patient", "carrier"]
    with pytest.raises(InvalidInput, match="another text"):
        sandbox.reply(ANA, "START", to=OURS, sid=sid)
    with pytest.raises(InvalidInput, match="look like"):
        sandbox.reply(ANA, "START", to=OURS, sid="SM1")


def test_nobody_listening_is_no_error(sandbox: Sandbox) -> None:
    """Without a webhook, or with one that cannot be reached, the status is 0."""
    assert sandbox.reply(ANA, "hello", to=OURS) == 0
    sandbox.set_inbound_url(OURS, f"{CLOSED}/")
    assert sandbox.reply(ANA, "hello again", to=OURS) == 0
    assert [entry.webhook_status for entry in sandbox.messages()] == [None, 0]


def test_a_patient_answers_the_number_that_texted_them_last(sandbox: Sandbox) -> None:
    """Whoever was texted by none writes to the first one."""
    send(client(sandbox), from_=OTHER)
    sandbox.reply(ANA, "yes")
    sandbox.reply(BEN, "hello")

    assert [entry.to for entry in sandbox.messages() if entry.author == "patient"] == [OTHER, OURS]


def test_where_no_number_is_nobody_can_text() -> None:
    """A sandbox without any number says what is missing."""
    with (
        Sandbox(account_sid=SID, auth_token=TOKEN) as bare,
        pytest.raises(InvalidInput, match="no number to text"),
    ):
        bare.reply(ANA, "hello")


def test_drain_waits_for_what_is_still_to_be_told(sandbox: Sandbox) -> None:
    """A STOP that overtook a request is told after the answer: until then it is on its way."""
    carrier = sandbox._carrier

    async def drained_before() -> bool:
        written = carrier.write_from_patient(Draft(from_=ANA, to=OURS, body="STOP"))
        drained = asyncio.ensure_future(carrier.drain())
        for _ in range(5):
            await asyncio.sleep(0)
        early = drained.done()
        await carrier.tell_from_patient(written)
        await drained
        return early

    assert carrier.run(drained_before()) is False


def test_stop_blocks_and_start_unblocks(sandbox: Sandbox, receiver: Receiver) -> None:
    """The carrier answers STOP and START itself, forwards both, and refuses in between."""
    api = client(sandbox)
    sandbox.set_inbound_url(OURS, f"{receiver.base}/inbound")

    sandbox.reply(ANA, " Stop ", to=OURS)
    assert receiver.next().fields["Body"] == " Stop "
    assert code_of(lambda: send(api)) == (400, 21610)
    assert send(api, to=BEN).status == "queued"
    assert send(api, from_=OTHER).status == "queued"
    sandbox.reply(ANA, "unstop", to=OURS)
    assert send(api).status == "queued"
    wrote = [(entry.author, entry.direction, entry.answered_by) for entry in sandbox.messages()]
    assert wrote[:2] == [("patient", "inbound", "carrier"), ("carrier", "outbound-reply", None)]


def test_help_is_answered_and_blocks_nothing(sandbox: Sandbox) -> None:
    """HELP gets the carrier's answer, and a sentence with a keyword in it gets none."""
    for body in ("help", "please stop", "Stop."):
        sandbox.reply(ANA, body, to=OURS)

    assert [entry.author for entry in sandbox.messages()].count("carrier") == 1
    assert send(client(sandbox)).status == "queued"


def test_keywords_can_be_left_to_the_application(sandbox: Sandbox) -> None:
    """With default handling off nothing is answered or blocked, not even who was before."""
    sandbox.reply(ANA, "STOP", to=OURS)
    sandbox.set_answers_keywords(OURS, answers=False)
    sandbox.reply(BEN, "STOP", to=OURS)

    assert [entry.author for entry in sandbox.messages()] == ["patient", "carrier", "patient"]
    assert {send(client(sandbox), to=to).status for to in (ANA, BEN)} == {"queued"}


# Faults


def test_a_status_fault_answers_and_records_nothing(sandbox: Sandbox) -> None:
    """Any status, headers and body come once each, in the order queued, then it works again."""
    api = client(sandbox)
    sandbox.fail_next(
        "status", status=429, headers={"Retry-After": "2"}, body={"code": 20429, "message": "slow"}
    )
    sandbox.fail_next("status", body="<html>Bad gateway</html>", status=502)
    sandbox.fail_next("status", times=2)
    url = f"{sandbox.url}/2010-04-01/Accounts/{SID}/Messages.json"

    assert code_of(lambda: send(api)) == (429, 20429)
    html = requests.post(url, auth=(SID, TOKEN), timeout=PATIENCE)
    assert (html.status_code, html.headers["content-type"]) == (502, "text/html; charset=utf-8")
    assert html.text == "<html>Bad gateway</html>"
    for _ in range(2):
        empty = requests.post(url, auth=(SID, TOKEN), timeout=PATIENCE)
        assert (empty.status_code, empty.content) == (503, b"")
    assert sandbox.messages() == ()
    assert send(api).status == "queued"


def test_the_header_of_a_status_fault_arrives(calm: Sandbox) -> None:
    """Retry-After and a content type of one's own are sent as given."""
    headers = {"Retry-After": "2", "Content-Type": "application/problem+json"}
    calm.fail_next("status", status=503, headers=headers, body="{}")
    url = f"{calm.url}/2010-04-01/Accounts/{SID}/Messages.json"
    answer = requests.post(url, auth=(SID, TOKEN), timeout=PATIENCE)

    assert answer.headers["Retry-After"] == "2"
    assert answer.headers["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize(("kind", "recorded"), [("drop", 0), ("accept_then_drop", 1)])
def test_dropped_connections(sandbox: Sandbox, kind: str, recorded: int) -> None:
    """The client sees the same in both cases; only the book tells them apart."""
    sandbox.fail_next(kind)

    with pytest.raises(requests.ConnectionError):
        send(client(sandbox))
    assert len(sandbox.messages()) == recorded


def test_a_hanging_request_is_recorded_and_delivered(sandbox: Sandbox, receiver: Receiver) -> None:
    """The client waits in vain, yet the text goes out and is called back."""
    sandbox.fail_next(FaultKind.HANG)

    with pytest.raises(requests.ReadTimeout):
        send(client(sandbox, timeout=0.2), status_callback=f"{receiver.base}/status")
    sid = receiver.until("delivered")[-1].fields["MessageSid"]
    assert only(sandbox).sid == sid


def test_a_late_answer_is_a_proper_one(sandbox: Sandbox) -> None:
    """A delayed text is recorded at once; who waits long enough gets its id."""
    sandbox.fail_next("delay", seconds=PATIENCE)  # or until the sandbox ends
    sandbox.fail_next("delay", seconds=0.1)

    with pytest.raises(requests.ReadTimeout):
        send(client(sandbox, timeout=0.1))
    (early,) = until(sandbox.messages)
    text = send(client(sandbox))
    assert [entry.sid for entry in sandbox.messages()] == [early.sid, text.sid]


def test_a_fault_does_not_hide_a_refusal(calm: Sandbox) -> None:
    """A request that Twilio would not accept is answered, not left hanging."""
    calm.fail_next("hang")

    assert code_of(lambda: send(client(calm), to="")) == (400, 21604)


def test_stopping_lets_go_of_hanging_requests() -> None:
    """A request that hangs on purpose does not hold up the end."""
    failures: queue.Queue[BaseException] = queue.Queue()
    recorded = threading.Event()

    def now() -> datetime:
        recorded.set()
        return NOON

    with Sandbox(account_sid=SID, auth_token=TOKEN, numbers=[OURS], clock=now) as running:
        running.fail_next("hang")
        api = client(running, timeout=PATIENCE)

        def wait_in_vain() -> None:
            try:
                send(api)
            except requests.ConnectionError as error:
                failures.put(error)

        thread = threading.Thread(target=wait_in_vain)
        thread.start()
        assert recorded.wait(PATIENCE)

    assert isinstance(failures.get(timeout=PATIENCE), requests.ConnectionError)
    thread.join(PATIENCE)
    assert len(running.messages()) == 1


# The control API


def test_the_control_api_does_what_the_methods_do(sandbox: Sandbox, receiver: Receiver) -> None:
    """Another process can set up numbers, text in, fail requests and read the book."""
    base = f"{sandbox.url}/sandbox"
    hook = {"inbound_url": f"{receiver.base}/inbound", "answers_keywords": False}
    text = {"from": ANA, "to": OURS, "body": "STOP", "sid": "SM" + "7" * 32}

    answer = requests.put(f"{base}/numbers/{OURS}", json=hook, timeout=PATIENCE).json()
    assert answer == hook | {"status_url": None}
    taken = requests.post(f"{base}/inbound", json=text, timeout=PATIENCE).json()
    assert taken == {"sid": text["sid"], "webhook_status": 200}
    outcome = {"outcome": "undelivered", "error_code": 30005}
    assert (
        requests.put(f"{base}/recipients/{ANA}", json=outcome, timeout=PATIENCE).status_code == 204
    )
    fault = {"kind": "status", "status": 500, "times": 1}
    assert requests.post(f"{base}/faults", json=fault, timeout=PATIENCE).json() == {"waiting": 1}
    assert code_of(lambda: send(client(sandbox)))[0] == 500
    send(client(sandbox), status_callback=f"{receiver.base}/status")
    receiver.next()
    receiver.until("undelivered")
    inbound, outbound = requests.get(f"{base}/messages", timeout=PATIENCE).json()["messages"]
    assert (inbound["body"], inbound["author"], inbound["answered_by"]) == ("STOP", "patient", None)
    assert (outbound["author"], outbound["error_code"]) == ("application", 30005)


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("PUT", f"numbers/{BEN}", "{}"),
        ("PUT", f"numbers/{OURS}", '{"inbound_url": "nowhere"}'),
        ("PUT", f"numbers/{OURS}", '{"answers_keywords": 1}'),
        ("PUT", f"recipients/{ANA}", '{"outcome": "lost"}'),
        ("PUT", f"recipients/{ANA}", '{"outcome": "sent", "error_code": 30003}'),
        ("PUT", "recipients/ana", '{"outcome": "sent"}'),
        ("POST", "inbound", '{"from": "+12175550134"}'),
        ("POST", "inbound", '{"from": "ana", "to": "+12175550111", "body": "x"}'),
        ("POST", "faults", '{"kind": "explode"}'),
        ("POST", "faults", '{"kind": "status", "status": 99}'),
        ("POST", "faults", '{"kind": "delay", "seconds": -1}'),
        ("POST", "faults", '{"kind": "drop", "times": 0}'),
        ("POST", "faults", '{"kind": "drop", "unknown": 0}'),
        ("POST", "faults", "[]"),
        ("POST", "faults", "{"),
    ],
)
def test_the_control_api_explains_what_it_cannot_do(
    calm: Sandbox, method: str, path: str, body: str
) -> None:
    """Wrong numbers, names, types and values are answered with 400 and words, without numbers."""
    answer = requests.request(method, f"{calm.url}/sandbox/{path}", data=body, timeout=PATIENCE)

    assert answer.status_code == 400
    assert answer.json()["error"]
    assert ANA not in answer.text.replace("like +12175550134", "")


# Life and time


def test_records_follow_the_carriers_clock(receiver: Receiver) -> None:
    """Dates are those of the clock that was passed in, in UTC and whole seconds."""
    now = [NOON + timedelta(microseconds=5)]
    with Sandbox(
        account_sid=SID, auth_token=TOKEN, numbers=[OURS], clock=lambda: now[0]
    ) as running:
        text = send(client(running), status_callback=f"{receiver.base}/status")
        receiver.until("delivered")

        assert text.date_created == NOON
        assert client(running).messages(text.sid).fetch().date_sent == NOON


def test_the_book_outlives_the_server() -> None:
    """It can be read after the end, and serving again goes on with it."""
    sandbox = Sandbox(account_sid=SID, auth_token=TOKEN, numbers=[OURS])
    with pytest.raises(ConfigurationError):
        _ = sandbox.url
    with pytest.raises(ConfigurationError):
        sandbox.reply(ANA, "hello", to=OURS)
    with sandbox:
        send(client(sandbox))
        with pytest.raises(ConfigurationError):
            sandbox.__enter__()

    assert len(sandbox.messages()) == 1
    with sandbox:
        send(client(sandbox))
    assert [entry.position for entry in sandbox.messages()] == [1, 2]


def test_a_taken_port_is_explained() -> None:
    """A port that another program holds is a ConfigurationError."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        sandbox = Sandbox(account_sid=SID, auth_token=TOKEN, numbers=[OURS], port=port)
        with pytest.raises(ConfigurationError, match=str(port)):
            sandbox.__enter__()


@pytest.mark.parametrize(
    "changed", [{"account_sid": "AC1"}, {"auth_token": ""}, {"numbers": ["2175550111"]}]
)
def test_accounts_that_twilio_could_not_give_are_refused(changed: dict[str, Any]) -> None:
    """A wrong account SID, an empty token or a number not in E.164 is InvalidInput."""
    with pytest.raises(InvalidInput):
        Sandbox(**{"account_sid": SID, "auth_token": TOKEN, "numbers": [OURS], **changed})


def test_no_repr_shows_a_number_or_a_body(sandbox: Sandbox) -> None:
    """Entries can be printed without showing whom a text is for or what it says."""
    send(client(sandbox))

    assert ANA not in repr(sandbox.messages())
    assert "Tuesday" not in repr(sandbox.messages())


@pytest.mark.skipif(sys.platform == "win32", reason="needs SIGINT")
def test_serve_runs_until_interrupted() -> None:
    """In the foreground it tells its URL, serves, prints nothing and ends cleanly on Ctrl-C."""
    program = (
        # Whoever runs the tests in the background may have it ignored.
        "import signal\n"
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "from compliant_sms.sandbox import Sandbox, serve\n"
        f"carrier = Sandbox(account_sid={SID!r}, auth_token={TOKEN!r}, numbers=[{OURS!r}])\n"
        "serve(carrier, ready=lambda url: print(url, flush=True))\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        assert process.stdout is not None
        url = process.stdout.readline().strip()
        answer = requests.get(f"{url}/sandbox/messages", timeout=PATIENCE)
        process.send_signal(signal.SIGINT)
        rest, _ = process.communicate(timeout=PATIENCE)

    assert answer.json() == {"messages": []}
    assert (process.returncode, rest) == (0, "")


def test_an_interrupt_as_soon_as_it_serves() -> None:
    """Ctrl-C ends it cleanly from the moment at which its URL is known."""

    def interrupt(url: str) -> None:
        assert requests.get(f"{url}/sandbox/messages", timeout=PATIENCE).ok
        raise KeyboardInterrupt

    serve(Sandbox(account_sid=SID, auth_token=TOKEN, numbers=[OURS]), ready=interrupt)


def test_a_missing_extra_is_named() -> None:
    """Without one of its dependencies the import says what to install."""
    program = (
        "import sys\n"
        "from compliant_sms.errors import MissingExtra\n"
        "for missing in ('starlette', 'uvicorn'):\n"
        "    for name in list(sys.modules):\n"
        "        if name.startswith(('starlette', 'uvicorn', 'compliant_sms.sandbox')):\n"
        "            del sys.modules[name]\n"
        "    sys.modules[missing] = None\n"
        "    try:\n"
        "        import compliant_sms.sandbox\n"
        "    except MissingExtra as error:\n"
        "        print(error.extra)\n"
        "    del sys.modules[missing]\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)

    assert done.stdout.split() == [b"sandbox", b"sandbox"]
