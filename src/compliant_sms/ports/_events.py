"""Whoever wants to know what happened."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import TypeAlias

from compliant_sms.events import Event

__all__ = ["Tell", "tell_nobody"]

Tell: TypeAlias = Callable[[Sequence[Event]], Awaitable[None]]
"""Tells the host what happened, outside any transaction. It never raises."""


async def tell_nobody(_: Sequence[Event]) -> None:
    """Nobody wants to know."""
