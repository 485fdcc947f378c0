"""What a practice does with its pages: codes, taking back, who came, and dropping what expired."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import datetime

from compliant_sms import _given
from compliant_sms.audit import Act, AuditEvent
from compliant_sms.errors import UnknownMessage
from compliant_sms.phone import PhoneNumber
from compliant_sms.ports import Ports, Store, Transaction
from compliant_sms.secure_pages import Page, PageAccess, kept_code, new_code

_AT_ONCE = 500


async def issue_code(ports: Ports, message_id: str, *, by: str, reason: str) -> str:
    """Make a code that opens the page of a text, in place of what it asked before.

    Raises:
        UnknownMessage: no page of this practice that can still be opened belongs to that text.
        InvalidInput: nobody could be asked later.
    """
    event = _event(ports, Act.CODE_ISSUED, message_id, by, reason)
    code = new_code(ports.entropy)
    kept = kept_code(code, ports.entropy)

    async def work(tx: Transaction) -> None:
        page = await _page(tx, ports, message_id)
        if page.content is None or event.at >= page.expires_at:
            raise UnknownMessage(_NO_PAGE)
        await tx.save_page(page.told(kept))
        await tx.audit(event)

    await ports.store.run(work)
    return code


async def withdraw_page(ports: Ports, message_id: str, *, by: str, reason: str) -> datetime:
    """Take the page of a text back: it shows nothing any more; since when (UTC).

    Raises:
        UnknownMessage: no page of this practice belongs to that text.
        InvalidInput: nobody could be asked later.
    """
    event = _event(ports, Act.PAGE_WITHDRAWN, message_id, by, reason)

    async def work(tx: Transaction) -> datetime:
        page = await _page(tx, ports, message_id)
        await tx.save_page(page.withdrawn(event.at))
        await tx.audit(event)
        return page.withdrawn_at or event.at

    return await ports.store.run(work)


async def page_accesses(ports: Ports, message_id: str) -> tuple[PageAccess, ...]:
    """Who came to the page of a text, oldest first."""
    _given.a_text(message_id, "message_id")
    practice_id = ports.practice.id
    return tuple(await ports.store.run(lambda tx: tx.accesses(practice_id, message_id)))


async def accesses_by_text(
    tx: Transaction, practice_id: str, number: PhoneNumber
) -> Mapping[str, tuple[PageAccess, ...]]:
    """Who came to the pages of the texts to a number, by id of the text, each oldest first."""
    found: defaultdict[str, tuple[PageAccess, ...]] = defaultdict(tuple)
    for access in await tx.accesses_at(practice_id, number):
        found[access.message_id] += (access,)
    return found


async def new_accesses(ports: Ports, limit: int) -> tuple[PageAccess, ...]:
    """Accesses that nobody acknowledged yet, oldest first."""
    return tuple(await ports.store.run(lambda tx: tx.new_accesses(ports.practice.id, limit)))


async def acknowledge_accesses(ports: Ports, accesses: Collection[PageAccess]) -> int:
    """Leave these out of :func:`new_accesses` from now on; how many that were."""
    _given.each_of(accesses, PageAccess, "an event", "what events() returned")
    ids = {each.access_id for each in accesses if each.access_id is not None}
    practice_id, at = ports.practice.id, ports.clock()
    return await ports.store.run(lambda tx: tx.acknowledge_accesses(practice_id, ids, at))


async def drop_expired_pages(store: Store, practice_id: str, at: datetime) -> int:
    """Drop what expired pages show, but for those under a legal hold; how many."""
    dropped, after = 0, ""

    async def work(tx: Transaction) -> tuple[int, str]:
        await tx.fix_holds(practice_id)
        return await tx.drop_expired_pages(practice_id, at, after, _AT_ONCE)

    while True:
        count, after = await store.run(work)
        dropped += count
        if not after:
            return dropped


async def _page(tx: Transaction, ports: Ports, message_id: str) -> Page:
    page = await tx.page_of(ports.practice.id, message_id)
    if page is None:
        raise UnknownMessage(_NO_PAGE)
    return page


def _event(ports: Ports, act: Act, message_id: str, by: str, reason: str) -> AuditEvent:
    _given.a_text(message_id, "message_id")
    return AuditEvent(
        practice_id=ports.practice.id,
        act=act,
        at=ports.clock(),
        actor=by,
        reason=reason,
        subject=message_id,
    )


_NO_PAGE = (
    "no page of this practice that can still be opened belongs to a text with that id; send it anew"
)
