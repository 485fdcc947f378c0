"""Callbacks under Starlette, and so under FastAPI.

Mount it where the provider calls::

    app.mount("/texts", webhook_app(messenger, public_url="https://clinic.example/texts"))

Needs the extra ``starlette``, or Starlette itself.
"""

from __future__ import annotations

from compliant_sms.errors import MissingExtra, StoreError, WebhookRejected
from compliant_sms.flows import Received
from compliant_sms.messenger import AsyncMessenger, Messenger
from compliant_sms.wire import HttpReply, WebhookRequest

try:
    from starlette.applications import Starlette
    from starlette.background import BackgroundTask
    from starlette.concurrency import run_in_threadpool
    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.routing import Route
except ModuleNotFoundError as _error:
    raise MissingExtra("starlette", "webhook_app") from _error  # noqa: EM101 - the extra's name

__all__ = ["webhook_app"]

_LARGEST_BODY = 1_000_000


def webhook_app(
    messenger: Messenger | AsyncMessenger, *, public_url: str, dispatch: bool = True
) -> Starlette:
    """An ASGI application that takes a provider's callbacks in.

    It answers 2xx only after the callback is on disk, 403 to a wrong signature, 413 to more than a
    megabyte, and 503 when the store is not available, so that the provider tries again.

    Args:
        messenger: who receives.
        public_url: where the provider calls it from outside, scheme and host included. Signatures
            cover it, and behind a proxy it cannot be guessed.
        dispatch: send what is due after each answer, so that a STOP is confirmed at once.
    """

    async def endpoint(request: Request) -> Response:
        try:
            received = await _receive(messenger, await _as_called(request, public_url))
        except WebhookRejected as error:
            return Response(str(error), status_code=error.status, media_type="text/plain")
        except StoreError:
            return Response(status_code=503)
        task = BackgroundTask(messenger.dispatch_due) if dispatch else None
        return _as_response(received.answer, task)

    return Starlette(routes=[Route("/{rest:path}", endpoint, methods=["GET", "POST"])])


async def _receive(messenger: Messenger | AsyncMessenger, request: WebhookRequest) -> Received:
    if isinstance(messenger, AsyncMessenger):
        return await messenger.receive(request)
    return await run_in_threadpool(messenger.receive, request)


async def _as_called(request: Request, public_url: str) -> WebhookRequest:
    query = request.url.query
    return WebhookRequest(
        method=request.method,
        url=f"{public_url}?{query}" if query else public_url,
        headers=request.headers.items(),
        body=await _body(request),
    )


async def _body(request: Request) -> bytes:
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > _LARGEST_BODY:
            msg = "the callback is larger than any provider sends"
            raise WebhookRejected(msg, status=413)
    return bytes(body)


def _as_response(answer: HttpReply, task: BackgroundTask | None) -> Response:
    return Response(
        answer.body, status_code=answer.status, headers=dict(answer.headers), background=task
    )
