"""Identifiers that position tells: names that are words, lone towns, corrected numbers."""

from __future__ import annotations

import re
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from compliant_sms.phi import PhiLabel
from compliant_sms.phi._find import find
from compliant_sms.phi._known import NOTHING_KNOWN
from compliant_sms.phi._names._recognizer import find_names
from compliant_sms.phi._numbers._unread import MOST_READ
from compliant_sms.phi._reading._view import View
from growth import grows, within

_MARK = re.compile(r"\[\[([A-Z_0-9]+):([^\]]+)\]\]")
_HEALTH = frozenset(
    {
        PhiLabel.CONDITION,
        PhiLabel.MEDICATION,
        PhiLabel.PROCEDURE,
        PhiLabel.TEST_RESULT,
        PhiLabel.SPECIALTY_HINT,
    }
)

# What is to be found stands in double brackets behind its label.
NAMES = (
    "no va a la escuela, [[NAME:Marisol]] tiene fiebre",
    "[[NAME:bao]]: the script was for 30 not 60",
    "[[NAME:tariq]] - ok to come at 3?",
    "[[NAME:Gintaras]] DOB [[DATE:1975/04/17]] need refill",
    "Patient DOB [[DATE:4/17/75]]",
    "[[NAME:rose]] from [[GEO:Rosebud]], need a form",
    "[[NAME:Bill]] says the bill is wrong",
    "[[NAME:June]] asks is june full?",
    "[[NAME:Cash]] paid cash already",
    "[[NAME:Baby Boy Lindqvist]]: please come back for a weight check",
    "[[NAME:Baby Ferreira]] is due",
    "[[NAME:Juana de los Santos Ortega Viuda de Ponce]] [[DATE:4-4-41]]",
    "[[NAME:Maria]] de, la cosa",
    "[[NAME:Rosa Maria de la Cruz Vda. de Ortiz]] needs a ride",
    "this is [[NAME:Elena Lopez viuda de Ruiz]] dob",
    "my name is [[NAME:Md. Karim Uddin]]",
    "[[NAME:Daisy]] and [[NAME:Jasper]] both need forms",
    "[[NAME:Dawn]] and [[NAME:Maria]] are here",
    "ask 4 [[NAME:Biscuit]]",
    "call my uncle, ask for [[NAME:Big Al]]",
    "ask for [[NAME:Rhonda]]",
    "[[NAME:skyler]] is my daughter",
    "[[NAME:Pickle]] is his nickname",
    "[[NAME:Fitzgerald]], first name [[NAME:Fiona]]",
    "its [[NAME:Shevaun]] not [[NAME:Siobhan]]",
    "[[NAME:R.J.]] here, running late",
    "so proud of you [[NAME:R.J.]], keep going",
    "name is [[NAME:Rosalind Cobbler]] like the pie",
    "[[NAME:Wanda]] Dr [[PROVIDER_NAME:Osei]] raised it",
    "packet for [[NAME:Violet B.]] is incomplete",
    "Print [[NAME:Mei]]'s form today",
    "Oak Dental: [[NAME:Ivy]]'s crown is in",
    "We reached [[NAME:Theo]], [[NAME:Dawn]] and [[NAME:June]]",
    "[[NAME:Hyun-ah]]'s teacher called",
    "gpa [[NAME:otto]] fell",
    "picking up for [[NAME:daisy]] she is home",
    "Patient [[NAME:WALKER, AUTUMN]] MRN",
    "Patient [[NAME:WALKER, DAVID J]] here",
    "Pt [[NAME:MARLOWE, APRIL]] room",
    "[[NAME:Jade]] is allergic to it",
    "[[NAME:Art]] fell again",
    "[[NAME:River]] got stung",
    "Thanks for coming on [[DATE:Oct 2]], [[NAME:Daisy]].",
    "[[DATE:3 mar 61]] [[NAME:val]]",
    "[[NAME:Summer Hayes]] dob [[DATE:5.5.55]]",
    "[[NAME:summer hayes]] calling",
    "[[NAME:rosalie m]] again",
    "see me [[NAME:Brandi w]]",
    "nurse [[PROVIDER_NAME:joy]] said so",
    "[[NAME:Mia]]/[[NAME:Leo]] sick",
    "saw [[NAME:Big Art]] today",
    "[[NAME:Rose]], ",
    "dinner at the [[NAME:Garcia]] home",
    "this isnt [[NAME:marcus]]",
)
NO_NAMES = (
    "Join us for dinner at the Hilton.",
    "Dinner is at the Hyatt, 6 pm",
    "in the Ford",
    "Vacunas gratis el sábado en la escuela Lincoln.",
    "sage: is it ok with my tea",
    "bill: is it late",
    "chip: the card has none",
    "will from the desk called",
    "page from Denver",
    "Bill says nothing",
    "are you guys open columbus day",
    "Sunday, Sept 21, at the lake",
    "your sample C25-0077341 was hemolyzed",
    "Ginger, garlic, 4 carrots",
    "Love, your team at the clinic",
    "Joy Cafe is open",
    "Summer's here! Stay cool",
    "ask for the nurse",
    "ask for Billing",
    "ask",
    "ask for",
    "the P.O. box",
    "jr is my son",
    "dinner is my thing",
    "surgery, first name",
    "dose 5 max",
    "lunch 4 may",
    "Rain, rain, go away",
    "see Maria Dr",
    "reply y1 to confirm N1",
    "WiFi name Guestly, ask at the desk",
    "text QX88120 4111X. ok",
    "Bill cash",
    "3 for Kreyol",
    "Grace Deli",
    "Patient SMITH, 4",
    "Patient WALKER, ROOM",
)
DATES = (
    "cant make [[DATE:wed]] my car died",
    "can do [[DATE:mon]] or [[DATE:tues]]",
    "the appt is the [[DATE:27th]] right",
    "meds ran out [[DATE:9/30]]",
    "missed my [[DATE:oct]] appt",
    "born [[DATE:june the third nineteen fifty]]",
    "[[DATE:weds]] is bad, the [[DATE:19th]] maybe",
    "moms appt is [[DATE:Friday]]",
    "Check with [[PROVIDER_NAME:Ana]], CNM is [[DATE:Mon, Sept 8]] at 4:20 PM. Open door",
    "[[DATE:10/2]] is no good",
    "[[NAME:Daisy]] and [[NAME:Ruth]] both have shots [[DATE:sat]]",
)
MORE = (
    "[[NAME:Hope]] and [[NAME:Joy]] both need flu shots [[DATE:sat]]",
    "its [[NAME:o'malley]], can i come",
    "cancel [[NAME:JM]] [[DATE:9/12]]",
    "they moved dad to [[GEO:Cedar Grove Rehab]]",
    "our place is at [[GEO:22 Elm Street]]",
    "[[NAME:Hope]] and [[NAME:Joy]] both have shots [[DATE:sat]]",
    "mail it to [[GEO:12 Maria Dr Apt 4]]",
    "id ssn [[OTHER_ID:4acct 902]] ",
    "#[[OTHER_ID:4821300]]",
    "[[NAME:Orla]]'s school needs shot record, fax [[FAX:517-555-0129]] pls today",
)
NO_DATES = (
    "Reminder: masks required in building B through March 31.",
    "Portal maintenance Sat 11 PM - Sun 3 AM.",
    "we wed in spring",
    "they wed and left",
    "Enrollment ends Dec 15. Questions? Call us.",
)
PLACES = (
    "[[GEO:Skokie]]. near the park",
    "[[GEO:skokie]]",
    "[[GEO:Fresno]] Thanks",
    "send my rx to the walgreens on [[GEO:Dempster and Kostner Ave]]",
    "im at the [[GEO:Motel 8 on Route 12]] this week",
    "we're staying at the [[GEO:Best Western off Hwy 6]]",
    "hes staying at the [[GEO:Marriott]] now",
    "mom is at [[GEO:Shady Acres nursing home]] now",
    "Want your chart sent to a clinic in [[GEO:Asheville]]?",
    "we relocated to [[GEO:Klamath Falls]], now what",
    "she relocated to [[GEO:Klamath Falls]], now what",
    "Van will pick up at [[GEO:Magnolia Court Apts bldg 7]].",
    "shes in [[GEO:apt 3 at 90 Bayard St]]",
    "it is [[GEO:#12, 300 Elm St]]",
    "zip is [[GEO:30312]] now not [[GEO:30310]]",
    "i moved to [[GEO:St. Louis]] in spring",
)
NO_PLACES = (
    "Austin",
    "the home. home",
    "Visit us at Main and Elm St.",
    "at the residence",
    "see our Manor",
    "meet at The Manor",
)
NUMBERS = (
    "new cell [[PHONE:615 555 0173]], trash the [[PHONE:0178]] one",
    "thats my number, [[PHONE:0186]]",
    "my old phone ended in [[PHONE:0114]]",
    "the supplement is [[HEALTH_PLAN_ID:MGP 4402196]]",
    "lost my [[HEALTH_PLAN_ID:W11 902 4477]] card",
    "member id [[HEALTH_PLAN_ID:XQJ 882 40 1193]]",
    "medicaid # [[HEALTH_PLAN_ID:884 221 907A]]",
    "im in the dodge [[VEHICLE:7KDL 402]] outside",
    "[[NAME:Ana]]'s school needs it, fax [[FAX:517-555-0129]]",
    "txn [[ACCOUNT:D-9KQ4471X]]. paid",
    "use [[URL:https://rx.example.net/k/abcd-0931]]",
    "[[SSN:five one two, 88, 0416]] is my social",
    "Your last four digits on file are [[SSN:0093]].",
    "your order shipped. Unit [[OTHER_ID:TX4-0092718]].",
    "happy [[AGE_OVER_89:98]]!",
    "two charts came up for you, [[MRN:604418]] and [[MRN:640418]]",
    "account [[ACCOUNT:LC-3390 718]] is open",
    "mrn [[MRN:44-10221]] my member id",
)
NO_NUMBERS = (
    "ur app says update to 5.2.0.1 then crashes",
    "Fax your records request to 785-555-0145, Attn: Medical Records",
    "Unit 4B-22",
    "it said #55555mg",
)


