"""A host's program that is struck, killed and started again.

It plays steps that it is given, writes down which it began and which were answered, and goes on
after the last of these when it is started again.
"""

from __future__ import annotations

import json
import os
import resource
import signal
from contextlib import ExitStack
from datetime import datetime, timedelta
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

import psycopg

from compliant_sms import Delivery, Messenger, Practice, Purpose, system
from compliant_sms._callback_signing import TWILIO_SIGNATURE, twilio_signature
from compliant_sms.consent import Revoked
from compliant_sms.driver import finish
from compliant_sms.errors import StoreError
from compliant_sms.phone import PhoneNumber
from compliant_sms.providers import Twilio
from compliant_sms.records import instant_to_text
from compliant_sms.stores import PostgreSQL, SQLite
from compliant_sms.testing import MovableClock
from compliant_sms.testing.webhooks import TwilioWebhooks
from compliant_sms.wire import WebhookRequest
from conftest import INTAKE_WORDING, MORNING, SID, TOKEN
from crash_judge import PATIENTS, THROUGH
from crash_points import Points, struck_ports

_ROUNDS = 60
_NO_LIMIT = (resource.RLIM_INFINITY, resource.RLIM_INFINITY)


class Journal:
    """What a host knows after it died: which steps it began and which were answered."""

    def __init__(self, path: Path) -> None:
        self._file = os.open(path, os.O_CREAT | os.O_APPEND | os.O_WRONLY)
        self.entries = [json.loads(line) for line in path.read_text().splitlines()]

    def write(self, what: str, value: object) -> None:
        self.entries.append([what, value])
        os.write(self._file, f"{json.dumps([what, value])}\n".encode())

    def all(self, what: str) -> list[Any]:
        return [value for kind, value in self.entries if kind == what]


