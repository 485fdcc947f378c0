"""Simulated carriers that speak the protocols of Twilio, Telnyx, Vonage and Bandwidth.

For demos and tests: point a client's base URL at :attr:`Sandbox.url`. No text leaves the machine.
Texts are kept in a book that can be read back, and callbacks are signed as each provider signs
them. The sandbox shares nothing with the library's adapters, so each checks the other. At the same
address a page shows patients' phones; with :meth:`Sandbox.attach` it also shows a messenger's
decisions.

Needs the extra ``sandbox``; Telnyx's signatures need ``telnyx`` too, and requests to Vonage with a
JWT need ``vonage``.
"""

from __future__ import annotations

from compliant_sms.errors import MissingExtra

try:
    from compliant_sms.sandbox._account import Account
    from compliant_sms.sandbox._bandwidth import BandwidthAccount
    from compliant_sms.sandbox._entries import Author, BookEntry, Direction, Outcome
    from compliant_sms.sandbox._faults import CallbackFault, FaultKind
    from compliant_sms.sandbox._phones import MovingClock, PatientPhone
    from compliant_sms.sandbox._server import Sandbox, serve
    from compliant_sms.sandbox._telnyx import TelnyxAccount
    from compliant_sms.sandbox._twilio import TwilioAccount
    from compliant_sms.sandbox._vonage import VonageAccount
except ModuleNotFoundError as _error:
    if (_error.name or "").partition(".")[0] not in {"starlette", "uvicorn"}:
        raise
    raise MissingExtra("sandbox", "the sandbox carrier") from _error  # noqa: EM101 - an extra

__all__ = [
    "Account",
    "Author",
    "BandwidthAccount",
    "BookEntry",
    "CallbackFault",
    "Direction",
    "FaultKind",
    "MovingClock",
    "Outcome",
    "PatientPhone",
    "Sandbox",
    "TelnyxAccount",
    "TwilioAccount",
    "VonageAccount",
    "serve",
]
