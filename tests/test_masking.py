"""A practice that chose no id goes by its own phone number, and nothing shows that in full."""

from __future__ import annotations

import logging
import pkgutil
from importlib import import_module

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

import compliant_sms
from compliant_sms import Practice, Purpose
from compliant_sms._masking import repr_of_address, repr_of_practice, shown_practice
from compliant_sms.events import Event, TextSent
from compliant_sms.providers import Twilio
from compliant_sms.providers.gateway import GatewayRequest, TextPart
from compliant_sms.testing import FakeCarrier

NUMBER = "+12175550100"
NAMELESS = Practice(
    name="Lakeside Family Medicine", phone=NUMBER, time_zone="America/Chicago", state="IL"
)


def test_logs_events_and_values_show_the_last_four(caplog: pytest.LogCaptureFixture) -> None:
    """The id is what it was, wherever a program reads it; what people read is masked."""
    caplog.set_level(logging.DEBUG)
    heard: list[Event] = []
    with FakeCarrier().messenger(practice=NAMELESS) as messenger:
        messenger.on(Event, heard.append)
        messenger.consent.grant(
            "+12175550134", person="pat-881", basis="spoken", recorded_by="desk:ana"
        )
        messenger.send(
            to="+12175550134",
            person="pat-881",
            purpose=Purpose.APPOINTMENT_REMINDER,
            body="Lakeside Family Medicine: see you Tue Dec 1 at 2:30 PM.",
            idempotency_key="appt-1",
        )
        shown = [repr(messenger.history("pat-881")), repr(NAMELESS), *map(repr, heard)]
    assert NAMELESS.id == NUMBER
    assert {event.practice_id for event in heard} == {NUMBER}
    assert any(isinstance(event, TextSent) for event in heard)
    logged = [f"{record.getMessage()} {vars(record)}" for record in caplog.records]
    assert logged
    assert [line for line in [*shown, *logged] if NUMBER in line or NUMBER[2:] in line] == []
    assert any("+1*******0100" in line for line in logged)


@given(st.from_regex(r"\+[1-9][0-9]{6,14}", fullmatch=True))
def test_no_number_is_shown_whole(number: str) -> None:
    """Whatever its country."""
    assert number not in shown_practice(number)
    assert number[1:] not in repr_of_practice(f"clinic/{number}")


@pytest.mark.parametrize("chosen", ["lakeside", "", "2048", "clinic-12", "+1"])
def test_an_id_that_was_chosen_is_shown_as_it_is(chosen: str) -> None:
    """Nobody would find their practice in a log otherwise."""
    assert shown_practice(chosen) == chosen
    assert repr_of_practice(chosen) == repr(chosen)


def test_each_value_masks_it() -> None:
    """No class that carries a practice's id was forgotten."""
    found = set()
    for module in pkgutil.walk_packages(compliant_sms.__path__, "compliant_sms."):
        if ".web." in module.name or ".interop." in module.name or "__main__" in module.name:
            continue
        for value in vars(import_module(module.name)).values():
            if isinstance(value, type) and attrs.has(value):
                found.add(value)
    carrying = [kind for kind in found if "practice_id" in attrs.fields_dict(kind)]
    assert len(carrying) > 30
    shown = [
        kind.__qualname__
        for kind in carrying
        if attrs.fields_dict(kind)["practice_id"].repr not in {repr_of_practice, False}
    ]
    assert shown == []


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("https://clinic.example/texts", "https://clinic.example/texts"),
        ("https://u:p@clinic.example:8443/texts", "https://...@clinic.example:8443/texts"),
        ("https://clinic.example/x?token=t#f", "https://clinic.example/x?..."),
        ("https://clinic.example/x?to=https://u:p@h", "https://clinic.example/x?..."),
        ("https://u:p@w@clinic.example/a@b", "https://...@clinic.example/a@b"),
        ("u:p@clinic.example/texts", "...@clinic.example/texts"),
        ("", ""),
    ],
)
def test_an_address_shows_none_of_its_secrets(address: str, shown: str) -> None:
    """What callbacks bring as a password stands in front of the host, or in the query."""
    assert repr_of_address(address) == repr(shown)


def test_adapters_show_no_secret_of_their_addresses() -> None:
    """Nor a gateway the constants that go with each text: a password may be one of them."""
    secret = "canary-0"
    callback = f"https://texts:{secret}@clinic.example/texts?token={secret}"
    twilio = Twilio(
        account_sid="AC" + "5e" * 16, auth_token=secret, sender=NUMBER, status_callback=callback
    )
    request = GatewayRequest(
        url=f"https://sms.acme.example/send?key={secret}",
        fields={"to": TextPart.TO, "text": TextPart.BODY, "password": secret},
    )

    assert secret not in f"{twilio!r}{request!r}"
    assert "clinic.example" in repr(twilio)
    assert "'password': '...'" in repr(request)
