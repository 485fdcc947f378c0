"""Telemetry: spans around what is done, and events."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from typing import TYPE_CHECKING, Protocol, TypeAlias

if TYPE_CHECKING:
    from compliant_sms.events import Event
    from compliant_sms.ports._outside import Transport

Measured: TypeAlias = "str | int | bool | tuple[str, ...]"
"""The value of a span's attribute. Never a body, number, name or the host's id of a person."""


class Span(Protocol):
    """Something that takes time."""

    def set_attributes(self, attributes: Mapping[str, Measured]) -> None:
        """Add attributes. Names begin with ``compliant_sms.``, or are OpenTelemetry's own."""


class Telemetry(Protocol):
    """Measures what a messenger does, for example :class:`compliant_sms.telemetry.OpenTelemetry`.

    None of it raises.
    """

    def span(self, name: str) -> AbstractContextManager[Span]:
        """Measure from now until the block ends. An exception is noted by its type."""

    def transport(self, transport: Transport) -> Transport:
        """Wrap a transport so that each request is measured."""

    def heard(self, event: Event) -> None:
        """Count an event."""


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
