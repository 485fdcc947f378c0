"""The form on which patients agree: what it shows, what it takes, and what forges it."""

from __future__ import annotations

from datetime import timedelta
from enum import Enum
from typing import Any

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from compliant_sms import Blocked, Messenger, Practice, Purpose, Sent, Tier
from compliant_sms.consent import (
    Basis,
    ConsentEvent,
    Granted,
    PhiPreferenceStated,
    Revoked,
    SignatureKind,
    Wording,
)
from compliant_sms.errors import ConfigurationError, InvalidInput
from compliant_sms.permission import (
    Applicant,
    FormProblem,
    FormView,
    Permission,
    PermissionState,
    Submission,
    accept,
    form_of,
    form_proof,
    proven_form,
)
from compliant_sms.phone import PhoneNumber
from compliant_sms.sandbox import Sandbox
from compliant_sms.testing import MovableClock
from conftest import MORNING, PATIENT, PERSON, WARNING
from form_visits import (
    ADDRESS,
    BROWSER,
    CARE,
    OFFERS,
    Browser,
    Make,
    browser,
    cookie_of,
    elements,
    permission,
    shape,
    with_form,
)
from test_receive import from_patient, text_of
from test_send import outgoing, remind

HERE = Practice(
    name="Lakeside Family Medicine",
    phone="+1 217 555 0100",
    time_zone="America/Chicago",
    state="IL",
    link_domains=["lakeside.example"],
)


def by_name(applicant: Applicant) -> str:
    """The host's id of whoever filled the form in, at whatever number."""
    return f"pat-{applicant.name.split()[0].lower()}"


@pytest.fixture
def asking(make_messenger: Make, practice: Practice) -> Messenger:
    """A messenger with a form."""
    return with_form(make_messenger, practice)


@pytest.fixture
def ana(asking: Messenger) -> Browser:
    """A patient's browser."""
    return browser(asking)


def grants(messenger: Messenger) -> list[Granted]:
    """What was agreed to at the patient's number."""
    return [e for e in messenger.consent.events(PATIENT) if isinstance(e, Granted)]


@pytest.mark.both_databases
def test_agreed(asking: Messenger, ana: Browser, carrier: Sandbox) -> None:
    """A form that was sent is evidence, programme by programme; the confirmation comes first."""
    done = ana.send(ana.get(), but={"agree-offers": "yes", "health-details": "yes"})

    assert done.status == 200
    care, offers = grants(asking)
    form = asking.permission.form()
    assert [care.wording, offers.wording] == [each.wording for each in form.choices]
    assert [care.tier, offers.tier] == [Tier.PRIOR_EXPRESS, Tier.PRIOR_EXPRESS_WRITTEN]
    for event in (care, offers):
        assert (event.basis, event.person, event.actor) == (Basis.WEB_FORM, PERSON, "web-form")
        assert event.occurred_at == MORNING
        assert event.signature is not None
        signed = event.signature
        assert (signed.signer, signed.ip_address) == ("Ana Gomez", ADDRESS)
        assert signed.user_agent == BROWSER
        assert "ticked a box that was empty" in signed.act
    assert care.agreement is None
    assert offers.agreement is not None
    assert offers.agreement.signature is SignatureKind.TICKED_BOX
    assert asking.consent.phi_preference(PATIENT, person=PERSON).allows_detail
    asking.dispatch_due()
    (welcome,) = outgoing(carrier)
    assert "appointments and care; offers and news" in welcome
    assert isinstance(remind(asking), Sent)
    sold = asking.send(
        to=PATIENT,
        person=PERSON,
        purpose=Purpose.PROMOTION,
        body="Lakeside Family Medicine: 20% off whitening in December. Reply STOP to opt out.",
        idempotency_key="offer",
    )
    assert isinstance(sold, Sent)


@pytest.mark.both_databases
def test_health_details_are_a_choice_of_their_own(asking: Messenger, ana: Browser) -> None:
    """Who agrees to texts has not asked for health details in them, nor the other way round."""
    alone = ana.send(ana.get(), but={"health-details": "yes"}, without=("agree-care",))
    assert (alone.status, asking.consent.events(PATIENT)) == (422, ())

    ana.send(ana.get(), but={"agree-offers": "yes"})
    assert {type(each) for each in asking.consent.events(PATIENT)} == {Granted}
    assert not asking.consent.phi_preference(PATIENT, person=PERSON).allows_detail


def test_whoever_did_not_ask_for_details_is_told_of_them(
    asking: Messenger, ana: Browser, carrier: Sandbox
) -> None:
    """Also where the form's other words were confirmed just before; they can say STOP."""
    ana.send(ana.get())
    ana.send(ana.get(), but={"health-details": "yes"})
    asking.dispatch_due()

    plain, detailed = outgoing(carrier)
    about = "texts about appointments and care"
    assert (f"{about}." in plain, f"{about}, with health details as you asked." in detailed) == (
        True,
        True,
    )


