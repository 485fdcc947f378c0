"""Addresses that open a phone's texting app, with the number and first words filled in.

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
    """A link that opens the texting app of a phone, on iOS and on Android.

    Args:
        number: whom to text: the sender that the practice texts from.
        body: what stands there to begin with; people can change it. It lies open in a web page,
            so it is the same for everybody.

    Returns:
        for example ``"sms:+12175550111?&body=Hello"``; escape it as text of HTML.

    Raises:
        InvalidPhoneNumber: it is no number.
        InvalidInput: the body is longer than 160 characters, has characters that nobody sees, or
            is a word that carriers answer in their own way, such as STOP.
    """
    to, first = as_number(number), _first_words(body)
    return f"sms:{to.e164}?&body={quote(first, safe='')}" if first else f"sms:{to.e164}"


def qr_text(number: str | PhoneNumber, body: str = "") -> str:
    """What stands in a code that opens the texting app: see :func:`sms_link`.

    Raises:
        InvalidPhoneNumber: it is no number.
        InvalidInput: the body cannot be used.
    """
    to, first = as_number(number), _first_words(body)
    return f"SMSTO:{to.e164}:{first}"


def _first_words(body: str) -> str:
    _given.a_text(body, "body")
    first = body.strip()
    if len(first) > _LONGEST or _UNSEEN.search(first):
        msg = (
            f"the first words of a text are too long, or hold a line break or what nobody sees. "
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
