"""What every maker of callbacks has in common: what happened, in and out of words."""

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
    """A number without its plus, as many providers write it."""
    return e164.removeprefix("+")


def stamp(at: datetime) -> str:
    """An instant, as most providers write it."""
    return f"{at:%Y-%m-%dT%H:%M:%S}.000Z"


@frozen(kw_only=True)
class PatientText:
    """A text that comes in.

    Attributes:
        sender: the patient's number, E.164.
        to: ours.
        body: what they wrote.
        at: when (UTC).
        text_id: what the provider calls it, or nothing.
        obeyed: the provider says that it took the text for STOP, where it tells such things.
    """

    sender: str = field(repr=False)
    to: str
    body: str = field(repr=False)
    at: datetime
    text_id: str = ""
    obeyed: bool = False

    @property
    def hexadecimal(self) -> str:
        """32 digits that are the same for the same text at the same instant, by the same id."""
        told = f"{self.sender}\n{self.to}\n{self.body}\n{self.at.isoformat()}\n{self.text_id}"
        return hashlib.sha256(told.encode()).hexdigest()[:32]

    @property
    def uuid(self) -> str:
        """A UUID of which the same is true."""
        return str(uuid.uuid5(_EVENTS, self.hexadecimal))


@frozen(kw_only=True)
class News:
    """What became of a text of ours.

    Attributes:
        word: the provider's for that state.
        state: which.
        provider_id: the provider's id of the text.
        sender: our number.
        to: the patient's number, E.164.
        reference: our id of the text; empty for none.
        code: the provider's code of what went wrong; empty for nothing.
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
        """A UUID that is the same for the same news."""
        return str(uuid.uuid5(_EVENTS, f"{self.provider_id}/{self.word}/{self.code}"))


def _e164(number: str | PhoneNumber) -> str:
    return number.e164 if isinstance(number, PhoneNumber) else number


@frozen(kw_only=True)
class WebhookMaker(ABC):
    """Makes callbacks as one provider makes them, for ``Messenger.receive``.

    It shares nothing with the adapter but the secrets, so that each is a check on the other. For
    an adapter of your own derive one: set ``provider``, ``words`` and ``trouble``, and write
    :meth:`text_callback` and :meth:`status_callback`.

    Args:
        number: yours, E.164, that patients text.
        url: where the provider calls; any, unless your adapter is told its own.
    """

    provider: ClassVar[str]
    """Its name, in lower case."""
    words: ClassVar[Mapping[State, str]]
    """What it calls the states that it tells of."""
    trouble: ClassVar[str]
    """Its code for a text that could not be delivered, unless another is passed."""

    number: str = field(converter=_e164)
    url: str = "https://clinic.example/texts"

    def text(
        self, body: str, *, sender: str | PhoneNumber, at: datetime, text_id: str = ""
    ) -> WebhookRequest:
        """A patient's text.

        Args:
            body: what the patient writes.
            sender: the patient's number, E.164.
            at: when (aware); callbacks are signed then, where the time is signed.
            text_id: the provider's id of it, in the provider's form. If left out, the same text at
                the same instant has the same id: it is delivered a second time.

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
        """A patient's STOP, which the provider took for one where it tells such things.

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
        """What became of a text of yours.

        Args:
            state: ``"sent"``, ``"delivered"``, ``"undelivered"`` or ``"failed"``, where the
                provider tells of it.
            provider_id: :attr:`Sent.provider_id <compliant_sms.Sent>`.
            to: the patient's number, E.164.
            at: when (aware).
            reference: your message id, for providers that bring it back.
            code: the provider's code of what went wrong; for a bad state, one is there anyway.

        Raises:
            Unsupported: the provider does not tell of that state.
            InvalidInput: the instant is naive.
        """
        known = State(state)
        word = self._word(known) if self.tells(known) else None
        if word is None:
            told = ", ".join(each.value for each in _TELLS if self.tells(each))
            msg = f"{self.provider} does not tell that a text is {known.value}; it tells of {told}"
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
        """Whether the provider tells that a text came to a state."""
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
        """The callback that brings a text."""

    @abstractmethod
    def status_callback(self, news: News) -> WebhookRequest:
        """The callback that brings news of one of ours."""

    def posted(
        self, body: bytes, content_type: str, headers: Mapping[str, str], url: str = ""
    ) -> WebhookRequest:
        """A callback by POST.

        Args:
            body: its body.
            content_type: of the body.
            headers: further ones.
            url: where to; the maker's own, if left out.
        """
        return WebhookRequest(
            method="POST",
            url=url or self.url,
            headers={"Content-Type": content_type} | dict(headers),
            body=body,
        )


def with_query(url: str, name: str, value: str) -> str:
    """The URL with one more parameter."""
    return f"{url}{'&' if '?' in url else '?'}{urlencode({name: value})}"
