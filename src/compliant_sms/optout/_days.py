"""Days of the week in what a patient answers, and in what was asked."""

from __future__ import annotations

import re

from compliant_sms.phrases import fold

# In full, or as nothing else is written; as our own texts may write besides; and so that it may be
# a month, a name or a word, too. In what a patient writes, the first alone count.
_DAYS = (
    ("monday mondays lunes lundi", "lun", "mon"),
    ("tuesday tuesdays tues martes mardi", "tue", "mar"),
    ("wednesday wednesdays weds miercoles mercredi", "wed mie", "mer"),
    ("thursday thursdays thur thurs jueves jeudi", "thu jue jeu", ""),
    ("friday fridays viernes vendredi", "fri", "vie ven"),
    ("saturday saturdays sabado samedi", "sab", "sat sam"),
    ("sunday sundays domingo dimanche", "", "sun dom dim"),
)
_SURE, _SHORT, _DOUBTFUL = (
    {word: day for day, row in enumerate(_DAYS) for word in row[column].split()}
    for column in range(3)
)
_MONTHS = (
    "jan|ene|janv|feb|fev|mar|mars|apr|abr|avr|may|mayo|mai|jun|juin|jul|juil|aug|ago|aout|sept?"
    "|oct|nov|dec|dic"
)
_WORD = re.compile(r"[a-z]{3,12}")
_DATED = re.compile(
    rf"\b([a-z]{{3}})[.,]{{0,2}} (?:(?:{_MONTHS})[a-z]{{0,6}}\.? \d"
    rf"|\d{{1,2}}(?:/| (?:de )?(?:{_MONTHS})))"
)
# "Have a great Friday" is about no visit.
_WISHES = re.compile(
    r"\b(?:happy|feliz|have an? [a-z]{3,10}|enjoy your|(?:tengan?|pasen?) un [a-z]{3,10}|bon)"
    r" [a-z]{4,12}"
)


def named_days(body: str) -> set[int]:
    """The days of the week that a folded text is about; Monday is 0."""
    return _sure(_WISHES.sub(" ", body))


def names_another_day(body: str, prompt: str) -> bool:
    """Whether a text is about a day of the week, and our text that it answers about others.

    Args:
        body: the text, folded.
        prompt: our text; where it names no day, none is another one.
    """
    named = named_days(body)
    if not named:
        return False
    asked = fold(prompt).text
    told = _sure(asked)
    told |= {_SHORT[word] for word in _WORD.findall(asked) if word in _SHORT}
    told |= {_DOUBTFUL[word] for word in _DATED.findall(asked) if word in _DOUBTFUL}
    may_tell = {_DOUBTFUL[word] for word in _WORD.findall(asked) if word in _DOUBTFUL}
    return bool(told) and not named & (told | may_tell)


def _sure(text: str) -> set[int]:
    return {_SURE[word] for word in _WORD.findall(text) if word in _SURE}
