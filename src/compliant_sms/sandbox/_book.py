"""The carrier's own book: numbers, every text, who opted out, where texts end, faults to come.

Pure state: it is told the time and handed ids, and does no I/O. It is not thread-safe by itself;
``_carrier.Carrier.open`` hands it to one thread at a time.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from datetime import datetime
from typing import Final

from attrs import define, evolve, field, frozen

from compliant_sms.errors import InvalidInput
from compliant_sms.sandbox._account import Account
from compliant_sms.sandbox._entries import (
    OUTCOMES,
    Author,
    BookEntry,
    Direction,
    Draft,
    Outcome,
    Step,
    require_callback_url,
    require_number,
    require_text,
)
from compliant_sms.sandbox._faults import CallbackFault, Fault, FaultRates
from compliant_sms.sandbox._keywords import Keyword
from compliant_sms.sandbox._segments import count_segments

_WAY: Final[dict[Outcome, tuple[str, ...]]] = {
    "queued": (),
    "sent": ("sent",),
    "delivered": ("sent", "delivered"),
    "undelivered": ("sent", "undelivered"),
    "failed": ("failed",),
}
_FAILURES: Final = ("undelivered", "failed")


@frozen(kw_only=True)
class Number:
    """How a number is set up at the carrier."""

    account: Account
    inbound_url: str | None = field(repr=False, default=None)
    status_url: str | None = field(repr=False, default=None)
    answers_keywords: bool


@frozen(kw_only=True)
class OptOut:
    """Somebody who texted STOP, while it holds."""

    scope: str
    number: str = field(repr=False)
    """The one that they texted."""
    patient: str = field(repr=False)
    body: str = field(repr=False)
    at: datetime


def numbers_of(accounts: Iterable[Account]) -> dict[str, Number]:
    """All numbers of some accounts, as providers set them up."""
    return {
        number: Number(account=account, answers_keywords=account.answers_keywords_on(number))
        for account in accounts
        for number in account.numbers
    }


@define
class Book:
    """Everything the carrier knows."""

    numbers: dict[str, Number] = field(repr=False)
    rates: FaultRates = field(factory=FaultRates, repr=False, init=False)
    requests_by_key: dict[str, tuple[bytes, str]] = field(factory=dict, repr=False, init=False)
    """What was sent under an idempotency key, and the id that it got."""
    _entries: dict[str, BookEntry] = field(factory=dict, repr=False, init=False)
    _by_patient: dict[str, list[str]] = field(factory=dict, repr=False, init=False)
    _opted_out: dict[tuple[str, str], OptOut] = field(factory=dict, repr=False, init=False)
    _outcomes: dict[str, Step] = field(factory=dict, repr=False, init=False)
    _doomed: set[str] = field(factory=set, repr=False, init=False)
    _faults: deque[Fault] = field(factory=deque, repr=False, init=False)
    _written: int = field(default=0, init=False)

    def entries(self, provider: str | None = None) -> tuple[BookEntry, ...]:
        """All texts, or those of one provider, oldest first."""
        if provider is None:
            return tuple(self._entries.values())
        return tuple(entry for entry in self._entries.values() if provider == entry.provider)

    def of_patient(self, number: str) -> tuple[BookEntry, ...]:
        """All texts to and from a patient, oldest first."""
        return tuple(self._entries[sid] for sid in self._by_patient.get(number, ()))

    def last_sender_to(self, number: str) -> str:
        """The number from which the application texted a patient last; the first one, if none.

        Raises:
            InvalidInput: no account has any number.
        """
        texts = [entry for entry in self.of_patient(number) if entry.author == "application"]
        if not texts and not self.numbers:
            msg = "the sandbox has no number to text. Pass one in Sandbox(numbers=[...])."
            raise InvalidInput(msg)
        return texts[-1].from_ if texts else next(iter(self.numbers))

    def find(self, sid: str, provider: str | None = None) -> BookEntry | None:
        """The text with that id, if there is one."""
        entry = self._entries.get(sid)
        return entry if entry is not None and provider in {None, entry.provider} else None

    def accept(self, draft: Draft, sid: str, now: datetime) -> BookEntry:
        """Write down a text that the application created."""
        if self.is_blocked(draft.from_, draft.to):
            self._doomed.add(sid)
        return self._write(draft, sid, now, direction="outbound-api", author="application")

    def receive(self, draft: Draft, sid: str, answer_sid: str, now: datetime) -> list[BookEntry]:
        """Write down a text from a patient, and what the carrier answers by itself.

        Args:
            draft: the text; ``to`` is a number of the account.
            sid: its id. A text that is already in the book is delivered again: nothing is added.
            answer_sid: the id for the carrier's answer.
            now: whole seconds, UTC.

        Returns:
            The text, then the carrier's answer if it made one just now.

        Raises:
            InvalidInput: not numbers that can be used, or the id belongs to another text.
        """
        number = self.number(draft.to)
        require_number(draft.from_, "the patient's number")
        require_text(draft.body, "the patient's text")
        known = self._entries.get(number.account.require_id(sid))
        if known is not None:
            return [_same_text(known, draft)]
        entry = self._write(draft, sid, now, direction="inbound", author="patient")
        keyword = self._keyword(draft)
        if keyword is None:
            return [entry]
        self._obey(keyword, draft, now)
        entry = self._put(evolve(entry, answered_by="carrier"))
        answer = Draft(from_=draft.to, to=draft.from_, body=keyword.value)
        return [
            entry,
            self._write(answer, answer_sid, now, direction="outbound-reply", author="carrier"),
        ]

    def _keyword(self, draft: Draft) -> Keyword | None:
        number = self.number(draft.to)
        return number.account.keyword(draft.body, draft.to) if number.answers_keywords else None

    def _obey(self, keyword: Keyword, draft: Draft, now: datetime) -> None:
        scope = self._scope(draft.to)
        if keyword is Keyword.STOP:
            self._opted_out[scope, draft.from_] = OptOut(
                scope=scope, number=draft.to, patient=draft.from_, body=draft.body, at=now
            )
        elif keyword is Keyword.START:
            self._opted_out.pop((scope, draft.from_), None)

    def _scope(self, e164: str) -> str:
        account = self.number(e164).account
        return f"{account.provider}:{account.block_scope(e164)}"

    def is_blocked(self, sender: str, recipient: str) -> bool:
        """Whether the carrier itself stops texts from this sender to this recipient."""
        number = self.numbers.get(sender)
        answers = number is not None and number.answers_keywords
        return answers and (self._scope(sender), recipient) in self._opted_out

    def opt_outs(self, provider: str) -> list[OptOut]:
        """Who opted out at a provider, oldest first."""
        return [each for each in self._opted_out.values() if each.scope.startswith(f"{provider}:")]

    def number(self, e164: str) -> Number:
        """How a number is set up.

        Raises:
            InvalidInput: no account has such a number.
        """
        number = self.numbers.get(e164)
        if number is None:
            msg = "that number does not belong to the sandbox. Pass it in Sandbox(numbers=[...])."
            raise InvalidInput(msg)
        return number

    def set_inbound_url(self, e164: str, url: str | None) -> None:
        """Say where texts to a number are posted; None for nowhere.

        Raises:
            InvalidInput: no account has such a number, or the URL cannot be called.
        """
        if url is not None:
            require_callback_url(url, "the inbound URL")
        self.numbers[e164] = evolve(self.number(e164), inbound_url=url)

    def set_status_url(self, e164: str, url: str | None) -> None:
        """Say where news of texts goes whose request names no place; None for nowhere.

        Raises:
            InvalidInput: no account has such a number, its provider takes the place with each
                text only, or the URL cannot be called.
        """
        number = self.number(e164)
        if not number.account.takes_status_url:
            msg = f"{number.account.provider} takes the status callback with each text, not here."
            raise InvalidInput(msg)
        if url is not None:
            require_callback_url(url, "the status URL")
        self.numbers[e164] = evolve(number, status_url=url)

    def set_answers_keywords(self, e164: str, *, answers: bool) -> None:
        """Switch the provider's own handling of STOP, START and HELP on or off for a number.

        Raises:
            InvalidInput: no account has such a number, or its provider cannot be switched.
        """
        number = self.number(e164)
        if not number.account.keywords_can_be_switched and answers != number.answers_keywords:
            msg = f"{number.account.provider} has no switch for its handling of keywords."
            raise InvalidInput(msg)
        self.numbers[e164] = evolve(number, answers_keywords=answers)

    def set_outcome(self, recipient: str, outcome: str, error_code: int | None) -> None:
        """Fix where texts to a recipient come to rest.

        Raises:
            InvalidInput: not a number, an unknown outcome, or a code for one that has none.
        """
        known = next((each for each in OUTCOMES if each == outcome), None)
        if known is None:
            msg = f"there is no such outcome. Pass one of {', '.join(OUTCOMES)}."
            raise InvalidInput(msg)
        if error_code is not None and known not in _FAILURES:
            msg = f"an error code goes with undelivered or failed only, not with {known}."
            raise InvalidInput(msg)
        step = Step(status=known, error_code=error_code)
        self._outcomes[require_number(recipient, "the recipient")] = step

    def steps_of(self, entry: BookEntry) -> list[Step]:
        """The statuses that a text goes through after ``queued``."""
        account = self.number(entry.from_).account
        if entry.sid in self._doomed:
            return [Step(status="failed", error_code=account.opted_out)]
        last = self._outcomes.get(entry.to, Step(status="delivered"))
        if last.status in _FAILURES and last.error_code is None:
            last = evolve(last, error_code=account.unreachable)
        way = next(way for outcome, way in _WAY.items() if outcome == last.status)
        return [last if status == last.status else Step(status=status) for status in way]

    def advance(self, sid: str, step: Step, now: datetime) -> BookEntry | None:
        """Move a text to its next status; None when it was deleted in the meantime."""
        entry = self._entries.get(sid)
        if entry is None:
            return None
        sent_at = entry.sent_at if step.status == "failed" else entry.sent_at or now
        return self._put(
            evolve(
                entry,
                status=step.status,
                error_code=step.error_code,
                updated_at=now,
                sent_at=sent_at,
            )
        )

    def note_webhook(self, sid: str, status: int) -> None:
        """Write down how the webhook took an inbound text."""
        entry = self._entries.get(sid)
        if entry is not None:
            self._put(evolve(entry, webhook_status=status))

    def note_told(self, sid: str, status: str) -> None:
        """Write down that the application has heard of a status."""
        entry = self._entries.get(sid)
        if entry is not None and status not in entry.told:
            self._put(evolve(entry, told=(*entry.told, status)))

    def redact(self, entry: BookEntry, now: datetime) -> BookEntry:
        """Blank a text's body."""
        return self._put(evolve(entry, body="", updated_at=now))

    def delete(self, sid: str) -> None:
        """Forget a text."""
        self._entries.pop(sid, None)

    def queue_faults(self, faults: Iterable[Fault]) -> int:
        """Let what comes next go wrong; returns how many faults wait now."""
        self._faults.extend(faults)
        return len(self._faults)

    def waiting_faults(self) -> tuple[Fault, ...]:
        """The faults that wait, the next one first."""
        return tuple(self._faults)

    def forget_faults(self) -> None:
        """Let nothing go wrong any more, neither next nor by chance."""
        self._faults.clear()
        self.rates = FaultRates()

    def outcomes(self) -> dict[str, Step]:
        """The recipients for whom it was fixed where texts come to rest."""
        return dict(self._outcomes)

    def next_fault(self, provider: str, *, of_callback: bool = False) -> Fault | None:
        """Take the fault that is due, if any."""
        for fault in self._faults:
            right = isinstance(fault.kind, CallbackFault) is of_callback
            if right and fault.provider in {None, provider}:
                self._faults.remove(fault)
                return fault
        return None

    def _write(
        self, draft: Draft, sid: str, now: datetime, *, direction: Direction, author: Author
    ) -> BookEntry:
        self._written += 1
        inbound = direction == "inbound"
        entry = BookEntry(
            position=self._written,
            provider=self.number(draft.to if inbound else draft.from_).account.provider,
            sid=sid,
            direction=direction,
            author=author,
            from_=draft.from_,
            to=draft.to,
            body=draft.body,
            media_urls=draft.media_urls,
            segments=count_segments(draft.body),
            status="received" if inbound else "queued",
            created_at=now,
            updated_at=now,
            sent_at=now if inbound else None,
            status_callback=draft.status_callback,
            reference=draft.reference,
        )
        self._by_patient.setdefault(entry.patient, []).append(sid)
        return self._put(entry)

    def _put(self, entry: BookEntry) -> BookEntry:
        self._entries[entry.sid] = entry
        return entry


def _same_text(known: BookEntry, draft: Draft) -> BookEntry:
    asked = (draft.from_, draft.to, draft.body)
    if known.direction != "inbound" or (known.from_, known.to, known.body) != asked:
        msg = "that sid belongs to another text. To deliver a text again, repeat the same call."
        raise InvalidInput(msg)
    return known
