"""Export: another system may text nobody whom the ledger does not let the practice text."""

from __future__ import annotations

import asyncio
import csv
from collections.abc import Callable, Iterable, Sequence
from datetime import timedelta
from functools import partial
from io import BytesIO, StringIO
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve
from click.testing import CliRunner, Result
from hypothesis import given, settings
from hypothesis import strategies as st

from compliant_sms import AsyncMessenger, Keyring, Messenger, Practice, Tier
from compliant_sms.audit import Act
from compliant_sms.classification import catalogue
from compliant_sms.cli._commands import commands
from compliant_sms.consent import (
    Basis,
    Category,
    Channel,
    ConsentEvent,
    ConsentState,
    Flag,
    Granted,
    Imported,
    Revoked,
    Wording,
    fold,
)
from compliant_sms.errors import InvalidInput
from compliant_sms.imports import (
    BadRow,
    ExportReport,
    ImportedConsent,
    ImportedOptOut,
    ImportPlan,
    Judge,
    read_consents,
    read_opt_outs,
    row_key,
)
from compliant_sms.imports._export import consent_lines, opt_out_lines
from compliant_sms.imports._write import (
    consent_header,
    opt_out_header,
    opt_out_line,
)
from compliant_sms.providers import Twilio
from compliant_sms.rules import Rulebook
from compliant_sms.rules._basis import is_permitted
from compliant_sms.stores import PostgreSQL, SQLite
from compliant_sms.testing import MovableClock
from conftest import PATIENT, PERSON
from test_consent import (
    AGREEMENT,
    ME,
    NUMBER,
    OTHER,
    SIGNATURE,
    START,
    STEADY,
    WORDING,
    clarified,
    flagged,
    granted,
    ledgers,
    minute,
    restored,
    revoked,
    voided,
    written,
)
from test_send import agree, in_writing

NAMES = ("Lakeside Family Medicine",)
LATER = minute(100)
PLAN = ImportPlan(
    practice_id="elsewhere",
    names=NAMES,
    own_categories=["classes"],
    time_zone="America/Chicago",
    source="lakeside",
    by="it",
)
QUICK = settings(STEADY, max_examples=400)


def file(header: str, lines: Iterable[str | None]) -> BytesIO:
    """The lines as a file, those that are left out aside."""
    return BytesIO("".join([header, *(line for line in lines if line)]).encode())


def rows_of(events: Sequence[ConsentEvent]) -> list[ImportedOptOut | ImportedConsent]:
    """What both files say of a number, as it is read again."""
    people = sorted({event.person for event in events if isinstance(event, Granted)}, key=str)
    told = [line for who in people for line in consent_lines(events, who or "", NAMES)]
    opt_outs = read_opt_outs(file(opt_out_header(), opt_out_lines(events)), time_zone="UTC")
    consents = read_consents(file(consent_header(), told), time_zone="UTC")
    rows = [*opt_outs, *consents]
    assert not [row for row in rows if isinstance(row, BadRow)]
    return [row for row in rows if not isinstance(row, BadRow)]


def elsewhere(events: Sequence[ConsentEvent]) -> list[Granted | Revoked]:
    """The ledger of whoever imports both files."""
    judge, made = Judge(PLAN, LATER), {}
    for n, row in enumerate(rows_of(events)):
        event = judge.event(row, f"i{n}", LATER)
        assert isinstance(event, Granted | Revoked), event
        made.setdefault(row_key(PLAN.source, row), event)
    return list(made.values())


def permitted(state: ConsentState) -> set[str]:
    """The purposes that a person may be texted for by what they agreed to."""
    law = Rulebook().at(LATER)
    return {
        purpose.code
        for purpose in catalogue().values()
        if is_permitted(state, purpose, law, seller=NAMES, number=NUMBER)
    }


def ended(state: ConsentState) -> set[str]:
    """The categories that are ended for what needs no consent."""
    stops = (*state.revocations, *state.lifted)
    return {each for each in Category if any(stop.reaches([each]) for stop in stops)}


