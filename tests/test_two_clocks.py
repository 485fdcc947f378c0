"""Machines whose clocks differ, and senders that stand still: each text goes out once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from compliant_sms import Messenger
from compliant_sms.sandbox import Sandbox
from compliant_sms.testing import MovableClock
from compliant_sms.transport import BlockingTransport
from compliant_sms.wire import HttpReply, HttpRequest
from test_send import BODY, agree, outgoing, remind

Make = Callable[..., Messenger]
pytestmark = pytest.mark.both_databases
TICK = timedelta(seconds=10)


class Slow(BlockingTransport):
    """The real transport, under which a process stands still before a request is written."""

    def __init__(self, meanwhile: Callable[[], object]) -> None:
        super().__init__()
        self._meanwhile = [meanwhile]

    async def send(self, request: HttpRequest) -> HttpReply:
        while self._meanwhile:
            self._meanwhile.pop()()
        return await super().send(request)


# The lease and the time to settle are a minute each: clocks may differ by less than that.
@pytest.mark.parametrize("ahead", [-3600, -55, 55])
@pytest.mark.parametrize("stands_still", [50, 70, 130])
def test_two_clocks(
    make_messenger: Make, carrier: Sandbox, clock: MovableClock, ahead: int, stands_still: int
) -> None:
    """However long a sender stands still, another's clock gives the text to one of them only."""
    other = make_messenger(clock=lambda: clock() + timedelta(seconds=ahead))

    def time_passes(seconds: int) -> None:
        for _ in range(0, seconds, TICK.seconds):
            clock.advance(TICK)
            other.reconcile()
            other.dispatch_due()

    slow = Slow(lambda: time_passes(stands_still))
    sender = make_messenger(transport=slow)
    agree(sender)
    remind(sender)
    for _ in range(3):
        time_passes(70)
        sender.reconcile()
        sender.dispatch_due()
    time_passes(max(0, -ahead) + 60)
    slow.close()

    assert outgoing(carrier) == [BODY]
