"""Who may look at the page and use the controls: this machine's own programs, and the page itself.

The server listens on loopback alone, but a browser on this machine shows pages of anybody. A page
from elsewhere must neither read what stands here, by a name that leads to 127.0.0.1 (DNS
rebinding), nor press its buttons (cross-site request forgery).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_HERE = re.compile(r"(127\.0\.0\.1|localhost|\[::1\])(:[0-9]{1,5})?", re.IGNORECASE)
_OWN_SITE: Final = frozenset({"", "same-origin", "none"})

HEADERS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "content-security-policy": (
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
            "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
            "require-trusted-types-for 'script'; trusted-types 'none'"
        ),
        "x-content-type-options": "nosniff",
        "x-frame-options": "DENY",
        "referrer-policy": "no-referrer",
        "cross-origin-opener-policy": "same-origin",
        "cross-origin-resource-policy": "same-origin",
        "cache-control": "no-store",
    }
)
"""Of every answer, whatever it is."""


class Guard:
    """Refuses strangers before the page or the controls hear of them.

    The providers' own paths are not its business: whoever calls them shows credentials.

    Args:
        app: what is guarded.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request through, or answer it with 403 or 421."""
        if scope["type"] != "http" or not _is_ours(scope["path"]):
            await self._app(scope, receive, send)
            return

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(HEADERS)
            await send(message)

        refusal = _refusal(scope)
        if refusal is None:
            await self._app(scope, receive, with_headers)
            return
        status, words = refusal
        await JSONResponse({"error": words}, status)(scope, receive, with_headers)


def _is_ours(path: str) -> bool:
    return path == "/" or path.startswith("/sandbox/")


def _refusal(scope: Scope) -> tuple[int, str] | None:
    headers = Headers(scope=scope)
    host, origin = headers.get("host", ""), headers.get("origin")
    if len(headers.getlist("host")) != 1 or not _HERE.fullmatch(host):
        return 421, "the sandbox answers to 127.0.0.1 and localhost only. Use the printed address."
    if origin is not None and origin.lower() != f"http://{host}".lower():
        return 403, "a page from elsewhere asked. Only the sandbox's own page may."
    # A link from elsewhere may open the page, which shows nothing to whoever linked to it.
    opens_page = scope["path"] == "/" and scope["method"] in {"GET", "HEAD"}
    if not opens_page and headers.get("sec-fetch-site", "") not in _OWN_SITE:
        return 403, "a page from elsewhere asked. Only the sandbox's own page may."
    return None
