"""The picture of the house: which room imports which, read from the code as it is."""
# ruff: noqa: INP001 - the documentation is no package

from __future__ import annotations

import ast
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

__all__ = ["imports", "needed", "picture", "rows"]

_ROOT = Path(__file__).parents[1]
_PACKAGE = _ROOT / "src" / "compliant_sms"
_FACE = {"__init__", "__main__"}  # the front door and its bell are no rooms
_WIDTH, _MARGIN, _HEIGHT, _STEP, _GAP = 900, 10, 24, 50, 8
_ROUNDS = 8
_LETTER = 7.4  # how wide a letter of the font is, about
_BEGIN = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img" '
    'aria-label="The rooms of the library by layer, each with lines to the rooms below that it '
    'imports; the table below says the same" font-family="sans-serif" font-size="12" '
    'fill="currentColor" style="max-width: 60rem; width: 100%">'
)


@cache
def rows() -> tuple[tuple[str, ...], ...]:
    """The rooms by how high they stand: each is above all that it imports, and no higher."""
    levels: dict[int, list[str]] = {}
    for room in imports():
        levels.setdefault(_level(room), []).append(room)
    ordered = [levels[level] for level in sorted(levels)]
    for _ in range(_ROUNDS):  # near those that they import, so that lines are short
        for row in ordered:
            row.sort(key=lambda room: (_middle(room, ordered), room))
    return tuple(tuple(row) for row in reversed(ordered))


@cache
def _level(room: str) -> int:
    return max((_level(other) + 1 for other in imports()[room]), default=0)


def _middle(room: str, ordered: list[list[str]]) -> float:
    """Where the rooms that it has lines to stand on average, from 0 on the left to 1."""
    lines = [pair for pair in _lines() if room in pair]
    others = {other for pair in lines for other in pair} - {room}
    places = [(row.index(o) + 0.5) / len(row) for o in others for row in ordered if o in row]
    return sum(places) / len(places) if places else 0.5


@cache
def core() -> frozenset[str]:
    """The rooms that read no clock, file, environment, randomness or network."""
    settings = tomllib.loads((_ROOT / "pyproject.toml").read_text())
    contracts = settings["tool"]["importlinter"]["contracts"]
    pure = next(each["source_modules"] for each in contracts if each["id"] == "pure-core")
    return frozenset(name.partition(".")[2] for name in pure)


@cache
def imports() -> dict[str, frozenset[str]]:
    """For each room the others that its files import, wherever in a file that stands."""
    found: dict[str, set[str]] = {}
    for file in sorted(_PACKAGE.rglob("*.py")):
        room = file.relative_to(_PACKAGE).parts[0].removesuffix(".py")
        if room not in _FACE:
            found.setdefault(room, set()).update(_rooms_in(file))
    known = set(found)
    return {room: frozenset(others & known - {room}) for room, others in found.items()}


def _rooms_in(file: Path) -> Iterator[str]:
    written = file.read_text("utf-8")
    if "compliant_sms" not in written:
        return
    for node in ast.walk(ast.parse(written)):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module == "compliant_sms":
            names = [f"compliant_sms.{alias.name}" for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = [node.module or ""]
        else:
            continue
        yield from (n.split(".")[1] for n in names if n.startswith("compliant_sms."))


@cache
def _below(room: str) -> frozenset[str]:
    direct = imports()[room]
    return direct.union(*(_below(other) for other in direct))


def needed() -> Iterator[tuple[str, str]]:
    """The imports that say something: whatever another one leads to as well is left out."""
    for room, others in imports().items():
        for other in sorted(others):
            if not any(other in _below(way) for way in others - {other}):
                yield room, other


@cache
def _lines() -> tuple[tuple[str, str], ...]:
    return tuple(needed())


def picture() -> str:
    """The picture as SVG, in the color of the text around it; rooms of the core are filled."""
    places = _places()
    height = max(y for _, y, _ in places.values()) + _HEIGHT + _MARGIN
    drawn = [_BEGIN.format(width=_WIDTH, height=height)]
    drawn += [_line(places[room], places[other]) for room, other in needed()]
    drawn += [_box(room, place) for room, place in places.items()]
    return "".join([*drawn, "</svg>\n"])


_Place = tuple[float, float, float]
"""Left edge, top edge and width of a box."""


def _places() -> dict[str, _Place]:
    places: dict[str, _Place] = {}
    top = float(_MARGIN)
    for row in (line for level in rows() for line in _folded(level)):
        widths = [len(room) * _LETTER + 14 for room in row]
        apart = (_WIDTH - sum(widths)) / (len(row) + 1)
        left = apart
        for room, width in zip(row, widths, strict=True):
            places[room] = (left, top, width)
            left += width + apart
        top += _STEP
    return places


def _folded(row: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """A layer that is too wide stands in several lines."""
    line: list[str] = []
    for room in row:
        if sum(len(each) * _LETTER + 14 + _GAP for each in [*line, room]) > _WIDTH - 2 * _MARGIN:
            yield tuple(line)
            line = []
        line.append(room)
    yield tuple(line)


def _line(upper: _Place, lower: _Place) -> str:
    x, y = upper[0] + upper[2] / 2, upper[1] + _HEIGHT
    to_x, to_y = lower[0] + lower[2] / 2, lower[1]
    bend = max(18.0, (to_y - y) / 2)
    return (
        f'<path d="M{x:.0f},{y:.0f} C{x:.0f},{y + bend:.0f} {to_x:.0f},{to_y - bend:.0f} '
        f'{to_x:.0f},{to_y:.0f}" fill="none" stroke="currentColor" stroke-opacity="0.3"/>'
    )


def _box(room: str, place: _Place) -> str:
    left, top, width = place
    frame = (
        f'<rect x="{left:.0f}" y="{top:.0f}" width="{width:.0f}" height="{_HEIGHT}" rx="5" '
        'stroke="currentColor" style="fill: '
    )
    ground = f'{frame}var(--color-background-primary, white)"/>'  # lines pass behind it
    tint = f'{frame}#3d9b7a" fill-opacity="0.3"/>' if room in core() else ""
    return (
        f"{ground}{tint}"
        f'<text x="{left + width / 2:.0f}" y="{top + 16:.0f}" text-anchor="middle">{room}</text>'
    )
