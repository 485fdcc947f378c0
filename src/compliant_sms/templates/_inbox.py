"""The library's automatic answers to a patient who wrote: received, closed now, call 911.

Only GSM-7 characters: any other would more than double the cost of a text.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from math import ceil

from compliant_sms.text import LANGUAGES, day_in, time_in

_ENGLISH = "en"
_RECEIVED = {
    "en": "{name}: we got your text. A person will answer within {goal} while we are open. "
    "In an emergency call {emergency}.",
    "es": "{name}: recibimos su mensaje. Una persona le contesta en {goal} dentro de nuestro "
    "horario. En una emergencia llame al {emergency}.",
    "fr": "{name} : votre SMS est bien là. Une personne vous répondra sous {goal} pendant nos "
    "heures d'ouverture. En cas d'urgence, appelez le {emergency}.",
}
_CLOSED = {
    "en": "{name}: we got your text. We are closed until {opens} and answer within {goal} while we "
    "are open. In an emergency call {emergency}.",
    "es": "{name}: recibimos su mensaje. Abrimos el {opens} y respondemos en {goal} dentro del "
    "horario. En una emergencia llame al {emergency}.",
    "fr": "{name} : votre SMS est bien là. Nous ouvrons le {opens} et répondrons sous {goal} "
    "d'ouverture. En cas d'urgence, appelez le {emergency}.",
}
_REQUEST = {
    "en": "{name}: we got your answer about the visit and will take care of it. "
    "In an emergency call {emergency}.",
    "es": "{name}: recibimos su respuesta sobre la cita y nos encargamos de ella. "
    "En una emergencia llame al {emergency}.",
    "fr": "{name} : votre réponse au sujet du rendez-vous est bien là, nous nous en occupons. "
    "En cas d'urgence, appelez le {emergency}.",
}
_DANGER = {
    "en": "If this is an emergency, call {emergency} now. {crisis}Do not wait for an answer by "
    "text. {name}, {phone}",
    "es": "Si es una emergencia, llame al {emergency} ahora. {crisis}Por mensaje tardamos en "
    "responder. {name}, {phone}",
    "fr": "S'il s'agit d'une urgence, appelez le {emergency} maintenant. {crisis}N'attendez pas de "
    "réponse par SMS. {name}, {phone}",
}
# The 988 Suicide & Crisis Lifeline takes calls and texts (988lifeline.org).
_CRISIS = {
    "en": "If you may harm yourself, call or text {crisis}. ",
    "es": "Si piensa hacerse daño, llame o escriba al {crisis}. ",
    "fr": "Si vous pensez à vous faire du mal, appelez le {crisis}. ",
}
_HOURS = {
    "en": ("1 hour", "{count} hours"),
    "es": ("1 hora", "{count} horas"),
    "fr": ("1 heure", "{count} heures"),
}
_MINUTES = {
    "en": ("1 minute", "{count} minutes"),
    "es": ("1 minuto", "{count} minutos"),
    "fr": ("1 minute", "{count} minutes"),
}
_AT = {"en": "{day} at {time}", "es": "{day}, {time}", "fr": "{day} à {time}"}


def _in(language: str, bodies: dict[str, str]) -> str:
    return bodies.get(language, bodies[_ENGLISH])


def _goal_in(language: str, goal: timedelta) -> str:
    language = language if language in _HOURS else _ENGLISH
    minutes = ceil(goal / timedelta(minutes=1))  # never promise less time than the goal
    count, units = (minutes, _MINUTES) if minutes % 60 else (minutes // 60, _HOURS)
    one, several = units[language]
    return one if count == 1 else several.format(count=count)


def received_text(name: str, goal: timedelta, *, emergency: str, language: str) -> str:
    """The answer that a text came in, and by when a person answers.

    Args:
        name: the practice's name, as patients know it.
        goal: the business time within which somebody answers.
        emergency: the number to call in danger.
        language: ISO 639-1; English if there is no text in that language.
    """
    goal_in = _goal_in(language, goal)
    return _in(language, _RECEIVED).format(name=name, goal=goal_in, emergency=emergency)


def closed_text(
    name: str, goal: timedelta, opens: datetime, *, emergency: str, language: str
) -> str:
    """The answer that nobody is there now, and when somebody will be.

    The goal counts only open hours, so the text does not promise an answer that long after the
    opening: a Saturday may be over before.

    Args:
        name: the practice's name.
        goal: the business time within which somebody answers.
        opens: when the practice opens, in its local time.
        emergency: the number to call in danger.
        language: as for :func:`received_text`.
    """
    told = language if language in LANGUAGES else _ENGLISH
    day = day_in(told, opens.date(), year=False)
    return _in(language, _CLOSED).format(
        name=name,
        goal=_goal_in(language, goal),
        opens=_AT[told].format(day=day, time=time_in(told, opens.time())),
        emergency=emergency,
    )


def request_text(name: str, *, emergency: str, language: str) -> str:
    """The answer that a wish to move or cancel a visit came in.

    It promises no words from a person: the practice's own program may move or cancel the visit.

    Args:
        name: the practice's name.
        emergency: the number to call in danger.
        language: as for :func:`received_text`.
    """
    return _in(language, _REQUEST).format(name=name, emergency=emergency)


def danger_text(name: str, phone: str, *, emergency: str, crisis: str, language: str) -> str:
    """The answer to a patient who seems to be in danger.

    Args:
        name: the practice's name.
        phone: the number to call it at, as dialed.
        emergency: the number to call in danger.
        crisis: the number for whoever may harm themselves; empty if there is none.
        language: as for :func:`received_text`.
    """
    told = _in(language, _CRISIS).format(crisis=crisis) if crisis else ""
    return _in(language, _DANGER).format(name=name, phone=phone, emergency=emergency, crisis=told)
