"""Recorded callbacks and signed requests of all providers, with what a careful verifier says."""

from __future__ import annotations

import json
import random
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from compliant_sms.wire import WebhookRequest

__all__ = ["flipped", "signature_vectors", "vector_request", "vector_time"]

_FILE = Path(__file__).parent / "data" / "signature-vectors.jsonl"


@cache
def signature_vectors() -> tuple[dict[str, Any], ...]:
    """All of them, in their order."""
    return tuple(json.loads(line) for line in _FILE.read_text().splitlines())


def vector_request(row: dict[str, Any]) -> WebhookRequest:
    """The callback of a vector."""
    request = row["request"]
    return WebhookRequest(
        method=request["method"],
        url=request["url"],
        headers=request["headers"],
        body=(request["body"] or "").encode(),
    )


def vector_time(row: dict[str, Any]) -> datetime:
    """When it is checked."""
    return datetime.fromtimestamp(row["now"], UTC)


def flipped(data: bytes, chance: random.Random) -> bytes:
    """The same with one bit changed."""
    place = chance.randrange(len(data) * 8)
    changed = bytearray(data)
    changed[place // 8] ^= 1 << place % 8
    return bytes(changed)
