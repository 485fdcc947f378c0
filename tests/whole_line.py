"""The line between a practice and its carrier: each request is judged, each text is heard."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from inspect import iscoroutine
from itertools import count
from typing import Any
from urllib.parse import parse_qs

from attrs import define, field

from compliant_sms import Purpose
from compliant_sms.errors import WebhookRejected
from compliant_sms.flows import ReceivedText
from compliant_sms.wire import HttpReply, HttpRequest, WebhookRequest
from whole_judge import TAG, Judge
from whole_model import CARE, SELLING, Said

OPTED_OUT = b"21610"  # the carrier keeps a list of its own, which only START takes a number off
STOPS = ["STOP", "please stop texting me", "no more texts please"]


@define(kw_only=True)
class Line(Judge):
    """What leaves and what comes in."""

    sender: str
    begun: dict[int, tuple[HttpRequest, datetime]] = field(factory=dict)
    still: timedelta = timedelta(0)
    meanwhile: tuple[str, str] | None = None
    serial: Iterator[int] = field(factory=count)

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
        status: int = received.answer.status
        return status

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

    def stop(self, number: str, said: Said) -> None:
        """Somebody said stop."""
        self.opt_outs += 1
        self.model.add(number, said)

    async def send(self, request: HttpRequest) -> HttpReply:
        """A request leaves: judge it, and hand it to the carrier."""
        # Hours and limits are those of the claim; what was said by now counts, also where the same
        # claim tries again (docs/explanation/promises.md, 2).
        model = self.model.copy()
        _, claimed = self.begun.setdefault(id(request), (request, self.clock()))
        still, self.still = self.still, timedelta(0)
        while still > timedelta(0):  # the process stands still, and another one works on
            self.clock.advance(min(still, timedelta(seconds=10)))
            still -= timedelta(seconds=10)
            for work in (self.messenger.reconcile, self.messenger.dispatch_due):
                done = work()
                if iscoroutine(done):
                    await done
        before = len(self.carrier.messages())
        fields = {k: v[0] for k, v in parse_qs(request.body.decode()).items()}
        if request.method == "POST" and self.carrier.reachable and request.may_leave():
            self.wrong("after the lease", self.clock() - claimed > timedelta(seconds=60))
            self.judge(fields["To"], fields["Body"], model, claimed)
        try:
            reply = await self.carrier.send(request)
            if request.method == "POST" and OPTED_OUT in reply.body:
                self.stop(fields["To"], Said(what="stop", at=self.clock()))
            return reply
        finally:
            for entry in self.carrier.messages()[before:]:
                if entry.author == "application":
                    self.departs(entry)
            said, self.meanwhile = self.meanwhile, None
            if said is not None:
                await self.says(*said)

    async def says(self, number: str, body: str, *, again: bool = False) -> Any:
        """A patient writes."""
        sid = f"SM{next(self.serial):032x}"
        told = await self.carrier.areply(number, body, to=self.sender, sid=sid)
        if again:
            await self.carrier.areply(number, body, to=self.sender, sid=sid)
        return told
