"""Recording of what patients agree to: ``messenger.consent``."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, TypedDict

from compliant_sms import _given, consent, flows
from compliant_sms.consent import Tier
from compliant_sms.consent._words import categories_covered, declared_categories
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

_RULE = "recorded-by-staff"


class _Common(TypedDict):
    event_id: str
    practice_id: str
    number: PhoneNumber
    person: str | None
    occurred_at: datetime
    recorded_at: datetime
    actor: str


class _Desk:
    """What both desks share."""

    def __init__(self, ports: Ports) -> None:
        self._ports = ports

    def _declared(self, names: Iterable[str]) -> tuple[str, ...]:
        return declared_categories(names, self._ports.practice.own_categories)

    def _one_declared(self, category: str) -> str:
        _given.a_text(category, "category")
        return self._declared([category])[0] if category else ""

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
    """Records what patients agree to and take back."""

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
        """Record that a patient agreed to texts. The record is durable before this returns.

        Args:
            number: the number they agreed to be texted at.
            person: your id of the patient.
            basis: how they agreed, for example ``"intake_form"``.
            recorded_by: who records it, for example ``"front-desk:ana"``.
            wording: what they were shown; required if anything was shown.
            tier: :attr:`Tier.PRIOR_EXPRESS`, or written consent, for promotions.
            categories: what it covers: :class:`Category`, and those that
                ``Practice(own_categories=[...])`` declares. By default appointments, care and
                answers; for written consent, promotions.
            signature: how they signed; required for written consent (47 CFR 64.1200(f)(9)).
            agreement: what the wording of the written consent said; the rules judge it.
            given_to: whom they agreed to be texted by, if the record names somebody. An opt-in
                serves nobody else (CTIA Messaging Principles 5.1.2.2, 5.1.4).
            occurred_at: when they agreed (aware); now, if not given.
            reference: your own record of it.

        Returns:
            the event as recorded in the ledger.

        Raises:
            InvalidInput: the consent could not be proved later, or is dated in the future; or a
                category is neither one of the library's nor of ``Practice(own_categories=[...])``.
            StoreError: it could not be recorded.
        """
        event = consent.Granted(
            **self._common(number, person, recorded_by, occurred_at),
            basis=basis,
            tier=tier,
            categories=self._declared(categories_covered(categories, tier)),
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
        """Record that somebody at the number asked for texts to stop. It holds at once.

        It ends all texts of this practice to the number, whomever they are for (policy P-RV-1),
        until the patient agrees again. Which text it answers matters only if your rules make a
        revocation end less than that.

        Args:
            number: which number.
            channel: how the request came, for example ``"spoken"`` or ``"voicemail"``.
            recorded_by: who records it.
            person: who asked, if known.
            occurred_at: when they asked (aware); now, if not given.
            reference: your own record of it.
            category: the category of the text that it answers, if it answers one.
            message_class: the class of that text, for example ``MessageClass.MARKETING``; required
                with a category.
            clarification_asked: you asked which texts are meant; all stop until you
                :meth:`clarify` (47 CFR 64.1200(a)(12)).

        Raises:
            InvalidInput: it is dated in the future, or the category is unknown or comes without
                its class.
            StoreError: it could not be recorded. Record it again.
        """
        event = consent.Revoked(
            **self._common(number, person, recorded_by, occurred_at),
            channel=channel,
            rule=_RULE,
            reference=reference,
            category=self._one_declared(category),
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

        Use it for a number that was mistyped, entered in the wrong record, or is no longer the
        person's. From now on, what they agreed to there and their wish about health details count
        as never said, including what was said before but is recorded or imported later. Past
        decisions stay on record as they were. Only the person's own new opt-in counts again: not a
        START, nor a booking or a form that anybody can fill in. Others at the number keep what they
        agreed to. A waiting text to the person is blocked when it would go.

        This is not an opt-out: if somebody asks for texts to stop, use :meth:`revoke`.

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

        It narrows the revocations in force at that time, and adds no consent that was not given
        before.

        Args:
            number: which number.
            keep: the categories that may go on; none, if the person meant everything.
            channel: how the answer came.
            recorded_by: who records it.
            person: who answered, if known. What another person at the number asked for stands.
            occurred_at: when they answered (aware); now, if not given.
            reference: your own record of it.

        Raises:
            InvalidInput: it is dated in the future, or there is no such category.
            StoreError: it could not be recorded.
        """
        event = consent.Clarified(
            **self._common(number, person, recorded_by, occurred_at),
            keep=self._declared(keep),
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

        It is the wish of one person at one number, for ordinary care. It is not consent to texts,
        and specially protected care still stays out of texts. Any revocation at the number ends
        it. Source: 78 FR 5566, 5634 (2013-01-25); policy P-PHI.

        Args:
            number: the number at which they want them.
            person: your id of the patient.
            warning: what they were told first, word for word: that a text is not encrypted and
                that others may read it.
            channel: how they said so, for example ``"spoken"`` or ``"web"``.
            recorded_by: who records it, for example ``"front-desk:ana"``.
            occurred_at: when they said so (aware); now, if not given.
            reference: your own record of it.

        Raises:
            InvalidInput: ``person`` is missing, or it is dated in the future.
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
        """Record that a patient wants no, or no more, health details by text. It holds at once.

        Texts without details go on. Another person at the number keeps their own wish.

        Args:
            number: which number.
            person: your id of the patient.
            channel: how they said so.
            recorded_by: who records it.
            occurred_at: when they said so (aware); now, if not given.
            reference: your own record of it.

        Raises:
            InvalidInput: ``person`` is missing, or it is dated in the future.
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
        """The person's wish about health details at the number, now or as known at an instant."""
        return finish(flows.wish_for_detail(self._ports, as_number(number), person, as_known_at))

    def state(
        self, number: str | PhoneNumber, *, person: str, as_known_at: datetime | None = None
    ) -> ConsentState:
        """What the person at the number agrees to, now or as known at an instant."""
        return finish(flows.consent_state(self._ports, as_number(number), person, as_known_at))

    def events(self, number: str | PhoneNumber) -> tuple[ConsentEvent, ...]:
        """All events about a number, in the order they were recorded."""
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
        """Record that a patient agreed to texts. The record is durable before this returns.

        See :meth:`ConsentDesk.grant`.
        """
        event = consent.Granted(
            **self._common(number, person, recorded_by, occurred_at),
            basis=basis,
            tier=tier,
            categories=self._declared(categories_covered(categories, tier)),
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
        """Record that somebody at the number asked for texts to stop. It holds at once.

        See :meth:`ConsentDesk.revoke`.
        """
        event = consent.Revoked(
            **self._common(number, person, recorded_by, occurred_at),
            channel=channel,
            rule=_RULE,
            reference=reference,
            category=self._one_declared(category),
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
        """Record that a consent is not this person's at this number, or was an error.

        See :meth:`ConsentDesk.void`.
        """
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
        """Record which texts a revocation was not meant to end. 47 CFR 64.1200(a)(12).

        See :meth:`ConsentDesk.clarify`.
        """
        event = consent.Clarified(
            **self._common(number, person, recorded_by, occurred_at),
            keep=self._declared(keep),
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
        """Record that a patient was warned and still wants health details by text.

        See :meth:`ConsentDesk.record_phi_preference`.
        """
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
        """Record that a patient wants no, or no more, health details by text. It holds at once.

        See :meth:`ConsentDesk.withdraw_phi_preference`.
        """
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
        """The person's wish about health details at the number, now or as known at an instant.

        See :meth:`ConsentDesk.phi_preference`.
        """
        return await flows.wish_for_detail(self._ports, as_number(number), person, as_known_at)

    async def state(
        self, number: str | PhoneNumber, *, person: str, as_known_at: datetime | None = None
    ) -> ConsentState:
        """What the person at the number agrees to, now or as known at an instant.

        See :meth:`ConsentDesk.state`.
        """
        return await flows.consent_state(self._ports, as_number(number), person, as_known_at)

    async def events(self, number: str | PhoneNumber) -> tuple[ConsentEvent, ...]:
        """All events about a number, in the order they were recorded.

        See :meth:`ConsentDesk.events`.
        """
        return await flows.consent_events(self._ports, as_number(number))
