"""Spans around flows, as far as somebody measures."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Mapping
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar

from compliant_sms._masking import shown_practice
from compliant_sms.messages import (
    Blocked,
    Cancelled,
    Failed,
    Held,
    Queued,
    Sent,
    Uncertain,
)
from compliant_sms.ports import Measured, Ports

P = ParamSpec("P")
T = TypeVar("T")
Flow = Callable[Concatenate[Ports, P], Coroutine[object, object, T]]


def traced(name: str) -> Callable[[Flow[P, T]], Flow[P, T]]:
    """A decorator: each run of the flow is a span, which tells what it came to."""

    def decorated(flow: Flow[P, T]) -> Flow[P, T]:
        @wraps(flow)
        async def run(ports: Ports, /, *args: P.args, **kwargs: P.kwargs) -> T:
            with ports.telemetry.span(f"compliant_sms.{name}") as span:
                # First, so that a span that ends by an exception says whose it is too.
                span.set_attributes({_PRACTICE: shown_practice(ports.practice.id)})
                result = await flow(ports, *args, **kwargs)
                span.set_attributes(_came_to(result))
                return result

        return run

    return decorated


_PRACTICE = "compliant_sms.practice.id"
_OUTCOMES = (Sent, Queued, Held, Blocked, Failed, Uncertain, Cancelled)


def _came_to(result: object) -> Mapping[str, Measured]:
    """What a flow returned, without anything that somebody wrote."""
    if not isinstance(result, _OUTCOMES):
        return {}
    told: dict[str, Measured] = {
        "compliant_sms.outcome": type(result).__name__.lower(),
        "compliant_sms.message.id": result.message_id,
    }
    if isinstance(result, Held | Blocked):
        told["compliant_sms.rule.ids"] = tuple(dict.fromkeys(f.rule for f in result.reasons))
    if isinstance(result, Queued | Failed | Uncertain) and result.problem is not None:
        told["compliant_sms.problem"] = str(result.problem.category)
    return told
