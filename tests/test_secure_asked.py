"""A text that its sender wants behind a link, whatever it says: ``secure=True``."""

from __future__ import annotations

import asyncio
import re
import sqlite3
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve

from compliant_sms import (
    AsyncMessenger,
    Blocked,
    Held,
    Keyring,
    Messenger,
    Plaintext,
    Practice,
    Profile,
    Purpose,
    Queued,
    Sent,
)
from compliant_sms.errors import ConfigurationError, IdempotencyConflict, InvalidInput
from compliant_sms.messenger import StoreKind
from compliant_sms.practice import PhiMode
from compliant_sms.providers import Twilio
from compliant_sms.rules import Verdict
from compliant_sms.sandbox import Sandbox
from compliant_sms.secure_pages import SecurePages
from compliant_sms.templates import Catalogue
from compliant_sms.testing import MovableClock
from conftest import PATIENT, PERSON, WARNING
from secure_visits import BORN, URL, Make, showing, visitor, with_pages
from templates_made import simple
from test_inbox import PLAN
from test_receive import from_patient
from test_send import NIGHT, agree, outgoing, remind, waits

pytestmark = pytest.mark.usefixtures(waits.__name__)  # nobody sleeps here
# Nothing in it is health information that can be read from words.
PRIVATE = "Lakeside Family Medicine: Ana, about what we spoke of on Monday: it is as we hoped."
SAYS = "Lakeside Family Medicine: you have a new message from us. Read it here:"
both_databases = pytest.mark.both_databases


def is_notice(body: str) -> bool:
    """Whether a text tells that a message waits, and nothing else."""
    link = re.escape(URL) + "/[0-9A-Za-z]+"
    return re.fullmatch(rf"{SAYS} {link}( Reply STOP to opt out\.)?", body) is not None


def codes(decision: Any) -> list[str]:
    """What the rule about health information said."""
    return [each.code for each in decision.findings if each.rule == "phi-in-body"]


def hiding(make_messenger: Make, practice: Practice, mode: PhiMode) -> Messenger:
    """A messenger with pages, whose practice does this with health details that are found."""
    own = evolve(showing(practice), phi=mode)
    return with_pages(lambda **options: make_messenger(**(options | {"practice": own})), practice)


@both_databases
@pytest.mark.parametrize("mode", PhiMode)
def test_what_says_nothing_waits_behind_a_link_where_that_is_asked(
    make_messenger: Make, practice: Practice, carrier: Sandbox, mode: PhiMode
) -> None:
    """Whatever the practice does with health details that are found."""
    messenger = hiding(make_messenger, practice, mode)
    asked = {"to": PATIENT, "person": PERSON, "purpose": Purpose.CARE_CONVERSATION}
    plain = messenger.check(**asked, body=PRIVATE)
    hidden = messenger.check(**asked, body=PRIVATE, secure=True)
    outcome = remind(messenger, body=PRIVATE, secure=True)

    assert (codes(plain), codes(hidden)) == ([], ["neutral-notice"])
    assert hidden.verdict is Verdict.ALLOW
    assert isinstance(outcome, Sent)
    assert [is_notice(body) for body in outgoing(carrier)] == [True]
    assert "as we hoped" in visitor(messenger, outcome.message_id).answer().body.decode()
    [text] = messenger.history(PERSON).texts
    assert codes(text.decisions[-1]) == ["neutral-notice"]
    assert any(
        "its sender asked for the link" in each.words for each in text.decisions[-1].findings
    )


@pytest.mark.parametrize("mode", PhiMode)
def test_who_prefers_details_by_text_gets_a_link_where_that_is_asked(
    make_messenger: Make, practice: Practice, carrier: Sandbox, mode: PhiMode
) -> None:
    """A wish permits details in the text; it does not ask for them."""
    messenger = hiding(make_messenger, practice, mode)
    messenger.consent.record_phi_preference(
        PATIENT, person=PERSON, warning=WARNING, channel="spoken", recorded_by="front-desk:ana"
    )
    drug = "Lakeside Family Medicine: Ana, your lisinopril is ready."
    remind(messenger, "open", body=drug)
    remind(messenger, "closed", body=drug, secure=True)

    assert ["lisinopril" in body for body in outgoing(carrier)] == [True, False]
    assert is_notice(outgoing(carrier)[1])


