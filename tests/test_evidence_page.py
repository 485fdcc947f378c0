"""The page of a pack: it shows what strangers wrote, and runs and loads none of it."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from unicodedata import category

import pytest
from attrs import evolve
from attrs import fields as attrs_fields
from hypothesis import given, settings
from hypothesis import strategies as st

from compliant_sms.classification import Purpose
from compliant_sms.consent import (
    Category,
    Channel,
    Clarified,
    ConsentEvent,
    ConsentState,
    Dated,
    Granted,
    Imported,
    Link,
    NumberFlagged,
    PhiPreferenceStated,
    Restored,
    Revocation,
    Revoked,
    Wording,
    beginning,
    filed_under,
    link,
    to_payload,
)
from compliant_sms.evidence import (
    FORMAT,
    LAYOUT,
    AccessRecord,
    ChainRecord,
    Dossier,
    DroppedRecord,
    EntryRecord,
    EventRecord,
    Left,
    PageActRecord,
    PracticeRecord,
    ProblemRecord,
    ReceivedRecord,
    ReportRecord,
    SaidRecord,
    StepRecord,
    TextRecord,
    make_pack,
    verify_pack,
)
from compliant_sms.evidence._files import JSON, PAGE, as_json, from_json, unpacked
from compliant_sms.evidence._page import page
from compliant_sms.evidence._page._markup import shown
from compliant_sms.flows._deciding._rehearsed import DRY_RUN
from compliant_sms.flows._receiving._patient_text import ON_PAGE
from compliant_sms.phone import PhoneNumber
from compliant_sms.records import unstructure
from compliant_sms.retention import instead_of
from compliant_sms.rules import Override, ReplyFacts, Rulebook
from compliant_sms.waiver import Waiver
from conftest import PATIENT, PERSON
from evidence_story import SINCE, UNTIL, dossier_of
from test_rules import COMPLETE, facts, places

GOLDEN = Path(__file__).parent / "data" / "evidence"
NOON = SINCE + timedelta(hours=12)
VOID = {"meta", "br", "rect", "circle", "line", "path", "polygon"}
ALLOWED = VOID | {
    "html",
    "head",
    "title",
    "style",
    "body",
    "main",
    "header",
    "section",
    "article",
    "div",
    "p",
    "h1",
    "h2",
    "h3",
    "h4",
    "ul",
    "li",
    "dl",
    "dt",
    "dd",
    "a",
    "b",
    "q",
    "blockquote",
    "cite",
    "code",
    "pre",
    "small",
    "span",
    "time",
    "table",
    "thead",
    "tbody",
    "tr",
    "th",
    "td",
    "figure",
    "svg",
    "text",
}
HOSTILE = [
    "<script>alert(1)</script>",
    "</blockquote></article><img src=x onerror=alert(1)>",
    "\"'><a href=javascript:alert(1)>&#x3c;script&#x3e;",
    "<!-- --><svg/onload=alert(1)>]]>",
    "</style><style>*{display:none}</style>",
    "\u202egnp.exe\u2066\u2069\u200f\u061c",
    "half \ud83d and \udc00 \ude00\ud83d",
    "\0\x01\x1b[2J\x7f\x85\u2028\u2029\ufeff\ufffe",
    "Z\u0351\u036b\u0343\u036a\u0302" * 50,
    "👩‍👩‍👧 مرحبا שלום 你好",
    "x" * 10_000,
    "\n" * 3_000,
]


class Parsed(HTMLParser):
    """Every element and attribute of a page, and its visible text."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.open: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "style" not in self.open:
            self.text += data


def assert_harmless(html: bytes) -> Parsed:
    """Nothing runs, nothing is loaded, every element closes, every link leads to a place here."""
    text = html.decode()
    found = Parsed(text)
    places = {attributes["id"] for _, attributes in found.elements if "id" in attributes}

    assert found.open == []
    for tag, attributes in found.elements:
        assert tag in ALLOWED
        assert not any(name.startswith("on") or name in {"src", "style"} for name in attributes)
        href = attributes.get("href")
        assert href is None or href.removeprefix("#") in places
    assert "url(" not in text
    assert "@import" not in text
    assert text.count("<style>") == 1
    assert not re.search("[\u202a-\u202e\u2066-\u2069\u200e\u200f\u0000-\u0008\u000b-\u001f]", text)
    return found


