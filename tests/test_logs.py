"""Canaries in log records: messages, arguments, exceptions and extras let none of them through."""

from __future__ import annotations

import io
import json
import logging
import logging.config
import re
from collections import OrderedDict
from collections.abc import Iterator
from datetime import date, datetime
from enum import IntEnum
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

import pytest
import structlog
from attrs import frozen

from compliant_sms.errors import InvalidInput
from compliant_sms.log_fields import LOG_FIELDS
from compliant_sms.logs import EventRedactor, PhiFilter, redact_event
from compliant_sms.phi import Known, OwnFacts, PatientFacts, PhiLabel
from compliant_sms.phi._redaction._ids import ID_FIELDS
from growth import grows

NAME = "Zelda Quagga"
NUMBER = "+12175550134"
MAIL = "zelda@example.com"
BODY = f"Dear {NAME}, your metformin is ready. SSN 219-09-9999."
CANARIES = [
    *("Zelda", "zelda", "Quagga", "metformin", "219-09", "9999", "5550134", "555-0134", "0134"),
    "example.com",
]
# Any digits may stand in them.
FIGURES = {"created", "msecs", "relativeCreated", "thread", "process"}
KNOWN = Known(patient=PatientFacts(names=[NAME]))


class Everything(logging.Formatter):
    """Shows the text as usual, and each field of the record as JSON loggers do."""

    def format(self, record: logging.LogRecord) -> str:
        text = super().format(record)
        said = {key: repr(value) for key, value in vars(record).items() if key not in FIGURES}
        return f"{text}\n{said}"


class Case:
    """A logger with the filter, and what it wrote."""

    def __init__(self, phi_filter: PhiFilter) -> None:
        self.stream = io.StringIO()
        self.handler = logging.StreamHandler(self.stream)
        self.handler.setFormatter(Everything())
        self.handler.addFilter(phi_filter)
        self.log = logging.getLogger("a.clinic")
        self.log.handlers, self.log.propagate = [self.handler], False
        self.log.setLevel(logging.DEBUG)
        self.records: list[logging.LogRecord] = []
        self.handler.addFilter(lambda record: self.records.append(record) or True)

    @property
    def written(self) -> str:
        """All of it; what a traceback quotes of this file is not said about a patient."""
        assert "Logging error" not in self.stream.getvalue()
        return self.stream.getvalue()


@pytest.fixture
def case() -> Iterator[Case]:
    made = Case(PhiFilter(KNOWN))
    yield made
    assert [canary for canary in CANARIES if canary in made.written] == []


class Odd:
    """Shows a patient, whichever way it is shown."""

    def __str__(self) -> str:
        return f"<{NAME} {NUMBER}>"

    __repr__ = __str__


class Broken:
    """Cannot be shown, and says something while it fails."""

    def __str__(self) -> str:
        raise RuntimeError(BODY)

    __repr__ = __str__


class Code(IntEnum):
    """A number that shows itself as something else."""

    ZELDA = 1

    def __str__(self) -> str:
        return NAME


@frozen
class Row:
    """A value of the host's own."""

    person: str
    to: str


def fail(*said: str) -> None:
    """Raise something that tells all of it."""
    raise ValueError(*said or (BODY, NUMBER))


def test_messages_and_arguments(case: Case) -> None:
    """Whatever form the call has."""
    case.log.info(BODY)
    case.log.info("to %s: %s", NUMBER, BODY)
    case.log.info("to %(to)s: %(body)s", {"to": NUMBER, "body": BODY})
    case.log.info("%r %s %s", Odd(), Row(NAME, NUMBER), {"a": [MAIL]})
    case.log.info("%d", 12175550134)
    case.log.info(Odd())
    case.log.info({"body": BODY})
    case.log.info("mail to %s about %s", MAIL, b"Zelda Quagga")

    assert len(case.records) == 8
    assert {record.args for record in case.records} == {()}
    assert "to [PHONE-1]: Dear [NAME-1], your [MEDICATION-1] is ready" in case.written


def test_messages_that_programs_escaped(case: Case) -> None:
    """What JSON, bytes and URLs write for a letter, and dates with their time zone."""
    said = {"note": "Dear Zoë Núñez, call"}
    born = datetime(1980, 4, 12, 9, tzinfo=ZoneInfo("America/Chicago"))
    case.log.info(json.dumps(said))
    case.log.info("%s", json.dumps(said, ensure_ascii=False).encode())
    case.log.info("GET /?%s", urlencode(said))
    case.log.info("%r", {"born": born})

    assert not re.search("Zo|ez|u00|xc3|%C3|1980", case.written)


