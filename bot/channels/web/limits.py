"""How fast one conversation may send."""

import time
from collections import OrderedDict, deque

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
