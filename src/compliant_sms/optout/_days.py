"""Days of the week in what a patient answers, and in what was asked."""

from __future__ import annotations

import re

from compliant_sms.phrases import fold

__all__ = ["names_another_day"]

# In full, or as nothing else is written; what our own texts may write besides: "mar" is a month in
# what a patient writes, and "sat" and "sun" are words.
_DAYS = (
    ("monday mondays lunes lundi", "mon lun"),
    ("tuesday tuesdays tues martes mardi", "tue mar"),
    ("wednesday wednesdays weds miercoles mercredi", "wed mie mer"),
    ("thursday thursdays thur thurs jueves jeudi", "thu jue jeu"),
    ("friday fridays viernes vendredi", "fri vie ven"),
    ("saturday saturdays sabado samedi", "sat sab sam"),
    ("sunday sundays domingo dimanche", "sun dom dim"),
)
_SURE = {word: day for day, (words, _) in enumerate(_DAYS) for word in words.split()}
_SHORT = {word: day for day, (_, words) in enumerate(_DAYS) for word in words.split()}
_WORD = re.compile(r"[a-z]{3,12}")


def names_another_day(body: str, prompt: str) -> bool:
    """Whether a text is about a day of the week, and our text that it answers about others.

    Args:
        body: the text, folded.
        prompt: our text; where it names no day, none is another one.
    """
    named = {_SURE[word] for word in _WORD.findall(body) if word in _SURE}
    if not named:
        return False
    asked = {_SURE.get(word, _SHORT.get(word)) for word in _WORD.findall(fold(prompt).text)}
    asked.discard(None)
    return bool(asked) and not named & asked
