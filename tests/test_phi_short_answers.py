"""Names, days and places as short texts hold them: filed names, words that are names, answers."""

from __future__ import annotations

import re

import pytest

from compliant_sms.phi import PhiLabel, find

_MARKED = re.compile(r"\[\[(.*?)\]\]")


def found(text: str, label: PhiLabel) -> list[str]:
    """What has a label, in its order."""
    return [text[f.start : f.end] for f in find(text) if f.label is label]


def check(marked: str, label: PhiLabel) -> None:
    """What stands in double brackets is found under a label, and nothing else."""
    assert found(_MARKED.sub(r"\1", marked), label) == _MARKED.findall(marked)


@pytest.mark.parametrize(
    "marked",
    [
        # The surname first, as in a file.
        "[[Okonkwo, Chidi]] - 4/12/77",
        "[[Whitcombe, Alistair]]",
        "[[Redfeather, Nadine J]] 2/2/60",
        "[[abernathy, clarence]] 4/12/77",
        "[[Okonkwo, Chidi]], dob 4/12/77",
        "pls list it under [[Vandermeer]]",
        "its under [[Ostrowski]]",
        # Of Vietnam, in small letters.
        "[[trần minh tú]], 14/02/1992",
        "[[phạm văn nam]] 14/02/1988",
        "trân trọng, [[lê thị hoa]], 03/05/1960",
        "[[pham thi lan]]",
        "[[Nguyen Van Anh]]",
        "[[Le Van Anh]] here",
        "[[Rosa Ruiz]] April 5 1970",
        "love, [[Nana Bea]]",
        # Who writes in other languages.
        "olá, sou a [[Marta Figueiredo]], consulta dia 12",
        "minha filha [[Clara]] está com febre",
        # In other scripts.
        "меня зовут [[Иван Петров]]",
        "我叫[[王芳]]",
        "预约可以, [[李慧敏]]",
        "私は[[田中]]です",
        "[[山田]]様 予約",
        "저는 [[김민수]]입니다",
        "[[박하은]] 보호자님, 예약은 12월 3일",
        "موعدي يوم الثلاثاء؟ انا [[ليلى حداد]]",
        "मेरा नाम [[अनीता शर्मा]] है",
        # Initials that somebody acts by.
        "[[T.J.]] needs his form signed",
        "[[RJ]] says hi",
        "[[r lopez]] dob 4/4/80",
        "refill for [[j ortega]]",
        "this is [[m. okafor]]",
        "its [[s ramirez]] here",
        # Words that are names, where something is asked of somebody.
        "is [[rusty]] ok to be seen",
        "can [[hunter]] come at 3",
        "when does [[grace]] need her shots",
        "did [[skip]] get his script",
        "cancel [[hunter]] pls",
        "remind [[grace]] to fast",
        "move [[skip]] to monday",
        "Bring [[Hunter]] in at 3.",
        "[[skip]] again, dont forget",
        "[[Grace]] did great today!",
        "[[Penny]] owes nothing right",
        "[[christian]] is my first name, not my faith",
        # The same word as a word.
        "Hi [[Frank]], to be frank we'd rather see you",
        "[[Jasmine]], do u have jasmine tea in lobby",
    ],
)
def test_names(marked: str) -> None:
    """Names that the place in a text, or what is done, tells from words."""
    check(marked, PhiLabel.NAME)


@pytest.mark.parametrize(
    "text",
    [
        "wells fargo says the check cleared",
        "edward jones has my hsa",
        "is the trader joe's lot ok for parking",
        "Austin, Virginia",
        "Flowers, Rose and others",
        "Dear all, Virginia is closed",
        "olá, vocês abrem amanhã?",
        "le mordió un perro",
        "le toca el sábado",
        "trân trọng",
        "我是明天来",
        "저는 아파요",
        "انا مريض",
        "is honey ok for coughs",
        "can red come off",
        "does grace period end",
        "cancel will call",
        "50/50 chance",
        "appt for u lopez",
        "i ortega 4/4/80",
        "we r done for n that",
        "is b complex ok",
        "for k street",
        "ER says hi",
        "PT needs a form",
        "U.S. needs a form",
        "RJ HAS A COUGH",
        "its under control",
        "put it under",
        "her last name",
    ],
)
def test_no_names(text: str) -> None:
    """Firms, places and words in the same places."""
    assert found(text, PhiLabel.NAME) == []


@pytest.mark.parametrize(
    "marked",
    [
        "Join your video visit [[Mon 4/6]] 8:15am: https://tele.example.net/calls",
        "Join your telehealth appt [[4/9]] 10:00 here: https://video.example.com",
        "is the [[16th]] open",
        "is [[thurs the 8th]] open",
        "swap my [[9th]] for the [[16th]]",
        "[[10/9]] no [[10/10]]",
        "[[new years eve]] i fell",
        "[[valentines day]] is my due date",
        "moving in [[may]], need records",
        "ill be back by [[june]]",
        "can it be first week of [[february]]",
        "end of [[may]] for my knee",
    ],
)
def test_days(marked: str) -> None:
    """Days of one person."""
    check(marked, PhiLabel.DATE)


