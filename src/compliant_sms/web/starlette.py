"""Callbacks under Starlette, and so under FastAPI.

Mount it where the providers call::

    app.mount("/texts", webhook_app(messenger, public_url="https://clinic.example/texts"))

Needs the extra ``starlette``, or Starlette itself.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping
from functools import partial
from inspect import iscoroutinefunction
from typing import ParamSpec, TypeVar

from attrs import frozen

from compliant_sms.errors import MissingExtra, WebhookRejected
from compliant_sms.messenger import AsyncMessenger, Messenger
from compliant_sms.web._address import Arrival, PublicAddress
from compliant_sms.web._afterwards import work, work_async
from compliant_sms.web._core import Desk
from compliant_sms.web._forms import FormDesk
from compliant_sms.web._pages import PageDesk

try:
    from starlette.applications import Starlette
    from starlette.background import BackgroundTask
    from starlette.concurrency import run_in_threadpool
    from starlette.requests import ClientDisconnect, Request
    from starlette.responses import Response
    from starlette.routing import Route
    from starlette.types import Receive, Scope, Send
except ModuleNotFoundError as _error:
    raise MissingExtra("starlette", "webhook_app") from _error  # noqa: EM101 - the extra's name

__all__ = ["consent_app", "secure_app", "webhook_app"]

_Either = Messenger | AsyncMessenger
P = ParamSpec("P")
T = TypeVar("T")


def webhook_app(
    messenger: _Either | Mapping[str, _Either],
    *,
    public_url: str | None = None,
    trusted_proxies: Iterable[str] = (),
    dispatch: bool = True,
) -> Starlette:
    """An ASGI application that receives providers' callbacks.

    Args:
        messenger: the messenger that receives them; or several, by the part of the path before the
            provider's name, for example ``{"lakeside": messenger}``.
        public_url: the URL that providers call from outside, with scheme and host. Signatures
            cover it, and behind a proxy it cannot be guessed.
        trusted_proxies: instead of it, the networks of the proxies whose ``X-Forwarded-Proto``
            and ``X-Forwarded-Host``, or ``Forwarded``, tell the URL.
        dispatch: after answering, send what the callback made due, so that a STOP is confirmed at
            once.

    Raises:
        ConfigurationError: neither or both of ``public_url`` and ``trusted_proxies`` were given,
            or one cannot be used.
    """
    desk = Desk(messenger, PublicAddress.of(public_url, trusted_proxies), _called)
    return Starlette(routes=[Route("/{rest:path}", _Endpoint(desk, dispatch, desk.address.below))])


def secure_app(messenger: _Either | Mapping[str, _Either]) -> Starlette:
    """An ASGI application that serves the pages behind the links in notices.

    Serve it at the URL of ``SecurePages(url=...)``, over https. The addresses that go on record are
    those that the server reports: behind a proxy, make it report the patient's, for example with
    uvicorn's ``--proxy-headers``.

    Args:
        messenger: the messenger whose pages to serve; or several, by the part of the path before
            the token, for example ``{"lakeside": messenger}``.

    Raises:
        ConfigurationError: the messenger has no pages.
    """
    desk = PageDesk(messenger, _called)
    return Starlette(routes=[Route("/{rest:path}", _Endpoint(desk))])


def consent_app(messenger: _Either | Mapping[str, _Either], *, dispatch: bool = True) -> Starlette:
    """An ASGI application that serves the consent form.

    Serve it at the URL of ``Permission(form_url=...)``, over https. The addresses that go on record
    are those that the server reports: behind a proxy, make it report the patient's, for example
    with uvicorn's ``--proxy-headers``.

    Args:
        messenger: the messenger whose form to serve; or several, by the last part of the path, for
            example ``{"lakeside": messenger}``.
        dispatch: send the confirmation after answering; False if a worker does that.

    Raises:
        ConfigurationError: a messenger has no form.
    """
    desk = FormDesk(messenger, _called)
    return Starlette(routes=[Route("/{rest:path}", _Endpoint(desk, dispatch))])


async def _called(method: Callable[P, T | Awaitable[T]], *args: P.args, **kwargs: P.kwargs) -> T:
    """Call a method without blocking the event loop: one that blocks runs on a thread."""
    told: T | Awaitable[T]
    if iscoroutinefunction(method):
        told = method(*args, **kwargs)
    else:
        told = await run_in_threadpool(method, *args, **kwargs)
    return await told if isinstance(told, Awaitable) else told


@frozen
class _Endpoint:
    """Answers for a desk.

    Attributes:
        desk: receives callbacks, or answers browsers.
        dispatch: whether to send what became due.
        below: the path below the public URL's, for an application served without a mount.
    """

    desk: Desk[_Either] | PageDesk[_Either] | FormDesk[_Either]
    dispatch: bool = False
    below: Callable[[str], str] = str

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        answered = await self.desk.answer(self._arrival(request), partial(_read, request.stream()))
        task = _task(answered.next) if answered.next and self.dispatch else None
        reply = answered.reply
        response = Response(reply.body, reply.status, dict(reply.headers), background=task)
        await response(scope, receive, send)

    def _arrival(self, request: Request) -> Arrival:
        path = f"/{request.path_params['rest']}"
        mounted = request.scope.get("root_path")
        return Arrival(
            method=request.method,
            path=path if mounted else self.below(path),
            whole_path=request.scope["path"],
            query=request.scope["query_string"].decode("latin-1"),
            headers=tuple(request.headers.items()),
            peer=request.client.host if request.client else "",
        )


async def _read(stream: AsyncIterator[bytes]) -> bytes:
    try:
        return await anext(stream, b"")
    except ClientDisconnect as error:
        msg = "the callback broke off"
        raise WebhookRejected(msg) from error


def _task(messenger: _Either) -> BackgroundTask:
    if isinstance(messenger, AsyncMessenger):
        return BackgroundTask(work_async, messenger)
    return BackgroundTask(work, messenger)
