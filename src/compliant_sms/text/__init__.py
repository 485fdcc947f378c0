"""What a text is made of once it is on the air: encodings and segments.

Two rules keep this room itself: it changes no text, and it knows nothing about who reads it.
"""

from __future__ import annotations

from compliant_sms.text._segments import Encoding, Segmentation, segment

__all__ = ["Encoding", "Segmentation", "segment"]