@both_databases
def test_what_waits_for_the_morning_waits_behind_its_link_then(
    make_messenger: Make, practice: Practice, carrier: Sandbox, clock: MovableClock
) -> None:
    """It is kept with the text, so that it holds when the text is decided again."""
    messenger = with_pages(make_messenger, practice)
    clock.move_to(NIGHT)
    held = remind(messenger, body=PRIVATE, secure=True)
    assert isinstance(held, Held)
    clock.move_to(held.until)
    [sent] = messenger.dispatch_due()

    assert isinstance(sent, Sent)
    assert [is_notice(body) for body in outgoing(carrier)] == [True]


def test_one_key_is_one_text_behind_a_link_or_not(
    make_messenger: Make, practice: Practice, carrier: Sandbox
) -> None:
    """Asked again it is the same text, and never the same in the open."""
    messenger = with_pages(make_messenger, practice)
    first = remind(messenger, body=PRIVATE, secure=True)

    assert remind(messenger, body=PRIVATE, secure=True) == first
    with pytest.raises(IdempotencyConflict):
        remind(messenger, body=PRIVATE)
    assert len(outgoing(carrier)) == 1


def test_a_page_has_room_for_more_than_a_text(
    make_messenger: Make, practice: Practice, carrier: Sandbox
) -> None:
    """Only the notice has to fit into one."""
    messenger = with_pages(make_messenger, practice)
    outcome = remind(messenger, body=PRIVATE + " All is well." * 1000, secure=True)

    assert isinstance(outcome, Sent)
    assert is_notice(outgoing(carrier)[0])
    page = visitor(messenger, outcome.message_id).answer().body.decode()
    assert page.count("All is well.") == 1000


def test_a_link_of_the_hosts_own(
    make_messenger: Make, practice: Practice, carrier: Sandbox
) -> None:
    """The function that publishes messages is given this one, too."""
    given = []

    def published(message: Any) -> str:
        given.append(message.body)
        return f"{URL}/4f"

    own = evolve(practice, link_domains=["lakeside.example"])
    messenger = make_messenger(practice=own, keyring=Keyring.generate(), secure_links=published)
    agree(messenger)
    assert isinstance(remind(messenger, body=PRIVATE, secure=True), Sent)

    assert given == [PRIVATE]
    assert [is_notice(body) for body in outgoing(carrier)] == [True]


def test_templates_and_replies_of_staff_and_what_commits_with_the_host(
    make_messenger: Make,
    practice: Practice,
    carrier: Sandbox,
    clock: MovableClock,
    database: Path,
) -> None:
    """Each way to send takes it."""
    messenger = with_pages(make_messenger, practice, templates=Catalogue([simple()]), inbox=PLAN)
    values = {"given_name": "Ana"}
    messenger.send_template(
        "hello", to=PATIENT, person=PERSON, values=values, idempotency_key="t", secure=True
    )
    clock.advance(timedelta(minutes=1))
    received = messenger.receive(from_patient("What did you find?", "SM1"))
    [event] = received.events
    thread_id = getattr(event, "thread_id")  # noqa: B009 - only a text has one
    messenger.inbox.reply(thread_id, body=PRIVATE, by="ben", idempotency_key="r", secure=True)
    texts = [body for body in outgoing(carrier) if "we got your text" not in body]
    assert [is_notice(body) for body in texts] == [True, True]

    with sqlite3.connect(database) as host:
        host.execute("BEGIN")
        joined = messenger.within(host)
        asked = {"to": PATIENT, "person": PERSON, "purpose": Purpose.CARE_CONVERSATION}
        assert codes(joined.check(**asked, body=PRIVATE, secure=True)) == ["neutral-notice"]
        queued = joined.send(**asked, body=PRIVATE, idempotency_key="j", secure=True)
        assert isinstance(queued, Queued)
    host.close()
    messenger.dispatch_due()
    assert is_notice(outgoing(carrier)[-1])


