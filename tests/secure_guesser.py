"""Somebody who guesses what a page asks: waits for a word, then guesses as fast as it goes.

Run as ``python secure_guesser.py STORE KEYS TOKEN GUESSES``; the store is JSON as ``store_of``
takes it. Prints how many of the guesses were counted.
"""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime

from compliant_sms import Keyring, Messenger, Practice, Profile
from compliant_sms.providers import Twilio
from compliant_sms.secure_pages import SecurePages
from conftest import SENDER, SID, TOKEN
from race_side import store_of
from secure_visits import BORN, URL, WRONG, Visitor, proof_in

DAY = datetime(2026, 11, 30, 18, 30, tzinfo=UTC)


def messenger_over(store: dict[str, str], keys: str, url: str) -> Messenger:
    """A messenger with pages, whose clock stands."""
    return Messenger(
        practice=Practice(
            name="Lakeside Family Medicine",
            phone="+12175550100",
            time_zone="America/Chicago",
            state="IL",
            id="lakeside",
            phi="notice",
            link_domains=["lakeside.example"],
        ),
        provider=Twilio(account_sid=SID, auth_token=TOKEN, sender=SENDER, base_url=url),
        store=store_of(store),
        keyring=Keyring.from_file(keys),
        people=lambda _: Profile(birth_date=BORN),
        secure_links=SecurePages(url=URL),
        clock=lambda: DAY,
    )


def main(store: str, keys: str, token: str, guesses: str) -> None:
    """Guess, each time with a fresh form."""
    with messenger_over(json.loads(store), keys, "http://127.0.0.1:9") as messenger:
        holder = Visitor(messenger, "", token)
        form = proof_in(holder.get())
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        sys.stdin.readline()
        pages = [holder.send("answer", WRONG, form) for _ in range(int(guesses))]
        counted = sum(b"not what we have" in page.body for page in pages)
        sys.stdout.write(f"{counted}\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
