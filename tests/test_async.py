"""Two facades, one logic: the same day on both, and nothing but signatures in the facades."""

from __future__ import annotations

import ast
import asyncio
import inspect
import threading
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve

from compliant_sms import (
    AsyncMessenger,
    Messenger,
    Practice,
    Profile,
    Purpose,
    Sent,
    messenger,
    system,
)
from compliant_sms.events import TextReceived
from compliant_sms.flows._deciding._admit import Claimed
from compliant_sms.messenger import (
    AsyncConsentDesk,
    AsyncInboxDesk,
    AsyncJoinedMessenger,
    AsyncObserving,
    AsyncRecordKeeping,
    AsyncSecureDesk,
    AsyncUpkeep,
    AsyncVolumeControl,
    ConsentDesk,
    InboxDesk,
    JoinedMessenger,
    Observing,
    RecordKeeping,
    SecureDesk,
    StoreKind,
    Upkeep,
    VolumeControl,
)
from compliant_sms.phone import PhoneNumber
from compliant_sms.providers import Twilio
from compliant_sms.routing import Routes
from compliant_sms.sandbox import Sandbox
from compliant_sms.stores import SQLite
from compliant_sms.testing import MovableClock
from compliant_sms.transport import AsyncTransport
from conftest import INTAKE_WORDING, OTHER_SENDERS, PATIENT, PERSON
from hooks import PATIENCE
from test_receive import from_patient, status
from test_send import BODY, DAWN, NIGHT, outgoing

pytestmark = pytest.mark.both_databases

Call = Callable[..., Coroutine[Any, Any, Any]]


async def chicago(_: str) -> Profile:
    return Profile(time_zone="America/Chicago")


def ids() -> Callable[[], str]:
    """Ids that come in the same order on each day."""
    numbers = iter(range(10_000))
    return lambda: f"id-{next(numbers):04}"


def on_facade(
    kind: type[Messenger | AsyncMessenger],
    script: Callable[[Call, Any], Coroutine[Any, Any, list[Any]]],
    **arguments: Any,
) -> list[Any]:
    """Play a script on either facade: ``call(method, ...)`` hides the difference."""

    async def play() -> list[Any]:
        if kind is AsyncMessenger:
            async with AsyncMessenger(people=chicago, **arguments) as own:

                async def call(method: Any, *args: Any, **kwargs: Any) -> Any:
                    return await method(*args, **kwargs)

                return await script(call, own)
        with Messenger(people=lambda _: Profile(time_zone="America/Chicago"), **arguments) as own:

            async def call_now(method: Any, *args: Any, **kwargs: Any) -> Any:
                return method(*args, **kwargs)

            return await script(call_now, own)

    return asyncio.run(play())


@pytest.fixture
def arguments(
    practice: Practice,
    provider: Twilio,
    make_store: Callable[[], StoreKind],
    clock: MovableClock,
) -> dict[str, Any]:
    return {
        "practice": practice,
        "provider": provider,
        "store": make_store(),
        "clock": clock,
        "ids": ids(),
    }


