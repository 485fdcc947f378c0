"""``compliant-sms rules`` and ``compliant-sms check``: what they say, and what they never show."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from compliant_sms import Keyring, Messenger, Practice, Profile, Purpose
from compliant_sms.classification import ImpliedBy, MessageClass, catalogue
from compliant_sms.cli._binding import TOPICS, topic_of
from compliant_sms.cli._case import Case, decided
from compliant_sms.cli._commands import commands
from compliant_sms.cli._words import answers, in_words
from compliant_sms.phone import PhoneNumber
from compliant_sms.providers import Twilio
from compliant_sms.rules import BUILT_IN, Row, load_pack
from compliant_sms.rules.rows import TABLES
from compliant_sms.stores import SQLite
from compliant_sms.testing import MovableClock
from unmeasured import surroundings

ROWS = [(pack, row) for pack in map(load_pack, BUILT_IN) for row in pack.rows]
OFFER = "Lakeside: 20% off whitening for Zelenka until Friday."
REMINDER = "Lakeside: see you Tuesday at 2:30 PM."
OWN_PACK = """
pack = "ours"
edition = "1"
title = "What our counsel asks"
country = "US"

[[hours]]
id = "hours-ours"
states = ["PA"]
monday_to_friday = "10:00-16:00"
saturday = "none"
sunday = "none"
source = "memo of counsel"
certainty = "policy"
"""


def run(*arguments: str | Path, text: str = "", status: int = 0) -> Result:
    """One call of the command line."""
    result = CliRunner().invoke(commands, [str(each) for each in arguments], input=text)
    assert result.exit_code == status, result.output
    return result


def table(*arguments: str | Path) -> list[dict[str, Any]]:
    """The lines that ``rules --json`` prints."""
    rows: list[dict[str, Any]] = json.loads(run("rules", "--json", *arguments).stdout)["rows"]
    return rows


def ids(*arguments: str | Path) -> set[str]:
    """The ids of these lines."""
    return {line["row"] for line in table(*arguments)}


def one(row: str, *arguments: str) -> dict[str, Any]:
    """The line of one row."""
    (line,) = (line for line in table(*arguments) if line["row"] == row)
    return line


def check(*options: str, body: str = OFFER, status: int) -> str:
    """What ``check`` prints about a text from standard input."""
    if "--to" not in options:
        options = ("--to", "+12175550134", *options)
    return run("check", *options, "-", text=body, status=status).output


@pytest.mark.parametrize(
    ("day", "holding", "later"),
    [
        ("2026-10-17", "hours-pa-before-act-47", {"hours-pa", "reach-pa", "revocation-revoke-all"}),
        ("2026-10-18", "hours-pa", {"revocation-revoke-all"}),
    ],
)
def test_the_table_is_that_of_the_day(day: str, holding: str, later: set[str]) -> None:
    """What is in force on the day stands there, what begins later is marked, what ended is not."""
    lines = table("--state", "PA", "--purpose", "promotion", "--date", day)

    hours = {x["row"] for x in lines if x["topic"] == "hours" and x["states"] == ["PA"]}
    assert holding in hours
    assert {line["row"] for line in lines if line["status"] == "later"} == later
    assert hours - later == {holding}


def test_a_day_without_a_date_is_told_as_such() -> None:
    """A ruleset whose day nobody knows is shown, and as not in force."""
    line = one("revocation-fcc-26-67", "--date", "2030-01-01")

    assert line["status"] == "no date is known yet"
    assert "no date is known yet" in run("rules", "--markdown", "--date", "2030-01-01").stdout


def test_a_reminder_has_no_hours_by_law_and_a_promotion_has() -> None:
    """A purpose restricts the table to what binds it."""
    place = ("--state", "PA", "--state", "FL", "--date", "2026-11-23")
    promotion, reminder = (
        ids(*place, "--purpose", "promotion"),
        ids(*place, "--purpose", "appointment_reminder"),
    )

    bind_promotions_only = {
        "quiet-hours-federal",
        "hours-pa",
        "hours-fl",
        "cap-fl",
        "relationship-pa",
        "dnc-registry-age",
        "do-not-call-federal",
        "holiday-christmas",
        "registration-pa",
        "consent-fl",
    }
    assert bind_promotions_only <= promotion
    assert not bind_promotions_only & reminder
    assert {"exemption-characters", "honor-opt-out", "majority", "penalty-federal"} <= reminder
    assert "exemption-characters" not in promotion


def test_maine_demands_the_reassigned_check_and_alabama_another_age() -> None:
    """Rows of the states that are asked about join those of the country."""
    assert "reassigned-check-me" in ids("--state", "me", "--purpose", "promotion")
    assert "majority-al-ne" in ids("--state", "AL", "--purpose", "appointment_reminder")
    assert not {line["row"] for line in table("--purpose", "promotion") if line["states"]}


def test_holidays_stand_where_they_close_something() -> None:
    """A state whose hours know no holidays needs none of them."""
    assert "holiday-christmas" in ids("--state", "PA", "--purpose", "promotion")
    assert "holiday-christmas" not in ids("--state", "TX", "--purpose", "promotion")
    assert "holiday-christmas" in ids()


@pytest.mark.parametrize("country", ["US", "CA", "GB", "AU"])
def test_every_row_is_listed_by_id(country: str) -> None:
    """Whoever overrides a row finds its id: in each form that ``--all`` has."""
    expected = {row.id for pack, row in ROWS if pack.country in {None, country}}

    assert ids("--all", "--country", country) == expected
    for form in ((), ("--markdown",)):
        shown = "".join(run("rules", "--all", "--country", country, *form).stdout.split())
        assert all(row_id in shown or form == () for row_id in expected)


def test_each_kind_of_row_has_words() -> None:
    """No row of any pack falls back to its id, and each has a topic."""
    assert {in_words.dispatch(kind) for kind in TABLES.values()} & {in_words.dispatch(Row)} == set()
    for _, row in ROWS:
        assert re.search(r"\w.*\.$", in_words(row), re.DOTALL), row.id
        assert topic_of(row) in TOPICS


def test_a_kind_of_row_that_is_new_shows_its_note() -> None:
    """Words are there for rows that nobody wrote words for."""
    plain = Row(id="new", source="a source", certainty="policy", note="It is so.\n")

    assert (in_words(plain), topic_of(Plain(id="new", source="s", certainty="policy"))) == (
        "It is so.",
        "limits",
    )


class Plain(Row):
    """A kind that no table has."""

    table = "plain"


@pytest.mark.parametrize("code", sorted(catalogue()))
def test_each_purpose_has_a_table(code: str) -> None:
    """Every purpose answers the questions that everybody has, each with a source."""
    lines = table("--purpose", code, "--state", "RI", "--carriers")

    topics = {line["topic"] for line in lines}
    assert {"class", "consent", "hours", "opt-out line", "HIPAA", "healthcare exemption"} <= topics
    assert all(line["source"].strip() and line["certainty"] for line in lines)
    assert {answer.topic for answer in answers(catalogue()[code])} <= set(TOPICS)


def test_the_answer_to_the_patient_has_its_limit() -> None:
    """What binds one purpose only stands with that one."""
    assert "care-reply-within" in ids("--purpose", "care_conversation")
    assert "care-reply-within" not in ids("--purpose", "billing")
    assert "opt-in-fees-notice" in ids("--purpose", "opt-in-confirmation")
    assert "opt-out-confirmation" in ids("--purpose", "opt_out_confirmation")
    assert "at-t-75-100" in ids("--purpose", "billing", "--carriers")
    assert "at-t-75-100" not in ids("--purpose", "emergency_alert", "--carriers")


def test_countries_have_their_own() -> None:
    """Elsewhere the table is that country's, and says what else binds."""
    canada = run("rules", "--country", "ca", "--purpose", "promotion", "--state", "ON")

    assert "implied-consent-purchase" in canada.stdout.replace("\n", "")
    assert "--country" in canada.stdout
    assert "quiet-hours-federal" not in ids("--country", "GB")
    assert "implied-consent-purchase" not in ids(
        "--country", "CA", "--purpose", "appointment_reminder"
    )


