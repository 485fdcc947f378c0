"""What all frameworks share for the consent form: a request in, a page out.

It is written once, as coroutines; under a blocking framework nothing in them ever waits.
"""

from __future__ import annotations

from collections.abc import Awaitable, Mapping
from typing import Generic, Protocol, TypeVar

from attrs import field, frozen

from compliant_sms.errors import ConfigurationError
from compliant_sms.permission import LANGUAGES
from compliant_sms.secure_pages import PageRequest
from compliant_sms.web._address import Arrival
from compliant_sms.web._core import Answered, Call, Read, directly, each_messenger
from compliant_sms.web._pages import answer_whatever_happens, asked_of, plain
from compliant_sms.web._throttle import Throttle
from compliant_sms.wire import HttpReply


class _HasForm(Protocol):
    @property
    def has_form(self) -> bool: ...

    @property
    def form_path(self) -> str: ...

    def answer(self, request: PageRequest) -> HttpReply | Awaitable[HttpReply]: ...


class _Asker(Protocol):
    @property
    def permission(self) -> _HasForm: ...


R = TypeVar("R", bound=_Asker)


@frozen
class FormDesk(Generic[R]):
    """Answers browsers for one messenger, or for several by the last part of the path.

    Args:
        messengers: one, or a mapping with ``get``.
        call: calls the messenger.
        throttle: how many forms an address may send.
    """

    messengers: R | Mapping[str, R]
    call: Call = directly
    throttle: Throttle = field(factory=Throttle)

    def __attrs_post_init__(self) -> None:
        """Refuse a messenger without a form."""
        if not all(each.permission.has_form for each in each_messenger(self.messengers)):
            msg = (
                "this messenger has no form to serve: make it with "
                "permission=Permission(form_url='https://...', ...)"
            )
            raise ConfigurationError(msg)

    async def answer(self, arrival: Arrival, read: Read) -> Answered[R]:
        """Answer a request; consent is confirmed by text afterwards. It never raises.

        Args:
            arrival: everything but the body.
            read: reads the body, only for a form that may be sent.
        """
        return await answer_whatever_happens(
            self._answer(arrival, read), "a form could not be taken in"
        )

    async def _answer(self, arrival: Arrival, read: Read) -> Answered[R]:
        if arrival.method not in {"GET", "HEAD", "POST"}:
            return Answered(reply=plain(405, "the form is asked for with GET, and sent with POST"))
        parts = [part for part in arrival.path.split("/") if part]
        language = self._language(parts)
        messenger = self._messenger(parts[:-1] if language else parts)
        if messenger is None:
            return Answered(reply=plain(404, "there is nothing here"))
        if arrival.method == "POST" and not self.throttle.lets(arrival.peer):
            words = "too many forms came from your network; please wait a minute"
            return Answered(reply=plain(429, words))
        request = await asked_of(arrival, read, language)
        reply = await self.call(messenger.permission.answer, request)
        taken = arrival.method == "POST" and reply.status == 200
        return Answered(reply=reply, next=messenger if taken else None)

    def _language(self, parts: list[str]) -> str:
        """The language in which the form is requested, which may follow its path."""
        last = parts[-1] if parts else ""
        return last if last in LANGUAGES and self._messenger(parts[:-1]) is not None else ""

    def _messenger(self, parts: list[str]) -> R | None:
        if isinstance(self.messengers, Mapping):
            return self.messengers.get(parts[-1]) if parts else None
        # Mounted, it is requested at its root; otherwise, at the form's own path.
        own = self.messengers.permission.form_path.strip("/").split("/")
        return self.messengers if parts in ([], own) else None
