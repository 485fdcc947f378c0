"""What leaves a practice, and what it keeps, judged by the model."""

from __future__ import annotations

import asyncio
import re
from collections import Counter
from datetime import datetime, time, timedelta
from inspect import iscoroutine
from typing import Any
from zoneinfo import ZoneInfo

from attrs import define, field, frozen

from compliant_sms import Purpose
from compliant_sms.conversations import OpenKind
from compliant_sms.driver import finish
from compliant_sms.flows import ReceivedText
from compliant_sms.lifecycle import State
from compliant_sms.messages import Message
from compliant_sms.reminders import Appointment
from compliant_sms.rules import PracticeCap
from compliant_sms.sandbox import BookEntry
from compliant_sms.testing import FakeCarrier, MovableClock
from whole_model import HALF_A_DAY, Model

# Two persons at one number, one person at two, and one who lives in another zone.
SHARED, FIRST, SECOND, ALONE = (f"+1217555013{n}" for n in range(4, 8))
NUMBERS = {
    "pat-1": (SHARED,),
    "pat-2": (SHARED,),
    "pat-3": (FIRST, SECOND),
    "pat-4": (ALONE,),
}
ZONES = dict.fromkeys(NUMBERS, "America/Chicago") | {"pat-4": "America/New_York"}
PAIRS = [(person, number) for person, numbers in NUMBERS.items() for number in numbers]
CAP = PracticeCap(count=4, within=timedelta(days=1))
# What answers a patient, or saves a life, waits for no limit and may be said again.
ANSWERS = {Purpose.CARE_CONVERSATION, Purpose.EMERGENCY_ALERT}
ERASED = "+9990000000"
TAG = re.compile(r"quokka\d+x")
VISIT = re.compile(r"visit (\w+) (\d\d-\d\d) at (\d\d\.\d\d)")
# What a text has to be once the provider has told of its end.
LAST = {
    "delivered": {State.DELIVERED},
    "undelivered": {State.UNDELIVERED},
    "failed": {State.FAILED, State.UNDELIVERED},
}
DONE = {State.SENT, State.DELIVERED, State.UNDELIVERED, State.FAILED, State.BLOCKED} | {
    State.CANCELLED
}


@define
class Text:
    """A text that was asked for.

    Attributes:
        keys: under which keys.
        cancelled: the keys under which it was called back before it left.
    """

    person: str
    number: str
    purpose: Purpose
    body: str
    not_after: datetime | None
    ids: dict[str, str] = field(factory=dict)
    cancelled: set[str] = field(factory=set)
    erased: bool = False


@frozen
class Asked:
    """A request whose text the library worded: judged by what the model was, when it is known."""

    number: str
    body: str
    left: datetime
    at: datetime
    model: Model
    visits: dict[str, tuple[Appointment, int]]