def permits_no_more(events: Sequence[ConsentEvent]) -> None:
    """Check that the files of a ledger permit nobody what it does not, and end what it ends."""
    there = elsewhere(events)
    for person in (ME, OTHER, "nobody", None):
        before, after = fold(events, person), fold(there, person)
        assert permitted(after) <= permitted(before)
        assert ended(after) >= ended(before)
        assert before.flagged is None or ended(after) == {*Category}


@QUICK
@given(ledgers(size=9))
def test_nobody_may_be_texted_elsewhere_who_may_not_be_texted_here(
    events: list[ConsentEvent],
) -> None:
    """Whatever was said, in whatever order: the two files permit no more, and end no less."""
    permits_no_more(events)


SAID: tuple[Callable[[int], ConsentEvent], ...] = (
    granted,
    partial(granted, person=OTHER),
    partial(granted, basis=Basis.BOOKING),
    partial(granted, imported=Imported(source="old-ehr", dated="day")),
    partial(written, agreement=AGREEMENT, categories=["promotions", "classes", "care"]),
    partial(written, agreement=AGREEMENT, unproven=True),
    revoked,
    partial(revoked, person=OTHER, except_for=["appointments"]),
    partial(revoked, imported=Imported(source="old-ehr", dated="day")),
    clarified,
    partial(clarified, person=OTHER),
    restored,
    flagged,
    partial(flagged, why=Flag.BLOCKED_NUMBER),
    voided,
)


@pytest.mark.many_rounds
def test_whatever_three_things_are_said_the_files_permit_no_more() -> None:
    """Each of 15 things that can be said, three times in each order, none left to chance."""
    for three in product(SAID, repeat=3):
        permits_no_more([say(at) for at, say in enumerate(three)])


def test_a_second_stop_is_told_though_it_says_the_same() -> None:
    """It ended what was agreed to after the first, and a later consent gives none of it back."""
    said = [revoked(0), written(1, agreement=AGREEMENT), revoked(2), granted(3)]
    permits_no_more(said)
    assert [type(row) for row in rows_of(said)].count(ImportedOptOut) == 2


@QUICK
@given(ledgers(size=9))
def test_whoever_may_be_texted_here_may_be_texted_elsewhere(events: list[ConsentEvent]) -> None:
    """Where nothing happened that the columns cannot tell, the files permit exactly as much."""
    plain = [
        event
        for event in events
        if isinstance(event, Granted | Revoked)
        and event.imported is None
        and not getattr(event, "unproven", False)
        and not getattr(event, "category", "")
        and getattr(event, "tier", "") is not Tier.NONE
    ]
    there = elsewhere(plain)
    for person in (ME, OTHER):
        assert permitted(fold(there, person)) == permitted(fold(plain, person))


def test_what_may_go_on_and_what_start_gives_back_are_told() -> None:
    """A limited opt-out names what may go on; after START, what sells is left out."""
    limited = [granted(0), revoked(1), clarified(2, keep=[Category.CARE])]
    (opt_out,) = [row for row in rows_of(limited) if isinstance(row, ImportedOptOut)]
    assert opt_out.except_for == (Category.CARE,)

    both = [Category.CARE, Category.PROMOTIONS]
    back = [written(0, agreement=AGREEMENT, categories=both), revoked(1), restored(2)]
    (consent,) = rows_of(back)
    assert isinstance(consent, ImportedConsent)
    assert (consent.tier, consent.categories) == (Tier.PRIOR_EXPRESS, (Category.CARE,))
    only = [written(0, agreement=AGREEMENT), revoked(1), restored(2)]
    assert rows_of(only) == []


