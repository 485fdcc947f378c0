"""What a practice registers with carriers is what it configured and nothing else."""

from __future__ import annotations

import json
import sys
from datetime import date
from types import ModuleType
from typing import Any

import pytest
from attrs import evolve
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from compliant_sms import Keyring, Messenger, Practice, Purpose, optout
from compliant_sms.cli._commands import commands
from compliant_sms.contact import MissedCalls
from compliant_sms.conversations import BusinessHours, InboxPlan, Queue
from compliant_sms.errors import InvalidInput
from compliant_sms.permission import (
    Programme,
    Registration,
    RegistrationField,
    question,
    register_10dlc,
    register_toll_free,
    script,
    welcome,
)
from compliant_sms.permission._registration import HELP_WORDS, START_WORDS
from compliant_sms.reminders import RecallPlan, ReminderPlan
from compliant_sms.secure_pages import SecurePages
from compliant_sms.templates import (
    Approval,
    Body,
    Catalogue,
    GivenName,
    Template,
    Variable,
    help_text,
    opt_out_text,
)
from form_visits import CARE, FORM_URL, OFFERS, Make, permission

HERE = Practice(
    name="Lakeside Family Medicine",
    phone="+1 217 555 0100",
    time_zone="America/Chicago",
    state="IL",
    link_domains=["lakeside.example"],
)
REMINDER = Template(
    name="reminder",
    version=1,
    purpose=Purpose.APPOINTMENT_REMINDER,
    bodies={"en": Body(minimum="{practice}: {given_name}, please confirm your visit with us.")},
    variables=[Variable("given_name", GivenName())],
    approved=Approval(by="Dr. Lee", on=date(2026, 11, 2)),
)
OFFER = "Lakeside Family Medicine: 20% off whitening in December. Reply STOP to opt out."
WITH_SAMPLES = permission(programmes=[CARE, evolve(OFFERS, samples=[OFFER])])

HOURS = BusinessHours(time_zone="America/Chicago", week={"mon-fri": "08:00-17:00"})
INBOX = InboxPlan(point_person="dr-lee", queues=[Queue(name="desk", hours=HOURS)])


def test_a_campaign() -> None:
    """It is ready, and each text is what is shown, asked, answered and sent."""
    bill = evolve(REMINDER, name="bill", purpose=Purpose.BILLING)
    made = register_10dlc(WITH_SAMPLES, HERE, [bill, REMINDER])

    assert made.problems == ()
    assert made.text("use_case") == "MIXED"
    for said in ("Lakeside Family Medicine", CARE.about, OFFERS.about, "up to 4 messages a month"):
        assert said in made.text("description")
    flow = made.text("message_flow")
    for said in (
        FORM_URL,
        script(CARE, HERE).text,
        question(OFFERS, HERE, WITH_SAMPLES.legal).text,
        "DEALS",
        WITH_SAMPLES.privacy_url,
    ):
        assert said in flow
    assert made.text("sample_1").startswith("Lakeside Family Medicine: ")
    assert "STOP" in made.text("sample_1")
    assert made.text("sample_2") == OFFER
    assert made.text("opt_in_message") == welcome([CARE, OFFERS], HERE)
    assert made.text("opt_in_keywords") == "START, UNSTOP, DEALS"
    assert made.text("opt_out_keywords").startswith("STOP, ")
    assert set(made.text("opt_out_keywords").lower().split(", ")) == optout.per_se_words()
    assert made.text("opt_out_message") == opt_out_text(HERE.name, "217-555-0100")
    assert made.text("help_message") == help_text(HERE.name, "217-555-0100")
    # The question itself links to terms and privacy policy, and one sample shows it.
    assert (made.text("embedded_link"), made.text("embedded_phone")) == ("yes", "no")
    assert WITH_SAMPLES.privacy_url in made.text("sample_3")


def attributes(made: Registration) -> tuple[str, str]:
    """Whether it says that texts have links, and phone numbers."""
    return made.text("embedded_link"), made.text("embedded_phone")


def samples(made: Registration) -> str:
    """All that it shows."""
    return "\n".join(each.text for each in made.fields if each.name.startswith("sample_"))


