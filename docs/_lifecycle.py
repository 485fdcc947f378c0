"""The picture of what can become of a text, drawn from the table in ``lifecycle.py``."""
# ruff: noqa: INP001 - the documentation is no package

from __future__ import annotations

from collections.abc import Iterator
from itertools import permutations, product

from attrs import frozen

from compliant_sms.lifecycle import TRANSITIONS, State

__all__ = ["arrows", "pairs", "picture"]

Pair = tuple[State, State]
_WIDTH, _HEIGHT = 760, 400
_BOX = (104, 32)
# Where each state stands: the middle of its box.
_PLACES = {
    State.DUE: (90, 90),
    State.HELD: (90, 150),
    State.BLOCKED: (90, 210),
    State.CANCELLED: (90, 350),
    State.CLAIMED: (320, 90),
    State.UNCERTAIN: (320, 350),
    State.SENT: (560, 150),
    State.FAILED: (670, 90),
    State.UNDELIVERED: (670, 210),
    State.DELIVERED: (560, 270),
}
_ENDS = frozenset(state for state, after in TRANSITIONS.items() if not after)


@frozen
class _Group:
    """States that most arrows lead to or from together."""

    name: str
    states: tuple[State, ...]
    frame: tuple[int, int, int, int]  # left, top, right, bottom


_WAITS = _Group("waits: any after any", (State.DUE, State.HELD, State.BLOCKED), (20, 36, 160, 244))
_WITH_PROVIDER = _Group(
    "the provider has it, or refused it",
    (State.SENT, State.FAILED, State.UNDELIVERED, State.DELIVERED),
    (490, 36, 740, 304),
)
_GROUPS = (_WAITS, _WITH_PROVIDER)
# An arrow's way, as far as it is not a straight line between two boxes.
_WAYS = {
    ("claimed", "due"): "M268,82 L146,82",
    (_WAITS.name, "claimed"): "M160,106 L264,106",
    (_WAITS.name, "cancelled"): "M90,244 L90,330",
    ("claimed", "uncertain"): "M320,106 L320,330",
    ("claimed", _WITH_PROVIDER.name): "M372,90 L486,90",
    ("uncertain", _WITH_PROVIDER.name): "M372,342 C450,330 470,300 489,266",
    ("uncertain", "due"): "M268,342 C214,330 200,150 146,98",
    (_WAITS.name, _WITH_PROVIDER.name): "M160,190 L486,190",
    (_WAITS.name, "uncertain"): "M160,214 C210,230 250,270 282,330",
    ("cancelled", _WITH_PROVIDER.name): "M142,366 C260,400 560,400 600,308",
}
_LABELS = {
    (_WAITS.name, "claimed"): (212, 124, "it may go"),
    ("claimed", "due"): (207, 74, "surely not sent"),
    (_WAITS.name, "cancelled"): (98, 290, "called back, or too late"),
    ("claimed", "uncertain"): (328, 166, "no answer"),
    ("claimed", _WITH_PROVIDER.name): (430, 82, "answered"),
    ("uncertain", _WITH_PROVIDER.name): (432, 352, "looked up, or told"),
    (_WAITS.name, _WITH_PROVIDER.name): (404, 208, "late news"),
}

_BEGIN = (
    f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" '
    'role="img" aria-label="What can become of a text; the table below says the same" '
    'font-family="sans-serif" font-size="14" fill="currentColor" stroke="none" '
    'style="max-width: 48rem; width: 100%">'
    '<defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" '
    'markerHeight="8" orient="auto"><path d="M0,0 L8,4 L0,8 z"/></marker></defs>'
)


def pairs() -> set[Pair]:
    """Each transition that the table allows from a state to another."""
    return {(now, then) for now, row in TRANSITIONS.items() for then in row if now is not then}


def arrows() -> dict[tuple[str, str], set[Pair]]:
    """What is drawn: from a state or a group to another, and for which transitions it stands."""
    # The frame around them says that any of these can follow any other.
    inner = set(permutations(_WAITS.states, 2))
    assert inner <= pairs()  # noqa: S101 - or its name must change
    left, drawn = pairs() - inner, {(_WAITS.name, _WAITS.name): inner}
    ends = [(group.name, group.states) for group in _GROUPS]
    ends += [(str(state), (state,)) for state in State]
    for (source, these), (target, those) in product(ends, repeat=2):
        meant = set(product(these, those))
        if source != target and meant <= left:
            drawn[source, target] = meant
            left -= meant
    return drawn


def picture() -> str:
    """The picture as SVG, in the color of the text around it."""
    return "".join(
        [
            _BEGIN,
            *map(_frame, _GROUPS),
            *(_arrow(source, target) for source, target in arrows() if source != target),
            *map(_box, State),
            "</svg>\n",
        ]
    )


def _frame(group: _Group) -> str:
    left, top, right, bottom = group.frame
    return (
        f'<rect x="{left}" y="{top}" width="{right - left}" height="{bottom - top}" rx="8" '
        'fill="none" stroke="currentColor" stroke-dasharray="2 4"/>'
        f'<text x="{(left + right) / 2}" y="{top + 22}" text-anchor="middle" font-size="12">'
        f"{group.name}</text>"
    )


def _box(state: State) -> str:
    (x, y), (width, height) = _PLACES[state], _BOX
    stroke = 3 if state in _ENDS else 1.2
    return (
        f'<rect x="{x - width / 2}" y="{y - height / 2}" width="{width}" height="{height}" rx="5" '
        f'fill="none" stroke="currentColor" stroke-width="{stroke}"/>'
        f'<text x="{x}" y="{y + 5}" text-anchor="middle">{state}</text>'
    )


def _arrow(source: str, target: str) -> str:
    way = _WAYS.get((source, target)) or _straight(State(source), State(target))
    after_a_lease = source == _WAITS.name and target in {_WITH_PROVIDER.name, State.UNCERTAIN}
    late = after_a_lease or source == State.CANCELLED
    dashes = 'stroke-dasharray="6 4" ' if late else ""
    drawn = (
        f'<path d="{way}" fill="none" stroke="currentColor" stroke-width="1.2" {dashes}'
        'marker-end="url(#tip)"/>'
    )
    return drawn + "".join(_label(source, target))


def _label(source: str, target: str) -> Iterator[str]:
    if (source, target) in _LABELS:
        x, y, words = _LABELS[source, target]
        anchor = "start" if target in {State.CANCELLED, State.UNCERTAIN} else "middle"
        yield f'<text x="{x}" y="{y}" text-anchor="{anchor}" font-size="12">{words}</text>'


def _straight(source: State, target: State) -> str:
    """From the edge of one box towards the other."""
    (x, y), (to_x, to_y) = _PLACES[source], _PLACES[target]
    half_width, half_height = _BOX[0] / 2, _BOX[1] / 2
    if abs(to_y - y) > half_height * 2:  # they stand above each other: leave at top or bottom
        down = 1 if to_y > y else -1
        start, end = y + down * half_height, to_y - down * half_height
        aside = (to_x - x) / 4
        return f"M{x + aside},{start} L{to_x - aside},{end}"
    right = 1 if to_x > x else -1
    return f"M{x + right * half_width},{y} L{to_x - right * half_width},{to_y}"
