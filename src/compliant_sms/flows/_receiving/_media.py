"""Pictures and the like that patients sent along: fetched from the provider, and nowhere else."""

from __future__ import annotations

import re
from datetime import timedelta
from functools import partial
from typing import TypeAlias
from urllib.parse import urljoin, urlsplit

from attrs import evolve, frozen

from compliant_sms import _given
from compliant_sms.errors import ReplyTooLarge, TransportError
from compliant_sms.messages import InboundMedia
from compliant_sms.ports import Ports, Transaction
from compliant_sms.providers import Provider
from compliant_sms.wire import HttpReply, HttpRequest

LARGEST = 5_000_000  # bytes: what carriers let through is smaller
_MOST_REDIRECTS = 3
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_PAUSES = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 30, 120))
_LEASE = timedelta(minutes=5)  # longer than one can take
# What phones send. An SVG is a program for whoever opens it.
_KEPT = re.compile(
    r"image/(?!svg)[a-z0-9.+-]{1,60}|(?:audio|video)/[a-z0-9.+-]{1,60}"
    r"|text/(?:x-)?vcard|application/pdf"
)


@frozen
class _Failure:
    """Why it is not here.

    Attributes:
        words: for a person.
        final: another attempt would come to the same.
    """

    words: str
    final: bool = False


_Got: TypeAlias = HttpReply | _Failure


async def fetch_media(ports: Ports, limit: int) -> tuple[InboundMedia, ...]:
    """Fetch up to ``limit`` media that are due, and keep what comes of each.

    Returns:
        those that were asked for, as they are kept now.
    """
    _given.how_many(limit, "limit")
    fetched: list[InboundMedia] = []
    while len(fetched) < limit and not ports.dry_run:
        claimed = await ports.store.run(partial(_claim, ports=ports))
        if claimed is None:
            break
        fetched.append(await _fetch(ports, claimed))
    return tuple(fetched)


async def media(ports: Ports, inbound_id: str) -> tuple[InboundMedia, ...]:
    """The media of a text that came in.

    Raises:
        InvalidInput: it is no id.
    """
    _given.a_text(inbound_id, "inbound_id")
    return tuple(await ports.store.run(lambda tx: tx.media(ports.practice.id, inbound_id)))


async def _claim(tx: Transaction, ports: Ports) -> InboundMedia | None:
    at = ports.clock()
    return await tx.claim_media(ports.practice.id, at, at + _LEASE)


async def _fetch(ports: Ports, claimed: InboundMedia) -> InboundMedia:
    outcome = _kept(claimed, await _got(ports, claimed), ports)
    await ports.store.run(lambda tx: tx.save_media(ports.practice.id, outcome))
    return outcome


def _kept(claimed: InboundMedia, got: _Got, ports: Ports) -> InboundMedia:
    if isinstance(got, HttpReply):
        kind, body = _kind(got), got.body
        return evolve(claimed, again_at=None, content_type=kind, content=body, problem="")
    given_up = got.final or claimed.attempts > len(_PAUSES)
    again_at = None if given_up else ports.clock() + _PAUSES[claimed.attempts - 1]
    return evolve(claimed, again_at=again_at, problem=got.words)


def _usable(reply: HttpReply) -> _Got:
    if reply.status != 200 or not reply.body:
        return _Failure(f"the provider answered {reply.status} with {len(reply.body)} bytes")
    if not _KEPT.fullmatch(_kind(reply)):
        return _Failure("it is of a kind that is not kept", final=True)
    return reply


def _kind(reply: HttpReply) -> str:
    return (reply.header("content-type") or "").partition(";")[0].strip().lower()


async def _got(ports: Ports, claimed: InboundMedia) -> _Got:
    """What the provider answers; of several accounts at it, one has the credentials."""
    failure = _NOT_THEIRS
    for provider in ports.routes.named(claimed.provider):
        got = await _get(ports, provider, claimed)
        if isinstance(got, HttpReply):
            got = _usable(got)
        if isinstance(got, HttpReply):
            return got
        # That it does not lie at another account says nothing; what cannot be kept is settled.
        if failure is _NOT_THEIRS or (got.final and got is not _NOT_THEIRS):
            failure = got
    return failure


async def _get(ports: Ports, provider: Provider, claimed: InboundMedia) -> _Got:
    url = claimed.url
    for _ in range(_MOST_REDIRECTS + 1):
        request = _request(ports, provider, claimed, url)
        if request is None:
            return _NOT_THEIRS
        try:
            reply = await ports.transport.send(request)
        except ReplyTooLarge:
            return _Failure(f"it has more than {LARGEST:,} bytes", final=True)
        except TransportError:
            return _Failure("the provider gave no answer")
        if reply.status not in _REDIRECTS:
            return reply
        url = _target(url, reply)
    return _Failure("the provider sends from one address to the next")


_NOT_THEIRS = _Failure("it does not lie at the provider, so it is not fetched", final=True)


def _request(
    ports: Ports, provider: Provider, claimed: InboundMedia, url: str
) -> HttpRequest | None:
    """The adapter judges each address anew, and says which credentials go there."""
    request = provider.media_request(url, at=ports.clock())
    if request is None:
        return None
    first = _origin(claimed.url) == _origin(url)
    headers = request.headers if first else _without_credentials(request)
    return evolve(request, headers=headers, largest_reply=LARGEST)


def _without_credentials(request: HttpRequest) -> list[tuple[str, str]]:
    return [(name, value) for name, value in request.headers if name == "accept"]


def _origin(url: str) -> tuple[str, str]:
    parts = urlsplit(url)
    return parts.scheme, parts.netloc


def _target(url: str, reply: HttpReply) -> str:
    try:
        return urljoin(url, reply.header("location") or "")
    except ValueError:  # it is no address
        return ""
