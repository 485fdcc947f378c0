"""The testing kit: what assertions accept, and what pytest's plugin brings and leaves alone."""

from __future__ import annotations

import logging
import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve

from compliant_sms import Held, Messenger, Outcome, PhoneNumber, Practice, Profile, Purpose
from compliant_sms.errors import InvalidInput, InvalidPhoneNumber
from compliant_sms.people import PatientFacts
from compliant_sms.testing import (
    MORNING,
    FakeCarrier,
    MovableClock,
    assert_blocked,
    assert_held,
    assert_no_phi,
    assert_not_sent,
    assert_sent,
)
from conftest import PATIENT, PERSON

LOG = logging.getLogger("clinic.texts")
NAME = "Zelda Quagga"
BODY = "Lakeside Family Medicine: the okapi waits for you on Friday."
FACTS = PatientFacts(
    names=[NAME],
    birth_date=date(1980, 2, 29),
    mrn=["MR-00771"],
    phones=["(217) 555-0199"],
)
PLUGIN = ("-p", "no:compliant_sms", "-p", "compliant_sms.testing.pytest_plugin")


@pytest.fixture
def fake() -> FakeCarrier:
    return FakeCarrier(clock=MovableClock(MORNING))


@pytest.fixture
def texting(fake: FakeCarrier, practice: Practice) -> Iterator[Messenger]:
    """A messenger whose patient agreed to texts."""

    def people(_: str) -> Profile:
        return Profile(time_zone="America/Chicago", facts=FACTS)

    with fake.messenger(practice=practice, people=people) as made:
        made.consent.grant(PATIENT, person=PERSON, basis="spoken", recorded_by="a test")
        yield made


def send(messenger: Messenger, key: str = "1", **changes: Any) -> Outcome:
    usual: dict[str, Any] = {
        "to": PATIENT,
        "person": PERSON,
        "purpose": Purpose.APPOINTMENT_REMINDER,
        "body": BODY,
        "idempotency_key": key,
    }
    return messenger.send(**usual | changes)


# Assertions


def test_what_is_neither_an_outcome_nor_a_carrier(texting: Messenger, fake: FakeCarrier) -> None:
    """Whoever forgot to await, or asserts of a decision, is told what to pass."""
    other = fake.async_messenger(practice=texting.practice)
    forgotten = other.dispatch_due()
    with pytest.raises(InvalidInput, match=r"coroutine is neither.*awaited"):
        assert_sent(forgotten)  # type: ignore[call-overload]
    forgotten.close()
    with pytest.raises(InvalidInput, match="Blocked is neither"):
        assert_not_sent(send(texting, purpose=Purpose.BILLING))  # type: ignore[arg-type]


def test_sent(texting: Messenger, fake: FakeCarrier) -> None:
    """What was sent is accepted, as an outcome and at the carrier."""
    assert_not_sent(fake)
    sent = assert_sent(send(texting))
    (text,) = assert_sent(fake, to=PATIENT, containing="okapi", times=1)

    assert text.sid == sent.provider_id
    assert_not_sent(fake, to="+12175550135")


def test_what_was_not_sent_fails(texting: Messenger, fake: FakeCarrier) -> None:
    """The failure says which outcome it is and why, and quotes nobody."""
    texting.consent.revoke(PATIENT, channel="spoken", recorded_by="a test")
    with pytest.raises(AssertionError, match="Blocked, not Sent: revocation") as failure:
        assert_sent(send(texting))
    with pytest.raises(AssertionError, match=r"took 0 texts .* where a text should be"):
        assert_sent(fake, to=PATIENT)

    assert "okapi" not in str(failure.value)
    assert PATIENT[2:] not in str(failure.value)


def test_problems_are_told(texting: Messenger, fake: FakeCarrier) -> None:
    """An outcome with a problem fails with it."""
    fake.fail_next("hang")
    with pytest.raises(AssertionError, match="Uncertain, not Sent: provider_fault no_answer"):
        assert_sent(send(texting))


def test_outcome_without_reasons(texting: Messenger, fake: FakeCarrier) -> None:
    """One that has neither reasons nor a problem fails by its name."""
    with pytest.raises(AssertionError, match=r"\ASent, not Held\Z"):
        assert_held(send(texting))


