"""The whole library against a simple model: whatever happens in whichever order, promises hold.

Two practices over one database, with real messengers, carriers that misbehave, households, and time
that passes by minutes, nights and years. What really left is judged, not what is on record.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import ExitStack, suppress
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, ClassVar

import pytest
from attrs import define, evolve, field
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    rule,
    run_state_machine_as_test,
)

from compliant_sms import Keyring
from compliant_sms.consent import Granted, Revoked
from compliant_sms.consent._fold import _as_live as as_live
from compliant_sms.consent._fold import _as_revocation as as_revocation
from compliant_sms.errors import IdempotencyConflict
from compliant_sms.flows._deciding._admit import decide
from compliant_sms.lifecycle import TRANSITIONS, State
from compliant_sms.messenger import StoreKind
from compliant_sms.rules import Verdict
from compliant_sms.stores import PostgreSQL, SQLite
from compliant_sms.testing import MovableClock
from databases import Server
from whole_house import PURPOSES, House
from whole_judge import NUMBERS, PAIRS
from whole_line import STOPS
from whole_model import CARE

BEGINS = datetime(
    2026, 10, 30, 15, 0, tzinfo=UTC
)  # a Friday, ten o'clock; clocks go back on Sunday

ASKS = ["Do I need to bring my insurance card?", "Is there parking at your office?"]
SEVEN_HOURS = 420  # in minutes: so that each hour of the day comes
FEW = 2
WHOSE = st.sampled_from([0, 0, 0, 1])
PAIR = st.sampled_from([*PAIRS, *PAIRS[:2]])  # most of it about two who share a number
NUMBER = st.sampled_from(sorted({number for _, number in PAIRS}))
PURPOSE = st.sampled_from([PURPOSES[0], PURPOSES[0], *PURPOSES[1:5], PURPOSES[4]])
# What can be said of texts to a number, and by whom.
CHANGES = [
    *("STOP", "STOP", "START", "START", "stop the offers", "please stop texting me"),
    *("sign", "sign", "agree", "book", "import", "import", "form", "void", "told"),
]
SAID = st.lists(st.sampled_from(CHANGES), min_size=1, max_size=4)
WHICH = st.integers(0, 1_000)
REQUEST_FAULTS = [
    *("status", "rate_limited", "hang", "drop", "accept_then_drop"),
    *("stop_before_accept", "stop_before_answer"),
]


@define
class World:
    """Both practices over one database, and the clock."""

    kind: str
    clock: MovableClock
    folder: Path
    dsn: str = ""
    rest: ExitStack = field(factory=ExitStack)
    houses: list[House] = field(init=False)

    def __attrs_post_init__(self) -> None:
        """Open them."""
        keys = self.folder / "texting.keys"
        Keyring.generate().write(keys)
        loop = None
        if self.kind == "async":
            loop = asyncio.new_event_loop()
            self.rest.callback(loop.close)
        self.houses = [
            House(
                name=name,
                sender=f"+1217555011{n}",
                seed=n,
                store=self.store(),
                keys=keys,
                clock=self.clock,
                loop=loop,
                answers_keywords=n == 2,
            )
            for n, name in enumerate(["lakeside", "riverside"], 1)
        ]

    def sealed(self) -> None:
        """No word to or of a patient, and no number, lies in the file or beside it."""
        for file in self.folder.glob("texting.db*"):
            kept = file.read_bytes()
            for word in (b"quokka", b"2:30 PM", b"parking", *(n[2:].encode() for _, n in PAIRS)):
                assert word not in kept, (file.name, word)

    def store(self) -> StoreKind:
        """The database, opened anew."""
        store: StoreKind = PostgreSQL(self.dsn) if self.dsn else SQLite(self.folder / "texting.db")
        self.rest.callback(store.close)
        return store


class Whole(RuleBasedStateMachine):
    """Everything that can happen: each rule is one thing that somebody does."""

    kinds: ClassVar[tuple[str, ...]] = ("sync",)
    server: ClassVar[Server | None] = None

    def __init__(self) -> None:
        super().__init__()
        self.rest = ExitStack()
        self.worlds = [self._world(kind) for kind in self.kinds]

    def _world(self, kind: str) -> World:
        folder = Path(self.rest.enter_context(TemporaryDirectory()))
        dsn = ""
        if self.server is not None and kind == "postgresql":
            dsn = self.rest.enter_context(self.server.used_database())
        world = World(kind, MovableClock(BEGINS), folder, dsn)
        self.rest.callback(world.rest.close)
        return world

    def _each(self, whose: int, what: str, *given: Any, **named: Any) -> Any:
        """Let it happen in each world; it comes to the same in all."""
        told = []
        for world in self.worlds:
            house = world.houses[whose]
            try:
                told.append(getattr(house, what)(*given, **named))
            except IdempotencyConflict as error:
                told.append(type(error).__name__)
            house.look()
        assert all(each == told[0] for each in told), (what, told)
        return told[0]

    def _wait(self, by: timedelta) -> None:
        for world in self.worlds:
            world.clock.advance(by)

    def _text(self, whose: int, which: int) -> str | None:
        tags = sorted(self.worlds[0].houses[whose].texts, key=lambda tag: int(tag[6:-1]))
        return tags[which % len(tags)] if tags else None

    # Consent

    @initialize(pairs=st.lists(PAIR, unique=True, min_size=2))
    def begin(self, pairs: list[tuple[str, str]]) -> None:
        """Some have agreed."""
        for whose in (0, 1):
            for person, number in pairs:
                self._each(whose, "grant", person, number, CARE, fresh=True)

    @rule(
        whose=WHOSE,
        pair=PAIR,
        categories=st.sampled_from([CARE, CARE | {"billing"}, frozenset({"billing"})]),
        fresh=st.sampled_from([True, True, False]),
    )
    def grant(self, whose: int, pair: tuple[str, str], categories: Any, *, fresh: bool) -> None:
        """A patient agrees."""
        self._each(whose, "grant", *pair, categories, fresh=fresh)

    @rule(whose=WHOSE, pair=PAIR)
    def agree_in_writing(self, whose: int, pair: tuple[str, str]) -> None:
        self._each(whose, "agree_in_writing", *pair)

    @rule(
        whose=WHOSE,
        number=NUMBER,
        person=st.none(),
        ago=st.sampled_from([timedelta(0), timedelta(hours=1), timedelta(days=2)]),
    )
    def revoke(self, whose: int, number: str, person: Any, ago: timedelta) -> None:
        self._each(whose, "revoke", number, person, ago)

    @rule(whose=WHOSE, pair=PAIR)
    def void(self, whose: int, pair: tuple[str, str]) -> None:
        self._each(whose, "void", *pair)

    @rule(whose=WHOSE, pair=PAIR, ago=st.sampled_from([timedelta(0), timedelta(days=2)]))
    def import_consent(self, whose: int, pair: tuple[str, str], ago: timedelta) -> None:
        self._each(whose, "import_consent", *pair, ago)

    @rule(whose=WHOSE, number=NUMBER, ago=st.sampled_from([None, timedelta(days=1)]))
    def import_opt_out(self, whose: int, number: str, ago: timedelta | None) -> None:
        self._each(whose, "import_opt_out", number, ago)

    @rule(whose=WHOSE, pair=PAIR)
    def fill_in(self, whose: int, pair: tuple[str, str]) -> None:
        self._each(whose, "fill_in", pair[1], pair[0])

    def _said(self, whose: int, pair: tuple[str, str], what: str) -> None:
        """One change of what a patient permits."""
        changes: dict[str, Callable[[], object]] = {
            "sign": lambda: self.agree_in_writing(whose, pair),
            "agree": lambda: self.grant(whose, pair, CARE, fresh=True),
            "book": lambda: self.grant(whose, pair, CARE | {"billing"}, fresh=False),
            "import": lambda: self.import_consent(whose, pair, timedelta(0)),
            "form": lambda: self.fill_in(whose, pair),
            "void": lambda: self.void(whose, pair),
            "told": lambda: self.revoke(whose, pair[1], None, timedelta(0)),
        }
        if what in changes:
            changes[what]()
        else:
            self.write(whose, pair[1], what, again=False)

    @rule(whose=WHOSE, pair=PAIR, said=SAID, purpose=PURPOSE)
    def changes_their_mind(
        self, whose: int, pair: tuple[str, str], said: list[str], purpose: Any
    ) -> None:
        """A patient says one thing after the other, and is texted after each."""
        for what in said:
            self._wait(timedelta(minutes=1))
            self._said(whose, pair, what)
            about = PURPOSES[4] if what in {"sign", "stop the offers", "START"} else purpose
            self._each(whose, "text", *pair, about, None)

    @rule(whose=WHOSE, pair=PAIR, said=SAID)
    def comes_back(self, whose: int, pair: tuple[str, str], said: list[str]) -> None:
        """Who had signed says stop, and START, and is sent an offer."""
        self.changes_their_mind(whose, pair, ["sign", "STOP", "START", *said], PURPOSES[4])

    @rule(whose=WHOSE, pair=PAIR, said=SAID, purpose=PURPOSE)
    def at_night(self, whose: int, pair: tuple[str, str], said: list[str], purpose: Any) -> None:
        """What waits for the morning is overtaken by what is said in the evening."""
        now = self.worlds[0].clock()
        self._wait(timedelta(hours=(3 - now.hour) % 24))  # nine or ten in the evening
        self._each(whose, "text", *pair, purpose, None)
        for what in said:
            self._said(whose, pair, what)
        self._wait(timedelta(hours=13))
        self._each(whose, "dispatch")

    @rule(whose=WHOSE, pair=PAIR, purpose=PURPOSE, body=st.sampled_from([*STOPS, "START", "C"]))
    def meanwhile(self, whose: int, pair: tuple[str, str], purpose: Any, body: str) -> None:
        """A patient writes between two requests for one text."""
        for world in self.worlds:
            house = world.houses[whose]
            house.carrier.fail_next("status", status=429)
            house.meanwhile = (pair[1], body)
        self._each(whose, "text", *pair, purpose, None)

    @rule(whose=WHOSE, pair=PAIR, by=st.sampled_from([50, 70, 130, 300]))
    def sends_and_stands_still(self, whose: int, pair: tuple[str, str], by: int) -> None:
        self.stands_still(whose, by)
        self._each(whose, "text", *pair, PURPOSES[0], None)

    @rule(whose=WHOSE, pair=PAIR, kind=st.sampled_from(["lost", "reordered", "duplicate"]))
    def heard_badly(self, whose: int, pair: tuple[str, str], kind: str) -> None:
        """A text whose answer is lost, or whose reports are."""
        if kind == "lost":
            self.request_fails(whose, "accept_then_drop", 500)
        for _ in range(3):
            self.callback_fails(whose, kind)
        self._each(whose, "text", *pair, PURPOSES[0], None)
        for what in ("callbacks", "sound", "reconcile", "dispatch"):
            self._wait(timedelta(minutes=20))
            self._each(whose, what)

    @rule(whose=WHOSE, person=st.sampled_from(sorted(NUMBERS)), count=st.integers(3, 6))
    def much(self, whose: int, person: str, count: int) -> None:
        """A patient is told much in a day, at each of their numbers."""
        for n in range(count):
            number = NUMBERS[person][n % len(NUMBERS[person])]
            self._each(whose, "text", person, number, PURPOSES[0], None)

    # Texts

    @rule(
        whose=WHOSE,
        pair=PAIR,
        purpose=st.sampled_from(PURPOSES),
        not_after=st.sampled_from([None, None, timedelta(hours=3)]),
    )
    def text(self, whose: int, pair: tuple[str, str], purpose: Any, not_after: Any) -> None:
        self._each(whose, "text", *pair, purpose, not_after)

    @rule(pair=PAIR)
    def remind(self, pair: tuple[str, str]) -> None:
        self._each(0, "text", *pair, PURPOSES[0], None)

    @rule(whose=WHOSE, by=st.sampled_from([timedelta(hours=1), timedelta(hours=9)]))
    def later(self, whose: int, by: timedelta) -> None:
        """Time passes, and a worker works."""
        self._wait(by)
        self._each(whose, "dispatch")

    @rule(whose=WHOSE, which=WHICH, other_key=st.booleans())
    def again(self, whose: int, which: int, *, other_key: bool) -> None:
        tag = self._text(whose, which)
        if tag is not None:
            keys = [*self.worlds[0].houses[whose].texts[tag].ids]
            key = f"{keys[0]}-{len(keys)}" if other_key else keys[which % len(keys)]
            self._each(whose, "ask", tag, key)

    @rule(whose=WHOSE, which=WHICH)
    def cancel(self, whose: int, which: int) -> None:
        tag = self._text(whose, which)
        if tag is not None:
            keys = [*self.worlds[0].houses[whose].texts[tag].ids]
            self._each(whose, "cancel", tag, keys[which % len(keys)])

    @rule(whose=WHOSE)
    def dispatch(self, whose: int) -> None:
        self._each(whose, "dispatch")

    @rule(whose=WHOSE)
    def reconcile(self, whose: int) -> None:
        self._each(whose, "reconcile")

    @rule(whose=WHOSE, scope=st.sampled_from(["all", "marketing", "billing"]))
    def pause(self, whose: int, scope: str) -> None:
        self._each(whose, "pause", scope)
        self._each(whose, "dispatch")

    @rule(whose=WHOSE, scope=st.sampled_from(["all", "all", "marketing", "billing"]))
    def resume(self, whose: int, scope: str) -> None:
        self._each(whose, "resume", scope)

    # What patients write

    @rule(
        whose=WHOSE,
        number=NUMBER,
        body=st.sampled_from(
            [
                *STOPS,
                *ASKS,
                *("STOP", "START", "START", "HELP", "C", "Thanks!"),
                *("Wrong number", "stop the offers"),
            ]
        ),
        again=st.booleans(),
    )
    def write(self, whose: int, number: str, body: str, *, again: bool) -> None:
        """A patient writes."""
        self._each(whose, "write", number, body, again=again)

    @rule(whose=WHOSE, by_closing=st.booleans())
    def answer(self, whose: int, *, by_closing: bool) -> None:
        """The front desk answers."""
        self._each(whose, "answer", by_closing=by_closing)

    # Trouble

    @rule(
        whose=WHOSE,
        kind=st.sampled_from(REQUEST_FAULTS),
        status=st.sampled_from([400, 429, 500, 503]),
    )
    def request_fails(self, whose: int, kind: str, status: int) -> None:
        for world in self.worlds:
            world.houses[whose].carrier.fail_next(kind, status=status)

    @rule(whose=WHOSE, by=st.sampled_from([50, 70, 130, 300]))
    def stands_still(self, whose: int, by: int) -> None:
        for world in self.worlds:
            world.houses[whose].still = timedelta(seconds=by)

    @rule(whose=WHOSE, kind=st.sampled_from(["lost", "duplicate", "reordered"]))
    def callback_fails(self, whose: int, kind: str) -> None:
        for world in self.worlds:
            world.houses[whose].carrier.fail_next(kind)

    @rule(whose=WHOSE, number=NUMBER, ends=st.sampled_from(["delivered", "undelivered", "failed"]))
    def phone(self, whose: int, number: str, ends: Any) -> None:
        for world in self.worlds:
            world.houses[whose].carrier.set_delivery(number, ends)

    @rule(whose=WHOSE, reachable=st.booleans())
    def network(self, whose: int, *, reachable: bool) -> None:
        for world in self.worlds:
            world.houses[whose].carrier.reachable = reachable

    @rule(whose=WHOSE)
    def callbacks(self, whose: int) -> None:
        self._each(whose, "callbacks")

    # Visits

    @rule(
        whose=WHOSE,
        visit=st.tuples(st.sampled_from("abcd"), st.sampled_from(sorted(NUMBERS))),
        days=st.integers(0, 4),
        hour=st.integers(7, 18),
        status=st.sampled_from(["booked", "booked", "booked", "confirmed", "cancelled", "arrived"]),
    )
    def keep(self, whose: int, visit: tuple[str, str], days: int, hour: int, status: str) -> None:
        """A visit is booked, moved or cancelled."""
        day = self.worlds[0].clock().date() + timedelta(days=days)
        start = datetime.combine(day, time(hour))
        self._each(whose, "keep", *visit, start, status)

    @rule(whose=WHOSE)
    def answers(self, whose: int) -> None:
        self._each(whose, "answers")

    # Records

    @rule(whose=WHOSE, number=NUMBER, days=st.sampled_from([1, 400]))
    def pack(self, whose: int, number: str, days: int) -> None:
        self._each(whose, "pack", number, self.worlds[0].clock() - timedelta(days=days))

    @rule(whose=WHOSE, person=st.sampled_from(sorted(NUMBERS)))
    def erase(self, whose: int, person: str) -> None:
        self._each(whose, "erase", person)

    @rule(whose=WHOSE, pair=PAIR, of_number=st.booleans())
    def hold(self, whose: int, pair: tuple[str, str], *, of_number: bool) -> None:
        person, number = pair
        self._each(whose, "hold", *((None, number) if of_number else (person, None)))
        self._each(whose, "erase", person)

    @rule(whose=WHOSE)
    def lift(self, whose: int) -> None:
        self._each(whose, "lift")

    @rule(whose=WHOSE, years=st.sampled_from([0, 0, 2, 7]))
    def purge(self, whose: int, years: int) -> None:
        self._wait(timedelta(days=366 * years))
        self._each(whose, "purge")

    @rule(whose=WHOSE)
    def rotate(self, whose: int) -> None:
        self._each(whose, "rotate")

    @rule(whose=WHOSE, window=st.sampled_from([(8, 21), (9, 18)]))
    def open_anew(self, whose: int, window: tuple[int, int]) -> None:
        for world in self.worlds:
            house = world.houses[whose]
            house.open_anew(window, world.store())

    # Time

    @rule(
        by=st.sampled_from(
            [
                *(timedelta(seconds=1), timedelta(minutes=1), timedelta(minutes=4)),
                *(timedelta(hours=1), timedelta(hours=9), timedelta(hours=13), timedelta(days=1)),
            ]
        )
    )
    def time_passes(self, by: timedelta) -> None:
        self._wait(by)

    # What must hold

    @rule(whose=WHOSE)
    def look_over(self, whose: int) -> None:
        self._each(whose, "sound")

    def teardown(self) -> None:
        """Trouble ends, and days pass with workers at work: then nothing is open."""
        try:
            for whose in (0, 1):
                self._each(whose, "probe")
                self._each(whose, "rest")
            for minutes in (3, 3, 10, 30, 60, 180, *[SEVEN_HOURS] * 40):
                self._wait(timedelta(minutes=minutes))
                open_ = [self._each(whose, "work") for whose in (0, 1)]
                if minutes == SEVEN_HOURS and not any(open_):
                    break
            for whose in (0, 1):
                self._each(whose, "settled")
            for world in self.worlds:
                world.sealed()
        finally:
            with suppress(Exception):
                self.rest.close()


class Both(Whole):
    """The same in a program that blocks and in one on an event loop: it comes to the same."""

    kinds = ("sync", "async")


def play(machine: type[Whole], examples: int, *, shrinks: bool = True) -> None:
    """Play so many random lives; the same ones each time, but for those of a long run."""
    phases = [Phase.generate, Phase.shrink] if shrinks else [Phase.generate]
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=examples,
            stateful_step_count=40 if examples > FEW else 25,
            deadline=None,
            database=None,
            derandomize=examples <= FEW or not shrinks,
            phases=phases,
            suppress_health_check=list(HealthCheck),
        ),
    )


@pytest.mark.parametrize("examples", [FEW, pytest.param(1500, marks=pytest.mark.endurance)])
def test_whole(examples: int) -> None:
    """Nothing that the model forbids leaves, nothing is lost, and all that is kept adds up."""
    play(Whole, examples)


@pytest.mark.parametrize("examples", [1, pytest.param(300, marks=pytest.mark.endurance)])
def test_whole_on_an_event_loop(examples: int) -> None:
    """Blocking and on an event loop it comes to the same, step by step."""
    play(Both, examples)


@pytest.mark.endurance
def test_whole_on_postgresql(postgres: Server) -> None:
    """On SQLite and on PostgreSQL it comes to the same, step by step."""

    class OnBoth(Whole):
        kinds = ("sync", "postgresql")
        server = postgres

    play(OnBoth, 200)


PARENT = PAIRS[0]
HOUR = timedelta(hours=1)


def said_stop(life: Whole) -> None:
    """A patient says stop."""
    life.write(whose=0, number=PARENT[1], body="STOP", again=False)


def said_stop_at_night(life: Whole) -> None:
    """A patient says stop while a text waits for the morning."""
    life.time_passes(13 * HOUR)
    life.remind(PARENT)
    life.revoke(whose=0, number=PARENT[1], person=None, ago=timedelta(0))


def wants_no_offers(life: Whole) -> None:
    """A patient signs for offers, and wants them no more."""
    life.agree_in_writing(whose=0, pair=PARENT)
    life.write(whose=0, number=PARENT[1], body="stop the offers", again=False)


def came_back(life: Whole) -> None:
    """A patient signs for offers, says stop, and START."""
    life.agree_in_writing(whose=0, pair=PARENT)
    for word in ("STOP", "START"):
        life.time_passes(HOUR)
        life.write(whose=0, number=PARENT[1], body=word, again=False)


def was_somebody_else(life: Whole) -> None:
    """A consent was an error."""
    life.void(whose=0, pair=PARENT)


def booked(life: Whole) -> None:
    """Who said stop gives their number again with a booking."""
    said_stop(life)
    life.time_passes(HOUR)
    life.grant(whose=0, pair=PARENT, categories=CARE, fresh=False)


def imported(life: Whole) -> None:
    """Who said stop is on the list of an old system, which knows of no opt-out."""
    said_stop(life)
    life.time_passes(HOUR)
    life.import_consent(whose=0, pair=PARENT, ago=timedelta(0))


def wrote_meanwhile(life: Whole) -> None:
    """A patient says stop while a text that was refused for a moment is tried again."""
    life.meanwhile(whose=0, pair=PARENT, purpose=PURPOSES[0], body="STOP")


def paused(life: Whole) -> None:
    """All texts are stopped, and a worker works on."""
    life.network(whose=0, reachable=False)
    life.remind(PARENT)
    life.network(whose=0, reachable=True)
    life.pause(whose=0, scope="all")
    life.time_passes(HOUR)
    life.dispatch(whose=0)


def stood_still(life: Whole) -> None:
    """A process stands still until its claim has run out, and another one works on."""
    life.stands_still(whose=0, by=130)
    life.remind(PARENT)


def told_backwards(life: Whole) -> None:
    """Reports come in the other order."""
    life.remind(PARENT)
    life.callback_fails(whose=0, kind="reordered")
    life.callbacks(whose=0)
    life.look_over(whose=0)


def never_answered(life: Whole) -> None:
    """The carrier takes a text and does not say so."""
    life.request_fails(whose=0, kind="accept_then_drop", status=500)
    for _ in range(3):
        life.callback_fails(whose=0, kind="lost")
    life.remind(PARENT)
    life.callbacks(whose=0)
    for _ in range(3):
        life.time_passes(HOUR)
        life.reconcile(whose=0)
        life.dispatch(whose=0)


def many(life: Whole) -> None:
    """A patient with two numbers is told much in a day."""
    for _ in range(3):
        for pair in PAIRS[2:4]:
            life.remind(pair)


def forgotten(life: Whole) -> None:
    """Who was told much is erased, and agrees anew at one of their numbers."""
    life.much(whose=0, person="pat-3", count=4)
    life.erase(whose=0, person="pat-3")
    life.changes_their_mind(whose=0, pair=PAIRS[2], said=["sign", "START"], purpose=PURPOSES[4])


def held(life: Whole) -> None:
    """Somebody asks to be erased in the middle of a matter."""
    life.hold(whose=0, pair=PARENT, of_number=False)
    life.erase(whose=0, person=PARENT[0])


async def always(*_: Any) -> bool:
    """What asks nobody."""
    return True


async def nothing(*_: Any, **__: Any) -> None:
    """What is left out."""


async def not_listed(*_: Any) -> tuple[()]:
    """A carrier that is not asked."""
    return ()


async def undecided(tx: Any, ports: Any, known: Any, routes: Any, **about: Any) -> Any:
    """A decision in which nobody is asked whether texts were revoked."""
    decided = await decide(tx, ports, known, routes, **about)
    if decided.decision.verdict is not Verdict.BLOCK:
        return decided
    again = ports.rulebook.decide(decided.rendered.facts, rules=())
    return evolve(decided, decision=again)


def all_kept(event: Revoked) -> Any:
    """A revocation of some texts that ends none."""
    kept = as_revocation(event)
    return evolve(kept, keep=(*CARE, "promotions")) if event.except_for else kept


def as_given(event: Granted, stops: Any, *, restored: bool) -> Any:
    """A consent that START brought back as if it had never ended."""
    return as_live(event, stops, restored=False)


FOLD, ADMIT = "compliant_sms.consent._fold.", "compliant_sms.flows._deciding._admit."
BACKWARDS = TRANSITIONS | {State.DELIVERED: frozenset({State.SENT})}
# Each takes one guard of the library away, in a life in which that is felt.
BROKEN: dict[str, tuple[Callable[[Whole], None], str, object]] = {
    "a STOP ends nothing": (said_stop, "compliant_sms.flows._receiving._heard._stop", nothing),
    "a held text is not decided again": (said_stop_at_night, ADMIT + "decide", undecided),
    "no scope": (wants_no_offers, FOLD + "_as_revocation", all_kept),
    "START brings all back": (came_back, FOLD + "_as_live", as_given),
    "nothing is voided": (was_somebody_else, FOLD + "_voided", lambda _: ("", 0)),
    "a booking lifts a STOP": (booked, FOLD + "_Folding._lifts", lambda *_: True),
    "an import lifts a STOP": (
        imported,
        FOLD + "_Folding._lifts",
        lambda _, event: event.basis.is_fresh_opt_in,
    ),
    "a refused text is tried again undecided": (
        wrote_meanwhile,
        "compliant_sms.flows._sending._deliver._still_stands",
        always,
    ),
    "a pause stops nothing": (paused, ADMIT + "is_paused", nothing),
    "a claim never runs out": (
        stood_still,
        "compliant_sms.flows._sending._deliver._is_within_lease",
        lambda *_: True,
    ),
    "news run backwards": (told_backwards, "compliant_sms.lifecycle.TRANSITIONS", BACKWARDS),
    "nobody is looked up": (
        never_answered,
        "compliant_sms.flows._settling._reconcile._look_up",
        not_listed,
    ),
    "no cap": (many, "compliant_sms.rules._rules_solicitation._release", lambda *_: None),
    "limits forget whoever was erased": (
        forgotten,
        "compliant_sms.stores._sql._erasure.at_number",
        lambda _: {"erased": ""},
    ),
    "a legal hold holds nothing": (
        held,
        "compliant_sms.stores._sql._transaction.SqlTransaction.is_held",
        nothing,
    ),
}


SOME = 4  # of them in each run of the tests


def sent_again_after_it_failed(life: Whole) -> None:
    """The carrier took a text and could not send it; the host sends its words anew."""
    life.phone(whose=0, number=PARENT[1], ends="failed")
    life.remind(PARENT)
    life.callbacks(whose=0)
    life.phone(whose=0, number=PARENT[1], ends="delivered")
    life.again(whose=0, which=0, other_key=True)


def stopped_again_after_it_failed(life: Whole) -> None:
    """Nobody read the confirmation of a STOP, so that the STOP that is repeated has one."""
    life.time_passes(timedelta(minutes=1))
    life.phone(whose=0, number=PARENT[1], ends="failed")
    said_stop(life)
    life.dispatch(whose=0)
    life.callbacks(whose=0)
    life.time_passes(timedelta(minutes=1))
    life.phone(whose=0, number=PARENT[1], ends="delivered")
    said_stop(life)
    life.dispatch(whose=0)


def stopped_offers_and_then_all(life: Whole) -> None:
    """Each has its confirmation: the first one says how to end all texts, and the patient does."""
    life.time_passes(timedelta(minutes=1))
    life.write(whose=0, number=PARENT[1], body="stop the offers", again=False)
    life.dispatch(whose=0)
    life.time_passes(timedelta(minutes=1))
    said_stop(life)
    life.dispatch(whose=0)


def reminded_in_vain(life: Whole) -> None:
    """A reminder never arrived, and its visit is past."""
    life.phone(whose=0, number=PARENT[1], ends="undelivered")
    life.keep(whose=0, visit=("a", PARENT[0]), days=1, hour=13, status="booked")
    life.time_passes(timedelta(hours=25))
    life.dispatch(whose=0)
    life.callbacks(whose=0)
    life.time_passes(timedelta(hours=9))


def lived(life: Callable[[Whole], None]) -> None:
    """One life, told step by step, to its end."""
    machine = Whole()
    machine.begin(pairs=PAIRS)
    try:
        life(machine)
    finally:
        machine.teardown()


@pytest.mark.parametrize(
    "what",
    [
        pytest.param(each, marks=() if n < SOME else pytest.mark.endurance)
        for n, each in enumerate(BROKEN)
    ],
)
def test_the_machine_notices(what: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without one of its guards the library is found out."""
    life, where, instead = BROKEN[what]
    monkeypatch.setattr(where, instead, raising=False)
    with pytest.raises(AssertionError):
        lived(life)


@pytest.mark.parametrize("life", [sent_again_after_it_failed, stopped_again_after_it_failed])
def test_what_a_carrier_could_not_send_counts_as_none(life: Callable[[Whole], None]) -> None:
    """It is no text of the day and confirms nothing: the model says so as the library does."""
    lived(life)


def test_a_stop_of_all_after_one_of_some_has_its_own_confirmation() -> None:
    """It is a request of its own, 47 CFR 64.1200(a)(12), and no repeat."""
    lived(stopped_offers_and_then_all)


def test_nobody_sees_to_a_reminder_of_a_visit_that_is_past() -> None:
    """Nor does the model ask for it: it stays on record, and on no list."""
    lived(reminded_in_vain)


@pytest.mark.endurance
@pytest.mark.parametrize("what", BROKEN)
def test_nothing_is_found_otherwise(what: str) -> None:
    """In the same lives nothing is wrong with all guards in place."""
    lived(BROKEN[what][0])
