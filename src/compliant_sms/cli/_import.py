"""An import from files: checked as a whole, then written."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack, closing
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import click
from attrs import evolve, frozen
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from compliant_sms import flows, system
from compliant_sms.cli._database import store_at
from compliant_sms.cli._options import in_options, keyring
from compliant_sms.consent import Wording
from compliant_sms.driver import finish
from compliant_sms.errors import InvalidInput
from compliant_sms.imports import (
    BadRow,
    ImportedConsent,
    ImportedOptOut,
    ImportPlan,
    ImportReport,
    Kind,
    read_consents,
    read_opt_outs,
)
from compliant_sms.ports import AtRest, Plaintext, Store

if TYPE_CHECKING:
    from compliant_sms.stores import PostgreSQL, SQLite

T = TypeVar("T")
_SHOWN = 20
_TOLD_AFTER = 65_536  # bytes; each update of the bar takes a lock


@frozen(kw_only=True)
class Place:
    """Where the import is written.

    Attributes:
        database: a path or a DSN.
        keyring: the key file, if there is one.
        plaintext_because: why there is none.
        new: whether the database, or the practice in it, may be new.
    """

    database: str
    keyring: Path | None
    plaintext_because: str
    new: bool


@frozen(kw_only=True)
class Files:
    """What is read, and how."""

    opt_outs: Path | None
    consents: Path | None
    time_zone: str
    wordings: tuple[Wording, ...]
    opt_out_columns: Mapping[str, str]
    consent_columns: Mapping[str, str]
    opt_out_values: Mapping[str, str]
    consent_values: Mapping[str, str]
    date_format: str | None
    region: str

    @property
    def size(self) -> int:
        """The number of bytes to read."""
        return sum(path.stat().st_size for path in (self.opt_outs, self.consents) if path)

    def opt_out_rows(self, lines: Iterable[bytes]) -> Iterator[ImportedOptOut | BadRow]:
        """The opt-outs in those lines."""
        return read_opt_outs(
            lines,
            time_zone=self.time_zone,
            columns=self.opt_out_columns,
            values=self.opt_out_values,
            date_format=self.date_format,
            region=self.region,
        )

    def consent_rows(self, lines: Iterable[bytes]) -> Iterator[ImportedConsent | BadRow]:
        """The consents in those lines."""
        return read_consents(
            lines,
            time_zone=self.time_zone,
            wordings=self.wordings,
            columns=self.consent_columns,
            values=self.consent_values,
            date_format=self.date_format,
            region=self.region,
        )


def wordings(paths: Mapping[str, str]) -> tuple[Wording, ...]:
    """Read wordings from files, given by version.

    Raises:
        InvalidInput: a file cannot be read.
    """
    found = []
    for version, path in paths.items():
        try:
            text = Path(path).read_text("utf-8-sig").strip()
        except FileNotFoundError:
            msg = (
                f"there is no file {path}, which wording {version} was said to be in. Check "
                "the path in --wording."
            )
            raise InvalidInput(msg) from None
        except (OSError, UnicodeDecodeError):
            msg = f"the file of wording {version} cannot be read as text in UTF-8"
            raise InvalidInput(msg) from None
        found.append(Wording(text=text, version=version))
    return tuple(found)


def run(
    files: Files,
    plan: ImportPlan,
    place: Place,
    *,
    report: Path | None,
    skip_bad_consents: bool,
) -> ImportReport:
    """Check, print what was found, and write if asked to and nothing forbids it."""
    with closing(_store(plan, place)) as database:
        store = database.blocking(_at_rest(place))
        _refuse_strangers(store, plan, place)
        found = _pass(files, evolve(plan, write=False), store, "Checking")
        _tell(found, report)
        obstacle = _obstacle(found, skip_bad_consents=skip_bad_consents)
        if obstacle or not plan.write:
            click.echo(f"\nNothing was written. {obstacle or 'With --write it is.'}")
            return found
        done = _pass(files, plan, store, "Writing")
        click.echo(f"\n{evolve(done, problems=(), more_problems=0)}")
        return done


def _obstacle(found: ImportReport, *, skip_bad_consents: bool) -> str:
    """What prevents writing, and what to do about it; empty if nothing does."""
    opt_outs, consents = found.unusable[Kind.OPT_OUT], found.unusable[Kind.CONSENT]
    if opt_outs:
        return (
            f"Opt-outs that cannot be used: {opt_outs:,}. While there is one, --write "
            "writes nothing: whoever it is about would be texted. Mend the rows above, or "
            "remove them, and try again."
        )
    if consents and not skip_bad_consents:
        return (
            f"Consents that cannot be used: {consents:,}. So --write writes nothing either. "
            "Mend the rows above, or remove them, and try again; or write the others with "
            "--skip-bad-consents."
        )
    return ""


def _store(plan: ImportPlan, place: Place) -> SQLite | PostgreSQL:
    store = store_at(place.database, may_lack=True)
    if store.found_schema():
        return store
    if not place.new:
        msg = "the database is missing or empty. Check --database, or pass --new to create it."
        raise InvalidInput(msg)
    # A check alone leaves nothing behind.
    return store_at(place.database if plan.write else ":memory:", migrate=True)


def _at_rest(place: Place) -> AtRest:
    if place.keyring is not None:
        return keyring(place.keyring)
    if place.plaintext_because:
        return Plaintext(place.plaintext_because)
    if place.new:
        msg = (
            "a new database, or practice, needs the keys that seal it: pass --keyring FILE, or say "
            "with --plaintext-because why what it holds of patients may lie in the clear"
        )
        raise InvalidInput(msg)
    return None


def _refuse_strangers(store: Store, plan: ImportPlan, place: Place) -> None:
    known = finish(store.run(lambda tx: tx.knows_practice(plan.practice_id)))
    if not known and not place.new:
        # Opt-outs under a mistyped id would stop nothing.
        msg = (
            "the database has no records of a practice with this id. Check --practice, or pass "
            "--new if the practice is new in it."
        )
        raise InvalidInput(msg)


def _pass(files: Files, plan: ImportPlan, store: Store, what: str) -> ImportReport:
    progress = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.fields[rows]:,} rows"),
        TimeRemainingColumn(),
        console=Console(stderr=True),
        transient=True,
    )
    with ExitStack() as stack:
        # If nobody watches, a bar would be noise.
        if progress.console.is_terminal:
            stack.enter_context(progress)
        task = progress.add_task(what, total=files.size, rows=0)

        def rows(path: Path | None, read: Callable[[Iterable[bytes]], Iterator[T]]) -> Iterator[T]:
            if path is not None:
                lines = stack.enter_context(path.open("rb"))
                yield from _of(path, read(_counted(lines, lambda n: progress.advance(task, n))))

        return finish(
            flows.import_consents(
                store,
                system.now,
                system.new_id,
                plan,
                opt_outs=rows(files.opt_outs, files.opt_out_rows) if files.opt_outs else None,
                consents=rows(files.consents, files.consent_rows),
                progress=lambda so_far: progress.update(task, rows=so_far.rows),
            )
        )


def _of(path: Path, rows: Iterator[T]) -> Iterator[T]:
    """The rows. An error about the whole file names the file."""
    try:
        yield from rows
    except InvalidInput as error:
        msg = f"{path}: {error}"
        raise InvalidInput(msg) from None


def _counted(lines: Iterable[bytes], tell: Callable[[int], object]) -> Iterator[bytes]:
    read = 0
    for line in lines:
        read += len(line)
        if read > _TOLD_AFTER:
            tell(read)
            read = 0
        yield line
    tell(read)


def _tell(found: ImportReport, report: Path | None) -> None:
    if report is not None:
        try:
            report.write_text(in_options(found.to_csv()), "utf-8")
        except OSError as error:
            msg = f"{report} cannot be written: {error.strerror}. Pass another --report."
            raise InvalidInput(msg) from None
    shown, rest = found.problems[:_SHOWN], found.problems[_SHOWN:]
    more = found.more_problems + len(rest)
    click.echo(in_options(str(evolve(found, problems=shown, more_problems=more))))
