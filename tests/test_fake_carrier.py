"""The carrier inside the process: every provider's ways, what goes wrong, and who hears of it."""

from __future__ import annotations

import asyncio
import copy
import pickle
import socket
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from inspect import signature
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve

from compliant_sms import (
    AsyncMessenger,
    Blocked,
    Failed,
    Keyring,
    Messenger,
    Outcome,
    Practice,
    Profile,
    Purpose,
    Queued,
    Sent,
    Uncertain,
    WebhookRequest,
)
from compliant_sms.errors import (
    ConfigurationError,
    InvalidInput,
    NoAnswer,
    ReplyTooLarge,
    RequestNotSent,
    StoreFull,
)
from compliant_sms.lifecycle import State
from compliant_sms.lookups import AsyncLookups, LineAnswer, Lookups
from compliant_sms.phone import PhoneNumber
from compliant_sms.practice import PhiMode
from compliant_sms.providers import Bandwidth, OutboundText, Provider, Telnyx, Twilio, Vonage
from compliant_sms.sandbox import TelnyxAccount
from compliant_sms.stores import SQLite
from compliant_sms.testing import (
    MORNING,
    AsyncMessengerArguments,
    FakeCarrier,
    MessengerArguments,
    MovableClock,
    Recipient,
    assert_blocked,
    assert_sent,
)
from compliant_sms.wire import HttpRequest
from compliant_sms.worker import Worker
from conftest import PATIENT, PERSON
from test_vonage import APPLICATION, PRIVATE_KEY

PROVIDERS = ("twilio", "telnyx", "vonage", "bandwidth")
Make = Callable[..., tuple[FakeCarrier, Messenger]]


@pytest.fixture
def make(practice: Practice, no_network: None) -> Iterator[Make]:
    """Makes fake carriers with a messenger whose patient agreed to everything."""
    made: list[Messenger] = []

    def fake(*providers: str | Provider, **options: Any) -> tuple[FakeCarrier, Messenger]:
        carrier = FakeCarrier(*providers, **options)
        people = lambda _: Profile(time_zone="America/Chicago")  # noqa: E731
        messenger = carrier.messenger(practice=practice, people=people)
        made.append(messenger)
        messenger.consent.grant(PATIENT, person=PERSON, basis="spoken", recorded_by="a test")
        return carrier, messenger

    yield fake
    for messenger in made:
        messenger.close()


