"""The Plivo adapter: requests, answers, and callbacks under both versions of its signature."""

from __future__ import annotations

import base64
import hmac
import json
import random
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, urlencode

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from compliant_sms import PhoneNumber
from compliant_sms.errors import InvalidInput, InvalidSignature, WebhookRejected
from compliant_sms.lifecycle import State
from compliant_sms.providers import (
    Attempt,
    Certainty,
    Failure,
    InboundText,
    OutboundText,
    Plivo,
    Provider,
    ProviderKeyword,
    StatusUpdate,
    VerifiedWebhook,
    sealed,
)
from compliant_sms.testing import ProviderContract
from compliant_sms.wire import HttpReply, HttpRequest, WebhookRequest
from conftest import PATIENT, SENDER
from figures import Flips
from signature_vectors import flipped, signature_vectors, vector_request, vector_time

VECTORS = [row for row in signature_vectors() if row["provider"] == "plivo"]
URL = "https://clinic.example/texts"
FORM = "application/x-www-form-urlencoded"
ACCOUNT, TOKEN, NONCE = "MA" + "5E" * 9, "an-auth-token", "12345"
NOW = datetime(2026, 11, 30, 16, tzinfo=UTC)
TEXT = OutboundText(to=PhoneNumber(PATIENT), body="See you at 2:30 & bring é 👍", reference="m1")
HEADER = "X-Plivo-Signature"


def plivo(**changes: Any) -> Plivo:
    return Plivo(**({"auth_id": ACCOUNT, "auth_token": TOKEN, "sender": SENDER} | changes))


def mac(signed: str, token: str = TOKEN) -> str:
    return base64.b64encode(hmac.new(token.encode(), signed.encode(), "sha256").digest()).decode()


def v2(url: str = URL, token: str = TOKEN) -> dict[str, str]:
    """The headers of version 2."""
    return {f"{HEADER}-V2": mac(url.partition("?")[0] + NONCE, token), f"{HEADER}-V2-Nonce": NONCE}


def v3(fields: dict[str, str], url: str = URL, token: str = TOKEN) -> dict[str, str]:
    """The headers of version 3, for an address without a query or with one in order."""
    dot = "" if "?" not in url else "."
    posted = "".join(name + fields[name] for name in sorted(fields))
    signed = f"{url}{dot or '?'}{posted}.{NONCE}"
    return {f"{HEADER}-V3": mac(signed, token), f"{HEADER}-V3-Nonce": NONCE}


def called(
    fields: dict[str, str], headers: dict[str, str], url: str = URL, kind: str = FORM
) -> WebhookRequest:
    return WebhookRequest(
        method="POST",
        url=url,
        headers={"Content-Type": kind} | headers,
        body=urlencode(fields).encode(),
    )


INBOUND = {
    "From": PATIENT[1:],
    "To": SENDER[1:],
    "Text": "Hello ",
    "Type": "sms",
    "MessageUUID": "in-1",
    "Units": "1",
    "MessageIntent": "",
}
STATUS = {
    "From": SENDER[1:],
    "To": PATIENT[1:],
    "MessageUUID": "out-1",
    "Status": "delivered",
    "ErrorCode": "000",
    "Sequence": "3",
    "ParentMessageUUID": "out-1",
}


class TestPlivoContract(ProviderContract):
    secrets = (TOKEN,)

    def make_provider(self) -> Provider:
        return plivo()

    def sender_answers(self) -> list[HttpReply]:
        application = f"/v1/Account/{'MA' + 'X' * 18}/Application/29986316244302815/"
        return [
            reply(200, {"application": application, "tendlc_registration_status": "COMPLETED"}),
            reply(200, {"message_url": "https://clinic.example/texts"}),
        ]

    def accepted(self) -> tuple[HttpReply, str]:
        content = {"api_id": "a", "message": "message(s) queued", "message_uuid": ["out-1"]}
        return reply(202, content), "out-1"

    def refused(self) -> HttpReply:
        return reply(400, {"api_id": "a", "error": f"{PATIENT} is not a valid phone number"})

    def patient_texts(self, body: str) -> WebhookRequest:
        return called(INBOUND | {"Text": body}, v2())

    def delivered(self) -> tuple[WebhookRequest, str]:
        return called(STATUS, v2()), "out-1"

    def undelivered(self) -> WebhookRequest:
        return called(STATUS | {"Status": "undelivered", "ErrorCode": "200"}, v2())


# Requests


