"""The sandbox as Telnyx, Vonage and Bandwidth, over plain HTTP."""

from __future__ import annotations

import base64
import json
import sys
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import requests
from attrs import evolve
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from compliant_sms.errors import InvalidInput, MissingExtra
from compliant_sms.sandbox import (
    Account,
    BandwidthAccount,
    BookEntry,
    Sandbox,
    TelnyxAccount,
    TwilioAccount,
    VonageAccount,
)
from compliant_sms.testing import MovableClock
from dialects import (
    ACCOUNTS,
    ANA,
    BANDWIDTH,
    BEN,
    BODY,
    DIALECTS,
    TELNYX,
    TOLL_FREE,
    VONAGE,
    Dialect,
)
from hooks import PATIENCE, Call, Hooks, listening

OURS, SID, TOKEN = "+12175550111", "AC" + "5e" * 16, "token"


@pytest.fixture(scope="module")
def shared_hooks() -> Iterator[Hooks]:
    with listening() as hooks:
        yield hooks


@pytest.fixture
def hooks(shared_hooks: Hooks) -> Hooks:
    shared_hooks.begin()
    return shared_hooks


@pytest.fixture
def sandbox(hooks: Hooks, clock: MovableClock) -> Iterator[Sandbox]:
    with Sandbox(accounts=ACCOUNTS, clock=clock) as running:
        for account in ACCOUNTS:
            for number in account.numbers:
                running.set_inbound_url(number, f"{hooks.base}/inbound/{account.provider}")
                running.set_status_url(number, f"{hooks.base}/status/{account.provider}")
        yield running


@pytest.fixture(params=DIALECTS)
def dialect(request: pytest.FixtureRequest) -> Dialect:
    return DIALECTS[request.param]


def news(dialect: Dialect, hooks: Hooks) -> list[tuple[str, str]]:
    """The statuses that came, each genuine."""
    calls = hooks.so_far()
    assert all(dialect.signed(call) for call in calls)
    return [dialect.news(call.content) for call in calls]


def patient_texts(sandbox: Sandbox, hooks: Hooks, to: str, body: str) -> Call:
    assert sandbox.reply(ANA, body, to=to) == 200
    return hooks.next()


def last(sandbox: Sandbox) -> BookEntry:
    return sandbox.messages()[-1]


# Texts of the application


def test_a_text_is_taken_and_told_of(sandbox: Sandbox, hooks: Hooks, dialect: Dialect) -> None:
    """The answer has an id; sent and delivered are told in this order, each genuine."""
    answer = dialect.send(sandbox)
    sandbox.drain()

    assert answer.status_code == dialect.accepted
    entry = last(sandbox)
    assert (entry.sid, entry.provider) == (dialect.sid(answer.json()), dialect.name)
    assert (entry.from_, entry.to, entry.body) == (dialect.ours, ANA, BODY)
    words = [(dialect.words[status], "") for status in ("sent", "delivered")]
    assert news(dialect, hooks) == words
    assert (entry.status, entry.told) == ("delivered", ("sent", "delivered"))


def test_changed_callbacks_are_seen(sandbox: Sandbox, hooks: Hooks) -> None:
    """The signatures of Telnyx and Vonage cover the body; Bandwidth's credentials do not."""
    for dialect in DIALECTS.values():
        dialect.send(sandbox)
        sandbox.drain()
        call = hooks.next()
        hooks.so_far()
        changed = evolve(call, request=evolve(call.request, body=call.request.body + b" "))
        assert dialect.signed(call)
        assert dialect.signed(changed) is (dialect.name == "bandwidth")


@pytest.mark.parametrize("outcome", ["undelivered", "failed"])
@pytest.mark.parametrize("code", [None, 4720])
def test_a_text_that_does_not_arrive(
    sandbox: Sandbox, hooks: Hooks, dialect: Dialect, outcome: Any, code: int | None
) -> None:
    """The last status has the code that was set, or the provider's for a handset that is off."""
    sandbox.set_delivery(ANA, outcome, error_code=code)
    dialect.send(sandbox)
    sandbox.drain()

    told = (dialect.words[outcome], str(code or dialect.account.unreachable))
    assert news(dialect, hooks)[-1] == told


