"""The library's own answers to STOP, START and HELP, in the language that a patient wrote in.

CTIA Messaging Principles 5.1.3 asks for one plain confirmation; 47 CFR 64.1200(a)(12) allows it to
add only the question which texts were meant. HELP names the sender and a way to reach a person
(Short Code Monitoring Handbook v1.8).
"""

from __future__ import annotations

from collections.abc import Iterable

# Only GSM-7 characters: any other would more than double the cost of the text. STOP, START and HELP
# in every language, because carriers act on these words.
_ENGLISH = "en"
_OPT_OUT = {
    "en": "{name}: you will get no more texts from us. Questions? Call {phone}. "
    "Reply START to get texts again.",
    "es": "{name}: ya no le enviaremos mensajes. Si tiene preguntas, llame al {phone}. "
    "Para volver a recibirlos, responda START.",
    "fr": "{name} : vous ne recevrez plus de SMS de notre part. Des questions ? Appelez le "
    "{phone}. Pour en recevoir à nouveau, répondez START.",
}
_WHICH = {
    "en": "{name}: you will get no more texts from us. If you meant only some, reply with those "
    "to stop: {kinds}. Questions? Call {phone}.",
    "es": "{name}: ya no le enviaremos mensajes. Si solo era por algunos, responda cuales no "
    "quiere: {kinds}. Si tiene preguntas, llame al {phone}.",
    "fr": "{name} : vous ne recevrez plus de SMS de notre part. S'il ne s'agit que de certains, "
    "répondez lesquels : {kinds}. Des questions ? Appelez le {phone}.",
}
_OF_THAT_KIND = {
    "en": "{name}: you will get no more texts of that kind from us. Reply STOP to end all texts.",
    "es": "{name}: ya no le enviaremos mensajes de ese tipo. Responda STOP para no recibir "
    "ninguno.",
    "fr": "{name} : vous ne recevrez plus de SMS de ce type. Répondez STOP pour n'en recevoir "
    "aucun.",
}
_OPT_IN = {
    "en": "{name}: you will get texts about your care again. Msg frequency varies. "
    "Msg & data rates may apply. Reply HELP for help, STOP to opt out.",
    "es": "{name}: volveremos a enviarle mensajes sobre su cuidado. La frecuencia de los mensajes "
    "puede variar. Pueden aplicarse tarifas de mensajes y datos. Responda HELP para obtener "
    "ayuda, STOP para no recibir mensajes.",
    "fr": "{name} : vous recevrez à nouveau des SMS au sujet de vos soins. La fréquence des "
    "messages varie. Des frais de messages et de données peuvent s'appliquer. Répondez HELP pour "
    "de l'aide, STOP pour ne plus recevoir de SMS.",
}
_HELP = {
    "en": "{name}: for help call {phone}. Msg & data rates may apply. Reply STOP to opt out.",
    "es": "{name}: para obtener ayuda, llame al {phone}. Pueden aplicarse tarifas de mensajes y "
    "datos. Responda STOP para no recibir mensajes.",
    "fr": "{name} : pour de l'aide, appelez le {phone}. Des frais de messages et de données "
    "peuvent s'appliquer. Répondez STOP pour ne plus recevoir de SMS.",
}
# What the patient may answer with; the reading of answers knows these words. Kinds that sell or
# ask for gifts are not named, because a confirmation may not mention them.
_KINDS = {
    "en": {
        "appointments": "APPOINTMENTS",
        "care": "CARE",
        "billing": "BILLING",
        "surveys": "SURVEYS",
        "announcements": "ANNOUNCEMENTS",
        "research": "RESEARCH",
    },
    "es": {
        "appointments": "CITAS",
        "care": "SALUD",
        "billing": "FACTURAS",
        "surveys": "ENCUESTAS",
        "announcements": "ANUNCIOS",
        "research": "ESTUDIOS",
    },
    "fr": {
        "appointments": "RENDEZ-VOUS",
        "care": "SOINS",
        "billing": "FACTURES",
        "surveys": "SONDAGES",
        "announcements": "ANNONCES",
        "research": "RECHERCHE",
    },
}


def opt_out_text(
    name: str,
    phone: str,
    *,
    language: str = _ENGLISH,
    kinds: Iterable[str] = (),
    limited: bool = False,
) -> str:
    """The one confirmation that texts have stopped.

    Args:
        name: the practice's name, as patients know it.
        phone: the number where a person answers, as dialed.
        language: ISO 639-1; English if there is no text in that language.
        kinds: what :func:`which_to_stop` returned; with any, it asks which of them were meant.
        limited: whether it confirms the end of one kind of text only.
    """
    offered = ", ".join(kinds)
    bodies = _WHICH if offered else _OF_THAT_KIND if limited else _OPT_OUT
    return _in(language, bodies).format(name=name, phone=phone, kinds=offered)


def opt_in_text(name: str, *, language: str = _ENGLISH) -> str:
    """The answer to START. Arguments as for :func:`opt_out_text`."""
    return _in(language, _OPT_IN).format(name=name)


def help_text(name: str, phone: str, *, language: str = _ENGLISH) -> str:
    """The answer to HELP. Arguments as for :func:`opt_out_text`."""
    return _in(language, _HELP).format(name=name, phone=phone)


def which_to_stop(categories: Iterable[str], *, language: str = _ENGLISH) -> tuple[str, ...]:
    """The words for kinds of text that a patient can answer with; none for unknown kinds.

    Args:
        categories: values of :class:`compliant_sms.consent.Category`.
        language: as for :func:`opt_out_text`.
    """
    words = _KINDS.get(language, _KINDS[_ENGLISH])
    return tuple(words[each] for each in sorted(set(categories)) if each in words)


def _in(language: str, bodies: dict[str, str]) -> str:
    return bodies.get(language, bodies[_ENGLISH])
