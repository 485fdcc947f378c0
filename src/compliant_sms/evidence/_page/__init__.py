"""The page of a pack: one HTML file that loads nothing, runs nothing and prints well. Pure.

The same dossier always gives the same bytes. Whoever changes what is drawn here raises ``LAYOUT``:
then packs of before are known to be drawn otherwise, and not taken for changed ones.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import cache
from hashlib import sha256
from itertools import groupby

from compliant_sms._lazy import packaged
from compliant_sms.evidence._dossier import Dossier
from compliant_sms.evidence._page._case import Case
from compliant_sms.evidence._page._consent import consent
from compliant_sms.evidence._page._front import front, proves, summary
from compliant_sms.evidence._page._markup import shown
from compliant_sms.evidence._page._moments import Moment, moments
from compliant_sms.evidence._page._picture import picture
from compliant_sms.evidence._page._proofs import proofs
from compliant_sms.evidence._page._received import received
from compliant_sms.evidence._page._staff import staff
from compliant_sms.evidence._page._texts import texts

__all__ = ["LAYOUT", "page"]

LAYOUT = 3

# No scripts and nothing from elsewhere, even if something in here asked for it.
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


def page(dossier: Dossier, json: bytes) -> bytes:
    """The page that tells what the dossier holds.

    Args:
        dossier: what is on record.
        json: the same as ``evidence.json``, which the page names by its digest.

    Raises:
        Exception: the dossier holds something that this version of the library cannot read.
    """
    case = Case(dossier)
    told = moments(case)
    title = f"Texts and consent on record: {shown(dossier.practice.name)}"
    html = (
        f"{_HEAD}<title>{title}</title>\n<style>\n{_style()}</style>\n</head>\n<body>\n<main>\n"
        f"{front(case, sha256(json).hexdigest())}\n"
        f"{proves(case)}\n"
        f"{summary(case)}\n"
        f"{_timeline(case, told)}\n"
        f"{consent(case)}\n"
        f"{texts(case)}\n"
        f"{received(case)}\n"
        f"{staff(case)}"
        f"{proofs(case)}\n"
        "</main>\n</body>\n</html>\n"
    )
    return html.encode()


def _timeline(case: Case, told: Sequence[Moment]) -> str:
    together = groupby(told, key=lambda moment: (moment.at, moment.label))
    rows = "".join(_row(case, at, label, tuple(each)) for (at, label), each in together)
    listed = f'<div class="wide"><table class="timeline"><tbody>{rows}</tbody></table></div>'
    return (
        f'<section id="timeline"><h2>What happened</h2><figure>{picture(case, told)}</figure>'
        f"{listed if rows else '<p>Nothing is on record for this period.</p>'}</section>"
    )


def _row(case: Case, at: datetime, label: str, told: Sequence[Moment]) -> str:
    kind = "out" if any(moment.kind == "out" for moment in told) else told[0].kind
    words = "".join(f"<div>{moment.words}</div>" for moment in told)
    return (
        f'<tr class="{kind}"><td>{case.zone.time(at)}</td>'
        f'<td><a class="label" href="#{label}">{label}</a></td><td>{words}</td></tr>'
    )


@cache
def _style() -> str:
    return packaged(__package__, "page.css")
