"""What a word can be: one bit for each list that it stands in.

Which recognizer may find anything in a text shows at once in the bits of its words taken
together; where, in the bits of each word. Nothing else is looked at for a text that holds no cue.
"""

from __future__ import annotations

# Names: bits 0 to 17. All bits stay below 60, where figures are quick.
GIVEN = 1 << 0
"""A given name or its short form, words that are names too among them."""
SURE_NAME = 1 << 1
"""A given name that is hardly ever anything else."""
SURNAME = 1 << 2
"""A family name, words that are names too among them."""
COMMON = 1 << 3
"""An ordinary word, or a form of one."""
CANDIDATE = 1 << 4
"""It can be a name by itself: no ordinary word, or a given name that is a word too."""

NAME_CUE = 1 << 5
"""A name of a patient, or of somebody around one, may follow: "dear", "mrs", "daughter"."""
STAFF_CUE = 1 << 6
"""A clinician's name may follow, or precede a credential: "dr", "nurse", "with", "np"."""
NO_NAME = 1 << 7
"""Never a part of a name: a weekday, a salute."""
HARDLY_NAME = 1 << 8
"""A part of a name only with a capital, if such a name is listed: "will", "may", "the"."""
PARTICLE = 1 << 9
"""Goes inside names: "de", "van", "bin"."""
PLACE_WORD = 1 << 10
"""A street, a house or a firm is called so: "avenue", "clinic"."""
SAINT = 1 << 11
"""A place's name goes on behind it: "saint", "fort"."""
OWN_VOICE = 1 << 12
"""Somebody speaks of oneself: "I", "my"."""
TO_READER = 1 << 13
"""A practice speaks to its reader: "your", "appointment"."""
OWNED = 1 << 14
"""Belongs to somebody: "appointment", "chart", "mom"."""
IDENTIFIES = 1 << 15
"""Stands behind a name: "here", "dob"."""
FAMILY = 1 << 16
"""A surname stands before it: "family", "kids"."""
LETTER = 1 << 17
"""One letter, or two that are no word: an initial, or initials."""

# Dates, ages and places: bits 18 to 32.
DAY = 1 << 18
"""A weekday, or how another day may begin: "dia 8", "M/W/F"."""
MONTH = 1 << 19
"""A month, or a day of the year that has a name."""
DATE_WORD = DAY | MONTH
"""Either of them."""
BIRTH = 1 << 20
"""A date of birth may follow: "dob", "born"."""
ONES = 1 << 23
"""Speaks of one person: "my", "appointment", "refill"."""
YOURS = 1 << 24
"""Speaks to one reader, or to each of many: "your"."""
AGE_WORD = 1 << 25
"""An age of 90 and more in words: "ninety", "hundred"."""
STREET = 1 << 26
"""What streets are called: "street", "lane"."""
ADDRESS_CUE = 1 << 27
"""An address may begin without such a word: "box", "calle", "county", "corner"."""
TOWN = 1 << 28
"""A town's name begins with it."""
STATE = 1 << 29
"""A state, in full or in short."""
DWELLING = 1 << 30
"""A residence is called so: "manor", "apartments"."""
LIVES = 1 << 31
"""Somebody lives, stays or goes: "living", "moved"."""
WHERE = 1 << 32
"""A place may follow: "in", "from"."""

# Numbers of record and contact: bits 33 to 44.
PERSONS = 1 << 33
"""A number behind it is somebody's: "my", "cell", "mom", "tried"."""
OFFICE = 1 << 34
"""A number behind it is that of a practice or of another business: "us", "pharmacy"."""
CALLS = 1 << 35
"""Asks for a call, or says that somebody calls: "call", "text"."""
PHONE_WORD = 1 << 36
"""A telephone, and what is done with it: "number", "fax"."""
RECORD_CUE = 1 << 37
"""Announces a number of record: "mrn", "claim"."""
NAMING = 1 << 38
"""Says that a number follows: "number", "id", "ending"."""
LINK = 1 << 39
"""May stand between a number and what announces it: "is", "of"."""
OTHER_NUMBER = 1 << 40
"""Announces a number that is nobody's: "order", "suite"."""
PART = 1 << 41
"""The end of a number follows: "ends", "last"."""
CONTACT_CUE = 1 << 42
"""A mail address that is spoken, a picture or a name to sign in may be near."""
SOCIAL = 1 << 43
"""Announces a social security number."""
CAR_OR_DIGIT = 1 << 44
"""A car, near which a plate may be; or a figure in words."""

# Health, and whom it concerns: bits 45 to 59.
HEALTH_TERM = 1 << 45
"""The first word of a term of the dictionaries of health."""
BODY = 1 << 46
"""A part of the body: "knee"."""
COMPLAINT = 1 << 47
"""Says something of health beside a part of the body: "swollen"."""
VERDICT = 1 << 48
"""What a test gave, in a word: "negative"."""
CODE_CUE = 1 << 49
"""A code of a diagnosis or of a service may be near: "cpt"."""
SAYING = 1 << 50
"""Stands in ways of saying that protected care is about, without any term: "alive"."""
EXAMINED = 1 << 51
"""An examination, or its result: what it showed may follow."""
ILL_VERB = 1 << 52
"""What the ill do, or cannot do: "throw" up, "can't" sleep."""
SHORT_NAME = 1 << 53
"""A medicine or what is done only in the company of certain words: "prep", "group"."""
FOR_WHOM = 1 << 54
"""Tells whom a text is for, or begins a phrase that does: "your", "walk" of "walk in"."""

# Of the text as a whole, beside the marks of its words: bits 55 to 57.
FIGURE = 1 << 55
"""It holds figures."""
NOT_ASCII = 1 << 56
"""As it reads, it holds more than the letters, figures and signs of ASCII."""
A1C = 1 << 57
"""It holds "a1c", a term of health that no word of letters begins."""

HEALTH = HEALTH_TERM | BODY | COMPLAINT
"""A term of health may begin."""
PLACE = STREET | ADDRESS_CUE | DWELLING | TOWN | LIVES
"""A place may be named."""
SOMEBODY = NAME_CUE | STAFF_CUE | CANDIDATE | LETTER
"""Somebody may be named."""
NUMBERED = RECORD_CUE | NAMING
"""A number of record may be announced."""

GROUPS = (FOR_WHOM, HEALTH, PLACE, SOMEBODY, DATE_WORD, EXAMINED, NUMBERED)
"""Marks of which many texts hold words, so that these are looked up once, all together."""
