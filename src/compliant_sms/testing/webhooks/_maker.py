"""What all makers of callbacks share: what happened, and how it is written."""

from __future__ import annotations

import hashlib
import uuid
from abc import ABC, abstractmethod
from collections.abc import Mapping
from datetime import datetime
from typing import ClassVar, Final
from urllib.parse import urlencode

from attrs import field, frozen

from compliant_sms.clock import as_utc
from compliant_sms.errors import Unsupported
from compliant_sms.lifecycle import State
from compliant_sms.phone import PhoneNumber
from compliant_sms.wire import WebhookRequest

FORM: Final = "application/x-www-form-urlencoded"
JSON: Final = "application/json"
_EVENTS: Final = uuid.UUID("6f0c1d1e-3a52-4f77-8f0e-0a8c2d5b7e90")
_TELLS: Final = (State.SENT, State.DELIVERED, State.UNDELIVERED, State.FAILED)


def plain(e164: str) -> str:
    """Return a number without its plus, as many providers write it."""
    return e164.removeprefix("+")


def stamp(at: datetime) -> str:
    """Return an instant as most providers write it."""
    return f"{at:%Y-%m-%dT%H:%M:%S}.000Z"


@frozen(kw_only=True)
class PatientText:
    """An incoming text.

    Attributes:
        sender: the patient's number (E.164).
        to: your number.
        body: what the patient wrote.
        at: when (UTC).
        text_id: the provider's id of it; may be empty.
        obeyed: whether the provider says that it took the text for STOP, if it reports that.
    """

    sender: str = field(repr=False)
    to: str
    body: str = field(repr=False)
    at: datetime
    text_id: str = ""
    obeyed: bool = False

    @property
    def hexadecimal(self) -> str:
        """32 hexadecimal digits, the same for the same text, instant and id."""
        told = f"{self.sender}\n{self.to}\n{self.body}\n{self.at.isoformat()}\n{self.text_id}"
        return hashlib.sha256(told.encode()).hexdigest()[:32]

    @property
    def uuid(self) -> str:
        """A UUID, the same for the same text, instant and id."""
        return str(uuid.uuid5(_EVENTS, self.hexadecimal))


@frozen(kw_only=True)
class News:
    """A report on one of your texts.

    Attributes:
        word: the provider's word for the state.
        state: the state.
        provider_id: the provider's id of the text.
        sender: your number.
        to: the patient's number (E.164).
        reference: your id of the text; empty if there is none.
        code: the provider's error code; empty if nothing went wrong.
        at: when (UTC).
    """

    word: str
    state: State
    provider_id: str
    sender: str
    to: str = field(repr=False)
    reference: str = ""
    code: str = ""
    at: datetime

    @property
    def event_id(self) -> str:
        """A UUID, the same for the same report."""
        return str(uuid.uuid5(_EVENTS, f"{self.provider_id}/{self.word}/{self.code}"))


def _e164(number: str | PhoneNumber) -> str:
    return number.e164 if isinstance(number, PhoneNumber) else number


