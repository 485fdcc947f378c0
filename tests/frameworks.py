"""Web frameworks that callbacks are taken in under, each with its test client and a server."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from itertools import count
from types import ModuleType
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, make_server

import uvicorn
from attrs import frozen
from django.core.handlers.asgi import ASGIHandler
from django.core.handlers.wsgi import WSGIHandler
from django.test import AsyncClient, Client, override_settings
from django.urls import include, path
from fastapi import FastAPI
from flask import Flask
from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.testclient import TestClient

from compliant_sms.cli.demo._webhooks import listen
from compliant_sms.web.django import consent_urls, secure_urls, webhook_urls
from compliant_sms.web.flask import consent_blueprint, secure_blueprint, webhook_blueprint
from compliant_sms.web.starlette import consent_app, secure_app, webhook_app
from compliant_sms.wire import HttpReply
from hooks import PATIENCE
from hosts import set_up_django
from servers import QuickServer

MOUNT = "/texts"
Call = Callable[[str, str, Mapping[str, str], bytes], HttpReply]
"""Method, path with query, headers and body, to the answer."""


@frozen
class Framework:
    """A framework with the library's callbacks mounted at MOUNT.

    Attributes:
        name: for people.
        client: the application behind the framework's own test client.
        server: the application, and what serves it; None where another one's stands for it.
        is_async: it takes an AsyncMessenger as well.
        spools: it has read the whole body before it asks anybody.
    """

    name: str
    client: Callable[..., Any]
    server: Callable[..., Any]
    is_async: bool = False
    spools: bool = False


# Starlette and FastAPI


def _fastapi(
    messenger: Any, *, app_of: Callable[..., Any] = webhook_app, **options: Any
) -> FastAPI:
    app = FastAPI()
    app.mount(MOUNT, app_of(messenger, **options))
    return app


@contextmanager
def _starlette_client(app: Any) -> Iterator[Call]:
    with TestClient(app, raise_server_exceptions=False) as client:

        def call(method: str, url: str, headers: Mapping[str, str], body: bytes) -> HttpReply:
            got = client.request(method, url, headers=dict(headers), content=body)
            return HttpReply(
                status=got.status_code, headers=got.headers.multi_items(), body=got.content
            )

        yield call


def _fastapi_client(messenger: Any, **options: Any) -> Any:
    return _starlette_client(_fastapi(messenger, **options))


def _unmounted_client(messenger: Any, **options: Any) -> Any:
    return _starlette_client(webhook_app(messenger, **options))


@contextmanager
def _on_uvicorn(app: Any) -> Iterator[str]:
    listener, url = listen()
    # uvicorn would put what a proxy says in the place of the proxy's own address.
    config = uvicorn.Config(app, log_config=None, lifespan="off", proxy_headers=False)
    server = QuickServer(config)
    thread = threading.Thread(target=server.run, args=([listener],), daemon=True)
    thread.start()
    try:
        yield url.removesuffix(MOUNT)
    finally:
        server.should_exit = True
        thread.join(PATIENCE)
        listener.close()


def _fastapi_server(messenger: Any, **options: Any) -> Any:
    return _on_uvicorn(_fastapi(messenger, **options))


def _starlette_server(messenger: Any, **options: Any) -> Any:
    return _on_uvicorn(Starlette(routes=[Mount(MOUNT, app=webhook_app(messenger, **options))]))


# Django


@contextmanager
def django_project(
    messenger: Any, *, urls_of: Callable[..., Any] = webhook_urls, **options: Any
) -> Iterator[ModuleType]:
    """A project with what guards forms, and with the three lines in its urls."""
    set_up_django()
    urls = ModuleType(f"urls_{next(_NUMBERS)}")
    urls.urlpatterns = [  # type: ignore[attr-defined]
        path(f"{MOUNT[1:]}/", include(urls_of(messenger, **options)))
    ]
    guards = [
        "django.middleware.security.SecurityMiddleware",
        "django.middleware.common.CommonMiddleware",
        "django.middleware.csrf.CsrfViewMiddleware",
        "django.middleware.clickjacking.XFrameOptionsMiddleware",
    ]
    with override_settings(ROOT_URLCONF=urls, ALLOWED_HOSTS=["*"], MIDDLEWARE=guards):
        yield urls


_NUMBERS = count()


def _as_reply(got: Any) -> HttpReply:
    cookies = [("Set-Cookie", each.OutputString()) for each in got.cookies.values()]
    return HttpReply(
        status=got.status_code, headers=[*got.headers.items(), *cookies], body=got.content
    )


def _apart(headers: Mapping[str, str]) -> tuple[str, dict[str, str]]:
    """The content type, which Django's clients add by themselves, and the other headers."""
    others = dict(headers)
    return others.pop("Content-Type", ""), others


@contextmanager
def _django_client(messenger: Any, **options: Any) -> Iterator[Call]:
    with django_project(messenger, **options):
        client = Client(enforce_csrf_checks=True, raise_request_exception=False)

        def call(method: str, url: str, headers: Mapping[str, str], body: bytes) -> HttpReply:
            kind, others = _apart(headers)
            return _as_reply(client.generic(method, url, body, kind, headers=others))

        yield call