def sent_by(request: HttpRequest) -> dict[str, Any]:
    return dict(json.loads(request.body))


def test_text() -> None:
    """A text goes to one person, and by default Plivo keeps it out of its logs."""
    request = plivo().request(TEXT, at=NOW)

    assert (request.method, request.url) == (
        "POST",
        f"https://api.plivo.com/v1/Account/{ACCOUNT}/Message/",
    )
    credentials = base64.b64encode(f"{ACCOUNT}:{TOKEN}".encode()).decode()
    assert dict(request.headers)["authorization"] == f"Basic {credentials}"
    assert sent_by(request) == {
        "src": SENDER,
        "dst": PATIENT,
        "text": TEXT.body,
        "type": "sms",
        "log": "false",
    }
    assert sent_by(plivo(log=True).request(TEXT, at=NOW))["log"] == "true"


def test_everything_else() -> None:
    """Pictures make it an MMS; validity has limits; the reference travels in the callback's URL."""
    text = evolve(TEXT, media=("https://clinic.example/a.png",) * 2, valid_for=timedelta(days=1))
    content = sent_by(plivo(status_callback=URL).request(text, at=NOW))

    assert (content["type"], content["media_urls"]) == ("mms", list(text.media))
    assert (content["url"], content["method"]) == (f"{URL}?ref=m1", "POST")
    assert content["message_expiry"] == 10_799


# Answers


def reply(status: int, body: object = b"") -> HttpReply:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return HttpReply(status=status, body=content)


REFUSED, AMBIGUOUS = Certainty.REFUSED, Certainty.AMBIGUOUS


@pytest.mark.parametrize(
    ("status", "body", "certainty", "category", "code"),
    [
        (400, {"error": "bad"}, REFUSED, Failure.UNKNOWN, "400"),
        (400, {"error": {"src": ["x"]}}, REFUSED, Failure.UNKNOWN, "400"),
        (401, b"", REFUSED, Failure.AUTH, "401"),
        (402, b"", REFUSED, Failure.INSUFFICIENT_FUNDS, "402"),
        (403, {"error": "geo"}, REFUSED, Failure.DESTINATION_NOT_ENABLED, "403"),
        (404, b"", REFUSED, Failure.UNKNOWN, "404"),
        (429, b"", REFUSED, Failure.RATE_LIMITED, "429"),
        (500, b"", AMBIGUOUS, Failure.PROVIDER_FAULT, "500"),
        (202, {"message_uuid": []}, AMBIGUOUS, Failure.UNKNOWN, "202"),
        (202, {"message_uuid": "out-1"}, AMBIGUOUS, Failure.UNKNOWN, "202"),
        (202, {"message_uuid": [""]}, AMBIGUOUS, Failure.UNKNOWN, "202"),
        (202, {"message_uuid": [7]}, AMBIGUOUS, Failure.UNKNOWN, "202"),
    ],
)
def test_answers(
    status: int, body: object, certainty: Certainty, category: Failure, code: str
) -> None:
    """Each answer says how sure it is that nothing was sent, and why."""
    attempt = plivo().response(reply(status, body))

    assert attempt.problem is not None
    assert (attempt.certainty, attempt.problem.category, attempt.problem.code) == (
        certainty,
        category,
        code,
    )


def test_a_country_left_out_stops_no_other_text() -> None:
    """A recipient whom the account may not text says nothing of the account."""
    assert not plivo().response(reply(403)).is_about_account
    assert plivo().response(reply(401)).is_about_account


@given(st.integers(100, 599), st.binary(max_size=60))
def test_any_answer(status: int, body: bytes) -> None:
    """No answer whatever makes the adapter raise."""
    attempt: Attempt = plivo().response(reply(status, body))

    assert (attempt.problem is None) == (attempt.certainty is Certainty.ACCEPTED)


def test_account() -> None:
    """The account itself tells whether the token is right."""
    provider = plivo()
    asked = provider.check_account(at=NOW)

    assert (asked.method, asked.url) == ("GET", f"https://api.plivo.com/v1/Account/{ACCOUNT}/")
    assert provider.account_problem(reply(200, {"auth_id": ACCOUNT})) is None
    for answer in (reply(200, {"auth_id": "MA"}), reply(200), reply(401, {"error": "no"})):
        assert provider.account_problem(answer) is not None


# Signatures


