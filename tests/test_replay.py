"""A day at four providers with faults on: what is on record is what the carrier's book says."""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from attrs import evolve, field, frozen

from carriers import own_numbers
from compliant_sms import Blocked, Messenger, system
from compliant_sms.consent import Revoked
from compliant_sms.errors import StoreBusy
from compliant_sms.flows import TextRecord
from compliant_sms.lifecycle import State
from compliant_sms.providers import Capabilities, Lookup
from compliant_sms.sandbox import BookEntry, Outcome, Sandbox
from compliant_sms.testing import MovableClock
from everywhere import EVERYWHERE, Office, offices
from figures import Record
from hooks import listening
from test_send import agree, remind

Make = Callable[..., Messenger]
pytestmark = pytest.mark.both_databases

RATES = {
    "rate_limited": 0.03,
    "status": 0.03,
    "drop": 0.02,
    "accept_then_drop": 0.04,
    "delay": 0.04,
    "stop_before_accept": 0.02,
    "stop_before_answer": 0.02,
    "lost": 0.08,
    "duplicate": 0.12,
    "reordered": 0.12,
}
# Where texts come to rest, and a code that is not about opting out.
ENDS: tuple[Outcome, ...] = ("delivered", "delivered", "delivered", "undelivered", "failed", "sent")
FAILED = {"twilio": 30007, "telnyx": 40002, "vonage": 1260, "bandwidth": 4432}
SAYS = ("STOP", "HELP", "thanks", "")
TEXTS = 3
HOURS = 6
THREADS = 8
STATES = {
    "queued": State.SENT,
    "sent": State.SENT,
    "delivered": State.DELIVERED,
    "undelivered": State.UNDELIVERED,
    "failed": State.FAILED,
}
HOW_FAR = (State.SENT, State.FAILED, State.UNDELIVERED, State.DELIVERED)
WENT_OUT = {State.SENT, State.DELIVERED, State.UNDELIVERED}
WRONGS = (
    "in a state that the book does not have",
    "sent twice",
    "sent by nobody's book",
    "applied twice",
    "not applied",
    "opt-out lost",
    "answered twice",
)


@pytest.fixture(autouse=True)
def no_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    """The brief retry does not sleep."""

    async def sleep(_: float) -> None:
        return

    monkeypatch.setattr(system, "blocking_sleep", sleep)


def persist(ask: Callable[[], object]) -> None:
    """Ask as a host does: again, where the database was held too long by the others."""
    for _ in range(20):
        with suppress(StoreBusy):
            ask()
            return
    pytest.fail("the database is always busy")


@frozen
class Patient:
    """Somebody with some texts of one practice, who may write back after one of them."""

    number: str
    office: Office = field(repr=False)
    says: str
    after: int

    def body(self, which: int) -> str:
        return f"Lakeside Family Medicine: visit {which} is tomorrow."

    def live(self) -> None:
        """Agree, be texted, write back."""
        persist(lambda: agree(self.office.messenger, self.number, self.number))
        for which in range(TEXTS):
            persist(partial(self.remind, which))
            if self.says and which == self.after:
                sender = self.office.provider.sender.e164
                self.office.carrier.reply(self.number, self.says, to=sender)

    def remind(self, which: int) -> Any:
        return remind(
            self.office.messenger,
            f"{self.number}/{which}",
            to=self.number,
            person=self.number,
            body=self.body(which),
        )


def patients(made: dict[str, Office], each: int, chance: random.Random) -> list[Patient]:
    """So many of each practice, in any order."""
    taken = {number for account in EVERYWHERE.values() for number in account.numbers}
    wanted = each * len(made)
    numbers = [n for n in own_numbers(wanted + len(taken)) if n not in taken][:wanted]
    found = []
    for index, number in enumerate(numbers):
        name = list(made)[index % len(made)]
        end = chance.choice(ENDS)
        code = FAILED[name] if end == "failed" else None
        made[name].carrier.set_delivery(number, end, error_code=code)
        found.append(Patient(number, made[name], chance.choice(SAYS), chance.randrange(TEXTS)))
    chance.shuffle(found)
    return found


def spend_the_day(
    everybody: list[Patient], carrier: Sandbox, clock: MovableClock, rates: Mapping[str, float]
) -> None:
    """Hour by hour; in the evening faults end, and what waits is seen to."""
    made = {id(each.office): each.office for each in everybody}.values()
    carrier.set_fault_rates(rates, seconds=0.01)
    with ThreadPoolExecutor(THREADS) as pool:
        for hour in range(HOURS):
            for _ in pool.map(Patient.live, everybody[hour::HOURS]):
                pass
            for office in made:
                office.messenger.dispatch_due()
            carrier.drain()  # what was signed an hour ago is refused
            clock.advance(timedelta(hours=1))
    carrier.set_fault_rates({})
    for _ in range(4):
        carrier.drain()
        for office in made:
            office.messenger.reconcile(limit=10_000)
            while office.messenger.dispatch_due():
                pass
        clock.advance(timedelta(minutes=10))
    carrier.drain()
    clock.advance(timedelta(hours=1))
    for office in made:  # it says nothing of texts that have not ended: those are all asked for
        office.messenger.reconcile(limit=10_000)


def expected(entry: BookEntry) -> State:
    """What the book says, in our words; at Bandwidth 47xx is what another carrier said of it."""
    if entry.provider == "bandwidth" and str(entry.error_code).startswith("47"):
        return State.UNDELIVERED
    return STATES[entry.status]


