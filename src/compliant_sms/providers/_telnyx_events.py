"""What Telnyx's answers and webhooks say of a text of ours.

Sources: Telnyx's error code reference, and the OpenAPI description of its Python client 4.189.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from compliant_sms.providers._base import Problem, StatusUpdate
from compliant_sms.providers._codes import codes_of, problem
from compliant_sms.providers._reading import e164, first, items, text_in


def why_not(errors: object, status: int | None = None) -> Problem:
    """Why a text was refused or not delivered: by the first of the errors.

    Args:
        errors: as the answer or the webhook lists them.
        status: the HTTP status, where there was an answer.
    """
    told = first(errors)
    code, said = text_in(told, "code"), text_in(told, "detail", "title")
    return problem("Telnyx", codes_of("telnyx"), code, status=status, said=said)


def news_of(message: Mapping[str, Any], key: str, reference: str | None) -> StatusUpdate:
    """How far a text is.

    Args:
        message: as Telnyx shows it.
        key: the same for each delivery of the same news.
        reference: our id of it, where that is known.
    """
    recipient, errors = first(message.get("to")), message.get("errors")
    return StatusUpdate(
        key=key,
        provider_id=text_in(message, "id"),
        reference=reference,
        state=codes_of("telnyx").state(text_in(recipient, "status")),
        problem=why_not(errors) if items(errors) else None,
        recipient=e164(recipient.get("phone_number")),
    )
