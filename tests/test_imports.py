"""Files of another system: each row becomes a record, or is reported without being repeated."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, date, datetime, timedelta, timezone
from functools import partial
from io import BytesIO
from zoneinfo import ZoneInfo

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from compliant_sms import Basis, Channel, Practice, Tier, Wording
from compliant_sms.consent import Dated, Granted, Revoked, Signature, SignatureKind
from compliant_sms.errors import InvalidInput
from compliant_sms.imports import (
    CONSENT_COLUMNS,
    OPT_OUT_COLUMNS,
    BadRow,
    ImportedConsent,
    ImportedOptOut,
    ImportPlan,
    ImportReport,
    Judge,
    Kind,
    RowProblem,
    read_consents,
    read_opt_outs,
    row_key,
)
from test_consent import AGREEMENT, SIGNATURE, STEADY, WORDING

ZONE = "America/Chicago"
NUMBER = "+12175550134"
AT = datetime(2026, 11, 30, 16, 0, tzinfo=UTC)
HEAD = "number,person,occurred_at,basis"
WRITTEN = {
    "number": NUMBER,
    "person": "pat-881",
    "occurred_at": "2025-03-02",
    "basis": "web_form",
    "tier": "written",
    "wording_version": "2026-03",
    "signer": "pat-881",
    "act": "ticked an unticked box",
    "seller": "Lakeside Family Medicine",
    "signed_number": NUMBER,
    "signature": "ticked_box",
    "box_was_unticked": "yes",
    "authorises_automated_marketing": "yes",
    "not_a_condition_of_purchase": "true",
    "clear_and_conspicuous": "1",
}


def lines(text: str) -> list[bytes]:
    """A file as an open binary file gives it."""
    return list(BytesIO(text.encode()))


def consents(text: str, **options: object) -> list[ImportedConsent | BadRow]:
    options = {"time_zone": ZONE, "wordings": [WORDING]} | options
    return list(read_consents(lines(text), **options))  # type: ignore[arg-type]


def opt_outs(text: str, **options: object) -> list[ImportedOptOut | BadRow]:
    return list(read_opt_outs(lines(text), **({"time_zone": ZONE} | options)))  # type: ignore[arg-type]


def one(rows: Iterable[ImportedConsent | ImportedOptOut | BadRow]) -> ImportedConsent:
    """The only row, which is a record."""
    (row,) = rows
    assert not isinstance(row, BadRow), row
    return row  # type: ignore[return-value]


def flaws(rows: Iterable[object]) -> list[tuple[int, str]]:
    """Where something is wrong: line and column."""
    return [
        (row.line, flaw.column) for row in rows if isinstance(row, BadRow) for flaw in row.flaws
    ]


def signed(**changes: str) -> str:
    """A file with one written consent; cells can be replaced."""
    row = WRITTEN | changes
    return f"{','.join(row)}\n{','.join(row.values())}\n"


def judged(record: ImportedConsent | ImportedOptOut, **changes: object) -> object:
    """What a record becomes for the practice of these tests."""
    plan = ImportPlan(
        practice_id="lakeside",
        names=("Lakeside Family Medicine",),
        time_zone=ZONE,
        source="old-ehr",
        by="it:j.ortiz",
        **changes,  # type: ignore[arg-type]
    )
    return Judge(plan, AT).event(record, "e-1", AT)


def agreed(**changes: object) -> ImportedConsent:
    """A spoken consent; any field can be replaced."""
    fields: dict[str, object] = {
        "number": NUMBER,
        "person": "pat-881",
        "occurred_at": date(2025, 3, 2),
        "basis": "spoken",
    }
    return ImportedConsent(**(fields | changes))  # type: ignore[arg-type]


# Files


def test_a_row_becomes_a_record() -> None:
    """Each cell of a full row arrives in its field, whatever the order of the columns."""
    text = (
        "reference,occurred_at,basis,person,number,categories,given_to,wording_version,unknown\n"
        "form-7,2025-03-02,intake_form, pat-881 ,(217) 555-0134,care; billing,Lakeside,2026-03,x\n"
    )

    assert one(consents(text)) == agreed(
        basis=Basis.INTAKE_FORM,
        categories=["billing", "care"],
        given_to="Lakeside",
        reference="form-7",
        wording=WORDING,
    )
    assert one(opt_outs("number,channel,person\n217-555-0134,text,pat-881\n")) == ImportedOptOut(
        number=NUMBER, channel=Channel.TEXT, person="pat-881"
    )


def test_the_least_that_is_needed() -> None:
    """An opt-out needs a number; a consent person, date and basis too, and covers what is usual."""
    stop = one(opt_outs("number\n2175550134\n"))
    grant = one(consents(f"{HEAD}\n{NUMBER},p,2025-03-02,spoken\n"))

    assert (stop.occurred_at, stop.channel) == (None, "other_system")  # type: ignore[attr-defined]
    assert (grant.tier, grant.categories) == (
        Tier.PRIOR_EXPRESS,
        ("answers", "appointments", "care"),
    )


def test_written_consent_arrives_whole() -> None:
    """All that written consent needs can be told in a row."""
    record = one(consents(signed()))

    assert record.tier is Tier.PRIOR_EXPRESS_WRITTEN
    assert record.categories == ("promotions",)
    assert record.signature == SIGNATURE
    assert record.agreement == evolve(AGREEMENT, number=record.number)
    assert isinstance(judged(record), Granted)


@pytest.mark.parametrize(
    "column",
    [
        "wording_version",
        "signer",
        "act",
        "seller",
        "signed_number",
        "signature",
        "box_was_unticked",
        "authorises_automated_marketing",
        "not_a_condition_of_purchase",
        "clear_and_conspicuous",
    ],
)
def test_written_consent_needs_each_of_its_elements(column: str) -> None:
    """With any element missing there is no written consent, and the column is named."""
    found = consents(signed(**{column: ""}))

    if isinstance(found[0], ImportedConsent):  # the wording is missed when the event is made
        assert [flaw.column for flaw in judged(found[0])] == [column]  # type: ignore[attr-defined]
    else:
        assert flaws(found) == [(2, "signer" if column == "act" else column)]


@pytest.mark.parametrize(
    ("cells", "column"),
    [
        ({"signature": "none"}, "signature"),
        ({"box_was_unticked": "no"}, "box_was_unticked"),
        ({"authorises_automated_marketing": "no"}, "authorises_automated_marketing"),
        ({"not_a_condition_of_purchase": "N"}, "not_a_condition_of_purchase"),
        ({"clear_and_conspicuous": "0"}, "clear_and_conspicuous"),
        ({"seller": "Prairie Dental"}, "seller"),
        ({"signed_number": "+12175550199"}, "signed_number"),
    ],
)
def test_written_consent_that_falls_short_is_refused(cells: dict[str, str], column: str) -> None:
    """What 47 CFR 64.1200(f)(9) asks for and the wording did not say is told, with its law."""
    (flaw,) = judged(one(consents(signed(**cells))))  # type: ignore[misc]

    assert (flaw.column, "CFR" in flaw.reason) == (column, True)


def test_a_signature_of_another_kind_needs_no_box() -> None:
    """Only a ticked box has to have been empty before."""
    record = one(consents(signed(signature="wet_ink", box_was_unticked="")))

    assert record.agreement is not None
    assert record.agreement.signature is SignatureKind.WET_INK
    assert isinstance(judged(record), Granted)


def test_records_made_in_code_are_judged_alike() -> None:
    """A written consent without its evidence, a form without wording, and nothing covered."""
    written = agreed(tier=Tier.PRIOR_EXPRESS_WRITTEN)

    assert [f.column for f in judged(written)] == ["wording_version", "signer", "seller"]  # type: ignore[attr-defined]
    assert [f.column for f in judged(agreed(basis="paper_form"))] == ["wording_version"]  # type: ignore[attr-defined]
    assert [f.column for f in judged(agreed(categories=[]))] == ["categories"]  # type: ignore[attr-defined]


def test_columns_can_have_names_of_their_own() -> None:
    """The file's own headers are mapped, and what is the same for all rows is said once."""
    text = "Mobile Phone,MRN,Signed\n217.555.0134,pat-881,03/02/2025\n"
    record = one(
        consents(
            text,
            columns={"number": "Mobile Phone", "person": "MRN", "occurred_at": "Signed"},
            values={"basis": "intake_form", "wording_version": "2026-03"},
            date_format="%m/%d/%Y",
        )
    )

    assert record == agreed(basis="intake_form", wording=WORDING)


