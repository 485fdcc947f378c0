"""Hypothesis strategies: numbers, consents, appointments, and texts in both directions.

All numbers and patients are fictional. Needs the extra ``testing``.
"""

from __future__ import annotations

import string
from datetime import datetime, timedelta
from typing import Final

from attrs import evolve

from compliant_sms.clock import as_utc
from compliant_sms.consent import (
    Basis,
    Category,
    Channel,
    Clarified,
    ConsentEvent,
    Flag,
    Granted,
    NumberFlagged,
    OptInAnswered,
    OptInAsked,
    PhiPreferenceStated,
    Restored,
    Revoked,
    Signature,
    Tier,
    Voided,
    Wording,
)
from compliant_sms.errors import InvalidPhoneNumber, MissingExtra
from compliant_sms.optout import per_se_words
from compliant_sms.phone import PhoneNumber
from compliant_sms.reminders import Appointment, Status
from compliant_sms.testing._clock import MORNING

try:
    from hypothesis import strategies as st
except ModuleNotFoundError as _error:
    if _error.name != "hypothesis":
        raise
    raise MissingExtra("testing", "strategies for hypothesis") from _error  # noqa: EM101

__all__ = [
    "appointments",
    "consent_events",
    "consent_histories",
    "numbers",
    "patient_texts",
    "practice_texts",
    "revoking_texts",
]

_WORDING: Final = Wording(text="I agree to texts about my visits and care.", version="made-up")
_WARNING: Final = Wording(text="Texts are not encrypted; others may read them.", version="made-up")
_SIGNATURE: Final = Signature(signer="Ana Gomez", act="ticked a box")
_LONGEST_PAST: Final = timedelta(days=1000)
_ORDINARY: Final = (
    "C", "Yes", "OK thanks", "Running 10 minutes late", "Can we do Thursday instead?",
    "Who is this?", "gracias", "Do I need to fast before?", "👍", "I can't make it",
    "Please don't stop texting me", 'Liked "See you on Friday."', "I will stop by at noon",
    "the bus stop is far", "",
)  # fmt: skip
_REVOKING: Final = (
    "please stop texting me", "Do not text me again", "take me off your list", "unsubscribe me",
    "remove my number", "no more texts please", "dejen de mandarme mensajes",
)  # fmt: skip
_BLANKS: Final = ("", " ", "\n", "  ", "\t")
_ENDS: Final = ("", ".", "!", "...", "!!")
_ASKS: Final = (
    "see you {day} at {hour}.", "please call us about {day}.", "your visit moved to {day}, {hour}.",
    "the office opens at {hour} on {day}.", "reply C to confirm {day} at {hour}.",
    "nos vemos el {day} a las {hour}.",
)  # fmt: skip
_DAYS: Final = ("Mon Nov 30", "Tue Dec 1", "Friday", "12/4", "el martes")
_HOURS: Final = ("noon", "2:30 PM", "8:00", "9 AM")


def _area_codes() -> list[str]:
    """Area codes with numbers reserved for fiction, 555-0100 to 555-0199."""
    found = []
    for area in range(201, 990):
        try:
            PhoneNumber.parse(f"+1{area}5550100")
        except InvalidPhoneNumber:
            continue
        found.append(str(area))
    return found


def numbers() -> st.SearchStrategy[PhoneNumber]:
    """North American numbers that are reserved for fiction, so nobody has one."""
    areas = st.deferred(lambda: st.sampled_from(_area_codes()))
    return st.builds(
        lambda area, last: PhoneNumber(f"+1{area}55501{last:02}"), areas, st.integers(0, 99)
    )


def _grants() -> st.SearchStrategy[Granted]:
    return st.builds(
        Granted,
        basis=st.sampled_from(list(Basis)),
        tier=st.sampled_from([Tier.PRIOR_EXPRESS, Tier.PRIOR_EXPRESS_WRITTEN]),
        categories=st.lists(st.sampled_from(list(Category)), min_size=1, max_size=4, unique=True),
        wording=st.just(_WORDING),
        signature=st.just(_SIGNATURE),
        **_base(),
    )


