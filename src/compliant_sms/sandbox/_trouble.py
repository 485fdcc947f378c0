"""Faults of a carrier that a test asks for."""

from __future__ import annotations

from collections.abc import Mapping

from compliant_sms.sandbox._carrier import Carrier
from compliant_sms.sandbox._entries import Outcome
from compliant_sms.sandbox._faults import CallbackFault, FaultKind, make_faults, make_rates


class Trouble:
    """What both carriers have, the one behind a port and the one inside a test's process."""

    _carrier: Carrier

    def set_delivery(self, number: str, outcome: Outcome, *, error_code: int | None = None) -> None:
        """Set the final status of texts to a recipient, which is ``"delivered"`` by default.

        Args:
            number: the recipient's number (E.164).
            outcome: the final status.
            error_code: the provider's code, for ``"undelivered"`` and ``"failed"``; by default the
                one for a handset that cannot be reached.

        Raises:
            InvalidInput: it is not a number, the outcome is unknown or has no code.
        """
        with self._carrier.open() as book:
            book.set_outcome(number, outcome, error_code)

    def fail_next(
        self,
        kind: FaultKind | CallbackFault | str,
        *,
        provider: str | None = None,
        status: int = 503,
        headers: Mapping[str, str] | None = None,
        body: str | Mapping[str, object] = "",
        seconds: float = 0.0,
        times: int = 1,
    ) -> None:
        """Make the next requests or callbacks go wrong, after those already queued to.

        Args:
            kind: a :class:`FaultKind`, for create requests, or a :class:`CallbackFault`, for
                callbacks; or its value.
            provider: the provider concerned, for example ``"telnyx"``; None for any.
            status: for ``"status"``, the HTTP status to answer with.
            headers: for ``"status"``, for example ``{"Retry-After": "2"}``.
            body: for ``"status"``; a mapping is sent as JSON, a string as HTML or plain text.
            seconds: for ``"delay"``, how late the answer is; for ``"rate_limited"``, how long to
                wait, at providers that say so.
            times: how many requests or callbacks go wrong.

        Raises:
            InvalidInput: the kind is unknown, or the status, delay or count is impossible.
        """
        faults = make_faults(
            kind,
            provider=provider,
            status=status,
            headers=headers,
            body=body,
            seconds=seconds,
            times=times,
        )
        with self._carrier.open() as book:
            book.queue_faults(faults)

    def set_fault_rates(self, rates: Mapping[str, float], *, seconds: float = 0.0) -> None:
        """Let requests and callbacks go wrong by chance, in place of the rates before.

        What is hit depends on the seed, on who texts whom and on how often they did, and not on
        the order in which requests of different patients come in.

        Args:
            rates: the share that each kind hits, from 0 to 1; empty to have no faults any more.
            seconds: the longest ``"delay"``, and what ``"rate_limited"`` asks to wait.

        Raises:
            InvalidInput: an unknown kind, or shares that cannot be.
        """
        made = make_rates(rates, seconds)
        with self._carrier.open() as book:
            book.rates = made
