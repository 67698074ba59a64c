"""How bytes travel: one try, one answer, bounded in time and size. `service` repeats it.

Nothing is logged but method, host, path and status: no query, no header, no body.
"""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from http.cookiejar import DefaultCookiePolicy
from urllib.parse import unquote, urlsplit

import requests

from i18n import Message
from music_mood.errors import BadAnswerError
from music_mood.web.deadline import TimedAdapter, TimeLimit, limited
from music_mood.web.failures import LOWER_LEVEL, too_slow_error, translate
from music_mood.web.throttle import Clock

log = logging.getLogger(__name__)

USER_AGENT = "FaceTheMusic/1.0"
READ_BYTES = 65_536


@dataclass(frozen=True, slots=True)
class Patience:
    """How long to wait for a service.

    Attributes
    ----------
    connect_s, read_s : float
        Seconds for a connection to stand, and for the next byte to come.
    total_s : float
        Seconds for a call with all its tries and waits.
    tries : int
        Most tries of a call.
    rest_s : float
        Seconds for which a service that is down is left alone.
    max_bytes : int
        Largest answer, unpacked.
    """

    connect_s: float = 3.0
    read_s: float = 6.0
    total_s: float = 20.0
    tries: int = 3
    rest_s: float = 30.0
    max_bytes: int = 8_000_000


@dataclass(frozen=True, slots=True)
class Answer:
    """What a service answered: status code, headers (any case), whole body, unpacked."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Transport:
    """Sends requests to one service over connections that stay open. Thread-safe, no cookies.

    Parameters
    ----------
    name : str
        The service, as shown to visitors.
    patience : Patience
    clock : Clock
    """

    def __init__(self, name: str, patience: Patience, clock: Clock) -> None:
        self._name = name
        self._patience = patience
        self._clock = clock
        self._session = _Session()
        for scheme in ("http://", "https://"):
            self._session.mount(scheme, TimedAdapter())
        self._session.headers["User-Agent"] = USER_AGENT
        self._session.auth = _as_it_is
        # One visitor's cookies must not travel with another's calls.
        self._session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))

    def close(self) -> None:
        """Close all connections."""
        self._session.close()

    def prepare(self, request: requests.Request) -> requests.PreparedRequest:
        """Make a request ready to be sent, several times if need be."""
        try:
            return self._session.prepare_request(request)
        except LOWER_LEVEL as cause:
            raise translate(cause, self._name) from cause

    def send(
        self, request: requests.PreparedRequest, deadline: float, first_bytes: int | None = None
    ) -> Answer:
        """Send once and read the whole answer, whatever its status; follow no redirect.

        Parameters
        ----------
        request : requests.PreparedRequest
        deadline : float
            Time of the clock by which the answer must be there: looking up the name, connecting,
            TLS, headers and body together.
        first_bytes : int or None
            Read no more of the body than about this: what follows is left unread, and no error.

        Raises
        ------
        UnavailableError
            No answer, or not all of it; `TimedOutError` if it did not come in time.
        BadAnswerError
            It is larger than `Patience.max_bytes`, or cannot be unpacked.
        """
        # Without the path, in which a visitor's playlist may be named, or what they search for.
        what = f"{request.method} {urlsplit(str(request.url)).netloc}"
        limit = TimeLimit(deadline, self._patience.connect_s, self._patience.read_s, self._clock)
        try:
            proxies = self._session.merge_environment_settings(
                request.url, {}, stream=True, verify=None, cert=None
            )
            times = (limit.to_connect_s(), limit.to_read_s())
            with (
                limited(limit),
                self._session.send(
                    request, timeout=times, allow_redirects=False, **proxies
                ) as response,
            ):
                body = self._read(response, limit, first_bytes)
        except LOWER_LEVEL as cause:
            log.warning("%s failed: %s", what, type(cause).__name__)
            if limit.is_over:
                raise too_slow_error(self._name) from cause
            raise translate(cause, self._name) from cause
        log.debug("%s: %d, %d bytes", what, response.status_code, len(body))
        return Answer(response.status_code, response.headers, body)

    def _read(
        self, response: requests.Response, limit: TimeLimit, first_bytes: int | None
    ) -> bytes:
        # `response.content` would take any size.
        body = bytearray()
        while chunk := response.raw.read1(READ_BYTES, decode_content=True):
            body += chunk
            if first_bytes is not None and len(body) >= first_bytes:
                return bytes(body[:first_bytes])
            if len(body) > self._patience.max_bytes:
                too_much = Message("{service} answered far too much.", service=self._name)
                raise BadAnswerError(too_much, self._name)
            if limit.is_over:
                raise too_slow_error(self._name)
        return bytes(body)


class _Session(requests.Session):
    """Leaves redirects alone.

    `requests` looks at them even if it shall not follow: it reads their whole body, whatever its
    size, and stumbles over addresses that are none.
    """

    def get_redirect_target(self, resp: requests.Response) -> None:
        """Find none."""


def _as_it_is(request: requests.PreparedRequest) -> requests.PreparedRequest:
    """Authenticate with nothing but the given headers: `requests` would prefer ~/.netrc."""
    return request


def is_below(url: str, base_url: str) -> bool:
    """Whether an address has the base's scheme, host and port, and a path below its path."""
    try:
        there, base = urlsplit(url), urlsplit(base_url)
        same_host = (there.hostname, there.port) == (base.hostname, base.port)
    except ValueError:
        return False
    path = unquote(there.path)
    return (
        same_host
        and there.scheme == base.scheme
        and "@" not in there.netloc
        and "\\" not in url
        and path.startswith(base.path + "/")
        and ".." not in path.split("/")
    )
