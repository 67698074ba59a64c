"""What waits here while its visitor is at Spotify's login: their lists, in bounded memory.

Only for convenience: the way back is known by its state alone (`SpotifyLogin`), and what the
address holds comes back by a cookie, whatever becomes of what waits here. So nobody is turned out
for somebody else. Who comes when there is no room cannot leave anything, and is told so before they
go; whoever makes up browsers by the thousand can take that room for minutes, and nothing more.
"""

import pickle
import threading
import zlib
from dataclasses import dataclass
from typing import cast

from music_mood.clients.spotify.login import PENDING_S
from music_mood.panel.visit import Visit
from music_mood.web.throttle import Clock

MAX_BYTES = 64_000_000
"""Most bytes that wait here, of all visitors. A list of 10 000 tracks takes about a million."""

MAX_OWN_BYTES = 4_000_000
"""Most bytes of one browser."""


@dataclass(frozen=True, slots=True)
class _Left:
    state: str
    until: float
    packed: bytes


class LeftLuggage:
    """Keeps one piece for each browser. One for the whole process; thread-safe.

    Pieces are packed, so that their bytes can be counted and nobody shares what changes. Where it
    is unpacked, in two tabs even, it is a copy.

    Parameters
    ----------
    clock : Clock
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._left: dict[str, _Left] = {}
        self._lock = threading.Lock()

    def leave(self, browser: str, state: str, visit: Visit) -> bool:
        """Keep what a visitor shall find again; what the same browser left before is let go.

        Parameters
        ----------
        browser : str
            As for `SpotifyLogin.start`.
        state : str
            Of the login that begins.
        visit : Visit

        Returns
        -------
        bool
            Whether there was room.
        """
        packed = zlib.compress(pickle.dumps(visit.luggage(), pickle.HIGHEST_PROTOCOL), level=1)
        with self._lock:
            self._forget_late()
            self._left.pop(browser, None)
            used = sum(len(one.packed) for one in self._left.values())
            if len(packed) > MAX_OWN_BYTES or used + len(packed) > MAX_BYTES:
                return False
            self._left[browser] = _Left(state, self._clock() + PENDING_S, packed)
            return True

    def waiting(self, browser: str) -> Visit | None:
        """Give what this browser left at its last `leave`; None if nothing waits."""
        with self._lock:
            self._forget_late()
            left = self._left.get(browser)
        # Bytes of our own making, which have never left this process.
        return cast(Visit, pickle.loads(zlib.decompress(left.packed))) if left else None  # noqa: S301

    def forget(self, browser: str, state: str) -> None:
        """Let go of what waits for the end of this login."""
        with self._lock:
            left = self._left.get(browser)
            if left and left.state == state:
                del self._left[browser]

    def _forget_late(self) -> None:
        now = self._clock()  # all wait equally long: who left first stands first
        while self._left and next(iter(self._left.values())).until <= now:
            del self._left[next(iter(self._left))]
