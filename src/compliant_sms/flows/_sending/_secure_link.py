"""Making the page behind a link, with the library's own pages."""

from __future__ import annotations

import re
from datetime import date

from attrs import evolve

from compliant_sms.errors import UnknownMessage
from compliant_sms.flows._deciding._withhold import patient_of
from compliant_sms.people import Profile
from compliant_sms.ports import Ports, SecureMessage, Transaction
from compliant_sms.secure_pages import (
    Identity,
    Page,
    PageContent,
    SecurePages,
    new_token,
    token_hash,
)

_KEY = 32
_PARTS = re.compile("[-_]")


async def secure_link(ports: Ports, pages: SecurePages, message: SecureMessage) -> str:
    """Keep the page of a message, unless it is there; its link.

    Raises:
        UnknownMessage: the text is not on record, or was dropped or erased meanwhile.
    """
    profile = await ports.people(message.person) if message.person else None
    asks = pages.identity if born(profile) else Identity.CODE
    token, at = new_token(ports.entropy), ports.clock()
    page = Page(
        message_id=message.message_id,
        practice_id=message.practice.id,
        token_hash=token_hash(token),
        created_at=at,
        expires_at=at + pages.valid_for,
        content=PageContent(
            token=token,
            key=ports.entropy(_KEY).hex(),
            person=message.person,
            body=message.body,
            language=message.language,
            written_in=_written_in(message, profile),
            asks=asks,
        ),
    )
    return pages.link(await ports.store.run(lambda tx: _keep(tx, page)))


def born(profile: Profile | None) -> date | None:
    """The date of birth of a patient, as far as the host knows it."""
    facts = patient_of(profile) if profile else None
    return facts.birth_date if facts else None


def _written_in(message: SecureMessage, profile: Profile | None) -> str:
    """The language of a host's own words; empty unless they and the profile tell the same.

    Words are read as English or Spanish whatever they are, and not all that a host writes to
    whoever reads Chinese is in Chinese.
    """
    told = (profile.language if profile else None) or ""
    return message.language if _PARTS.split(told)[0].lower() == message.language else ""


async def _keep(tx: Transaction, fresh: Page) -> str:
    """Keep a page; the token of the one that is kept."""
    content = fresh.content
    assert content is not None, "made just before"  # noqa: S101
    text = await tx.message(fresh.practice_id, fresh.message_id)
    if text is not None and text.draft.template is not None:
        content = evolve(content, written_in=text.draft.template.language)
    if await tx.add_page(evolve(fresh, content=content)):
        return content.token
    known = await tx.page_of(fresh.practice_id, fresh.message_id)
    if known is None or known.content is None:
        msg = (
            "this practice has no such text, or what it says was dropped or withdrawn; send it anew"
        )
        raise UnknownMessage(msg)
    # The text leaves only now: from now on its reader has the time that is meant.
    await tx.save_page(evolve(known, expires_at=max(known.expires_at, fresh.expires_at)))
    return known.content.token
