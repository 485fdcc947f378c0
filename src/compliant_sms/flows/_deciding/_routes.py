"""By which routes a text may leave, and our numbers in the store."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import datetime
from functools import cache

from compliant_sms.classification import MessageClass
from compliant_sms.errors import Unsupported
from compliant_sms.flows._deciding._brief import Brief
from compliant_sms.messages import Draft, Message
from compliant_sms.phone import PhoneNumber
from compliant_sms.ports import Ports, Transaction, refuse_other_practice
from compliant_sms.providers import OutboundText, Provider
from compliant_sms.routing import Route
from compliant_sms.rules import decided_as
from compliant_sms.templates import opt_out_line

# The line that says how to opt out may have to be added, and that is known only later.
_LINE = max(len(opt_out_line(language)) for language in ("en", "es", "fr"))


def left_by(ports: Ports, message: Message) -> Route | None:
    """The provider and number a text was handed to; None where the practice has them no more."""
    sender = message.departure.sender if message.departure else ""
    return ports.routes.left_by(message.provider, sender)


async def enroll(tx: Transaction, ports: Ports) -> bool:
    """Remember that our numbers are this practice's. Returns whether any of it is new.

    Raises:
        ConfigurationError: one belongs to a practice with another id.
    """
    here, proofs = ports.practice, defaultdict[PhoneNumber, set[str]](set)
    for each in ports.routes.providers:  # two may have one number
        proofs[each.sender] |= _proofs(each, here.id)
    return any([await tx.enroll(here, sender, theirs) for sender, theirs in proofs.items()])


def is_proved(account: Iterable[Provider], practice_id: str, proofs: Collection[str]) -> bool:
    """Whether what one of these adapters verified is proved by what a practice has enrolled."""
    return bool(proofs) and any(
        not _proofs(each, practice_id).isdisjoint(proofs) for each in account
    )


def _proofs(provider: Provider, practice_id: str) -> frozenset[str]:
    return frozenset(_digest(each, practice_id) for each in provider.callback_proofs)


@cache  # as many as there are secrets, and practices that share them
def _digest(proof: str, practice_id: str) -> str:
    # Slow on purpose, once a process: some are passwords that somebody chose, and whoever reads the
    # database must not find them by trying, or see who has the same. Not scrypt: where only what
    # FIPS 140 allows may be computed, nothing could be sent.
    salt = f"compliant_sms callbacks of {practice_id}".encode()
    return hashlib.pbkdf2_hmac("sha256", proof.encode(), salt, 200_000, dklen=16).hex()


async def refuse_others_senders(tx: Transaction, ports: Ports) -> None:
    """Refuse a practice one of whose senders is on record for another.

    Raises:
        ConfigurationError: it is another's.
    """
    for provider in ports.routes.providers:
        await refuse_others_sender(tx, ports, provider)


async def refuse_others_sender(tx: Transaction, ports: Ports, provider: Provider) -> None:
    """Refuse a sender that is on record for another practice.

    Raises:
        ConfigurationError: it is another's.
    """
    known = await tx.practice_at(provider.sender)
    refuse_other_practice(known.id if known else None, ports.practice)


async def refuse_all_others_senders(tx: Transaction, ports: Ports) -> None:
    """Refuse a practice without a sender of its own: it has another's id, and is that other.

    One sender too many, among others, must keep nobody from taking a wish to stop down.

    Raises:
        ConfigurationError: all are others'.
    """
    known = [await tx.practice_at(each.sender) for each in ports.routes.providers]
    if all(other is not None and other.id != ports.practice.id for other in known):
        await refuse_others_senders(tx, ports)


def refuse_unsupported(ports: Ports, draft: Draft) -> None:
    """Refuse what no provider can do, before anything is kept.

    Raises:
        Unsupported: the body is too long, too much goes along, or no route takes texts for such a
            purpose.
    """
    purpose = draft.purpose
    there = [r for r in ports.routes if _takes(r, draft, purpose.message_class)]
    if not there:
        raise _no_route(purpose.message_class)
    longest = max(there, key=lambda route: route.provider.capabilities.max_characters).provider
    most = longest.capabilities.max_characters
    if _length(draft) > most:
        msg = (
            f"the body has {len(draft.body)} characters and {longest.name} takes "
            f"{most}, of which {_LINE} are kept for the line that says "
            "how to opt out. Shorten it, or send a link."
        )
        raise Unsupported(msg)
    widest = max(there, key=lambda route: route.provider.capabilities.max_media).provider
    widest.capabilities.require_media(len(draft.media), widest.name)
    refused = [error for r in there if (error := _refusal(r, draft, ports.clock()))]
    if len(refused) == len(there):
        raise refused[0]


def routes_for(
    ports: Ports, brief: Brief, at: datetime, *, excluded: Collection[Route] = ()
) -> tuple[Route, ...]:
    """The routes that a text may leave by, the one to try first.

    Returns:
        at least one, unless some are left out.

    Raises:
        Unsupported: there is none.
    """
    draft = brief.draft
    message_class = decided_as(draft.purpose, brief.plain).message_class
    there = [
        route
        for route in ports.routes.from_number(draft.sender)
        if _takes(route, draft, message_class)
        and route.has_room(_length(draft), len(draft.media))
        and _refusal(route, draft, at) is None
    ]
    if any(route.countries for route in there):
        country = ports.rulebook.whereabouts(draft.to, brief.profile).country
        there = [r for r in there if r.reaches(country)] or [
            r for r in there if _answers(r, draft, message_class)
        ]
    if not there:
        raise _no_route(message_class)
    return ports.health.in_order([route for route in there if route not in excluded], at)


def _length(draft: Draft) -> int:
    """How many characters may leave at most; a notice always has room."""
    return 0 if draft.secure else len(draft.body) + _LINE


def _takes(route: Route, draft: Draft, message_class: MessageClass) -> bool:
    return _answers(route, draft, message_class) or route.takes(draft.purpose.code, message_class)


def _answers(route: Route, draft: Draft, message_class: MessageClass) -> bool:
    """Whether it answers a patient, so that it leaves whatever the route is for.

    So it does from the number that they wrote to; where that is gone, only the answer to STOP and
    the like. What sells is limited like any other offer.
    """
    if message_class is MessageClass.PROTOCOL:
        return True
    return draft.sender == route.provider.sender and message_class is not MessageClass.MARKETING


def _refusal(route: Route, draft: Draft, at: datetime) -> Unsupported | None:
    """Why the provider takes these pictures in no case: some fetch from places of theirs only."""
    if not draft.media:
        return None
    text = OutboundText(to=draft.to, body=draft.body, reference="unsent", media=draft.media)
    try:
        route.provider.request(text, at=at)
    except Unsupported as error:
        return error
    return None


def _no_route(message_class: MessageClass) -> Unsupported:
    msg = (
        f"no route of this messenger takes this {message_class} text: its purpose, its class by "
        "content, its length and the patient's country leave none. Add a Route without that limit."
    )
    return Unsupported(msg)
