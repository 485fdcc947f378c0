"""The URL that a provider called: told by the host or by a trusted proxy, and never guessed."""

from __future__ import annotations

import pytest
from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st

from compliant_sms.driver import finish
from compliant_sms.errors import WebhookRejected
from compliant_sms.web._address import Arrival, PublicAddress
from compliant_sms.web._core import LARGEST_BODY, Desk

PROXY = "10.1.2.3"
PROXIED = PublicAddress.of(None, ["10.0.0.0/8", "2001:db8::/32"])
HTTPS = ("x-forwarded-proto", "https")
HOST = ("X-Forwarded-Host", "clinic.example")
URL = "https://clinic.example/texts/twilio"


def arrival(*headers: tuple[str, str], peer: str = PROXY, query: str = "") -> Arrival:
    return Arrival(
        method="POST",
        path="/twilio",
        whole_path="/texts/twilio",
        query=query,
        headers=headers,
        peer=peer,
    )


@pytest.mark.parametrize(
    ("headers", "peer", "called"),
    [
        ((HTTPS, HOST), PROXY, URL),
        ((HTTPS, HOST), "::ffff:10.1.2.3", URL),
        ((HTTPS, HOST), "2001:db8::7", URL),
        ((("x-forwarded-proto", "HTTPS"), HOST), PROXY, URL),
        ((("forwarded", "for=192.0.2.9;proto=https;host=clinic.example"),), PROXY, URL),
        ((("forwarded", 'Proto=https; host="clinic.example"'),), PROXY, URL),
        ((("forwarded", "for=192.0.2.9, host=clinic.example;proto=https"),), PROXY, URL),
        ((("forwarded", "for=192.0.2.9"), HTTPS, HOST), PROXY, URL),
        ((("forwarded", "host=clinic.example;proto=https"), HTTPS, HOST), PROXY, URL),
        (
            (HTTPS, ("x-forwarded-host", "[2001:db8::1]:8443")),
            PROXY,
            "https://[2001:db8::1]:8443/texts/twilio",
        ),
        ((HTTPS, HOST), "192.0.2.9", 403),
        ((HTTPS, HOST), "", 403),
        ((HTTPS, HOST), "unix:/run/sock", 403),
        ((), PROXY, 400),
        ((HTTPS,), PROXY, 400),
        ((HOST,), PROXY, 400),
        ((("host", "clinic.example"), HTTPS), PROXY, 400),
        ((("forwarded", "host=clinic.example"),), PROXY, 400),
        ((("forwarded", "host=evil;proto=https"), HTTPS, HOST), PROXY, 400),
        ((HTTPS, HOST, ("x-forwarded-host", "evil")), PROXY, 400),
        ((HTTPS, ("x-forwarded-host", "evil, clinic.example")), PROXY, 400),
        ((("x-forwarded-proto", "http,https"), HOST), PROXY, 400),
        ((HTTPS, ("x-forwarded-host", "a:b@clinic.example")), PROXY, 400),
        ((HTTPS, ("x-forwarded-host", "clinic.example/other?")), PROXY, 400),
        ((("x-forwarded-proto", "javascript"), HOST), PROXY, 400),
    ],
)
def test_a_proxy_tells_one_origin_or_the_callback_is_refused(
    headers: tuple[tuple[str, str], ...], peer: str, called: str | int
) -> None:
    """From trusted networks only, and only where all that is told agrees."""
    try:
        found: str | int = PROXIED.called(arrival(*headers, peer=peer))
    except WebhookRejected as refused:
        found = refused.status

    assert found == called


