"""Which way a text goes, if somebody says it: what that settles, and what it leaves alone."""

from __future__ import annotations

import re

import pytest

from compliant_sms.errors import InvalidInput
from compliant_sms.keyring import Keyring
from compliant_sms.phi import (
    NOTHING_KNOWN,
    Direction,
    PhiFinding,
    PhiLabel,
    Redactor,
    find,
    redact,
    redact_reversibly,
)

INBOUND, OUTBOUND = Direction.INBOUND, Direction.OUTBOUND

# What is found, by its first letter: Name, Provider, Telephone, Fax, Geo, Date; Health is any.
_LETTERS = {
    PhiLabel.NAME: "N",
    PhiLabel.PROVIDER_NAME: "P",
    PhiLabel.PHONE: "T",
    PhiLabel.FAX: "F",
    PhiLabel.GEO: "G",
    PhiLabel.DATE: "D",
    PhiLabel.MRN: "M",
}
_MARKED = re.compile(r"\[[A-Z]:(.*?)\]")

# What the direction changes; without it each of these reads otherwise.
CHANGES = [
    # A name alone at the end is the writer's.
    (INBOUND, "Thank you! [N:Maria]"),
    (INBOUND, "Got your reminder, will be there. - [N:Maria Gomez]"),
    (INBOUND, "No thank you. [N:Pearl]"),
    (INBOUND, "All of them. Thank you, [N:Norman]"),
    (INBOUND, "Cancel, [N:Hope]"),
    # So is one alone at the beginning, or before a number.
    (INBOUND, "[N:Patience]. i am out of patience, 3rd text about my records"),
    (INBOUND, "[N:Rose]"),
    (INBOUND, "[N:Papadakis]."),
    (INBOUND, "[N:Grace]\nneed a refill"),
    (INBOUND, "[N:Szabo V.], need a note for work"),
    (INBOUND, "[N:Kateryna] writing back. call me"),
    (INBOUND, "[N:AJ] again. running late"),
    (INBOUND, "[N:Joy] [T:503-555-0134]"),
    (INBOUND, "[N:Grace] MRN [M:445512]"),
    # Staff that a practice names, and patients who speak of a Mr. as patients do.
    (OUTBOUND, "Se busca recepcionista. Informes en recepción con [P:Soledad]."),
    (OUTBOUND, "Forms are at the desk. Ask for [P:Kim]."),
    (OUTBOUND, "Dear [N:Walt], this is [P:Noreen], I hope we find my notes on you"),
    (INBOUND, "Mr [N:Papadakis] says thank you for yesterday"),
    # A telephone number.
    (INBOUND, "[N:Emmett Pugh], phone [T:270 555 0150], rsvp yes"),
    (INBOUND, "[N:Tanner Wolfe]\n[D:08/30/1999]\n[T:719-555-0103]\n[H:poison ivy]"),
    (INBOUND, "Lab results ready? [T:503-555-0134]"),
    (OUTBOUND, "Call 503-555-0134"),
    (INBOUND, "been on hold 25 min! call 312-555-0100 goes nowhere"),
    # An address, a town.
    (INBOUND, "Summer is gone, we moved to [G:Duluth]"),
    (INBOUND, "I don't have a [H:dentist] in [G:Houston], I live in [G:Boston]"),
    (OUTBOUND, "Fitting at 11:15 AM, 88 Canal Rd."),
    (OUTBOUND, "Thank you [N:Ransom]! Your lenses are ready. Open Tue-Sat 10-6 at 14 Pier Rd."),
    (OUTBOUND, "[N:Emre]: dose 2 is due after [D:3/19]. Walk in at Eastgate, 2200 Eastgate Blvd."),
    # Nobody who writes to a practice invites everybody, whatever the first letter.
    (INBOUND, "Is the letter ready? [N:C. Bui]. Immigration wants it by [D:Dec 15]"),
    (INBOUND, "I have a new policy starting [D:Jan 1], do you take it"),
    (INBOUND, "[N:Dolores] [D:11-08-48]. new card"),
    # Who asks of "I" asks for oneself.
    (INBOUND, "how do i schedule a [H:colonoscopy]"),
    (INBOUND, "where do I drop off a [H:stool sample]"),
    (INBOUND, "what does this text mean, I never had an [H:xray]"),
]

