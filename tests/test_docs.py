"""The documentation says what the code does. Its blocks run by themselves, see ``/conftest.py``."""

from __future__ import annotations

import importlib
import importlib.util
import re
import shlex
import subprocess
import sys
import tomllib
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from types import FunctionType, ModuleType
from typing import Any

import httpx
import pytest
from attrs import evolve, fields
from click.testing import CliRunner

from compliant_sms import providers
from compliant_sms.classification import Purpose, catalogue
from compliant_sms.cli._commands import commands
from compliant_sms.consent import (
    AgreementDefect,
    Category,
    Clarified,
    Granted,
    Imported,
    NumberFlagged,
    OptInAnswered,
    OptInAsked,
    PhiPreferenceStated,
    Restored,
    Revoked,
    Signature,
    Voided,
    Wording,
    WrittenAgreement,
)
from compliant_sms.flows._sending._outcome import outcome_of
from compliant_sms.lifecycle import TRANSITIONS, State
from compliant_sms.messages import Draft, Message
from compliant_sms.optout._keywords import _rows
from compliant_sms.phi import PhiLabel
from compliant_sms.phone import PhoneNumber
from compliant_sms.ports import Delivery
from compliant_sms.providers import CONSEQUENCES, Adapter, Failure, Problem
from compliant_sms.reminders import Status
from compliant_sms.retention import RecordClass
from compliant_sms.rules import BUILT_IN, RULES, load_pack
from compliant_sms.rules.rows import HoursRow
from compliant_sms.sandbox import Sandbox
from compliant_sms.stores._dialect import SQLITE
from compliant_sms.stores._schema import migrations
from compliant_sms.testing import strategies
from public_api import shown

ROOT = Path(__file__).parents[1]
NOON = datetime(2026, 11, 30, 18, 0, tzinfo=UTC)
GENERATED = ROOT / "docs" / "generated"
PAGES = sorted(
    page
    for page in [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("examples/**/*.md")]
    if not {GENERATED, ROOT / "docs" / "_build"} & {*page.parents}
)
# Of standards, of who runs them, and of what is described; the rest are names that nobody owns.
OFFICIAL = {
    "c2sp.org",
    "developer.apple.com",
    "hypothesis.readthedocs.io",
    "keepachangelog.com",
    "procrastinate.readthedocs.io",
    "www.rfc-editor.org",
}


def read(name: str) -> str:
    """A page."""
    return ROOT.joinpath(name).read_text("utf-8")


def blocks(name: str, language: str) -> list[str]:
    """The blocks of a page in one language."""
    return re.findall(rf"^```{language}\n(.*?)^```", read(name), re.MULTILINE | re.DOTALL)


def tables(name: str) -> Iterator[list[list[str]]]:
    """The tables of a page, as rows of cells without the heading."""
    for table in re.findall(r"(?:^\|.*\|\n)+", read(name), re.MULTILINE):
        rows = [[cell.strip() for cell in row[1:-1].split("|")] for row in table.splitlines()]
        yield rows[2:]


def test_readme_example_sends_one_text(
    reader: dict[str, object], documented_carrier: Sandbox
) -> None:
    """The first block of README.md, unchanged, makes one text arrive, with the line that is due."""
    exec(compile(blocks("README.md", "python")[0], "README.md", "exec"), reader)

    (text,) = documented_carrier.messages()
    assert text.to == "+12175550134"
    assert text.from_ == "+12175550111"
    assert (
        text.body
        == "Lakeside Family Medicine: Ana, see you Tue Dec 1 at 2:30 PM. Reply C to confirm. "
        "Reply STOP to opt out."
    )


def test_readme_gives_two_commands() -> None:
    """One command does the main job, one runs the checks; both stand there word for word."""
    assert blocks("README.md", "shell") == [
        "python -m pip install '.[demo,keyring]' && compliant-sms demo\n",
        "python -m pip install nox && python -m nox\n",
    ]


def test_a_page_can_be_read_where_it_lies() -> None:
    """No markup that only Sphinx hides or follows stands in a page outside of the reference."""
    for page in PAGES:
        if page.parent.name != "reference":
            words = re.sub(
                r"^```.*?^```", "", page.read_text("utf-8"), flags=re.MULTILINE | re.DOTALL
            )
            assert not re.search(r"^%|\{(?:doc|ref)\}", words, re.MULTILINE), page.name


