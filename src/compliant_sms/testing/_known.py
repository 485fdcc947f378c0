"""What a messenger and a carrier know about patients, so that a test can look for it elsewhere."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Final

from attrs import evolve, frozen

from compliant_sms.driver import finish
from compliant_sms.messenger import Messenger
from compliant_sms.people import PatientFacts
from compliant_sms.phone import PhoneNumber
from compliant_sms.ports import Ports, Transaction
from compliant_sms.retention import RecordClass

if TYPE_CHECKING:
    from compliant_sms.testing._fake import FakeCarrier

_PAGE: Final = 500
_WINDOW: Final = 4
"""This many words of a body in a row give it away; fewer may appear anywhere."""
_SHORTEST: Final = 8
"""A shorter text, such as STOP, is nobody's secret."""
_WORD: Final = re.compile(r"\w+")


@frozen
class Secret:
    """Something that must not show.

    Attributes:
        kind: what it is, for the failure message.
        pattern: the pattern that finds it.
    """

    kind: str
    pattern: re.Pattern[str]


def secrets_of(source: Messenger | FakeCarrier | None, known: Iterable[str]) -> list[Secret]:
    """Collect everything that must not show.

    Args:
        source: what knows about patients.
        known: more strings that must not show.
    """
    found = {_plain("something that the test knows", value) for value in known if value.strip()}
    if isinstance(source, Messenger):
        found |= set(finish(_of_messenger(source._ports)))  # noqa: SLF001 - we are its test
    elif source is not None:
        for text in source.messages():
            found |= {_number(text.patient), *_body(text.body)}
        if isinstance(source.connected, Messenger):
            found |= set(secrets_of(source.connected, ()))
    return sorted(found, key=lambda secret: secret.kind)


async def _of_messenger(ports: Ports) -> list[Secret]:
    numbers, bodies, persons = await ports.store.run(lambda tx: _kept(tx, ports.practice.id))
    profiles = [await ports.people(person) for person in sorted(persons)]
    facts = [each.facts for each in profiles if each is not None and each.facts is not None]
    return [
        *(_number(number.e164) for number in numbers),
        *(secret for body in bodies for secret in _body(body)),
        *(secret for each in facts for secret in _facts(each)),
    ]


async def _kept(tx: Transaction, practice_id: str) -> tuple[set[PhoneNumber], set[str], set[str]]:
    """Numbers, bodies, and ids of persons in a practice's records."""
    chains = await tx.chains(practice_id)
    numbers = {chain.number for chain in chains if chain.number is not None}
    persons = {chain.person for chain in chains if chain.person is not None}
    bodies: set[str] = set()
    after = ""
    while page := await tx.aged(RecordClass.TEXT_BODY, practice_id, after, _PAGE):
        after = page[-1].key
        for message in [await tx.message(practice_id, each.key) for each in page]:
            if message is not None and not message.draft.is_erased:
                numbers.add(message.draft.to)
                bodies |= {message.body, message.draft.body}
                persons |= {person for person in [message.draft.person] if person is not None}
    for number in numbers:
        bodies |= {inbound.body for inbound in await tx.inbound_from(practice_id, number)}
    return numbers, bodies, persons


def _number(e164: str) -> Secret:
    """A number without its country code, however it is written."""
    digits = e164.removeprefix("+1") if e164.startswith("+1") else e164.removeprefix("+")
    pattern = r"(?<!\d)\+?1?\W{0,3}" + r"\W{0,3}".join(digits) + r"(?!\d)"
    return Secret("a phone number", re.compile(pattern))


def _body(body: str) -> Iterator[Secret]:
    words = _WORD.findall(body)
    if len(body.strip()) < _SHORTEST:
        return
    for first in range(max(1, len(words) - _WINDOW + 1)):
        row = r"\W+".join(map(re.escape, words[first : first + _WINDOW]))
        yield Secret("words of a text", re.compile(rf"\b{row}\b", re.IGNORECASE))


def _facts(facts: PatientFacts) -> Iterator[Secret]:
    nobody = evolve(facts, phones=())
    for name in nobody.names:
        yield from (_plain("a name", part) for part in {name, *name.split()} if len(part) > 2)
    ids = (*nobody.mrn, *nobody.addresses, *nobody.emails, *nobody.insurance_ids)
    yield from (_plain("something of a patient's record", value) for value in ids)
    yield from (_number(re.sub(r"[^\d+]", "", phone)) for phone in facts.phones)
    if facts.birth_date is not None:
        yield _plain("a birth date", facts.birth_date.isoformat())


def _plain(kind: str, value: str) -> Secret:
    return Secret(kind, re.compile(rf"(?<!\w){re.escape(value.strip())}(?!\w)", re.IGNORECASE))