# What the direction must not change, or not so.
STAYS = [
    # Words at both ends that are no names; staff that a patient thanks or asks for.
    (INBOUND, "Thanks. See you then"),
    (INBOUND, "[D:Monday]."),
    (INBOUND, "Sotp texting me"),
    (INBOUND, "Stop."),
    (INBOUND, "Perfect"),
    (INBOUND, "Hope 503 555 is right"),
    (INBOUND, "Bill account is wrong"),
    (INBOUND, "which one of your docs is at St. Luke's"),
    (INBOUND, "Is [P:Dana] in today?"),
    (INBOUND, "tell [P:Bev] thanks"),
    (INBOUND, "Hello Dr [P:Lee], it is [N:Maria]"),
    # A patient's name that a practice writes at the end or behind "under".
    (OUTBOUND, "Thanks [N:Maria]!"),
    (OUTBOUND, "See you [D:Tuesday], [N:Maria]."),
    (OUTBOUND, "Chart is under [N:Gomez]"),
    (OUTBOUND, "[H:Eliquis] samples are at the front desk under [N:Lindgren]."),
    (OUTBOUND, "Hi, is this [N:Maria]?"),
    (OUTBOUND, "His name is [N:Leo Ruiz] per the chart."),
    (OUTBOUND, "The chart says it is [N:Leo]."),
    (OUTBOUND, "Ask for [N:Leo Ruiz]'s records at the desk"),
    # A number of the practice that a patient asks or complains of; a patient's in a practice's.
    (INBOUND, "Your website says 503-555-0134"),
    (INBOUND, "Number on the bill 503-555-0134 does not work"),
    (INBOUND, "I got a call from 503-555-0134, is that you"),
    (INBOUND, "800-555-0177 is what my plan told me to call"),
    (OUTBOUND, "We tried you at [T:503-555-0134]."),
    (OUTBOUND, "Is [T:503-555-0134] still your number?"),
    # A number in a row of who somebody is, however long the text; of a patient in a curt text.
    (OUTBOUND, "[N:Ana Ruiz] [D:4/12/88] [T:503-555-0134] [H:flu shot]"),
    (OUTBOUND, "[N:Ana Ruiz] 4/12/88 ph [T:503-555-0134] prefers mornings, please offer 9 am"),
    (OUTBOUND, "Please note: MRN [M:445512], [T:503-555-0134] for your call list of the morning"),
    (OUTBOUND, "[N:Ana Ruiz] [T:503-555-0134]"),
    (OUTBOUND, "DOB [D:4/12/1988], [T:503-555-0134]"),
    (OUTBOUND, "MRN [M:445512] [T:503-555-0134]"),
    (OUTBOUND, "Name: [N:Ana Ruiz], DOB: [D:4/12/88], Phone: [T:503-555-0134]"),
    (OUTBOUND, "patient phone [T:503-555-0134]"),
    (OUTBOUND, "call [P:Ana] at [T:503-555-0134]"),
    (OUTBOUND, "[T:503-555-0134]"),
    (INBOUND, "[T:503-555-0134]"),
    (OUTBOUND, "your new no. [T:503-555-0134]"),
    (OUTBOUND, "[T:503-555-0134] keeps ringing"),
    # What a practice writes of a patient as of staff: at the end, as a visitor, as a caller.
    (OUTBOUND, "[H:HIV test] [H:negative] - [N:Leo]"),
    (OUTBOUND, "Lab results are back. [N:Maria Gomez]"),
    (OUTBOUND, "See you soon! [N:Maria]"),
    (OUTBOUND, "We are with [N:Leo] now"),
    (OUTBOUND, "[N:Ana Ruiz] called about a refill"),
    (OUTBOUND, "[N:Leo] in the lab for his draw"),
    (OUTBOUND, "This is [N:Leo]'s appointment"),
    (OUTBOUND, "This is [N:Leo] DOB [D:4/12/88]"),
    (OUTBOUND, "At the hospital ask for [N:Leo Ruiz], room 12"),
    # A small letter at the start: what a practice so writes is as much of one as a patient's.
    (OUTBOUND, "[H:surgery] [D:3/19] Please let us know if your plans change."),
    (OUTBOUND, "address: [G:12 elm st]"),
    # A patient's address: on file, brought to, of a flat, behind a name, where a nurse comes.
    (OUTBOUND, "[N:Ana]'s address: we have [G:88 Canal Rd] on file. Correct?"),
    (OUTBOUND, "It ships [D:Friday], someone must sign at [G:88 Canal Rd]."),
    (OUTBOUND, "[N:Maria Gomez], [G:88 Canal Rd, Dayton OH 45402]"),
    (OUTBOUND, "He'll be at [G:68 Tannery Row] by 6:15 for you."),
    (OUTBOUND, "Refill sent, [G:88 Canal Rd, Apt 4]."),
    (OUTBOUND, "Setup at [G:12 Elm St] 9am"),
    (OUTBOUND, "Refund check: [G:12 Elm St]"),
    (OUTBOUND, "Do you still live at [G:88 Canal Rd]?"),
    # What is asked for anybody.
    (INBOUND, "do you give rabies shots there"),
    (INBOUND, "how much is an eye exam w/o insurance"),
    (INBOUND, "will you be open on the 4th"),
    (INBOUND, "do u do walk ins on sat"),
    (INBOUND, "Is Saturday open"),
    # A practice speaks to everybody, and to one.
    (OUTBOUND, "Free flu shots on Saturday, walk in 9-12!"),
    (OUTBOUND, "[N:Ana], your [H:flu shot] is on [D:Saturday]"),
    # What a phone tells of a reaction is the practice's.
    (INBOUND, "Liked \u201cReply C to confirm or call 312-555-0142.\u201d"),
    (INBOUND, "Loved \u201cPine Ridge Clinic: walk-in flu clinic Friday 9-12.\u201d"),
    (INBOUND, "Reacted \U0001f44d to \u201cCall 312-555-0142\u201d"),
    (INBOUND, "Loved it. call [T:312-555-0142]"),
]


