"""Ways to start texting: links, QR codes and a snippet for a website, and a text after a call.

Two rules hold here: it makes words and pictures and sends nothing, and whatever a practice writes
into a page is escaped.
"""

from compliant_sms.contact._calls import MissedCall, MissedCalls, SpokenOffer
from compliant_sms.contact._links import qr_text, sms_link
from compliant_sms.contact._qr import QrCode, qr_code
from compliant_sms.contact._snippet import TextUs

__all__ = [
    "MissedCall",
    "MissedCalls",
    "QrCode",
    "SpokenOffer",
    "TextUs",
    "qr_code",
    "qr_text",
    "sms_link",
]
