"""A practice that shows its form, and whoever fills it in; pages are read as a browser would."""

from __future__ import annotations

from collections.abc import Callable
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlencode

from attrs import define, evolve, field, frozen

from compliant_sms import Messenger, Practice
from compliant_sms.permission import Applicant, Permission, Programme
from compliant_sms.secure_pages import PageRequest
from compliant_sms.wire import HttpReply
from conftest import PATIENT, PERSON

FORM_URL = "https://lakeside.example/texts"
ORIGIN = "https://lakeside.example"
BROWSER = "Mozilla/5.0 (okapi)"
ADDRESS = "203.0.113.9"
_VOID = {"input", "meta", "br", "link", "img", "hr"}

CARE = Programme(
    id="care",
    about="appointments and care",
    categories=["appointments", "care", "answers"],
    editions="2026-03",
)
OFFERS = Programme(
    id="offers",
    about="offers and news from the practice",
    categories=["promotions"],
    editions="2026-03",
    frequency="Up to 4 messages a month.",
    keyword="DEALS",
)

Make = Callable[..., Messenger]


def identify(applicant: Applicant) -> str | None:
    """The host's id of whoever filled the form in."""
    return PERSON if applicant.number.e164 == PATIENT else None


def permission(**changes: Any) -> Permission:
    """How the practice asks."""
    usual: dict[str, Any] = {
        "programmes": [CARE, OFFERS],
        "terms_url": "https://lakeside.example/terms",
        "privacy_url": "https://lakeside.example/privacy",
        "form_url": FORM_URL,
        "identify": identify,
        "secret": bytes(range(32)),
    }
    return Permission(**(usual | changes))


def with_form(
    make_messenger: Make, practice: Practice, *, identify: Any = identify, **changes: Any
) -> Messenger:
    """A messenger with a form."""
    own = evolve(practice, link_domains=["lakeside.example"])
    asks = permission(identify=identify)
    return make_messenger(practice=own, permission=asks, **changes)


@define
class Element:
    """An element of a page, with the text in it."""

    tag: str
    given: dict[str, str | None]
    text: str = ""


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[Element] = []
        self._open: list[Element] = []
        self.strays: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, dict(attrs))
        assert len(element.given) == len(attrs), "an attribute stands twice"
        self.elements.append(element)
        if tag not in _VOID:
            self._open.append(element)

    def handle_endtag(self, tag: str) -> None:
        assert self._open, f"nothing is open, and {tag} ends"
        assert self._open.pop().tag == tag

    def handle_data(self, data: str) -> None:
        for element in self._open:
            element.text += data

    def handle_comment(self, data: str) -> None:
        self.strays.append(data)

    def handle_pi(self, data: str) -> None:
        self.strays.append(data)

    def unknown_decl(self, data: str) -> None:
        self.strays.append(data)

    def close(self) -> None:
        super().close()
        assert not self._open, "something is never closed"
        assert not self.strays


def elements(page: HttpReply) -> list[Element]:
    """What a page is made of; it is well-formed."""
    reader = _Reader()
    reader.feed(page.body.decode())
    reader.close()
    return reader.elements


def shape(page: HttpReply) -> list[tuple[str, tuple[str, ...]]]:
    """Tags and names of attributes, which nothing that somebody typed may change."""
    return [(each.tag, tuple(each.given)) for each in elements(page)]


def cookie_of(page: HttpReply) -> str:
    """What the browser keeps."""
    header = page.header("set-cookie") or ""
    return header.partition(";")[0]


@frozen
class Browser:
    """Whoever fills the form in.

    Attributes:
        ask: method, headers and body, to the answer.
    """

    ask: Callable[[str, dict[str, str], bytes], HttpReply]
    filled: dict[str, str] = field(
        factory=lambda: {"name": "Ana Gomez", "number": "(217) 555-0134", "agree-care": "yes"}
    )

    def get(self, cookie: str = "") -> HttpReply:
        """Open the form."""
        return self.ask("GET", {"Cookie": cookie} if cookie else {}, b"")

    def send(
        self,
        page: HttpReply,
        *,
        but: dict[str, str] | None = None,
        without: tuple[str, ...] = (),
        headers: dict[str, str] | None = None,
    ) -> HttpReply:
        """Send the form of a page, filled in."""
        hidden = {
            each.given["name"]: each.given["value"]
            for each in elements(page)
            if each.given.get("type") == "hidden"
        }
        fields: dict[Any, Any] = {**hidden, **self.filled, **(but or {})}
        kept = {name: value for name, value in fields.items() if name not in without}
        sent = {
            "Content-Type": "application/x-www-form-urlencoded",
            "Origin": ORIGIN,
            "Cookie": f"theme=dark; {cookie_of(page)}",
            "User-Agent": BROWSER,
            **(headers or {}),
        }
        return self.ask("POST", sent, urlencode(kept).encode())


def browser(messenger: Messenger) -> Browser:
    """A browser right in front of the messenger."""

    def ask(method: str, headers: dict[str, str], body: bytes) -> HttpReply:
        given = tuple((name.lower(), value) for name, value in headers.items())
        request = PageRequest(method=method, token="", headers=given, body=body, address=ADDRESS)
        return messenger.permission.answer(request)

    return Browser(ask)
