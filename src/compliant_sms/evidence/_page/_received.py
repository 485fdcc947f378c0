"""What came from the number, and how it was read."""

from __future__ import annotations

from compliant_sms.evidence._page._case import Case, Received
from compliant_sms.evidence._page._markup import items, shown
from compliant_sms.evidence._page._moments import whence
from compliant_sms.evidence._page._words import AUTHORS, INTENTS, word


def received(case: Case) -> str:
    """All texts from the number in the period, and those that an entry of the ledger names."""
    cards = "".join(_card(case, each) for each in case.received) or "<p>There is none.</p>"
    return f'<section id="received"><h2>What came from the patient</h2>{cards}</section>'


def _card(case: Case, each: Received) -> str:
    record = each.record
    entries = [e.event_id for e in case.events if getattr(e, "reference", "") == record.inbound_id]
    told = items(
        [
            ("Came in", case.zone.time(record.at)),
            ("Written by", word(AUTHORS, record.author)),
            ("Read as", word(INTENTS, record.intent)),
            ("Read by rule", f"<code>{shown(record.rule)}</code>" if record.rule else "none"),
            ("Entered in the ledger as", case.links(entries)),
            ("In answer to", case.link(record.answers) if record.answers else ""),
            ("Doubtful", "yes: texts stopped, and a person had to look" if record.unsure else ""),
            ("For a person", "yes: somebody had to read it" if record.needs_person else ""),
            ("Pictures and files", "<br>".join(map(shown, record.media))),
            ("Provider", f"{shown(record.provider)} <code>{shown(record.key)}</code>"),
            ("Id of the text", f"<code>{shown(record.inbound_id)}</code>"),
        ]
    )
    body = case.body(record.body, record.dropped)
    outside = "" if case.covers(record.at) else ' <span class="tag">outside the period</span>'
    return (
        f'<article id="{each.label}" class="card"><h3><span class="label">{each.label}</span> '
        f"{whence(record)}{outside}</h3>{body}{told}</article>"
    )