def test_readme_leads_to_each_how_to() -> None:
    """Nobody has to know that a page is there to find it."""
    for page in ROOT.glob("docs/how-to/*.md"):
        assert read("README.md").count(f"(docs/how-to/{page.name})") >= 1, page.name
        assert f"how-to/{page.stem}\n" in read("docs/index.md"), page.name


def test_every_extra_is_named() -> None:
    """The page on installing says of each extra what it is for."""
    declared = tomllib.loads(read("pyproject.toml"))["project"]["optional-dependencies"]
    (rows,) = tables("docs/how-to/install.md")

    assert {name for row in rows for name in re.findall("`([a-z]+)`", row[0])} == set(declared)


def test_every_strategy_is_named() -> None:
    """Whoever reads the page without building the reference knows what there is to draw."""
    page = read("docs/how-to/test-your-own-code.md")

    assert [name for name in strategies.__all__ if f"`{name}()`" not in page] == []


def test_readme_and_index_lead_the_same_way() -> None:
    """Both list what a newcomer needs first at the beginning."""
    readme = read("README.md").partition("## Documentation")[2]
    listed = re.findall(r"\(docs/how-to/([\w-]+)\.md\)", readme)
    assert listed == re.findall(r"^how-to/([\w-]+)$", read("docs/index.md"), re.MULTILINE)


def test_readme_counts_nine_promises() -> None:
    """README.md has a line for each promise, and the page on promises a paragraph."""
    listed = re.search(r"## What it promises\n(.*?)\n## ", read("README.md"), re.DOTALL)
    assert listed is not None

    assert list("123456789") == re.findall(r"^(\d)\. ", listed[1], re.MULTILINE)
    assert list("123456789") == re.findall(
        r"^## (\d)\. ", read("docs/explanation/promises.md"), re.MULTILINE
    )


def test_example_test_file_passes(tmp_path: Path) -> None:
    """What the documentation shows as tests works as it stands, with the library's fixtures."""
    shown = blocks("docs/how-to/test-your-own-code.md", "python")
    file = tmp_path / "test_reminders.py"
    file.write_text(shown[0], "utf-8")
    (log,) = [block for block in shown if "caplog" in block]
    (tmp_path / "test_logs.py").write_text(log, "utf-8")
    # By its path, which also works where the library is not installed.
    plugin = ["-p", "no:compliant_sms", "-p", "compliant_sms.testing.pytest_plugin"]

    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *plugin, tmp_path],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stdout
    assert "4 passed" in done.stdout


def test_transitions_are_those_of_the_code() -> None:
    """The page on the outbox shows the table of transitions."""
    transitions, *_ = tables("docs/explanation/outbox.md")

    assert {state.value: ", ".join(sorted(after)) for state, after in TRANSITIONS.items()} == dict(
        transitions
    )


def test_consequences_are_those_of_the_code() -> None:
    """The page on the outbox shows what follows from each category of problem."""
    _, _, _, consequences, *_ = tables("docs/explanation/outbox.md")

    assert consequences == [
        [
            str(category),
            each.again.replace("_", " "),
            "yes" if each.next_route else "no",
            "yes" if each.route_fails else "no",
            str(each.on_record),
        ]
        for category, each in CONSEQUENCES.items()
    ]


def test_states_are_explained() -> None:
    """The page on the outbox says what each state means."""
    _, states, *_ = tables("docs/explanation/outbox.md")

    assert {state.value for state in State} == {row[0] for row in states}


def test_outcomes_are_those_of_the_code() -> None:
    """The page on the outbox says which outcome tells of which states."""
    _, _, outcomes, *_ = tables("docs/explanation/outbox.md")
    message = Message(
        message_id="m",
        practice_id="p",
        draft=Draft(
            to=PhoneNumber("+12175550134"),
            purpose=Purpose.APPOINTMENT_REMINDER,
            body="See you on Friday.",
            idempotency_key="k",
        ),
        created_at=NOON,
        state=State.DUE,
        not_before=NOON,
    )

    listed = {s: row[0].strip("`") for row in outcomes for s in row[1].split(", ")}
    assert {
        state.value: type(outcome_of(evolve(message, state=state))).__name__ for state in State
    } == listed


