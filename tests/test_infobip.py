"""The Infobip adapter: the contract, Infobip's own words, its logins and its blocklist."""

from __future__ import annotations

import json
import random
from base64 import b64encode
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import unquote

import pytest
from attrs import evolve

from compliant_sms.errors import InvalidInput, InvalidSignature, WebhookRejected
from compliant_sms.lifecycle import State
from compliant_sms.phone import PhoneNumber
from compliant_sms.providers import (
    Attempt,
    Certainty,
    Failure,
    InboundText,
    Infobip,
    OptOutEntry,
    OptOutPage,
    OutboundText,
    Provider,
    ProviderKeyword,
    SentText,
    StatusUpdate,
    sealed,
)
from compliant_sms.testing import ProviderContract
from compliant_sms.wire import HttpReply, WebhookRequest
from conftest import PATIENT, SENDER
from figures import Flips
from signature_vectors import flipped, signature_vectors, vector_request, vector_time

KEY, LOGIN = "k3y-of-requests", "hooks:p4ss word&more"
NOW = datetime(2026, 11, 30, 16, tzinfo=UTC)
TODAY = "Mon, 30 Nov 2026 16:00:00 GMT"
TEXT = OutboundText(to=PhoneNumber(PATIENT), body="See you at 2:30", reference="m-1")
URL = "https://clinic.example/texts"
VECTORS = [row for row in signature_vectors() if row["provider"] == "infobip"]
INBOUND = {
    "messageId": "817790313235066447",
    "from": PATIENT[1:],
    "to": SENDER[1:],
    "text": "Hello ",
    "cleanText": "Hello",
    "keyword": "",
    "receivedAt": "2026-11-30T16:59:58.000+0100",
    "smsCount": 1,
}
REPORT = {
    "bulkId": "BULK-1",
    "messageId": "m-1",
    "to": PATIENT[1:],
    "sender": SENDER[1:],
    "sentAt": "2026-11-30T16:00:00.000+0000",
    "status": {"groupId": 3, "groupName": "DELIVERED", "id": 5, "name": "DELIVERED_TO_HANDSET"},
    "error": {"groupId": 0, "groupName": "OK", "id": 0, "name": "NO_ERROR", "permanent": False},
    "callbackData": "m-1",
}


def infobip(**changes: Any) -> Infobip:
    return Infobip(
        **({"api_key": KEY, "sender": SENDER, "callback_credentials": (LOGIN,)} | changes)
    )


def callback(content: object, *, login: str = LOGIN, url: str = URL) -> WebhookRequest:
    """A callback with a login."""
    headers = {
        "Content-Type": "application/json",
        "Authorization": f"Basic {b64encode(login.encode()).decode()}",
    }
    body = json.dumps(content, ensure_ascii=False).encode()
    return WebhookRequest(method="POST", url=url, headers=headers, body=body)


def reply(status: int, content: object = b"", **headers: str) -> HttpReply:
    body = content if isinstance(content, bytes) else json.dumps(content).encode()
    return HttpReply(status=status, headers=headers, body=body)


def status(group: str, name: str) -> dict[str, object]:
    return {"groupName": group, "name": name, "description": f"About {PATIENT}"}


def answered(group: str, name: str) -> HttpReply:
    message = {"messageId": "m-1", "status": status(group, name), "destination": PATIENT[1:]}
    return reply(200, {"bulkId": "B", "messages": [message]})


