"""Where a practice writes down what patients agree to: the ledger's part of the facades."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, TypedDict

from compliant_sms import _given, consent, flows
from compliant_sms.consent import Tier
from compliant_sms.consent._words import covered, meant
from compliant_sms.driver import finish
from compliant_sms.phone import PhoneNumber, as_number

if TYPE_CHECKING:
    from compliant_sms.consent import (
        Basis,
        Channel,
        ConsentEvent,
        ConsentState,
        PhiPreference,
        Signature,
        Wording,
        WrittenAgreement,
    )
    from compliant_sms.ports import Ports

__all__ = ["AsyncConsentDesk", "ConsentDesk"]

_RULE = "recorded-by-staff"


def _one_meant(category: str) -> str:
    _given.a_text(category, "category")
    return meant([category])[0] if category else ""


class _Common(TypedDict):
    event_id: str
    practice_id: str
    number: PhoneNumber
    person: str | None
    occurred_at: datetime
    recorded_at: datetime
    actor: str


class _Desk:
    """What both desks have."""

    def __init__(self, ports: Ports) -> None:
        self._ports = ports

    def _common(
        self,
        number: str | PhoneNumber,
        person: str | None,
        recorded_by: str,
        occurred_at: datetime | None,
    ) -> _Common:
        at = self._ports.clock()
        return _Common(
            event_id=self._ports.ids(),
            practice_id=self._ports.practice.id,
            number=as_number(number),
            person=person,
            occurred_at=occurred_at or at,
            recorded_at=at,
            actor=recorded_by,
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
        agreement: WrittenAgreement | None = None,
        given_to: str = "",
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
            agreement: what the wording of written permission said; the rules judge it.
            given_to: whom they agreed to be texted by, where the record names somebody. An opt-in
                serves nobody else (CTIA Messaging Principles 5.1.2.2, 5.1.4).
            occurred_at: when they agreed (aware); now, if not given.
            reference: your own record of it.

        Returns:
            the event as it stands in the ledger.

        Raises:
            InvalidInput: it could not be proved later, or lies in the future; or a category is
                nearly one of the library's.
            StoreError: it could not be recorded.
        """
        event = consent.Granted(
            **self._common(number, person, recorded_by, occurred_at),
            basis=basis,
            tier=tier,
            categories=meant(covered(categories, tier)),
            wording=wording,
            signature=signature,
            reference=reference,
            agreement=agreement,
            given_to=given_to,
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
        category: str = "",
        message_class: str = "",
        clarification_asked: bool = False,
    ) -> ConsentEvent:
        """Record that somebody at the number asked for texts to stop; it holds at once.

        It ends all texts of this practice to the number, whoever's they are (policy P-RV-1),
        until the patient agrees anew. Only where your rules end less does it matter which text it
        answers.

        Args:
            number: which number.
            channel: how the request came, for example ``"spoken"`` or ``"voicemail"``.
            recorded_by: who writes it down.
            person: who asked, if known.
            occurred_at: when they asked (aware); now, if not given.
            reference: your own record of it.
            category: what the text that it answers was about, if it answers one.
            message_class: the class of that text, for example ``MessageClass.MARKETING``; needed
                with a category.
            clarification_asked: you asked which texts are meant; all stop until you
                :meth:`clarify` (47 CFR 64.1200(a)(12)).

        Raises:
            InvalidInput: it lies in the future, or the category comes without its class.
            StoreError: it could not be recorded. Record it again.
        """
        event = consent.Revoked(
            **self._common(number, person, recorded_by, occurred_at),
            channel=channel,
            rule=_RULE,
            reference=reference,
            category=_one_meant(category),
            message_class=message_class,
            clarification_asked=clarification_asked,
        )
        return finish(flows.append_event(self._ports, event))

    def void(
        self,
        number: str | PhoneNumber,
        *,
        person: str,
        recorded_by: str,
        reason: str,
        reference: str = "",
    ) -> ConsentEvent:
        """Record that a consent is not this person's at this number, or was an error.

        For a number that was mistyped, was written into the wrong record, or is the person's no
        longer. What they had agreed to there, and what they wished of health details, counts from
        now on as never said, also what is recorded or imported later and was said before; what was
        decided by it before stays on record as it was. Only their own fresh opt-in
        counts again, and no START does, nor a booking or a form that anybody can fill in. Others at
        the number keep what they agreed to. A text of the person's that waits is blocked when it
        would go.

        It is no opt-out: whoever asks for texts to stop revokes them, which :meth:`revoke` records.

        Args:
            number: which number.
            person: whose consent, by your id of the patient.
            recorded_by: who writes it down, for example ``"front-desk:ana"``.
            reason: what was found, for the record, for example ``"says she is not Ana"``.
            reference: your own record of it.

        Raises:
            InvalidInput: there is no person, or no reason.
            StoreError: it could not be recorded. Record it again.
        """
        event = consent.Voided(
            **self._common(number, person, recorded_by, None), reason=reason, reference=reference
        )
        return finish(flows.append_event(self._ports, event))

    def clarify(
        self,
        number: str | PhoneNumber,
        *,
        keep: Iterable[str],
        channel: Channel | str,
        recorded_by: str,
        person: str | None = None,
        occurred_at: datetime | None = None,
        reference: str = "",
    ) -> ConsentEvent:
        """Record which texts a revocation was not meant to end. 47 CFR 64.1200(a)(12).

        It narrows the revocations that stand then, and gives no consent that was not given before.

        Args:
            number: which number.
            keep: the categories that may go on; none, if the person meant everything.
            channel: how the answer came.
            recorded_by: who writes it down.
            person: who answered, if known. What another person at the number asked for stands.
            occurred_at: when they answered (aware); now, if not given.
            reference: your own record of it.

        Raises:
            InvalidInput: it lies in the future.
            StoreError: it could not be recorded.
        """
        event = consent.Clarified(
            **self._common(number, person, recorded_by, occurred_at),
            keep=meant(keep),
            channel=channel,
            rule=_RULE,
            reference=reference,
        )
        return finish(flows.append_event(self._ports, event))

    def record_phi_preference(
        self,
        number: str | PhoneNumber,
        *,
        person: str,
        warning: Wording,
        channel: Channel | str,
        recorded_by: str,
        occurred_at: datetime | None = None,
        reference: str = "",
    ) -> ConsentEvent:
        """Record that a patient was warned and still wants health details by text.

        It is a wish of one person at one number, for ordinary care. It is no consent to texts, and
        specially protected care stays out of texts all the same. Any revocation at the number ends
        it. Source: 78 FR 5566, 5634 (2013-01-25); policy P-PHI.

        Args:
            number: the number at which they want them.
            person: your id of the patient.
            warning: what they were told before, word for word: that a text is not encrypted and
                that others may read it.
            channel: how they said so, for example ``"spoken"`` or ``"web"``.
            recorded_by: who writes it down, for example ``"front-desk:ana"``.
            occurred_at: when they said so (aware); now, if not given.
            reference: your own record of it.

        Raises:
            InvalidInput: there is no person, or it lies in the future.
            StoreError: it could not be recorded.
        """
        event = consent.PhiPreferenceStated(
            **self._common(number, person, recorded_by, occurred_at),
            prefers=True,
            warning=warning,
            channel=channel,
            reference=reference,
        )
        return finish(flows.append_event(self._ports, event))

    def withdraw_phi_preference(
        self,
        number: str | PhoneNumber,
        *,
        person: str,
        channel: Channel | str,
        recorded_by: str,
        occurred_at: datetime | None = None,
        reference: str = "",
    ) -> ConsentEvent:
        """Record that a patient wants no health details by text, or no longer; it holds at once.

        Texts without details go on. Another person at the number keeps their own wish.

        Args:
            number: which number.
            person: your id of the patient.
            channel: how they said so.
            recorded_by: who writes it down.
            occurred_at: when they said so (aware); now, if not given.
            reference: your own record of it.

        Raises:
            InvalidInput: there is no person, or it lies in the future.
            StoreError: it could not be recorded. Record it again.
        """
        event = consent.PhiPreferenceStated(
            **self._common(number, person, recorded_by, occurred_at),
            prefers=False,
            channel=channel,
            reference=reference,
        )
        return finish(flows.append_event(self._ports, event))

    def phi_preference(
        self, number: str | PhoneNumber, *, person: str, as_known_at: datetime | None = None
    ) -> PhiPreference:
        """What the person at the number wants of health details, now or as it was known."""
        return finish(flows.wish_for_detail(self._ports, as_number(number), person, as_known_at))

    def state(
        self, number: str | PhoneNumber, *, person: str, as_known_at: datetime | None = None
    ) -> ConsentState:
        """What the person at the number agrees to, now or as it was known at an instant."""
        return finish(flows.consent_state(self._ports, as_number(number), person, as_known_at))

    def events(self, number: str | PhoneNumber) -> tuple[ConsentEvent, ...]:
        """All events about a number, oldest record first."""
        return finish(flows.consent_events(self._ports, as_number(number)))


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
        agreement: WrittenAgreement | None = None,
        given_to: str = "",
        occurred_at: datetime | None = None,
        reference: str = "",
    ) -> ConsentEvent:
        """See :meth:`ConsentDesk.grant`."""
        event = consent.Granted(
            **self._common(number, person, recorded_by, occurred_at),
            basis=basis,
            tier=tier,
            categories=meant(covered(categories, tier)),
            wording=wording,
            signature=signature,
            reference=reference,
            agreement=agreement,
            given_to=given_to,
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
        category: str = "",
        message_class: str = "",
        clarification_asked: bool = False,
    ) -> ConsentEvent:
        """See :meth:`ConsentDesk.revoke`."""
        event = consent.Revoked(
            **self._common(number, person, recorded_by, occurred_at),
            channel=channel,
            rule=_RULE,
            reference=reference,
            category=_one_meant(category),
            message_class=message_class,
            clarification_asked=clarification_asked,
        )
        return await flows.append_event(self._ports, event)

    async def void(
        self,
        number: str | PhoneNumber,
        *,
        person: str,
        recorded_by: str,
        reason: str,
        reference: str = "",
    ) -> ConsentEvent:
        """See :meth:`ConsentDesk.void`."""
        event = consent.Voided(
            **self._common(number, person, recorded_by, None), reason=reason, reference=reference
        )
        return await flows.append_event(self._ports, event)

    async def clarify(
        self,
        number: str | PhoneNumber,
        *,
        keep: Iterable[str],
        channel: Channel | str,
        recorded_by: str,
        person: str | None = None,
        occurred_at: datetime | None = None,
        reference: str = "",
    ) -> ConsentEvent:
        """See :meth:`ConsentDesk.clarify`."""
        event = consent.Clarified(
            **self._common(number, person, recorded_by, occurred_at),
            keep=meant(keep),
            channel=channel,
            rule=_RULE,
            reference=reference,
        )
        return await flows.append_event(self._ports, event)

    async def record_phi_preference(
        self,
        number: str | PhoneNumber,
        *,
        person: str,
        warning: Wording,
        channel: Channel | str,
        recorded_by: str,
        occurred_at: datetime | None = None,
        reference: str = "",
    ) -> ConsentEvent:
        """See :meth:`ConsentDesk.record_phi_preference`."""
        event = consent.PhiPreferenceStated(
            **self._common(number, person, recorded_by, occurred_at),
            prefers=True,
            warning=warning,
            channel=channel,
            reference=reference,
        )
        return await flows.append_event(self._ports, event)

    async def withdraw_phi_preference(
        self,
        number: str | PhoneNumber,
        *,
        person: str,
        channel: Channel | str,
        recorded_by: str,
        occurred_at: datetime | None = None,
        reference: str = "",
    ) -> ConsentEvent:
        """See :meth:`ConsentDesk.withdraw_phi_preference`."""
        event = consent.PhiPreferenceStated(
            **self._common(number, person, recorded_by, occurred_at),
            prefers=False,
            channel=channel,
            reference=reference,
        )
        return await flows.append_event(self._ports, event)

    async def phi_preference(
        self, number: str | PhoneNumber, *, person: str, as_known_at: datetime | None = None
    ) -> PhiPreference:
        """See :meth:`ConsentDesk.phi_preference`."""
        return await flows.wish_for_detail(self._ports, as_number(number), person, as_known_at)

    async def state(
        self, number: str | PhoneNumber, *, person: str, as_known_at: datetime | None = None
    ) -> ConsentState:
        """See :meth:`ConsentDesk.state`."""
        return await flows.consent_state(self._ports, as_number(number), person, as_known_at)

    async def events(self, number: str | PhoneNumber) -> tuple[ConsentEvent, ...]:
        """See :meth:`ConsentDesk.events`."""
        return await flows.consent_events(self._ports, as_number(number))
