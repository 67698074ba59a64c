"""All web calls: bounded in time and size, polite, and failing in words.

`requests` sends (spotipy stands on it as well) and tenacity repeats; urllib3's own retries know no
limit on the total time. Whatever goes wrong leaves this module as one of these::

    ProviderError               see music_mood.errors
    ├── NotFoundError           404, 410
    ├── ForbiddenError          401, 403
    ├── RateLimitedError        429, or our own limit, and no time left to wait for it
    ├── UnavailableError        5xx, no connection, broken off; or an open circuit: not even tried
    │   └── TimedOutError       silence, or an answer that trickles
    └── BadAnswerError          HTML, half a JSON, no JSON object, far too large, a redirect,
                                other 4xx, a ``next`` link that leads elsewhere

A call takes at most `Patience.tries` tries and `Patience.total_s` seconds, waiting included. A
``Retry-After`` is honoured within that time, and by all callers; beyond it, the error tells it.
"""

import time
from collections.abc import Callable, Mapping
from types import TracebackType
from typing import Any, Self, TypeVar

import requests
import tenacity

from i18n import Message
from music_mood.errors import ProviderError, RateLimitedError, TimedOutError, UnavailableError
from music_mood.web import failures
from music_mood.web.json_body import TooDeepError, parse
from music_mood.web.throttle import Circuit, Clock, Limiter, Rate
from music_mood.web.transport import Answer, Patience, Transport, is_below
from telemetry.metrics import provider_call

SAFE_METHODS = ("GET", "HEAD")
"""Methods that may be repeated although the service may have acted on the first try."""

BACKOFF = tenacity.wait_exponential_jitter(multiplier=0.5, max=4, jitter=0.25)
"""Pause before the next try of a service that is down."""

JsonObject = dict[str, Any]
T = TypeVar("T")


def asked_to_wait_s(answer: Answer) -> float | None:
    """Seconds for which an answer asks us to wait; None if it does not.

    429 does, and 503 if it says how long (RFC 9110, 10.2.3).
    """
    if answer.status == 429 or (answer.status == 503 and "Retry-After" in answer.headers):
        return failures.retry_after_s(answer.headers)
    return None


