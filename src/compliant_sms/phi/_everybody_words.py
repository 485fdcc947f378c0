"""Words that speak to everybody, and words of one person's care; their marks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from compliant_sms.phi import _marks as marks
from compliant_sms.phi._date_words import word_set

__all__ = ["NOT_ANY", "NOT_A_HOUSE", "OPEN", "SHUT", "TITLES", "everybody_lists"]

_PUBLIC = word_set(
    # All who read it.
    "everyone everybody anyone anybody public community town families parents kids teens adults"
    " seniors members guests visitors volunteers donors ages todos todas publico comunidad"
    " familias padres ninos adultos mayores personas vecinos"
    # What anybody may come to.
    " class classes course workshop webinar seminar talk talks lecture lectures tour tours fair"
    " festival party picnic parade potluck fundraiser bash meeting drive raffle giveaway contest"
    " challenge screenings physicals event events celebration tickets booth concert ceremony ins"
    " marathon charla platica curso taller feria jornada evento rifa clases loteria bazar noche"
    " junta fiesta fiestas donativos bake walkathon luncheon retreat expo gala reunion"
    # What is offered to anybody, and sought from anybody.
    " free gratis gratuito gratuita gratuitos gratuitas sale special specials discount discounts"
    " coupon coupons deal deals promo promotion bogo offer offers offering prizes prize winners"
    " complimentary snacks refreshments cake pizza donate donation donations hiring volunteer"
    " funds sponsor oferta ofertas promocion descuento descuentos rsvp join invited invites"
    " invitados"
    " acompanenos unete venga inscripcion inscripciones price prices precios"
    # The house.
    " closed closing closes close closure closures reopen reopens reopening hours holiday holidays"
    " maintenance outage downtime construction elevator shuttle cafeteria garage lobby newsletter"
    " website app feriado festivo cerrado cerrada cerrados cerraremos cerramos cerrara cierra"
    " cierran horario inventario abrimos abriremos retires retiring relocating welcoming mobile"
    " movil logins calendars calendarios catering menu"
    # Days that are kept, and what is called back.
    " awareness campaign world national veterans memorial santa valentines mother's father's"
    " valentine's costume warning recall recalled made sold"
)
_PERHAPS = word_set(
    "our every all any each who what's new campus campuses locations"
    " offices clinics sites branches team staff school church library hall park arena gym lawn"
    " auxiliary thrift open opens welcome lunch coffee food music wear begins begin starting"
    " learn save meet half off nuestra nuestro nuestros cada abierto abierta abren deadline expire"
    " dollars fee plans month season slots stops booking accepting shop cuota iglesia"
    " parroquia biblioteca escuela plaza mercado system policy patients areas"
)
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
TITLES = word_set("mr mrs ms miss sr sra senor senora don dona")
"""Whoever is called by one is one person."""
SHUT = word_set("close closed closes closing closure cierra cerrado cerrada made sold free meeting")
"""A house is, and other things too."""
NOT_A_HOUSE = word_set(
    "wound incision is claim case request ticket chart cut stitches account baby smoke sugar window"
    " he she i"
)
"""What may be closed, free or made without being a house."""
OPEN = word_set("you u guys we office clinic desk lab pharmacy door doors")
"""What opens, and tells nobody of an appointment."""
NOT_ANY = word_set("no sin without every any each")
"""Before what is one person's otherwise: "no appointment needed"."""


def everybody_lists() -> Iterator[tuple[int, Iterable[str]]]:
    """Which words the marks of what is for everybody stand for."""
    yield marks.PUBLIC, _PUBLIC
    yield marks.PERHAPS_PUBLIC, _PERHAPS
    yield marks.ONES, _ONES | TITLES
    yield marks.YOURS, _YOURS
