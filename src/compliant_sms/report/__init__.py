"""A practice's report: one HTML file with plots and tables, and nothing in it about anybody.

It loads nothing, runs nothing, follows the reader's choice of dark or light, and each plot has a
table beside it. Plots need the extra ``report``.
"""

from compliant_sms.report._page import page
from compliant_sms.report._shown import SMALLEST, shown

__all__ = ["SMALLEST", "page", "shown"]
