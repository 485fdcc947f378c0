"""The library's own wording of reminders: the least that a patient needs to come.

No place, kind of visit or name: HHS, guidance on appointment reminders and messages; 45 CFR
164.530(c). Only GSM-7 characters: any other would more than double the cost of a text.
"""

from __future__ import annotations

from collections.abc import Sequence

from compliant_sms import _given
from compliant_sms.reminders._planning import Reminder
from compliant_sms.text import LANGUAGES, day_in, time_in

_MOST_TIMES = 4
_ONE = {
    "en": "{name}: you have an appointment on {date} at {times}.",
    "es": "{name}: tiene una cita el {date} a las {times}.",
    "fr": "{name} : vous avez rendez-vous le {date} à {times}.",
}
_SEVERAL = {
    "en": "{name}: you have {count} appointments on {date}, at {times}.",
    "es": "{name}: tiene {count} citas el {date}, a las {times}.",
    "fr": "{name} : vous avez {count} rendez-vous le {date}, à {times}.",
}
_OF_SEVERAL = {  # persons: the reader may be the parent of all of them
    "en": "{name}: {count} appointments are booked on {date}, at {times}.",
    "es": "{name}: hay {count} citas el {date}, a las {times}.",
    "fr": "{name} : {count} rendez-vous sont prévus le {date}, à {times}.",
}
_MANY = {
    "en": "{name}: you have {count} appointments on {date}, the first at {times}.",
    "es": "{name}: tiene {count} citas el {date}, la primera a las {times}.",
    "fr": "{name} : vous avez {count} rendez-vous le {date}, le premier à {times}.",
}
_MANY_OF_SEVERAL = {
    "en": "{name}: {count} appointments are booked on {date}, the first at {times}.",
    "es": "{name}: hay {count} citas el {date}, la primera a las {times}.",
    "fr": "{name} : {count} rendez-vous sont prévus le {date}, le premier à {times}.",
}
_ASK = {
    "en": " Reply C to confirm or R to reschedule.",
    "es": " Responda C para confirmar o R para cambiarla.",
    "fr": " Répondez C pour confirmer ou R pour changer l'heure.",
}
_RECALL = {
    "en": "{name}: it is time to book your next visit. Call {phone}.",
    "es": "{name}: es hora de programar su proxima visita. Llame al {phone}.",
    "fr": "{name} : il est temps de prendre un nouveau rendez-vous. Appelez le {phone}.",
}
_AND = {"en": " and ", "es": " y ", "fr": " et "}


def least_words(
    name: str, phone: str, reminders: Sequence[Reminder], *, asks: bool, language: str | None = None
) -> str:
    """The text about some visits of one day.

    Args:
        name: of the practice; one that tells no kind of care.
        phone: where to call, as it is dialed.
        reminders: what it tells of, the earliest visit first.
        asks: whether it asks to confirm.
        language: what its reader reads (BCP 47). Where that is not known, or there are no words in
            it, the first visit's language counts.
    """
    first = reminders[0].appointment
    language = _spoken(language, first.language)
    if reminders[0].is_recall:
        return recall_words(name, phone, language)
    starts = (each.appointment.start.time() for each in reminders)
    times = list(dict.fromkeys(time_in(language, start) for start in starts))
    alone = len({each.appointment.person for each in reminders}) == 1
    several, many = (_SEVERAL, _MANY) if alone else (_OF_SEVERAL, _MANY_OF_SEVERAL)
    words = _ONE if len(reminders) == 1 else several
    told = _AND[language].join([", ".join(times[:-1]), times[-1]] if times[1:] else times)
    if len(times) > _MOST_TIMES:
        words, told = many, times[0]
    date = day_in(language, first.start.date(), year=False)
    body = (
        words[language]
        .format(name=name, count=len(reminders), date=date, times=told)
        .replace(" a las 1:", " a la 1:")
    )
    return body + (_ASK[language] if asks else "")


def recall_words(name: str, phone: str, language: str) -> str:
    """The text that asks a patient to book again; its arguments are those of the text above."""
    return _RECALL[language].format(name=name, phone=phone)


def _spoken(tag: str | None, otherwise: str) -> str:
    language = _given.primary(tag or "")
    return language if language in LANGUAGES else otherwise