def test_all_that_a_messenger_sends_is_registered(make_messenger: Make) -> None:
    """Its own notices, recalls, texts after calls and calls for help count as samples do."""
    asks = permission(programmes=[evolve(OFFERS, keyword="", samples=[OFFER, OFFER + " Yours."])])
    notices = evolve(HERE, phi="notice")
    in_own_words = RecallPlan(after="6 months")
    by_template = evolve(in_own_words, template="reminder")
    words = {"en": "{practice}: sorry we missed your call. Reply here, or STOP to opt out."}
    cases: list[tuple[tuple[str, str], dict[str, Any]]] = [
        (("no", "no"), {"templates": Catalogue([REMINDER])}),
        (("no", "no"), {"reminders": [ReminderPlan(offsets=["2 hours before"])]}),
        (
            ("no", "no"),
            {
                "reminders": [ReminderPlan(offsets=[], recall=by_template)],
                "templates": Catalogue([REMINDER]),
            },
        ),
        (
            ("yes", "no"),
            {
                "practice": notices,
                "keyring": Keyring.generate(),
                "secure_links": SecurePages(url="https://lakeside.example/s"),
            },
        ),
        (
            ("yes", "no"),
            {
                "practice": notices,
                "keyring": Keyring.generate(),
                "secure_links": lambda _: "https://lakeside.example/s/1",
            },
        ),
        (("no", "yes"), {"reminders": [ReminderPlan(offsets=[], recall=in_own_words)]}),
        (("no", "yes"), {"missed_calls": MissedCalls()}),
        (("no", "no"), {"missed_calls": MissedCalls(words=words)}),
        (("no", "yes"), {"inbox": INBOX}),
        (("no", "no"), {"inbox": evolve(INBOX, emergency_reply=False)}),
    ]
    for told, configured in cases:
        messenger = make_messenger(**({"practice": HERE, "permission": asks} | configured))
        made = messenger.permission.registration()

        assert made.problems == (), configured
        assert attributes(made) == told, configured
        shown = samples(made)
        assert ("https://lakeside.example/" in shown) == (told[0] == "yes"), configured
        assert ("217-555-0100" in shown) == (told[1] == "yes"), configured


def test_an_offer_in_a_call_is_in_the_message_flow(make_messenger: Make) -> None:
    """Reviewers read of it, where callers are texted back."""
    for toll_free, name in ((False, "message_flow"), (True, "opt_in_workflow")):
        without, answers = (
            make_messenger(practice=HERE, permission=WITH_SAMPLES, missed_calls=each)
            .permission.registration(toll_free=toll_free)
            .text(name)
            for each in (None, MissedCalls())
        )
        assert "spoken offer" not in without
        assert "accept a spoken offer of it in that call" in answers


def test_five_samples_show_a_link_and_a_number() -> None:
    """Whatever else there is: carriers refuse what is claimed and not shown."""
    many = [f"Lakeside Family Medicine: your statement number {n} is ready." for n in range(7)]
    made = register_10dlc(
        permission(programmes=[programme(samples=many)]),
        HERE,
        texts=[
            "Lakeside Family Medicine: bills are answered at (312) 555-0199.",
            "Lakeside Family Medicine: pay at lakeside.example/pay.",
        ],
    )

    assert attributes(made) == ("yes", "yes")
    assert samples(made).count("statement number") == 3
    assert "(312) 555-0199" in samples(made)
    assert "lakeside.example/pay" in samples(made)
    assert made.problems == ()


def test_templates_count_beside_samples() -> None:
    """A programme's samples do not hide what its templates send."""
    asks = permission(programmes=[evolve(OFFERS, keyword="", samples=[OFFER, OFFER + " Yours."])])
    body = Body(minimum="{practice}: call {practice_phone} about your visit.")
    calls = evolve(REMINDER, bodies={"en": body}, variables=[])

    assert attributes(register_10dlc(asks, HERE, [REMINDER])) == ("no", "no")
    assert attributes(register_10dlc(asks, HERE, [calls])) == ("no", "yes")


def test_a_toll_free_number() -> None:
    """The same words, in the fields of a verification."""
    made = register_toll_free(WITH_SAMPLES, HERE, [REMINDER])

    assert made.problems == ()
    assert made.text("opt_in_type") == "WEB_FORM"
    assert made.text("opt_in_url") == FORM_URL
    assert made.text("opt_in_workflow") == register_10dlc(WITH_SAMPLES, HERE).text("message_flow")
    with pytest.raises(KeyError):
        made.text("sample_1")


def test_words_that_are_registered_are_read_so() -> None:
    """Every keyword that is registered does what it is registered for."""
    for word in HELP_WORDS:
        read = optout.reserved_word(word)
        assert read is not None
        assert read.reserved is optout.Reserved.HELP
    for word in START_WORDS:
        read = optout.reserved_word(word)
        assert read is not None
        assert read.reserved is optout.Reserved.START


def programme(**changes: Any) -> Programme:
    """A programme with samples."""
    usual: dict[str, Any] = {
        "id": "bills",
        "about": "bills",
        "categories": ["billing"],
        "editions": "1",
        "samples": [
            "Lakeside Family Medicine: your statement is ready.",
            "Lakeside Family Medicine: call us at 217-555-0100 about your statement.",
        ],
    }
    return Programme(**(usual | changes))