@contextmanager
def _django_async_client(messenger: Any, **options: Any) -> Iterator[Call]:
    with django_project(messenger, **options), asyncio.Runner() as runner:
        client = AsyncClient(enforce_csrf_checks=True, raise_request_exception=False)

        def call(method: str, url: str, headers: Mapping[str, str], body: bytes) -> HttpReply:
            kind, others = _apart(headers)

            async def ask() -> Any:
                # A response that is closed is worked for on this loop, which has to go on.
                got = await client.generic(method, url, body, kind, headers=others)
                while more := asyncio.all_tasks() - {asyncio.current_task()}:
                    await asyncio.wait(more)  # type: ignore[type-var]
                return got

            return _as_reply(runner.run(ask()))

        yield call


@contextmanager
def _django_asgi_server(messenger: Any, **options: Any) -> Iterator[str]:
    with django_project(messenger, **options), _on_uvicorn(ASGIHandler()) as url:
        yield url


class _Silent(WSGIRequestHandler):
    def log_message(self, *_: Any) -> None:
        pass


@contextmanager
def _on_wsgi(app: Any) -> Iterator[str]:
    with make_server("127.0.0.1", 0, app, handler_class=_Silent) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join(PATIENCE)


@contextmanager
def _django_wsgi_server(messenger: Any, **options: Any) -> Iterator[str]:
    with django_project(messenger, **options), _on_wsgi(WSGIHandler()) as url:
        yield url


# Flask


def _flask(
    messenger: Any, *, blueprint_of: Callable[..., Any] = webhook_blueprint, **options: Any
) -> Flask:
    app = Flask("clinic")
    app.register_blueprint(blueprint_of(messenger, **options), url_prefix=MOUNT)
    return app


@contextmanager
def _flask_client(messenger: Any, **options: Any) -> Iterator[Call]:
    client = _flask(messenger, **options).test_client()

    def call(method: str, url: str, headers: Mapping[str, str], body: bytes) -> HttpReply:
        got = client.open(url, method=method, headers=dict(headers), data=body, buffered=True)
        return HttpReply(status=got.status_code, headers=list(got.headers), body=got.data)

    yield call


def _flask_server(messenger: Any, **options: Any) -> Any:
    return _on_wsgi(_flask(messenger, **options))


FRAMEWORKS = [
    Framework("fastapi", _fastapi_client, _fastapi_server, is_async=True),
    Framework("starlette", _unmounted_client, _starlette_server, is_async=True),
    Framework("django-wsgi", _django_client, _django_wsgi_server),
    Framework("django-asgi", _django_async_client, _django_asgi_server, is_async=True, spools=True),
    Framework("flask", _flask_client, _flask_server),
]


PAGES = [
    Framework(
        "fastapi",
        partial(_fastapi_client, app_of=secure_app),
        partial(_fastapi_server, app_of=secure_app),
        is_async=True,
    ),
    Framework(
        "starlette",
        lambda messenger: _starlette_client(secure_app(messenger)),
        lambda messenger: _on_uvicorn(secure_app(messenger)),
        is_async=True,
    ),
    Framework(
        "django-wsgi",
        partial(_django_client, urls_of=secure_urls),
        partial(_django_wsgi_server, urls_of=secure_urls),
    ),
    Framework(
        "django-asgi",
        partial(_django_async_client, urls_of=secure_urls),
        partial(_django_asgi_server, urls_of=secure_urls),
        is_async=True,
    ),
    Framework(
        "flask",
        partial(_flask_client, blueprint_of=secure_blueprint),
        partial(_flask_server, blueprint_of=secure_blueprint),
    ),
]
"""The same frameworks with secure pages at MOUNT."""

FORMS = [
    Framework(
        "fastapi",
        partial(_fastapi_client, app_of=consent_app),
        partial(_fastapi_server, app_of=consent_app),
        is_async=True,
    ),
    Framework(
        "starlette",
        lambda messenger, **options: _starlette_client(consent_app(messenger, **options)),
        lambda messenger: _on_uvicorn(consent_app(messenger)),
        is_async=True,
    ),
    Framework(
        "django-wsgi",
        partial(_django_client, urls_of=consent_urls),
        partial(_django_wsgi_server, urls_of=consent_urls),
    ),
    Framework(
        "django-asgi",
        partial(_django_async_client, urls_of=consent_urls),
        partial(_django_asgi_server, urls_of=consent_urls),
        is_async=True,
    ),
    Framework(
        "flask",
        partial(_flask_client, blueprint_of=consent_blueprint),
        partial(_flask_server, blueprint_of=consent_blueprint),
    ),
]
"""The same frameworks with the form of permission at MOUNT."""


def until_done() -> None:
    """Wait for what is done after answers on a thread of its own."""
    for thread in threading.enumerate():
        if thread.name == "compliant_sms.web":
            thread.join(PATIENCE)
            assert not thread.is_alive()
