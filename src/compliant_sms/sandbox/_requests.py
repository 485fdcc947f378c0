"""What a request to an API says, for all dialects."""

from __future__ import annotations

import base64
import binascii
import hmac
import json
from typing import Any

from starlette.requests import Request


def has_basic(request: Request, user: str, password: str) -> bool:
    """Whether a request carries these credentials (RFC 7617)."""
    scheme, _, encoded = request.headers.get("authorization", "").partition(" ")
    try:
        given = base64.b64decode(encoded, validate=True) if scheme.lower() == "basic" else b""
    except binascii.Error:
        given = b""
    return hmac.compare_digest(given, f"{user}:{password}".encode())


def bearer(request: Request) -> str:
    """The token that a request carries; empty for none (RFC 6750)."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


def read_object(body: bytes) -> dict[str, Any] | None:
    """The JSON object that a body is; None for anything else."""
    try:
        content = json.loads(body)
    except ValueError:
        return None
    return content if isinstance(content, dict) else None


def text_of(content: dict[str, Any], name: str) -> str:
    """A field that is a text; empty for anything else."""
    value = content.get(name)
    return value if isinstance(value, str) else ""


def texts_of(content: dict[str, Any], name: str) -> list[str] | None:
    """A field that is a list of texts, empty where it is missing; None for anything else."""
    value = content.get(name, [])
    texts = isinstance(value, list) and all(isinstance(each, str) for each in value)
    return value if texts else None
