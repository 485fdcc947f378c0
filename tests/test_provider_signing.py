"""What the schemes of signatures share: who does not have the secret is refused."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliant_sms.errors import InvalidSignature, MissingExtra, WebhookRejected
from compliant_sms.providers import _signing
from compliant_sms.providers._signing import (
    basic_credentials,
    content_type,
    decoded,
    ed25519,
    form,
    hmac_base64,
    hmac_jwt,
    is_one_of,
    json_body,
    needs_cryptography,
    posted,
    query,
    refuse_age,
    require_match,
    sha256,
    url_token,
)
from compliant_sms.wire import WebhookRequest

URL = "https://clinic.example/texts"
FORM = "application/x-www-form-urlencoded"
NOW = datetime(2026, 11, 30, 16, tzinfo=UTC)


def webhook(url: str = URL, body: bytes = b"", *headers: tuple[str, str]) -> WebhookRequest:
    return WebhookRequest(method="POST", url=url, headers=headers, body=body)


# Comparing


@given(st.binary(max_size=9), st.lists(st.binary(max_size=9), max_size=5))
def test_is_one_of(claimed: bytes, right: list[bytes]) -> None:
    """It is what ``in`` says."""
    assert is_one_of(claimed, right) == (claimed in right)


def test_each_candidate_is_compared(monkeypatch: pytest.MonkeyPatch) -> None:
    """The first match ends nothing, and each comparison is the one that takes constant time."""
    compared: list[tuple[bytes, bytes]] = []

    def compare(one: bytes, other: bytes) -> bool:
        compared.append((one, other))
        return hmac.compare_digest(one, other)

    monkeypatch.setattr(_signing, "hmac", type("Hmac", (), {"compare_digest": compare}))

    assert is_one_of(b"a", [b"a", b"b", b"a"])
    assert compared == [(b"a", b"a"), (b"a", b"b"), (b"a", b"a")]


@pytest.mark.parametrize("claimed", ["", "A", "\ud800", "é", "a" * 100_000])
def test_require_match(claimed: str) -> None:
    """A signature of any characters is refused as a wrong one, with what may be the reason."""
    with pytest.raises(InvalidSignature, match=r"does not match Acme's.*the secret is another"):
        require_match("Acme", claimed, ["a", "b"])
    require_match("Acme", "b", ["a", "b"])


# Times


@pytest.mark.parametrize("off", [timedelta(0), timedelta(seconds=300), timedelta(seconds=-300)])
def test_times_within_the_tolerance(off: timedelta) -> None:
    """The limits themselves still count, in both directions."""
    refuse_age(int((NOW + off).timestamp()), NOW)
    refuse_age(f" {int((NOW + off).timestamp())}\n", NOW)


@pytest.mark.parametrize(
    "stamp",
    [
        int(NOW.timestamp()) + 301,
        int(NOW.timestamp()) - 301,
        int(NOW.timestamp() * 1000),
        0,
        *["", "x", "-5", "1e9", "1790000000.0", "²", "٣", None, True, [], "9" * 5000],
    ],
)
def test_times_that_are_refused(stamp: object) -> None:
    """What is old, far ahead, in other units or no time is refused."""
    with pytest.raises(InvalidSignature, match="signed time"):
        refuse_age(stamp, NOW)


def test_a_tolerance_of_ones_own() -> None:
    """A provider that says less is held to it."""
    stamp = int(NOW.timestamp()) - 61

    with pytest.raises(InvalidSignature):
        refuse_age(stamp, NOW, timedelta(seconds=60))


# Public keys


def test_ed25519() -> None:
    """The key's own signature over the very bytes counts, under any of the keys; nothing else."""
    # RFC 8032, section 7.1, test 2: the public key, and the signature of one byte.
    key = "PUAXw+hDiVqStwqnTRt+vJyYLM8uxJaMwM1V8Sr0Zgw="
    made = bytes.fromhex(
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
        "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
    )
    signature, other = base64.b64encode(made).decode(), base64.b64encode(bytes(32)).decode()

    ed25519("Acme", b"\x72", signature, [key], extra="telnyx")
    ed25519("Acme", b"\x72", signature, ["none", other, key], extra="telnyx")
    flipped = base64.b64encode(bytes([made[0] ^ 1]) + made[1:]).decode()
    for signed, claimed, keys in (
        (b"\x73", signature, [key]),
        (b"", signature, [key]),
        (b"\x72", flipped, [key]),
        (b"\x72", "", [key]),
        (b"\x72", "é", [key]),
        (b"\x72", signature, [other]),
        (b"\x72", signature, [""]),
        (b"\x72", signature, []),
    ):
        with pytest.raises(InvalidSignature, match="not Acme's"):
            ed25519("Acme", signed, claimed, keys, extra="telnyx")