def test_exceptions(case: Case) -> None:
    """With their causes, notes and groups; the type and the place stay."""
    try:
        fail()
    except ValueError as error:
        error.add_note(f"while texting {NUMBER}")
        case.log.exception("failed for %s", NUMBER)
        try:
            raise RuntimeError(NAME) from error  # noqa: TRY301
        except RuntimeError:
            case.log.exception("again")
        group = ExceptionGroup(NAME, [error, KeyError(MAIL)])
        case.log.error("group", exc_info=group)  # noqa: TRY400
    case.log.error("none", exc_info=(None, None, None))
    case.log.error("stack of %s", NAME, stack_info=True)

    assert all(record.exc_info is None for record in case.records)
    assert "ValueError: (" in case.written
    assert ", in fail" in case.written
    assert "KeyError: " in case.written
    assert case.records[3].exc_text is None
    assert "Stack (most recent call last)" in case.written


@pytest.mark.parametrize(
    ("said", "word"),
    [
        ("patient has lisinopril", "lisinopril"),
        ("suboxone refused", "suboxone"),
        ("{'drug': 'lisinopril'}", "lisinopril"),
        ("depression screening", "depression"),
        ("HIV positive", "HIV"),
    ],
)
def test_a_traceback_speaks_to_nobody(case: Case, said: str, word: str) -> None:
    """Its "most recent call last" makes no health detail one of everybody's."""
    try:
        try:
            fail(said)
        except ValueError as error:
            error.add_note(said)
            group = ExceptionGroup("two", [error, KeyError(said)])
        raise group from group.exceptions[0]
    except ExceptionGroup:
        case.log.exception("failed")
    case.log.info("x", stack_info=True, exc_info=RuntimeError(said))

    quoted = case.records[0].exc_text or ""
    assert word not in "".join(line for line in quoted.splitlines() if "raise" not in line)
    assert "test_logs.py" in quoted
    assert word not in (case.records[1].exc_text or "")


def test_a_text_of_an_exception_that_another_handler_made(case: Case) -> None:
    """Formatters keep it on the record, where the next handler finds it."""
    record = logging.makeLogRecord({"msg": "x", "exc_text": BODY, "message": BODY})
    case.handler.handle(record)

    assert "[NAME-1]" in str(record.exc_text)
    assert "[NAME-1]" not in record.getMessage()


def test_extras(case: Case) -> None:
    """Nested ones, keys, objects, bytes, numbers, and whatever holds itself."""
    loop: dict[str, Any] = {"who": NAME}
    loop["self"] = loop
    case.log.info(
        "extras",
        extra={
            "person": NAME,
            "nested": {"a": [{"b": (NUMBER, {NAME: BODY})}], MAIL: 1, 12175550134: 2, 3.5: 4},
            "odd": Odd(),
            "row": Row(NAME, NUMBER),
            "code": Code.ZELDA,
            "set": {NAME},
            "raw": BODY.encode() + b"\xff",
            "view": memoryview(BODY.encode()),
            "array": bytearray(BODY.encode()),
            "number": 12175550134,
            "float": 12175550134.0,
            "born": date(1980, 4, 12),
            "error": ValueError(BODY),
            "keys": {True: 1, None: 2, (NAME,): 3},
            "loop": loop,
            f"of {NAME}": 1,
        },
    )
    (record,) = case.records
    given = vars(record)

    assert given["person"] == "[NAME-1]"
    assert given["nested"]["a"][0]["b"][1].keys() == {"[NAME-1]"}
    assert given["nested"][3.5] == 4
    assert given["number"].startswith("[PHONE-")
    assert given["born"].startswith("[DATE-")
    assert given["error"].startswith("ValueError: ")
    assert given["keys"].keys() >= {True, None}
    assert given["loop"]["self"] == "[withheld]"
    assert given["of [NAME-1]"] == 1


def test_what_is_shared_is_redacted_once() -> None:
    """Sixty lists that each hold the next one twice are sixty lists."""
    doubling: list[Any] = [NAME]
    for _ in range(60):
        doubling = [doubling, doubling]
    record = logging.makeLogRecord({"msg": "x", "doubling": doubling})
    PhiFilter(KNOWN).filter(record)

    inner = vars(record)["doubling"]
    for _ in range(60):
        inner = inner[1]
    assert inner == ["[NAME-1]"]


