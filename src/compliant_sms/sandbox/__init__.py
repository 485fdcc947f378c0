"""A carrier on this machine that speaks Twilio's messaging protocol over real HTTP.

For demos and tests: point a Twilio client's base URL at :attr:`Sandbox.url`. Texts go nowhere;
they are kept in a book that can be read back, and callbacks are signed as Twilio signs them.
Nothing in here is shared with our own Twilio adapter, so that each is a check on the other.

Needs the extra ``sandbox``.
"""

from __future__ import annotations

from compliant_sms.errors import MissingExtra

try:
    from compliant_sms.sandbox._entries import Author, BookEntry, Direction, Outcome
    from compliant_sms.sandbox._faults import FaultKind
    from compliant_sms.sandbox._server import Sandbox, serve
except ModuleNotFoundError as _error:
    if (_error.name or "").partition(".")[0] not in {"starlette", "uvicorn"}:
        raise
    raise MissingExtra("sandbox", "the sandbox carrier") from _error  # noqa: EM101 - an extra

__all__ = ["Author", "BookEntry", "Direction", "FaultKind", "Outcome", "Sandbox", "serve"]