@pytest.mark.parametrize(
    "text",
    [
        "Join us for the open house Fri 3/27 at 6 PM.",
        "chart no 10/10",
        "she'll be 91 in may",
        "my birthday is in june",
        "its my 2nd and last",
        "valentines day is busy",
    ],
)
def test_no_days(text: str) -> None:
    """Days of everybody, and what is no day."""
    assert found(text, PhiLabel.DATE) == []


@pytest.mark.parametrize(
    "marked",
    [
        "gramma is [[95]] and wont eat",
        "my pops is [[93]], does he qualify",
        "mawmaw is [[91]] n cant drive",
        "her father is [[99]] this year",
        "mi abuelita tiene [[96]] años",
    ],
)
def test_ages(marked: str) -> None:
    """The ages of elders, whatever they are called."""
    check(marked, PhiLabel.AGE_OVER_89)


@pytest.mark.parametrize("text", ["gramma is 95 this morning", "pops is 98 today"])
def test_no_ages(text: str) -> None:
    """Readings of somebody."""
    assert found(text, PhiLabel.AGE_OVER_89) == []


@pytest.mark.parametrize(
    "marked",
    [
        "its [[2210 Birchcrest]], yellow house",
        "[[99 Elm]], back door",
        "[[11 Larkspur]] is wrong, its [[13 Larkspur]]",
        "no its [[44 Quail Ridge]]",
        "meet me, [[77 Tamarack]]",
        "at the [[Fairmont Arms, apt 9]]",
        "the lease for [[Ashby Court apt 3]]",
        "[[60614]] is my zip",
        "[[60614]] zip",
        "[[kalispell mt]]",
        "send to [[APO AE 09012]]",
        "[[4th and Maple]] bus stop",
        "staying at the [[Super 8 on Route 9]]",
        "[[lot 7 Shady Acres mobile home park]]",
        "[[Rural Route 3 Box 22]]",
        "i sleep at [[Union Station]]",
    ],
)
def test_places(marked: str) -> None:
    """Places without a word for their kind, and texts that only answer where."""
    check(marked, PhiLabel.GEO)


@pytest.mark.parametrize(
    "text",
    [
        "4th and 5th are good",
        "the lab on 2nd & Pine is cash only",
        "its 12 Questions and i am done",
        "10 Monday",
        "15 Tylenol",
        "took 20 TUMS",
        "20 Xy",
        "i read 300 Pages of it",
        "$40 Visa",
        "room 12 Visitors only",
        "we have 300 Apples, 2 pears",
        "Our 99 Elm, back door",
        "Monday, apt 9",
        "Rosa, unit 9",
        "i like apt names",
        "Rent, apt hunting is hard",
    ],
)
def test_no_places(text: str) -> None:
    """Figures and capitals that are no place."""
    assert found(text, PhiLabel.GEO) == []


