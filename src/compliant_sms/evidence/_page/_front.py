"""The first page: what this is, what it proves, and the answers in short."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from compliant_sms.consent import Granted, Revocation, Voided, fold, fold_for_holder
from compliant_sms.evidence._checkpoint import Checkpoint
from compliant_sms.evidence._page._case import Case, Entry, Text
from compliant_sms.evidence._page._markup import items, shown
from compliant_sms.evidence._page._words import number, word
from compliant_sms.evidence._text_records import is_from_page
from compliant_sms.rules import Verdict


def front(case: Case, digest: str) -> str:
    """Who asks about what."""
    dossier, time = case.dossier, case.zone.time
    of = dossier.practice
    facts = items(
        [
            ("Phone number", f"<b>{number(dossier.number)}</b>"),
            ("Period", f"from {time(dossier.since)}<br>until {time(dossier.until)}"),
            ("Practice", f"{shown(of.name)}, {number(of.phone)}, {shown(of.state)}"),
            ("Taken from the record", time(dossier.made_at)),
            ("By", shown(dossier.made_by)),
            ("Because", shown(dossier.reason)),
            ("evidence.json, SHA-256", f"<code>{digest}</code>"),
        ]
    )
    return (
        f'<header><p class="over">{shown(of.name)}</p><h1>Texts and consent on record</h1>'
        f'{facts}<p class="aside">Times are those of the practice&rsquo;s clock '
        f"({shown(of.time_zone)}), with UTC beside them. {_whose(case)} Keep it as you keep a "
        "medical record.</p></header>"
    )


def _whose(case: Case) -> str:
    """Whose information it is: a number can be several people's, who may not know of each other."""
    chains, texts = case.dossier.chains, case.dossier.texts
    people = {each.person for each in chains} | {each.person for each in texts}
    count = len(people - {None})
    if count < 2:
        return "This document holds information about a patient."
    return (
        f"<b>This document holds information about {count} patients at one number.</b> Give it to "
        "nobody who may not know of each of them."
    )


def proves(case: Case) -> str:
    """What this proves, and what it does not."""
    yes = "".join(f"<li>{line}</li>" for line in _proved(case))
    no = "".join(f"<li>{line}</li>" for line in _unproved(case))
    return (
        '<section class="two"><div><h2>What this proves</h2>'
        f"<ul>{yes}</ul></div><div><h2>What it does not prove</h2><ul>{no}</ul></div></section>"
        '<p class="aside">Anybody can check the first column without any computer of the practice: '
        "<code>compliant-sms verify PACK.zip</code>. How it is checked is at the end.</p>"
    )


def _proved(case: Case) -> Iterator[str]:
    yield (
        "Each entry about consent (C) stands in a chain in which every entry carries the "
        "fingerprint of the one before. No entry shown here was changed, taken out, put in or "
        "moved without every later fingerprint changing too."
    )
    if case.dossier.checkpoint:
        point = Checkpoint.parse(case.dossier.checkpoint)
        signers = ", ".join(shown(each.name) for each in point.signatures)
        signed = f", which says that it is signed by {signers}," if signers else ""
        yield (
            f"A checkpoint of {case.zone.time(point.at)}{signed} fixes {point.size} entries of the "
            "practice&rsquo;s whole ledger. The entries marked so are among them; nothing could be "
            "changed since without another checkpoint. This counts as far as the signature, or "
            "where the checkpoint was kept, can be relied on."
        )
    if case.dossier.earlier:
        earlier = Checkpoint.parse(case.dossier.earlier)
        yield (
            f"The ledger of that checkpoint grew from that of {case.zone.time(earlier.at)} "
            f"({earlier.size} entries) by adding only."
        )
    yield (
        "Each decision about a text (T) names its rules, their sources, and what was known at that "
        "moment. The same rules give the same answer again from what is recorded here."
    )
    yield (
        "This page is drawn from <code>evidence.json</code> alone, which holds besides all facts "
        "that each decision was told."
    )


