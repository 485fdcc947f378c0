"""Requests as most providers want them."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from urllib.parse import quote, urlencode

from compliant_sms.wire import HttpRequest

_JSON = "application/json"
_FORM = "application/x-www-form-urlencoded"
_NONE: Mapping[str, str] = MappingProxyType({})


def basic(pair: str) -> str:
    """The ``Authorization`` of a user and a password, with a colon between them (RFC 7617)."""
    return f"Basic {base64.b64encode(pair.encode()).decode()}"


def get_json(url: str, authorization: str, asked: Mapping[str, str] = _NONE) -> HttpRequest:
    """A ``GET`` that asks for JSON."""
    headers = {"Authorization": authorization, "Accept": _JSON}
    url = f"{url}?{urlencode(asked)}" if asked else url
    return HttpRequest(method="GET", url=url, headers=headers)


def post_json(
    url: str, authorization: str, content: object, more: Mapping[str, str] = _NONE
) -> HttpRequest:
    """A ``POST`` of JSON that asks for JSON."""
    headers = {"Authorization": authorization, "Accept": _JSON, "Content-Type": _JSON, **more}
    body = json.dumps(content).encode()
    return HttpRequest(method="POST", url=url, headers=headers, body=body)


def post_form(url: str, authorization: str, fields: Sequence[tuple[str, str]]) -> HttpRequest:
    """A ``POST`` of a form that asks for JSON."""
    headers = {"Authorization": authorization, "Accept": _JSON, "Content-Type": _FORM}
    return HttpRequest(method="POST", url=url, headers=headers, body=urlencode(fields).encode())


def with_parameter(url: str, name: str, value: str) -> str:
    """The URL with a parameter more in what its server sees of it."""
    # No server ever sees what follows a '#'.
    seen, _, _ = url.partition("#")
    return f"{seen}{'&' if '?' in seen else '?'}{name}={quote(value, safe='')}"
