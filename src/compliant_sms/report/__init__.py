"""A practice's report: one HTML file with plots and tables, and nothing about any person.

It loads nothing, runs no script, follows the reader's choice of dark or light, and has a table for
each plot. Plots need the extra ``report``.
"""

from compliant_sms.report._page import page
from compliant_sms.report._shown import SMALLEST, shown

__all__ = ["SMALLEST", "page", "shown"]
