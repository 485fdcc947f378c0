"""OpenTelemetry: what is measured, and that none of it is about anybody."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest
from attrs import evolve
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind, StatusCode

from compliant_sms import AsyncMessenger, Blocked, Messenger, Practice, Profile, Sent
from compliant_sms.driver import finish
from compliant_sms.errors import InvalidSignature, RequestNotSent
from compliant_sms.events import AuditEventRecorded, Event
from compliant_sms.figures import Figures
from compliant_sms.lifecycle import State
from compliant_sms.ports import NO_TELEMETRY
from compliant_sms.providers import Twilio
from compliant_sms.stores import SQLite
from compliant_sms.telemetry import METRICS, OpenTelemetry
from compliant_sms.testing import MovableClock
from compliant_sms.transport import BlockingTransport
from compliant_sms.wire import HttpReply, HttpRequest, WebhookRequest
from conftest import INTAKE_WORDING, MORNING, PATIENT, PERSON
from test_receive import from_patient, status
from test_send import BODY, NIGHT, agree, remind, waits
from unmeasured import surroundings

pytestmark = pytest.mark.usefixtures(waits.__name__)
Make = Callable[..., Messenger]
TEXT = "Lakeside Family Medicine: Zelda, see you Tue Dec 1 at 2:30 PM. Reply C to confirm."
CANARIES = ["Zelda", "Quagga", "okapi", "2175550134", "555-0134", PERSON, "see you", "+1217555013"]


class Measured:
    """A telemetry whose spans and metrics stay in memory."""

    def __init__(self) -> None:
        self.exporter, self.reader = InMemorySpanExporter(), InMemoryMetricReader()
        traces = TracerProvider()
        traces.add_span_processor(SimpleSpanProcessor(self.exporter))
        self.telemetry = OpenTelemetry(traces, MeterProvider([self.reader]))

    def spans(self, name: str) -> list[ReadableSpan]:
        """Those of a name, the first that ended first."""
        return [span for span in self.exporter.get_finished_spans() if span.name == name]

    def metrics(self) -> dict[str, Any]:
        """Each metric by its name."""
        data = self.reader.get_metrics_data()
        assert data is not None
        return {
            metric.name: metric
            for resource in data.resource_metrics
            for scope in resource.scope_metrics
            for metric in scope.metrics
        }

    def count(self, name: str, **attributes: object) -> float:
        """The sum of a metric over the points that have these attributes."""
        wanted = {f"compliant_sms.{key}".replace("__", "."): v for key, v in attributes.items()}
        points = self.metrics()[f"compliant_sms.{name}"].data.data_points
        return sum(p.value for p in points if wanted.items() <= dict(p.attributes).items())

    def everything(self) -> str:
        """All that would leave the process."""
        spans = [span.to_json() for span in self.exporter.get_finished_spans()]
        data = self.reader.get_metrics_data()
        return "\n".join([*spans, data.to_json() if data else ""])


@pytest.fixture
def measured() -> Measured:
    """A telemetry of the test's own."""
    return Measured()


@pytest.fixture
def messenger(make_messenger: Make, measured: Measured) -> Messenger:
    """A messenger that is measured."""
    made = make_messenger(
        telemetry=measured.telemetry, people=lambda _: Profile(time_zone="America/Chicago")
    )
    agree(made)
    return made


def test_sending(messenger: Messenger, measured: Measured) -> None:
    """A send is a span with its outcome, and the request inside of it one of kind CLIENT."""
    sent = remind(messenger)
    (span,) = measured.spans("compliant_sms.send")
    (request,) = measured.spans("POST")
    assert isinstance(sent, Sent)
    assert dict(span.attributes or {}) == {
        "compliant_sms.practice.id": "lakeside",
        "compliant_sms.outcome": "sent",
        "compliant_sms.message.id": sent.message_id,
    }
    assert request.parent is not None
    assert request.parent.span_id == span.context.span_id
    assert (span.kind, request.kind) == (SpanKind.INTERNAL, SpanKind.CLIENT)
    told = dict(request.attributes or {})
    assert told.pop("server.port") != 0
    assert told == {
        "http.request.method": "POST",
        "server.address": "127.0.0.1",
        "http.response.status_code": 201,
    }
    assert span.instrumentation_scope is not None
    assert span.instrumentation_scope.name == "compliant_sms"


def test_a_number_that_serves_as_id_is_masked(
    make_messenger: Make, practice: Practice, measured: Measured
) -> None:
    """A practice that chose no id goes by its phone number, which no span shows in full."""
    made = make_messenger(
        practice=evolve(practice, id=practice.phone.e164), telemetry=measured.telemetry
    )
    remind(made)
    (span,) = measured.spans("compliant_sms.send")
    assert (span.attributes or {})["compliant_sms.practice.id"] == practice.phone.masked


