"""Sending by the name of a template: the templates' part of the facades."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from compliant_sms import _given, flows
from compliant_sms.classification import MessageClass
from compliant_sms.consent import Category
from compliant_sms.driver import finish
from compliant_sms.errors import ConfigurationError

if TYPE_CHECKING:
    from compliant_sms.messages import Outcome
    from compliant_sms.phone import PhoneNumber
    from compliant_sms.ports import Ports
    from compliant_sms.reminders import ReminderPlan
    from compliant_sms.templates import Catalogue, Template

__all__ = ["AsyncTemplateDesk", "TemplateDesk", "a_catalogue", "plans_with"]

_ABOUT_VISITS = (MessageClass.TRANSACTIONAL, Category.APPOINTMENTS)


def a_catalogue(given: Catalogue | None) -> Catalogue | None:
    """What a messenger was given for its templates.

    Raises:
        InvalidInput: it is no catalogue.
    """
    if given is not None:
        from compliant_sms.templates import Catalogue

        _given.a_kind(given, Catalogue, "templates", "a Catalogue of templates")
    return given


def plans_with(
    given: Sequence[ReminderPlan], templates: Catalogue | None
) -> tuple[ReminderPlan, ...]:
    """The plans of a practice, whose templates are there and fit.

    A template of which all versions were withdrawn is refused when a text is to be made from it:
    a practice must be able to receive a STOP without it.

    Raises:
        InvalidInput: something is no plan, or two are for the same kind of visit.
        ConfigurationError: a plan names a template that is not there, or is not for visits.
    """
    from compliant_sms.reminders import plans_of

    plans = plans_of(given)
    for plan in plans:
        recall = plan.recall.template if plan.recall else None
        if plan.template is not None:
            _refuse_unfit(_versions(templates, plan.template), may_ask=plan.confirm)
        if recall is not None:
            _refuse_unfit(_versions(templates, recall), may_ask=False)
    return plans


def _versions(templates: Catalogue | None, name: str) -> list[Template]:
    found = [each for each in templates or () if each.name == name]
    if not found:
        msg = (
            f"a plan for reminders names the template {name!r}, and there is none of that name. "
            "Pass Messenger(templates=Catalogue(...)) with it."
        )
        raise ConfigurationError(msg)
    return found


def _refuse_unfit(versions: Iterable[Template], *, may_ask: bool) -> None:
    from compliant_sms.optout import Awaiting

    asks = {None, Awaiting.CONFIRM} if may_ask else {None}
    for template in versions:
        purpose = template.purpose
        fits = (purpose.message_class, purpose.category) == _ABOUT_VISITS
        if not fits or template.picked_by_people or template.asks not in asks:
            msg = (
                f"{template.name} {template.version} is no template for this plan: its purpose "
                "must be about appointments and sell nothing, people do not pick it, and it asks "
                "to confirm at most, and only where the plan has confirm=True and is no recall."
            )
            raise ConfigurationError(msg)


class _Desk:
    _ports: Ports

    @property
    def templates(self) -> Catalogue | None:
        """The practice's templates; None where the messenger was given none."""
        return self._ports.templates


class TemplateDesk(_Desk):
    """The part of :class:`~compliant_sms.Messenger` that sends by the name of a template."""

    def send_template(
        self,
        template: str,
        *,
        to: str | PhoneNumber,
        person: str,
        values: Mapping[str, object],
        idempotency_key: str,
        language: str | None = None,
        by: str = "",
        not_after: datetime | None = None,
    ) -> Outcome:
        """Send the newest approved version of a template; otherwise as :meth:`send`.

        The patient gets the text for detail only where the ledger says that they were warned and
        prefer it, and only about ordinary care. Name, version and fingerprint of the template stay
        on record with the text.

        Args:
            template: its name in the catalogue that the messenger was given.
            to: the patient's number.
            person: your id of the patient.
            values: by variable of the template.
            idempotency_key: as for :meth:`send`. The same call again returns what is on record,
                also where there is a newer version by then, or another wish.
            language: what the patient reads (BCP 47); what ``Profile.language`` says, if not
                given.
            by: who picked it, for example ``"front-desk:ana"``; needed for a canned reply.
            not_after: as for :meth:`send`.

        Raises:
            ConfigurationError: the messenger was given no templates; or as for :meth:`send`.
            UnknownTemplate: no version of it is approved and not withdrawn.
            CannotRender: the values cannot be used; ``problems`` says why, by variable.
            InvalidInput: a canned reply that nobody picked; or as for :meth:`send`.
            IdempotencyConflict: as for :meth:`send`.
            StoreError: as for :meth:`send`.
        """
        asked = flows.FromTemplate(
            template=template,
            to=to,
            person=person,
            values=values,
            idempotency_key=idempotency_key,
            language=language,
            by=by,
            not_after=not_after,
        )
        return finish(flows.send_template(self._ports, asked))


class AsyncTemplateDesk(_Desk):
    """:class:`TemplateDesk` for an event loop."""

    async def send_template(
        self,
        template: str,
        *,
        to: str | PhoneNumber,
        person: str,
        values: Mapping[str, object],
        idempotency_key: str,
        language: str | None = None,
        by: str = "",
        not_after: datetime | None = None,
    ) -> Outcome:
        """See :meth:`TemplateDesk.send_template`."""
        asked = flows.FromTemplate(
            template=template,
            to=to,
            person=person,
            values=values,
            idempotency_key=idempotency_key,
            language=language,
            by=by,
            not_after=not_after,
        )
        return await flows.send_template(self._ports, asked)
