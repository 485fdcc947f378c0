"""Whether a record itself shows that the clocks of those who wrote it disagreed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import pairwise

from compliant_sms.consent import ConsentEvent
from compliant_sms.evidence._text_records import TextRecord
from compliant_sms.rules import Decision


def apart(
    chains: Sequence[Sequence[ConsentEvent]],
    decided: Sequence[tuple[TextRecord, Sequence[Decision]]],
) -> timedelta:
    """By how much at least the clocks disagreed; zero or less where nothing shows it."""
    return max(_differences(chains, decided), default=timedelta(0))


def _differences(
    chains: Sequence[Sequence[ConsentEvent]],
    decided: Sequence[tuple[TextRecord, Sequence[Decision]]],
) -> Iterator[timedelta]:
    recorded: dict[str, datetime] = {}
    for events in chains:
        # Nothing is written down before it happens, and a chain grows at its end only.
        yield from (event.occurred_at - event.recorded_at for event in events)
        yield from (a.recorded_at - b.recorded_at for a, b in pairwise(events))
        recorded |= {event.event_id: event.recorded_at for event in events}
    for text, decisions in decided:
        yield from (a.at - b.at for a, b in pairwise(text.steps))
        for decision in decisions:
            # Whoever was told of an event decided after it was written down.
            consent = decision.facts.consent
            known = {each.event_id for each in consent.grants}
            known |= {each.event_id for each in consent.revocations}
            yield from (recorded[each] - decision.facts.at for each in known & recorded.keys())