@pytest.fixture
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever opens a connection or starts a thread fails."""

    def refuse(*_: object, **__: object) -> None:
        raise AssertionError

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(threading.Thread, "start", refuse)


def remind(messenger: Messenger, key: str = "1") -> Outcome:
    return messenger.send(
        to=PATIENT,
        person=PERSON,
        purpose=Purpose.APPOINTMENT_REMINDER,
        body=f"Lakeside Family Medicine: see you on Friday ({key}).",
        idempotency_key=key,
    )


def state(messenger: Messenger, number: int = -1) -> State:
    return messenger.history(PERSON).texts[number].message.state


@pytest.mark.parametrize("name", PROVIDERS)
def test_text_is_taken_and_its_delivery_told(make: Make, name: str) -> None:
    """Each provider takes a text, and its signed callbacks are believed."""
    carrier, messenger = make(name)

    assert_sent(remind(messenger))
    (text,) = assert_sent(carrier, to=PATIENT, containing="Friday", times=1)
    assert text.status == "queued"
    carrier.deliver_callbacks()

    assert carrier.texts_to(PATIENT)[0].told == ("sent", "delivered")
    assert state(messenger) is State.DELIVERED
    assert carrier.texts_to("+12175550135") == ()


@pytest.mark.parametrize(
    ("name", "answered_by"),
    [
        ("twilio", "carrier"),
        ("telnyx", "carrier"),
        ("vonage", "application"),
        ("bandwidth", "application"),
    ],
)
def test_stop_is_taken_in_and_confirmed_once(make: Make, name: str, answered_by: str) -> None:
    """A STOP ends texting; the patient hears so once, from whoever answers at that provider."""
    carrier, messenger = make(name)
    remind(messenger)

    assert carrier.reply(PATIENT, "STOP") == 200

    assert_blocked(remind(messenger, "2"), rule="revocation")
    (confirmation,) = carrier.thread(PATIENT)[2:]
    assert confirmation.author == answered_by


def test_text_of_a_patient_delivered_twice_counts_once(make: Make) -> None:
    """The same id brings the same text again."""
    carrier, messenger = make()
    remind(messenger)
    sid = "SM" + "7" * 32

    assert [carrier.reply(PATIENT, "I am late", sid=sid) for _ in range(2)] == [200, 200]

    assert len(messenger.history(PERSON).received) == 1


@pytest.mark.parametrize("name", PROVIDERS)
@pytest.mark.parametrize(
    ("kind", "status", "outcome"),
    [
        ("rate_limited", 503, Queued),
        ("status", 500, Uncertain),
        ("drop", 503, Uncertain),
        ("hang", 503, Uncertain),
        ("accept_then_drop", 503, Uncertain),
    ],
)
def test_requests_that_go_wrong(
    make: Make, name: str, kind: str, status: int, outcome: type[Outcome]
) -> None:
    """No fault loses a text or repeats one that may be out, and none takes time."""
    carrier, messenger = make(name)
    carrier.fail_next(kind, status=status, times=3)

    assert isinstance(remind(messenger), outcome)

    taken = kind in {"hang", "accept_then_drop"}
    assert len(carrier.texts_to(PATIENT)) == taken


def test_a_refusal_that_passes_is_repeated_at_once(make: Make) -> None:
    """Two refusals cost two more tries, and no time."""
    carrier, messenger = make()
    carrier.fail_next("rate_limited", times=2)

    assert_sent(remind(messenger))
    assert carrier.clock() == MORNING


def test_unreachable_carrier_gets_nothing(make: Make) -> None:
    """A request that never left leaves the text due."""
    carrier, messenger = make()
    carrier.reachable = False
    assert isinstance(remind(messenger), Queued)
    assert carrier.messages() == ()

    carrier.reachable = True
    assert isinstance(carrier.clock, MovableClock)
    carrier.clock.advance(timedelta(minutes=10))

    assert [Sent] == [type(outcome) for outcome in messenger.dispatch_due()]


def test_late_answer_moves_the_clock(make: Make) -> None:
    """A delay is waited for by the clock alone."""
    carrier, messenger = make()
    carrier.fail_next("delay", seconds=7)

    assert_sent(remind(messenger))
    assert carrier.clock() == MORNING + timedelta(seconds=7)


def test_late_answer_under_a_clock_of_the_host(practice: Practice) -> None:
    """Where the clock cannot be moved, the answer is just there."""
    carrier = FakeCarrier(clock=lambda: MORNING)
    carrier.fail_next("delay", seconds=7)
    with carrier.messenger(practice=practice) as messenger:
        messenger.consent.grant(PATIENT, person=PERSON, basis="spoken", recorded_by="a test")

        assert_sent(remind(messenger))


@pytest.mark.parametrize("kind", ["stop_before_accept", "stop_before_answer"])
def test_stop_at_the_worst_moment(make: Make, kind: str) -> None:
    """A STOP that crosses a text is known afterwards, whatever became of the text."""
    carrier, messenger = make()
    carrier.fail_next(kind)

    remind(messenger)
    carrier.deliver_callbacks()

    assert_blocked(remind(messenger, "2"), rule="revocation")


@pytest.mark.parametrize("name", PROVIDERS)
@pytest.mark.parametrize(
    ("kind", "category"),
    [
        (Recipient.LANDLINE, "landline_or_incapable"),
        ("filtered", "carrier_filtered"),
        ("unreachable", None),
    ],
)
def test_numbers_that_texts_do_not_reach(
    make: Make, name: str, kind: str, category: str | None
) -> None:
    """What awaits a text is told in the provider's own code, which the adapter knows."""
    carrier, messenger = make(name)
    carrier.set_recipient(PATIENT, kind)
    remind(messenger)
    carrier.deliver_callbacks()

    message = messenger.history(PERSON).texts[-1].message
    assert message.state in {State.UNDELIVERED, State.FAILED}
    assert message.problem is not None
    assert category in {None, message.problem.category}

    carrier.set_recipient(PATIENT, "reachable")
    carrier.clock.advance(timedelta(days=1))  # type: ignore[attr-defined]
    if kind != Recipient.LANDLINE:
        assert_sent(remind(messenger, "2"))
        carrier.deliver_callbacks()
        assert state(messenger) is State.DELIVERED


