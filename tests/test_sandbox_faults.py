"""What goes wrong at the sandbox, on request or by chance from one seed."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import requests

from compliant_sms.errors import InvalidInput
from compliant_sms.sandbox import CallbackFault, FaultKind, Sandbox
from dialects import ACCOUNTS, ANA, BEN, DIALECTS, Dialect
from hooks import PATIENCE, Hooks, listening, until

Told = list[tuple[str, str]]


@pytest.fixture(scope="module")
def shared_hooks() -> Iterator[Hooks]:
    with listening() as hooks:
        yield hooks


@pytest.fixture
def hooks(shared_hooks: Hooks) -> Hooks:
    shared_hooks.begin()
    return shared_hooks


def set_up(sandbox: Sandbox, hooks: Hooks) -> None:
    """Have everything told."""
    for account in ACCOUNTS:
        for number in account.numbers:
            sandbox.set_inbound_url(number, f"{hooks.base}/{account.provider}")
            sandbox.set_status_url(number, f"{hooks.base}/{account.provider}")


@pytest.fixture
def sandbox(hooks: Hooks) -> Iterator[Sandbox]:
    with Sandbox(accounts=ACCOUNTS, seed=7) as running:
        set_up(running, hooks)
        yield running


@pytest.fixture(params=DIALECTS)
def dialect(request: pytest.FixtureRequest) -> Dialect:
    return DIALECTS[request.param]


def told(hooks: Hooks) -> list[str]:
    """What came, in a word each: the status, or what a patient wrote."""
    words = []
    for call in hooks.so_far():
        dialect = DIALECTS[call.path.strip("/")]
        try:
            words.append(dialect.inbound(call.content)[2])
        except (AssertionError, KeyError):
            words.append(dialect.news(call.content)[0])
    return words


# Requests


def test_too_many_requests(sandbox: Sandbox, dialect: Dialect) -> None:
    """429 comes in the provider's own form, and only Telnyx says how long to wait."""
    sandbox.fail_next("rate_limited", seconds=1.5)
    answer = dialect.send(sandbox)

    assert answer.status_code == 429
    assert {
        "telnyx": lambda: answer.json()["errors"][0]["code"] == "10011",
        "vonage": lambda: answer.json()["type"].endswith("#1000"),
        "bandwidth": lambda: answer.json()["type"] == "max-message-queue-size-exceeded",
    }[dialect.name]()
    wait = answer.headers.get("x-ratelimit-reset")
    assert wait == ("2" if dialect.name == "telnyx" else None)
    assert sandbox.messages() == ()
    assert dialect.send(sandbox).status_code == dialect.accepted


def test_a_fault_can_be_one_providers(sandbox: Sandbox) -> None:
    """It waits for that provider's next request, and hits nobody else's."""
    sandbox.fail_next("status", provider="vonage", status=500)

    statuses = [DIALECTS[name].send(sandbox).status_code for name in ("telnyx", "vonage", "vonage")]
    assert statuses == [200, 500, 202]


@pytest.mark.parametrize(
    ("kind", "recorded"), [("drop", 0), ("accept_then_drop", 1), ("status", 0), ("delay", 1)]
)
def test_faults_are_the_same_in_all_dialects(
    sandbox: Sandbox, hooks: Hooks, dialect: Dialect, kind: str, recorded: int
) -> None:
    """What is recorded is delivered and told, whatever the client learns."""
    sandbox.fail_next(kind)
    if "drop" in kind:
        with pytest.raises(requests.ConnectionError):
            dialect.send(sandbox)
    else:
        dialect.send(sandbox)
    sandbox.drain()

    assert len(sandbox.messages()) == recorded
    assert len(told(hooks)) == 2 * recorded


def test_a_hang_after_the_request_was_taken(
    sandbox: Sandbox, hooks: Hooks, dialect: Dialect
) -> None:
    """The client waits in vain; the text goes out and is told of."""
    sandbox.fail_next("hang")
    with pytest.raises(requests.Timeout):
        requests.post(
            sandbox.url + dialect.path,
            json=dict(dialect.fields),
            headers={"Authorization": dialect.auth},
            timeout=0.2,
        )
    until(sandbox.messages)
    sandbox.drain()

    assert told(hooks) == [dialect.words["sent"], dialect.words["delivered"]]


# STOP at the worst moment