def test_details_are_told_of_also_where_many_forms_came_before(
    asking: Messenger, carrier: Sandbox, clock: MovableClock
) -> None:
    """Or whoever sends one for somebody else needs three others to go unnoticed; only once, too."""

    def left(*ticked: str, details: bool = False) -> int:
        clock.advance(timedelta(minutes=1))
        form = sent(asking, id=f"{clock()}", agreed=ticked, health_details=details, at=clock())
        asking.permission.submit(form)
        before = len(outgoing(carrier))
        asking.dispatch_due()
        return len(outgoing(carrier)) - before

    plain = [left(*ticked) for ticked in (["care"], ["offers"], ["care", "offers"])]
    assert plain == [1, 1, 1]
    assert [left("care", details=True), left("offers", details=True), left("offers")] == [1, 0, 0]
    assert asking.consent.phi_preference(PATIENT, person=PERSON).allows_detail


@pytest.mark.parametrize("how", ["voided", "stopped"])
def test_a_form_gives_no_details_back(
    how: str, asking: Messenger, ana: Browser, clock: MovableClock
) -> None:
    """Anybody can send it: whoever wanted none, or none any more, is asked in person."""
    common = {"person": PERSON, "channel": "spoken", "recorded_by": "front-desk:ana"}
    if how == "voided":
        asking.consent.withdraw_phi_preference(PATIENT, **common)
    else:
        asking.receive(from_patient("STOP", "SM1"))
        clock.advance(timedelta(minutes=1))
        asking.receive(from_patient("START", "SM2"))
    clock.advance(timedelta(minutes=1))
    ana.send(ana.get(), but={"health-details": "yes"})

    (wish,) = (
        e
        for e in asking.consent.events(PATIENT)
        if isinstance(e, PhiPreferenceStated) and e.prefers
    )
    assert wish.unproven
    assert not asking.consent.phi_preference(PATIENT, person=PERSON).allows_detail
    asking.consent.record_phi_preference(PATIENT, warning=WARNING, **common)
    assert asking.consent.phi_preference(PATIENT, person=PERSON).allows_detail


def test_what_was_shown_is_what_is_recorded(asking: Messenger, ana: Browser) -> None:
    """The words on record are those of the page: the label of the box, and the line of links."""
    page = ana.get()
    found = elements(page)
    labels = {each.given["for"]: each.text for each in found if each.tag == "label"}
    (legal,) = (each.text for each in found if each.given.get("id") == "legal")
    ana.send(page, but={"health-details": "yes"})

    (care,) = grants(asking)
    assert care.wording == Wording(text=f"{labels['agree-care']}\n{legal}", version="care/2026-03")
    (wish,) = (e for e in asking.consent.events(PATIENT) if isinstance(e, PhiPreferenceStated))
    assert wish.warning is not None
    assert wish.warning.text == labels["health-details"]


def test_every_word_that_is_asked_for(ana: Browser) -> None:
    """Each box says who, what, how often, what it costs, how to stop, and that nobody has to."""
    found = elements(ana.get())
    labels = {each.given["for"]: each.text for each in found if each.tag == "label"}

    for name, about, often in (
        ("agree-care", CARE.about, CARE.frequency),
        ("agree-offers", OFFERS.about, OFFERS.frequency),
    ):
        words = labels[name]
        for said in (
            "Lakeside Family Medicine",
            about,
            often,
            "automated",
            "at the mobile number that I gave on this form",
            "Message and data rates may apply.",
            "Reply STOP to opt out, HELP for help.",
            "not a condition of",
        ):
            assert said in words
    assert "marketing" in labels["agree-offers"]
    assert "marketing" not in labels["agree-care"]


def test_the_page(ana: Browser) -> None:
    """No box is ticked, each field has a label, and nothing runs or comes from elsewhere."""
    page = ana.get()
    found = elements(page)
    inputs = [each for each in found if each.tag == "input"]
    labelled = [each.given["for"] for each in found if each.tag == "label"]

    assert page.status == 200
    assert sorted(each.given["id"] or "" for each in inputs if "id" in each.given) == sorted(
        name or "" for name in labelled
    )
    assert not any("checked" in each.given for each in found)
    assert {each.tag for each in found} <= {
        *("html", "head", "meta", "title", "style", "body", "main", "h1", "p", "form"),
        *("label", "input", "fieldset", "legend", "div", "a", "button"),
    }
    assert not any(name.startswith("on") or name == "src" for e in found for name in e.given)
    assert (page.header("content-security-policy") or "").startswith("default-src 'none'")
    assert page.header("cache-control") == "no-store"
    kept = page.header("set-cookie") or ""
    assert kept.startswith("__Host-consent-form=")
    for rule in ("Secure", "HttpOnly", "SameSite=Strict", "Path=/"):
        assert rule in kept


