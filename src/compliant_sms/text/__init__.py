"""What a text is made of, and what it says for everybody to see: segments, links, notices.

Two rules keep this room itself: it changes no text, and it knows nothing about who reads it.
"""

from __future__ import annotations

from compliant_sms.text._links import Link, is_public_shortener, links, within
from compliant_sms.text._notices import Notices, notices
from compliant_sms.text._segments import Encoding, Segmentation, segment

__all__ = [
    "Encoding",
    "Link",
    "Notices",
    "Segmentation",
    "is_public_shortener",
    "links",
    "notices",
    "segment",
    "within",
]
