"""The smallest rooms: records, instants, the practice, HTTP as values, and running a flow."""

from __future__ import annotations

from collections.abc import Awaitable, Generator
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

import pytest
from attrs import frozen
from hypothesis import given, settings
from hypothesis import strategies as st

from compliant_sms.clock import as_utc
from compliant_sms.driver import finish
from compliant_sms.errors import InvalidInput, InvalidPhoneNumber
from compliant_sms.people import Profile
from compliant_sms.phone import PhoneNumber
from compliant_sms.ports import Delivery
from compliant_sms.practice import Practice, known_zone
from compliant_sms.records import (
    decode,
    encode,
    fields_of,
    from_fields,
    keep_as,
    lean,
    structure,
    unstructure,
)
from compliant_sms.wire import HttpReply, HttpRequest, WebhookRequest

# The same examples each time, however long they take.
STEADY = settings(derandomize=True, deadline=None)
NUMBER = PhoneNumber("+12175550134")


@frozen(kw_only=True)
class Everything:
    """One field of each kind that is kept."""

    text: str
    count: int
    yes: bool
    nothing: str | None
    at: datetime
    day: date
    number: PhoneNumber
    names: frozenset[str]
    pairs: tuple[tuple[str, int], ...]


EXAMPLE = Everything(
    text="señor ☎",
    count=-3,
    yes=True,
    nothing=None,
    at=datetime(2026, 12, 1, 14, 30, 0, 5, tzinfo=ZoneInfo("America/Chicago")),
    day=date(2026, 2, 3),
    number=NUMBER,
    names=frozenset({"b", "a", "c"}),
    pairs=(("z", 1), ("y", 2)),
)


def test_the_bytes_are_canonical() -> None:
    """Keys and sets are sorted, nothing is blank, instants are in UTC, texts are UTF-8."""
    assert (
        encode(EXAMPLE)
        == (
            '{"at":"2026-12-01T20:30:00.000005Z","count":-3,"day":"2026-02-03",'
            '"names":["a","b","c"],"nothing":null,"number":"+12175550134",'
            '"pairs":[["z",1],["y",2]],"text":"señor ☎","yes":true}'
        ).encode()
    )


def test_records_come_back() -> None:
    """What was encoded is decoded to an equal value."""
    assert decode(encode(EXAMPLE), Everything) == EXAMPLE
    assert structure(unstructure(EXAMPLE), Everything) == EXAMPLE


@STEADY
@given(
    st.datetimes(
        datetime(1900, 1, 1),  # noqa: DTZ001
        timezones=st.sampled_from([UTC, timezone(timedelta(hours=-8, minutes=-30))]),
        max_value=datetime(9000, 1, 1),  # noqa: DTZ001
    )
)
def test_instants_come_back_in_utc(at: datetime) -> None:
    """Any instant comes back as the same instant in UTC, to the microsecond."""
    back = decode(encode(at), datetime)

    assert back == at
    assert back.tzinfo is UTC


@STEADY
@given(st.dictionaries(st.text(st.characters(exclude_categories=["Cs"])), st.integers()))
def test_order_does_not_show(values: dict[str, int]) -> None:
    """The same entries in any order give the same bytes."""
    assert encode(values) == encode(dict(reversed(values.items())))


@lean
@frozen(kw_only=True)
class Usual:
    """A value of which most is as usual."""

    name: str
    count: int = 1
    names: tuple[str, ...] = ()
    inner: Usual | None = None


@frozen(kw_only=True)
class Holding:
    """A value that is told in full, and holds one that is not."""

    usual: Usual = Usual(name="u")
    more: int = 3


@pytest.mark.parametrize(
    ("value", "record"),
    [
        (Usual(name="a"), '{"name":"a"}'),
        (Usual(name="a", count=1, names=()), '{"name":"a"}'),
        (Usual(name="a", count=2, names=("b",)), '{"count":2,"name":"a","names":["b"]}'),
        (
            Usual(name="a", inner=Usual(name="b", count=0)),
            '{"inner":{"count":0,"name":"b"},"name":"a"}',
        ),
        (Holding(), '{"more":3,"usual":{"name":"u"}}'),
        (Holding(usual=Usual(name="v", count=9)), '{"more":3,"usual":{"count":9,"name":"v"}}'),
    ],
)
def test_what_is_usual_is_left_out(value: Usual | Holding, record: str) -> None:
    """A lean value's record holds what differs, at any depth, and gives back an equal value."""
    assert encode(value) == record.encode()
    assert decode(record.encode(), type(value)) == value


def test_a_field_that_joined_later_has_its_default() -> None:
    """A record that was written in full, or before a field was there, is read all the same."""
    full = b'{"count":1,"inner":null,"name":"a","names":[]}'

    assert decode(full, Usual) == decode(b'{"name":"a"}', Usual) == Usual(name="a")