@pytest.mark.parametrize(
    "options",
    [
        (),
        ("--state", "PA", "--purpose", "promotion", "--carriers"),
        ("--all",),
        ("--list-purposes",),
    ],
)
def test_the_table_fits_into_80_columns(options: tuple[str, ...]) -> None:
    """Nothing is cut off and no line is longer."""
    shown = run("rules", *options).stdout

    assert max(map(len, shown.splitlines())) <= 80
    assert "\N{HORIZONTAL ELLIPSIS}" not in shown
    assert "\x1b" not in shown


def test_markdown_has_whole_rows() -> None:
    """Each row of each table has three cells, whatever stands in them."""
    rows = [
        line for line in run("rules", "--all", "--markdown").stdout.splitlines() if line[:1] == "|"
    ]

    assert len(rows) > 300
    assert {len(re.findall(r"(?<!\\)\|", row)) for row in rows} == {4}


def test_a_pack_of_ones_own_joins(tmp_path: Path) -> None:
    """Its rows stand beside the library's, and one sees whose they are."""
    file = tmp_path / "ours.toml"
    file.write_text(OWN_PACK, "utf-8")
    options = ("--pack", file, "--state", "PA", "--purpose", "promotion")

    assert {"hours-ours", "hours-pa"} <= ids(*options)
    assert "your pack ours" in run("rules", "--markdown", *options).stdout
    assert "hours-ours" not in ids("--pack", file, "--state", "TX")


