"""The day, as steps that can each be repeated: after a crash it is simply played again."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from urllib.parse import urlencode

from attrs import field, frozen

from compliant_sms.cli.demo._carrier import CarrierControl
from compliant_sms.cli.demo._patients import WRITTEN, Patient
from compliant_sms.cli.demo._progress import Progress
from compliant_sms.consent import (
    Basis,
    Granted,
    Signature,
    SignatureKind,
    Tier,
    Wording,
    WrittenAgreement,
)
from compliant_sms.lifecycle import IN_FLIGHT, State
from compliant_sms.messages import Held, Outcome
from compliant_sms.messenger import Messenger
from compliant_sms.phone import PhoneNumber
from compliant_sms.practice import Practice
from compliant_sms.testing import MovableClock

_INTAKE = Wording(
    text="I agree to texts from Lakeside Family Medicine about my appointments and care. Message "
    "frequency varies. Msg & data rates may apply. Reply STOP to end, HELP for help.",
    version="2026-03",
)
_PROMOTIONS = Wording(
    text="By signing I authorise Lakeside Family Medicine to send me promotional texts by "
    "automated means at this number. Signing is not a condition of any purchase.",
    version="2026-03",
)
# What is due may be reserved by whoever died.
_OPEN = IN_FLIGHT | {State.DUE}
# Longer than a lease and the time in which a provider's list is given to show a text.
_SETTLING = timedelta(minutes=2, seconds=1)


@frozen(kw_only=True)
class Day:
    """What a day works with.

    Attributes:
        tell: shows what happens, one line each.
    """

    messenger: Messenger
    practice: Practice
    sender: PhoneNumber
    patients: Sequence[Patient]
    carrier: CarrierControl
    webhook_url: str
    clock: MovableClock
    progress: Progress
    tell: Callable[[str], None] = field(repr=False)

    def play(self) -> int:
        """Play the day to its end; the HTTP status that the forged webhook got."""
        held = self.play_morning()
        self._time_is(9, 25)
        status = self._forged_webhook()
        self._tell(f"Somebody forges a START from a patient who said STOP: HTTP {status}.")
        self._time_is(9, 30)
        self._tell("The practice texts those who said STOP again.")
        self._send("again", [p for p in self.patients if p.expect == "stopped"])
        for until in sorted({outcome.until for outcome in held}):
            self._move_to(max(until, self.clock()))
            self._tell("Held texts become due.")
        self.messenger.dispatch_due()
        return status

    def play_morning(self) -> list[Held]:
        """Play it until the first patients have answered; the texts that are held by then."""
        self.carrier.set_up(self.sender.e164, self.webhook_url)
        self._time_is(9, 0)
        self._settle()
        self._tell("The front desk records who agreed to texts.")
        self._record_consent()
        self._time_is(9, 5)
        self._tell("The morning's texts go out.")
        held = [outcome for outcome in self._send("text") if isinstance(outcome, Held)]
        self._time_is(9, 20)
        self._tell("Patients answer.")
        self._replies()
        return held

    def _tell(self, words: str) -> None:
        self.tell(f"{self.clock():%Y-%m-%d %H:%M} UTC  {words}")

    def _time_is(self, hour: int, minute: int) -> None:
        self._move_to(max(self.progress.at(hour, minute), self.clock()))

    def _move_to(self, at: datetime) -> None:
        if at > self.clock():
            self.clock.move_to(at)
        self.progress.save(self.clock())
        self.carrier.set_time(self.clock())

    def _settle(self) -> None:
        """After a crash: find out which of the texts under way went out."""
        if self._under_way():
            self._move_to(self.clock() + _SETTLING)
            self.messenger.reconcile()
        self.messenger.dispatch_due()

    def _under_way(self) -> bool:
        return any(
            text.message.state in _OPEN
            for patient in self.patients
            for text in self.messenger.history(patient.person).texts
        )

    def _record_consent(self) -> None:
        for patient in self.patients:
            reference = f"demo/{self.progress.day}/{patient.person}"
            events = self.messenger.consent.events(patient.number)
            known = any(isinstance(e, Granted) and e.reference == reference for e in events)
            if patient.consent is not None and not known:
                self._grant(patient, patient.consent, reference)

    def _grant(self, patient: Patient, consent: str, reference: str) -> None:
        written = consent == WRITTEN
        basis = Basis.WEB_FORM if written else Basis(consent)
        shown = _PROMOTIONS if written else _INTAKE
        self.messenger.consent.grant(
            patient.number,
            person=patient.person,
            basis=basis,
            wording=shown if basis.shows_wording else None,
            recorded_by="front-desk:demo",
            tier=Tier.PRIOR_EXPRESS_WRITTEN if written else Tier.PRIOR_EXPRESS,
            signature=_signature(patient) if written else None,
            agreement=self._agreement(patient) if written else None,
            reference=reference,
        )

    def _agreement(self, patient: Patient) -> WrittenAgreement:
        return WrittenAgreement(
            seller=self.practice.name,
            number=patient.number,
            signature=SignatureKind.TICKED_BOX,
            authorises_automated_marketing=True,
            not_a_condition_of_purchase=True,
            clear_and_conspicuous=True,
        )

    def _send(self, what: str, patients: Sequence[Patient] | None = None) -> list[Outcome]:
        return [
            self.messenger.send(
                to=patient.number,
                person=patient.person,
                purpose=patient.purpose,
                body=patient.text_for(self.practice.name, self.progress.day),
                idempotency_key=f"demo/{self.progress.day}/{patient.person}/{what}",
            )
            for patient in (self.patients if patients is None else patients)
        ]

    def _replies(self) -> None:
        for patient in self.patients:
            if patient.reply:
                self.carrier.patient_texts(
                    patient.number.e164, self.sender.e164, patient.reply, self._sid(patient)
                )
        self.messenger.dispatch_due()

    def _sid(self, patient: Patient) -> str:
        # The same text of the same patient has the same id, so that a repeated step is one text.
        name = f"{self.progress.day}/{patient.person}/{patient.reply}"
        return "SM" + hashlib.sha256(name.encode()).hexdigest()[:32]

    def _forged_webhook(self) -> int:
        victim = next((p for p in self.patients if p.expect == "stopped"), self.patients[0])
        fields = {
            "MessageSid": "SM" + "f" * 32,
            "From": victim.number.e164,
            "To": self.sender.e164,
            "Body": "START",
        }
        headers = {
            "Content-Type": "application/x-www-form-urlencoded",
            "X-Twilio-Signature": "bm90IHNpZ25lZCBieSB0d2lsaW8=",
        }
        body = urlencode(fields).encode()
        return self.carrier.post(self.webhook_url, headers, body).status


def _signature(patient: Patient) -> Signature:
    return Signature(
        signer=patient.person,
        act="ticked an unticked box on the web form",
        ip_address="192.0.2.10",
        user_agent="Mozilla/5.0",
    )
