"""What providers answer and post is not believed to be well-formed, and is quoted without names."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from compliant_sms import PhoneNumber
from compliant_sms.providers._reading import (
    e164,
    first,
    instant,
    is_refusal,
    items,
    json_object,
    json_value,
    listed,
    mapping,
    reaches_back,
    retry_after,
    scrubbed,
    text_in,
    urls_in,
    whole,
)
from compliant_sms.wire import HttpReply

# What people put between the digits of a number.
BETWEEN = ["", " ", "-", ".", ") ", "/", "\u2011", "\u2013", "\u00a0", "\u200b", "(", " - ", "_"]
NUMBERS = st.tuples(
    st.sampled_from(["", "+", "00", "\uff0b"]),
    st.text("0123456789", min_size=7, max_size=15),
    st.lists(st.sampled_from(BETWEEN), min_size=15, max_size=15),
).map(lambda parts: parts[0] + "".join(map("".join, zip(parts[1], parts[2], strict=False))))
ADDRESSES = st.tuples(
    st.text("JKLMZ.-_É0", min_size=1, max_size=12), st.sampled_from(["clinic.example", "örg.de"])
).map("@".join)
URLS = st.tuples(
    st.sampled_from(["http://", "HTTPS://", "ftp://", "sms+x://", "www.", "a.example/", "WWW."]),
    st.text("abcxyzQ0/?=%&", min_size=1, max_size=30),
).map("".join)
QUOTES = ['""', "''", "``", "“”", "„“", "‘’", "«»", "»«", "「」", "\uff02\uff02"]
SECRET = "okapi"
CLOSED = st.tuples(st.sampled_from(QUOTES), st.text("abc d.\"'“`", max_size=20)).map(
    lambda parts: f"{parts[0][0]}{parts[1]}{SECRET}{parts[0][1]}"
)
OPEN = st.tuples(st.sampled_from(QUOTES), st.text("abc d.", max_size=20)).map(
    lambda parts: f"{parts[0][0]}{parts[1]}{SECRET}"
)
AROUND = st.text("abcd ,:;!()=\n", max_size=300)


def digits(text: str) -> str:
    return re.sub(r"\D", "", text)


@given(AROUND, NUMBERS, AROUND)
@example("x " * 399, "+12175550134", "")
@example("x " * 90, "+12175550134", "")
@example("", "\uff11\uff12\uff11\uff17\uff15\uff15\uff15\uff10\uff11", "")
def test_no_number_is_quoted(before: str, number: str, after: str) -> None:
    """However a phone number is written, and wherever it stands, it is not repeated."""
    assert len(digits(scrubbed(f"{before} {number} {after}"))) < 7


@given(AROUND, ADDRESSES, AROUND)
@example("x" * 790, "jane.doe@clinic.example", "")
@example("x " * 398, "jane.doe@clinic.example", "")
def test_no_address_is_quoted(before: str, address: str, after: str) -> None:
    """No e-mail address is repeated, nor the name in one that was cut off."""
    said = scrubbed(f"{before} {address} {after}")

    assert "@" not in said
    assert not set(address.split("@")) & set(said.split())


@given(AROUND, URLS, AROUND)
@example("x " * 398, "https://a.example/jane", "")
def test_no_url_is_quoted(before: str, url: str, after: str) -> None:
    """No web address is repeated: what it names may lie in its path."""
    said = scrubbed(f"{before} {url} {after}")

    assert url not in said
    assert "://" not in said


@given(st.text("abcd ,:;t", max_size=300), CLOSED | OPEN)
@example("don't say", "'okapi")
@example("a" * 780 + " ", "'a long okapi'")
def test_no_quotation_is_quoted(before: str, quotation: str) -> None:
    """What stands in quotation marks is not repeated, nor what follows one that is not closed."""
    assert SECRET not in scrubbed(f"{before} {quotation}")


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("", ""),
        ("Account not active", "Account not active"),
        ("Can't send:  code 21610, queue 30001", "Can't send: code 21610, queue 30001"),
        ("The 'To' number +12175550134 is not valid.", "The […] number […] is not valid."),
        ("Mr. O'Brien's number is off", "Mr. O[…]"),
        ("See https://www.twilio.com/docs/errors/21211 please", "See […] please"),
        ("x" * 900, ""),
        ("x " * 500, ("x " * 500)[:200]),
    ],
)
def test_the_rest_is_kept(said: str, kept: str) -> None:
    """What helps whoever looks for the fault stays readable, in at most 200 characters."""
    assert scrubbed(said) == kept


@given(st.text(max_size=1200))
def test_scrubbing_never_raises(said: str) -> None:
    """Whatever was said, something short and on one line comes out."""
    kept = scrubbed(said)

    assert len(kept) <= 200
    assert kept.split() == " ".join(kept.split()).split()


NOW = datetime(2026, 11, 30, 16, tzinfo=UTC)


@given(st.integers(-(10**5), 10**6))
def test_retry_after_as_a_date(seconds: int) -> None:
    """A date is measured by the provider's own clock, and one that has passed asks for nothing."""
    until = format_datetime(NOW + timedelta(seconds=seconds), usegmt=True)
    reply = HttpReply(
        status=429, headers={"Retry-After": until, "Date": format_datetime(NOW, usegmt=True)}
    )

    assert retry_after(reply) == max(0, seconds)


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"Retry-After": "120"}, 120),
        ({"Retry-After": " 1.5 "}, 1.5),
        ({"Retry-After": "soon", "X-Reset": "7"}, 7),
        ({"X-Reset": "7"}, 7),
        ({"Retry-After": "9", "X-Reset": "7"}, 9),
        ({"Retry-After": "Mon, 30 Nov 2026 16:00:09 GMT"}, None),
        ({"Retry-After": "Mon, 30 Nov 2026 16:00:09 GMT", "Date": "yesterday"}, None),
        ({"Retry-After": "Mon, 30 Nov 2026 16:00:09", "Date": "Mon, 30 Nov 2026 16:00:00"}, None),
        ({"Retry-After": "9" * 400}, 1e9),
        ({"Retry-After": "-1"}, None),
        ({"Retry-After": "1e3"}, None),
        ({"Retry-After": "٣"}, None),
        ({"Retry-After": "Mon, 30 Nov " + "9" * 30 + " 16:00:00 GMT"}, None),
        ({}, None),
    ],
)
def test_retry_after(headers: dict[str, str], seconds: float | None) -> None:
    """Seconds or a date, in the standard's header first; nothing else delays anything."""
    assert retry_after(HttpReply(status=429, headers=headers), "x-reset") == seconds