# What a request holds


@pytest.mark.parametrize(
    ("header", "kind"),
    [("application/JSON; charset=utf-8", "application/json"), (" text/xml ", "text/xml")],
)
def test_content_type(header: str, kind: str) -> None:
    """Case and parameters do not matter."""
    assert content_type(webhook(URL, b"", ("Content-Type", header))) == kind
    assert not content_type(webhook())


def test_query() -> None:
    """Parameters are decoded, empty ones too, and the last of two counts."""
    assert query(webhook(f"{URL}?a=1&b=&a=%26#c=d")) == {"a": "&", "b": ""}


@pytest.mark.parametrize("url", ["http://[clinic.example/", "https://[::1/?token=t"])
def test_url_that_is_none(url: str) -> None:
    """A URL that cannot be read is refused as a callback, not as a crash."""
    with pytest.raises(WebhookRejected, match="not a URL"):
        query(webhook(url))
    with pytest.raises(WebhookRejected, match="not a URL"):
        url_token(webhook(url), "token", ["t"])


def test_form() -> None:
    """A form is decoded, and the last of two fields of one name counts."""
    fields = form(webhook(URL, b"a=%2B1&b=&a=x+y", ("Content-Type", FORM + "; charset=UTF-8")))

    assert fields == {"a": "x y", "b": ""}


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (b"a=1", "application/json", 415),
        (b"a=1", "", 415),
        (b"a=\xff", FORM, 400),
        (b"a=%FF", FORM, 400),
        (b"&".join(b"a%d=b" % n for n in range(1001)), FORM, 400),
    ],
)
def test_form_that_is_none(body: bytes, kind: str, status: int) -> None:
    """What is no form is refused, with the status that says why."""
    with pytest.raises(WebhookRejected) as caught:
        form(webhook(URL, body, ("Content-Type", kind)))
    assert caught.value.status == status
    assert caught.value.__context__ is None  # the decoder's error holds the body


@pytest.mark.parametrize("body", [b'{"a": 1}', b'[{"a": 1}]'])
def test_json_body(body: bytes) -> None:
    """An object or a list."""
    assert json_body(webhook(URL, body)) == json.loads(body)


@pytest.mark.parametrize("body", [b"", b"{", b'"x"', b"null", b"7", b"\xff", b"[" * 200_000])
def test_json_body_that_is_none(body: bytes) -> None:
    """Anything else is refused."""
    with pytest.raises(WebhookRejected, match="no JSON object or list"):
        json_body(webhook(URL, body))


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"a=%31", FORM.upper() + "; charset=utf-8"),
        (b'{"a": "1"}', "text/json"),
        (b'{"a": "1"}', ""),
    ],
)
def test_posted(body: bytes, kind: str) -> None:
    """A form where the type says so, and JSON under any other name."""
    assert posted(webhook(URL, body, ("Content-Type", kind))) == {"a": "1"}


def test_posted_as_what_it_is_not() -> None:
    """The type decides: what is called something else is not read by trying."""
    assert posted(webhook(URL, b'{"a": "1"}', ("Content-Type", FORM))).keys() == {'{"a": "1"}'}
    with pytest.raises(WebhookRejected):
        posted(webhook(URL, b"a=1", ("Content-Type", "application/json")))


@given(st.binary(max_size=40))
def test_decoded(data: bytes) -> None:
    """Base64 comes back."""
    assert decoded(base64.b64encode(data).decode()) == data