class Host:
    """One life of the program."""

    def __init__(self, spec: dict[str, Any]) -> None:
        self.spec = spec
        self.journal = Journal(Path(spec["journal"]))
        self.ahead = timedelta(hours=spec["hours_ahead"])
        self.point = Points(
            spec["at"],
            getattr(self, f"strike_{spec['strike']}"),
            fine=spec["fine"],
            store_only=spec["strike"] in {"fail", "break", "fill"},
        )
        reached = [datetime.fromisoformat(at) for at in self.journal.all("clock")]
        self.clock = MovableClock(max(reached, default=MORNING))
        self.practice = Practice(
            name="Lakeside Family Medicine",
            phone="+12175550100",
            time_zone="America/Chicago",
            state="IL",
            id=spec["practice"],
        )
        self.messenger = Messenger(
            practice=self.practice,
            provider=Twilio(
                account_sid=SID,
                auth_token=TOKEN,
                sender=spec["sender"],
                base_url=spec["url"],
                answers_keywords=False,
            ),
            delivery=Delivery(pause=timedelta(seconds=1)),
            **struck_ports(store_of(spec["store"]), self.told, system.new_id, self.point),
        )

    def play(self) -> dict[str, Any]:
        """Do what was not done before, until nothing is open; what is on record then."""
        self.move(timedelta(seconds=1))
        self.go_through()
        if self.spec["insists"]:
            self.go_through()
        with self.point.spared():
            self.settle()
            return self.report() | {"points": dict(self.point.kinds)}

    def go_through(self) -> None:
        """Do each step that was not done, or was not begun where the host does not insist."""
        begun, done = set(self.journal.all("begun")), dict(self.journal.all("done"))
        for number, step in enumerate(self.spec["steps"]):
            given_up = number in begun and not self.spec["insists"] and step.get("dies", True)
            if number in done or given_up:
                continue
            self.journal.write("begun", number)
            if self.done(step):
                self.journal.write("done", [number, str(self.clock())])
            self.move(timedelta(seconds=1))

    def done(self, step: dict[str, Any]) -> bool:
        """Whether a step was answered, and not with an error of the store."""
        with ExitStack() as stack:
            if not step.get("dies", True):
                stack.enter_context(self.point.spared())
            try:
                getattr(self, f"do_{step['do']}")(step)
            except StoreError:
                if self.spec["strike"] == "kill":
                    raise
                return False
            finally:
                resource.setrlimit(resource.RLIMIT_FSIZE, _NO_LIMIT)
        return True

    def close(self) -> None:
        """Let go of everything."""
        self.messenger.close()
        self.messenger._ports.transport.close()  # type: ignore[attr-defined]

    def told(self) -> datetime:
        """What the host's clock says."""
        return self.clock() + self.ahead

    # What strikes at a point

    def strike_kill(self) -> None:
        """The power goes."""
        os.kill(os.getpid(), signal.SIGKILL)

    def strike_fail(self) -> None:
        """The database gives an error; after a commit that means that nobody knows."""
        msg = "struck"
        raise StoreError(msg)

    def strike_break(self) -> None:
        """The server ends the connection."""
        with psycopg.connect(self.spec["store"]["dsn"], autocommit=True) as connection:
            connection.execute(
                """SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
                WHERE datname = current_database() AND pid <> pg_backend_pid()
                AND backend_type = 'client backend'"""
            )

    def strike_fill(self) -> None:
        """The disk has no room for another byte of the log, until the step has failed."""
        log = Path(f"{self.spec['store']['path']}-wal").stat().st_size
        resource.setrlimit(resource.RLIMIT_FSIZE, (max(log, 1), resource.RLIM_INFINITY))

    def strike_turn_back(self) -> None:
        """Somebody sets the clock right, which was hours ahead."""
        self.ahead = timedelta(0)

    # Steps

    def do_agree(self, step: dict[str, Any]) -> None:
        for number in PATIENTS[: step["people"]]:
            self.messenger.consent.grant(
                number,
                person=number[2:],
                basis="intake_form",
                wording=INTAKE_WORDING,
                recorded_by="front-desk:ana",
            )

    def do_fail(self, step: dict[str, Any]) -> None:
        control(self.spec["url"], "POST", "faults", step["fault"])

    def do_move(self, step: dict[str, Any]) -> None:
        at = datetime.fromisoformat(step["to"])
        self.move(max(at - self.clock(), timedelta(0)))

    def do_send(self, step: dict[str, Any]) -> None:
        number = PATIENTS[step["who"]]
        self.messenger.send(
            to=number,
            person=number[2:],
            purpose=Purpose.APPOINTMENT_REMINDER,
            body=f"Lakeside Family Medicine: see you tomorrow ({step['key']}).",
            idempotency_key=step["key"],
        )

    def do_text(self, step: dict[str, Any]) -> None:
        twilio = TwilioWebhooks(auth_token=TOKEN, number=self.spec["sender"])
        callback = twilio.text(
            step["body"], sender=PATIENTS[step["who"]], at=MORNING, text_id=step["sid"]
        )
        self.messenger.receive(callback)

    def do_status(self, step: dict[str, Any]) -> None:
        with self.point.spared():
            (text,) = [text for text in self.texts() if text.draft.idempotency_key == step["key"]]
        url = f"https://clinic.example/status?ref={text.message_id}"
        fields = {"MessageSid": text.provider_id or "", "MessageStatus": step["word"]}
        headers = {
            "Content-Type": "application/x-www-form-urlencoded",
            TWILIO_SIGNATURE: twilio_signature(url, fields.items(), TOKEN),
        }
        callback = WebhookRequest(
            method="POST", url=url, headers=headers, body=urlencode(fields).encode()
        )
        self.messenger.receive(callback)

    def do_dispatch(self, step: dict[str, Any]) -> None:
        self.messenger.dispatch_due()

    def do_reconcile(self, step: dict[str, Any]) -> None:
        self.messenger.reconcile()

    def do_settle(self, step: dict[str, Any]) -> None:
        self.settle()

    def do_revoke(self, step: dict[str, Any]) -> None:
        self.messenger.consent.revoke(
            PATIENTS[step["who"]], channel="spoken", recorded_by="front-desk:ana"
        )

    def move(self, by: timedelta) -> None:
        """The time passes, here and at the carrier."""
        at = instant_to_text(self.clock() + by)
        self.journal.write("clock", at)
        self.clock.advance(by)
        control(self.spec["url"], "PUT", "clock", {"at": at})

    def settle(self) -> None:
        """Dispatch and reconcile until nothing is open."""
        for turn in range(_ROUNDS):
            self.messenger.dispatch_due()
            self.messenger.reconcile()
            still = self.still_open()
            if not still:
                return
            waits = [max(text.not_before, text.claimed_until or MORNING) for text in still]
            # What a worker had reserved comes free by itself, after a while.
            least = timedelta(seconds=61) * 2 ** (turn // 8)
            self.move(max(min(waits) - self.told(), least))
        msg = "texts stay open for ever"
        raise AssertionError(msg)

    def still_open(self) -> list[Any]:
        """Texts that are not through."""
        return [text for text in self.texts() if text.state.value not in THROUGH]

    def texts(self) -> list[Any]:
        """All texts on record."""

        async def work(tx: Any) -> list[Any]:
            return [
                text
                for number in PATIENTS
                for text in await tx.messages_to(self.practice.id, PhoneNumber(number))
            ]

        found: list[Any] = self.ask(work)
        return found

    def ask(self, work: Any) -> Any:
        return finish(self.messenger._ports.store._store._port.run(work))  # type: ignore[attr-defined]

    def report(self) -> dict[str, Any]:
        """Everything on record about the patients."""
        self.messenger.verify_ledger()
        return {"people": {number: self.about(number) for number in PATIENTS}}

    def about(self, number: str) -> dict[str, Any]:
        phone = PhoneNumber(number)

        async def work(tx: Any) -> dict[str, Any]:
            events = await tx.consent_events(self.practice.id, phone)
            came = await tx.inbound_from(self.practice.id, phone)
            texts = await tx.messages_to(self.practice.id, phone)
            revoked = [event for event in events if isinstance(event, Revoked)]
            return {
                "revoked": [str(event.recorded_at) for event in revoked],
                "heard": [e.reference for e in revoked if e.channel == "text"],
                "came": [inbound.provider_key for inbound in came],
                "texts": [
                    {
                        "key": text.draft.idempotency_key,
                        "purpose": text.draft.purpose.code,
                        "state": text.state.value,
                        "provider_id": text.provider_id,
                        "steps": [
                            (step.state.value, str(step.at))
                            for step in await tx.steps(text.practice_id, text.message_id)
                        ],
                        "decisions": len(await tx.decisions(text.practice_id, text.message_id)),
                    }
                    for text in texts
                ],
            }

        found: dict[str, Any] = self.ask(work)
        return found


def store_of(spec: dict[str, str]) -> Any:
    """The store that a spec names."""
    return SQLite(spec["path"]) if "path" in spec else PostgreSQL(spec["dsn"], max_connections=1)


def control(url: str, method: str, what: str, value: object) -> None:
    """Tell the carrier something."""
    connection = HTTPConnection(urlsplit(url).netloc)
    headers = {"Content-Type": "application/json"}
    connection.request(method, f"/sandbox/{what}", json.dumps(value), headers)
    assert connection.getresponse().status < 300
    connection.close()