def test_stop_just_before(sandbox: Sandbox, hooks: Hooks, dialect: Dialect) -> None:
    """The provider has the STOP first, and each does what it does with it; the webhook hears."""
    sandbox.fail_next("stop_before_accept")
    answer = dialect.send(sandbox)
    sandbox.drain()

    stop, *texts = sandbox.messages()
    assert (stop.body, stop.author) == ("STOP", "patient")
    assert hooks.next().path == f"/{dialect.name}"
    assert answer.status_code == {"telnyx": 400, "vonage": 202, "bandwidth": 202}[dialect.name]
    last = [entry.status for entry in texts if entry.author == "application"]
    assert last == {"telnyx": [], "vonage": ["failed"], "bandwidth": ["delivered"]}[dialect.name]


def test_stop_between_request_and_answer(sandbox: Sandbox, hooks: Hooks, dialect: Dialect) -> None:
    """The text was taken and goes out; the webhook has the STOP before the request's answer."""
    order: list[str] = []
    hooks.room.take = lambda _: order.append("webhook") or 200
    try:
        sandbox.fail_next("stop_before_answer")
        assert dialect.send(sandbox).status_code == dialect.accepted
        order.append("answer")
        sandbox.drain()
    finally:
        hooks.room.take = None

    assert order[0] == "webhook"
    assert told(hooks) == ["STOP", dialect.words["sent"], dialect.words["delivered"]]
    refused = dialect.send(sandbox)
    sandbox.drain()
    blocked = refused.status_code == 400 or sandbox.messages()[-1].error_code == 1240
    assert blocked is (dialect.name != "bandwidth")


# Callbacks


def test_a_lost_callback(sandbox: Sandbox, hooks: Hooks, dialect: Dialect) -> None:
    """Each of these providers tries again; when all attempts are lost, the book knows."""
    sandbox.fail_next("lost")
    dialect.send(sandbox)
    sandbox.drain()
    assert told(hooks) == [dialect.words["sent"], dialect.words["delivered"]]

    sandbox.fail_next(CallbackFault.LOST, times=dialect.account.callback_tries)
    dialect.send(sandbox)
    sandbox.drain()
    assert told(hooks) == [dialect.words["delivered"]]
    assert sandbox.messages()[-1].told == ("delivered",)


def test_a_callback_that_twilio_loses_is_gone(hooks: Hooks) -> None:
    """Twilio tries once."""
    sid, ours = "AC" + "5e" * 16, "+12175550111"
    with Sandbox(account_sid=sid, auth_token="token", numbers=[ours]) as sandbox:
        sandbox.set_inbound_url(ours, f"{hooks.base}/twilio")
        sandbox.fail_next("lost")
        assert sandbox.reply(ANA, "hello", to=ours) == 0
        assert hooks.so_far() == []
        limited = f"{sandbox.url}/2010-04-01/Accounts/{sid}/Messages.json"
        sandbox.fail_next("rate_limited")
        answer = requests.post(limited, {}, auth=(sid, "token"), timeout=PATIENCE)
        assert (answer.status_code, answer.json()["code"]) == (429, 20429)


def test_a_duplicate_callback(sandbox: Sandbox, hooks: Hooks, dialect: Dialect) -> None:
    """The same event comes twice; Telnyx's has the same id."""
    sandbox.fail_next("duplicate")
    assert sandbox.reply(ANA, "hello", to=dialect.ours) == 200
    first, second = hooks.so_far()

    assert first.content == second.content
    assert len(sandbox.messages()) == 1


def test_reordered_callbacks(sandbox: Sandbox, hooks: Hooks, dialect: Dialect) -> None:
    """One that is held back comes after the next about the same patient, or with drain()."""
    sandbox.fail_next("reordered")
    dialect.send(sandbox)
    sandbox.drain()
    assert told(hooks) == [dialect.words["delivered"], dialect.words["sent"]]

    sandbox.fail_next("reordered")
    assert sandbox.reply(ANA, "one", to=dialect.ours) == 0
    assert sandbox.reply(BEN, "ben", to=dialect.ours) == 200
    assert told(hooks) == ["ben"]
    assert sandbox.reply(ANA, "two", to=dialect.ours) == 200
    assert told(hooks) == ["two", "one"]

    sandbox.fail_next("reordered")
    sandbox.reply(ANA, "three", to=dialect.ours)
    assert told(hooks) == []
    sandbox.drain()
    assert told(hooks) == ["three"]


# By chance

RATES = {
    "rate_limited": 0.1,
    "status": 0.1,
    "accept_then_drop": 0.1,
    "stop_before_answer": 0.05,
    "delay": 0.05,
    "lost": 0.2,
    "duplicate": 0.2,
    "reordered": 0.2,
}
PATIENTS = [f"+1{area}55502{n:02}" for area in (217, 312) for n in range(10)]