def _unproved(case: Case) -> Iterator[str]:
    yield (
        "That what was written down was true: that this patient held the phone, signed the form, "
        "or said the words. The original forms prove that."
    )
    yield (
        "That a text was read. Delivery is what the provider and the carriers reported; "
        "they may be wrong."
    )
    if any(text.record.accesses for text in case.texts):
        yield (
            "Who read a secure page. Somebody who had its link answered what it asks; whether that "
            "was the patient, the page cannot know."
        )
    if not case.dossier.checkpoint:
        yield (
            "That nobody who controls the database of the practice made the chains up afterwards. "
            "A signed checkpoint, or one kept elsewhere, would prove that; there is none here."
        )
    yield (
        "That no chain, and no entry at the end of one, was left out. Decisions made after such an "
        "entry would contradict it, which is checked; otherwise only the whole ledger shows that."
    )
    if any(entry.record.event is None for entry in case.entries):
        yield (
            "What was erased said. Of erased entries the kind, the time and the fingerprint are "
            "left, and erased texts are filed under no number any more. Who had somebody erased, "
            "when and why stands in the practice&rsquo;s audit log, of which nothing is in here: "
            "ask for it."
        )
    copied = "T, R and S" if case.acts else "T and R"
    yield (
        f"That the texts, decisions, reports and answers ({copied}) are complete and unchanged: "
        "they are copies of the practice&rsquo;s database, which the chains of consent do not "
        "cover. The provider&rsquo;s own records are an independent source."
    )
    yield (
        "Whether the law was kept. The findings are a computer&rsquo;s reading of rules, "
        "no legal advice."
    )


def summary(case: Case) -> str:
    """The questions that are asked first, answered from the record."""
    left = [text for text in case.texts if text.left]
    count = sorted(Counter(text.record.state for text in case.texts).items())
    counted = ", ".join(f"{number_of} {word({}, state)}" for state, number_of in count)
    people = sorted({e.person for e in case.events if isinstance(e, Granted) and e.person})
    erased = [entry for entry in case.entries if entry.record.event is None]
    on_pages = sum(is_from_page(each.record) for each in case.received)
    rows = [
        ("Patients with consent on record", ", ".join(map(shown, people)) or "none"),
        (
            "Consents",
            case.links(e.event_id for e in case.events if isinstance(e, Granted)) or "none",
        ),
        (
            "Consents found to be an error",
            case.links(e.event_id for e in case.events if isinstance(e, Voided)),
        ),
        ("Opt-outs", case.links(e.event_id for e in case.opt_outs) or "none"),
        ("Entries that were erased", ", ".join(map(_to, erased))),
        ("Texts of the practice", f"{len(case.texts)}{': ' + counted if counted else ''}"),
        ("Texts that left, or may have left", ", ".join(_to(text) for text in left) or "none"),
        ("Texts from the patient", str(len(case.received) - on_pages or "none")),
        ("Written on secure pages", str(on_pages or "")),
        ("Texts that left, or may have left, while an opt-out stood", _after_opt_out(case, left)),
    ]
    return f'<section id="summary"><h2>In short</h2>{items(rows)}</section>'


def _to(part: Text | Entry) -> str:
    return f'<a class="ref" href="#{part.label}">{part.label}</a>'


def _after_opt_out(case: Case, left: list[Text]) -> str:
    found = [f"<li>{line}</li>" for text in left for line in _stood(case, text)]
    return f"<ul>{''.join(found)}</ul>" if found else "none"


def _stood(case: Case, text: Text) -> Iterator[str]:
    revocation = _opt_out_before(case, text)
    if revocation is None or text.left is None:
        return
    at = text.left.at
    event = next(e for e in case.opt_outs if e.event_id == revocation.event_id)
    yield (
        f"{_to(text)}, {word({}, text.record.purpose)}, {case.zone.time(at)}, after "
        f"{case.link(revocation.event_id)}."
        + (
            f" That opt-out was written down only on {case.zone.time(event.recorded_at)}."
            if event.recorded_at > at
            else _why(text)
        )
    )


def _opt_out_before(case: Case, text: Text) -> Revocation | None:
    """The opt-out that stood when the text left, by when things happened."""
    assert text.left is not None, "only asked of what left"  # noqa: S101
    before = [e for e in case.events if e.occurred_at <= text.left.at]
    person = text.record.person
    state = fold(before, person) if person else fold_for_holder(before)
    return state.revocations[-1] if state.revocations else None


def _why(text: Text) -> str:
    """What let it go all the same."""
    allowed = [d for d in text.decisions if d.verdict is Verdict.ALLOW]
    said = [f for d in allowed[-1:] for f in d.findings]
    if text.left and text.left.message_class == "protocol":
        said = [f for f in said if f.rule == "revocation"]
        if not said:
            confirms = text.record.purpose == "opt_out_confirmation"
            cite = " <cite>47 CFR 64.1200(a)(12)</cite>" if confirms else ""
            return f" It is the reply to a text from the patient, and nothing else.{cite}"
    return "".join(f" {shown(f.words)} <cite>{shown(f.citation)}</cite>" for f in said)
