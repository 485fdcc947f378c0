"""Health information and identifiers in a file, shown in place, as lines, or as JSON."""

from __future__ import annotations

import json
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from itertools import accumulate

from attrs import field, frozen
from rich.console import Console
from rich.text import Text

from compliant_sms import phi
from compliant_sms.phi import ContentTier, Direction, Known, PhiFinding, PhiLabel

_FAMILIES = {
    "who": "bold red",
    "where and when": "bold cyan",
    "contact and numbers": "bold yellow",
    "health": "bold magenta",
    "clinician": "bold green",
}
_FAMILY = {
    PhiLabel.NAME: "who",
    PhiLabel.PHOTO: "who",
    PhiLabel.BIOMETRIC: "who",
    PhiLabel.AGE_OVER_89: "who",
    PhiLabel.GEO: "where and when",
    PhiLabel.DATE: "where and when",
    PhiLabel.CONDITION: "health",
    PhiLabel.MEDICATION: "health",
    PhiLabel.PROCEDURE: "health",
    PhiLabel.TEST_RESULT: "health",
    PhiLabel.SPECIALTY_HINT: "health",
    PhiLabel.PROVIDER_NAME: "clinician",
}
_JSON = (".json", ".jsonl", ".ndjson")
_LONGEST = 160  # of a line; of longer lines only the pieces with findings are shown


@frozen(kw_only=True)
class Document:
    """A text and its source.

    Attributes:
        name: the path as it was given; ``-`` for standard input.
        text: the content.
        unreadable: how many of its bytes are not UTF-8.
    """

    name: str
    text: str = field(repr=False)
    unreadable: int = 0


@frozen(kw_only=True)
class Search:
    """What to look for.

    Attributes:
        known: what is already known about the patient and the practice.
        least: the lowest tier that counts.
        allowed: labels that never count.
        direction: the direction of every text, if known.
    """

    known: Known
    least: ContentTier
    allowed: frozenset[PhiLabel]
    direction: Direction | None


@frozen
class _Found:
    """The findings of one document in their order, and which of them count."""

    document: Document
    every: tuple[PhiFinding, ...]
    counting: tuple[PhiFinding, ...]
    _starts: list[int] = field(repr=False)

    def within(self, start: int, end: int) -> tuple[PhiFinding, ...]:
        """The findings that lie in a part of the text, in whole or in part."""
        first = bisect_right(self.every, start, key=lambda finding: finding.end)
        last = bisect_left(self.every, end, key=lambda finding: finding.start)
        return self.every[first:last]

    def line(self, finding: PhiFinding) -> int:
        """The number of the line where a finding begins, from 1."""
        return bisect_right(self._starts, finding.start)

    def column(self, finding: PhiFinding) -> int:
        """The column where it begins, in code points from 1."""
        return finding.start - self._starts[self.line(finding) - 1] + 1

    def bounds(self, line: int) -> tuple[int, int]:
        """The start and end of a line, without its line break."""
        text, start = self.document.text, self._starts[line - 1]
        end = self._starts[line] - 1 if line < len(self._starts) else len(text)
        return start, end - (text[start:end].endswith("\r"))


def report(documents: Iterable[Document], search: Search, *, form: str) -> int:
    """Search the documents, and print what is found.

    Args:
        documents: the documents, in order.
        search: what to look for.
        form: ``"place"`` for the texts with the findings marked, ``"lines"`` for one line per
            finding without the text, ``"json"`` for one object, also without the text.

    Returns:
        the exit status: 0 nothing counts, 1 something does.
    """
    found = [_find(document, search) for document in documents]
    if form == "json":
        print(json.dumps(_plain(found), indent=2))  # noqa: T201
    elif form == "lines":
        _print_lines(found)
    else:
        _print_in_place(found, search)
    return 1 if any(each.counting for each in found) else 0


def _find(document: Document, search: Search) -> _Found:
    # JSON has its own way to write a letter; elsewhere "\\n" may be the beginning of a name.
    escaped = document.name.lower().endswith(_JSON)
    every = phi.find(document.text, search.known, direction=search.direction, escaped=escaped)
    counting = tuple(f for f in every if _tier(f) >= search.least and f.label not in search.allowed)
    ends = accumulate(len(line) + 1 for line in document.text.split("\n"))
    return _Found(document, every, counting, [0, *ends][:-1])


def _tier(finding: PhiFinding) -> ContentTier:
    return phi.worst_tier([finding])


def _plain(found: Iterable[_Found]) -> dict[str, object]:
    files = [
        {
            "file": each.document.name,
            "characters": len(each.document.text),
            "unreadable_bytes": each.document.unreadable,
            "findings": list(_as_json(each)),
        }
        for each in found
    ]
    return {"files": files, "counting": sum(len(each.counting) for each in found)}


