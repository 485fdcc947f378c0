"""The carrier's own book: one account, its numbers, every text, who opted out, faults to come.

Pure state: it is told the time and handed ids, and does no I/O. It is not thread-safe by itself;
``_carrier.Carrier.open`` hands it to one thread at a time.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from datetime import datetime
from typing import Final

from attrs import define, evolve, field

from compliant_sms.errors import InvalidInput
from compliant_sms.sandbox._entries import (
    OUTCOMES,
    Author,
    BookEntry,
    Direction,
    Draft,
    Number,
    Outcome,
    Step,
    require_callback_url,
    require_number,
    require_sid,
    require_text,
)
from compliant_sms.sandbox._faults import Fault
from compliant_sms.sandbox._keywords import Keyword, read_keyword
from compliant_sms.sandbox._segments import count_segments

UNREACHABLE: Final = 30003
"""Twilio's code for a handset that cannot be reached: why a text fails unless told otherwise."""

_WAY: Final[dict[Outcome, tuple[str, ...]]] = {
    "queued": (),
    "sent": ("sent",),
    "delivered": ("sent", "delivered"),
    "undelivered": ("sent", "undelivered"),
    "failed": ("failed",),
}
_FAILURES: Final = ("undelivered", "failed")


@define
class Book:
    """Everything the carrier knows."""

    account_sid: str
    auth_token: str = field(repr=False)
    numbers: dict[str, Number] = field(repr=False)
    _entries: dict[str, BookEntry] = field(factory=dict, repr=False, init=False)
    _opted_out: set[tuple[str, str]] = field(factory=set, repr=False, init=False)
    _outcomes: dict[str, Step] = field(factory=dict, repr=False, init=False)
    _faults: deque[Fault] = field(factory=deque, repr=False, init=False)
    _written: int = field(default=0, init=False)

    def entries(self) -> tuple[BookEntry, ...]:
        """All texts, oldest first."""
        return tuple(self._entries.values())

    def find(self, sid: str) -> BookEntry | None:
        """The text with that id, if there is one."""
        return self._entries.get(sid)

    def accept(self, draft: Draft, sid: str, now: datetime) -> BookEntry:
        """Write down a text that the application created."""
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
        known = self._entries.get(require_sid(sid))
        if known is not None:
            return [_same_text(known, draft)]
        keyword = read_keyword(draft.body) if number.answers_keywords else None
        entry = self._write(draft, sid, now, direction="inbound", author="patient")
        if keyword is None:
            return [entry]
        self._obey(keyword, draft)
        entry = self._put(evolve(entry, answered_by="carrier"))
        answer = Draft(from_=draft.to, to=draft.from_, body=keyword.value)
        return [
            entry,
            self._write(answer, answer_sid, now, direction="outbound-reply", author="carrier"),
        ]

    def _obey(self, keyword: Keyword, draft: Draft) -> None:
        if keyword is Keyword.STOP:
            self._opted_out.add((draft.to, draft.from_))
        elif keyword is Keyword.START:
            self._opted_out.discard((draft.to, draft.from_))

    def is_blocked(self, sender: str, recipient: str) -> bool:
        """Whether the carrier itself refuses texts from this sender to this recipient."""
        number = self.numbers.get(sender)
        answers = number is not None and number.answers_keywords
        return answers and (sender, recipient) in self._opted_out

    def number(self, e164: str) -> Number:
        """How a number of the account is set up.

        Raises:
            InvalidInput: the account has no such number.
        """
        number = self.numbers.get(e164)
        if number is None:
            msg = "that number does not belong to the sandbox. Pass it in Sandbox(numbers=[...])."
            raise InvalidInput(msg)
        return number

    def set_inbound_url(self, e164: str, url: str | None) -> None:
        """Say where texts to a number of the account are posted; None for nowhere.

        Raises:
            InvalidInput: the account has no such number, or the URL cannot be called.
        """
        if url is not None:
            require_callback_url(url, "the inbound URL")
        self.numbers[e164] = evolve(self.number(e164), inbound_url=url)

    def set_answers_keywords(self, e164: str, *, answers: bool) -> None:
        """Switch Twilio's default handling of STOP, START and HELP on or off for a number.

        Raises:
            InvalidInput: the account has no such number.
        """
        self.numbers[e164] = evolve(self.number(e164), answers_keywords=answers)

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
        if error_code is None and known in _FAILURES:
            error_code = UNREACHABLE
        step = Step(status=known, error_code=error_code)
        self._outcomes[require_number(recipient, "the recipient")] = step

    def steps_to(self, recipient: str) -> list[Step]:
        """The statuses that a text to this recipient goes through after ``queued``."""
        last = self._outcomes.get(recipient, Step(status="delivered"))
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

    def redact(self, entry: BookEntry, now: datetime) -> BookEntry:
        """Blank a text's body."""
        return self._put(evolve(entry, body="", updated_at=now))

    def delete(self, sid: str) -> None:
        """Forget a text."""
        self._entries.pop(sid, None)

    def queue_faults(self, faults: Iterable[Fault]) -> int:
        """Let the next creates go wrong; returns how many faults wait now."""
        self._faults.extend(faults)
        return len(self._faults)

    def next_fault(self) -> Fault | None:
        """Take the fault that is due, if any."""
        return self._faults.popleft() if self._faults else None

    def _write(
        self, draft: Draft, sid: str, now: datetime, *, direction: Direction, author: Author
    ) -> BookEntry:
        self._written += 1
        inbound = direction == "inbound"
        entry = BookEntry(
            position=self._written,
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
        )
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
