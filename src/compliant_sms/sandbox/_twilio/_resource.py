"""Twilio's JSON: the Message resource, and a page of them."""

from __future__ import annotations

from datetime import datetime
from email.utils import format_datetime
from typing import Any

from compliant_sms.sandbox._entries import BookEntry
from compliant_sms.sandbox._twilio._callbacks import API_VERSION
from compliant_sms.sandbox._twilio._listing import Page


def messages_uri(account_sid: str) -> str:
    """The path of an account's list of messages, without ``.json``."""
    return f"/{API_VERSION}/Accounts/{account_sid}/Messages"


def message_json(entry: BookEntry, account_sid: str) -> dict[str, Any]:
    """A text as Twilio shows it; counts are texts there, and dates are RFC 2822."""
    uri = f"{messages_uri(account_sid)}/{entry.sid}"
    failed = entry.error_code is not None
    return {
        "account_sid": account_sid,
        "api_version": API_VERSION,
        "body": entry.body,
        "date_created": _rfc_2822(entry.created_at),
        "date_sent": _rfc_2822(entry.sent_at),
        "date_updated": _rfc_2822(entry.updated_at),
        "direction": entry.direction,
        "error_code": entry.error_code,
        "error_message": "The text was not delivered." if failed else None,
        "from": entry.from_,
        "messaging_service_sid": None,
        "num_media": str(len(entry.media_urls)),
        "num_segments": str(entry.segments),
        "price": None,
        "price_unit": "USD",
        "sid": entry.sid,
        "status": entry.status,
        "subresource_uris": {"media": f"{uri}/Media.json"},
        "to": entry.to,
        "uri": f"{uri}.json",
    }


def page_json(page: Page, account_sid: str, query: str) -> dict[str, Any]:
    """A page of texts; there is no way back, so ``previous_page_uri`` is always null."""
    path = f"{messages_uri(account_sid)}.json"
    start = page.number * page.size
    return {
        "messages": [message_json(entry, account_sid) for entry in page.entries],
        "page": page.number,
        "page_size": page.size,
        "start": start,
        "end": start + max(len(page.entries) - 1, 0),
        "uri": f"{path}?{query}" if query else path,
        "first_page_uri": f"{path}?PageSize={page.size}&Page=0",
        "next_page_uri": None if page.next_query is None else f"{path}?{page.next_query}",
        "previous_page_uri": None,
    }


def _rfc_2822(instant: datetime | None) -> str | None:
    return None if instant is None else format_datetime(instant)
