"""Pages made from the packs, the catalogue of purposes and the rules, whenever docs are built."""
# ruff: noqa: INP001 - the documentation is no package

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import date
from inspect import getdoc
from pathlib import Path

from _accuracy import page_of
from _architecture import picture as house
from _errors import page_of as errors_page
from _lifecycle import picture
from _providers import page_of as providers_page
from _retention import HEADS
from _retention import rows as kept

from compliant_sms.classification import HoursBound, OptOutLine, Purpose, catalogue, catalogue_rows
from compliant_sms.cli._words import answers, hours, in_words
from compliant_sms.consent import Tier
from compliant_sms.errors import ConfigurationError
from compliant_sms.rules import BUILT_IN, RULES, Certainty, Pack, Row, Rule, Rulebook, load_pack
from compliant_sms.rules._parts import PARTS
from compliant_sms.rules.rows import TABLES, Cap, HoursRow, Note
from compliant_sms.waiver import Waiver

__all__ = ["pages", "write"]

_TITLES = {
    "hours": "Hours",
    "cap": "Caps",
    "holiday": "Legal holidays",
    "area_codes": "Area codes",
    "split_area_code": "Area codes in more than one time zone",
    "majority": "From what age a patient acts alone",
    "relationship": "Established business relationships",
    "reassigned_check": "Reassigned numbers",
    "written_consent": "Written consent by state",
    "revocation_ruleset": "How far an opt-out reaches",
    "limit": "Numbers that law and policies name",
    "note": "Notes",
    "shortener": "Public link shorteners",
    "carrier_cap": "How much carriers take",
    "opt_in_element": "What the confirmation of an opt-in says",
}
_MARKS = """\
| mark | what it means |
| --- | --- |
| verified | the text of the rule, or a faithful quotation of it, was read |
| verified, secondary | read in a summary of the source |
| from memory | check it before relying on it |
| policy | no law, the careful choice of this library |
| unknown | nobody has read it yet |"""


def write(folder: Path) -> None:
    """Write all pages into a folder; what has not changed is left alone."""
    folder.mkdir(exist_ok=True)
    files = {f"{name}.md": text for name, text in pages().items()}
    pictures = {"lifecycle.svg": picture(), "architecture.svg": house()}
    for name, text in (files | pictures).items():
        file = folder / name
        if not file.exists() or file.read_text("utf-8") != text:
            file.write_text(text, "utf-8")


def pages() -> dict[str, str]:
    """The pages by name."""
    made: dict[str, Callable[[], str]] = {
        "purposes": _purposes,
        "rules": _rules,
        "phi": _phi,
        "retention": _retention,
        "errors": lambda: _page("Every message of an error", errors_page(_table)),
        "providers": lambda: providers_page(_table),
    }
    return {name: _pack(load_pack(name)) for name in BUILT_IN} | {
        name: make() for name, make in made.items()
    }