def test_refusals_and_dispatch(
    messenger: Messenger, measured: Measured, clock: MovableClock
) -> None:
    """What is refused or waits names the rules; what is dispatched is a span for each text."""
    blocked = remind(messenger, "nobody", to="+12175550135", person="pat-882")
    clock.move_to(NIGHT)
    held = remind(messenger)
    clock.move_to(held.until)
    messenger.dispatch_due()
    first, second = measured.spans("compliant_sms.send")
    assert isinstance(blocked, Blocked)
    assert (first.attributes or {})["compliant_sms.outcome"] == "blocked"
    assert "consent" in (first.attributes or {})["compliant_sms.rule.ids"]  # type: ignore[operator]
    assert (second.attributes or {})["compliant_sms.rule.ids"] == ("courtesy-window",)
    (dispatched,) = measured.spans("compliant_sms.dispatch")
    assert (dispatched.attributes or {})["compliant_sms.outcome"] == "sent"
    assert measured.count("text.changes", text__state="held") == 1
    assert measured.count("text.changes", text__state="sent", provider="twilio") == 1
    assert measured.count("rule.findings", rule__id="courtesy-window", verdict="hold") == 1
    assert measured.count("rule.findings", rule__id="consent", verdict="block") == 1


def test_receiving(messenger: Messenger, measured: Measured) -> None:
    """Callbacks are spans, also those that are refused; opt-outs are counted."""
    messenger.receive(from_patient("STOP", "SM1"))
    with pytest.raises(InvalidSignature):
        messenger.receive(WebhookRequest(method="POST", url="https://clinic.example/texts"))
    taken, refused = measured.spans("compliant_sms.receive")
    assert taken.status.status_code is StatusCode.UNSET
    assert refused.status.status_code is StatusCode.ERROR
    assert refused.status.description is None
    assert dict(refused.attributes or {}) == {
        "compliant_sms.practice.id": "lakeside",
        "error.type": "InvalidSignature",
    }
    assert refused.events == ()
    assert measured.count("text.received", intent="opt_out") == 1
    assert measured.count("consent.changes", consent__kind="opted_out") == 1


def test_what_goes_wrong_with_a_request(messenger: Messenger, measured: Measured) -> None:
    """A refusal of the provider's, a request that never left, and an address that is none."""

    class Odd:
        async def send(self, request: HttpRequest) -> HttpReply:
            if request.url == "https://refuses.example":
                return HttpReply(status=503, body=b"Zelda Quagga")
            msg = "Zelda Quagga could not be reached"
            raise RequestNotSent(msg)

    traced = measured.telemetry.transport(Odd())
    finish(traced.send(HttpRequest(method="GET", url="https://refuses.example")))  # type: ignore[arg-type]
    for url in ("http://closed.example:81/a?to=2175550134", "http://[odd", "nothing"):
        with pytest.raises(RequestNotSent):
            finish(traced.send(HttpRequest(method="GET", url=url)))  # type: ignore[arg-type]
    told = [dict(span.attributes or {}) for span in measured.spans("GET")]
    method = {"http.request.method": "GET"}
    never = {"error.type": "RequestNotSent"}
    assert told == [
        {
            **method,
            "server.address": "refuses.example",
            "server.port": 443,
            "http.response.status_code": 503,
            "error.type": "503",
        },
        {**method, "server.address": "closed.example", "server.port": 81, **never},
        {**method, **never},
        {**method, **never},
    ]
    assert "Zelda" not in measured.everything()


def test_gauges(measured: Measured) -> None:
    """What is open stands in the store, and is set from figures."""
    figures = Figures(
        since=None, until=MORNING, texts={State.CLAIMED: 4}, opt_outs=1, uncertain=2, overdue=3
    )
    measured.telemetry.record(figures)
    assert measured.count("text.open", text__state="uncertain") == 2
    assert measured.count("text.open", text__state="overdue") == 3
    assert measured.count("opt_out.ratio") == 0.25
    measured.telemetry.record(Figures(since=None, until=MORNING, texts={}))
    assert measured.count("opt_out.ratio") == 0.25  # no text, no rate


def test_practices_of_one_process_are_apart(
    make_messenger: Make, practice: Practice, measured: Measured
) -> None:
    """What one counts, and has open, is told as its own: the other's nought hides nothing."""
    busy = make_messenger(telemetry=measured.telemetry)
    idle = make_messenger(practice=evolve(practice, id="hillside"), telemetry=measured.telemetry)
    agree(busy)
    remind(busy)

    for each in (busy, idle):
        measured.telemetry.record(evolve(each.figures(), overdue=500 if each is busy else 0))

    assert measured.count("text.open", practice__id="lakeside", text__state="overdue") == 500
    assert measured.count("text.open", practice__id="hillside", text__state="overdue") == 0
    assert measured.count("text.changes", practice__id="lakeside", text__state="sent") == 1
    assert measured.count("text.changes", practice__id="hillside") == 0
    assert measured.count("consent.changes", practice__id="lakeside") == 1