REFUSED: list[tuple[str, dict[str, Any], int, FormProblem]] = [
    ("no box", {"without": ("agree-care",)}, 422, FormProblem.NOTHING_TICKED),
    ("no name", {"but": {"name": "  "}}, 422, FormProblem.NO_NAME),
    ("a name too long", {"but": {"name": "Ana " + "G" * 97}}, 422, FormProblem.NO_NAME),
    ("no name sent", {"without": ("name",)}, 422, FormProblem.NO_NAME),
    ("no number", {"but": {"number": "call me"}}, 422, FormProblem.NO_NUMBER),
    ("too few digits", {"but": {"number": "555-0134"}}, 422, FormProblem.NO_NUMBER),
    ("another programme", {"but": {"agree-loans": "yes"}}, 409, FormProblem.CHANGED),
    ("a box that says no", {"but": {"agree-offers": "no"}}, 400, FormProblem.UNREADABLE),
    ("another field", {"but": {"version": "x"}}, 400, FormProblem.UNREADABLE),
    ("no proof", {"without": ("proof",)}, 403, FormProblem.STALE),
    ("not what was shown", {"without": ("shown",)}, 403, FormProblem.STALE),
    ("other words than the proof's", {"but": {"shown": "0" * 64}}, 403, FormProblem.STALE),
    ("a made-up proof", {"but": {"proof": "9999999999." + "a" * 32 + "." + "0" * 64}}, 403,
     FormProblem.STALE),
    ("no cookie", {"headers": {"Cookie": ""}}, 403, FormProblem.STALE),
    ("another's cookie", {"headers": {"Cookie": "__Host-consent-form=" + "b" * 32}}, 403,
     FormProblem.STALE),
    ("a cookie that is none", {"headers": {"Cookie": "__Host-consent-form=<script>"}}, 403,
     FormProblem.STALE),
    ("JSON", {"headers": {"Content-Type": "application/json"}}, 400, FormProblem.UNREADABLE),
]  # fmt: skip


@pytest.mark.parametrize(
    ("how", "status", "problem"), [case[1:] for case in REFUSED], ids=[c[0] for c in REFUSED]
)
def test_refused(
    asking: Messenger, ana: Browser, how: dict[str, Any], status: int, problem: FormProblem
) -> None:
    """What cannot be evidence is refused in words, puts nothing on record, and can be mended."""
    refused = ana.send(ana.get(), **how)

    assert refused.status == status
    told = [each.text for each in elements(refused) if each.given.get("role") == "alert"]
    assert told == [problem.words]
    assert not asking.consent.events(PATIENT)
    assert not any("checked" in each.given for each in elements(refused))
    assert ana.send(refused).status == 200
    assert len(grants(asking)) == 1


def test_nobody_learns_who_is_a_patient(asking: Messenger, ana: Browser, carrier: Sandbox) -> None:
    """Whoever knows a name and a number could ask the page; nothing is recorded or sent."""
    page = ana.get()
    unknown = ana.send(page, but={"number": "217 555 0199"})
    asking.dispatch_due()
    assert not asking.consent.events("+12175550199")
    assert not outgoing(carrier)

    known = ana.send(page)
    assert (unknown.status, unknown.headers, unknown.body) == (200, known.headers, known.body)
    assert b"If none has come in an hour, please call us." in unknown.body
    assert len(grants(asking)) == 1


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "https://lakeside.example.evil.example"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
def test_sent_by_another_site(asking: Messenger, ana: Browser, headers: dict[str, str]) -> None:
    """A form that another site's page sends is refused, whatever it knows."""
    assert ana.send(ana.get(), headers=headers).status == 403
    assert not asking.consent.events(PATIENT)


def test_forged_with_a_proof_of_ones_own(asking: Messenger, ana: Browser) -> None:
    """Whoever fetches a proof for themselves cannot have a patient's browser send it."""
    theirs, patients = ana.get(), ana.get()
    forged = ana.send(theirs, headers={"Cookie": cookie_of(patients)})

    assert forged.status == 403
    assert not asking.consent.events(PATIENT)


def test_two_tabs(asking: Messenger, ana: Browser) -> None:
    """A second look keeps the cookie, so that the first page can still be sent."""
    first = ana.get()
    second = ana.get(cookie_of(first))

    assert cookie_of(first) == cookie_of(second)
    assert ana.send(first).status == 200


@pytest.mark.both_databases
def test_sent_twice(asking: Messenger, ana: Browser, carrier: Sandbox) -> None:
    """A form that is sent twice is one consent, and one confirmation."""
    page = ana.get()
    assert [ana.send(page).status, ana.send(page).status] == [200, 200]

    assert len(grants(asking)) == 1
    asking.dispatch_due()
    assert len(outgoing(carrier)) == 1


MENDED: list[tuple[str, dict[str, Any]]] = [
    ("another number", {"but": {"number": "217 555 0135"}}),
    ("another name, and so another person", {"but": {"name": "Ben Gomez"}}),
    ("another name of the same person", {"but": {"name": "Ana Maria Gomez"}}),
    ("one box more", {"but": {"agree-offers": "yes"}}),
    ("another box", {"but": {"agree-offers": "yes"}, "without": ("agree-care",)}),
    ("health details too", {"but": {"health-details": "yes"}}),
]


