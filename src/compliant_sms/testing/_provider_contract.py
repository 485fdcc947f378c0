"""What every adapter must do, as a base class of tests."""

from __future__ import annotations

import json
import random
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar

import pytest
from attrs import evolve

from compliant_sms.errors import InvalidSignature, Unsupported, WebhookRejected
from compliant_sms.lifecycle import State
from compliant_sms.phone import PhoneNumber
from compliant_sms.providers import (
    Certainty,
    Failure,
    InboundText,
    ListAccess,
    Lookup,
    OutboundText,
    Provider,
    SenderSettings,
    StatusUpdate,
    sealed,
)
from compliant_sms.providers._reading import json_value
from compliant_sms.wire import HttpReply, HttpRequest, WebhookRequest

_PATIENT = PhoneNumber("+12175550134")
_BODY = "Jane, your visit is on Tue 2:30 & bring é 👍 = 100%"
_TEXT = OutboundText(to=_PATIENT, body=_BODY, reference="m-1")
_FLIPS = 200
_MOST_QUESTIONS = 8
_HOSTILE: list[Any] = [
    None, True, 0, -1, 1.5, "", "x", "\0", "é👍", [], [[]], {}, {"a": {}},
    [None], ["x"], {"data": []}, {"data": {"payload": 3}}, "9" * 99, 10**99, {"errors": {}}, [{}],
]  # fmt: skip
"""Values of the wrong type or shape."""
_TELLING = (
    "to +12175550134",
    "for 'Jane Quagga'",
    "see https://a.example/okapi",
    "okapi@a.example",
)
_NOT_TOLD = ("2175550134", "Quagga", "okapi")