def test_references_come_back(sandbox: Sandbox, hooks: Hooks) -> None:
    """Vonage's client_ref and Bandwidth's tag are in each status."""
    DIALECTS["vonage"].send(sandbox)
    sandbox.drain()
    vonage = [call.content["client_ref"] for call in hooks.so_far()]
    DIALECTS["bandwidth"].send(sandbox)
    sandbox.drain()
    bandwidth = [call.content[0]["message"]["tag"] for call in hooks.so_far()]

    assert vonage == bandwidth == ["our-id"] * 2


@pytest.mark.parametrize("name", ["telnyx", "vonage"])
def test_a_text_may_name_its_own_callback(sandbox: Sandbox, hooks: Hooks, name: str) -> None:
    """webhook_url goes before what is set at the provider."""
    DIALECTS[name].send(sandbox, webhook_url=f"{hooks.base}/own?ref=1")
    sandbox.drain()

    assert {call.path for call in hooks.so_far()} == {"/own?ref=1"}


def test_pictures(sandbox: Sandbox, hooks: Hooks) -> None:
    """Each provider's own way to send one is in the book, and told as MMS."""
    url = "https://clinic.example/map.png"
    DIALECTS["telnyx"].send(sandbox, media_urls=[url])
    DIALECTS["bandwidth"].send(sandbox, media=[url])
    image = {"url": url, "caption": BODY}
    DIALECTS["vonage"].send(sandbox, channel="mms", message_type="image", text="", image=image)
    both = [{"type": "image", "url": url}, {"type": "image", "url": url}]
    DIALECTS["vonage"].send(
        sandbox, BEN, channel="mms", message_type="content", text="", content=both
    )
    sandbox.drain()

    assert [len(entry.media_urls) for entry in sandbox.messages()] == [1, 1, 1, 2]
    assert [entry.body for entry in sandbox.messages()] == [BODY, BODY, BODY, ""]
    kinds = [call.content for call in hooks.so_far()]
    assert sum(isinstance(k, list) and k[0]["message"]["channel"] == "MMS" for k in kinds) == 2
    assert sum(isinstance(k, dict) and k.get("channel") == "mms" for k in kinds) == 4


REFUSALS: list[tuple[str, dict[str, Any], int, str]] = [
    ("telnyx", {"to": ""}, 422, "10004"),
    ("telnyx", {"to": "2175550134"}, 400, "40310"),
    ("telnyx", {"from": ""}, 400, "40305"),
    ("telnyx", {"from": BANDWIDTH.numbers[0]}, 400, "40305"),
    ("telnyx", {"messaging_profile_id": "another"}, 400, "40312"),
    ("telnyx", {"text": ""}, 400, "40316"),
    ("telnyx", {"text": "x" * 1531}, 400, "40302"),
    ("telnyx", {"media_urls": ["https://clinic.example/a"] * 11}, 400, "40317"),
    ("telnyx", {"media_urls": "https://clinic.example/a"}, 400, "40317"),
    ("telnyx", {"webhook_url": "nowhere"}, 422, "10015"),
    ("vonage", {"to": ""}, 422, "1010"),
    ("vonage", {"to": ANA}, 422, "1020"),
    ("vonage", {"channel": "whatsapp"}, 422, "1020"),
    ("vonage", {"message_type": "image"}, 422, "1020"),
    ("vonage", {"from": BEN.removeprefix("+")}, 422, "1120"),
    ("vonage", {"text": ""}, 422, "1010"),
    ("vonage", {"text": "x" * 3201}, 422, "1020"),
    ("vonage", {"ttl": 19}, 422, "1020"),
    ("vonage", {"webhook_url": "nowhere"}, 422, "1020"),
    ("vonage", {"client_ref": "x" * 101}, 422, "1450"),
    ("bandwidth", {"applicationId": "another"}, 400, "applicationId"),
    ("bandwidth", {"to": ANA}, 400, "to"),
    ("bandwidth", {"to": [ANA, BEN]}, 400, "to"),
    ("bandwidth", {"from": TELNYX.numbers[0]}, 400, "from"),
    ("bandwidth", {"text": ""}, 400, "text"),
    ("bandwidth", {"media": "https://clinic.example/a"}, 400, "text"),
    ("bandwidth", {"text": "x" * 2049}, 400, "text"),
    ("bandwidth", {"tag": "x" * 1025}, 400, "tag"),
]