def test_harmless_extras_stay_as_they_are(case: Case) -> None:
    """A log that nobody can use is switched off."""
    harmless = {
        "message_id": "9b2d6e0f4c1a4e7f8a3b5c6d7e8f9012",
        "status": 429,
        "took": 0.1234567891,
        "ok": True,
        "nothing": None,
        "large": 123_456,
        "larger": 1e16,
        "states": ["queued", "sent"],
        "pair": (1, 2),
    }
    case.log.info("sent", extra=harmless)

    assert {field: vars(case.records[0])[field] for field in harmless} == harmless
    assert case.records[0].threadName == "MainThread"
    assert case.records[0].processName == "MainProcess"


@pytest.mark.parametrize("field", ["body", "Patient_Name", "first-name", "DOB", "ssn", "Body"])
def test_fields_that_say_what_they_hold_are_withheld(case: Case, field: str) -> None:
    """No recognizer has to know the okapi."""
    case.log.info("x", extra={field: "an okapi-canary", "deep": [{field: ["okapi"]}]})

    assert "okapi" not in case.written
    assert vars(case.records[0])[field] == "[withheld]"


@pytest.mark.parametrize("field", ["body", "Patient_Name", "dob"])
def test_fields_in_a_sentence_are_withheld_too(case: Case, field: str) -> None:
    """Whoever logs a payload seldom passes it as ``extra``."""
    payload = {field: "an okapi-canary", "status": 200, "none": {field: None}}
    around: dict[str, Any] = {"payload": payload}
    around["itself"] = [around]
    case.log.info("got %s", payload)
    case.log.info("got %s and %s", 7, [payload])
    named = "got %(FIELD)s with %(status)d".replace("FIELD", field)
    case.log.info(named, payload)
    case.log.info("got %r", ({"a": (payload,)},))
    case.log.info("got %s", around)
    case.log.info(payload)
    said = [record.getMessage() for record in case.records]

    assert "okapi" not in case.written
    assert said[0] == f"got {payload | {field: '[withheld]'}}"
    assert said[2] == "got [withheld] with 200"
    assert all("200" in each for each in said)


@pytest.mark.parametrize(
    "value",
    [
        *("okapi", 'an "okapi" here', "it's an okapi", "okapi\\", 'a\\"okapi', "two\nokapis"),
        *('x", "y": "okapi', "{okapi}", "\\\\okapi", "'\"okapi", "okapi é"),
    ],
)
def test_fields_that_a_program_wrote_out_are_withheld_too(case: Case, value: str) -> None:
    """As JSON, within JSON, as ``repr``, and as bytes; what follows stays."""
    payload = {"body": value, "status": "fine", "dob": value, "more": "kept"}
    line = json.dumps(payload)
    forms = [
        *(line, json.dumps(payload, indent=1), json.dumps(payload, separators=(",", ":"))),
        *(json.dumps({"outer": line}), json.dumps(json.dumps(line)), repr(payload), repr(line)),
        *(repr(line.encode()), f"Row(body={value!r}, status='fine', dob={value!r}, more='kept')"),
    ]
    for form in forms:
        case.log.info(form)
        case.log.info("x", exc_info=ValueError(form))

    assert "okapi" not in case.written
    assert all("fine" in r.getMessage() and "kept" in r.getMessage() for r in case.records[::2])


@pytest.mark.parametrize(
    "said",
    [
        "MessageSid=SM1&Body=an+okapi%20here&NumMedia=0",
        "Body=an+okapi&NumMedia=0",
        '"POST /texts?NumMedia=0&Body=okapi HTTP/1.1" 200',
        "b'NumMedia=0&first-name=okapi'",
        "GET https://x.example/p?patient_name=okapi",
    ],
)
def test_fields_of_forms_are_withheld_too(case: Case, said: str) -> None:
    """In a body that was logged, and in an address."""
    case.log.info(said)

    assert "okapi" not in case.written
    assert "[withheld]" in case.records[0].getMessage()
    assert ("NumMedia=0" in case.records[0].getMessage()) == ("NumMedia=0" in said)


def test_a_field_that_was_cut_off_is_withheld_to_the_end(case: Case) -> None:
    """Nobody knows what it would have been."""
    case.log.info("""got {"status": "fine", "body": "an okapi, and""")

    assert case.records[0].getMessage() == 'got {"status": "fine", "body": "[withheld]'


