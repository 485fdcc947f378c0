"""The ledger of a number as the rows of the two lists that an import reads.

Where rows cannot say what the ledger says, they say less: whoever imports them may text nobody whom
the ledger does not let them text.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from typing import Any, TypeVar

from attrs import evolve, fields, frozen

from compliant_sms.consent import (
    Category,
    Channel,
    ConsentEvent,
    ConsentState,
    Flag,
    FlaggedNumber,
    Granted,
    LiveGrant,
    Revocation,
    Signature,
    Tier,
    Wording,
    WrittenAgreement,
    defects,
    fold,
)
from compliant_sms.errors import InvalidInput
from compliant_sms.imports._records import ImportedConsent, ImportedOptOut
from compliant_sms.imports._write import consent_line, opt_out_line

T = TypeVar("T", Wording | None, Signature | None, WrittenAgreement | None)
# START gives back no offers and appeals, whatever category a practice files them under, and no row
# can say that of a consent.
_GIVEN_BACK = frozenset(Category) - {Category.PROMOTIONS, Category.FUNDRAISING}
_BY_PROVIDER = frozenset({Flag.BLOCKED_NUMBER, Flag.COMPLIANCE_BLOCKED})


@frozen(kw_only=True)
class ExportReport:
    """The result of an export. It holds no number and no name.

    Attributes:
        opt_outs: how many opt-outs were written, those of numbers among them that were flagged,
            for example as wrong.
        consents: how many consents were written, those among them that an opt-out ended.
        left_out: consents that the columns cannot tell as they are: those that were voided, those
            at a flagged number, those that came after an opt-out and did not lift it, and those
            with an id or a category that no cell can hold.
        erased: records of consent, or of what ended it, whose person was erased. Nobody can tell
            any more which numbers they are about, so an opt-out among them is in no list.
    """

    opt_outs: int = 0
    consents: int = 0
    left_out: int = 0
    erased: int = 0

    def plus(self, other: ExportReport) -> ExportReport:
        """Both together."""
        return ExportReport(
            opt_outs=self.opt_outs + other.opt_outs,
            consents=self.consents + other.consents,
            left_out=self.left_out + other.left_out,
            erased=self.erased + other.erased,
        )

    def __str__(self) -> str:
        """The report as a table."""
        told = (
            ("opt-outs", self.opt_outs),
            ("consents", self.consents),
            ("consents left out", self.left_out),
            ("erased, so in no list", self.erased),
        )
        return "\n".join(f"{label:<30}{count:>12,}" for label, count in told)


def opt_out_lines(events: Sequence[ConsentEvent]) -> Iterator[str]:
    """What ended texts to a number and was not taken back by START, as lines of CSV.

    Args:
        events: all events of a practice about one number.
    """
    about = {event.event_id: event for event in events}
    for stop in _stops_at(events):
        event = about[stop.event_id]
        plain = ImportedOptOut(
            number=event.number,
            occurred_at=stop.occurred_at,
            channel=_channel(stop),
            except_for=stop.keep if isinstance(stop, Revocation) else (),
        )
        # It counts even if no cell can hold the person's id, or the host's own.
        told = (*_with_ids(plain, event), plain, evolve(plain, except_for=()))
        yield next(line for each in told if (line := opt_out_line(each)))


def consent_lines(
    events: Sequence[ConsentEvent], person: str, names: Iterable[str]
) -> Iterator[str | None]:
    """What a person at a number agreed to, as lines of CSV; None for each that is left out.

    Args:
        events: all events of a practice about one number.
        person: the host's id of the patient.
        names: those of the practice, one of which written permission must have.
    """
    granted = {event.event_id: event for event in events if isinstance(event, Granted)}
    state, sellers = fold(events, person), tuple(names)
    if state.voided:
        yield None
    for grant in state.grants:
        told = None
        # A number that may be another's is texted in no emergency, and no row can say so.
        if not (state.flagged or grant.tier is Tier.NONE or _would_lift(grant)):
            told = _consent(grant, granted[grant.event_id], sellers)
        yield None if told is None else consent_line(told)


def _stops_at(events: Sequence[ConsentEvent]) -> list[Revocation | FlaggedNumber]:
    """All that ended texts to anybody at a number, oldest first."""
    people = {event.person for event in events if isinstance(event, Granted)}
    found: dict[str, Revocation | FlaggedNumber] = {}
    for person in {None, *people}:
        for stop in _stops(fold(events, person)):
            known = found.get(stop.event_id)
            if isinstance(stop, Revocation) and isinstance(known, Revocation):
                # Somebody at the number may have said what may go on, for themselves alone.
                both = {*stop.keep} & {*known.keep}
                found[stop.event_id] = evolve(stop, keep=tuple(sorted(both)))
            else:
                found[stop.event_id] = stop
    return sorted(found.values(), key=lambda stop: (stop.occurred_at, stop.event_id))


def _stops(state: ConsentState) -> Iterator[Revocation | FlaggedNumber]:
    yield from state.lifted
    yield from state.revocations
    # The same said again is listed once there, and may have ended a grant that the first did not.
    for grant in state.grants:
        yield from grant.stopped_by
    if state.flagged is not None:
        yield state.flagged


def _channel(stop: Revocation | FlaggedNumber) -> Channel:
    if isinstance(stop, Revocation):
        return stop.channel
    return Channel.PROVIDER if stop.why in _BY_PROVIDER else Channel.OTHER_SYSTEM


def _with_ids(plain: ImportedOptOut, event: ConsentEvent) -> Iterator[ImportedOptOut]:
    for reference in (_reference(event), ""):
        with suppress(InvalidInput):
            yield evolve(plain, person=event.person, reference=reference)


def _consent(grant: LiveGrant, event: Granted, names: Sequence[str]) -> ImportedConsent | None:
    written = _is_written(grant, event, names)
    kept = event.categories
    if grant.restored:
        kept = tuple(each for each in kept if each in _GIVEN_BACK)
    try:
        return ImportedConsent(
            number=event.number,
            person=event.person or "",
            occurred_at=event.occurred_at,
            basis=event.basis,
            tier=Tier.PRIOR_EXPRESS_WRITTEN if written else Tier.PRIOR_EXPRESS,
            categories=kept,
            wording=_bare(event.wording),
            signature=_bare(event.signature),
            agreement=_bare(event.agreement) if written else None,
            given_to=event.given_to.strip(),
            reference=_reference(event),
        )
    except InvalidInput:
        return None


def _bare(said: T) -> T:
    """The same without blanks round its texts, which no cell keeps."""
    if said is None:
        return said
    texts = {each.name: getattr(said, each.name) for each in fields(type(said))}
    bare: dict[str, Any] = {k: text.strip() for k, text in texts.items() if type(text) is str}
    return evolve(said, **bare)


def _would_lift(grant: LiveGrant) -> bool:
    """Whether it would end, as an import, what it did not end here: nobody proved whose it is."""
    stopped = any(stop.occurred_at < grant.occurred_at for stop in grant.stopped_by)
    return grant.basis.is_fresh_opt_in and stopped


def _is_written(grant: LiveGrant, event: Granted, names: Sequence[str]) -> bool:
    """Whether an import would take it as written permission: 47 CFR 64.1200(f)(9)."""
    if grant.tier is not Tier.PRIOR_EXPRESS_WRITTEN or event.agreement is None:
        return False
    return not defects(event.agreement, seller=names, number=event.number)


def _reference(event: ConsentEvent) -> str:
    return getattr(event, "reference", "") or event.event_id
