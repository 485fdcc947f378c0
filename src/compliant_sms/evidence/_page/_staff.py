"""What staff did with the conversations at the number, notes included."""

from __future__ import annotations

from compliant_sms.evidence._page._case import Act, Case
from compliant_sms.evidence._page._markup import items, quoted, shown
from compliant_sms.evidence._page._words import ACTS, word


def staff(case: Case) -> str:
    """All that was done in the period; nothing at all where that is nothing."""
    cards = "".join(_card(case, each) for each in case.acts)
    return f'<section id="staff"><h2>What staff did</h2>{cards}</section>\n' if cards else ""


def _card(case: Case, act: Act) -> str:
    record = act.record
    told = items(
        [
            ("When", case.zone.time(record.at)),
            ("By", shown(record.actor)),
            ("To", shown(record.to)),
            ("With the text", case.link(record.message_id) if record.message_id else ""),
            ("Patient", shown(record.person or "") or "nobody knew who wrote"),
            ("Conversation", f"<code>{shown(record.thread_id)}</code>"),
        ]
    )
    words = quoted(record.words) if record.words else ""
    words += case.dropped(record.dropped) if record.dropped else ""
    return (
        f'<article id="{act.label}" class="card"><h3><span class="label">{act.label}</span> '
        f"{word(ACTS, record.kind)}</h3>{words}{told}</article>"
    )
