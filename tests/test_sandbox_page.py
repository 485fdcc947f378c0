"""The page of phones without a browser: what it is told, whom it lets in, what it does."""

from __future__ import annotations

import asyncio
import http.client
import json
import re
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from importlib.resources import files
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import pytest
from attrs import define, field
from hypothesis import given
from hypothesis import strategies as st

from compliant_sms import AsyncMessenger, Messenger, Practice, Profile, Purpose
from compliant_sms.errors import ConfigurationError, InvalidInput
from compliant_sms.messages import Held
from compliant_sms.providers import Twilio
from compliant_sms.sandbox import PatientPhone, Sandbox
from compliant_sms.sandbox._phones import _page, _practice
from compliant_sms.sandbox._phones._feed import Feed
from compliant_sms.stores import SQLite
from compliant_sms.testing import MovableClock
from conftest import MORNING, OTHER_SENDERS, PATIENT, PERSON, SENDER, SID, TOKEN
from hooks import PATIENCE
from test_send import BODY, NIGHT, agree, remind, waits

pytestmark = pytest.mark.usefixtures(waits.__name__)  # nobody sleeps here
ANA = PatientPhone(number=PATIENT, person=PERSON, name="Ana")
Json = dict[str, Any]
Make = Callable[..., Messenger]


# The feed: whoever was away is told all that changed


@define
class Reader:
    """Somebody who copies a feed, and is away now and then."""

    mark: str = ""
    known: dict[str, Json] = field(factory=dict)

    def catch_up(self, feed: Feed) -> None:
        batch = feed.since(self.mark)
        if batch.whole:
            self.known.clear()
        for change in batch.changes:
            if change.value is None:
                self.known.pop(change.key, None)
            else:
                self.known[change.key] = change.value
        self.mark = batch.mark


KEYS = st.sampled_from(["text/1", "text/2", "record/1", "clock"])
STEPS = st.one_of(
    st.tuples(st.just("put"), KEYS, st.integers(0, 3)),
    st.tuples(st.just("keep"), st.sampled_from(["text/", "record/"]), st.sets(KEYS)),
    st.tuples(st.just("read"), st.integers(0, 1), st.none()),
)


@given(st.lists(STEPS, max_size=40))
def test_nothing_is_lost_between_two_connections(steps: list[tuple[str, Any, Any]]) -> None:
    """However changes and absences mix, who comes back knows what is, and no more."""
    feed, readers, true = Feed("abc"), (Reader(), Reader()), dict[str, Json]()
    for kind, one, other in steps:
        if kind == "put":
            feed.put(one, other, lambda value: {"value": value})
            true[one] = {"value": other}
        elif kind == "keep":
            feed.keep_only(one, other)
            true = {k: v for k, v in true.items() if not k.startswith(one) or k in other}
        else:
            readers[one].catch_up(feed)
            assert readers[one].known == true
    for reader in readers:
        reader.catch_up(feed)
        assert reader.known == true


def test_what_stayed_the_same_is_no_news() -> None:
    """A value made of the same as before is not told again, and keeps its place."""
    feed = Feed("abc")
    feed.put("text/1", "one", lambda words: {"body": words})
    mark = feed.since("").mark
    feed.put("text/1", "one", lambda words: {"body": words})
    same = feed.since(mark)
    feed.put("text/1", "two", lambda words: {"body": words})
    [change] = feed.since(mark).changes

    assert (same.whole, same.changes, same.mark) == (False, (), mark)
    assert (change.value, change.seen) == ({"body": "two"}, 1)


@pytest.mark.parametrize("mark", ["", "abc", "abc.99", "abd.1", "abc.-1", "abc.1\n", "x" * 5000])
def test_a_mark_of_another_run_or_of_nobody_gets_everything(mark: str) -> None:
    """Nothing is assumed to be known."""
    feed = Feed("abc")
    feed.put("text/1", "one", lambda words: {"body": words})

    batch = feed.since(mark)

    assert batch.whole
    assert [change.key for change in batch.changes] == ["text/1"]