def code_in(content: Any) -> str:
    """The provider's code in a refusal."""
    if "errors" in content:
        return str(content["errors"][0]["code"])
    if "fieldErrors" in content:
        assert content["type"] == "request-validation"
        return str(content["fieldErrors"][0]["fieldName"])
    return str(content["type"].rpartition("#")[2])


@pytest.mark.parametrize(("name", "changed", "status", "code"), REFUSALS)
def test_what_a_provider_refuses(
    sandbox: Sandbox, name: str, changed: dict[str, Any], status: int, code: str
) -> None:
    """Each mistake has the provider's own code, and leaves nothing in the book."""
    answer = DIALECTS[name].send(sandbox, **changed)

    assert (answer.status_code, code_in(answer.json())) == (status, code)
    assert sandbox.messages() == ()


def test_strangers_and_lost_ways(sandbox: Sandbox, dialect: Dialect) -> None:
    """Wrong credentials, other bodies, paths and methods are answered in the provider's form."""
    for wrong in ("", "Basic %%%", "Basic eDp5", "Bearer x.y.z", "Bearer e30.e30.e30"):
        answer = dialect.send(sandbox, headers={"Authorization": wrong})
        assert (answer.status_code, bool(answer.json())) == (401, True)
    for body in ("[]", "{", b"\xff"):
        assert dialect.post(sandbox, body).status_code in {400, 422}
    url = sandbox.url + dialect.account.prefix
    lost = requests.get(f"{url}nowhere", timeout=PATIENCE)
    wrong_method = requests.delete(sandbox.url + dialect.path, timeout=PATIENCE)
    assert (lost.status_code, wrong_method.status_code) == (404, 405)
    assert lost.json().keys() == wrong_method.json().keys()


def test_another_account_of_bandwidths(sandbox: Sandbox) -> None:
    """The user's credentials open the user's account alone."""
    bandwidth = DIALECTS["bandwidth"]
    other = evolve(bandwidth, path=bandwidth.path.replace(BANDWIDTH.account_id, "1"))

    assert other.send(sandbox).status_code == 403


def test_an_idempotency_key_is_a_promise(sandbox: Sandbox) -> None:
    """Telnyx takes a key once: the same request has the same answer, another one is refused."""
    telnyx, key = DIALECTS["telnyx"], {"Idempotency-Key": "our-id"}
    sandbox.fail_next("accept_then_drop")
    with pytest.raises(requests.ConnectionError):
        telnyx.send(sandbox, headers=key)
    again = telnyx.send(sandbox, headers=key)

    assert again.json()["data"]["id"] == last(sandbox).sid
    assert len(sandbox.messages()) == 1
    assert telnyx.send(sandbox, headers=key, text="Other words.").status_code == 422
    assert telnyx.send(sandbox, headers={"Idempotency-Key": "a b"}).status_code == 400


def test_texts_can_be_looked_up(sandbox: Sandbox, hooks: Hooks) -> None:
    """Telnyx has each text by its id; Bandwidth searches what is known of them, never bodies."""
    telnyx, bandwidth = DIALECTS["telnyx"], DIALECTS["bandwidth"]
    sid = telnyx.sid(telnyx.send(sandbox).json())
    for to in (ANA, BEN, BEN):
        bandwidth.send(sandbox, to)
    patient_texts(sandbox, hooks, bandwidth.ours, "hello")
    sandbox.drain()

    def ask(dialect: Dialect, path: str, **query: str) -> requests.Response:
        headers = {"Authorization": dialect.auth}
        return requests.get(sandbox.url + path, query, headers=headers, timeout=PATIENCE)

    found = ask(telnyx, f"/v2/messages/{sid}").json()["data"]
    assert (found["id"], found["to"][0]["status"], found["text"]) == (sid, "delivered", BODY)
    assert ask(telnyx, "/v2/messages/nothing").status_code == 404
    assert ask(telnyx, "/v2/balance").json()["data"]["available_credit"] == "100.00"
    sought = ask(bandwidth, bandwidth.path, destinationTn=BEN, messageStatus="DELIVERED").json()
    assert sought["totalCount"] == 2
    assert BODY not in json.dumps(sought)
    assert ask(bandwidth, bandwidth.path, messageDirection="INBOUND").json()["totalCount"] == 1
    assert ask(bandwidth, bandwidth.path, fromDateTime="2999").json()["messages"] == []
    first = ask(bandwidth, bandwidth.path, limit="3").json()
    token = first["pageInfo"]["nextPageToken"]
    rest = ask(bandwidth, bandwidth.path, limit="3", pageToken=token).json()
    ids = [each["messageId"] for each in first["messages"] + rest["messages"]]
    assert ids == [e.sid for e in reversed(sandbox.messages()) if e.provider == "bandwidth"]
    assert rest["pageInfo"] == {}


