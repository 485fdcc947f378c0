"""The words beside a date that tell whether it is one. No finding by itself."""

from __future__ import annotations

from compliant_sms.phi._words._date_words import word_set

BEFORE = word_set(
    "on by til till until for before after since from through thru to this next last coming due"
    " para hasta desde antes del el este proximo pasado starting starts depuis pour"
)
OCCASION = word_set(
    "appt appts appointment visit cita visita pickup dob date drawn test labs surgery seen shot"
    " due is was fecha exam session mri scan lmp edd"
)
FREE = word_set("open available free taken booked full")
"""What a day is that somebody asks for."""
BEFORE_NTH = word_set(
    "on by til until appt your to for cancel due u you confirm confirmed before after since missed"
    " see from move not yes ok seen drawn posted filled admitted discharged visit dated"
)
STAYED = word_set(
    "hospital hospitalized stayed admitted inpatient absent icu off sick hospitalizado ingresado"
    " internado"
)
OPENING = word_set("hours open closed opens office abierto abiertos cerrado")
AS_DAY = word_set(
    "appt appointment visit due cita seen surgery before after cancel canceled missed confirmed"
    " confirm dob shot labs test mri scan exam procedure draw since replacement removal biopsy"
    " colonoscopy mammogram ultrasound infusion cleaning echo checkup physical followup"
)
"""What stands before "4-12" when it is no span of hours."""
BOOKS = word_set(
    "cancel canceled cancelled book booked schedule scheduled reschedule put keep mark sign squeeze"
    " pencil got get have has down"
)
BOOKED = word_set(
    "me him her us them mom dad son daughter wife husband appt appointment visit down in it"
)
"""Who is put down for a day, behind a word of :data:`BOOKS`."""
JOINS = word_set("or and to thru through y")
NTH = word_set("st nd rd th")
ON = word_set("on dated since el desde until by through thru")
SPANISH_SHORT = word_set("lun mie jue vie sab dom mar mer dim jeu ven")
OXYGEN = word_set("o oxygen spo ox o2 pulse oxygenation room")
SITTERS = word_set("i he she we they who it")
PART_OF_DAY = word_set("at nite night morning afternoon evening am pm noon works ok a las")
NO_DAY_AFTER = word_set("hours hour special specials school appointments openings clinics")
NO_DAY_BEFORE = word_set("happy black cyber giving taco ash palm super great tgif")
SPAN = word_set("to through thru a al hasta")
FOLLOWS = word_set(
    "at and or for is was thx thanks thank please pls plz if because bc but so instead between"
    " works ok can cant with w then to we i she he my from around after before morning afternoon"
    " in gracias por y o a as unless when since will would maybe thru through until go goes"
    " im i'm ill i'll id i'd ive i've hes he's shes she's were we're can cannot could won't wont"
    " doesnt doesn't isnt isn't didnt didn't wasnt wasn't wouldnt wouldn't"
    " cuz coz cause bcuz bec tho though still either maybe right correct huh yes yeah no not my our"
    " u you its it's lol he's she's hes shes only plus"
)
OWNERS = word_set("my her his our your ur last mi su")
MADE = word_set("make making made do doing does cant can't this come coming works is was every")
"""A weekday in short may follow: "cant make wed"."""
WEDDED = word_set("we they i were got get getting be to i'll")
RANKED = word_set(
    "floor fl street st ave avenue day dose time visit one try grade week month year trimester"
    " anniversary round level story and attempt shot birthday"
)
ORDINAL_BEFORE = BEFORE | word_set(
    "do draft you u ya or and appt around of till visit not out leaves than tomorrow tmrw tmr tmrow"
    " tomorow tommorow today tonight between yes yeah yep yup sure no nope hi hello actually prefer"
    " want need like rather have has take about instead if on maybe anytime anything any looks like"
)
NTH_TO = word_set("thru through until till til at")
MOVED = word_set(
    "move moved moving resched rescheduling changing switching"
    " switch switched change changed reschedule rescheduled push pushed bump"
    " bumped swap swapped cambiar cambiamos cambio mover movimos pasa pasamos shifted shift"
)
EVENTS = word_set(
    "appt appointment visit session surgery procedure injection infusion dose scan mri test exam"
    " cleaning chemo dialysis treatment ride game match practice fall accident wreck crash fight"
    " party wedding funeral hike race"
)
"""What happened or is to happen on a day, whose apostrophe may be left out: "saturdays game"."""
SEATED = word_set("in on down up there here for with next beside too all around and at by")
COUNTED = word_set(
    "ages age grade grades kids between every take takes approx within in room rooms pages"
    " level levels score size sizes lose lost gain gained won beat x at of vs tooth chapter t c l s"
)
PLANNED = word_set(
    "due appt appointment surgery recheck visit followup physical checkup mammogram scan cita"
    " colonoscopy cleaning procedure come next wait annual cirugia operan toca moving move leaving"
    " starting starts start expires expire ends ending retire retiring renew wedding"
)
BY_MONTH = word_set("to for in by until till til mid early late en next this")
UNITS = word_set(
    "tab tabs tablet tablets pill pills cup cups tsp teaspoon teaspoons dose doses strength mg ml"
    " mcg inch inches hour hours hr hrs pain mile miles stars star pack packs ag full way people"
    " days weeks months minutes mins min units times cap caps capsules puffs drops tbsp oz lbs lb"
    " service experience stars would pastillas tabletas taza horas adults patients of years"
)
SCALES = word_set(
    "pain scale rate rated rating survey score feeling nausea hurt hurts severity dolor say anxiety"
    " itch mood hiv bp pressure presion vision strength gleason quiz reviews stars"
    " size"
)
HALVED = word_set("take takes took taking tome cut half about only another of use drink size")
PRESSURE = word_set("bp pressure presion")
PARTS = frozenset({"1/2", "1/3", "1/4", "2/3", "3/4", "1/8", "1/1", "2/1", "3/1"})
NUMBERED = word_set(
    "mrn chart record ref reference order version ver v build firmware ios android"
    " lot serial sn acct account claim invoice"
    " ticket case model member id policy group confirmation rx ndc room ext extension ssn number"
    " phone fax code pin ages age no"
)
AS_MONTH = word_set("in by until till til mid early late since en hasta desde")
PARTS_OF_MONTH = word_set(
    "end beginning middle start first last week fin finales principios mediados"
)
MONTH_BEFORE = word_set("in around early late mid from until til till by en de hasta of for")
PASSED = word_set("since last till til until desde hasta pasado depuis")
NO_MONTH_ALONE = word_set("mars mai mar")
LIVED = word_set(
    "had was were been due got came went gave left quit said began felt hurt broke lost tuve estuve"
    " fui dio hicieron operaron perdi empece saw seen fell died passed murio fallecio"
)
EXPIRES = word_set("exp expires valid thru vence")
