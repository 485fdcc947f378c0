"""Whatever a provider tells, and wherever it repeats the text, nothing of the patient is told on.

Every adapter, with every code and status of its tables: in the answer to a request, in a look-up
and in a callback.
"""

from __future__ import annotations

import json
import re
import traceback
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any, cast
from urllib.parse import quote

import pytest
from attrs import evolve

import test_aws
import test_azure
import test_bandwidth
import test_bird
import test_clicksend
import test_http_gateway
import test_infobip
import test_messagebird
import test_plivo
import test_provider_contract
import test_sinch
import test_telnyx
import test_vonage
from compliant_sms import Delivery, Messenger, Plaintext, Practice, Profile
from compliant_sms.errors import WebhookRejected
from compliant_sms.flows import ReceivedStatus
from compliant_sms.providers import (
    HttpGateway,
    Problem,
    Provider,
    StatusUpdate,
    VerifiedWebhook,
    sealed,
)
from compliant_sms.providers._codes import codes_of
from compliant_sms.providers._reading import json_value
from compliant_sms.stores import SQLite
from compliant_sms.testing import MovableClock, ProviderContract
from compliant_sms.testing._provider_contract import _spoiled
from compliant_sms.wire import HttpReply, HttpRequest, WebhookRequest
from conftest import WARNING
from test_no_phi import BODY, NAME, NUMBER, Ears, ears, text

pytestmark = pytest.mark.usefixtures(ears.__name__)

CONTRACTS: list[type[ProviderContract]] = [
    test_aws.TestAwsContract,
    test_azure.TestAzureContract,
    test_bandwidth.TestBandwidthContract,
    test_bird.TestBirdContract,
    test_clicksend.TestClickSendContract,
    test_http_gateway.TestHttpGatewayContract,
    test_http_gateway.TestHttpGatewayAs8x8Contract,
    test_infobip.TestInfobipContract,
    test_messagebird.TestMessageBirdContract,
    test_plivo.TestPlivoContract,
    test_provider_contract.TestTwilioContract,
    test_sinch.TestSinchContract,
    test_telnyx.TestTelnyxContract,
    test_vonage.TestVonageContract,
    test_vonage.TestVonageOlderContract,
]
# How vendors quote: in quotation marks, in none, in an address, cut off, as one word. NUMBER stands
# for the number of the case.
ECHOES = [
    f"The number {NUMBER} of {NAME} is invalid: {BODY}",
    f'Invalid body "{BODY}" for {NUMBER}, see https://a.example/{quote(BODY)}',
    f"Rejected {NUMBER[1:]}:{BODY[:31]}",
    f"{NAME.replace(' ', '')} {BODY.upper()}",
]
PAGE = f"<html><title>{NAME}</title><body>{BODY} {NUMBER}</body></html>"
GARBAGE = [PAGE, f'{{"message": "{BODY}', f"{NUMBER}\0{BODY}", json.dumps(BODY), json.dumps([BODY])]
STATUSES = (200, 202, 400, 401, 402, 403, 404, 409, 422, 429, 500, 503)
each_adapter = pytest.mark.parametrize("contract", CONTRACTS, ids=lambda c: c.__name__[4:-8])


class Line:
    """A transport that answers what the test says."""

    def __init__(self) -> None:
        self.answer = HttpReply(status=500)
        self.asked = 0

    async def send(self, _: HttpRequest) -> HttpReply:
        self.asked += 1
        return self.answer


class Believing:
    """An adapter that takes any callback for genuine, with the content that the test says."""

    def __init__(self, inner: Provider) -> None:
        self._inner = inner
        self.told: Any = {}
        self.believes = True

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)

    def verify(self, request: WebhookRequest, **told: Any) -> VerifiedWebhook:
        if not self.believes:
            return self._inner.verify(request, **told)
        return sealed(self._inner.name, self.told, {})