@frozen
class Celsius:
    """A value that is kept as one text."""

    degrees: int
    measured: date | None = None


def test_a_value_can_have_a_form_of_its_own() -> None:
    """What is kept in a form of its own is so everywhere, and can be told by its fields too."""
    assert encode(Celsius(21)) == b'{"degrees":21,"measured":null}'

    keep_as(Celsius, lambda value: f"{value.degrees} C", lambda text: Celsius(int(text.split()[0])))
    table = {"now": Celsius(21), "then": Celsius(-4)}

    assert encode(table) == b'{"now":"21 C","then":"-4 C"}'
    assert decode(encode(table), dict[str, Celsius]) == table
    assert fields_of(Celsius(21)) == {"degrees": 21}
    told = fields_of(Celsius(21, date(2026, 2, 3)))
    assert told == {"degrees": 21, "measured": "2026-02-03"}
    assert from_fields(told, Celsius) == Celsius(21, date(2026, 2, 3))


@pytest.mark.parametrize(
    ("value", "record"),
    [
        (timedelta(hours=12), b"43200.0"),
        (timedelta(microseconds=1), b"1e-06"),
        (time(8, 30), b'"08:30:00"'),
        (time(8, 30, 0, 1), b'"08:30:00.000001"'),
    ],
)
def test_spans_and_times_come_back(value: timedelta | time, record: bytes) -> None:
    """Spans are kept in seconds and times of day as texts, to the microsecond."""
    assert encode(value) == record
    assert decode(record, type(value)) == value


# Instants


class Placeless(tzinfo):
    """A zone that does not know its offset."""

    def utcoffset(self, _: datetime | None) -> None:
        """Answer nothing."""


@pytest.mark.parametrize("zone", [None, Placeless()])
def test_a_naive_instant_is_refused(zone: tzinfo | None) -> None:
    """An instant without an offset is refused, under the name that the caller gives it."""
    with pytest.raises(InvalidInput, match=r"^not_after has no time zone"):
        as_utc(datetime(2026, 12, 1, tzinfo=zone), "not_after")
    with pytest.raises(InvalidInput, match=r"^the instant has no time zone"):
        as_utc(datetime(2026, 12, 1, tzinfo=zone))


def test_an_aware_instant_is_moved_to_utc() -> None:
    """Both passes of a repeated hour become the instants that they are."""
    twice = datetime(2026, 11, 1, 1, 30, tzinfo=ZoneInfo("America/Chicago"))

    assert as_utc(twice).isoformat() == "2026-11-01T06:30:00+00:00"
    assert as_utc(twice.replace(fold=1)).isoformat() == "2026-11-01T07:30:00+00:00"


# The practice


def make_practice(**changes: str) -> Practice:
    """Make a practice; any field can be replaced."""
    fields = {
        "name": "Lakeside Family Medicine",
        "phone": "+1 217 555 0100",
        "time_zone": "America/Chicago",
        "state": "IL",
    }
    return Practice(**(fields | changes))


def test_a_practice_is_known_by_its_phone_or_its_id() -> None:
    """Without an id of its own a practice is filed under its phone number."""
    assert make_practice().id == "+12175550100"
    assert make_practice(id="lakeside").id == "lakeside"
    assert make_practice().phone == PhoneNumber("+12175550100")
    assert Practice(name="L", phone=NUMBER, time_zone="UTC", state="IL").phone is NUMBER


@pytest.mark.parametrize("name", ["name", "id"])
@pytest.mark.parametrize("blank", ["", " \t"])
def test_a_practice_has_a_name(name: str, blank: str) -> None:
    """A blank name or id is refused, and the error says which."""
    with pytest.raises(InvalidInput, match=f"practice's {name} is empty"):
        make_practice(**{name: blank})


@pytest.mark.parametrize("state", ["", "I", "il", "Il", "ILL", "I1", "ÀÉ", "Illinois", " IL"])
def test_a_state_is_a_postal_code(state: str) -> None:
    """What is not two capital letters is no state."""
    with pytest.raises(InvalidInput, match="postal code"):
        make_practice(state=state)


def test_a_practice_can_be_called() -> None:
    """A practice whose phone is no number is refused."""
    with pytest.raises(InvalidPhoneNumber):
        make_practice(phone="ask at the desk")


@pytest.mark.parametrize(
    "name",
    [
        "",
        "Chicago",
        "America/Chikago",
        "UTC-6",
        "America",
        "../zones",
        "/etc/passwd",
        "a\0b",
        "C" * 999,
    ],
)
def test_an_unknown_zone_is_refused(name: str) -> None:
    """Typos, folders, paths and offsets are no zones, for a practice and for a person."""
    for refuse in (known_zone, lambda zone: make_practice(time_zone=zone)):
        with pytest.raises(InvalidInput, match="IANA"):
            refuse(name)
    with pytest.raises(InvalidInput, match="IANA"):
        Profile(time_zone=name)