def test_a_bad_pack_prints_all_its_problems(tmp_path: Path) -> None:
    """Whoever writes one sees everything at once, of all files."""
    first, second = tmp_path / "first.toml", tmp_path / "second.toml"
    first.write_text('pack = "x"\nspeed = 3\n[[cap]]\nid = "a"\n', "utf-8")
    second.write_text("= what\n", "utf-8")

    told = run("rules", "--pack", first, "--pack", second, status=1).output

    for problem in ("edition is missing", "speed is unknown", "cap a: count is missing", "no TOML"):
        assert problem in told
    assert "second.toml" in told


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (("--date", "yesterday"), "2026-11-23"),
        (("--date", "2026-02-30"), "2026-11-23"),
        (("--state", "XX"), "there is no state XX"),
        (("--state", "ON"), "there is no state ON in US"),
        (("--country", "FR"), "FR"),
        (("--purpose", "promo"), "Did you mean promotion?"),
        (("--purpose", "zzz"), "--list-purposes"),
        (("--json", "--markdown"), "exclude each other"),
        (("--all", "--purpose", "promotion"), "--all"),
        (("--all", "--state", "PA"), "--all"),
        (("--pack", "missing.toml"), "does not exist"),
    ],
)
def test_what_cannot_be_meant_is_said(options: tuple[str, ...], says: str) -> None:
    """A mistake ends with status 2 and words, not with a traceback."""
    told = run("rules", *options, status=2).output

    assert says in told
    assert "Traceback" not in told


def test_a_pack_that_is_no_text_is_said(tmp_path: Path) -> None:
    """Bytes that are no UTF-8 are refused by name."""
    file = tmp_path / "bytes.toml"
    file.write_bytes(b"\xff\xfe\x00")

    assert "UTF-8" in run("rules", "--pack", file, status=2).output


def test_the_purposes_are_listed() -> None:
    """Each code of the catalogue can be found, in each form."""
    listed = json.loads(run("rules", "--list-purposes", "--json").stdout)

    assert [row["purpose"] for row in listed] == list(catalogue())
    for form in ((), ("--markdown",)):
        shown = run("rules", "--list-purposes", *form).stdout
        assert all(code in shown for code in catalogue())


def test_a_text_that_may_go() -> None:
    """The verdict comes first, then what permits it."""
    said = check(
        *("--purpose", "appointment_reminder", "--consent", "express"),
        *("--at", "2026-11-23T12:00-06:00", "--practice-name", "Lakeside"),
        body=REMINDER,
        status=0,
    )

    assert said.startswith("May go now\n")
    assert "The patient agreed to this on 2026-11-23." in said
    assert '"Reply STOP to opt out." would be added' in said


def test_a_text_that_waits_says_until_when_on_the_patients_clock() -> None:
    """The local time of whoever gets it, by the weekday."""
    said = check(
        *("--purpose", "promotion", "--consent", "written", "--to", "+12155550134"),
        *("--state", "PA", "--time-zone", "America/New_York", "--at", "2026-11-23T20:30-05:00"),
        status=3,
    )

    assert said.startswith("Waits until Tue Nov 24, 9:00 AM in America/New_York\n")
    assert "What to do: Nothing" not in said
    assert "73 P.S. 2241" in said


def test_a_hold_over_new_year_names_the_year_and_each_clock() -> None:
    """A number that may be in two zones gets both times; a time in another year says so."""
    said = check(
        *("--purpose", "promotion", "--consent", "written", "--to", "+18505550134"),
        *("--at", "2026-12-31T22:30-05:00"),
        status=3,
    )

    first = said.partition("\n\n")[0].replace("\n", " ")
    assert "Fri Jan 1, 2027, 9:00 AM in America/New_York" in first
    assert "8:00 AM in America/Chicago" in first


