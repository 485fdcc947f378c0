"""The report: a page about a practice that says nothing about anybody."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from attrs import evolve
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st

from compliant_sms import Keyring, Messenger, Plaintext, Practice, Profile, Purpose
from compliant_sms.cli._commands import commands
from compliant_sms.figures import Activity, Answered, Figures, Moves
from compliant_sms.lifecycle import State
from compliant_sms.providers import Twilio
from compliant_sms.report import SMALLEST, _charts, page, shown
from compliant_sms.report._shown import drawn, span
from compliant_sms.testing import MovableClock
from conftest import MORNING, OTHER_SENDERS, PATIENT, PERSON, SID, TOKEN
from test_receive import from_patient, status
from test_send import NIGHT, agree, remind, waits

pytestmark = pytest.mark.usefixtures(waits.__name__)
Make = Callable[..., Messenger]
CHICAGO = ZoneInfo("America/Chicago")
BODY = "Lakeside Family Medicine: Zelda, see you Tue Dec 1 at 2:30 PM. Reply C to confirm."
CANARIES = ["Zelda", "Quagga", "okapi", "2175550134", "555-0134", "12175550135", PERSON, "pat-882"]
UNTIL = datetime(2026, 12, 1, 6, 0, tzinfo=UTC)


class Reader(HTMLParser):
    """What a page holds: its tags, its attributes, its words."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: Counter[str] = Counter()
        self.attributes: list[tuple[str, str]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep it."""
        self.tags[tag] += 1
        self.attributes += [(name, value or "") for name, value in attrs]


def activity(**changes: Any) -> Activity:
    """A month of a practice; texts leave at ten in the morning of a Monday."""
    counts = {State.CLAIMED: 90, State.SENT: 90, State.DELIVERED: 80, State.UNDELIVERED: 3}
    usual = {
        "figures": Figures(
            since=datetime(2026, 11, 1, 5, 0, tzinfo=UTC),
            until=UNTIL,
            texts=counts | {State.HELD: 6, State.BLOCKED: 9},
            held_by={"courtesy-window": 6},
            blocked_by={"consent": 7, "$own$ <b>": 2},
            received=12,
            opt_outs=6,
        ),
        "moves": tuple(Moves(at=MORNING, state=s, count=c) for s, c in counts.items()),
        "received": {MORNING: 12},
        "opt_outs": {MORNING: 6},
        "answers": (
            *(
                Answered(received_at=MORNING, answered_at=MORNING + timedelta(minutes=each))
                for each in (1, 10, 30, 100, 1000, 3000)
            ),
            Answered(received_at=MORNING, answered_at=None),
        ),
    }
    return Activity(**(usual | changes))  # type: ignore[arg-type]


@cache
def usual_page(practice: Practice) -> str:
    """The page of that month, drawn once for all who read it."""
    return page(activity(), practice, UNTIL)


def test_one_file_that_loads_and_runs_nothing(practice: Practice) -> None:
    """No script, no address, a policy that forbids both, and ids that are each used once."""
    html = usual_page(practice)
    found = Reader(html)
    assert not {"script", "img", "link", "iframe", "object"} & set(found.tags)
    assert "default-src 'none'" in html
    values = [value for name, value in found.attributes if name not in {"xmlns", "xmlns:xlink"}]
    assert not [value for value in values if "://" in value]
    assert not [name for name, _ in found.attributes if name.startswith("on")]
    assert "http" not in re.sub(r"http-equiv|xmlns(:xlink)?=\S+", "", html)
    ids = Counter(value for name, value in found.attributes if name == "id")
    assert set(ids.values()) == {1}
    used = set(re.findall(r'(?:url\(|href=")#([^")]+)', html))
    assert used <= set(ids)


def test_whoever_does_not_see_it(practice: Practice) -> None:
    """Each plot has a title, words, and a table; the page has one language and one main."""
    html = usual_page(practice)
    found = Reader(html)
    assert found.tags["svg"] == found.tags["table"] == found.tags["caption"] == 6
    assert found.tags["title"] == found.tags["desc"] + 1 == 7
    assert [value for name, value in found.attributes if name == "role"].count("img") == 6
    named = [value for name, value in found.attributes if name == "aria-labelledby"]
    ids = {value for name, value in found.attributes if name == "id"}
    assert {each for value in named for each in value.split()} <= ids
    assert (found.tags["main"], found.tags["h1"]) == (1, 1)
    assert "most at 10:00, 90" in html
    assert "under 5 in each" in html  # undelivered


def test_colors_follow_the_reader(practice: Practice) -> None:
    """Whatever is drawn has a color of the style sheet, which has two of each."""
    html = usual_page(practice)
    drawing = "".join(re.findall(r"<svg.*?</svg>", html, re.DOTALL))
    assert "prefers-color-scheme: dark" in html
    assert not re.findall(r"#[0-9a-f]{6}", drawing)
    assert set(re.findall(r"var\(--(\w+)\)", drawing)) <= set(re.findall(r"--(\w+):", html))


def test_names_are_shown_as_they_are(practice: Practice) -> None:
    """What a practice calls itself, or a rule of its own, is text and neither markup nor maths."""
    html = page(activity(), evolve(practice, name="A & B <script>"), UNTIL)
    assert "A &amp; B &lt;script&gt;" in html
    assert "$own$ &lt;b&gt;" in html
    assert "A rule of the practice" in html
    assert "<b>" not in html


def test_the_same_page_each_time(practice: Practice) -> None:
    """Nothing in it comes from a clock or from chance."""
    assert page(activity(), practice, UNTIL) == usual_page(practice)


def test_a_practice_without_texts(practice: Practice) -> None:
    """An empty period is a page without plots."""
    empty = Activity(
        figures=Figures(since=None, until=UNTIL, texts={}),
        moves=(),
        received={},
        opt_outs={},
        answers=(),
    )
    html = page(empty, practice, UNTIL)
    assert "<svg" not in html
    assert html.count("None in this period.") == 6
    assert "From the beginning of the record" in html


@given(st.integers(0, 100_000))
def test_small_counts(count: int) -> None:
    """1 to 4 are shown and drawn alike, so that nobody can tell one patient."""
    if 0 < count < SMALLEST:
        assert (shown(count), drawn(count)) == ("under 5", 2.5)
    else:
        assert (shown(count), drawn(count)) == (f"{count:,}", count)


def test_no_small_count_is_on_the_page(practice: Practice) -> None:
    """A single opt-out, one refusal, two waits: none of them can be read off."""
    one = activity(
        figures=Figures(
            since=MORNING,
            until=UNTIL,
            texts={State.CLAIMED: 3, State.DELIVERED: 3},
            held_by={"courtesy-window": 1},
            blocked_by={"minor": 2},
            received=4,
            opt_outs=1,
        ),
        moves=(Moves(at=MORNING, state=State.CLAIMED, count=3),),
        received={MORNING: 4},
        opt_outs={MORNING: 1},
        answers=(Answered(received_at=MORNING, answered_at=MORNING + timedelta(minutes=17)),),
    )
    html = page(one, practice, UNTIL)
    cells = re.findall(r"<td class=count>(.*?)</td>|<strong>(.*?)</strong>", html)
    assert {cell or card for cell, card in cells} == {"0", "under 5"}
    assert "too few to say" in html
    assert "17 min" not in html


def test_days_are_the_practices(practice: Practice) -> None:
    """A text just before midnight in Chicago belongs to that day, whatever UTC says."""
    late = Moves(at=datetime(2026, 11, 30, 5, 59, tzinfo=UTC), state=State.DELIVERED, count=7)
    chart = _charts.delivery(activity(moves=(late,)), CHICAGO)
    assert (chart.labels[0], chart.labels[-1], len(chart.labels)) == ("Nov 1", "Nov 30", 30)
    assert chart.series[0].counts[chart.labels.index("Nov 29")] == 7
    hours = _charts.by_hour(activity(moves=(evolve(late, state=State.CLAIMED),)), CHICAGO)
    assert hours.series[0].counts[23] == 7


def test_long_periods_are_shown_by_week() -> None:
    """More days than a plot has room for become weeks that begin on Mondays."""
    year = evolve(activity().figures, since=datetime(2026, 1, 1, tzinfo=UTC))
    chart = _charts.opt_outs(activity(figures=year), CHICAGO)
    assert chart.over == "week, by its Monday"
    assert chart.labels[0] == "Dec 29"
    assert chart.series[0].counts[chart.labels.index("Nov 30")] == 6
    assert sum(chart.series[0].counts) == 6


def test_years_in_which_nothing_was_are_left_out() -> None:
    """Who types 1926 for 2026 gets a report, and not a bar for each week of a century."""
    long_ago, far_off = datetime(1, 1, 3, tzinfo=UTC), datetime(9999, 12, 30, tzinfo=UTC)
    century = evolve(activity().figures, since=long_ago, until=far_off)
    chart = _charts.opt_outs(activity(figures=century), CHICAGO)
    empty = Activity(figures=century, moves=(), received={}, opt_outs={}, answers=())

    assert (chart.labels, chart.series[0].counts) == (("Nov 30",), (6,))
    assert _charts.opt_outs(empty, CHICAGO).is_empty


def test_weeks_of_several_years_name_the_year() -> None:
    """Or there are two of the same name."""
    years = evolve(activity().figures, since=datetime(2024, 11, 1, tzinfo=UTC))
    chart = _charts.opt_outs(activity(figures=years), CHICAGO)

    assert chart.series[0].counts[chart.labels.index("Nov 30, 2026")] == 6
    assert len(set(chart.labels)) == len(chart.labels)


def test_waits() -> None:
    """Each answer stands where its time belongs, and half and nine tenths are told."""
    chart = _charts.waits(activity().answers)
    assert chart.series[0].counts == (1, 1, 1, 1, 1, 1, 1)
    assert _charts.waits_words(activity().answers) == (
        "Half of those that were answered waited at most 1.1 h, nine in ten at most 1.4 days."
    )


@pytest.mark.parametrize(
    ("time", "words"),
    [
        (timedelta(seconds=90), "2 min"),
        (timedelta(minutes=90), "1.5 h"),
        (timedelta(hours=36), "1.5 days"),
    ],
)
def test_spans(time: timedelta, words: str) -> None:
    """A time is as exact as anybody needs it."""
    assert span(time) == words


# The command


@pytest.fixture(params=["sealed", "in the clear"])
def keys(request: pytest.FixtureRequest) -> Any:
    """Reports are the same whether records are sealed or not."""
    return Keyring.generate() if request.param == "sealed" else Plaintext(reason="a test")


@pytest.fixture
def place(request: pytest.FixtureRequest, database_kind: str, make_store: Any) -> str:
    """What the command line calls the database."""
    fixture = "database" if database_kind == "sqlite" else "used_postgres_dsn"
    return str(request.getfixturevalue(fixture))


@pytest.fixture
def busy(make_messenger: Make, keys: Any, clock: MovableClock) -> Messenger:
    """A messenger after a day, whose patients are canaries."""
    messenger = make_messenger(keyring=keys, people=lambda _: Profile(time_zone="America/Chicago"))
    agree(messenger)
    sent = remind(messenger, body=BODY)
    messenger.receive(status(sent.provider_id, "delivered"))
    remind(messenger, "nobody agreed", to="+12175550135", person="pat-882", body=BODY)
    messenger.receive(from_patient("Zelda Quagga here, my okapi hurts. Call 217-555-0134", "SM1"))
    messenger.send(
        to=PATIENT,
        person=PERSON,
        purpose=Purpose.CARE_CONVERSATION,
        body="Lakeside Family Medicine: Zelda, we will call you.",
        idempotency_key="answer-1",
    )
    clock.move_to(NIGHT)
    remind(messenger, "later", body=f"{BODY} Again.")
    messenger.receive(from_patient("STOP", "SM2"))
    return messenger


def run(*args: object) -> Result:
    return CliRunner().invoke(commands, ["report", *map(str, args)])


@pytest.mark.both_databases
def test_nobody_is_in_it(busy: Messenger, place: str, keys: Any, tmp_path: Path) -> None:
    """From a real database, sealed or not: no number, name, body, or id of a person."""
    file, written = tmp_path / "report.html", tmp_path / "keys"
    options: list[object] = ["--since", "2026-11-30", "--until", "2027-01-01", "-o", file]
    options += ["--database", place]
    if isinstance(keys, Keyring):
        keys.write(written)
        refused = run(*options)
        assert refused.exit_code == 1
        assert "Pass --keyring FILE" in refused.output
        options += ["--keyring", written]
    done = run(*options)
    assert (done.exit_code, done.output) == (
        0,
        f"The report of Lakeside Family Medicine is in {file}\n",
    )
    html = file.read_text("utf-8")
    assert "Lakeside Family Medicine" in html
    assert html.count("<svg") == 6
    assert [canary for canary in CANARIES if canary in html] == []


def test_whose_report(busy: Messenger, place: str, keys: Any, tmp_path: Path) -> None:
    """One practice is found by itself; of several one is named, and a wrong name is refused."""
    file, written = tmp_path / "report.html", tmp_path / "keys"
    options: list[object] = ["--database", place]
    if isinstance(keys, Keyring):
        keys.write(written)
        options += ["--keyring", written]
    missing = run("-o", file, "--database", tmp_path / "nothing.db")
    assert (missing.exit_code, "there is no file" in missing.output) == (1, True)
    assert not (tmp_path / "nothing.db").exists()
    nowhere = run("-o", tmp_path / "none" / "report.html", *options)
    assert (nowhere.exit_code, "cannot be written" in nowhere.output) == (1, True)
    assert "not a day" in run("-o", file, "--since", "yesterday", *options).output
    wrong = run("-o", file, "--practice", "lakesid", *options)
    assert (wrong.exit_code, "one of: lakeside" in wrong.output) == (2, True)


def test_several_practices(
    make_messenger: Make, practice: Practice, provider: Twilio, place: str, tmp_path: Path
) -> None:
    """Of several practices one is named."""
    file = tmp_path / "report.html"
    empty = make_messenger()
    empty.figures()
    assert "no practice has texted" in run("-o", file, "--database", place).output
    agree(empty)
    remind(empty)
    other = make_messenger(
        practice=evolve(practice, id="another"),
        provider=Twilio(
            account_sid=SID,
            auth_token=TOKEN,
            sender=OTHER_SENDERS[0],
            base_url=provider.base_url,
            answers_keywords=False,
        ),
    )
    agree(other)
    remind(other)
    asked = run("-o", file, "--database", place)
    assert (asked.exit_code, "one of: another, lakeside" in asked.output) == (2, True)
    assert run("-o", file, "--practice", "another", "--database", place).exit_code == 0