def test_a_value_for_all_yields_to_the_row() -> None:
    """What a row says counts; the value for all stands where it says nothing."""
    text = f"{HEAD}\n{NUMBER},p,2025-03-02,booking\n{NUMBER},p,2025-03-03,\n"

    assert [row.basis for row in consents(text, values={"basis": "spoken"})] == [  # type: ignore[union-attr]
        "booking",
        "spoken",
    ]


@pytest.mark.parametrize("column", ["number", "person", "occurred_at", "signer", "signed_number"])
def test_nobody_agrees_for_all(column: str) -> None:
    """Who agreed, and when, cannot be said once for every row."""
    with pytest.raises(InvalidInput, match=f"{column} cannot be the same"):
        consents(f"{HEAD}\n", values={column: "x"})


@pytest.mark.parametrize(
    ("text", "options", "words"),
    [
        ("", {}, "names no column for 'number'"),
        ("\n\n", {}, "names no column for 'number'"),
        ("number;person\n", {}, "separated by semicolons"),
        ("number,person,occurred_at\n", {}, "names no column for 'basis'"),
        (
            f"{HEAD}\n",
            {"columns": {"tier": "Tier"}},
            "'Tier', which was said to be 'tier'",
        ),
        (f"{HEAD}\n", {"columns": {"Phone": "number"}}, "no column 'Phone'"),
        (f"{HEAD}\n", {"values": {"Basis": "spoken"}}, "no column 'Basis'"),
        (f"{HEAD},number\n", {}, "two columns for 'number'"),
        (f"{HEAD}\n", {"time_zone": "Central"}, "IANA"),
        (f"{HEAD}\n", {"region": "us"}, "region is unknown"),
        (f"{HEAD}\n", {"date_format": "%m/%d/%y"}, "four figures"),
        (f"{HEAD}\n", {"date_format": "%Y"}, "four figures"),
        (f"{HEAD}\n", {"date_format": "%Y-%m-%d %H:%M %Z"}, "names of time zones"),
        (f'{HEAD}\n"{NUMBER},p,2025-03-02,spoken\n', {}, "line 2 .* quotation mark"),
        (f'{HEAD}\n\n"a"b,p,2025-03-02,spoken\n', {}, "line 3 .* quotation mark"),
        (f"{HEAD}\n{NUMBER}\0,p,2025-03-02,spoken\n", {}, "line 2 .* zero bytes"),
        (f"{HEAD}\n{'x' * 1_000_001}\n", {}, "line 2 .* no CSV"),
        (f"{HEAD}\r{NUMBER},p,2025-03-02,spoken\r", {}, "line ends"),
    ],
)
def test_what_is_no_such_file_is_refused(text: str, options: dict[str, object], words: str) -> None:
    """A file that cannot be understood as a whole is refused with a way out."""
    with pytest.raises(InvalidInput, match=words) as caught:
        consents(text, **options)

    assert NUMBER not in str(caught.value)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ("number\n".encode("utf-16"), "UTF-16"),
        (b"number,reference\n+12175550134,caf\xe9\n", "line 2 .* no UTF-8"),
        ("número\n".encode("cp1252"), "line 1 .* no UTF-8"),
    ],
)
def test_other_encodings_are_refused(data: bytes, words: str) -> None:
    """What is no UTF-8 is not guessed at; the message says how to save the file."""
    with pytest.raises(InvalidInput, match=words) as caught:
        list(read_opt_outs(BytesIO(data), time_zone=ZONE))

    assert "CSV in UTF-8" in str(caught.value)
    assert caught.value.__context__ is None


