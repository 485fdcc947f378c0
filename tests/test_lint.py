"""Copy lint: what it finds in our own texts, what it lets pass, and what it proposes."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from compliant_sms.classification import Purpose
from compliant_sms.errors import ConfigurationError, InvalidInput
from compliant_sms.lint import LINT_RULES, Fix, LintFinding, LintSettings, Severity, fixed, lint
from compliant_sms.practice import Practice
from growth import shortest, within

REMINDER = Purpose.APPOINTMENT_REMINDER
PRACTICE = Practice(
    name="Lakeside Dental",
    phone="+12175550100",
    time_zone="America/Chicago",
    state="IL",
    link_domains=("lakeside.example",),
)
KEYWORDS = {"reserved-word-invited", "yes-invited"}

INVITES = """\
Reply C to confirm, R to reschedule or CANCEL to cancel.
Reply CANCEL to cancel your appointment.
To cancel your visit, text CANCEL to 12345.
Reply YES to confirm.
Reply Y to confirm your appt tomorrow or N to cancel
Please respond yes or no.
Can you make it? Y/N
Confirm? YES/NO
Text END to end your visit early.
Reply QUIT to leave the waitlist.
Text "CANCEL" to cancel
Text 'cancel' if you can't come.
CANCEL = cancel appt, C = confirm
C to confirm, CANCEL to cancel
YES to confirm, NO to cancel.
Reply STOP to cancel your appointment.
Reply HELP if you have chest pain.
Reply INFO for directions to our parking.
Text START to begin your check-in.
Responda CANCEL para cancelar su cita.
Respond with CANCEL or call us.
Press END when you finish the survey.
reply w/ cancel to drop the appt
REPLY CANCEL TO CANCEL
Reply 1 to confirm or CANCEL.
Reply with the word YES to hold your slot.
Reply STOP if you need to reschedule your visit.
Reply REMOVE to give up your spot on the waitlist.
Type Y to confirm
You can text us CANCEL any time before your visit.
Reply back "Y" if you're coming
Text REMOVE to take your name off the surgery list
Just text back Yes and we'll save the spot.
Reply YES to switch.
Reply Yes/No
Send QUIT to 55512 to cancel your class
Please reply "END" once your ride arrives
We have you down for 3 PM. YES to keep it, CANCEL to drop it.
Reply "yes" if you will attend, "cancel" if not.
Text CONFIRM or CANCEL.
Answer Y or N: will you come?
Respond: 1=confirm, CANCEL=cancel
To reschedule reply RESCHEDULE; to cancel reply CANCEL
If you need to cancel please reply CANCEL
Txt CANCEL 2 cancel
Reply YES or call 555 to book.
Reply YES for aligners.
Reply QUIT if you quit smoking this month.
For refills, reply YES
Envíe CANCEL para cancelar su cita
Conteste YES para confirmar
Responda con END para terminar la encuesta
Responda CANCELAR para cancelar su cita
responda cancelar para cancelar la cita
Envíe SALIR si no puede venir a la visita
Responda FIN o llame
Répondez ANNULER pour annuler votre rendez-vous
Envoyez FIN pour annuler
Répondez C pour confirmer ou ANNULER pour annuler
Répondez STOP pour reporter votre rendez-vous
Reply END.
Reply with CANCEL 24 hours ahead.
Reply CANCEL at least 24 hours before your visit
To decline the appointment, reply with Cancel
Type END to close this chat.
Text UNSUBSCRIBE to cancel your appointment.
""".splitlines()
INVITES_NOT = """\
Reply STOP to opt out.
Reply STOP to opt out, HELP for help.
Reply STOP, END, CANCEL, UNSUBSCRIBE or QUIT to opt out.
Reply STOP to cancel, HELP for help.
Text STOP to end. Msg&data rates may apply.
Reply C to confirm or call 312-555-0142 to cancel.
To stop messages, reply END.
Reply YES to receive appointment reminders by text.
OK to text you about your visits? Reply Y or N.
Reply YES to subscribe to text alerts.
Responda ALTO para cancelar.
Responda SI para recibir recordatorios.
Responda STOP para no recibir mensajes.
Responda SALIR para no recibir mensajes.
Répondez STOP pour ne plus recevoir de SMS.
Envoyez FIN pour ne plus recevoir nos rappels.
Répondez C pour confirmer ou appelez pour annuler.
Please stop by the front desk or cancel online.
Text us by the end of the day.
Text us if you must cancel.
Reply with any questions, or call to cancel.
Send help if needed.
Your visit will end at 5. Yes, we have parking.
Reply R to reschedule. Cancel up to 24 hours before.
Reply END to end these messages.
Want fewer texts? Reply STOP.
If you answered yes to any question, call us.
We can text or call yes patients.
Reply HELP for help, STOP to stop appointment reminders.
May we text you about refills? Reply YES to agree.
Text YES to join our appointment reminder text program.
Reply 1 to confirm, 2 to cancel.
To sign up for text reminders, reply YES
Reply A for 2:00 or B for 4:15.
Text START to get reminders again.
Call to cancel or text us. End time is 4.
Reply with info about your insurance.
Reply to this text to cancel.
Reply UNSUBSCRIBE to unsubscribe.
Text JOIN to begin.
We quit texting after 8. Reply anytime.
Text STOP to quit, HELP for info.
Txt STOP 2 end msgs
STOP to opt-out
To opt out reply STOP. For help reply HELP.
Reply STOP anytime to unsubscribe from these reminders
Stop eating at midnight. End fasting after the test.
To cancel, call 312-555-0142.
Reply C to confirm. Your visit will end by noon.
You asked us to stop or cancel reminders. We did.
Send a text to confirm, cancel or reschedule.
Text or call us to cancel.
Send us your info before the visit.
Enter at the end of the hall.
Press and hold the start button.
Reply to request info
Please send help requests to the portal.
Reply T to text or cancel online
Type your answer, yes is fine
Choose an end date for your plan.
We'd like to send you appointment reminders. Reply YES to agree or NO to decline.
Would you like text reminders? Reply Y
Reply YES to get texts from Lakeside. Reply STOP to cancel.
Para dejar de recibir mensajes responda STOP.
Do you want us to text you when labs are back? Reply YES
You are unsubscribed. Reply START to resubscribe.
Text REMOVE to be removed from our text list.
Reply END to stop.
Reply OPTOUT
Quit smoking? Reply C for tips.
""".splitlines()
UNFILLED = """\
Hi {{name}}, see you
Hi {{ patient.first_name | title }},
Hi {name}, see
Hi {0} at {1}
Hi [NAME],
Hi [First Name], your visit
Hi [Patient's First Name]
Hi %s, your visit
Hi %(name)s
Hi <first name>,
Hi <FIRST_NAME>,
Hi ${x}, see
Hi $first_name, see
Hi *|FNAME|*,
Hi %FIRSTNAME%,
Hi <<Name>>,
Hi «First Name»,
Hi __NAME__,
Dear ____, see
See you on XX/XX at XX:XX
Hi null, see you
Your visit is at undefined
[object Object]
Hi {{#if x}}there{{/if}}
Your code is #{code}
Call us at XXX-XXX-XXXX
Hi {patient_name!r}, at {time:%H:%M}
Hi [[name]]
Su cita es el [fecha] a las [hora]
Click [insert link here]
See Dr. [LAST NAME] at [time]
Hi <%= name %>
Hi #first_name#, bye
Hi @name@, bye
Hi %1$s, bye
""".splitlines()
FILLED = """\
[Lakeside Dental] Your visit is Tue.
50% off? No, 100%. 20%s
Save 10% today and 5% fees
A < B and 3 > 2, <3
Mail us: a_b@x.example or www.x.example/__a__/b
Pay $45 by Friday. $ due.
Your balance is $100.
(See [1] and [2])
{ } is fine? no braces here (name)
Results 120/80, card xxxx1234
Use the portal: https://x.example/?a=%20b&c={1
Call 555-0142 #5
Weight: 5% d. 10% i.e. some
None of your labs are back. Hi Nan! Hi Nancy, Dear Nolan
Follow us @lakeside #health
_Important_ and __ ok
Rate us 1-5 <5 min>
""".splitlines()


def rules(text: str, purpose: Purpose = REMINDER, **options: object) -> list[str]:
    return [each.rule for each in lint(text, purpose, **options)]  # type: ignore[arg-type]


def about(text: str, *names: str, purpose: Purpose = REMINDER) -> list[LintFinding]:
    return [each for each in lint(text, purpose, practice=PRACTICE) if each.rule in names]


@pytest.mark.parametrize("text", INVITES)
def test_a_word_that_carriers_answer_is_found(text: str) -> None:
    """CANCEL, END, QUIT and YES as keywords, in any dress, and STOP or HELP for something else."""
    assert about(text, *KEYWORDS) != []


@pytest.mark.parametrize("text", INVITES_NOT)
def test_other_uses_of_these_words_pass(text: str) -> None:
    """Opt-out lines, opt-in requests, and the words in ordinary sentences."""
    assert about(text, *KEYWORDS) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Reply YES to confirm.", "Reply C to confirm."),
        ("Reply C to confirm, CANCEL to cancel.", "Reply C to confirm, N to cancel."),
        ("Reply YES to confirm or C to cancel.", "Reply YES to confirm or C to cancel."),
        ("\u00c9l\u00e9onore \ufb01rst: reply \uff39\uff25\uff33 to confirm", None),
    ],
)
def test_another_letter_is_proposed(text: str, expected: str | None) -> None:
    """Where the text says what the word is for, and the letter is free."""
    expected = expected or text.replace("\uff39\uff25\uff33", "C")

    assert fixed(text, about(text, *KEYWORDS)) == expected


def test_a_place_is_that_of_the_text_as_given() -> None:
    """Letters that fold to several do not move it; capitals alone find it."""
    text = "\ufb03\ufb03 YES to confirm, \u2026 CANCEL to cancel"

    assert [text[f.start : f.end] for f in about(text, *KEYWORDS)] == ["YES", "CANCEL"]


@pytest.mark.parametrize("text", UNFILLED)
def test_an_unfilled_variable_is_found(text: str) -> None:
    """In the notations of template engines, mail merges, programs and people."""
    assert about(text, "unfilled-variable") != []


@pytest.mark.parametrize("text", FILLED)
def test_what_only_looks_like_a_variable_passes(text: str) -> None:
    """Sender names in brackets, percentages, prices, addresses and links."""
    assert about(text, "unfilled-variable") == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Lakeside: we\u2019ll see you", ["ucs2-character"]),
        ("we\u2019ll see you \u201csoon\u201d", ["ucs2-character"] * 3),
        ("we\u2019ll see you \U0001f600", []),
        ("\U0001f600" + "a" * 100, ["ucs2-character"]),
        ("\U0001f600\U0001f600" + "a" * 100, ["ucs2-character"]),
        ("\u2019" + "\U0001f600" + "a\u200b" * 60, ["ucs2-character"] * 62),
        ("Su cita es el d\u00eda martes", []),
        ("\u041f\u0440\u0438\u0432\u0435\u0442 " * 20, ["too-many-segments"]),
        ("plain", []),
    ],
)
def test_what_costs_more_is_found(text: str, expected: list[str]) -> None:
    """A character that has a like in GSM-7, or one that costs a segment; no other script."""
    settings = LintSettings(max_segments=1 if "\u041f" in text else None)

    assert rules(text, settings=settings) == expected


def test_a_smart_quote_is_replaced() -> None:
    """The fix puts the GSM-7 character in its place."""
    text = "We\u2019ll see you \u2014 soon"

    assert fixed(text, lint(text, REMINDER)) == "We'll see you - soon"


def test_segments_have_a_limit() -> None:
    """Three by default; None has none, and 0 is none."""
    assert rules("x" * 460) == ["too-many-segments"]
    assert rules("x" * 459) == []
    assert rules("x" * 900, settings=LintSettings(max_segments=None)) == []
    with pytest.raises(InvalidInput, match="max_segments"):
        LintSettings(max_segments=0)


@pytest.mark.parametrize(
    ("text", "purpose", "severity"),
    [
        ("See you Tue.", REMINDER, Severity.WARNING),
        ("20% off whitening! Reply STOP to opt out.", Purpose.PROMOTION, Severity.ERROR),
        ("LAKESIDE DENTAL: see you Tue.", REMINDER, None),
    ],
)
def test_the_practice_names_itself(text: str, purpose: Purpose, severity: Severity | None) -> None:
    """As the rulebook has it: an error in a promotion; the fix begins the text with the name."""
    found = about(text, "practice-name-missing", purpose=purpose)

    assert [each.severity for each in found] == ([severity] if severity else [])
    if severity:
        assert fixed(text, found) == f"Lakeside Dental: {text}"


def test_nobodys_name_is_missing_where_nobody_is_told() -> None:
    """Without a practice that rule has nothing to look for."""
    assert rules("See you Tue.") == []


@pytest.mark.parametrize(
    ("purpose", "first", "due"),
    [
        (Purpose.PROMOTION, False, True),
        (REMINDER, False, False),
        (REMINDER, True, True),
        (Purpose.ONE_TIME_CODE, False, False),
        (Purpose.HELP_REPLY, True, False),
        (Purpose.EMERGENCY_ALERT, True, False),
    ],
)
def test_the_opt_out_line_is_due_by_purpose(purpose: Purpose, first: bool, due: bool) -> None:  # noqa: FBT001
    """In each promotion, and in what may be the first text; the fix is the library's line."""
    text = "See you Tue."
    found = lint(text, purpose, settings=LintSettings(first_text=first))

    assert ("opt-out-line-missing" in {each.rule for each in found}) == due
    if due:
        assert fixed(text, found) == "See you Tue. Reply STOP to opt out."
        assert rules(fixed(text, found), purpose, settings=LintSettings(first_text=first)) == []


def test_a_text_that_sells_goes_as_a_promotion() -> None:
    """Its phrases are found where they stand; an answer may sell nothing either."""
    text = "See you Tue. 20% off whitening!"
    found = about(text, "sells-undeclared")

    assert len(found) == 1
    assert "% off" in text[found[0].start : found[0].end]
    assert found[0].source.startswith("47 CFR 64.1200(a)(2), (f)(13)")
    assert about(text, "sells-undeclared", purpose=Purpose.OPT_OUT_CONFIRMATION) != []
    assert about(text, "sells-undeclared", purpose=Purpose.PROMOTION) == []
    assert "opt-out-line-missing" in rules(text)


def test_links_go_to_own_hosts() -> None:
    """A public shortener is found where it stands; no other link is."""
    text = "See bit.ly/x, lakeside.example/y or other.example/z"
    (found,) = about(text, "public-shortener")

    assert text[found.start : found.end] == "bit.ly/x"
    assert found.source.startswith("CTIA Messaging Principles")


def test_the_confirmation_of_an_opt_in_is_complete() -> None:
    """What the rulebook misses in it is found here, each element by itself."""
    whole = (
        "Lakeside Dental: you will get visit reminders, up to 4 msgs/month. Msg & data rates may "
        "apply. Reply HELP for help, STOP to opt out."
    )

    assert lint(whole, Purpose.OPT_IN_CONFIRMATION, practice=PRACTICE) == ()
    assert rules(
        "Welcome!", Purpose.OPT_IN_CONFIRMATION, at=datetime(2026, 11, 23, tzinfo=UTC)
    ) == ["opt-in-confirmation-incomplete"] * (5 - 1)


def test_rules_are_listed_and_may_be_left_out() -> None:
    """Each has an id and a line of words; an unknown one is the caller's mistake."""
    assert len({rule.id for rule in LINT_RULES}) == len(LINT_RULES)
    assert all(rule.words.endswith(".") for rule in LINT_RULES)
    assert rules("Hi {name}", ignore=["unfilled-variable"]) == []
    with pytest.raises(ConfigurationError, match="no lint rule spelling"):
        lint("Hi", REMINDER, ignore=["spelling"])


def test_fixes_that_overlap_are_made_once() -> None:
    """The first of two counts, and the same one twice is one."""
    (one,) = about("Reply YES to confirm.", *KEYWORDS)

    other = evolve(one, fix=Fix(start=7, end=12, replacement="X"))

    assert fixed("Reply YES to confirm.", [one, other, one]) == "Reply C to confirm."


@given(
    st.text(max_size=40) | st.text("Reply CANCEL to YES{}[]% /,or.\u2019\n", max_size=80),
    st.sampled_from([REMINDER, Purpose.PROMOTION, Purpose.HELP_REPLY]),
)
def test_any_text_can_be_checked(text: str, purpose: Purpose) -> None:
    """Places lie within it in order, and the fixes can be made."""
    found = lint(text, purpose, practice=PRACTICE, settings=LintSettings(first_text=True))

    for each in found:
        assert 0 <= each.start <= each.end <= len(text)
        assert each.rule in {rule.id for rule in LINT_RULES}
        assert each.words
        assert each.source
        assert each.remedy
    assert [each.start for each in found] == sorted(each.start for each in found)
    fixed(text, found)


def test_nothing_of_the_text_is_in_a_finding() -> None:
    """Findings go to logs of builds; places and our own words are enough."""
    text = "Hi {Zebulon}, reply CANCEL to cancel Zebulon\u2019s visit, 20% off, bit.ly/Zebulon"
    found = lint(text, REMINDER, practice=PRACTICE)

    assert len(found) >= 5
    assert "Zebulon" not in repr(found)


@pytest.mark.many_rounds
@pytest.mark.parametrize(
    "unit",
    [
        "reply cancel, ",
        "reply us with the word ",
        "YES to ",
        "y/n ",
        "{a",
        "[first name ",
        "<name name ",
        "\u2019",
        "\ufb01 CANCEL to ",
        "____ ",
        "stop the ",
    ],
)
def test_time_grows_with_the_length_only(unit: str) -> None:
    """Eight times the text takes about eight times as long."""
    few, many = (unit * (length // len(unit)) for length in (2_000, 16_000))
    lint(few, REMINDER)

    assert within(32 * shortest(lambda: lint(few, REMINDER)), lambda: lint(many, REMINDER))
