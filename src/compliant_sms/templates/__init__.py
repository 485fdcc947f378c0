"""Our own copy, rendered: what the library itself adds to a text, word for word.

Two rules keep this room: it adds and never changes what the practice wrote, and it decides nothing.
Pure.
"""

from __future__ import annotations

from compliant_sms.templates._notice import neutral_notice
from compliant_sms.text._opt_out_line import opt_out_line, with_opt_out_line

__all__ = ["neutral_notice", "opt_out_line", "with_opt_out_line"]
