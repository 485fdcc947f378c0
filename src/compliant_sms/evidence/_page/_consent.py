"""The consent ledger of the number, entry by entry."""

from __future__ import annotations

from collections.abc import Iterator

from compliant_sms.consent import (
    Clarified,
    ConsentEvent,
    Granted,
    NumberFlagged,
    OptInAnswered,
    OptInAsked,
    PhiPreferenceStated,
    Revoked,
    Voided,
    Wording,
    WrittenAgreement,
)
from compliant_sms.evidence._page._case import Case, Entry
from compliant_sms.evidence._page._markup import items, quoted, shown
from compliant_sms.evidence._page._moments import taken_over, what_was_said
from compliant_sms.evidence._page._words import CHANNELS, TIERS, listed, number, word


def consent(case: Case) -> str:
    """All entries, also those from before and after the period."""
    cards = "".join(_card(case, entry) for entry in case.entries) or "<p>There is none.</p>"
    return (
        '<section id="consent"><h2>Consent and opt-outs</h2><p class="aside">All entries about '
        "this number, also from before and after the period, as consent given earlier counts.</p>"
        f"{cards}</section>"
    )


def _card(case: Case, entry: Entry) -> str:
    event = entry.event
    if event is None or entry.record.event is None:
        said = items([("Kind", word({}, entry.kind)), ("Happened", case.zone.time(entry.happened))])
        title = what_was_said(event) if event else "Content erased"
        return _framed(
            entry, title, f"<p>What this entry said was erased; its hash stands.</p>{said}"
        )
    rows = [
        ("Patient", shown(event.person or "")),
        ("Happened", case.zone.time(event.occurred_at)),
        ("Imported", taken_over(event)),
        ("Written down", f"{case.zone.time(event.recorded_at)} by {shown(event.actor)}"),
        *_details(event),
        ("On record as", _reference(case, event)),
        ("Id of the entry", f"<code>{shown(event.event_id)}</code>"),
    ]
    outside = (
        "" if case.covers(event.occurred_at) else ' <span class="tag">outside the period</span>'
    )
    return _framed(entry, what_was_said(event) + outside, items(rows))


def _framed(entry: Entry, title: str, body: str) -> str:
    kind = " stop" if isinstance(entry.event, Revoked) else ""
    return (
        f'<article id="{entry.label}" class="card{kind}"><h3><span class="label">{entry.label}'
        f"</span> {title}</h3>{body}</article>"
    )


def _reference(case: Case, event: ConsentEvent) -> str:
    reference = getattr(event, "reference", "")
    return case.link(reference) if reference else ""


def _details(event: ConsentEvent) -> Iterator[tuple[str, str]]:
    match event:
        case Granted():
            yield from _granted(event)
        case Revoked():
            yield "How it came", word(CHANNELS, event.channel)
            yield "Read by rule", f"<code>{shown(event.rule)}</code>" if event.rule else ""
            if event.category:
                yield (
                    "In answer to",
                    f"a {shown(event.message_class)} text about {listed([event.category])}",
                )
        case Clarified():
            yield "How it came", word(CHANNELS, event.channel)
            yield "Read by rule", f"<code>{shown(event.rule)}</code>" if event.rule else ""
        case PhiPreferenceStated():
            yield "How it came", word(CHANNELS, event.channel)
            unproven = "typed, and not proved: it gives no details back to who took them back"
            yield "Number", unproven if event.unproven else ""
            yield from _wording("Warned of the risk in these words", event.warning)
        case OptInAsked():
            yield "Strength asked for", TIERS[event.tier]
            yield from _wording("Asked, word for word", event.wording)
        case OptInAnswered():
            yield "Answers", f"<code>{shown(event.asked)}</code>"
        case NumberFlagged():
            yield "Told by", shown(event.actor)
        case Voided():
            yield "What was found", quoted(event.reason)
        case _:
            yield "Read by rule", f"<code>{shown(event.rule)}</code>" if event.rule else ""


def _granted(event: Granted) -> Iterator[tuple[str, str]]:
    yield "Strength", TIERS[event.tier]
    yield "Covers", listed(event.categories)
    yield "Given to", shown(event.given_to)
    yield (
        "Number",
        "typed, and not proved: it ends no opt-out, nor what a provider said of the number"
        if event.unproven
        else "",
    )
    yield from _wording("Shown to the patient, word for word", event.wording)
    if event.signature is not None:
        signed = event.signature
        yield "Signed by", shown(signed.signer)
        yield "Act of signing", shown(signed.act)
        yield "From address", shown(signed.ip_address)
        yield "With", shown(signed.user_agent)
    if event.agreement is not None:
        yield "Elements of 47 CFR 64.1200(f)(9)", _elements(event.agreement)


def _wording(name: str, wording: Wording | None) -> Iterator[tuple[str, str]]:
    if wording is not None:
        yield name, quoted(wording.text)
        yield "Version of these words", shown(wording.version)


def _elements(agreement: WrittenAgreement) -> str:
    box = agreement.box_was_unticked
    told = [
        ("Who may text", shown(agreement.seller)),
        ("Number named", number(agreement.number.e164)),
        ("Signature", word({}, agreement.signature)),
        ("Box was empty before", _yes(box)),
        ("Permits automated marketing", _yes(agreement.authorises_automated_marketing)),
        ("Says it is no condition of purchase", _yes(agreement.not_a_condition_of_purchase)),
        ("Clear and conspicuous", _yes(agreement.clear_and_conspicuous)),
    ]
    return items(told)


def _yes(answer: bool) -> str:  # noqa: FBT001 - a field's value
    return "yes" if answer else "no"