def test_units_and_names(messenger: Messenger, measured: Measured, clock: MovableClock) -> None:
    """Each metric has the unit that it is said to have; no name is the beginning of another."""
    remind(messenger)
    remind(messenger, "nobody", to="+12175550135", person="pat-882")
    messenger.receive(from_patient("thanks", "SM1"))
    measured.telemetry.record(messenger.figures())
    found = measured.metrics()
    assert {name: metric.unit for name, metric in found.items()} == {
        name: unit for name, (unit, _) in METRICS.items()
    }
    attributes = {
        key
        for metric in found.values()
        for point in metric.data.data_points
        for key in point.attributes
    }
    names = {*found, *attributes}
    assert not [(a, b) for a in names for b in names if b.startswith(f"{a}.")]
    measured.telemetry.heard(
        AuditEventRecorded(practice_id="lakeside", at=clock(), act="paused", actor="it:kim")
    )  # is no metric


def test_nobody_is_in_it(
    messenger: Messenger, measured: Measured, clock: MovableClock, make_messenger: Make
) -> None:
    """A day of canaries, with failures of the host's own: none in any span or metric."""

    def lost(_: str) -> Profile:
        msg = "Zelda Quagga, okapi, 217-555-0134 is not in the chart"
        raise LookupError(msg)

    sent = remind(messenger, body=TEXT)
    messenger.receive(status(sent.provider_id, "delivered"))
    messenger.receive(from_patient("Zelda Quagga, 217-555-0134: okapi pain", "SM1"))
    messenger.receive(from_patient("STOP", "SM2"))
    messenger.pause(by="it:kim", reason="Zelda Quagga")
    remind(messenger, "paused", body=f"{TEXT} Again.")
    broken = make_messenger(telemetry=measured.telemetry, people=lost)
    with pytest.raises(LookupError):
        remind(broken, "broken", body=TEXT)
    clock.move_to(NIGHT)
    messenger.dispatch_due()
    messenger.reconcile()
    measured.telemetry.record(messenger.figures())
    said = measured.everything()
    assert "text_sent" not in said
    assert "lakeside" in said
    assert [canary for canary in CANARIES if canary in said] == []


def test_on_an_event_loop(practice: Practice, provider: Twilio, clock: MovableClock) -> None:
    """The other facade is measured the same way, also where spans of many texts overlap."""
    measured = Measured()

    async def people(_: str) -> Profile:
        await asyncio.sleep(0)
        return Profile(time_zone="America/Chicago")

    async def day() -> None:
        messenger = AsyncMessenger(
            practice=practice,
            provider=provider,
            store=SQLite(":memory:"),
            clock=clock,
            people=people,
            telemetry=measured.telemetry,
        )
        await messenger.consent.grant(
            PATIENT,
            person=PERSON,
            basis="intake_form",
            wording=INTAKE_WORDING,
            recorded_by="front-desk:ana",
        )
        await asyncio.gather(*(remind(messenger, f"{n}", body=f"{BODY} {n}") for n in range(4)))  # type: ignore[arg-type]
        await messenger.aclose()

    asyncio.run(day())
    sends = {span.context.span_id for span in measured.spans("compliant_sms.send")}
    assert len(sends) == 4
    assert {span.parent.span_id for span in measured.spans("POST") if span.parent} == sends


def test_without_it_nothing_is_measured_or_loaded() -> None:
    """A messenger that nobody measures does not import OpenTelemetry; its spans are one object."""
    code = (
        "import sys\n"
        "from compliant_sms import Messenger\n"
        "import compliant_sms.messenger\n"
        "print([name for name in sys.modules if name.startswith('opentelemetry')])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], env=surroundings(), capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"
    with NO_TELEMETRY.span("a") as outer, NO_TELEMETRY.span("b") as inner:
        outer.set_attributes({"a": 1})
    assert outer is inner
    transport = BlockingTransport()
    assert NO_TELEMETRY.transport(transport) is transport
    NO_TELEMETRY.heard(Event(practice_id="lakeside", at=MORNING))


@pytest.mark.parametrize(
    ("module", "extra"),
    [("opentelemetry", "opentelemetry"), ("matplotlib", "report")],
)
def test_a_missing_extra_is_named(module: str, extra: str) -> None:
    """Whoever has not installed it is told what to install."""
    room = "telemetry" if extra == "opentelemetry" else "report._draw"
    code = (
        f"import sys; sys.modules[{module!r}] = None\n"
        "from compliant_sms.errors import MissingExtra\n"
        "try:\n"
        f"    import compliant_sms.{room}\n"
        "except MissingExtra as error:\n"
        "    print(error)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert f"pip install 'compliant-sms[{extra}]'" in done.stdout
