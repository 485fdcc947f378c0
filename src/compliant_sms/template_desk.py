"""Sending by the name of a template: the messengers' ``send_template``."""

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
    """Return what a messenger was given for its templates, checked.

    Raises:
        InvalidInput: it is not a catalogue.
    """
    if given is not None:
        from compliant_sms.templates import Catalogue

        _given.a_kind(given, Catalogue, "templates", "a Catalogue of templates")
    return given


def plans_with(
    given: Sequence[ReminderPlan], templates: Catalogue | None
) -> tuple[ReminderPlan, ...]:
    """Return a practice's reminder plans, after checking that their templates exist and fit.

    A template whose versions were all withdrawn is refused only when a text is to be made from it:
    a practice must be able to receive a STOP without it.

    Raises:
        InvalidInput: something is not a plan, or two are for the same kind of visit.
        ConfigurationError: a plan names a template that does not exist, or is not for visits.
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
            f"a reminder plan names the template {name!r}, which does not exist. "
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
                f"{template.name} {template.version} cannot be used for this plan. Its purpose "
                "must be about appointments and sell nothing, it must not be a canned reply, and "
                "it may ask to confirm only if the plan has confirm=True and is not a recall."
            )
            raise ConfigurationError(msg)


class _Desk:
    _ports: Ports

    @property
    def templates(self) -> Catalogue | None:
        """The practice's templates; None if the messenger was given none."""
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
        secure: bool = False,
    ) -> Outcome:
        """Send the newest approved version of a template; otherwise as :meth:`send`.

        The patient gets the detailed text only if the ledger says that they were warned and prefer
        it, and only about ordinary care. The template's name, version and fingerprint are recorded
        with the text.

        Args:
            template: its name in the messenger's catalogue.
            to: the patient's number.
            person: your id of the patient.
            values: the template's values, by variable.
            idempotency_key: as for :meth:`send`. The same call again returns what is on record,
                even if by then there is a newer version, or the patient wishes otherwise.
            language: the patient's language (BCP 47); ``Profile.language`` by default.
            by: who picked it, for example ``"front-desk:ana"``; required for a canned reply.
            not_after: as for :meth:`send`.
            secure: as for :meth:`send`.

        Raises:
            ConfigurationError: the messenger was given no templates; or as for :meth:`send`.
            UnknownTemplate: it has no version that is approved and not withdrawn.
            CannotRender: the values cannot be used; ``problems`` says why, by variable.
            InvalidInput: it is a canned reply and ``by`` is empty; or as for :meth:`send`.
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
            secure=secure,
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
        secure: bool = False,
    ) -> Outcome:
        """Send the newest approved version of a template; otherwise as :meth:`send`.

        See :meth:`TemplateDesk.send_template`.
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
            secure=secure,
        )
        return await flows.send_template(self._ports, asked)