def event(kind: type[ConsentEvent], **more: Any) -> ConsentEvent:
    common = {
        "event_id": f"e-{kind.__name__}-{len(more)}",
        "practice_id": "lakeside",
        "number": PhoneNumber(PATIENT),
        "occurred_at": NOON,
        "recorded_at": NOON,
        "actor": "front-desk:ana",
    }
    return kind(**common | more)


def chain_of(events: list[ConsentEvent]) -> ChainRecord:
    chain: list[EventRecord] = []
    filed = (PATIENT, filed_under(events[0]) or "")
    before: Link | bytes = beginning("lakeside", *filed)
    for each in events:
        before = link("c-1", to_payload(each), before)
        chain.append(
            EventRecord(
                payload=b64(before.payload), digest=before.digest.hex(), event=unstructured(each)
            )
        )
    return ChainRecord(
        chain_id="c-1", filed=filed, person=filed_under(events[0]), events=tuple(chain)
    )


def b64(data: bytes) -> str:
    from base64 import b64encode  # noqa: PLC0415 - only here

    return b64encode(data).decode()


def unstructured(each: ConsentEvent) -> Any:
    import json  # noqa: PLC0415 - only here

    return json.loads(to_payload(each))


def text(**more: Any) -> TextRecord:
    plain = {
        "message_id": "m-1",
        "person": PERSON,
        "purpose": "appointment_reminder",
        "idempotency_key": "k-1",
        "created_at": NOON,
        "body": "See you.",
        "state": "blocked",
    }
    return TextRecord(**plain | more)


def inbound(**more: Any) -> ReceivedRecord:
    plain = {
        "inbound_id": "i-1",
        "at": NOON,
        "provider": "twilio",
        "key": "SM1",
        "body": "hello",
        "intent": "other",
        "author": "person",
    }
    return ReceivedRecord(**plain | more)


def dossier(**more: Any) -> Dossier:
    plain = {
        "format": FORMAT,
        "page": LAYOUT,
        "made_at": UNTIL,
        "made_by": "counsel",
        "reason": "because",
        "practice": PracticeRecord(
            id="lakeside",
            name="Lakeside Family Medicine",
            phone="+12175550100",
            time_zone="America/Chicago",
            state="IL",
        ),
        "number": PATIENT,
        "since": SINCE,
        "until": UNTIL,
    }
    return Dossier(**plain | more)


def drawn(**more: Any) -> Parsed:
    """The page of a dossier, which is harmless."""
    pack = make_pack(dossier(**more))
    return assert_harmless(unpacked(pack)[PAGE])


def everywhere(hostile: str) -> Dossier:
    """A dossier that says it in every place that takes a text."""
    h = hostile
    problem = ProblemRecord(category=h, code=h, words=h)
    dropped = DroppedRecord(at=NOON, rule=h, proofs={h: h})
    clean = re.sub("[\ud800-\udfff]", "", h).strip() or "x"
    events = [
        event(
            Granted,
            person=PERSON,
            basis="intake_form",
            tier=1,
            categories=(clean,),
            wording=Wording(text=clean, version=clean),
            reference=clean,
            given_to=clean,
        )
    ]
    return dossier(
        made_by=h,
        reason=h,
        practice=evolve(dossier().practice, name=h, state=h, phone=h),
        number=h,
        chains=(evolve(chain_of(events), chain_id=h),),
        texts=(
            text(
                person=h,
                message_id=h,
                purpose=h,
                idempotency_key=h,
                body=h,
                asks=h,
                state=h,
                provider=h,
                provider_id=h,
                problem=problem,
                left=Left(at=NOON, body=h + "!", message_class=h, category=h, sender=h),
                steps=(StepRecord(at=NOON, state=h), StepRecord(at=NOON, state="sent")),
                said=(SaidRecord(at=NOON, sent=True, by=h, reason=h),),
                page_acts=(PageActRecord(at=NOON, what=h, by=h, reason=h),),
                reports=(
                    ReportRecord(
                        at=NOON, provider=h, key=h, provider_id=h, state=h, problem=problem
                    ),
                ),
            ),
            text(message_id="m-2", dropped=dropped, dropped_decisions=(dropped,)),
        ),
        received=(
            inbound(
                inbound_id=h,
                body=h,
                media=(h,),
                provider=h,
                key=h,
                rule=h,
                intent=h,
                author=h,
                answers=h,
            ),
        ),
        entries=(
            EntryRecord(
                thread_id=h,
                person=h,
                at=NOON,
                kind=h,
                actor=h,
                words=h,
                to=h,
                message_id=h,
                dropped=dropped,
            ),
        ),
    )


