"""Staff told from patients and those around them; names that a word, a place or a thing is too."""

from __future__ import annotations

import re

import pytest

from compliant_sms.people import PatientFacts
from compliant_sms.phi import PhiLabel
from compliant_sms.phi._facts._known_facts import find_known_facts
from compliant_sms.phi._known import NOTHING_KNOWN, Known
from compliant_sms.phi._names._recognizer import find_names
from compliant_sms.phi._reading._view import View

# [N:...] is a name of a patient or somebody around one, [P:...] of staff.
TOLD = (
    # Who writes for a practice.
    "Hi [N:Delia], this is [P:Marcus] with Harborview Dental. Your crown is in!",
    "Hi [N:Delia], it's [P:Delia]. You're confirmed, and your ride too",
    "[N:Rosa], [P:Tim] from Dr. [P:Osgood]'s office. Please call us re: your labs.",
    "Hi [N:Owen], [P:Kelly] here. Your form is ready.",
    "[P:Nora], RN: your INR is 2.4. Stay on the same dose.",
    "Your labs are fine. - [P:Nora]",
    "Mr. [N:Ruiz], the visit is only to read the smear. Call me, and bring your card. [P:Noreen]",
    "Thank you for choosing us! [P:Beatriz], billing dept",
    "Your scan is stable. [P:Lark], neuro nurse",
    "Hi this is [P:Tamsin], care mgr. Your plan says to call.",
    "[P:Verna], triage",
    "Your claim is paid. [P:Gwen], ext 12",
    "Le habla [P:Brenda] de recepción, su cita se movió.",
    "Don [N:Beto], le recuerda [P:Tania]: terapia el lunes",
    "Mamá de [N:Yahir]: si sigue así tráigalo hoy. - [P:Carla]",
    "[N:Lupita], ya mandé su receta. Enf. [P:Ruth]",
    "Lucy's Diner called. [N:Rob] here: Dr. [P:Q] left",
    "Harbor Fertility: [P:Dana] here.",
    "See you Thurs. - [P:Maria]",
    "ok see you Thurs - [N:Anneliese Vogt]",
    "thanks - [N:Maria Gomez]",
    "Granite Home Health: [N:Penny]'s PT visit is Weds.",
    # What staff does.
    "[P:Nora] will call you with results tomorrow.",
    "[P:Kip] will be by Tues to check that heel.",
    "[P:Jorge] has an opening at 3 tomorrow. Want it?",
    "[P:Jorge] has your form.",
    "We're sorry, [P:Kate] is out today.",
    "Your driver is here. [P:Abdul] is 5 min away.",
    "[P:Marisol] le llama mañana, su cita sigue.",
    "[P:Kate Byrne], FNP-C can see you at 4.",
    "Please welcome our new PA, [P:Kate Lowell]!",
    "Your nurse there is [P:Fay].",
    "Your tech will be [P:Dashiell].",
    "Is the receptionist named [P:Blair] still mad",
    "Your visit is with [P:Sam Adeyemi] PhD",
    "[P:Nora] recommends your next shot in May.",
    "[P:Ines] from the lab has your sample.",
    "Please see [P:Rory] before your dose.",
    "Your ride: [P:Abdul] on call",
    # What patients say of staff.
    "tell [P:Shonda] i made it",
    "im scared to tell [P:Yolanda]",
    "pls tell [P:Monica] thanks for me",
    "who is covering for [P:Shanice] while i wait",
    "I want to see [P:Gwen] instead of [P:Todd]",
    "thanks to [P:Gwen] my back is better",
    "gracias a [P:Maribel] ya estoy bien",
    "can [P:Janet] refill my meds",
    "can [P:Janet] call me back about my bill",
    "is [P:Janet] working, i need her",
    "the lady at the front desk, [P:Fern], was so sweet to me",
    "[P:Rhonda] in billing said i owe 40",
    "r u sure dr [P:m] knows",
    "can i get in w [P:Sasha] tmrw",
    # Not staff.
    "dont tell my husband [N:Greg]",
    "pls dont tell [N:Greg] i came",
    "can [N:Janet] come with me to my appt",
    "is [N:Janet] on my chart",
    "[N:Oksana], interpreter [P:Halyna] will be on the line.",
    "Daughter [N:Odile] will meet you at the door.",
    "Sister [N:Odile] will call you.",
    "[N:Nadine], PT visit is moved to the pool.",
    "[N:Odile], OT starts soon, wear loose clothes.",
    "attn [N:Gwen] in HR for my papers",
    "Your brace is in. [N:Odile] has Monday. Open the side door.",
    # A role, a department or hours to give.
    "is [P:Odile] the nurse there",
    "is [P:Lupita] la higienista there",
    "Please write to our Privacy Officer, [P:Nadine Cole].",
    "Sign the new form or lose your badge. - [P:Nadine Cole], compliance",
    "Your brace is in. [P:Odile] has Monday or Tuesday open.",
    "Para su cuenta pregunte por [P:Marisol].",
    "[N:Fatou], an interpreter will call you.",
    "Beste Mr. [N:van der Meulen], the interpreter is booked.",
    "[N:Ana], lab results are in.",
    "See you then, Ms. [N:Abernathy].",
    "we have the consent. see [N:Tucker] Thursday",
    "[N:Mia] is out of refills, please call us.",
    "Your order: [N:Walt] can come too!",
    "[N:Leo] will need your signature.",
    "[N:Nina], is your office open",
    "Tell us [N:Ana]'s weight",
    # Forms of names.
    "[N:Jasmine R.], your scan is Tuesday.",
    "Mrs. [N:D.], your results are back",
    "Mr [N:T], stay on it.",
    "Dr. [P:T.J. Ruiz] is in",
    "[N:Min-jun Kim] needs the form",
    "[N:Soo-ah Lim] may eat",
    "[N:shanice w] again abt my bill",
    "[N:jaxxon] w two x's",
    "[N:priyanka v], member since May",
    "[N:De La Fontaine Okoro] is ready",
    "[N:Big Ron] cant come",
    "[N:Iker] y [N:Renata] necesitan vacuna",
    "its [N:marlene duda]'s son",
    "[N:anaya]s temp is 102",
    "heres [N:Tuan]s gums",
    "[N:Okoro]'s chart",
    "the [N:Abernethy-Voss] bunch",
    "[N:Nguyen] family, 4 of us",
    "its the [N:Pettigrew] boy's mama",
    "[N:Zev] lost his inhaler",
    "Ticket for you, [N:Zev]: window 4",
    "its under [N:S-h-a-w-n-a]",
    "but i go by [N:ZV]",
    "did [N:Cash]'s shots count",
    "[N:Hope] says she is fine",
    "this [N:shanice w] again",
    "[N:abdul-rahman] is coming",
    "ask dr [P:lee], mr a said so",
    "Dr. A's office wrote [N:Maria]",
    "Pt [N:Maria], done",
    "Is [N:Maria]. RN needed",
    "im [N:wanda pruitt] de",
    "its [N:shanice w]",
    "its [N:early] again",
    "Pt [N:Keyonna], done",
    "my son [N:zorbit] needs a form",
    "its [N:shanice w] ",
    "my mother in law [N:Rosemary] needs a ride",
    "patient [N:GARCIA, MARIA]",
    "Check [N:Maria] in",
    "please come in [N:Carmel] at 3",
    "hi [N:Tom]-",
    "[N:Ana Ruiz Jr], come in",
    "[N:山田]様 next visit 2/19 with the team",
)
LEFT = (
    "We take Humana and Anthem.",
    "Sandy feet welcome! Beach-day first aid booth.",
    "Hi! Just saw your note.",
    "JOB ALERT: techs wanted.",
    "Bring your own jack-o-lantern.",
    "Next to Rosie's Diner.",
    "Now booking in Destin! Tours daily.",
    "thats 2 hrs from Ely",
    "what r ur hrs on christmas eve",
    "su examen de próstata marcó 7.9",
    "my lil cousin is hangry",
    "Call by May 1.",
    "With Love, Your Care Team",
    "Nurse Line: 24/7",
    "Patient Portal is down",
    "Lou Gehrig's disease",
    "can dr call me",
    "Oral Surgery and Kestrel Point",
    "ty, all good",
    "Victory! We won.",
    "the np-",
    "at 4p. bye",
    "Dr. X-ray dept",
    "the Jo-way of it",
    "mr t said so",
    "a re-eva of it",
    "my son may start now",
    "a-b-c",
    "X-ray at 3",
    "the (木) group meets on Thursday",
    "nurse is ",
    "tell ",
)
_MARK = re.compile(r"\[([NP]):([^\]]+)\]")
_LABELS = {"N": PhiLabel.NAME, "P": PhiLabel.PROVIDER_NAME}