# Over HTTP


@define
class Listener:
    """What comes of the page's events, read by hand."""

    connection: http.client.HTTPConnection
    answer: http.client.HTTPResponse
    mark: str = ""
    known: dict[str, Json] = field(factory=dict)

    def next(self) -> Json:
        """The next event; the mark and what is known are moved on."""
        lines: list[str] = []
        while not any(line.startswith("data: ") for line in lines) or lines[-1]:
            lines.append(self.answer.readline().decode().rstrip("\n"))
        self.mark = next(line for line in lines if line.startswith("id: "))[4:]
        event: Json = json.loads(next(line for line in lines if line.startswith("data: "))[6:])
        if event["whole"]:
            self.known.clear()
        for change in event["changes"]:
            self.known[change["key"]] = change["value"]
        return event

    def until(self, met: Callable[[dict[str, Json]], object]) -> None:
        """Listen until something is so."""
        while not met(self.known):
            self.next()

    def bodies(self) -> list[str]:
        """The texts in the book."""
        return [value["body"] for key, value in self.known.items() if key.startswith("text/")]


@contextmanager
def listening(sandbox: Sandbox, mark: str = "") -> Iterator[Listener]:
    connection = http.client.HTTPConnection(urlsplit(sandbox.url).netloc, timeout=PATIENCE)
    connection.request("GET", "/sandbox/events", headers={"Last-Event-ID": mark} if mark else {})
    answer = connection.getresponse()
    assert answer.headers["content-type"] == "text/event-stream; charset=utf-8"
    yield Listener(connection, answer)
    connection.close()


def ask(
    sandbox: Sandbox,
    method: str,
    path: str,
    content: object = None,
    headers: Mapping[str, str] | None = None,
) -> tuple[int, Json]:
    """A request of any kind; status and JSON."""
    connection = http.client.HTTPConnection(urlsplit(sandbox.url).netloc, timeout=PATIENCE)
    given = dict(headers or {})
    host = given.pop("Host", urlsplit(sandbox.url).netloc)
    connection.putrequest(method, path, skip_host=True)
    body = b"" if content is None else json.dumps(content).encode()
    for name, value in {"Host": host, "Content-Length": str(len(body)), **given}.items():
        connection.putheader(name, value)
    connection.endheaders(body)
    answer = connection.getresponse()
    text = answer.read()
    connection.close()
    is_json = answer.headers.get("content-type") == "application/json"
    return answer.status, json.loads(text) if is_json else {"text": text.decode()}


def test_what_happens_shows_at_once(carrier: Sandbox) -> None:
    """A page that is open is told of each text, without asking."""
    with listening(carrier) as page:
        first = page.next()
        carrier.reply(PATIENT, "hello?", to=SENDER)
        page.until(lambda _: page.bodies())

        assert first["whole"]
        assert page.bodies() == ["hello?"]
        assert page.known["carrier"]["seed"] == carrier.seed


def test_who_comes_back_is_told_what_was_missed_and_no_more(carrier: Sandbox) -> None:
    """Last-Event-ID goes on where the connection broke."""
    carrier.reply(PATIENT, "before", to=SENDER)
    with listening(carrier) as page:
        page.next()
        mark = page.mark
    carrier.reply(PATIENT, "meanwhile", to=SENDER)
    carrier.set_delivery(PATIENT, "undelivered")
    with listening(carrier, mark) as page:
        event = page.next()

        assert not event["whole"]
        assert page.bodies() == ["meanwhile"]
        assert page.known["carrier"]["outcomes"] == {PATIENT: "undelivered"}


def test_it_goes_on_when_the_sandbox_serves_again() -> None:
    """The book outlives a run, and so do the marks; another sandbox's marks count for nothing."""
    sandbox = Sandbox(account_sid=SID, auth_token=TOKEN, numbers=[SENDER])
    with sandbox, listening(sandbox) as page:
        page.next()
        mark = page.mark
    with sandbox:
        sandbox.reply(PATIENT, "again", to=SENDER)
        with listening(sandbox, mark) as page:
            assert not page.next()["whole"]
            assert page.bodies() == ["again"]
    with (
        Sandbox(account_sid=SID, auth_token=TOKEN, numbers=[SENDER]) as other,
        listening(other, mark) as page,
    ):
        assert page.next()["whole"]


