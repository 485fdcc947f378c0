"""Sending by the name of a template: the messengers' ``send_template``."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from compliant_sms import flows
from compliant_sms.driver import finish

if TYPE_CHECKING:
    from compliant_sms.messages import Outcome
    from compliant_sms.phone import PhoneNumber
    from compliant_sms.ports import Ports
    from compliant_sms.templates import Catalogue


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