def _marked(text: str) -> str:
    """The text with its identifiers in brackets behind their labels."""
    for finding in reversed(find(text)):
        if finding.label not in _HEALTH:
            start, end = finding.start, finding.end
            text = f"{text[:start]}[[{finding.label}:{text[start:end]}]]{text[end:]}"
    return text


@pytest.mark.parametrize("marked", [*NAMES, *DATES, *PLACES, *NUMBERS, *MORE])
def test_position_tells(marked: str) -> None:
    """Each is found as far as it goes, under its label, and nothing else is."""
    assert _marked(_MARK.sub(r"\2", marked)) == marked


@pytest.mark.parametrize("text", NO_NAMES)
def test_words_stay_words(text: str) -> None:
    """Lists of things, greetings, places and short forms are nobody's name."""
    labels = {f.label for f in find(text)}
    assert not labels & {PhiLabel.NAME, PhiLabel.PROVIDER_NAME}


@pytest.mark.parametrize("text", [*NO_DATES, *NO_PLACES, *NO_NUMBERS])
def test_what_is_everybodys_is_left_alone(text: str) -> None:
    """Closures, rules of a house, corners of an office and versions identify nobody."""
    assert _marked(text) == text


def test_unassigned_signs_are_no_name() -> None:
    """A sign that stands for nothing is no letter of another script."""
    assert find("\u0fff\x00\x00\x00") == ()
    assert find("here is \u0fff for all of you") == ()
    shown = find_names(View("please call \u0410\u043d\u043d\u0430\u0fff about this"), NOTHING_KNOWN)
    assert [finding.end - finding.start for finding in shown] == [4]


