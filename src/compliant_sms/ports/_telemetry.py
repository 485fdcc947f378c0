"""Whoever measures: spans around what is done, and what is told of it."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from typing import TYPE_CHECKING, Protocol, TypeAlias

if TYPE_CHECKING:
    from compliant_sms.events import Event
    from compliant_sms.ports._outside import Transport

Measured: TypeAlias = "str | int | bool | tuple[str, ...]"
"""What an attribute of a span can be. No body, number or name, and no host's id of a person."""


class Span(Protocol):
    """Something that takes time."""

    def set_attributes(self, attributes: Mapping[str, Measured]) -> None:
        """Say more of it. Names begin with ``compliant_sms.``, or are OpenTelemetry's own."""


class Telemetry(Protocol):
    """Measures what a messenger does, for example :class:`compliant_sms.telemetry.OpenTelemetry`.

    None of it raises.
    """

    def span(self, name: str) -> AbstractContextManager[Span]:
        """A span from now until the block ends. What ends it by raising is noted by its type."""

    def transport(self, transport: Transport) -> Transport:
        """The transport, with each request measured."""

    def heard(self, event: Event) -> None:
        """Count what happened."""


class _Unmeasured:
    def set_attributes(self, attributes: Mapping[str, Measured]) -> None:
        """Nobody wants to know."""


class _NoTelemetry:
    _block = nullcontext(_Unmeasured())  # can be entered again and again

    def span(self, name: str) -> AbstractContextManager[Span]:  # noqa: ARG002 - nobody measures
        """Nothing."""
        return self._block

    def transport(self, transport: Transport) -> Transport:
        """The transport as it is."""
        return transport

    def heard(self, event: Event) -> None:
        """Nobody counts."""


NO_TELEMETRY: Telemetry = _NoTelemetry()
"""Measures nothing, and takes no time."""
