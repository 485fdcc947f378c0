"""A real practice with everything real but its carrier, judged at each request by the model."""

from __future__ import annotations

import asyncio
import re
from collections import Counter
from datetime import datetime, time, timedelta
from inspect import iscoroutine
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs
from zoneinfo import ZoneInfo

from attrs import define, field, frozen

from compliant_sms import (
    AsyncMessenger,
    Blocked,
    Cancelled,
    Keyring,
    Messenger,
    Practice,
    Profile,
    Purpose,
    Rulebook,
    Settings,
)
from compliant_sms.conversations import BusinessHours, InboxPlan, OpenKind, Queue
from compliant_sms.driver import finish
from compliant_sms.errors import UnderLegalHold, UnknownPerson, Unsettled, WebhookRejected
from compliant_sms.evidence import verify_pack
from compliant_sms.flows import ReceivedText
from compliant_sms.imports import ImportedConsent, ImportedOptOut
from compliant_sms.keyring import data_cipher
from compliant_sms.lifecycle import State
from compliant_sms.messages import Message
from compliant_sms.messenger import StoreKind
from compliant_sms.permission import Permission, Programme, Submission
from compliant_sms.providers import Twilio
from compliant_sms.reminders import Appointment, ReminderContext, ReminderPlan, Status
from compliant_sms.rules import PracticeCap, Verdict
from compliant_sms.sandbox import BookEntry
from compliant_sms.testing import FakeCarrier, MovableClock
from compliant_sms.wire import HttpReply, HttpRequest, WebhookRequest
from whole_model import CARE, HALF_A_DAY, SELLING, Model, Said

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
PURPOSES = [
    Purpose.APPOINTMENT_REMINDER,
    Purpose.PRESCRIPTION_NOTIFICATION,
    Purpose.BILLING,
    Purpose.CARE_CONVERSATION,
    Purpose.PROMOTION,
    Purpose.EMERGENCY_ALERT,
]
WORDS = {
    "appointment_reminder": "see you at 2:30 PM. Bring form",
    "prescription_notification": "your refill is ready. Locker",
    "billing": "your statement is at the desk, folder",
    "care_conversation": "thank you for asking, we will see to it, note",
    "promotion": "teeth whitening is 20% off this week. Reply STOP to opt out. Voucher",
    "emergency_alert": "boil tap water before you drink it, warning",
}
PROGRAMME = Programme(
    id="care", about="your appointments and care", categories=sorted(CARE), editions="2026-03"
)
STOPS = ["STOP", "please stop texting me", "no more texts please"]
ASKS = ["Do I need to bring my insurance card?", "Is there parking at your office?"]
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


def words(context: ReminderContext) -> str:
    """Words from which it can be read what a reminder is about."""
    visit = context.appointment
    return (
        f"{context.practice.name}: visit {visit.id} {context.start:%m-%d at %H.%M}, "
        f"{context.code}. Reply C to confirm. STOP to opt out."
    )