@pytest.mark.parametrize("start", ["", "\ufeff"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_files_of_windows_are_read(start: str, end: str) -> None:
    """A byte order mark and either line end make no difference."""
    text = f"{start}number,reference{end}{NUMBER},café{end}"

    assert one(opt_outs(text)).reference == "café"


def test_lines_are_counted_as_an_editor_does() -> None:
    """A row is named by its first line, also after blank lines and cells of several lines."""
    text = (
        f"{HEAD},reference\n\n"
        f'{NUMBER},p,2025-03-02,spoken,"two\nlines"\n'
        ",,,,\n"
        f"{NUMBER},p,2025-03-02,telepathy,r\n"
        f"{NUMBER},p,2025-03-02\n"
    )

    assert flaws(consents(text)) == [(3, ""), (6, "basis"), (7, "")]


def test_each_flaw_of_a_row_is_told() -> None:
    """Whoever mends a row need not import it again to learn of the next flaw."""
    text = f"{HEAD},tier,wording_version,categories\n555-0134,,02/03/2025,telepathy,gold,9,care\n"

    assert flaws(consents(text)) == [
        (2, column)
        for column in ("number", "person", "occurred_at", "basis", "tier", "wording_version")
    ]
    assert flaws(opt_outs("number,occurred_at,channel\n,tomorrow,smoke\n")) == [
        (2, "number"),
        (2, "occurred_at"),
        (2, "channel"),
    ]
    assert flaws(opt_outs("number\n1,2\n")) == [(2, "")]


@pytest.mark.parametrize(
    ("cells", "column"),
    [
        (",I agree.", "wording_version"),
        ("2026-03,I agree.", "wording"),
        ("1999-01,", "wording_version"),
    ],
)
def test_a_wording_is_the_one_that_was_given(cells: str, column: str) -> None:
    """A wording has a version, a version a wording, and one version one wording."""
    text = f"{HEAD},wording_version,wording\n{NUMBER},p,2025-03-02,web_form,{cells}\n"

    assert flaws(consents(text)) == [(2, column)]


def test_a_row_can_bring_its_wording() -> None:
    """A wording of its own in the row counts, and one that repeats what was given does too."""
    text = (
        f"{HEAD},wording_version,wording\n"
        f"{NUMBER},p,2025-03-02,web_form,7,I agree.\n"
        f"{NUMBER},p,2025-03-02,web_form,{WORDING.version},{WORDING.text}\n"
    )

    assert [row.wording for row in consents(text)] == [  # type: ignore[union-attr]
        Wording(text="I agree.", version="7"),
        WORDING,
    ]


def test_a_signature_counts_for_any_tier() -> None:
    """Who signed a form of prior express consent is kept too."""
    text = f"{HEAD},signer,act\n{NUMBER},p,2025-03-02,spoken,p,signed\n"

    assert one(consents(text)).signature == Signature(signer="p", act="signed")


# Dates

CHICAGO = ZoneInfo(ZONE)


@pytest.mark.parametrize(
    ("cell", "first", "last"),
    [
        ("2025-03-02", date(2025, 3, 2), date(2025, 3, 2)),
        ("2025-03-02T14:30Z", "2025-03-02T14:30:00.000000", "2025-03-02T14:30:59.999999"),
        ("2025-03-02 14:30:05", "2025-03-02T20:30:05.000000", "2025-03-02T20:30:05.999999"),
        (
            "2025-03-02T14:30:05.25-06:00",
            "2025-03-02T20:30:05.250000",
            "2025-03-02T20:30:05.250000",
        ),
        # The hour that comes twice, and the one that does not come.
        ("2025-11-02 01:30:00.0", "2025-11-02T06:30:00.000000", "2025-11-02T07:30:00.000000"),
        ("2025-03-09 02:30:00.0", "2025-03-09T07:30:00.000000", "2025-03-09T08:30:00.000000"),
    ],
)
def test_a_time_is_as_exact_as_it_is_written(
    cell: str, first: str | date, last: str | date
) -> None:
    """A consent counts from the first instant that a cell can mean, an opt-out from the last."""

    def told(value: object) -> object:
        if isinstance(value, datetime):
            return value.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds")
        return value

    grant = one(consents(f"{HEAD}\n{NUMBER},p,{cell},spoken\n"))
    stop = one(opt_outs(f"number,occurred_at\n{NUMBER},{cell}\n"))

    assert (told(grant.occurred_at), told(stop.occurred_at)) == (first, last)


@pytest.mark.parametrize(
    ("date_format", "cell", "last"),
    [
        ("%d.%m.%Y", "02.03.2025", date(2025, 3, 2)),
        ("%d.%m.%Y %H", "02.03.2025 14", date(2025, 3, 2)),
        ("%m/%d/%Y %I:%M", "03/02/2025 02:30", date(2025, 3, 2)),
        ("%m/%d/%Y %I:%M %p", "03/02/2025 02:30 PM", datetime(2025, 3, 2, 20, 30, 59, 999999, UTC)),
        ("%b %d %Y %H:%M:%S", "Mar 02 2025 14:30:05", datetime(2025, 3, 2, 20, 30, 5, 999999, UTC)),
        ("%Y%m%d%H%M%S.%f", "20250302143005.5", datetime(2025, 3, 2, 20, 30, 5, 500000, UTC)),
        ("100%% %Y-%m-%d", "100% 2025-03-02", date(2025, 3, 2)),
        (
            "%Y-%m-%d %H:%M %z",
            "2025-03-02 14:30 +0000",
            datetime(2025, 3, 2, 14, 30, 59, 999999, UTC),
        ),
    ],
)
def test_other_ways_of_writing_dates_are_told(
    date_format: str, cell: str, last: date | datetime
) -> None:
    """With a format dates are read by it and by nothing else, no more exactly than it tells."""
    text = f"number,occurred_at\n{NUMBER},{cell}\n{NUMBER},2025-03\n"
    good, bad = opt_outs(text, date_format=date_format)

    assert good.occurred_at == last  # type: ignore[union-attr]
    assert flaws([bad]) == [(3, "occurred_at")]


@pytest.mark.parametrize(
    "cell",
    [
        "03/04/2025",
        "3/4/25",
        "2025-3-4",
        "2025-02-30",
        "2025-03-02T25:00",
        "2025-W10-1",
        "20250302",
        "1740952800",
        "March 2, 2025",
        "yesterday",
        "٢٠٢٥-٠٣-٠٢",
        "0001-01-01T00:00+14:00",
        "9999-12-31T23:59:59-12:00",
    ],
)
def test_a_date_that_may_mean_two_days_is_refused(cell: str) -> None:
    """Anything but ISO 8601 is refused, and what no calendar has too."""
    assert flaws(consents(f'{HEAD}\n{NUMBER},p,"{cell}",spoken\n')) == [(2, "occurred_at")]


def test_an_opt_out_of_a_day_beats_a_consent_of_that_day() -> None:
    """A day without a time begins the consent and ends with the opt-out, where the practice is."""
    day = date(2025, 3, 2)
    grant, stop = (
        judged(agreed(occurred_at=day)),
        judged(ImportedOptOut(number=NUMBER, occurred_at=day)),
    )
    assert isinstance(grant, Granted)
    assert isinstance(stop, Revoked)

    assert grant.occurred_at == datetime(2025, 3, 2, tzinfo=CHICAGO)
    assert stop.occurred_at == datetime(2025, 3, 3, tzinfo=CHICAGO) - timedelta(microseconds=1)
    assert grant.imported is not None
    assert (grant.imported.source, grant.imported.dated) == ("old-ehr", Dated.DAY)


def test_an_opt_out_is_never_later_than_its_import() -> None:
    """One of today, and one without a date, count from the instant at which the import began."""
    today = judged(ImportedOptOut(number=NUMBER, occurred_at=date(2026, 11, 30)))
    undated = judged(ImportedOptOut(number=NUMBER))
    skewed = judged(ImportedOptOut(number=NUMBER, occurred_at=AT + timedelta(minutes=1)))

    for stop, dated in ((today, "day"), (undated, "unknown"), (skewed, "instant")):
        assert isinstance(stop, Revoked)
        assert stop.occurred_at == AT
        assert stop.imported is not None
        assert stop.imported.dated == dated


@pytest.mark.parametrize(
    "when",
    [
        date(1970, 1, 1),
        datetime(1900, 1, 1, tzinfo=UTC),
        date(2026, 12, 1),
        AT + timedelta(microseconds=1),
        datetime(9999, 12, 31, tzinfo=UTC),
        date(9999, 12, 31),
    ],
)
def test_nothing_happened_in_the_future_or_before_texts(when: date | datetime) -> None:
    """Such a date is no date: a placeholder, or a slip."""
    (flaw,) = judged(agreed(occurred_at=when))  # type: ignore[misc]

    assert flaw.column == "occurred_at"


@pytest.mark.parametrize("when", [date(1970, 1, 1), AT + timedelta(minutes=6), date(2026, 12, 1)])
def test_an_opt_out_has_no_impossible_date(when: date | datetime) -> None:
    """A placeholder would let any consent be later."""
    (flaw,) = judged(ImportedOptOut(number=NUMBER, occurred_at=when))  # type: ignore[misc]

    assert flaw.column == "occurred_at"


# Records


@pytest.mark.parametrize("bad", ["x" * 201, "a\nb", "\0", "tab\there", "\x85"])
@pytest.mark.parametrize("name", ["person", "reference", "given_to"])
def test_ids_are_ids(name: str, bad: str) -> None:
    """What is longer than any id, or holds control characters, is refused and not repeated."""
    with pytest.raises(InvalidInput, match=name) as caught:
        agreed(**{name: bad})

    assert bad not in str(caught.value)


@pytest.mark.parametrize(
    "make",
    [
        lambda: agreed(person=" "),
        lambda: agreed(basis="telepathy"),
        lambda: agreed(number="555-0134"),
        lambda: agreed(occurred_at=datetime(2025, 3, 2)),  # noqa: DTZ001
        lambda: ImportedOptOut(number=NUMBER, occurred_at=datetime(2025, 3, 2)),  # noqa: DTZ001
        lambda: ImportedOptOut(number=NUMBER, channel="smoke"),
    ],
)
def test_records_are_checked_when_they_are_made(make: Callable[[], object]) -> None:
    """Code that makes records learns at once what cannot be used."""
    with pytest.raises(InvalidInput):
        make()


def test_a_row_is_known_again_by_what_it_says() -> None:
    """The key depends on source, kind and every field, and not on the place in the file."""
    zone = timezone(timedelta(hours=-6))
    record = agreed(occurred_at=datetime(2025, 3, 2, 20, tzinfo=UTC), wording=WORDING)
    same = agreed(occurred_at=datetime(2025, 3, 2, 14, tzinfo=zone), wording=WORDING, line=7)
    stop = ImportedOptOut(number=NUMBER)
    others = [
        evolve(record, number="+12175550135"),
        evolve(record, person="pat-882"),
        evolve(record, occurred_at=date(2025, 3, 2)),
        evolve(record, basis="booking"),
        evolve(record, tier=2),
        evolve(record, categories=["care"]),
        evolve(record, wording=None),
        evolve(record, signature=SIGNATURE),
        evolve(record, agreement=AGREEMENT),
        evolve(record, given_to="x"),
        evolve(record, reference="x"),
        stop,
        evolve(stop, occurred_at=date(2025, 3, 2)),
        evolve(stop, channel="text"),
        evolve(stop, person="pat-881"),
        evolve(stop, reference="x"),
    ]

    assert row_key("old", record) == row_key("old", same)
    assert len(row_key("old", record)) == 16
    assert len({row_key("old", each) for each in [record, *others]}) == 1 + len(others)
    assert row_key("new", record) != row_key("old", record)


@pytest.mark.parametrize(
    "changes", [{"batch": 0}, {"source": " "}, {"by": ""}, {"time_zone": "CST6"}]
)
def test_a_plan_names_who_and_whence(changes: dict[str, object], practice: Practice) -> None:
    """A plan without source or actor, of another zone, or of empty batches is refused."""
    plan = ImportPlan.of(practice, source="old", by="it")
    assert plan.names == ("Lakeside Family Medicine",)

    with pytest.raises(InvalidInput):
        evolve(plan, **changes)


# Reports


def test_a_report_is_a_table() -> None:
    """The report prints its figures and where something is wrong."""
    problem = RowProblem(kind=Kind.OPT_OUT, line=7, column="number", reason="it is empty")
    report = ImportReport(
        source="old", written=False, rows=1200, problems=(problem,), more_problems=3
    )

    assert str(report).splitlines() == [
        "rows                                 1,200",
        "opt-outs would be written                0",
        "consents would be written                0",
        "repeated                                 0",
        "opt-outs that cannot be used             0",
        "consents that cannot be used             0",
        "consents withheld                        0",
        "",
        "file      line  column  reason",
        "opt-outs  7     number  it is empty",
        "and 3 more",
    ]
    assert str(evolve(report, problems=(), more_problems=0)).splitlines()[-1][-1] == "0"
    assert report.to_csv() == "file,line,column,reason\nopt-outs,7,number,it is empty\n"


# Hostile files

CELLS = st.one_of(
    st.sampled_from(["", NUMBER, "2025-03-02", "spoken", "web_form", "written", '"', ",", "\n"]),
    st.text(max_size=8),
)


def rendered(cells: Iterable[Iterable[str]]) -> bytes:
    return "\n".join(",".join(row) for row in cells).encode("utf-8", "surrogatepass")


def said(read: Callable[[], Iterator[ImportedConsent | ImportedOptOut | BadRow]]) -> str:
    """Everything that a file makes the library say."""
    try:
        return repr([row for row in read() if isinstance(row, BadRow)])
    except InvalidInput as error:
        return str(error)


@STEADY
@given(st.lists(st.lists(CELLS, max_size=8), max_size=6).map(rendered) | st.binary(max_size=200))
def test_no_file_breaks_the_reader(data: bytes) -> None:
    """Whatever stands in a file, rows are records, bad rows, or the file is refused as a whole."""
    for header, read in ((CONSENT_COLUMNS, read_consents), (OPT_OUT_COLUMNS, read_opt_outs)):
        whole = ",".join(header[:8]).encode() + b"\n" + data
        said(partial(read, BytesIO(whole), time_zone=ZONE))


CANARY = "Zanzibar"


@STEADY
@given(
    st.permutations(range(len(CONSENT_COLUMNS))), st.integers(0, len(CONSENT_COLUMNS)), st.data()
)
def test_nothing_of_a_row_is_repeated(order: list[int], good: int, data: st.DataObject) -> None:
    """Whichever cells are wrong, no message shows any of them."""
    row = {name: f"{CANARY} 2175550134 {n}" for n, name in enumerate(CONSENT_COLUMNS)}
    row |= {name: WRITTEN.get(name, "") for name in (CONSENT_COLUMNS[n] for n in order[:good])}
    text = f"{','.join(row)}\n{','.join(row.values())}\n{CANARY},2175550134\n"
    fewer = data.draw(st.integers(0, 3))

    told = said(lambda: read_consents(lines(text[: len(text) - fewer]), time_zone=ZONE))

    assert CANARY not in told
    assert not re.search(r"\d{7}", told)


@pytest.mark.parametrize("mark", [";", "\t"])
def test_a_file_with_other_marks_between_cells_is_told(mark: str) -> None:
    """As spreadsheets of other countries write it."""
    lines = [f"number{mark}person\n".encode(), f"+12175550134{mark}p\n".encode()]
    with pytest.raises(InvalidInput, match="semicolons or tabs"):
        list(read_opt_outs(lines, time_zone="America/Chicago"))