def _table(heads: Iterable[str], rows: Iterable[Iterable[object]]) -> str:
    lines = [list(heads)]
    lines += [["---"] * len(lines[0]), *(list(map(_cell, row)) for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _cell(value: object) -> str:
    text = " ".join(str(value).split())
    for mark in "\\|<*[":
        text = text.replace(mark, f"\\{mark}")
    return text


def _page(title: str, *parts: str) -> str:
    return "\n\n".join([f"# {title}", *filter(None, parts)]) + "\n"


def _pack(pack: Pack) -> str:
    assert {str(mark) for mark in Certainty} == set(_marked())  # noqa: S101 - none may be missing
    about = (
        f"Edition `{pack.id}`, {len(pack.rows)} rows, as the library reads them. No legal advice: "
        "a lawyer approves all of it before it guards live traffic. `compliant-sms rules` shows "
        "what of it applies somewhere on some day."
    )
    parts = [about, _MARKS]
    for table, kind in TABLES.items():
        rows = pack.of(kind)
        if rows:
            parts.append(f"## {_TITLES[table]}")
            parts += _by_state(pack) if kind is HoursRow else [_rows(rows)]
    return _page(pack.title, *parts)


def _phi() -> str:
    return _page("How well health information is found", page_of(_table))


def _retention() -> str:
    about = (
        "A practice can keep each class longer, and shorter down to the longest of its floors. "
        "Where nobody knows the state of a person, every state's floor binds. No legal advice."
    )
    return _page("How long records are kept", about, _table(HEADS, kept()), _MARKS)


def _marked() -> Iterator[str]:
    for line in _MARKS.splitlines()[2:]:
        yield line.split("|")[1].strip()


def _rows(rows: Iterable[Row]) -> str:
    ordered = sorted(rows, key=lambda row: row.states)
    return _table(
        ("where", "what holds", "in force", "source", "certainty", "row"),
        (
            (
                ", ".join(row.states) or "everywhere",
                f"{in_words(row)} {row.note}",
                _dates(row),
                row.source,
                row.certainty,
                f"`{row.id}`",
            )
            for row in ordered
        ),
    )


def _dates(row: Row) -> str:
    if not row.holds_on(row.effective_from or date.min) and row.effective_to is None:
        return "no date is known yet"
    since = f"since {row.effective_from}" if row.effective_from else ""
    until = f"until {row.effective_to}" if row.effective_to else ""
    return " ".join(filter(None, [since, until])) or "yes"


def _by_state(pack: Pack) -> Iterator[str]:
    """One table with a line for each state, and what a lawyer should know about its hours."""
    yield (
        "For sales solicitations (marketing texts) only, on the recipient's wall clock. A state "
        "that has no hours of its own leaves the federal ones."
    )
    heads = (
        *("where", "Mon-Fri", "Sat", "Sun", "legal holidays", "cap", "in force"),
        *("source", "certainty", "row"),
    )
    yield _table(heads, _hours(pack))
    noted = [row for row in pack.of(HoursRow) if row.note or row.unless_transaction_within_months]
    yield _table(
        ("row", "more about it"), ((f"`{row.id}`", f"{_spared(row)} {row.note}") for row in noted)
    )


def _spared(row: HoursRow) -> str:
    months = row.unless_transaction_within_months
    return f"Lifted by a purchase within {months} months." if months else ""


def _hours(pack: Pack) -> Iterator[tuple[object, ...]]:
    caps = {state: row for row in pack.of(Cap) for state in row.states}
    notes = {s: row for row in pack.of(Note) if row.topic == "hours" for s in row.states}
    for state in (None, *sorted(PARTS[pack.country or ""])):
        cap = _cap(caps[state]) if state in caps else ""
        rows = [
            row for row in pack.of(HoursRow) if (state in row.states if state else not row.states)
        ]
        for row in rows:
            days = (row.monday_to_friday, row.saturday, row.sunday, row.holidays)
            yield (
                state or "everywhere",
                *map(hours, days),
                cap,
                _dates(row),
                row.source,
                row.certainty,
                f"`{row.id}`",
            )
        if state and not rows:
            note = notes.get(state)
            about = (note.source, note.certainty, f"`{note.id}`") if note else ("", "", "")
            yield (state, *("federal",) * 3, "", cap, "", *about)


def _cap(row: Cap) -> str:
    subject = " same subject" if row.same_subject else ""
    return f"{row.count} in {row.hours} h{subject}"


_TIER = {
    Tier.NONE: "none",
    Tier.PRIOR_EXPRESS: "prior express",
    Tier.PRIOR_EXPRESS_WRITTEN: "prior express written",
}
_BOUND = {
    HoursBound.NONE: "none",
    HoursBound.COURTESY: "courtesy window",
    HoursBound.LAW: "federal and state",
}
_OFTEN = {
    OptOutLine.NEVER: "never",
    OptOutLine.PERIODIC: "first, then now and then",
    OptOutLine.EACH: "in each",
}


def _purposes() -> str:
    heads = (
        *("purpose", "class", "category", "consent", "hours", "opt-out line", "HIPAA"),
        *("exempt if free", "source", "certainty"),
    )
    rows = list(zip(catalogue().values(), catalogue_rows(), strict=True))
    table = _table(
        heads,
        (
            (
                f"`{purpose.code}`",
                purpose.message_class,
                purpose.category,
                _TIER[purpose.least_tier],
                _BOUND[purpose.hours],
                _OFTEN[purpose.opt_out_line],
                purpose.hipaa.replace("_", " "),
                "yes" if purpose.exemptible else "no",
                row["source"],
                row["certainty"],
            )
            for purpose, row in rows
        ),
    )
    notes = _table(
        ("purpose", "note"), ((f"`{p.code}`", row["note"]) for p, row in rows if "note" in row)
    )
    return _page(
        "The catalogue of purposes",
        "A purpose is what a text is for. You declare it, and the words of the text can only make "
        "it stricter. `compliant-sms rules --purpose CODE` shows all that binds one.",
        table,
        "## Notes",
        notes,
        "## Laxer than their class",
        _table(
            ("purpose", "why"),
            ((f"`{p.code}`", p.waiver.reason) for p, _ in rows if p.waiver is not None),
        ),
        "## What HIPAA calls them",
        _table(("what it is", "what follows"), _hipaa(purpose for purpose, _ in rows)),
        _MARKS,
    )


def _hipaa(purposes: Iterable[Purpose]) -> Iterator[tuple[str, str]]:
    told: dict[str, str] = {}
    for purpose in purposes:
        words = next(each.words for each in answers(purpose) if each.topic == "HIPAA")
        told[purpose.hipaa.replace("_", " ")] = words
    return iter(sorted(told.items()))


def _rules() -> str:
    return _page(
        "The rules",
        "In the order in which they are asked. Every rule is asked, also after one has refused. "
        "Any block wins over any hold.",
        _table(
            ("rule", "what it asks", "source and more", "can hold", "can be waived"),
            (
                (
                    f"`{rule.id}`",
                    *_told(rule),
                    "yes" if rule.may_hold else "no",
                    "yes" if _can_be_waived(rule) else "no",
                )
                for rule in RULES
            ),
        ),
    )


def _told(rule: Rule) -> tuple[str, str]:
    """What the docstring says first, and the rest: from where it has that."""
    first, _, rest = (getdoc(rule.ask) or "").replace("*", "").partition("\n\n")
    return first, rest


def _can_be_waived(rule: Rule) -> bool:
    waiver = Waiver(of=rule.id, reason="to see", by="the documentation", on=date(2026, 1, 1))
    try:
        Rulebook(waivers=(waiver,))
    except ConfigurationError:
        return False
    return True
