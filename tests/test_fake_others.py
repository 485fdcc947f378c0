"""The carrier inside the process, behind adapters for which the sandbox has no dialect."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, ClassVar

import pytest
from attrs import evolve, frozen

from compliant_sms import Messenger, Practice, Profile, Purpose, Queued, Sent, Uncertain
from compliant_sms.errors import InvalidInput, InvalidSignature
from compliant_sms.lifecycle import State
from compliant_sms.providers import Failure, HttpGateway, Plivo, Provider
from compliant_sms.providers.gateway import (
    Encoding,
    GatewayAnswer,
    GatewayCallbacks,
    GatewayRequest,
    Present,
    TextPart,
)
from compliant_sms.testing import (
    FakeCarrier,
    OtherProvider,
    assert_blocked,
    assert_not_sent,
    assert_sent,
)
from compliant_sms.testing.webhooks import News, PatientText, PlivoWebhooks, WebhookMaker
from compliant_sms.wire import HttpReply, HttpRequest, WebhookRequest
from conftest import PATIENT, PERSON
from test_http_gateway import gateway

# Whether the provider itself answers STOP, as each adapter has it unless told otherwise.
OTHERS = {
    "plivo": True,
    "sinch": False,
    "infobip": False,
    "messagebird": True,
    "bird": True,
    "clicksend": False,
    "aws": True,
    "azure": True,
}


@contextmanager
def texting(practice: Practice, *providers: Any) -> Iterator[tuple[FakeCarrier, Messenger]]:
    """A carrier, and a messenger whose patient agreed."""
    carrier = FakeCarrier(*providers)
    people = lambda _: Profile(time_zone="America/Chicago")  # noqa: E731
    with carrier.messenger(practice=practice, people=people) as messenger:
        messenger.consent.grant(PATIENT, person=PERSON, basis="spoken", recorded_by="a test")
        yield carrier, messenger


def remind(messenger: Messenger, key: str = "1") -> Any:
    return messenger.send(
        to=PATIENT,
        person=PERSON,
        purpose=Purpose.APPOINTMENT_REMINDER,
        body=f"Lakeside Family Medicine: see you on Friday ({key}).",
        idempotency_key=key,
    )


def last(messenger: Messenger) -> Any:
    return messenger.history(PERSON).texts[-1].message


@pytest.mark.parametrize("name", OTHERS)
def test_a_text_goes_out_and_its_delivery_is_told(practice: Practice, name: str) -> None:
    """Read as the adapter writes it, accepted in the provider's form, told under its signature."""
    with texting(practice, name) as (carrier, messenger):
        assert_sent(remind(messenger))
        (text,) = assert_sent(carrier, to=PATIENT, containing="Friday", times=1)
        assert (text.to, text.from_) == (PATIENT, carrier.provider.sender.e164)
        assert text.body == last(messenger).departure.body
        carrier.deliver_callbacks()

        assert carrier.texts_to(PATIENT)[0].told[-1] == "delivered"
        assert last(messenger).state is State.DELIVERED
        assert last(messenger).provider_id == text.sid


@pytest.mark.parametrize(("name", "answers"), OTHERS.items())
def test_stop_is_taken_in_and_confirmed_once(practice: Practice, name: str, answers: bool) -> None:  # noqa: FBT001
    """By the provider or by the library, as the adapter says of the provider."""
    with texting(practice, name) as (carrier, messenger):
        remind(messenger)
        assert carrier.reply(PATIENT, "Can I come earlier?") == 200
        assert carrier.reply(PATIENT, "STOP") == 200

        assert_blocked(remind(messenger, "2"), rule="revocation")
        confirmed = [entry.author for entry in carrier.thread(PATIENT)][3:]
        assert confirmed == ["carrier" if answers else "application"]
        received = messenger.history(PERSON).received
        assert "Can I come earlier?" in {text.body for text in received}