def test_a_profile_may_know_no_zone() -> None:
    """A person's zone may be known or not."""
    assert Profile().time_zone is None
    assert Profile(time_zone="Pacific/Honolulu").time_zone == "Pacific/Honolulu"


@pytest.mark.parametrize("state", ["il", "Il", "I1", "ÀÉ", "I L", ""])
def test_a_profile_has_a_state_by_its_code(state: str) -> None:
    """What is no code in capitals is no state and no country; a longer code is one abroad."""
    for name, words in (("state", "postal code"), ("country", "ISO 3166-1")):
        with pytest.raises(InvalidInput, match=f"{name} is a .*{words} in capitals"):
            Profile(**{name: state})

    assert Profile(state="NSW", country="AU").state == "NSW"


# How long things may take


@pytest.mark.parametrize("name", ["lease", "settle_after", "pause"])
@pytest.mark.parametrize("span", [timedelta(0), timedelta(seconds=-1)])
def test_delivery_takes_time(name: str, span: timedelta) -> None:
    """Spans that would send in a loop are refused."""
    with pytest.raises(InvalidInput, match="more than zero"):
        Delivery(**{name: span})


@pytest.mark.parametrize("attempts", [0, -1])
def test_delivery_is_tried(attempts: int) -> None:
    """At least one attempt is made."""
    with pytest.raises(InvalidInput, match="more than zero"):
        Delivery(attempts=attempts)


def test_the_least_delivery_is_taken() -> None:
    """The smallest positive values are taken, and so are the defaults."""
    least = timedelta(microseconds=1)

    assert Delivery(lease=least, settle_after=least, pause=least, attempts=1).attempts == 1
    assert Delivery().lease > timedelta(0)


# HTTP as values


def test_header_names_have_no_case() -> None:
    """Names are matched without case, the first of several values wins, order is kept."""
    pairs = [("X-Twilio-Signature", "a"), ("x-twilio-signature", "b"), ("Accept", "*/*")]
    for message in (
        HttpReply(status=200, headers=pairs),
        WebhookRequest(method="POST", url="https://example.org/", headers=iter(pairs)),
    ):
        assert message.header("X-TWILIO-SIGNATURE") == "a"
        assert message.header("accept") == "*/*"
        assert message.header("host") is None
        assert [name for name, _ in message.headers] == [
            "x-twilio-signature",
            "x-twilio-signature",
            "accept",
        ]


def test_headers_may_be_a_mapping() -> None:
    """A dict of headers does as well, and no headers are none."""
    assert HttpRequest(method="GET", url="/", headers={"Accept": "*/*"}).headers == (
        ("accept", "*/*"),
    )
    assert HttpRequest(method="GET", url="/").headers == ()


def test_http_reprs_hide_what_they_carry() -> None:
    """URL, headers and body of what goes over the wire are in no repr."""
    canary, body = "canary-77", b"canary-77"
    headers = {"authorization": canary}
    url = f"https://example.org/{canary}"
    shown = [
        repr(HttpRequest(method="POST", url=url, headers=headers, body=body)),
        repr(HttpReply(status=201, headers=headers, body=body)),
        repr(WebhookRequest(method="POST", url=url, headers=headers, body=body)),
    ]

    assert not any(canary in text for text in shown)


# Running a flow


class Turn(Awaitable[None]):
    """Waits for a loop, as a blocking port never does."""

    def __await__(self) -> Generator[str, None, None]:
        """Suspend once."""
        yield "waiting"


async def add(first: int, second: int) -> int:
    """Add without waiting."""
    return first + second


def test_a_blocking_flow_ends_at_once() -> None:
    """A coroutine that awaits only what never suspends runs to its end."""

    async def flow() -> int:
        return await add(1, await add(2, 3))

    assert finish(flow()) == 6


def test_a_flow_may_raise() -> None:
    """What a flow raises comes out unchanged."""

    async def flow() -> None:
        raise LookupError("no such thing")  # noqa: EM101, TRY003

    with pytest.raises(LookupError, match="no such thing"):
        finish(flow())


def test_a_flow_that_suspends_is_stopped() -> None:
    """A flow over a port of an event loop is closed and refused, not left hanging."""
    closed = []

    async def flow() -> None:
        try:
            await Turn()
        finally:
            closed.append(True)

    suspended = flow()
    with pytest.raises(RuntimeError, match="event loop"):
        finish(suspended)

    assert closed == [True]
