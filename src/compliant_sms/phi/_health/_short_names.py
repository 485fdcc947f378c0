"""Short names that are medicines or procedures only in the company of certain words.

"Prep" beside "partner" is a medicine, beside "colonoscopy" it is none; "group" beside "sober" is
a therapy, beside "number" it is not.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from compliant_sms.phi._audience._health_terms import found_at, is_of_one
from compliant_sms.phi._labels import PhiFinding, PhiLabel
from compliant_sms.phi._reading._view import View
from compliant_sms.phi._words import _marks as marks


class _Meant(NamedTuple):
    """What a short name means, and in which company."""

    label: PhiLabel
    before: frozenset[str] | None
    """One of these stands right before it; none: whatever does."""
    around: frozenset[str] | None
    """One of these is in the text."""
    not_after: frozenset[str]
    """None of these follows."""
    apart: frozenset[str]
    """None of these is in the text."""
    told_by: frozenset[str]
    """One of these behind it, at the start of a text or a sentence, does for what is before it."""


def _meant(
    label: PhiLabel,
    *,
    before: str = "",
    around: str = "",
    not_after: str = "",
    apart: str = "",
    told_by: str = "",
) -> _Meant:
    one_of = frozenset(before.split()) or None, frozenset(around.split()) or None
    others = (frozenset(words.split()) for words in (not_after, apart, told_by))
    return _Meant(label, *one_of, *others)


_OWN = "my your his her their our the an a moms mom's dads dad's"
_IT_IS = "is was level levels sat sats at reading readings under below drops"
_LAB = "level levels came is was went at still esta redraw recheck repeat check drawn bring down"
_NO_LAB = "supplement supplements pill pills tablet tablets channel rich diet foods"
_MEASURED = _meant(
    PhiLabel.PROCEDURE,
    before="my your his her the su mi sus last redraw recheck repeat check",
    around=_LAB + " están estan salio salieron",
    not_after=_NO_LAB,
)
_MEANT = {
    "prep": _meant(
        PhiLabel.MEDICATION,
        before="on get my start starting take taking want need your of about for the his off",
        around="hiv partner partners condom std sti truvada descovy exposed exposure poz pep "
        "undetectable refill pharmacy apretude sex hookup grindr",
        apart="colonoscopy bowel suprep surgery scope egd miralax golytely colon food meal",
    ),
    "pep": _meant(
        PhiLabel.MEDICATION,
        around="hiv exposed exposure partner condom needle needlestick sex",
        not_after="talk rally",
    ),
    "drops": _meant(
        PhiLabel.MEDICATION,
        before="the my eye ear his her those these of new more your",
        around="eye eyes ear ears vision glaucoma burn burns sting stings refill cataract ran "
        "surgery lasik prescription",
        not_after="to by under below off",
    ),
    "gotas": _meant(PhiLabel.MEDICATION, around="ojo ojos oido oidos receta glaucoma"),
    "pill": _meant(
        PhiLabel.MEDICATION,
        before="the",
        around="period pregnant bc missed sex spotting condom",
    ),
    "puffer": _meant(PhiLabel.MEDICATION, before=_OWN),
    "oxygen": _meant(
        PhiLabel.PROCEDURE,
        around="deliver delivery delivered tank tanks liters home his my her concentrator go goes "
        "portable order tubing cannula bring move wear wearing company supplier",
        not_after=_IT_IS,
    ),
    "oxigeno": _meant(
        PhiLabel.PROCEDURE,
        around="tanque tanques casa entregar entrega maquina su mi",
        not_after="en es esta bajo salio",
    ),
    "concentrator": _meant(PhiLabel.PROCEDURE),
    "defib": _meant(PhiLabel.PROCEDURE),
    "beta": _meant(
        PhiLabel.PROCEDURE,
        around="dpo dpt ivf transfer hcg embryo fet iui follicles doubled retest draw came was "
        "number pregnant today",
        not_after="blocker blockers thalassemia version test testing carotene fish hcg glucan app",
        apart="app version",
    ),
    "group": _meant(
        PhiLabel.PROCEDURE,
        before="to from do at make miss missed after in skip attend before our my next for",
        around="clean sober relapsed relapse court sponsor counselor therapy iop dbt meeting "
        "suboxone methadone recovery vivitrol therapist grief anxiety depression subs aftercare "
        "counseling",
        not_after="number id home health practice of no plan text chat policy b a member photo",
    ),
    "grupo": _meant(
        PhiLabel.PROCEDURE,
        before="al del en mi",
        around="sobrio sobria limpio terapia terapeuta consejera recaida",
    ),
    "echo": _meant(
        PhiLabel.PROCEDURE,
        before=_OWN + " stress repeat next and fetal another mrn",
        not_after="dot show chamber park lake",
        apart="hallway waiting phone call line speaker zoom alexa",
        told_by="done shows showed showing result results reading ordered scheduled appt on is at"
        " appointment looks came",
    ),
    "tx": _meant(
        PhiLabel.PROCEDURE,
        before="kidney liver heart lung renal bmt marrow cornea pancreas post cell",
    ),
    "boot": _meant(
        PhiLabel.PROCEDURE,
        before=_OWN + " walking",
        around="foot ankle fracture walking broken ortho podiatry toe weight sprain surgery xray"
        " rubbing rubs blister heel leg swelling",
        not_after="camp",
    ),
    "icd": _meant(PhiLabel.PROCEDURE, before=_OWN, not_after="code codes dx diagnosis"),
    "sling": _meant(PhiLabel.PROCEDURE, before=_OWN + " in", not_after="shot bag"),
    "crown": _meant(
        PhiLabel.PROCEDURE,
        around="ready seat prep temp temporary tooth molar cement fell off loose came dentist lab "
        "impression chipped cracked popped cemented dental",
        not_after="point hotel plaza royal street st heights hill",
    ),
    "filling": _meant(
        PhiLabel.PROCEDURE,
        before=_OWN + " new silver white lost",
        around="fell out cavity tooth came chipped lost cracked dentist dental sensitive molar",
        not_after="in up the this form forms station",
    ),
    "bridge": _meant(
        PhiLabel.PROCEDURE,
        before=_OWN + " dental temp",
        around="tooth teeth dentist dental cement denture loose",
        not_after="street st road over",
    ),
    "culture": _meant(
        PhiLabel.PROCEDURE,
        before=_OWN + " repeat",
        around="grow grew grows urine wound throat stool blood results back antibiotic staph strep",
        apart="company work workplace",
    ),
    "graft": _meant(PhiLabel.PROCEDURE, around="gum gums bone skin dialysis"),
    "pump": _meant(
        PhiLabel.PROCEDURE,
        around="insulin bg sugar sugars occlusion basal bolus omnipod tandem medtronic dexcom "
        "breast lactation milk",
        not_after="up the station",
    ),
    "corona": _meant(
        PhiLabel.PROCEDURE,
        before="la mi una su",
        around="muela muelas diente dientes dr dra dentista cayo caries boca",
    ),
    "temporary": _meant(PhiLabel.PROCEDURE, before="the my your", around="crown tooth bridge"),
    "terapia": _meant(PhiLabel.PROCEDURE, not_after="intensiva"),
}
_MINERALS = (
    "potassium sodium calcium iron magnesium bili bilirubin hemoglobin platelets cholesterol "
    "potasio sodio plaquetas hemoglobina colesterol hierro calcio"
)
_MEANT |= dict.fromkeys(_MINERALS.split(" "), _MEASURED)


def short_names(view: View, label: PhiLabel) -> Iterator[PhiFinding]:
    """Short names of one label, where their company tells what they mean."""
    said: frozenset[str] | None = None
    for at in view.marked(marks.SHORT_NAME):
        meant = _MEANT.get(view.words[at])
        if meant is None or meant.label != label:
            continue
        said = said or frozenset(view.words)
        if _told(view, at, meant) and _fits(said, meant) and is_of_one(view):
            yield found_at((_start(view, at), view.ends[at]), label, "short/name")


def _told(view: View, at: int, meant: _Meant) -> bool:
    """Whether what stands right before and behind fits."""
    if meant.before is not None:
        beside = at > 0 and view.words[at - 1] in meant.before
        opens = not at or view.gaps[at] in _OPENS
        beside = beside or (opens and not meant.told_by.isdisjoint(view.words[at + 1 : at + 2]))
        if not beside and not (at and view.is_shouted(at) and not view.shouts):
            return False
    gap = view.gaps[at + 1]
    if gap.lstrip(" #")[:1].isdigit() and view.words[at] in _NUMBERED:
        return False
    return (
        gap[:1] != " "
        or view.words[at + 1 : at + 2] == []
        or (view.words[at + 1] not in meant.not_after)
    )


_OPENS = frozenset({". ", ": ", "! ", ", "})
_NUMBERED = frozenset({"group", "tx", "pump", "icd"})


def _fits(said: frozenset[str], meant: _Meant) -> bool:
    around = meant.around is None or not meant.around.isdisjoint(said)
    return around and meant.apart.isdisjoint(said)


def _start(view: View, at: int) -> int:
    """Where a name begins: "kidney tx" with what was transplanted."""
    return view.starts[at - 1] if view.words[at] == "tx" else view.starts[at]