def test_the_balance_at_vonage(sandbox: Sandbox) -> None:
    """Key and secret open it, nothing else does."""
    url = f"{sandbox.url}/account/get-balance"
    headers = {"Authorization": DIALECTS["vonage"].auth}

    assert requests.get(url, headers=headers, timeout=PATIENCE).json()["value"] == 100.0
    assert requests.get(url, timeout=PATIENCE).status_code == 401


# Patients, and STOP


def test_a_patients_text(sandbox: Sandbox, hooks: Hooks, dialect: Dialect) -> None:
    """It arrives once, genuine, in the provider's form."""
    call = patient_texts(sandbox, hooks, dialect.ours, "Ça va? 1+1=2 ✓")

    assert dialect.signed(call)
    assert dialect.inbound(call.content) == (ANA, dialect.ours, "Ça va? 1+1=2 ✓")
    assert hooks.so_far() == []
    assert (last(sandbox).webhook_status, last(sandbox).told) == (200, ("received",))


def test_stop_at_telnyx(sandbox: Sandbox, hooks: Hooks) -> None:
    """STOP blocks all numbers of the profile at once; the webhook says what it was taken for."""
    telnyx = DIALECTS["telnyx"]
    told = patient_texts(sandbox, hooks, telnyx.ours, " stop all ").content["data"]["payload"]
    assert told["autoresponse_type"] == "STOP"
    for number in TELNYX.numbers:
        answer = telnyx.send(sandbox, **{"from": number})
        assert (answer.status_code, code_in(answer.json())) == (400, "40300")
    assert telnyx.send(sandbox, BEN).status_code == 200

    listed = requests.get(
        f"{sandbox.url}/v2/messaging_optouts",
        headers={"Authorization": telnyx.auth},
        timeout=PATIENCE,
    ).json()
    assert [(each["from"], each["to"]) for each in listed["data"]] == [(telnyx.ours, ANA)]
    none = requests.get(
        f"{sandbox.url}/v2/messaging_optouts?filter[from]={telnyx.other.replace('+', '%2B')}",
        headers={"Authorization": telnyx.auth},
        timeout=PATIENCE,
    ).json()
    assert none["data"] == []
    assert "autoresponse_type" not in hooks.so_far()[0].content["data"]["payload"]

    sandbox.drain()
    hooks.so_far()
    told = patient_texts(sandbox, hooks, telnyx.other, "UNSTOP").content["data"]["payload"]
    assert told["autoresponse_type"] == "START"
    assert telnyx.send(sandbox).status_code == 200


def test_stop_at_vonage(sandbox: Sandbox, hooks: Hooks) -> None:
    """A text to somebody who opted out is taken all the same, and fails in the status (1240)."""
    vonage = DIALECTS["vonage"]
    patient_texts(sandbox, hooks, vonage.ours, "STOP")
    assert vonage.send(sandbox, **{"from": vonage.number(vonage.other)}).status_code == 202
    sandbox.drain()
    assert news(vonage, hooks) == [("rejected", "1240")]

    patient_texts(sandbox, hooks, vonage.ours, "JOIN")
    vonage.send(sandbox)
    sandbox.drain()
    assert news(vonage, hooks)[-1] == ("delivered", "")
    assert [e.author for e in sandbox.messages()].count("carrier") == 2


def test_stop_at_bandwidth(sandbox: Sandbox, hooks: Hooks) -> None:
    """On ordinary numbers nobody answers or blocks; on toll-free ones the network does (4775)."""
    bandwidth = DIALECTS["bandwidth"]
    call = patient_texts(sandbox, hooks, bandwidth.ours, "STOP")
    assert bandwidth.inbound(call.content) == (ANA, bandwidth.ours, "STOP")
    assert [entry.author for entry in sandbox.messages()] == ["patient"]
    bandwidth.send(sandbox)
    sandbox.drain()
    assert news(bandwidth, hooks)[-1] == ("message-delivered", "")

    patient_texts(sandbox, hooks, TOLL_FREE, "stop")
    assert last(sandbox).author == "carrier"
    bandwidth.send(sandbox, **{"from": TOLL_FREE})
    bandwidth.send(sandbox)
    sandbox.drain()
    assert sorted(news(bandwidth, hooks)) == [
        ("message-delivered", ""),
        ("message-failed", "4775"),
        ("message-sent", ""),
    ]


