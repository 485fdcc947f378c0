"""The words around names: what announces one, what follows one, what is never one; their marks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from compliant_sms.phi._words import _marks as marks
from compliant_sms.phi._words._name_lists import (
    given_names,
    is_apostrophized,
    is_ordinary,
    plain_names,
    surnames,
    word_set,
)
from compliant_sms.phi._words._name_staff_words import (
    HOSTS,
    LEADS,
    ROLES,
    SHORT_ROLES,
    TITLES,
    WITH,
)

# What announces somebody who is no staff.
GREETINGS = word_set(
    "hi hello hey dear hola estimado estimada morning afternoon evening dias tardes noches"
    " bonjour bonjou salam beste congrats congratulations welcome condolences birthday thanks sorry"
    " job buenas hiya heya howdy aloha hallo greetings yo salut coucou oye oiga kamusta atencion"
    " night goodnight bye felicidades ola oi allo"
)
HONORIFICS = word_set(
    "mr mrs ms miss mx sr sra srta senor senora senorita don dona ssgt sgt cpl capt maj pvt"
    " monsieur madame mme mlle grandma grandpa nana auntie granny gramps meemaw papaw mamaw"
    " profesor profesora"
)
RELATIVES = word_set(
    "son sons daughter daughters husband wife mom mother dad father sister brother"
    " abuelita abuelito grandmother grandfather grandson granddaughter aunt uncle kid kids"
    " child children baby"
    " partner boyfriend girlfriend friend neighbor roommate ex fiance fiancee spouse twin"
    " twins mama papa hijo hija hijos esposo esposa madre padre hermano hermana abuela abuelo"
    " tia tio gma gpa grandmom granddad granddaddy mawmaw pawpaw memaw hubs stepbrother stepsister"
    " housemate landlord babysitter sitter buddy coworker nino nina bebe novio novia guardian"
    " caregiver niece nephew cousin stepson"
    " stepdaughter bro sis hubby wifey granny gran stepmom stepdad stepfather stepmother godson"
    " goddaughter godmother godfather daddy mommy mum momma mami papi kiddo toddler newborn"
    " grandbaby grandchild nephews nieces cousins sisters brothers triplets bf gf bestie roomate"
    " dad's mom's sobrino sobrina primo prima nieto nieta suegra suegro yerno nuera hijastro"
    " hijastra marido mujer pareja maman mari femme fils fille frere soeur pitit law foster"
    " abuelitos nietos sobrinos primos"
)
PARENTS = word_set("mom mother dad father mama papa madre padre tia tio abuela abuelo")
NAMED = word_set(
    "re client member resident student passenger rider caller donor dependent patient pt name"
    " veteran attn attention subscriber sponsor contact parent guardian girl boy nombre paciente"
    " apellido surname familia named pts beneficiary enrollee guarantor insured cliente titular"
    " asegurado asegurada afiliado afiliada aka nee survivor nickname"
)
SAYS_A_NAME = word_set("soy names name's llamo llama m'appelle")
SPEAKS = word_set("habla escribe saluda recuerda")
I_AM = word_set("im i'm its it's am c'est si se e under aqui sou chamo")
FILED = word_set("it is be listed filed booked account still its it's him her them put")
IS = word_set("is was es")
IT = word_set("this it that name here c")
FOR_WHOM = word_set("for")
# What is somebody's, before "for": "cancel for juno".
VISITS_OF = word_set(
    "cancel canceling cancelling canceled cancelled reschedule rescheduling resched rebook confirm"
    " confirming confirmed calling texting appt appts appointment appointments refill refills ride"
    " checking here picking asking"
)
SPELLED = word_set("spelled spelt misspelled")
ANY_NAME = word_set("name apellido nombre")

# What may stand between a cue and the name.
SKIPPED = word_set("is for mwen me it of de") | LEADS

# What belongs to a name, ends one, or never is one.
PARTICLES = word_set(
    "de dela la del las los van von der den da do dos di bin ibn al el le y viuda vda"
)
# With a capital, or these in small letters too, they begin a name.
OPENING_PARTICLES = word_set("de del dela van von bin ibn al der st mac")
SMALL_PARTICLES = word_set("bin ibn van von")
# The second half of Korean, Chinese and Vietnamese given names that a hyphen joins.
SECOND_HALVES = word_set(
    "ho woo hyun min ah jin hee young yeon seo su soo kyung ji eun won wook hwan hoon hun sik sook"
    " suk sun joo ju jae il ki gi rim ra na mi bin beom chul seok sang tae kwon wan yong yun yoon"
    " jun joon lin ling ming wei hua fang ying anh linh mei li yi xin yan jie hong chen hao hui"
)
NO_SURNAMES = word_set("sunday bank")
JOINING = word_set("van de von del")
JOINS = frozenset({" and ", " & ", "+", "/", " + ", ", ", ", and ", " y ", " or ", " / ", " ("})
NEVER = word_set(
    "dr mr mrs ms mx sra srta dra senora senorita np pa rn i a an the and or is was has had name"
    " will can may must said says told wants want called calls gave did does wrote put my your"
    " our me we he she they it office for from to with at in on dob born here there again"
    " still id thru til until just line back portal friend friends parent guardian"
    " nombre esta click"
    " verizon comcast xfinity fedex usps uber lyft doordash instacart walmart walgreens costco"
)
SALUTES = word_set("hi hello hey dear hola ola oi")
CALENDAR = word_set(
    "monday tuesday wednesday thursday friday saturday january february march july september"
    " october november december mon tue tues wed weds thu thur thurs fri sat sun jan feb mar"
    " apr jun jul aug sep sept oct nov dec lunes martes miercoles jueves viernes sabado"
)
MODAL = word_set(
    "will may can early case able sunday april june august ever long dear star boy girl kid son van"
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
HAPPENS = word_set(
    "has needs had got threw fell wants here's hasnt isnt wont came cant can't doesnt doesn't"
    " hasn't isn't won't didnt didn't lost broke woke refuses refused vomited puked feels keeps ate"
    " swallowed hurt coughed tiene necesita forgot forgets spilled choked burned chipped cracked"
    " cries cried sneezed scraped bumped bit keep owes lives sleeps hates limps drools snores walks"
    " fainted missed called asked forgot died takes eats coughs pukes vomits refuses wakes"
)
DOES = HAPPENS | word_set(
    "says said just left was will came took did cancelled canceled rescheduled confirmed arrived"
)
# What stands before somebody in the middle of a sentence, and hardly before a place or a firm.
BEFORE_SOMEBODY = word_set(
    "for give gave giving about but wrong tell told says said is was that it's its how when"
    " where if because remind bring picked pick after before watching help with as named called"
    " like para ni por"
)
OWNED = word_set(
    "appt appointment visit form forms meds med medicine prescription rx script refill teacher"
    " backpack temp fever cough rash mouth gums teeth tooth lunch bottle chair crib bed diaper"
    " allergies allergy asthma tube ear ears eye eyes knee arm leg foot feet hand wrist ankle back"
    " stomach throat nose head stitches cast crutches braces glasses exam checkup xray mri pcp"
    " daycare coach class birthdate shoes blood sugar vaccines vaccine immunizations therapy"
    " session father's mother's mom's dad's guardian aunt uncle grandma grandpa sister brother"
    " results labs test mom dad mother father mama chart record records shot shots inhaler"
    " insurance school name birthday bday dob doctor dr ride surgery cast bill number phone"
    " wife husband son daughter"
)
IDENTIFIES = word_set("here dob born dob's birthdate checking arriving")
FAMILIES = word_set(
    "family household kids kid twins boys girls familia bunch crew clan siblings sisters brothers"
    " boy girl boy's girl's kid's triplets children residence household's family's party"
)
MONTHS = word_set("april may june august sunday")
# Names that are things of a clinic, or of talk, far more often.
THINGS = word_set(
    "bill bills page case price story art ray art river rain love angel hope will may can"
    " april june august sunday season early song message page mark major minor king dock van"
    " chance memo love victory beach park court cash sandy"
)
NO_HOSTS = MONTHS | THINGS
# Names too, of which somebody speaks sooner than of the thing.
PEOPLE = word_set("hope love king angel major river art ray chance sandy rain")
ALIVE = word_set(
    "fell hurt puked vomited swallowed ate woke coughed broke bit refuses refused cut cant can't"
    " wont threw slept cried sneezed choked forgot bumped scraped won't"
)
"""What only who lives does."""
STATES = word_set(
    "allergic sick pregnant due coming okay ok better worse having feeling running late out still"
    " sleeping eating crying vomiting throwing coughing my home asleep awake nauseous dizzy"
    " bleeding"
    " hurting sore scared nervous anxious in on off ready not so doing getting going taking"
)
"""How somebody is, and seldom a thing."""
SPEAKS_OUT = word_set("says said wants needs")
# Before "in" or "from" and a town.
DISTANCES = word_set("hr hrs hour hours mile miles mi min mins minutes away blocks")
COMES = word_set(
    "come comes came coming check checked checking bring brings fill squeeze squeezed get got put"
    " call sign step pop walk drop let fit log dial pencil"
)
BRANDS = word_set(
    "delta chase mercy sierra trinity harmony legacy amber cash georgia virginia carolina dakota"
)
NEXT_TO_THINGS = word_set("a an the this un una el la mon my mi some any old")
ARTICLES = word_set("the a an this our at in on by per via el la")
ASKS = word_set("please pls bring arrive approved")
THANKS = word_set("thanks thank thx ty gracias you much regards sincerely love xo xoxo hugs")
OWN_VOICE = word_set(
    "i im i'm ive i've my me mine soy mi mis necesito quiero tengo puedo estoy yo i'll i'd"
)
TO_A_READER = (
    word_set("you your you're ur reply su call appt appointment reminder visit usted sus") | ASKS
)

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
    " clinica hospital calle avenida middle high isd academy preschool daycare parkway freeway"
    " bridge trail trl cir circle loop falls junction crossing commons hospice apartments apts"
    " condos estates residence lodge chapel cemetery stadium theater theatre airport motel hotel"
    " inn award scholarship memorial rm room hardware supply"
)
# Firms that bear somebody's name: "Rosie's Diner".
FIRMS = word_set(
    "cafe diner deli bakery grill pizza pizzeria bar pub salon delivery kitchen garage barber"
    " barbershop store shop market motel hotel inn motors auto gym bistro coffee tavern brewery"
    " donuts bbq burgers tacos taqueria farm farms ranch daycare preschool academy restaurant"
    " noodle clinic hospital pharmacy law place church club foundation house florist flowers"
    " boutique tire tires towing cleaners laundry catering bookstore"
)
# What makes a place of the name before it, in small letters too.
SITES = word_set(
    "office offices location locations campus campuses hub branch bank store site sites clinics"
    " garage county streets building shelter hospital pharmacy clinic"
)
# Called after somebody, in small letters too: "Lou Gehrig's disease".
NAMED_AFTER = word_set("disease syndrome")
# Family names too: after a given name that is no word they are.
PLACES_TOO = word_set(
    "hall park hill house bay lane lake church grove garden rivers high inn bridge circle lodge"
    " chapel"
)
AT = word_set("at in near on to")
SAINTS = word_set(
    "st saint lake mount mt fort ft port calle avenida san santa farmacia clinica parroquia iglesia"
    " colonia"
)
# What has a letter for a name, so that the letter is no initial.
LETTERED = word_set(
    "bed room deck lot wing building bldg suite ste apt unit vitamin hepatitis hep type part plan"
    " option exit door gate bay floor group grade stage form lane line zone desk pod entrance hall"
)
UNITS = word_set("am pm hr hs lb kg mg ml oz cm mm np pt rn pa md ny us tx")
SMALL_LETTERS_NO_INITIAL = frozenset("aiurnycksxbdemoqtv")


def name_lists() -> Iterator[tuple[int, Iterable[str]]]:
    """Which words each mark of names stands for."""
    yield marks.GIVEN, given_names()
    yield marks.SURE_NAME, plain_names()
    yield marks.SURNAME, surnames()
    yield (
        marks.NAME_CUE,
        GREETINGS
        | HONORIFICS
        | RELATIVES
        | NAMED
        | SPELLED
        | FOR_WHOM
        | SAYS_A_NAME
        | SPEAKS
        | I_AM
        | IS,
    )
    yield marks.STAFF_CUE, SHORT_ROLES | TITLES | ROLES | WITH | HOSTS
    yield marks.NO_NAME, CALENDAR | SALUTES
    yield marks.HARDLY_NAME, NEVER
    yield marks.PARTICLE, PARTICLES
    yield marks.PLACE_WORD, PLACES | SITES | FIRMS
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
    | marks.CAR_OR_DIGIT
)


def name_marks(word: str, listed: int) -> int:
    """The marks of a word that follow from its form.

    Args:
        word: in small letters, without the ``'s`` at its end.
        listed: the marks that it has by the lists.
    """
    if is_apostrophized(word) and not listed & marks.OWN_VOICE:
        return marks.GIVEN | marks.CANDIDATE
    shortened = "'" in word[2:] or listed & marks.OWN_VOICE  # "don't", not "o'hara"
    common = marks.COMMON if shortened or is_ordinary(word) else 0
    if word[:2] == "o'" and len(word) > 4 and not common:
        return marks.SURNAME | marks.CANDIDATE  # "o'brien"
    few = len(word) == 1 or (len(word) == 2 and not (common or listed & ~_NAMES or word in UNITS))
    if listed & marks.GIVEN and not listed & marks.SAINT:
        return common | marks.CANDIDATE | (marks.LETTER if few else 0)
    if not (common or listed & _NEVER_ALONE):
        common |= marks.CANDIDATE
    return common | marks.LETTER if few else common