class TestInfobipContract(ProviderContract):
    secrets = (KEY, LOGIN)

    def make_provider(self) -> Provider:
        return infobip(status_callback=URL)

    def accepted(self) -> tuple[HttpReply, str]:
        return answered("PENDING", "PENDING_ACCEPTED"), "m-1"

    def status_answer(self) -> HttpReply:
        return reply(200, {"results": [REPORT]})

    def refused(self) -> HttpReply:
        return answered("REJECTED", "REJECTED_PREFIX_MISSING")

    def patient_texts(self, body: str) -> WebhookRequest:
        return callback({"results": [INBOUND | {"text": body}], "messageCount": 1})

    def delivered(self) -> tuple[WebhookRequest, str]:
        return callback({"results": [REPORT]}), "m-1"

    def undelivered(self) -> WebhookRequest:
        told = status("UNDELIVERABLE", "UNDELIVERABLE_NOT_DELIVERED")
        why = {"groupName": "USER_ERRORS", "id": 603, "name": "EC_BLOCKED_BY_USER"}
        return callback({"results": [REPORT | {"status": told, "error": why}]})

    def opted_out(self) -> HttpReply:
        return answered("REJECTED", "REJECTED_DND")

    def opt_outs(self) -> HttpReply:
        entries = [blocked(PATIENT[1:], sender=SENDER[1:], channel="SMS")]
        paging = {"page": 0, "size": 1000, "totalPages": 1, "totalResults": 1}
        return reply(200, {"results": entries, "paging": paging})


# Requests


def content(provider: Infobip, text: OutboundText) -> dict[str, Any]:
    made: dict[str, Any] = json.loads(provider.request(text, at=NOW).body)
    return made


def test_our_reference_is_the_message_id() -> None:
    """So a repeated request is the same message, and every report names it."""
    (message,) = content(infobip(), TEXT)["messages"]

    assert message["destinations"] == [{"to": PATIENT[1:], "messageId": "m-1"}]
    assert message["webhooks"]["callbackData"] == "m-1"
    assert "delivery" not in message["webhooks"]


@pytest.mark.parametrize("given", ["https://clinic.example/texts", "https://clinic.example/?a=b"])
def test_status_callback_brings_a_login(given: str) -> None:
    """Infobip sends no login to a text's own callback; what it calls is believed nevertheless."""
    provider = infobip(status_callback=given, callback_credentials=("newer:one&two", LOGIN))
    (message,) = content(provider, TEXT)["messages"]
    url = message["webhooks"]["delivery"]["url"]
    bare = WebhookRequest(method="POST", url=url, body=json.dumps({"results": [REPORT]}).encode())

    assert url.startswith(given)
    (update,) = provider.parse(provider.verify(bare, at=NOW))
    assert isinstance(update, StatusUpdate)
    assert "newer" not in repr(provider)


def test_status_callback_without_a_login() -> None:
    """Without logins there is nothing to put into the URL."""
    provider = infobip(status_callback=URL, callback_credentials=())

    assert content(provider, TEXT)["messages"][0]["webhooks"]["delivery"] == {"url": URL}


@pytest.mark.parametrize(
    ("wanted", "seconds"),
    [(timedelta(minutes=90), 5400), (timedelta(days=9), 172_800), (timedelta(0), 1)],
)
def test_validity(wanted: timedelta, seconds: int) -> None:
    """Infobip tries for two days at the most."""
    (message,) = content(infobip(), evolve(TEXT, valid_for=wanted))["messages"]

    assert message["options"]["validityPeriod"] == {"amount": seconds, "timeUnit": "SECONDS"}


def test_schedule() -> None:
    """A later text carries the instant in UTC."""
    at = datetime.fromisoformat("2026-12-01T09:00:00-06:00")
    made = content(infobip(), evolve(TEXT, send_at=at))

    assert made["options"] == {"schedule": {"sendAt": "2026-12-01T15:00:00.000+0000"}}


@pytest.mark.parametrize(
    "changes",
    [
        {"api_key": ""},
        {"callback_credentials": ("no-colon",)},
        {"callback_credentials": ("user:",)},
        {"callback_credentials": (":password",)},
        {"callback_credentials": LOGIN},
        {"base_url": "abc.api.infobip.com"},
    ],
)
def test_bad_set_up(changes: dict[str, Any]) -> None:
    """A field that cannot be right is refused when the adapter is made."""
    with pytest.raises(InvalidInput):
        infobip(**changes)


# Answers

REFUSED, AMBIGUOUS = Certainty.REFUSED, Certainty.AMBIGUOUS


