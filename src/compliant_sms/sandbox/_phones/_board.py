"""What the page shows, put together from the carrier's book and the practice's records."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

from compliant_sms.events import Event
from compliant_sms.sandbox._account import Account
from compliant_sms.sandbox._book import Book
from compliant_sms.sandbox._carrier import Carrier
from compliant_sms.sandbox._control import entry_json
from compliant_sms.sandbox._phones._feed import Batch, Feed, Json
from compliant_sms.sandbox._phones._practice import PatientPhone, PracticeSide, Records
from compliant_sms.sandbox._phones._record import heard_json, record_json

T = TypeVar("T")


class Board:
    """What the page shows, and the practice behind it, if one is attached.

    Args:
        carrier: whose book it shows.
        accounts: the accounts that the carrier speaks for.
    """

    def __init__(self, carrier: Carrier, accounts: Sequence[Account]) -> None:
        self._carrier = carrier
        self._accounts = accounts
        self._feed = Feed(uuid.uuid4().hex)
        self._added: tuple[PatientPhone, ...] = ()
        self.side: PracticeSide | None = None
        self._end: Callable[[], None] = _nothing

    def attach(self, side: PracticeSide) -> None:
        """Show what a messenger decides as soon as it does; go by its clock where it has one."""
        self._end()
        self._end = side.messenger.on(Event, lambda _: self._carrier.tell_watchers())
        self.side = side
        if side.moving_clock is not None:
            self._carrier.set_clock(side.moving_clock)
        self._carrier.tell_watchers()

    def add_phone(self, phone: PatientPhone) -> None:
        """Show one more phone, unless it is there already."""
        if phone.number not in {each.number for each in self._phones()}:
            self._added = (*self._added, phone)
            self._carrier.tell_watchers()

    def refresh(self, records: Records | None) -> None:
        """Bring the feed up to date; from the carrier's event loop only.

        Args:
            records: what the practice has on record; None where that cannot be told.
        """
        with self._carrier.look() as book:
            self._show_book(book)
        if records is not None:
            self._show_records(records)
        for phone in self._phones():
            self._feed.put(f"phone/{phone.number}", phone, _phone_json)
        self._feed.put("practice", self._practice_json(), _same)
        # The page shows minutes; a clock that runs is news once in each.
        at = self._carrier.now.replace(second=0, microsecond=0)
        self._feed.put("clock", {"at": at.isoformat()}, _same)

    def since(self, mark: str) -> Batch:
        """What a page has missed since a mark."""
        return self._feed.since(mark)

    def _phones(self) -> tuple[PatientPhone, ...]:
        known = self.side.phones if self.side is not None else ()
        return (*known, *self._added)

    def _show_records(self, records: Records) -> None:
        self._show_all("record/", records.sent, record_json)
        self._show_all("heard/", records.received, heard_json)

    def _show_all(self, prefix: str, values: Mapping[str, T], show: Callable[[T], Json]) -> None:
        by_key = {prefix + name: value for name, value in values.items()}
        for key, value in by_key.items():
            self._feed.put(key, value, show)
        self._feed.keep_only(prefix, by_key.keys())

    def _show_book(self, book: Book) -> None:
        self._show_all("text/", {entry.sid: entry for entry in book.entries()}, entry_json)
        self._feed.put("carrier", self._carrier_json(book), _same)

    def _carrier_json(self, book: Book) -> Json:
        shares = [*book.rates.requests.items(), *book.rates.callbacks.items()]
        return {
            "accounts": [
                {
                    "provider": account.provider,
                    "numbers": [_number_json(book, number) for number in account.numbers],
                    "opted_out": [each.patient for each in book.opt_outs(account.provider)],
                }
                for account in self._accounts
            ],
            "rates": {kind.value: share for kind, share in shares if share},
            "waiting": dict(Counter(fault.kind.value for fault in book.waiting_faults())),
            "outcomes": {number: step.status for number, step in book.outcomes().items()},
            "seed": self._carrier.chance.seed,
        }

    def _practice_json(self) -> Json:
        side = self.side
        return {
            "name": side.name if side is not None else "",
            "zone": side.zone if side is not None else "",
            "moves": side is None or side.moving_clock is not None,
        }


def _nothing() -> None:
    return


def _number_json(book: Book, e164: str) -> Json:
    number = book.number(e164)
    return {
        "number": e164,
        "answers_keywords": number.answers_keywords,
        "inbound": number.inbound_url is not None,
    }


def _phone_json(phone: PatientPhone) -> Json:
    return {"number": phone.number, "person": phone.person, "name": phone.name}


def _same(value: Json) -> Json:
    return value