@pytest.mark.both_databases
@pytest.mark.parametrize("how", [case[1] for case in MENDED], ids=[case[0] for case in MENDED])
def test_mended_after_going_back(
    make_messenger: Make, practice: Practice, carrier: Sandbox, how: dict[str, Any]
) -> None:
    """A form that is sent, mended and sent again is recorded by itself; sent twice, once."""
    asking = with_form(make_messenger, practice, identify=by_name)
    ana = browser(asking)
    page = ana.get()
    filled = {**ana.filled, **how.get("but", {})}
    whose = by_name(Applicant(name=filled["name"], number=PhoneNumber.parse(filled["number"])))

    def agreed() -> list[ConsentEvent]:
        at = dict.fromkeys(PhoneNumber.parse(number) for number in (PATIENT, filled["number"]))
        return [e for number in at for e in asking.consent.events(number)]

    assert ana.send(page).status == 200
    first = agreed()
    assert [ana.send(page, **how).status for _ in range(2)] == [200, 200]

    mended = [e for e in agreed() if e not in first]
    assert {(e.number.e164, e.person) for e in mended} == {
        (PhoneNumber.parse(filled["number"]).e164, whose)
    }
    signed = [e.signature for e in mended if isinstance(e, Granted)]
    assert {each.signer for each in signed if each} == {filled["name"]}
    ticked = {name for name in filled if name.startswith("agree-")} - {*how.get("without", ())}
    assert len(signed) == len(ticked)
    wished = [e for e in mended if isinstance(e, PhiPreferenceStated)]
    assert len(wished) == ("health-details" in filled)
    assert ana.send(page).status == 200
    assert len(agreed()) == len(first) + len(mended)
    asking.dispatch_due()
    # The same words to the same number are confirmed once, whoever signed.
    told = {(each.to, each.body) for each in carrier.messages()}
    other = filled["number"] != ana.filled["number"] or ticked != {"agree-care"}
    news = other or bool(wished)
    assert len(outgoing(carrier)) == len(told) == 1 + news


def test_nobody_is_flooded_with_confirmations(
    make_messenger: Make, practice: Practice, carrier: Sandbox, clock: MovableClock
) -> None:
    """Forms for somebody's number, one after the other, are confirmed once a day.

    One that comes after STOP and START is confirmed again; so is one whose confirmation never left.
    """
    asking = with_form(make_messenger, practice, identify=by_name)
    ana = browser(asking)

    def left(name: str = "Ana Gomez", **changes: Any) -> int:
        clock.advance(timedelta(minutes=1))
        assert ana.send(ana.get(), but={"name": name}, **changes).status == 200
        before = len(outgoing(carrier))
        asking.dispatch_due()
        return len(outgoing(carrier)) - before

    assert [left(), left(), left("Ben Gomez")] == [1, 0, 0]
    text_of(asking.receive(from_patient("STOP", "SM1")))
    asking.dispatch_due()
    assert left() == 0
    text_of(asking.receive(from_patient("START", "SM2")))
    asking.dispatch_due()
    assert [left(), left()] == [1, 0]
    clock.advance(timedelta(days=1))
    assert [left(), left()] == [1, 0]
    clock.advance(timedelta(days=1))
    assert ana.send(ana.get()).status == 200
    clock.advance(timedelta(hours=2))  # nothing was sent, and by now it is too late for that one
    assert [left(), left()] == [1, 0]


def test_other_boxes_on_each_form_flood_nobody_either(
    make_messenger: Make, practice: Practice, carrier: Sandbox, clock: MovableClock
) -> None:
    """Three forms a day are confirmed to a number, whatever is ticked; what START answers is none.

    All that was agreed to is on record.
    """
    bills = evolve(CARE, id="bills", about="your bills", categories=["billing"])
    own = evolve(practice, link_domains=["lakeside.example"])
    asks = permission(programmes=[CARE, OFFERS, bills])
    asking = make_messenger(practice=own, permission=asks)
    text_of(asking.receive(from_patient("STOP", "SM1")))
    asking.dispatch_due()
    clock.advance(timedelta(minutes=1))
    text_of(asking.receive(from_patient("START", "SM2")))
    asking.dispatch_due()

    def left(*ticked: str) -> int:
        clock.advance(timedelta(minutes=1))
        asking.permission.submit(sent(asking, id=f"{clock()}", agreed=ticked, at=clock()))
        before = len(outgoing(carrier))
        asking.dispatch_due()
        return len(outgoing(carrier)) - before

    ticked = [["care"], ["care", "offers"], ["bills"], ["offers"], ["care", "bills"]]
    assert [left(*each) for each in ticked] == [1, 1, 1, 0, 0]
    assert len(grants(asking)) == sum(map(len, ticked))
    clock.advance(timedelta(days=1))
    assert left("offers") == 1


def test_too_late(asking: Messenger, ana: Browser, clock: MovableClock) -> None:
    """After two hours the page is stale; it comes again with what was typed."""
    page = ana.get()
    clock.advance(timedelta(hours=2))
    stale = ana.send(page)

    assert stale.status == 403
    assert [e.given["value"] for e in elements(stale) if e.given.get("id") == "name"] == [
        "Ana Gomez"
    ]
    assert not asking.consent.events(PATIENT)