@pytest.mark.parametrize(
    ("text", "label", "part"),
    [
        ("blake ronald 050555", PhiLabel.DATE, "050555"),
        ("my visit due 4-12", PhiLabel.DATE, "4-12"),
        ("move me to 12th", PhiLabel.DATE, "12th"),
        ("is 4/12 ok", PhiLabel.DATE, "4/12"),
        ("i used rblake77 @ example.com", PhiLabel.EMAIL, "rblake77 @ example.com"),
        ("my medicaid is 90417733 C but old", PhiLabel.HEALTH_PLAN_ID, "90417733 C"),
        ("1204 birch st dayton oh", PhiLabel.GEO, "1204 birch st dayton oh"),
        ("12 elm ct apt 3", PhiLabel.GEO, "12 elm ct apt 3"),
        ("grand rapids", PhiLabel.GEO, "grand rapids"),
        ("Sunrise Manor", PhiLabel.GEO, "Sunrise Manor"),
        ("pick me up at 1204 Birch", PhiLabel.GEO, "1204 Birch"),
        (
            "Check #3372 for $41.00 is on its way to P.O. Box 88, Ely MN 55731.",
            PhiLabel.GEO,
            "P.O. Box 88, Ely MN 55731",
        ),
        ("Name: Rosa Ruiz  DOB: 04/05/1970  Phone: 312-555-0177", PhiLabel.PHONE, "312-555-0177"),
        ("over 90 and sharp as a tack", PhiLabel.AGE_OVER_89, "90"),
        ("ninety two and kicking", PhiLabel.AGE_OVER_89, "ninety two"),
        ("court 4-9 at 9", PhiLabel.DATE, "4-9"),
        ("easter monday ok?", PhiLabel.DATE, "easter monday"),
        ("so is 9.2 bad for a1c", PhiLabel.TEST_RESULT, "9.2"),
        ("FYI R.S. in 12B is a fall risk", PhiLabel.NAME, "R.S."),
        ("nosebleeds every day this week", PhiLabel.CONDITION, "nosebleeds"),
        ("r lopez 5/5/55", PhiLabel.NAME, "r lopez"),
        ("christian not a christian lol", PhiLabel.NAME, "christian"),
        ("Rapid flu: positive, type A. Stay hydrated.", PhiLabel.PROCEDURE, "Rapid flu"),
        ("Estimate for 93306 on 9/2: $265 after your plan.", PhiLabel.PROCEDURE, "93306"),
        ("j'ai mal aux dents", PhiLabel.CONDITION, "mal aux dents"),
        ("im 29 w bad period cramps", PhiLabel.CONDITION, "bad period cramps"),
    ],
)
def test_what_short_texts_hold(text: str, label: PhiLabel, part: str) -> None:
    """Parts of texts that hold little else."""
    assert found(text, label) == [part]


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("order ronald 050555", PhiLabel.DATE),
        ("i paid 2024 not 2025", PhiLabel.PHONE),
        ("i filed 2024 for the tax id", PhiLabel.SSN),
        ("a1c labs came in at the lab on 6/2", PhiLabel.TEST_RESULT),
        ("gate 4471 not 9918", PhiLabel.PHONE),
        ("gate 4471 or 4417", PhiLabel.PHONE),
        ("chart 4471 not 4417", PhiLabel.PHONE),
        ("Will you rate your visit? 1-5", PhiLabel.DATE),
        ("room 4-12", PhiLabel.DATE),
        ("10/10 service", PhiLabel.DATE),
        ("the 3rd floor or 4th", PhiLabel.DATE),
        ("estan abiertos el sabado", PhiLabel.DATE),
        ("cerramos el lunes 1 de enero", PhiLabel.DATE),
        ("see us @ example.com", PhiLabel.EMAIL),
        ("order 90417733 A nurse called", PhiLabel.HEALTH_PLAN_ID),
        ("mail to 19 Canal St, Worcester ok?", PhiLabel.NAME),
        ("Mail your check to P.O. Box 88, Ely MN 55731.", PhiLabel.GEO),
        ("Guest wifi: LakesideGuest, password blueheron22.", PhiLabel.NAME),
        ("you rock", PhiLabel.NAME),
        ("Parking at the Lincoln garage is $5.", PhiLabel.NAME),
    ],
)
def test_what_looks_alike(text: str, label: PhiLabel) -> None:
    """The same forms for everybody and for things."""
    assert found(text, label) == []


def test_a_part_of_a_number_and_its_correction() -> None:
    """Both are found: either can be dialed."""
    assert found("u have 0178 at the end, should be 0187", PhiLabel.PHONE) == ["0178", "0187"]


@pytest.mark.parametrize(
    "text",
    [
        "Walk-in STD testing Mondays 1-4.",
        "Prenatal yoga on Tuesdays.",
        "do i need a referral for dermatology",
        "any openings w a therapist",
        "Knee scooter sells for $64.99, deposit $100.",
        "We don't allow pets in the exam rooms, service animals only.",
        "Do you have back pain? A physical therapist can see you without a doctor's order.",
        "School nurse note: a headache is usually water, sleep or screens.",
        "Retiro del mercado: crema lote 24-118.",
    ],
)
def test_what_is_said_to_everybody(text: str) -> None:
    """Offers, rules and questions of nobody hold nothing."""
    assert find(text) == ()


@pytest.mark.parametrize(
    ("text", "label", "part"),
    [
        ("Hep C antibody: non-reactive.", PhiLabel.TEST_RESULT, "non-reactive"),
        ("Hep C antibody: negative.", PhiLabel.TEST_RESULT, "negative"),
        ("Your ferritin came in at 16.", PhiLabel.TEST_RESULT, "16"),
        ("the last 4 r 4471", PhiLabel.SSN, "4471"),
        ("my last four's 4471", PhiLabel.SSN, "4471"),
        ("4471 for the social", PhiLabel.SSN, "4471"),
        ("delete 614-555-0133 from my chart", PhiLabel.PHONE, "614-555-0133"),
        ("Please confirm 614-555-0133 is correct.", PhiLabel.PHONE, "614-555-0133"),
        ("my dialysis is on tuesdays", PhiLabel.PROCEDURE, "dialysis"),
        ("her therapy on thursdays helps", PhiLabel.PROCEDURE, "therapy"),
        ("all our kids have lice", PhiLabel.CONDITION, "lice"),
    ],
)
def test_what_is_said_of_one(text: str, label: PhiLabel, part: str) -> None:
    """The same words of one person's own."""
    assert found(text, label) == [part]
