"""Whether texts shall stop for one person of a number: "stop texts for Mia".

A household shares a number, and the names of people are any word. So a name is told by its place:
between the texts and the end of what is said. Whose texts go on is then asked or read by a person;
until then all stop.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TypeAlias

from compliant_sms.optout._revocation_rules import Says
from compliant_sms.phrases import Found

_Found: TypeAlias = Found[Says]

_TEXTS = (
    r"(?:(?:te?xts?|messages?|msgs?|reminders?|alerts?|notifications?)(?: messages?)?"
    r"|mensajes|textos|recordatorios|avisos|mensajitos|sms|rappels|notificaciones)"
)
# Behind "for" these say when, why or to whom, and name nobody.
_NO_NAME = (
    r"(?!(?:an?|the|my|our|your|ur|his|her|their|its|this|that|these|those|it|all|any\w*|every\w*"
    r"|some\w*|no|nobody|both|each|other|others|me|mine|us|you|u|we|i|myself|people|patients?"
    r"|business|work|good|now|ever|real|reals|sure|life|free|today|tonight|tomorrow|awhile|while"
    r"|long|once|which|what|crying|fun|one|two|three|four|five|six|several|few|many|months?|weeks?"
    r"|days?|years?|hours?|please|pls|permanently|privacy|legal|personal|medical|marketing"
    r"|el|la|los|las|un|una|unos|unas|mi|mis|su|sus|tu|tus|este|esta|estos|estas|ese|esa|eso|esto"
    r"|siempre|ahora|hoy|manana|nada|nadie|todo|todos|todas|favor|texto|textos|voz|parte|nuevo"
    r"|inmediato|una|ya|mas|usted|ustedes|uds?|nosotros|cualquier|ventas|publicidad|propaganda"
    r"|promocion\w*|marketing|spam|citas?|aqui|ahi|que|dicho|dia|noche"
    r"|le|les|des|du|moi|nous|vous|votre|vos|mon|ma|mes|ce|cet|cette|ces|toujours|bon|tout|toute"
    r"|tous|rien|instant|moment|l|d)\b)"
)
_NAME = rf"{_NO_NAME}[a-z]{{2,14}}(?: {_NO_NAME}(?!sake|reasons?|purposes?)[a-z]{{2,14}})?"
_RELATIVE = (
    r"(?:my|our|mi|mis|nuestr[oa]s?|mon|ma|mes|notre|nos) (?:(?:older|younger|other|late) )?"
    r"(?:mom|mother|dad|father|husband|wife|sons?|daughters?|grandmas?|grandmother|grandpa"
    r"|grandfather|grandsons?|granddaughters?|brothers?|sisters?|aunt|uncle|parents?|kids?|child"
    r"|children|boys?|girls?|baby|twins?|partner|spouse|dependents?"
    r"|mama|madre|papa|padre|esposo|esposa|marido|hij[oa]s?|niet[oa]s?|abuel[oa]s?|herman[oa]s?"
    r"|tio|tia|bebe|nin[oa]s?|mere|pere|mari|femme|fils|fille|enfants?|frere|soeur)"
    r"(?: [a-z]{2,14})?"
)
_END = (
    r"(?=\W{0,3}(?:\Z|[.!,;\n(]|(?:please|pls|plz|only|alone|anymore|any more|thanks?|thank you"
    r"|thx|ty|now|immediately|he|she|they|hes|shes|since|because|por favor|gracias|svp|merci"
    r"|solamente|seulement|s'il)\b))"
)
_OF_ONE = re.compile(
    rf"\b{_TEXTS} (?:for|of|to|de|para|sobre|pour|a) (?:both (?=of|my|our))?"
    rf"(?:{_RELATIVE}|{_NAME})(?:'s?)?{_END}"
    rf"|\b(?:stop|end|quit|cancel)(?: (?:sending|all|the|getting)){{0,3}} "
    rf"(?:{_RELATIVE}|(?!let|it|that|there|here|what|who|how){_NAME})'s? {_TEXTS}{_END}"
)
# Who does not know the person wants no text at all.
_A_STRANGER = re.compile(
    r"\b(?:wrong|do not know|don'?t know|not my|equivocad[oa]|no conozco|mauvais|erreur)\b"
)


def is_of_one(text: str, found: Sequence[_Found]) -> bool:
    """Whether all that was found asks for the texts of one person to stop.

    Args:
        text: as it is heard: in small letters, without accents.
        found: what asks for texts to stop, surely.
    """
    if _A_STRANGER.search(text):
        return False
    spans = [one.span() for one in _OF_ONE.finditer(text)]
    return bool(spans) and all(
        any(one.start < end and start < one.end for start, end in spans) for one in found
    )