def test_two_at_a_number_keep_only_what_both_said_may_go_on() -> None:
    """What one of them said for themselves narrows nothing for the other."""
    events = [
        granted(0),
        granted(0, "theirs", person=OTHER),
        revoked(1, person=OTHER),
        clarified(2, person=ME, keep=[Category.CARE]),
        clarified(3, person=OTHER, keep=[Category.APPOINTMENTS]),
    ]
    (opt_out,) = [row for row in rows_of(events) if isinstance(row, ImportedOptOut)]
    assert opt_out.except_for == (Category.APPOINTMENTS,)
    assert opt_out.person == OTHER


@pytest.mark.parametrize(
    ("why", "channel"),
    [(Flag.BLOCKED_NUMBER, Channel.PROVIDER), (Flag.WRONG_NUMBER, Channel.OTHER_SYSTEM)],
)
def test_a_flagged_number_is_among_the_opt_outs(why: Flag, channel: Channel) -> None:
    """Whoever imports it texts it for nothing; what was agreed to there is left out."""
    (opt_out,) = rows_of([granted(0), flagged(1, why=why)])
    assert isinstance(opt_out, ImportedOptOut)
    assert opt_out.channel is channel


def test_written_permission_that_lacks_something_is_told_as_express() -> None:
    """An import refuses written permission without all that the law asks for."""
    unclear = evolve(AGREEMENT, clear_and_conspicuous=False)
    for agreement in (None, unclear):
        (row,) = rows_of([written(0, agreement=agreement, categories=[Category.CARE])])
        assert isinstance(row, ImportedConsent)
        assert row.tier is Tier.PRIOR_EXPRESS
    (row,) = rows_of([written(0, agreement=AGREEMENT)])
    assert isinstance(row, ImportedConsent)
    assert (row.tier, row.agreement) == (Tier.PRIOR_EXPRESS_WRITTEN, AGREEMENT)
    assert (row.wording, row.signature) == (WORDING, SIGNATURE)


def test_blanks_round_a_wording_go_and_lines_in_it_stay() -> None:
    """No cell keeps blanks at its ends; quotes, commas and line ends are part of the words."""
    text = ' I agree to "texts",\nabout my care.\r\n'
    (row,) = rows_of([granted(0, basis="web_form", wording=Wording(text=text, version=" 1 "))])
    assert isinstance(row, ImportedConsent)
    assert row.wording == Wording(text=text.strip(), version="1")


def test_an_opt_out_is_told_without_what_no_cell_can_hold() -> None:
    """A long reference, an id with a line end, a category with a semicolon: the opt-out stays."""
    long, broken = revoked(0, reference="r" * 300), revoked(0, person="pat\n881")
    odd = revoked(0, person="pat-881", except_for=["care; promotions"])
    for event, person, reference in (
        (long, None, ""),
        (broken, None, ""),
        (odd, None, ""),
    ):
        (row,) = rows_of([event])
        assert isinstance(row, ImportedOptOut)
        assert (row.person, row.reference, row.except_for) == (person, reference, ())


@pytest.mark.parametrize(
    "changes",
    [
        {"person": "pat\n881"},
        {"person": " pat-881"},
        {"given_to": "Lake\x00side"},
        {"categories": ["care; promotions"]},
        {"categories": ["promotion"]},
        {"basis": "web_form", "wording": Wording(text="I\x00agree", version="1")},
    ],
)
def test_a_consent_that_no_row_tells_is_left_out(changes: dict[str, Any]) -> None:
    """It is counted, and nobody is texted on the strength of half of it."""
    event = granted(0, **changes)
    assert list(consent_lines([event], event.person or "", NAMES)) == [None]


ROWS = st.builds(
    ImportedOptOut,
    number=st.just(NUMBER),
    occurred_at=st.none()
    | st.datetimes(min_value=START.replace(tzinfo=None)).map(
        lambda each: each.replace(tzinfo=START.tzinfo)
    )
    | st.dates(),
    channel=st.sampled_from(Channel),
    person=st.none() | st.text(st.characters(codec="utf-8", exclude_categories=["Cc"])),
    reference=st.text(st.characters(codec="utf-8", exclude_categories=["Cc"])),
    except_for=st.lists(st.sampled_from(Category)),
)