def test_a_text_that_may_not_go_gives_all_reasons_with_remedy_and_citation() -> None:
    """A front desk sees what to do, and a lawyer where it stands."""
    said = check("--purpose", "promotion", "--nonprofit", "--revoked", status=4)

    assert said.startswith("May not go\n")
    assert "  1. This number asked us to stop texting" in said
    assert "What to do: " in said
    assert "47 CFR 64.1200(a)(10)" in said
    assert "After that, the number asked for an end" in said


def test_a_nonprofit_needs_less() -> None:
    """``--nonprofit`` reaches the rules: oral consent is enough for a promotion."""
    options = ("--purpose", "promotion", "--consent", "express", "--at", "2026-11-23T12:00-06:00")

    assert check(*options, status=4).startswith("May not go")
    assert check(*options, "--nonprofit", status=0).startswith("May go now")


def test_a_promotion_in_disguise_is_decided_as_one() -> None:
    """What the text says decides, and the places in it are told by offset."""
    said = check("--purpose", "appointment_reminder", "--consent", "express", status=4)

    assert "Purpose: appointment_reminder; decided as marketing" in said
    assert re.search(r"discount at \d+-\d+", said)


def test_the_practice_is_looked_for_when_it_is_named() -> None:
    """Without a name nothing is said about it, and that is told."""
    options = ("--purpose", "promotion", "--consent", "written", "--at", "2026-11-23T12:00-06:00")

    assert "no --practice-name was given" in check(*options, status=0)
    assert "does not name the practice" in check(*options, "--practice-name", "Bayside", status=4)
    assert "no --practice-name was given" in check(*options, "--practice-name", " ", status=0)


def test_answers_to_a_patient_are_taken_as_such() -> None:
    """A conversation and the confirmation of a STOP answer a text of this moment."""
    said = check("--purpose", "care_conversation", body="Yes, take it with food.", status=0)
    assert "came in this moment" in said

    confirmation = "Lakeside: you get no more texts from us."
    check("--purpose", "opt_out_confirmation", "--revoked", body=confirmation, status=0)
    check("--purpose", "opt_out_confirmation", body=confirmation, status=4)


def test_the_text_and_the_number_are_never_shown() -> None:
    """No word of the body stands in any output but by its offset, and the number is masked."""
    body = "Zelenka, SSN 219-09-9999, metformin: 20% off at https://zelenka.example/q?x=1"
    options = ("--purpose", "promotion", "--consent", "written", "--practice-name", "Lakeside")
    for form in ((), ("--json",)):
        said = check(*options, *form, body=body, status=4)
        for word in ("Zelenka", "zelenka", "219-09", "metformin", "20%", "2175550134", "217555"):
            assert word not in said, word
    assert "Links: at 48-" in check(*options, body=body, status=4)
    assert "Health information and identifiers: " in check(*options, body=body, status=4)
    assert body not in repr(case("promotion", body))


def case(code: str, body: str, at: datetime = datetime(2026, 11, 23, 18, tzinfo=UTC)) -> Case:
    """A case without any consent."""
    return Case(
        body=body,
        to=PhoneNumber("+12175550134"),
        purpose=catalogue()[code],
        consent="none",
        revoked=False,
        practice_name="Lakeside Family Medicine",
        nonprofit=False,
        state="PA",
        time_zone="America/New_York",
        at=at,
    )


def test_the_record_is_that_of_the_decision() -> None:
    """``--json`` prints the record, with its verdict, reasons and facts."""
    said = check("--purpose", "promotion", "--json", "--at", "2026-11-23T12:00Z", status=4)

    record = json.loads(said)
    assert record["verdict"] == "block"
    assert record["facts"]["number"] == "+1*******0134"
    assert record["facts"]["at"] == "2026-11-23T12:00:00.000000Z"
    assert {f["rule"] for f in record["findings"]} >= {"consent", "do-not-call"}


@pytest.fixture
def asked(practice: Practice, tmp_path: Path) -> Callable[[Purpose, str], Any]:
    """What a messenger decides about a text to somebody it knows nothing of."""
    provider = Twilio(
        account_sid="AC" + "5e" * 16,
        auth_token="a-token-that-signs-nothing-real",
        sender="+12175550111",
        baa_signed_on=date(2026, 1, 5),
    )
    messenger = Messenger(
        practice=practice,
        provider=provider,
        store=SQLite(tmp_path / "texting.db"),
        keyring=Keyring.generate(),
        people=lambda _: Profile(time_zone="America/New_York", state="PA"),
        clock=MovableClock(datetime(2026, 11, 23, 18, tzinfo=UTC)),
    )

    def ask(purpose: Purpose, body: str) -> Any:
        return messenger.check(to="+12175550134", person="p", purpose=purpose, body=body)

    return ask