def test_how_many_were_sent(texting: Messenger, fake: FakeCarrier) -> None:
    """Another count fails, and no count of none."""
    send(texting)
    with pytest.raises(AssertionError, match=r"took 1 texts to .* where 2 texts"):
        assert_sent(fake, to=PATIENT, times=2)
    with pytest.raises(AssertionError, match=r"took 1 texts, where none"):
        assert_not_sent(fake, to=PATIENT)
    with pytest.raises(InvalidInput, match="assert_not_sent"):
        assert_sent(fake, to=PATIENT, times=0)


@pytest.mark.parametrize("written", ["(217) 555-0134", "217-555-0134", PhoneNumber(PATIENT)])
def test_a_number_may_be_written_in_any_form(
    texting: Messenger, fake: FakeCarrier, written: str | PhoneNumber
) -> None:
    """Another form of it must not look like a number that nobody texted."""
    send(texting)
    assert_sent(fake, to=written, times=1)
    with pytest.raises(AssertionError):
        assert_not_sent(fake, to=written)
    assert fake.reply(written, "C") == 200
    assert [text.author for text in fake.thread(written)][-1] == "patient"


def test_a_mistyped_number_is_no_number_that_was_not_texted(fake: FakeCarrier) -> None:
    """A test that asks about nobody would be green for ever."""
    with pytest.raises(InvalidPhoneNumber):
        assert_not_sent(fake, to="+1217555")


def test_an_outcome_says_nothing_of_the_carrier(texting: Messenger) -> None:
    """What asks about the carrier is not overlooked in silence."""
    with pytest.raises(InvalidInput, match="Pass the carrier"):
        assert_sent(send(texting), to=PATIENT)  # type: ignore[call-overload]


def test_words_that_were_not_sent(texting: Messenger, fake: FakeCarrier) -> None:
    """As for what was sent."""
    send(texting)
    assert_not_sent(fake, containing="quagga")
    with pytest.raises(AssertionError):
        assert_not_sent(fake, containing="Friday")


def test_blocked_by_a_rule(texting: Messenger) -> None:
    """A rule is named by its id or by the code of what it found."""
    outcome = send(texting, to="+12175550135", person="pat-2")

    assert assert_blocked(outcome) is outcome
    for rule in ("consent", "prior-express-consent-required"):
        assert_blocked(outcome, rule=rule)
    with pytest.raises(AssertionError, match=r"blocked, and not by 'quiet-hours': consent"):
        assert_blocked(outcome, rule="quiet-hours")


def test_held_until(texting: Messenger, fake: FakeCarrier) -> None:
    """A text at night waits, for a rule and until an instant."""
    assert isinstance(fake.clock, MovableClock)
    fake.clock.advance(timedelta(hours=12))
    outcome = send(texting)
    assert isinstance(outcome, Held)

    held = assert_held(outcome, rule="courtesy-window", until=outcome.until)
    assert held is outcome
    with pytest.raises(AssertionError, match=r"held until .* not 2026"):
        assert_held(outcome, until=MORNING)
    with pytest.raises(AssertionError, match="held, and not by"):
        assert_held(outcome, rule="consent")


# Logs


@pytest.mark.parametrize(
    ("told", "kind"),
    [
        (f"texting {PATIENT}", "a phone number in its message"),
        ("texting (217) 555-0134 now", "a phone number in its message"),
        ("at home: 217.555.0199", "a phone number in its message"),
        ("dear Quagga", "a name in its message"),
        ("see ZELDA QUAGGA", "a name in its message"),
        ("said: the okapi waits for somebody", "words of a text in its message"),
        ("born 1980-02-29", "a birth date in its message"),
        ("chart MR-00771", "something of a patient's record in its message"),
        ("the sister is Xenia", "something that the test knows in its message"),
        ("he wrote: running late, sorry", "words of a text in its message"),
        ("SSN 219-09-9999", "SSN"),
        ("Patient: John Smith is late", "NAME"),
    ],
)
def test_logs_that_tell(
    texting: Messenger,
    fake: FakeCarrier,
    caplog: pytest.LogCaptureFixture,
    told: str,
    kind: str,
) -> None:
    """What the messenger knows is found in a log, and what the recognizers find in any text."""
    send(texting)
    fake.reply(PATIENT, "Running late, sorry")
    LOG.warning(told)

    with pytest.raises(AssertionError) as failure:
        assert_no_phi(caplog, fake, known=["Xenia", " "])

    assert kind in str(failure.value)
    assert "clinic.texts (test_kit.py:" in str(failure.value)
    assert told not in str(failure.value)