@pytest.mark.parametrize("text", ["é", "a", "YQ", "Y Q==", "YQ==\n", "-_8="])
def test_base64_that_is_none(text: str) -> None:
    """What is no base64 is empty."""
    assert decoded(text) == b""


# Passwords and tokens


def authorized(*values: str) -> WebhookRequest:
    return webhook(URL, b"", *(("Authorization", value) for value in values))


def basic(credentials: str) -> str:
    return base64.b64encode(credentials.encode()).decode()


KNOWN = ["clinic:new:pass:word", "clinic:öld"]


@pytest.mark.parametrize("known", KNOWN)
@pytest.mark.parametrize("scheme", ["Basic", "basic", "BASIC", "Basic "])
def test_basic_credentials(known: str, scheme: str) -> None:
    """Each of the agreed pairs counts; colons belong to the password."""
    basic_credentials(authorized(f"{scheme} {basic(known)}"), KNOWN)


@pytest.mark.parametrize(
    "headers",
    [
        [],
        [""],
        ["Basic"],
        ["Basic "],
        [f"Bearer {basic(KNOWN[0])}"],
        [f"Basic {KNOWN[0]}"],
        [f"Basic {basic('clinic:new')}"],
        [f"Basic {basic('clinic:new:pass:word:')}"],
        [f"Basic {basic('Clinic:new:pass:word')}"],
        [f"Basic {basic(KNOWN[0])}, Basic {basic(KNOWN[0])}"],
        [f"Basic {basic(KNOWN[0])}", f"Basic {basic(KNOWN[0])}"],
        [f"Basic {basic(KNOWN[0])}", f"Basic {basic('x:y')}"],
        ["Basic é"],
    ],
)
def test_basic_credentials_that_are_wrong(headers: list[str]) -> None:
    """Missing, twice, or another pair: refused."""
    with pytest.raises(InvalidSignature, match="user and password"):
        basic_credentials(authorized(*headers), KNOWN)


def test_nothing_agreed_lets_nobody_in() -> None:
    """Without a secret, or with an empty one, nothing at all is believed."""
    for known in ([], [""]):
        for request in (webhook(), authorized("Basic "), webhook(f"{URL}?token=")):
            with pytest.raises(InvalidSignature):
                basic_credentials(request, known)
            with pytest.raises(InvalidSignature):
                url_token(request, "token", known)


@given(st.text(min_size=1, max_size=20).filter(str.isprintable))
def test_url_token(token: str) -> None:
    """A token of any characters is known again."""
    url_token(webhook(f"{URL}?a=b&token={quote(token, safe='')}"), "token", ["other", token])


@pytest.mark.parametrize(
    "parameters",
    [
        *["", "token=", "token=x", "Token=secret", "token=secret&token=secret"],
        *["token=x&token=secret", "token=secret&%74oken=x", "a=1;token=secret", "token=secret%20"],
    ],
)
def test_url_token_occurs_exactly_once(parameters: str) -> None:
    """Missing, wrong or twice, however its name is escaped: refused."""
    with pytest.raises(InvalidSignature, match="'token'"):
        url_token(webhook(f"{URL}?{parameters}"), "token", ["secret"])


# Tokens that are signed

CLAIMS = {"iss": "Acme", "exp": 1}
NAMES = {"HS256": "sha256", "HS384": "sha384", "HS512": "sha512"}