def test_delivery_defaults_are_those_of_the_code() -> None:
    """The page on dispatching names each setting of Delivery with its default."""
    _, settings = tables("docs/how-to/dispatch-and-reconcile.md")
    default = Delivery()

    assert {
        "`lease`": f"{default.lease.total_seconds():.0f} seconds",
        "`settle_after`": f"{default.settle_after.total_seconds():.0f} seconds",
        "`attempts`": str(default.attempts),
        "`pause`": f"{default.pause.total_seconds():.0f} seconds",
        "`report_after`": f"{default.report_after.total_seconds():.0f} seconds",
        "`report_asks`": str(default.report_asks),
        "`rate`": str(default.rate).lower(),
    } == {row[0]: row[1] for row in settings}
    assert len(fields(Delivery)) == len(settings)


def test_ledger_fields_are_those_of_the_events() -> None:
    """The page on the ledger lists each field of each event's payload."""
    _, _, listed = tables("docs/explanation/ledger.md")
    kinds = {
        "granted": Granted,
        "revoked": Revoked,
        "clarified": Clarified,
        "restored": Restored,
        "number_flagged": NumberFlagged,
        "phi_preference_stated": PhiPreferenceStated,
        "opt_in_asked": OptInAsked,
        "opt_in_answered": OptInAnswered,
        "voided": Voided,
    }
    documented = {
        kind: {row[0].strip("`") for row in listed if row[1] == "all" or kind in row[1]}
        for kind in kinds
    }

    assert {
        kind: {"kind", "v"} | {field.name for field in fields(event)}
        for kind, event in kinds.items()
    } == documented
    for part in (Wording, Signature, WrittenAgreement, Imported):
        for field in fields(part):
            assert f"`{field.name}`" in read("docs/explanation/ledger.md")


def test_tables_are_those_of_the_schema() -> None:
    """The page on SQL names each table."""
    (listed,) = tables("docs/how-to/read-the-database.md")
    created = {
        name
        for statement in migrations(SQLITE, 0)
        for name in re.findall(r"CREATE TABLE (\w+)", statement)
    }

    assert created == {row[0].strip("`") for row in listed}


def test_layers_are_those_that_are_checked() -> None:
    """The page on architecture shows the layers whose direction the lint session checks."""
    listed = tables("docs/explanation/architecture.md")
    contracts = tomllib.loads(read("pyproject.toml"))["tool"]["importlinter"]["contracts"]
    checked = [each["layers"] for each in contracts if each["type"] == "layers"]

    assert len(checked) == 6
    assert [[set(re.findall(r"\w+", layer)) for layer in layers] for layers in checked] == [
        [set(re.findall(r"`(\w+)`", row[0])) for row in table] for table in listed
    ]


def test_compliance_page_has_each_rule() -> None:
    """A compliance officer finds each rule once, under the name that the record uses."""
    listed = [
        row[2].strip("`")
        for table in tables("docs/compliance.md")
        for row in table
        if len(row) == 4
    ]

    assert sorted(rule.id for rule in RULES) == sorted(listed)


def test_defects_of_agreements_are_those_of_the_code() -> None:
    """The page on consent tells what can be wrong with written permission, and by which law."""
    _, listed = tables("docs/how-to/record-consent.md")

    assert [[f"`{each.value}`", each.words, each.citation] for each in AgreementDefect] == listed


def test_changelog_lists_the_windows_in_force() -> None:
    """The hours of the whole country stand in the changelog with their source and their date."""
    (rules,) = tables("CHANGELOG.md")
    pack = load_pack()

    assert f"`{pack.id}`" in read("CHANGELOG.md")
    for hours in pack.of(HoursRow):
        if not hours.states:
            (row,) = (row for row in rules if row[0] == f"`{hours.id}`")
            assert row[2:] == [hours.source, str(hours.effective_from)]


def test_changelog_lists_every_keyword() -> None:
    """Each reserved word stands in the changelog."""
    (rules,) = tables("CHANGELOG.md")
    listed = " ".join(row[1] for row in rules)
    data = ROOT / "src/compliant_sms/optout/data/keywords.toml"

    for row in _rows(data.read_text("utf-8")):
        for word in row.words:
            assert re.search(rf"(?<!\w){word}(?!\w)", listed), word