def test_logs_that_do_not_tell(
    texting: Messenger, fake: FakeCarrier, caplog: pytest.LogCaptureFixture
) -> None:
    """Our own records and what programs usually write are fine; so is a reserved word."""
    caplog.set_level(logging.DEBUG)
    send(texting)
    texting.consent.grant("+12175550136", person="pat-3", basis="spoken", recorded_by="a test")
    send(texting, "2", to="+12175550137", person="pat-4")
    fake.reply(PATIENT, "STOP")
    LOG.info("STOP handled at 2026-11-30 16:00 UTC for %s, %d texts", PhoneNumber(PATIENT), 3)
    LOG.info("message_id=%s", "01a22b1c08d9edcbdd4987f162d99927")

    assert_no_phi(caplog, fake)
    assert_no_phi(caplog, texting)
    assert_no_phi(caplog)


def test_a_practice_may_have_an_id_that_looks_like_a_record_number(
    practice: Practice, caplog: pytest.LogCaptureFixture
) -> None:
    """Our own records name it; elsewhere, and beside it, the same digits may be a patient's."""
    caplog.set_level(logging.DEBUG)
    carrier = FakeCarrier()
    with carrier.messenger(practice=evolve(practice, id="p-00482913")) as messenger:
        send(messenger)
        carrier.reply(PATIENT, "STOP")
        assert_no_phi(caplog, carrier)

        with pytest.raises(AssertionError, match="in its field practice_id"):
            assert_no_phi(caplog, carrier, known=["p-00482913"])
        LOG.warning("record number p-00482913", extra={"practice_id": "p-00482913"})
        with pytest.raises(AssertionError, match="OTHER_ID"):
            assert_no_phi(caplog, carrier)


def _raise_about(name: str) -> None:
    try:
        int(name)
    except ValueError as error:
        msg = "it failed"
        raise RuntimeError(msg) from error


def test_extra_fields_are_searched(caplog: pytest.LogCaptureFixture) -> None:
    """Formatters may leave them out; collectors do not."""
    LOG.warning("nothing", extra={"patient": NAME, "count": 3})

    with pytest.raises(AssertionError, match="something that the test knows in its field patient"):
        assert_no_phi(caplog, known=[NAME])


def test_arguments_are_searched(caplog: pytest.LogCaptureFixture) -> None:
    """A message may show less than it was given."""
    LOG.warning("for %.3s", NAME)
    LOG.warning("for %(who).3s", {"who": NAME})

    with pytest.raises(AssertionError, match=r"in its arguments.*\n.*in its arguments"):
        assert_no_phi(caplog, known=[NAME])


def test_exceptions_are_searched_with_their_causes(caplog: pytest.LogCaptureFixture) -> None:
    """An exception's text, its notes and its causes count; lines of source do not."""
    try:
        _raise_about(NAME)
    except RuntimeError:
        LOG.exception("nothing")
    with pytest.raises(AssertionError, match="something that the test knows in its exception"):
        assert_no_phi(caplog, known=[NAME])
    caplog.clear()

    group = ExceptionGroup("several", [ValueError("one"), KeyError("two")])
    group.__cause__ = group.exceptions[0]
    group.exceptions[0].__context__ = group  # a circle ends
    LOG.error("nothing", exc_info=group)
    assert_no_phi(caplog, known=["_raise_about", NAME])
    with pytest.raises(AssertionError, match="in its exception"):
        assert_no_phi(caplog, known=["two"])


# pytest's plugin


def run(folder: Path, *arguments: str, **files: str) -> subprocess.CompletedProcess[str]:
    """Run pytest over some files in a process of its own."""
    for name, content in files.items():
        folder.joinpath(f"{name}.py").write_text(content, "utf-8")
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *PLUGIN, *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


STORY = """
from compliant_sms import Purpose
from compliant_sms.testing import MORNING, FakeCarrier, assert_blocked, assert_sent

def send(messenger):
    return messenger.send(
        to="+12175550134", person="pat-881", purpose=Purpose.APPOINTMENT_REMINDER,
        body="Lakeside Family Medicine: see you on Friday.", idempotency_key="1",
    )

def test_story(messenger, carrier, clock):
    assert clock() == MORNING
    assert carrier.clock is clock
    assert_blocked(send(messenger), rule="consent")
    messenger.consent.grant(
        "+12175550134", person="pat-881", basis="spoken", recorded_by="a test"
    )
    assert_sent(send(messenger))
    assert_sent(carrier, to="+12175550134")
    assert carrier.provider.name == PROVIDER
"""


