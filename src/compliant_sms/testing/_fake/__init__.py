"""An in-process carrier: the sandbox's book and dialects, without network or threads."""

from __future__ import annotations

from compliant_sms.errors import MissingExtra
from compliant_sms.testing._fake._arguments import AsyncMessengerArguments, MessengerArguments

try:
    from compliant_sms.testing._fake._carrier import FakeCarrier
    from compliant_sms.testing._fake._other import OtherProvider
    from compliant_sms.testing._fake._recipients import Recipient
except MissingExtra as _error:  # of the sandbox, whose dialects it speaks
    raise MissingExtra("testing", "the fake carrier") from _error  # noqa: EM101 - an extra

__all__ = [
    "AsyncMessengerArguments",
    "FakeCarrier",
    "MessengerArguments",
    "OtherProvider",
    "Recipient",
]
