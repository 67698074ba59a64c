"""One real HTTP server that plays all the web services, and misbehaves on demand.

Each service stands below a path: ``/deezer``, ``/reccobeats``, ``/itunes``,
``/spotify-api``, ``/spotify-accounts``, ``/audio``; the sites of short links below ``/sites``. By
hand::

    python -m tests.contract.server --port 9000
    DEEZER_API_URL=http://127.0.0.1:9000/deezer ... make run
"""

import argparse
import json
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

JSON_TYPE = "application/json; charset=utf-8"


@dataclass(frozen=True)
class Call:
    """A request as it arrived; `path` includes the service's prefix, `port` is the client's."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes = b""
    port: int = 0


@dataclass(frozen=True)
class Reply:
    """What to answer.

    Attributes
    ----------
    body : bytes
    announced : int or None
        Content-Length, if it should lie.
    silence_s : float
        Seconds before the answer begins.
    trickle_s : float
        Seconds before each byte of the body.
    raw : tuple of bytes or None
        The whole answer as it goes over the line, in place of the others: what comes at once, and
        what then comes a byte at a time, after `trickle_s` each.
    """

    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    announced: int | None = None
    silence_s: float = 0.0
    trickle_s: float = 0.0
    raw: tuple[bytes, bytes] | None = None


def as_json(content: Any, status: int = 200, **headers: str) -> Reply:
    """Make a JSON answer."""
    return Reply(status, json.dumps(content).encode(), {"Content-Type": JSON_TYPE, **headers})


Answerer = Callable[[Call], Reply]
"""A service: gets calls below its prefix."""


class FakeWeb:
    """The running server.

    Attributes
    ----------
    url : str
        Its address, without trailing slash.
    calls : list of Call
        What arrived, in order.
    services : dict of str to Answerer
        First step of the path -> who answers.
    """

    def __init__(self, port: int = 0) -> None:
        self.calls: list[Call] = []
        self.services: dict[str, Answerer] = {}
        self._faults: list[_Fault] = []
        self._lock = threading.Lock()
        self._ahead_s = 0.0
        self._closing = threading.Event()
        self._server = _Server(("127.0.0.1", port), _Handler)
        self._server.web = self
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"

    def serve(self) -> None:
        """Answer until `stop`."""
        self._server.serve_forever(poll_interval=0.05)

    def stop(self) -> None:
        """End `serve`, silences and open connections."""
        self._closing.set()
        self._server.shutdown()
        self._server.server_close()

    def now_s(self) -> float:
        """Tell the services' time."""
        return time.time() + self._ahead_s

    def forward(self, seconds: float) -> None:
        """Let the services' time leap."""
        self._ahead_s += seconds

    def misbehave(self, path: str, *replies: Reply, always: bool = False) -> None:
        """Answer the next calls below a path with these, one each; `always`: with the last on."""
        with self._lock:
            self._faults.append(_Fault(path, list(replies), always))

    def behave(self) -> None:
        """Forget all misbehaviour and calls."""
        with self._lock:
            self._faults.clear()
            self.calls.clear()

    def calls_to(self, path: str) -> list[Call]:
        """Tell what arrived below a path."""
        return [call for call in self.calls if call.path.startswith(path)]

    def answer(self, call: Call) -> Reply:
        """Answer as told, or as the service would."""
        with self._lock:
            self.calls.append(call)
            for fault in self._faults:
                if call.path.startswith(fault.path) and fault.replies:
                    last = fault.always and len(fault.replies) == 1
                    return fault.replies[0] if last else fault.replies.pop(0)
        service = self.services.get(call.path.split("/")[1])
        return service(call) if service else Reply(404, b"no such service")

    def wait(self, seconds: float) -> None:
        """Be silent, unless the server stops."""
        self._closing.wait(seconds)


@dataclass
class _Fault:
    path: str
    replies: list[Reply]
    always: bool


class _Server(ThreadingHTTPServer):
    web: FakeWeb
    daemon_threads = True
    block_on_close = False  # a connection kept open by a client shall not hold the test

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing: clients of these tests hang up."""


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        self._handle()

    def do_POST(self) -> None:
        self._handle()

    def log_message(self, *args: object) -> None:
        """Say nothing: the calls are recorded."""

    def _handle(self) -> None:
        parts = urlsplit(self.path)
        length = int(self.headers.get("Content-Length", 0))
        call = Call(
            self.command,
            parts.path,
            dict(parse_qsl(parts.query, keep_blank_values=True)),
            {name.lower(): value for name, value in self.headers.items()},
            self.rfile.read(length),
            self.client_address[1],
        )
        reply = self.server.web.answer(call)
        self.server.web.wait(reply.silence_s)
        if reply.raw:
            self._send_raw(*reply.raw, reply.trickle_s)
            return
        self.send_response(reply.status)
        for name, value in reply.headers.items():
            self.send_header(name, value)
        length = len(reply.body) if reply.announced is None else reply.announced
        self.send_header("Content-Length", str(length))
        self.end_headers()
        with suppress(ConnectionError):
            if reply.trickle_s:
                self._trickle(reply.body, reply.trickle_s)
            else:
                self.wfile.write(reply.body)
        if length != len(reply.body):
            self.close_connection = True

    def _send_raw(self, at_once: bytes, slowly: bytes, trickle_s: float) -> None:
        self.close_connection = True
        with suppress(ConnectionError):
            self.wfile.write(at_once)
            self._trickle(slowly, trickle_s)

    def _trickle(self, content: bytes, trickle_s: float) -> None:
        for byte in content:
            self.server.web.wait(trickle_s)
            self.wfile.write(bytes([byte]))


@contextmanager
def running(web: FakeWeb) -> Iterator[FakeWeb]:
    """Serve from a thread until the block ends."""
    thread = threading.Thread(target=web.serve, daemon=True)
    thread.start()
    try:
        yield web
    finally:
        web.stop()
        thread.join()


def main() -> None:
    """Serve by hand."""
    from tests.contract.world import World

    parser = argparse.ArgumentParser(description="Play all the web services on loopback.")
    parser.add_argument("--port", type=int, default=9000)
    folder = tempfile.mkdtemp(prefix="face-the-music-")  # stays: its library may be looked at
    world = World(FakeWeb(parser.parse_args().port), Path(folder))
    for name, url in (world.environment | world.spotify_app).items():
        print(f"export {name}={url}", flush=True)
    with suppress(KeyboardInterrupt):
        world.web.serve()


if __name__ == "__main__":
    main()