def _shown(text: str) -> set[tuple[PhiLabel, str]]:
    view = View(text)
    found = find_names(view, NOTHING_KNOWN)
    return {(one.label, text[slice(*view.place(one.start, one.end))]) for one in found}


@pytest.mark.parametrize("marked", TOLD)
def test_staff_is_told_from_patients(marked: str) -> None:
    """Who speaks, what staff does and where it sits decide; a name is found in all its forms."""
    wanted = {(_LABELS[kind], name) for kind, name in _MARK.findall(marked)}
    assert _shown(_MARK.sub(r"\2", marked)) == wanted


@pytest.mark.parametrize("text", LEFT)
def test_things_and_places_are_left_alone(text: str) -> None:
    """Towns, firms, diseases, headlines and verbs that look like names are none."""
    assert _shown(text) == set()


FACTS = Known(
    patient=PatientFacts(
        names=("TEAGUE, ALONZO J", "Dawn Pinyon", "Crispin Wray"),
        clinicians=("Deb Osei, CPNP", "Dr. Hollis Quan OD", "Anh Do"),
    )
)
KNOWN = (
    ("TEAGUE, ALONZO J: YOUR TEST", "TEAGUE, ALONZO J"),
    ("from Lonnie Teague", "Lonnie Teague"),
    ("a. teague here", "a. teague"),
    ("Mama. Lucretia Teague", "Lucretia Teague"),
    ("found it in crispins bag", "crispin"),
    ("with Deb Osei, CPNP", "Deb Osei"),
    ("w/ Dr. Quan OD", "Quan"),
    ("is Anh Do in", "Anh Do"),
    ("Dawn, your labs", "Dawn"),
    ("hello dawn", "dawn"),
    ("this crispin again", "crispin"),
    ("Teague113070", "Teague"),
)
NOT_KNOWN = (
    "apply at jobs.pinyon.example.com",
    "from dawn to dusk",
    "the wray is on",
    "3 dawn 4",
    "Dawn Street Clinic",
)


@pytest.mark.parametrize(("text", "shown"), KNOWN)
def test_known_names_are_found_whole(text: str, shown: str) -> None:
    """The order of the record, its credentials and another first name do not cut a name."""
    found = find_known_facts(View(text), FACTS)
    assert shown in {text[one.start : one.end] for one in found}


@pytest.mark.parametrize("text", NOT_KNOWN)
def test_known_names_that_are_things_are_left_alone(text: str) -> None:
    """A part of a link, a count, a place and what "the" makes a thing are no known name."""
    assert list(find_known_facts(View(text), FACTS)) == []


@pytest.mark.parametrize("unit", ["its Ana. ", "w Ana ", "tell Ana ", "A-", "de La ", "Ana y "])
def test_repeated_names_are_read_to_the_end(unit: str) -> None:
    """A name over and over, up to a blank at the end, is found each time and once a place."""
    found = list(find_names(View(unit * 500), NOTHING_KNOWN))
    assert len({one.start for one in found}) == len(found)