@frozen(kw_only=True)
class WebhookMaker(ABC):
    """Makes callbacks as one provider does, for ``Messenger.receive``.

    A maker shares only the secrets with the adapter, so each checks the other. For your own
    adapter derive a class: set ``provider``, ``words`` and ``trouble``, and write
    :meth:`text_callback` and :meth:`status_callback`.

    Args:
        number: your number that patients text (E.164).
        url: the URL that the provider calls. Any will do, unless your adapter is told its own.
    """

    provider: ClassVar[str]
    """The provider's name, in lower case."""
    words: ClassVar[Mapping[State, str]]
    """The provider's words for the states that it reports."""
    trouble: ClassVar[str]
    """The provider's code for a text that could not be delivered, unless another is passed."""

    number: str = field(converter=_e164)
    url: str = "https://clinic.example/texts"

    def text(
        self, body: str, *, sender: str | PhoneNumber, at: datetime, text_id: str = ""
    ) -> WebhookRequest:
        """Make the callback for a patient's text.

        Args:
            body: what the patient writes.
            sender: the patient's number (E.164).
            at: when (aware). If the provider signs the time, it signs this instant.
            text_id: the provider's id of it, in the provider's format. By default the same text at
                the same instant has the same id, so it counts as delivered again.

        Raises:
            InvalidInput: the instant is naive.
        """
        return self.text_callback(self._written(body, sender, at, text_id))

    def opt_out(
        self,
        word: str = "STOP",
        *,
        sender: str | PhoneNumber,
        at: datetime,
        text_id: str = "",
    ) -> WebhookRequest:
        """Make the callback for a patient's STOP, marked as one if the provider reports that.

        Args:
            word: what the patient writes.
            sender: as for :meth:`text`.
            at: as for :meth:`text`.
            text_id: as for :meth:`text`.

        Raises:
            InvalidInput: the instant is naive.
        """
        return self.text_callback(self._written(word, sender, at, text_id, obeyed=True))

    def status(
        self,
        state: State | str,
        *,
        provider_id: str,
        to: str | PhoneNumber,
        at: datetime,
        reference: str = "",
        code: str | None = None,
    ) -> WebhookRequest:
        """Make the callback that reports the state of one of your texts.

        Args:
            state: ``"sent"``, ``"delivered"``, ``"undelivered"`` or ``"failed"``, if the
                provider reports it.
            provider_id: :attr:`Sent.provider_id <compliant_sms.Sent>`.
            to: the patient's number (E.164).
            at: when (aware).
            reference: your message id, for providers that return it.
            code: the provider's error code; a bad state has one by default.

        Raises:
            Unsupported: the provider does not report that state.
            InvalidInput: the instant is naive.
        """
        known = State(state)
        word = self._word(known) if self.tells(known) else None
        if word is None:
            told = ", ".join(each.value for each in _TELLS if self.tells(each))
            msg = (
                f"{self.provider} does not report that a text is {known.value}; "
                f"it reports {told or 'nothing'}"
            )
            raise Unsupported(msg)
        bad = known in {State.UNDELIVERED, State.FAILED}
        return self.status_callback(
            News(
                word=word,
                state=known,
                provider_id=provider_id,
                sender=self.number,
                to=_e164(to),
                reference=reference,
                code=(self._trouble(known) if code is None else code) if bad else "",
                at=as_utc(at),
            )
        )

    def tells(self, state: State | str) -> bool:
        """Whether the provider reports that a text reached a state."""
        known = State(state)
        return known in _TELLS and self._word(known) is not None

    def _written(
        self,
        body: str,
        sender: str | PhoneNumber,
        at: datetime,
        text_id: str,
        *,
        obeyed: bool = False,
    ) -> PatientText:
        return PatientText(
            sender=_e164(sender),
            to=self.number,
            body=body,
            at=as_utc(at),
            text_id=text_id,
            obeyed=obeyed,
        )

    def _word(self, state: State) -> str | None:
        return self.words.get(state)

    def _trouble(self, state: State) -> str:  # noqa: ARG002 - others look at it
        return self.trouble

    @abstractmethod
    def text_callback(self, text: PatientText) -> WebhookRequest:
        """Make the callback that delivers a patient's text."""

    @abstractmethod
    def status_callback(self, news: News) -> WebhookRequest:
        """Make the callback that reports on one of your texts."""

    def posted(
        self, body: bytes, content_type: str, headers: Mapping[str, str], url: str = ""
    ) -> WebhookRequest:
        """Make a POST callback.

        Args:
            body: its body.
            content_type: the body's type.
            headers: further headers.
            url: where it is posted; by default the maker's own URL.
        """
        return WebhookRequest(
            method="POST",
            url=url or self.url,
            headers={"Content-Type": content_type} | dict(headers),
            body=body,
        )


def with_query(url: str, name: str, value: str) -> str:
    """Return the URL with one more parameter."""
    return f"{url}{'&' if '?' in url else '?'}{urlencode({name: value})}"