@settings(deadline=None)
@given(st.text(st.characters(min_codepoint=0x370, max_codepoint=0x9FFF, categories=("Cn",))))
def test_unassigned_signs_alone_are_nothing(text: str) -> None:
    """Nothing is found in signs that stand for nothing."""
    assert all(unicodedata.category(sign) == "Cn" for sign in text)
    assert find(f"{text}\x00") == ()


@pytest.mark.parametrize("piece", ["QX88120 ", "mrn 12345, ", "see QX88120 or mrn 12345 now. "])
def test_what_is_not_read_is_found(piece: str) -> None:
    """Behind as many numbers as are read, every other one is found too."""
    text = piece * (3 * MOST_READ)
    hidden = bytearray(len(text))
    for finding in find(text):
        hidden[finding.start : finding.end] = b"\x01" * (finding.end - finding.start)
    unread = [at for at, sign in enumerate(text) if sign.isdigit() and not hidden[at]]
    assert unread == []


def test_figures_far_apart_are_found_apart() -> None:
    """Words between numbers that are not read stay readable."""
    text = "mrn 12345, " * (MOST_READ + 9) + "and then a good deal of words, until 4477 at last"
    last = find(text)[-1]
    assert text[last.start : last.end] == "4477"
    alone = find("mrn 12345, " * MOST_READ + "and a good deal of words without any, then a chart")
    assert len(alone) == MOST_READ


@pytest.mark.parametrize(
    "piece", ["1-", "1.", "[1", "A. ", "(1-", "QX88120 ", "4111 ", "mrn 12345, ", "home ", "X Y "]
)
def test_time_stays_short_on_runs(piece: str) -> None:
    """100 kB of one piece over and over take a fraction of a second."""
    text = piece * (100_000 // len(piece))

    assert grows(find, text[:10_000], 40, 0.05)  # or it would take minutes to fail
    assert within(2, lambda: find(text))