def test_words_that_changed_meanwhile(
    make_messenger: Make, practice: Practice, asking: Messenger, ana: Browser
) -> None:
    """A page whose words have changed since is not taken: nobody agreed to the new ones."""
    page = ana.get()
    dearer = evolve(CARE, frequency="Up to 30 messages a month.")
    own = evolve(practice, link_domains=["lakeside.example"])
    changed = make_messenger(practice=own, permission=permission(programmes=[dearer, OFFERS]))

    refused = browser(changed).send(page)
    assert refused.status == 409
    told = [each.text for each in elements(refused) if each.given.get("role") == "alert"]
    assert told == [FormProblem.CHANGED.words]
    assert not asking.consent.events(PATIENT)
    assert browser(changed).send(refused).status == 200
    [granted] = grants(asking)
    assert granted.wording is not None
    assert "Up to 30 messages a month." in granted.wording.text


def test_a_stop_is_not_lifted_by_whoever_knows_the_number(
    asking: Messenger, ana: Browser, carrier: Sandbox
) -> None:
    """Anybody can type a number: the page tells nothing, and the STOP stands."""
    asking.consent.revoke(PATIENT, channel="spoken", recorded_by="front-desk:ana")
    done, other = ana.send(ana.get()), ana.send(ana.get(), but={"name": "Ana  Gomez"})

    assert done.body == other.body
    assert done.status == 200
    (only,) = asking.consent.events(PATIENT)
    assert isinstance(only, Revoked)
    asking.dispatch_due()
    assert not outgoing(carrier)


def test_what_the_page_tells_of_a_stop_helps(
    asking: Messenger, ana: Browser, clock: MovableClock
) -> None:
    """A form that comes before START is nowhere on record: START alone would give nothing."""
    asking.consent.revoke(PATIENT, channel="spoken", recorded_by="front-desk:ana")
    page = ana.get()
    assert b"text START to us from it first, and then send this form." in page.body
    clock.advance(timedelta(minutes=1))
    thanks = ana.send(page)
    assert b"text START to us from it, and send this form again after that." in thanks.body
    clock.advance(timedelta(minutes=1))
    text_of(asking.receive(from_patient("START", "SM1")))
    assert not grants(asking)
    clock.advance(timedelta(minutes=1))
    ana.send(page)

    assert asking.permission.state(PATIENT, person=PERSON, programme="care") == "agreed"


def test_nobody_agrees_under_another_practices_id(
    make_messenger: Make, practice: Practice, asking: Messenger
) -> None:
    """Under an id that was set wrong no STOP is known, and the consent would be lost with it."""
    asking.consent.grant(PATIENT, person=PERSON, basis="spoken", recorded_by="front-desk:ana")
    remind(asking)
    text_of(asking.receive(from_patient("STOP", "SM1")))
    wrong = with_form(make_messenger, evolve(practice, id="lakeside-2"))

    with pytest.raises(ConfigurationError, match="belongs to the practice with the id 'lakeside'"):
        wrong.permission.submit(sent(wrong))
    assert not grants(wrong)


@pytest.mark.parametrize(
    ("said", "taken", "stopped"),
    [
        ("no more marketing texts please", ["care"], True),
        ("stop sending me bill texts", ["care", "offers"], False),
        ("no more appointment texts", ["offers"], True),
        ("how do i unsubscribe", [], True),
        ("STOP", [], True),
    ],
)
def test_a_no_to_some_texts(
    *,
    asking: Messenger,
    carrier: Sandbox,
    clock: MovableClock,
    said: str,
    taken: list[str],
    stopped: bool,
) -> None:
    """Boxes for other texts are taken, and confirmed; the no stands for what it was meant for.

    One of which nobody is sure counts as one to all.
    """
    both = {"agreed": ["care", "offers"]}
    first = asking.permission.submit(sent(asking, **both))
    asking.dispatch_due()
    clock.advance(timedelta(minutes=1))
    text_of(asking.receive(from_patient(said, "SM1")))
    asking.dispatch_due()
    before = (asking.consent.state(PATIENT, person=PERSON).revocations, len(outgoing(carrier)))
    clock.advance(timedelta(days=1))

    done = asking.permission.submit(sent(asking, id="sub-2", at=clock(), **both))
    again = asking.permission.submit(sent(asking, id="sub-2", at=clock(), **both))

    assert (done.problem, done.stopped, again.stopped) == (None, stopped, stopped)
    versions = [e.wording and e.wording.version for e in done.events if isinstance(e, Granted)]
    assert versions == [f"{each}/2026-03" for each in taken]
    assert again.events == done.events
    assert len(asking.consent.events(PATIENT)) == len(first.events) + 1 + len(done.events)
    state = asking.consent.state(PATIENT, person=PERSON)
    assert (state.revocations, len(outgoing(carrier))) == before
    asking.dispatch_due()
    assert len(outgoing(carrier)) == before[1] + bool(taken)
    assert isinstance(remind(asking), Sent if "care" in taken else Blocked)
    sold = asking.send(
        to=PATIENT,
        person=PERSON,
        purpose=Purpose.PROMOTION,
        body="Lakeside Family Medicine: 20% off whitening in December. Reply STOP to opt out.",
        idempotency_key="offer",
    )
    assert isinstance(sold, Sent if "offers" in taken else Blocked)
    again_agreed = [
        asking.permission.state(PATIENT, person=PERSON, programme=each) is PermissionState.AGREED
        for each in ("care", "offers")
    ]
    assert again_agreed == ["care" in taken, "offers" in taken]


