"""Links: as phones show them, and nothing that only looks like one."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliant_sms import records
from compliant_sms.text import Link, is_public_shortener, links

LINKS = [
    ("https://go.oakdental.example/r/8f2k", "go.oakdental.example"),
    ("http://msg.example.net/?id=a91c33f0&u=w", "msg.example.net"),
    ("HTTPS://BIT.LY/3ABC", "bit.ly"),
    ("go.oakdental.example/r/8f2k", "go.oakdental.example"),
    ("bit.ly/3abcXYZ", "bit.ly"),
    ("Bit.Ly/3abc", "bit.ly"),
    ("t.co/x", "t.co"),
    ("1url.com/x", "1url.com"),
    ("oakdental.com", "oakdental.com"),
    ("OAKDENTAL.COM", "oakdental.com"),
    ("www.bit.ly/x", "www.bit.ly"),
    ("www.oak.lawyer", "www.oak.lawyer"),
    ("oak.dental", "oak.dental"),
    ("Oak.Dental/visit", "oak.dental"),
    ("oakdental.co.uk", "oakdental.co.uk"),
    ("xn--clnica-5va.xn--p1ai", "xn--clnica-5va.xn--p1ai"),
    ("clínica.example", "clínica.example"),
    ("portal.test:8443/a", "portal.test"),
    ("https://bank.example@bit.ly:443/x", "bit.ly"),
    ("https://user@oak.example", "oak.example"),
    ("https://192.0.2.7/x", "192.0.2.7"),
    ("https://[2001:db8::1]/x", "[2001:db8::1]"),
    ("https://localhost/x", "localhost"),
    ("https://bit.ly./x", "bit.ly"),
    ("ｂｉｔ.ly/x", "bit.ly"),
    ("https://bit\u3002ly/x", "bit.ly"),
    ("bit\uff0ely/x", "bit.ly"),
    ("bit\u200b.ly/x", "bit.ly"),
    ("b\u00adit.l\u2060y/x", "bit.ly"),
    ("tinyurl\u00ad.com/a", "tinyurl.com"),
    ("https://x.example/a_(b)", "x.example"),
    ("https://x.example/a[1]", "x.example"),
    ("oak.example/?next=https://other.example", "oak.example"),
]
NO_LINKS = [
    "",
    "See you Tue Dec 1 at 2:30 PM. Reply C to confirm.",
    "e.g. bring a card, i.e. yours",
    "10 a.m. or 2 p.m.Please call us",
    "visit.Call us today",
    "results.Info will follow",
    "Text.Me anytime",
    "Please call.us before noon",
    "$1.50/mo, $24.00/hr or 12/5/2026 at 3.am/2",
    "version 2.10/b",
    "a.b@oak.com, jane.co@oak.com, k.l+med@clinic.co.uk",
    "M54.50 and G89.29, on/off, Y/N, w/o, c/o",
    "IMG_4471.jpg",
    "Dr.Lee and Mr.Ma",
    "https://",
    "https:///x",
    "www.oak",
    "www.oak.1",
    "S.T.O.P.",
    "wait...what",
]
AROUND = ["{}", "See {}.", "({})", "{}, ok", "Link: {}!", "“{}”", "[{}]", "{}…", "{}?", "<{}>"]


@pytest.mark.parametrize(("written", "host"), LINKS)
@pytest.mark.parametrize("around", AROUND)
def test_a_link_is_found_with_its_host(written: str, host: str, around: str) -> None:
    """A link counts with or without a scheme, and what stands around it is no part of it."""
    body = around.format(written)
    start = body.index(written)

    assert links(body) == (Link(start, start + len(written), host),)


@pytest.mark.parametrize("body", NO_LINKS)
def test_what_only_looks_like_a_link_is_none(body: str) -> None:
    """Times, prices, initials, mail addresses and forgotten blanks make no link."""
    assert links(body) == ()


def test_an_emoji_ends_a_host() -> None:
    """What phones do not take for a part of the host is none."""
    assert [link.host for link in links("https://rsvp.example🛑 and https://b.example\n")] == [
        "rsvp.example",
        "b.example",
    ]


def test_several_links_come_in_order() -> None:
    """Each link counts, in the order of the text."""
    assert [link.host for link in links("a.com b.com/x https://c.example")] == [
        "a.com",
        "b.com",
        "c.example",
    ]


@given(st.text() | st.text(st.sampled_from("ab.:/@()[]-_? \nhtps?#ly com")))
def test_any_text_is_read(body: str) -> None:
    """Any text is read without an error; links lie within it, in order, and never meet."""
    found = links(body)

    assert all(0 <= link.start < link.end <= len(body) and link.host for link in found)
    assert all(one.end <= other.start for one, other in pairwise(found))
    assert all(link.host == link.host.lower() for link in found)


@pytest.mark.parametrize("piece", ["a.", "a-", "a.b@", "https://", "http://x/()", ")", "a.b ", "@"])
def test_long_hostile_texts_are_read(piece: str) -> None:
    """Sixty thousand characters of the kinds that patterns dislike are read all the same."""
    assert len(links(piece * (60_000 // len(piece)))) < 60_000


@pytest.mark.parametrize(
    ("host", "public"),
    [
        ("bit.ly", True),
        ("www.bit.ly", True),
        ("a.b.bit.ly", True),
        ("BIT.LY", True),
        ("bit.ly.", True),
        ("notbit.ly", False),
        ("bit.ly.example", False),
        ("ly", False),
        ("", False),
    ],
)
def test_a_subdomain_of_a_shortener_is_one(host: str, public: bool) -> None:  # noqa: FBT001
    """A shortener's subdomains count, and other hosts that end in its letters do not."""
    assert is_public_shortener(host, {"bit.ly", "tinyurl.com"}) is public


def test_a_link_can_be_kept() -> None:
    """Decisions record the links that they saw."""
    (link,) = links("oak.com/x")

    assert records.decode(records.encode(link), Link) == link
