"""Callbacks under Django, with WSGI or ASGI.

Three lines in ``urls.py``::

    from compliant_sms.web.django import webhook_urls

    path("texts/", include(webhook_urls(messenger, public_url="https://clinic.example/texts"))),

``manage.py check`` then checks it too. Needs the extra ``django``, or Django itself.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from typing import Any, TypeVar, cast

from attrs import evolve

from compliant_sms.driver import finish
from compliant_sms.errors import MissingExtra, WebhookRejected
from compliant_sms.messenger import AsyncMessenger, Messenger
from compliant_sms.web._address import Arrival, PublicAddress
from compliant_sms.web._afterwards import Afterwards, AsyncAfterwards
from compliant_sms.web._core import READ_AT_ONCE, Desk, at_once, each_messenger
from compliant_sms.web._forms import FormDesk
from compliant_sms.web._pages import PageDesk
from compliant_sms.wire import LARGEST_BODY, HttpReply

try:
    from django.conf import settings
    from django.core.checks import Warning as Advice
    from django.db import connections, transaction
    from django.http import HttpRequest, HttpResponse
    from django.urls import URLPattern
    from django.urls.resolvers import RegexPattern
    from django.views.decorators.csrf import csrf_exempt
except ModuleNotFoundError as _error:
    raise MissingExtra("django", "webhook_urls") from _error  # noqa: EM101 - the extra's name

__all__ = ["consent_urls", "secure_urls", "webhook_urls"]

# Line ends too: Django would log the path of what it finds no view for.
_REST = r"(?s)^(?P<path>.*)\Z"
_View = Callable[[HttpRequest, str], Any]
_Either = Messenger | AsyncMessenger
_M = TypeVar("_M", Messenger, AsyncMessenger, _Either)
_Desk = Desk[_M] | PageDesk[_M] | FormDesk[_M]


def webhook_urls(
    messenger: Messenger | AsyncMessenger | Mapping[str, Messenger] | Mapping[str, AsyncMessenger],
    *,
    public_url: str | None = None,
    trusted_proxies: Iterable[str] = (),
    dispatch: bool = True,
) -> list[Any]:
    """URL patterns that receive providers' callbacks, for ``include``.

    Args:
        messenger: the messenger that receives them; or several of one kind, by the part of the path
            before the provider's name, for example ``{"lakeside": messenger}``. An
            ``AsyncMessenger`` is for ASGI. A mapping of your own is asked only when something
            arrives; it holds messengers of the blocking kind.
        public_url: the URL that providers call from outside, with scheme and host.
        trusted_proxies: instead of it, the networks of the proxies whose headers tell the URL.
        dispatch: after answering, send what the callback made due, so that a STOP is confirmed at
            once: on a thread of its own, or on the event loop. False if a worker does that.

    Raises:
        ConfigurationError: neither or both of ``public_url`` and ``trusted_proxies`` were given,
            or one cannot be used.
    """
    address = PublicAddress.of(public_url, trusted_proxies)
    view = _view(Desk[_Either](messenger, address), dispatch=dispatch)
    return [_Checked(RegexPattern(_REST), view, address=address)]


def secure_urls(
    messenger: Messenger | AsyncMessenger | Mapping[str, Messenger] | Mapping[str, AsyncMessenger],
) -> list[Any]:
    """URL patterns that serve the pages behind the links in notices, for ``include``.

    Serve them at the URL of ``SecurePages(url=...)``, over https. Forms carry their own proofs
    instead of Django's CSRF token. The address that goes on record is ``REMOTE_ADDR``.

    Args:
        messenger: the messenger whose pages to serve; or several of one kind, by the part of the
            path before the token, for example ``{"lakeside": messenger}``. An ``AsyncMessenger``
            is for ASGI.

    Raises:
        ConfigurationError: the messenger has no pages.
    """
    return [URLPattern(RegexPattern(_REST), _view(PageDesk[_Either](messenger)))]


def consent_urls(
    messenger: Messenger | AsyncMessenger | Mapping[str, Messenger] | Mapping[str, AsyncMessenger],
    *,
    dispatch: bool = True,
) -> list[Any]:
    """URL patterns that serve the consent form, for ``include``.

    Serve it at the URL of ``Permission(form_url=...)``, over https. The form carries its own proof
    instead of Django's CSRF token. The address that goes on record is ``REMOTE_ADDR``.

    Args:
        messenger: the messenger whose form to serve; or several of one kind, by the last part of
            the path, for example ``{"lakeside": messenger}``. An ``AsyncMessenger`` is for ASGI.
        dispatch: send the confirmation after answering, as :func:`webhook_urls` does; False if a
            worker does that.

    Raises:
        ConfigurationError: a messenger has no form.
    """
    desk = FormDesk[_Either](messenger)
    return [URLPattern(RegexPattern(_REST), _view(desk, dispatch=dispatch))]


def _view(desk: _Desk[_Either], *, dispatch: bool = False) -> _View:
    """The view for a desk, by the kind of the messengers that are there now."""
    if any(isinstance(each, AsyncMessenger) for each in each_messenger(desk.messengers)):
        return _left_alone(_async_view(cast("_Desk[AsyncMessenger]", desk), dispatch=dispatch))
    return _left_alone(_blocking_view(cast("_Desk[Messenger]", desk), dispatch=dispatch))


def _blocking_view(desk: _Desk[Messenger], *, dispatch: bool) -> _View:
    afterwards = Afterwards()
    desk = evolve(desk, call=at_once)

    def view(request: HttpRequest, path: str) -> HttpResponse:
        answered = finish(desk.answer(_arrival(request, path), partial(_read, request)))
        ask = partial(afterwards.ask, answered.next) if answered.next and dispatch else None
        return _Response(answered.reply, ask, told=isinstance(desk, Desk))

    return view


def _async_view(desk: _Desk[AsyncMessenger], *, dispatch: bool) -> _View:
    afterwards = AsyncAfterwards()

    async def view(request: HttpRequest, path: str) -> HttpResponse:
        answered = await desk.answer(_arrival(request, path), partial(_read, request))
        loop = asyncio.get_running_loop()
        ask = partial(afterwards.ask, answered.next, loop) if answered.next and dispatch else None
        return _Response(answered.reply, ask, told=isinstance(desk, Desk))

    return view


def _left_alone(view: _View) -> _View:
    """Exempt a view from the host's CSRF tokens, logins and transactions."""
    view = csrf_exempt(view)
    view.login_required = False  # type: ignore[attr-defined] # as login_not_required does
    for alias in connections:
        view = transaction.non_atomic_requests(using=alias)(view)
    return view


