"""A callback's way in: verify, keep, apply once."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from contextlib import suppress
from typing import TypeAlias

from attrs import frozen

from compliant_sms import _given
from compliant_sms._masking import said_by_us, shown_address
from compliant_sms.errors import (
    CannotUnseal,
    ConfigurationError,
    InvalidSignature,
    NeedsCertificate,
    StoreError,
    TransportError,
    WebhookRejected,
)
from compliant_sms.events import CallbackRefused
from compliant_sms.flows._deciding._checked import BY_DOCTOR
from compliant_sms.flows._deciding._routes import is_proved
from compliant_sms.flows._deciding._traced import traced
from compliant_sms.flows._receiving._believe import can_be_confirmed
from compliant_sms.flows._receiving._patient_text import Proof, ReceivedText, take_in
from compliant_sms.flows._settling._status import ReceivedStatus, apply_status
from compliant_sms.ports import Ports, Transaction, refuse_other_practice
from compliant_sms.practice import Practice
from compliant_sms.providers import (
    InboundText,
    Provider,
    ProviderEvent,
    StatusUpdate,
    VerifiedWebhook,
)
from compliant_sms.wire import LARGEST_BODY, HttpReply, HttpRequest, WebhookRequest

# Providers' callbacks have a few kilobytes; no signature needs to be computed over more.
# A provider has one or two at a time.
_MOST_CERTIFICATES = 16
_ASKS_TO_REPEAT = 500
_LONGEST_ADDRESS = 200
_FIGURES = re.compile(r"[0-9](?:-?[0-9]){6,}")
_DONE = range(200, 300)
_NOT_KEPT = (
    "it is for a number of another practice, or the records do not open with the keyring of this "
    "messenger, and nothing of it was recorded"
)
_NOT_OURS = "the adapter refused it, and its words are not shown, as they may quote the callback"
_ANOTHER_S = (
    "The text was written to a number of another practice, whose records are not kept with this "
    "keyring, and nothing of it was recorded. Have the provider call that practice's messenger."
)
_NOT_PROVED = (
    "the text was written to a number of the practice with the id {!r}, whose callbacks are proved "
    "by other secrets than those of this messenger, and nothing of it was recorded. Have the "
    "provider call that practice's messenger. If both have one account, pass the same secrets to "
    "both: that practice's are known once it has sent a text with them."
)


ReceivedEvent: TypeAlias = ReceivedText | ReceivedStatus


@frozen(kw_only=True)
class Received:
    """What a callback brought; all of it is on disk.

    Attributes:
        events: what it said, in its order.
        answer: what to answer the provider with.
    """

    events: tuple[ReceivedEvent, ...]
    answer: HttpReply


@traced("receive")
async def receive(ports: Ports, request: WebhookRequest, provider: str | None = None) -> Received:
    """Take a callback in; durable before it returns.

    Args:
        ports: what to work with.
        request: the callback.
        provider: at whose address it arrived.

    Raises:
        InvalidInput: it is no WebhookRequest.
        InvalidSignature: it is not the provider's; nothing was changed, but it was counted.
        WebhookRejected: it is too large or cannot be read, nobody has such a provider, or what it
            asks for at the provider could not be done; nothing was changed.
        CannotUnseal: a text was written to a number of another practice in this store, which has
            a keyring of its own; nothing was changed.
        ConfigurationError: the same, and that practice has none; or no secret of this messenger
            proves that practice's callbacks.
    """
    _given.a_kind(request, WebhookRequest, "the request", "a WebhookRequest made of yours")
    adapters = ports.routes.named(provider)
    if not adapters:
        msg = "no provider of this messenger has that name"
        raise WebhookRejected(msg, status=404)
    if len(request.body) > LARGEST_BODY:
        msg = f"the callback has more than {LARGEST_BODY:,} bytes; no provider sends that much"
        raise WebhookRejected(msg, status=413)
    try:
        verified = await _verified(ports, adapters, request)
    except InvalidSignature as error:
        why = said_by_us(error) or _NOT_OURS  # an adapter of a host's may quote the callback
        await _count_refused(ports, adapters[0].name, request, why)
        raise
    theirs, webhook = verified[0]
    read = _read(verified)
    account = [adapter for adapter, _ in verified]

    async def apply(tx: Transaction) -> tuple[ReceivedEvent, ...]:
        await _hold_ids(tx, ports, theirs.name, [event for _, event in read])
        return tuple([await _apply(tx, ports, account, *each) for each in read])

    try:
        # Whoever hangs up calls again, and then it is not new: its events are told now or never.
        received = await ports.unbroken(ports.store.run(apply))
    except (CannotUnseal, ConfigurationError):  # nobody may read logs, and a STOP may be in it
        await _count_refused(ports, theirs.name, request, _NOT_KEPT)
        raise
    for asked in theirs.follow_up(webhook):
        await _follow_up(ports, asked)
    return Received(events=received, answer=theirs.answer(webhook))


async def _verified(
    ports: Ports, adapters: Sequence[Provider], request: WebhookRequest
) -> list[tuple[Provider, VerifiedWebhook]]:
    """The adapters whose account the callback comes from, at least one, and what each makes of it.

    Senders of one account have the same secrets.
    """
    verified: list[tuple[Provider, VerifiedWebhook]] = []
    refused: list[WebhookRejected] = []
    for provider in adapters:
        try:
            verified.append((provider, await _verified_by(ports, provider, request)))
        except WebhookRejected as error:
            refused.append(error)
    if not verified:
        # Another's 403 must not keep the provider from calling again.
        raise max(refused, key=lambda error: error.status >= _ASKS_TO_REPEAT)
    return verified


async def _count_refused(ports: Ports, provider: str, request: WebhookRequest, why: str) -> None:
    """Count and tell a callback of which nothing is recorded.

    It may be anybody's. Nothing of it is kept, and no more than one a minute is written.
    """
    if request.header("user-agent") == BY_DOCTOR:
        return
    at = ports.clock()
    count = ports.refusals.add(provider, at)
    if count:
        here = ports.practice.id
        with suppress(StoreError):  # the refusal stands, whether it was counted or not
            await ports.store.run(lambda tx: tx.add_refusals(here, provider, count, at))
    times = ports.refused.add(f"{provider}: {why}", at)
    if times:
        refused = CallbackRefused(
            practice_id=ports.practice.id,
            at=at,
            provider=provider,
            why=why,
            url=_address(request.url),
            times=times,
        )
        await ports.tell([refused])


def _address(url: str) -> str:
    """Where a callback was sent, without what may be secret or about a patient.

    A query can hold either, and a path can be anything.
    """
    shown = "".join(filter(str.isprintable, shown_address(url)))
    # Shortened last: what is left of a number would not be known as one.
    return _FIGURES.sub("...", shown)[:_LONGEST_ADDRESS]


def _read(
    verified: Sequence[tuple[Provider, VerifiedWebhook]],
) -> list[tuple[Provider, ProviderEvent]]:
    """The events in their order, each as the adapter reads it whose number was written to."""
    read = [(provider, provider.parse(webhook)) for provider, webhook in verified]
    first, events = read[0]
    own = {
        event.key: (provider, event)
        for provider, theirs in reversed(read)
        for event in theirs
        if isinstance(event, InboundText)
        and event.to in {None, provider.sender}
        and not event.elsewhere
    }
    return [own.get(event.key, (first, event)) for event in events]


async def _verified_by(
    ports: Ports, provider: Provider, request: WebhookRequest
) -> VerifiedWebhook:
    try:
        return _verify(ports, provider, request)
    except NeedsCertificate as needed:
        await _fetch_certificate(ports, needed.url)
    try:
        return _verify(ports, provider, request)
    except NeedsCertificate as error:  # a provider may never repeat what it is refused with 4xx
        msg = "what lies at the address of the callback's certificate cannot be used; call again"
        raise WebhookRejected(msg, status=503) from error


def _verify(ports: Ports, provider: Provider, request: WebhookRequest) -> VerifiedWebhook:
    return provider.verify(request, at=ports.clock(), certificates=ports.certificates)


async def _follow_up(ports: Ports, asked: HttpRequest) -> None:
    """Do what a callback asks for; otherwise have it come again, which a 2xx would prevent.

    Raises:
        WebhookRejected: it could not be done.
    """
    msg = "what the callback asks for could not be done at the provider; call again"
    try:
        reply = await ports.transport.send(asked)
    except TransportError as error:
        raise WebhookRejected(msg, status=503) from error
    if reply.status not in _DONE:
        raise WebhookRejected(msg, status=503)


async def _fetch_certificate(ports: Ports, url: str) -> None:
    try:
        reply = await ports.transport.send(HttpRequest(method="GET", url=url))
    except TransportError as error:
        msg = "the certificate of the callback's signature could not be fetched; call again"
        raise WebhookRejected(msg, status=503) from error
    if reply.status == 200:
        if len(ports.certificates) >= _MOST_CERTIFICATES:
            ports.certificates.clear()
        ports.certificates[url] = reply.body


async def _apply(
    tx: Transaction,
    ports: Ports,
    account: Sequence[Provider],
    provider: Provider,
    event: ProviderEvent,
) -> ReceivedEvent:
    if isinstance(event, StatusUpdate):
        return await apply_status(tx, ports, provider.name, event, account)
    proof = Proof.GIVEN if event.authenticated else Proof.MISSING
    if can_be_confirmed(provider, event, ports.clock()):
        proof = Proof.TO_COME
    practice, proved = await _written_to(tx, ports, account, event)
    if not proved:
        proof = Proof.MISSING
    try:
        return await take_in(tx, ports, practice, provider.name, event, proof=proof)
    except (CannotUnseal, ConfigurationError) as error:
        if practice.id != ports.practice.id:
            error.add_note(_ANOTHER_S)
        raise


async def _written_to(
    tx: Transaction, ports: Ports, account: Sequence[Provider], event: InboundText
) -> tuple[Practice, bool]:
    """The practice that a text was written to, and whether what proves it here does so there.

    Raises:
        ConfigurationError: it is another's, whose callbacks other secrets prove.
    """
    known = await tx.practice_at(event.to) if event.to is not None else None
    if event.to is None or known is None or known.id == ports.practice.id:
        return known or ports.practice, True
    theirs = (await tx.callback_proofs(known.id)).get(event.to.e164, ())
    if not theirs:  # nothing would prove it there either, or that was not kept yet: a STOP counts
        return known, False
    if is_proved(account, known.id, theirs):
        return known, True
    if event.to in {each.sender for each in ports.routes.providers}:
        refuse_other_practice(known.id, ports.practice)
    raise ConfigurationError(_NOT_PROVED.format(known.id))


async def _hold_ids(
    tx: Transaction, ports: Ports, provider: str, events: Iterable[ProviderEvent]
) -> None:
    """Wait for the answers to the requests for texts whose ids nobody may know yet."""
    ids = {
        each.provider_id
        for each in events
        if isinstance(each, StatusUpdate) and each.reference is None
    }
    for provider_id in sorted(ids):
        await tx.hold_provider_id(ports.practice.id, provider, provider_id)