@pytest.mark.parametrize(
    ("group", "name", "certainty", "category"),
    [
        ("REJECTED", "REJECTED_DESTINATION_BLOCKLISTED", REFUSED, Failure.OPTED_OUT),
        ("REJECTED", "REJECTED_DND", REFUSED, Failure.OPTED_OUT),
        ("rejected", "rejected_dnd", REFUSED, Failure.OPTED_OUT),
        ("REJECTED", "MISSING_TO", REFUSED, Failure.INVALID_NUMBER),
        ("REJECTED", "REJECTED_SENDER", REFUSED, Failure.SENDER_INVALID),
        ("REJECTED", "REJECTED_ROUTE_NOT_AVAILABLE", REFUSED, Failure.DESTINATION_NOT_ENABLED),
        ("REJECTED", "REJECTED_NOT_ENOUGH_CREDITS", REFUSED, Failure.INSUFFICIENT_FUNDS),
        ("REJECTED", "REJECTED_FLOODING_FILTER", REFUSED, Failure.RATE_LIMITED),
        ("REJECTED", "REJECTED_SYSTEM_ERROR", REFUSED, Failure.PROVIDER_FAULT),
        ("REJECTED", "REJECTED_MESSAGE_TOO_LONG", REFUSED, Failure.CONTENT_INVALID),
        ("REJECTED", "SIGNALS_BLOCKED", REFUSED, Failure.FRAUD_BLOCKED),
        ("REJECTED", "REJECTED_FOR_SOMETHING_NEW", REFUSED, Failure.UNKNOWN),
        ("UNDELIVERABLE", "UNDELIVERABLE_NOT_SENT", AMBIGUOUS, Failure.UNKNOWN),
        ("SOMETHING_NEW", "SOMETHING_NEW", AMBIGUOUS, Failure.UNKNOWN),
    ],
)
def test_refused_with_200(group: str, name: str, certainty: Certainty, category: Failure) -> None:
    """A refusal hides in a 200, and says why; what is neither yes nor no may have been sent."""
    attempt = infobip().response(answered(group, name))

    assert attempt.problem is not None
    assert (attempt.certainty, attempt.problem.category) == (certainty, category)
    assert attempt.problem.code == name.upper()
    assert PATIENT[1:] not in attempt.problem.said


@pytest.mark.parametrize(
    ("group", "name"),
    [
        ("PENDING", "PENDING_ACCEPTED"),
        ("pending", "pending_enroute"),
        ("ACCEPTED", "MESSAGE_ACCEPTED"),
        ("DELIVERED", "DELIVERED_TO_OPERATOR"),
        ("REJECTED", "REJECTED_DUPLICATE_MESSAGE_ID"),
    ],
)
def test_accepted(group: str, name: str) -> None:
    """What is on its way is accepted; so is a duplicate, which is there already under that id."""
    assert infobip().response(answered(group, name)) == Attempt(
        certainty=Certainty.ACCEPTED, provider_id="m-1"
    )


V2 = {"requestError": {"serviceException": {"messageId": "UNAUTHORIZED", "text": "Unauthorized"}}}


@pytest.mark.parametrize(
    ("code", "answer", "certainty", "category", "named"),
    [
        (400, {"errorCode": "E400", "description": "no"}, REFUSED, Failure.UNKNOWN, "E400"),
        (401, {"errorCode": "E401"}, REFUSED, Failure.AUTH, "E401"),
        (401, V2, REFUSED, Failure.AUTH, "UNAUTHORIZED"),
        (403, {"errorCode": "E403"}, REFUSED, Failure.AUTH, "E403"),
        (429, {"errorCode": "E429"}, REFUSED, Failure.RATE_LIMITED, "E429"),
        (500, {"errorCode": "E500"}, AMBIGUOUS, Failure.PROVIDER_FAULT, "E500"),
        (200, {"messages": []}, AMBIGUOUS, Failure.UNKNOWN, "200"),
        (200, {"messages": [{"messageId": "m-1"}]}, AMBIGUOUS, Failure.UNKNOWN, "200"),
        (
            200,
            {"messages": [{"status": {"groupName": "PENDING"}}]},
            AMBIGUOUS,
            Failure.UNKNOWN,
            "200",
        ),
    ],
)
def test_answers(
    code: int, answer: object, certainty: Certainty, category: Failure, named: str
) -> None:
    """Each answer says how sure it is that nothing was sent, and why."""
    attempt = infobip().response(reply(code, answer))

    assert attempt.problem is not None
    assert attempt.certainty is certainty
    assert (attempt.problem.category, attempt.problem.code) == (category, named)


