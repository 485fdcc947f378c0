"""``doctor()`` and ``compliant-sms doctor``: what would keep texts from going is told."""

from __future__ import annotations

import asyncio
import json
import textwrap
from collections.abc import Callable
from datetime import date, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any, ClassVar

import pytest
from attrs import evolve, frozen
from click.testing import CliRunner
from rich.console import Console

from compliant_sms import AsyncMessenger, Messenger, Plaintext, Practice, Uncertain
from compliant_sms.cli._commands import commands
from compliant_sms.cli._doctor import _table
from compliant_sms.errors import NoAnswer, RequestNotSent, StoreBusy
from compliant_sms.flows import Checked, CheckResult
from compliant_sms.keyring import Keyring
from compliant_sms.messenger import StoreKind
from compliant_sms.practice import Campaign
from compliant_sms.providers import (
    AzureCommunicationServices,
    Baa,
    CallbackPlace,
    Capabilities,
    HttpGateway,
    Infobip,
    Provider,
    Telnyx,
    Twilio,
    sealed,
)
from compliant_sms.providers.gateway import (
    GatewayAnswer,
    GatewayCallbacks,
    GatewayRequest,
    TextPart,
    UrlToken,
)
from compliant_sms.sandbox import Sandbox
from compliant_sms.stores import PostgreSQL
from compliant_sms.testing import MovableClock
from compliant_sms.wire import HttpReply, HttpRequest
from conftest import MORNING, PATIENT, SENDER, SID, TOKEN
from test_receive import status
from test_send import agree, remind

Make = Callable[..., Messenger]
OK, WARNING, FAILED, NOT_CHECKED = CheckResult
URL = "https://texts.clinic.example/twilio"
GOOD = {
    "account_sid": SID,
    "auth_token": TOKEN,
    "sender": SENDER,
    "status_callback": URL,
    "baa_signed_on": date(2026, 1, 1),
}
BLIND: dict[str, Any] = {"account_sid": SID, "auth_token": TOKEN, "sender": SENDER}


class Far:
    """The provider and the practice's own web application, as they answer."""

    def __init__(self, **answers: Any) -> None:
        self.account: HttpReply | Exception = HttpReply(
            status=200, headers={"Date": format_datetime(MORNING)}, body=b'{"status": "active"}'
        )
        self.application: HttpReply | Exception = HttpReply(status=403)
        self.asked: list[HttpRequest] = []
        for name, answer in answers.items():
            setattr(self, name, answer)

    async def send(self, request: HttpRequest) -> HttpReply:
        self.asked.append(request)
        answer = self.application if request.url == URL else self.account
        if isinstance(answer, Exception):
            raise answer
        return answer


def looked_over(
    make: Make, provider: Provider | None = None, far: Far | None = None, **changes: Any
) -> Callable[[str], Checked]:
    """What was found of each thing."""
    messenger = make(
        provider=provider or Twilio(**GOOD),
        transport=far or Far(),
        keyring=Plaintext(reason="a test"),
        **changes,
    )
    checks = messenger.doctor(call_webhooks=far is not None)
    assert all(check.says.endswith(".") for check in checks)
    assert all(check.remedy for check in checks if check.result in {WARNING, FAILED})
    assert not any(secret in repr(checks) for secret in (TOKEN, SENDER, SID, PATIENT))

    def of(what: str) -> Checked:
        (found,) = [check for check in checks if check.what == what]
        return found

    return of


def test_in_order(make_messenger: Make, practice: Practice) -> None:
    """A set-up in order has nothing that failed, and nobody was texted."""
    far = Far()
    of = looked_over(
        make_messenger, far=far, practice=evolve(practice, campaign=Campaign(vetting_score=80))
    )

    for what in ("store", "credentials", "clock", "agreement", "signature", "status callback"):
        assert of(what).result is OK
    assert of("registration").result is OK
    assert of("web application").result is OK
    assert of("credentials").of == f"twilio ...{SENDER[-4:]}"
    assert [request.method for request in far.asked] == ["GET", "GET", "POST"]


def test_a_clock_of_programs(make_messenger: Make, practice: Practice) -> None:
    """A practice whose days are those of UTC is told; of any place nothing is said."""
    of = looked_over(make_messenger, practice=evolve(practice, time_zone="Etc/UTC"))
    assert of("time zone").result is WARNING
    assert "America/Chicago" in of("time zone").remedy
    assert all(each.what != "time zone" for each in make_messenger().doctor())


