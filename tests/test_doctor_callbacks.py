"""What ``doctor`` tells of what is set at the provider, and of callbacks that were refused."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve, frozen

from compliant_sms import Messenger, Practice
from compliant_sms.errors import InvalidSignature, StoreBusy
from compliant_sms.flows import Checked, CheckResult
from compliant_sms.ports import Recurring, RefusalTally
from compliant_sms.practice import Campaign
from compliant_sms.providers import Plivo, Telnyx, Twilio
from compliant_sms.testing import MovableClock
from compliant_sms.wire import HttpReply, HttpRequest, WebhookRequest
from conftest import MORNING, SENDER, TOKEN
from test_doctor import FAILED, GOOD, NOT_CHECKED, OK, URL, WARNING, Far, looked_over
from test_receive import status

Make = Callable[..., Messenger]
PLAIN = "http://x.example"

# Registration

CAMPAIGN = Campaign(vetting_score=80)


def told(registered: object) -> HttpReply:
    """What Twilio says of a messaging service, and of whether it is in a campaign."""
    service = {"inbound_request_url": URL, "us_app_to_person_registered": registered}
    return HttpReply(status=200, body=json.dumps(service).encode())


def verification(status: str) -> HttpReply:
    """What Twilio says of a toll-free number, and of how far its verification is."""
    number = {"phone_number": "+18005550111", "sid": "PN" + "1" * 32, "sms_url": URL}
    said = {"incoming_phone_numbers": [number], "verifications": [{"status": status}]}
    return HttpReply(status=200, body=json.dumps(said).encode())


@pytest.mark.parametrize(
    ("answer", "campaign", "expected"),
    [
        (told(registered=True), CAMPAIGN, (OK, "says that the number is registered, and")),
        (told(registered=True), None, (WARNING, "limits are not known")),
        (told(registered=False), CAMPAIGN, (FAILED, "no 10DLC registration")),
        (told(registered=None), CAMPAIGN, (OK, "A campaign is given")),
        (told(registered=None), None, (WARNING, "No 10DLC campaign is given")),
    ],
)
def test_registration_as_the_provider_says(
    make_messenger: Make,
    practice: Practice,
    answer: HttpReply,
    campaign: Campaign | None,
    expected: tuple[CheckResult, str],
) -> None:
    """What the provider says of a registration counts for more than what the practice does."""
    provider = Twilio(**GOOD, messaging_service_sid="MG" + "1" * 32)
    ours = evolve(practice, campaign=campaign)
    of = looked_over(make_messenger, provider, Far(account=answer), practice=ours)

    assert of("registration").result is expected[0]
    assert expected[1] in of("registration").says


@pytest.mark.parametrize("registered", [True, False])
def test_a_canadian_number(make_messenger: Make, registered: bool) -> None:  # noqa: FBT001
    """It shares the country code, and needs no US campaign for patients at home."""
    provider = Twilio(**(GOOD | {"sender": "+14165550111"}), messaging_service_sid="MG" + "1" * 32)
    of = looked_over(make_messenger, provider, Far(account=told(registered=registered)))

    assert of("registration").result is (WARNING if registered else NOT_CHECKED)
    assert ("own country's law" in of("registration").says) == (not registered)


@pytest.mark.parametrize(
    ("status", "result"),
    [
        ("TWILIO_APPROVED", OK),
        ("IN_REVIEW", WARNING),
        ("TWILIO_REJECTED", FAILED),
        ("", NOT_CHECKED),
    ],
)
def test_verification(make_messenger: Make, status: str, result: CheckResult) -> None:
    """A toll-free number that is not verified is told."""
    provider = Twilio(**(GOOD | {"sender": "+18005550111"}))
    of = looked_over(make_messenger, provider, Far(account=verification(status)))

    assert of("registration").result is result


def test_a_dry_run_asks_nobody(make_messenger: Make) -> None:
    """A dry run asks the provider for nothing, so that nothing is known of the sender."""
    far = Far()
    of = looked_over(make_messenger, far=far, dry_run=True)

    assert of("address of texts").result is NOT_CHECKED
    assert not far.asked


def test_a_simulated_carrier_has_no_settings(make_messenger: Make) -> None:
    """What a sandbox does not know is no registration that is missing."""
    telnyx = Telnyx(
        api_key="KEY",
        public_keys=("A" * 43 + "=",),
        sender=SENDER,
        base_url="http://127.0.0.1:9",
        status_callback="http://127.0.0.1:8/texts",
    )
    far = Far(account=HttpReply(status=404))

    assert looked_over(make_messenger, telnyx, far)("registration").result is WARNING


def test_an_adapter_that_never_ends_asking(make_messenger: Make) -> None:
    """Its questions come to an end."""

    @frozen(kw_only=True)
    class Curious(Twilio):
        def inspect_sender(self, *, at: Any) -> Any:
            while True:
                yield HttpRequest(method="GET", url="https://api.twilio.com/")

    far = Far()
    assert looked_over(make_messenger, Curious(**GOOD), far)("registration").result is WARNING
    assert len(far.asked) < 20


# Addresses


@pytest.mark.parametrize(
    ("own", "service", "result"),
    [
        ("", {"inbound_request_url": URL, "status_callback": URL}, (OK, OK)),
        ("", {"inbound_request_url": URL, "status_callback": ""}, (NOT_CHECKED, WARNING)),
        (
            "",
            {"inbound_request_url": URL, "status_callback": PLAIN},
            (WARNING, FAILED),
        ),
        (URL, {"inbound_request_url": URL, "status_callback": PLAIN}, (OK, OK)),
        (URL, {"inbound_request_url": None}, (FAILED, OK)),
        (URL, {}, (NOT_CHECKED, OK)),
    ],
)
def test_addresses_of_a_messaging_service(
    make_messenger: Make, own: str, service: dict[str, Any], result: tuple[CheckResult, CheckResult]
) -> None:
    """A Twilio messaging service has the address of texts, and of statuses for want of ours."""
    given = GOOD | {"status_callback": own, "messaging_service_sid": "MG" + "1" * 32}
    said = HttpReply(status=200, body=json.dumps(service).encode())
    of = looked_over(make_messenger, Twilio(**given), Far(account=said))

    assert (of("address of texts").result, of("status callback").result) == result


def test_address_of_texts_at_plivo(make_messenger: Make) -> None:
    """At Plivo it is that of the application which the number belongs to."""
    account = "MA" + "X" * 18
    plivo = Plivo(
        auth_id=account,
        auth_token=TOKEN,
        sender=SENDER,
        status_callback=URL,
        baa_signed_on=date(2026, 1, 1),
    )
    number = {"application": f"/v1/Account/{account}/Application/2998/", "message_url": URL}
    far = Far(account=HttpReply(status=200, body=json.dumps(number).encode()))

    assert looked_over(make_messenger, plivo, far)("address of texts").result is OK
    assert any(request.url.endswith("/Application/2998/") for request in far.asked)


# Refused callbacks


def forged(body: bytes = b"Body=x", **headers: str) -> WebhookRequest:
    """A callback that proves nothing."""
    return WebhookRequest(
        method="POST",
        url=URL,
        headers={"Content-Type": "application/x-www-form-urlencoded", **headers},
        body=body,
    )


def refuse(messenger: Messenger, request: WebhookRequest) -> None:
    """Have it refused."""
    with pytest.raises(InvalidSignature):
        messenger.receive(request, provider="twilio")


def test_refused_callbacks(make_messenger: Make, provider: Twilio, clock: MovableClock) -> None:
    """Callbacks that are refused tell of a secret that does not fit, until one proves itself."""
    messenger = make_messenger(provider=provider)

    def proof() -> Checked:
        return next(c for c in messenger.doctor() if c.what == "proof of callbacks")

    refuse(messenger, forged())
    assert proof().result is WARNING
    assert "At least 1 callbacks" in proof().says
    assert "2026-11-30 16:00 UTC the last" in proof().says
    clock.advance(timedelta(minutes=2))
    messenger.receive(status("SM-of-nobody", "delivered"))
    assert proof().result is OK
    assert "1 others of the last week were refused" in proof().says
    clock.advance(timedelta(days=9))
    assert proof().says.endswith("by the last callback.")


def test_refusals_are_counted_and_not_more(
    make_messenger: Make, provider: Twilio, clock: MovableClock, database: Path
) -> None:
    """Whoever calls without proof makes the database write once a minute, and keep a number."""
    messenger, counted = make_messenger(provider=provider), []
    with closing(sqlite3.connect(database)) as file:
        for _ in range(300):
            refuse(messenger, forged(b"Body=quagga"))
            counted.append(file.execute("SELECT sum(refused) FROM sms_refusals").fetchone()[0])
            clock.advance(timedelta(seconds=1))
        rows = file.execute("SELECT * FROM sms_refusals").fetchall()

    assert list(dict.fromkeys(counted)) == [1, 61, 121, 181, 241]
    assert rows == [("lakeside", "twilio", "2026-11-30", 241, "2026-11-30T16:04:00.000000Z")]
    assert not any(b"quagga" in each.read_bytes() for each in database.parent.iterdir())


def test_refusals_are_warnings_that_a_stranger_cannot_multiply(
    make_messenger: Make, provider: Twilio, clock: MovableClock, caplog: pytest.LogCaptureFixture
) -> None:
    """Each says whose, why, and for which address; ever more rarely, nothing of the callback."""
    messenger = make_messenger(provider=provider)
    callback = forged(b"Body=quagga&From=%2B12175550134")
    numbers = "+12175550134/217-555-0134/"
    path = f"{numbers}{'z' * 135}2175550134{'z' * 300}"
    address = f"https://me:okapi@clinic.example/texts/{path}"
    for _ in range(3600):
        refuse(messenger, evolve(callback, url=f"{address}?token=okapi"))
        clock.advance(timedelta(seconds=1))
    said = [vars(each) for each in caplog.records]

    assert len(said) == 6  # at once, and after 1, 3, 7, 15 and 31 minutes
    assert {each["event"] for each in said} == {"callback_refused"}
    assert {each["levelname"] for each in said} == {"WARNING"}
    assert {each["provider"] for each in said} == {"twilio"}
    assert [int(each["times"]) for each in said] == [1, 61, 181, 421, 901, 1861]
    assert "signature" in said[0]["why"]
    assert said[0]["url"].startswith("https://...@clinic.example/texts/+...")
    assert not any(each in caplog.text for each in ("quagga", "okapi", "21755", "555"))
    assert len(said[0]["url"]) == 200


def test_each_trouble_has_its_own_course_and_few_are_remembered() -> None:
    """Another reason is told at once; what was well for long begins anew; memory is bounded."""
    recurring, hour = Recurring(), timedelta(hours=1)

    assert [recurring.add(each, MORNING) for each in ("a", "b", "a")] == [1, 1, 0]
    assert recurring.add("a", MORNING - hour) == 3  # a clock that was turned back
    assert recurring.add("a", MORNING + 3 * hour) == 1
    assert [recurring.add(str(each), MORNING) for each in range(100)] == [1] * 100
    assert recurring.add("0", MORNING) == 1
    assert len(recurring._of) <= 64


def test_a_clock_that_is_turned_back_keeps_nothing_from_being_counted() -> None:
    """What came before is written with the next, whatever the clock says."""
    tally = RefusalTally()

    assert tally.add("twilio", MORNING) == 1
    assert tally.add("twilio", MORNING + timedelta(seconds=59)) == 0
    assert tally.add("telnyx", MORNING) == 1
    assert tally.add("twilio", MORNING - timedelta(hours=5)) == 2
    assert tally.add("twilio", MORNING) == 1


def test_the_doctor_is_not_counted(make_messenger: Make, provider: Twilio) -> None:
    """What the doctor itself calls, unsigned, is no sign of a wrong secret."""
    messenger = make_messenger(provider=provider)

    refuse(messenger, forged(**{"User-Agent": "compliant-sms doctor"}))
    assert {c.what: c for c in messenger.doctor()}["proof of callbacks"].result is NOT_CHECKED


def test_a_refusal_stands_without_the_database(
    make_messenger: Make, provider: Twilio, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A callback that proves nothing is refused as such, whether it could be counted or not."""
    messenger = make_messenger(provider=provider)

    async def busy(*_: Any) -> Any:
        msg = "locked"
        raise StoreBusy(msg)

    monkeypatch.setattr(type(messenger._ports.store), "run", busy)
    refuse(messenger, forged())
