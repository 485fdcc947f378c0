"""Fixtures: a practice, a clock that stands still, and a carrier on loopback."""

from __future__ import annotations

import gc
import sys
import threading
from collections.abc import Callable, Generator, Iterator
from contextlib import ExitStack, contextmanager, nullcontext
from datetime import UTC, datetime
from functools import partial, wraps
from itertools import count
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from books import books, make_willing  # noqa: F401 - fixtures
from browsers import browser, open_link  # noqa: F401 - fixtures
from carriers import SID, TOKEN
from compliant_sms import Messenger, Practice, Profile, Wording
from compliant_sms.messenger import StoreKind
from compliant_sms.providers import Twilio
from compliant_sms.sandbox import Sandbox
from compliant_sms.stores import PostgreSQL, SQLite
from compliant_sms.testing import MovableClock
from crash_trials import crashes, victims  # noqa: F401 - fixtures
from databases import Server, running_server
from figures import figures, flips  # noqa: F401 - fixtures
from unmeasured import load_everything, untraced

SENDER = "+12175550111"
OTHER_SENDERS = ("+12175550112", "+12175550113")
PATIENT = "+12175550134"
PERSON = "pat-881"
HILL = Practice(
    name="Hill Clinic",
    phone="+12175550199",
    time_zone="America/Chicago",
    state="IL",
    id="hill",
)
"""Another practice than the one that most tests are about."""
# A Monday, ten in the morning in Chicago.
MORNING = datetime(2026, 11, 30, 16, 0, tzinfo=UTC)
INTAKE_WORDING = Wording(
    text="I agree to texts from Lakeside Family Medicine about my appointments and care.",
    version="2026-03",
)

WARNING = Wording(
    text="Texts are not encrypted, and others may read them. Do you want health details by text?",
    version="2026-03",
)

# Few tests and much time: a process that gets one of these last works alone at the end.
LONG_FILES = {
    *("test_crashes", "test_demo", "test_docs", "test_examples", "test_hostile", "test_month"),
    *("test_phi_engine", "test_provider_canaries", "test_races", "test_reminders", "test_routes"),
    *("test_sandbox_browser", "test_secure_browser", "test_secure_races", "test_two_clocks"),
    *("test_volume", "test_wheel", "test_whole", "test_within", "test_within_postgresql"),
    *("test_worker_processes",),
}

# Whole stories, and chance: what they run, shorter tests cover, so that coverage looks away.
STORIES = {
    *("test_cli_sandbox", "test_crashes", "test_demo", "test_docs", "test_examples"),
    *("test_form_browser", "test_hostile", "test_month"),
    *("test_postgresql_lost", "test_provider_canaries", "test_races", "test_reminder_diaries"),
    *("test_replay", "test_routes_crashes", "test_rulebook_properties", "test_sandbox_browser"),
    *("test_secure_browser", "test_secure_races", "test_server_restart", "test_two_clocks"),
    *("test_webhooks", "test_wheel", "test_whole", "test_worker_processes"),
}

# Of a property; coverage looks away from the draws that follow.
TRACED_DRAWS = 20

# A project of its own, with an environment of its own: see test_wheel.py.
collect_ignore = ["downstream"]

