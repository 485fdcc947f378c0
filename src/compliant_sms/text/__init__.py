"""What a text is made of and what is plain in it: segments, links, notices.

Two rules hold here: a text is changed only on request and never in meaning, and nothing is known
about who reads it.
"""

from __future__ import annotations

from compliant_sms.text._cost import Cost, cost, price_of_segment
from compliant_sms.text._days import LANGUAGES, day_in, time_in
from compliant_sms.text._links import Link, is_public_shortener, links, within
from compliant_sms.text._notices import Notices, notices
from compliant_sms.text._segments import Encoding, Segmentation, parts, segment
from compliant_sms.text._smart_encoding import (
    OutsideGsm7,
    SmartEncoding,
    outside_gsm7,
    smart_encode,
)

__all__ = [
    "LANGUAGES",
    "Cost",
    "Encoding",
    "Link",
    "Notices",
    "OutsideGsm7",
    "Segmentation",
    "SmartEncoding",
    "cost",
    "day_in",
    "is_public_shortener",
    "links",
    "notices",
    "outside_gsm7",
    "parts",
    "price_of_segment",
    "segment",
    "smart_encode",
    "time_in",
    "within",
]
