"""What Infobip's answers, logs and callbacks say of a text.

Source: Infobip's page on response status and error codes, and its OpenAPI description 3.210.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from compliant_sms.lifecycle import State
from compliant_sms.providers._base import (
    InboundText,
    Problem,
    ProviderEvent,
    ProviderKeyword,
    SentText,
    StatusUpdate,
)
from compliant_sms.providers._codes import codes_of, problem
from compliant_sms.providers._consequences import Failure
from compliant_sms.providers._reading import e164, instant, mapping, text_in
from compliant_sms.providers._webhooks import VerifiedWebhook


def _problem(code: str, said: object, status: int | None = None) -> Problem:
    return problem("Infobip", codes_of("infobip"), code, status=status, said=said)


def refusal(content: Mapping[str, Any], status: int) -> Problem:
    """Why a request as a whole was refused, in the form of either version of the API."""
    older = mapping(mapping(content.get("requestError")).get("serviceException"))
    code = text_in(content, "errorCode") or text_in(older, "messageId")
    return _problem(code, content.get("description") or older.get("text"), status)


def _state(status: Mapping[str, Any]) -> State | None:
    states = codes_of("infobip").states
    words = (text_in(status, name).lower() for name in ("name", "groupName"))
    return next((states[word] for word in words if word in states), None)


def is_duplicate(entry: Mapping[str, Any]) -> bool:
    """Whether it was refused because its id was used before: the text is there already."""
    name = text_in(mapping(entry.get("status")), "name").upper()
    return codes_of("infobip").category(name) is Failure.DUPLICATE


def why_not(entry: Mapping[str, Any]) -> Problem:
    """Why a text did not arrive: by the error, or by the status where only that is known."""
    status, error = mapping(entry.get("status")), mapping(entry.get("error"))
    told = [(text_in(error, "id"), error), (text_in(status, "name").upper(), status)]
    given = [
        _problem(code, said.get("description")) for code, said in told if code not in {"", "0"}
    ]
    known = [each for each in given if each.category is not Failure.UNKNOWN]
    return next(iter(known or given), _problem("", ""))


def _told(entry: Mapping[str, Any]) -> tuple[State | None, Problem | None]:
    state = _state(mapping(entry.get("status")))
    return state, why_not(entry) if state in {State.UNDELIVERED, State.FAILED} else None


def sent_text(reference: str, log: Mapping[str, Any]) -> SentText:
    """The text of a log."""
    state, why = _told(log)
    return SentText(provider_id=reference, state=state or State.SENT, problem=why)


def event_of(
    entry: Mapping[str, Any], *, webhook: VerifiedWebhook, answers_keywords: bool
) -> ProviderEvent | None:
    """A patient's text, or news of one of ours; None for what is neither.

    Args:
        entry: one of those in a callback.
        webhook: the callback.
        answers_keywords: Infobip answers its keywords by itself.
    """
    provider_id = text_in(entry, "messageId")
    if not provider_id:
        return None
    if isinstance(entry.get("status"), dict):
        return _status_update(provider_id, entry)
    if "from" not in entry:
        return None
    keyword = _keyword(entry)
    return InboundText(
        key=provider_id,
        provider_id=provider_id,
        sender=e164(text_in(entry, "from")),
        to=e164(text_in(entry, "to")),
        body=text_in(entry, "text"),
        answered=answers_keywords and keyword is not None,
        recognized=keyword,
        authenticated=webhook.authenticated,
        sent_at=instant(entry.get("receivedAt")),
    )


def _keyword(entry: Mapping[str, Any]) -> ProviderKeyword | None:
    """What Infobip took the text for; only a STOP may have more words behind it."""
    keyword = ProviderKeyword.named(text_in(entry, "keyword"))
    alone = ProviderKeyword.named(text_in(entry, "text")) is keyword
    return keyword if alone or keyword is ProviderKeyword.STOP else None


def _status_update(provider_id: str, entry: Mapping[str, Any]) -> StatusUpdate:
    state, why = _told(entry)
    status, error = mapping(entry.get("status")), mapping(entry.get("error"))
    return StatusUpdate(
        key=f"{provider_id}/{text_in(status, 'name')}/{text_in(error, 'id')}",
        provider_id=provider_id,
        reference=text_in(entry, "callbackData", "messageId"),
        state=state,
        problem=why,
        recipient=e164(text_in(entry, "to")),
    )
