"""Callbacks whose certificate is fetched: once, from the provider, and anew where it was none."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping

import pytest
from attrs import evolve

from compliant_sms import Messenger
from compliant_sms.errors import InvalidSignature, NoAnswer, WebhookRejected
from compliant_sms.flows import ReceivedText
from compliant_sms.flows._receiving import _receive
from compliant_sms.providers import AwsEndUserMessaging
from compliant_sms.routing import Routes
from compliant_sms.wire import HttpReply, HttpRequest, WebhookRequest
from conftest import OTHER_SENDERS, PATIENT, SENDER
from sns import CERTIFICATE, TOPIC, certificate, confirmation, posted

Make = Callable[..., Messenger]


class Sns:
    """Stands for the web: answers what it is told for each URL, and nothing otherwise."""

    def __init__(self, answers: Mapping[str, HttpReply]) -> None:
        self.answers = dict(answers)
        self.asked: list[str] = []

    async def send(self, request: HttpRequest) -> HttpReply:
        self.asked.append(request.url)
        if request.url not in self.answers:
            msg = "nobody is there"
            raise NoAnswer(msg)
        return self.answers[request.url]


def found(body: bytes, status: int = 200) -> dict[str, HttpReply]:
    return {CERTIFICATE: HttpReply(status=status, body=body)}


@pytest.fixture
def aws() -> AwsEndUserMessaging:
    return AwsEndUserMessaging(
        access_key_id="AKIDEXAMPLE",
        secret_access_key="secret",
        region="us-east-1",
        sender=SENDER,
        topic_arns=[TOPIC],
        base_url="http://127.0.0.1:9",
    )


def text(body: str, key: str = "1") -> WebhookRequest:
    said = {"originationNumber": PATIENT, "destinationNumber": SENDER, "messageBody": body}
    return posted(said | {"inboundMessageId": key})


def test_a_certificate_is_fetched_once(make_messenger: Make, aws: AwsEndUserMessaging) -> None:
    """The first callback has it fetched, and the next ones find it."""
    web = Sns(found(certificate()))
    messenger = make_messenger(provider=aws, transport=web)
    for key in ("1", "2", "2"):
        (received,) = messenger.receive(text("See you", key)).events
        assert isinstance(received, ReceivedText)
        assert received.inbound.body == "See you"

    assert web.asked == [CERTIFICATE]


@pytest.mark.parametrize(
    "answers",
    [
        {},
        found(b"", 404),
        found(certificate(), 500),
        found(b"<html>"),
        found(certificate("sqs.amazonaws.com")),
    ],
    ids=["no answer", "nothing there", "fault", "garbage", "not SNS"],
)
def test_what_is_no_certificate_is_fetched_anew(
    make_messenger: Make, aws: AwsEndUserMessaging, answers: Mapping[str, HttpReply]
) -> None:
    """The callback is refused so that SNS repeats it, as it does after 5xx only; then it holds."""
    web = Sns(answers)
    messenger = make_messenger(provider=aws, transport=web)
    for _ in range(2):
        with pytest.raises(WebhookRejected) as caught:
            messenger.receive(text("STOP"))
        assert caught.value.status == 503
    assert web.asked == [CERTIFICATE] * 2

    web.answers |= found(certificate())
    assert messenger.receive(text("STOP")).events


def test_another_account_does_not_have_it_dropped(
    make_messenger: Make, aws: AwsEndUserMessaging
) -> None:
    """SNS drops what it is refused with 403: where one of two may yet know it, it calls again."""
    other = evolve(aws, sender=OTHER_SENDERS[0], topic_arns=[f"{TOPIC}-other"])
    web = Sns({})
    messenger = make_messenger(provider=Routes([other, aws]), transport=web)
    with pytest.raises(WebhookRejected) as caught:
        messenger.receive(text("STOP"))

    assert caught.value.status == 503
    web.answers |= found(certificate())
    assert messenger.receive(text("STOP")).events


def test_a_forged_callback_fetches_nothing_else(
    make_messenger: Make, aws: AwsEndUserMessaging
) -> None:
    """Whoever names another address or another topic has nothing fetched."""
    web = Sns(found(certificate()))
    messenger = make_messenger(provider=aws, transport=web)
    for field in (
        {"SigningCertURL": "https://evil.example/a.pem"},
        {"SigningCertURL": "http://169.254.169.254/latest/meta-data/a.pem"},
        {"TopicArn": "arn:aws:sns:us-east-1:111122223333:patient-sms"},
        {"Timestamp": "2026-11-30T12:00:00Z"},
    ):
        with pytest.raises(InvalidSignature):
            messenger.receive(posted("STOP", **field))

    assert web.asked == []


@pytest.mark.parametrize("answer", [None, HttpReply(status=500), HttpReply(status=302)])
def test_a_subscription_is_confirmed(
    make_messenger: Make, aws: AwsEndUserMessaging, answer: HttpReply | None
) -> None:
    """The URL at SNS is called; until that is done SNS is asked to call again: no STOP comes."""
    asks = confirmation()
    url = json.loads(asks.body)["SubscribeURL"]
    web = Sns(found(certificate()) | ({url: answer} if answer else {}))
    messenger = make_messenger(provider=aws, transport=web)

    with pytest.raises(WebhookRejected, match="call again") as refused:
        messenger.receive(asks)
    assert refused.value.status == 503
    web.answers[url] = HttpReply(status=200)
    assert messenger.receive(asks).events == ()
    assert web.asked == [CERTIFICATE, url, url]
    assert messenger.receive(confirmation("UnsubscribeConfirmation")).events == ()
    assert web.asked == [CERTIFICATE, url, url]


def test_certificates_kept_have_a_bound(
    make_messenger: Make, aws: AwsEndUserMessaging, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However many addresses are named, no more than some certificates are remembered."""
    monkeypatch.setattr(_receive, "_MOST_CERTIFICATES", 1)
    web = Sns(found(certificate()))
    messenger = make_messenger(provider=aws, transport=web)
    messenger._ports.certificates["https://sns.us-east-1.amazonaws.com/older.pem"] = b"older"
    messenger.receive(text("See you"))

    assert list(messenger._ports.certificates) == [CERTIFICATE]
