"""Callbacks under Flask.

Register it where the providers call::

    app.register_blueprint(
        webhook_blueprint(messenger, public_url="https://clinic.example/texts"),
        url_prefix="/texts",
    )

Needs the extra ``flask``, or Flask itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import partial

from attrs import evolve

from compliant_sms.driver import finish
from compliant_sms.errors import ConfigurationError, MissingExtra, WebhookRejected
from compliant_sms.messenger import Messenger
from compliant_sms.web._address import Arrival, PublicAddress
from compliant_sms.web._afterwards import Afterwards
from compliant_sms.web._core import READ_AT_ONCE, Desk, at_once, each_messenger
from compliant_sms.web._forms import FormDesk
from compliant_sms.web._pages import PageDesk

try:
    from flask import Blueprint, Request, Response, request
    from flask.blueprints import BlueprintSetupState
    from werkzeug.exceptions import HTTPException
    from werkzeug.routing import BaseConverter
except ModuleNotFoundError as _error:
    raise MissingExtra("flask", "webhook_blueprint") from _error  # noqa: EM101 - the extra's name

__all__ = ["consent_blueprint", "secure_blueprint", "webhook_blueprint"]

_CALLED_WITH = ["GET", "POST"]
# Flask's own refusals and redirects have none of our headers, and a redirect repeats the token.
_BROWSED_WITH = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"]
_ANY_PATH = "compliant_sms_any"
_BELOW = f"/<{_ANY_PATH}:path>"


def webhook_blueprint(
    messenger: Messenger | Mapping[str, Messenger],
    *,
    public_url: str | None = None,
    trusted_proxies: Iterable[str] = (),
    dispatch: bool = True,
    name: str = "compliant_sms",
) -> Blueprint:
    """A blueprint that receives providers' callbacks.

    Args:
        messenger: the messenger that receives them; or several, by the part of the path before the
            provider's name, for example ``{"lakeside": messenger}``.
        public_url: the URL that providers call from outside, with scheme and host.
        trusted_proxies: instead of it, the networks of the proxies whose headers tell the URL.
        dispatch: after answering, send what the callback made due, on a thread of its own, so that
            a STOP is confirmed at once. False if a worker does that.
        name: the blueprint's name.

    Raises:
        ConfigurationError: neither or both of ``public_url`` and ``trusted_proxies`` were given,
            one cannot be used, or a messenger is one for an event loop.
    """
    _refuse_event_loops(messenger)
    desk = Desk(messenger, PublicAddress.of(public_url, trusted_proxies))
    view = _answering(desk, dispatch=dispatch)
    blueprint = Blueprint(name, __name__)
    blueprint.add_url_rule("/", "take_in", view, methods=_CALLED_WITH, strict_slashes=False)
    blueprint.add_url_rule("/<path:path>", "take_in", view, methods=_CALLED_WITH)
    return blueprint


def secure_blueprint(
    messenger: Messenger | Mapping[str, Messenger], *, name: str = "compliant_sms_pages"
) -> Blueprint:
    """A blueprint that serves the pages behind the links in notices.

    Serve it at the URL of ``SecurePages(url=...)``, over https. Forms carry their own proofs: with
    Flask-WTF, call ``csrf.exempt(blueprint)``. The address that goes on record is
    ``request.remote_addr``: behind a proxy use werkzeug's ``ProxyFix``.

    Args:
        messenger: the messenger whose pages to serve; or several, by the part of the path before
            the token, for example ``{"lakeside": messenger}``.
        name: the blueprint's name.

    Raises:
        ConfigurationError: the messenger has no pages, or is one for an event loop.
    """
    _refuse_event_loops(messenger)
    view = _answering(PageDesk(messenger))
    blueprint = Blueprint(name, __name__)
    _browse(blueprint, "show", view, _BELOW)
    return blueprint


def consent_blueprint(
    messenger: Messenger | Mapping[str, Messenger],
    *,
    dispatch: bool = True,
    name: str = "compliant_sms_form",
) -> Blueprint:
    """A blueprint that serves the consent form.

    Serve it at the URL of ``Permission(form_url=...)``, over https. The form carries its own proof:
    with Flask-WTF, call ``csrf.exempt(blueprint)``. The address that goes on record is
    ``request.remote_addr``: behind a proxy use werkzeug's ``ProxyFix``.

    Args:
        messenger: the messenger whose form to serve; or several, by the last part of the path, for
            example ``{"lakeside": messenger}``.
        dispatch: send the confirmation after answering, on a thread of its own; False if a worker
            does that.
        name: the blueprint's name.

    Raises:
        ConfigurationError: a messenger has no form, or is one for an event loop.
    """
    _refuse_event_loops(messenger)
    view = _answering(FormDesk(messenger), dispatch=dispatch)
    blueprint = Blueprint(name, __name__)
    _browse(blueprint, "ask", view, "/", _BELOW)
    return blueprint


class _AnyPath(BaseConverter):
    """Whatever follows: also nothing, slashes at its beginning, and line ends."""

    regex = "(?s:.*?)"
    part_isolating = False


def _browse(
    blueprint: Blueprint, endpoint: str, view: Callable[..., Response], *rules: str
) -> None:
    """Leave no request below the mount to Flask."""

    def define(state: BlueprintSetupState) -> None:
        state.app.url_map.converters[_ANY_PATH] = _AnyPath

    blueprint.record(define)
    for rule in rules:
        blueprint.add_url_rule(
            rule,
            endpoint,
            view,
            methods=_BROWSED_WITH,
            strict_slashes=False,
            provide_automatic_options=False,
        )


def _answering(
    desk: Desk[Messenger] | PageDesk[Messenger] | FormDesk[Messenger], *, dispatch: bool = False
) -> Callable[..., Response]:
    afterwards = Afterwards()
    desk = evolve(desk, call=at_once)

    def view(path: str = "") -> Response:
        answered = finish(desk.answer(_arrival(request, path), partial(_read, request)))
        reply = answered.reply
        response = Response(reply.body, reply.status, list(reply.headers))
        if answered.next is not None and dispatch:
            response.call_on_close(partial(afterwards.ask, answered.next))
        return response

    return view


def _refuse_event_loops(messenger: Messenger | Mapping[str, Messenger]) -> None:
    if not all(isinstance(each, Messenger) for each in each_messenger(messenger)):
        msg = "Flask answers without an event loop: pass a Messenger, not an AsyncMessenger"
        raise ConfigurationError(msg)


def _arrival(request: Request, path: str) -> Arrival:
    return Arrival(
        method=request.method,
        path=f"/{path}",
        whole_path=request.root_path + request.path,
        query=request.query_string.decode("latin-1"),
        headers=tuple(request.headers.items()),
        peer=request.remote_addr or "",
    )


async def _read(request: Request) -> bytes:
    try:
        return request.stream.read(READ_AT_ONCE)
    except HTTPException as error:
        msg = "the callback broke off, or is larger than the application takes"
        raise WebhookRejected(msg, status=error.code or 400) from error
