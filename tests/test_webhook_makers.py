"""Callbacks made for tests are what the adapters believe and understand."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from attrs import evolve

from compliant_sms import Messenger, Plaintext, Practice, providers
from compliant_sms.errors import InvalidInput, InvalidSignature, Unsupported
from compliant_sms.lifecycle import State
from compliant_sms.phone import PhoneNumber
from compliant_sms.providers import (
    Adapter,
    InboundText,
    Provider,
    ProviderKeyword,
    StatusUpdate,
    Telnyx,
)
from compliant_sms.providers.gateway import (
    BasicProof,
    Equals,
    GatewayCallbacks,
    HeaderToken,
    HmacSignature,
    InboundFields,
    JwtProof,
    StatusFields,
    Unsigned,
    UrlToken,
)
from compliant_sms.stores import SQLite
from compliant_sms.testing import FakeCarrier, MovableClock
from compliant_sms.testing.webhooks import AwsWebhooks, TelnyxWebhooks, maker_for
from compliant_sms.wire import WebhookRequest
from conftest import PATIENT, SENDER
from test_aws import aws
from test_azure import NOW, azure
from test_bandwidth import bandwidth
from test_bird import bird
from test_clicksend import clicksend
from test_http_gateway import gateway
from test_infobip import infobip
from test_messagebird import messagebird
from test_plivo import plivo
from test_sinch import sinch
from test_twilio import twilio
from test_vonage import vonage


def telnyx(**changes: Any) -> Telnyx:
    key = TelnyxWebhooks(api_key="KEY1", number=SENDER).public_key
    return Telnyx(**({"api_key": "KEY1", "public_keys": [key], "sender": SENDER} | changes))


ADAPTERS: dict[str, Callable[..., Provider]] = {
    "aws": aws,
    "azure": azure,
    "bandwidth": bandwidth,
    "bird": bird,
    "clicksend": clicksend,
    "gateway": gateway,
    "infobip": infobip,
    "messagebird": messagebird,
    "plivo": plivo,
    "sinch": sinch,
    "telnyx": telnyx,
    "twilio": twilio,
    "vonage": vonage,
}
BODY = "Running late & sorry = é 👍 +1"
REFERENCE = "m-1"
# Who says what a text was taken for, and does not leave that to the words of the text.
TELLS_OBEYED = {"infobip", "plivo", "telnyx", "twilio"}

every_adapter = pytest.mark.parametrize("name", sorted(ADAPTERS))


def events(adapter: Provider, request: WebhookRequest) -> list[Any]:
    """What the adapter reads in it, once it believes it."""
    maker = maker_for(adapter)
    certificates = maker.certificates if isinstance(maker, AwsWebhooks) else {}
    return list(adapter.parse(adapter.verify(request, at=NOW, certificates=certificates)))


def test_every_adapter_has_a_maker() -> None:
    """None is forgotten."""
    classes = {type(make()) for make in ADAPTERS.values()}
    kinds = [getattr(providers, each) for each in providers.__all__]
    adapters = {k for k in kinds if isinstance(k, type) and issubclass(k, Adapter)} - {Adapter}

    assert adapters == classes


@every_adapter
def test_patient_text(name: str) -> None:
    """A patient's text comes through whole, and is the same text when it comes twice."""
    adapter = ADAPTERS[name]()
    maker = maker_for(adapter)
    (first,) = events(adapter, maker.text(BODY, sender=PATIENT, at=NOW))
    (again,) = events(adapter, maker.text(BODY, sender=PhoneNumber(PATIENT), at=NOW))
    (other,) = events(adapter, maker.text(BODY, sender=PATIENT, at=NOW, text_id="SM1x"))

    assert isinstance(first, InboundText)
    assert (first.sender, first.to, first.body) == (PhoneNumber(PATIENT), adapter.sender, BODY)
    assert first.key == again.key != other.key
    assert BODY not in repr(maker.text(BODY, sender=PATIENT, at=NOW))


@every_adapter
def test_opt_out(name: str) -> None:
    """A STOP arrives as one, with the provider's own word for it where it has one."""
    adapter = ADAPTERS[name]()
    maker = maker_for(adapter)
    (event,) = events(adapter, maker.opt_out(sender=PATIENT, at=NOW))
    assert event.body == "STOP"

    (told,) = events(adapter, maker.opt_out("Basta ya", sender=PATIENT, at=NOW))
    known = told.recognized is ProviderKeyword.STOP
    assert known is (name in TELLS_OBEYED)


@every_adapter
@pytest.mark.parametrize("state", ["sent", "delivered", "undelivered", "failed"])
def test_status(name: str, state: str) -> None:
    """News names the text and its state, with a reason where it is bad."""
    adapter = ADAPTERS[name]()
    maker = maker_for(adapter)

    def told() -> WebhookRequest:
        code = "9" if name == "gateway" else None  # its codes are its description's
        return maker.status(
            state, provider_id="m-1", to=PATIENT, at=NOW, reference=REFERENCE, code=code
        )

    if maker._word(State(state)) is None:
        with pytest.raises(Unsupported, match=f"not report that a text is {state}; it reports"):
            told()
        return
    (event,) = events(adapter, told())

    assert isinstance(event, StatusUpdate)
    assert (event.provider_id, event.state) == ("m-1", State(state))
    assert event.reference == REFERENCE
    assert (event.problem is not None) is (state in {"undelivered", "failed"})