def test_the_command_decides_as_a_messenger_does(asked: Callable[[Purpose, str], Any]) -> None:
    """For each purpose the same verdict, findings and readings, the added line included."""
    for purpose in catalogue().values():
        if purpose.message_class is MessageClass.PROTOCOL or purpose.implied_by is (
            ImpliedBy.OWN_TEXT
        ):
            continue
        for body in (OFFER, REMINDER, f"{REMINDER} Reply STOP to opt out."):
            mine, theirs = decided(case(purpose.code, body)), asked(purpose, body)
            assert (mine.verdict, mine.until, mine.findings) == (
                theirs.verdict,
                theirs.until,
                theirs.findings,
            ), purpose.code
            assert mine.facts.readings.opt_out == theirs.facts.readings.opt_out
            assert mine.facts.readings.segments == theirs.facts.readings.segments


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "it is empty"),
        (b" \n\t\n", "it is empty"),
        (b"\xff\xfeL", "UTF-8"),
        (b"Lakeside\0", "UTF-8"),
        (None, "there is no file"),
    ],
)
def test_a_file_without_a_text_is_said(tmp_path: Path, content: bytes | None, says: str) -> None:
    """Empty, binary and missing files, and the same from standard input."""
    file = tmp_path / "offer.txt"
    if content is not None:
        file.write_bytes(content)
    options = ("check", "--to", "+12175550134", "--purpose", "promotion")

    assert says in run(*options, file, status=2).output
    if content is not None:
        result = CliRunner().invoke(commands, [*options, "-"], input=content)
        assert (result.exit_code, says in result.output) == (2, True)


def test_a_file_is_read_without_its_last_line_end(tmp_path: Path) -> None:
    """Editors end a file with a line, and some begin it with a mark: both are no part of it."""
    file = tmp_path / "offer.txt"
    options = ("check", "--to", "+12175550134", "--purpose", "emergency_alert", "--json")
    file.write_bytes("\ufeffBoil all water.\r\n".encode())

    record = json.loads(run(*options, file).stdout)

    assert record["facts"]["readings"]["characters"] == len("Boil all water.")


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (("--to", "555-0134"), "area code"),
        (("--to", "not a number"), "not one phone number"),
        (("--purpose", "promotoin"), "Did you mean promotion?"),
        (("--state", "QQ"), "there is no state QQ"),
        (("--time-zone", "Mars/Olympus"), "IANA"),
        (("--at", "tomorrow"), "2026-11-23T20:30-05:00"),
        (("--at", "2026-11-23T20:30"), "no offset"),
        (("--at", "0001-01-01T00:00+14:00"), "too far away"),
        (("--at", "9999-12-31T23:00Z"), "too far away"),
        (("--consent", "maybe"), "maybe"),
    ],
)
def test_an_option_that_means_nothing_is_said(options: tuple[str, ...], says: str) -> None:
    """Misuse ends with status 2, and not with a verdict."""
    given = {"--to": "+12175550134", "--purpose": "promotion"} | {options[0]: options[1]}
    flat = [part for pair in given.items() for part in pair]

    assert says in run("check", *flat, "-", text=OFFER, status=2).output


def test_a_place_that_nobody_knows_blocks_a_promotion() -> None:
    """A toll-free number tells no place, and the output says that too."""
    said = check("--purpose", "promotion", "--to", "+18005550199", "--consent", "written", status=4)

    assert "by the clock: unknown" in said


def test_options_are_cheap_and_the_program_runs() -> None:
    """A process of its own: the commands load neither tables nor rules before they need them."""
    code = (
        "import sys\n"
        "from compliant_sms.cli import _commands\n"
        "print(sorted({'rich', 'phonenumbers', 'compliant_sms.rules'} & set(sys.modules)))"
    )
    imported = subprocess.run(
        [sys.executable, "-c", code], env=surroundings(), capture_output=True, check=True
    )
    assert imported.stdout.strip() == b"[]"

    arguments = ["check", "--to", "+12175550134", "--purpose", "promotion", "-"]
    ran = subprocess.run(
        [sys.executable, "-m", "compliant_sms.cli", *arguments],
        input=OFFER.encode(),
        capture_output=True,
        check=False,
    )
    assert (ran.returncode, ran.stderr) == (4, b"")
    assert ran.stdout.startswith(b"May not go")