@pytest.mark.parametrize(
    ("answer", "result", "says"),
    [
        (HttpReply(status=401, body=b'{"code": 20003}'), FAILED, "auth"),
        (HttpReply(status=200, body=b'{"status": "suspended"}'), FAILED, "account suspended"),
        (NoAnswer("it took the request (ReadTimeout)"), FAILED, "no answer"),
        (RequestNotSent("it could not be reached (ConnectError)"), FAILED, "no answer"),
    ],
)
def test_credentials(
    make_messenger: Make, answer: HttpReply | Exception, result: CheckResult, says: str
) -> None:
    """Credentials that the provider refuses are told, and so is one that is not there."""
    found = looked_over(make_messenger, far=Far(account=answer))("credentials")

    assert found.result is result
    assert says in found.says


@frozen(kw_only=True)
class Mute(Twilio):
    """It has nothing to try credentials with, and its callbacks are set there."""

    capabilities: ClassVar[Capabilities] = evolve(
        Twilio.capabilities,
        status_callbacks=CallbackPlace.ACCOUNT,
        body_authenticated=False,
        answers_keywords=False,
        baa=Baa.UNCONFIRMED,
    )
    name: ClassVar[str] = "mute"

    def check_account(self, *, at: Any) -> Any:
        return None


@frozen(kw_only=True)
class Gullible(Twilio):
    """It believes anything."""

    def verify(self, request: Any, **_: Any) -> Any:
        return sealed("twilio", {}, {})


def test_what_cannot_be_checked(make_messenger: Make) -> None:
    """What cannot be looked at from here is told as such."""
    of = looked_over(make_messenger, Mute(**BLIND))

    assert of("credentials").result is NOT_CHECKED
    assert of("status callback").result is NOT_CHECKED
    assert of("signature").result is WARNING
    assert "if the provider offers it" in of("agreement").remedy
    assert of("keywords").result is NOT_CHECKED


@pytest.mark.parametrize(
    ("date_header", "result"),
    [
        (format_datetime(MORNING + timedelta(seconds=59)), OK),
        (format_datetime(MORNING - timedelta(seconds=61)), WARNING),
        (format_datetime(MORNING + timedelta(hours=1)), WARNING),
        ("soon", NOT_CHECKED),
    ],
)
def test_clock(make_messenger: Make, date_header: str, result: CheckResult) -> None:
    """A clock that is wrong by more than a minute is told."""
    answer = HttpReply(status=200, headers={"Date": date_header}, body=b'{"status": "active"}')

    assert looked_over(make_messenger, far=Far(account=answer))("clock").result is result


@frozen(kw_only=True)
class Timed(Twilio):
    """It signs the time."""

    capabilities: ClassVar[Capabilities] = evolve(Twilio.capabilities, time_authenticated=True)


@pytest.mark.parametrize(("seconds", "result"), [(299, WARNING), (301, FAILED)])
def test_clock_of_signed_times(make_messenger: Make, seconds: int, result: CheckResult) -> None:
    """Where times are signed, a wrong clock keeps every callback out."""
    ahead = format_datetime(MORNING + timedelta(seconds=seconds))
    answer = HttpReply(status=200, headers={"Date": ahead}, body=b'{"status": "active"}')

    found = looked_over(make_messenger, Timed(**GOOD), Far(account=answer))("clock")

    assert found.result is result


@pytest.mark.parametrize(
    ("url", "result"),
    [
        ("", WARNING),
        ("http://texts.clinic.example/", FAILED),
        ("https://localhost/texts", FAILED),
        ("https://backend/texts", FAILED),
        ("https://my_texts.clinic.example/", WARNING),
        (URL, OK),
    ],
)
def test_status_callback(make_messenger: Make, url: str, result: CheckResult) -> None:
    """An address that the provider cannot call, or that others read, is told."""
    provider = Twilio(**(GOOD | {"status_callback": url}))

    assert looked_over(make_messenger, provider)("status callback").result is result


def test_simulated(make_messenger: Make) -> None:
    """Beside a simulated carrier addresses on this machine are in order."""
    local = {"base_url": "http://127.0.0.1:9", "status_callback": "http://localhost/texts"}

    of = looked_over(make_messenger, Twilio(**(BLIND | local)))

    assert of("status callback").result is OK
    assert "simulated" in of("status callback").says
    assert "from outside" not in of("status callback").says
    assert of("agreement").result is OK


