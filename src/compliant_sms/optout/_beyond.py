"""What an answer about a visit says besides the answer.

A thread may be settled without a person only where the whole text is the answer, with courtesies
around it. So the words that may stand there are listed, and not those that may not: whatever is not
known is for a person.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from datetime import date, datetime, timedelta

from attrs import frozen

from compliant_sms.optout._courtesies import courtesies
from compliant_sms.optout._days import named_days
from compliant_sms.optout._intents import Told
from compliant_sms.optout._intents_words import Spoken, speak
from compliant_sms.phrases import fold

_NUMBERS = {
    word: number
    for number, row in enumerate(
        (
            *("one una", "two dos deux", "three tres trois", "four cuatro quatre"),
            *("five cinco cinq", "six seis", "seven siete sept", "eight ocho huit"),
            *("nine nueve neuf", "ten diez dix", "eleven once onze"),
            "twelve doce douze noon mediodia midi",
        ),
        start=1,
    )
    for word in row.split()
}
_MINUTES = {"media": 30, "treinta": 30, "thirty": 30, "cuarto": 15, "quince": 15, "fifteen": 15}
_WORD = re.compile(r"[^\W_]+")
_SPELT = "|".join(_NUMBERS)
# A figure is a time by what stands with it: minutes, am and pm, or a word before it.
_TIME = re.compile(
    r"(?P<before>\b(?:at|by|for|around|about|las?|a|vers)\s{1,2})?(?<![\d/.:$#])"
    rf"(?P<hour>[01]?\d|2[0-4]|(?:{_SPELT})\b)(?:\s?[:h]?(?P<minute>[0-5]\d)(?!\d)"
    rf"|\s(?:y\s)?(?P<spelt>{'|'.join(_MINUTES)})\b)?(?![\d/%])"
    r"(?P<half>\s?(?:(?P<pm>[ap])\.?\s?m\b|o'?\s?clock|ish\b|h\b))?"
)
_FIGURES = re.compile(r"\d{1,4}")
_NO_FIGURES = re.compile(r"[^\d]")
_HELD_DOWN = re.compile(r"(\w)\1{2,}")
_FIRST_WORD = re.compile(r"^\W*\w+")
_NTH = re.compile(r"\b(\d{1,2})(?:st|nd|rd|th)\b")
_NO_TIME = re.compile(
    r"\s?(?:min|hour|hr|day|dia|week|year|month|kid|of|st\b|nd\b|rd\b|th\b|people)"
)
# Behind thanks, a title and the like, in whatever letters; elsewhere a name has a capital.
_NAMES = re.compile(
    r"\b(?i:thanks|thank you|thank u|thx|thxx|ty|gracias|merci|dra?\.?|doctor|mrs?\.?|ms\.?"
    r"|miss)\s{1,2}(?:[Dd]ra?\.? )?((?:[^\W\d_]{2,16}[.]?\s?(?=[A-Z]|$"
    r"|[.!,\s]))(?:[A-Z][\w]{1,15}[.]?\s?){0,2})|\b(?i:this is|soy|hi|hello|hey|hola|for"
    r"|confirming|with|to|yes|son|daughter|husband|wife|mom|mother|dad|father|hij[oa]|espos[oa]"
    r"|mam[a\u00e1]|pap[a\u00e1]|niet[oa])\s{1,2}((?:[A-Z][\w]{1,15}[.]?\s?){1,3})"
)
_SIGNED = re.compile(r"(?:[-\u2013\u2014,.!~\n]\s{0,2})((?:[A-Z][a-z]{1,14}\s?){1,3})[.!]?\s*$")
_NO_NAMES = frozenset(
    {"covid", "flu", "sick", "fever", "traffic", "running", "stuck", "late", "maybe", "depends"}
    | {"cancel", "reschedule", "call", "help", "need", "not"}
)


def says_beyond(given: str, spoken: Spoken, found: Iterable[Told], prompt: str) -> bool:
    """Whether an answer to a reminder says anything but that, with courtesies around it.

    What decided is left out, names of persons, and what our text told of the visit. Another time
    than it told, a condition, or a word that is not known, is more.

    Args:
        given: the text as it arrived.
        spoken: the same, in one spelling.
        found: the phrases in it that say the same.
        prompt: our text that it answers; empty where nobody knows it.
    """
    if _is_conditional(spoken) or names_another_time(given, prompt):
        return True
    rest = courtesies().turns.sub(_blank, spoken.text)
    for one in found:
        if one.end > 1:
            words = _NO_FIGURES.sub(" ", rest[one.start : one.end])
            rest = rest[: one.start] + words + rest[one.end :]
        else:  # the word or figure that our text named
            rest = _FIRST_WORD.sub(_blank, rest, count=1)
    told = set(map(int, _FIGURES.findall(prompt)))
    if any(int(day) not in told for day in _NTH.findall(fold(given).text) if told):
        return True
    known = courtesies().answers | set(_WORD.findall(speak(fold(prompt).text).text)) | _names(given)
    known |= _numbers_in_times(given)
    return not all(_is_known(word, known, told) for word in _WORD.findall(rest))


def _blank(match: re.Match[str]) -> str:
    return " " * len(match[0])


def _is_known(word: str, known: AbstractSet[str], told: AbstractSet[int]) -> bool:
    if word.isdecimal():
        return word in known or int(word) in told
    held = _HELD_DOWN.sub(r"\1", word)  # "thank youuu"
    return word in known or held in known or (len(word) == 1 and word.isascii())


_NOON = 12
_MORNING = re.compile(r"\b(?<!good )(?<!great )(?<!nice )mornings?\b|\b(?:por|en|de) la manana\b")
_AFTERNOON = re.compile(
    r"\b(?<!good )(?<!great )(?<!nice )(?:afternoon|evening)s?\b|\b(?:por|en|de) la tarde\b"
)


def _is_conditional(spoken: Spoken) -> bool:
    """Whether a text makes its answer depend on something, or says that somebody comes late."""
    known = courtesies()
    return known.depends.search(known.no_delay.sub(" ", spoken.text)) is not None


def names_another_time(
    body: str, prompt: str, *, starts: Sequence[datetime] = (), written: datetime | None = None
) -> bool:
    """Whether a text is about a time, day of the week, tomorrow or next week, and no visit is then.

    Args:
        body: the text as it arrived.
        prompt: our text that it answers.
        starts: when the visits that it asks about begin, by their own clocks, as far as known.
        written: when the text was written, by the clock of the visits; None where nobody knows
            the visits, so that only what our text told counts.

    Returns:
        False also where nobody knows the time of the visit.
    """
    if starts and written is not None and _names_another_date(body, starts, written):
        return True
    return _names_another_hour(body, prompt, starts)


def _names_another_hour(given: str, prompt: str, starts: Sequence[datetime]) -> bool:
    named, text = list(_times(given)), fold(given).text
    told = [*_times(prompt), *(_Time(each.hour, each.minute, sure=True) for each in starts)]
    if not told:
        return False
    if not all(any(one.may_be(other) for other in told) for one in named):
        return True
    halves = [each.hour < _NOON for each in told if each.sure]
    before, after = _MORNING.search(text), _AFTERNOON.search(text)
    return bool(halves) and bool((before and True not in halves) or (after and False not in halves))


def _names_another_date(given: str, starts: Sequence[datetime], written: datetime) -> bool:
    said = courtesies().turns.sub(" ", fold(given).text)
    today = written.date()
    days = {each.date() for each in starts}
    if named_days(said) - {day.weekday() for day in days}:
        return True
    return any(
        pattern.search(said) is not None and not any(fits(day, today) for day in days)
        for pattern, fits in _DATES
    )


def _is_in(days: int) -> Callable[[date, date], bool]:
    return lambda day, today: day == today + timedelta(days=days)


def _is_next_week(day: date, today: date) -> bool:
    monday = today - timedelta(days=today.weekday())
    return timedelta(days=6) <= day - monday < timedelta(days=14) and day > today


def _is_next_month(day: date, today: date) -> bool:
    return (day.year * 12 + day.month) - (today.year * 12 + today.month) == 1


_DATES: tuple[tuple[re.Pattern[str], Callable[[date, date], bool]], ...] = (
    (re.compile(r"\b(?:today|tonight|hoy|aujourd'?hui)\b"), _is_in(0)),
    (
        re.compile(
            r"(?<!day after )(?<!por la )(?<!de la )(?<!en la )\b"
            r"(?:tomorrow|tmrw|tmw|tomorow|manana(?! por la noche)|demain)\b"
        ),
        _is_in(1),
    ),
    (
        re.compile(r"\b(?:next week|(?:proxima|otra) semana|semana proxima|semaine prochaine)\b"),
        _is_next_week,
    ),
    (re.compile(r"\b(?:next month|proximo mes|mes proximo|mois prochain)\b"), _is_next_month),
)


@frozen
class _Time:
    """A time of day, as far as it is told.

    Attributes:
        hour: of twelve, or of twenty-four.
        minute: None where only the hour is told.
        sure: whether the hour is one of twenty-four.
    """

    hour: int
    minute: int | None
    sure: bool = False

    def may_be(self, told: _Time) -> bool:
        """Whether it is the time that was told, or leaves open that it is."""
        both = self.sure and told.sure
        same = self.hour == told.hour if both else self.hour % 12 == told.hour % 12
        return same and self.minute in {None, told.minute or 0}


def _times(given: str) -> Iterator[_Time]:
    text = fold(given).text
    for each in _TIME.finditer(text):
        before, minute = each["before"] or "", each["minute"] or _MINUTES.get(each["spelt"])
        if not _is_told(each) or _NO_TIME.match(text, each.end()):
            continue
        spelt = _NUMBERS.get(each["hour"])
        if before.strip() in _WEAK and not (spelt or minute or each["half"]):
            continue
        hour = spelt or int(each["hour"])
        if each["pm"]:
            hour = hour % 12 + 12 * (each["pm"] == "p")
        sure = bool(each["pm"]) or not 0 < hour <= _NOON
        yield _Time(hour, int(minute) if minute else None, sure=sure)


def _is_told(time: re.Match[str]) -> bool:
    return bool(time["before"] or time["half"] or time["spelt"] or ":" in time[0])


_WEAK = frozenset({"a", "la"})


def _numbers_in_times(given: str) -> set[str]:
    told = [each[0] for each in _TIME.finditer(fold(given).text) if _is_told(each)]
    return {number for each in told for number in re.findall(r"\d+|[a-z]+", each)}


def _names(given: str) -> set[str]:
    """What stands as a name: behind thanks, a title or a greeting, or at the end, as who signs."""
    given = given.replace("\u2019", "'").replace("'s ", " ")
    found = [
        group
        for pattern in (_NAMES, _SIGNED)
        for match in pattern.finditer(given)
        for group in match.groups("")
    ]
    words = {word for name in found for word in _WORD.findall(fold(name).text)} - _NO_NAMES
    return words | {f"{word}s" for word in words}