def a_run(hooks: Hooks, seed: int, order: random.Random) -> tuple[list[Any], Counter[str]]:
    """Everybody is texted twice, by eight threads in some order: the book, and what was told."""
    hooks.so_far()
    with Sandbox(accounts=ACCOUNTS, seed=seed) as sandbox:
        set_up(sandbox, hooks)
        sandbox.set_fault_rates(RATES, seconds=0.01)
        work = [(dialect, to) for dialect in DIALECTS.values() for to in PATIENTS]

        def text(job: tuple[Dialect, str]) -> list[int]:
            found = []
            for _ in range(2):
                try:
                    found.append(job[0].send(sandbox, job[1]).status_code)
                except requests.ConnectionError:
                    found.append(0)
            return found

        order.shuffle(work)
        with ThreadPoolExecutor(8) as pool:
            answers = dict(zip(((d.name, to) for d, to in work), pool.map(text, work), strict=True))
        sandbox.drain()
        assert sandbox.seed == seed
        book = [(e.provider, e.sid, e.to, e.status, sorted(e.told)) for e in sandbox.messages()]
    calls = Counter(call.request.body.decode() for call in hooks.so_far())
    return [sorted(book, key=str), sorted(answers.items())], calls


def test_the_same_seed_is_the_same_run(hooks: Hooks) -> None:
    """Whatever the order of requests, the same ones go wrong, and ids are the same."""
    first, calls = a_run(hooks, 11, random.Random(1))
    again, _ = a_run(hooks, 11, random.Random(2))
    other, _ = a_run(hooks, 12, random.Random(1))

    assert first == again
    assert first != other
    answers = Counter(status for _, found in first[1] for status in found)
    assert {0, 429, 503, 200, 202} <= set(answers)
    assert max(calls.values()) >= 2


def test_rates_replace_each_other(sandbox: Sandbox) -> None:
    """At 1 everything goes wrong, and an empty mapping ends it."""
    telnyx = DIALECTS["telnyx"]
    sandbox.set_fault_rates({FaultKind.RATE_LIMITED: 1}, seconds=3)
    assert telnyx.send(sandbox).headers["x-ratelimit-reset"] == "3"
    sandbox.set_fault_rates({})
    assert telnyx.send(sandbox).status_code == 200


@pytest.mark.parametrize(
    ("rates", "seconds"),
    [
        ({"explode": 0.1}, 0),
        ({"drop": -0.1}, 0),
        ({"drop": 0.6, "hang": 0.6}, 0),
        ({"lost": 1.1}, 0),
        ({"delay": 0.1}, -1),
    ],
)
def test_rates_that_cannot_be(sandbox: Sandbox, rates: dict[str, float], seconds: float) -> None:
    """Unknown kinds, shares outside 0 to 1 and negative delays are refused."""
    with pytest.raises(InvalidInput):
        sandbox.set_fault_rates(rates, seconds=seconds)


def test_nobody_chose_a_seed() -> None:
    """Without one, each sandbox has another, and tells it."""
    assert Sandbox(accounts=ACCOUNTS).seed != Sandbox(accounts=ACCOUNTS).seed


def test_control_of_faults(sandbox: Sandbox, hooks: Hooks) -> None:
    """Another process sets rates, queues faults of one provider, and drains."""
    base, telnyx = f"{sandbox.url}/sandbox", DIALECTS["telnyx"]

    def put(path: str, content: dict[str, Any]) -> int:
        return requests.put(f"{base}/{path}", json=content, timeout=PATIENCE).status_code

    status_url = {"status_url": f"{hooks.base}/telnyx"}
    assert put(f"numbers/{telnyx.ours}", status_url) == 200
    assert put("fault-rates", {"rates": {"reordered": 1}, "seconds": 0.5}) == 204
    telnyx.send(sandbox)
    assert put("fault-rates", {"rates": {"reordered": "often"}}) == 400
    assert put("fault-rates", {"rates": {"often": 1}}) == 400
    assert requests.post(f"{base}/drain", timeout=PATIENCE).status_code == 204
    assert told(hooks) == ["sent", "delivered"]
    fault = {"kind": "status", "provider": "telnyx", "status": 502}
    assert requests.post(f"{base}/faults", json=fault, timeout=PATIENCE).json() == {"waiting": 1}
    assert put("fault-rates", {"rates": {}}) == 204
    assert telnyx.send(sandbox).status_code == 502
    (entry,) = requests.get(f"{base}/messages", timeout=PATIENCE).json()["messages"]
    assert (entry["provider"], entry["told"]) == ("telnyx", ["sent", "delivered"])
