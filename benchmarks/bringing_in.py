"""Importing consents and opt-outs of another system: rows a second."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from time import perf_counter

import setting
from people import number_of, person_of
from places import Place, open_store, places
from report import Row, per_second

from compliant_sms.imports import ImportedConsent, ImportedOptOut
from compliant_sms.ports import AtRest

__all__ = ["rows"]

_CONSENTS = 50_000
_ON_PAPER = date(2025, 5, 17)


def rows(folder: Path, *, quick: bool) -> Iterator[Row]:
    """One opt-out to ten consents, each of somebody new."""
    consents = _CONSENTS // 25 if quick else _CONSENTS
    with places(folder) as found:
        for place in found:
            for what, keys in (("", setting.PLAINTEXT), (", sealed", setting.keyring())):
                yield Row(
                    what=f"import of {consents * 11 // 10:,} rows into {place.name}{what}",
                    measured=f"{per_second(_rate(place, consents, keys))}",
                )


def _rate(place: Place, consents: int, keys: AtRest) -> float:
    url = "https://api.twilio.com"  # never asked
    with place.database() as where, setting.messenger(open_store(where), url, keys) as messenger:
        start = perf_counter()
        report = messenger.import_consents(
            (
                ImportedConsent(
                    number=number_of(index),
                    person=person_of(index),
                    occurred_at=_ON_PAPER,
                    basis="intake_form",
                    wording=setting.WORDING,
                )
                for index in range(consents)
            ),
            opt_outs=(
                ImportedOptOut(number=number_of(index), occurred_at=_ON_PAPER)
                for index in range(0, consents, 10)
            ),
            source="old-ehr",
            by="it:j.ortiz",
        )
        taken = perf_counter() - start
    assert report.ok, report
    return (report.consents + report.opt_outs) / taken
