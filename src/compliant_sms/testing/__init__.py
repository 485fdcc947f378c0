"""Test helpers for projects that use this library.

The fake carrier needs the extra ``testing``, which brings pytest, hypothesis and what the provider
dialects need.
"""

import sys
from importlib import import_module
from typing import TYPE_CHECKING

from compliant_sms._lazy import names_of

if TYPE_CHECKING:
    from compliant_sms.testing._asserts import (
        assert_blocked,
        assert_held,
        assert_not_sent,
        assert_sent,
    )
    from compliant_sms.testing._clock import MORNING, MovableClock
    from compliant_sms.testing._contract import StoreContract
    from compliant_sms.testing._fake import (
        AsyncMessengerArguments,
        FakeCarrier,
        MessengerArguments,
        OtherProvider,
        Recipient,
    )
    from compliant_sms.testing._forms import filled_in
    from compliant_sms.testing._leaks import assert_no_phi
    from compliant_sms.testing._provider_contract import ProviderContract

__all__ = [
    "MORNING",
    "AsyncMessengerArguments",
    "FakeCarrier",
    "MessengerArguments",
    "MovableClock",
    "OtherProvider",
    "ProviderContract",
    "Recipient",
    "StoreContract",
    "assert_blocked",
    "assert_held",
    "assert_no_phi",
    "assert_not_sent",
    "assert_sent",
    "filled_in",
]

_FILES = {
    "_asserts": ("assert_blocked", "assert_held", "assert_not_sent", "assert_sent"),
    "_clock": ("MORNING", "MovableClock"),
    "_fake": (
        "AsyncMessengerArguments",
        "FakeCarrier",
        "MessengerArguments",
        "OtherProvider",
        "Recipient",
    ),
    "_forms": ("filled_in",),
    "_leaks": ("assert_no_phi",),
}
_CONTRACTS = {"StoreContract": "_contract", "ProviderContract": "_provider_contract"}

# PEP 562: the pytest plugin imports this package in every run, and most tests text nobody.
if not TYPE_CHECKING:
    _other, _listed = names_of(__name__, _FILES)

    def __getattr__(name: str) -> object:
        if name not in _CONTRACTS:
            return _other(name)
        module = f"{__name__}.{_CONTRACTS[name]}"
        if "pytest" in sys.modules:  # so that a broken promise shows both sides of its comparison
            sys.modules["pytest"].register_assert_rewrite(module)
        contract: object = getattr(import_module(module), name)
        globals()[name] = contract
        return contract

    def __dir__() -> list[str]:
        return sorted({*_listed(), *_CONTRACTS})
