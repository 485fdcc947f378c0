"""The report as one HTML file."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import cache
from html import escape
from inspect import getdoc
from zoneinfo import ZoneInfo

from compliant_sms._lazy import packaged
from compliant_sms.figures import Activity, Figures
from compliant_sms.practice import Practice
from compliant_sms.report import _charts
from compliant_sms.report._charts import Chart
from compliant_sms.report._shown import SMALLEST, is_small, shown
from compliant_sms.rules import RULES

_HEAD = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<meta name="robots" content="noindex">
<meta name="color-scheme" content="light dark">
"""


def page(activity: Activity, practice: Practice, at: datetime) -> str:
    """The report of a period.

    Args:
        activity: what happened in it.
        practice: whose it is; its name and time zone are shown.
        at: when the report is made (UTC).

    Raises:
        MissingExtra: matplotlib is not installed.
    """
    zone = ZoneInfo(practice.time_zone)
    figures, name = activity.figures, escape(practice.name)
    held = _charts.by_rule("held", "Holds by rule", "amber", figures.held_by)
    blocked = _charts.by_rule("blocked", "Blocks by rule", "red", figures.blocked_by)
    parts = [
        _front(figures, name, zone, at),
        _cards(figures),
        _section(_charts.by_hour(activity, zone), f"On the clock of {practice.time_zone}."),
        _section(_charts.delivery(activity, zone), _delivered(figures)),
        _section(held, _HELD, _meanings()),
        _section(blocked, _BLOCKED, _meanings()),
        _section(_charts.waits(activity.answers), _waited(activity)),
        _section(_charts.opt_outs(activity, zone), _opted_out(figures)),
    ]
    body = "\n".join(parts)
    return (
        f"{_HEAD}<title>Texting report: {name}</title>\n<style>\n{_style()}</style>\n</head>\n"
        f"<body>\n<main>\n{body}\n</main>\n</body>\n</html>\n"
    )


_HELD = "A held text is decided again when its time has come."
_BLOCKED = "Several rules can refuse one text, and a text that is asked for again is decided again."


@cache
def _meanings() -> Mapping[str, str]:
    told = {rule.id: getdoc(rule.ask) or "" for rule in RULES}
    return {rule: " ".join(words.partition("\n\n")[0].split()) for rule, words in told.items()}


def _front(figures: Figures, name: str, zone: ZoneInfo, at: datetime) -> str:
    since = _instant(figures.since, zone) if figures.since else "the beginning of the record"
    return (
        f"<header><p class=over>Texting report</p><h1>{name}</h1>"
        f"<p>From {since} to {_instant(figures.until, zone)}.</p>"
        f"<p class=aside>Made {_instant(at, zone)}. Nothing in it is about anybody in particular: "
        f"no numbers, names, texts or ids. Counts of 1 to {SMALLEST - 1} are shown as "
        f"\u201cunder {SMALLEST}\u201d, and drawn alike, in a paler color.</p></header>"
    )


def _instant(at: datetime, zone: ZoneInfo) -> str:
    here = at.astimezone(zone)
    return f"{here:%b} {here.day}, {here.year}, {here:%H:%M} {here.tzname()}"


def _cards(figures: Figures) -> str:
    told = (
        ("allowed", figures.allowed, "every rule let them go", ""),
        ("delivered", figures.delivered, _share(figures.delivered, figures.allowed), "green"),
        ("held", figures.held, "until they might go", "amber"),
        ("blocked", figures.blocked, "a rule refused them", "red"),
        ("came in", figures.received, "from patients", ""),
        ("opt-outs", figures.opt_outs, _share(figures.opt_outs, figures.allowed), "red"),
        ("uncertain", figures.uncertain, "now: nobody knows whether they left", "amber"),
        ("overdue", figures.overdue, "now: due for more than 5 minutes", "amber"),
    )
    cards = "".join(
        f'<div class="card {color if count else ""}"><dt>{name}</dt>'
        f"<dd><strong>{shown(count)}</strong><small>{words}</small></dd></div>"
        for name, count, words, color in told
    )
    return f'<dl class="cards">{cards}</dl>'


def _share(part: int, whole: int) -> str:
    if is_small(part) or is_small(whole) or not whole:
        return "for each allowed text: too few to say"
    return f"{part / whole:.1%} of what was allowed"


def _delivered(figures: Figures) -> str:
    return (
        "As far as providers reported it, on the day of the report. "
        f"{shown(figures.delivered)} of {shown(figures.allowed)} texts were delivered."
    )


def _waited(activity: Activity) -> str:
    return (
        "Texts that a person had to read, until the first answer (purpose care_conversation) left "
        f"to the same number. {_charts.waits_words(activity.answers)}"
    )


def _opted_out(figures: Figures) -> str:
    return (
        f"By every channel, and by imports of earlier ones: {shown(figures.opt_outs)}. "
        f"Opt-out rate: {_share(figures.opt_outs, figures.allowed)}."
    )


def _section(chart: Chart, words: str, meanings: Mapping[str, str] | None = None) -> str:
    title = f'<section aria-labelledby="{chart.name}-head"><h2 id="{chart.name}-head">'
    head = f"{title}{escape(chart.title)}</h2><p>{escape(words)}</p>"
    if chart.is_empty:
        return f"{head}<p class=none>None in this period.</p></section>"
    from compliant_sms.report._draw import svg  # noqa: PLC0415 - an extra may be missing

    return (
        f"{head}{_legend(chart)}<figure>{svg(chart)}</figure>"
        f"<details><summary>The numbers</summary>{_table(chart, meanings)}</details></section>"
    )


def _legend(chart: Chart) -> str:
    if len(chart.series) == 1:
        return ""
    keys = "".join(
        f'<li><span class="key {each.color}"></span>{each.name}</li>' for each in chart.series
    )
    return f"<ul class=legend>{keys}</ul>"


def _table(chart: Chart, meanings: Mapping[str, str] | None) -> str:
    heads = [chart.over, *(each.name for each in chart.series)]
    if meanings is not None:
        heads.append("what it asks")
    rows = [
        _row(
            label,
            (shown(each.counts[place]) for each in chart.series),
            None if meanings is None else meanings.get(label, "A rule of the practice's own."),
        )
        for place, label in enumerate(chart.labels)
        if any(each.counts[place] for each in chart.series)
    ]
    top = "".join(f"<th scope=col>{escape(head)}</th>" for head in heads)
    return (
        f"<div class=wide><table><caption>{escape(chart.title)}; what is not listed is 0</caption>"
        f"<thead><tr>{top}</tr></thead><tbody>{''.join(rows)}</tbody></table></div>"
    )


def _row(label: str, counts: Iterable[str], meaning: str | None) -> str:
    cells = "".join(f"<td class=count>{count}</td>" for count in counts)
    more = (
        "" if meaning is None else f"<td>{escape(meaning.replace('*', '').replace('`', ''))}</td>"
    )
    return f"<tr><th scope=row>{escape(label)}</th>{cells}{more}</tr>"


@cache
def _style() -> str:
    return packaged(__package__, "report.css")