def test_an_open_page_does_not_keep_the_sandbox_from_ending() -> None:
    """The stream ends with the sandbox, and not at the end of a grace period."""
    sandbox = Sandbox(account_sid=SID, auth_token=TOKEN, numbers=[SENDER])
    ended = threading.Event()
    with sandbox:
        stream = listening(sandbox)
        page = stream.__enter__()
        page.next()
        threading.Thread(target=lambda: (page.answer.read(), ended.set()), daemon=True).start()

    assert ended.wait(PATIENCE)
    stream.__exit__(None, None, None)


def test_a_text_that_is_deleted_goes(carrier: Sandbox) -> None:
    """Who watches is told that it is gone."""
    carrier.reply(PATIENT, "delete me", to=SENDER)
    [entry] = carrier.messages()
    with listening(carrier) as page:
        page.until(lambda _: page.bodies())
        with carrier._carrier.open() as book:
            book.delete(entry.sid)
        page.until(lambda known: known[f"text/{entry.sid}"] is None)


# Strangers


OWN = "http://{host}"
STRANGERS = [
    ({"Host": "evil.example"}, 421),
    ({"Host": "evil.example:{port}"}, 421),
    ({"Host": "127.0.0.1.evil.example:{port}"}, 421),
    ({"Host": "localhost.evil.example"}, 421),
    ({"Host": "0.0.0.0:{port}"}, 421),
    ({"Host": "user@localhost:{port}"}, 421),
    ({"Host": ""}, 421),
    ({"Origin": "http://evil.example"}, 403),
    ({"Origin": "null"}, 403),
    ({"Origin": "http://127.0.0.1:1"}, 403),
    ({"Origin": "https://{host}"}, 403),
    ({"Origin": "http://localhost:{port}"}, 403),
    ({"Sec-Fetch-Site": "cross-site"}, 403),
    ({"Sec-Fetch-Site": "same-site"}, 403),
]
CONTROLS = [
    ("POST", "/sandbox/inbound", {"from": PATIENT, "to": SENDER, "body": "STOP"}),
    ("POST", "/sandbox/time", {"move": "hour"}),
    ("POST", "/sandbox/phones", {"number": PATIENT}),
    ("POST", "/sandbox/texts", {"to": PATIENT, "purpose": "promotion", "body": "x"}),
    ("POST", "/sandbox/faults", {"kind": "drop"}),
    ("DELETE", "/sandbox/faults", None),
    ("PUT", "/sandbox/clock", {"at": MORNING.isoformat()}),
    ("GET", "/sandbox/messages", None),
    ("GET", "/sandbox/events", None),
]


def filled(headers: Mapping[str, str], sandbox: Sandbox) -> dict[str, str]:
    host = urlsplit(sandbox.url).netloc
    port = host.partition(":")[2]
    return {name: value.format(host=host, port=port) for name, value in headers.items()}


@pytest.mark.parametrize(("headers", "status"), STRANGERS)
def test_strangers_neither_read_nor_change_anything(
    carrier: Sandbox, headers: Mapping[str, str], status: int
) -> None:
    """By a name that leads here, or from a page of elsewhere: refused at every control."""
    carrier.reply(PATIENT, "secret words", to=SENDER)
    answers = [
        ask(carrier, method, path, content, filled(headers, carrier))
        for method, path, content in CONTROLS
    ]

    assert {answer for answer, _ in answers} == {status}
    assert "secret words" not in str(answers)
    assert [entry.body for entry in carrier.messages()] == ["secret words"]
    assert carrier._carrier._book.waiting_faults() == ()
    assert carrier._carrier.now == MORNING


