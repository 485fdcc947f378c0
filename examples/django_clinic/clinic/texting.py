"""The one messenger of this project: ``compliant-sms worker clinic.texting:messenger`` sends.

Its tables are made by ``compliant-sms db upgrade --shared``, where Django's are made: what a
booking calls from inside of its transaction cannot make them.
"""

import os
from datetime import date
from functools import cache

from django.conf import settings

from compliant_sms import Keyring, Messenger, Practice, Wording
from compliant_sms.providers import Twilio
from compliant_sms.reminders import ReminderPlan
from compliant_sms.stores import SQLite

PRACTICE = Practice(
    id="lakeside",
    name="Lakeside Family Medicine",
    phone="+1 217 555 0100",
    time_zone="America/Chicago",
    state="IL",
)
PLANS = [ReminderPlan(offsets=["1 day before at 10:00", "2 hours before"])]
ASKED_AT_THE_DESK = Wording(
    text="May Lakeside Family Medicine text you about your appointments and care?",
    version="2026-03",
)


@cache
def messenger() -> Messenger:
    """Opened at first use: after a fork, not before."""
    return Messenger(
        practice=PRACTICE,
        provider=Twilio(
            account_sid=os.environ["TWILIO_ACCOUNT_SID"],
            auth_token=os.environ["TWILIO_AUTH_TOKEN"],
            sender=os.environ["TWILIO_SENDER"],
            baa_signed_on=date.fromisoformat(os.environ["TWILIO_BAA_SIGNED_ON"]),
            # A carrier on your machine, where one is to be tried.
            base_url=os.environ.get("TWILIO_BASE_URL", "https://api.twilio.com"),
            status_callback=f"{settings.URL}/texts/twilio",
        ),
        store=SQLite(settings.DATABASES["default"]["NAME"], shared=True),
        keyring=Keyring.from_file(os.environ["TEXTING_KEYS"]),
        reminders=PLANS,
    )
