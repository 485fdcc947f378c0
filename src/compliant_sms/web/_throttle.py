"""How many forms one address may send: a cheap guard in front of the store.

It is kept in the memory of one process, which is enough to keep a script from filling the ledger.
A firewall in front does it better, and this one asks for none.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from ipaddress import IPv6Address, ip_address


class Throttle:
    """Lets each address through so many times at once, and then as often as it is refilled.

    Addresses of IPv6 count by their network of 64 bits: whoever has one has all in it (RFC 6177).

    Args:
        at_once: how often.
        refill: seconds until it may once more.
        addresses: how many are remembered; beyond, the one that came longest ago is forgotten.
        now: seconds that only grow.
    """

    def __init__(
        self,
        at_once: int = 10,
        refill: float = 30.0,
        addresses: int = 10_000,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._at_once, self._refill, self._addresses, self._now = at_once, refill, addresses, now
        self._lock = threading.Lock()
        # Until when what an address has sent counts: the Generic Cell Rate Algorithm, ITU-T I.371.
        self._until: OrderedDict[str, float] = OrderedDict()

    def lets(self, address: str) -> bool:
        """Whether an address may send one more now; then that counts."""
        address = _network_of(address)
        with self._lock:
            now = self._now()
            until = max(self._until.get(address, now), now)
            if until - now > (self._at_once - 1) * self._refill:
                return False
            self._until[address] = until + self._refill
            self._until.move_to_end(address)
            if len(self._until) > self._addresses:
                self._until.popitem(last=False)
            return True


def _network_of(address: str) -> str:
    """What counts as one address; what is none, as it is."""
    try:
        known = ip_address(address)
    except ValueError:
        return address
    if not isinstance(known, IPv6Address):
        return address
    return str(known.ipv4_mapped or int(known) >> 64)