@settings(STEADY, max_examples=100)
@given(ROWS)
def test_a_line_is_read_as_what_it_was_written_from(record: ImportedOptOut) -> None:
    """Or there is no line: where a cell has blanks at its ends, or an id is empty."""
    line = opt_out_line(record)
    told = [record.person or "", record.reference]
    plain = [text.strip() for text in told] == told and record.person != ""
    assert (line is not None) == plain


# From here on by the front door: real files, real stores.


def in_two_files(messenger: Messenger, **case: str) -> tuple[str, str, ExportReport]:
    """What the messenger exports."""
    opt_outs, consents = StringIO(), StringIO()
    told = {"by": "it:kim", "reason": "the practice leaves"} | case
    report = messenger.export_consents(opt_outs=opt_outs, consents=consents, **told)
    return opt_outs.getvalue(), consents.getvalue(), report


@pytest.fixture
def at_work(make_messenger: Callable[..., Messenger]) -> Messenger:
    """A sealed ledger: one who agreed, one who stopped, one who was erased."""
    messenger = make_messenger(keyring=Keyring.generate())
    agree(messenger)
    for number, person in (("+12175550135", "pat-882"), ("+12175550136", "pat-883")):
        messenger.consent.grant(number, person=person, basis="spoken", recorded_by="ana")
        messenger.consent.revoke(number, person=person, channel="spoken", recorded_by="ana")
    messenger.erase("pat-883", by="privacy:kim", reason="asked")
    return messenger


def test_what_is_exported_is_imported_elsewhere(
    at_work: Messenger, make_messenger: Callable[..., Messenger], tmp_path: Path
) -> None:
    """A practice takes its ledger along; the erased are counted, because nobody can name them."""
    opt_outs, consents, report = in_two_files(at_work)
    assert (report.opt_outs, report.consents, report.left_out, report.erased) == (1, 2, 0, 2)
    assert "erased, so in no list" in str(report)

    there = make_messenger(store=SQLite(tmp_path / "there.db"))
    done = there.import_consents(
        read_consents(BytesIO(consents.encode()), time_zone="America/Chicago"),
        opt_outs=read_opt_outs(BytesIO(opt_outs.encode()), time_zone="America/Chicago"),
        source="the former vendor",
        by="it:lee",
    )
    assert done.ok
    assert (done.opt_outs, done.consents) == (1, 2)
    here = at_work.consent.state(PATIENT, person=PERSON)
    (grant,) = there.consent.state(PATIENT, person=PERSON).grants
    assert (grant.categories, grant.basis) == (here.grants[0].categories, here.grants[0].basis)
    assert there.consent.state("+12175550135", person="pat-882").revoked_at is not None


def test_an_export_is_on_record_before_the_first_line(at_work: Messenger) -> None:
    """Whoever breaks it off has read something all the same."""

    class Full:
        def write(self, text: str, /) -> object:
            msg = "no space left"
            raise OSError(msg)

    with pytest.raises(OSError, match="no space"):
        at_work.export_consents(opt_outs=Full(), consents=Full(), by="it:kim", reason="they leave")
    in_two_files(at_work)
    told = [e for e in at_work.audit() if e.act is Act.CONSENTS_EXPORTED]
    assert [event.details["step"] for event in told] == ["begun", "begun", "finished"]
    assert told[-1].details["opt_outs"] == 1
    assert {event.actor for event in told} == {"it:kim"}


@pytest.mark.parametrize("blank", ["by", "reason"])
def test_nobody_exports_without_name_and_reason(at_work: Messenger, blank: str) -> None:
    """Both go on record."""
    with pytest.raises(InvalidInput, match=blank):
        in_two_files(at_work, **{blank: " "})


