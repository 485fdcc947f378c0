"""A carrier in a process of its own, and numbers for it."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any
from urllib.request import urlopen

from compliant_sms.errors import InvalidPhoneNumber
from compliant_sms.phone import PhoneNumber
from unmeasured import surroundings

SID = "AC" + "5e" * 16
TOKEN = "a-token-that-signs-nothing-real"
# Nobody listens there. A port that was free a moment ago may be somebody else's by now; this one is
# below those that systems hand out.
CLOSED = "http://127.0.0.1:9"

CARRIER = """
import json, sys
from compliant_sms.sandbox import Sandbox, serve
sid, token, *numbers = json.load(sys.stdin)
sandbox = Sandbox(account_sid=sid, auth_token=token, numbers=numbers, answers_keywords=False)
serve(sandbox, ready=lambda url: print(url, flush=True))
"""


def own_numbers(many: int) -> list[str]:
    """Numbers that nobody has, in area codes that exist."""
    found: list[str] = []
    for area in range(200, 1000):
        try:
            PhoneNumber.parse(f"+1{area}5550100")
        except InvalidPhoneNumber:
            continue
        found += [f"+1{area}55501{last:02}" for last in range(100)]
    assert len(found) >= many
    return found[:many]


@contextmanager
def carrier_of(numbers: Sequence[str]) -> Iterator[str]:
    """A carrier in a process of its own, which no kill of ours reaches; its URL."""
    process = subprocess.Popen(
        [sys.executable, "-c", CARRIER],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,  # requests that end halfway make it complain
        text=True,
        env=surroundings(),
    )
    assert process.stdin is not None
    assert process.stdout is not None
    with process.stdin as pipe:
        json.dump([SID, TOKEN, *numbers], pipe)
    try:
        yield process.stdout.readline().strip()
    finally:
        process.terminate()
        process.wait(60)
        process.stdout.close()


def book_of(url: str) -> dict[str, list[dict[str, Any]]]:
    """The texts that the carrier took from us, by our number."""
    with urlopen(f"{url}/sandbox/messages") as answer:
        entries: list[dict[str, Any]] = json.load(answer)["messages"]
    book: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for entry in entries:
        if entry["author"] == "application":
            book[entry["from"]].append(entry)
    return book
