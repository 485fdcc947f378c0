"""Words of one person and of one person's care, which say whose a place is; their marks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from compliant_sms.phi._words import _marks as marks
from compliant_sms.phi._words._date_words import word_set

_ONES = word_set(
    # Of whoever writes, and of somebody near.
    "i i'm im i've i'd i'll my me mine myself yo mi mis soy tengo estoy mwen je ako ko eu he she"
    " he's she's hes shes"
    " his her hers him mom mum dad mother father son daughter husband wife baby brother sister mama"
    " papa hijo hija esposo esposa abuela abuelo madre padre"
    # What is one person's.
    " appt appts appointment cita session sesion consult consulta scheduled booked rescheduled"
    " reschedule rebook confirm confirmed confirmar missed due overdue dob born birthdate birthday"
    " bday nacimiento naci nacio nacido nacida surgery cirugia biopsy biopsia discharged admitted"
    " dx"
    " refill rx prescription receta script dose dosis infusion procedure ready lista listo results"
    " resultados drawn swab positive negative diagnosed programada agendada ride pickup arrive"
    " claim balance account acct invoice autopay draft billed authorization approved denied"
    " referral"
    " recuerde recordatorio reminder procedimiento examen mrn member id deducible owe owed cost"
    " enrolled transferred injured fell died passed seen faxed statement recheck waitlist intake"
    " imaging mri scan ultrasound xray echo colonoscopy arrival prep fasting cycle chair crown"
    " canal"
    " braces filling cleaning exam checkup therapy visit visita hold kit window viviendo file"
    " insurance terminated expired chemo radiation"
)
_YOURS = word_set("your yours you you're ur u you'll you've su sus tu tus usted ud le te")
_TITLES = word_set("mr mrs ms miss sr sra senor senora don dona")
"""Whoever is called by one is one person."""


def whose_lists() -> Iterator[tuple[int, Iterable[str]]]:
    """The words that say whose a place is."""
    yield marks.ONES, _ONES | _TITLES
    yield marks.YOURS, _YOURS
