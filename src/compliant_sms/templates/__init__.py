"""Our own copy, rendered: what the library itself adds to a text, word for word.

Two rules keep this room: it adds and never changes what the practice wrote, and it decides nothing.
Pure.
"""

from __future__ import annotations

from compliant_sms.templates._notice import neutral_notice
from compliant_sms.templates._replies import (
    help_text,
    opt_in_text,
    opt_out_text,
    which_to_stop,
)
from compliant_sms.text._opt_out_line import opt_out_line, with_opt_out_line

__all__ = [
    "help_text",
    "neutral_notice",
    "opt_in_text",
    "opt_out_line",
    "opt_out_text",
    "which_to_stop",
    "with_opt_out_line",
]
