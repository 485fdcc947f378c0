"""The practice's texts: as asked for, what was decided, as they left, what became of them."""

from __future__ import annotations

from collections.abc import Iterator

from compliant_sms.evidence._page._case import Case, Text
from compliant_sms.evidence._page._markup import Zone, items, quoted, shown, table
from compliant_sms.evidence._page._moments import came_to
from compliant_sms.evidence._page._words import ACCESSES, PAGE_ACTS, STATES, number, word
from compliant_sms.evidence._text_records import (
    ProblemRecord,
    ReportRecord,
    SaidRecord,
    TemplateRecord,
    TextRecord,
    has_left,
    is_rehearsal,
    said_of,
)
from compliant_sms.rules import Decision, Facts, Verdict

_VERDICTS = {Verdict.ALLOW: "Allowed", Verdict.HOLD: "Held", Verdict.BLOCK: "Blocked"}


def texts(case: Case) -> str:
    """All texts of which anything happened in the period."""
    cards = "".join(_card(case, text) for text in case.texts) or "<p>There is none.</p>"
    return f'<section id="texts"><h2>The practice&rsquo;s texts</h2>{cards}</section>'


def _card(case: Case, text: Text) -> str:
    record, time = text.record, case.zone.time
    asked = items(
        [
            (
                "Patient",
                shown(record.person or "") or "whoever holds the number: a reply",
            ),
            ("Asked for", time(record.created_at)),
            ("Not to be sent after", time(record.not_after) if record.not_after else ""),
            ("Answers what came in", time(record.answers) if record.answers else ""),
            ("Asks for", word({}, record.asks) if record.asks else ""),
            ("Made from", _template(record.template) if record.template else ""),
            ("Key of the request", f"<code>{shown(record.idempotency_key)}</code>"),
            ("Id of the text", f"<code>{shown(record.message_id)}</code>"),
        ]
    )
    decisions = "".join(_decision(case, decision) for decision in text.decisions)
    decisions += "".join(map(case.dropped, record.dropped_decisions))
    known = record.state if record.state in STATES else ""
    told = came_to(record, record.steps[-1]) if record.steps else word(STATES, record.state)
    state = f'<span class="state {known}">{told}</span>'
    purpose = f'<span class="first">{word({}, record.purpose)}</span>'
    return (
        f'<article id="{text.label}" class="card"><h3><span class="label">{text.label}</span> '
        f"{purpose} {state}</h3>{asked}{_bodies(case, text)}"
        f"<h4>Decisions</h4>{decisions or '<p>There is none.</p>'}"
        f"<h4>What became of it</h4>{_course(case, text)}{_accesses(case, text)}"
        f"{_page_acts(case, text)}</article>"
    )


def _template(made: TemplateRecord) -> str:
    by = f", picked by {shown(made.by)}" if made.by else ""
    return (
        f"template {shown(made.name)}, version {made.version}, in {shown(made.language)}, "
        f"{shown(made.tier)}{by} <small><code>{shown(made.fingerprint)}</code></small>"
    )


def _bodies(case: Case, text: Text) -> str:
    record, left = text.record, text.left
    asked = case.body(record.body, record.dropped)
    if left is None:
        return f"<h4>As it was asked for; {_never(record)}</h4>{asked}"
    told = items(
        [
            ("Sent as", f"{word({}, left.message_class)}, about {word({}, left.category)}"),
            ("Told how to opt out", "yes" if left.says_opt_out else "no"),
            ("From the number", number(left.sender) if left.sender else ""),
            ("Parts on the air", str(left.segments)),
            ("Pictures and files", "<br>".join(map(shown, left.media))),
            ("Under", "the healthcare exemption, 47 CFR 64.1200(a)(9)(iv)" if left.exempt else ""),
        ]
    )
    how = f"{'left' if has_left(record) else 'may have left'} {case.zone.time(left.at)}"
    if left.body == record.body:
        return f"<h4>As it was asked for, and as it {how}</h4>{asked}{told}"
    return (
        f"<h4>As it was asked for</h4>{asked}"
        f"<h4>As it {how}</h4>{case.body(left.body, record.dropped)}{told}"
    )


def _never(record: TextRecord) -> str:
    return "it was a dry run, and nothing left" if is_rehearsal(record) else "it never left"