def part(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def token(header: object, key: str = "key", digest: str = "sha256", claims: object = CLAIMS) -> str:
    signed = f"{part(json.dumps(header).encode())}.{part(json.dumps(claims).encode())}"
    return f"{signed}.{part(hmac.new(key.encode(), signed.encode(), digest).digest())}"


@pytest.mark.parametrize("name", NAMES)
def test_jwt(name: str) -> None:
    """A token under one of the keys, with an allowed algorithm, tells its claims."""
    made = token({"alg": name}, "new", NAMES[name])

    assert hmac_jwt(made, ["old", "new"], [name]) == CLAIMS


EVERY = [
    *["none", "None", "NONE", "", "hs256", "HS1", "RS256", "ES256", "EdDSA", "PS256", "sha256"],
    *[None, 1, ["HS256"], {"HS256": 1}],
]


@pytest.mark.parametrize("name", EVERY)
@pytest.mark.parametrize("allowed", [["HS256"], ["none", "RS256", "HS256", "", "sha256"]])
def test_jwt_of_another_algorithm(name: object, allowed: list[str]) -> None:
    """Whatever the token names, signed or not, and whatever is allowed: only HMAC is checked."""
    made = token({"alg": name})
    for each in (made, made.rpartition(".")[0] + ".", token({"alg": name}, "")):
        with pytest.raises(InvalidSignature):
            hmac_jwt(each, ["key"], allowed)


@given(st.sampled_from(sorted(NAMES)), st.sets(st.sampled_from(sorted(NAMES))))
def test_jwt_needs_an_allowed_algorithm(name: str, allowed: set[str]) -> None:
    """One of the three is refused where only others are allowed."""
    made = token({"alg": name}, "key", NAMES[name])
    if name in allowed:
        assert hmac_jwt(made, ["key"], sorted(allowed)) == CLAIMS
    else:
        with pytest.raises(InvalidSignature):
            hmac_jwt(made, ["key"], sorted(allowed))


def test_jwt_with_what_it_calls_critical() -> None:
    """An extension that has to be understood is not (RFC 7515, 4.1.11)."""
    with pytest.raises(InvalidSignature):
        hmac_jwt(token({"alg": "HS256", "crit": ["b64"], "b64": False}), ["key"], ["HS256"])


@pytest.mark.parametrize("keys", [[], ["other"], ["key "]])
def test_jwt_under_another_key(keys: list[str]) -> None:
    """Nobody signed it whose key is known."""
    with pytest.raises(InvalidSignature):
        hmac_jwt(token({"alg": "HS256"}), keys, ["HS256"])


def spellings(made: str) -> dict[str, str]:
    head, claims, signature = made.split(".")
    last = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    # 32 bytes leave two bits of the last character unused.
    twin = signature[:-1] + last[last.index(signature[-1]) ^ 1]
    return {
        "unused bits": f"{head}.{claims}.{twin}",
        "padding": f"{made}=",
        "line break": f"{made}\n",
        "blank": f"{head}.{claims}. {signature}",
        "other alphabet": f"{head}.{claims}.{signature.replace('-', '+').replace('_', '/')}",
        "four parts": f"{made}.",
        "two parts": f"{head}.{claims}",
        "no header": f".{claims}.{signature}",
        "empty": "",
        "not ASCII": f"{made}é",
    }


def test_jwt_has_one_spelling() -> None:
    """Another spelling of a genuine token is none: nobody may make two replay keys of one."""
    made = next(
        made
        for number in range(999)
        if {"-", "_"} <= set((made := token({"alg": "HS256", "n": number})).rpartition(".")[2])
    )
    assert hmac_jwt(made, ["key"], ["HS256"]) == CLAIMS

    for why, other in spellings(made).items():
        assert other != made, why
        with pytest.raises(InvalidSignature):
            hmac_jwt(other, ["key"], ["HS256"])


@pytest.mark.parametrize("claims", [[], "x", None, 7])
def test_jwt_whose_claims_are_no_object(claims: Any) -> None:
    """They claim nothing."""
    assert hmac_jwt(token({"alg": "HS256"}, claims=claims), ["key"], ["HS256"]) == {}


def test_hmac_base64() -> None:
    """RFC 4231, test case 2."""
    digest = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"

    made = hmac_base64(b"Jefe", b"what do ya want for nothing?")
    assert decoded(made).hex() == digest


def test_sha256() -> None:
    """The hash of a body is in lower-case hexadecimal."""
    assert sha256(b"{}") == hashlib.sha256(b"{}").hexdigest() == sha256(b"{}").lower()


def test_cryptography_is_asked_for_by_name() -> None:
    """Where it is missing, the error says what to install."""

    def missing() -> object:
        raise ModuleNotFoundError(name="cryptography")

    with pytest.raises(MissingExtra, match=r"checking.*compliant-sms\[telnyx\]"):
        needs_cryptography("telnyx", "checking Telnyx's callbacks", missing)
    assert needs_cryptography("telnyx", "checking", lambda: 7) == 7
