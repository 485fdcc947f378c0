"""The words around names: what announces one, what follows one, what is never one; their marks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from compliant_sms.phi import _marks as marks
from compliant_sms.phi._name_lists import given_names, is_ordinary, plain_names, surnames, word_set

__all__ = ["name_lists", "name_marks"]

# What announces somebody who is no staff.
GREETINGS = word_set(
    "hi hello hey dear hola estimado estimada morning afternoon evening dias tardes noches"
    " bonjour bonjou salam beste congrats congratulations welcome condolences birthday thanks sorry"
    " job"
)
HONORIFICS = word_set(
    "mr mrs ms miss mx sr sra srta senor senora senorita don dona ssgt sgt cpl capt maj pvt"
    " monsieur madame mme mlle grandma grandpa nana auntie"
)
RELATIVES = word_set(
    "son sons daughter daughters husband wife mom mother dad father sister brother"
    " abuelita abuelito grandmother grandfather grandson granddaughter aunt uncle kid kids"
    " child children baby"
    " partner boyfriend girlfriend friend neighbor roommate ex fiance fiancee spouse twin"
    " twins mama papa hijo hija hijos esposo esposa madre padre hermano hermana abuela abuelo"
    " tia tio nino nina bebe novio novia guardian caregiver niece nephew cousin stepson"
    " stepdaughter"
)
NAMED = word_set(
    "re client member resident student passenger rider caller donor dependent patient pt name"
    " veteran attn attention subscriber sponsor contact parent guardian girl boy nombre paciente"
    " apellido surname familia"
)
SAYS_A_NAME = word_set("soy names name's llamo")
I_AM = word_set("im i'm its it's am c'est si se e")
IS = word_set("is was es")
IT = word_set("this it that name here c")
ANY_NAME = word_set("name apellido nombre")

# What may stand between a cue and the name.
SKIPPED = word_set("is for")

# What announces staff, or stands behind their names.
TITLES = word_set("dr dra doctor doctora drs doc")
ROLES = word_set(
    "counselor counsellor therapist nurse tech technician advocate interpreter hygienist midwife"
    " dietitian nutritionist physician provider surgeon dentist coordinator manager navigator"
    " specialist assistant receptionist psychologist psychiatrist caseworker pharmacist doula coach"
    " aide instructor enfermera enfermero consejera consejero terapeuta interprete phlebotomist"
    " pediatrician dermatologist cardiologist oncologist optometrist orthodontist chiropractor"
    " podiatrist worker scheduler driver chaplain navigator triage np pa rn lpn cna ma"
)
CREDENTIALS = word_set(
    "md do np pa rn lpn lcsw lmsw msw lpc lmft lmhc cnm cnp fnp aprn arnp crnp dnp pmhnp rd rdn dds"
    " dmd dpm dpt pt ot otr slp od phd psyd pharmd cna lac dc rdh bcba cdces"
)
WITH = word_set("with w con")
HOSTS = word_set("see call ask by contact meet")
VISITS = TITLES | word_set(
    "appt appts appointment visit session consult consultation checkup check meeting booked group"
    " follow see seeing scheduled telehealth slot opening therapy cita consulta physical cleaning"
    " confirmed"
)
THEY_DO = word_set("will is can has says from at recommends suggests wants asked would with")
SAYS = word_set("recommends suggests wants asked says said reviewed advises called")
WILL = word_set("will can would is")
SERVES = word_set(
    "call see meet contact reach text email calling seeing meeting answer discuss help running"
    " behind be come stop"
)
APPOSED = word_set("your our the a")
STAFF_THANKS = word_set("thanks sincerely regards best you")
DESKS = word_set(
    "billing reception desk scheduling records crisis triage pharmacy lab imaging team office"
    " clinic intake admissions nursing accounts registration dept department front farmacia"
    " recepcion enfermeria citas facturacion laboratorio oficina"
)
NOT_AFTER_TITLE = word_set(
    "said says told asked wants called calls gave did does is was has had will can may or and"
    " the a my his her your office visit appointment appt note notes orders order sent wrote"
    " put in on at to for about who that this be so good there here back out not if but when"
    " how test"
)

# What belongs to a name, ends one, or never is one.
PARTICLES = word_set("de la del las los van von der den da do dos di bin ibn al el le y")
JOINING = word_set("van de von del")
JOINS = frozenset({" and ", " & ", "+", "/", " + ", ", ", ", and ", " y ", " or ", " / ", " ("})
NEVER = word_set(
    "dr mr mrs ms mx sra srta dra senora senorita np pa rn i a an the and or is was has had"
    " will can may must said says told wants want called calls gave did does wrote put my your"
    " our me we he she they it office for from to with at in on dob born here there again"
    " still id thru til until"
)
SALUTES = word_set("hi hello hey dear hola")
CALENDAR = word_set(
    "monday tuesday wednesday thursday friday saturday january february march july september"
    " october november december mon tue tues wed weds thu thur thurs fri sat sun jan feb mar"
    " apr jun jul aug sep sept oct nov dec lunes martes miercoles jueves viernes sabado"
)
MODAL = word_set(
    "will may can early case able sunday april june august ever long dear star boy girl"
)
ALWAYS_CLOSING = word_set("here again calling confirming dob")
CLOSING = word_set(
    "cancel canceling cancelling pls please plz checking running not wont going coming yes"
    " also so but who she he we calls called texting returning confirmed picking tomorrow"
    " today thx thanks necesito quiero tengo la mama papa para puede un una no had got cant"
    " can't will dob born here calling again confirming confirm needs need is has was and at"
    " for from wants would i my am im y"
)
# What only somebody does or has, so that a word before it at the start is a name.
HAPPENS = word_set("has needs had got threw fell wants here's hasnt isnt wont came")
DOES = HAPPENS | word_set("says said just left was will came")
# What stands before somebody in the middle of a sentence, and hardly before a place or a firm.
BEFORE_SOMEBODY = word_set(
    "for give gave giving about but wrong tell told says said is was that it's its how when"
    " where if because remind bring picked pick after before watching help with as named called"
    " like para ni por"
)
OWNED = word_set(
    "appt appointment visit form forms meds med medicine prescription rx script refill"
    " results labs test mom dad mother father mama chart record records shot shots inhaler"
    " insurance school name birthday bday dob doctor dr ride surgery cast bill number phone"
    " wife husband son daughter"
)
IDENTIFIES = word_set("here dob born")
FAMILIES = word_set("family household kids kid twins boys girls familia")
MONTHS = word_set("april may june august sunday")
# Names that are things of a clinic, or of talk, far more often.
THINGS = word_set(
    "bill bills page case price story art ray art river rain love angel hope will may can"
    " april june august sunday season early song message page mark major minor king dock van"
    " chance memo"
)
BRANDS = word_set(
    "delta chase mercy sierra trinity harmony legacy amber cash georgia virginia carolina dakota"
)
NEXT_TO_THINGS = word_set("a an the this un una el la mon my mi some any old")
ARTICLES = word_set("the a an this our at in on by per via el la")
ASKS = word_set("please pls bring arrive approved")
THANKS = word_set("thanks thank thx ty gracias you much regards sincerely")
OWN_VOICE = word_set("i im i'm ive i've my me mine soy mi")
TO_A_READER = word_set("you your you're ur reply su call appt appointment reminder visit") | ASKS

# Places and firms that are called after somebody, or look so.
PLACES = word_set(
    "christmas st street ave avenue rd road ln lane dr drive blvd way ct court pl place hwy"
    " pkwy terrace clinic hospital medical medicine center centre care health healthcare"
    " wellness practice family pediatrics dental dentistry dermatology cardiology oncology"
    " orthopedics urology neurology eye vision imaging lab labs pharmacy drug drugs hall park"
    " library manor school elem elementary church university college county city house noodle"
    " gardens garden plaza tower towers building bldg wing campus mall market bank foundation"
    " institute associates group hills heights village valley creek lake river beach island"
    " ridge grove springs bay point hill square station site physicians surgery surgical rehab"
    " derm hosp ortho peds cardio recovery therapy womens women's diagnostics urgent location"
    " locations syndrome disease"
    " clinica hospital calle avenida"
)
# What makes a place of the name before it, in small letters too.
SITES = word_set(
    "office offices location locations campus campuses hub branch bank store site sites clinics"
    " county streets building shelter hospital pharmacy clinic"
)
# Family names too: after a given name that is no word they are.
PLACES_TOO = word_set("hall park hill house bay lane lake church grove garden rivers")
AT = word_set("at in near on to")
SAINTS = word_set("st saint lake mount mt fort ft port calle avenida san santa")
# What has a letter for a name, so that the letter is no initial.
LETTERED = word_set(
    "room deck lot wing building bldg suite ste apt unit vitamin hepatitis hep type part plan"
    " option exit door gate bay floor group grade stage form lane line zone desk pod entrance"
)
UNITS = word_set("am pm hr hs lb kg mg ml oz cm mm np pt rn pa md ny us tx")
SMALL_LETTERS_NO_INITIAL = frozenset("aiurnycksxbdemoqtv")


def name_lists() -> Iterator[tuple[int, Iterable[str]]]:
    """Which words each mark of names stands for."""
    yield marks.GIVEN, given_names()
    yield marks.SURE_NAME, plain_names()
    yield marks.SURNAME, surnames()
    yield marks.NAME_CUE, GREETINGS | HONORIFICS | RELATIVES | NAMED | SAYS_A_NAME | I_AM | IS
    yield marks.STAFF_CUE, TITLES | ROLES | WITH | HOSTS
    yield marks.NO_NAME, CALENDAR | SALUTES
    yield marks.HARDLY_NAME, NEVER
    yield marks.PARTICLE, PARTICLES
    yield marks.PLACE_WORD, PLACES | SITES
    yield marks.SAINT, SAINTS
    yield marks.OWN_VOICE, OWN_VOICE
    yield marks.TO_READER, TO_A_READER
    yield marks.OWNED, OWNED
    yield marks.IDENTIFIES, IDENTIFIES
    yield marks.FAMILY, FAMILIES


_NAMES = marks.GIVEN | marks.SURE_NAME | marks.SURNAME
_NEVER_ALONE = (
    marks.NO_NAME
    | marks.HARDLY_NAME
    | marks.SAINT
    | marks.PLACE_WORD
    | marks.NAME_CUE
    | marks.STAFF_CUE
    | marks.HEALTH_TERM
    | marks.DATE_WORD
)


def name_marks(word: str, listed: int) -> int:
    """The marks of a word that follow from its form.

    Args:
        word: in small letters, without the ``'s`` at its end.
        listed: the marks that it has by the lists.
    """
    shortened = "'" in word[2:] or listed & marks.OWN_VOICE  # "don't", not "o'hara"
    common = marks.COMMON if shortened or is_ordinary(word) else 0
    few = len(word) == 1 or (len(word) == 2 and not (common or listed & ~_NAMES or word in UNITS))
    if listed & marks.GIVEN and not listed & marks.SAINT:
        return common | marks.CANDIDATE | (marks.LETTER if few else 0)
    if not (common or listed & _NEVER_ALONE):
        common |= marks.CANDIDATE
    return common | marks.LETTER if few else common