class Desk:
    """One adapter of a practice, on a line that the test answers; a new patient for each case."""

    def __init__(self, contract: type[ProviderContract], ears: Ears, practice: Practice) -> None:
        self.contract = contract()
        made: Any = self.contract.make_provider()
        self.inner: Provider = evolve(made, baa_signed_on=date(2026, 1, 5))
        self.provider = Believing(self.inner)
        self.ears, self.line = ears, Line()
        self.clock = MovableClock(self.contract.now)
        self.cases = 0
        self.messenger = Messenger(
            practice=practice,
            provider=cast("Provider", self.provider),
            store=SQLite(":memory:"),
            clock=self.clock,
            keyring=Plaintext(reason="nobody real is in it"),
            transport=self.line,
            people=lambda _: Profile(time_zone="America/Chicago"),
            delivery=Delivery(report_after=timedelta(seconds=1)),
        )

    def send(self, status: int, answer: Any) -> None:
        """One text whose request is answered so."""
        number = self._patient()
        self.line.answer = _answer(status, answer, number)
        self._text(number)
        self._hear(number)

    def look_up(self, status: int, answer: Any) -> None:
        """Whatever is uncertain, looked up and answered so."""
        self.clock.advance(timedelta(minutes=3))
        self.line.answer = _answer(status, answer, NUMBER)
        self.ears.hear(self.messenger.reconcile)

    def ask_status(self, status: int, content: Any) -> None:
        """A text that was taken, whose provider is asked a moment later and answers so."""
        number = self._patient()
        self.line.answer, _ = self.contract.accepted()
        self._text(number)
        self.clock.advance(timedelta(seconds=1))
        self.line.answer = _answer(status, content, number)
        self.ears.hear(self.messenger.reconcile)
        self._hear(number)

    def told(self, content: Any) -> list[Any]:
        """What came of a callback about a text that was taken."""
        number = self._patient()
        self.line.answer, _ = self.contract.accepted()
        self._text(number)
        self.provider.told = json.loads(json.dumps(content).replace(NUMBER, number))
        asked = WebhookRequest(method="POST", url="https://x.example/")
        received = self.ears.hear(self.messenger.receive, asked)
        self._hear(number)
        return list(received.events) if received else []

    def _patient(self) -> str:
        self.cases += 1
        number = f"+1217234{self.cases:04}"
        self.messenger.consent.grant(
            number, person=number[1:], basis="spoken", recorded_by="front-desk:ana"
        )
        self.messenger.consent.record_phi_preference(
            number, person=number[1:], warning=WARNING, channel="spoken", recorded_by="ana"
        )
        return number

    def _text(self, number: str) -> None:
        asked = text(to=number, person=number[1:], idempotency_key=str(self.cases))
        before = self.line.asked
        self.ears.hear(self.messenger.send, **asked)
        assert self.line.asked > before  # no rule kept it from leaving

    def _hear(self, number: str) -> None:
        """Everything that anybody can read about the text afterwards."""
        history = self.messenger.history(number[1:])
        for each in history.texts:
            self.ears.note(evolve(each.message, draft=evolve(each.message.draft, person="")))
            problems = [each.message.problem, *(news.update.problem for news in each.callbacks)]
            for problem in filter(None, problems):
                self.ears.note((problem.code, problem.words, problem.said, problem.remedy))


@pytest.fixture
def desk(contract: type[ProviderContract], ears: Ears, practice: Practice) -> Iterator[Desk]:
    """Such an adapter."""
    made = Desk(contract, ears, practice)
    yield made
    made.messenger.close()
    assert ears.errors == 0
    # Ids and hashes are random hex, in which a number's digits turn up by chance.
    said = re.sub(r"\b[0-9a-f]{32,64}\b", "", ears.everything)
    assert re.search(r"217\D{0,2}234\D?\d{4}", said) is None


def coded(content: Any, code: str) -> list[Any]:
    """The content with the code at each place where one of its values stands, in both forms."""
    forms: list[Any] = [code, int(code)] if code.isdecimal() else [code]
    return [each for form in forms for each in _spoiled(content, form)]


def echoing(content: Any, echo: str) -> Any:
    """The content with an echo behind all that is words, and no code."""
    if isinstance(content, dict):
        return {key: echoing(inner, echo) for key, inner in content.items()}
    if isinstance(content, list):
        return [echoing(inner, echo) for inner in content]
    return f"{content} {echo}" if isinstance(content, str) and " " in content else content


def codes(provider: Provider) -> list[str]:
    """Every code and status in the adapter's tables."""
    if isinstance(provider, HttpGateway):  # its tables are the practice's own
        return ["E-1"]
    tables = [provider.name, "vonage_sms"] if provider.name == "vonage" else [provider.name]
    found = [codes_of(name) for name in tables]
    return sorted({word for each in found for word in (*each.categories, *each.states)})