@define(kw_only=True)
class Judge:
    """What is known of one practice, and whether all that it does is right."""

    name: str
    clock: MovableClock
    loop: asyncio.AbstractEventLoop | None = None
    answers_keywords: bool = False
    window: tuple[int, int] = (8, 21)
    model: Model = field(factory=Model)
    carrier: FakeCarrier = field(init=False)
    messenger: Any = field(init=False)
    texts: dict[str, Text] = field(factory=dict)
    judged: set[str] = field(factory=set)
    asked: list[Asked] = field(factory=list)
    heard: dict[str, ReceivedText] = field(factory=dict)
    visits: dict[str, tuple[Appointment, int]] = field(factory=dict)
    told: Counter[tuple[str, int, str]] = field(factory=Counter)
    pauses: set[str] = field(factory=set)
    confirmed: dict[str, list[tuple[str, datetime]]] = field(factory=dict)
    departed: dict[str, list[tuple[str, datetime]]] = field(factory=dict)
    erased: set[str] = field(factory=set)
    opt_outs: int = 0
    wrongs: list[str] = field(factory=list)

    def do(self, what: Any) -> Any:
        """The answer, of whichever kind the messenger is."""
        if not iscoroutine(what):
            return what
        return finish(what) if self.loop is None else self.loop.run_until_complete(what)

    def wrong(self, what: str, found: bool) -> None:  # noqa: FBT001
        """Note what must not be; the rule that is running raises it when it is over."""
        if found:
            self.wrongs.append(what)

    @property
    def forgotten(self) -> set[str]:
        """The numbers of whoever was erased."""
        return {number for person in self.erased for number in NUMBERS[person]}

    @property
    def failed(self) -> set[str]:
        """What the carrier took and could not send: nobody read it, and it counts as none."""
        return {entry.sid for entry in self.carrier.messages() if entry.status == "failed"}

    def of(self, body: str) -> Text:
        """What was asked for, of which that is the text."""
        found = TAG.search(body)
        assert found
        return self.texts[found.group()]

    def is_it(self, entry: BookEntry, text: Text) -> bool:
        """Whether the carrier's entry is that text."""
        return entry.body.startswith(text.body)

    def judge(self, number: str, body: str, model: Model, now: datetime) -> None:
        """Whether the text that was claimed then may leave."""
        if not TAG.search(body):
            visits = dict(self.visits)
            self.asked.append(Asked(number, body, self.clock(), now, model, visits))
            return
        text = self.of(body)
        self.wrong("to another number", number != text.number)
        self.wrong("it was erased", text.erased)
        self.wrong("called back", not (text.ids.keys() - text.cancelled))
        self.wrong("too late", text.not_after is not None and now > text.not_after)
        gone = [e for e in self.carrier.texts_to(number) if self.is_it(e, text)]
        self.wrong("a key was texted twice", len(gone) >= len(text.ids.keys() - text.cancelled))
        if text.purpose not in ANSWERS:
            lately = [
                e for e in gone if now - e.created_at < HALF_A_DAY and e.sid not in self.failed
            ]
            self.wrong("the same words twice", bool(lately))
        self.judge_person(model, number, text.person, text.purpose, now)

    def judge_person(
        self, model: Model, number: str, person: str, purpose: Purpose, now: datetime
    ) -> None:
        """Whether a person may be texted there."""
        name = purpose.code
        self.wrong(f"{name} not permitted", model.permits(number, person, purpose) is False)
        self.wrong("paused", bool(self.pauses & {"all", name}))
        self.wrong("promotions paused", name == "promotion" and "marketing" in self.pauses)
        if purpose is Purpose.EMERGENCY_ALERT:
            return
        # The courtesy window is for what informs; when offers may come the law says.
        low, high = (8, 21) if name == "promotion" else self.window
        local, answer = now.astimezone(ZoneInfo(ZONES[person])).time(), name == "care_conversation"
        self.wrong("at night", not answer and not time(low) <= local < time(high))
        gone = [at for sid, at in self.departed.get(person, ()) if sid not in self.failed]
        recent = [at for at in gone if timedelta(0) <= now - at < CAP.within]
        self.wrong("over the cap", not answer and len(recent) >= CAP.count)

    def departs(self, entry: BookEntry) -> None:
        """The carrier took a text."""
        if not TAG.search(entry.body):
            return
        text = self.of(entry.body)
        if text.purpose is not Purpose.EMERGENCY_ALERT:
            self.departed.setdefault(text.person, []).append((entry.sid, self.clock()))

    def look(self) -> None:
        """Judge what the library worded by itself, and raise what was wrong."""
        asked, self.asked[:] = [*self.asked], []
        for each in asked:
            self.judge_own(each)
        assert not self.wrongs, self.wrongs

    def judge_own(self, asked: Asked) -> None:
        """Whether an answer or a reminder was right, by the model of when it left."""
        taken = [
            e
            for e in self.carrier.texts_to(asked.number)
            if e.body == asked.body and e.created_at == asked.left.replace(microsecond=0)
        ]
        # A request that was refused at once, or never heard, was no text.
        taken = [e for e in taken if e.sid not in self.judged]
        if not taken:
            return
        self.judged.add(taken[0].sid)
        message = self.message(asked.number, taken[0])
        if message is None or message.draft.is_erased:
            return
        purpose, person = message.draft.purpose, message.draft.person
        if purpose == Purpose.OPT_OUT_CONFIRMATION:
            since = asked.model.begins_anew(asked.number)
            before = self.confirmed.setdefault(asked.number, [])
            again = [
                at for sid, at in before if sid not in self.failed and (since is None or at > since)
            ]
            self.wrong("confirmed twice", bool(again))
            self.wrong("confirmed late", not asked.model.confirmable(asked.number, asked.at))
            before.append((taken[0].sid, asked.at))
        elif purpose == Purpose.APPOINTMENT_REMINDER:
            assert person
            self.judge_person(asked.model, asked.number, person, purpose, asked.at)
            self.judge_visits(asked, message)
        elif purpose == Purpose.OPT_IN_CONFIRMATION:
            self.wrong("answered a START that ended", asked.model.ended(asked.number))
        elif purpose != Purpose.HELP_REPLY and purpose.message_class != "emergency":
            self.wrong(f"{purpose.code} after a stop", asked.model.ended(asked.number))

    def message(self, number: str, entry: BookEntry) -> Message | None:
        """What is kept of what the carrier took."""
        kept = [m for m in self.kept().values() if m.draft.to.e164 in {number, ERASED}]
        by_id = [m for m in kept if m.provider_id == entry.sid]
        unknown = {State.UNCERTAIN, State.CLAIMED, State.CANCELLED}
        maybe = [m for m in kept if m.body == entry.body and m.state in unknown]
        found = by_id or maybe
        if not found and number not in self.forgotten:
            self.wrong("a text that nobody knows of", found=True)
        return found[0] if found else None

    def judge_visits(self, asked: Asked, message: Message) -> None:
        """Whether a reminder tells of a visit as it stood, and for the first time."""
        told = VISIT.search(asked.body)
        if not told:
            return  # several together, in the library's words
        visit, epoch = asked.visits[told.group(1)]
        self.wrong("of a visit that is off", visit.status not in {"booked", "confirmed"})
        at = f"{visit.start:%m-%d} at {visit.start:%H.%M}"
        self.wrong("of a visit that moved", at != f"{told.group(2)} at {told.group(3)}")
        fact = (visit.id, epoch, asked.body)
        self.wrong("reminded twice", fact in self.told)
        self.told[fact] += 1
        self.wrong("of a visit that is over", visit.starts_at <= asked.at)
        assert message.draft.person == visit.person

    def sound(self) -> None:
        """What must hold whenever one looks."""
        self.do(self.messenger.verify_ledger())
        kept = self.kept()
        for text in self.texts.values():
            if text.erased:
                continue
            for key, message_id in text.ids.items():
                if message_id:
                    assert message_id in kept, f"{key} is lost"
        uncertain = {r.message.message_id for r in self.do(self.messenger.uncertain(limit=1000))}
        assert uncertain == {m for m, each in kept.items() if each.state is State.UNCERTAIN}
        self.told_of(kept)
        self.counted(kept)
        self.listed()

    def told_of(self, kept: dict[str, Message]) -> None:
        """A text is what the carrier has told of its end, in whichever order."""
        state = {m.provider_id: m.state for m in kept.values()}
        for entry in self.carrier.messages():
            for told in LAST.keys() & {*entry.told}:
                if entry.sid in state:
                    assert state[entry.sid] in LAST[told], (told, state[entry.sid])

    def kept(self) -> dict[str, Message]:
        """All texts on record, by id: those to patients, and answers to whom nobody knows."""
        found: dict[str, Message] = {}
        for person in NUMBERS:
            for record in self.do(self.messenger.history(person)).texts:
                found[record.message.message_id] = record.message
        for thread in self.do(self.messenger.inbox.threads(limit=1000)):
            view = self.do(self.messenger.inbox.thread(thread.thread_id))
            found |= {t.message.message_id: t.message for t in view.texts if t.message}
        return found

    def counted(self, kept: dict[str, Message]) -> None:
        """The figures add up."""
        figures = self.do(self.messenger.figures())
        assert figures.received == len(self.heard)
        if not self.answers_keywords:
            assert figures.opt_outs == self.opt_outs, (figures.opt_outs, self.opt_outs)
        at = self.clock()
        early = self.do(self.messenger.figures(since=None, until=at - timedelta(hours=30)))
        late = self.do(self.messenger.figures(since=at - timedelta(hours=30), until=None))
        assert early.received + late.received == figures.received
        assert early.opt_outs + late.opt_outs == figures.opt_outs
        left = {m for m, each in kept.items() if each.attempts}
        gone = figures.allowed - len(left)  # what was sent to whoever was erased is not kept
        assert gone >= 0 if self.erased else gone == 0, (figures.allowed, len(left))
        now = Counter(m.state for m in kept.values())
        assert all(figures.texts.get(state, 0) >= n for state, n in now.items())

    def listed(self) -> None:
        """What came in is in a thread."""
        for event in self.heard.values():
            assert event.thread_id
        views: dict[str, set[str]] = {}
        for event in self.heard.values():
            assert event.thread_id
            if event.inbound.number and event.inbound.number.e164 in self.forgotten:
                continue
            if event.thread_id not in views:
                view = self.do(self.messenger.inbox.thread(event.thread_id))
                views[event.thread_id] = {t.inbound.inbound_id for t in view.texts if t.inbound}
            assert event.inbound.inbound_id in views[event.thread_id]

    def settled(self) -> None:
        """Each text is where it ends, and the carrier knows the same."""
        self.sound()
        kept = self.kept()
        open_ = {m: each.state for m, each in kept.items() if each.state not in DONE}
        assert not open_, open_
        sent = [e for e in self.carrier.messages() if e.author == "application"]
        taken = {e.sid for e in sent if e.to not in self.forgotten}
        ours = {m.provider_id for m in kept.values() if m.provider_id}
        gone = {m.provider_id for m in kept.values() if m.state in {State.SENT, State.DELIVERED}}
        assert gone <= {e.sid for e in sent}
        assert taken <= ours, "the carrier has a text that no record knows"
        items = self.do(self.messenger.open_items(limit=100_000))
        failed = {
            m
            for m, each in kept.items()
            if each.state is State.UNDELIVERED
            and each.purged is None
            and each.draft.purpose not in ANSWERS  # whose patient waits again, or was called
            # Nobody should reach whoever said stop.
            and each.draft.purpose != Purpose.OPT_OUT_CONFIRMATION
            and not self.is_past(each)
        }
        listed = {i.reference for i in items if i.kind is OpenKind.UNDELIVERABLE}
        assert failed <= listed, [kept[m] for m in failed - listed]

    def is_past(self, message: Message) -> bool:
        """Whether it is a reminder that the plan made, of a visit that has begun by now."""
        draft = message.draft
        planned = draft.idempotency_key.startswith("appt/")
        return planned and draft.not_after is not None and draft.not_after <= self.clock()

    def unreadable(self) -> None:
        """Nobody reads a word to somebody who was erased, in what is kept of others."""
        gone = {tag for tag, text in self.texts.items() if text.erased}
        seen = []
        for person in NUMBERS:
            history = self.do(self.messenger.history(person))
            seen += [r.message.body + r.message.draft.body for r in history.texts]
        for thread in self.do(self.messenger.inbox.threads(limit=1000)):
            view = self.do(self.messenger.inbox.thread(thread.thread_id))
            seen += [t.message.body for t in view.texts if t.message]
        found = {tag for body in seen for tag in TAG.findall(body)} & gone
        self.wrong("words to somebody who was erased", bool(found))
