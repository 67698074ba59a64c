"""One end for a whole call: looking up the name, connecting, TLS, sending, headers and body.

The timeouts of `requests` and urllib3 hold for one socket operation each: whoever sends a byte now
and then keeps a caller for as long as they like. Here every operation on the socket is given no
more than what is left of the call's time, whoever asks for it: http.client for a status line or a
trailer, urllib3 for a proxy's answer, OpenSSL for a handshake. So nothing has to watch the call
from outside, no thread is left behind, and urllib3 throws the connection away as after any timeout.
"""

import socket
import ssl
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import (
    ConnectTimeoutError,
    LocationParseError,
    NameResolutionError,
    NewConnectionError,
)
from urllib3.util.connection import allowed_gai_family
from urllib3.util.ssl_ import create_urllib3_context, is_ipaddress, resolve_cert_reqs

from music_mood.web.throttle import Clock

MAX_LOOKUPS = 16
"""Most names that are looked up at once. Nothing can end a lookup that hangs, but the resolver's
own patience does (glibc: 5 s, twice, for each name server), so a thread waits there instead."""

_LOOKUPS = threading.BoundedSemaphore(MAX_LOOKUPS)  # of the process, as its threads are

Found = Sequence[tuple[int, int, int, str, tuple[Any, ...]]]
"""What ``socket.getaddrinfo`` gives."""


@dataclass(frozen=True, slots=True)
class TimeLimit:
    """How long a call may take, as a whole and at its parts.

    Attributes
    ----------
    until : float
        Time of the clock at which the call is over.
    connect_s, read_s : float
        Seconds for a connection to stand, and for the next byte to come.
    clock : Clock
    """

    until: float
    connect_s: float
    read_s: float
    clock: Clock

    @property
    def is_over(self) -> bool:
        """Whether nothing is left."""
        return self.clock() >= self.until

    def to_connect_s(self) -> float:
        """Seconds that a step towards a connection may take now; raises `TimeoutError` at 0."""
        return self._at_most(self.connect_s)

    def to_read_s(self) -> float:
        """Seconds that sending or receiving may take now; raises `TimeoutError` at 0."""
        return self._at_most(self.read_s)

    def _at_most(self, seconds: float) -> float:
        left_s = self.until - self.clock()
        if left_s <= 0:
            raise TimeoutError("the time for this call is over")
        return min(seconds, left_s)


# The way from who makes a call to the sockets below it leads through `requests`, urllib3 and
# http.client, which pass numbers on, once per call. A call happens in one thread.
_LIMIT: ContextVar[TimeLimit | None] = ContextVar("limit", default=None)


@contextmanager
def limited(limit: TimeLimit) -> Iterator[None]:
    """Hold whatever `TimedAdapter` does in this block to a limit."""
    before = _LIMIT.set(limit)
    try:
        yield
    finally:
        _LIMIT.reset(before)


# What both kinds of socket do before they wait. The types are those of the socket it is mixed into.
if TYPE_CHECKING:
    _Socket = socket.socket
else:
    _Socket = object


class _Timed(_Socket):
    """A socket that waits no longer than the call below which it is used may take."""

    def recv(self, *args: Any) -> bytes:
        self._hurry()
        return super().recv(*args)

    def recv_into(self, *args: Any, **kwargs: Any) -> int:
        self._hurry()
        return super().recv_into(*args, **kwargs)

    def send(self, *args: Any) -> int:
        self._hurry()
        return super().send(*args)

    def sendall(self, *args: Any) -> None:
        self._hurry()  # the time holds for all of it; TLS sends in pieces, by `send`
        super().sendall(*args)

    def _hurry(self) -> None:
        if limit := _LIMIT.get():
            self.settimeout(limit.to_read_s())


class _TimedSocket(_Timed, socket.socket):
    """A plain connection."""


class _TimedTls(_Timed, ssl.SSLSocket):
    """One with TLS."""

    def do_handshake(self, block: bool = False) -> None:
        if limit := _LIMIT.get():
            self.settimeout(limit.to_connect_s())  # OpenSSL's: for the whole handshake
        super().do_handshake(block)


class _TimedConnection(HTTPConnection):
    def _new_conn(self) -> socket.socket:
        return _opened(self, self._dns_host)