@pytest.mark.parametrize(
    ("sender", "result"),
    [("+18005550111", NOT_CHECKED), ("+442079460111", NOT_CHECKED), (SENDER, WARNING)],
)
def test_registration(make_messenger: Make, sender: str, result: CheckResult) -> None:
    """Each kind of number is registered in its own way."""
    provider = Twilio(**(GOOD | {"sender": sender}))

    assert looked_over(make_messenger, provider)("registration").result is result


def test_agreement(make_messenger: Make) -> None:
    """Without an agreement nothing goes to a patient."""
    for signed in (None, date(2027, 1, 1)):
        provider = Twilio(**(GOOD | {"baa_signed_on": signed}))
        assert looked_over(make_messenger, provider)("agreement").result is FAILED


def test_signature(make_messenger: Make) -> None:
    """An adapter that believes a callback without proof is told."""
    assert looked_over(make_messenger, Gullible(**GOOD))("signature").result is FAILED


SECRET = "a:token-that-nobody-knows"


def gateway(url: str = "https://sms.acme.example/v1", parameter: str = "token") -> HttpGateway:
    """A gateway whose callbacks bring a secret in their address."""
    return HttpGateway(
        sender=SENDER,
        submission=GatewayRequest(
            url=url,
            fields={"to": TextPart.TO, "text": TextPart.BODY, "callback": TextPart.CALLBACK_URL},
        ),
        outcome=GatewayAnswer(id="/id"),
        callbacks=GatewayCallbacks(),
        proof=UrlToken(tokens=[SECRET], parameter=parameter),
        status_callback=f"{URL}?practice=west&{parameter}={SECRET}",
        baa_signed_on=date(2026, 1, 1),
    )


@pytest.mark.parametrize(
    "provider",
    [
        gateway(),
        gateway(parameter="key"),
        Infobip(
            sender=SENDER,
            api_key="k",
            callback_credentials=[SECRET],
            status_callback=f"{URL}?practice=west&token={SECRET}",
            baa_signed_on=date(2026, 1, 1),
        ),
    ],
    ids=["token", "another name", "where no header comes"],
)
def test_a_secret_of_the_address_is_no_missing_proof(
    make_messenger: Make, provider: Provider
) -> None:
    """The doctor leaves out what a callback is believed by, as others must, and nothing else."""
    far = Far(account=HttpReply(status=403))
    of = looked_over(make_messenger, provider, far)

    assert of("signature").result is WARNING
    assert of("web application").result is OK
    assert far.asked[-1].url == f"{URL}?practice=west"


@pytest.mark.parametrize(
    ("address", "told"),
    [
        ("https://api.twilio.com", False),
        ("http://api.twilio.com", True),
        ("HTTP://proxy.clinic.example", True),
        ("http://127.0.0.1:4010", False),
    ],
)
@pytest.mark.parametrize("of", ["base_url", "gateway", "endpoint"])
def test_a_connection_in_the_clear_is_told(
    make_messenger: Make,
    of: str,
    address: str,
    told: bool,  # noqa: FBT001
) -> None:
    """Texts and credentials pass over it; a carrier on this machine is another matter."""
    providers: dict[str, Provider] = {
        "base_url": Twilio(**(GOOD | {"base_url": address})),
        "gateway": gateway(address),
        "endpoint": AzureCommunicationServices(
            sender=SENDER,
            endpoint=address,
            access_key="a2tra2tra2tra2tra2tra2tra2tra2tra2tra2tra2s=",
            url_tokens=[SECRET],
        ),
    }
    messenger = make_messenger(
        provider=providers[of],
        transport=Far(),
        keyring=Plaintext(reason="a test"),
    )
    found = [check.result for check in messenger.doctor() if check.what == "connection"]

    assert found == ([FAILED] if told else [])


def numbers(**changes: Any) -> HttpReply:
    """What Twilio says of the sender's own settings."""
    number = {"phone_number": SENDER, "sms_url": URL + "/?a=b", "sms_application_sid": ""} | changes
    return HttpReply(status=200, body=json.dumps({"incoming_phone_numbers": [number]}).encode())


