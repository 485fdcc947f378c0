"""How long records are kept, and whether one may be dropped."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import datetime

from attrs import field, frozen

from compliant_sms.clock import as_utc
from compliant_sms.errors import ConfigurationError, InvalidInput
from compliant_sms.retention._classes import RecordClass, classes
from compliant_sms.retention._span import Span, span_of
from compliant_sms.rules import Rulebook


@frozen(kw_only=True)
class Floor:
    """The shortest time for which a record must be kept.

    Attributes:
        span: how long.
        citation: its source.
    """

    span: Span
    citation: str


@frozen(kw_only=True)
class PurgeDecision:
    """Whether a record may be dropped.

    Attributes:
        allowed: whether it may.
        code: what decided, for programs: ``"floor-passed"``, ``"retention-floor-5y"``,
            ``"retention-period"`` or ``"never-purged"``.
        words: the same, for a compliance officer.
        citation: its source.
        until: until when (UTC) it must be kept; None if it may be dropped, or is kept for ever.
    """

    allowed: bool
    code: str
    words: str
    citation: str
    until: datetime | None = None


def _spans(values: Mapping[RecordClass | str, Span | str]) -> dict[RecordClass, Span]:
    return {RecordClass(record): span_of(written) for record, written in values.items()}


@frozen(kw_only=True)
class Retention:
    """How long a practice keeps its records, where not for the default period.

    Args:
        keep: by class of records, for example ``{"text_body": "8 years"}``. Longer than the
            default is always possible; shorter, down to the floor.

    Raises:
        InvalidInput: there is no such class, its records are always kept for ever, or the period
            cannot be read.
    """

    keep: Mapping[RecordClass, Span] = field(factory=dict, converter=_spans, hash=False)

    def __attrs_post_init__(self) -> None:
        """Refuse a period for records that are kept for ever."""
        for record in self.keep:
            if classes()[record].keep is None:
                msg = f"{record} is never dropped, so no time can be set. {classes()[record].why}"
                raise InvalidInput(msg)

    def span(self, record: RecordClass) -> Span | None:
        """How long the practice keeps records of that class; None for ever."""
        return self.keep.get(record, classes()[record].keep)


def floors(
    record: RecordClass, *, at: datetime, rulebook: Rulebook, states: Collection[str] | None = None
) -> Iterator[Floor]:
    """The floors that apply to a class of records at an instant.

    Args:
        record: which class.
        at: the instant (aware) whose law applies.
        rulebook: whose packs apply.
        states: postal codes of where the person may be; None if not known: then every state's
            minimum applies.
    """
    known, law = classes()[record], rulebook.at(at)
    if known.least is not None:
        yield Floor(span=known.least, citation="policy P-KEEP-1")
    for row_id in known.floors:
        for limit in law.limits(row_id):
            if states is None or not limit.states or {*limit.states} & {*states}:
                yield Floor(span=Span(limit.value, limit.unit), citation=limit.source)


def may_purge(
    record: RecordClass | str,
    *,
    made_at: datetime,
    at: datetime,
    last_in_effect: datetime | None = None,
    states: Collection[str] | None = None,
    retention: Retention | None = None,
    rulebook: Rulebook | None = None,
) -> PurgeDecision:
    """Decide whether a record may be dropped, legal holds aside.

    Args:
        record: its class.
        made_at: when it was made (aware).
        at: now, or whenever it would be dropped (aware).
        last_in_effect: when it was last in effect (aware), for policies and the like; the period
            counts from the later of the two.
        states: postal codes of where the person may be; None if not known.
        retention: what the practice chose; the defaults, if not given.
        rulebook: whose packs give the law; the library's, if not given.

    Raises:
        ConfigurationError: the practice chose a period below a floor.
        InvalidInput: there is no such class, or an instant has no time zone.
    """
    record, book, chosen = RecordClass(record), rulebook or Rulebook(), retention or Retention()
    at = as_utc(at, "at")
    since = as_utc(made_at, "made_at")
    if last_in_effect is not None:
        since = max(since, as_utc(last_in_effect, "last_in_effect"))
    binding = [*floors(record, at=at, rulebook=book, states=states)]
    keep = chosen.span(record)
    _refuse_too_short(record, keep, binding, at)
    standing = [floor for floor in binding if since > floor.span.before(at)]
    if standing:
        return _within(max(standing, key=lambda floor: floor.span.after(since)), since)
    if keep is None:
        why = classes()[record].why
        return PurgeDecision(allowed=False, code="never-purged", words=why, citation="policy")
    if since > keep.before(at):
        return PurgeDecision(
            allowed=False,
            code="retention-period",
            words=f"This practice keeps {classes()[record].title} for {keep}.",
            citation="policy",
            until=keep.after(since),
        )
    return PurgeDecision(
        allowed=True,
        code="floor-passed",
        words=f"Its {keep} have passed, and no floor stands in the way.",
        citation="; ".join(floor.citation for floor in binding),
    )


def _within(floor: Floor, since: datetime) -> PurgeDecision:
    return PurgeDecision(
        allowed=False,
        code=f"retention-floor-{floor.span.value}{floor.span.unit[0]}",
        words=f"It must be kept for {floor.span}.",
        citation=floor.citation,
        until=floor.span.after(since),
    )


def _refuse_too_short(
    record: RecordClass, keep: Span | None, binding: Collection[Floor], at: datetime
) -> None:
    if keep is None or not binding:
        return
    floor = max(binding, key=lambda floor: floor.span.after(at))
    if keep.before(at) > floor.span.before(at):
        msg = (
            f"{record} would be kept for {keep}, and must be for {floor.span} "
            f"({floor.citation}). Raise it, or leave it out of Retention(keep=...)."
        )
        raise ConfigurationError(msg)


def purged_until(
    record: RecordClass, *, at: datetime, retention: Retention, rulebook: Rulebook
) -> datetime | None:
    """The instant up to which records made until then may be dropped at ``at``; None for none.

    It says for all records of a class what :func:`may_purge` says for one, wherever people are.

    Raises:
        ConfigurationError: the practice chose a period below a floor.
    """
    keep, binding = retention.span(record), [*floors(record, at=at, rulebook=rulebook)]
    _refuse_too_short(record, keep, binding, at)
    return None if keep is None else keep.before(at)