def test_fixtures_of_the_plugin(tmp_path: Path) -> None:
    """A test file with nothing but tests texts somebody."""
    done = run(tmp_path, test_story="PROVIDER = 'twilio'\n" + STORY)

    assert "1 passed" in done.stdout, done.stdout + done.stderr


@pytest.mark.many_rounds
def test_fixtures_of_the_host_win(tmp_path: Path) -> None:
    """A fixture of the same name takes the place of the plugin's, and the others build on it."""
    conftest = """
import pytest
from compliant_sms.testing import FakeCarrier

@pytest.fixture
def carrier(clock):
    return FakeCarrier("telnyx", clock=clock)
"""
    other = """
import pytest

@pytest.fixture
def messenger():
    return "a courier"

@pytest.fixture
def clock():
    return "a sundial"

def test_own(messenger, clock):
    assert (messenger, clock) == ("a courier", "a sundial")
"""
    story = "PROVIDER = 'telnyx'\n" + STORY
    done = run(tmp_path, conftest=conftest, test_story=story, test_other=other)

    assert "2 passed" in done.stdout, done.stdout + done.stderr


@pytest.mark.many_rounds
def test_plugin_is_idle_where_it_is_not_used(tmp_path: Path) -> None:
    """A run that asks for none of its fixtures loads next to nothing of the library."""
    test = """
import sys

def test_idle():
    ours = {name for name in sys.modules if name.startswith("compliant_sms")}
    assert ours <= {
        "compliant_sms", "compliant_sms._lazy", "compliant_sms.testing",
        "compliant_sms.testing.pytest_plugin",
    }
"""
    done = run(tmp_path, test_idle=test)

    assert "1 passed" in done.stdout, done.stdout + done.stderr


def test_each_test_has_a_carrier_of_other_ids(tmp_path: Path) -> None:
    """Tests that share a lasting database do not repeat each other's ids; a run repeats its own."""
    story = """
import pytest

@pytest.fixture(scope="session")
def seeds():
    return set()

@pytest.mark.parametrize("each", [1, 2])
def test_seed(carrier, compliant_sms_seed, seeds, each):
    assert carrier.seed == compliant_sms_seed
    seeds.add(carrier.seed)
    print(f"seed {carrier.seed}.")
    assert len(seeds) == each
"""
    told = [run(tmp_path, "-s", test_seeds=story).stdout for _ in range(2)]

    assert "2 passed" in told[0], told[0]
    seeds = [re.findall(r"seed (\d+)\.", each) for each in told]
    assert seeds[0] == seeds[1]


def test_a_messenger_for_an_event_loop(tmp_path: Path) -> None:
    """One set-up serves both kinds; a keyring of its own lets a test erase somebody."""
    story = """
import asyncio

import pytest
from compliant_sms import Keyring, Profile
from compliant_sms.testing import assert_sent
from test_it import remind, PATIENT

@pytest.fixture(scope="session")
def keyring():
    return Keyring.generate()

@pytest.fixture
def compliant_sms_arguments(keyring):
    return {"keyring": keyring, "people": lambda _: Profile(time_zone="America/Chicago")}

@pytest.mark.parametrize("each", [1, 2])
def test_async(async_messenger, carrier, each):
    async def visit():
        desk = async_messenger.consent
        await desk.grant(PATIENT, person="pat-881", basis="spoken", recorded_by="a test")
        assert_sent(await remind(async_messenger))
        assert await carrier.areply(PATIENT, "STOP") == 200
        await async_messenger.erase("pat-881", reason="a test", by="a test")

    asyncio.run(visit())
    assert len(carrier.thread(PATIENT)) >= 2
"""
    helper = """
from compliant_sms import Purpose

PATIENT = "+12175550134"

def remind(messenger):
    return messenger.send(
        to=PATIENT,
        person="pat-881",
        purpose=Purpose.APPOINTMENT_REMINDER,
        body="Lakeside Family Medicine: see you on Friday.",
        idempotency_key="appt-1/24h",
    )
"""
    found = run(tmp_path, test_it=helper, test_loop=story)

    assert "2 passed" in found.stdout, found.stdout