def _shown(text: str, found: tuple[PhiFinding, ...]) -> str:
    parts, at = [], 0
    for each in found:
        letter = _LETTERS.get(each.label, "H")
        parts += [text[at : each.start], f"[{letter}:{text[each.start : each.end]}]"]
        at = each.end
    return "".join([*parts, text[at:]])


@pytest.mark.parametrize(("direction", "marked"), CHANGES)
def test_the_direction_settles_whose_it_is(direction: Direction, marked: str) -> None:
    """A name, a number, a place, a day and a question are whose they can only be."""
    text = _MARKED.sub(r"\1", marked)

    assert _shown(text, find(text, direction=direction)) == marked
    assert _shown(text, find(text)) != marked


@pytest.mark.parametrize(("direction", "marked"), STAYS)
def test_the_direction_settles_no_more(direction: Direction, marked: str) -> None:
    """What looks alike and is something else is read as what it is."""
    text = _MARKED.sub(r"\1", marked)

    assert _shown(text, find(text, direction=direction)) == marked


def test_its_value_says_it_too() -> None:
    """A word serves as well as the member, and any other is refused."""
    text = "Thank you! Maria"

    assert find(text, direction="inbound") == find(text, direction=INBOUND)
    for direction in ("sideways", ""):
        with pytest.raises(InvalidInput, match="there is no such direction"):
            find(text, direction=direction)


def test_each_text_of_a_thread_has_its_own() -> None:
    """A redactor takes it text by text, and so does each way to redact."""
    text, redactor = "Thank you! Maria", Redactor(keep=[PhiLabel.PROVIDER_NAME])

    assert redactor.redact(text, direction=INBOUND).text == "Thank you! [NAME-1]"
    assert redactor.redact(text, direction=OUTBOUND).text == text
    assert redact(text, direction=INBOUND).text == "Thank you! [NAME-1]"
    keys = Keyring.generate()
    redaction, _ = redact_reversibly(text, NOTHING_KNOWN, keys, "t-1", direction=INBOUND)
    assert redaction.text == "Thank you! [NAME-1]"


def test_what_an_escape_hides_goes_the_same_way() -> None:
    """A strict redaction reads a text twice, both times as told."""
    text = "Thank\\u0020you! Maria"

    assert redact(text, strict=True, direction=INBOUND).text.endswith("[NAME-1]")