class ProviderContract:
    """Tests that every provider adapter must pass.

    Derive a class from it, supply your adapter and its provider's answers and callbacks, and run
    pytest. Fill in each attribute and method below that has no value. Leave out what the provider
    cannot do: the contract reads the adapter's ``capabilities``.
    """

    now: ClassVar[datetime] = datetime(2026, 11, 30, 16, tzinfo=UTC)
    """The instant at which the callbacks below are signed."""
    secrets: ClassVar[tuple[str, ...]] = ()
    """The adapter's credentials and other secrets, which must never show."""
    certificates: ClassVar[Mapping[str, bytes]] = {}
    reference: ClassVar[str | None] = None
    """Our id of the text in ``delivered()``; None if the provider does not return it."""

    def make_provider(self) -> Provider:
        """Make your adapter."""
        raise NotImplementedError

    def accepted(self) -> tuple[HttpReply, str]:
        """Return the provider's answer when it accepts a text, and the id in it."""
        raise NotImplementedError

    def refused(self) -> HttpReply:
        """Return its answer to a number that cannot exist."""
        raise NotImplementedError

    def patient_texts(self, body: str) -> WebhookRequest:
        """Return a patient's text (from +12175550134), signed as the provider signs at ``now``."""
        raise NotImplementedError

    def delivered(self) -> tuple[WebhookRequest, str]:
        """Return the callback that a text was delivered, and the id in it."""
        raise NotImplementedError

    def undelivered(self) -> WebhookRequest | None:
        """Return the callback that the same text was not delivered after all."""
        return None

    def opted_out(self) -> HttpReply | None:
        """Return its answer to a number that opted out, if it says so at once."""
        return None

    def opt_outs(self) -> HttpReply | None:
        """Return a page of its list of opted-out numbers, with +12175550134, if it has a list."""
        return None

    def status_answer(self) -> HttpReply | None:
        """Return its answer when asked about the text of ``accepted()``, which was delivered.

        None if it cannot be asked.
        """
        return None

    def sender_answers(self) -> Sequence[HttpReply]:
        """Return its answers about how the sender is set up, in order, if it can be asked."""
        return ()

    # Requests

    def test_request_is_one_text(self) -> None:
        """The same text makes the same request, which names the recipient once and masks it."""
        provider = self.make_provider()
        request = provider.request(_TEXT, at=self.now)

        assert request == provider.request(_TEXT, at=self.now)
        assert (request.url + request.body.decode()).count(_PATIENT.e164[1:]) == 1
        shown = repr(request) + repr(provider) + repr(_TEXT)
        assert _PATIENT.e164[1:] not in shown
        assert _BODY not in shown
        assert not any(secret in shown for secret in self.secrets)

    def test_what_it_cannot_do(self) -> None:
        """What the provider cannot do raises before there is a request."""
        provider = self.make_provider()
        can = provider.capabilities
        too_much = [
            evolve(_TEXT, body="x" * (can.max_characters + 1)),
            evolve(_TEXT, media=("https://clinic.example/map.png",) * (can.max_media + 1)),
        ]
        if can.schedule is None:
            too_much.append(evolve(_TEXT, send_at=self.now + timedelta(days=1)))
        for text in too_much:
            with pytest.raises(Unsupported):
                provider.request(text, at=self.now)
        provider.request(evolve(_TEXT, body="x" * can.max_characters), at=self.now)

    def test_accepted(self) -> None:
        """The id of an accepted text is kept."""
        reply, provider_id = self.accepted()
        attempt = self.make_provider().response(reply)

        assert (attempt.certainty, attempt.provider_id) == (Certainty.ACCEPTED, provider_id)
        assert attempt.problem is None

    def test_refused(self) -> None:
        """A refusal has a reason whose words name nobody."""
        attempt = self.make_provider().response(self.refused())

        assert attempt.certainty is Certainty.REFUSED
        assert attempt.problem is not None
        assert attempt.problem.words
        assert _PATIENT.e164[1:] not in f"{attempt.problem.words}{attempt.problem.said}"

    def test_words_of_errors(self) -> None:
        """Where a refusal names somebody, what is kept of it does not."""
        provider, refused = self.make_provider(), self.refused()
        for telling in _TELLING:
            for content in _spoiled(json_value(refused.body), telling):
                for status in (refused.status, 400, 500):
                    answer = HttpReply(status=status, body=json.dumps(content).encode())
                    problem = provider.response(answer).problem
                    told = f"{problem}{problem.code}{problem.said}" if problem else ""
                    assert not any(secret in told for secret in _NOT_TOLD)

    def test_opted_out(self) -> None:
        """A refusal because of an opt-out is known as one, so that the ledger learns of it."""
        reply = self.opted_out()
        if reply is None:
            pytest.skip("opted_out() has no value: the provider does not say so at once")
        attempt = self.make_provider().response(reply)

        assert attempt.certainty is Certainty.REFUSED
        assert attempt.problem is not None
        assert attempt.problem.category is Failure.OPTED_OUT

    @pytest.mark.parametrize("status", [200, 202, 301, 400, 401, 403, 408, 429, 500, 502, 503, 504])
    @pytest.mark.parametrize("body", [b"", b"<html>", b"{", b"[]", b"{}", b"null", b"\xff" * 9])
    def test_odd_answers(self, status: int, body: bytes) -> None:
        """An unreadable answer is not an acceptance, and a server error is not a refusal."""
        attempt = self.make_provider().response(HttpReply(status=status, body=body))

        assert attempt.certainty is not Certainty.ACCEPTED
        if status in {408, 500, 502, 503, 504} or status < 400:
            assert attempt.certainty is Certainty.AMBIGUOUS
        if status in {401, 429}:
            assert attempt.certainty is Certainty.REFUSED

    def test_hostile_answers(self) -> None:
        """No answer raises, whatever it contains."""
        provider, chance = self.make_provider(), random.Random(7)  # noqa: S311 - it repeats
        reply, _ = self.accepted()
        for _ in range(_FLIPS):
            body = bytearray(reply.body)
            for _ in range(chance.randint(1, 8)):
                body[chance.randrange(len(body))] = chance.randrange(256)
            answer = evolve(reply, body=bytes(body), status=chance.choice([200, 202, 400, 500]))
            provider.response(answer)
            provider.found(answer, _TEXT, self.now)
            provider.account_problem(answer)
            provider.read_opt_outs(answer)
        for value in _HOSTILE:
            for content in [value, *_spoiled(json_value(reply.body), value)]:
                answer = evolve(reply, body=json.dumps(content).encode())
                provider.response(answer)
                provider.found(answer, _TEXT, self.now)
                provider.account_problem(answer)
                provider.read_opt_outs(answer)

    def test_look_up(self) -> None:
        """A text can be looked up exactly if the capabilities say so."""
        provider = self.make_provider()
        asked = provider.look_up(_TEXT, at=self.now)

        assert (asked is None) == (provider.capabilities.look_up is Lookup.NONE)

    def test_status(self) -> None:
        """The status of a text can be asked for exactly if the capabilities say so."""
        provider = self.make_provider()
        _, provider_id = self.accepted()
        text = evolve(_TEXT, provider_id=provider_id)
        asked = provider.ask_status(text, at=self.now)
        answer, told = self.status_answer(), None
        if answer is not None:
            told = provider.read_status(answer, text)

        assert (asked is None) == (not provider.capabilities.status_look_up) == (answer is None)
        if asked is None or answer is None:
            return
        assert (asked.method, asked.body) == ("GET", b"")
        assert not any(secret in repr(asked) for secret in self.secrets)
        assert told is not None
        assert (told.provider_id, told.state) == (provider_id, State.DELIVERED)
        assert provider.read_status(evolve(answer, status=404), text) is None
        another = evolve(text, provider_id="another", reference="m-2")
        assert provider.read_status(answer, another) is None
        for value in _HOSTILE:
            for content in [value, *_spoiled(json_value(answer.body), value)]:
                spoiled = evolve(answer, body=json.dumps(content).encode())
                provider.read_status(spoiled, text)

    def test_account(self) -> None:
        """Checking the credentials changes nothing, names no patient, and shows no secret."""
        provider = self.make_provider()
        asked = provider.check_account(at=self.now)
        if asked is None:
            assert provider.account_problem(HttpReply(status=401)) is None
            return
        problem = provider.account_problem(HttpReply(status=401, body=b"{}"))

        assert asked == provider.check_account(at=self.now)
        assert _PATIENT.e164[1:] not in asked.url + asked.body.decode()
        assert not any(secret in repr(asked) for secret in self.secrets)
        assert problem is not None
        assert problem.is_about_account

    def test_inspection(self) -> None:
        """Asking how the sender is set up changes nothing, and no answer raises."""
        right = list(self.sender_answers())
        asked, settings = self._inspected(right)

        assert len(asked) == len(right)
        assert (settings == SenderSettings()) == (not right)
        for status in (200, 404, 500):
            for value in _HOSTILE:
                answer = HttpReply(status=status, body=json.dumps(value).encode())
                self._inspected([answer] * len(right))
        for place, answer in enumerate(right):
            for value in _HOSTILE:
                for content in _spoiled(json_value(answer.body), value):
                    spoiled = evolve(answer, body=json.dumps(content).encode())
                    self._inspected([*right[:place], spoiled, *right[place + 1 :]])

    def _inspected(self, answers: Iterable[HttpReply]) -> tuple[list[HttpRequest], SenderSettings]:
        """Return what an adapter asks when it gets these answers, and what it reads from them."""
        provider, asked, left = self.make_provider(), list[HttpRequest](), list(answers)
        inspection = provider.inspect_sender(at=self.now)
        try:
            request = next(inspection)
            while len(asked) < _MOST_QUESTIONS:
                asked.append(request)
                request = inspection.send(left.pop(0) if left else HttpReply(status=404))
        except StopIteration as done:
            assert all(each.method == "GET" and not each.body for each in asked)
            assert not any(secret in repr(asked) for secret in self.secrets)
            return asked, done.value
        pytest.fail("the adapter never stops asking")

    def test_opt_out_list(self) -> None:
        """There is a list to read, and one to write to, exactly if the capabilities say so."""
        provider = self.make_provider()
        can = provider.capabilities.opt_out_list
        listing = provider.list_opt_outs("", at=self.now)
        adding = provider.add_opt_out(_PATIENT, at=self.now)

        assert (listing is not None) == (ListAccess.LIST in can)
        assert (adding is not None) == (ListAccess.ADD in can)
        assert _PATIENT.e164[1:] not in repr(adding)
        for status in (400, 401, 500):
            reply = HttpReply(status=status, body=b"{}")
            assert provider.read_opt_outs(reply) is None
            assert not provider.opt_out_added(reply)

    def test_page_of_opt_outs(self) -> None:
        """The numbers on a page of the list are read."""
        reply = self.opt_outs()
        if reply is None:
            pytest.skip("opt_outs() has no value: the provider has no list to read")
        page = self.make_provider().read_opt_outs(reply)

        assert page is not None
        assert _PATIENT in page.numbers
        assert _PATIENT.e164[1:] not in repr(page)

    # Callbacks

    def test_patient_text(self) -> None:
        """A patient's text arrives unchanged."""
        body = "Yes & no = é 👍 +1"
        (event,) = self._events(self.patient_texts(body))

        assert isinstance(event, InboundText)
        assert (event.sender, event.body) == (_PATIENT, body)
        assert event.to == self.make_provider().sender
        assert event.authenticated == self.make_provider().capabilities.body_authenticated
        assert event.key
        assert _PATIENT.e164[1:] not in repr(self.patient_texts(body))
        assert body not in repr(event)

    def test_delivered(self) -> None:
        """A delivery report names the text that it is about."""
        request, provider_id = self.delivered()
        (event,) = self._events(request)

        assert isinstance(event, StatusUpdate)
        assert event.provider_id == provider_id
        # Some providers say "delivered" when a carrier has accepted the text.
        assert event.state in {State.SENT, State.DELIVERED}
        assert self.reference in {None, event.reference}

    def test_undelivered(self) -> None:
        """Another report on the same text is another event, with a reason that names nobody."""
        request = self.undelivered()
        if request is None:
            pytest.skip("undelivered() has no value yet")
        (event,), (before,) = self._events(request), self._events(self.delivered()[0])

        assert event.provider_id == before.provider_id
        assert event.key != before.key
        assert event.state in {State.UNDELIVERED, State.FAILED}
        assert _PATIENT.e164[1:] not in f"{event.problem}{event}"

    def test_same_event_same_key(self) -> None:
        """A callback that is delivered twice is one event; another text is another event."""
        first, again = self.patient_texts("Hello"), self.patient_texts("Hello")

        assert self._events(first)[0].key == self._events(again)[0].key
        assert self._events(first)[0].key != self._events(self.delivered()[0])[0].key

    def test_unsigned(self) -> None:
        """A callback without its headers and query proves nothing."""
        genuine = self.patient_texts("STOP")
        kept = {"content-type": genuine.header("content-type") or ""}
        self._refuses(evolve(genuine, headers=kept, url=genuine.url.partition("?")[0]))

    def test_what_proves_callbacks(self) -> None:
        """Proofs are strings, so that two adapters of one account can be seen to share one."""
        proofs = self.make_provider().callback_proofs
        assert all(isinstance(each, str) and each for each in proofs)
        assert set(proofs) == set(self.make_provider().callback_proofs)

    def test_flipped_bits(self) -> None:
        """A body with one changed bit is refused, unless it still means the same, as ``%2b``."""
        provider, genuine = self.make_provider(), self.patient_texts("STOP")
        if not provider.capabilities.body_authenticated:
            return
        content = self._verified(genuine).content
        chance = random.Random(11)  # noqa: S311 - it repeats
        for _ in range(_FLIPS):
            body, place = bytearray(genuine.body), chance.randrange(len(genuine.body) * 8)
            body[place // 8] ^= 1 << place % 8
            try:
                webhook = self._verified(evolve(genuine, body=bytes(body)))
            except WebhookRejected:
                continue
            assert webhook.content == content

    def test_old(self) -> None:
        """If the time is signed, callbacks that are old or far in the future are refused."""
        provider, genuine = self.make_provider(), self.patient_texts("START")
        if not provider.capabilities.time_authenticated:
            return
        for at in (self.now + timedelta(days=2), self.now - timedelta(days=2)):
            with pytest.raises(InvalidSignature):
                provider.verify(genuine, at=at, certificates=self.certificates)

    def test_hostile_content(self) -> None:
        """Nothing in a callback raises once it is verified."""
        provider = self.make_provider()
        request = self.patient_texts("Hello")
        genuine = self._verified(request).content
        is_json = "json" in (request.header("content-type") or "")
        for value in _HOSTILE:
            whole = [value] if is_json and isinstance(value, dict | list) else []
            for content in whole + _spoiled(genuine, value if is_json else str(value)):
                webhook = sealed(provider.name, content, {})
                provider.parse(webhook)
                provider.answer(webhook)
                provider.follow_up(webhook)

    def test_answer(self) -> None:
        """The answer to a callback is a success, and texts nobody."""
        webhook = self._verified(self.patient_texts("STOP"))
        answer = self.make_provider().answer(webhook)

        assert 200 <= answer.status < 300
        assert len(answer.body) < 200

    def test_unproved_text(self) -> None:
        """Only the provider's own answer confirms a text that its callback does not prove."""
        provider = self.make_provider()
        (event,) = self._events(self.patient_texts("START"))
        for status in (200, 400, 404, 500):
            for body in (b"", b"{", b"[]", b"{}", b"null"):
                assert not provider.confirmed(HttpReply(status=status, body=body), event)
        asked = provider.confirm(event, at=self.now)
        assert _PATIENT.e164[1:] not in repr(asked)

    def test_foreign_media(self) -> None:
        """Media is fetched from the provider only."""
        provider = self.make_provider()
        for url in (
            "https://evil.example/x.png",
            "http://169.254.169.254/latest/meta-data",
            "file:///etc/passwd",
            "https://evil.example/?api.twilio.com",
            "https://api.twilio.com@evil.example/x",
            "",
        ):
            assert provider.media_request(url, at=self.now) is None

    def _verified(self, request: WebhookRequest) -> Any:  # noqa: ANN401 - its content is JSON
        return self.make_provider().verify(request, at=self.now, certificates=self.certificates)

    def _events(self, request: WebhookRequest) -> list[Any]:
        return list(self.make_provider().parse(self._verified(request)))

    def _refuses(self, request: WebhookRequest) -> None:
        with pytest.raises(WebhookRejected):
            self._verified(request)


def _spoiled(genuine: Any, value: Any) -> list[Any]:  # noqa: ANN401 - JSON has no narrower type
    """Return copies of the content, each with one value, at any depth, replaced."""
    spoiled: list[Any] = []
    if isinstance(genuine, dict):
        for key, inner in genuine.items():
            spoiled += [genuine | {key: each} for each in [value, *_spoiled(inner, value)]]
            spoiled.append({name: each for name, each in genuine.items() if name != key})
    elif isinstance(genuine, list):
        for place, inner in enumerate(genuine):
            for each in [value, *_spoiled(inner, value)]:
                spoiled.append([*genuine[:place], each, *genuine[place + 1 :]])
    return spoiled
