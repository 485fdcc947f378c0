"""What all frameworks share for secure pages: a browser's request in, a page out.

It is written once, as coroutines; under a blocking framework nothing in them ever waits.
"""

from __future__ import annotations

from collections.abc import Awaitable, Mapping
from typing import Generic, Protocol, TypeVar

from attrs import frozen

from compliant_sms.errors import ConfigurationError, StoreError, WebhookRejected
from compliant_sms.secure_pages import HEADERS, LARGEST_FORM, PageRequest
from compliant_sms.web._address import Arrival
from compliant_sms.web._core import Answered, Call, Read, directly, log_failure
from compliant_sms.wire import HttpReply


class _HasPages(Protocol):
    @property
    def has_pages(self) -> bool: ...

    def answer(self, request: PageRequest) -> HttpReply | Awaitable[HttpReply]: ...


class _Shower(Protocol):
    @property
    def secure_pages(self) -> _HasPages: ...


T = TypeVar("T")
R = TypeVar("R", bound=_Shower)


@frozen
class PageDesk(Generic[R]):
    """Answers browsers for one messenger, or for several by the last part of the path but one.

    Args:
        messengers: one, or a mapping with ``get``.
        call: calls the messenger.
    """

    messengers: R | Mapping[str, R]
    call: Call = directly

    def __attrs_post_init__(self) -> None:
        """Refuse a messenger without pages."""
        alone = None if isinstance(self.messengers, Mapping) else self.messengers
        if alone is not None and not alone.secure_pages.has_pages:
            msg = (
                "this messenger has no pages to serve: make it with "
                "secure_links=SecurePages(url='https://...')"
            )
            raise ConfigurationError(msg)

    async def answer(self, arrival: Arrival, read: Read) -> Answered[R]:
        """Answer a request. It never raises.

        Args:
            arrival: everything but the body.
            read: reads the body, only for a form.
        """
        return await answer_whatever_happens(
            self._answer(arrival, read), "a page could not be shown"
        )

    async def _answer(self, arrival: Arrival, read: Read) -> Answered[R]:
        if arrival.method not in {"GET", "HEAD", "POST"}:
            return Answered(
                reply=plain(405, "pages are asked for with GET, and answered with POST")
            )
        parts = [part for part in arrival.path.split("/") if part]
        token = parts.pop() if parts else ""
        messenger = self._messenger(parts)
        if messenger is None or not messenger.secure_pages.has_pages:
            return Answered(reply=plain(404, "there is nothing here"))
        request = await asked_of(arrival, read, token)
        return Answered(reply=await self.call(messenger.secure_pages.answer, request))

    def _messenger(self, before: list[str]) -> R | None:
        if isinstance(self.messengers, Mapping):
            return self.messengers.get(before[-1]) if before else None
        return self.messengers


async def answer_whatever_happens(answering: Awaitable[Answered[T]], failed: str) -> Answered[T]:
    """Answer a browser. It never raises: a framework would log the form with the error.

    Args:
        answering: makes the answer.
        failed: what to log if that fails.
    """
    try:
        return await answering
    except WebhookRejected as error:
        return Answered(reply=plain(error.status, str(error)))
    except StoreError as error:
        log_failure(failed, error)
        return Answered(reply=plain(503, "please try again in a moment"))
    except Exception as error:  # noqa: BLE001 - see above
        log_failure(failed, error)
        return Answered(reply=plain(500, "something went wrong"))


async def asked_of(arrival: Arrival, read: Read, token: str = "") -> PageRequest:
    """A browser's request; the body is read only for a form.

    Raises:
        WebhookRejected: the form is too large.
    """
    return PageRequest(
        method=arrival.method,
        token=token,
        headers=tuple((name.lower(), value) for name, value in arrival.headers),
        body=await _read_form(read) if arrival.method == "POST" else b"",
        address=arrival.peer,
    )


async def _read_form(read: Read) -> bytes:
    body = bytearray()
    while part := await read():
        body += part
        if len(body) > LARGEST_FORM:
            msg = "the form is too large"
            raise WebhookRejected(msg, status=413)
    return bytes(body)


def plain(status: int, words: str) -> HttpReply:
    """An answer in plain text, with the same security headers as a page."""
    headers = {**HEADERS, "Content-Type": "text/plain; charset=utf-8"}
    if status == 405:
        headers["Allow"] = "GET, HEAD, POST"
    return HttpReply(status=status, headers=headers, body=words.encode())