@define(kw_only=True)
class House:
    """One practice: its messenger, its carrier, and what the model knows."""

    name: str
    sender: str
    seed: int
    store: StoreKind
    keys: Path
    clock: MovableClock
    loop: asyncio.AbstractEventLoop | None = None
    answers_keywords: bool = False
    model: Model = field(factory=Model)
    carrier: FakeCarrier = field(init=False)
    messenger: Any = field(init=False)
    window: tuple[int, int] = (8, 21)
    ids: Any = field(init=False)
    texts: dict[str, Text] = field(factory=dict)
    keyed: dict[str, str] = field(factory=dict)
    judged: set[str] = field(factory=set)
    asked: list[Asked] = field(factory=list)
    heard: dict[str, ReceivedText] = field(factory=dict)
    visits: dict[str, tuple[Appointment, int]] = field(factory=dict)
    told: Counter[tuple[str, int, str]] = field(factory=Counter)
    pauses: set[str] = field(factory=set)
    confirmed: dict[str, list[datetime]] = field(factory=dict)
    departed: dict[str, list[datetime]] = field(factory=dict)
    erased: set[str] = field(factory=set)
    holds: list[tuple[str, str]] = field(factory=list)
    opt_outs: int = 0
    wrongs: list[str] = field(factory=list)
    filling: str | None = None
    begun: dict[int, tuple[HttpRequest, Model, datetime]] = field(factory=dict)
    still: timedelta = timedelta(0)
    serial: Any = field(factory=count)

    def __attrs_post_init__(self) -> None:
        """Open it."""
        self.ids = map(f"{self.name}-{{:05}}".format, count())
        adapter = Twilio(
            account_sid=f"AC{self.seed:032x}",
            auth_token="a-token-that-signs-nothing-real",
            sender=self.sender,
            status_callback="https://clinic.example/texts/twilio",
            answers_keywords=self.answers_keywords,
            base_url="http://127.0.0.1:9",
        )
        self.carrier = FakeCarrier(adapter, clock=self.clock, seed=self.seed)
        self.open()

    def open(self) -> None:
        """Make a messenger, of whichever kind."""
        low, high = self.window
        kind = Messenger if self.loop is None else AsyncMessenger
        hours = BusinessHours(zone="America/Chicago", week={"mon-fri": "08:00-17:00"})
        self.messenger = kind(
            practice=Practice(
                id=self.name,
                name=f"{self.name.title()} Family Medicine",
                phone="+1 217 555 0100",
                time_zone="America/Chicago",
                state="IL",
                link_domains=["clinic.example"],
            ),
            provider=self.carrier.provider,
            store=self.store,
            keyring=Keyring.from_file(self.keys),
            people=lambda person: Profile(time_zone=ZONES.get(person, "America/Chicago")),
            rulebook=Rulebook(
                Settings(courtesy_window=f"{low:02}:00-{high:02}:00", caps=[CAP])  # type: ignore[arg-type]
            ),
            clock=self.clock,
            transport=self,
            retry=self.carrier.retry,
            ids=lambda: next(self.ids),
            reminders=[
                ReminderPlan(offsets=["1 day before at 10:00", "3 hours before"], body=words)
            ],
            permission=Permission(
                programmes=[PROGRAMME],
                terms_url="https://clinic.example/terms",
                privacy_url="https://clinic.example/privacy",
                form_url="https://clinic.example/texts",
                identify=lambda _: self.filling,
            ),
            inbox=InboxPlan(
                point_person="dr-diaz",
                queues=[Queue(name="front-desk", members=["ana", "ben"], hours=hours)],
            ),
        )
        self.carrier.post_to(self.take_in)

    def do(self, what: Any) -> Any:
        """The answer, of whichever kind the messenger is."""
        if not iscoroutine(what):
            return what
        return finish(what) if self.loop is None else self.loop.run_until_complete(what)

    def wrong(self, what: str, found: bool) -> None:  # noqa: FBT001
        """Note what must not be; the rule that is running raises it when it is over."""
        if found:
            self.wrongs.append(what)

    # The carrier's side

    async def take_in(self, request: WebhookRequest) -> int:
        """A callback comes in."""
        fields = {k: v[0] for k, v in parse_qs(request.body.decode()).items()}
        try:
            received = self.messenger.receive(request)
            if iscoroutine(received):
                received = await received
        except WebhookRejected as error:
            self.wrong("a callback was refused", found=True)
            return error.status
        new = [e for e in received.events if isinstance(e, ReceivedText)]
        if "MessageStatus" not in fields:
            self.hear(fields["MessageSid"], fields["From"], fields["Body"], new)
        return received.answer.status

    def hear(self, sid: str, number: str, body: str, events: list[ReceivedText]) -> None:
        """A text was taken in: what it means, which the model reads by itself."""
        (event,) = events
        self.wrong("a text was taken in twice", event.new is (sid in self.heard))
        if sid in self.heard:
            return
        self.heard[sid] = event
        now = self.clock()
        if body in STOPS:
            self.stop(number, Said(what="stop", at=now, by_text=True))
        elif body == "stop the offers":
            kept = (self.model.agreed(number) & (CARE | SELLING | {"billing"})) - {"promotions"}
            self.stop(number, Said(what="stop", at=now, categories=kept, by_text=True))
            self.model.unsure.add(number)
        elif body == "START":
            self.model.add(number, Said(what="start", at=now))
        elif body == "Wrong number" and self.texted(number, timedelta(days=29)):
            self.model.add(number, Said(what="flag", at=now))
        elif body == "Wrong number":
            self.model.unsure.add(number)

    def texted(self, number: str, within: timedelta) -> bool:
        """Whether the carrier took a text to a patient there that no library worded."""
        texts = [e for e in self.carrier.texts_to(number) if TAG.search(e.body)]
        lately = [e for e in texts if self.clock() - e.created_at < within]
        about = [self.of(each.body) for each in lately]
        return any(not t.erased and t.purpose != Purpose.EMERGENCY_ALERT for t in about)

    def of(self, body: str) -> Text:
        """What was asked for, of which that is the text."""
        found = TAG.search(body)
        assert found
        return self.texts[found.group()]

    def stop(self, number: str, said: Said) -> None:
        """Somebody said stop."""
        self.opt_outs += 1
        self.model.add(number, said)

    async def send(self, request: HttpRequest) -> HttpReply:
        """A request leaves: judge it, and hand it to the carrier."""
        # A text starts with its claim, right before its first request: what was not said by then
        # comes after it (docs/explanation/promises.md, 2).
        begun = (request, self.model.copy(), self.clock())
        _, model, claimed = self.begun.setdefault(id(request), begun)
        still, self.still = self.still, timedelta(0)
        while still > timedelta(0):  # the process stands still, and another one works on
            self.clock.advance(min(still, timedelta(seconds=10)))
            still -= timedelta(seconds=10)
            for work in (self.messenger.reconcile, self.messenger.dispatch_due):
                done = work()
                if iscoroutine(done):
                    await done
        before = len(self.carrier.messages())
        if request.method == "POST" and self.carrier.reachable and request.may_leave():
            self.wrong("after the lease", self.clock() - claimed > timedelta(seconds=60))
            fields = {k: v[0] for k, v in parse_qs(request.body.decode()).items()}
            self.judge(fields["To"], fields["Body"], model, claimed)
        try:
            return await self.carrier.send(request)
        finally:
            for entry in self.carrier.messages()[before:]:
                if entry.author == "application":
                    self.departs(entry)

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
            self.wrong("the same words twice", any(now - e.created_at < HALF_A_DAY for e in gone))
        self.judge_person(model, number, text.person, text.purpose, now)

    def is_it(self, entry: BookEntry, text: Text) -> bool:
        """Whether the carrier's entry is that text."""
        return entry.body.startswith(text.body)

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
        local, (low, high) = now.astimezone(ZoneInfo(ZONES[person])).time(), self.window
        if name == "promotion":
            low, high = max(low, 8), min(high, 21)
        answer = purpose is Purpose.CARE_CONVERSATION
        self.wrong("at night", not answer and not time(low) <= local < time(high))
        recent = [at for at in self.departed.get(person, ()) if now - at < CAP.within]
        self.wrong("over the cap", not answer and len(recent) >= CAP.count)

    def departs(self, entry: BookEntry) -> None:
        """The carrier took a text."""
        if not TAG.search(entry.body):
            return
        text = self.of(entry.body)
        if text.purpose is not Purpose.EMERGENCY_ALERT:
            self.departed.setdefault(text.person, []).append(self.clock())

    # After each step

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
            again = [at for at in before if since is None or at > since]
            self.wrong("confirmed twice", bool(again))
            self.wrong("confirmed late", not asked.model.confirmable(asked.number, asked.at))
            before.append(asked.at)
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
        if not found and not self.erased:
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

    # What can happen

    def grant(self, person: str, number: str, categories: frozenset[str], *, fresh: bool) -> Any:
        """A patient agrees, or only gives their number again."""
        event = self.do(
            self.messenger.consent.grant(
                number,
                person=person,
                basis="spoken" if fresh else "booking",
                recorded_by="front-desk:ana",
                categories=sorted(categories),
            )
        )
        self.model.add(
            number,
            Said(
                what="grant",
                at=self.clock(),
                person=person,
                categories=categories,
                fresh=fresh,
            ),
        )
        return event.event_id

    def agree_in_writing(self, person: str, number: str) -> Any:
        """A patient signs for promotions."""
        from compliant_sms import Signature, Tier, Wording  # noqa: PLC0415
        from compliant_sms.consent import WrittenAgreement  # noqa: PLC0415

        event = self.do(
            self.messenger.consent.grant(
                number,
                person=person,
                basis="web_form",
                tier=Tier.PRIOR_EXPRESS_WRITTEN,
                wording=Wording(text="I agree to offers by text.", version="1"),
                signature=Signature(signer=person, act="ticked a box"),
                agreement=WrittenAgreement(
                    seller=f"{self.name.title()} Family Medicine",
                    number=number,
                    signature="ticked_box",
                    authorises_automated_marketing=True,
                    not_a_condition_of_purchase=True,
                    clear_and_conspicuous=True,
                ),
                recorded_by="web",
            )
        )
        said = Said(
            what="grant",
            at=self.clock(),
            person=person,
            categories=frozenset({"promotions"}),
            written=True,
        )
        self.model.add(number, said)
        return event.event_id

    def revoke(self, number: str, person: str | None, ago: timedelta) -> Any:
        """Somebody says stop by word of mouth."""
        at = self.clock() - ago
        event = self.do(
            self.messenger.consent.revoke(
                number, channel="spoken", person=person, recorded_by="ana", occurred_at=at
            )
        )
        self.stop(number, Said(what="stop", at=at))
        return event.event_id

    def withdraw(self, person: str, number: str) -> Any:
        """A consent was an error."""
        event = self.do(
            self.messenger.consent.withdraw(
                number, person=person, reason="mistyped", recorded_by="ana"
            )
        )
        self.model.add(number, Said(what="withdraw", at=self.clock(), person=person))
        return event.event_id

    def text(self, person: str, number: str, purpose: Purpose, not_after: timedelta | None) -> Any:
        """Send a new text; it must come to what a check has just said."""
        tag = f"quokka{next(self.serial)}x"
        body = f"{self.name.title()} Family Medicine: {WORDS[purpose.code]} {tag}."
        until = None if not_after is None else self.clock() + not_after
        self.texts[tag] = Text(person, number, purpose, body, until)
        return self.ask(tag, f"key-{tag[6:-1]}")

    def ask(self, tag: str, key: str) -> Any:
        """Send what is known, under a key that may be new."""
        text = self.texts[tag]
        if text.erased and key not in text.ids:
            return None
        new, now = key not in text.ids, self.clock()
        text.ids.setdefault(key, "")
        about = {
            "to": text.number,
            "person": text.person,
            "purpose": text.purpose,
            "body": text.body,
        }
        decision = self.do(self.messenger.check(**about))
        permitted = self.model.permits(text.number, text.person, text.purpose)
        outcome = self.do(
            self.messenger.send(**about, idempotency_key=key, not_after=text.not_after)
        )
        text.ids[key] = outcome.message_id
        if new and not self.pauses and (text.not_after is None or text.not_after >= now):
            blocked = decision.verdict is Verdict.BLOCK
            self.wrong(
                f"checked {decision.verdict}, then {outcome}",
                blocked != isinstance(outcome, Blocked),
            )
            self.wrong(f"{outcome} though not permitted", permitted is False and not blocked)
            twice = len(text.ids) > 1
            self.wrong(
                f"{outcome} though permitted",
                permitted is True and blocked and not twice,
            )
        return type(outcome).__name__, outcome.message_id

    def cancel(self, tag: str, key: str) -> Any:
        """Call a text back."""
        text = self.texts[tag]
        if not text.ids.get(key):
            return None
        outcome = self.do(self.messenger.cancel(text.ids[key]))
        if isinstance(outcome, Cancelled):
            text.cancelled.add(key)
        return type(outcome).__name__

    def dispatch(self) -> Any:
        """A worker's turn."""
        self.do(self.messenger.reminders.plan_due())
        return [type(o).__name__ for o in self.do(self.messenger.dispatch_due())]

    def reconcile(self) -> Any:
        """Ask what became of texts."""
        return [type(o).__name__ for o in self.do(self.messenger.reconcile())]

    def write(self, number: str, body: str, *, again: bool) -> Any:
        """A patient writes."""
        sid = f"SM{next(self.serial):032x}"
        told = self.do(self.carrier.areply(number, body, to=self.sender, sid=sid))
        if again:
            self.do(self.carrier.areply(number, body, to=self.sender, sid=sid))
        return told

    def callbacks(self) -> None:
        """All callbacks come in."""
        self.do(self.carrier.adeliver_callbacks())

    def keep(self, visit_id: str, person: str, start: datetime, status: str) -> None:
        """Say how a visit stands."""
        known = self.visits.get(visit_id)
        if known is not None:
            person = known[0].person
        visit = Appointment(
            id=visit_id,
            person=person,
            numbers=NUMBERS[person],
            start=start,
            zone="America/Chicago",
            status=Status(status),
        )
        same = known is not None and (known[0].start, known[0].status) == (start, status)
        epoch = known[1] + (not same) if known else 0
        self.visits[visit_id] = (visit, epoch)
        self.do(self.messenger.reminders.keep(visit))

    def answers(self) -> Any:
        """Take what patients said of their visits."""
        found = self.do(self.messenger.reminders.answers())
        self.do(self.messenger.reminders.acknowledge(*found))
        return [(a.appointment_id, a.answer.value, a.stands) for a in found]

    def pause(self, scope: str) -> None:
        """Stop texts of a kind."""
        self.do(self.messenger.pause(by="ana", reason="drill", scope=scope))
        self.pauses.add(scope)

    def resume(self, scope: str) -> None:
        """Let them go on."""
        self.do(self.messenger.resume(by="ana", reason="over", scope=scope))
        self.pauses.discard(scope)

    def pack(self, number: str, since: datetime) -> Any:
        """A lawyer asks for the record; it proves itself."""
        until = self.clock() + timedelta(seconds=1)
        pack = self.do(self.messenger.evidence(number, since, until, by="counsel", reason="claim"))
        report = verify_pack(pack.data, ciphers=data_cipher)
        failed = [c for c in report.checks if c.result.value == "failed"]
        self.wrong(f"a pack fails: {failed}", bool(failed) or not report.ok)
        return [(c.name, c.result.value) for c in report.checks]

    def answer(self, *, by_closing: bool) -> Any:
        """The front desk answers the thread that waits longest."""
        due = self.do(self.messenger.inbox.due(limit=1))
        for thread in due:
            if by_closing:
                self.do(self.messenger.inbox.close(thread.thread_id, by="ana", reason="called"))
                return "closed"
            tag = f"quokka{next(self.serial)}x"
            body = f"{self.name.title()} Family Medicine: {WORDS['care_conversation']} {tag}."
            number = thread.number.e164
            person = thread.person or PEOPLE_AT[number]
            self.texts[tag] = Text(person, number, Purpose.CARE_CONVERSATION, body, None)
            key = f"key-{tag[6:-1]}"
            self.texts[tag].ids[key] = ""
            outcome = self.do(
                self.messenger.inbox.reply(thread.thread_id, body, by="ana", idempotency_key=key)
            )
            self.texts[tag].ids[key] = outcome.message_id
            return type(outcome).__name__
        return None

    def import_consent(self, person: str, number: str, ago: timedelta) -> Any:
        """Take a consent over from another system, which has no list of opt-outs."""
        at = self.clock() - ago
        row = ImportedConsent(number=number, person=person, occurred_at=at, basis="spoken")
        report = self.do(
            self.messenger.import_consents(
                [row], opt_outs=None, source="old-ehr", by="it", no_opt_outs_because="none kept"
            )
        )
        if report.consents:
            said = Said(
                what="grant",
                at=at,
                person=person,
                categories=CARE,
                fresh=False,
                source="old-ehr",
            )
            self.model.add(number, said)
        return repr(report)

    def import_opt_out(self, number: str, ago: timedelta | None) -> Any:
        """Take an opt-out over."""
        at = self.clock() - (ago or timedelta(0))
        row = ImportedOptOut(number=number, occurred_at=None if ago is None else at)
        report = self.do(
            self.messenger.import_consents([], opt_outs=[row], source="old-ehr", by="it")
        )
        if report.opt_outs:
            self.stop(number, Said(what="stop", at=at, source="old-ehr"))
        return repr(report)

    def fill_in(self, number: str, person: str) -> Any:
        """Somebody fills the form on the website in, whoever it is."""
        desk = self.messenger.permission
        sent = Submission(
            id=f"form-{next(self.serial)}",
            shown=desk.form().fingerprint,
            name="Somebody",
            number=number,
            agreed=frozenset({"care"}),
            at=self.clock(),
        )
        self.filling = person
        told = self.do(desk.submit(sent))
        said = Said(what="grant", at=self.clock(), person=person, categories=CARE, fresh=False)
        if told.events:  # where texts are stopped a form is not even put on record
            self.model.add(number, said)
        return len(told.events), told.stopped

    def erase(self, person: str) -> Any:
        """Destroy what is kept of a person; no word to them is found anywhere then."""
        try:
            erased = self.do(self.messenger.erase(person, reason="asked for it", by="privacy"))
        except (UnknownPerson, UnderLegalHold, Unsettled) as error:
            held = isinstance(error, UnderLegalHold)
            reached = [p for p, n in PAIRS if {f"p{p}", f"n{n}"} & {w for w, _ in self.holds}]
            self.wrong("held by no hold", held and not reached)
            return type(error).__name__
        self.wrong("erased under a hold", f"p{person}" in {who for who, _ in self.holds})
        self.erased.add(person)
        for number in NUMBERS[person]:
            self.model.forget(number, person)
        for text in self.texts.values():
            text.erased |= text.person == person
        self.visits = {k: v for k, v in self.visits.items() if v[0].person != person}
        history = self.do(self.messenger.history(person))
        self.wrong("something is left", bool(history.texts) or bool(history.consent))
        self.unreadable()
        return erased

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

    def hold(self, person: str | None, number: str | None) -> Any:
        """A matter comes up."""
        made = self.do(
            self.messenger.legal_hold.place(person=person, number=number, reason="m", by="c")
        )
        self.holds.append((f"p{person}" if person else f"n{number}", made))
        return made

    def lift(self) -> None:
        """It is settled."""
        if self.holds:
            self.do(self.messenger.legal_hold.lift(self.holds.pop()[1], reason="s", by="c"))

    def purge(self) -> Any:
        """Drop what its time has passed for."""
        report = self.do(self.messenger.purge(by="it"))
        return repr(report)

    def rotate(self) -> None:
        """Another key seals from now on."""
        Keyring.from_file(self.keys).with_new_key().replace(self.keys)
        self.do(self.messenger.rotate_keys())

    def open_anew(self, window: tuple[int, int], store: StoreKind) -> None:
        """The program starts anew, with other hours."""
        self.window, self.store = window, store
        self.open()

    # Invariants

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
        uncertain = {r.message.message_id for r in self.do(self.messenger.uncertain(1000))}
        assert uncertain == {m for m, each in kept.items() if each.state is State.UNCERTAIN} or (
            self.erased
        )
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
        if not self.erased and not self.answers_keywords:
            assert figures.opt_outs == self.opt_outs, (figures.opt_outs, self.opt_outs)
        at = self.clock()
        early = self.do(self.messenger.figures(None, at - timedelta(hours=30)))
        late = self.do(self.messenger.figures(at - timedelta(hours=30), None))
        assert early.received + late.received == figures.received
        assert early.opt_outs + late.opt_outs == figures.opt_outs
        if not self.erased:
            left = {m for m, each in kept.items() if each.attempts}
            assert figures.allowed == len(left), (figures.allowed, len(left))
            now = Counter(m.state for m in kept.values())
            assert all(figures.texts.get(state, 0) >= n for state, n in now.items())

    def listed(self) -> None:
        """What came in is in a thread."""
        for event in self.heard.values():
            assert event.thread_id
        if self.erased:
            return
        views: dict[str, set[str]] = {}
        for event in self.heard.values():
            assert event.thread_id
            if event.thread_id not in views:
                view = self.do(self.messenger.inbox.thread(event.thread_id))
                views[event.thread_id] = {t.inbound.inbound_id for t in view.texts if t.inbound}
            assert event.inbound.inbound_id in views[event.thread_id]

    def probe(self) -> Any:
        """Ask of each person and purpose whether it may go, and send each a text."""
        told = []
        for person, number in PAIRS:
            for purpose in PURPOSES:
                body = f"{self.name.title()} Family Medicine: {WORDS[purpose.code]} none."
                about = {"to": number, "person": person, "purpose": purpose, "body": body}
                verdict = self.do(self.messenger.check(**about)).verdict
                permitted = self.model.permits(number, person, purpose)
                self.wrong(
                    f"{purpose.code} of {person}: {verdict} where {permitted}",
                    permitted is (verdict is Verdict.BLOCK),
                )
                told.append(verdict)
            told.append(self.text(person, number, Purpose.APPOINTMENT_REMINDER, None))
        return told

    def rest(self) -> None:
        """Let all trouble end, and a few days pass with a worker at work; nothing is open then."""
        with self.carrier._carrier.open() as book:
            book.forget_faults()
        self.carrier.reachable, self.still = True, timedelta(0)
        for scope in [*self.pauses]:
            self.resume(scope)

    def work(self) -> int:
        """Everything that a worker does; how many texts are open then."""
        self.callbacks()
        self.dispatch()
        self.reconcile()
        self.callbacks()
        self.look()
        return sum(each.state not in DONE for each in self.kept().values())

    def settled(self) -> None:
        """Each text is where it ends, and the carrier knows the same."""
        self.sound()
        kept = self.kept()
        open_ = {m: each.state for m, each in kept.items() if each.state not in DONE}
        assert not open_, open_
        taken = {e.sid for e in self.carrier.messages() if e.author == "application"}
        ours = {m.provider_id for m in kept.values() if m.provider_id}
        gone = {m.provider_id for m in kept.values() if m.state in {State.SENT, State.DELIVERED}}
        assert gone <= taken
        assert self.erased or taken <= ours, "the carrier has a text that no record knows"
        if not self.erased:
            items = self.do(self.messenger.open_items(100_000))
            failed = {
                m
                for m, each in kept.items()
                if each.state is State.UNDELIVERED
                and each.purged is None
                and each.draft.purpose not in ANSWERS  # whose patient waits again, or was called
            }
            listed = {i.reference for i in items if i.kind is OpenKind.UNDELIVERABLE}
            assert failed <= listed, [kept[m] for m in failed - listed]


PEOPLE_AT = {number: person for person, number in reversed(PAIRS)}