# Looking up


def log(group: str, name: str, **more: object) -> dict[str, object]:
    return {"messageId": "m-1", "status": status(group, name), **more}


DUPLICATE = log("REJECTED", "REJECTED_DUPLICATE_MESSAGE_ID")


@pytest.mark.parametrize(
    ("logs", "state", "category"),
    [
        ([log("PENDING", "PENDING_ACCEPTED")], State.SENT, None),
        ([log("DELIVERED", "DELIVERED_TO_HANDSET")], State.DELIVERED, None),
        ([DUPLICATE, log("DELIVERED", "DELIVERED_TO_HANDSET")], State.DELIVERED, None),
        ([DUPLICATE], State.SENT, None),
        (
            [DUPLICATE, log("REJECTED", "REJECTED_NOT_ENOUGH_CREDITS")],
            State.FAILED,
            Failure.INSUFFICIENT_FUNDS,
        ),
    ],
)
def test_found(logs: list[object], state: State, category: Failure | None) -> None:
    """The log under our id is the text, and what was refused as its duplicate is not."""
    found = infobip().found(reply(200, {"results": logs}), TEXT, NOW)

    assert found is not None
    assert [(text.provider_id, text.state) for text in found] == [("m-1", state)]
    assert (found[0].problem.category if found[0].problem else None) is category


@pytest.mark.parametrize(("hours", "found"), [(1, []), (47, []), (48, None), (999, None)])
def test_what_is_not_logged(hours: int, found: list[SentText] | None) -> None:
    """Logs are kept for two days: only so far back an empty list proves anything."""
    since, answer = NOW - timedelta(hours=hours), reply(200, {"results": []}, Date=TODAY)

    assert infobip().found(answer, TEXT, since) == found


def test_what_goes_later_need_not_be_logged_yet() -> None:
    """Of a scheduled text an empty list proves nothing."""
    answer = reply(200, {"results": []}, Date=TODAY)

    assert infobip().found(answer, evolve(TEXT, send_at=NOW), NOW) is None


@pytest.mark.parametrize(
    "answer",
    [
        reply(500, {"results": []}, Date=TODAY),
        reply(200, b"<html></html>", Date=TODAY),
        reply(200, {"results": None}, Date=TODAY),
        reply(200, {"results": []}),
        reply(200, {"results": ["m-1"]}, Date=TODAY),
        reply(200, {"results": [DUPLICATE | {"messageId": "m-2"}]}, Date=TODAY),
    ],
)
def test_logs_that_tell_nothing(answer: HttpReply) -> None:
    """A list of others, or not as Infobip describes it, proves neither presence nor absence."""
    assert infobip().found(answer, TEXT, NOW) is None


def test_account() -> None:
    """The key is tried on what it is needed for, and the answer holds no text."""
    asked = infobip().check_account(at=NOW)

    assert asked.url == "https://api.infobip.com/sms/3/logs?messageId=none&limit=1"
    assert infobip().account_problem(reply(200, {"results": []})) is None
    wrong = infobip().account_problem(reply(401, {"errorCode": "E401"}))
    assert wrong is not None
    assert wrong.category is Failure.AUTH
    assert infobip().account_problem(reply(200, b"<html>")) is not None


# Opt-outs


def blocked(number: object, **more: object) -> dict[str, object]:
    return {"destination": number, "sourceType": "MO", "accountKey": "A", **more}


