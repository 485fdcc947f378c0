"""What is not read one by one in a text of very many numbers, and is found as a whole.

No message holds so many: one of ten parts has 1,600 characters. Whoever writes longer texts must
not be able to hide a number behind others, nor to keep a recognizer busy.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator

from compliant_sms.phi._labels import Confidence, PhiFinding, PhiLabel
from compliant_sms.phi._reading._view import View

MOST_READ = 250
"""So many numbers of record are read in a text, and all figures behind them are found unread."""

_NEAR, _WORD = 24, 28


def unread(view: View, offset: int) -> Iterator[PhiFinding]:
    """All figures from an offset on, those near each other together, with what they hang on.

    Args:
        view: the text.
        offset: where in :attr:`View.plain` nothing has been read any more.
    """
    figures = view.figures
    first = bisect_left(figures, (offset, offset))
    start = until = -1
    for begin, end in figures[first:]:
        if start < 0:
            start = max(offset, _word(view, begin))
        elif begin - until > _NEAR:
            yield _finding(start, until)
            start = _word(view, begin)
        until = end
    if start >= 0:
        yield _finding(start, until)


def _word(view: View, begin: int) -> int:
    """Where what hangs on a run of figures begins, behind a blank."""
    least = max(0, begin - _WORD)
    return max(view.plain.rfind(" ", least, begin), least - 1) + 1


def _finding(start: int, end: int) -> PhiFinding:
    return PhiFinding(
        start=start,
        end=end,
        label=PhiLabel.OTHER_ID,
        rule="record/unread",
        confidence=Confidence.LIKELY,
    )
