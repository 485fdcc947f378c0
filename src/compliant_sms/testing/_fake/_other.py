"""Providers without a dialect of their own: their adapters show how requests are written.

Nothing here knows a provider. To find where number and words are in a request, the adapter writes a
text whose number and words are known. A maker from :mod:`compliant_sms.testing.webhooks` makes the
callbacks. So, unlike the sandbox's dialects, this does not check the adapter. It is a carrier for
testing a program that uses the adapter.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import cached_property
from random import Random
from typing import ClassVar, Final
from urllib.parse import parse_qsl, urlsplit

from attrs import evolve, field, frozen
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from compliant_sms.errors import InvalidInput
from compliant_sms.lifecycle import State
from compliant_sms.phone import PhoneNumber
from compliant_sms.providers import Failure, InboundText, OutboundText, Provider
from compliant_sms.sandbox import Account
from compliant_sms.sandbox._account import Handover
from compliant_sms.sandbox._book import Book
from compliant_sms.sandbox._carrier import Carrier
from compliant_sms.sandbox._creating import Creation
from compliant_sms.sandbox._entries import BookEntry, Draft, require_text
from compliant_sms.sandbox._keywords import Keyword, Keywords, keywords, read_keyword
from compliant_sms.testing._clock import MORNING
from compliant_sms.testing.webhooks import WebhookMaker
from compliant_sms.wire import HttpReply, HttpRequest, WebhookRequest

_SAMPLE: Final = OutboundText(
    to=PhoneNumber("+12025550187"), body="sample-words", reference="sample-reference"
)
_PICTURE: Final = ("https://sample.example/picture.png", "s3://sample/picture.png")
_WORDS: Final = keywords(stop=["STOP"], start=["START"], help_=["HELP"])

Path = tuple[str | int, ...]


@frozen(kw_only=True)
class OtherProvider:
    """A provider that the fake carrier does not know by itself, for ``FakeCarrier(...)``.

    Args:
        adapter: your adapter.
        webhooks: makes the provider's callbacks so that the adapter accepts them.
        accepted: the provider's answer when it accepts a text.
        provider_id: the text's id in that answer; each text gets a different one in its place.
        by_reference: whether that id is our own reference, which the provider adopts.
        codes: the provider's codes for undeliverable texts, by reason.

    Raises:
        InvalidInput: the answer does not contain the id.
    """

    adapter: Provider
    webhooks: WebhookMaker
    accepted: HttpReply
    provider_id: str
    by_reference: bool = False
    codes: Mapping[Failure, str] = field(factory=dict)

    def __attrs_post_init__(self) -> None:
        if self.provider_id.encode() not in self.accepted.body or not self.provider_id:
            msg = (
                "the answer does not contain that provider_id, so no text could get one of its "
                "own. Pass an answer with the id in its body."
            )
            raise InvalidInput(msg)


def _leaves(content: object, path: Path = ()) -> Iterator[tuple[Path, str]]:
    if isinstance(content, dict):
        for name, value in content.items():
            yield from _leaves(value, (*path, name))
    elif isinstance(content, list):
        for place, value in enumerate(content):
            yield from _leaves(value, (*path, place))
    elif isinstance(content, str):
        yield path, content


def _content(url: str, body: bytes) -> dict[Path, str]:
    """Every string in a request, by its place in the JSON, the form or the URL."""
    found: dict[Path, str] = {("?", name): value for name, value in parse_qsl(urlsplit(url).query)}
    try:
        return found | dict(_leaves(json.loads(body)))
    except ValueError:
        return found | {(name,): value for name, value in parse_qsl(body.decode(errors="replace"))}


@frozen(kw_only=True)
class _Form:
    """Where things are in a provider's requests."""

    method: str
    path: str
    to: Path
    body: Path
    reference: Path | None
    callback: Path | None

    @classmethod
    def of(cls, adapter: Provider, text: OutboundText) -> _Form:
        request = adapter.request(text, at=MORNING)
        content = _content(request.url, request.body)
        told = getattr(adapter, "status_callback", "")

        def where(*values: str) -> Path | None:
            return next((path for path, value in content.items() if value in values), None)

        to, body = where(text.to.e164, text.to.e164[1:]), where(text.body)
        if to is None or body is None:
            msg = (
                f"the requests of {adapter.name} do not contain number and words as strings in "
                "JSON, a form or a URL. Test it with compliant_sms.testing.webhooks instead."
            )
            raise InvalidInput(msg)
        return cls(
            method=request.method,
            path=urlsplit(request.url).path or "/",
            to=to,
            body=body,
            reference=where(text.reference),
            callback=next((p for p, v in content.items() if told and v.startswith(told)), None),
        )