@pytest.mark.parametrize("row", VECTORS, ids=lambda row: row["id"])
def test_signature_vectors(row: dict[str, Any]) -> None:
    """Each recorded callback is believed or refused, and its content as far as it is covered."""
    provider, request = plivo(auth_token=row["secret"]), vector_request(row)

    if row["expect"]:
        webhook = provider.verify(request, at=vector_time(row))
        assert isinstance(webhook, VerifiedWebhook)
        assert webhook.authenticated == row["body_authenticated"]
    else:
        with pytest.raises(InvalidSignature):
            provider.verify(request, at=vector_time(row))


def meaning(request: WebhookRequest, *, is_v3: bool) -> object:
    """What the signature covers: callbacks that agree in it are the same."""
    base, _, asked = request.url.partition("#")[0].partition("?")
    covered: list[object] = [base, *sorted(request.headers)]
    if is_v3:
        covered += [sorted(parse_qsl(asked, keep_blank_values=True))]
    if is_v3 and request.method == "POST":
        try:
            posted = parse_qsl(request.body.decode(), keep_blank_values=True, errors="strict")
        except ValueError:
            return None
        covered.append(dict(posted))
    return covered


@pytest.mark.parametrize("trials", [500, pytest.param(10_000, marks=pytest.mark.endurance)])
@pytest.mark.parametrize("scheme", ["plivo-v2", "plivo-v3"])
def test_flipped_bits(scheme: str, trials: int, flips: Flips) -> None:
    """No single changed bit of what is covered is believed, unless it says the same."""
    # Of several signatures in a header one is enough, and a change in another changes nothing.
    genuine = [
        row
        for row in VECTORS
        if row["expect"]
        and row["scheme"] == scheme
        and not any("=," in value for value in row["request"]["headers"].values())
    ]
    chance, refused, is_v3 = random.Random(20261130), 0, scheme == "plivo-v3"
    while refused < trials:
        row = chance.choice(genuine)
        request = vector_request(row)
        address, mark, asked = request.url.partition("?")
        signing = [name for name, _ in request.headers if name.startswith("x-plivo")]
        target = chance.choice(["address", *signing, *(["query", "body"] if is_v3 else [])])

        def spoiled(name: str, text: str, target: str = target) -> str:
            changed = name == target and text
            return flipped(text.encode(), chance).decode("latin-1") if changed else text

        forged = evolve(
            request,
            url=spoiled("address", address) + mark + spoiled("query", asked),
            headers=[(name, spoiled(name, value)) for name, value in request.headers],
            body=flipped(request.body, chance)
            if target == "body" and request.body
            else request.body,
        )
        if meaning(forged, is_v3=is_v3) == meaning(request, is_v3=is_v3):
            continue
        with pytest.raises(WebhookRejected):
            plivo(auth_token=row["secret"]).verify(forged, at=NOW)
        refused += 1
    flips(scheme.title(), trials)


def test_the_stronger_signature_decides() -> None:
    """What version 3 does not confirm is not believed because version 2 does."""
    changed = INBOUND | {"Text": "START"}
    both = v2() | v3(INBOUND)

    assert plivo().verify(called(INBOUND, both), at=NOW).authenticated is True
    for headers in (
        both,
        v2() | {f"{HEADER}-V3": ""},
        v2() | {f"{HEADER}-V3-Nonce": NONCE},
        v2() | {f"{HEADER}-Ma-V3": both[f"{HEADER}-V3"]},
    ):
        with pytest.raises(InvalidSignature):
            plivo().verify(called(changed, headers), at=NOW)


def test_version_2_does_not_cover_the_text() -> None:
    """Under version 2 alone a text comes through, marked as one that nobody vouches for."""
    provider = plivo()
    for fields, covered in ((INBOUND, True), (INBOUND | {"Text": "START"}, False)):
        headers = v3(fields) if covered else v2()
        (event,) = provider.parse(provider.verify(called(fields, headers), at=NOW))
        assert event.authenticated is covered  # type: ignore[union-attr]


def test_several_tokens() -> None:
    """While a token is rotated the old one counts too, in either header, and no other."""
    provider = plivo(auth_token="new", older_auth_tokens=("old", "main"))
    for token in ("new", "old"):
        assert provider.verify(called(INBOUND, v2(token=token)), at=NOW)
        assert provider.verify(called(INBOUND, v3(INBOUND, token=token)), at=NOW)
    of_main = {f"{HEADER}-Ma-V2": v2(token="main")[f"{HEADER}-V2"], f"{HEADER}-V2-Nonce": NONCE}
    assert provider.verify(called(INBOUND, of_main), at=NOW)
    with pytest.raises(InvalidSignature):
        provider.verify(called(INBOUND, v2(token="other")), at=NOW)