# How long a draw takes tells of the machine, not of the code.
settings.register_profile(
    "any-machine", deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
# The default sessions draw the same each time, so that what they find is of the change at hand.
settings.register_profile("seeded", settings.get_profile("any-machine"), derandomize=True)


def pytest_addoption(parser: pytest.Parser) -> None:
    """``--endurance`` runs the long tests with their full counts."""
    parser.addoption("--endurance", action="store_true", help="full counts of the long runs")


def pytest_configure(config: pytest.Config) -> None:
    """Draw anew in the long runs only; modules that are collected take over what is loaded."""
    settings.load_profile("any-machine" if config.getoption("--endurance") else "seeded")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave the long runs to ``nox -s endurance``; begin with what takes long."""
    items.sort(key=lambda item: item.path.stem not in LONG_FILES)
    if config.getoption("--endurance"):
        return
    skip = pytest.mark.skip(reason="a long run; nox -s endurance has it")
    for item in items:
        if "endurance" in item.keywords:
            item.add_marker(skip)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_setup(item: pytest.Item) -> Generator[None, object, object]:
    """Leave the tracer out of what a test stands on, where it is left out of the whole test."""
    with untraced() if _covered_elsewhere(item) else nullcontext():
        return (yield)


@pytest.hookimpl(wrapper=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> Generator[None, object, object]:
    """Leave the tracer out of what other tests cover."""
    marked = pyfuncitem.get_closest_marker("many_rounds") is not None
    looks_away = untraced if marked or _covered_elsewhere(pyfuncitem) else partial(_few, pyfuncitem)
    with looks_away():
        return (yield)


@contextmanager
def _few(item: pytest.Function) -> Iterator[None]:
    """Leave the tracer out of all but the first draws of a property: the others seek faults."""
    drawn = getattr(item.obj, "hypothesis", None)
    if drawn is None or sys.gettrace() is None:
        yield
        return
    given, number = drawn.inner_test, count(1)
    with ExitStack() as rest:

        @wraps(given)
        def draw(*args: object, **kwargs: object) -> object:
            if next(number) == TRACED_DRAWS + 1:
                rest.enter_context(untraced())
            return given(*args, **kwargs)

        drawn.inner_test = draw
        try:
            yield
        finally:
            drawn.inner_test = given


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, object, object]:
    """Leave the tracer out of what pytest notes of a test."""
    with untraced():
        return (yield)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_logreport() -> Generator[None, object, object]:
    """Leave the tracer out of what pytest tells of a test, to another process with pytest-xdist."""
    with untraced():
        return (yield)


def _covered_elsewhere(item: pytest.Item) -> bool:
    """Stories; and flows, which are the same on either database: the store has own tests."""
    again = "both_databases" in item.keywords and "postgresql" in item.name
    return again or item.path.stem in STORIES


def pytest_sessionstart(session: pytest.Session) -> None:
    """Load all that is measured; what only hands out tests, for pytest-xdist, has nothing."""
    if session.config.pluginmanager.has_plugin("dsession"):
        sys.settrace(None)
        threading.settrace(None)  # type: ignore[arg-type]
    elif "coverage" in sys.modules:
        with untraced() if _measures_less(session.config) else nullcontext(), uncollected():
            load_everything()


@pytest.hookimpl(wrapper=True)
def pytest_collection(session: pytest.Session) -> Generator[None, object, object]:
    """Leave the tracer out where another process traces the same."""
    with untraced() if _measures_less(session.config) else nullcontext(), uncollected():
        return (yield)


@contextmanager
def uncollected() -> Iterator[None]:
    """What is made here stays to the end: no search for garbage among it, now or later."""
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


def _measures_less(config: pytest.Config) -> bool:
    """Whether this is not the first process of pytest-xdist: they all load and collect alike."""
    return getattr(config, "workerinput", {}).get("workerid", "gw0") != "gw0"


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Keep what a process of pytest-xdist covered: it may be ended before it does so itself."""
    coverage = sys.modules.get("coverage")  # only where it measures
    measured = coverage.Coverage.current() if coverage else None
    if measured is not None and hasattr(session.config, "workerinput"):
        measured.stop()
        measured.save()


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run what is marked ``both_databases`` on both; what reads the file itself on SQLite alone."""
    marked = metafunc.definition.get_closest_marker("both_databases") is not None
    if marked and "make_store" in metafunc.fixturenames and "database" not in metafunc.fixturenames:
        metafunc.parametrize("database_kind", ["sqlite", "postgresql"], indirect=True)


@pytest.fixture
def clock() -> MovableClock:
    """Stands at MORNING until it is moved."""
    return MovableClock(MORNING)


@pytest.fixture
def practice() -> Practice:
    """Who texts."""
    return Practice(
        name="Lakeside Family Medicine",
        phone="+1 217 555 0100",
        time_zone="America/Chicago",
        state="IL",
        id="lakeside",
    )


@pytest.fixture
def carrier(clock: MovableClock) -> Iterator[Sandbox]:
    """A simulated Twilio that leaves STOP and HELP to us."""
    sandbox = Sandbox(
        account_sid=SID,
        auth_token=TOKEN,
        numbers=[SENDER, *OTHER_SENDERS],
        answers_keywords=False,
        clock=clock,
    )
    with untraced():  # the sandbox has tests of its own
        sandbox.__enter__()
    yield sandbox
    sandbox.__exit__(None, None, None)


@pytest.fixture
def provider(carrier: Sandbox) -> Twilio:
    """The adapter, pointed at the carrier."""
    return Twilio(
        account_sid=SID,
        auth_token=TOKEN,
        sender=SENDER,
        base_url=carrier.url,
        answers_keywords=False,
    )


@pytest.fixture
def database(tmp_path: Path) -> Path:
    """Where the store's file lies."""
    return tmp_path / "texting.db"


@pytest.fixture(scope="session")
def postgres() -> Iterator[Server]:
    """A PostgreSQL server, started when the first test wants it."""
    with running_server() as server:
        yield server


@pytest.fixture
def postgres_dsn(postgres: Server) -> Iterator[str]:
    """An empty PostgreSQL database of the test's own."""
    with postgres.database() as dsn:
        yield dsn


@pytest.fixture
def database_kind(request: pytest.FixtureRequest) -> str:
    """Which database a test runs on; SQLite where it does not say."""
    return getattr(request, "param", "sqlite")


@pytest.fixture
def make_store(
    request: pytest.FixtureRequest, database_kind: str
) -> Iterator[Callable[[], StoreKind]]:
    """Makes stores over the same database, and closes them after the test."""
    with ExitStack() as rest:

        def make() -> StoreKind:
            store: StoreKind = (
                SQLite(request.getfixturevalue("database"))
                if database_kind == "sqlite"
                else PostgreSQL(request.getfixturevalue("used_postgres_dsn"))
            )
            rest.callback(store.close)
            return store

        if database_kind != "sqlite":  # it has to outlive them
            request.getfixturevalue("used_postgres_dsn")
        yield make


@pytest.fixture
def used_postgres_dsn(postgres: Server) -> Iterator[str]:
    """A PostgreSQL database with our tables, all empty, that other tests had before."""
    with postgres.used_database() as dsn:
        yield dsn


@pytest.fixture
def make_messenger(
    practice: Practice, provider: Twilio, make_store: Callable[[], StoreKind], clock: MovableClock
) -> Iterator[Callable[..., Messenger]]:
    """Makes messengers over the same database; any argument of Messenger can be replaced."""
    made: list[Messenger] = []

    def make(**changes: object) -> Messenger:
        arguments: dict[str, object] = {"practice": practice, "provider": provider, "clock": clock}
        if "store" not in changes:
            arguments["store"] = make_store()
        messenger = Messenger(**(arguments | changes))  # type: ignore[arg-type]
        made.append(messenger)
        return messenger

    yield make
    for messenger in made:
        messenger.close()


@pytest.fixture
def messenger(make_messenger: Callable[..., Messenger]) -> Messenger:
    """A messenger whose patients live in Chicago."""
    return make_messenger(people=lambda _: Profile(time_zone="America/Chicago"))
