"""A host's program that is killed and started again, and the server that forks it.

The program plays steps that it is given, writes down which it began and which were answered, and
goes on after the last of these when it is started again. Python and the library are imported
once; each start is a fork. Run as ``python crash_host.py``: a line of JSON in says what to play, a
line of JSON out says how the process ended and what is on record.
"""

from __future__ import annotations

import json
import os
import select
import signal
import sys
import traceback
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx

from compliant_sms import Delivery, Messenger, Practice, Purpose, system
from compliant_sms.consent import Revoked
from compliant_sms.driver import finish
from compliant_sms.phone import PhoneNumber
from compliant_sms.providers import Twilio
from compliant_sms.records import instant_to_text
from compliant_sms.stores import PostgreSQL, SQLite
from compliant_sms.testing import MovableClock, twilio_text
from conftest import INTAKE_WORDING, MORNING, SID, TOKEN
from crash_points import Points, dying_ports

PATIENTS = ("+12175550134", "+12175550135", "+12175550136")
_ROUNDS = 60
_EVER = datetime(2100, 1, 1, tzinfo=UTC)


class Journal:
    """What a host knows after it died: which steps it began and which were answered."""

    def __init__(self, path: Path) -> None:
        self._file = os.open(path, os.O_CREAT | os.O_APPEND | os.O_WRONLY)
        self.entries = [json.loads(line) for line in path.read_text().splitlines()]

    def write(self, what: str, value: object) -> None:
        os.write(self._file, f"{json.dumps([what, value])}\n".encode())

    def all(self, what: str) -> list[Any]:
        return [value for kind, value in self.entries if kind == what]


class Host:
    """One life of the program."""

    def __init__(self, spec: dict[str, Any]) -> None:
        self.spec = spec
        self.journal = Journal(Path(spec["journal"]))
        self.point = Points(spec["kill_at"], fine=spec["fine"])
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
            **dying_ports(store_of(spec["store"]), self.clock, system.new_id, self.point),
        )

    def play(self) -> dict[str, Any]:
        """Do what was not done before, until nothing is open; what is on record then."""
        self.move(timedelta(seconds=1))
        begun, done = set(self.journal.all("begun")), set(self.journal.all("done"))
        for number, step in enumerate(self.spec["steps"]):
            if number in done or (number in begun and not self.spec["insists"]):
                continue
            self.journal.write("begun", number)
            self.do(step)
            self.journal.write("done", number)
            self.move(timedelta(seconds=1))
        with self.point.spared():
            self.settle()
            return self.report() | {"points": dict(self.point.kinds)}

    def do(self, step: dict[str, Any]) -> None:
        act = getattr(self, f"do_{step['do']}")
        if step.get("dies", True):
            act(step)
        else:
            with self.point.spared():
                act(step)

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
        callback = twilio_text(
            step["body"],
            sender=PATIENTS[step["who"]],
            to=self.spec["sender"],
            auth_token=TOKEN,
            message_sid=step["sid"],
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
        for _ in range(_ROUNDS):
            self.messenger.dispatch_due()
            self.messenger.reconcile()
            still = self.still_open()
            if not still:
                return
            waits = [text.not_before - self.clock() for text in still if text.state == "held"]
            self.move(max(min(waits, default=timedelta(0)), timedelta(seconds=61)))
        msg = "texts stay open for ever"
        raise AssertionError(msg)

    def still_open(self) -> list[Any]:
        """Texts that are not through."""

        async def work(tx: Any) -> list[Any]:
            practice = self.practice.id
            waiting = await tx.due(practice, _EVER, 1000)
            lapsed = await tx.lapsed(practice, _EVER, 1000)
            return [*waiting, *lapsed, *await tx.uncertain(practice, 1000)]

        return self.ask(work)

    def ask(self, work: Any) -> Any:
        return finish(self.messenger._ports.store._port.run(work))  # type: ignore[attr-defined]

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
                            for step in await tx.steps(text.message_id)
                        ],
                        "decisions": len(await tx.decisions(text.message_id)),
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


# The server


def serve() -> None:
    """Play what each line says, each in a process of its own."""
    context = httpx.create_ssl_context()  # slow, and the same each time
    httpx.create_ssl_context = lambda *_, **__: context  # type: ignore[assignment]
    for line in sys.stdin:
        spec = json.loads(line)
        answer = warmed(spec) if spec["warms"] else forked(spec)
        sys.stdout.write(f"{json.dumps(answer)}\n")
        sys.stdout.flush()


def warmed(spec: dict[str, Any]) -> dict[str, Any]:
    """Play once in the server itself, so that no fork has to load what is loaded at first use."""
    host = Host(spec)
    said = host.play()
    host.messenger.close()
    return {"killed": False, "failed": False, "said": said}


def forked(spec: dict[str, Any]) -> dict[str, Any]:
    """How a process that plays the spec ended, and what it said."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        os._exit(live(spec, writing))
    os.close(writing)
    if spec.get("kill_after") is not None:
        ended, _, _ = select.select([reading], [], [], spec["kill_after"])
        if not ended:
            os.kill(child, signal.SIGKILL)
    said = b"".join(iter(lambda: os.read(reading, 65536), b""))
    os.close(reading)
    _, status = os.waitpid(child, 0)
    killed = os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL
    return {
        "killed": killed,
        "failed": not killed and status != 0,
        "said": json.loads(said) if said and status == 0 else said.decode(),
    }


def live(spec: dict[str, Any], writing: int) -> int:
    """The whole life of the forked process; its exit status."""
    try:
        said = json.dumps(Host(spec).play()).encode()
    except BaseException:  # noqa: BLE001 - whatever it is, the server has to hear of it
        os.write(writing, traceback.format_exc().encode()[:60_000])
        return 1
    for start in range(0, len(said), 4096):
        os.write(writing, said[start : start + 4096])
    return 0


if __name__ == "__main__":
    serve()
