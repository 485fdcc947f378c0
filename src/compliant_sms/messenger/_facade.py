"""What the parts of both messengers have in common."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from compliant_sms.ports import Ports
    from compliant_sms.practice import Practice
    from compliant_sms.retention import Retention


class Facade:
    """What both messengers share."""

    def __init__(self, ports: Ports, retention: Retention | None) -> None:
        from compliant_sms.retention import Retention

        self._ports = ports
        self._retention = retention or Retention()

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self._ports.practice.name!r})"

    @property
    def practice(self) -> Practice:
        """Who texts."""
        return self._ports.practice

    @property
    def provider_names(self) -> tuple[str, ...]:
        """The providers whose callbacks it takes, for example ``("twilio",)``, in their order."""
        return tuple(dict.fromkeys(each.name for each in self._ports.routes.providers))