@pytest.mark.parametrize(
    ("answer", "result"),
    [
        (numbers(), OK),
        (numbers(sms_url=""), FAILED),
        (numbers(sms_url="https://elsewhere.example/twilio"), WARNING),
        (numbers(sms_url="http://texts.clinic.example/twilio"), FAILED),
        (numbers(sms_url="https://[broken/twilio"), FAILED),
        (numbers(sms_application_sid="AP1"), NOT_CHECKED),
        (numbers(phone_number=PATIENT), NOT_CHECKED),
        (HttpReply(status=404), NOT_CHECKED),
        (NoAnswer("it took the request (ReadTimeout)"), NOT_CHECKED),
    ],
    ids=[
        *("right", "none", "another", "not https", "no address", "application", "other number"),
        *("404", "no answer"),
    ],
)
def test_address_of_texts(
    make_messenger: Make, answer: HttpReply | Exception, result: CheckResult
) -> None:
    """Where the provider tells of patients' texts is compared with where it tells of deliveries."""
    of = looked_over(make_messenger, far=Far(account=answer))

    assert of("address of texts").result is result


def test_address_of_texts_at_telnyx(make_messenger: Make) -> None:
    """At Telnyx it is the messaging profile's, where that is given."""
    profile = "4000eba1-a0c0-4563-9925-b25e842a7cb6"
    telnyx = Telnyx(
        api_key="KEY",
        public_keys=("A" * 43 + "=",),
        sender=SENDER,
        baa_signed_on=date(2026, 1, 1),
        status_callback=URL,
        messaging_profile_id=profile,
    )
    said = HttpReply(status=200, body=json.dumps({"data": {"webhook_url": URL}}).encode())
    far = Far(account=said)

    assert looked_over(make_messenger, telnyx, far)("address of texts").result is OK
    assert any(request.url.endswith(f"/messaging_profiles/{profile}") for request in far.asked)
    said = HttpReply(status=404)
    assert (
        looked_over(make_messenger, telnyx, Far(account=said))("address of texts").result
        is NOT_CHECKED
    )
    blind = evolve(telnyx, messaging_profile_id="")
    assert looked_over(make_messenger, blind, Far())("address of texts").result is NOT_CHECKED


def test_proof_of_callbacks(
    make_messenger: Make, provider: Twilio, carrier: Sandbox, clock: MovableClock
) -> None:
    """Only a callback that came shows that the secret is right; none for long, that it is not."""
    messenger = make_messenger(provider=provider)

    def proof() -> Checked:
        return next(c for c in messenger.doctor() if c.what == "proof of callbacks")

    assert proof().result is NOT_CHECKED
    agree(messenger)
    sent = remind(messenger)
    assert proof().result is NOT_CHECKED
    clock.advance(timedelta(days=1))
    assert proof().result is WARNING
    assert proof().says == "A text went out on 2026-11-30, and no callback proved its origin since."
    messenger.receive(status(sent.provider_id, "delivered"))
    assert proof().result is OK
    assert "2026-12-01 16:00 UTC" in proof().says


def test_keywords(make_messenger: Make) -> None:
    """Words of the law that the provider misses are named, unless only we read them."""
    of = looked_over(make_messenger)
    assert of("keywords").result is WARNING
    assert "opt out" in of("keywords").says

    ours = Twilio(**(GOOD | {"answers_keywords": False}))
    assert looked_over(make_messenger, ours)("keywords").result is OK