def test_a_long_ledger_is_exported_page_by_page(make_messenger: Callable[..., Messenger]) -> None:
    """Each row once, with progress."""
    messenger = make_messenger()
    numbers = [f"+1217555{n:04d}" for n in range(100, 350)]
    rows = [
        ImportedConsent(number=n, person=f"p{n[-4:]}", occurred_at=START, basis="spoken")
        for n in numbers
    ]
    stops = [ImportedOptOut(number=number, occurred_at=START) for number in numbers[::2]]
    messenger.import_consents(rows, opt_outs=stops, source="old", by="it")
    seen: list[ExportReport] = []
    opt_outs, consents = StringIO(), StringIO()
    report = messenger.export_consents(
        opt_outs=opt_outs, consents=consents, by="it", reason="moving", progress=seen.append
    )
    assert len(seen) == 4  # two pages of chains, for either file
    assert seen[-1] == report
    told = [row["number"] for row in csv.DictReader(StringIO(consents.getvalue()))]
    assert sorted(told) == numbers
    stopped = [row["number"] for row in csv.DictReader(StringIO(opt_outs.getvalue()))]
    assert sorted(stopped) == numbers[::2]


def test_both_messengers_export_the_same(
    messenger: Messenger,
    practice: Practice,
    provider: Twilio,
    make_store: Callable[[], SQLite | PostgreSQL],
) -> None:
    """On an event loop as without one."""
    agree(messenger)

    async def export() -> tuple[str, str]:
        opt_outs, consents = StringIO(), StringIO()
        async with AsyncMessenger(practice=practice, provider=provider, store=make_store()) as own:
            await own.export_consents(
                opt_outs=opt_outs, consents=consents, by="it:kim", reason="the practice leaves"
            )
        return opt_outs.getvalue(), consents.getvalue()

    assert asyncio.run(export()) == in_two_files(messenger)[:2]


@pytest.fixture
def export(database: Path, tmp_path: Path) -> Callable[..., Result]:
    """Runs the command; later options win."""

    def run(*arguments: str) -> Result:
        told = ["export", f"{tmp_path}/out", "--database", str(database), "--practice", "lakeside"]
        told += ["--by", "it:kim", "--reason", "the practice leaves"]
        return CliRunner().invoke(commands, [*told, *arguments])

    return run


def test_the_command_writes_both_files(
    make_messenger: Callable[..., Messenger], export: Callable[..., Result], tmp_path: Path
) -> None:
    """They are for their owner alone, never overwritten, and read again by the import."""
    keyring = Keyring.generate()
    keyring.write(tmp_path / "keys")
    messenger = make_messenger(keyring=keyring)
    agree(messenger)
    done = export("--keyring", f"{tmp_path}/keys")
    assert done.exit_code == 0, done.output
    assert "consents" in done.stdout
    paths = [tmp_path / "out" / name for name in ("opt-outs.csv", "consents.csv")]
    assert [path.stat().st_mode & 0o777 for path in paths] == [0o600, 0o600]
    assert PERSON in paths[1].read_text("utf-8")
    again = export("--keyring", f"{tmp_path}/keys")
    assert again.exit_code == 2
    assert "not overwritten" in again.stderr

    read = ["import", "--database", f"{tmp_path}/there.db", "--new", "--practice", "lakeside"]
    read += ["--time-zone", "America/Chicago", "--source", "former", "--by", "it", "--write"]
    read += ["--keyring", f"{tmp_path}/keys", "--opt-outs", str(paths[0])]
    read += ["--consents", str(paths[1]), "--no-opt-outs-because", "nobody opted out"]
    imported = CliRunner().invoke(commands, read)
    assert imported.exit_code == 0, imported.output


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--practice", "lakside"], "no records of a practice"),
        (["--reason", " "], "reason"),
        (["--keyring", __file__], "key"),
    ],
)
def test_a_command_that_fails_leaves_no_file(
    make_messenger: Callable[..., Messenger],
    export: Callable[..., Result],
    tmp_path: Path,
    arguments: list[str],
    words: str,
) -> None:
    """Half of an export permits too much; and the next try finds nothing in its way."""
    agree(make_messenger())
    failed = export(*arguments)
    assert failed.exit_code != 0
    assert words in failed.stderr
    assert not list((tmp_path / "out").glob("*"))
    assert export().exit_code == 0


