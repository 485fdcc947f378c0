"""The period as a picture: what was agreed to, what left, what came in. Inline SVG, no script."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import pairwise

from compliant_sms.consent import ConsentEvent, PhiPreferenceStated, fold
from compliant_sms.evidence._page._case import Case
from compliant_sms.evidence._page._markup import Zone
from compliant_sms.evidence._page._moments import Moment

_WIDTH, _LEFT, _RIGHT = 960, 150, 16
_ROWS = {"consent": 34, "out": 84, "in": 134}
_BOTTOM = 168
_MOST_TICKS = 8
_HOUR, _DAY = timedelta(hours=1), timedelta(days=1)
_STEPS = (
    *(_HOUR / part for part in (60, 12, 4, 1)),
    *(_HOUR * count for count in (3, 6, 12)),
    *(_DAY * count for count in (1, 2, 7, 14, 30, 91, 182, 365)),
)


class _Scale:
    """Instants as places from left to right, in whole units so that every machine agrees."""

    def __init__(self, since: datetime, until: datetime) -> None:
        self.since, self.until = since, until
        self._length = max(until - since, timedelta(microseconds=1))

    def __call__(self, at: datetime) -> int:
        inside = min(max(at, self.since), self.until) - self.since
        width = _WIDTH - _LEFT - _RIGHT
        return _LEFT + inside // timedelta(microseconds=1) * width // (
            self._length // timedelta(microseconds=1)
        )


def picture(case: Case, told: Sequence[Moment]) -> str:
    """The period, drawn."""
    scale = _Scale(case.dossier.since, case.dossier.until)
    parts = [
        *_axis(scale, case.zone),
        *_lanes(),
        *_bands(case, scale),
        *(_mark(moment, scale) for moment in told if moment.kind != "news"),
    ]
    alt = "The period from left to right: consent, texts of the practice, texts of the patient."
    return (
        f'<svg viewBox="0 0 {_WIDTH} {_BOTTOM + 28}" role="img" aria-label="{alt}">'
        f"{''.join(parts)}</svg>{_LEGEND}"
    )


def _axis(scale: _Scale, zone: Zone) -> Iterator[str]:
    length = scale.until - scale.since
    step = next((s for s in _STEPS if length / s <= _MOST_TICKS), length / _MOST_TICKS)
    at = scale.since
    while at <= scale.until:
        x = scale(at)
        yield f'<line class="tick" x1="{x}" y1="12" x2="{x}" y2="{_BOTTOM}"/>'
        if x < _WIDTH - 60:
            yield f'<text x="{x + 3}" y="{_BOTTOM + 16}">{zone.short(at, apart=step)}</text>'
        at += step


def _lanes() -> Iterator[str]:
    names = {"consent": "Consent", "out": "Practice&rsquo;s texts", "in": "Patient&rsquo;s texts"}
    for row, name in names.items():
        y = _ROWS[row]
        yield f'<line class="lane" x1="{_LEFT}" y1="{y}" x2="{_WIDTH - _RIGHT}" y2="{y}"/>'
        yield f'<text class="name" x="0" y="{y + 5}">{name}</text>'


def _bands(case: Case, scale: _Scale) -> Iterator[str]:
    """Where consent stood, and where an opt-out did."""
    y = _ROWS["consent"] - 7
    for start, end, kind in _spans(case.events, case.dossier.until):
        if end > case.dossier.since and start < case.dossier.until:
            x, width = scale(start), max(scale(end) - scale(start), 2)
            yield f'<rect class="{kind}" x="{x}" y="{y}" width="{width}" height="14"/>'


def _spans(
    events: Sequence[ConsentEvent], until: datetime
) -> Iterator[tuple[datetime, datetime, str]]:
    told = [e for e in events if not isinstance(e, PhiPreferenceStated)]
    instants = sorted({event.occurred_at for event in told})
    for at, end in pairwise([*instants, max([until, *instants])]):
        kind = _standing([event for event in told if event.occurred_at <= at])
        if kind:
            yield at, end, kind


def _standing(events: Sequence[ConsentEvent]) -> str:
    states = [fold(events, person) for person in {event.person for event in events}]
    if any(state.tier for state in states):
        return "agreed"
    return "stopped" if any(state.revocations for state in states) else ""


def _mark(moment: Moment, scale: _Scale) -> str:
    x = scale(moment.at)
    title = f"<title>{moment.label}</title>"
    match moment.kind:
        case "stop":
            shape = _octagon(x, _ROWS["consent"], "optout")
        case "consent":
            shape = f'<circle class="agreed" cx="{x}" cy="{_ROWS["consent"]}" r="8"/>'
        case "in":
            shape = _polygon("in", [(x, 124), (x + 10, 134), (x, 144), (x - 10, 134)])
        case "out":
            shape = f'<circle class="out" cx="{x}" cy="{_ROWS["out"]}" r="8"/>'
        case _:
            shape = _withheld(x, moment.mark)
    return f'<a href="#{moment.label}">{title}{shape}</a>' if shape else ""


def _withheld(x: int, mark: str) -> str:
    y = _ROWS["out"]
    if mark == "block":
        return f'<path class="block" d="M{x - 6} {y - 6}l12 12M{x + 6} {y - 6}l-12 12"/>'
    if mark == "hold":
        return f'<circle class="hold" cx="{x}" cy="{y}" r="7"/>'
    return ""


def _octagon(x: int, y: int, kind: str) -> str:
    corners = [(-4, -10), (4, -10), (10, -4), (10, 4), (4, 10), (-4, 10), (-10, 4), (-10, -4)]
    return _polygon(kind, [(x + dx, y + dy) for dx, dy in corners])


def _polygon(kind: str, corners: Iterable[tuple[int, int]]) -> str:
    points = " ".join(f"{x},{y}" for x, y in corners)
    return f'<polygon class="{kind}" points="{points}"/>'


def _key(shape: str, words: str) -> str:
    return f'<span><svg viewBox="0 0 24 24" width="16" height="16">{shape}</svg> {words}</span>'


_LEGEND = (
    '<p class="legend">'
    + _key('<rect class="agreed" x="0" y="6" width="24" height="12"/>', "consent stands")
    + _key('<rect class="stopped" x="0" y="6" width="24" height="12"/>', "opted out")
    + _key(_octagon(12, 12, "optout"), "opt-out")
    + _key('<circle class="out" cx="12" cy="12" r="8"/>', "text left, or may have left")
    + _key('<circle class="hold" cx="12" cy="12" r="7"/>', "text held")
    + _key('<path class="block" d="M6 6L18 18M18 6L6 18"/>', "text blocked")
    + _key(_polygon("in", [(12, 2), (22, 12), (12, 22), (2, 12)]), "text from the patient")
    + "</p>"
)