def _revocations() -> st.SearchStrategy[Revoked]:
    everything = st.builds(
        Revoked,
        channel=st.sampled_from(list(Channel)),
        except_for=st.lists(st.sampled_from(list(Category)), max_size=2, unique=True),
        clarification_asked=st.booleans(),
        **_base(),
    )
    about = st.sampled_from(["transactional", "marketing"])
    some = st.builds(
        lambda event, category, kind: evolve(event, category=category, message_class=kind),
        everything,
        st.sampled_from(list(Category)).map(str),
        about,
    )
    return everything | some


def _base() -> dict[str, st.SearchStrategy[object]]:
    return {
        "event_id": st.just("event"),
        "practice_id": st.just("practice"),
        "number": st.just(PhoneNumber("+12175550134")),
        "person": st.just("pat-881"),
        "occurred_at": st.just(MORNING),
        "recorded_at": st.just(MORNING),
        "actor": st.sampled_from(["front-desk:ana", "patient", "import"]),
    }


def _events() -> st.SearchStrategy[ConsentEvent]:
    clarified = st.builds(
        Clarified,
        keep=st.lists(st.sampled_from(list(Category)), max_size=3, unique=True),
        channel=st.sampled_from(list(Channel)),
        **_base(),
    )
    preference = st.builds(
        PhiPreferenceStated,
        prefers=st.booleans(),
        warning=st.just(_WARNING),
        channel=st.sampled_from(list(Channel)),
        **_base(),
    )
    flagged = st.builds(NumberFlagged, why=st.sampled_from(list(Flag)), **_base())
    restored = st.builds(Restored, **_base())
    asked = st.builds(
        OptInAsked,
        categories=st.lists(st.sampled_from(list(Category)), min_size=1, max_size=2, unique=True),
        tier=st.just(Tier.PRIOR_EXPRESS),
        wording=st.just(_WORDING),
        until=st.just(MORNING),
        reference=st.just("text"),
        **_base(),
    )
    answered = st.builds(OptInAnswered, agreed=st.booleans(), asked=st.just("event"), **_base())
    voided = st.builds(Voided, reason=st.just("mistyped"), **_base())
    return st.one_of(
        *(_grants(), _revocations(), restored, clarified, preference, flagged, asked, answered),
        voided,
    )


def consent_events(
    *,
    number: str | PhoneNumber = "+12175550134",
    person: str = "pat-881",
    practice_id: str = "lakeside",
    before: datetime = MORNING,
) -> st.SearchStrategy[ConsentEvent]:
    """One consent event.

    Args:
        number: the patient's number.
        person: your id of the patient.
        practice_id: the practice whose ledger it belongs to.
        before: the event happened, and was recorded, before this instant (aware).

    Raises:
        InvalidInput: the instant is naive, or the number is not a phone number.
    """
    histories = consent_histories(
        number=number,
        person=person,
        practice_id=practice_id,
        before=before,
        min_size=1,
        max_size=1,
    )
    return histories.map(lambda events: events[0])


def consent_histories(
    *,
    number: str | PhoneNumber = "+12175550134",
    person: str = "pat-881",
    practice_id: str = "lakeside",
    before: datetime = MORNING,
    min_size: int = 0,
    max_size: int = 8,
) -> st.SearchStrategy[list[ConsentEvent]]:
    """Consent events of one person at one number, in the order in which they were recorded.

    An event may be recorded long after it happened, and after events that happened later.

    Args:
        number: the patient's number.
        person: your id of the patient.
        practice_id: the practice whose ledger they belong to.
        before: all events happened, and were recorded, before this instant (aware).
        min_size: the least number of events.
        max_size: the greatest number of events.

    Raises:
        InvalidInput: the instant is naive.
        InvalidPhoneNumber: the number is not a phone number.
    """
    end, at = as_utc(before), PhoneNumber.parse(_e164(number))
    ages = st.timedeltas(timedelta(seconds=1), _LONGEST_PAST)
    # Measured in days, few are late enough for another event to have come between.
    late = st.just(timedelta(0)) | st.timedeltas(timedelta(0), timedelta(days=30)) | ages

    def filed(
        drawn: list[tuple[ConsentEvent, timedelta, timedelta]],
    ) -> list[ConsentEvent]:
        placed = [
            evolve(
                event,
                practice_id=practice_id,
                number=at,
                person=person,
                occurred_at=end - age - lateness,
                recorded_at=end - age,
            )
            for event, age, lateness in drawn
        ]
        placed.sort(key=lambda event: event.recorded_at)
        return [evolve(event, event_id=f"event-{n}") for n, event in enumerate(placed)]

    each = st.tuples(_events(), ages, late)
    return st.lists(each, min_size=min_size, max_size=max_size).map(filed)