@pytest.mark.parametrize(
    "unit",
    [
        *("body='", "\\", '"body":', "\\'", "'body': '\\'", "body='x', ", '"body": "x\\\\", '),
        *("a=b&", "a=", "?body=x", "x-", " a=b"),
        *('  File "x", line 1, in f\n', " |", '  File "', "\n      ", "Traceback (most recent "),
    ],
)
def test_any_text_is_redacted_in_linear_time(unit: str) -> None:
    """Ten times as much takes about ten times as long."""
    assert grows(lambda text: redact_event(None, "info", {"event": text}), unit * 5000, 40, 0.1)


def test_arguments_without_such_fields_stay_as_they_are(case: Case) -> None:
    """Also in the form that their own type shows."""
    ordered = OrderedDict(status=200)
    case.log.info("%s %s %s", ordered, {1}, [("a", 2)])

    assert case.records[0].getMessage() == f"{ordered} {{1}} [('a', 2)]"


def test_names_of_threads(case: Case) -> None:
    """The host gives them, and may name one after what it does."""
    record = logging.makeLogRecord(
        {"msg": "x", "threadName": f"send to {NUMBER}", "taskName": f"text {NAME}"}
    )
    case.handler.handle(record)

    assert record.threadName == "send to [PHONE-1]"


@pytest.mark.parametrize(
    ("message", "args", "extra", "kind"),
    [
        (f"%d {NAME}", ("no number",), {}, "TypeError"),
        (f"%s %s {NAME}", (NUMBER,), {}, "TypeError"),
        ("%s", (Broken(),), {}, "RuntimeError"),
        ("fine", (), {"broken": Broken(), "person": NAME}, "RuntimeError"),
        ("fine", (), {"person": NAME, "huge": 10**5000}, "ValueError"),
    ],
)
def test_what_cannot_be_redacted_is_withheld(
    case: Case, message: str, args: tuple[object, ...], extra: dict[str, object], kind: str
) -> None:
    """The record names the type of the failure, and has nothing else."""
    record = logging.makeLogRecord(
        {"msg": message, "args": args, "exc_text": BODY, "stack_info": BODY, "message": BODY}
        | {"threadName": NAME}
        | extra
    )
    assert case.handler.handle(record)

    assert record.getMessage() == (f"a log record was withheld: it could not be redacted ({kind})")
    assert not {"broken", "person", "huge"} & vars(record).keys()


def test_depth_without_end_is_withheld(case: Case) -> None:
    """Python gives up at some depth; the record is withheld then."""
    deep: list[Any] = [NAME]
    for _ in range(100_000):
        deep = [deep]
    record = logging.makeLogRecord({"msg": "x", "deep": deep})
    case.handler.handle(record)
    while deep:
        deep = deep.pop() if isinstance(deep[0], list) else []

    assert "RecursionError" in record.getMessage()


def test_two_filters_leave_what_one_leaves(case: Case) -> None:
    """Each handler has its own; the record is redacted once in effect."""
    record = logging.makeLogRecord({"msg": BODY, "person": NAME, "exc_text": BODY})
    case.handler.handle(record)
    before = dict(vars(record))
    assert PhiFilter().filter(record)

    assert {**vars(record), "message": None} == {**before, "message": None}


def test_labels_and_fields_can_be_chosen() -> None:
    """Dates may stay, and other fields be hidden; an unknown label is refused."""
    case = Case(PhiFilter(keep=[PhiLabel.DATE], hidden=["secret"]))
    case.log.info("visit on 2026-12-01", extra={"Secret": "okapi", "body": "harmless"})

    assert "visit on 2026-12-01" in case.written
    assert "okapi" not in case.written
    assert "harmless" in case.written
    with pytest.raises(InvalidInput):
        PhiFilter(keep=["DATES"])  # type: ignore[list-item]


def test_the_practices_own_number_goes_too() -> None:
    """In a log every full number goes; its name may stay."""
    own = OwnFacts(names=("Quagga Clinic",), phones=("217-555-0100",))
    case = Case(PhiFilter(Known(own=own)))
    case.log.info("Quagga Clinic called from 217-555-0100")

    assert "Quagga Clinic called from [PHONE-1]" in case.written


def test_it_is_configured_by_name(capsys: pytest.CaptureFixture[str]) -> None:
    """``logging.config`` makes it without arguments."""
    logging.config.dictConfig(
        {
            "version": 1,
            "disable_existing_loggers": False,
            "filters": {"phi": {"()": "compliant_sms.logs.PhiFilter"}},
            "handlers": {
                "err": {
                    "class": "logging.StreamHandler",
                    "filters": ["phi"],
                    "stream": "ext://sys.stderr",
                }
            },
            "loggers": {"a.configured": {"handlers": ["err"], "propagate": False}},
        }
    )
    logging.getLogger("a.configured").error("SSN 219-09-9999")

    assert capsys.readouterr().err == "SSN [SSN-1]\n"


