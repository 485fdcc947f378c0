"""Consents and opt-outs as lines of CSV, as they are read again."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, date, datetime
from io import BytesIO, StringIO

from compliant_sms.consent import Signature, WrittenAgreement
from compliant_sms.errors import InvalidInput
from compliant_sms.imports._consents import AGREEMENT, CONSENT_COLUMNS, TIERS, read_consents
from compliant_sms.imports._opt_outs import OPT_OUT_COLUMNS, read_opt_outs
from compliant_sms.imports._records import ImportedConsent, ImportedOptOut

_NAMES = {tier: name for name, tier in TIERS.items()}
_EXACT = "%Y-%m-%dT%H:%M:%S.%fZ"


def opt_out_header() -> str:
    """The first line of a file of opt-outs."""
    return _line(OPT_OUT_COLUMNS)


def consent_header() -> str:
    """The first line of a file of consents."""
    return _line(CONSENT_COLUMNS)


def opt_out_line(record: ImportedOptOut) -> str | None:
    """The line that :func:`read_opt_outs` reads the record from; None if no line tells it."""
    cells = {
        "number": record.number.e164,
        "occurred_at": _instant(record.occurred_at),
        "channel": record.channel,
        "person": record.person or "",
        "reference": record.reference,
        "except_for": _list(record.except_for),
    }
    line = _row(OPT_OUT_COLUMNS, cells)
    return line if _read(read_opt_outs, opt_out_header() + line) == [record] else None


def consent_line(record: ImportedConsent) -> str | None:
    """The line that :func:`read_consents` reads the record from; None if no line tells it."""
    cells = {
        "number": record.number.e164,
        "person": record.person,
        "occurred_at": _instant(record.occurred_at),
        "basis": record.basis,
        "tier": _NAMES[record.tier],
        "categories": _list(record.categories),
        "given_to": record.given_to,
        "reference": record.reference,
    }
    if record.wording is not None:
        cells |= {"wording": record.wording.text, "wording_version": record.wording.version}
    cells |= _signature(record.signature) | _agreement(record.agreement)
    line = _row(CONSENT_COLUMNS, cells)
    return line if _read(read_consents, consent_header() + line) == [record] else None


def _signature(signature: Signature | None) -> dict[str, str]:
    if signature is None:
        return {}
    return {
        "signer": signature.signer,
        "act": signature.act,
        "ip_address": signature.ip_address,
        "user_agent": signature.user_agent,
    }


def _agreement(agreement: WrittenAgreement | None) -> dict[str, str]:
    if agreement is None:
        return {}
    said = {name: getattr(agreement, name) for name in AGREEMENT if name != "signed_number"}
    answered = {
        name: ("no", "yes")[value] if isinstance(value, bool) else str(value)
        for name, value in said.items()
    }
    return {**answered, "signed_number": agreement.number.e164}


def _instant(when: date | None) -> str:
    if isinstance(when, datetime):
        return when.astimezone(UTC).strftime(_EXACT)
    return "" if when is None else when.isoformat()


def _list(names: Iterable[str]) -> str:
    return ";".join(names)


def _row(columns: Iterable[str], cells: Mapping[str, str]) -> str:
    return _line(cells.get(column, "") for column in columns)


def _line(cells: Iterable[str]) -> str:
    out = StringIO()
    csv.writer(out, lineterminator="\n").writerow(cells)
    return out.getvalue()


def _read(reader: Callable[..., Iterable[object]], text: str) -> list[object]:
    """What an import reads from a file; nothing where it refuses the file."""
    try:
        return list(reader(BytesIO(text.encode()), time_zone="UTC"))
    except InvalidInput:
        return []