@pytest.mark.parametrize("hostile", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_texts_are_shown_and_do_nothing(hostile: str) -> None:
    """Scripts, markup, turned directions, half characters and floods stay text, everywhere."""
    pack = make_pack(everywhere(hostile))
    found = assert_harmless(unpacked(pack)[PAGE])

    assert seen(hostile) in seen(found.text) or "U+" in found.text
    assert verify_pack(pack).checks[3].words == "It says what evidence.json says, byte for byte."


def seen(value: str) -> str:
    return "".join(each for each in value if each.isprintable())


@settings(max_examples=25, deadline=None)
@given(st.text(alphabet=st.characters(codec=None, exclude_categories=()), max_size=60))
def test_any_text_is_harmless_and_comes_back(body: str) -> None:
    """Whatever a patient writes: the page is harmless, and the JSON gives the text back."""
    made = everywhere(body or "x")
    files = unpacked(make_pack(made))
    again = from_json(files[JSON]).received[0].body

    assert_harmless(files[PAGE])
    assert as_json(from_json(files[JSON])) == files[JSON]
    # Two halves of one character that stood side by side are that character in JSON.
    assert utf16(again) == utf16(body or "x")


def utf16(value: str) -> bytes:
    return value.encode("utf-16", "surrogatepass")


def test_what_cannot_be_seen_is_named() -> None:
    """A character that turns the direction of a line is shown by its code point."""
    found = drawn(received=(inbound(body="a\u202eb\ud83dc\x00d"),))

    assert "aU+202EbU+D83DcU+0000d" in found.text


def test_which_characters_cannot_be_seen_hangs_on_no_version_of_python() -> None:
    """What Python does not know yet is shown like the rest, as it will be by one that does.

    U+1FAE8 came with Unicode 15, which Python 3.11 does not know: a pack with it was said to be
    changed by whoever verified it under Python 3.12.
    """
    kept = "\t\n\u200c\u200d"
    unseen = {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}
    odd = [c for n in range(0x110000) if (c := chr(n)) not in kept and category(c) in unseen]

    assert shown("\U0001fae8\U0001fadc") == "\U0001fae8\U0001fadc"
    assert shown(kept) == kept
    assert all(shown(each).startswith("<span") for each in odd)


def test_a_long_text_is_shown_whole() -> None:
    """10,000 characters are all there, in the text's own place."""
    body = " ".join(f"word{n}" for n in range(1_700))

    assert body in drawn(received=(inbound(body=body),)).text


def everything_said() -> list[ConsentEvent]:
    """Events of each kind, in each form that has words of its own."""
    warning = Wording(text="Others may read texts.", version="1")
    return [
        event(Granted, person=PERSON, basis="booking", tier=1, categories=["care"]),
        event(Revoked, channel="voicemail", event_id="r-1"),
        event(
            Revoked,
            channel="text",
            event_id="r-2",
            category="promotions",
            message_class="marketing",
            except_for=["care", "billing", Category.ANSWERS],
            clarification_asked=True,
            occurred_at=NOON + timedelta(hours=1),
            recorded_at=NOON + timedelta(hours=9),
        ),
        event(Clarified, keep=["care"], channel="text", event_id="c-1", rule="scope"),
        event(Clarified, keep=[], channel="spoken", event_id="c-2"),
        event(Restored, event_id="s-1", rule="keyword:start"),
        event(NumberFlagged, event_id="f-1", why="unreachable_permanent", actor="provider:twilio"),
        event(NumberFlagged, event_id="f-2", why="wrong_number"),
        event(
            PhiPreferenceStated,
            person=PERSON,
            prefers=True,
            warning=warning,
            channel="spoken",
            event_id="p-1",
        ),
        event(PhiPreferenceStated, person=PERSON, prefers=False, channel="letter", event_id="p-2"),
        event(
            PhiPreferenceStated,
            person=PERSON,
            prefers=True,
            warning=warning,
            channel="web",
            event_id="p-3",
            unproven=True,
        ),
    ]


def test_every_kind_of_entry_has_its_words() -> None:
    """Each kind of event is told as a sentence."""
    found = drawn(chains=(chain_of(everything_said()),)).text

    for sentence in (
        "Consent given by giving the number when booking: prior express consent for care.",
        "Opt-out by voicemail: texts shall stop.",
        "All but answers, billing and care. The person was asked which texts are meant.",
        "a marketing text about promotions",
        "The opt-out was not meant for care: these may go on.",
        "The opt-out was meant for all texts.",
        "Texts asked for again (START).",
        "The provider reports: the number cannot be reached any more. Texts to the number stop.",
        "Whoever has the number says: this is the wrong number. Texts to the number stop.",
        "The patient wants health details by text.",
        "The patient wants no health details by text.",
        "Others may read texts.",
        "typed, and not proved: it gives no details back to who took them back",
    ):
        assert sentence in found


@pytest.mark.parametrize(
    ("dated", "words"),
    [
        ("instant", "which knew when"),
        ("day", "which knew the day and no time"),
        ("unknown", "which did not know when: it counts from the import"),
    ],
)
def test_what_was_imported_is_told_as_that(dated: Dated, words: str) -> None:
    """An instant that stands for a day, or for nothing, is not passed off as known."""
    imported = Imported(source="old-ehr", dated=dated)
    stop = event(Revoked, channel="other_system", imported=imported, rule="imported")
    odd = event(Revoked, channel="unknown", event_id="r-9", rule="imported")
    found = drawn(chains=(chain_of([stop, odd]),)).text

    assert "Opt-out on the list of another system: texts shall stop." in found
    assert "Opt-out by a way that is not known: texts shall stop." in found
    assert found.count(f"Taken over from old-ehr, {words}.") == 2  # in what happened, and in full


def test_a_reply_on_the_secure_page_is_no_text() -> None:
    """It came from whoever had the link, and from no phone."""
    found = drawn(received=(inbound(provider=ON_PAGE), inbound(inbound_id="i-2"))).text

    assert found.count("Written on the secure page") == 2  # in what happened, and in full
    assert "Texts from the patient1Written on secure pages1" in found
    alone = drawn(received=(inbound(provider=ON_PAGE),)).text
    assert "Texts from the patientnoneWritten on secure pages1" in alone


def test_the_remains_of_a_text_are_not_quoted() -> None:
    """Nobody wrote what stands in the place of dropped words."""
    gone = DroppedRecord(at=NOON, rule="Kept for 6 years.")
    body = instead_of("See you.")
    html = unpacked(
        make_pack(
            dossier(
                texts=(text(body=body, dropped=gone),), received=(inbound(body=body, dropped=gone),)
            )
        )
    )[PAGE]

    assert html.count(b"(its words were dropped)") == 2
    assert f'<q dir="auto">{body}'.encode() not in html
    assert f"<code>{body}</code>".encode() in html


def test_an_erased_entry_is_told() -> None:
    """Where content was erased the page says so, with what is left: kind, time and hash."""
    chain = chain_of(everything_said()[:2])
    erased = evolve(chain, events=tuple(evolve(each, event=None) for each in chain.events))
    found = drawn(chains=(erased,))

    assert "Content erased" in found.text
    assert "Entries that were erasedC-1, C-2" in found.text  # or it reads as if nobody agreed
    assert "Who had somebody erased, when and why stands in the practice" in found.text
    assert "Opt-out by a way that was erased: texts shall stop." in found.text
    assert chain.events[0].digest in found.text


def decided(**more: Any) -> dict[str, Any]:
    law = Rulebook(
        overrides=[
            Override(
                row="hours-fl",
                values={"sunday": "none"},
                waiver=Waiver(of="hours-fl", reason="caution", by="j.ortiz", on=NOON.date()),
            )
        ],
        waivers=[Waiver(of="courtesy-window", reason="agreed", by="ana", on=NOON.date())],
    )
    return unstructure(law.decide(facts(**more)))  # type: ignore[no-any-return]


def test_a_decision_shows_what_the_practice_changed_and_waived() -> None:
    """Overrides and waivers stand beside the decision, with who and why."""
    night = datetime(2026, 12, 1, 5, tzinfo=UTC)
    found = drawn(texts=(text(decisions=(decided(at=night),)),)).text

    assert "row hours-fl, by j.ortiz: caution" in found
    assert "courtesy-window, by ana" in found


def test_a_decision_shows_what_time_it_was_for_the_patient() -> None:
    """The hours of the law are the patient's, wherever the practice is."""
    early = datetime(2026, 12, 1, 15, 59, 30, tzinfo=UTC)
    where = places("America/Los_Angeles", "America/Boise")
    found = drawn(texts=(text(decisions=(decided(at=early, zones=where),)),)).text

    assert "Tue, Dec 1, 2026, 7:59:30 AM PST 15:59:30 UTC (America/Los_Angeles)" in found
    assert "Tue, Dec 1, 2026, 8:59:30 AM MST 15:59:30 UTC (America/Boise)" in found


def left_at(at: datetime, **more: Any) -> TextRecord:
    left = Left(at=at, body="See you.", message_class="transactional", category="care", **more)
    return text(message_id=f"m-{at.isoformat()}", left=left, state="sent")


def test_texts_after_an_opt_out_are_named_first() -> None:
    """The front page names what left while an opt-out stood, and if nobody knew of it yet."""
    said = everything_said()
    between = left_at(NOON + timedelta(hours=2), exempt=True, says_opt_out=True)
    reply = evolve(
        between,
        message_id="m-9",
        person=None,
        left=evolve(between.left, message_class="protocol", at=NOON + timedelta(hours=10)),
    )
    confirmed = evolve(reply, message_id="m-8", purpose="opt_out_confirmation")
    later = evolve(
        left_at(NOON + timedelta(hours=11)), decisions=(decided(at=NOON + timedelta(hours=11)),)
    )
    found = drawn(chains=(chain_of(said[:3]),), texts=(between, reply, confirmed, later)).text

    assert "That opt-out was written down only on" in found
    assert "It is the reply to a text from the patient, and nothing else." in found
    assert found.count("It is the reply to a text from the patient, and nothing else. 47") == 1
    assert "healthcare exemption" in found


def tried(*states: str, **more: Any) -> TextRecord:
    """A text that left, or was about to, with a step a minute; each try was allowed."""
    steps = tuple(
        StepRecord(at=NOON + timedelta(minutes=n), state=state) for n, state in enumerate(states)
    )
    claims = [step.at for step in steps if step.state == "claimed"]
    return evolve(
        left_at(claims[-1]),
        steps=steps,
        state=states[-1],
        decisions=tuple(decided(at=at) for at in claims),
        **more,
    )


@pytest.mark.parametrize(
    "states",
    [
        ["claimed", "due", "blocked"],
        ["claimed", "due", "claimed", "due", "held", "cancelled"],
        ["claimed", "due", "claimed", "failed"],
    ],
)
def test_what_never_left_is_not_said_to_have_left(states: list[str]) -> None:
    """A provider that could not be reached got no text."""
    found = drawn(texts=(tried(*states),)).text

    assert "Texts that left, or may have leftnone" in found
    assert "; it did not leave." in found
    assert "it never left" in found
    assert "it left for the provider" not in found
    assert "each of the 0 that left" in verify_pack(make_pack(told_of(*states))).checks[-3].words


def told_of(*states: str) -> Dossier:
    return dossier(texts=(tried(*states),))


@pytest.mark.parametrize(
    ("states", "left", "maybe"),
    [
        (["claimed"], 0, 1),
        (["claimed", "uncertain"], 0, 1),
        (["claimed", "uncertain", "due", "blocked"], 0, 1),
        (["claimed", "uncertain", "due", "claimed", "due", "cancelled"], 0, 1),
        (["claimed", "uncertain", "due", "claimed", "sent"], 1, 1),
        (["claimed", "uncertain", "failed"], 0, 1),
        (["claimed", "due", "claimed", "sent"], 1, 0),
        (["claimed", "uncertain", "due", "cancelled", "delivered"], 1, 0),
    ],
)
def test_what_may_have_left_is_said_to_have_left(states: list[str], left: int, maybe: int) -> None:
    """What nobody can exclude counts, also where the provider knew nothing of it when asked."""
    found = drawn(texts=(tried(*states),)).text

    assert "Texts that left, or may have leftT-1" in found
    assert found.count("it left for the provider") == left
    assert found.count("it may have left for the provider") == maybe
    assert f"As it was asked for, and as it {'left' if left else 'may have left'} " in found
    assert "it never left" not in found
    assert "not sent" not in found


def test_what_a_provider_took_and_failed_left() -> None:
    """It has an id there, or was reported on; what was refused at the door has neither."""
    report = ReportRecord(at=NOON, provider="twilio", key="k", provider_id="SM1", state="failed")
    for told in ({"provider_id": "SM1"}, {"reports": (report,)}):
        found = drawn(texts=(tried("claimed", "failed", **told),)).text

        assert "Texts that left, or may have leftT-1" in found
        assert "; it left for the provider." in found


@pytest.mark.parametrize(("sent", "state"), [(True, "sent"), (False, "due")])
def test_whoever_settled_a_text_is_named(sent: bool, state: str) -> None:  # noqa: FBT001
    """What a person says became of a text is no provider's word, and may be wrong."""
    said = SaidRecord(
        at=NOON + timedelta(minutes=2), sent=sent, by="front-desk:ana", reason="It is in the list."
    )
    found = drawn(texts=(tried("claimed", "uncertain", state, said=(said,)),)).text

    counted = f"Counted as {'sent' if sent else 'not sent'}, because front-desk:ana said so"
    assert found.count(counted) == 3  # in what happened, over the text and in its course
    assert "front-desk:ana: It is in the list." in found
    assert "Accepted by the provider" not in found
    assert "Texts that left, or may have leftT-1" in found
    assert "it may have left for the provider" in found


@pytest.mark.parametrize(
    ("left", "words"),
    [(None, "it did not leave"), (left_at(NOON).left, "it may have left for the provider")],
)
def test_what_was_allowed_and_is_no_try_on_record(left: Left | None, words: str) -> None:
    """It left nowhere where nothing was ever about to; else nobody can exclude it."""
    allowed = decided(at=NOON - timedelta(hours=1))
    told = evolve(tried("claimed", "due"), left=left, decisions=(allowed,))

    assert f"; {words}." in drawn(texts=(told,)).text


def test_the_number_that_a_text_left_from_is_named() -> None:
    """The other side asks first whether it was the practice's."""
    found = drawn(texts=(left_at(NOON, sender="+12175550111"),)).text

    assert "From the number+1 (217) 555-0111" in found


def test_a_dry_run_is_told_as_one() -> None:
    """Nothing left, whatever stands on record beside it."""
    found = drawn(texts=(tried("claimed", "sent", provider=DRY_RUN),)).text

    assert "Texts that left, or may have leftnone" in found
    assert "it was a dry run, in which nothing leaves" in found
    assert "it was a dry run, and nothing left" in found


def test_a_dry_run_takes_back_no_try_before_it() -> None:
    """What may have left before somebody began to rehearse may have left."""
    states = ["claimed", "uncertain", "due", "claimed", "sent"]
    found = drawn(texts=(tried(*states, provider=DRY_RUN),)).text

    assert "Texts that left, or may have leftT-1" in found
    assert found.count("it may have left for the provider") == 1
    assert found.count("it was a dry run, in which nothing leaves") == 1


def test_a_confirmation_after_a_no_to_other_texts_is_named() -> None:
    """It answers a form and no text, and the front page says what let it go."""
    at = NOON + timedelta(hours=10)
    spared = Revocation(
        event_id="r-1", occurred_at=NOON, channel=Channel.TEXT, keep=("appointments",)
    )
    decision = decided(
        at=at,
        purpose=Purpose.OPT_IN_CONFIRMATION,
        consent=ConsentState(revocations=(spared,)),
        reply=ReplyFacts(received_at=at),
        readings=COMPLETE,
    )
    welcome = left_at(at)
    welcome = evolve(
        welcome, left=evolve(welcome.left, message_class="protocol"), decisions=(decision,)
    )
    found = drawn(chains=(chain_of(everything_said()[:3]),), texts=(welcome,)).text

    assert "this answers their opt-in since" in found
    assert "It is the reply to a text from the patient" not in found


def test_a_number_abroad_is_shown_as_it_is_kept() -> None:
    """No American form is forced on it."""
    assert "+442079460123" in drawn(number="+442079460123").text


@pytest.mark.parametrize("days", [0.01, 1, 6, 40, 400, 4000])
def test_the_picture_has_few_marks_on_its_axis(days: float) -> None:
    """A period of minutes and one of years have readable axes."""
    chains = (chain_of(everything_said()[:2]),)
    html = unpacked(make_pack(dossier(chains=chains, until=SINCE + timedelta(days=days))))[PAGE]

    marks = re.findall(r'<text x="\d+" y="184">(.*?)</text>', html.decode())
    assert 2 <= html.count(b'class="tick"') <= 10
    assert len(set(marks)) == len(marks)  # over years they name the year


def test_machines_and_reports_without_news_are_told() -> None:
    """An automatic answer, an empty report, and pictures have words."""
    found = drawn(
        received=(inbound(author="robot", media=("https://x/1.png",), needs_person=True),),
        texts=(
            text(
                state="uncertain",
                answers=NOON,
                not_after=UNTIL,
                steps=(StepRecord(at=NOON, state="uncertain"),),
                reports=(ReportRecord(at=NOON, provider="twilio", key="k", provider_id="SM"),),
            ),
        ),
    ).text

    for words in (
        "an automatic answer; it changes nothing",
        "Report without news",
        "https://x/1.png",
        "Outcome unknown",
        "Not to be sent after",
    ):
        assert words in found


def test_a_number_of_several_people_is_told_as_that() -> None:
    """Whoever hands the page out sees whose record is in it besides."""
    agreed = event(Granted, person=PERSON, basis="spoken", tier=1, categories=["care"])
    alone = drawn(chains=(chain_of([agreed]),), texts=(text(), text(person=None))).text
    both = drawn(chains=(chain_of([agreed]),), texts=(text(person="pat-882"),)).text

    assert "This document holds information about a patient." in alone
    assert "information about 2 patients at one number. Give it to nobody who" in both


def test_the_page_says_what_it_does_not_prove() -> None:
    """The limits stand on the front page."""
    found = drawn().text

    for words in ("What it does not prove", "That a text was read", "no legal advice"):
        assert words in found


def kept() -> list[bytes]:
    return [path.read_bytes() for path in sorted(GOLDEN.glob("*.zip"))]


@pytest.mark.parametrize("pack", kept(), ids=range(len(kept())))
def test_a_pack_of_earlier_still_verifies(pack: bytes) -> None:
    """A committed pack verifies, and is made again byte for byte.

    Where this fails because the page looks otherwise now: raise ``LAYOUT``, and add a pack of it.
    Where the JSON differs, packs in the hands of lawyers no longer verify: undo that.
    """
    told = dossier_of(pack)

    assert verify_pack(pack).ok
    assert told.page != LAYOUT or make_pack(told) == pack


def test_there_is_a_pack_of_this_layout() -> None:
    """Whoever changes the page leaves a pack behind that is compared from then on."""
    assert LAYOUT in [dossier_of(pack).page for pack in kept()]


def test_the_page_needs_nothing_but_the_dossier() -> None:
    """The same dossier gives the same page, whoever draws it and when."""
    told = dossier(received=(inbound(),))

    assert page(told, as_json(told)) == page(told, as_json(told))


FORMAT_PAGE = Path(__file__).parents[1] / "docs/explanation/evidence-pack.md"


def test_the_format_is_documented() -> None:
    """The page on the format lists each field of each record, in the order of the code."""
    told = re.findall(r"\n\| field \| content \|\n\| --- \| --- \|\n((?:\|.*\n)+)", read())
    listed = [re.findall(r"^\| `(\w+)`", table, re.MULTILINE) for table in told]
    kinds = [Dossier, ChainRecord, EventRecord, TextRecord, ReceivedRecord, EntryRecord]

    assert listed == [[each.name for each in attrs_fields(kind)] for kind in kinds]
    assert f"`{FORMAT}`" in read()


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        (PracticeRecord, "practice"),
        (Left, "left"),
        (ProblemRecord, "problem"),
        (DroppedRecord, "dropped"),
        (StepRecord, "steps"),
        (ReportRecord, "reports"),
        (AccessRecord, "accesses"),
        (PageActRecord, "page_acts"),
        (SaidRecord, "said"),
    ],
)
def test_what_lies_in_a_field_is_documented(kind: type, name: str) -> None:
    """A field that holds several says which, in the order of the code."""
    (row,) = re.findall(rf"^\| `{name}` \|.*?:(.*)\|$", read(), re.MULTILINE)[:1]

    assert re.findall(r"`(\w+)`", row) == [each.name for each in attrs_fields(kind)]


def test_each_check_is_documented() -> None:
    """The page on the format says of each check when it passes."""
    _, rows = read().split("| check | passes where |\n| --- | --- |\n")
    listed = re.findall(r"^\| ([\w. ]+?) \|", rows, re.MULTILINE)
    made = [check.name for check in verify_pack(kept()[0]).checks]

    assert [name for name in listed if name in made] == made
    assert set(listed) - set(made) == {"kept checkpoint"}


def read() -> str:
    return FORMAT_PAGE.read_text("utf-8")
