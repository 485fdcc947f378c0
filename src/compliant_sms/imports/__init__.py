"""Consents and opt-outs from and for another system, as records and as CSV files. Pure.

Two rules hold here: no message ever repeats any of a row, and what a row does not say is read in
the patient's favor.
"""

from compliant_sms.imports._consents import CONSENT_COLUMNS, read_consents
from compliant_sms.imports._export import ExportReport
from compliant_sms.imports._judge import Judge, row_key
from compliant_sms.imports._opt_outs import OPT_OUT_COLUMNS, read_opt_outs
from compliant_sms.imports._plan import ImportPlan
from compliant_sms.imports._records import BadRow, Flaw, ImportedConsent, ImportedOptOut
from compliant_sms.imports._report import ImportReport, Kind, RowProblem

__all__ = [
    "CONSENT_COLUMNS",
    "OPT_OUT_COLUMNS",
    "BadRow",
    "ExportReport",
    "Flaw",
    "ImportPlan",
    "ImportReport",
    "ImportedConsent",
    "ImportedOptOut",
    "Judge",
    "Kind",
    "RowProblem",
    "read_consents",
    "read_opt_outs",
    "row_key",
]
