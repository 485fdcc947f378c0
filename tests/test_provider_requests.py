"""Requests as most providers want them."""

from __future__ import annotations

import json
from base64 import b64decode
from urllib.parse import parse_qsl, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliant_sms.providers._requests import (
    basic,
    get_json,
    post_form,
    post_json,
    with_parameter,
)

URL, KEY = "https://api.acme.example/texts", "Bearer made-up"
WORDS = st.text(st.characters(codec="utf-8"), min_size=1, max_size=20)


@given(WORDS)
def test_basic(pair: str) -> None:
    """User and password of any characters come back whole."""
    scheme, _, encoded = basic(pair).partition(" ")

    assert (scheme, b64decode(encoded).decode()) == ("Basic", pair)


@given(st.dictionaries(WORDS, WORDS, max_size=4))
def test_get(asked: dict[str, str]) -> None:
    """What is asked for stands in the URL, and nothing else is sent."""
    request = get_json(URL, KEY, asked)

    assert dict(parse_qsl(urlsplit(request.url).query, strict_parsing=bool(asked))) == asked
    assert request.url.partition("?")[0] == URL
    assert dict(request.headers) == {"authorization": KEY, "accept": "application/json"}
    assert (request.method, request.body) == ("GET", b"")


@given(st.dictionaries(WORDS, WORDS | st.integers() | st.none(), max_size=4))
def test_post_json(content: dict[str, object]) -> None:
    """The body is the content, and headers besides go along."""
    request = post_json(URL, KEY, content, {"Idempotency-Key": "m-1"})

    assert json.loads(request.body) == content
    assert (request.method, request.url) == ("POST", URL)
    assert dict(request.headers) == {
        "authorization": KEY,
        "accept": "application/json",
        "content-type": "application/json",
        "idempotency-key": "m-1",
    }


@given(st.lists(st.tuples(WORDS, WORDS), min_size=1, max_size=5))
def test_post_form(fields: list[tuple[str, str]]) -> None:
    """Fields keep their order, also under one name."""
    request = post_form(URL, KEY, fields)

    assert parse_qsl(request.body.decode()) == fields
    assert (request.method, request.url) == ("POST", URL)
    assert dict(request.headers)["content-type"] == "application/x-www-form-urlencoded"


@pytest.mark.parametrize("url", [URL, f"{URL}?a=b", f"{URL}?", f"{URL}#part", f"{URL}?a=b#c?d"])
@given(value=WORDS)
def test_with_parameter(url: str, value: str) -> None:
    """Any value comes back, and what no server sees is left out."""
    parts = urlsplit(with_parameter(url, "ref", value))

    assert ("ref", value) in parse_qsl(parts.query)
    assert parts.fragment == ""