def may_be(entry: BookEntry, can: Capabilities) -> set[State]:
    """Where a text may be by the book: at its end, where the carrier can be asked.

    Elsewhere it is as far as the carrier ever told. Of what was told nothing at all, not even an
    id in an answer, nobody knows more than that, unless it can be found without one.
    """
    unknown = not entry.told and can.look_up is Lookup.NONE
    never_heard_of = {State.UNCERTAIN} if unknown else set()
    if can.status_look_up:
        return {expected(entry)} | never_heard_of
    told = {expected(evolve(entry, status=status)) for status in entry.told} | {State.SENT}
    return {max(told, key=HOW_FAR.index)} | never_heard_of


def judge_text(
    text: TextRecord, entries: list[BookEntry], can: Capabilities, found: Counter[str]
) -> None:
    """Compare a text with the book."""
    state = text.message.state
    states = [step.state for step in text.steps]
    settled = [each for each in states if each not in {State.DUE, State.CLAIMED, State.UNCERTAIN}]
    found["applied twice"] += len(settled) != len(set(settled))
    found["sent twice"] += len(entries) > 1
    if not entries:
        found["sent by nobody's book"] += state in WENT_OUT
        return
    (entry, *_) = entries
    found["final states compared"] += 1
    found["final states never told"] += entry.status not in entry.told
    found["learnt by asking"] += any(n.update.key.startswith("asked/") for n in text.callbacks)
    found["in a state that the book does not have"] += state not in may_be(entry, can)


def is_known_to_fail(entry: BookEntry, can: Capabilities) -> bool:
    """Whether the carrier told that a text failed, by itself or when it was asked."""
    asked = can.status_look_up and bool(entry.told) and entry.status == "failed"
    return asked or "failed" in entry.told


def judge_patient(patient: Patient, book: list[BookEntry], found: Counter[str]) -> None:
    """Compare what is on record of somebody with the book."""
    messenger, can = patient.office.messenger, patient.office.provider.capabilities
    by_body = defaultdict(list)
    for entry in book:
        if entry.author == "application":
            by_body[entry.body].append(entry)
    for text in messenger.history(patient.number).texts:
        if text.message.draft.idempotency_key.startswith(f"{patient.number}/"):
            entries = by_body.pop(text.message.body, [])
            judge_text(text, entries, can, found)
    # What is left is our own answers, each with words of its own; one that failed may come again.
    arrived = [sum(e.status != "failed" for e in entries) for entries in by_body.values()]
    found["answered twice"] += any(times > 1 for times in arrived)

    written = [e for e in book if (e.author, e.body) == ("patient", "STOP")]
    stops = [e for e in written if e.told]
    # Where the answer came too late for the carrier, it heard of one more than it knows.
    heard = sum(text.body == "STOP" for text in messenger.history(patient.number).received)
    refused = [e for e in book if e.author == "application" and is_known_to_fail(e, can)]
    account = EVERYWHERE[patient.office.provider.name]
    reported = [e for e in refused if e.error_code == account.opted_out]
    revoked = [e for e in messenger.consent.events(patient.number) if isinstance(e, Revoked)]
    by_text = sum(event.channel == "text" for event in revoked)
    found["applied twice"] += by_text > min(heard, len(written))
    found["opt-outs"] += bool(revoked)
    if stops or reported:
        after = patient.remind(TEXTS)
        found["opt-out lost"] += not revoked or not isinstance(after, Blocked)


def replay(make: Make, clock: MovableClock, each: int, seed: int, **rates: float) -> Counter[str]:
    """A day with so many patients at each provider; what was found."""
    found: Counter[str] = Counter()
    with (
        Sandbox(accounts=EVERYWHERE.values(), clock=clock, seed=seed) as carrier,
        listening() as hooks,
    ):
        made = offices(make, carrier, hooks)
        everybody = patients(made, each, random.Random(seed))
        spend_the_day(everybody, carrier, clock, RATES | rates)
        books = defaultdict(list)
        for entry in carrier.messages():
            books[entry.patient].append(entry)
        for patient in everybody:
            judge_patient(patient, books[patient.number], found)
        for office in made.values():
            found["webhooks"] += office.heard.total()
            found["different events"] += len(office.heard)
            found["applied twice"] += sum(times > 1 for times in office.new.values())
            found["not applied"] += sum(times < 1 for times in office.new.values())
    return found


@pytest.mark.parametrize("seed", [1, 2])
def test_a_day(make_messenger: Make, clock: MovableClock, seed: int) -> None:
    """Lost, repeated and reordered callbacks, refusals, drops and STOP at the worst moments."""
    found = replay(make_messenger, clock, 8, seed, lost=0.25)

    assert not any(found[wrong] for wrong in WRONGS), found
    assert found["webhooks"] > found["different events"] > 100
    assert found["final states compared"] > 40
    assert found["learnt by asking"] > 0
    assert found["opt-outs"] > 4


@pytest.mark.endurance
def test_twenty_thousand_webhooks(
    make_messenger: Make, clock: MovableClock, figures: Record
) -> None:
    """A whole day's webhooks, the same way."""
    found = replay(make_messenger, clock, 900, 20_000)
    figures("webhooks: a day at four providers, with faults", found, WRONGS)

    assert found["webhooks"] >= 20_000


@pytest.fixture
def carrier(clock: MovableClock) -> Iterator[Sandbox]:
    """What the fixtures of other tests want to reach; nothing is sent to it here."""
    with Sandbox(accounts=EVERYWHERE.values(), clock=clock) as running:
        yield running