def test_the_page_itself_hides_from_other_names(carrier: Sandbox) -> None:
    """A rebinding name gets no page; a link from elsewhere may open it."""
    rebound, _ = ask(carrier, "GET", "/", headers={"Host": "evil.example"})
    linked, _ = ask(carrier, "GET", "/", headers={"Sec-Fetch-Site": "cross-site"})

    assert (rebound, linked) == (421, 200)


@pytest.mark.parametrize("host", ["127.0.0.1:{port}", "localhost:{port}", "LocalHost", "[::1]:9"])
def test_this_machine_s_own_programs_are_let_in(carrier: Sandbox, host: str) -> None:
    """By any of its names, with the page's own origin or with none."""
    names = filled({"Host": host}, carrier)
    origin = {"Origin": f"http://{names['Host']}", "Sec-Fetch-Site": "same-origin"}
    alone, _ = ask(carrier, "POST", "/sandbox/drain", {}, names)
    page, _ = ask(carrier, "POST", "/sandbox/drain", {}, names | origin)

    assert (alone, page) == (204, 204)


def test_two_hosts_are_none(carrier: Sandbox) -> None:
    """What the server and a proxy would read differently is refused."""
    connection = http.client.HTTPConnection(urlsplit(carrier.url).netloc, timeout=PATIENCE)
    connection.putrequest("GET", "/", skip_host=True)
    connection.putheader("Host", "localhost")
    connection.putheader("Host", "evil.example")
    connection.endheaders()
    status = connection.getresponse().status
    connection.close()

    assert status in {400, 421}


def test_the_providers_own_paths_are_as_before(carrier: Sandbox) -> None:
    """Their answers have none of the page's headers, and ask for credentials alone."""
    path = f"/2010-04-01/Accounts/{SID}.json"
    status, _ = ask(carrier, "GET", path, headers={"Host": "sandbox.internal"})

    assert status == 401


def test_it_listens_on_loopback_alone(carrier: Sandbox) -> None:
    """Nobody else on the network reaches it."""
    assert urlsplit(carrier.url).hostname == "127.0.0.1"
    listener = carrier._running
    assert listener is not None


@pytest.mark.parametrize(
    "path", ["/", "/sandbox/page/page.js", "/sandbox/nothing", "/sandbox/events"]
)
def test_every_answer_has_the_strict_headers(carrier: Sandbox, path: str) -> None:
    """Nothing from elsewhere, no script or style in the page, no framing, nothing kept."""
    connection = http.client.HTTPConnection(urlsplit(carrier.url).netloc, timeout=PATIENCE)
    connection.request("GET", path)
    headers = connection.getresponse().headers
    connection.close()
    policy = headers["content-security-policy"]

    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "http" not in policy
    assert headers["x-frame-options"] == "DENY"
    assert headers["cache-control"] == "no-store"
    assert headers["cross-origin-resource-policy"] == "same-origin"


