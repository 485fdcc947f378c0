"""Callbacks in bulk: several times over, in any order, from many threads; each applied once."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import reduce
from itertools import permutations

import pytest
from attrs import field, frozen

from compliant_sms import Blocked, Messenger, Profile
from compliant_sms.consent import Revoked
from compliant_sms.flows import ReceivedStatus, ReceivedText
from compliant_sms.lifecycle import State, can_become
from compliant_sms.sandbox import Sandbox
from compliant_sms.wire import WebhookRequest
from conftest import INTAKE_WORDING
from figures import Record
from test_receive import from_patient, status
from test_send import remind

Make = Callable[..., Messenger]
pytestmark = pytest.mark.both_databases

# What a carrier reports of one text, with Twilio's code where it is no good news.
WAYS: list[list[tuple[str, str]]] = [
    [("queued", ""), ("sent", ""), ("delivered", "")],
    [("sent", ""), ("undelivered", "30003")],
    [("sent", ""), ("undelivered", "30003"), ("delivered", "")],
    [("failed", "30007")],
    [("failed", "21610")],
    [("sent", "")],
]
OPTED_OUT = "21610"
WORDS = {"queued": State.SENT, "sent": State.SENT, "failed": State.FAILED} | {
    "delivered": State.DELIVERED,
    "undelivered": State.UNDELIVERED,
}
AREAS = (217, 312, 618, 309, 708, 815, 847, 773, 630, 224)
THREADS = 8
WRONGS = ("not applied", "applied twice", "in a wrong state", "answered twice or not")


def final(way: list[tuple[str, str]]) -> State:
    """Where a text comes to rest, whatever the order: the model."""

    def moved(state: State, word: str) -> State:
        return WORDS[word] if can_become(state, WORDS[word]) else state

    (end,) = {reduce(moved, order, State.SENT) for order in permutations(w for w, _ in way)}
    return end


@frozen
class Patient:
    """Somebody with some texts of ours, who writes back."""

    number: str
    says: str
    ways: list[list[tuple[str, str]]] = field(factory=list)

    @property
    def stops(self) -> bool:
        return self.says == "STOP" or any(OPTED_OUT in dict(way).values() for way in self.ways)


def patients(count: int, chance: random.Random) -> list[Patient]:
    """Each with three texts, and with one of their own."""
    return [
        Patient(
            f"+1{AREAS[n // 100]}55501{n % 100:02}",
            chance.choice(["STOP", "HELP", "thanks"]),
            [chance.choice(WAYS) for _ in range(3)],
        )
        for n in range(count)
    ]


def text_all(messenger: Messenger, carrier: Sandbox, everybody: list[Patient]) -> None:
    """Send everybody their texts; of every fourth the answer is lost on its way."""
    for number, patient in enumerate(everybody):
        messenger.consent.grant(
            patient.number,
            person=patient.number,
            basis="intake_form",
            wording=INTAKE_WORDING,
            recorded_by="front-desk:ana",
        )
        for which in range(len(patient.ways)):
            if (number + which) % 4 == 0:
                carrier.fail_next("accept_then_drop")
            remind(
                messenger,
                f"{patient.number}/{which}",
                to=patient.number,
                person=patient.number,
                body=f"Lakeside Family Medicine: visit {which} is tomorrow.",
            )


def callbacks(
    messenger: Messenger, carrier: Sandbox, everybody: list[Patient], chance: random.Random
) -> list[WebhookRequest]:
    """What the carrier has to tell, each one to three times, in any order."""
    told: list[WebhookRequest] = []
    sids = {(e.to, e.body.split(" is tomorrow")[0][-1]): e.sid for e in carrier.messages()}
    for number, patient in enumerate(everybody):
        told.append(from_patient(patient.says, f"SM{number:032x}", sender=patient.number))
        kept = {
            text.message.draft.idempotency_key: text.message.message_id
            for text in messenger.history(patient.number).texts
        }
        for which, way in enumerate(patient.ways):
            ref, sid = kept[f"{patient.number}/{which}"], sids[patient.number, str(which)]
            told += [status(sid, word, ref=ref, code=code) for word, code in way]
    several = [each for each in told for _ in range(chance.randrange(1, 4))]
    chance.shuffle(several)
    return several


def deliver(messenger: Messenger, told: list[WebhookRequest]) -> Counter[bytes]:
    """Hand all of them in, from several threads; how often each was new."""

    def hand_in(request: WebhookRequest) -> tuple[bytes, bool]:
        (event,) = messenger.receive(request).events
        assert isinstance(event, ReceivedStatus | ReceivedText)
        return request.url.encode() + request.body, event.new

    with ThreadPoolExecutor(THREADS) as pool:
        return Counter(what for what, new in pool.map(hand_in, told) if new)


def judged(messenger: Messenger, carrier: Sandbox, everybody: list[Patient]) -> Counter[str]:
    """Compare what is on record with the model."""
    wrong: Counter[str] = Counter()
    answers = Counter(
        e.to for e in carrier.messages() if e.author == "application" and "tomorrow" not in e.body
    )
    for patient in everybody:
        texts = {
            text.message.draft.idempotency_key: text
            for text in messenger.history(patient.number).texts
        }
        for which, way in enumerate(patient.ways):
            text = texts[f"{patient.number}/{which}"]
            states = [step.state for step in text.steps]
            wrong["in a wrong state"] += text.message.state is not final(way)
            wrong["applied twice"] += len(states) != len(set(states))
        events = messenger.consent.events(patient.number)
        revoked = Counter(e.channel for e in events if isinstance(e, Revoked))
        reported = sum(OPTED_OUT in dict(way).values() for way in patient.ways)
        wrong["applied twice"] += revoked["text"] > (patient.says == "STOP")
        wrong["applied twice"] += revoked["provider"] > reported
        wrong["not applied"] += revoked["text"] < (patient.says == "STOP")
        wrong["not applied"] += revoked["provider"] < reported
        wrong["answered twice or not"] += answers[patient.number] != (patient.says != "thanks")
    return wrong


def in_bulk(messenger: Messenger, carrier: Sandbox, count: int) -> Counter[str]:
    """So many patients; what was found."""
    chance = random.Random(count)
    everybody = patients(count, chance)
    text_all(messenger, carrier, everybody)
    told = callbacks(messenger, carrier, everybody, chance)
    new = deliver(messenger, told)
    while messenger.dispatch_due():
        pass
    found = judged(messenger, carrier, everybody)
    found["callbacks"] = len(told)
    found["different ones"] = len({each.url.encode() + each.body for each in told})
    found["applied twice"] += sum(times > 1 for times in new.values())
    found["not applied"] += found["different ones"] - len(new)
    for patient in everybody:
        if patient.stops:
            after = remind(messenger, f"{patient.number}/after", to=patient.number, person="x")
            assert isinstance(after, Blocked)
    return found


@pytest.fixture
def busy(make_messenger: Make) -> Messenger:
    """A messenger with patients in Illinois."""
    return make_messenger(people=lambda _: Profile(time_zone="America/Chicago"))


def test_callbacks_in_bulk(busy: Messenger, carrier: Sandbox) -> None:
    """Duplicated, reordered, concurrent callbacks are each applied once, and states are right."""
    found = in_bulk(busy, carrier, 20)

    assert not any(found[wrong] for wrong in WRONGS), found
    assert found["callbacks"] > 100


@pytest.mark.endurance
def test_ten_thousand_callbacks(busy: Messenger, carrier: Sandbox, figures: Record) -> None:
    """Ten thousand callbacks, the same way."""
    found = in_bulk(busy, carrier, 800)
    figures("webhooks: duplicated, reordered, from 8 threads", found, WRONGS)

    assert found["callbacks"] >= 10_000
