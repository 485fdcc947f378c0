"""Facts of all kinds for hypothesis: every field varies, and most texts stand a chance to go."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, timedelta
from functools import cache, partial
from typing import Any, TypeVar

from attrs import evolve
from hypothesis import strategies as st

from compliant_sms.classification import (
    ContentLabel,
    HipaaUse,
    MessageClass,
    Phrase,
    PhraseKind,
    Remuneration,
)
from compliant_sms.consent import (
    Basis,
    Channel,
    ConsentState,
    Flag,
    FlaggedNumber,
    LiveGrant,
    Revocation,
    SignatureKind,
    Tier,
)
from compliant_sms.lookups import (
    DncAnswer,
    LineAnswer,
    LineType,
    LookupAnswers,
    Reassigned,
    ReassignedAnswer,
)
from compliant_sms.people import Authorisation, Holder, Profile, SoftOptIn
from compliant_sms.phi import PhiFinding, PhiLabel, PhiPreference, Sensitivity
from compliant_sms.phone import PhoneNumber
from compliant_sms.practice import Campaign, SenderKind
from compliant_sms.rules import (
    Facts,
    OptOutShown,
    PastText,
    PracticeCap,
    PromisedWait,
    Readings,
    ReplyFacts,
    RevocationScope,
    SentBefore,
    Settings,
    VolumeWait,
)
from compliant_sms.text import Link
from test_rules import LAKESIDE, NOTHING, NUMBER, PURPOSES, SOUND, facts, grant, own, places, states

T = TypeVar("T")

CANARY = "canary-77"
"""Stands wherever a fact quotes a text or a name; it must not come out of a rule."""
OTHER_NUMBER = PhoneNumber("+13055550188")
ZONES = (
    "America/Chicago", "America/New_York", "America/Los_Angeles", "Pacific/Honolulu",
    "America/Phoenix", "America/St_Johns", "Europe/London", "Asia/Manila",
)  # fmt: skip
STATES = ("IL", "FL", "OR", "PA", "RI", "TX", "ME", "AL", "MS", "UT", "NC")
CATEGORIES = ("appointments", "care", "answers", "billing", "promotions", "fundraising")
OWN_PURPOSES = tuple(
    own(f"own-{use}-{paid}-{care}", hipaa=use, remuneration=paid, sensitivity=care)
    for use, paid, care in (
        (HipaaUse.REFILL_REMINDER, Remuneration.COST_OF_MESSAGE, Sensitivity.GENERAL),
        (HipaaUse.TREATMENT_ALTERNATIVE, Remuneration.NONE, Sensitivity.GENERAL),
        (HipaaUse.TREATMENT, Remuneration.PAID, Sensitivity.GENERAL),
        (HipaaUse.TREATMENT, Remuneration.NONE, Sensitivity.MINOR_CONSENTED),
        (HipaaUse.OPERATIONS, Remuneration.NONE, Sensitivity.SUBSTANCE_USE),
    )
)
AGES = st.sampled_from(
    [
        timedelta(0),
        timedelta(minutes=5),
        timedelta(minutes=5, microseconds=1),
        timedelta(hours=4),
        timedelta(hours=24),
        timedelta(hours=30),
        timedelta(days=3),
        timedelta(days=8),
        timedelta(days=60),
        timedelta(days=400),
        timedelta(days=700),
    ]
) | st.timedeltas(timedelta(0), timedelta(days=8))


def sparse(
    of: Callable[..., T], most: int = 3, **fields: st.SearchStrategy[Any]
) -> st.SearchStrategy[T]:
    """Draw a value of which at most so many fields differ from what is usual."""
    some_names = st.sets(st.sampled_from(sorted(fields)), max_size=most)
    chosen = some_names.flatmap(
        lambda names: st.fixed_dictionaries({name: fields[name] for name in sorted(names)})
    )
    return chosen.map(lambda drawn: of(**drawn))


def some(values: Iterable[T]) -> st.SearchStrategy[T]:
    """Draw one of the values."""
    return st.sampled_from(list(values))


def before(at: datetime) -> st.SearchStrategy[datetime]:
    """Draw an instant that is over."""
    return AGES.map(lambda age: at - age)


def days(at: datetime) -> st.SearchStrategy[date]:
    """Draw a day that is over."""
    return before(at).map(datetime.date)


AGREEMENTS = sparse(
    partial(evolve, SOUND),
    1,
    seller=some(["Lakeside", CANARY]),
    number=some([NUMBER, OTHER_NUMBER]),
    signature=some(SignatureKind),
    box_was_unticked=st.booleans(),
    authorises_automated_marketing=st.booleans(),
    not_a_condition_of_purchase=st.booleans(),
    clear_and_conspicuous=st.booleans(),
)
ANSWERED = [
    {},
    {"category": "billing", "message_class": "transactional"},
    {"category": "promotions", "message_class": "marketing"},
]


def revocations(at: datetime) -> st.SearchStrategy[tuple[Revocation, ...]]:
    """Draw what somebody took back."""
    one = st.builds(
        lambda answered, more, **fields: Revocation(**answered, **more, **fields),
        answered=some(ANSWERED),
        event_id=some(["r-1", "r-2"]),
        occurred_at=before(at),
        channel=some(Channel),
        more=sparse(
            dict[str, Any],
            exempt=st.just(True),  # noqa: FBT003 - what is drawn
            clarification_asked=st.just(True),  # noqa: FBT003 - what is drawn
            keep=st.just(("appointments", "care")),
        ),
    )
    return st.lists(one, max_size=2).map(tuple)


def grants(at: datetime) -> st.SearchStrategy[LiveGrant]:
    """Draw a grant."""
    return sparse(
        partial(grant, occurred_at=at),
        event_id=st.text("abc", min_size=1, max_size=4),
        tier=some(Tier),
        categories=some([("appointments",), ("billing", "care"), ("answers", "promotions")]),
        occurred_at=before(at),
        basis=some(Basis),
        agreement=st.none() | AGREEMENTS,
        given_to=some(["Lakeside", CANARY]),
        stopped_by=revocations(at),
    )


def consents(at: datetime) -> st.SearchStrategy[ConsentState]:
    """Draw what somebody agrees to; no two grants are of one instant, as in a fold."""
    return st.builds(
        ConsentState,
        grants=st.lists(grants(at), max_size=3, unique_by=lambda g: g.occurred_at).map(tuple),
        revocations=st.just(()) | revocations(at),
        flagged=st.none()
        | st.builds(
            FlaggedNumber,
            event_id=st.just("flag-1"),
            occurred_at=st.just(at),
            why=st.sampled_from(Flag),
        ),
    )


def findings(of: Any, /, **more: Any) -> st.SearchStrategy[Any]:
    """Draw where a text says some things."""
    one = st.builds(
        lambda start, length, **fields: of(start=start, end=start + length, **fields),
        start=st.integers(0, 100),
        length=st.integers(1, 20),
        **more,
    )
    return st.lists(one, max_size=3).map(tuple)


READINGS: st.SearchStrategy[Readings] = sparse(
    Readings,
    5,
    characters=st.integers(1, 400),
    segments=st.integers(1, 4),
    content=some(ContentLabel),
    phrases=findings(Phrase, rule=some(["discount", "event", "due"]), kind=some(PhraseKind)),
    financial=st.booleans(),
    phi=findings(PhiFinding, label=some(PhiLabel), rule=st.just("rule")),
    names_sender=st.booleans(),
    contact=st.booleans(),
    opt_out=some(OptOutShown),
    help=st.booleans(),
    fees=st.booleans(),
    frequency=st.booleans(),
    no_reply=st.booleans(),
    other_opt_out=st.booleans(),
    links=findings(Link, host=some(["bit.ly", "lakeside.example", f"{CANARY}.example"])),
    language=some(["en", "es"]),
)
SENDERS = sparse(
    partial(evolve, LAKESIDE),
    name=some(["Lakeside Family Medicine", "Other"]),
    also_known_as=some([(), ("Lakeside",)]),
    kind=some(SenderKind),
    tax_exempt_nonprofit=st.booleans(),
    business_associate=st.booleans(),
    free_to_end_user=st.booleans(),
    takes_replies=st.booleans(),
    recurring=st.booleans(),
    link_domains=some([(), ("lakeside.example",)]),
    campaign=st.builds(
        Campaign,
        vetting_score=some([None, 0, 10, 60, 90]),
        use_case=some(["", "charity", "sole_proprietor"]),
    ),
    time_zone=some([None, "America/Los_Angeles"]),
)
BUSY = evolve(LAKESIDE, campaign=Campaign(vetting_score=10, use_case="sole_proprietor"))
FREE = evolve(LAKESIDE, free_to_end_user=True)


def profiles(at: datetime) -> st.SearchStrategy[Profile]:
    """Draw what the host knows of somebody."""
    return sparse(
        Profile,
        4,
        birth_date=st.dates(date(1930, 1, 1), date(2026, 1, 1)),
        holder=some(Holder),
        no_sms=st.booleans(),
        controls_care=st.booleans(),
        number_from_patient=st.just(True),  # noqa: FBT003 - what is drawn
        last_transaction_on=days(at),
        last_inquiry_on=days(at),
        personal_relationship=st.booleans(),
        do_not_call_on=days(at),
        authorisation=st.builds(
            Authorisation,
            signed_on=days(at),
            states_remuneration=st.booleans(),
            expires_on=st.none() | days(at),
        ),
        soft_opt_in=st.builds(
            SoftOptIn,
            details_from_sale=st.booleans(),
            similar_products=st.booleans(),
            opt_out_at_collection=st.booleans(),
        ),
    )


def sent_before(at: datetime) -> st.SearchStrategy[SentBefore]:
    """Draw what went to a number before."""
    text = st.builds(
        PastText,
        at=before(at),
        message_class=some(MessageClass),
        subject=some(["promotion", "appointment_reminder"]),
        exempt=st.booleans(),
    )
    return sparse(
        SentBefore,
        texts=st.lists(text, max_size=6).map(tuple),
        identical_at=before(at),
        segments_today=some([0, 1_999, 250_000]),
        segments_this_minute=some([0, 14, 5_000]),
    )


def look_ups(at: datetime) -> st.SearchStrategy[LookupAnswers]:
    """Draw what others know about a number."""
    return sparse(
        LookupAnswers,
        national_dnc=st.builds(DncAnswer, listed=st.booleans(), as_of=days(at)),
        reassigned=st.builds(
            ReassignedAnswer, answer=some(Reassigned), since=days(at), as_of=days(at)
        ),
        line=st.builds(LineAnswer, kind=st.sampled_from(LineType), as_of=st.dates()),
        deactivated_on=days(at),
    )


@cache
def _about(at: datetime) -> st.SearchStrategy[Facts]:
    return sparse(
        partial(facts, at=at),
        4,
        purpose=some([*PURPOSES, *OWN_PURPOSES]),
        consent=consents(at) | st.just(NOTHING),
        zones=st.lists(some(ZONES), unique=True, max_size=3).map(lambda names: places(*names)),
        states=st.lists(some(STATES), unique=True, max_size=3).map(lambda codes: states(*codes)),
        country=some(["US", "CA", "GB", "AU", "FR", None]),
        readings=READINGS,
        recipient=profiles(at),
        phi_preference=st.builds(PhiPreference, warned=st.booleans(), prefers=st.booleans()),
        sender=some([BUSY, FREE]) | SENDERS,
        sent=sent_before(at),
        lookups=look_ups(at),
        reply=st.builds(
            ReplyFacts,
            received_at=before(at),
            already_sent=st.integers(0, 1),
            asks_which=st.booleans(),
        ),
        volume=st.builds(
            VolumeWait,
            until=st.integers(-30, 900).map(lambda hours: at + timedelta(hours=hours)),
            code=some(["ramp", "replies"]),
        ),
        promised=st.builds(
            PromisedWait,
            until=st.integers(-30, 900).map(lambda hours: at + timedelta(hours=hours)),
            programme=st.just("offers"),
            count=st.integers(1, 9),
            per=some(["week", "month"]),
        ),
        on_allow_list=some([True] * 7 + [False]),
    )


# All hours of the day and all seasons; few enough that what is drawn for each is made once.
INSTANTS = [
    datetime(2025, 1, 1, tzinfo=UTC) + count * timedelta(days=17, hours=7, minutes=13)
    for count in range(60)
]
FACTS = some(INSTANTS).flatmap(_about)
SETTINGS = sparse(
    Settings,
    courtesy_window=some(["10:00-16:00", None]),
    revocation_scope=some(RevocationScope),
    healthcare_exemption=st.just(True),  # noqa: FBT003 - what is drawn
    health_care_message_carve_out=st.booleans(),
    send_without_reassigned_data=st.booleans(),
    opt_out_line_every=some([timedelta(days=30), timedelta(days=1)]),
    identical_text_within=some([timedelta(hours=1), None]),
    caps=st.lists(
        st.builds(
            PracticeCap,
            count=st.integers(1, 3),
            within=some([timedelta(hours=24), timedelta(days=7)]),
            marketing_only=st.booleans(),
        )
        | st.builds(
            PracticeCap,
            count=st.integers(1, 3),
            within=some([timedelta(hours=24), timedelta(days=7)]),
            message_class=some(["transactional", "marketing", None]),
        ),
        max_size=2,
    ).map(tuple),
    unknown_countries=st.booleans(),
)