@pytest.mark.parametrize("kind", [Messenger, AsyncMessenger])
def test_scripted_day(
    kind: type[Messenger | AsyncMessenger],
    arguments: dict[str, Any],
    carrier: Sandbox,
    clock: MovableClock,
) -> None:
    """A whole day has the same outcomes on both facades."""

    async def day(call: Call, own: Any) -> list[Any]:
        async def remind(key: str, **changes: Any) -> Any:
            usual = {
                "to": PATIENT,
                "person": PERSON,
                "purpose": Purpose.APPOINTMENT_REMINDER,
                "body": BODY,
                "idempotency_key": key,
            }
            return await call(own.send, **(usual | changes))

        seen = [await remind("1")]
        await call(
            own.consent.grant,
            PATIENT,
            person=PERSON,
            basis="intake_form",
            wording=INTAKE_WORDING,
            recorded_by="front-desk:ana",
        )
        checked = await call(
            own.check, to=PATIENT, person=PERSON, purpose=Purpose.RECALL, body=BODY
        )
        seen += [checked.verdict.value, await remind("1"), await remind("1")]
        seen.append(await remind("ssn", body="SSN 219-09-9999"))
        carrier.fail_next("drop")
        seen.append(await remind("drop", body=f"{BODY} Bye."))
        seen.append(await call(own.reconcile))
        clock.advance(timedelta(minutes=3))
        seen += [await call(own.reconcile), await call(own.dispatch_due)]
        await call(own.receive, status(carrier.messages()[0].sid, "delivered"))
        clock.move_to(NIGHT)
        seen.append(await remind("night", body=f"{BODY} Good night."))
        seen.append(await remind("cancelled"))
        seen.append(await call(own.cancel, seen[-1].message_id))
        await call(own.receive, from_patient("STOP", "SM1"))
        seen.append(await call(own.dispatch_due))
        await call(own.consent.revoke, PATIENT, channel="spoken", recorded_by="front-desk:ana")
        clock.move_to(DAWN)
        seen.append(await call(own.dispatch_due))
        events = await call(own.consent.events, PATIENT)
        state = await call(own.consent.state, PATIENT, person=PERSON, as_known_at=NIGHT)
        history = await call(own.history, PERSON)
        report = await call(own.verify_ledger)
        seen += [len(events), state.tier == 0, len(history.texts), report.events]
        seen.append(repr(own) == f"{kind.__name__}('Lakeside Family Medicine')")
        return [
            tuple(type(each).__name__ for each in entry)
            if isinstance(entry, tuple)
            else entry
            if isinstance(entry, bool | int | str)
            else type(entry).__name__
            for entry in seen
        ]

    assert on_facade(kind, day, **arguments) == [
        *["Blocked", "allow", "Sent", "Sent", "Blocked", "Uncertain"],
        *[("Uncertain",), ("Queued",), ("Sent",)],
        *["Held", "Held", "Cancelled", ("Sent",), ("Blocked",)],
        *[3, True, 6, 3, True],
    ]
    assert outgoing(carrier)[:2] == [BODY, f"{BODY} Bye."]
    assert len(outgoing(carrier)) == 3


