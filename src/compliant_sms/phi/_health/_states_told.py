"""How somebody is, told by an everyday word: "she seems confused", "ando muy nerviosa"."""

from __future__ import annotations

from compliant_sms.phi._health._complaint_form import Words
from compliant_sms.phi._reading._view import View
from compliant_sms.phi._words._marks import GIVEN
from compliant_sms.phi._words._name_lists import word_set

_OF_ANYBODY = word_set(
    "winded exhausted tearful clammy panicky cansada cansado nerviosa nervioso agotada agotado"
    " estresada estresado agitada agitado inquieta inquieto afiebrada afiebrado engripada"
    " engripado atarantada atarantado aturdida aturdido debil mareada mareado ansiosa ansioso"
    " triste desguanzada desguanzado adormilada adormilado palida palido"
)
_OF_ANOTHER = word_set(
    "confused combative restless withdrawn incoherent delirious fussy sluggish irritable pale"
    " flushed weak confundida confundido desorientada desorientado"
)
"""Whoever writes may be so without being ill: "im confused by my bill"."""
STATES = _OF_ANYBODY | _OF_ANOTHER
_DEGREES = word_set(
    "a bit little very so really super kinda pretty more extra too still all quite slightly muy"
    " bien tan un poco algo bastante medio mas toda todo increasingly"
)
_IS = word_set(
    "is was seems seemed looks looked acting acts been gets getting got became hes shes he's she's"
    " esta estaba anda andaba siente sentia amanecio sigue"
)
_AM = word_set("im i'm am feel feeling felt get estoy ando siento amaneci sigo")
_SUBJECTS = word_set(
    "he she hes shes he's she's mom dad mother father son daughter husband wife grandma grandpa"
    " baby pt patient mama papa hijo hija abuela abuelo esposo esposa bebe nino nina se muy"
    " toddler brother sister"
)
_OF_A_MATTER = word_set(
    "about by with as why how what where which if that to for por con sobre de porque"
)


def is_so(view: View, at: int) -> Words | None:
    """A state with who is in it before: "mom is really confused", "me siento cansada"."""
    if view.gaps[at + 1] == " " and not _OF_A_MATTER.isdisjoint(view.words[at + 1 : at + 2]):
        return None
    word, before = view.words[at], at
    while before and view.gaps[before] == " " and at - before < _FEW:
        if view.words[before - 1] not in _DEGREES:
            break
        before -= 1
    if not before or (view.gaps[before] != " "):
        return None
    link = view.words[before - 1]
    if word in _OF_ANYBODY and link in _AM:
        return at, at
    if link not in _IS:
        return None
    first = max(0, before - _FEW)
    told = not _SUBJECTS.isdisjoint(view.words[first:before])
    return (at, at) if told or any(map(GIVEN.__and__, view.marks[first : before - 1])) else None


_FEW = 4