@pytest.mark.parametrize("name", ["twilio", "telnyx"])
def test_opt_out_that_only_the_provider_knows(make: Make, name: str) -> None:
    """It is learnt from the refusal of the next text, and holds from then on."""
    carrier, messenger = make(name)
    carrier.set_recipient(PATIENT, Recipient.OPTED_OUT)

    assert isinstance(remind(messenger), Failed | Blocked)
    assert_blocked(remind(messenger, "2"), rule="revocation")


def test_opt_out_where_nobody_answers_stop(make: Make) -> None:
    """On Bandwidth's ordinary numbers there is no such thing."""
    carrier, _ = make("bandwidth")

    with pytest.raises(InvalidInput, match="no provider here answers STOP"):
        carrier.set_recipient(PATIENT, "opted_out")


def test_delivery_may_be_set_by_code(make: Make) -> None:
    """Any of the provider's codes can be the reason, and one call replaces the other."""
    carrier, messenger = make()
    carrier.set_recipient(PATIENT, "landline")
    carrier.set_delivery(PATIENT, "undelivered", error_code=30005)
    remind(messenger)
    carrier.deliver_callbacks()

    assert carrier.texts_to(PATIENT)[0].error_code == 30005


@pytest.mark.parametrize("kind", ["lost", "duplicate", "reordered"])
def test_callbacks_that_go_wrong(make: Make, kind: str) -> None:
    """Whatever order callbacks come in, the text ends where the last one says, or stays sent."""
    carrier, messenger = make()
    remind(messenger)
    carrier.fail_next(kind, times=2)
    carrier.deliver_callbacks()

    told = carrier.texts_to(PATIENT)[0].told
    assert state(messenger) is (State.SENT if kind == "lost" else State.DELIVERED)
    assert sorted(told) == ([] if kind == "lost" else ["delivered", "sent"])


def test_seed_repeats_a_run(make: Make) -> None:
    """The same seed breaks the same requests and makes the same ids; another one others."""

    def run(seed: int) -> list[str]:
        carrier, messenger = make(seed=seed)
        carrier.set_fault_rates({"accept_then_drop": 0.5})
        return [
            type(remind(messenger, str(each))).__name__ + carrier.messages()[-1].sid
            for each in range(6)
        ]

    first = run(1)
    assert first == run(1)
    assert first != run(2)


def test_two_over_one_database_make_no_id_twice(practice: Practice, tmp_path: Path) -> None:
    """What a patient texts in one test is no repetition of what came in another."""
    for each in range(2):
        carrier = FakeCarrier()
        with carrier.messenger(practice=practice, store=SQLite(tmp_path / "sms.db")) as messenger:
            assert carrier.reply(PATIENT, ["Running late", "STOP"][each]) == 200
            revoked = messenger.consent.state(PATIENT, person=PERSON).revoked_at
            assert (revoked is not None) is bool(each)
            assert f"seed={carrier.seed}" in repr(carrier)


def test_several_providers_over_one_book(make: Make) -> None:
    """A reply goes to the number that texted last, and routes see every provider."""
    carrier, messenger = make("telnyx", "twilio")
    carrier.fail_next("rate_limited", provider="telnyx", times=3)
    remind(messenger)

    (text,) = carrier.texts_to(PATIENT)
    assert text.provider == "twilio"
    assert carrier.reply(PATIENT, "Thanks") == 200
    assert carrier.thread(PATIENT)[-1].to == text.from_
    assert [each.name for each in carrier.providers] == ["telnyx", "twilio"]


