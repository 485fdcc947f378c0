"""Spans and metrics for OpenTelemetry. Needs the extra ``opentelemetry``.

Names follow OpenTelemetry's conventions. HTTP spans have the attributes of its HTTP conventions,
except ``url.full``, because the address of a request can hold a patient's number. All other names
begin with ``compliant_sms.``. No attribute holds a body, a number, a name, or your id of a person,
and no span holds the message of an exception.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from importlib.metadata import version
from urllib.parse import urlsplit

from compliant_sms._masking import shown_practice
from compliant_sms.errors import MissingExtra
from compliant_sms.events import (
    ConsentEvent,
    Event,
    TextBlocked,
    TextEvent,
    TextHeld,
    TextReceived,
)
from compliant_sms.figures import Figures
from compliant_sms.ports import Measured, Span, Transport
from compliant_sms.wire import HttpReply, HttpRequest

try:
    from opentelemetry import metrics, trace
    from opentelemetry.trace import SpanKind, Status, StatusCode
except ImportError as _error:
    raise MissingExtra("opentelemetry", "measuring with OpenTelemetry") from _error  # noqa: EM101

__all__ = ["METRICS", "OpenTelemetry"]

METRICS: Mapping[str, tuple[str, str]] = {
    "compliant_sms.text.changes": (
        "{text}",
        "Texts that came to a state, by state, purpose and provider.",
    ),
    "compliant_sms.rule.findings": (
        "{finding}",
        "How often a rule held or blocked a text, by rule and verdict.",
    ),
    "compliant_sms.text.received": ("{text}", "Texts that came in, by what they are about."),
    "compliant_sms.consent.changes": ("{event}", "Events of the consent ledger, by kind."),
    "compliant_sms.text.open": ("{text}", "Texts that are uncertain, or overdue, by which."),
    "compliant_sms.opt_out.ratio": ("1", "Opt-outs for each text that was allowed."),
}
"""Each metric with its unit and what it counts."""

_HTTPS = 443
_FIRST_ERROR = 400


class OpenTelemetry:
    """Measures what a messenger does: ``Messenger(telemetry=OpenTelemetry())``.

    Args:
        tracer_provider: makes spans; the global one by default.
        meter_provider: makes metrics; the global one by default.
    """

    def __init__(
        self,
        tracer_provider: trace.TracerProvider | None = None,
        meter_provider: metrics.MeterProvider | None = None,
    ) -> None:
        release = version("compliant-sms")
        self._tracer = trace.get_tracer("compliant_sms", release, tracer_provider)
        meter = metrics.get_meter("compliant_sms", release, meter_provider)
        self._changes = meter.create_counter(*_told("compliant_sms.text.changes"))
        self._findings = meter.create_counter(*_told("compliant_sms.rule.findings"))
        self._received = meter.create_counter(*_told("compliant_sms.text.received"))
        self._consent = meter.create_counter(*_told("compliant_sms.consent.changes"))
        self._open = meter.create_gauge(*_told("compliant_sms.text.open"))
        self._ratio = meter.create_gauge(*_told("compliant_sms.opt_out.ratio"))

    def span(self, name: str) -> AbstractContextManager[Span]:
        """A span of that name. An exception that ends it is recorded by its type only."""
        return self._spanning(name, SpanKind.INTERNAL)

    @contextmanager
    def _spanning(self, name: str, kind: SpanKind) -> Iterator[trace.Span]:
        with self._tracer.start_as_current_span(
            name, kind=kind, record_exception=False, set_status_on_exception=False
        ) as span:
            try:
                yield span
            except BaseException as error:
                span.set_attribute("error.type", type(error).__qualname__)
                span.set_status(Status(StatusCode.ERROR))
                raise

    def transport(self, transport: Transport) -> Transport:
        """Wrap a transport, with a span of kind CLIENT around each request."""
        return _Traced(self, transport)

    def heard(self, event: Event) -> None:
        """Count an event; a handler for :meth:`compliant_sms.Messenger.on`."""
        if isinstance(event, TextEvent):
            self._count_text(event)
        elif isinstance(event, TextReceived):
            told = {"compliant_sms.intent": str(event.intent)}
            self._received.add(1, _at(event.practice_id) | told)
        elif isinstance(event, ConsentEvent):
            told = {"compliant_sms.consent.kind": event.name or ""}
            self._consent.add(1, _at(event.practice_id) | told)

    def _count_text(self, event: TextEvent) -> None:
        at = _at(event.practice_id)
        told = at | {
            "compliant_sms.text.state": (event.name or "").removeprefix("text_"),
            "compliant_sms.purpose": event.purpose,
        }
        provider = getattr(event, "provider", "")
        if provider:
            told["compliant_sms.provider"] = provider
        self._changes.add(1, told)
        if isinstance(event, TextHeld | TextBlocked):
            verdict = "hold" if isinstance(event, TextHeld) else "block"
            for rule in event.rules:
                found = {"compliant_sms.rule.id": rule, "compliant_sms.verdict": verdict}
                self._findings.add(1, at | found)

    def record(self, figures: Figures) -> None:
        """Set the gauges from figures, such as ``messenger.figures(since=a_day_ago)``.

        Call it as often as your metrics are read. Events only tell what changes; only the store
        knows what is open.
        """
        at = _at(figures.practice_id)
        self._open.set(figures.uncertain, at | {"compliant_sms.text.state": "uncertain"})
        self._open.set(figures.overdue, at | {"compliant_sms.text.state": "overdue"})
        if figures.opt_out_rate is not None:
            self._ratio.set(figures.opt_out_rate, at)


def _at(practice_id: str) -> dict[str, str]:
    """Keeps the practices of one process apart; the attribute is that of the spans."""
    return {"compliant_sms.practice.id": shown_practice(practice_id)} if practice_id else {}


def _told(name: str) -> tuple[str, str, str]:
    return (name, *METRICS[name])


class _Traced:
    """A transport whose requests are measured."""

    def __init__(self, telemetry: OpenTelemetry, transport: Transport) -> None:
        self._telemetry = telemetry
        self._transport = transport

    async def send(self, request: HttpRequest) -> HttpReply:
        """See :meth:`compliant_sms.ports.Transport.send`."""
        with self._telemetry._spanning(request.method, SpanKind.CLIENT) as span:  # noqa: SLF001
            span.set_attributes(_asked(request))
            reply = await self._transport.send(request)
            span.set_attribute("http.response.status_code", reply.status)
            if reply.status >= _FIRST_ERROR:
                span.set_attribute("error.type", str(reply.status))
                span.set_status(Status(StatusCode.ERROR))
            return reply


def _asked(request: HttpRequest) -> dict[str, Measured]:
    told: dict[str, Measured] = {"http.request.method": request.method}
    try:
        url = urlsplit(request.url)
        host, port = url.hostname, url.port or (_HTTPS if url.scheme == "https" else 80)
    except ValueError:  # the transport reports it
        return told
    return told | ({"server.address": host, "server.port": port} if host else {})