def test_list_of_opt_outs() -> None:
    """Whom texts from this sender do not reach, page by page; others' blocks are left out."""
    entries = [
        blocked("12175550134", sender=SENDER[1:], channel="SMS"),
        blocked(12175550135),
        blocked("12175550136", sender=SENDER, channel="SMS"),
        blocked("12175550137", sender="10950", channel="SMS"),
        blocked("12175550138", channel="WHATSAPP"),
        blocked("jane@example.com"),
        "odd",
    ]
    paging = {"page": 0, "size": 1000, "totalPages": 2, "totalResults": 1001}
    first = infobip().read_opt_outs(reply(200, {"results": entries, "paging": paging}))

    assert first == OptOutPage(
        entries=tuple(
            OptOutEntry(number=PhoneNumber(number))
            for number in ("+12175550134", "+12175550135", "+12175550136")
        ),
        cursor="1",
    )
    assert infobip().list_opt_outs("", at=NOW).url.endswith("/blocklists?page=0&size=1000")
    assert infobip().list_opt_outs("1", at=NOW).url.endswith("/blocklists?page=1&size=1000")
    last = infobip().read_opt_outs(reply(200, {"results": [], "paging": paging | {"page": 1}}))
    assert last == OptOutPage(entries=(), cursor="")


@pytest.mark.parametrize(
    "answer",
    [
        reply(403, {"results": [], "paging": {"page": 0, "totalPages": 1}}),
        reply(200, {"results": None, "paging": {"page": 0, "totalPages": 1}}),
        reply(200, {"results": []}),
        reply(200, {"results": [], "paging": {"totalPages": 9}}),
        reply(200, b"[]"),
    ],
)
def test_no_list(answer: HttpReply) -> None:
    """What is no page of the list is not taken for its end."""
    assert infobip().read_opt_outs(answer) is None


def test_adding_an_opt_out() -> None:
    """The number is blocked for texts from this sender, and for nobody else's."""
    asked = infobip().add_opt_out(PhoneNumber(PATIENT), at=NOW)
    block = {
        "sender": SENDER[1:],
        "destinations": [{"to": PATIENT[1:]}],
        "channel": "SMS",
    }

    assert (asked.method, asked.url) == ("POST", "https://api.infobip.com/platform/1/blocklists")
    assert json.loads(asked.body) == {"blocklist": [block]}
    assert infobip().opt_out_added(reply(202))
    assert not infobip().opt_out_added(reply(400))


# Logins


@pytest.mark.parametrize("row", VECTORS, ids=lambda row: row["id"])
def test_signature_vectors(row: dict[str, Any]) -> None:
    """Each recorded callback is believed or refused as it should be; its body proves nothing."""
    provider, request = infobip(callback_credentials=(row["secret"],)), vector_request(row)

    if row["expect"]:
        assert provider.verify(request, at=vector_time(row)).authenticated is False
    else:
        with pytest.raises(InvalidSignature):
            provider.verify(request, at=vector_time(row))


@pytest.mark.parametrize("trials", [400, pytest.param(10_000, marks=pytest.mark.endurance)])
def test_flipped_bits(trials: int, flips: Flips) -> None:
    """No single changed bit of the login is believed, in the header or in the URL."""
    chance = random.Random(20261130)
    genuine = [vector_request(row) for row in VECTORS if row["expect"]]
    login = VECTORS[0]["secret"]
    provider = infobip(callback_credentials=(login,), status_callback=URL)
    token = provider.callback_for("m-1").removeprefix(f"{URL}?token=")
    for _ in range(trials):
        request = chance.choice(genuine)
        scheme, _, given = (request.header("authorization") or "").partition(" ")
        changed = flipped(given.encode(), chance).decode("latin-1")
        forged = evolve(request, headers={"Authorization": f"{scheme} {changed}"})
        with pytest.raises(InvalidSignature):
            provider.verify(forged, at=NOW)
        changed = flipped(token.encode(), chance).decode("latin-1")
        if unquote(changed, errors="surrogateescape") == login:
            continue  # %3A and %3a are the same
        forged = evolve(request, headers={}, url=f"{URL}?token={changed}")
        with pytest.raises(WebhookRejected):
            provider.verify(forged, at=NOW)
    flips("Infobip", trials)