@given(st.text(max_size=60))
def test_any_retry_after(value: str) -> None:
    """No header raises, and no delay is endless or in the past."""
    headers = {"Retry-After": value, "Date": "Mon, 30 Nov 2026 16:00:00 GMT"}
    seconds = retry_after(HttpReply(status=429, headers=headers))

    assert seconds is None or 0 <= seconds < 1e12


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("2026-11-30T16:00:00Z", NOW),
        ("2026-11-30T10:00:00-06:00", NOW),
        ("Mon, 30 Nov 2026 16:00:00 +0000", NOW),
        ("Mon, 30 Nov 2026 16:00:00 GMT", NOW),
        ("2026-11-30T16:00:00", None),
        ("Mon, 30 Nov 2026 16:00:00 -0000", None),
        ("Mon, 30 Nov 2026 16:00:00 +9999", None),
        ("Mon, 30 Nov 99999999999999999999 16:00:00 GMT", None),
        ("", None),
        (None, None),
        (17, datetime(1970, 1, 1, 0, 0, 17, tzinfo=UTC)),
    ],
)
def test_instants(text: object, at: datetime | None) -> None:
    """Three ways to write an instant are read; one without a zone is none."""
    assert instant(text) == at


@given(st.integers(100, 599))
def test_what_was_surely_not_processed(status: int) -> None:
    """Statuses from 400 to 499, but for the two that tell of time."""
    assert is_refusal(status) == (status // 100 == 4 and status not in {408, 425})


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"\xff",
        b"[" * 200_000,
        b"9" * 5000,
        b'"\xed\xa0\x80"',
        b'"a"'.decode().encode("utf-16"),
    ],
)
def test_json_that_is_none(body: bytes) -> None:
    """What is no JSON says nothing."""
    assert json_value(body) is None
    assert json_object(body) == {}


@pytest.mark.parametrize(
    ("body", "value"),
    [
        (rb'{"a\ud800": ["\uDfff!", 1, null]}', {"a\ufffd": ["\ufffd!", 1, None]}),
        (rb'"\ud83d\udc4d \ud83d"', "👍 \ufffd"),
        (b'\xef\xbb\xbf{"a": "\xf0\x9f\x91\x8d"}', {"a": "👍"}),
    ],
)
def test_half_a_character(body: bytes, value: object) -> None:
    """What cannot be kept is marked as missing, and the rest of the patient's text survives."""
    assert json_value(body) == value
    json_value(body).__repr__().encode()


@pytest.mark.parametrize(
    ("value", "as_mapping", "as_items"),
    [
        ({"a": 1}, {"a": 1}, [{"a": 1}]),
        ([1, {}], {}, [1, {}]),
        ("x", {}, []),
        (None, {}, []),
        (7, {}, []),
    ],
)
def test_shapes(value: object, as_mapping: object, as_items: object) -> None:
    """Objects and lists are taken where they are; anything else is an empty one."""
    assert (mapping(value), items(value)) == (as_mapping, as_items)


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ([{"a": 1}, {"a": 2}], {"a": 1}),
        ({"a": 1}, {"a": 1}),
        ([7, {"a": 1}], {}),
        ([], {}),
        (None, {}),
    ],
)
def test_first(value: object, found: object) -> None:
    """The first of a list, where that is an object."""
    assert first(value) == found