def generator() -> ModuleType:
    """The file that writes the pages of the packs; what it imports lies beside it."""
    if str(ROOT / "docs") not in sys.path:
        sys.path.append(str(ROOT / "docs"))
    spec = importlib.util.spec_from_file_location("_generated", ROOT / "docs/_generated.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def generated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with all that is written at build time."""
    folder = tmp_path_factory.mktemp("docs") / "generated"
    generator().write(folder)
    return folder


def test_picture_of_the_house_shows_the_imports(generated: Path) -> None:
    """Each room once, above all that it imports; each line is an import, and none is missing."""
    house = importlib.import_module("_architecture")
    rows = house.rows()
    height = {room: level for level, row in enumerate(rows) for room in row}
    assert sorted(height) == sorted(house.imports()) == sorted({r for row in rows for r in row})
    drawn = set(house.needed())
    for room, others in house.imports().items():
        assert all(height[other] > height[room] for other in others), room
        assert others <= reached(room, drawn), room
    svg = (generated / "architecture.svg").read_text("utf-8")
    assert svg.count("<path") == len(drawn)
    assert all(f">{room}</text>" in svg for room in height)


def reached(room: str, lines: set[tuple[str, str]]) -> set[str]:
    """The rooms that lines lead to from a room, directly or by others."""
    after = {lower for upper, lower in lines if upper == room}
    return after.union(*(reached(other, lines) for other in after))


def test_picture_of_the_outbox_shows_the_table(generated: Path) -> None:
    """Each transition to another state is drawn exactly once, and none that the table lacks."""
    picture = importlib.import_module("_lifecycle")
    drawn = [pair for meant in picture.arrows().values() for pair in meant]

    assert sorted(drawn) == sorted(picture.pairs())
    svg = (generated / "lifecycle.svg").read_text("utf-8")
    assert svg.count("marker-end") == len(picture.arrows()) - 1  # one is said by a frame
    assert all(f">{state}</text>" in svg for state in State)


def test_pages_of_the_packs_hold_each_row(generated: Path) -> None:
    """What is written at build time, and again, has every row, purpose and rule in whole tables."""
    generator().write(generated)

    pages = {page.stem: page.read_text("utf-8") for page in generated.glob("*.md")}
    expected = {pack.name: {row.id for row in pack.rows} for pack in map(load_pack, BUILT_IN)}
    expected |= {"purposes": set(catalogue()), "rules": {rule.id for rule in RULES}}
    expected |= {"phi": set(PhiLabel), "retention": {*RecordClass}}
    adapters = importlib.import_module("_providers").adapters()
    expected |= {"providers": {*Failure, *(name for name, _ in adapters)}}
    said = importlib.import_module("_errors").said()
    expected |= {"errors": {each.error for each in said}}
    assert pages.keys() == expected.keys()
    for name, text in pages.items():
        assert expected[name] <= set(re.findall(r"`([\w-]+)`", text)), name
        for table in re.findall(r"(?:^\|.*\|\n)+", text, re.MULTILINE):
            bars = {len(re.findall(r"(?<!\\)\|", line)) for line in table.splitlines()}
            assert len(bars) == 1, table
        shown_in = {"providers": "docs/reference/provider-capabilities.md"}
        shown = f"generated/{name}{'.md' if name in shown_in else ''}\n"
        assert shown in read(shown_in.get(name, "docs/index.md"))


def test_each_adapter_is_in_the_tables_of_providers() -> None:
    """What the room exports appears by itself, three times, with what it can do."""
    page = generator().pages()["providers"]
    kinds = {name: getattr(providers, name) for name in providers.__all__}
    adapters = {
        name
        for name, kind in kinds.items()
        if isinstance(kind, type) and issubclass(kind, Adapter) and kind is not Adapter
    }

    assert {"Twilio", "HttpGateway"} <= adapters
    for name in adapters:
        assert page.count(f"| `{name}` |") == 3, name
    spans = "15 min to 35 d | 1 s to 10 h"
    assert f"| `Twilio` | 1600 | 10 | {spans} | no | by numbers | yes | Retry-After |" in page
    columns = (
        *("media", "later", "repeats once within", "look-up", "tells the status when asked"),
        "says how long to wait",
        *("patients' texts", "proof", "answers keywords", "its block holds for", "its list"),
        "business associate agreement",
    )
    assert [name for name in columns if f"| {name} |" not in page] == []
    for category in Failure:
        assert f"| `{category}` | {Problem(category=category, code='', words='').remedy} |" in page


def test_each_adapter_has_a_page() -> None:
    """Whoever chose a provider finds what to set up there, and a set-up that runs."""
    pages = {page.stem: page.read_text("utf-8") for page in ROOT.glob("docs/how-to/providers/*.md")}
    for name, _ in importlib.import_module("_providers").adapters():
        assert any(f"import {name}" in text or f", {name}" in text for text in pages.values()), name


def test_pages_of_the_packs_tell_dates() -> None:
    """A row says since when it holds, until when it did, or that nobody knows."""
    pages = generator().pages()

    (now, before) = (
        next(line for line in pages["us"].splitlines() if line.endswith(f"| `{row}` |"))
        for row in ("hours-pa", "hours-pa-before-act-47")
    )
    assert "| PA | 09:00-19:00 | 09:00-19:00 | closed | closed |" in now
    assert ("| since 2026-10-18 |" in now, "| until 2026-10-18 |" in before) == (True, True)
    assert re.search(r"no date is known yet .*`revocation-fcc-26-67`", pages["us"])
    assert re.search(r"`revocation` \| .* \| no \| no \|", pages["rules"])
    assert re.search(r"`quiet-hours-state` \| .* \| yes \| yes \|", pages["rules"])


def test_commands_that_the_documentation_shows_work(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each command about rules runs as it stands there."""
    monkeypatch.chdir(tmp_path)
    Path("offer.txt").write_text("Lakeside Family Medicine: 20% off.", "utf-8")
    shown = blocks("docs/how-to/rules.md", "shell")[0].splitlines()

    assert len(shown) == 2
    for line in shown:
        program, *arguments = shlex.split(line)
        result = CliRunner().invoke(commands, arguments)
        assert (program, result.exit_code in {0, 3, 4}) == ("compliant-sms", True), result.output


def described() -> Iterator[tuple[str, set[str], str]]:
    """What each directive of the reference shows: the room, the names in it, the options."""
    for page in ROOT.glob("docs/reference/*.md"):
        yield from shown(page)


def documented() -> Iterator[tuple[str, set[str]]]:
    """The rooms that the reference shows, each with the names that it describes there."""
    for room, names, _ in described():
        yield room, names


def test_reference_describes_each_public_name_once() -> None:
    """What any room of the library exports is described in one place and no other."""
    rooms = {room: importlib.import_module(room) for room, _ in documented()}
    found = Counter(
        id(getattr(rooms[room], name)) for room, names in documented() for name in names
    )

    for room, module in rooms.items():
        for name in module.__all__:
            assert found[id(getattr(module, name))] == 1, f"{room}.{name}"


def test_each_purpose_is_explained_in_help() -> None:
    """Who asks ``help(Purpose)`` reads of each what it is for, and what is not in the catalogue."""
    named = re.findall(r"``([A-Z_]+)``", (Purpose.__doc__ or "").partition("Args:")[0])

    assert sorted({name.lower() for name in named}) == sorted(catalogue())


def test_each_category_and_status_is_explained_in_help() -> None:
    """``help(Category)`` and ``help(Status)`` name each member in their text."""
    for kind in (Category, Status):
        assert set(re.findall(r"``([A-Z_]+)``", kind.__doc__ or "")) == set(kind.__members__)


def test_what_only_points_elsewhere_says_first_what_it_does() -> None:
    """A method for an event loop has the first line of the one that it repeats."""
    for file in sorted(ROOT.glob("src/compliant_sms/messenger/_*.py")):
        module = importlib.import_module(f"compliant_sms.messenger.{file.stem}")
        text = file.read_text("utf-8")
        assert not re.search(r'"""See :meth:`[A-Z]', text), file.name
        found = re.findall(r'"""([^"\n]+)\n\n +See :meth:`(\w+)\.(\w+)`\.', text)
        for said, owner, name in found:
            method = getattr(getattr(module, owner), name)
            assert said == (method.__doc__ or "").splitlines()[0], f"{owner}.{name}"


# What need not be found by a reader: the command line, bytes, bases of enums, drivers, what only
# facades call.
NOT_SHOWN = {
    "choices",
    "cli",
    "driver",
    "key_files",
    "records",
    "retry",
    "system",
    "transport",
    "web",
}


def test_reference_shows_each_room() -> None:
    """No room is forgotten when one is added."""
    rooms = {
        path.stem
        for path in (ROOT / "src/compliant_sms").iterdir()
        if path.suffix in {".py", ""} and not path.name.startswith("_")
    }

    assert rooms - NOT_SHOWN <= {room.split(".")[1] for room, _ in documented() if "." in room}


def test_promises_name_their_guards() -> None:
    """Each promise names tests, and they exist."""
    _, *promises = re.split(r"^## ", read("docs/explanation/promises.md"), flags=re.MULTILINE)

    for promise in promises:
        guards = re.findall(r"`(test_\w+\.py)::(\w+)`", promise)
        assert guards, promise.splitlines()[0]
        for file, name in guards:
            assert f"def {name}(" in read(f"tests/{file}"), f"{file}::{name}"


def prose(page: Path) -> str:
    """A page without its blocks of code."""
    return re.sub(r"^```.*?^```", "", page.read_text("utf-8"), flags=re.MULTILINE | re.DOTALL)


def anchors(page: Path) -> set[str]:
    """What a link can name in a page, as GitHub and the documentation's builder make it."""
    # Deeper headings have none in the built pages.
    headings = re.findall(r"^#{1,3} (.+)$", prose(page), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_links_lead_somewhere(page: Path) -> None:
    """Each link to a file of this repository finds it, and the heading that it names."""
    for target in re.findall(r"\]\((?!https?://)([^)\s]+)\)", prose(page)):
        name, _, heading = target.partition("#")
        found = (page.parent / name).resolve() if name else page
        if GENERATED in found.parents:
            continue  # the builder checks these
        assert found.exists(), target
        assert not heading or heading in anchors(found), target


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_links_out_are_to_what_will_stay(page: Path) -> None:
    """What others may take down or change is cited by name."""
    for host in re.findall(r"(?:\]\(|<)https?://([^/)\s>]+)", prose(page)):
        assert host.endswith(".example") or host in OFFICIAL, host


def test_reference_shows_what_classes_inherit() -> None:
    """What both messengers have in common is described, although the class it is in is private."""
    for room, names, options in described():
        module = importlib.import_module(room)
        public = [getattr(module, name) for name in names]
        hidden = {
            f"{kind.__name__}.{name}"
            for kind in public
            if isinstance(kind, type) and room in {kind.__module__, "compliant_sms.messenger"}
            for base in kind.__mro__
            if base.__module__ == kind.__module__ and base.__name__.startswith("_")
            for name, value in vars(base).items()
            if not name.startswith("_") and isinstance(value, FunctionType | property)
        }
        assert not hidden or "inherited-members" in options, hidden


def test_reference_resolves_each_room_that_it_shows() -> None:
    """A link to a name finds it whichever page describes it."""
    shown = {room for room, _ in documented()}
    listed = re.search(r"^ROOMS = \((.*?)^\)", read("docs/conf.py"), re.MULTILINE | re.DOTALL)
    assert listed
    assert sorted(shown - {*re.findall(r'"(.+)"', listed[1])}) == []


def test_pages_show_how_one_number_leaves_a_list(monkeypatch: pytest.MonkeyPatch) -> None:
    """The functions on the pages of two providers ask what they say, and read the answer."""
    asked: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request.headers.get("x-amz-target", request.url.path).rpartition(".")[2])
        if "x-amz-target" in request.headers:
            return httpx.Response(200, json={"OptedOutNumber": "+12175550134"})
        there = {"to": "+12175550134", "httpStatusCode": 200, "isOptedOut": True}
        return httpx.Response(200, json={"value": [there]})

    client = httpx.Client(transport=httpx.MockTransport(answer))
    monkeypatch.setattr(httpx, "request", client.request)
    number = PhoneNumber("+12175550134")
    for name in ("azure", "aws"):
        page: dict[str, Any] = {}
        for block in blocks(f"docs/how-to/providers/{name}.md", "python"):
            exec(compile(block, name, "exec"), page)
        assert page.get("is_blocked", lambda _: True)(number) is True
        assert page["unblock"](number) is True

    assert asked == ["/sms/optouts:check", "/sms/optouts:remove", "DeleteOptedOutNumber"]
