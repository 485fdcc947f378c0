"""The form fields of Twilio's two callbacks (its pages on inbound webhooks and status callbacks).

Some fields are always blank, as they often are at Twilio: a receiver that drops blank fields
cannot verify the signature.
"""

from __future__ import annotations

from typing import Final, TypeAlias

from compliant_sms.sandbox._entries import BookEntry

Fields: TypeAlias = tuple[tuple[str, str], ...]
"""Decoded names and values, in the order sent."""

API_VERSION: Final = "2010-04-01"

_PLACES: Final = ("City", "State", "Zip")


def inbound_fields(entry: BookEntry, account_sid: str) -> Fields:
    """What the webhook of a number is told about a text from a patient."""
    ends = (("From", entry.from_), ("To", entry.to))
    places = tuple((f"{end}{place}", "") for end, _ in ends for place in _PLACES)
    return (
        ("ToCountry", "US"),
        *places,
        ("FromCountry", "US"),
        ("SmsMessageSid", entry.sid),
        ("SmsSid", entry.sid),
        ("SmsStatus", entry.status),
        ("MessageSid", entry.sid),
        ("AccountSid", account_sid),
        *ends,
        ("Body", entry.body),
        ("NumMedia", str(len(entry.media_urls))),
        ("NumSegments", str(entry.segments)),
        ("ApiVersion", API_VERSION),
    )


def status_fields(entry: BookEntry, account_sid: str) -> Fields:
    """What a status callback says about a text of the application's."""
    failure = () if entry.error_code is None else (("ErrorCode", str(entry.error_code)),)
    receipt = (
        (("RawDlrDoneDate", entry.updated_at.strftime("%y%m%d%H%M")),)
        if entry.status == "delivered"
        else ()
    )
    return (
        *failure,
        *receipt,
        ("SmsSid", entry.sid),
        ("SmsStatus", entry.status),
        ("MessageSid", entry.sid),
        ("MessageStatus", entry.status),
        ("AccountSid", account_sid),
        ("From", entry.from_),
        ("To", entry.to),
        ("ApiVersion", API_VERSION),
    )