def test_what_cannot_be_switched(sandbox: Sandbox) -> None:
    """Telnyx's and Bandwidth's keywords have no switch; Twilio has no URL for statuses."""
    for account in (TELNYX, BANDWIDTH):
        with pytest.raises(InvalidInput, match="no switch"):
            sandbox.set_answers_keywords(
                account.numbers[0], answers=account.provider == "bandwidth"
            )
    sandbox.set_answers_keywords(VONAGE.numbers[0], answers=False)
    assert sandbox.reply(ANA, "STOP", to=VONAGE.numbers[0]) == 200
    assert last(sandbox).author == "patient"
    twilio = Sandbox(account_sid=SID, auth_token=TOKEN, numbers=[OURS])
    with pytest.raises(InvalidInput, match="with each text"):
        twilio.set_status_url(OURS, "http://127.0.0.1/")
    with pytest.raises(InvalidInput, match="cannot be called"):
        sandbox.set_status_url(VONAGE.numbers[0], "nowhere")


def test_ids_are_the_providers_own(
    sandbox: Sandbox, hooks: Hooks, dialect: Dialect, clock: MovableClock
) -> None:
    """A text is delivered again later, the same; one that the provider could not make is not."""
    sid = {"bandwidth": "1606835200000abcdefgh"}.get(
        dialect.name, "5e5e5e5e-0000-4000-8000-5e5e5e5e5e5e"
    )
    for _ in range(2):
        clock.advance(timedelta(seconds=1))
        assert sandbox.reply(ANA, "hi", to=dialect.ours, sid=sid) == 200

    assert hooks.next().content == hooks.next().content
    assert len(sandbox.messages()) == 1
    with pytest.raises(InvalidInput, match="does not look like"):
        sandbox.reply(ANA, "hi", to=dialect.ours, sid="SM" + "5e" * 16)


# Trying again


@pytest.mark.parametrize(("name", "tries"), [("telnyx", 3), ("vonage", 5), ("bandwidth", 5)])
def test_callbacks_are_tried_again(sandbox: Sandbox, hooks: Hooks, name: str, tries: int) -> None:
    """A webhook that fails is called again with the same event, and in the end no more."""
    hooks.room.status = 503
    assert sandbox.reply(ANA, "hi", to=DIALECTS[name].ours) == 503
    calls = hooks.so_far()

    assert len(calls) == tries
    assert all(DIALECTS[name].signed(call) for call in calls)
    if name == "telnyx":
        assert [call.content["meta"]["attempt"] for call in calls] == [1, 2, 3]
    assert len({json.dumps(strip(call.content)) for call in calls}) == 1
    assert last(sandbox).told == ()


def strip(content: Any) -> Any:
    """A callback without what tells attempts apart."""
    return {**content, "meta": None} if isinstance(content, dict) else content


# Accounts


def test_one_server_speaks_for_all(hooks: Hooks) -> None:
    """Twilio and the others side by side: one book, each with its own answers to lost ways."""
    with Sandbox(account_sid=SID, auth_token=TOKEN, numbers=[OURS], accounts=ACCOUNTS) as sandbox:
        for dialect in DIALECTS.values():
            dialect.send(sandbox)
        url = f"{sandbox.url}/2010-04-01/Accounts/{SID}"
        text = {"To": ANA, "From": OURS, "Body": BODY}
        assert requests.post(f"{url}/Messages.json", text, auth=(SID, TOKEN), timeout=PATIENCE).ok
        listed = requests.get(f"{url}/Messages.json", auth=(SID, TOKEN), timeout=PATIENCE).json()
        text["From"] = TELNYX.numbers[0]
        foreign = requests.post(
            f"{url}/Messages.json", text, auth=(SID, TOKEN), timeout=PATIENCE
        ).json()
        known = requests.get(f"{url}.json", auth=(SID, TOKEN), timeout=PATIENCE).json()

        assert [entry.provider for entry in sandbox.messages()] == [*DIALECTS, "twilio"]
        assert (len(listed["messages"]), foreign["code"]) == (1, 21606)
        assert (known["sid"], known["status"]) == (SID, "active")
        assert requests.get(f"{url}/x", timeout=PATIENCE).json()["code"] == 20404
        assert requests.get(f"{sandbox.url}/v2/x", timeout=PATIENCE).json()["errors"]