def test_nothing_in_the_page_comes_from_elsewhere_or_is_markup() -> None:
    """No address of others in its parts, no inline script or style, no HTML made of texts."""
    folder = files("compliant_sms.sandbox._phones").joinpath("page")
    parts = {part.name: part.read_text("utf-8") for part in folder.iterdir()}
    everything = "\n".join(parts.values()).replace("http://www.w3.org/2000/svg", "")
    scripts = "\n".join(text for name, text in parts.items() if name.endswith(".js"))

    assert not re.search(r"https?://|//[a-z]+\.|@import|url\(", everything)
    assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(", scripts)
    assert not re.search(r"<style|\sstyle=|\son[a-z]+=|javascript:", parts["index.html"])
    assert all(" src=" in tag for tag in re.findall(r"<script[^>]*>", parts["index.html"]))


# The practice behind it


@pytest.fixture
def clinic(messenger: Messenger, carrier: Sandbox, clock: MovableClock) -> Messenger:
    """A messenger that the page shows."""
    agree(messenger)
    carrier.attach(messenger, phones=[ANA], clock=clock)
    return messenger


def records(page: Listener) -> list[Json]:
    return [value for key, value in page.known.items() if key.startswith("record/") and value]


def test_what_the_messenger_does_shows_at_once(
    clinic: Messenger, carrier: Sandbox, clock: MovableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A text that is held tells the carrier nothing, and still nobody has to look again for it."""
    monkeypatch.setattr(_page, "_LOOK_AGAIN", timedelta(hours=1))
    clock.move_to(NIGHT)
    with listening(carrier) as page:
        page.next()
        remind(clinic)
        page.until(lambda _: records(page))

        assert [record["state"] for record in records(page)] == ["held"]
        assert page.bodies() == []


def test_what_others_do_in_the_database_shows_too(
    clinic: Messenger, make_messenger: Make, carrier: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A worker in another process tells nobody here; the page looks again."""
    monkeypatch.setattr(_page, "_LOOK_AGAIN", timedelta(milliseconds=10))
    other = make_messenger()
    with listening(carrier) as page:
        page.next()
        other.send(
            to=PATIENT,
            person=PERSON,
            purpose=Purpose.APPOINTMENT_REMINDER,
            body=f"{BODY} SSN 219-09-9999",  # refused: the carrier hears nothing of it
            idempotency_key="elsewhere",
        )
        page.until(lambda _: records(page))

        assert [record["state"] for record in records(page)] == ["blocked"]


def test_who_was_attached_before_is_heard_no_more(
    clinic: Messenger, make_messenger: Make, carrier: Sandbox
) -> None:
    """Each messenger that takes the place of another leaves nothing behind in it."""
    before = len(clinic._hooks._subscriptions)
    carrier.attach(make_messenger())
    assert len(clinic._hooks._subscriptions) == before - 1


def test_an_async_messenger_is_shown(
    practice: Practice, provider: Twilio, carrier: Sandbox, clock: MovableClock
) -> None:
    """Its records are read, and texts from the page are sent, on its own event loop."""

    def look() -> tuple[Json, list[Json]]:
        sent = {"to": PATIENT, "purpose": "appointment_reminder", "body": BODY}
        _, answer = ask(carrier, "POST", "/sandbox/texts", sent)
        ask(carrier, "POST", "/sandbox/time", {"move": "hour"})
        with listening(carrier) as page:
            page.until(lambda _: records(page))
            return answer, records(page)

    async def clinic() -> tuple[Json, list[Json]]:
        async with AsyncMessenger(
            practice=practice, provider=provider, store=SQLite(":memory:"), clock=clock
        ) as messenger:
            carrier.attach(messenger, phones=[ANA], clock=clock)
            return await asyncio.to_thread(look)

    answer, [record] = asyncio.run(clinic())
    assert answer == {"outcome": "blocked"}
    assert record["state"] == "blocked"
    with listening(carrier) as page:  # and its page stays when its loop has ended
        page.next()
        assert page.known["practice"]["name"] == practice.name
    sent = {"to": PATIENT, "purpose": "appointment_reminder", "body": BODY}
    status, answer = ask(carrier, "POST", "/sandbox/texts", sent)
    assert (status, "event loop" in answer["error"]) == (400, True)


def test_a_loop_that_is_busy_does_not_keep_the_page_waiting(
    practice: Practice, provider: Twilio, carrier: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A host that blocks its own event loop is told so."""
    monkeypatch.setattr(_practice, "_PATIENCE", 0.01)

    async def clinic() -> tuple[int, Json]:
        async with AsyncMessenger(
            practice=practice, provider=provider, store=SQLite(":memory:")
        ) as messenger:
            carrier.attach(messenger, phones=[ANA])
            sent = {"to": PATIENT, "purpose": "appointment_reminder", "body": BODY}
            return ask(carrier, "POST", "/sandbox/texts", sent)  # blocks

    status, answer = asyncio.run(clinic())
    assert (status, "event loop" in answer["error"]) == (400, True)


def test_an_async_messenger_is_attached_on_its_loop(
    practice: Practice, provider: Twilio, carrier: Sandbox
) -> None:
    """Elsewhere nobody knows which loop that is."""
    messenger = AsyncMessenger(practice=practice, provider=provider, store=SQLite(":memory:"))
    with pytest.raises(ConfigurationError, match=r"Call attach\(\) in a coroutine"):
        carrier.attach(messenger)


def test_a_held_text_shows_with_its_reasons(clinic: Messenger, carrier: Sandbox) -> None:
    """Verdict, words, citation and until when; the text is on no phone."""
    status, answer = ask(carrier, "POST", "/sandbox/time", {"move": "hour"})
    assert (status, answer["words"]) == (200, "Time moved on. No text was due.")
    for _ in range(12):  # into the night
        ask(carrier, "POST", "/sandbox/time", {"move": "hour"})
    sent = {"to": PATIENT, "purpose": "appointment_reminder", "body": BODY}
    status, answer = ask(carrier, "POST", "/sandbox/texts", sent)
    with listening(carrier) as page:
        page.next()
        [record] = records(page)
        [decision] = record["decisions"]
        reason = next(f for f in decision["findings"] if f["verdict"] == "hold")

        assert (status, answer) == (200, {"outcome": "held"})
        assert (record["state"], record["to"], record["body"]) == ("held", PATIENT, BODY)
        assert reason["words"]
        assert reason["citation"]
        assert decision["until"] == record["not_before"]
        assert page.bodies() == []
        assert page.known["practice"]["name"] == "Lakeside Family Medicine"


def test_tomorrow_morning_it_goes(clinic: Messenger, carrier: Sandbox, clock: MovableClock) -> None:
    """Both clocks move to nine at the practice, and what was due is decided again and leaves."""
    clock.move_to(NIGHT)
    held = remind(clinic)
    status, answer = ask(carrier, "POST", "/sandbox/time", {"move": "tomorrow"})
    here = clock().astimezone(ZoneInfo("America/Chicago"))

    assert isinstance(held, Held)
    assert (status, answer["words"]) == (200, "Time moved on. 1 text was decided again.")
    assert (here.hour, here.minute) == (9, 0)
    assert here.date() == (NIGHT.astimezone(ZoneInfo("America/Chicago")) + timedelta(days=1)).date()
    assert carrier._carrier.now == clock()
    assert [entry.author for entry in carrier.messages()] == ["application"]


def test_time_does_not_run_backwards(
    clinic: Messenger, carrier: Sandbox, clock: MovableClock
) -> None:
    """A clock that is ahead of the present stays where it is; the page is told why."""
    ahead = datetime.fromisoformat("2199-01-01T12:00:00+00:00")
    clock.move_to(ahead)
    status, answer = ask(carrier, "POST", "/sandbox/time", {"move": "now"})

    assert status == 400
    assert "only moves forwards" in answer["error"]
    assert clock() == ahead


def test_a_clock_that_cannot_be_moved_says_so(messenger: Messenger, carrier: Sandbox) -> None:
    """A messenger on the system's clock can be looked at; time stays what it is."""
    carrier.attach(messenger, phones=[ANA])
    status, answer = ask(carrier, "POST", "/sandbox/time", {"move": "hour"})
    with listening(carrier) as page:
        page.next()
        moves = page.known["practice"]["moves"]

    assert status == 400
    assert "MovableClock" in answer["error"]
    assert moves is False


def test_without_a_practice_the_carrier_s_clock_moves_alone(carrier: Sandbox) -> None:
    """An hour on, nine tomorrow by this machine's zone, and back to the present."""
    ask(carrier, "POST", "/sandbox/time", {"move": "hour"})
    later = carrier._carrier.now
    ask(carrier, "POST", "/sandbox/time", {"move": "tomorrow"})
    tomorrow = carrier._carrier.now
    ask(carrier, "POST", "/sandbox/time", {"move": "now"})
    status, answer = ask(carrier, "POST", "/sandbox/time", {"move": "sideways"})

    assert later == MORNING + timedelta(hours=1)
    assert (tomorrow.astimezone().hour, tomorrow.astimezone().minute) == (9, 0)
    assert tomorrow.astimezone().date() == later.astimezone().date() + timedelta(days=1)
    assert carrier._carrier.now != tomorrow
    assert (status, "no such move" in answer["error"]) == (400, True)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"purpose": "gossip"}, "no such purpose"),
        ({"to": "+12175550199"}, "knows nobody"),
        ({"body": ""}, "body"),
        ({"extra": 1}, "not expected"),
    ],
)
def test_what_cannot_be_sent_is_explained(
    clinic: Messenger, carrier: Sandbox, change: Json, words: str
) -> None:
    """The page is told in words, and nothing is kept."""
    sent = {"to": PATIENT, "purpose": "appointment_reminder", "body": BODY} | change
    status, answer = ask(carrier, "POST", "/sandbox/texts", sent)

    assert status == 400
    assert words in answer["error"]
    assert clinic.history(PERSON).texts == ()