def test_rotation() -> None:
    """While a login is being changed both are believed, and nothing without any."""
    request = callback({"results": []}, login="older:one")

    assert infobip(callback_credentials=("newer:one", "older:one")).verify(request, at=NOW)
    for others in (("newer:one",), ()):
        with pytest.raises(InvalidSignature):
            infobip(callback_credentials=others).verify(request, at=NOW)


def test_a_wrong_header_is_not_made_good_by_the_url() -> None:
    """Where a login is in the header, it has to be right."""
    url = infobip(status_callback=URL).callback_for("m-1")

    with pytest.raises(InvalidSignature):
        infobip().verify(callback({"results": []}, login="another:one", url=url), at=NOW)


# Callbacks


def events(*results: object, **changes: Any) -> list[Any]:
    provider = infobip(**changes)
    return list(provider.parse(provider.verify(callback({"results": results}), at=NOW)))


def test_inbound() -> None:
    """A patient's text keeps its body unchanged, keyword and all; its time has no colon."""
    (text,) = events(INBOUND)

    assert text == InboundText(
        key="817790313235066447",
        provider_id="817790313235066447",
        sender=PhoneNumber(PATIENT),
        to=PhoneNumber(SENDER),
        body="Hello ",
        authenticated=False,
        sent_at=datetime(2026, 11, 30, 15, 59, 58, tzinfo=UTC),
    )


def test_batches() -> None:
    """A callback brings many at once, of both kinds, and what is neither is passed over."""
    event = {"event": "BLOCK", "messageId": "9", "content": {"destination": PATIENT[1:]}}
    got = events(INBOUND, REPORT, event, {"status": {}}, INBOUND | {"messageId": "8"}, "odd")

    assert [type(each) for each in got] == [InboundText, StatusUpdate, InboundText]
    assert events() == []
    assert infobip().parse(sealed("infobip", [], {})) == []


@pytest.mark.parametrize("number", [PATIENT, PATIENT[1:], int(PATIENT[1:])])
def test_numbers(number: object) -> None:
    """Numbers come with a plus, without, and as JSON numbers."""
    text, update = events(INBOUND | {"from": number}, REPORT | {"to": number})

    assert text.sender == update.recipient == PhoneNumber(PATIENT)


@pytest.mark.parametrize(
    ("keyword", "body", "recognized"),
    [
        ("STOP", "stop", ProviderKeyword.STOP),
        ("Stop", "Stop texting me", ProviderKeyword.STOP),
        ("START", " start ", ProviderKeyword.START),
        ("HELP", "HELP", ProviderKeyword.HELP),
        ("HELP", "HELP I cannot breathe", None),
        ("START", "Start what?", None),
        ("QUIZ", "QUIZ Paris", None),
        ("", "stop", None),
        ("", "", None),
    ],
)
@pytest.mark.parametrize("answers", [True, False])
def test_keywords(
    keyword: str,
    body: str,
    recognized: ProviderKeyword | None,
    answers: bool,  # noqa: FBT001
) -> None:
    """Infobip says what it took; words behind HELP or START make another text of it."""
    (text,) = events(INBOUND | {"keyword": keyword, "text": body}, answers_keywords=answers)

    assert text.recognized is recognized
    assert text.answered is (answers and recognized is not None)


def update(group: str, name: str, error: object = 0) -> StatusUpdate:
    (told,) = events(REPORT | {"status": status(group, name), "error": {"id": error}})
    assert isinstance(told, StatusUpdate)
    return told


