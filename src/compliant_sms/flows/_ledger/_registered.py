"""What a practice registers with carriers, made of all that its messenger sends."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from compliant_sms import _given
from compliant_sms.flows._ledger._permission import permission_of
from compliant_sms.ports import Ports
from compliant_sms.practice import PhiMode
from compliant_sms.reminders import recall_words
from compliant_sms.templates import danger_text, dialed, neutral_notice, sender_name

if TYPE_CHECKING:
    from compliant_sms.permission import Registration

_ENGLISH = "en"


def registration(ports: Ports, *, toll_free: bool) -> Registration:
    """What the practice registers with carriers."""
    _given.yes_or_no(toll_free, "toll_free")
    from compliant_sms.permission import register_10dlc, register_toll_free  # noqa: PLC0415 - lazy

    register = register_toll_free if toll_free else register_10dlc
    return register(
        permission_of(ports),
        ports.practice,
        ports.templates.in_use if ports.templates else (),
        texts=_own_words(ports),
        answers_calls=ports.missed_calls is not None,
    )


def _own_words(ports: Ports) -> Iterator[str]:
    """What the library says by itself that may hold a link or a number, in English first."""
    practice = ports.practice
    name, phone = sender_name(practice), dialed(practice.phone)
    if practice.phi is PhiMode.NOTICE:
        yield neutral_notice(name, _a_link(ports))
    # A plan's own words are not for visits of a sensitive kind.
    if any(plan.recall and plan.recall.template is None for plan in ports.reminders):
        yield recall_words(name, phone, _ENGLISH)
    if ports.missed_calls is not None:
        for language in (_ENGLISH, *ports.missed_calls.words):
            yield ports.missed_calls.body(practice, language)
    if ports.inbox is not None and ports.inbox.emergency_reply:
        emergency, crisis = ports.inbox.emergency_number, ports.inbox.crisis_number
        yield danger_text(name, phone, emergency=emergency, crisis=crisis, language=_ENGLISH)


def _a_link(ports: Ports) -> str:
    """As the links of notices look: to the library's pages, or to the practice's own host."""
    if ports.secure_pages is not None:
        return ports.secure_pages.link("example")
    own = next(iter(ports.practice.link_domains), urlsplit(permission_of(ports).privacy_url).netloc)
    return f"https://{own}/example"