def _decision(case: Case, decision: Decision) -> str:
    until = f" until {case.zone.time(decision.until)}" if decision.until else ""
    findings = table(
        ("Rule", "Answer", "Reason", "Source"),
        (
            (
                f"<code>{shown(f.rule)}</code>",
                _VERDICTS[f.verdict],
                shown(f.words) + (f'<p class="aside">{shown(f.remedy)}</p>' if f.remedy else ""),
                f"<cite>{shown(f.citation)}</cite>"
                + (f"<br>relies on {case.link(f.relies_on)}" if f.relies_on else ""),
            )
            for f in decision.findings
        ),
    )
    return (
        f'<div class="decision {decision.verdict}"><p><b>{_VERDICTS[decision.verdict]}{until}</b>, '
        f"decided {case.zone.time(decision.facts.at)}</p>"
        f"{findings if decision.findings else '<p>No rule had anything to say.</p>'}"
        f"{_edition(case, decision)}</div>"
    )


def _edition(case: Case, decision: Decision) -> str:
    edition = decision.edition
    changed = [f"row {o.row}, by {o.waiver.by}: {o.waiver.reason}" for o in edition.overrides]
    waived = [f"{w.of}, by {w.by} on {w.on}: {w.reason}" for w in edition.waivers]
    facts, relied_on = decision.facts, decision.relied_on
    return items(
        [
            ("Rules", shown(", ".join(edition.names))),
            ("Changed by the practice", "<br>".join(map(shown, changed))),
            ("Waived by the practice", "<br>".join(map(shown, waived))),
            ("By the patient&rsquo;s clock", "<br>".join(_clocks(facts))),
            ("Patient&rsquo;s states", shown(", ".join(each.code for each in facts.states))),
            ("Consent relied on", case.link(relied_on) if relied_on else ""),
        ]
    )


def _clocks(facts: Facts) -> Iterator[str]:
    """What time it was in each zone in which the patient may be, as the law counts hours."""
    for zone in facts.zones:
        yield f"{Zone(zone.name).time(facts.at)} ({shown(zone.name)})"


def _course(case: Case, text: Text) -> str:
    steps = [
        (step.at, came_to(text.record, step), _whose(said_of(text.record, step)))
        for step in text.record.steps
    ]
    reports = [(report.at, _report(report), _source(report)) for report in text.record.reports]
    rows = sorted([*steps, *reports], key=lambda row: row[0])
    problem = f"<p>{_problem(text.record.problem)}</p>" if text.record.problem else ""
    handed = items(
        [
            ("Provider", shown(text.record.provider)),
            (
                "Provider&rsquo;s id",
                f"<code>{shown(text.record.provider_id)}</code>" if text.record.provider_id else "",
            ),
        ]
    )
    course = table(("When", "What", "Told by"), ((case.zone.time(a), b, c) for a, b, c in rows))
    return handed + course + problem


def _accesses(case: Case, text: Text) -> str:
    """Who came to the page that the text had a link to; nothing where nobody did."""
    came = text.record.accesses
    rows = (
        (
            case.zone.time(each.at),
            word(ACCESSES, each.what)
            + (f", {case.link(each.inbound_id)}" if each.inbound_id else ""),
            f"<code>{shown(each.address)}</code>" if each.address else "not kept",
        )
        for each in came
    )
    told = table(("When", "What", "From the network address"), rows)
    return f"<h4>At its secure page</h4>{told}" if came else ""


def _page_acts(case: Case, text: Text) -> str:
    """Who of the practice did something with that page; nothing where nobody did."""
    acts = text.record.page_acts
    rows = (
        (
            case.zone.time(each.at),
            word(PAGE_ACTS, each.what),
            f"{shown(each.by)}: {quoted(each.reason)}",
        )
        for each in acts
    )
    told = table(("When", "What", "By whom, and why"), rows)
    return f"<h4>With its secure page</h4>{told}" if acts else ""


def _whose(said: SaidRecord | None) -> str:
    return f"{shown(said.by)}: {quoted(said.reason)}" if said else "this record"


def _report(report: ReportRecord) -> str:
    said = f"Report: {report.state}" if report.state else "Report without news"
    return shown(said) + (f". {_problem(report.problem)}" if report.problem else "")


def _source(report: ReportRecord) -> str:
    return f"{shown(report.provider)} <small><code>{shown(report.key)}</code></small>"


def _problem(problem: ProblemRecord) -> str:
    return f"{shown(problem.words)} ({word({}, problem.category)}, code {shown(problem.code)})"