def test_many_at_once(arguments: dict[str, Any], carrier: Sandbox) -> None:
    """Sixty-four sends at once all arrive, once each."""

    async def crowd(call: Call, own: Any) -> list[Any]:
        await call(own.consent.grant, PATIENT, person=PERSON, basis="spoken", recorded_by="ana")
        sends = [
            own.send(
                to=PATIENT,
                person=PERSON,
                purpose=Purpose.RECALL,
                body=f"{BODY} {number // 2}",
                idempotency_key=str(number // 2),
            )
            for number in range(128)
        ]
        return list(await asyncio.gather(*sends))

    outcomes = on_facade(AsyncMessenger, crowd, **arguments)

    assert {type(outcome).__name__ for outcome in outcomes} <= {"Sent", "Queued"}
    assert sorted(outgoing(carrier)) == sorted(f"{BODY} {number}" for number in range(64))


def test_cancelled_send(arguments: dict[str, Any], carrier: Sandbox, clock: MovableClock) -> None:
    """A send whose task is cancelled on the way leaves the text to be settled, never sent twice."""

    async def cancelled(call: Call, own: Any) -> list[Any]:
        await call(own.consent.grant, PATIENT, person=PERSON, basis="spoken", recorded_by="ana")
        carrier.fail_next("hang")
        task = asyncio.ensure_future(
            own.send(
                to=PATIENT,
                person=PERSON,
                purpose=Purpose.RECALL,
                body=BODY,
                idempotency_key="1",
            )
        )
        while not carrier.messages():  # noqa: ASYNC110 - the carrier runs on another thread
            await asyncio.sleep(0)
        task.cancel()
        (error,) = await asyncio.gather(task, return_exceptions=True)
        clock.advance(timedelta(minutes=3))
        return [error, await own.dispatch_due(), await own.reconcile(), await own.dispatch_due()]

    error, dispatched, settled, after = on_facade(AsyncMessenger, cancelled, **arguments)

    assert isinstance(error, asyncio.CancelledError)
    assert (dispatched, after) == ((), ())
    assert [type(outcome).__name__ for outcome in settled] == ["Sent"]
    assert outgoing(carrier) == [BODY]


@pytest.mark.parametrize("how", ["cancelled", "timed out", "closed", "closed before"])
def test_a_request_that_had_no_turn(
    arguments: dict[str, Any], carrier: Sandbox, clock: MovableClock, how: str
) -> None:
    """A text whose request waits for its turn has surely not left: nobody need ask for it."""
    transport = AsyncTransport(in_flight=1)
    begun, end = threading.Event(), threading.Event()

    def is_busy() -> None:
        begun.set()
        assert end.wait(PATIENCE)

    async def waits(call: Call, own: Any) -> list[Any]:
        await call(own.consent.grant, PATIENT, person=PERSON, basis="spoken", recorded_by="ana")
        if how == "closed before":
            await transport.aclose()
        else:
            transport._threads.submit(is_busy)
            assert begun.wait(PATIENCE)
        limits: list[asyncio.Timeout] = []

        async def in_time() -> Any:
            async with asyncio.timeout(None) as limit:
                limits.append(limit)
                return await remind_async(own)

        task = asyncio.ensure_future(in_time())
        while how != "closed before" and transport._threads._work_queue.empty():  # noqa: ASYNC110
            await asyncio.sleep(0)
        if how == "cancelled":
            task.cancel()
        elif how == "timed out":
            limits[-1].reschedule(asyncio.get_running_loop().time())
        elif how == "closed":
            await transport.aclose()
        (outcome,) = await asyncio.gather(task, return_exceptions=True)
        end.set()
        clock.advance(timedelta(seconds=30))
        return [outcome, await own.dispatch_due()]

    outcome, dispatched = on_facade(AsyncMessenger, waits, **arguments, transport=transport)
    asyncio.run(transport.aclose())

    ended = {"cancelled": asyncio.CancelledError, "timed out": TimeoutError}
    if how in ended:
        assert isinstance(outcome, ended[how])
        assert [type(each) for each in dispatched] == [Sent]
    else:
        assert (type(outcome), dispatched) == (Sent, ())
    assert len(outgoing(carrier)) == 1


class Interrupting:
    """A store under which a task is cancelled: once its text is claimed, or is to be settled."""

    def __init__(
        self, store: Any, *, claims: int = 1, settling: Callable[[], bool] = lambda: False
    ) -> None:
        self._store = store
        self._claims = claims
        self._settling = settling
        self._claimed = False
        self.victim: asyncio.Task[Any] | None = None
        self.settled = False
        self.meanwhile: list[Callable[[], object]] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    def asynchronous(self, keyring: Any = None) -> Any:
        self._port = self._store.asynchronous(keyring)
        return self

    async def run(self, work: Any) -> Any:
        if self._claimed or self._settling():  # not once only: some cancel until they are heard
            await self._cancel()
        if self._claimed and self.meanwhile:
            await asyncio.to_thread(self.meanwhile.pop())
        result = await self._port.run(work)
        self._claims -= isinstance(result, Claimed)
        if self._claims == 0 and isinstance(result, Claimed):
            self._claimed = True
            await self._cancel()
        if self.settled:
            await self._cancel()
        return result

    async def _cancel(self) -> None:
        if self.victim is not None:
            self.victim.cancel()
            await asyncio.sleep(0)

    async def interrupted(self, flow: Coroutine[Any, Any, Any]) -> None:
        self.victim = asyncio.ensure_future(flow)
        with pytest.raises(asyncio.CancelledError):
            await self.victim


async def remind_async(own: AsyncMessenger) -> Any:
    return await own.send(
        to=PATIENT,
        person=PERSON,
        purpose=Purpose.APPOINTMENT_REMINDER,
        body=BODY,
        idempotency_key="1",
    )


def states(record: Any) -> list[str]:
    return [str(step.state) for step in record.steps]


@pytest.mark.parametrize("how", ["sent", "dispatched"])
def test_cancelled_once_it_is_claimed(
    arguments: dict[str, Any], carrier: Sandbox, clock: MovableClock, how: str
) -> None:
    """A text whose sender was cancelled before it could leave is due again, not uncertain."""
    store = Interrupting(arguments["store"])

    async def cancelled(call: Call, own: Any) -> list[Any]:
        await call(own.consent.grant, PATIENT, person=PERSON, basis="spoken", recorded_by="ana")
        if how == "dispatched":
            clock.move_to(NIGHT)
            await remind_async(own)
            clock.move_to(DAWN)
        await store.interrupted(own.dispatch_due() if how == "dispatched" else remind_async(own))
        (text,) = (await own.history(PERSON)).texts
        return [states(text)[-2:], outgoing(carrier), await own.dispatch_due()]

    seen, left, dispatched = on_facade(AsyncMessenger, cancelled, **(arguments | {"store": store}))

    assert (seen, left) == (["claimed", "due"], [])
    assert [type(outcome).__name__ for outcome in dispatched] == ["Sent"]
    assert outgoing(carrier) == [BODY]


def test_cancelled_once_another_route_has_it(
    arguments: dict[str, Any], provider: Twilio, carrier: Sandbox
) -> None:
    """So is one that was to leave by another route, because the first one refused it."""
    backup = evolve(provider, sender=PhoneNumber(OTHER_SENDERS[0]))
    store = Interrupting(arguments["store"], claims=2)
    carrier.fail_next("status", status=401, body={"code": 20003})

    async def cancelled(call: Call, own: Any) -> list[Any]:
        await call(own.consent.grant, PATIENT, person=PERSON, basis="spoken", recorded_by="ana")
        await store.interrupted(remind_async(own))
        (text,) = (await own.history(PERSON)).texts
        return [states(text), await own.dispatch_due()]

    seen, dispatched = on_facade(
        AsyncMessenger,
        cancelled,
        **(arguments | {"store": store, "provider": Routes([provider, backup])}),
    )

    assert seen == ["claimed", "due", "claimed", "due"]
    assert [type(outcome).__name__ for outcome in dispatched] == ["Sent"]
    assert outgoing(carrier) == [BODY]


def test_cancelled_while_it_is_settled(arguments: dict[str, Any], carrier: Sandbox) -> None:
    """What came of a request is on record though whoever sent it was cancelled meanwhile."""
    store = Interrupting(arguments["store"], claims=0, settling=lambda: bool(carrier.messages()))

    async def cancelled(call: Call, own: Any) -> list[Any]:
        await call(own.consent.grant, PATIENT, person=PERSON, basis="spoken", recorded_by="ana")
        await store.interrupted(remind_async(own))
        (text,) = (await own.history(PERSON)).texts
        return states(text)

    seen = on_facade(AsyncMessenger, cancelled, **(arguments | {"store": store}))

    assert seen == ["claimed", "sent"]
    assert outgoing(carrier) == [BODY]


class Ending:
    """A store under which the event loop ends while what came of a request is recorded."""

    def __init__(self, store: Any, end: Callable[[], object], when: Callable[[], object]) -> None:
        self._store, self._end, self._when = store, end, when

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    def asynchronous(self, keyring: Any = None) -> Any:
        self._port = self._store.asynchronous(keyring)
        return self

    async def run(self, work: Any) -> Any:
        if self._when():
            self._end()
            for _ in range(20):  # by then all tasks were cancelled
                await asyncio.sleep(0)
        return await self._port.run(work)


def test_a_loop_that_ends_while_it_is_settled(
    arguments: dict[str, Any], make_messenger: Callable[..., Messenger], carrier: Sandbox
) -> None:
    """So it is where the program ends, and the loop cancels whatever task there is."""
    sending: list[asyncio.Task[Any]] = []
    transport = AsyncTransport()

    async def program() -> None:
        over = asyncio.Event()
        store = Ending(arguments["store"], over.set, carrier.messages)
        changed = {"store": store, "transport": transport}
        own = AsyncMessenger(people=chicago, **(arguments | changed))
        await own.consent.grant(PATIENT, person=PERSON, basis="spoken", recorded_by="ana")
        sending.append(asyncio.ensure_future(remind_async(own)))
        await over.wait()

    asyncio.run(program())
    asyncio.run(transport.aclose())

    assert sending[0].cancelled()
    (text,) = make_messenger().history(PERSON).texts
    assert states(text) == ["claimed", "sent"]


def test_a_loop_that_ends_while_a_handler_waits(
    arguments: dict[str, Any],
    make_messenger: Callable[..., Messenger],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It ends, though the handler waits for somebody who has ended already."""
    monkeypatch.setattr(system, "_LONGEST_AT_THE_END", 0.0)

    async def program() -> None:
        told = asyncio.Event()

        async def waits(_: object) -> None:
            told.set()
            await asyncio.Event().wait()

        own = AsyncMessenger(**arguments)
        own.on(TextReceived, waits)
        received = asyncio.ensure_future(own.receive(from_patient("Call me please", "SM1")))
        await told.wait()
        assert not received.done()

    ending = threading.Thread(target=asyncio.run, args=(program(),), daemon=True)
    ending.start()
    ending.join(PATIENCE)

    assert not ending.is_alive()
    assert make_messenger().receive(from_patient("Call me please", "SM1")).events[0].new is False


def test_a_caller_who_hangs_up(arguments: dict[str, Any]) -> None:
    """A callback is taken in, and told, though its request is cancelled: a repeat tells nothing."""

    async def cancelled(call: Call, own: Any) -> list[Any]:
        await call(own.consent.grant, PATIENT, person=PERSON, basis="spoken", recorded_by="ana")
        told: list[Any] = []
        own.on(TextReceived, told.append)
        store.settled = True
        await store.interrupted(own.receive(from_patient("Call me please", "SM1")))
        store.settled = False
        again = await own.receive(from_patient("Call me please", "SM1"))
        return [len(told), again.events[0].new]

    store = Interrupting(arguments["store"], claims=0)

    assert on_facade(AsyncMessenger, cancelled, **(arguments | {"store": store})) == [1, False]


def test_a_claim_of_somebody_else_is_not_given_back(
    arguments: dict[str, Any],
    make_messenger: Callable[..., Messenger],
    carrier: Sandbox,
    clock: MovableClock,
) -> None:
    """Whoever was cancelled gives back its own claim, however long that takes, and no other."""
    store = Interrupting(arguments["store"])
    other = make_messenger()

    def settled_and_sent() -> None:
        clock.advance(timedelta(minutes=5))
        other.reconcile()
        carrier.fail_next("drop")
        other.dispatch_due()

    store.meanwhile.append(settled_and_sent)

    async def cancelled(call: Call, own: Any) -> list[Any]:
        await call(own.consent.grant, PATIENT, person=PERSON, basis="spoken", recorded_by="ana")
        await store.interrupted(remind_async(own))
        (text,) = (await own.history(PERSON)).texts
        return states(text)

    seen = on_facade(AsyncMessenger, cancelled, **(arguments | {"store": store}))

    assert seen == ["claimed", "uncertain", "due", "claimed", "uncertain"]
    assert outgoing(carrier) == []


def test_called_back_before_it_is_given_back(
    arguments: dict[str, Any], make_messenger: Callable[..., Messenger], carrier: Sandbox
) -> None:
    """A claim that is given back of a text that somebody called back ends it."""
    store = Interrupting(arguments["store"])
    other = make_messenger()

    def call_it_back() -> None:
        (text,) = other.history(PERSON).texts
        other.cancel(text.message.message_id)

    store.meanwhile.append(call_it_back)

    async def cancelled(call: Call, own: Any) -> list[Any]:
        await call(own.consent.grant, PATIENT, person=PERSON, basis="spoken", recorded_by="ana")
        await store.interrupted(remind_async(own))
        return [type(await remind_async(own)).__name__, await own.dispatch_due()]

    seen = on_facade(AsyncMessenger, cancelled, **(arguments | {"store": store}))

    assert seen == ["Cancelled", ()]
    assert outgoing(carrier) == []


def test_dropped_send(arguments: dict[str, Any], carrier: Sandbox) -> None:
    """A send whose event loop went away without a word sends nothing."""

    async def dropped(call: Call, own: Any) -> list[Any]:
        await call(own.consent.grant, PATIENT, person=PERSON, basis="spoken", recorded_by="ana")
        sending = remind_async(own)
        sending.send(None)
        sending.close()
        return [await own.dispatch_due()]

    assert on_facade(AsyncMessenger, dropped, **arguments) == [()]
    assert outgoing(carrier) == []


def test_nobody_is_known(arguments: dict[str, Any]) -> None:
    """Without an answer to who people are, the number alone says where they may be."""

    async def main() -> Any:
        async with AsyncMessenger(**arguments) as own:
            return await own.check(to=PATIENT, person=PERSON, purpose=Purpose.RECALL, body=BODY)

    decision = asyncio.run(main())

    assert [zone.evidence for zone in decision.facts.zones] == ["area code 217"]


def test_real_clock(practice: Practice, provider: Twilio, database: Path) -> None:
    """Without a clock of its own a messenger asks the system's."""
    with Messenger(practice=practice, provider=provider, store=SQLite(database)) as own:
        event = own.consent.grant(PATIENT, person=PERSON, basis="spoken", recorded_by="ana")

    assert abs(event.recorded_at - datetime.now(UTC)) < timedelta(minutes=5)


# Shape


PAIRS = [
    (Messenger, AsyncMessenger),
    (RecordKeeping, AsyncRecordKeeping),
    (VolumeControl, AsyncVolumeControl),
    (JoinedMessenger, AsyncJoinedMessenger),
    (ConsentDesk, AsyncConsentDesk),
    (InboxDesk, AsyncInboxDesk),
    (SecureDesk, AsyncSecureDesk),
    (Upkeep, AsyncUpkeep),
    (Observing, AsyncObserving),
]
NO_FLOWS = {"__init__", "__repr__", "within"}
RENAMED = {"close": "aclose", "__enter__": "__aenter__", "__exit__": "__aexit__"}


def methods(kind: type) -> dict[str, inspect.Signature]:
    """Its own methods and how they are called."""
    renamed = RENAMED if issubclass(kind, Messenger | AsyncMessenger) else {}
    return {
        renamed.get(name, name): inspect.signature(member)
        for name, member in vars(kind).items()
        if inspect.isfunction(member)
    }


@pytest.mark.parametrize(("blocking", "asynchronous"), PAIRS)
def test_same_names(blocking: type, asynchronous: type) -> None:
    """Both facades have the same names with the same parameters."""
    ours, theirs = methods(blocking), methods(asynchronous)
    assert ours.keys() == theirs.keys()

    for name, signature in ours.items():
        if name not in NO_FLOWS:  # the host's answers about people come in another form
            assert signature == theirs[name]
    assert (
        ours.get("__init__", inspect.Signature()).parameters.keys()
        == theirs.get("__init__", inspect.Signature()).parameters.keys()
    )
    for name in theirs.keys() - NO_FLOWS:
        assert inspect.iscoroutinefunction(getattr(asynchronous, name))


def test_facades_hold_no_logic() -> None:
    """Each public method builds what it hands over and calls one flow."""
    checked = 0
    files = Path(messenger.__file__).parent.glob("_*.py")
    sources = [file.read_text("utf-8") for file in files]
    for kind in [kind for source in sources for kind in ast.parse(source).body]:
        if not isinstance(kind, ast.ClassDef) or kind.name not in {
            each.__name__ for pair in PAIRS for each in pair
        }:
            continue
        for method in kind.body:
            if not isinstance(method, ast.FunctionDef | ast.AsyncFunctionDef):
                continue
            ending = {*RENAMED, *RENAMED.values()} if kind.name.endswith("Messenger") else set()
            if method.name in {*ending, *NO_FLOWS}:
                continue
            *built, last = method.body[1:]  # after the docstring
            assert all(isinstance(each, ast.Assign) for each in built), method.name
            assert len(built) <= 1, method.name
            assert isinstance(last, ast.Return), method.name
            calls = [
                node
                for node in ast.walk(last)
                if isinstance(node, ast.Attribute)
                and isinstance(node.value, ast.Name)
                and node.value.id == "flows"
            ]
            assert len(calls) == 1, method.name
            branches = (ast.If, ast.IfExp, ast.For, ast.While, ast.Try, ast.BoolOp, ast.Match)
            assert not any(isinstance(node, branches) for node in ast.walk(method)), method.name
            checked += 1

    unchecked = {*RENAMED.values(), *NO_FLOWS}
    assert checked == 2 * sum(len(methods(kind).keys() - unchecked) for kind, _ in PAIRS)
