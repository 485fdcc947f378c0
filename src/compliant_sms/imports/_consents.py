"""Consents from a CSV file."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from zoneinfo import ZoneInfo

from attrs import frozen

from compliant_sms.consent import (
    Basis,
    Signature,
    SignatureKind,
    Tier,
    Wording,
    WrittenAgreement,
)
from compliant_sms.consent._words import categories_covered
from compliant_sms.errors import InvalidInput
from compliant_sms.imports import _dates
from compliant_sms.imports._cells import Cells, bad_row, categories, numbers_of, yes_or_no
from compliant_sms.imports._csv import Layout, rows
from compliant_sms.imports._opt_outs import WRONG_CELLS
from compliant_sms.imports._records import BadRow, ImportedConsent
from compliant_sms.phone import PhoneNumber
from compliant_sms.practice import known_zone

_SIGNATURE = ("signer", "act", "ip_address", "user_agent")
_ELEMENTS = (
    "authorises_automated_marketing",
    "not_a_condition_of_purchase",
    "clear_and_conspicuous",
)
AGREEMENT = ("seller", "signed_number", "signature", "box_was_unticked", *_ELEMENTS)
_NEEDED = ("number", "person", "occurred_at", "basis")
CONSENT_COLUMNS = (
    *_NEEDED,
    "tier",
    "categories",
    "wording",
    "wording_version",
    "given_to",
    "reference",
    *_SIGNATURE,
    *AGREEMENT,
)
"""The columns of a file of consents. The first four are needed, the rest where the law needs it."""

TIERS = {"express": Tier.PRIOR_EXPRESS, "written": Tier.PRIOR_EXPRESS_WRITTEN}
# A value for all rows would invent who agreed, or when.
_OF_EACH_ROW = frozenset({"number", "person", "occurred_at", "signer", "signed_number"})


def read_consents(
    lines: Iterable[bytes],
    *,
    time_zone: str,
    wordings: Iterable[Wording] = (),
    columns: Mapping[str, str] | None = None,
    values: Mapping[str, str] | None = None,
    date_format: str | None = None,
    region: str = "US",
) -> Iterator[ImportedConsent | BadRow]:
    """The consents of a CSV file, one after the other; the file is never held as a whole.

    Args:
        lines: an open binary file, or anything else that gives its lines.
        time_zone: the practice's, an IANA name; times that name no offset are read in it.
        wordings: what patients were shown; rows name one by its version in ``wording_version``.
        columns: for each column that the file calls otherwise its name there, for example
            ``{"number": "Mobile Phone"}``. Other columns of the file are ignored.
        values: what a column says wherever the file says nothing, for example
            ``{"basis": "intake_form", "wording_version": "2024-01"}``.
        date_format: how dates are written, as for :meth:`datetime.strptime`; ISO 8601, if not
            given.
        region: as for :meth:`PhoneNumber.parse`.

    Raises:
        InvalidInput: the file is no CSV in UTF-8, lacks a column, or an argument cannot be used.
            What is wrong with single rows comes as :class:`BadRow`.
    """
    for column in sorted(_OF_EACH_ROW & set(values or {})):
        msg = f"{column} cannot be the same for every row. It needs a column of its own."
        raise InvalidInput(msg)
    zone = ZoneInfo(known_zone(time_zone))
    when = _dates.reader(zone, _dates.earliest, date_format)
    layout = Layout(
        known=CONSENT_COLUMNS, required=_NEEDED, columns=columns or {}, values=values or {}
    )
    form = _Form(wordings={each.version: each for each in wordings}, number=numbers_of(region))
    for line, row in rows(lines, layout):
        if row is None:
            yield bad_row(line, "", WRONG_CELLS)
            continue
        cells = Cells(line, row)
        number = cells.read("number", form.number, needed=True)
        if not cells["person"]:
            cells.refuse("person", "it is empty, and needed")
        occurred_at = cells.read("occurred_at", when, needed=True)
        basis = cells.read("basis", Basis, needed=True)
        tier = cells.read("tier", _tier) or Tier.PRIOR_EXPRESS
        wording = form.wording(cells)
        written = tier is Tier.PRIOR_EXPRESS_WRITTEN
        yield cells.record(
            ImportedConsent,
            number=number,
            person=cells["person"],
            occurred_at=occurred_at,
            basis=basis,
            tier=tier,
            categories=categories_covered(cells.read("categories", categories) or None, tier),
            wording=wording,
            signature=_signature(cells) if written or cells["signer"] else None,
            agreement=form.agreement(cells) if written else None,
            given_to=cells["given_to"],
            reference=cells["reference"],
        )


def _tier(text: str) -> Tier:
    if text not in TIERS:
        msg = f"there is no such tier. Pass one of: {', '.join(TIERS)}."
        raise InvalidInput(msg)
    return TIERS[text]


def _signature(cells: Cells) -> Signature | None:
    return cells.attempt("signer", lambda: Signature(**{name: cells[name] for name in _SIGNATURE}))


@frozen(kw_only=True)
class _Form:
    """What is the same for all rows."""

    wordings: Mapping[str, Wording]
    number: Callable[[str], PhoneNumber]

    def wording(self, cells: Cells) -> Wording | None:
        text, version = cells["wording"], cells["wording_version"]
        if not text and not version:
            return None
        if text and not version:
            cells.refuse("wording_version", "it is empty, and a wording needs its version")
            return None
        named = self.wordings.get(version)
        if named is None and not text:
            cells.refuse("wording_version", "no wording of that version was given")
            return None
        if named is not None and text and text != named.text:
            cells.refuse("wording", "it is not the wording that was given for that version")
            return None
        return named or Wording(text=text, version=version)

    def agreement(self, cells: Cells) -> WrittenAgreement | None:
        number = cells.read("signed_number", self.number, needed=True)
        signature = cells.read("signature", SignatureKind, needed=True)
        if not cells["seller"]:
            cells.refuse("seller", "it is empty, and needed")
        unticked = cells.read("box_was_unticked", yes_or_no)
        if unticked is None and signature is SignatureKind.TICKED_BOX:
            cells.refuse("box_was_unticked", "it is empty, and a ticked box needs it")
        answers = {name: cells.read(name, yes_or_no, needed=True) for name in _ELEMENTS}
        if number is None or signature is None or None in answers.values() or not cells["seller"]:
            return None
        return WrittenAgreement(
            seller=cells["seller"],
            number=number,
            signature=signature,
            box_was_unticked=bool(unticked),
            **{name: bool(answer) for name, answer in answers.items()},
        )