def test_addresses_with_a_query() -> None:
    """The reference in the callback's address is read; only version 3 covers it."""
    url = f"{URL}?ref=m1"
    for headers in (v2(url), v3(STATUS, url)):
        webhook = plivo().verify(called(STATUS, headers, url), at=NOW)
        assert webhook.query == {"ref": "m1"}
    with pytest.raises(InvalidSignature):
        plivo().verify(called(STATUS, v3(STATUS, url), f"{URL}?ref=m2"), at=NOW)


def test_not_a_form() -> None:
    """A body that is no form is refused."""
    with pytest.raises(WebhookRejected, match="no form"):
        plivo().verify(called(INBOUND, v2(), kind="application/json"), at=NOW)


@pytest.mark.parametrize(
    "url", ["https://[x/texts", "", "\ud800", "https://clinic.example/\ud800?é"]
)
def test_odd_addresses(url: str) -> None:
    """Whatever is said to have been called, the callback is refused and nothing else happens."""
    for headers in (v2(), v3(INBOUND)):
        with pytest.raises(InvalidSignature):
            plivo().verify(called(INBOUND, headers, url), at=NOW)


# Callbacks


def parsed(fields: dict[str, str], **changes: Any) -> Any:
    """What one callback says."""
    (event,) = plivo(**changes).parse(sealed("plivo", fields, {"ref": "m1"}))
    return event


def test_inbound() -> None:
    """A patient's text keeps its body unchanged."""
    assert parsed(INBOUND) == InboundText(
        key="in-1",
        provider_id="in-1",
        sender=PhoneNumber(PATIENT),
        to=PhoneNumber(SENDER),
        body="Hello ",
    )


def test_by_get() -> None:
    """Callbacks may come as a query too."""
    request = WebhookRequest(method="GET", url=f"{URL}?{urlencode(INBOUND)}", headers=v2())
    (event,) = plivo().parse(plivo().verify(request, at=NOW))

    assert isinstance(event, InboundText)
    assert (event.body, event.authenticated) == ("Hello ", False)


def test_inbound_media() -> None:
    """Pictures come with their addresses, from wherever they are counted."""
    picture = {"Type": "mms", "Body": "Look", "MediaCount": "2"}
    without = {name: value for name, value in INBOUND.items() if name != "Text"}
    from_one = {"Media1": "https://media.plivo.com/1", "Media2": "https://media.plivo.com/2"}
    from_zero = {"Media0": "https://media.plivo.com/1", "Media1": "https://media.plivo.com/2"}

    for media in (from_one, from_zero):
        heard = parsed(without | picture | media)
        assert heard.body == "Look"
        assert heard.media == ("https://media.plivo.com/1", "https://media.plivo.com/2")
    del picture["Body"]
    assert parsed(without | picture | from_one).body == ""


@pytest.mark.parametrize(
    ("body", "intent", "keyword"),
    [
        ("arret", "optout", ProviderKeyword.STOP),
        ("go", "optin", ProviderKeyword.START),
        ("?", "help", ProviderKeyword.HELP),
        ("STOP", "", None),
        (" Stop\n", None, ProviderKeyword.STOP),
        ("unstop", None, ProviderKeyword.START),
        ("Help", None, ProviderKeyword.HELP),
        ("stop please", None, None),
        ("yes", None, None),
    ],
)
def test_who_answers(body: str, intent: str | None, keyword: ProviderKeyword | None) -> None:
    """Plivo says what it took a text for; where it says nothing, its least words count."""
    fields = {name: value for name, value in INBOUND.items() if name != "MessageIntent"}
    fields |= {"Text": body} | ({"MessageIntent": intent} if intent is not None else {})
    heard = parsed(fields)

    assert (heard.recognized, heard.answered) == (keyword, keyword is not None)
    silent = parsed(fields, answers_keywords=False)
    assert (silent.recognized, silent.answered) == (keyword if intent else None, False)


@pytest.mark.parametrize(
    ("info", "part"),
    [
        ("1 of 1", None),
        ("2 of 3", (2, 3)),
        ("3 of 2", None),
        ("0 of 2", None),
        ("2 of 1", None),
        ("1/2", None),
        ("", None),
    ],
)
def test_parts(info: str, part: tuple[int, int] | None) -> None:
    """News of a part tells which, under its own key; the text's id is that of the first part."""
    told = parsed(STATUS | {"MessageUUID": "u-2", "ParentMessageUUID": "u-1", "PartInfo": info})

    assert told.part == part
    assert told.provider_id == ("u-1" if part else "u-2")
    assert told.key == "u-2/delivered"


