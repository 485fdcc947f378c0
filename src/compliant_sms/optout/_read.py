"""Reading a whole text: who wrote it, danger, the wish that texts stop, and what it is about.

The order is the order of what must not be missed: an emergency leads, a revocation beside it
stands in the reading as well; then reserved words; then answers and everything else by weight.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from attrs import evolve

from compliant_sms.optout._answers import answers, asked, assent_of, named_in
from compliant_sms.optout._beyond import says_beyond
from compliant_sms.optout._days import names_another_day
from compliant_sms.optout._emergencies import danger_beside, find_emergency
from compliant_sms.optout._framed import author_of, own_parts
from compliant_sms.optout._heard import MOST_READ, Heard, hear
from compliant_sms.optout._intents import Weighed, phrases_in, told, weigh
from compliant_sms.optout._intents_words import Spoken, speak
from compliant_sms.optout._keywords import Reserved, reserved_word
from compliant_sms.optout._language import language_of, language_to_answer
from compliant_sms.optout._reading import Author, Awaiting, Intent, Reading
from compliant_sms.optout._revocation import find_revocation, stop_beside
from compliant_sms.optout._thanks import has_news
from compliant_sms.phrases import fold

_ANOTHER_DAY = "answer:another-day"
_ANSWERS = frozenset({Intent.CONFIRM, Intent.RESCHEDULE, Intent.CANCEL_APPOINTMENT})
_RESERVED = {Reserved.HELP: Intent.HELP, Reserved.START: Intent.OPT_IN}
_ASKS = re.compile(
    r"\?| (?:if i (?:need|needed|want|wanted|have|had|get|got|decide|cant)|by when|what if"
    r"|how (?:late|do i|can i)|what happens"
    r"|if (?:i|we|he|she) (?:\w{1,12} ){1,5}?(?:do|does|will|would|is|are|can|am|should|could)"
    r" (?:you|i|we|it|they|there|he|she)"
    r"|is (?:that|it|this) (?:okay|alright|fine|normal|a problem)"
    r"|(?:remind|tell) me (?:what|which|where|when|who|how)"
    r"|anything (?:else )?(?:i|we) (?:should|need to)"
    r"|do (?:i|we) (?:stop|need|have|take|eat|bring|come|fast|start|skip|still|go|park|call))\b"
    r"|(?:^| [,.!]| but| and| so) (?:(?:hi|hey|hello|ok|okay|so|and|good morning|yes|but|also|um"
    r"|well|wait)[ ,.!]{1,4}){0,3}"
    r"(?:what|when|where|which|who|whose|how|why|is|are|am|does|did|could|should(?! be\b)|isnt|"
    r"(?:do|can|will|would|may)(?! (?:let|do|be|have|see|call|text|try|not|come|make|keep|bring|go"
    r"|check|send|wait|reply|pay|take|get|know|definitely|also)\b)|"
    r"cual|cuando|cuanto|cuanta|donde|como|quien|puedo|puede|pueden|tengo que|hay|tienen|"
    r"a que|con que|para que|comment|quand|quel|quelle|ou|est ce|dois|onde|quando|quanto|"
    r"posso|ano|saan|kailan|"
    r"kelan|pwede|puwede|paano)\b|\u5417|\u4ec0 \u4e48|\u51e0 \u70b9"
)


def read(body: str, *, awaiting: Awaiting | None = None, prompt: str = "") -> Reading:
    """What a patient's text says. Takes time in proportion to its length.

    Behind the first 4,000 code points of a text, more than any carrier delivers, only danger to
    life is looked for.

    Args:
        body: the text as it arrived.
        awaiting: what was asked of this number and is still open; None when nothing is.
        prompt: our text that asked it, while that is open: what it names ("Reply 1 to confirm,
            2 to reschedule") decides what "1" means. Leave it empty once the question has expired.

    Raises:
        InvalidInput: ``awaiting`` is none of the known questions.
        ConfigurationError: a packaged file is damaged.
    """
    awaiting = None if awaiting is None else Awaiting(awaiting)
    heard = hear(body)
    language = language_of(body, heard.words)
    if framed := author_of(heard):
        return _of_no_person(heard, language, *framed)
    reading = _read(heard, language, awaiting, prompt)
    spoken_to = language_to_answer(body, heard.words, prompt, language)
    reading = reading if spoken_to == language else evolve(reading, language=spoken_to)
    reading = evolve(reading, news=True) if has_news(body, reading) else reading
    if reading.intent is Intent.EMERGENCY or len(body) <= MOST_READ:
        return reading
    return next(_dangers_behind(body, reading), reading)


def _of_no_person(heard: Heard, language: str, author: Author, rule: str) -> Reading:
    """A text that a phone, a robot or a carrier wrote, and what a person says beside it."""
    if parts := own_parts(heard, rule):
        own = [_shifted(read(heard.given[start:end]), start) for start, end in parts]
        stop = next((each.revocation for each in own if each.revocation), None)
        return evolve(min(own, key=_urgency), revocation=stop)
    reading = Reading(
        intent=Intent.OTHER, rule=rule, end=len(heard.given), author=author, language=language
    )
    if author is Author.REACTION:
        return reading
    spoken, revocation = speak(heard.text), stop_beside(heard)
    if danger := danger_beside(spoken):
        intent, rule = Intent.EMERGENCY, f"emergency:{danger.rule.id}"
        start, end = _place(heard, spoken, danger.start, danger.end)
    elif revocation is not None:
        intent, rule = Intent.OPT_OUT, revocation.rule
        start, end = revocation.start, revocation.end
    else:
        return reading
    return evolve(
        reading,
        intent=intent,
        rule=rule,
        start=start,
        end=end,
        author=Author.PERSON,
        revocation=revocation,
    )


def _shifted(reading: Reading, by: int) -> Reading:
    """A reading of what stands behind a quote, with its places in the whole.

    Where a quote ends is not always plain, so that what is read there as words of a person grants
    and confirms nothing: it stops texts, tells of danger, or goes to a person.
    """
    revocation = reading.revocation
    if revocation is not None:
        revocation = evolve(revocation, start=revocation.start + by, end=revocation.end + by)
    heeded = reading.intent in _HEEDED_BEHIND_A_QUOTE
    return evolve(
        reading,
        intent=reading.intent if heeded else Intent.OTHER,
        start=reading.start + by,
        end=reading.end + by,
        revocation=revocation,
        also=tuple(each for each in reading.also if each in _HEEDED_BEHIND_A_QUOTE),
    )


def _urgency(reading: Reading) -> int:
    """Which of what a person wrote before and behind a quote leads."""
    if reading.intent in _HEEDED_BEHIND_A_QUOTE:
        return _HEEDED_BEHIND_A_QUOTE.index(reading.intent)
    return len(_HEEDED_BEHIND_A_QUOTE) + (reading.author is not Author.PERSON)


_HEEDED_BEHIND_A_QUOTE = (Intent.EMERGENCY, Intent.OPT_OUT, Intent.WRONG_NUMBER)
_OVERLAP = 200  # code points: more than a sentence that tells of danger


def _dangers_behind(body: str, reading: Reading) -> Iterator[Reading]:
    """Danger in what of a long text is not read for anything else."""
    for start in range(MOST_READ - _OVERLAP, len(body), MOST_READ - _OVERLAP):
        heard = hear(body[start : start + MOST_READ])
        spoken = speak(heard.text)
        if danger := find_emergency(spoken):
            first, last = _place(heard, spoken, danger.start, danger.end)
            yield evolve(
                reading,
                intent=Intent.EMERGENCY,
                rule=f"emergency:{danger.rule.id}",
                start=start + first,
                end=start + last,
                also=(reading.intent, *reading.also),
            )


def _read(heard: Heard, language: str, awaiting: Awaiting | None, prompt: str) -> Reading:
    spoken = speak(heard.text)
    named = named_in(prompt)
    open_question = asked(awaiting, named)
    revocation = find_revocation(heard, open_question)
    letters = heard.text if heard.text.strip() else fold(heard.given).text  # a keycap is a figure
    found = told(spoken, phrases_in(language)) + answers(letters, spoken, open_question, named)
    weighed = weigh(found)
    intent, rule, start, end = _leading(heard, spoken, weighed)
    assent = assent_of(weighed.decided) if weighed and intent is weighed.intent else None
    if intent is Intent.CONFIRM and names_another_day(heard.text, prompt):
        intent, rule = Intent.OTHER, _ANOTHER_DAY
    if intent is not Intent.EMERGENCY and revocation is not None:
        intent, rule, assent = Intent.OPT_OUT, revocation.rule, None
        start, end = revocation.start, revocation.end
    more = False
    if open_question is Awaiting.CONFIRM and intent in _ANSWERS:
        own = [each for each in found if each.rule.says is intent]
        more = says_beyond(heard.given, spoken, own, prompt)
    return Reading(
        intent=intent,
        rule=rule,
        start=start,
        end=end,
        revocation=revocation,
        language=language,
        more=more,
        also=_also(weighed, intent),
        asks=_ASKS.search(spoken.text) is not None,
        assent=assent,
    )


def _leading(heard: Heard, spoken: Spoken, weighed: Weighed | None) -> tuple[Intent, str, int, int]:
    """What leads but for a revocation, and the rule and place that decided."""
    if danger := find_emergency(spoken):
        place = _place(heard, spoken, danger.start, danger.end)
        return Intent.EMERGENCY, f"emergency:{danger.rule.id}", *place
    word = reserved_word(heard.given)
    if word is not None and word.reserved in _RESERVED:
        return _RESERVED[word.reserved], word.rule, 0, len(heard.given)
    if weighed is None:
        return Intent.OTHER, "", 0, 0
    decided = weighed.decided
    place = _place(heard, spoken, decided.start, decided.end)
    return weighed.intent, f"intent:{weighed.intent}/{decided.rule.id}", *place


def _place(heard: Heard, spoken: Spoken, start: int, end: int) -> tuple[int, int]:
    first, last = spoken.place(start, end)
    return heard.place(first, last) if first < last else (0, len(heard.given))


def _also(weighed: Weighed | None, intent: Intent) -> tuple[Intent, ...]:
    if weighed is None:
        return ()
    return tuple(each for each in (weighed.intent, *weighed.also) if each is not intent)