@pytest.mark.both_databases
def test_a_form_that_was_taken_in_part_is_taken_whole_after_start(
    asking: Messenger, carrier: Sandbox, clock: MovableClock
) -> None:
    """The page says to text START: what is sent again then is what it was not taken for before."""
    boxes = {"agreed": ["care", "offers"], "health_details": True}
    asking.permission.submit(sent(asking))
    clock.advance(timedelta(minutes=1))
    text_of(asking.receive(from_patient("please stop the promotions", "SM1")))
    clock.advance(timedelta(minutes=1))
    part = asking.permission.submit(sent(asking, id="sub-2", at=clock(), **boxes))
    again = asking.permission.submit(sent(asking, id="sub-2", at=clock(), **boxes))
    clock.advance(timedelta(minutes=1))
    text_of(asking.receive(from_patient("START", "SM2")))
    asking.dispatch_due()
    before = len(outgoing(carrier))
    clock.advance(timedelta(minutes=1))
    whole, twice = (
        asking.permission.submit(sent(asking, id="sub-2", at=clock(), **boxes)) for _ in range(2)
    )
    asking.dispatch_due()

    assert (part.stopped, whole.stopped, twice.stopped) == (True, False, False)
    assert again.events == part.events
    assert whole.events[:-1] == part.events
    assert twice.events == whole.events
    offers = whole.events[-1]
    assert isinstance(offers, Granted)
    assert (offers.categories, offers.occurred_at) == (("promotions",), clock())
    assert sum(isinstance(e, PhiPreferenceStated) for e in whole.events) == 1
    [confirmed] = outgoing(carrier)[before:]
    assert "you will get texts about offers and news from the practice. Up to 4" in confirmed
    for programme in ("care", "offers"):
        state = asking.permission.state(PATIENT, person=PERSON, programme=programme)
        assert state is PermissionState.AGREED


def test_a_stop_that_is_heard_later_is_not_lifted(
    asking: Messenger, ana: Browser, clock: MovableClock
) -> None:
    """A form comes in before a STOP of an hour ago does: it ends no texts the less."""
    assert ana.send(ana.get()).status == 200
    asking.consent.revoke(
        PATIENT,
        channel="voicemail",
        recorded_by="front-desk:ana",
        occurred_at=MORNING - timedelta(hours=1),
    )
    clock.advance(timedelta(minutes=1))

    assert isinstance(remind(asking), Blocked)
    asking.consent.grant(PATIENT, person=PERSON, basis="spoken", recorded_by="front-desk:ana")
    assert isinstance(remind(asking, "appt-991/2h"), Sent)


def sent(messenger: Messenger, **changes: Any) -> Submission:
    """A form that the host shows itself."""
    usual: dict[str, Any] = {
        "id": "sub-1",
        "shown": messenger.permission.form().fingerprint,
        "name": "Ana Gomez",
        "number": PATIENT,
        "agreed": ["care"],
        "at": MORNING,
    }
    return Submission(**(usual | changes))


def test_a_form_of_the_hosts_own(asking: Messenger) -> None:
    """A host that shows the words itself passes what was ticked, and gets what was recorded."""
    done = asking.permission.submit(sent(asking))
    again = asking.permission.submit(sent(asking))

    assert (done.problem, done.person, done.stopped) == (None, PERSON, False)
    assert done.events == again.events == asking.consent.events(PATIENT)
    altered = asking.permission.submit(sent(asking, id="sub-2", shown="0" * 64))
    assert altered.problem is FormProblem.CHANGED
    asking.consent.revoke(PATIENT, channel="spoken", recorded_by="front-desk:ana")
    assert asking.permission.submit(sent(asking, id="sub-3")).stopped


def test_another_submission_under_the_same_id(asking: Messenger) -> None:
    """An id that a host gives twice is one consent only for what is the same word for word."""
    first = asking.permission.submit(sent(asking))
    both = asking.permission.submit(sent(asking, agreed=["offers", "care"]))
    again = asking.permission.submit(sent(asking, agreed=["care", "offers"]))

    assert [len(each.events) for each in (first, both, again)] == [1, 2, 2]
    assert again.events == both.events
    assert asking.consent.events(PATIENT) == (*first.events, *both.events)
    assert asking.permission.submit(sent(asking)).events == first.events


def test_sent_in_the_future(asking: Messenger) -> None:
    """No form comes tomorrow, but two clocks may differ a little."""
    soon = asking.permission.submit(sent(asking, at=MORNING + timedelta(minutes=5)))
    assert len(soon.events) == 1
    with pytest.raises(InvalidInput, match="at lies in the future"):
        asking.permission.submit(sent(asking, id="sub-2", at=MORNING + timedelta(minutes=6)))
    assert asking.consent.events(PATIENT) == soon.events