@pytest.mark.parametrize("name", OTHERS)
@pytest.mark.parametrize(
    ("kind", "outcome", "taken"),
    [("rate_limited", Queued, 0), ("drop", Uncertain, 0), ("hang", Uncertain, 1)],
)
def test_requests_that_go_wrong(
    practice: Practice, name: str, kind: str, outcome: type[Any], taken: int
) -> None:
    """No fault loses a text or repeats one that may be out."""
    with texting(practice, name) as (carrier, messenger):
        carrier.fail_next(kind, times=3)

        assert isinstance(remind(messenger), outcome)
        assert len(carrier.texts_to(PATIENT)) == taken


@pytest.mark.parametrize("name", OTHERS)
@pytest.mark.parametrize("kind", ["landline", "filtered", "unreachable"])
def test_numbers_that_texts_do_not_reach(practice: Practice, name: str, kind: str) -> None:
    """Told in the provider's own code, where it has one for that."""
    with texting(practice, name) as (carrier, messenger):
        carrier.set_recipient(PATIENT, kind)
        remind(messenger)
        carrier.deliver_callbacks()

        message = last(messenger)
        assert message.state is State.UNDELIVERED
        known = {
            "landline": Failure.LANDLINE_OR_INCAPABLE,
            "filtered": Failure.CARRIER_FILTERED,
            "unreachable": Failure.UNREACHABLE_TEMPORARY,
        }[kind]
        own = carrier._book.number(carrier.provider.sender.e164).account.other.codes  # type: ignore[attr-defined]
        assert message.problem.category is known or known not in own


def test_all_of_them_over_one_book(practice: Practice) -> None:
    """Each request finds its own provider, whose addresses may begin alike."""
    names = ("twilio", "telnyx", "vonage", "bandwidth", *OTHERS)
    carrier = FakeCarrier(*names)
    for place, provider in enumerate(carrier.providers):
        messenger = carrier.messenger(
            practice=evolve(practice, id=f"practice-{place}"), provider=provider
        )
        with messenger:
            messenger.consent.grant(PATIENT, person=PERSON, basis="spoken", recorded_by="a test")
            assert_sent(remind(messenger))
    assert [text.provider for text in carrier.texts_to(PATIENT)] == list(names)


def test_a_gateway_described_as_data(practice: Practice) -> None:
    """What it answers and how it calls follow from the same description."""
    with texting(practice, gateway(base_url="http://127.0.0.1:9")) as (carrier, messenger):
        assert_sent(remind(messenger))
        carrier.deliver_callbacks()
        assert last(messenger).state is State.DELIVERED
        assert carrier.reply(PATIENT, "STOP") == 200
        assert_blocked(remind(messenger, "2"), rule="revocation")


@pytest.mark.parametrize("encoding", [Encoding.QUERY, Encoding.FORM])
def test_a_gateway_that_tells_nothing(practice: Practice, encoding: Encoding) -> None:
    """Its requests are no JSON, its id stands in a header, and it never calls."""
    mute = HttpGateway(
        sender="+12175550111",
        submission=GatewayRequest(
            url="https://sms.acme.example/send",
            encoding=encoding,
            fields={"n": TextPart.TO, "t": TextPart.BODY},
        ),
        outcome=GatewayAnswer(id_header="x-id", success=Present(at="/id"), accepted={200}),
        callbacks=GatewayCallbacks(),
        base_url="http://127.0.0.1:9",
    )
    quiet = OtherProvider(
        adapter=mute,
        webhooks=Mute(number=mute.sender),
        accepted=HttpReply(status=200, body=b'{"id": "A1"}', headers={"x-id": "A1"}),
        provider_id="A1",
    )
    with texting(practice, quiet) as (carrier, messenger):
        assert_sent(remind(messenger))
        carrier.deliver_callbacks()
        assert last(messenger).state is State.SENT
        assert carrier.texts_to(PATIENT)[0].status == "queued"