def _as_json(found: _Found) -> Iterator[dict[str, object]]:
    counting = frozenset(found.counting)
    for finding in found.every:
        yield {
            "start": finding.start,
            "end": finding.end,
            "line": found.line(finding),
            "column": found.column(finding),
            "label": finding.label.value,
            "rule": finding.rule,
            "confidence": finding.confidence.value,
            "sensitivity": finding.sensitivity.value,
            "tier": _tier_name(finding),
            "counts": finding in counting,
        }


def _tier_name(finding: PhiFinding) -> str:
    return _tier(finding).name.lower()


def _print_lines(found: Iterable[_Found]) -> None:
    for each in found:
        for finding in each.counting:
            place = f"{_visible(each.document.name)}:{each.line(finding)}:{each.column(finding)}"
            print(f"{place}: {_said(finding)}")  # noqa: T201


def _said(finding: PhiFinding) -> str:
    care = "" if finding.sensitivity == "general" else f", {finding.sensitivity.value}"
    sure = finding.confidence.value
    return f"{finding.label.value} {finding.rule} ({sure}, {_tier_name(finding)}{care})"


def _print_in_place(found: list[_Found], search: Search) -> None:
    page = _Page(Console(highlight=False, soft_wrap=True))
    for each in found:
        if each.counting:
            page.document(each)
    page.end(found, search)


@frozen
class _Page:
    """The texts, line by line."""

    console: Console

    def document(self, found: _Found) -> None:
        """Print the lines with findings that count, and under each what was found."""
        self._say(Text(_visible(found.document.name), "bold"))
        counting = frozenset(found.counting)
        for start, end, number in _pieces(found):
            here = found.within(start, end)
            marked = self._marked(found.document.text, (start, end), here, counting)
            self._say(Text().append(f"{number:>6} | ", "dim").append(marked))
            for finding in here:
                if finding in counting and start <= finding.start:
                    place = f"{number}:{found.column(finding)}"
                    self._say(Text(f"{place:>14}  ") + Text(_said(finding), _style(finding)))

    def _marked(
        self,
        text: str,
        piece: tuple[int, int],
        here: Iterable[PhiFinding],
        counting: frozenset[PhiFinding],
    ) -> Text:
        line, at = Text(), piece[0]
        before, after = ("", "") if self.console.color_system else (">>", "<<")
        for finding in here:
            start, end = max(finding.start, at), min(finding.end, piece[1])
            line.append(_visible(text[at:start]))
            inside = _visible(text[start:end])
            if finding in counting:
                line.append(f"{before}{inside}{after}", _style(finding))
            else:
                line.append(inside, "underline")
            at = end
        return line.append(_visible(text[at : piece[1]]))

    def end(self, found: list[_Found], search: Search) -> None:
        """Print what the colors mean, and how many findings there were."""
        counting = [finding for each in found for finding in each.counting]
        if counting:
            legend = Text("\n")
            for family in dict.fromkeys(map(_family, counting)):
                legend.append(family, _FAMILIES[family]).append("  ")
            self._say(legend)
        files = sum(1 for each in found if each.counting)
        where = f" in {files} of {len(found)} files" if len(found) > 1 else ""
        many = f"{len(counting) or 'no'} finding{'s' * (len(counting) != 1)}"
        self._say(Text(f"Tier {search.least.name.lower()} or above: {many}{where}."))
        others = sum(len(each.every) for each in found) - len(counting)
        if others:
            self._say(Text(f"Below that or allowed: {others} (--min-tier minimum).", "dim"))

    def _say(self, text: Text) -> None:
        # A terminal that cannot show a character shows another one, and never fails.
        shown = text.copy()
        encoding = self.console.encoding
        shown.plain = text.plain.encode(encoding, "replace").decode(encoding)
        self.console.print(shown)


def _family(finding: PhiFinding) -> str:
    return _FAMILY.get(finding.label, "contact and numbers")


def _style(finding: PhiFinding) -> str:
    return _FAMILIES[_family(finding)]


def _pieces(found: _Found) -> Iterator[tuple[int, int, int]]:
    """Start, end and line of each shown piece: none twice, and none too long to read."""
    shown = -1
    for finding in found.counting:
        number = found.line(finding)
        first, last = found.bounds(number)
        start = first + (finding.start - first) // _LONGEST * _LONGEST
        if start > shown:
            yield start, min(start + _LONGEST, last), number
            shown = start


def _visible(text: str) -> str:
    """The text with each character that controls a terminal or text direction replaced."""
    return "".join(
        character if character.isprintable() else " " if character.isspace() else "\ufffd"
        for character in text
    )