def test_whose_it_is(make_messenger: Make, practice: Practice) -> None:
    """Without anybody who tells whose consent it is, none is taken; nor with a blank id."""
    nobody = make_messenger(permission=permission(form_url="", identify=None))
    with pytest.raises(ConfigurationError, match="identify"):
        nobody.permission.submit(sent(nobody))
    blank = make_messenger(permission=permission(identify=lambda _: " "))
    assert blank.permission.submit(sent(blank)).problem is FormProblem.UNKNOWN
    wrong = make_messenger(permission=permission(identify=lambda _: 881))
    with pytest.raises(InvalidInput, match="identify"):
        wrong.permission.submit(sent(wrong))


def test_a_messenger_without_a_form(messenger: Messenger, make_messenger: Make) -> None:
    """Who asks for no permission, or shows no form, is told what to pass."""
    assert not messenger.permission.has_form
    with pytest.raises(ConfigurationError, match="Permission"):
        messenger.permission.form()
    formless = make_messenger(permission=permission(form_url="", identify=None))
    with pytest.raises(ConfigurationError, match="form_url"):
        browser(formless).get()


# What patients and practices write


HOSTILE = st.one_of(
    st.text(max_size=60),
    st.sampled_from(
        [
            "<script>alert(1)</script>",
            '"><img src=x onerror=alert(1)>',
            "' onfocus='alert(1)' autofocus='",
            "</label></fieldset></form><form action=https://evil.example>",
            "&lt;b&gt; &amp; &#x3c;script&#x3e;",
            "]]><!--",
            "</title><script>",
            "\x00<\x0bscript>",
            "javascript:alert(1)",
        ]
    ),
)


@given(name=HOSTILE, number=HOSTILE, about=HOSTILE, practice=HOSTILE, warning=HOSTILE)
def test_nothing_that_is_written_becomes_markup(
    name: str, number: str, about: str, practice: str, warning: str
) -> None:
    """Whatever patients type, and whatever a practice calls itself, the page keeps its shape."""

    def form(about: str, practice: str, warning: str) -> Any:
        asked = permission(programmes=[CARE], health_details=Wording(text=warning, version="1"))
        made = form_of(asked, evolve(HERE, name=practice))
        (choice,) = made.choices
        words = f"about {about}\nTerms"
        return evolve(
            made,
            choices=(evolve(choice, wording=Wording(text=words, version="care/1")),),
        )

    plain = FormView(form=form("care", "Lakeside", "Texts can be read."))
    nasty = FormView(form=form(about, practice.strip() or "x", warning.strip() or "x"))
    page = nasty.blank("proof", "c" * 16, name=name, number=number)

    assert shape(page) == shape(plain.blank("proof", "c" * 16, name="", number=""))
    assert shape(nasty.thanks()) == shape(plain.thanks())
    (value,) = (e.given["value"] for e in elements(page) if e.given.get("id") == "name")
    if name.isprintable():
        assert value == name


@given(body=st.one_of(st.binary(max_size=300), st.text(max_size=200).map(str.encode)))
def test_no_body_breaks_it(body: bytes) -> None:
    """Whatever comes as a form, it is answered by a page, and nothing is taken."""
    from compliant_sms.permission import fields_sent  # noqa: PLC0415 - the one use
    from compliant_sms.secure_pages import PageRequest  # noqa: PLC0415 - likewise

    request = PageRequest(
        method="POST",
        token="",
        headers=(("content-type", "application/x-www-form-urlencoded"),),
        body=body,
    )
    fields = fields_sent(request)
    assert fields is None or all(isinstance(value, str) for value in fields.values())


@given(
    shown=st.text(max_size=20),
    cookie=st.from_regex("[0-9a-f]{32}", fullmatch=True),
    change=st.sampled_from(["shown", "cookie", "key", "late", "digit"]),
)
def test_a_proof_holds_for_nothing_else(shown: str, cookie: str, change: str) -> None:
    """It vouches for what was shown, in that browser, under that key, for two hours."""
    key, nonce = bytes(32), "n" * 32
    proof = form_proof(key, shown=shown, cookie=cookie, nonce=nonce, at=MORNING)
    held: dict[str, Any] = {"shown": shown, "cookie": cookie, "at": MORNING}
    assert proven_form([b"\1" * 32, key], proof, **held) == nonce

    keys, given = [key], proof
    match change:
        case "shown":
            held["shown"] = shown + "x"
        case "cookie":
            held["cookie"] = cookie[::-1] + "0"
        case "key":
            keys = [b"\1" * 32]
        case "late":
            held["at"] = MORNING + timedelta(hours=2)
        case _:
            given = f"{proof[:-1]}{'0' if proof[-1] != '0' else '1'}"
    assert proven_form(keys, given, **held) is None


def test_without_a_cookie_nothing_is_vouched_for() -> None:
    """Not even a proof that was made for none: any site could send it."""
    key = bytes(32)
    proof = form_proof(key, shown="s", cookie="", nonce="n" * 32, at=MORNING)
    assert proven_form([key], proof, shown="s", cookie="", at=MORNING) is None


