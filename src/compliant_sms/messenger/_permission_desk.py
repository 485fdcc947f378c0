"""Asking patients for permission to text: ``messenger.permission``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from compliant_sms import flows
from compliant_sms.driver import finish
from compliant_sms.phone import PhoneNumber, as_number

if TYPE_CHECKING:
    from compliant_sms.consent import ConsentEvent, Wording
    from compliant_sms.messages import Outcome
    from compliant_sms.permission import (
        ConsentForm,
        OnPaper,
        PermissionState,
        Registration,
        Spoken,
        Submission,
        ToAskAgain,
    )
    from compliant_sms.ports import Ports
    from compliant_sms.secure_pages import PageRequest
    from compliant_sms.wire import HttpReply


class _Desk:
    """What both desks share."""

    def __init__(self, ports: Ports) -> None:
        self._ports = ports
        self.has_form: bool = ports.permission is not None and bool(ports.permission.form_url)
        self.form_path: str = ports.permission.form_path if ports.permission else ""

    def form(self, *, language: str | None = None) -> ConsentForm:
        """The practice's form as of today: every word that it shows, and its fingerprint.

        Args:
            language: a tag such as ``"es"`` or ``"es-MX"``, for example from the patient's
                ``Profile``; English if the form is not translated into it.

        Raises:
            ConfigurationError: the messenger was given no ``Permission``.
        """
        return flows.consent_form(self._ports, language)

    def paper(self, programme: str, *, language: str = "en") -> Wording:
        """What a paper form says about a programme, to print next to an empty box.

        Args:
            programme: the id of the programme.
            language: a tag such as ``"es"``; English if the programme is not translated into it.

        Raises:
            InvalidInput: there is no such programme.
            ConfigurationError: the messenger was given no ``Permission``.
        """
        return flows.paper_wording(self._ports, programme, language)

    def script(self, programme: str, *, language: str = "en") -> Wording:
        """What staff read out to ask a patient in person or by phone; see :meth:`paper`."""
        return flows.spoken_wording(self._ports, programme, language)

    def registration(self, *, toll_free: bool = False) -> Registration:
        """What to register with carriers, from what is configured, and what they would refuse.

        Args:
            toll_free: for the verification of a toll-free number, instead of a 10DLC campaign.

        Raises:
            ConfigurationError: the messenger was given no ``Permission``.
        """
        return flows.registration(self._ports, toll_free=toll_free)


class PermissionDesk(_Desk):
    """Asks patients for permission, and records what they say.

    Attributes:
        has_form: whether there is a web form to serve.
        form_path: the path of its URL.
    """

    def invite(
        self, number: str | PhoneNumber, *, person: str, programme: str, idempotency_key: str
    ) -> Outcome:
        """Ask a patient by text to agree to a programme; ``receive`` records their YES.

        They are asked in the language of their ``Profile``, if the programme is translated into it.

        The question goes out only under prior express consent, as the rules decide at the moment
        it leaves. The ledger records that it left.

        Args:
            number: the number to ask at.
            person: your id of the patient.
            programme: the id of a programme that is not marketing.
            idempotency_key: one key is one question, however often this is called, for example
                ``"ask/pat-881/bills/2026-03"``. Do not put a phone number in it.

        Returns:
            as for :meth:`Messenger.send`.

        Raises:
            InvalidInput: the programme is marketing, which the library never offers by text; or
                there is no such programme.
            IdempotencyConflict: the key was used for a different text: the words have changed.
            ConfigurationError: the messenger was given no ``Permission``.
            StoreError: as for :meth:`Messenger.send`.
        """
        return finish(
            flows.invite(self._ports, as_number(number), person, programme, idempotency_key)
        )

    def record(
        self, number: str | PhoneNumber, *, programme: str, told: OnPaper | Spoken
    ) -> ConsentEvent:
        """Record what a patient agreed to on paper or when asked. Durable before this returns.

        Args:
            number: the number they agreed to be texted at.
            programme: the id of the programme.
            told: how they agreed, and who records it.

        Returns:
            the event as recorded in the ledger, with the words that were shown or read out.

        Raises:
            InvalidInput: it could not be proved later, is dated in the future, or was read in a
                language that the programme is not translated into.
            ConfigurationError: the messenger was given no ``Permission``.
            StoreError: it could not be recorded.
        """
        return finish(flows.record_agreement(self._ports, as_number(number), programme, told))

    def state(self, number: str | PhoneNumber, *, person: str, programme: str) -> PermissionState:
        """The state of a patient's consent to a programme, and whether to ask again.

        Args:
            number: the number.
            person: your id of the patient.
            programme: the id of the programme.

        Raises:
            InvalidInput: there is no such programme.
            ConfigurationError: the messenger was given no ``Permission``.
        """
        return finish(flows.programme_state(self._ports, as_number(number), person, programme))

    def to_ask_again(self, programme: str, *, after: str = "", limit: int = 500) -> ToAskAgain:
        """List who agreed to wording of a programme that has since changed in substance.

        It goes through everybody on record, one page at a time, and returns those whom
        :meth:`state` calls ``outdated``, roughly in the order in which they came on record.

        Args:
            programme: the id of the programme.
            after: where the previous page ended (:attr:`ToAskAgain.after`); empty to begin.
            limit: how many persons at numbers to look at, at least 1; a page may list fewer, or
                nobody.

        Raises:
            InvalidInput: there is no such programme, or the limit cannot be used.
            ConfigurationError: the messenger was given no ``Permission``.
            StoreError: the database could not be read.
        """
        return finish(flows.to_ask_again(self._ports, programme, after, limit))

    def submit(self, sent: Submission) -> flows.Submitted:
        """Record what somebody sent with a form that you show yourself.

        Show every word of :meth:`form` with no box ticked, and protect it against cross-site
        request forgery. :meth:`answer` does all of that.

        The confirmation is due at once, and is cancelled after an hour: call ``dispatch_due()``
        if no worker runs. The same goes for :meth:`answer`, unless the web kit calls it.

        The same submission sent again is one consent. Somebody who went back and changed something
        agreed to that as well: it is recorded separately, even under the same id.

        Raises:
            InvalidInput: it is not a submission, or is dated in the future.
            ConfigurationError: the messenger was given no ``Permission``, or one without
                ``identify``.
            StoreError: nothing was recorded.
        """
        return finish(flows.submit_form(self._ports, sent))

    def answer(self, request: PageRequest) -> HttpReply:
        """Answer a browser's request.

        ``consent_app`` and its counterparts in :mod:`compliant_sms.web` call this.

        Raises:
            ConfigurationError: there is no form.
            StoreError: nothing was changed; answer 503.
        """
        return finish(flows.answer_form(self._ports, request))


class AsyncPermissionDesk(_Desk):
    """:class:`PermissionDesk` for an event loop.

    Attributes:
        has_form: whether there is a web form to serve.
        form_path: the path of its URL.
    """

    async def invite(
        self, number: str | PhoneNumber, *, person: str, programme: str, idempotency_key: str
    ) -> Outcome:
        """Ask a patient by text to agree to a programme; ``receive`` records their YES.

        See :meth:`PermissionDesk.invite`.
        """
        return await flows.invite(
            self._ports, as_number(number), person, programme, idempotency_key
        )

    async def record(
        self, number: str | PhoneNumber, *, programme: str, told: OnPaper | Spoken
    ) -> ConsentEvent:
        """Record what a patient agreed to on paper or when asked. Durable before this returns.

        See :meth:`PermissionDesk.record`.
        """
        return await flows.record_agreement(self._ports, as_number(number), programme, told)

    async def state(
        self, number: str | PhoneNumber, *, person: str, programme: str
    ) -> PermissionState:
        """The state of a patient's consent to a programme, and whether to ask again.

        See :meth:`PermissionDesk.state`.
        """
        return await flows.programme_state(self._ports, as_number(number), person, programme)

    async def to_ask_again(
        self, programme: str, *, after: str = "", limit: int = 500
    ) -> ToAskAgain:
        """List who agreed to wording of a programme that has since changed in substance.

        See :meth:`PermissionDesk.to_ask_again`.
        """
        return await flows.to_ask_again(self._ports, programme, after, limit)

    async def submit(self, sent: Submission) -> flows.Submitted:
        """Record what somebody sent with a form that you show yourself.

        See :meth:`PermissionDesk.submit`.
        """
        return await flows.submit_form(self._ports, sent)

    async def answer(self, request: PageRequest) -> HttpReply:
        """Answer a browser's request.

        See :meth:`PermissionDesk.answer`.
        """
        return await flows.answer_form(self._ports, request)