@each_adapter
def test_answers_to_requests(desk: Desk) -> None:
    """Each code in a refusal and in a look-up, with the text repeated in all else that is words."""
    refused = desk.contract.refused()
    content = json_value(refused.body)
    for turn, code in enumerate(codes(desk.inner)):
        known = [
            each
            for each in coded(content, code)
            if _code_of(desk.inner.response(_answer(refused.status, each, "")).problem) == code
        ]
        told = echoing(known[0] if known else content, ECHOES[turn % len(ECHOES)])
        desk.send(refused.status, told)
    desk.send(500, echoing(content, ECHOES[0]))
    for status in (200, 400, 500):
        desk.look_up(status, echoing(content, ECHOES[0]))


@each_adapter
def test_the_text_anywhere_in_an_answer(desk: Desk) -> None:
    """The text in place of each value of a refusal and of an acceptance, under every status."""
    for turn, status in enumerate(STATUSES):
        for genuine in (desk.contract.refused(), desk.contract.accepted()[0]):
            places = _spoiled(json_value(genuine.body), ECHOES[turn % len(ECHOES)])
            for each in places[turn % 4 :: 4]:
                desk.send(status, each)
    desk.look_up(200, ECHOES)


@each_adapter
def test_no_answer_of_theirs(desk: Desk) -> None:
    """Pages of a proxy, halves of an answer and the bare text, under every status."""
    for turn, status in enumerate(STATUSES):
        for body in (PAGE, GARBAGE[turn % len(GARBAGE)]):
            desk.send(status, body.encode())
    desk.look_up(200, PAGE.encode())


@each_adapter
def test_callbacks(desk: Desk) -> None:
    """Each code and status in a report, with the text repeated in all else that is words."""
    request = desk.contract.undelivered() or desk.contract.delivered()[0]
    verified = desk.inner.verify(
        request, at=desk.contract.now, certificates=desk.contract.certificates
    )
    for turn, code in enumerate(codes(desk.inner)):
        known = [each for each in coded(verified.content, code) if _tells(desk.inner, each, code)]
        told = echoing(known[0] if known else verified.content, ECHOES[turn % len(ECHOES)])
        assert all(isinstance(event, ReceivedStatus) for event in desk.told(told))
    for turn, each in enumerate(_spoiled(verified.content, ECHOES[0])):
        desk.told(each if turn % 2 else echoing(each, ECHOES[turn % len(ECHOES)]))


@each_adapter
def test_answers_about_a_text(desk: Desk) -> None:
    """Each value of the answer that tells what became of a text, with the text in its place."""
    answer = desk.contract.status_answer()
    if answer is None:
        assert not desk.inner.capabilities.status_look_up
        return
    content = json_value(answer.body)
    for turn, each in enumerate([content, *_spoiled(content, ECHOES[0])]):
        desk.ask_status(200, echoing(each, ECHOES[turn % len(ECHOES)]))
    desk.ask_status(400, echoing(content, ECHOES[0]))
    desk.ask_status(200, PAGE.encode())


@each_adapter
def test_callbacks_that_are_none(desk: Desk) -> None:
    """What nobody signed is refused, in words that repeat nothing of it."""
    genuine = desk.contract.patient_texts(BODY)
    desk.provider.believes = False
    for body in (*GARBAGE, BODY, genuine.body.decode(errors="replace") + BODY):
        for kind in ("application/json", "application/x-www-form-urlencoded"):
            forged = evolve(genuine, body=body.encode(), headers={"content-type": kind})
            desk.ears.note(forged)
            desk.ears.hear(_refused, desk.messenger, forged)


def _refused(messenger: Messenger, forged: WebhookRequest) -> str:
    try:
        messenger.receive(forged)
    except WebhookRejected as error:
        return "".join(traceback.format_exception(error))
    return ""  # its proof covers no body


def _answer(status: int, content: Any, number: str) -> HttpReply:
    body = content if isinstance(content, bytes) else json.dumps(content).encode()
    return HttpReply(status=status, body=body.replace(NUMBER.encode(), number.encode()))


def _code_of(problem: Problem | None) -> str | None:
    return problem.code if problem else None


def _tells(provider: Provider, content: Any, code: str) -> bool:
    """Whether a callback with that content tells the code."""
    return any(
        isinstance(event, StatusUpdate) and _code_of(event.problem) == code
        for event in provider.parse(sealed(provider.name, content, {}))
    )