def test_an_endless_expiry_is_no_error() -> None:
    """A proof may claim any year; only our own hold."""
    given = f"999999999999.{'n' * 32}.{'0' * 64}"
    assert proven_form([bytes(32)], given, shown="", cookie="c" * 16, at=MORNING) is None


@given(
    text=st.text(min_size=1, max_size=30).filter(str.strip), at=st.sampled_from(["text", "version"])
)
def test_the_fingerprint_stands_for_every_word(text: str, at: str) -> None:
    """A form with any other word, or version, has another fingerprint."""
    form = form_of(permission(), HERE)
    first, *rest = form.choices
    changed = evolve(first.wording, **{at: text})
    if changed != first.wording:
        other = evolve(form, choices=(evolve(first, wording=changed), *rest))
        assert other.fingerprint != form.fingerprint
    assert evolve(form, health_details=None).fingerprint != form.fingerprint


def test_what_a_form_without_health_details_takes() -> None:
    """Where there is no box for health details, none can have been ticked."""
    form = form_of(permission(health_details=None), HERE)
    ticked = Submission(
        id="1",
        shown=form.fingerprint,
        name="Ana",
        number=PATIENT,
        agreed=["care"],
        health_details=True,
        at=MORNING,
    )

    assert accept(form, ticked) is FormProblem.CHANGED
    assert "health-details" not in FormView(form=form).blank("p", "c").body.decode()


SETTINGS: list[dict[str, Any]] = [
    {"programmes": []},
    {"programmes": [CARE, CARE]},
    {"programmes": [OFFERS, evolve(OFFERS, id="news")]},
    {"terms_url": "http://lakeside.example/terms"},
    {"privacy_url": "javascript:alert(1)"},
    {"form_url": 'https://lakeside.example/"><script>'},
    {"identify": None},
    {"secret": b"short"},
    {"answer_within": timedelta(days=8)},
    {"answer_within": timedelta(0)},
    {"health_details": "warned"},
]


@pytest.mark.parametrize("wrong", SETTINGS, ids=str)
def test_settings_that_cannot_be_used(wrong: dict[str, Any]) -> None:
    """What could prove nothing later is refused when it is set up."""
    with pytest.raises(InvalidInput):
        permission(**wrong)


@pytest.mark.parametrize(
    ("name", "page"), [("terms_url", "terms"), ("privacy_url", "privacy"), ("form_url", "form")]
)
def test_an_address_that_is_refused_is_shown_one_of_its_kind(name: str, page: str) -> None:
    """Whoever gave the form's address is not told of a privacy policy's."""
    wrong: dict[str, Any] = {name: "http://127.0.0.1:8000/agree"}
    with pytest.raises(InvalidInput, match=f"{name} must be like https://clinic.example/{page}: "):
        permission(**wrong)


def test_agreed_is_a_list() -> None:
    """One programme's id in place of a list is refused: its letters would be ids."""
    usual: dict[str, Any] = {"shown": "", "name": "", "number": "", "at": MORNING}
    for wrong in ("care", None, 5, [1], [["care"]], {"care": "yes", "offers": "no"}):
        with pytest.raises(InvalidInput, match="list"):
            Submission(id="1", agreed=wrong, **usual)
    with pytest.raises(InvalidInput, match="two would count as one"):
        Submission(id=" ", agreed=["care"], **usual)


def test_evidence_says_where_it_is_not_the_whole(asking: Messenger) -> None:
    """A machine sends any length; what goes on record of it shows that it goes on."""
    asking.permission.submit(sent(asking, id="fits", ip_address="f" * 64, user_agent="a" * 500))
    asking.permission.submit(sent(asking, id="longer", ip_address="f" * 65, user_agent="a" * 501))

    fits, longer = (each.signature for each in grants(asking))
    assert fits is not None
    assert longer is not None
    assert (fits.ip_address, fits.user_agent) == ("f" * 64, "a" * 500)
    assert (longer.ip_address, longer.user_agent) == ("f" * 63 + "…", "a" * 499 + "…")
    problem = asking.permission.submit(sent(asking, id="name", name="Ana " + "G" * 97)).problem
    assert problem is FormProblem.NO_NAME
    assert asking.permission.submit(sent(asking, id="n", name="Ana " + "G" * 96)).problem is None


def test_agreed_may_be_of_an_enum(asking: Messenger) -> None:
    """Of a host whose ids of programmes are members of one."""

    class Named(str, Enum):  # noqa: UP042 - str() of its members is not their value
        CARE = "care"

    assert asking.permission.submit(sent(asking, agreed=[Named.CARE])).problem is None


@pytest.mark.parametrize("value", ["no", "", "on", None, 1])
def test_a_box_is_ticked_or_it_is_not(value: Any) -> None:
    """A page of the host's own passes on "no": nobody wished for health details by that."""
    with pytest.raises(InvalidInput, match="health_details must be True or False"):
        Submission(
            id="1",
            shown="",
            name="",
            number="",
            agreed=["care"],
            health_details=value,
            at=MORNING,
        )


def test_defaults() -> None:
    """Nothing secret shows."""
    assert "secret" not in repr(permission())
    assert isinstance(permission(), Permission)