@pytest.mark.parametrize(
    ("group", "name", "state"),
    [
        ("PENDING", "PENDING_ACCEPTED", None),
        ("PENDING", "PENDING_WAITING_DELIVERY", State.SENT),
        ("PENDING", "PENDING_ENROUTE", State.SENT),
        ("PENDING", "PENDING_SOMETHING_NEW", None),
        ("DELIVERED", "DELIVERED_TO_OPERATOR", State.SENT),
        ("DELIVERED", "DELIVERED_SOMEHOW", State.SENT),
        ("DELIVERED", "DELIVERED_TO_HANDSET", State.DELIVERED),
        ("delivered", "delivered_to_handset", State.DELIVERED),
        ("UNDELIVERABLE", "UNDELIVERABLE_NOT_DELIVERED", State.UNDELIVERED),
        ("EXPIRED", "EXPIRED_EXPIRED", State.UNDELIVERED),
        ("EXPIRED", "EXPIRED_DLR_UNKNOWN", None),
        ("EXPIRED", "SIGNALS_BLOCKED", State.FAILED),
        ("REJECTED", "REJECTED_SENDER", State.FAILED),
        ("REJECTED", "REJECTED_DUPLICATE_MESSAGE_ID", None),
        ("TELEPORTED", "TELEPORTED", None),
    ],
)
def test_statuses(group: str, name: str, state: State | None) -> None:
    """What an operator took is sent and no more; a refused duplicate says nothing of the text."""
    told = update(group, name)

    assert told == StatusUpdate(
        key=f"m-1/{name}/0",
        provider_id="m-1",
        reference="m-1",
        state=state,
        problem=told.problem,
        recipient=PhoneNumber(PATIENT),
    )
    assert (told.problem is not None) == (state in {State.UNDELIVERED, State.FAILED})


@pytest.mark.parametrize(
    ("name", "error", "category", "code"),
    [
        ("UNDELIVERABLE_NOT_DELIVERED", 603, Failure.OPTED_OUT, "603"),
        ("UNDELIVERABLE_NOT_DELIVERED", "2052", Failure.OPTED_OUT, "2052"),
        ("UNDELIVERABLE_NOT_DELIVERED", 27, Failure.UNREACHABLE_TEMPORARY, "27"),
        ("UNDELIVERABLE_NOT_DELIVERED", 3041, Failure.UNREACHABLE_PERMANENT, "3041"),
        ("UNDELIVERABLE_NOT_DELIVERED", 12, Failure.LANDLINE_OR_INCAPABLE, "12"),
        (
            "REJECTED_NOT_ENOUGH_CREDITS",
            0,
            Failure.INSUFFICIENT_FUNDS,
            "REJECTED_NOT_ENOUGH_CREDITS",
        ),
        (
            "REJECTED_DESTINATION_BLOCKLISTED",
            7777,
            Failure.OPTED_OUT,
            "REJECTED_DESTINATION_BLOCKLISTED",
        ),
        ("UNDELIVERABLE_NOT_DELIVERED", 7777, Failure.UNKNOWN, "7777"),
        ("UNDELIVERABLE_NOT_DELIVERED", 0, Failure.UNKNOWN, "UNDELIVERABLE_NOT_DELIVERED"),
        ("", 0, Failure.UNKNOWN, "none"),
    ],
)
def test_reasons(name: str, error: object, category: Failure, code: str) -> None:
    """The error says why, where it is known, and the status elsewhere; their numbers never mix."""
    told = update("UNDELIVERABLE", name, error)

    assert told.problem is not None
    assert (told.problem.category, told.problem.code) == (category, code)
    assert PATIENT[1:] not in told.problem.said


def test_keys() -> None:
    """Another status, or the same for another reason, is other news; no key names a patient."""
    told = [
        update("DELIVERED", "DELIVERED_TO_HANDSET"),
        update("DELIVERED", "DELIVERED_TO_OPERATOR"),
        update("UNDELIVERABLE", "UNDELIVERABLE_NOT_DELIVERED", 27),
        update("UNDELIVERABLE", "UNDELIVERABLE_NOT_DELIVERED", 603),
        *events(REPORT | {"messageId": "m-2", "callbackData": None}),
    ]

    assert len({each.key for each in told}) == len(told)
    assert told[-1].reference == "m-2"
    assert not any(PATIENT[1:] in each.key for each in told)
