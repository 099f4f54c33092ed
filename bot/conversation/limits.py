"""How often something may be done in a while: messages of one conversation, sign-ins of one address."""

import time
from collections import OrderedDict, deque
from ipaddress import IPv6Address, ip_address

MOST_KEPT = 10_000


class RateLimit:
    """At most `most` admissions in any `window_s` seconds for one key; forgets keys that fell silent."""

    def __init__(self, most: int, window_s: float) -> None:
        self._most, self._window_s = most, window_s
        self._times: OrderedDict[str, deque[float]] = OrderedDict()

    def admits(self, key: str) -> bool:
        """Whether one more is within the limit; counts it if so."""
        moment = time.monotonic()
        times = self._times.setdefault(key, deque())
        self._times.move_to_end(key)
        while times and times[0] <= moment - self._window_s:
            times.popleft()
        if len(self._times) > MOST_KEPT:
            self._times.popitem(last=False)
        if len(times) >= self._most:
            return False
        times.append(moment)
        return True


def line_of(address: str) -> str:
    """What an address counts as: itself, or its /64 where it is of IPv6, for every line has that many."""
    try:
        read = ip_address(address)
    except ValueError:
        return address
    if isinstance(read, IPv6Address) and read.ipv4_mapped is None:
        return f"{int(read) >> 64:x}::/64"
    return address
