"""What goes wrong at a carrier when a test asks for it."""

from __future__ import annotations

from collections.abc import Mapping

from compliant_sms.sandbox._carrier import Carrier
from compliant_sms.sandbox._entries import Outcome
from compliant_sms.sandbox._faults import CallbackFault, FaultKind, make_faults, make_rates


class Trouble:
    """What both carriers have, the one behind a port and the one inside a test's process."""

    _carrier: Carrier

    def set_delivery(self, number: str, outcome: Outcome, *, error_code: int | None = None) -> None:
        """Say where texts to a recipient come to rest; ``"delivered"`` unless told otherwise.

        Args:
            number: the recipient's, E.164.
            outcome: the last status.
            error_code: the provider's, for ``"undelivered"`` and ``"failed"``; when left out, the
                one for a handset that cannot be reached.

        Raises:
            InvalidInput: not a number, an unknown outcome, or a code for one that has none.
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
        """Let what comes next go wrong, after what is to go wrong already.

        Args:
            kind: a :class:`FaultKind`, for create requests, or a :class:`CallbackFault`, for
                callbacks; or its value.
            provider: whose requests or callbacks, for example ``"telnyx"``; None for anybody's.
            status: for ``"status"``, what to answer.
            headers: for ``"status"``, for example ``{"Retry-After": "2"}``.
            body: for ``"status"``; a mapping goes out as JSON, a text as HTML or plain text.
            seconds: for ``"delay"``, how late the answer is; for ``"rate_limited"``, how long to
                wait, at providers that say so.
            times: how many requests or callbacks go wrong.

        Raises:
            InvalidInput: an unknown kind, an impossible status, delay or count.
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
