"""Texts of a dry run: decided and kept as they would be, and read by nobody."""

from __future__ import annotations

from compliant_sms.messages import Message
from compliant_sms.optout import Awaiting
from compliant_sms.ports import Ports

DRY_RUN = "dry-run"
"""What stands on record as the provider of a text that left in a dry run, and so did not."""


def asked_nobody(ports: Ports, message: Message, asks: Awaiting | None) -> bool:
    """Whether a text that asks something was rehearsed, so that no answer can mean it.

    While the rehearsal lasts, answers about visits can be rehearsed too. What would permit texts
    cannot: the ledger only grows, and a yes to what nobody read would stay in it.
    """
    if message.provider != DRY_RUN:
        return False
    return asks is not Awaiting.CONFIRM or not ports.dry_run