@pytest.mark.parametrize(
    ("given", "lacking"),
    [
        ({"secure_links": SecurePages(url=URL)}, "keyring"),
        ({"secure_links": SecurePages(url=URL), "keyring": Plaintext(reason="a test")}, "keyring"),
        ({"keyring": Keyring.generate()}, "secure_links"),
    ],
    ids=["no keyring", "in the clear", "no links"],
)
def test_a_messenger_that_cannot_says_what_it_needs(
    make_messenger: Make,
    practice: Practice,
    carrier: Sandbox,
    given: dict[str, Any],
    lacking: str,
) -> None:
    """It never sends such a text in the open; nothing is kept."""
    own = evolve(practice, link_domains=["lakeside.example"])
    messenger = make_messenger(practice=own, **given)
    agree(messenger)
    with pytest.raises(ConfigurationError, match=lacking):
        remind(messenger, body=PRIVATE, secure=True)

    assert (messenger.history(PERSON).texts, outgoing(carrier)) == ((), [])


def test_no_picture_goes_along_with_a_notice(make_messenger: Make, practice: Practice) -> None:
    """It would show what stands behind the link."""
    messenger = with_pages(make_messenger, practice)
    with pytest.raises(InvalidInput, match="media would go out with the notice"):
        remind(messenger, body=PRIVATE, secure=True, media=["https://lakeside.example/x.png"])
    with pytest.raises(InvalidInput, match="secure must be True or False"):
        remind(messenger, body=PRIVATE, secure="no")


def test_a_link_lifts_no_rule(
    make_messenger: Make, practice: Practice, clock: MovableClock
) -> None:
    """What sells behind a link needs the consent of what sells, and a STOP stops it."""
    messenger = with_pages(make_messenger, practice)
    sells = "Lakeside Family Medicine: 20% off Botox this week only! Book now."
    offer = remind(messenger, "1", body=sells, purpose=Purpose.PROMOTION, secure=True)
    clock.advance(timedelta(minutes=1))
    messenger.receive(from_patient("STOP", "SM1"))
    stopped = remind(messenger, "2", body=PRIVATE, secure=True)

    assert isinstance(offer, Blocked)
    assert "prior-express-written-consent-required" in [each.code for each in offer.reasons]
    assert isinstance(stopped, Blocked)
    assert "revoked" in [each.code for each in stopped.reasons]


def test_an_event_loop_does_the_same(
    practice: Practice,
    provider: Twilio,
    make_store: Callable[[], StoreKind],
    clock: MovableClock,
    carrier: Sandbox,
) -> None:
    """The asynchronous facade takes it in each of its calls."""

    async def sends() -> None:
        async with AsyncMessenger(
            practice=showing(practice),
            provider=provider,
            keyring=Keyring.generate(),
            secure_links=SecurePages(url=URL),
            clock=clock,
            store=make_store(),
            people=lambda _: Profile(birth_date=BORN),
            templates=Catalogue([simple()]),
            inbox=PLAN,
        ) as messenger:
            await messenger.consent.grant(
                PATIENT, person=PERSON, basis="spoken", recorded_by="front-desk:ana"
            )
            asked: dict[str, Any] = {
                "to": PATIENT,
                "person": PERSON,
                "purpose": Purpose.CARE_CONVERSATION,
                "body": PRIVATE,
                "secure": True,
            }
            assert codes(await messenger.check(**asked)) == ["neutral-notice"]
            await messenger.send(**asked, idempotency_key="1")
            await messenger.send_template(
                "hello",
                to=PATIENT,
                person=PERSON,
                values={"given_name": "Ana"},
                idempotency_key="2",
                secure=True,
            )

    asyncio.run(sends())
    assert [is_notice(body) for body in outgoing(carrier)] == [True, True]
