"""Clients that only know their vendor's https address, talked into using the recorder's."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from requests import PreparedRequest, Response, Session
from requests.adapters import HTTPAdapter


class _Loopback(HTTPAdapter):
    def __init__(self, url: str) -> None:
        super().__init__()
        self._url = url

    def send(self, request: PreparedRequest, *args: Any, **kwargs: Any) -> Response:
        parts = urlsplit(request.url or "")
        request.url = f"{self._url}{parts.path}{f'?{parts.query}' if parts.query else ''}"
        return super().send(request, *args, **kwargs)


def use_loopback(session: Session, url: str) -> None:
    """Have whatever a session sends arrive at the recorder."""
    session.mount("https://", _Loopback(url))