def structured(*before: Any, redactor: Any = redact_event) -> tuple[Any, io.StringIO]:
    """A structlog logger that writes JSON, with the processor last before that."""
    stream = io.StringIO()
    logger = structlog.wrap_logger(
        structlog.PrintLogger(stream),
        processors=[*before, redactor, structlog.processors.JSONRenderer()],
        wrapper_class=structlog.make_filtering_bound_logger(logging.DEBUG),
        cache_logger_on_first_use=False,
    )
    return logger, stream


def test_structlog_events() -> None:
    """Events, what is bound, and exceptions in every form; level and instant stay."""
    logger, stream = structured(
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso"),
        redactor=EventRedactor(KNOWN),
    )
    logger = logger.bind(to=NUMBER, row=Row(NAME, NUMBER))
    logger.info(f"Dear {NAME}, hello", deep={"mails": [MAIL]}, body="an okapi")  # noqa: G004
    try:
        fail()
    except ValueError as error:
        logger.exception("failed")
        logger.error("failed", exc_info=error)  # noqa: TRY400
        logger.error("failed", exc_info=(type(error), error, None))  # noqa: TRY400
        logger.error("failed", exc_info=error, exception=BODY)  # noqa: TRY400
    logger.error("no failure", exc_info=True)  # noqa: LOG014
    logger.info("instant", timestamp="born 1980-04-12")

    written = stream.getvalue()
    assert [canary for canary in [*CANARIES, "okapi"] if canary in written] == []
    lines = [json.loads(line) for line in written.splitlines()]
    assert lines[0]["level"] == "info"
    assert lines[0]["timestamp"][4] == "-"
    assert all("ValueError" in line["exception"] for line in lines[1:4])
    assert "exception" not in lines[5]
    assert "exc_info" not in written
    assert "1980-" not in lines[6]["timestamp"]


@pytest.mark.parametrize(
    ("timestamp", "stays"),
    [
        (1796122228.935917, True),
        ("2026-12-01T10:46:28.93Z", True),
        (12175550134.0, False),
        (12175550134, False),
        ("12175550134", False),
    ],
)
def test_an_instant_of_structlog_stays(timestamp: object, stays: bool) -> None:  # noqa: FBT001
    """``TimeStamper`` gives a float of seconds unless it is told a format."""
    event = redact_event(None, "info", {"event": "x", "timestamp": timestamp})

    assert (event["timestamp"] == timestamp) is stays


def test_structlog_without_arguments() -> None:
    """The plain processor redacts what needs nothing known."""
    logger, stream = structured()
    logger.info("dear Ana Gomez, hello", to=NUMBER)

    assert json.loads(stream.getvalue()) == {"event": "dear [NAME-1], hello", "to": "[PHONE-1]"}


def test_structlog_events_that_cannot_be_redacted() -> None:
    """Nothing of them is written but the type of the failure."""
    logger, stream = structured()
    logger.info(BODY, broken=Broken(), to=NUMBER)

    assert json.loads(stream.getvalue()) == {
        "event": "a log record was withheld: it could not be redacted (RuntimeError)"
    }


def test_structlog_as_a_formatter_of_standard_records() -> None:
    """The record that travels with a foreign event is redacted as well, and can be removed."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            processors=[
                redact_event,
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.JSONRenderer(),
            ]
        )
    )
    for broken in (False, True):
        record = logging.makeLogRecord({"msg": BODY, "exc_text": BODY})
        event = {"event": BODY, "_record": record, "_from_structlog": False}
        event |= {"broken": Broken()} if broken else {}
        done = redact_event(None, "info", event)
        assert done["_record"] is record
        assert "Zelda" not in repr(vars(record)) + repr(done)
    handler.handle(logging.makeLogRecord({"msg": BODY}))
    assert "Zelda" not in stream.getvalue()
    assert "[NAME-1]" in stream.getvalue()


def own_record(**more: Any) -> logging.LogRecord:
    """What this library logs of a text that came in, as a host's handler gets it."""
    fields = {field: f"{field}-2026" for field in LOG_FIELDS["text_received"]}
    told = {"at": "2026-12-02T15:58:01+00:00", "needs_person": True, "event": "text_received"}
    record = {"name": "compliant_sms.events", "msg": "text_received at=2026-12-02T15:58:01+00:00"}
    return logging.makeLogRecord({**record, **fields, **told, **more})