@pytest.mark.parametrize(
    ("public_url", "path", "called"),
    [
        ("https://c.example/texts", "", "https://c.example/texts"),
        ("https://c.example/texts", "/", "https://c.example/texts"),
        ("https://c.example/texts/", "/", "https://c.example/texts/"),
        ("https://c.example/texts/", "/twilio", "https://c.example/texts/twilio"),
        ("https://c.example/texts", "/twilio/", "https://c.example/texts/twilio/"),
        ("https://c.example", "/twilio", "https://c.example/twilio"),
        ("https://c.example:8443/a b", "/é", "https://c.example:8443/a b/%C3%A9"),
    ],
)
def test_what_stands_below_the_mount_is_added_to_the_public_url(
    public_url: str, path: str, called: str
) -> None:
    """Whatever the server sees of itself plays no part."""
    told = Arrival(
        method="POST", path=path, whole_path="/x", query="", headers=(HTTPS, HOST), peer=PROXY
    )

    assert PublicAddress.of(public_url, []).called(told) == called


@settings(deadline=None)  # other tests may have the processor
@given(query=st.text(st.characters(codec="latin-1")))
def test_the_query_stays_as_it_came(query: str) -> None:
    """It is signed as it was called, so nobody may write it anew."""
    told = arrival(query=query)
    url = PublicAddress.of("https://c.example/texts", []).called(told)

    assert url == "https://c.example/texts/twilio" + (f"?{query}" if query else "")


class Nobody:
    """A messenger that must not be asked."""

    provider_names = ("twilio",)


@pytest.mark.parametrize(
    ("headers", "parts", "status", "reads"),
    [
        ([], [b"x" * (LARGEST_BODY // 2)] * 9, 413, 3),
        ([("content-length", str(LARGEST_BODY + 1))], [], 413, 0),
        ([("content-length", "9" * 5000)], [], 400, 0),
        ([("content-length", "9" * 18)], [], 413, 0),
        ([("content-length", "-1")], [], 400, 0),
        ([("content-length", "1_0")], [], 400, 0),
        ([("content-length", "٣")], [], 400, 0),
        ([("content-length", "5")], [b"abc"], 400, 2),
        ([("content-type", "image/png")], [], 415, 0),
    ],
)
def test_what_cannot_be_right_is_not_read(
    headers: list[tuple[str, str]], parts: list[bytes], status: int, reads: int
) -> None:
    """A length or a type is enough to refuse; without a length reading stops at the limit."""
    read_parts = 0

    async def read() -> bytes:
        nonlocal read_parts
        read_parts += 1
        return parts[read_parts - 1] if read_parts <= len(parts) else b""

    desk = Desk(Nobody(), PublicAddress.of(URL, []))  # type: ignore[arg-type]
    told = arrival(*([("content-type", "application/json"), *headers]))
    answered = finish(desk.answer(told, read))

    assert (answered.reply.status, answered.next) == (status, None)
    assert read_parts == reads


@pytest.mark.parametrize(
    ("address", "path", "status", "why"),
    [
        (PublicAddress.of(URL, []), "/+13125550143/twilio", 404, "nobody takes callbacks"),
        (PublicAddress.of(None, ["10.0.0.0/8"]), "/", 403, "a trusted proxy"),
    ],
)
def test_whoever_is_turned_away_unread_is_logged(
    address: PublicAddress, path: str, status: int, why: str, caplog: pytest.LogCaptureFixture
) -> None:
    """A provider at the wrong address loses each STOP: once is told, not each time, and no word."""
    desk = Desk(Nobody(), address)  # type: ignore[arg-type]
    told = evolve(
        arrival(("content-type", "application/json"), peer="192.0.2.7", query="Body=STOP+Maria"),
        path=path,
        whole_path=path,
    )

    answers = [finish(desk.answer(told, nothing)).reply.status for _ in range(3)]

    assert answers == [status] * 3
    (record,) = [each for each in caplog.records if each.name == "compliant_sms.web"]
    assert (record.levelname, vars(record)["event"]) == ("WARNING", "web_refused")
    assert (vars(record)["status"], vars(record)["times"]) == (str(status), "1")
    assert why in vars(record)["why"]
    assert not any(word in f"{vars(record)}" for word in ("Maria", "3125550143", "192.0.2.7"))


async def nothing() -> bytes:
    """An empty body."""
    return b""