def test_the_command_needs_a_folder(
    make_messenger: Callable[..., Messenger], export: Callable[..., Result], tmp_path: Path
) -> None:
    """Where a file lies in the way of the folder it says so."""
    agree(make_messenger())
    (tmp_path / "file").write_text("")
    told = CliRunner().invoke(
        commands,
        [
            *("export", f"{tmp_path}/file/out", "--database", f"{tmp_path}/texting.db"),
            *("--practice", "lakeside", "--by", "it", "--reason", "moving"),
        ],
    )
    assert told.exit_code != 0


def test_written_permission_is_told_of_a_practice_that_never_texted(
    make_messenger: Callable[..., Messenger], export: Callable[..., Result], tmp_path: Path
) -> None:
    """Its names are in no row yet, so that they are passed."""
    messenger = make_messenger()
    messenger.consent.grant(**in_writing(PATIENT, PERSON))
    assert export("--practice-name", "Lakeside Family Medicine").exit_code == 0
    told = (tmp_path / "out" / "consents.csv").read_text("utf-8")
    (row,) = csv.DictReader(StringIO(told))
    assert row["tier"] == "written"


def test_a_stop_during_the_export_is_in_its_file(
    make_messenger: Callable[..., Messenger],
) -> None:
    """Opt-outs are read last, so that no consent that was read before goes out without its STOP."""
    messenger = make_messenger()
    numbers = [f"+1217555{n:04d}" for n in range(100, 350)]
    rows = [
        ImportedConsent(number=n, person=f"p{n[-4:]}", occurred_at=START, basis="spoken")
        for n in numbers
    ]
    messenger.import_consents(
        rows, opt_outs=None, source="old", by="it", no_opt_outs_because="none kept"
    )

    def stop(so_far: ExportReport) -> None:
        while numbers and so_far.consents == 250:  # the last of them is written
            messenger.consent.revoke(numbers.pop(), channel="spoken", recorded_by="ana")

    opt_outs, consents = StringIO(), StringIO()
    report = messenger.export_consents(
        opt_outs=opt_outs, consents=consents, by="it", reason="moving", progress=stop
    )
    assert (report.consents, report.opt_outs) == (250, 250)


def test_whoever_is_erased_during_the_export_leaves_their_stop(
    make_messenger: Callable[..., Messenger], clock: MovableClock
) -> None:
    """Their consent is in one file already, and no number is left to tell it by in the other."""
    messenger = make_messenger(keyring=Keyring.generate())
    messenger.consent.grant(PATIENT, person=PERSON, basis="spoken", recorded_by="ana")
    clock.advance(timedelta(minutes=1))
    messenger.consent.revoke(PATIENT, channel="spoken", recorded_by="ana")

    def erase(_: ExportReport) -> None:
        if messenger.history(PERSON).consent:
            messenger.erase(PERSON, by="privacy:kim", reason="asked for")

    opt_outs, consents = StringIO(), StringIO()
    report = messenger.export_consents(
        opt_outs=opt_outs, consents=consents, by="it", reason="moving", progress=erase
    )
    assert (report.consents, report.opt_outs) == (1, 1)
    assert "5550134" in opt_outs.getvalue().replace("-", "")


def test_voided_consent_and_categories_of_ones_own_after_start_are_left_out() -> None:
    """Nobody can tell from a row that it was an error, or that a category of theirs sells."""
    assert rows_of([granted(0), voided(1)]) == []
    assert list(consent_lines([granted(0), voided(1)], ME, NAMES)) == [None]
    own = [granted(0, categories=["classes", "care"]), revoked(1), restored(2)]
    (row,) = rows_of(own)
    assert isinstance(row, ImportedConsent)
    assert row.categories == ("care",)