def test_all_keywords(make_messenger: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    """A provider that knows them all is in order."""
    monkeypatch.setattr("compliant_sms.flows._doctor._examine.carrier_keywords", lambda _: Knowing)

    assert looked_over(make_messenger)("keywords").result is OK


class Knowing:
    misses: ClassVar[frozenset[str]] = frozenset()


@pytest.mark.parametrize(
    ("answer", "result"),
    [
        (HttpReply(status=403), OK),
        (HttpReply(status=415), OK),
        (HttpReply(status=204), FAILED),
        (HttpReply(status=404), FAILED),
        (HttpReply(status=500), FAILED),
        (NoAnswer("it took the request"), FAILED),
    ],
)
def test_web_application(
    make_messenger: Make, answer: HttpReply | Exception, result: CheckResult
) -> None:
    """The application must answer at its own address, and refuse what proves nothing."""
    found = looked_over(make_messenger, far=Far(application=answer))("web application")

    assert found.result is result


def test_uncertain_texts(
    make_messenger: Make, messenger: Messenger, carrier: Sandbox, clock: MovableClock
) -> None:
    """Texts of which nobody knows anything are told."""
    agree(messenger)
    carrier.fail_next("accept_then_drop")
    remind(messenger)

    assert looked_over(make_messenger)("store").result is WARNING


def test_store(make_messenger: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    """A store that is not there is told first, in words of ours."""
    messenger = make_messenger()

    async def busy(*_: Any) -> Any:
        msg = f"what the database said of {PATIENT}"
        raise StoreBusy(msg)

    monkeypatch.setattr(type(messenger._ports.store), "run", busy)
    store, at_rest = messenger.doctor()[:2]

    assert (store.result, at_rest.result) == (FAILED, NOT_CHECKED)
    assert PATIENT not in store.says + at_rest.says


@pytest.mark.both_databases
def test_a_database_that_may_only_be_read(
    make_messenger: Make, make_store: Callable[[], StoreKind], database_kind: str, tmp_path: Path
) -> None:
    """Reading goes well, and the doctor says all the same that nothing can be sent."""
    sound = make_messenger()
    agree(sound)
    if database_kind == "sqlite":
        store = make_store()
        store.open()
        store._connection.execute("PRAGMA query_only = ON")  # type: ignore[union-attr]
    else:
        dsn = make_store()._settings.conninfo  # type: ignore[union-attr]
        store = PostgreSQL(f"{dsn} options='-c default_transaction_read_only=on'")
    reading = make_messenger(store=store)

    assert sound.doctor()[0].result is OK
    assert reading.doctor()[0].result is FAILED
    assert reading.verify_ledger().events == 1


def test_at_rest(make_messenger: Make, messenger: Messenger) -> None:
    """Records in the clear are told."""
    assert looked_over(make_messenger)("at rest").result is WARNING
    assert [check.result for check in messenger.doctor() if check.what == "at rest"] == [OK]


def test_a_keyring_of_other_records(make_messenger: Make) -> None:
    """Keys that do not open what is kept, or none: no text could go, and the doctor says so."""
    right, wrong = Keyring.generate(), Keyring.generate()
    sealed = make_messenger(keyring=right)
    agree(sealed)
    others: list[Any] = [wrong, Plaintext(reason="a test")]
    found = [make_messenger(keyring=each).doctor()[1] for each in [right, *others]]

    assert [check.result for check in found] == [OK, FAILED, FAILED]
    assert found[0].says == "Records are sealed."
    assert wrong.newest in found[1].says
    assert "no keyring was given" in found[2].says


def test_a_keyring_of_other_records_that_are_uncertain_or_paused(make_messenger: Make) -> None:
    """Whatever else is on record, the doctor ends with what is wrong, and not with an exception."""
    lost = Far(account=NoAnswer("it took the request (ReadTimeout)"))
    sealed = make_messenger(keyring=Keyring.generate(), transport=lost)
    agree(sealed)
    sealed.pause(by="ana", reason="The line is flooded.")
    found = make_messenger(keyring=Keyring.generate()).doctor()
    assert [check.result for check in found[:2]] == [OK, FAILED]

    sealed.resume(by="ana", reason="It is dry.")
    assert isinstance(remind(sealed), Uncertain)
    found = make_messenger(keyring=Keyring.generate()).doctor()
    assert [check.result for check in found[:2]] == [FAILED, FAILED]


def test_a_keyring_that_lacks_the_newest_key(make_messenger: Make) -> None:
    """Nor is one called right that opened the records before they were sealed with another."""
    older = {"k1": bytes(32)}
    running = make_messenger(keyring=Keyring(older))
    agree(running)
    assert running.doctor()[1].result is OK

    make_messenger(keyring=Keyring({"k2": b"2" * 32} | older)).rotate_keys()

    assert running.doctor()[1].result is FAILED


def test_a_keyring_that_joins_later(make_messenger: Make) -> None:
    """What lies in the clear is sealed by nobody afterwards."""
    agree(make_messenger())
    (found,) = [
        check
        for check in make_messenger(keyring=Keyring.generate()).doctor()
        if check.what == "at rest"
    ]

    assert (found.result, "lie in the clear" in found.says) == (FAILED, True)


def test_on_an_event_loop(make_store: Callable[[], StoreKind], practice: Any, clock: Any) -> None:
    """The same on an event loop."""

    async def run() -> tuple[Checked, ...]:
        messenger = AsyncMessenger(
            practice=practice,
            provider=Twilio(**BLIND),
            store=make_store(),
            clock=clock,
            keyring=Plaintext(reason="a test"),
            transport=Far(),
        )
        try:
            return await messenger.doctor()
        finally:
            await messenger.aclose()

    assert {check.what for check in asyncio.run(run())} >= {"store", "credentials", "keywords"}


# The commands


@pytest.fixture
def clinic(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A module of the host's own, with a messenger in order and one that is not."""
    name = f"clinic_{tmp_path.name}".replace("-", "_")
    module = f"""
        import sys
        sys.path.insert(0, {str(Path(__file__).parent)!r})
        from compliant_sms import Messenger, Plaintext, Practice
        from compliant_sms.providers import Twilio
        from compliant_sms.stores import SQLite
        from compliant_sms.testing import MovableClock
        from lists import Listing, Lists
        from test_doctor import BLIND, GOOD, MORNING, Far

        def made(provider, transport, file):
            practice = Practice(
                name="Lakeside", phone="+12175550100", time_zone="America/Chicago", state="IL"
            )
            return Messenger(
                practice=practice,
                provider=provider,
                store=SQLite(file),
                keyring=Plaintext(reason="a test"),
                clock=MovableClock(MORNING),
                transport=transport,
            )

        def good():
            return made(Twilio(**GOOD), Far(), "good.db")

        def both():
            return [good(), made(Twilio(**BLIND), Far(), "bad.db")]

        def listing():
            return made(Listing(**GOOD), Lists(({PATIENT!r}, None)), "list.db")
    """
    (tmp_path / f"{name}.py").write_text(textwrap.dedent(module))
    monkeypatch.chdir(tmp_path)
    return name


def test_command(clinic: str) -> None:
    """It prints a table for each messenger, and ends with 1 where something failed."""
    runner = CliRunner()

    good = runner.invoke(commands, ["doctor", f"{clinic}:good"], env={"COLUMNS": "200"})
    both = runner.invoke(commands, ["doctor", f"{clinic}:both"], env={"COLUMNS": "200"})

    assert (good.exit_code, both.exit_code) == (0, 1), good.output + both.output
    assert "credentials" in good.output
    assert "No business associate agreement" in both.output
    assert TOKEN not in both.output
    assert SENDER not in both.output


def test_command_json(clinic: str) -> None:
    """Another program gets a line of JSON for each check."""
    result = CliRunner().invoke(commands, ["doctor", f"{clinic}:both", "--json"])

    rows = [json.loads(line) for line in result.output.splitlines()]
    assert {row["result"] for row in rows} == {"ok", "warning", "failed", "not_checked"}
    assert {"of", "what", "result", "says", "remedy"} == set(rows[0])


def test_command_opt_outs(clinic: str) -> None:
    """It says what differs, then evens it out; then nothing differs."""
    runner = CliRunner()
    dry = ["sync-opt-outs", f"{clinic}:listing", "--by", "it:kim", "--dry-run"]

    first = runner.invoke(commands, dry)
    done = runner.invoke(commands, dry[:-1])
    last = runner.invoke(commands, dry)

    assert (first.exit_code, done.exit_code, last.exit_code) == (1, 0, 0), done.output
    assert "1 to be recorded here" in first.output
    assert "1 recorded here" in done.output
    assert PATIENT not in first.output + done.output


def test_command_opt_outs_of_a_list_that_nobody_can_read(clinic: str) -> None:
    """It does not look as if all were well: nothing was compared."""
    told = CliRunner().invoke(
        commands, ["sync-opt-outs", f"{clinic}:both", "--by", "it:kim", "--dry-run"]
    )
    assert "nothing was compared" in told.output
    assert " 0 " not in told.output


@pytest.mark.parametrize("name", ["Lakeside [west]", "Lakeside [/west]", "Lakeside [red]"])
def test_what_a_practice_calls_itself_is_no_markup(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nor is what a check says: the table shows both as they are."""
    said = Checked(of="p", what="w", result=OK, says=f"{name}\x1b[2J", remedy=f"Do {name}.")
    Console(width=120).print(_table(f"Messenger('{name}')", [said]))
    shown = capsys.readouterr().out

    assert shown.count(name) == 3
    assert "\x1b[2J" not in shown
