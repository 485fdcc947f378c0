"""A real practice with everything real but its carrier: what can happen in it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

from attrs import define, field

from compliant_sms import (
    AsyncMessenger,
    Blocked,
    Cancelled,
    Held,
    Keyring,
    Messenger,
    Practice,
    Profile,
    Purpose,
    Rulebook,
    Settings,
)
from compliant_sms.conversations import BusinessHours, InboxPlan, Queue
from compliant_sms.errors import UnderLegalHold, UnknownPerson, Unsettled
from compliant_sms.evidence import verify_pack
from compliant_sms.imports import ImportedConsent, ImportedOptOut
from compliant_sms.keyring import data_cipher
from compliant_sms.messenger import StoreKind
from compliant_sms.permission import Permission, Programme, Submission
from compliant_sms.providers import Twilio
from compliant_sms.reminders import Appointment, ReminderContext, ReminderPlan, Status
from compliant_sms.retention import LegalHold
from compliant_sms.rules import Verdict
from compliant_sms.testing import FakeCarrier
from test_send import in_writing
from whole_judge import CAP, DONE, NUMBERS, PAIRS, ZONES, Text
from whole_line import Line
from whole_model import CARE, Said

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
    id="care", about="appointments and care", categories=sorted(CARE), editions="2026-03"
)
PEOPLE_AT = {number: person for person, number in reversed(PAIRS)}


def words(context: ReminderContext) -> str:
    """Words from which it can be read what a reminder is about."""
    visit = context.appointment
    return (
        f"{context.practice.name}: visit {visit.id} {context.start:%m-%d at %H.%M}, "
        f"{context.code}. Reply C to confirm. STOP to opt out."
    )


@define(kw_only=True)
class House(Line):
    """One practice, its messenger, and what people do there."""

    seed: int
    store: StoreKind
    keys: Path
    ids: Iterator[str] = field(init=False)
    holds: list[tuple[str, LegalHold]] = field(factory=list)
    filling: str | None = None

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
        hours = BusinessHours(time_zone="America/Chicago", week={"mon-fri": "08:00-17:00"})
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
            rulebook=Rulebook(Settings(courtesy_window=f"{low:02}:00-{high:02}:00", caps=[CAP])),
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
        seller = f"{self.name.title()} Family Medicine"
        event = self.do(self.messenger.consent.grant(**in_writing(number, person, seller)))
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

    def void(self, person: str, number: str) -> Any:
        """A consent was an error."""
        event = self.do(
            self.messenger.consent.void(number, person=person, reason="mistyped", recorded_by="ana")
        )
        self.model.add(number, Said(what="void", at=self.clock(), person=person))
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
        why = decision.verdict, [each.rule for each in decision.reasons]
        quiet = not self.pauses and not self.still and self.meanwhile is None
        permitted = self.model.permits(text.number, text.person, text.purpose)
        outcome = self.do(
            self.messenger.send(**about, idempotency_key=key, not_after=text.not_after)
        )
        text.ids[key] = outcome.message_id
        if new and quiet and (text.not_after is None or text.not_after >= now):
            blocked = decision.verdict is Verdict.BLOCK
            came = Verdict.BLOCK if isinstance(outcome, Blocked) else Verdict.ALLOW
            if isinstance(outcome, Held) or (isinstance(outcome, Cancelled) and text.not_after):
                came = Verdict.HOLD  # until it would come too late
            self.wrong(f"checked {why}, then {outcome}", decision.verdict is not came)
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
        return self.do(self.says(number, body, again=again))

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
            time_zone="America/Chicago",
            status=Status(status),
        )
        same = known is not None and (known[0].start, known[0].status) == (start, status)
        epoch = known[1] + (not same) if known else 0
        self.visits[visit_id] = (visit, epoch)
        self.do(self.messenger.reminders.save(visit))

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
        pack = self.do(
            self.messenger.evidence(number, since=since, until=until, by="counsel", reason="claim")
        )
        report = verify_pack(pack.data, ciphers=data_cipher)
        failed = [c for c in report.checks if c.result.value == "failed"]
        self.wrong(f"a pack fails: {failed}", bool(failed) or not report.ok)
        return [(c.name, c.result.value) for c in report.checks]

    def answer(self, *, by_closing: bool) -> Any:
        """The front desk answers the thread that waits longest."""
        due = self.do(self.messenger.inbox.waiting(limit=1))
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
                self.messenger.inbox.reply(
                    thread.thread_id, body=body, by="ana", idempotency_key=key
                )
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

    def hold(self, person: str | None, number: str | None) -> Any:
        """A matter comes up."""
        made = self.do(
            self.messenger.legal_holds.place(person=person, number=number, reason="m", by="c")
        )
        self.holds.append((f"p{person}" if person else f"n{number}", made))
        return made

    def lift(self) -> None:
        """It is settled."""
        if self.holds:
            self.do(
                self.messenger.legal_holds.lift(self.holds.pop()[1].hold_id, reason="s", by="c")
            )

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

    def probe(self) -> Any:
        """Ask of each person and purpose whether it may go, and send each a text."""
        told = []
        for person, number in PAIRS:
            for purpose in PURPOSES:
                body = f"{self.name.title()} Family Medicine: {WORDS[purpose.code]} none."
                about = {"to": number, "person": person, "purpose": purpose, "body": body}
                decision = self.do(self.messenger.check(**about))
                verdict, why = decision.verdict, [each.rule for each in decision.reasons]
                permitted = self.model.permits(number, person, purpose)
                self.wrong(
                    f"{purpose.code} of {person}: {verdict} {why} where {permitted}",
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
