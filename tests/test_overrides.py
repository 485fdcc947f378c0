"""Departures from the rules: on record with each text that owes its going to one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Any

import attrs
import pytest
from attrs import evolve

from compliant_sms import Blocked, Held, Messenger, Profile, Purpose, Sent, Settings
from compliant_sms.audit import Act
from compliant_sms.classification import HoursBound
from compliant_sms.errors import InvalidPack
from compliant_sms.rules import Override, ReplyFacts, Row, Rulebook, load_pack, used
from compliant_sms.rules.rows import AreaCodes, Holiday, Note
from compliant_sms.testing import MovableClock
from compliant_sms.waiver import Waiver
from conftest import PATIENT
from test_receive import from_patient
from test_rules import ALLOW, BLOCK, COUNSEL, NIGHT, NOON, NOTHING, facts, stopped
from test_send import NIGHT as TONIGHT
from test_send import agree, remind, waits

pytestmark = [
    pytest.mark.usefixtures(waits.__name__),  # nobody sleeps here
    pytest.mark.both_databases,
]
Make = Callable[..., Messenger]


def waive(of: str) -> Waiver:
    return Waiver(of=of, **COUNSEL)  # type: ignore[arg-type]


def whats(law: Rulebook, **known: Any) -> list[str]:
    return [each.what for each in used(law, law.decide(facts(**known)))]


def test_a_waiver_is_used_where_its_rule_would_have_refused() -> None:
    """And not where the text may go anyway."""
    law = Rulebook(waivers=(waive("consent"), waive("courtesy-window")))

    assert whats(law) == []
    assert whats(law, consent=NOTHING) == ["rule consent"]
    assert whats(law, consent=NOTHING, at=NIGHT) == ["rule consent", "rule courtesy-window"]
    assert whats(Rulebook(), consent=NOTHING) == []


def test_an_override_is_used_where_the_row_as_it_was_would_have_refused() -> None:
    """A row made stricter, or one that plays no part, is not told."""
    later = Override(row="opt-out-confirmation", values={"value": 60}, waiver=waive("the row"))
    law = Rulebook(overrides=(later,))
    slow = {
        "purpose": Purpose.OPT_OUT_CONFIRMATION,
        "consent": stopped(),
        "reply": ReplyFacts(received_at=NOON - timedelta(minutes=10)),
    }

    assert law.decide(facts(**slow)).verdict is ALLOW
    assert whats(law) == []
    assert whats(law, **slow) == ["row opt-out-confirmation"]
    assert whats(Rulebook(waivers=(waive("consent"),), overrides=(later,)), consent=NOTHING) == [
        "rule consent"
    ]


def test_a_purpose_laxer_than_its_class_is_used_each_time() -> None:
    """Its waiver answers for it, whatever else the rules say."""
    lax = evolve(
        Purpose.APPOINTMENT_REMINDER,
        code="night_reminder",
        hours=HoursBound.NONE,
        waiver=waive("night_reminder"),
    )

    assert whats(Rulebook(), purpose=lax) == ["purpose night_reminder"]


def test_a_purpose_of_the_catalogue_departs_from_nothing() -> None:
    """An answer to a patient is no act of anybody; the same purpose, changed by a practice, is."""
    ours = Purpose.CARE_CONVERSATION
    theirs = evolve(ours, waiver=waive(ours.code))

    assert whats(Rulebook(), purpose=ours) == []
    assert whats(Rulebook(), purpose=theirs) == ["purpose care_conversation"]


def test_a_text_that_goes_by_a_waiver_is_on_the_audit_log(
    make_messenger: Make, clock: MovableClock
) -> None:
    """Who answers for it, why, and for which text; once for each text, and for no other."""
    rulebook = Rulebook(waivers=(waive("courtesy-window"),))
    messenger = make_messenger(rulebook=rulebook, people=lambda _: Profile(state="IL"))
    agree(messenger)
    assert isinstance(remind(messenger, "day"), Sent)
    clock.move_to(TONIGHT)
    sent = remind(messenger, "night", body="Lakeside Family Medicine: see you. STOP to opt out.")
    assert isinstance(sent, Sent)
    again = remind(messenger, "night", body="Lakeside Family Medicine: see you. STOP to opt out.")
    (event,) = messenger.audit()

    assert again == sent
    assert (event.act, event.subject) == (Act.OVERRIDE_USED, sent.message_id)
    assert (event.actor, event.reason) == (COUNSEL["by"], COUNSEL["reason"])
    assert dict(event.details) == {
        "what": "rule courtesy-window",
        "decided_on": COUNSEL["on"].isoformat(),  # type: ignore[attr-defined]
    }
    (text,) = [
        each
        for each in messenger.history("pat-881").texts
        if each.message.message_id == event.subject
    ]
    assert text.decisions[-1].edition.waivers == rulebook.waivers
    assert messenger.verify_ledger().audit == 1


def test_what_is_held_or_blocked_all_the_same_used_nothing(
    make_messenger: Make, clock: MovableClock
) -> None:
    """Nothing went, so nobody departed from a rule."""
    messenger = make_messenger(rulebook=Rulebook(waivers=(waive("consent"),)))
    clock.move_to(TONIGHT)
    assert isinstance(remind(messenger, "night"), Held)
    messenger.receive(from_patient("STOP", "SM1"))
    assert isinstance(remind(messenger, "stopped", body="Lakeside Family Medicine: hi"), Blocked)

    assert messenger.audit() == ()


def other_values(row: Row) -> Iterator[dict[str, Any]]:
    """Each field of a row that is a number or yes and no, turned."""
    for each in attrs.fields(type(row)):
        value = getattr(row, each.name)
        if isinstance(value, bool):
            yield {each.name: not value}
        elif isinstance(value, int):
            yield {each.name: 0}
            yield {each.name: 9999}
    yield {"effective_from": date(2100, 1, 1)}
    yield {"effective_to": date(2020, 1, 1)}


@pytest.mark.many_rounds
def test_no_override_of_any_row_lifts_a_revocation() -> None:
    """Whatever a row is made to say, who said STOP gets nothing more."""
    tried = 0
    told = [row for row in load_pack("us").rows if not isinstance(row, AreaCodes | Holiday | Note)]
    for row in told:
        for values in other_values(row):
            try:
                law = Rulebook(
                    Settings(),
                    jurisdictions=("us",),
                    overrides=(Override(row=row.id, values=values, waiver=waive(row.id)),),
                )
            except InvalidPack:
                continue  # the row refuses it
            tried += 1
            assert law.decide(facts(consent=stopped()), rules=["revocation"]).verdict is BLOCK

    assert tried > 100


def test_a_waiver_does_not_bring_a_stopped_number_back(make_messenger: Make) -> None:
    """With every rule waived that can be, a number that said STOP gets no text."""
    lifted = [waive(name) for name in ("consent", "courtesy-window", "identical-text")]
    messenger = make_messenger(rulebook=Rulebook(waivers=tuple(lifted)))
    agree(messenger)
    messenger.consent.revoke(PATIENT, channel="spoken", recorded_by="front-desk:ana")

    assert isinstance(remind(messenger), Blocked)
    assert messenger.audit() == ()
