"""The words that dates are made of, in the languages that patients write, and their marks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from compliant_sms.phi._words import _marks as marks


def word_set(text: str) -> frozenset[str]:
    """The words of a text as a set; for lists that read as prose."""
    return frozenset(text.split())


def _misspelled(word: str) -> Iterator[str]:
    """Two letters swapped, one left out or one doubled, not at the ends."""
    for at in range(1, len(word) - 1):
        yield word[:at] + word[at + 1] + word[at] + word[at + 2 :]
        yield word[:at] + word[at + 1 :]
        yield word[:at] + word[at] + word[at:]


def _with_misspellings(names: frozenset[str]) -> frozenset[str]:
    """The names and what long ones are mistaken for; ordinary words and names are left alone."""
    wrong = {spelled for name in names if len(name) > 5 for spelled in _misspelled(name)}
    return names | {word for word in wrong if len(word) > 4} - {"mares", "mates", "sundy"}


_ENGLISH_DAYS = _with_misspellings(
    word_set(
        "monday tuesday wednesday thursday friday saturday sunday tuseday wensday thurday thrusday"
    )
)
SHORT_DAYS = word_set("sat sun wed mon mar mie lun jue vie sab dom mer dim")
"""Weekdays in short that are words of another kind, too."""
NUMBERED_DAYS = (
    _with_misspellings(word_set("lunes martes miercoles jueves viernes sabado domingo"))
    | word_set("lundi mardi mercredi jeudi vendredi samedi dimanche")
    | word_set("montag dienstag mittwoch donnerstag freitag samstag sonntag")
    | word_set("lunedi martedi mercoledi giovedi venerdi sabato domenica")
    | word_set("lendi madi mekredi jedi vandredi samdi dimanch")
    | word_set("miyerkules huwebes biyernes linggo")
    | word_set("понедельник вторник среду четверг пятницу субботу воскресенье".replace("й", "и"))
    | word_set("الاحد الاثنين الثلاثاء الاربعاء الخميس الجمعة السبت")
)
"""Weekdays of languages that put the day of the month right behind: "jueves 27"."""
DAYS = (
    _ENGLISH_DAYS
    | SHORT_DAYS
    | NUMBERED_DAYS
    | word_set("tue tues weds thu thur thurs fri jeu ven")
)
"""Names of weekdays."""
PLURAL_DAYS = frozenset(day + "s" for day in _ENGLISH_DAYS if day.endswith("day"))
"""Weekdays that come again."""
LETTERS = word_set("m t tu w th f sa su mwf tths tts tthsat")
"""Weekdays in one or two letters, and lists of them."""
LONG_MONTHS = _with_misspellings(
    word_set(
        "january february march april may june july august september october november december"
        " enero febrero marzo abril mayo junio julio agosto septiembre setiembre octubre noviembre"
        " diciembre janvier fevrier avril juillet septembre octobre novembre decembre"
        " janeiro fevereiro junho julho setembro outubro novembro dezembro"
        " pebrero marso hunyo hulyo setyembre oktubre nobyembre disyembre"
        " januar februar juni juli oktober dezember gennaio febbraio aprile maggio giugno luglio"
        " settembre ottobre dicembre"
        " janvye fevriye jiye septanm oktob novanm desanm"
        " января февраля марта апреля июня июля августа сентября октября ноября декабря"
    )
)
"""Names of months that say a month when they stand alone."""
MONTHS = LONG_MONTHS | word_set(
    "jan feb mar apr jun jul aug sep sept oct nov dec ene abr ago dic mars mai juin aout maio avr"
    " мая"
)
"""Names of months."""
HOLIDAYS = word_set(
    "thanksgiving christmas xmas halloween easter navidad nochebuena passover ramadan eid diwali"
    " hanukkah juneteenth"
)
"""Days of the year that have a name."""
NAMED_DAYS = word_set(
    "labor memorial mother's father's mothers fathers veterans columbus presidents valentine's"
    " valentines mlk year's years patrick's patricks independence"
)
"""What stands before "day" or "eve" in such a name."""
ORDINALS = word_set(
    "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth"
    " fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth twentieth thirtieth twenty"
    " thirty primero uno dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce"
    " quince dieciseis diecisiete dieciocho diecinueve veinte veintiuno veintidos veintitres"
    " veinticuatro veinticinco veintiseis veintisiete veintiocho veintinueve treinta"
)
"""Words that can begin a day of the month in words."""
NTHS = word_set(
    "third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth"
    " fifteenth sixteenth seventeenth eighteenth nineteenth twentieth thirtieth twenty thirty"
)
"""Days of the month in words that stand alone: "on the fifteenth"."""
NUMBERS = ORDINALS | word_set(
    "mil novecientos cincuenta sesenta setenta ochenta noventa cuarenta y one two three four five"
    " six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen"
    " nineteen forty fifty sixty seventy eighty ninety hundred thousand and oh zero"
)
"""Words that days and years are spoken in."""
TENS = word_set("twenty thirty forty fifty sixty seventy eighty ninety thousand")
"""Words that a year is spoken with."""
JOINING = frozenset(("and", "y", "oh", "zero"))
"""Those that no day begins with, and no year ends with."""
BIRTH = word_set(
    "dob yob born birthyear birth birthday birthdate bday naci nac nacio nacido nacida"
    " nacimiento nee ne b cumple cumpleanos fet"
)
"""A date of birth follows."""
_NINETIES = word_set("ninety ninetieth centenarian hundred hundredth noventa cien ciento")


def date_lists() -> Iterator[tuple[int, Iterable[str]]]:
    """Which words the marks of dates stand for."""
    yield marks.DAY, DAYS | PLURAL_DAYS | LETTERS | NTHS | TENS | {"dia", "el", "del", "al"}
    yield marks.MONTH, MONTHS | HOLIDAYS | NAMED_DAYS
    yield marks.BIRTH, BIRTH
    yield marks.AGE_WORD, _NINETIES