def test_adapters_of_the_host() -> None:
    """The adapter that a program has made is spoken to with its own credentials."""
    key = TelnyxAccount(api_key="KEY1", numbers=[]).public_key
    profile = "4000eba1-a0c0-4563-9925-b25e842a7cb6"
    own: list[Provider] = [
        Twilio(account_sid="AC" + "0" * 32, auth_token="t", sender="+13125550190"),
        Telnyx(
            api_key="KEY1", public_keys=[key], sender="+13125550191", messaging_profile_id=profile
        ),
        Vonage(
            api_key="k",
            application_id=APPLICATION,
            private_key=PRIVATE_KEY,
            signature_secrets=["a-secret"],
            sender="+13125550192",
        ),
        Bandwidth(
            account_id="1",
            application_id="a",
            username="u",
            password="p",
            callback_credentials=["hook:x:y"],
            sender="+13125550193",
        ),
    ]
    carrier = FakeCarrier(*own)
    for provider in own:
        text = OutboundText(to=provider.sender, body="Hello", reference="m1")
        reply = asyncio.run(carrier.send(provider.request(text, at=MORNING)))
        assert provider.response(reply).problem is None


@pytest.mark.parametrize(
    ("providers", "words"),
    [
        (["pigeon"], "no such provider"),
        (["twilio", "twilio"], "two accounts"),
        (
            [Telnyx(api_key="K", public_keys=["A" * 43 + "="], sender="+13125550191")],
            "would not believe",
        ),
    ],
)
def test_what_it_cannot_speak_for(providers: list[Any], words: str) -> None:
    """A carrier that could not play its part is not made."""
    with pytest.raises(InvalidInput, match=words):
        FakeCarrier(*providers)


def test_callbacks_reach_the_host_s_own_endpoint(make: Make) -> None:
    """A function of the host can take the place of the messenger: its test client, say."""
    carrier, messenger = make()
    arrived: list[WebhookRequest] = []

    def view(request: WebhookRequest) -> int:
        arrived.append(request)
        return messenger.receive(request, provider="twilio").answer.status

    carrier.post_to(view)
    remind(messenger)

    assert carrier.reply(PATIENT, "STOP") == 200
    assert [request.url for request in arrived] == ["https://clinic.example/texts/twilio"]
    assert carrier.connected is None
    assert messenger.consent.state(PATIENT, person=PERSON).revoked_at is not None


def test_the_endpoint_stays_whatever_messenger_comes_next(make: Make, practice: Practice) -> None:
    """What was said once does not hang on the order in which fixtures are made."""
    carrier, messenger = make()
    carrier.post_to(lambda request: messenger.receive(request).answer.status)
    with carrier.messenger(practice=practice) as other:
        assert carrier.reply(PATIENT, "STOP") == 200

        assert messenger.consent.state(PATIENT, person=PERSON).revoked_at is not None
        carrier.connect(other)
        assert carrier.connected is other
        assert carrier.reply(PATIENT, "STOP") == 200
        assert other.consent.state(PATIENT, person=PERSON).revoked_at is not None


def test_an_endpoint_may_be_a_coroutine_function(practice: Practice) -> None:
    """An application on an event loop is called on that loop."""

    async def story() -> None:
        carrier = FakeCarrier()
        messenger = carrier.async_messenger(practice=practice)

        async def view(request: WebhookRequest) -> int:
            return (await messenger.receive(request)).answer.status

        carrier.post_to(view)
        with pytest.raises(ConfigurationError, match="areply"):
            carrier.reply(PATIENT, "STOP")
        assert await carrier.areply(PATIENT, "STOP") == 200
        assert (await messenger.consent.state(PATIENT, person=PERSON)).revoked_at is not None
        await messenger.aclose()

    asyncio.run(story())


def test_an_endpoint_answers_with_a_status(make: Make) -> None:
    """Whoever returns the whole answer is told what to return."""
    carrier, messenger = make()
    carrier.post_to(messenger.receive)  # type: ignore[arg-type]

    with pytest.raises(InvalidInput, match=r"returned Received.*response\.status_code"):
        carrier.reply(PATIENT, "Running late")