def test_without_a_practice_nobody_texts(carrier: Sandbox) -> None:
    """The page is told how to attach one."""
    sent = {"to": PATIENT, "purpose": "appointment_reminder", "body": BODY}
    status, answer = ask(carrier, "POST", "/sandbox/texts", sent)

    assert (status, "attach" in answer["error"]) == (400, True)


def test_a_practice_that_closed_keeps_its_page(
    make_messenger: Make, carrier: Sandbox, clock: MovableClock
) -> None:
    """What was known of it stays; what is asked of it is refused in words."""
    messenger = make_messenger(people=lambda _: Profile(time_zone="America/Chicago"))
    agree(messenger)
    remind(messenger)
    carrier.attach(messenger, phones=[ANA], clock=clock)
    with listening(carrier) as page:
        page.until(lambda _: records(page))
        messenger.close()
        carrier.reply(PATIENT, "still here", to=SENDER)
        page.until(lambda _: "still here" in page.bodies())

        assert [record["body"] for record in records(page)]


def test_phones_can_be_added(carrier: Sandbox) -> None:
    """With a name; a number that is none is refused, and a known one is not there twice."""
    added = [
        ask(carrier, "POST", "/sandbox/phones", {"number": "+12175550199", "name": name})
        for name in ("Zoe", "Zoe again")
    ]
    status, answer = ask(carrier, "POST", "/sandbox/phones", {"number": "12"})
    with listening(carrier) as page:
        page.next()
        phones = [value for key, value in page.known.items() if key.startswith("phone/")]

    assert [each for each, _ in added] == [204, 204]
    assert (status, "E.164" in answer["error"]) == (400, True)
    assert phones == [{"number": "+12175550199", "person": "", "name": "Zoe"}]


