"""Events of the ledger: what they refuse, and the bytes that they are stored as."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone

import pytest
from attrs import evolve
from attrs.exceptions import FrozenInstanceError
from hypothesis import given
from hypothesis import strategies as st

from compliant_sms.classification import MessageClass
from compliant_sms.consent import (
    Basis,
    Category,
    Channel,
    Clarified,
    ConsentEvent,
    Dated,
    Flag,
    Granted,
    Imported,
    NumberFlagged,
    Restored,
    Revoked,
    Signature,
    SignatureKind,
    Tier,
    Wording,
    WrittenAgreement,
    from_payload,
    to_payload,
)
from compliant_sms.errors import InvalidInput, SchemaTooNew
from compliant_sms.phone import PhoneNumber
from test_consent import (
    AGREEMENT,
    NUMBER,
    STEADY,
    clarified,
    granted,
    minute,
    restored,
    revoked,
    written,
)

# What events refuse


def test_what_was_shown_must_be_on_record() -> None:
    """A grant needs the wording that the patient read, unless it was by word of mouth."""
    for basis in Basis:
        if basis in {Basis.SPOKEN, Basis.BOOKING}:
            assert granted(1, basis=basis).wording is None
        else:
            with pytest.raises(InvalidInput, match="wording"):
                granted(1, basis=basis)


@pytest.mark.parametrize("basis", list(Basis))
def test_written_consent_needs_wording_and_signature(basis: Basis) -> None:
    """Written consent without the words or without the signature is refused on every basis."""
    with pytest.raises(InvalidInput, match="wording"):
        written(1, basis=basis, wording=None)
    with pytest.raises(InvalidInput, match="signature"):
        written(1, basis=basis, signature=None)


@pytest.mark.parametrize("changes", [{"categories": ()}, {"person": None}, {"person": ""}])
def test_a_grant_covers_something_for_somebody(changes: dict[str, object]) -> None:
    """A grant of nothing, or of nobody, is refused."""
    with pytest.raises(InvalidInput, match="person who gave it"):
        granted(1, **changes)


@pytest.mark.parametrize("make", [granted, revoked, clarified, restored])
@pytest.mark.parametrize("name", ["event_id", "practice_id", "actor"])
@pytest.mark.parametrize("blank", ["", " ", "\n\t"])
def test_events_have_ids_and_an_author(make: type, name: str, blank: str) -> None:
    """An event without id, practice or author is refused, and the error names the field."""
    with pytest.raises(InvalidInput, match=name):
        make(1, **{name: blank})


@pytest.mark.parametrize("make", [granted, revoked, clarified, restored])
@pytest.mark.parametrize("name", ["occurred_at", "recorded_at"])
def test_events_have_no_naive_instants(make: type, name: str) -> None:
    """An instant without a time zone is refused."""
    with pytest.raises(InvalidInput, match="time zone"):
        make(1, **{name: datetime(2026, 3, 2, 15, 0)})  # noqa: DTZ001


@pytest.mark.parametrize(
    "make",
    [
        lambda: Wording(text=" ", version="1"),
        lambda: Wording(text="I agree.", version=""),
        lambda: Signature(signer="", act="signed on paper"),
        lambda: Signature(signer="pat-881", act="\t"),
        lambda: granted(1, basis="telepathy"),
        lambda: granted(1, tier=3),
        lambda: revoked(1, channel="smoke"),
        lambda: revoked(1, message_class="telemarketing"),
        lambda: clarified(1, channel="smoke"),
        lambda: clarified(1, keep=[" "]),
    ],
)
def test_proof_is_not_blank_nor_unknown(make: type) -> None:
    """Blank wording, a blank signature and unknown words of the vocabulary are refused."""
    with pytest.raises(InvalidInput, match=r"empty|there is no such"):
        make()


@pytest.mark.parametrize("message_class", MessageClass)
def test_a_revocation_names_the_class_of_what_it_answers(message_class: MessageClass) -> None:
    """Each class that texts have can be named, and is kept as a plain word."""
    stop = revoked(1, category=Category.CARE, message_class=message_class)

    assert stop.message_class == message_class
    assert type(stop.message_class) is type(stop.category) is str


def test_a_category_needs_its_class() -> None:
    """A revocation of one category of unknown class is refused: it might reach too little."""
    with pytest.raises(InvalidInput, match="message_class too"):
        revoked(1, category="promotions")

    assert revoked(1, message_class="marketing").category == ""


@pytest.mark.parametrize("keep", ["care", [""]])
def test_kept_categories_are_a_list(keep: object) -> None:
    """One text in place of a list, or a blank name, is refused."""
    with pytest.raises(InvalidInput, match="categories are texts in a list"):
        clarified(1, keep=keep)


@pytest.mark.parametrize(
    "make",
    [
        lambda half: Wording(text=half, version="1"),
        lambda half: granted(1, given_to=half),
        lambda half: revoked(1, category=half, message_class="marketing"),
        lambda half: clarified(1, reference=half),
        lambda half: evolve(AGREEMENT, seller=half),
        lambda half: granted(1, categories=[half]),
        lambda half: clarified(1, keep=[half]),
    ],
)
def test_what_no_bytes_can_hold_is_refused(make: Callable[[str], object]) -> None:
    """Half a surrogate pair is refused before anything is recorded, and is not repeated."""
    with pytest.raises(InvalidInput, match="half a surrogate pair") as caught:
        make("Canary \ud83d")

    assert "Canary" not in str(caught.value)


def test_an_event_is_normalised() -> None:
    """Categories are sorted without repeats, instants are in UTC, plain words become enums."""
    chicago = timezone(timedelta(hours=-6))
    event = granted(
        1,
        occurred_at=minute(1).astimezone(chicago),
        categories=["own", Category.CARE, "care"],
        basis="spoken",
        tier=1,
    )

    assert event.categories == ("care", "own")
    assert event.occurred_at == minute(1)
    assert event.occurred_at.tzinfo is UTC
    assert event.basis is Basis.SPOKEN
    assert event.tier is Tier.PRIOR_EXPRESS
    assert revoked(1, channel="letter").channel is Channel.LETTER
    assert clarified(1, keep=["own", Category.CARE, "care"]).keep == ("care", "own")
    assert clarified(1, channel="spoken").channel is Channel.SPOKEN


def test_events_never_change() -> None:
    """What happened cannot be edited."""
    with pytest.raises(FrozenInstanceError):
        granted(1).tier = Tier.PRIOR_EXPRESS_WRITTEN  # type: ignore[misc]


# The stored bytes

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
NAMES = TEXTS.filter(str.strip)
INSTANTS = st.datetimes(
    datetime(1970, 1, 1),  # noqa: DTZ001
    datetime(2200, 1, 1),  # noqa: DTZ001
    timezones=st.sampled_from([UTC, timezone(timedelta(hours=-7)), timezone(timedelta(hours=9))]),
)
COMMON = {
    "event_id": NAMES,
    "practice_id": NAMES,
    "number": st.integers(2_000_000_000, 9_999_999_999).map(lambda n: PhoneNumber(f"+1{n}")),
    "occurred_at": INSTANTS,
    "recorded_at": INSTANTS,
    "actor": NAMES,
}
AGREEMENTS = st.builds(
    WrittenAgreement,
    seller=NAMES,
    number=COMMON["number"],
    signature=st.sampled_from(SignatureKind),
    box_was_unticked=st.booleans(),
    authorises_automated_marketing=st.booleans(),
    not_a_condition_of_purchase=st.booleans(),
    clear_and_conspicuous=st.booleans(),
)
IMPORTED = st.builds(Imported, source=NAMES, dated=st.sampled_from(Dated))
EVENTS: st.SearchStrategy[ConsentEvent] = st.one_of(
    st.builds(
        Granted,
        **COMMON,
        person=NAMES,
        basis=st.sampled_from(Basis),
        tier=st.sampled_from(Tier),
        categories=st.lists(st.sampled_from(Category) | NAMES, min_size=1),
        wording=st.builds(Wording, text=NAMES, version=NAMES),
        signature=st.builds(Signature, signer=NAMES, act=NAMES, ip_address=TEXTS, user_agent=TEXTS),
        reference=TEXTS,
        agreement=st.none() | AGREEMENTS,
        given_to=TEXTS,
        imported=st.none() | IMPORTED,
        unproven=st.booleans(),
    ),
    st.builds(
        Revoked,
        **COMMON,
        person=st.none() | NAMES,
        channel=st.sampled_from(Channel),
        rule=TEXTS,
        reference=TEXTS,
        in_reply_to=TEXTS,
        category=TEXTS,
        message_class=st.sampled_from(["transactional", "marketing", "emergency", "protocol"]),
        exempt=st.booleans(),
        clarification_asked=st.booleans(),
        imported=st.none() | IMPORTED,
    ),
    st.builds(
        Clarified,
        **COMMON,
        person=st.none() | NAMES,
        keep=st.lists(st.sampled_from(Category) | NAMES),
        channel=st.sampled_from(Channel),
        rule=TEXTS,
        reference=TEXTS,
    ),
    st.builds(Restored, **COMMON, person=st.none() | NAMES, rule=TEXTS, reference=TEXTS),
    st.builds(
        NumberFlagged,
        **COMMON,
        person=st.none() | NAMES,
        why=st.sampled_from(Flag),
        reference=TEXTS,
    ),
)


@STEADY
@given(EVENTS)
def test_events_survive_their_bytes(event: ConsentEvent) -> None:
    """Any event comes back equal from its stored bytes, and gives the same bytes again."""
    payload = to_payload(event)
    back = from_payload(payload)

    assert back == event
    assert type(back) is type(event)
    assert to_payload(back) == payload


def test_the_bytes_are_fixed() -> None:
    """Stored bytes are what they were, or old digests would not verify."""
    event = Granted(
        event_id="e1",
        practice_id="lakeside",
        number=NUMBER,
        person="pat-881",
        occurred_at=datetime(2026, 12, 1, 14, 30, tzinfo=timezone(timedelta(hours=-6))),
        recorded_at=datetime(2026, 12, 1, 20, 30, 0, 7, tzinfo=UTC),
        actor="front-desk:ana",
        basis=Basis.PAPER_FORM,
        tier=Tier.PRIOR_EXPRESS_WRITTEN,
        categories=("promotions", "café"),
        wording=Wording(text='Yes, "text" me', version="2026-03"),
        signature=Signature(signer="pat-881", act="signed on paper"),
    )

    assert (
        to_payload(event)
        == (
            '{"actor":"front-desk:ana","basis":"paper_form","categories":["café","promotions"],'
            '"event_id":"e1","kind":"granted","number":"+12175550134",'
            '"occurred_at":"2026-12-01T20:30:00.000000Z","person":"pat-881",'
            '"practice_id":"lakeside","recorded_at":"2026-12-01T20:30:00.000007Z","reference":"",'
            '"signature":{"act":"signed on paper","ip_address":"","signer":"pat-881",'
            '"user_agent":""},"tier":2,"v":1,'
            '"wording":{"text":"Yes, \\"text\\" me","version":"2026-03"}}'
        ).encode()
    )


TOLD = {
    "event_id": "e1",
    "practice_id": "lakeside",
    "number": NUMBER,
    "occurred_at": datetime(2026, 12, 1, 14, 30, tzinfo=timezone(timedelta(hours=-6))),
    "recorded_at": datetime(2026, 12, 1, 20, 30, 0, 7, tzinfo=UTC),
    "actor": "ana",
}
_AFTER = (
    '"number":"+12175550134","occurred_at":"2026-12-01T20:30:00.000000Z","person":%s,'
    '"practice_id":"lakeside","recorded_at":"2026-12-01T20:30:00.000007Z"'
)
FIRST_EDITION: list[tuple[ConsentEvent, str]] = [
    (
        Granted(**TOLD, person="p", basis="booking", tier=1, categories=["care"]),  # type: ignore[arg-type]
        '{"actor":"ana","basis":"booking","categories":["care"],"event_id":"e1","kind":"granted",'
        + _AFTER % '"p"'
        + ',"reference":"","signature":null,"tier":1,"v":1,"wording":null}',
    ),
    (
        Revoked(**TOLD, channel="text", rule="keyword-stop", reference="SM1"),  # type: ignore[arg-type]
        '{"actor":"ana","channel":"text","event_id":"e1","kind":"revoked",'
        + _AFTER % "null"
        + ',"reference":"SM1","rule":"keyword-stop","v":1}',
    ),
    (
        Revoked(**TOLD, person="p", channel="spoken"),  # type: ignore[arg-type]
        '{"actor":"ana","channel":"spoken","event_id":"e1","kind":"revoked",'
        + _AFTER % '"p"'
        + ',"reference":"","rule":"","v":1}',
    ),
    (
        Restored(**TOLD, rule="keyword-start", reference="SM2"),  # type: ignore[arg-type]
        '{"actor":"ana","event_id":"e1","kind":"restored",'
        + _AFTER % "null"
        + ',"reference":"SM2","rule":"keyword-start","v":1}',
    ),
    (
        NumberFlagged(**TOLD, why="invalid_number", reference="m1"),  # type: ignore[arg-type]
        '{"actor":"ana","event_id":"e1","kind":"number_flagged",'
        + _AFTER % "null"
        + ',"reference":"m1","v":1,"why":"invalid_number"}',
    ),
]
LATER_FIELDS: list[tuple[ConsentEvent, str]] = [
    (
        Granted(
            **TOLD,  # type: ignore[arg-type]
            person="p",
            basis="booking",
            tier=1,
            categories=["care"],
            agreement=AGREEMENT,
            given_to="Lakeside",
            unproven=True,
        ),
        '{"actor":"ana","agreement":{"authorises_automated_marketing":true,'
        '"box_was_unticked":true,"clear_and_conspicuous":true,'
        '"not_a_condition_of_purchase":true,"number":"+12175550134",'
        '"seller":"Lakeside Family Medicine","signature":"ticked_box"},'
        '"basis":"booking","categories":["care"],"event_id":"e1","given_to":"Lakeside",'
        '"kind":"granted",'
        + _AFTER % '"p"'
        + ',"reference":"","signature":null,"tier":1,"unproven":true,"v":1,"wording":null}',
    ),
    (
        Revoked(
            **TOLD,  # type: ignore[arg-type]
            channel="text",
            in_reply_to="promotion",
            category="promotions",
            message_class="marketing",
            exempt=True,
            clarification_asked=True,
        ),
        '{"actor":"ana","category":"promotions","channel":"text","clarification_asked":true,'
        '"event_id":"e1","exempt":true,"in_reply_to":"promotion","kind":"revoked",'
        '"message_class":"marketing",' + _AFTER % "null" + ',"reference":"","rule":"","v":1}',
    ),
    (
        Clarified(**TOLD, keep=["care"], channel="text"),  # type: ignore[arg-type]
        '{"actor":"ana","channel":"text","event_id":"e1","keep":["care"],"kind":"clarified",'
        + _AFTER % "null"
        + ',"reference":"","rule":"","v":1}',
    ),
    (
        Clarified(**TOLD, keep=[], channel="text"),  # type: ignore[arg-type]
        '{"actor":"ana","channel":"text","event_id":"e1","keep":[],"kind":"clarified",'
        + _AFTER % "null"
        + ',"reference":"","rule":"","v":1}',
    ),
]


@pytest.mark.parametrize(("event", "payload"), FIRST_EDITION + LATER_FIELDS)
def test_each_kind_has_its_bytes(event: ConsentEvent, payload: str) -> None:
    """Events of the first edition keep their bytes; later fields join where they speak."""
    assert to_payload(event) == payload.encode()
    assert from_payload(payload.encode()) == event


@pytest.mark.parametrize(("there", "newer"), [('"v":1', '"v":2'), ('"revoked"', '"merged"')])
def test_what_a_newer_edition_wrote_is_not_guessed_at(there: str, newer: str) -> None:
    """Another version of the encoding, or another kind of event, is refused."""
    payload = to_payload(revoked(1)).replace(there.encode(), newer.encode())

    with pytest.raises(SchemaTooNew, match="upgrade"):
        from_payload(payload)
