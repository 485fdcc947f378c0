"""Prepared texts: the practice's templates, and what the library itself says.

Only approved words and checked values reach a patient. This package does not decide whether a text
may go. Pure.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from compliant_sms._lazy import names_of
from compliant_sms.templates._inbox import (
    closed_text,
    danger_text,
    received_text,
    request_text,
)
from compliant_sms.templates._notice import neutral_notice, notice_language
from compliant_sms.templates._ref import TemplateRef
from compliant_sms.templates._replies import help_text, opt_in_text, opt_out_text, which_to_stop
from compliant_sms.templates._sender import dialed, sender_name
from compliant_sms.text._opt_out_line import opt_out_line, with_opt_out_line

if TYPE_CHECKING:
    from compliant_sms.templates._canned import CannedReply, suggestions
    from compliant_sms.templates._catalogue import Catalogue
    from compliant_sms.templates._kinds import (
        Choice,
        Date,
        GivenName,
        Kind,
        Lengths,
        Link,
        Money,
        Number,
        Phone,
        Place,
        Setting,
        StaffName,
        Text,
        Time,
    )
    from compliant_sms.templates._parts import Approval, Body, Rendered, Variable, Withdrawal
    from compliant_sms.templates._problem import TemplateProblem
    from compliant_sms.templates._template import Template
    from compliant_sms.templates._toml import starter
    from compliant_sms.templates._values import Refused

__all__ = [
    "Approval",
    "Body",
    "CannedReply",
    "Catalogue",
    "Choice",
    "Date",
    "GivenName",
    "Kind",
    "Lengths",
    "Link",
    "Money",
    "Number",
    "Phone",
    "Place",
    "Refused",
    "Rendered",
    "Setting",
    "StaffName",
    "Template",
    "TemplateProblem",
    "TemplateRef",
    "Text",
    "Time",
    "Variable",
    "Withdrawal",
    "closed_text",
    "danger_text",
    "dialed",
    "help_text",
    "neutral_notice",
    "notice_language",
    "opt_in_text",
    "opt_out_line",
    "opt_out_text",
    "received_text",
    "request_text",
    "sender_name",
    "starter",
    "suggestions",
    "which_to_stop",
    "with_opt_out_line",
]

_FILES = {
    "_canned": ("CannedReply", "suggestions"),
    "_catalogue": ("Catalogue",),
    "_kinds": (
        "Choice",
        "Date",
        "GivenName",
        "Kind",
        "Lengths",
        "Link",
        "Money",
        "Number",
        "Phone",
        "Place",
        "Setting",
        "StaffName",
        "Text",
        "Time",
    ),
    "_parts": ("Approval", "Body", "Rendered", "Variable", "Withdrawal"),
    "_problem": ("TemplateProblem",),
    "_template": ("Template",),
    "_toml": ("starter",),
    "_values": ("Refused",),
}
# PEP 562: the checks of templates load when there are templates, not on import.
if not TYPE_CHECKING:
    __getattr__, __dir__ = names_of(__name__, _FILES)
