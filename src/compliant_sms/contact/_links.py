"""Links that open a phone's texting app, with the number and first words filled in.

RFC 5724 writes ``sms:+12175550111?body=Hello``. Phones differ. Messages on iOS wants ``&`` before
the body, since iOS 8, and takes what follows a plain ``?`` for more of the number; Android wants
the ``?`` of the RFC (flutter/flutter issue 18823, moezbhatti/qksms issue 1321, and the answers to
Stack Overflow question 6480462). ``?&body=`` is read by both: for one the field before ``&`` is
empty, and the other finds its ``&``. Apple documents no body at all (iPhone URL Scheme Reference,
SMS Links), so a phone may open with the number alone; nothing may depend on the body.

Codes hold ``SMSTO:number:body``: cameras of both read it (ZXing, SMSTOMMSTOResultParser;
Shane32/QRCoder issue 296), and nothing in it is escaped.
"""

from __future__ import annotations

import re
from urllib.parse import quote

from compliant_sms import _given
from compliant_sms.errors import InvalidInput
from compliant_sms.optout import reserved_word
from compliant_sms.phone import PhoneNumber, as_number

_LONGEST = 160
_UNSEEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")


def sms_link(number: str | PhoneNumber, body: str = "") -> str:
    """Make a link that opens a phone's texting app, on iOS and on Android.

    Args:
        number: the number to text: the sender that the practice texts from.
        body: the initial words, which people can change. They are public on a web page, so they
            are the same for everybody.

    Returns:
        The link, for example ``"sms:+12175550111?&body=Hello"``. Escape it for HTML.

    Raises:
        InvalidPhoneNumber: it is not a phone number.
        InvalidInput: the body is longer than 160 characters, has invisible characters, or is a
            word that carriers answer in their own way, such as STOP.
    """
    to, first = as_number(number), _first_words(body)
    return f"sms:{to.e164}?&body={quote(first, safe='')}" if first else f"sms:{to.e164}"


def qr_text(number: str | PhoneNumber, body: str = "") -> str:
    """Make the content of a QR code that opens the texting app; see :func:`sms_link`.

    Raises:
        InvalidPhoneNumber: it is not a phone number.
        InvalidInput: the body cannot be used.
    """
    to, first = as_number(number), _first_words(body)
    return f"SMSTO:{to.e164}:{first}"


def _first_words(body: str) -> str:
    _given.a_text(body, "body")
    first = body.strip()
    if len(first) > _LONGEST or _UNSEEN.search(first):
        msg = (
            f"the first words of a text are too long, or hold line breaks or invisible characters. "
            f"Pass one line of at most {_LONGEST} characters."
        )
        raise InvalidInput(msg)
    if reserved_word(first):
        msg = (
            "the first words are one that carriers answer in their own way. Whoever means STOP or "
            "START writes it; begin with a sentence, such as 'Hello, I have a question.'"
        )
        raise InvalidInput(msg)
    return first