REFUSED: list[tuple[list[Programme], str]] = [
    ([programme(about="your bills")], "says 'your'"),
    ([programme(samples=[])], "there are 0 samples, and 2 are asked for"),
    ([programme(samples=["Lakeside Family Medicine: hi."])], "there are 1 samples"),
    ([programme(samples=["Your statement is ready.", "Call us."])], "sample 1 does not say who"),
    ([programme(samples=["Lakeside Family Medicine: " + "x" * 1000, "Call"])], "1024 are taken"),
    (
        [programme(id=f"p{n}", about=f"a long thing that patients want, {n}") for n in range(9)],
        "opt_in_message has",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("programmes", "problem"), REFUSED, ids=[case[1] for case in REFUSED])
def test_what_carriers_would_refuse(programmes: list[Programme], problem: str) -> None:
    """Too short, too long, too few, or from nobody: it is said before it is filed."""
    made = register_10dlc(permission(programmes=programmes), HERE)

    assert any(problem in each for each in made.problems)


def test_use_cases() -> None:
    """Care alone is customer care, promotions alone are marketing."""
    care = register_10dlc(permission(programmes=[programme()], form_url=""), HERE)
    sells = register_10dlc(permission(programmes=[OFFERS]), HERE)
    on_paper = register_toll_free(permission(programmes=[programme()], form_url=""), HERE)

    assert care.text("use_case") == "CUSTOMER_CARE"
    assert care.text("embedded_phone") == "yes"
    assert sells.text("use_case") == "MARKETING"
    assert "asked by text for informational ones" not in sells.text("message_flow")
    assert on_paper.text("opt_in_type") == "PAPER_FORM"


@given(
    about=st.text(min_size=1, max_size=120),
    frequency=st.sampled_from(["Message frequency varies.", "Up to 30 messages a month."]),
    samples=st.lists(st.text(min_size=1, max_size=1200).filter(str.strip), max_size=7),
)
def test_what_is_ready_keeps_every_limit(about: str, frequency: str, samples: list[str]) -> None:
    """Whatever is configured: no problem is told only where each text has its size."""
    try:
        made_of = programme(about=about, frequency=frequency, samples=samples)
    except InvalidInput:
        return
    for made in (
        register_10dlc(permission(programmes=[made_of]), HERE),
        register_toll_free(permission(programmes=[made_of]), HERE),
    ):
        wrong = [
            each
            for each in made.fields
            if each.most and not each.least <= len(each.text) <= each.most
        ]
        assert bool(wrong) <= bool(made.problems)
        assert len({each.name for each in made.fields}) == len(made.fields)


# The command line


@pytest.fixture
def named(make_messenger: Make, monkeypatch: pytest.MonkeyPatch) -> Messenger:
    """A messenger that a module of the host's has."""
    messenger = make_messenger(permission=WITH_SAMPLES, templates=Catalogue([REMINDER]))
    module = ModuleType("clinic_texting")
    module.messenger = messenger  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "clinic_texting", module)
    return messenger


def run(*arguments: str) -> Any:
    """The command with its output."""
    return CliRunner().invoke(commands, ["registration", "clinic_texting:messenger", *arguments])


def test_printed(named: Messenger) -> None:
    """Each text stands under its name, with its size; the exit status is 0."""
    told = run()

    assert told.exit_code == 0, told.output
    made = named.permission.registration()
    assert isinstance(made, Registration)
    for each in made.fields:
        assert each.name in told.output
        assert each.text in told.output
    assert "of 40 to 4096 characters" in told.output


def test_printed_for_another_program(named: Messenger) -> None:
    """JSON has the same, and what would be refused."""
    told = run("--toll-free", "--json")
    data = json.loads(told.output)

    assert told.exit_code == 0
    made = named.permission.registration(toll_free=True)
    assert data["fields"] == {each.name: each.text for each in made.fields}
    assert (data["kind"], data["problems"]) == ("toll_free", [])


def test_printed_with_problems(make_messenger: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    """What would be refused ends with status 1."""
    module = ModuleType("clinic_texting")
    module.messenger = make_messenger(permission=permission())  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "clinic_texting", module)
    told = run()

    assert told.exit_code == 1
    assert "would be refused: there are 0 samples" in told.output


def test_a_text_that_is_too_short_or_too_long() -> None:
    """A field tells both, and its bounds themselves are taken."""
    made = [
        RegistrationField(name="sample_1", text="x" * count, least=20, most=30).problem
        for count in (19, 20, 30, 31)
    ]
    assert made == [
        "sample_1 has 19 characters, and at least 20 are asked for",
        "",
        "",
        "sample_1 has 31 characters, and 30 are taken",
    ]
