"""Where a practice asks patients for permission to text: its part of the facades."""

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

__all__ = ["AsyncPermissionDesk", "PermissionDesk"]


class _Desk:
    """What both desks have."""

    def __init__(self, ports: Ports) -> None:
        self._ports = ports
        self.has_form: bool = ports.permission is not None and bool(ports.permission.form_url)
        self.form_path: str = ports.permission.form_path if ports.permission else ""

    def form(self, *, language: str | None = None) -> ConsentForm:
        """The practice's form as it is today: every word that is shown, and its fingerprint.

        Args:
            language: of its words, a tag such as ``"es"`` or ``"es-MX"``, for example of the
                patient's ``Profile``; English where the form is not there in it.

        Raises:
            ConfigurationError: the messenger was given no ``Permission``.
        """
        return flows.consent_form(self._ports, language)

    def paper(self, programme: str, *, language: str = "en") -> Wording:
        """What a paper form says of a programme, to be printed beside an empty box.

        Args:
            programme: its id.
            language: a tag such as ``"es"``; English where the programme is not translated into it.

        Raises:
            InvalidInput: there is no such programme.
            ConfigurationError: the messenger was given no ``Permission``.
        """
        return flows.paper_wording(self._ports, programme, language)

    def script(self, programme: str, *, language: str = "en") -> Wording:
        """What somebody reads out who asks a patient; see :meth:`paper`."""
        return flows.spoken_wording(self._ports, programme, language)

    def registration(self, *, toll_free: bool = False) -> Registration:
        """What to register with carriers, made of what is configured, and what they would refuse.

        Args:
            toll_free: the verification of a toll-free number, in place of a 10DLC campaign.

        Raises:
            ConfigurationError: the messenger was given no ``Permission``.
        """
        return flows.registration(self._ports, toll_free=toll_free)


class PermissionDesk(_Desk):
    """Where a practice asks patients for permission, and records what they say.

    Attributes:
        has_form: whether there is a web form to serve.
        form_path: the path of its address.
    """

    def invite(
        self, number: str | PhoneNumber, *, person: str, programme: str, idempotency_key: str
    ) -> Outcome:
        """Ask a patient by text to agree to a programme; their YES is recorded by ``receive``.

        They are asked in the language of their ``Profile``, where the programme is translated.

        The question goes under prior express consent only, as the rules decide at the moment when
        it leaves, and that it left is an event of the ledger.

        Args:
            number: where.
            person: your id of the patient.
            programme: the id of a programme that is no marketing.
            idempotency_key: one key is one question, however often this is called, for example
                ``"ask/pat-881/bills/2026-03"``. No phone number belongs into it.

        Returns:
            as :meth:`Messenger.send`.

        Raises:
            InvalidInput: it is marketing, which no text of ours ever offers; or there is no such
                programme.
            IdempotencyConflict: the key was used for a different text; the words have changed.
            ConfigurationError: the messenger was given no ``Permission``.
            StoreError: as :meth:`Messenger.send`.
        """
        return finish(
            flows.invite(self._ports, as_number(number), person, programme, idempotency_key)
        )

    def record(
        self, number: str | PhoneNumber, *, programme: str, told: OnPaper | Spoken
    ) -> ConsentEvent:
        """Record what a patient agreed to on paper or when asked; durable before it returns.

        Args:
            number: where they agreed to be texted.
            programme: the id of the programme.
            told: how they agreed, and who writes it down.

        Returns:
            the event as it stands in the ledger, with the words that were shown or read out.

        Raises:
            InvalidInput: it could not be proved later, lies in the future, or was read in a
                language into which the programme is not translated.
            ConfigurationError: the messenger was given no ``Permission``.
            StoreError: it could not be recorded.
        """
        return finish(flows.record_agreement(self._ports, as_number(number), programme, told))

    def state(self, number: str | PhoneNumber, *, person: str, programme: str) -> PermissionState:
        """How a patient's consent to a programme stands, and whether to ask again.

        Args:
            number: where.
            person: your id of the patient.
            programme: the id of the programme.

        Raises:
            InvalidInput: there is no such programme.
            ConfigurationError: the messenger was given no ``Permission``.
        """
        return finish(flows.programme_state(self._ports, as_number(number), person, programme))

    def to_ask_again(self, programme: str, *, after: str = "", limit: int = 500) -> ToAskAgain:
        """Who agreed to words of a programme that have changed in substance since.

        It goes through everybody on record, a page at a time: all whom :meth:`state` would tell to
        be ``outdated``, about in the order in which they came on record.

        Args:
            programme: the id of the programme.
            after: where the page before ended (:attr:`ToAskAgain.after`); empty to begin.
            limit: how many persons at numbers to look at, at least 1; a page may tell of fewer,
                or of nobody.

        Raises:
            InvalidInput: there is no such programme, or the limit is none.
            ConfigurationError: the messenger was given no ``Permission``.
            StoreError: the database could not.
        """
        return finish(flows.to_ask_again(self._ports, programme, after, limit))

    def submit(self, sent: Submission) -> flows.Submitted:
        """Take what somebody sent with a form that you show yourself.

        Show every word of :meth:`form`, no box ticked, and guard it against other sites' forms.
        :meth:`answer` does all of that.

        The confirmation is due at once, and is cancelled after an hour: call ``dispatch_due()``
        where no worker runs. The same goes for :meth:`answer`, unless the web kit calls it.

        The same submission again is one consent. Whoever went back and changed something agreed to
        that as well: it is recorded by itself, also under the same id.

        Raises:
            InvalidInput: it is no submission, or is said to come in the future.
            ConfigurationError: the messenger was given no ``Permission``, or that no ``identify``.
            StoreError: nothing was recorded.
        """
        return finish(flows.submit_form(self._ports, sent))

    def answer(self, request: PageRequest) -> HttpReply:
        """Answer a browser; ``consent_app`` and the like of :mod:`compliant_sms.web` call it.

        Raises:
            ConfigurationError: there is no form.
            StoreError: nothing was changed; answer 503.
        """
        return finish(flows.answer_form(self._ports, request))


class AsyncPermissionDesk(_Desk):
    """:class:`PermissionDesk` for an event loop.

    Attributes:
        has_form: whether there is a web form to serve.
        form_path: the path of its address.
    """

    async def invite(
        self, number: str | PhoneNumber, *, person: str, programme: str, idempotency_key: str
    ) -> Outcome:
        """See :meth:`PermissionDesk.invite`."""
        return await flows.invite(
            self._ports, as_number(number), person, programme, idempotency_key
        )

    async def record(
        self, number: str | PhoneNumber, *, programme: str, told: OnPaper | Spoken
    ) -> ConsentEvent:
        """See :meth:`PermissionDesk.record`."""
        return await flows.record_agreement(self._ports, as_number(number), programme, told)

    async def state(
        self, number: str | PhoneNumber, *, person: str, programme: str
    ) -> PermissionState:
        """See :meth:`PermissionDesk.state`."""
        return await flows.programme_state(self._ports, as_number(number), person, programme)

    async def to_ask_again(
        self, programme: str, *, after: str = "", limit: int = 500
    ) -> ToAskAgain:
        """See :meth:`PermissionDesk.to_ask_again`."""
        return await flows.to_ask_again(self._ports, programme, after, limit)

    async def submit(self, sent: Submission) -> flows.Submitted:
        """See :meth:`PermissionDesk.submit`."""
        return await flows.submit_form(self._ports, sent)

    async def answer(self, request: PageRequest) -> HttpReply:
        """See :meth:`PermissionDesk.answer`."""
        return await flows.answer_form(self._ports, request)