@pytest.mark.parametrize(
    ("headers", "back"),
    [
        ({"Date": "Mon, 30 Nov 2026 16:59:59 GMT"}, True),
        ({"Date": "Mon, 30 Nov 2026 17:00:00 GMT"}, False),
        ({"Date": "today"}, False),
        ({}, False),
    ],
)
def test_how_far_a_list_reaches(headers: dict[str, str], back: bool) -> None:  # noqa: FBT001
    """What is not on a list was never there only while the provider still lists that time."""
    reply = HttpReply(status=200, headers=headers)

    assert reaches_back(reply, NOW, timedelta(hours=1)) is back


@pytest.mark.parametrize(
    ("fields", "text"),
    [
        ({"a": "x", "b": "y"}, "x"),
        ({"a": "", "b": "y"}, "y"),
        ({"a": None, "b": 7}, "7"),
        ({"a": True, "b": 0}, "0"),
        ({"a": ["x"], "b": {}}, ""),
        ({"a": 1.5}, ""),
        ({}, ""),
    ],
)
def test_text_in(fields: dict[str, Any], text: str) -> None:
    """The first field that holds a text or a whole number; a yes or no is neither."""
    assert text_in(fields, "a", "b") == text


@pytest.mark.parametrize(
    ("status", "body", "found"),
    [
        (200, b'{"texts": []}', []),
        (200, b'{"texts": [{"ref": 1}, {"ref": 1}]}', [{"ref": 1}, {"ref": 1}]),
        (200, b'{"texts": [{"ref": 1}, {"ref": 2}]}', None),
        (200, b'{"texts": ["odd"]}', None),
        (200, b'{"texts": {"ref": 1}}', None),
        (200, b'{"calls": []}', None),
        (200, b"[]", None),
        (202, b'{"texts": []}', None),
        (404, b'{"texts": []}', None),
    ],
)
def test_listed(status: int, body: bytes, found: list[object] | None) -> None:
    """A list proves something where it is one, and has nothing but what was asked for."""
    reply = HttpReply(status=status, body=body)

    assert listed(reply, "texts", lambda text: text.get("ref") == 1) == found


def test_listed_whatever_it_has() -> None:
    """Where nothing particular was asked for, an entry that is no object is an empty one."""
    reply = HttpReply(status=200, body=b'{"texts": [{"ref": 2}, "odd", null]}')

    assert listed(reply, "texts") == [{"ref": 2}, {}, {}]


@pytest.mark.parametrize(
    ("media", "urls"),
    [
        ([{"url": "a", "size": 1}, {"size": 1}, {"url": ""}, "b", {"url": "c"}], ("a", "c")),
        ({"url": "a"}, ("a",)),
        ("a", ()),
        (None, ()),
    ],
)
def test_urls_in(media: object, urls: tuple[str, ...]) -> None:
    """Of what came with a text, whatever has an address; nothing else."""
    assert urls_in(media) == urls


@pytest.mark.parametrize(
    ("text", "number"),
    [("21610", 21610), (30007, 30007), ("²", 0), ("-1", 0), ("9" * 16, 0), (None, 0), ("", 0)],
)
def test_whole(text: object, number: int) -> None:
    """A short whole number is read, and nothing else."""
    assert whole(text) == number


@pytest.mark.parametrize(
    ("value", "number"),
    [
        ("+12175550134", "+12175550134"),
        ("12175550134", "+12175550134"),
        (12175550134, "+12175550134"),
        (" 12175550134\n", "+12175550134"),
        ("0012175550134", None),
        (12175550134.0, None),
        ("54321", None),
        ("CLINIC", None),
        (True, None),
        (None, None),
        ("١٢١٧٥٥٥٠١٣٤", None),
        ("++12175550134", None),
    ],
)
def test_e164(value: object, number: str | None) -> None:
    """Numbers are read with and without the plus sign, as texts and as JSON numbers."""
    assert e164(value) == (PhoneNumber(number) if number else None)


@pytest.mark.parametrize(
    ("seconds", "at"),
    [
        (NOW.timestamp(), NOW),
        (int(NOW.timestamp()), NOW),
        (0, None),
        (-1, None),
        (NOW.timestamp() * 1000, None),
        (True, None),
        (float("nan"), None),
        (10**400, None),
        (None, None),
    ],
)
def test_instant_of_unix_seconds(seconds: object, at: datetime | None) -> None:
    """Unix seconds are an instant; milliseconds, texts and whatever else are none."""
    assert instant(seconds) == at
