"""Dates, ages and places of a patient: found in every dress, and what is everybody's left alone."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from compliant_sms.phi._dates._ages import find_ages
from compliant_sms.phi._dates._recognizer import find_dates
from compliant_sms.phi._known import NOTHING_KNOWN, Known
from compliant_sms.phi._labels import Confidence, PhiFinding, PhiLabel
from compliant_sms.phi._places._recognizer import find_geo
from compliant_sms.phi._reading._view import View
from growth import TRIES, seconds

# The same examples each time, however long they take.
STEADY = settings(derandomize=True, deadline=None)
Recognizer = Callable[[View, Known], Iterable[PhiFinding]]
FINDERS: dict[PhiLabel, Recognizer] = {
    PhiLabel.DATE: find_dates,
    PhiLabel.AGE_OVER_89: find_ages,
    PhiLabel.GEO: find_geo,
}


def marked(text: str, label: PhiLabel) -> str:
    """The text with what was found in double brackets."""
    view = View(text)
    for finding in reversed(list(FINDERS[label](view, NOTHING_KNOWN))):
        assert finding.label is label
        start, end = view.place(finding.start, finding.end)
        text = f"{text[:start]}[[{text[start:end]}]]{text[end:]}"
    return text


def bare(text: str) -> str:
    """The text without the brackets."""
    return text.replace("[[", "").replace("]]", "")


# Texts; what is to be found stands in double brackets.
DATES = [
    "Admitted [[20250304]], thanks",
    "seen [[03041982]] there",
    "I can do [[Feb 3]] or [[5]]",
    "voy del [[3]] al [[10 de marzo]]",
    "see you on the [[14]] then",
    "can you do the [[3rd]] or [[4th]]?",
    "my scan is on the [[fifteenth]]",
    "back on the [[twenty first]], thanks",
    "i fell on [[Labor Day]] and my wrist still hurts",
    "in pain since [[christmas eve]]",
    "See you [[Wed 14]] at 3, Mr. Ames.",
    "Mrs. Ode, pick one: [[Th]] 4:40p or [[Tu]] 8a",
    "mi cita es el [[21]].",
    "he has been limping since [[easter]]",
    "I lost the brace around [[Thanksgiving of 2019]]",
    "dob is [[four eleven fifty two]]",
    "Your stress test is [[14 March]] 10 am.",
    "votre rendez-vous est confirmé, merci de venir [[jeudi 16]] à 9h",
    "Su cita pasa del [[lunes 6]] al [[miércoles 8 de abril]].",
    "可以改到[[8月14日]]吗",
    "[[Biyernes]] po ako pupunta",
    "my appt on [[5-21]] at 2, is that still on?",
    "Lab slip is for [[8-12 Dec]], Mr. Dunmore.",
    "your ride is booked for [[JAN/04/2026]]",
    "i was out from the [[5th]] thru the [[9th]] with the flu",
    "Marisol, we kept the [[23rd of October]] at 3:15 for you.",
    "can i get in [[mon]]+[[tues]] for the dressing",
    "can i come on [[14th]] instead",
    "born [[june fifth nineteen sixty]]",
    "the [[fifth june]]",
    "nos vemos [[vie]] 3pm",
    "my appt is the [[14th]]",
    "Thank you, wound closed [[friday]]",
    "wound closed [[friday]]",
    "coughing since [[sep]]",
    "Swab collected [[1/8]], not detected",
    "Yes confirm [[3/4]] thanks",
    "dob: [[07JUN1951]]",
    "naci el [[siete de junio de 1951]]",
    "we get back on the [[3rd]], can i come the [[4th]]?",
    "Quiero confirmar para el [[lunes 8]]",
    "[[mon/wed/fri]] dialysis",
    "[[M-W-F]] chair time 6am",
    "Call me after the [[1st]] of the month",
    "Can you do [[3/4]] at 2?",
    "Reminder: Dr. Strand [[4/2]] at 3 PM. Now offering Botox, ask us how.",
    "You're overdue for INR. Come by [[Friday]], no appointment needed.",
    "Owen's braces check is [[Thurs]] 3:45. Siblings get a free consult!",
    "Complete your forms before [[Thursday]]: https://forms.example/z9 and see the next specials.",
    "Vaccine clinic reminder: Zoe's 2nd MMR is [[Sat]] 9-11 AM, you are signed up.",
    "Su cita es el [[miércoles 9]] a las 4 PM",
    "Hi Nora, see you [[Tue 6/17]] at 9:40 AM with Dr. Okafor.",
    "Your cleaning is [[Monday, Nov. 3rd]] at 8.",
    "Appt moved to [[Friday]] 3pm, ok?",
    "can we do [[thurs]] or [[fri]] instead",
    "my dob is [[9/23/61]]",
    "date of birth [[23 September 1961]]",
    "DOB-[[09/23/1961]]",
    "born [[sept 23 1961]]",
    "d.o.b [[092361]]",
    "Her birthday's the [[twenty third of may nineteen sixty one]]",
    "[[1961-09-23]]",
    "[[23.09.1961]]",
    "[[9-23-61]]",
    "[[Sep 23, '61]]",
    "its [[9 23 61]]",
    "DOB [[xx/xx/1961]]",
    "We have you on [[09/23/**]] for a visit",
    "Admitted [[02/11/2025]], discharged [[02/14/2025]].",
    "Your colonoscopy is on the [[21st]] at 7.",
    "i have an appt on the [[2nd]], need to cancel",
    "[[Wed the 9th]] works for me",
    "our follow up: [[Wed. April 9th, 2025]]",
    "[[wensday]] your crown is ready, come [[Wensday]]",
    "IV antibiotics [[M/W/F]] through the [[12th]]",
    "Dialysis chair [[T/Th/Sat]] 5:30a",
    "Your physical therapy is [[Mondays 3/2-3/30]] at 4.",
    "Su cita es el [[lunes 5 de mayo]] a las 9",
    "Naci el [[4 de julio de 1970]]",
    "fecha de nacimiento [[04/07/1970]]",
    "le esperamos el [[jueves]] a las 10 con la Dra. Soto",
    "su cita es para el [[14]]",
    "puede venir el [[dia 8]]?",
    "vence el [[15-sep-2025]] su receta",
    "née le [[3 mars 1990]]",
    "I've had this cough since [[January]]",
    "had my gallbladder out in [[march]], still sore",
    "Records from [[June 2021]] to [[May 2023]] please",
    "Last mammogram: [[08/2022]]",
    "Your shot is due [[10/30]].",
    "pick up my rx [[sat]] ok?",
    "i can come [[sun]] at 2",
    "&#49;2/30/1961 is her birthday".replace("&#49;", "[[&#49;").replace("1961 is", "1961]] is"),
    "We're closed Monday, so your appt is now [[Tuesday]] at 9.",
    "labs drawn [[7-JUL-25]]",
    "Balance for date of service [[1/8/25]]: $40",
    "Your [[Thursday]]'s visit with Kim is confirmed.",
    "I broke it [[Aug. 2]] and it still hurts",
    "Ultrasound [[２０２５-０３-０４]] 8:00",
    "Your next dose: [[12-09]] at 7:10 AM",
    "due date is [[feb 28]]",
    "surgery [[Dec 1-3]]",
    "[[Tuesday]]?",
    "the [[first of june]]",
]
NO_DATES = [
    "i waited twenty minutes",
    "it was twenty",
    "code 99999999",
    "on the 5 freeway",
    "father's name on file",
    "labor was 12 hours",
    "Happy Thanksgiving from the whole team!",
    "We are open after Christmas.",
    "Room 5-21 is on the left",
    "Our book club meets March 4 in the library, all welcome.",
    "Flu clinic Saturday 9-1, families welcome, no appointment needed.",
    "The garage closes 4/22 for repairs.",
    "Sign up by the 15th and save 20% off any whitening tray!",
    "Staff picnic moves to Sunday if it rains.",
    "Clases de parto abiertas al público, martes 6 pm.",
    "V-03-04-2025",
    "03/04/1725",
    "take 1/2 at night",
    "my stop is 5th and Maple",
    "the 5th of them",
    "it is the 5th & last",
    "10:3/4",
    "pain today 8/10",
    "anxiety all week: 9/10",
    "she took it, bp 3/4",
    "code 092361",
    "v1.3/4",
    "cita para el 45",
    "pain all day, 8/10",
    "Tuesdays are best for me",
    "la vie est belle",
    "pay day is the 1st, ok",
    "since mars",
    "Free seminar: Is knee replacement right for you? Tues 6 PM, main hall. Reply RSVP.",
    "Botox special: $10 a unit through Friday.",
    "20% off sunscreen until 8/31 at Pine Street Eye Care.",
    "Now offering Saturday appointments!",
    "Nuestra oficina cierra el viernes por inventario.",
    "Walk with us 9/21 to raise funds for cancer care.",
    "Botox bash Thursday! Bubbles and bites.",
    "We are closed Monday for the holiday.",
    "Our office will close at noon on Dec 24 and reopen Jan 2.",
    "Flu shots every Saturday 9-1, walk in.",
    "Health fair June 7, 10-2. Everyone welcome!",
    "Join us Thursday for a free webinar on sleep.",
    "New hours starting March 3: M-F 7-7.",
    "Blood drive 8/14 at the main lobby.",
    "Portal maintenance 3/2 from 1 AM to 4 AM.",
    "are you open sat?",
    "what time do you close on friday",
    "do u take walk ins on sun",
    "take 1/2 tablet twice a day",
    "Take 1/2 tab",
    "pain is 7/10",
    "on a scale of 1-10 it's 8/10",
    "bp was 118/74 and 12/8",
    "Norco 5/325",
    "open 24/7",
    "20/20 vision",
    "Call 312-555-0143",
    "order 2025-0417-88321",
    "Version 4.12.1 is out",
    "v 3.10.21",
    "You may take 2 tablets.",
    "may i come in",
    "i will march 5 miles",
    "I sat 2 hours in the waiting room",
    "too much sun 😅",
    "O2 sat 92%",
    "Happy Friday from all of us!",
    "Monday through Friday 8 to 5",
    "mon-fri only",
    "2nd dose of the vaccine",
    "on the 3rd floor",
    "5th and Maple",
    "the 1st time it hurt",
    "Sunday Adeyemi, your results are in.",
    "our April newsletter",
    "May is Stroke Awareness Month.",
    "$3/14",
    "room 12-14",
    "ages 5-11",
    "see https://example.org/2025/03/04/news",
    "Estamos cerrados el lunes.",
    "Vacunas gratis el sabado de 9 a 1",
    "tome 2 al dia 3 veces",
    "tomorrow at 9",
    "next week",
    "2:30 PM",
    "$35 copay",
    "the lab on 2nd & Pine",
    "MRN 10-20-14",
    "Lot 12-25-2025",
    "99/99/2020",
    "32/13",
    "exp 03/2027",
    "10-2",
    "born in 1984",
]
AGES = [
    "Happy birthday Ruthie! [[93]] and counting",
    "Grandpa Ellis ([[92]]) needs a ride",
    "She was born in [[nineteen twenty eight]].",
    "your age ([[91]]) puts you in the first group",
    "Winifred is [[96]] and unsteady",
    "he turned [[92]] today",
    "he is [[a hundred and nineteen]]",
    "[[a hundred and fifteen]] year old",
    "mother in law, [[91]], confused",
    "my mom ([[93]]) fell",
    "my grandmother is [[94]] and dizzy",
    "Pt is a [[91]]yo M with chest pain",
    "[[92]] y/o female",
    "he turned [[90]] last week",
    "shes [[98]], still sharp",
    "I'm [[93]] years young",
    "age: [[95]]",
    "Age [[101]]",
    "aged [[90]]",
    "happy [[100th]] birthday Mae!".replace("[[100th]]", "[[100]]th"),
    "dad will be [[96]] in June",
    "a [[97]]-year-old woman",
    "mom, [[99]] yrs old, fell",
    "tiene [[92]] años",
    "mi abuela cumplio [[101]]",
    "mi papa tiene [[93]]",
    "she's [[ninety-four]] years old",
    "my dad is [[ninety two]]",
    "her [[ninetieth]] birthday",
    "tiene [[noventa y tres]] años",
    "born in [[1929]]",
    "naci en [[1930]]",
    "birth year: [[1927]]",
    "male, [[91]], SOB",
    "[[94]]F c/o cough",
    "hes [[92 1/2]] lol",
    "she is almost [[90]]",
    "who is [[95]] and lives alone",
    "my wife is [[90]].",
    "f/[[92]]",
    "resident is [[102]]",
    "uncle is pushing [[95]]",
    "patient is now [[91]]",
    "[[93]] years of age",
    "[[９４]] years old",
    "edad [[96]]",
    "grandpa just turned [[90]]!",
    "my aunt's [[91]]",
    "[[99]] yo",
    "they are [[94]] and [[95]] years old",
]
NO_AGES = [
    "Great news! 93 people signed up",
    "Our hospital turns 95! Join the party, free cake for families.",
    "she is 89",
    "im 45 and tired",
    "For patients 90 and older",
    "if you are 90 or older",
    "95 years or older",
    "my sugar is 97",
    "temp is 98.6",
    "O2 is 93%",
    "he is 92% better",
    "bp 92 over 60",
    "he is 92/60",
    "she is 95 lbs",
    "i am 90 days sober",
    "90 day supply",
    "hr is 99",
    "my dad is 92 miles away",
    "room 94",
    "suite 101",
    "call 911",
    "code 9415",
    "born in 1950",
    "born 1936",
    "98 degrees",
    "take 100 mg",
    "i'm 100 percent sure",
    "a hundred times",
    "95 percent",
    "$95",
    "#97",
    "1994",
    "i've waited 90 minutes",
    "she's 110 lb",
    "weight 101",
    "he was 91 bpm",
    "exit 93",
    "the 90s",
    "level 99",
    "they are 90 minutes late",
    "route 95 is closed",
    "ninety days",
    "we are 95 blocks away",
]
PLACES = [
    "i live off [[CR 12]] past the church",
    "I'm staying at [[1417 Sycamore]] til monday",
    "im in [[60614]], is that ok",
    "my mom is in [[Pine Hollow, WV]]",
    "im parked at [[Main St & Oak Ave]]",
    "van will be outside [[Fairview Towers]] at 9",
    "vivo en el [[barrio San Isidro]]",
    "Mi direccion: [[Carr. 115 km 3.2, Rincon PR 00677]]",
    "she's a resident of [[Elmhurst House]]",
    "mail it to [[12 Oak St, Dayton]], thanks a lot",
    "Hope you are settling in at [[Larkmoor]], Mrs. Pell.",
    "she is staying at [[Sunset Motel 9, rm 12]] since the fire",
    "my mom lives at [[Amber Ridge Assisted Living, room 4]]",
    "vivimos en [[Urb. Las Palmas, calle 3 B-12, Ponce 00728]]",
    "mail my records to [[PSC 88 Box 4, APO AE 09012]] please",
    "my box: [[HC-04 Buzón 551, Utuado 00641]]",
    "i live at [[St. Brigid Shelter, 40 Canal St, Worcester]]",
    "Your meter was sent to [[414 Magnolia, Salinas]] today.",
    "we got a flat driving from [[Thibodaux]], running late",
    "her new place is at [[350 E 62 St]]",
    "my zip changed, it is [[Ponderosa, NM 87044]]",
    "my ride broke down at [[Route 9 and Quarry Rd]]",
    "nurse waited 20 min at [[88 Tupelo Way]] for you",
    "[[12 Oak St Bldg 2 Fl 3 Apt 4, Dayton OH 45402]]",
    "im at [[12 Oak St]] and then we go home",
    "im at [[12 Oak St]] reading a book",
    "i'm at [[1200 N St NW]]",
    "im in [[Fargo ND]]",
    "can you mail it to [[casper wy]]",
    "new addr [[12 elm]]",
    "mi direccion es [[1203 W Main, apt 2]]",
    "my PO [[box]] is".replace("PO [[box]] is", "[[PO box is 881]]"),
    "i moved to [[phoenix]] so pls send records",
    "we r in [[laramie]] now",
    "mailing address [[4410 Gravois Ave St Louis MO 63116]]",
    "from [[Missoula]], is telehealth ok?",
    "addr [[#8 Cactus Acres, Hwy 9 N, Tulsa]]",
    "we are near [[Boise, Idaho]]",
    "i live on [[elm street]]",
    "my house is on [[Quarry Rd]], blue door",
    "address is [[4029 N Damen Ave #2R chicago]]",
    "I live on [[63rd and Cottage Grove]]",
    "we live in [[Elko county]]",
    "I'm at [[Sunset Shelter]] on [[Main St]]",
    "Driver will meet you at [[5th and Pine]]",
    "Please confirm your address: [[611 Walnut St, Ames, IA 50010]]",
    "my address: [[1417 Sycamore]]",
    "i live at [[414 Juniper St]]",
    "[[414 N. Juniper Street, Apt 3B, Dayton, OH 45402]]",
    "ship it to [[77 Elm Ave, Lowell MA 01852]] pls",
    "[[1620 w 14th st apt 2]]",
    "my new address is [[8 Foxglove Ct, Unit 2]]",
    "Nurse will arrive at [[3305 Camino Real, Apt 9]] at 2.",
    "mail it to [[P.O. Box 91, Nogales AZ 85621]]",
    "[[po box 7]]",
    "[[PO Box 7, Bangor, ME]]",
    "[[RR 3 Box 41, Hwy 9]]",
    "[[General Delivery, Ely NV 89301]]",
    "[[Apartado 44, Ponce PR 00731]]",
    "vivo en [[Calle Sol 152, San Juan PR 00901]]",
    "[[45 Avenida de la Paz, Caguas PR 00725]] es mi casa",
    "zip is [[60614]]",
    "zip code: [[60614-2210]]",
    "codigo postal [[00907]]",
    "we moved to [[Duluth]] in may",
    "my mom lives in [[fresno]]",
    "staying with family in [[San Antonio]] til sunday",
    "Ride from [[Kayenta]] is booked for you.",
    "the cvs in [[Bend]] please",
    "i just moved from [[Boise]] to [[Grand Junction 81501]]",
    "[[Fresno, CA 93701]]",
    "im in [[Spokane, WA]] now",
    "at the corner of [[7th and Oak]]",
    "im at [[5th & maple]], where r u",
    "corner of [[Main St and 2nd Ave]], cant find it",
    "esquina de [[Luna y Sol]]",
    "she lives in [[Cook County]]",
    "im in [[wayne county]]",
    "vive en el condado de [[Orange]]".replace("condado de [[", "condado de [["),
    "I am staying at [[Sunrise Manor]] now",
    "she lives at [[Oak Hill Apartments]]",
    "[[Unit 9, 4400 Harbor Dr]]",
    "[[12B Baker Street]]",
    "deliver to [[500 Industrial Blvd, Dock 2, Gary IN 46402]]",
    "[[12345 County Road 12]]",
    "[[18 Queen's Terrace]]",
    "im at [[22 rose ln]]",
    "pickup at 9 from [[31 Windmill Way]], escort ok",
    "vivo en [[Guadalajara]] ahora",
    "[[350 E 62 St 4C NYC]]",
    "commuting from [[St. Paul]] is hard",
    "home is [[220 Lakeview Dr]], call first",
]
NO_PLACES = [
    "staying at 12 Monday nights",
    "Dr. Ann Smith, PA will see you",
    "Jen Wu, MD and Ty Lee, DO",
    "we live off 3b park drive thru",
    "el condado es grande",
    "some County called me",
    "she stays at Amber Manor Pharmacy",
    "code Fresno 85301x",
    "she is back at ICU",
    "come see us in the Village Hall",
    "we live on the main road",
    "i live on monday street food",
    "moved to 4 north drive thru",
    "the county is in a flood",
    "it is in the parish",
    "Meet us at Lincoln Park Center Pharmacy",
    "Visit us at 12 Oak St.",
    "Villa is closed",
    "Box of 4, Denver sandwiches",
    "Call at 4, Dallas will answer",
    "stay on Biktarvy until then",
    "part no. 12-85301",
    "living at 4 and then 5",
    "Stay at Home Depot Pharmacy",
    "a las 3 en la calle Sol",
    "the address 2 weeks ago",
    "esta en la calle Sol",
    "We are located in Dayton, OH 45402.",
    "in Moab Family Clinic",
    "he is in wayne county jail",
    "for cook county court at 9",
    "We were voted best dentist in Mesa!",
    "It is ready at Harbor Pharmacy, 22 Dock St.",
    "We are moving! From 6/1 visits will be at 410 Larkspur Ct.",
    "We're moving 6/1 to 410 Larkspur Ct.",
    "We're located at 1200 W Fullerton Ave, Suite 300.",
    "Our office is at 12 Oak St.",
    "Visit us at 12 Oak St, Dayton OH 45402.",
    "The clinic at 44 Main St will close early.",
    "Address: 410 Alder Ave, Ste 2. Parking in rear.",
    "Pick up at 901 Cedar St by 9 PM.",
    "Mail a check to PO Box 4410, Denver, CO 80202.",
    "see you at 10, Dr. Patel",
    "at 3 with Dr. Patel",
    "2 patients saw Dr. Smith",
    "see you at 4 Dr. Ruiz",
    "take 2 by mouth",
    "its a 10 minute drive",
    "CT scan at 2",
    "3 view chest CT",
    "do you have an office in Aurora?",
    "our new location in Salem opens soon",
    "we will be in arizona nov thru april",
    "she lives in Texas",
    "i live in fear",
    "in May",
    "in English",
    "Spanish or English",
    "i'm in pain",
    "im in the lobby",
    "come to the front desk",
    "Member ID 12345",
    "order 99812",
    "code 60614",
    "PIN 44712",
    "Jane Boston, MD",
    "Dr. Paul Houston, MD",
    "Call King County Health",
    "the county called me",
    "5 ml at bedtime",
    "walk 2 miles a day",
    "he went home",
    "Room 214, 2nd floor",
    "suite 300 or 310?",
    "box 4 is for the signature",
    "the lab on 2nd & Pine is cash only",
    "Health fair at Chase Park, Sat 10-2",
    "at all 3 sites: Halsted, Lakeview and Pilsen",
    "moved to Room 6",
    "Monday to Friday",
    "from 9 to 5",
    "send it to Walgreens",
    "from my phone",
    "en espanol por favor",
    "we moved your appt to 9",
    "10 Sept w/ Ilse Brandt RD.",
    "in Surgery",
    "in Reading Room 3",
]


@pytest.mark.parametrize("text", DATES)
def test_dates(text: str) -> None:
    """Every form of a day of one person is found, as far as it goes."""
    assert marked(bare(text), PhiLabel.DATE) == text


@pytest.mark.parametrize("text", NO_DATES)
def test_no_dates(text: str) -> None:
    """What is no day, or a day for everybody, is left alone."""
    assert marked(text, PhiLabel.DATE) == text


@pytest.mark.parametrize("text", AGES)
def test_ages(text: str) -> None:
    """Ages of 90 and more are found in figures and in words, the number only."""
    assert marked(bare(text), PhiLabel.AGE_OVER_89) == text


@pytest.mark.parametrize("text", NO_AGES)
def test_no_ages(text: str) -> None:
    """Other figures, younger people and groups are left alone."""
    assert marked(text, PhiLabel.AGE_OVER_89) == text


@pytest.mark.parametrize("text", PLACES)
def test_places(text: str) -> None:
    """Where somebody lives, stays or is is found in one piece."""
    assert marked(bare(text), PhiLabel.GEO) == text


@pytest.mark.parametrize("text", NO_PLACES)
def test_no_places(text: str) -> None:
    """Places of the practice, of firms and of nobody are left alone."""
    assert marked(text, PhiLabel.GEO) == text


HOSTILE = tuple(
    piece * (100_000 // len(piece))
    for piece in (
        *("1", "a", "1/", "1-", "1.", "((", "1 ", "Monday, ", "of May ", "closed 3/4 ", "x/", "*/"),
        *("in Fresno, ", "Fresno 85301 ", "12 Oak St ", "5th and ", "at Oak Manor ", "Urb. Oak "),
        *(
            "she is 93 ",
            "ninety ",
            "dob one ",
            "box 4 ",
            "calle ",
            "hwy 4 ",
            "1\u6708",
            "Dear Ann, ",
        ),
    )
)
# What findings are made of, and what stands between.
PIECES = (
    *"0127/-.,:#'x* ",
    *("MWF", "st", "dob", "zip", "may", "mon", "sat", "12", "Oak", "St", "in", "Bend", "NY"),
    *("box", "calle", "county", "she", "is", "93", "naci", "el", "dia", "5th", "corner", "of", "&"),
    *(
        "Manor",
        "settled",
        "at",
        "Oak",
        "Urb.",
        "Motel",
        "address",
        "avenida",
        "easter",
        "born",
        "one",
    ),
    *("Fresno", "TX", "85301", "lives", "on", "siete", "de", "june", "1/2", "lunes", "from", "po"),
)


@pytest.mark.many_rounds
@pytest.mark.parametrize("find", FINDERS.values())
@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_time_is_linear_on_hostile_texts(find: Recognizer, text: str) -> None:
    """Ten times as much of anything takes about ten times as long."""

    def took(length: int) -> float:
        view = View(text[:length])
        return seconds(lambda: list(find(view, NOTHING_KNOWN)))

    list(find(View(text[:1_000]), NOTHING_KNOWN))
    for length in (10_000, 100_000):  # what grows too fast fails at the first, and in moments
        bound = 40 * min(took(length // 10) for _ in range(3)) + 0.05
        assert any(took(length) < bound for _ in range(TRIES))


def check_order(text: str) -> None:
    """Findings of each recognizer lie in the text, are in order and do not overlap."""
    view = View(text)
    for label, find in FINDERS.items():
        found = list(find(view, NOTHING_KNOWN))
        assert all(0 <= one.start < one.end <= len(view.plain) for one in found)
        assert all(one.end <= other.start for one, other in pairwise(found))
        assert all(finding.label is label for finding in found)


@STEADY
@given(st.lists(st.sampled_from([*PIECES, " ", " ", "/", "-", "7", "\U0001f600"])))
def test_findings_lie_in_the_text_and_in_order(pieces: list[str]) -> None:
    """Offsets lie inside the text, and no two findings overlap, in any order of cues."""
    check_order("".join(pieces))


@STEADY
@given(st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=3)), max_size=12))
def test_any_text_can_be_read(pieces: list[str]) -> None:
    """Cues among any characters of Unicode break nothing."""
    check_order(" ".join(pieces))


def test_a_whole_date_is_certain_and_a_month_alone_a_hint() -> None:
    """How sure a finding is follows from its form."""

    def confidences(text: str) -> list[Confidence]:
        return [finding.confidence for finding in find_dates(View(text), NOTHING_KNOWN)]

    assert confidences("seen 03/04/2025") == [Confidence.CERTAIN]
    assert confidences("dob 3/4/82") == [Confidence.CERTAIN]
    assert confidences("see you Tuesday") == [Confidence.LIKELY]
    assert confidences("coughing since August") == [Confidence.HINT]
