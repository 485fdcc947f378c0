"""What applies to a text, as a table: rows of the packs with their sources."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from datetime import date
from itertools import groupby
from typing import Any

from attrs import asdict, frozen
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

from compliant_sms.classification import Purpose, catalogue, catalogue_rows
from compliant_sms.cli._binding import TOPICS, Bound, Query, Status, bound
from compliant_sms.cli._words import answers, in_words


@frozen(kw_only=True)
class Line:
    """One line of the table.

    Attributes:
        topic: what it is about.
        row: id of the row, by which it is overridden; of a purpose, its code.
        pack: where the row stands; ``"purposes"`` for a purpose.
        own: whether that pack is the user's.
        states: where it holds; empty for the whole country.
        words: what holds.
        note: what a lawyer should know.
        source: where that comes from.
        certainty: how sure it is.
        since: its first day; None for as long as the data goes.
        until: the first day on which it no longer holds.
        status: whether it is in force.
    """

    topic: str
    row: str
    pack: str
    own: bool = False
    states: tuple[str, ...] = ()
    words: str
    note: str
    source: str
    certainty: str
    since: date | None = None
    until: date | None = None
    status: str = Status.IN_FORCE

    @property
    def citation(self) -> str:
        """Source, certainty and dates, and whose pack it is if not the library's."""
        dates = [f"since {self.since}"] if self.since and self.status != Status.LATER else []
        dates += [f"until {self.until}"] if self.until else []
        whose = [f"your pack {self.pack}"] if self.own else []
        return "; ".join([self.source.strip(), self.certainty, *dates, *whose])

    @property
    def sentence(self) -> str:
        """The words, after when and where they hold if that is not now and everywhere."""
        before = {
            Status.LATER: f"From {self.since}: ",
            Status.ENDED: f"Until {self.until}: ",
            Status.NO_DATE: "Not in force, and no date is known yet: ",
        }.get(Status(self.status), "")
        where = f"{', '.join(self.states)}: " if self.states else ""
        return f"{before}{where}{self.words}"


def lines(query: Query) -> list[Line]:
    """The table: what the purpose needs by itself, then what each row says, by topic."""
    found = [*_of_purpose(query.purpose), *map(_of_row, bound(query))]
    return sorted(found, key=lambda line: TOPICS.index(line.topic))


def _of_purpose(purpose: Purpose | None) -> Iterator[Line]:
    if purpose is None:
        return
    row = next(row for row in catalogue_rows() if row["code"] == purpose.code)
    for answer in answers(purpose):
        yield Line(
            topic=answer.topic,
            row=purpose.code,
            pack="purposes",
            words=answer.words,
            note=row.get("note", "") if answer.topic == "class" else "",
            source=answer.citation or row["source"],
            certainty=row["certainty"],
        )


def _of_row(found: Bound) -> Line:
    row = found.row
    return Line(
        topic=found.topic,
        row=row.id,
        pack=found.pack.name,
        own=found.pack.own,
        states=row.states,
        words=in_words(row),
        note=row.note.strip(),
        source=row.source,
        certainty=row.certainty.value,
        since=row.effective_from,
        until=row.effective_to,
        status=found.status,
    )


def print_rules(query: Query, *, form: str) -> None:
    """Print the table.

    Args:
        query: what is asked.
        form: ``"table"``, ``"json"`` or ``"markdown"``.
    """
    found = lines(query)
    if form == "json":
        print(json.dumps(_plain(query, found), indent=2, default=str))  # noqa: T201
    elif form == "markdown":
        print("\n\n".join([f"# {_title(query)}", markdown(found), *_remarks(query)]))  # noqa: T201
    else:
        _show(query, found)


def _title(query: Query) -> str:
    if query.everything:
        return f"All rows of the packs for {query.country}, as they stand on {query.day}"
    what = query.purpose.code if query.purpose else "any text"
    where = ", ".join([query.country, *query.states])
    return f"What applies to {what}, {where}, on {query.day}"


def _remarks(query: Query) -> list[str]:
    remarks = []
    if query.country != "US" and not query.everything:
        remarks.append(
            "A practice in the United States keeps to its own rules as well: see --country US."
        )
    sells = query.purpose is None or query.purpose.message_class == "marketing"
    if query.states and not sells:
        remarks.append(
            "The rows of states bind sales solicitations, so none of them binds this purpose."
        )
    if query.country == "US" and not query.states and sells and not query.everything:
        remarks.append("States ask for more: add --state, for example --state PA.")
    if not query.carriers and not query.everything:
        remarks.append("Carriers ask for more: add --carriers.")
    remarks.append(
        "No legal advice. What is marked from memory, policy or unknown is no verified law; have a "
        "lawyer approve what you rely on."
    )
    return remarks


def _plain(query: Query, found: Iterable[Line]) -> dict[str, Any]:
    return {
        "country": query.country,
        "states": query.states,
        "purpose": query.purpose.code if query.purpose else None,
        "date": query.day,
        "packs": [p.id for p in query.packs if p.country in {None, query.country}],
        "rows": [asdict(line) for line in found],
        "remarks": _remarks(query),
    }


def markdown(found: Iterable[Line]) -> str:
    """The table as Markdown, a section for each topic."""
    parts = []
    for topic, same in groupby(found, key=lambda line: line.topic):
        parts.append(f"## {_heading(topic)}")
        rows = [
            f"| {_cell(f'{line.sentence} {line.note}')} | {_cell(line.citation)} | `{line.row}` |"
            for line in same
        ]
        parts.append("\n".join(["| what holds | source | row |", "| --- | --- | --- |", *rows]))
    return "\n\n".join(parts)


def _heading(topic: str) -> str:
    return topic[0].upper() + topic[1:]


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("\\", "\\\\").replace("|", "\\|")


def _show(query: Query, found: Iterable[Line]) -> None:
    table = Table(
        title=Text(_title(query)),
        title_justify="left",
        title_style="bold",
        box=SIMPLE_HEAD,
        expand=True,
    )
    table.add_column("What holds", ratio=3, overflow="fold")
    table.add_column(Text("Source, and [row]"), ratio=2, overflow="fold")
    for topic, same in groupby(found, key=lambda line: line.topic):
        table.add_section()
        table.add_row(Text(_heading(topic), style="bold"))
        for line in same:
            table.add_row(
                Text(f"{line.sentence} {line.note}".strip()),
                Text(f"{line.citation} [{line.row}]", style="dim"),
            )
    console = Console(highlight=False)
    console.print(table)
    for remark in _remarks(query):
        console.print(Text(remark))


def print_purposes(*, form: str) -> None:
    """Print the catalogue of purposes: what ``--purpose`` takes.

    Args:
        form: ``"table"``, ``"json"`` or ``"markdown"``.
    """
    heads = ("purpose", "class", "category", "hours", "HIPAA")
    rows = [
        (p.code, p.message_class.value, p.category, p.hours.name.lower(), p.hipaa.value)
        for p in catalogue().values()
    ]
    if form == "json":
        print(json.dumps([dict(zip(heads, row, strict=True)) for row in rows], indent=2))  # noqa: T201
    elif form == "markdown":
        table = [heads, ("---",) * len(heads), *rows]
        print("\n".join(f"| {' | '.join(row)} |" for row in table))  # noqa: T201
    else:
        shown = Table(box=SIMPLE_HEAD)
        # The last column would not fit into 80 characters.
        for head in heads[:-1]:
            shown.add_column(head)
        for row in rows:
            shown.add_row(*row[:-1])
        Console().print(shown)
