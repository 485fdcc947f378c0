"""Draws charts as SVG. The only file that imports matplotlib."""

from __future__ import annotations

import re
from html import escape
from io import StringIO
from typing import Any

from compliant_sms.errors import MissingExtra
from compliant_sms.report._charts import Chart, Series
from compliant_sms.report._shown import drawn, is_small

try:
    from matplotlib import rc_context
    from matplotlib.axes import Axes
    from matplotlib.container import BarContainer
    from matplotlib.figure import Figure
    from matplotlib.ticker import MaxNLocator
except ImportError as error:
    extra = "report"
    raise MissingExtra(extra, "drawing a report") from error

# Drawn in colors that stand for variables of the style sheet, so that plots turn dark with it.
_COLORS = {
    "blue": "#0000f1",
    "amber": "#0000f2",
    "green": "#0000f3",
    "red": "#0000f4",
    "soft": "#0000f5",
    "line": "#0000f6",
}
_STYLE: dict[Any, Any] = {
    "svg.fonttype": "none",  # text stays text: it can be read, searched and enlarged
    "font.size": 10,
    "text.color": _COLORS["soft"],
    "axes.edgecolor": _COLORS["line"],
    "axes.labelcolor": _COLORS["soft"],
    "xtick.color": _COLORS["soft"],
    "ytick.color": _COLORS["soft"],
    "grid.color": _COLORS["line"],
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.axisbelow": True,
    "text.parse_math": False,
}
_MOST_LABELS = 16
_GROUP = 0.8
_PALE = 0.4


def svg(chart: Chart) -> str:
    """The chart as an SVG element, with a name and description for readers who do not see it."""
    with rc_context(_STYLE | {"svg.hashsalt": chart.name}):
        height = 0.6 + 0.36 * len(chart.labels) if chart.lying else 3.0
        figure = Figure(figsize=(9.6, max(1.4, height)), layout="constrained")
        figure.patch.set_alpha(0)
        axes = figure.add_subplot()
        axes.patch.set_alpha(0)
        (_lie if chart.lying else _stand)(axes, chart)
        written = StringIO()
        figure.savefig(written, format="svg", metadata={"Date": None, "Creator": None})
    return _inline(written.getvalue(), chart)


def _lie(axes: Axes, chart: Chart) -> None:
    (series,) = chart.series
    places = range(len(chart.labels))
    counts = list(map(drawn, series.counts))
    bars = axes.barh(places, counts, height=0.62, color=_COLORS[series.color])
    _pale(bars, series)
    axes.set_yticks(places, chart.labels)
    axes.invert_yaxis()
    axes.xaxis.set_major_locator(MaxNLocator(integer=True, nbins=8))
    axes.set_xlim(0, max(*counts, 4.0) * 1.05)
    axes.grid(axis="x")
    axes.tick_params(length=0)
    axes.spines["bottom"].set_visible(False)


def _stand(axes: Axes, chart: Chart) -> None:
    places = range(len(chart.labels))
    width = _GROUP / (1 if chart.stacked else len(chart.series))
    base = [0.0] * len(chart.labels)
    for number, series in enumerate(chart.series):
        counts = list(map(drawn, series.counts))
        aside = 0 if chart.stacked else (number + 0.5) * width - _GROUP / 2
        bars = axes.bar(
            [place + aside for place in places],
            counts,
            width=width,
            bottom=base,
            color=_COLORS[series.color],
        )
        _pale(bars, series)
        if chart.stacked:
            base = [below + count for below, count in zip(base, counts, strict=True)]
    every = -(-len(chart.labels) // _MOST_LABELS)
    axes.set_xticks(places[::every], chart.labels[::every])
    axes.yaxis.set_major_locator(MaxNLocator(integer=True, nbins=5))
    axes.set_ylim(bottom=0, top=max(axes.get_ylim()[1], 4.0))
    axes.margins(x=0.01)
    axes.grid(axis="y")
    axes.tick_params(length=0)
    axes.spines["left"].set_visible(False)


def _pale(bars: BarContainer, series: Series) -> None:
    """Make bars of small counts pale, as they are all drawn alike."""
    for bar, count in zip(bars.patches, series.counts, strict=True):
        if is_small(count):
            bar.set_alpha(_PALE)


_SIZE = re.compile(r'<svg [^>]*?(viewBox="[^"]*")[^>]*>')
_METADATA = re.compile(r"<metadata>.*?</metadata>", re.DOTALL)
_FONT = re.compile(r"font: [^;]*;?")


def _inline(written: str, chart: Chart) -> str:
    """SVG to embed in a page: no prologue, no outside references, the page's colors."""
    found = _SIZE.search(written)
    assert found is not None, "matplotlib writes an svg element"  # noqa: S101
    inside = _FONT.sub("", _METADATA.sub("", written[found.end() :])).replace("xlink:href", "href")
    for name, color in _COLORS.items():
        inside = inside.replace(color, f"var(--{name})")
    # Ids are the page's: two plots must not share one.
    inside = re.sub(r'\bid="', f'id="{chart.name}-', inside)
    inside = re.sub(r'(href="|url\()#', rf"\g<1>#{chart.name}-", inside)
    return (
        f'<svg {found[1]} role="img" aria-labelledby="{chart.name}-title {chart.name}-words">'
        f'<title id="{chart.name}-title">{escape(chart.title)}</title>'
        f'<desc id="{chart.name}-words">{escape(chart.words)}</desc>{inside.strip()}'
    )