@frozen(kw_only=True)
class Mute(WebhookMaker):
    """Of a provider that calls nobody."""

    provider: ClassVar[str] = "mute"
    words: ClassVar[Mapping[State, str]] = {}
    trouble: ClassVar[str] = ""

    def text_callback(self, text: PatientText) -> WebhookRequest:
        return self.posted(text.body.encode(), "text/plain", {})

    def status_callback(self, news: News) -> WebhookRequest:
        raise AssertionError


def plivo(**options: Any) -> Plivo:
    given: dict[str, Any] = {
        "auth_id": "MA" + "5E" * 9,
        "auth_token": "t",
        "sender": "+13125550191",
    }
    return Plivo(**given | {"base_url": "http://127.0.0.1:9"} | options)


def test_an_adapter_of_the_host_s(practice: Practice) -> None:
    """Configured by the host: without its status callback the provider tells its own address."""
    with texting(practice, plivo(answers_keywords=False)) as (carrier, messenger):
        assert isinstance(remind(messenger), Sent)
        carrier.reply(PATIENT, "HELP")
        assert carrier.thread(PATIENT)[-1].author == "application"
        assert repr(carrier) == f"FakeCarrier(plivo; 3 texts; seed={carrier.seed})"


def test_a_signature_that_is_not_the_adapter_s(practice: Practice) -> None:
    """A maker with another secret shows at once: nothing would be believed later."""
    adapter = plivo()
    told = OtherProvider(
        adapter=adapter,
        webhooks=PlivoWebhooks(auth_token="another", number=adapter.sender),
        accepted=HttpReply(status=202, body=b'{"message_uuid": ["A1"]}'),
        provider_id="A1",
    )
    with pytest.raises(InvalidSignature):
        FakeCarrier(told)


def test_an_answer_without_the_id(practice: Practice) -> None:
    """No text could get an id of its own."""
    for body, provider_id in ((b"{}", "A1"), (b"{}", "")):
        with pytest.raises(InvalidInput, match="does not contain"):
            OtherProvider(
                adapter=plivo(),
                webhooks=PlivoWebhooks(auth_token="t", number="+13125550191"),
                accepted=HttpReply(status=202, body=body),
                provider_id=provider_id,
            )


def test_requests_in_which_nothing_is_found() -> None:
    """Said when the carrier is made, not at the first text."""

    @frozen(kw_only=True)
    class Ciphered(Plivo):
        def request(self, text: Any, *, at: Any) -> HttpRequest:
            return evolve(super().request(text, at=at), body=b"\x00\xff")

    adapter = Ciphered(auth_id="MA" + "5E" * 9, auth_token="t", sender="+13125550191")
    told = OtherProvider(
        adapter=adapter,
        webhooks=PlivoWebhooks(auth_token="t", number=adapter.sender),
        accepted=HttpReply(status=202, body=b"A1"),
        provider_id="A1",
    )
    with pytest.raises(InvalidInput, match="do not contain number and words"):
        FakeCarrier(told)


def test_an_adapter_of_one_s_own_names_what_it_wants() -> None:
    """Of a class that nobody knows it is not known what its provider answers."""

    class Own:
        name = "own"
        sender = plivo().sender

    unknown: Provider = Own()  # type: ignore[assignment]
    with pytest.raises(InvalidInput, match="OtherProvider"):
        FakeCarrier(unknown)


def test_nothing_but_texts_is_served(practice: Practice) -> None:
    """A look-up is answered as by a provider that does not know it: nothing is proven by it."""
    with texting(practice, "sinch") as (carrier, messenger):
        carrier.fail_next("hang")
        assert isinstance(remind(messenger), Uncertain)
        messenger.reconcile()
        assert len(carrier.texts_to(PATIENT)) == 1
    carrier = FakeCarrier("plivo")
    with carrier.messenger(practice=practice) as messenger:
        assert_not_sent(carrier)