def _arrival(request: HttpRequest, path: str) -> Arrival:
    return Arrival(
        method=request.method,
        path=f"/{path}",
        whole_path=request.path,
        query=request.META.get("QUERY_STRING", ""),
        # For a request without a body uWSGI gives an empty length and type.
        headers=tuple((name, value) for name, value in request.headers.items() if value),
        peer=request.META.get("REMOTE_ADDR", ""),
    )


async def _read(request: HttpRequest) -> bytes:
    try:
        part: bytes = request.read(READ_AT_ONCE)
    except OSError as error:
        msg = "the callback broke off"
        raise WebhookRejected(msg) from error
    return part


class _Response(HttpResponse):  # type: ignore[misc] # Django has no types
    """A response that does work once it is sent: WSGI and ASGI servers close it then.

    Args:
        reply: the answer.
        afterwards: what to do once it is sent.
        told: whether Django may log a refusal. Its log line has the path, which for a page has the
            token.
    """

    def __init__(
        self, reply: HttpReply, afterwards: Callable[[], None] | None, *, told: bool
    ) -> None:
        super().__init__(reply.body, status=reply.status)
        for name, value in reply.headers:
            if name == "set-cookie":  # middleware and test clients look in response.cookies
                self.cookies.load(value)
            else:
                self[name] = value
        self._afterwards = afterwards
        # We log errors ourselves. Django would mail the query, with number and text, to ADMINS
        # (django.utils.log.log_response, AdminEmailHandler).
        self._has_been_logged = not told or reply.status >= 500

    def close(self) -> None:
        super().close()
        if self._afterwards is not None:
            self._afterwards()


class _Checked(URLPattern):  # type: ignore[misc] # Django has no types
    """A pattern that lets ``manage.py check`` check the settings around it."""

    def __init__(self, pattern: object, view: _View, *, address: PublicAddress) -> None:
        super().__init__(pattern, view)
        self._address = address

    def check(self) -> list[Any]:
        return [*super().check(), *_advice(self._address)]


def _advice(address: PublicAddress) -> Iterator[Any]:
    if address.public_url is None:
        yield Advice(
            "webhook_urls() has no public_url: signatures of callbacks are checked against the "
            "URL that proxies tell.",
            hint="Pass public_url='https://...', unless providers call several hosts.",
            id="compliant_sms.W001",
        )
    elif address.public_url.startswith("http:") and not settings.DEBUG:
        yield Advice(
            "webhook_urls() has a public_url without https: patients' texts would pass in the "
            "clear.",
            hint="Have providers call https, and pass that URL.",
            id="compliant_sms.W002",
        )
    largest = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    if largest is not None and largest < LARGEST_BODY:
        yield Advice(
            "DATA_UPLOAD_MAX_MEMORY_SIZE is below what a callback may have: where a middleware "
            "reads the body, a larger one is refused.",
            hint=f"Set it to {LARGEST_BODY} or more.",
            id="compliant_sms.W003",
        )
