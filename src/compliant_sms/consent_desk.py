"""Where a practice writes down what patients agree to: the ledger's part of the facades."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from compliant_sms import flows
from compliant_sms.consent import (
    Basis,
    Category,
    Channel,
    ConsentEvent,
    ConsentState,
    Granted,
    Revoked,
    Signature,
    Tier,
    Wording,
)
from compliant_sms.driver import finish
from compliant_sms.phone import PhoneNumber
from compliant_sms.ports import Ports

__all__ = ["AsyncConsentDesk", "ConsentDesk"]

# A number given at intake is consent within the scope of why it was given (FCC 15-72, 2015).
_CARE = (Category.APPOINTMENTS, Category.CARE, Category.ANSWERS)
# Written permission covers what it names, and promotions are what it is asked for.
_USUAL_CATEGORIES = {Tier.PRIOR_EXPRESS_WRITTEN: (Category.PROMOTIONS,)}


def _numbered(number: str | PhoneNumber) -> PhoneNumber:
    return number if isinstance(number, PhoneNumber) else PhoneNumber.parse(number)


class _Desk:
    """Builds ledger events, for both desks."""

    def __init__(self, ports: Ports) -> None:
        self._ports = ports

    def _grant(
        self,
        number: str | PhoneNumber,
        *,
        person: str,
        basis: Basis | str,
        wording: Wording | None,
        recorded_by: str,
        tier: Tier,
        categories: Iterable[str] | None,
        signature: Signature | None,
        occurred_at: datetime | None,
        reference: str,
    ) -> Granted:
        at = self._ports.clock()
        return Granted(
            event_id=self._ports.ids(),
            practice_id=self._ports.practice.id,
            number=_numbered(number),
            person=person,
            occurred_at=occurred_at or at,
            recorded_at=at,
            actor=recorded_by,
            basis=basis,
            tier=tier,
            categories=_USUAL_CATEGORIES.get(tier, _CARE) if categories is None else categories,
            wording=wording,
            signature=signature,
            reference=reference,
        )

    def _revocation(
        self,
        number: str | PhoneNumber,
        *,
        channel: Channel | str,
        recorded_by: str,
        person: str | None,
        occurred_at: datetime | None,
        reference: str,
    ) -> Revoked:
        at = self._ports.clock()
        return Revoked(
            event_id=self._ports.ids(),
            practice_id=self._ports.practice.id,
            number=_numbered(number),
            person=person,
            occurred_at=occurred_at or at,
            recorded_at=at,
            actor=recorded_by,
            channel=channel,
            rule="recorded-by-staff",
            reference=reference,
        )


class ConsentDesk(_Desk):
    """Where a practice writes down what patients agree to and take back."""

    def grant(
        self,
        number: str | PhoneNumber,
        *,
        person: str,
        basis: Basis | str,
        recorded_by: str,
        wording: Wording | None = None,
        tier: Tier = Tier.PRIOR_EXPRESS,
        categories: Iterable[str] | None = None,
        signature: Signature | None = None,
        occurred_at: datetime | None = None,
        reference: str = "",
    ) -> ConsentEvent:
        """Record that a patient agreed to texts; durable before it returns.

        Args:
            number: the number they agreed to be texted at.
            person: your id of the patient.
            basis: how they agreed, for example ``"intake_form"``.
            recorded_by: who writes it down, for example ``"front-desk:ana"``.
            wording: what they were shown; needed wherever something was shown.
            tier: :attr:`Tier.PRIOR_EXPRESS`, or written for promotions.
            categories: what it covers. Without it: appointments, care and answers; for written
                permission promotions.
            signature: how they signed; needed for written permission (47 CFR 64.1200(f)(9)).
            occurred_at: when they agreed (aware); now, if not given.
            reference: your own record of it.

        Returns:
            the event as it stands in the ledger.

        Raises:
            InvalidInput: it could not be proved later, or lies in the future.
            StoreError: it could not be recorded.
        """
        event = self._grant(
            number,
            person=person,
            basis=basis,
            wording=wording,
            recorded_by=recorded_by,
            tier=tier,
            categories=categories,
            signature=signature,
            occurred_at=occurred_at,
            reference=reference,
        )
        return finish(flows.append_event(self._ports, event))

    def revoke(
        self,
        number: str | PhoneNumber,
        *,
        channel: Channel | str,
        recorded_by: str,
        person: str | None = None,
        occurred_at: datetime | None = None,
        reference: str = "",
    ) -> ConsentEvent:
        """Record that somebody at the number asked for texts to stop; it holds at once.

        It ends all texts of this practice to the number, whoever's they are (policy P-RV-1),
        until the patient agrees anew.

        Args:
            number: which number.
            channel: how the request came, for example ``"spoken"`` or ``"voicemail"``.
            recorded_by: who writes it down.
            person: who asked, if known.
            occurred_at: when they asked (aware); now, if not given.
            reference: your own record of it.

        Raises:
            InvalidInput: it lies in the future.
            StoreError: it could not be recorded. Record it again.
        """
        event = self._revocation(
            number,
            channel=channel,
            recorded_by=recorded_by,
            person=person,
            occurred_at=occurred_at,
            reference=reference,
        )
        return finish(flows.append_event(self._ports, event))

    def state(
        self, number: str | PhoneNumber, person: str, *, as_known_at: datetime | None = None
    ) -> ConsentState:
        """What the person at the number agrees to, now or as it was known at an instant."""
        return finish(flows.consent_state(self._ports, _numbered(number), person, as_known_at))

    def events(self, number: str | PhoneNumber) -> tuple[ConsentEvent, ...]:
        """All events about a number, oldest record first."""
        return finish(flows.consent_events(self._ports, _numbered(number)))


class AsyncConsentDesk(_Desk):
    """:class:`ConsentDesk` for an event loop."""

    async def grant(
        self,
        number: str | PhoneNumber,
        *,
        person: str,
        basis: Basis | str,
        recorded_by: str,
        wording: Wording | None = None,
        tier: Tier = Tier.PRIOR_EXPRESS,
        categories: Iterable[str] | None = None,
        signature: Signature | None = None,
        occurred_at: datetime | None = None,
        reference: str = "",
    ) -> ConsentEvent:
        """See :meth:`ConsentDesk.grant`."""
        event = self._grant(
            number,
            person=person,
            basis=basis,
            wording=wording,
            recorded_by=recorded_by,
            tier=tier,
            categories=categories,
            signature=signature,
            occurred_at=occurred_at,
            reference=reference,
        )
        return await flows.append_event(self._ports, event)

    async def revoke(
        self,
        number: str | PhoneNumber,
        *,
        channel: Channel | str,
        recorded_by: str,
        person: str | None = None,
        occurred_at: datetime | None = None,
        reference: str = "",
    ) -> ConsentEvent:
        """See :meth:`ConsentDesk.revoke`."""
        event = self._revocation(
            number,
            channel=channel,
            recorded_by=recorded_by,
            person=person,
            occurred_at=occurred_at,
            reference=reference,
        )
        return await flows.append_event(self._ports, event)

    async def state(
        self, number: str | PhoneNumber, person: str, *, as_known_at: datetime | None = None
    ) -> ConsentState:
        """See :meth:`ConsentDesk.state`."""
        return await flows.consent_state(self._ports, _numbered(number), person, as_known_at)

    async def events(self, number: str | PhoneNumber) -> tuple[ConsentEvent, ...]:
        """See :meth:`ConsentDesk.events`."""
        return await flows.consent_events(self._ports, _numbered(number))