class Service:
    """One web service, as seen by the whole process: all callers share its limit and circuit.

    Thread-safe. `close` it, or use it in a ``with`` block.

    Parameters
    ----------
    name : str
        As shown to visitors, e.g. ``"Deezer"``.
    base_url : str
        Scheme, host, port and path prefix, without trailing slash.
    rate : Rate or None
        How often it may be called.
    wait_asked : callable
        Finds in an answer for how many seconds the service wants to be left alone.
    inspect : callable or None
        Looks at every JSON object for an error in it, and raises it as a `ProviderError`.
    patience : Patience
        Time limits.
    clock, sleep : callable
        For tests.
    """

    def __init__(
        self,
        name: str,
        base_url: str,
        *,
        rate: Rate | None = None,
        wait_asked: Callable[[Answer], float | None] = asked_to_wait_s,
        inspect: Callable[[JsonObject], None] | None = None,
        patience: Patience | None = None,
        clock: Clock = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.name = name
        self.base_url = base_url
        self._wait_asked = wait_asked
        self._inspect = inspect
        self._patience = patience or Patience()
        self._clock = clock
        self._sleep = sleep
        self._transport = Transport(name, self._patience, clock)
        self._limiter = Limiter(rate, clock)
        self._circuit = Circuit(self._patience.rest_s, clock)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close all connections."""
        self._transport.close()

    def get(
        self,
        path: str,
        params: Mapping[str, str | int] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> JsonObject:
        """Ask for a JSON object.

        Parameters
        ----------
        path : str
            Below `base_url`, starting with a slash, already escaped.
        params, headers : mapping
            Not escaped.

        Raises
        ------
        ProviderError
            One of the tree above.
        """
        request = requests.Request("GET", self.base_url + path, headers, params=params)
        return self.call(request, self.read_json)

    def get_next(self, url: str, headers: Mapping[str, str] | None = None) -> JsonObject:
        """Follow a ``next`` link if it leads to this very service: tokens go where it leads.

        Raises
        ------
        ProviderError
            One of the tree above.
        """
        if not is_below(url, self.base_url):
            raise failures.elsewhere_error(self.name)
        return self.call(requests.Request("GET", url, headers), self.read_json)

    def call(
        self,
        request: requests.Request | requests.PreparedRequest,
        read: Callable[[Answer], T],
        *,
        deadline: float | None = None,
        first_bytes: int | None = None,
    ) -> T:
        """Send a request, several times if need be, and read the answer.

        Parameters
        ----------
        request : requests.Request or requests.PreparedRequest
        read : callable
            Gets every answer but 5xx and those that ask to wait. If it raises `RateLimitedError`
            or `UnavailableError`, that is treated like them.
        deadline : float or None
            Time of the clock that is earlier than `Patience.total_s` from now, for one of several
            calls that share their time.
        first_bytes : int or None
            How much of an answer is enough; see `Transport.send`.

        Raises
        ------
        ProviderError
            One of the tree above, or what `read` raises.
        """
        deadline = self.deadline() if deadline is None else min(deadline, self.deadline())
        prepared = (
            self._transport.prepare(request) if isinstance(request, requests.Request) else request
        )
        again = tenacity.Retrying(
            retry=tenacity.retry_if_exception(lambda error: self._may_help(error, prepared)),
            wait=_pause_s,
            stop=lambda state: (
                state.attempt_number >= self._patience.tries
                or self._clock() + state.upcoming_sleep >= deadline
            ),
            sleep=self._sleep,
            reraise=True,
        )
        try:
            with provider_call(self.name, ProviderError):
                result: T = again(self._try, prepared, deadline, first_bytes, read)
            return result
        except TimedOutError:
            raise  # the circuit knows already
        except UnavailableError:
            if not self._circuit.is_open:
                self._circuit.gave_up()
            raise

    def deadline(self) -> float:
        """Tell the time of the clock by which a call that begins now is over."""
        return self._clock() + self._patience.total_s

    def _may_help(self, error: BaseException, request: requests.PreparedRequest) -> bool:
        """Whether to try again after an error."""
        if isinstance(error, RateLimitedError):
            return True
        is_passing = isinstance(error, UnavailableError) and not self._circuit.is_open
        return is_passing and request.method in SAFE_METHODS

    def _try(
        self,
        request: requests.PreparedRequest,
        deadline: float,
        first_bytes: int | None,
        read: Callable[[Answer], T],
    ) -> T:
        if not self._circuit.enter():
            raise failures.down_error(self.name)
        self._wait_for_turn(deadline)
        try:
            answer = self._transport.send(request, deadline, first_bytes)
        except TimedOutError:
            self._circuit.timed_out()
            raise
        try:
            if (wait_s := self._wait_asked(answer)) is not None:
                raise failures.wait_error(self.name, wait_s)
            if answer.status >= 500:
                raise failures.down_error(self.name)
            self._circuit.answered()
            return read(answer)
        except RateLimitedError as error:
            self._circuit.answered()
            self._limiter.hold(error.retry_after_s)
            raise

    def _wait_for_turn(self, deadline: float) -> None:
        left_s = deadline - self._clock()
        if left_s <= 0:  # calls that share their time
            raise failures.too_slow_error(self.name)
        wait_s = self._limiter.reserve(at_most_s=left_s)
        if wait_s > left_s:
            raise failures.wait_error(self.name, wait_s)
        if wait_s > 0:
            self._sleep(wait_s)

    def read_json(self, answer: Answer) -> JsonObject:
        """Read the JSON object of a success, its texts clean; for `call`. Raises as `get` does."""
        if error := failures.status_error(self.name, answer.status):
            raise error
        try:
            found = parse(answer.body)
        except TooDeepError as cause:
            raise failures.bad_answer_error(self.name) from cause
        except ValueError as cause:
            is_page = answer.body.lstrip()[:1] == b"<"
            page, half = Message("a web page instead of data"), Message("no complete data")
            raise failures.bad_answer_error(self.name, page if is_page else half) from cause
        if not isinstance(found, dict):
            raise failures.bad_answer_error(self.name)
        if self._inspect:
            self._inspect(found)
        return found


def _pause_s(state: tenacity.RetryCallState) -> float:
    error = state.outcome.exception() if state.outcome else None
    return error.retry_after_s if isinstance(error, RateLimitedError) else BACKOFF(state)
