"""Texting back after missed calls: the messengers' ``missed_call``."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from compliant_sms import flows
from compliant_sms.driver import finish

if TYPE_CHECKING:
    from compliant_sms.contact import SpokenOffer
    from compliant_sms.messages import Outcome
    from compliant_sms.phone import PhoneNumber
    from compliant_sms.ports import Ports


class CallDesk:
    """The part of :class:`~compliant_sms.Messenger` that texts back after missed calls."""

    _ports: Ports

    def missed_call(
        self,
        *,
        from_: str | PhoneNumber,
        call_id: str,
        at: datetime,
        person: str | None = None,
        accepted_offer: SpokenOffer | None = None,
    ) -> Outcome:
        """Text back after a missed call, if every rule allows it; off by default.

        The text goes only if the caller's consent to answers is on record, or if the caller
        accepted an offer, which is then put on record. It goes only to a mobile phone, as
        ``Lookups(line_type=...)`` tells, at most once in 24 hours to a number, and never to one of
        the practice's own numbers. An accepted offer lifts no STOP. Call this as often as the phone
        system reports the call: one call is one text.

        Args:
            from_: the caller's number.
            call_id: the phone system's id of the call.
            at: when it came (aware).
            person: your id of the patient, if you know who called. If not given, and only one
                person ever agreed to texts at the number, it is that person.
            accepted_offer: what the caller was offered by voice, and accepted.

        Returns:
            as for :meth:`send`.

        Raises:
            ConfigurationError: the messenger was given no ``missed_calls``; or as for
                :meth:`send`.
            InvalidInput: an argument cannot be used, or the call is dated in the future.
            InvalidPhoneNumber: the caller withheld the number, or it is not a phone number.
            IdempotencyConflict: the call's id was used for another number.
            StoreError: as for :meth:`send`.
        """
        call = flows.MissedCall(
            from_=from_, call_id=call_id, at=at, person=person, accepted_offer=accepted_offer
        )
        return finish(flows.missed_call(self._ports, call))


class AsyncCallDesk:
    """:class:`CallDesk` for an event loop."""

    _ports: Ports

    async def missed_call(
        self,
        *,
        from_: str | PhoneNumber,
        call_id: str,
        at: datetime,
        person: str | None = None,
        accepted_offer: SpokenOffer | None = None,
    ) -> Outcome:
        """Text back after a missed call, if every rule allows it; off by default.

        See :meth:`CallDesk.missed_call`.
        """
        call = flows.MissedCall(
            from_=from_, call_id=call_id, at=at, person=person, accepted_offer=accepted_offer
        )
        return await flows.missed_call(self._ports, call)