@pytest.mark.parametrize("name", ["twilio", "plivo"])
def test_several_practices_behind_one_mount(practice: Practice, name: str) -> None:
    """Callbacks are signed for the address of each practice's own endpoint, news of texts too."""
    carrier = FakeCarrier(name, public_url="https://texts.example/in/lakeside/")
    arrived: list[str] = []
    with carrier.messenger(practice=practice) as messenger:

        def view(request: WebhookRequest) -> int:
            arrived.append(request.url.partition("?")[0])
            return messenger.receive(request).answer.status

        carrier.post_to(view)
        messenger.consent.grant(PATIENT, person=PERSON, basis="spoken", recorded_by="a test")
        remind(messenger)
        carrier.deliver_callbacks()
        assert carrier.reply(PATIENT, "Running late") == 200
        assert state(messenger) is State.DELIVERED

    assert set(arrived) == {f"https://texts.example/in/lakeside/{name}"}
    with pytest.raises(InvalidInput, match="public_url"):
        FakeCarrier(public_url="texts.example")


def test_webhooks_that_are_not_believed_or_recorded(
    make: Make, practice: Practice, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the messenger refuses has the status that a web server would answer."""
    carrier, messenger = make()
    stranger = evolve(carrier.provider, auth_token="another")
    with FakeCarrier(stranger).messenger(practice=practice) as other:
        carrier.connect(other)
        assert carrier.reply(PATIENT, "STOP") == 403

    def full(*_: object, **__: object) -> None:
        raise StoreFull

    carrier.connect(messenger)
    monkeypatch.setattr(messenger, "receive", full)
    assert carrier.reply(PATIENT, "STOP") == 503


def test_nobody_is_connected() -> None:
    """A callback that nobody takes is lost."""
    assert FakeCarrier().reply(PATIENT, "STOP") == 0


def test_a_text_that_comes_late_is_answered_too(make: Make) -> None:
    """A STOP whose callback was held back is confirmed once it arrives, as the web adapters do."""
    carrier, messenger = make("bandwidth")
    carrier.fail_next("reordered")
    assert carrier.reply(PATIENT, "STOP") == 0
    assert carrier.texts_to(PATIENT) == ()

    carrier.deliver_callbacks()
    (confirmation,) = carrier.texts_to(PATIENT)
    assert "no more texts" in confirmation.body
    assert confirmation.status == "delivered"
    assert messenger.dispatch_due() == ()


def test_dispatch_is_the_host_s_on_request(make: Make) -> None:
    """Without ``dispatch`` answers wait for the host."""
    carrier, messenger = make("vonage")
    carrier.connect(messenger, dispatch=False)
    remind(messenger)
    carrier.reply(PATIENT, "STOP")

    assert len(carrier.texts_to(PATIENT)) == 1
    messenger.dispatch_due()
    assert "no more texts" in carrier.texts_to(PATIENT)[-1].body


def test_the_same_for_an_event_loop(practice: Practice) -> None:
    """AsyncMessenger has the same, to be awaited."""
    carrier = FakeCarrier("vonage")

    async def story(messenger: AsyncMessenger) -> None:
        await messenger.consent.grant(PATIENT, person=PERSON, basis="spoken", recorded_by="a test")
        outcome = await messenger.send(
            to=PATIENT,
            person=PERSON,
            purpose=Purpose.APPOINTMENT_REMINDER,
            body="Lakeside Family Medicine: see you on Friday.",
            idempotency_key="1",
        )
        assert_sent(outcome)
        await carrier.adeliver_callbacks()
        assert await carrier.areply(PATIENT, "STOP") == 200
        with pytest.raises(ConfigurationError, match="areply"):
            carrier.reply(PATIENT, "STOP")
        assert (await messenger.history(PERSON)).texts[0].message.state is State.DELIVERED
        assert (await messenger.consent.state(PATIENT, person=PERSON)).revoked_at is not None
        await messenger.aclose()

    async def main() -> None:
        await story(carrier.async_messenger(practice=practice))

    asyncio.run(main())


def request(**changes: Any) -> HttpRequest:
    twilio = FakeCarrier().provider
    text = OutboundText(to=twilio.sender, body="Hello", reference="m1")
    return evolve(twilio.request(text, at=MORNING), **changes)


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        (request(url="http://127.0.0.1:9/2010-04-01/Nothing"), 404),
        (request(method="PATCH"), 405),
        (request(url="http://127.0.0.1:9/elsewhere"), 404),
        (request(headers=()), 401),
    ],
)
def test_requests_that_no_provider_serves(asked: HttpRequest, status: int) -> None:
    """They are answered as the provider answers them."""
    assert asyncio.run(FakeCarrier().send(asked)).status == status


def test_requests_under_conditions() -> None:
    """What may not leave does not, and what would be too long is not read."""
    carrier = FakeCarrier()
    with pytest.raises(RequestNotSent):
        asyncio.run(carrier.send(request(may_leave=lambda: False)))
    with pytest.raises(ReplyTooLarge):
        asyncio.run(carrier.send(request(largest_reply=3)))
    carrier.fail_next("drop")
    with pytest.raises(NoAnswer):
        asyncio.run(carrier.send(request()))


def _line(_: PhoneNumber) -> LineAnswer:
    return LineAnswer(kind="mobile", as_of=MORNING.date())


async def _line_later(number: PhoneNumber) -> LineAnswer:
    await asyncio.sleep(0)
    return _line(number)


@pytest.mark.parametrize("kind", [Lookups, AsyncLookups])
@pytest.mark.parametrize("ask", [_line, _line_later])
def test_an_event_loop_takes_plain_functions(practice: Practice, kind: Any, ask: Any) -> None:
    """What a project passes to Messenger does for AsyncMessenger, such as the kit's ``people``."""

    async def story() -> None:
        carrier = FakeCarrier()
        messenger = carrier.async_messenger(
            practice=evolve(practice, phi=PhiMode.NOTICE, link_domains=["lakeside.example"]),
            people=lambda _: Profile(time_zone="America/New_York"),
            lookups=kind(line_type=ask),
            secure_links=lambda _: "https://lakeside.example/m/1",
            keyring=Keyring.generate(),
        )
        await messenger.consent.grant(PATIENT, person=PERSON, basis="spoken", recorded_by="a test")
        sent = await messenger.send(
            to=PATIENT,
            person=PERSON,
            purpose=Purpose.PRESCRIPTION_NOTIFICATION,
            body="Lakeside Family Medicine: your lisinopril is ready.",
            idempotency_key="rx-1",
        )
        assert isinstance(sent, Sent)
        assert "https://lakeside.example/m/1" in carrier.texts_to(PATIENT)[0].body
        (decision,) = (await messenger.history(PERSON)).texts[0].decisions
        assert decision.facts.lookups.line is not None
        assert "America/New_York" in str(decision.facts.zones)
        await messenger.aclose()

    asyncio.run(story())


@pytest.mark.parametrize("duplicate", [pickle.dumps, copy.deepcopy])
def test_a_messenger_is_not_pickled(
    practice: Practice, duplicate: Callable[[object], object]
) -> None:
    """Who hands one, or a part of one, to another process is told to make it there."""
    carrier = FakeCarrier()
    with carrier.messenger(practice=practice) as messenger:
        parts = (messenger.consent, Worker(messenger), carrier.async_messenger(practice=practice))
        for each in (messenger, *parts):
            with pytest.raises(TypeError, match="make one in each process"):
                duplicate(each)


@pytest.mark.parametrize(
    ("arguments", "kind"),
    [(MessengerArguments, Messenger), (AsyncMessengerArguments, AsyncMessenger)],
)
def test_a_checker_knows_what_its_messengers_take(
    arguments: type[MessengerArguments | AsyncMessengerArguments],
    kind: type[Messenger | AsyncMessenger],
) -> None:
    """The table of arguments is the signature, so that neither can change alone."""
    taken = {name: each.annotation for name, each in signature(kind).parameters.items()}
    del taken["practice"]
    assert {n: t.__forward_arg__ for n, t in arguments.__annotations__.items()} == taken
