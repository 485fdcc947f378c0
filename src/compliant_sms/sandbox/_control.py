"""The control API under ``/sandbox/``: what tests and demos in other processes need.

::

    PUT  /sandbox/numbers/{e164}      {"inbound_url": text or null, "status_url": text or null,
                                       "answers_keywords": bool}
    PUT  /sandbox/recipients/{e164}   {"outcome": text, "error_code": int or null}
    POST /sandbox/inbound             {"from": text, "to": text, "body": text, "sid": text or null}
    PUT  /sandbox/clock               {"at": an ISO 8601 instant; the clock stands there}
    GET  /sandbox/messages
    POST /sandbox/faults              {"kind": text, "provider": text, "status": int,
                                       "headers": object, "body": text or object,
                                       "seconds": number, "times": int}
    DELETE /sandbox/faults            nothing goes wrong any more
    PUT  /sandbox/fault-rates         {"rates": {kind: number}, "seconds": number}
    POST /sandbox/drain               {}

What is left out stays as it is, or takes its default. A request that cannot be used is answered
with 400 and ``{"error": words}``.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from compliant_sms.errors import InvalidInput
from compliant_sms.sandbox._carrier import Carrier
from compliant_sms.sandbox._entries import BookEntry, Draft
from compliant_sms.sandbox._faults import make_faults, make_rates

Shape = Mapping[str, tuple[type, ...]]

_NUMBER: Final[Shape] = {
    "inbound_url": (str, type(None)),
    "status_url": (str, type(None)),
    "answers_keywords": (bool,),
}
_RECIPIENT: Final[Shape] = {"outcome": (str,), "error_code": (int, type(None))}
_CLOCK: Final[Shape] = {"at": (str,)}
_INBOUND: Final[Shape] = {
    "from": (str,),
    "to": (str,),
    "body": (str,),
    "sid": (str, type(None)),
}
_FAULT: Final[Shape] = {
    "kind": (str,),
    "provider": (str,),
    "status": (int,),
    "headers": (dict,),
    "body": (str, dict),
    "seconds": (int, float),
    "times": (int,),
}
_RATES: Final[Shape] = {"rates": (dict,), "seconds": (int, float)}


def routes(carrier: Carrier) -> list[Route]:
    """The routes of the control API."""
    control = _Control(carrier)
    return [
        Route("/sandbox/numbers/{number}", control.put_number, methods=["PUT"]),
        Route("/sandbox/recipients/{number}", control.put_recipient, methods=["PUT"]),
        Route("/sandbox/clock", control.put_clock, methods=["PUT"]),
        Route("/sandbox/inbound", control.post_inbound, methods=["POST"]),
        Route("/sandbox/messages", control.get_messages, methods=["GET"]),
        Route("/sandbox/faults", control.post_faults, methods=["POST"]),
        Route("/sandbox/faults", control.delete_faults, methods=["DELETE"]),
        Route("/sandbox/fault-rates", control.put_fault_rates, methods=["PUT"]),
        Route("/sandbox/drain", control.post_drain, methods=["POST"]),
    ]


def explain(_: Request, error: Exception) -> Response:
    """Turn :class:`InvalidInput` into an answer."""
    return JSONResponse({"error": str(error)}, 400)


class _Control:
    def __init__(self, carrier: Carrier) -> None:
        self._carrier = carrier

    async def put_number(self, request: Request) -> Response:
        wanted = await read_object(request, _NUMBER)
        e164 = request.path_params["number"]
        with self._carrier.open() as book:
            if "inbound_url" in wanted:
                book.set_inbound_url(e164, wanted["inbound_url"])
            if "status_url" in wanted:
                book.set_status_url(e164, wanted["status_url"])
            if "answers_keywords" in wanted:
                book.set_answers_keywords(e164, answers=wanted["answers_keywords"])
            number = book.number(e164)
        return JSONResponse(
            {
                "inbound_url": number.inbound_url,
                "status_url": number.status_url,
                "answers_keywords": number.answers_keywords,
            }
        )

    async def put_recipient(self, request: Request) -> Response:
        wanted = await read_object(request, _RECIPIENT, "outcome")
        with self._carrier.open() as book:
            book.set_outcome(
                request.path_params["number"], wanted["outcome"], wanted.get("error_code")
            )
        return Response(status_code=204)

    async def put_clock(self, request: Request) -> Response:
        wanted = await read_object(request, _CLOCK, "at")
        try:
            at = datetime.fromisoformat(wanted["at"])
        except ValueError as error:
            msg = "at is not an ISO 8601 instant. Pass one like 2026-11-30T15:00:00+00:00."
            raise InvalidInput(msg) from error
        self._carrier.set_time(at)
        return Response(status_code=204)

    async def post_inbound(self, request: Request) -> Response:
        text = await read_object(request, _INBOUND, "from", "to", "body")
        draft = Draft(from_=text["from"], to=text["to"], body=text["body"])
        entry = await self._carrier.take_from_patient(draft, text.get("sid"))
        return JSONResponse({"sid": entry.sid, "webhook_status": entry.webhook_status})

    async def get_messages(self, _: Request) -> Response:
        with self._carrier.open() as book:
            entries = book.entries()
        return JSONResponse({"messages": [entry_json(entry) for entry in entries]})

    async def post_faults(self, request: Request) -> Response:
        fault = await read_object(request, _FAULT, "kind")
        with self._carrier.open() as book:
            waiting = book.queue_faults(make_faults(fault.pop("kind"), **fault))
        return JSONResponse({"waiting": waiting}, 201)

    async def delete_faults(self, _: Request) -> Response:
        with self._carrier.open() as book:
            book.forget_faults()
        return Response(status_code=204)

    async def put_fault_rates(self, request: Request) -> Response:
        wanted = await read_object(request, _RATES, "rates")
        rates = make_rates(_shares(wanted["rates"]), wanted.get("seconds", 0.0))
        with self._carrier.open() as book:
            book.rates = rates
        return Response(status_code=204)

    async def post_drain(self, _: Request) -> Response:
        await self._carrier.drain()
        return Response(status_code=204)


async def read_object(request: Request, shape: Shape, *required: str) -> dict[str, Any]:
    """The JSON object of a request, when it has the names and types it may have."""
    try:
        given = json.loads(await request.body())
    except ValueError:
        given = None
    if not isinstance(given, dict):
        msg = "the body must be a JSON object."
        raise InvalidInput(msg)
    if missing := [name for name in required if name not in given]:
        msg = f"missing: {', '.join(missing)}."
        raise InvalidInput(msg)
    for name, value in given.items():
        # bool is an int for Python and a different thing in JSON, hence no isinstance.
        if type(value) not in shape.get(name, ()):
            msg = f"there is a name or a type that is not expected; known are {', '.join(shape)}."
            raise InvalidInput(msg)
    return given


def _shares(rates: dict[str, Any]) -> dict[str, float]:
    if not all(type(share) in (int, float) for share in rates.values()):
        msg = "each rate must be a number from 0 to 1."
        raise InvalidInput(msg)
    return rates


def entry_json(entry: BookEntry) -> dict[str, Any]:
    return {
        "position": entry.position,
        "provider": entry.provider,
        "sid": entry.sid,
        "direction": entry.direction,
        "author": entry.author,
        "from": entry.from_,
        "to": entry.to,
        "body": entry.body,
        "media_urls": entry.media_urls,
        "segments": entry.segments,
        "status": entry.status,
        "error_code": entry.error_code,
        "created_at": entry.created_at.isoformat(),
        "updated_at": entry.updated_at.isoformat(),
        "sent_at": None if entry.sent_at is None else entry.sent_at.isoformat(),
        "reference": entry.reference,
        "answered_by": entry.answered_by,
        "webhook_status": entry.webhook_status,
        "told": entry.told,
    }