@pytest.mark.parametrize(
    ("word", "state"),
    [
        ("queued", None),
        ("sent", State.SENT),
        ("delivered", State.DELIVERED),
        ("read", State.DELIVERED),
        ("undelivered", State.UNDELIVERED),
        ("failed", State.FAILED),
        ("rejected", State.FAILED),
        ("teleported", None),
    ],
)
def test_status_words(word: str, state: State | None) -> None:
    """Each status is translated, and an unknown word means nothing new."""
    assert parsed(STATUS | {"Status": word}) == StatusUpdate(
        key=f"out-1/{word}",
        provider_id="out-1",
        reference="m1",
        state=state,
        recipient=PhoneNumber(PATIENT),
    )


@pytest.mark.parametrize(
    ("code", "category"),
    [
        ("000", None),
        ("", None),
        ("none", None),
        ("200", Failure.OPTED_OUT),
        ("10", Failure.CONTENT_INVALID),
        ("20", Failure.PROVIDER_FAULT),
        ("30", Failure.CARRIER_FILTERED),
        ("40", Failure.SENDER_INVALID),
        ("50", Failure.INVALID_NUMBER),
        ("70", Failure.UNREACHABLE_PERMANENT),
        ("420", Failure.EXPIRED),
        ("450", Failure.DESTINATION_NOT_ENABLED),
        ("451", Failure.FRAUD_BLOCKED),
        ("900", Failure.INSUFFICIENT_FUNDS),
        ("950", Failure.SENDER_UNREGISTERED),
        ("1000", Failure.UNKNOWN),
        ("12345", Failure.UNKNOWN),
    ],
)
def test_error_codes(code: str, category: Failure | None) -> None:
    """Error codes of callbacks are read, whatever stands in the field."""
    update = parsed(STATUS | {"Status": "failed", "ErrorCode": code})

    assert (update.problem.category if update.problem else None) is category
    assert update.state is State.FAILED


def test_nothing_to_read() -> None:
    """A callback without an id is about nothing."""
    assert plivo().parse(sealed("plivo", {"Status": "sent"}, {})) == []


@given(
    st.dictionaries(
        st.sampled_from(sorted({*INBOUND, *STATUS, "Body", "MediaCount", "Media1"})) | st.text(),
        st.sampled_from(["", "0", "²", "9" * 5000, "optout", "received", "+1"]) | st.text(),
    ),
    st.booleans(),
)
def test_parse_never_raises(fields: dict[str, str], answers: bool) -> None:  # noqa: FBT001
    """Unknown fields, missing ones and odd words never raise."""
    assert len(plivo(answers_keywords=answers).parse(sealed("plivo", fields, {}))) <= 1


def test_media_request() -> None:
    """Credentials go to Plivo's own hosts only."""
    for url in (
        f"https://media.plivo.com/Account/{ACCOUNT}/Media/1",
        f"https://aps1.media.plivo.com/v1/Account/{ACCOUNT}/Media/1",
        f"https://api.plivo.com/v1/Account/{ACCOUNT}/Media/1",
    ):
        request = plivo().media_request(url, at=NOW)
        assert request is not None
        assert (request.method, request.url) == ("GET", url)
    for url in (
        "http://media.plivo.com/1",
        "https://media.plivo.com.evil.example/1",
        "https://media.plivo.com@evil.example/1",
        "https://www.plivo.com/1",
        "https://evilmedia.plivo.com/1",
        "https://media.plivo.com/\n",
    ):
        assert plivo().media_request(url, at=NOW) is None
    here = plivo(base_url="http://127.0.0.1:1")
    assert here.media_request(f"http://127.0.0.1:1/v1/Account/{ACCOUNT}/x", at=NOW) is not None


# Set-up


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"auth_id": "MA" + "5e" * 9}, "capital letters"),
        ({"auth_id": "MA" + "5E" * 8}, "capital letters"),
        ({"auth_token": " "}, "auth_token is empty"),
        ({"older_auth_tokens": ("",)}, "everybody could sign"),
    ],
)
def test_bad_set_up(changes: dict[str, Any], words: str) -> None:
    """A field that cannot be right is refused when the adapter is made."""
    with pytest.raises(InvalidInput, match=words):
        plivo(**changes)
