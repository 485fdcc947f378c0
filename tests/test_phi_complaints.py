"""What somebody feels or cannot do, in ordinary words: which are complaints, which are not."""

from __future__ import annotations

import pytest

from compliant_sms.phi import PhiLabel, find


def complaints(text: str) -> list[str]:
    return [text[f.start : f.end] for f in find(text) if f.label is PhiLabel.CONDITION]


TOLD = [
    ("my incision is opening", ["incision is opening"]),
    ("his wrist might be broken", ["wrist might be broken"]),
    ("my tongue feels really fat", ["tongue feels really fat"]),
    ("my pee smells funny", ["pee smells funny"]),
    ("ear is draining yellow gunk", ["ear is draining yellow gunk"]),
    ("my mood is way down", ["mood is way down"]),
    ("her sleep has been awful", ["sleep has been awful"]),
    ("my poop is black as tar", ["poop is black as tar"]),
    ("i itch all over", ["itch all over"]),
    ("coughing up a lot of green stuff", ["coughing up a lot of green stuff"]),
    ("he threw up again", ["threw up"]),
    ("he passed out at work", ["passed out"]),
    ("my husband keeps passing out", ["passing out"]),
    ("she sees flashing lights", ["flashing lights"]),
    ("i hear a whooshing", ["whooshing"]),
    ("he is hearing voices again", ["hearing voices"]),
    ("my son won't eat", ["won't eat"]),
    ("hes not peeing", ["not peeing"]),
    ("i quit breathing in my sleep", ["quit breathing in my sleep"]),
    ("i can't keep food down", ["can't keep food down"]),
    ("she wont put weight on it", ["wont put weight"]),
    ("i cant fully bend my left knee", ["cant fully bend my left knee"]),
    ("mi hija no quiere comer", ["no quiere comer"]),
    ("mi papá no puede mover el brazo", ["no puede mover el brazo"]),
    ("mi mamá no duerme", ["no duerme"]),
    ("got a dog bite on my left hand", ["dog bite on my left hand"]),
    ("he was bitten by a tick", ["bitten by a tick"]),
    ("a cat scratched me", ["cat scratched"]),
    ("here is a pic of the bite", ["bite"]),
    ("she hit her head on the table", ["hit her head"]),
    ("is there a pill for my thyroid", ["thyroid"]),
    ("those are all the meds for my sugar, ok?", ["sugar"]),
    ("i smashed my right thumb", ["smashed my right thumb"]),
    ("i feel really down lately", ["feel really down"]),
    ("my husband drinks every night", ["drinks"]),
    ("i had 3 beers with it", ["3 beers"]),
    ("i'm 12dpo", ["12dpo"]),
    ("im 9 wks along", ["9 wks along"]),
    ("spotting at 9 wks", ["spotting", "9 wks"]),
    ("hes on the spectrum", ["on the spectrum"]),
    ("something flew in my eye", ["something flew in my eye"]),
    ("im allergic to sulfa", ["allergic to sulfa"]),
    # How somebody is, by an everyday word.
    ("my husband is really confused tonight", ["confused"]),
    ("she seems a little withdrawn lately", ["withdrawn"]),
    ("grandma looks pale", ["pale"]),
    ("Odile seems confused today", ["confused"]),
    ("i get winded on the stairs", ["winded"]),
    ("i feel so exhausted", ["exhausted"]),
    ("mi papa esta muy desorientado", ["desorientado"]),
    ("me siento muy cansada", ["cansada"]),
    ("ando bien nerviosa", ["nerviosa"]),
    ("mi niño trae moquitos", ["moquitos"]),
    ("Dx: otitis media, left.", ["otitis media, left"]),
    # What a medicine does.
    # A part of the body that gets well, or is asked after.
    # Without how often, unless nothing else is said.
    ("my teen is cutting again, please call", ["cutting"]),
    ("uti again!! help", ["uti"]),
    ("i drank again last night", ["drank again"]),
    ("cutting again", ["cutting again"]),
]


@pytest.mark.parametrize(("text", "words"), TOLD)
def test_complaints_are_told_from_a_part_or_verb_and_what_is_wrong(
    text: str, words: list[str]
) -> None:
    """One finding for each complaint, with how far it goes."""
    assert words == complaints(text)


NOT_TOLD = [
    "You'll be numb a while after your filling.",
    "stopped prednisone cold turkey",
    "Your blood pressure log is here.",
    "can u pass out flyers at the church",
    "my portal link is broken",
    "i cant see the form on my phone",
    "i cant hear you on the call",
    "you can't eat or drink before my procedure",
    "he threw out my old card",
    "a dog scratched the door",
    "i cant make it, my car is dead",
    "I can't move my appointment",
    "i cant get the app to open",
    "Don't eat after midnight, Tom",
    "we saw the lights at the fair",
    "i saw that you called, my phone is on",
    "i see, thanks",
    "my mood ring",
    "my hand is",
    "i feel like coming monday",
    "i feel good, and you",
    "feel",
    "i drink",
    "is the sting operation on tv",
    "my labs are due in 6 weeks",
    "i was 9 weeks out of town",
    "the hearing is at 9 wks from now",
    "i hit my boss",
    "i cut my left",
    "broad spectrum light",
    "i saw",
    "im confused by my bill",
    "i was a bit confused why you called",
    "she is confused about the time",
    "he was nervous to call you",
    "the schedule is confused",
    "estoy confundida con la cuenta",
    "esta agotado el cupo",
    "an exhausted supply",
    "the portal seems sluggish",
    "the signal here is so weak",
    "the schedule looks very restless",
    "barely, my friend",
    "i couldn't, sorry",
    "i cant put my shoes on",
    "i cant stop, my friend",
    "i quit my job",
    "something, my eye",
    "i was scratched by reality",
    "something in my account is wrong",
    "something came up in my schedule",
]


@pytest.mark.parametrize("text", NOT_TOLD)
def test_idioms_rules_and_things_are_no_complaints(text: str) -> None:
    """Nothing is found where the same words say nothing of health."""
    assert not complaints(text)
