"""What a project that embeds this library tests itself with."""

import sys
from typing import TYPE_CHECKING

from compliant_sms.testing._clock import MovableClock
from compliant_sms.testing._twilio import twilio_text

if TYPE_CHECKING:
    from compliant_sms.testing._contract import StoreContract

__all__ = ["MovableClock", "StoreContract", "twilio_text"]


# PEP 562: only whoever wrote a store needs its contract, which imports nearly everything.
def __getattr__(name: str) -> object:
    if name != "StoreContract":
        msg = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(msg)
    if "pytest" in sys.modules:  # so that a broken promise shows both sides of its comparison
        sys.modules["pytest"].register_assert_rewrite(f"{__name__}._contract")
    from compliant_sms.testing._contract import StoreContract  # noqa: PLC0415

    globals()[name] = StoreContract
    return StoreContract


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