def test_this_librarys_own_records_stay() -> None:
    """Who traces a text needs its id and instant; they hold what the table says, and no more."""
    record, as_it_was = own_record(message="said"), vars(own_record(message="said"))
    PhiFilter().filter(record)

    logged = {*LOG_FIELDS["text_received"], "event", "msg", "message"}
    assert {field: vars(record)[field] for field in logged} == {
        field: as_it_was[field] for field in logged
    }


@pytest.mark.parametrize(
    "more",
    [
        {"name": "a.clinic"},
        {"name": "compliant_sms_of_ours"},
        {"event": "text_of_ours"},
        {"event": 7},
        {"event": "handler_failed"},
    ],
)
def test_what_only_looks_like_one_does_not(more: dict[str, Any]) -> None:
    """Another's logger, name, or fields: redacted as any record."""
    record = own_record(inbound_id=BODY, **more)
    PhiFilter(KNOWN).filter(record)

    assert not [canary for canary in CANARIES if canary in repr(vars(record))]


def test_what_is_added_to_one_is_redacted() -> None:
    """A host's own field, and an exception, on a record of this library."""
    record = own_record(patient=BODY, exc_text=BODY, threadName=NAME)
    PhiFilter(KNOWN).filter(record)

    assert not [canary for canary in CANARIES if canary in repr(vars(record))]


def test_they_stay_in_structlog() -> None:
    """A record that comes through structlog's formatter keeps what is its own, and only that."""
    record = own_record()
    event = {"_record": record, "_from_structlog": False, "patient": BODY}
    structlog.stdlib.ExtraAdder()(None, "info", event)
    done = EventRedactor(KNOWN)(None, "info", {**event, "inbound_id": BODY})

    assert (done["at"], done["needs_person"]) == ("2026-12-02T15:58:01+00:00", True)
    assert done["event"] == "text_received"
    assert not [canary for canary in CANARIES if canary in repr(done)]


HEX = "0123456789abcdef0123456789abcdef"


def test_fields_of_ids_are_those_of_our_own_records() -> None:
    """What our records call an id is one."""
    named = {field for fields in LOG_FIELDS.values() for field in fields if field.endswith("_id")}

    assert named == ID_FIELDS


@pytest.mark.parametrize("practice", ["clinic00017", "dental-2", "heart_000123", HEX])
@pytest.mark.parametrize(
    "said",
    ["practice_id={} sent", 'got {{"practice_id": "{}", "n": 1}}', "sent, practice_id: {}", "{}"],
)
def test_ids_stay_whole(practice: str, said: str) -> None:
    """Whoever reads the log has to find the practice, whatever its id has inside."""
    record = logging.makeLogRecord(
        {"msg": said.format(practice), "practice_id": practice, "message_id": HEX}
    )
    PhiFilter().filter(record)

    assert vars(record)["practice_id"] == practice
    assert vars(record)["message_id"] == HEX
    assert "practice_id" not in said or record.getMessage() == said.format(practice)


@pytest.mark.parametrize(
    "value",
    [
        *["+12175550134", "2175550134", "th-2175550134", "ana.gomez@example.com", "mrn12345678"],
        *["pat12@example.com", "a1b2c3", "x1-555-0134-217"],
    ],
)
def test_what_only_stands_in_the_place_of_an_id(value: str) -> None:
    """A number or an address is no id, whatever the field is called."""
    told = [f"message_id={value} sent", f'{{"message_id": "{value}"}}']
    plain = PhiFilter()
    for said in told:
        record = logging.makeLogRecord({"msg": said, "message_id": value})
        plain.filter(record)
        other = logging.makeLogRecord(
            {"msg": said.replace("message_id", "own_field"), "own_field": value}
        )
        plain.filter(other)

        assert record.getMessage() == other.getMessage().replace("own_field", "message_id")
        assert vars(record)["message_id"] == vars(other)["own_field"]


def test_what_stands_beside_an_id_is_redacted() -> None:
    """Only the id stays."""
    record = logging.makeLogRecord({"msg": f"message_id={HEX} to (217) 555-0134, SSN 219-09-9999"})
    PhiFilter().filter(record)

    assert record.getMessage().startswith(f"message_id={HEX} to [")
    assert "0134" not in record.getMessage()
    assert "9999" not in record.getMessage()