@pytest.mark.parametrize(
    ("accounts", "what"),
    [
        ([], "no account"),
        ([TELNYX, TelnyxAccount(api_key="KEY2", numbers=[OURS])], "two accounts"),
        ([TELNYX, evolve(VONAGE, numbers=TELNYX.numbers)], "twice"),
    ],
)
def test_accounts_that_do_not_go_together(accounts: list[Account], what: str) -> None:
    """None at all, two at one provider, or one number at two of them."""
    with pytest.raises(InvalidInput, match=what):
        Sandbox(accounts=accounts)


@pytest.mark.parametrize("kind", [TelnyxAccount, VonageAccount, BandwidthAccount, TwilioAccount])
def test_accounts_need_their_credentials(kind: type[Account]) -> None:
    """An empty credential is refused, and none is in a repr."""
    names = [a.name for a in kind.__attrs_attrs__ if a.validator is not None]  # type: ignore[attr-defined]
    good = dict.fromkeys(names, "a-secret") | {"numbers": [OURS]}
    if kind is TwilioAccount:
        good["account_sid"] = SID

    assert OURS not in repr(kind(**good))
    for name in names:
        with pytest.raises(InvalidInput):
            kind(**good | {name: ""})
    with pytest.raises(InvalidInput, match=r"E\.164"):
        kind(**good | {"numbers": ["2175550111"]})


def test_vonage_takes_the_tokens_of_its_application() -> None:
    """A JWT of the application's key opens the API; another key, claim or algorithm does not."""
    key, other = (rsa.generate_private_key(65537, 2048) for _ in range(2))
    pem = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
    account = evolve(VONAGE, application_id="our-app", public_key=pem)
    vonage = DIALECTS["vonage"]

    def token(signer: rsa.RSAPrivateKey, application: str, algorithm: str = "RS256") -> str:
        parts = ({"alg": algorithm, "typ": "JWT"}, {"application_id": application, "iat": 1})
        signed = ".".join(segment(json.dumps(part).encode()) for part in parts)
        return f"{signed}.{segment(signer.sign(signed.encode(), PKCS1v15(), SHA256()))}"

    with listening() as hooks, Sandbox(accounts=[account]) as sandbox:
        sandbox.set_status_url(vonage.ours, hooks.base)
        for good, tried in [
            (True, token(key, "our-app")),
            (False, token(other, "our-app")),
            (False, token(key, "another-app")),
            (False, token(key, "our-app", "none")),
            (False, "e30.W10.e30"),
        ]:
            answer = vonage.send(sandbox, headers={"Authorization": f"Bearer {tried}"})
            assert answer.status_code == (202 if good else 401)
        sandbox.drain()
        claims = hooks.next().header("authorization").split(".")[1]
        assert json.loads(base64.urlsafe_b64decode(claims + "=="))["application_id"] == "our-app"


def test_a_key_that_is_not_rsa_opens_nothing() -> None:
    """Vonage's applications have RSA keys."""
    public = Ed25519PrivateKey.generate().public_key()
    pem = public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
    account = evolve(VONAGE, application_id="our-app", public_key=pem)
    parts = ({"alg": "RS256"}, {"application_id": "our-app"})
    token = ".".join([*(segment(json.dumps(part).encode()) for part in parts), "c2ln"])

    assert not account.has_token(token)


def segment(content: bytes) -> str:
    """A part of a JWT."""
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def test_what_needs_cryptography_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without it Telnyx's signatures and Vonage's tokens name their extra."""
    account = evolve(VONAGE, application_id="our-app", public_key="x")
    parts = ({"alg": "RS256"}, {"application_id": "our-app"})
    token = ".".join([*(segment(json.dumps(part).encode()) for part in parts), "c2ln"])
    for name in [name for name in sys.modules if name.startswith("cryptography")]:
        monkeypatch.setitem(sys.modules, name, None)

    with pytest.raises(MissingExtra, match="telnyx"):
        _ = TELNYX.public_key
    with pytest.raises(MissingExtra, match="vonage"):
        account.has_token(token)