@frozen(kw_only=True, slots=False)
class OtherAccount(Account):
    """The account behind any adapter. It accepts any credentials."""

    prefix: ClassVar[str] = ""
    keywords: ClassVar[Keywords] = _WORDS

    provider: str  # type: ignore[misc]  # elsewhere fixed for the class
    other: OtherProvider

    @property
    def unreachable(self) -> str:  # type: ignore[override]
        """The provider's code; empty if none was given, and the maker then has one."""
        return self.code_of(Failure.UNREACHABLE_TEMPORARY)

    @property
    def opted_out(self) -> str:  # type: ignore[override]
        """The same for opted-out numbers."""
        return self.code_of(Failure.OPTED_OUT)

    @cached_property
    def forms(self) -> tuple[_Form, ...]:
        """The forms of a text without a picture and, if it can have one, with a picture."""
        adapter = self.other.adapter
        pictures = [evolve(_SAMPLE, media=(url,)) for url in _PICTURE]
        able = [each for each in pictures if _can(adapter, each)]
        return tuple(_Form.of(adapter, text) for text in (_SAMPLE, *able))

    def require_forms(self) -> None:
        """Read the adapter's requests now.

        Raises:
            InvalidInput: they do not show where number and words are.
        """
        assert self.forms  # noqa: S101 - as at the first request

    def serves(self, path: str) -> bool:
        """Whether the adapter sends texts there, or fetches a certificate."""
        return path in {form.path for form in self.forms} | self._certificates.keys()

    @property
    def _certificates(self) -> dict[str, bytes]:
        known = getattr(self.other.webhooks, "certificates", {})
        return {urlsplit(url).path: content for url, content in known.items()}

    @cached_property
    def _obeyed(self) -> frozenset[Keyword]:
        """The keywords that, by the adapter, the provider answers."""
        if not self.other.adapter.capabilities.inbound:
            return frozenset()
        return frozenset(word for text, word in _WORDS.items() if self._answers(text))

    def _answers(self, text: str) -> bool:
        adapter, maker = self.other.adapter, self.other.webhooks
        make = maker.opt_out if text == "STOP" else maker.text
        request = make(text, sender=_SAMPLE.to, at=MORNING)
        known = getattr(maker, "certificates", {})
        events = adapter.parse(adapter.verify(request, at=MORNING, certificates=known))
        return any(isinstance(event, InboundText) and event.answered for event in events)

    def answers_keywords_on(self, number: str) -> bool:  # noqa: ARG002
        """Whether it does, by the adapter's settings."""
        return bool(self._obeyed)

    def keyword(self, body: str, number: str) -> Keyword | None:  # noqa: ARG002
        """The keyword in a text, if the provider answers it."""
        word = read_keyword(body, _WORDS)
        return word if word in self._obeyed else None

    def block_scope(self, number: str) -> str:  # noqa: ARG002
        """One scope for all numbers of the account."""
        return "account"

    def new_id(self, draft: Draft, chance: Random) -> str:
        """Our reference if the answer repeats it, otherwise a UUID."""
        return (self.other.by_reference and draft.reference) or super().new_id(draft, chance)

    def require_id(self, text: str) -> str:
        """Return the id as it is, since the provider's format is unknown.

        Raises:
            InvalidInput: it cannot be encoded.
        """
        return require_text(text, "the sid")

    def routes(self, carrier: Carrier) -> list[Route]:
        """The routes to which the adapter sends texts. Look-ups and lists are not served."""

        async def create(request: Request) -> Response:
            content = _content(str(request.url), await request.body())
            creation = Creation(
                carrier=carrier,
                account=self,
                read=lambda _: self._read(content),
                render=self._accepted,
            )
            return await creation.answer()

        async def certificate(request: Request) -> Response:
            return Response(self._certificates[request.url.path])

        endpoints = dict.fromkeys((form.path, form.method) for form in self.forms)
        return [
            *(Route(path, create, methods=[method]) for path, method in endpoints),
            *(Route(path, certificate, methods=["GET"]) for path in self._certificates),
        ]

    def _read(self, content: Mapping[Path, str]) -> Draft:
        form = next(form for form in self.forms if {form.to, form.body} <= content.keys())
        return Draft(
            from_=self.numbers[0],
            to=f"+{content[form.to].lstrip('+')}",
            body=content[form.body],
            status_callback=content.get(form.callback) if form.callback else None,
            reference=content.get(form.reference) if form.reference else None,
        )

    def _accepted(self, book: Book, entry: BookEntry) -> Response:  # noqa: ARG002
        reply = self.other.accepted
        body = reply.body.replace(self.other.provider_id.encode(), entry.sid.encode())
        return Response(body, reply.status, dict(reply.headers))

    def no_route(self, status: int) -> Response:
        """An empty answer with that status."""
        return Response(status_code=status)

    def rate_limited(self, seconds: float) -> Response:
        """429 with ``Retry-After`` (RFC 9110, 10.2.3)."""
        return Response(status_code=429, headers={"Retry-After": str(int(seconds))})

    def tells(self, status: str) -> bool:
        """Whether the provider calls back about that status."""
        return self.other.webhooks.tells(status)

    def code_of(self, why: Failure) -> str:
        """The provider's code; empty if none was given."""
        return self.other.codes.get(why, "")

    def inbound_callback(self, entry: BookEntry, to: Handover) -> HttpRequest:
        """As the maker makes it."""
        maker = evolve(self.other.webhooks, url=to.url)
        stop = entry.answered_by and read_keyword(entry.body, _WORDS) is Keyword.STOP
        make = maker.opt_out if stop else maker.text
        return _posted(make(entry.body, sender=entry.from_, at=to.at, text_id=entry.sid))

    def status_callback(self, entry: BookEntry, to: Handover) -> HttpRequest:
        """As the maker makes it. If an address was given, it already has our reference."""
        maker = evolve(self.other.webhooks, url=to.url)
        in_url = entry.status_callback is not None and (entry.reference or "") in to.url
        request = maker.status(
            State(entry.status),
            provider_id=entry.sid,
            to=entry.to,
            at=to.at,
            reference="" if in_url else entry.reference or "",
            code=None if entry.error_code in {None, ""} else str(entry.error_code),
        )
        return _posted(request)


def _can(adapter: Provider, text: OutboundText) -> bool:
    try:
        adapter.request(text, at=MORNING)
    except InvalidInput:  # Unsupported is one
        return False
    return True


def _posted(request: WebhookRequest) -> HttpRequest:
    return HttpRequest(
        method=request.method, url=request.url, headers=request.headers, body=request.body
    )