def test_all_is_well_again(carrier: Sandbox) -> None:
    """Faults that wait and faults by chance are shown, and forgotten together."""
    carrier.fail_next("lost", times=2)
    carrier.set_fault_rates({"drop": 1.0, "delay": 0.0})
    with listening(carrier) as page:
        page.next()
        before = page.known["carrier"]
        status, _ = ask(carrier, "DELETE", "/sandbox/faults")
        page.until(lambda known: not known["carrier"]["waiting"])

        assert (before["waiting"], before["rates"]) == ({"lost": 2}, {"drop": 1.0})
        assert status == 204
        assert page.known["carrier"]["rates"] == {}


def test_each_number_stands_there_once(messenger: Messenger, carrier: Sandbox) -> None:
    """A family shares a phone; two phones of one number are a mistake."""
    with pytest.raises(InvalidInput, match="twice"):
        carrier.attach(messenger, phones=[ANA, PatientPhone(number=PATIENT, name="Ben")])
    with pytest.raises(InvalidInput, match=re.escape("E.164")):
        PatientPhone(number=OTHER_SENDERS[0][2:])


def test_nothing_of_a_patient_stands_in_a_repr() -> None:
    """Neither the number nor the name."""
    assert PATIENT not in repr(ANA)
    assert "Ana" not in repr(ANA)
