"""The simulated carrier from outside, over its control API; it may be another process."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from compliant_sms.driver import finish
from compliant_sms.errors import ConfigurationError, TransportError
from compliant_sms.transport import BlockingTransport
from compliant_sms.wire import HttpReply, HttpRequest


class CarrierControl:
    """What the day asks of the carrier.

    Args:
        url: where it listens.
    """

    def __init__(self, url: str) -> None:
        self.url = url.rstrip("/")
        # It answers when the practice has, which reads its word lists for the first text.
        self._http = BlockingTransport(answer_timeout=120)

    def _ask(self, method: str, path: str, content: Mapping[str, object] | None = None) -> Any:  # noqa: ANN401 - JSON
        request = HttpRequest(
            method=method,
            url=f"{self.url}{path}",
            body=b"" if content is None else json.dumps(content).encode(),
        )
        try:
            reply = finish(self._http.send(request))
        except TransportError as error:
            msg = "the carrier cannot be reached. Start one: compliant-sms sandbox"
            raise ConfigurationError(msg) from error
        if reply.status >= 400:
            msg = (
                f"the carrier refused {method} {path.partition('+')[0]}: HTTP {reply.status}. "
                "Start the sandbox of this version of the library: compliant-sms sandbox"
            )
            raise ConfigurationError(msg)
        return json.loads(reply.body) if reply.body else None

    def set_up(self, number: str, inbound_url: str) -> None:
        """Post texts to the practice's number to that URL, and leave STOP and HELP to us."""
        self._ask(
            "PUT",
            f"/sandbox/numbers/{number}",
            {"inbound_url": inbound_url, "answers_keywords": False},
        )

    def set_time(self, at: datetime) -> None:
        """Let the carrier's clock stand at that instant."""
        self._ask("PUT", "/sandbox/clock", {"at": at.isoformat()})

    def patient_texts(self, from_: str, to: str, body: str, sid: str) -> int | None:
        """Let a patient text the practice; the webhook's HTTP status."""
        text = {"from": from_, "to": to, "body": body, "sid": sid}
        status: int | None = self._ask("POST", "/sandbox/inbound", text)["webhook_status"]
        return status

    def book(self) -> list[dict[str, Any]]:
        """All texts in the carrier's book."""
        messages: list[dict[str, Any]] = self._ask("GET", "/sandbox/messages")["messages"]
        return messages

    def post(self, url: str, headers: Mapping[str, str], body: bytes) -> HttpReply:
        """Post something to anywhere, as a stranger could."""
        return finish(
            self._http.send(HttpRequest(method="POST", url=url, headers=headers, body=body))
        )

    def close(self) -> None:
        """Close the connections."""
        self._http.close()
