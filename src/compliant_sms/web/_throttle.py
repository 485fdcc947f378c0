"""A limit on how many forms one address may send, to protect the store cheaply.

It is kept in the memory of one process, which is enough to keep a script from filling the ledger.
A firewall does it better, but is not required.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from ipaddress import IPv6Address, ip_address


class Throttle:
    """Lets each address send a number of forms at once, and then at a steady rate.

    IPv6 addresses count by their 64-bit network: whoever has one has the whole network (RFC 6177).

    Args:
        at_once: how many at once.
        refill: seconds until one more is allowed.
        addresses: how many to remember; beyond that, the least recent one is forgotten.
        now: a monotonic clock, in seconds.
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
        # How long what an address sent still counts: the Generic Cell Rate Algorithm, ITU-T I.371.
        self._until: OrderedDict[str, float] = OrderedDict()

    def lets(self, address: str) -> bool:
        """Whether an address may send one more now; if so, it counts."""
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
    """The network that counts as one address; text that is not an address, unchanged."""
    try:
        known = ip_address(address)
    except ValueError:
        return address
    if not isinstance(known, IPv6Address):
        return address
    return str(known.ipv4_mapped or int(known) >> 64)
