"""A practice that shows what waits behind its notices, and whoever holds a link."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from datetime import date
from typing import Any
from urllib.parse import urlencode

from attrs import evolve, frozen

from compliant_sms import Keyring, Messenger, Practice, Profile
from compliant_sms.people import PatientFacts
from compliant_sms.secure_pages import PageRequest, SecurePages
from compliant_sms.wire import HttpReply
from conftest import PERSON
from test_send import agree, remind

URL = "https://m.lakeside.example/s"
BORN = date(1985, 3, 14)
RIGHT = "March 14, 1985"
WRONG = "March 15, 1985"
DRUG = "Lakeside Family Medicine: Ana, your lisinopril is ready. Reply STOP to opt out."
FORM = (("content-type", "application/x-www-form-urlencoded"),)
_LINK = re.compile(re.escape(URL) + "/([0-9A-Za-z]+)")
_PROOF = re.compile(r'name="proof" value="([^"]+)"')

Pairs = tuple[tuple[str, str], ...]
Make = Callable[..., Messenger]


def showing(practice: Practice) -> Practice:
    """The practice, with notices in place of health details."""
    return evolve(practice, phi="notice", link_domains=["lakeside.example"])


def with_pages(
    make_messenger: Make, practice: Practice, *, born: date | None = BORN, **changes: Any
) -> Messenger:
    """A messenger with pages; its patient agreed to texts."""
    options = {
        "practice": showing(practice),
        "keyring": Keyring.generate(),
        "secure_links": SecurePages(url=URL),
        "people": lambda _: Profile(birth_date=born, facts=PatientFacts(names=["Ana Gomez"])),
    }
    messenger = make_messenger(**{**options, **changes})
    agree(messenger)
    return messenger


def notice(messenger: Messenger, key: str = "1", body: str = DRUG, **changes: Any) -> Visitor:
    """Send what tells too much; whoever holds the link."""
    outcome = remind(messenger, key, body=body, **changes)
    return visitor(messenger, outcome.message_id, changes.get("person", PERSON))


def visitor(messenger: Messenger, message_id: str, person: str = PERSON) -> Visitor:
    """Whoever holds the link that left with a text."""
    texts = {text.message.message_id: text for text in messenger.history(person).texts}
    found = _LINK.search(texts[message_id].message.body)
    assert found, "no link left"
    return Visitor(messenger, message_id, found[1])


def proof_in(page: HttpReply) -> str:
    """What a page put into its form."""
    found = _PROOF.search(page.body.decode())
    return html.unescape(found[1]) if found else ""


@frozen
class Visitor:
    """Whoever holds a link."""

    messenger: Messenger
    message_id: str
    token: str

    def ask(self, method: str = "GET", **more: Any) -> HttpReply:
        """Send a request."""
        return self.messenger.secure_pages.answer(
            PageRequest(method=method, token=self.token, **more)
        )

    def get(self, **more: Any) -> HttpReply:
        """Open the link."""
        return self.ask(**more)

    def send(
        self,
        step: str,
        words: str,
        proof: str,
        headers: Pairs = (),
        unsent: str = "",
        **more: Any,
    ) -> HttpReply:
        """Send a form."""
        fields = {"step": step, "proof": proof, "words": words}
        fields |= {"unsent": unsent} if unsent else {}
        body = urlencode(fields).encode()
        return self.ask("POST", headers=FORM + headers, body=body, **more)

    def answer(self, words: str = RIGHT, **more: Any) -> HttpReply:
        """Open the link, and answer what the page asks."""
        return self.send("answer", words, proof_in(self.get()), **more)

    def reply(self, words: str, **more: Any) -> HttpReply:
        """Open the link, answer, and write a reply."""
        return self.send("reply", words, proof_in(self.answer()), **more)

    def happened(self) -> list[str]:
        """What is on record of the page."""
        accesses = self.messenger.secure_pages.accesses(self.message_id)
        return [each.what.value for each in accesses]