class _TimedTlsConnection(HTTPSConnection):
    def __init__(self, host: str, port: int | None = None, **options: Any) -> None:
        super().__init__(host, port, **options)
        self.ssl_context = self._context()  # urllib3 loads the certificates that it trusts
        through_tls = self.proxy is not None and self.proxy.scheme == "https"
        if through_tls and self.proxy_config and self.proxy_config.ssl_context is None:
            context = self._context()
            if self.ca_certs or self.ca_cert_dir:  # ... but not into a proxy's
                context.load_verify_locations(self.ca_certs, self.ca_cert_dir)
            self.proxy_config = self.proxy_config._replace(ssl_context=context)

    def _context(self) -> ssl.SSLContext:
        """Make what urllib3 would make for itself, but with our kind of socket."""
        context = create_urllib3_context(cert_reqs=resolve_cert_reqs(self.cert_reqs))
        context.sslsocket_class = _TimedTls
        if not (self.ca_certs or self.ca_cert_dir):
            context.load_default_certs()
        return context

    def _new_conn(self) -> socket.socket:
        return _opened(self, self._dns_host)


class _TimedPool(HTTPConnectionPool):
    ConnectionCls = _TimedConnection


class _TimedTlsPool(HTTPSConnectionPool):
    ConnectionCls = _TimedTlsConnection


class TimedAdapter(HTTPAdapter):
    """Sends as `requests` does, within the limit that `limited` sets; without one, as ever."""

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        """Let direct connections be ours."""
        super().init_poolmanager(*args, **kwargs)
        self._take_over(self.poolmanager)

    def proxy_manager_for(self, *args: Any, **kwargs: Any) -> Any:
        """Let connections through a proxy be ours."""
        return self._take_over(super().proxy_manager_for(*args, **kwargs))

    @staticmethod
    def _take_over(manager: Any) -> Any:
        manager.pool_classes_by_scheme = {"http": _TimedPool, "https": _TimedTlsPool}
        return manager


def _opened(connection: HTTPConnection, host: str) -> socket.socket:
    """Connect, as urllib3's own ``_new_conn`` does, in what is left of the time."""
    try:
        return _connected(look_up(host, connection.port), connection.socket_options or ())
    except UnicodeError:
        raise LocationParseError(f"{host!r}, label empty or too long") from None
    except socket.gaierror as cause:
        raise NameResolutionError(connection.host, connection, cause) from cause
    except TimeoutError as cause:
        raise ConnectTimeoutError(connection, f"No connection to {connection.host}") from cause
    except OSError as cause:
        raise NewConnectionError(connection, f"No connection: {cause}") from cause


def _connected(found: Found, options: Sequence[tuple[int, int, int | bytes]]) -> socket.socket:
    """Try one address after the other."""
    failure = OSError("the name has no address")
    for family, kind, protocol, _, address in found:
        sock = _TimedSocket(family, kind, protocol)
        try:
            for option in options:
                sock.setsockopt(*option)
            if limit := _LIMIT.get():
                sock.settimeout(limit.to_connect_s())
            sock.connect(address)
            return sock
        except OSError as error:
            sock.close()
            failure = error
    raise failure


def look_up(host: str, port: int) -> Found:
    """Find a name's addresses, in no more than what is left of the call's time.

    Raises
    ------
    TimeoutError
        There was no answer in that time.
    OSError
        The name has no address.
    """
    name, limit = host.strip("[]"), _LIMIT.get()
    if limit is None or is_ipaddress(name):
        return socket.getaddrinfo(name, port, allowed_gai_family(), socket.SOCK_STREAM)
    if not _LOOKUPS.acquire(timeout=limit.to_connect_s()):
        raise TimeoutError("too many names are being looked up")
    answer: Future[Found] = Future()

    def ask() -> None:
        try:
            found = socket.getaddrinfo(name, port, allowed_gai_family(), socket.SOCK_STREAM)
            answer.set_result(found)
        except BaseException as error:  # it is raised where somebody waits for it
            answer.set_exception(error)
        finally:
            _LOOKUPS.release()

    threading.Thread(target=ask, name="look up a name", daemon=True).start()
    return answer.result(limit.to_connect_s())
