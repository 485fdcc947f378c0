"""What Sinch's delivery reports say of a text.

Source: Sinch's pages on delivery reports.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from compliant_sms.lifecycle import State
from compliant_sms.providers._base import StatusUpdate
from compliant_sms.providers._codes import codes_of, problem
from compliant_sms.providers._consequences import Failure
from compliant_sms.providers._reading import e164, text_in


def news_of(report: Mapping[str, Any], told: Mapping[str, Any]) -> StatusUpdate:
    """How far a text is."""
    codes = codes_of("sinch")
    batch, status = text_in(report, "batch_id"), text_in(told, "status")
    state, why = codes.state(status), told.get("code")
    if codes.category(why) is Failure.UNKNOWN and status.lower() in codes.categories:
        why = status.lower()
    lost = state in {State.UNDELIVERED, State.FAILED}
    return StatusUpdate(
        key=f"{batch}/{status}/{text_in(told, 'code')}",
        provider_id=batch,
        reference=text_in(report, "client_reference") or None,
        state=state,
        problem=problem("Sinch", codes, why) if lost else None,
        recipient=e164(text_in(told, "recipient")),
    )