@every_adapter
def test_nobody_else_is_believed(name: str) -> None:
    """Another secret makes a callback that the adapter refuses."""
    adapter = ADAPTERS[name]()
    genuine = maker_for(adapter).text("STOP", sender=PATIENT, at=NOW)
    stripped = evolve(
        genuine,
        headers={"content-type": genuine.header("content-type") or ""},
        url=genuine.url.partition("?")[0],
        body=genuine.body.replace(b"Signature", b"Other"),
    )

    with pytest.raises(InvalidSignature):
        events(adapter, stripped)


def test_states_that_nobody_tells_of() -> None:
    """A callback never says that a text is held."""
    with pytest.raises(Unsupported, match="twilio does not report that a text is held"):
        maker_for(twilio()).status("held", provider_id="m-1", to=PATIENT, at=NOW)


def test_adapters_without_a_maker() -> None:
    """An adapter of the host, or a key that nobody here has, is refused."""

    class Pigeon:
        sender = PhoneNumber(SENDER)

    with pytest.raises(InvalidInput, match="it is unknown how the provider of Pigeon signs"):
        maker_for(Pigeon())  # type: ignore[arg-type]
    with pytest.raises(InvalidInput, match="does not have the key"):
        maker_for(telnyx(public_keys=["A" * 43 + "="]))


@pytest.mark.parametrize(
    "proof",
    [
        BasicProof(credentials=["hook:secret"]),
        HeaderToken(header="X-Token", tokens=["secret"]),
        UrlToken(tokens=["secret"]),
        JwtProof(secrets=["secret"], body_hash_claim="hash"),
        JwtProof(secrets=["secret"], body_hash_claim=""),
    ],
    ids=lambda proof: type(proof).__name__,
)
def test_proofs_of_a_gateway(proof: Any) -> None:
    """Each kind of proof is made as it is checked."""
    adapter = gateway(proof=proof)
    (event,) = events(adapter, maker_for(adapter).text(BODY, sender=PATIENT, at=NOW))

    assert event.body == BODY


def test_proofs_that_are_not_made() -> None:
    """What nothing proves counts as unproven, and what only the host can sign is said."""
    unsigned = gateway(proof=Unsigned(reason="a test"))
    (event,) = events(unsigned, maker_for(unsigned).text(BODY, sender=PATIENT, at=NOW))
    assert not event.authenticated
    signed = gateway(proof=HmacSignature(header="X-Hash", secrets=["secret"]))
    with pytest.raises(Unsupported, match="sign its callbacks yourself"):
        maker_for(signed).text(BODY, sender=PATIENT, at=NOW)


def test_gateway_with_lists_and_references_in_the_address() -> None:
    """A description with lists of events and of numbers is followed."""
    callbacks = GatewayCallbacks(
        inbound=InboundFields(
            id="/id",
            sender="/from/0/n~1o",
            to="/to/0",
            body="/text",
            when=Equals(at="/k", value="i"),
        ),
        status=StatusFields(
            id="/id",
            status="/s",
            states={"ok": State.DELIVERED},
            when=Equals(at="/k", value="s"),
        ),
        events="/data/events",
    )
    adapter = gateway(callbacks=callbacks)
    maker = maker_for(adapter)
    (text,) = events(adapter, maker.text(BODY, sender=PATIENT, at=NOW))
    told = maker.status("delivered", provider_id="m", to=PATIENT, at=NOW, reference="r1")
    (news,) = events(adapter, told)

    assert (text.sender, text.to) == (PhoneNumber(PATIENT), adapter.sender)
    assert (news.state, news.reference) == (State.DELIVERED, "r1")


def test_gateway_that_brings_nothing() -> None:
    """What a description leaves out cannot be made."""
    adapter = gateway(callbacks=GatewayCallbacks())
    with pytest.raises(Unsupported, match="delivers no texts"):
        maker_for(adapter).text(BODY, sender=PATIENT, at=NOW)
    with pytest.raises(Unsupported, match="reports nothing"):
        maker_for(adapter).status("sent", provider_id="m", to=PATIENT, at=NOW)


def test_messenger_takes_them_in(practice: Practice, clock: MovableClock) -> None:
    """The maker answers for the certificate too, so that a messenger can take a callback in."""
    adapter = aws()
    maker = maker_for(adapter)
    assert isinstance(maker, AwsWebhooks)
    with Messenger(
        practice=practice,
        provider=adapter,
        store=SQLite(":memory:"),
        keyring=Plaintext(reason="a test"),
        clock=clock,
        transport=maker,
    ) as messenger:
        received = messenger.receive(maker.opt_out(sender=PATIENT, at=clock()))
        assert received.answer.status == 200
        assert messenger.consent.state(PATIENT, person="pat-881").revoked_at is not None


def test_makers_and_the_fake_carrier_agree(practice: Practice) -> None:
    """What the kit's own adapters believe from the carrier they believe from a maker."""
    for name in ("twilio", "telnyx", "vonage", "bandwidth"):
        carrier = FakeCarrier(name)
        with carrier.messenger(practice=practice) as messenger:
            maker = maker_for(carrier.provider)
            request = maker.text("STOP", sender=PATIENT, at=carrier.clock())
            assert messenger.receive(request).answer.status in range(200, 300)
