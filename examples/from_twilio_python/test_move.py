"""What the move changes: of four patients one may be texted.

twilio-python speaks HTTP to a carrier on this machine; the library needs none, and no port.
"""

from __future__ import annotations

from typing import Any

from twilio.http.http_client import TwilioHttpClient
from twilio.http.response import Response
from twilio.rest import Client

import after
import before
from before import OURS, Visit
from compliant_sms import Messenger
from compliant_sms.sandbox import Sandbox
from compliant_sms.testing import FakeCarrier

ACCOUNT = {"account_sid": "AC" + "0" * 32, "auth_token": "made-up"}
AGREED, NEVER_ASKED, SAID_STOP, WROTE_IT_OUT = (f"+1217555013{n}" for n in range(4))
VISITS = [
    Visit(id=str(number), person=f"pat-{number}", phone=phone, when="Tue Dec 1 at 2:30 PM")
    for number, phone in enumerate([AGREED, NEVER_ASKED, SAID_STOP, WROTE_IT_OUT])
]


class Here(TwilioHttpClient):
    """Twilio's client, which speaks to the carrier on this machine."""

    def __init__(self, url: str) -> None:
        super().__init__()
        self._url = url

    def request(self, method: str, url: str, *args: Any, **kwargs: Any) -> Response:
        here = url.replace("https://api.twilio.com", self._url)
        return super().request(method, here, *args, **kwargs)


def test_before() -> None:
    """Everybody is texted, and once more by the second run."""
    opted_out: set[str] = set()
    before.on_text({"From": WROTE_IT_OUT, "Body": "please stop texting me"}, opted_out)

    with Sandbox(**ACCOUNT, numbers=[OURS]) as carrier:
        client = Client(*ACCOUNT.values(), http_client=Here(carrier.url))
        assert before.remind(client, VISITS) == 4
        assert before.remind(client, VISITS) == 4
    assert opted_out == set()
    assert len(carrier.messages()) == 8


def test_after(messenger: Messenger, carrier: FakeCarrier) -> None:
    """Who agreed is texted, once."""
    for visit in (VISITS[0], VISITS[2], VISITS[3]):
        messenger.consent.grant(visit.phone, person=visit.person, basis="spoken", recorded_by="ana")
    after.move_opt_outs(messenger, [SAID_STOP])
    carrier.post_to(lambda text: after.on_text(messenger, text.url, dict(text.headers), text.body))
    assert carrier.reply(WROTE_IT_OUT, "please stop texting me") == 200

    assert after.remind(messenger, VISITS) == {"Sent": 1, "Blocked": 3}
    assert after.remind(messenger, VISITS) == {"Sent": 1, "Blocked": 3}
    (text,) = [text for text in carrier.messages() if text.author == "application"]
    assert text.to == AGREED