def _e164(number: str | PhoneNumber) -> str:
    return number.e164 if isinstance(number, PhoneNumber) else number


def appointments(
    *,
    person: str | None = None,
    after: datetime = MORNING,
    within: timedelta = timedelta(days=60),
    status: Status | None = Status.BOOKED,
) -> st.SearchStrategy[Appointment]:
    """Appointments in American time zones, at wall times that may not exist or may exist twice.

    Args:
        person: your id of the patient; any by default.
        after: the earliest day of a visit (aware).
        within: the longest time after that.
        status: their status; None for any.

    Raises:
        InvalidInput: the instant is naive.
    """
    first = as_utc(after).replace(tzinfo=None, second=0, microsecond=0)
    minutes = int(within / timedelta(minutes=5))
    starts = st.integers(0, minutes).map(lambda fives: first + timedelta(minutes=5 * fives))
    letters = st.text(string.ascii_lowercase + string.digits, min_size=1, max_size=8)
    return st.builds(
        Appointment,
        id=letters.map("appt-{}".format),
        person=letters.map("pat-{}".format) if person is None else st.just(person),
        numbers=st.lists(numbers(), min_size=1, max_size=3, unique=True),
        start=starts,
        time_zone=st.sampled_from(
            ["America/Chicago", "America/New_York", "America/Phoenix", "Pacific/Honolulu"]
        ),
        place=st.sampled_from(["", "Main Street", "Hospital, 2nd floor"]),
        kind=st.sampled_from(["visit", "cleaning", "imaging"]),
        status=st.sampled_from(list(Status)) if status is None else st.just(status),
        language=st.sampled_from(["en", "es"]),
    )


def revoking_texts() -> st.SearchStrategy[str]:
    """Patients' texts that revoke consent: keywords as thumbs type them, and plain words."""
    words = st.deferred(lambda: st.sampled_from(sorted(per_se_words(), key=_plainest)))
    cased = st.sampled_from([str.upper, str.lower, str.title])
    typed = st.builds(
        lambda word, case, before, after: f"{before}{case(word)}{after}",
        words,
        cased,
        st.sampled_from(_BLANKS),
        st.sampled_from(_BLANKS),
    )
    said = st.builds(str.__add__, st.sampled_from(_REVOKING), st.sampled_from(_ENDS))
    return typed | said


def _plainest(word: str) -> tuple[bool, int, str]:
    return word.casefold() != "stop", len(word), word


def patient_texts() -> st.SearchStrategy[str]:
    """Any text of a patient: revocations, other texts, and arbitrary characters."""
    anything = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=200)
    return revoking_texts() | st.sampled_from(_ORDINARY) | anything


def practice_texts(*, name: str = "Lakeside Family Medicine") -> st.SearchStrategy[str]:
    """Texts of a practice that give its name and reveal nothing about care.

    Args:
        name: the practice's name.
    """
    asks = st.builds(
        lambda ask, day, hour: ask.format(day=day, hour=hour),
        st.sampled_from(_ASKS),
        st.sampled_from(_DAYS),
        st.sampled_from(_HOURS),
    )
    return st.builds(
        lambda ask, end: f"{name}: {ask}{end}", asks, st.sampled_from(("", " 👍", " é"))
    )
