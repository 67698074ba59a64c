"""Start a Streamlit page as `make run` does, but sealed off from the developer's machine."""

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
START_SECONDS = 90


@dataclass(frozen=True)
class Server:
    """A running page.

    Attributes
    ----------
    url : str
        Where it answers, on loopback.
    pid : int
        Its process, for measuring.
    log_path : pathlib.Path
        What it printed so far.
    """

    url: str
    pid: int
    log_path: Path

    @property
    def log(self) -> str:
        """What it printed so far."""
        return self.log_path.read_text(errors="replace")


@contextmanager
def streamlit_server(
    script: Path, folder: Path, port: int | None = None, **settings: str
) -> Iterator[Server]:
    """Serve a script until the block ends.

    Parameters
    ----------
    script : pathlib.Path
        What to run.
    folder : pathlib.Path
        An empty folder: the server's home (so that no real secrets are read) and its log.
    port : int or None
        Where, if that must be known before; else a free one.
    **settings
        Further environment variables.

    Raises
    ------
    RuntimeError
        It ended, or did not answer in time; the text holds its log.
    """
    port = port or free_port()
    (folder / "secrets.toml").touch()
    command = [sys.executable, "-m", "streamlit", "run", str(script)]
    options = {
        "server.address": "127.0.0.1",
        "server.port": port,
        "server.headless": "true",
        "server.fileWatcherType": "none",
        "browser.gatherUsageStats": "false",
        "logger.enableRich": "false",  # plain tracebacks: tests look for them
        "secrets.files": folder / "secrets.toml",  # or it reads the project's real ones, too
    }
    environment = {
        **os.environ,
        "HOME": str(folder),
        # Nobody listens there: whatever the page asks of the web fails at once.
        "HTTP_PROXY": "http://127.0.0.1:9",
        "HTTPS_PROXY": "http://127.0.0.1:9",
        "NO_PROXY": "127.0.0.1,localhost",
        "DATABASE_URL": f"sqlite:///{folder / 'library.db'}",
        **settings,
    }
    log_path = folder / "server.log"
    with log_path.open("wb") as log:
        process = subprocess.Popen(
            [*command, *(f"--{name}={value}" for name, value in options.items())],
            cwd=ROOT,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
    server = Server(f"http://127.0.0.1:{port}", process.pid, log_path)
    try:
        _wait_until_healthy(server, process)
        yield server
    finally:
        process.terminate()
        try:
            process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait_until_healthy(server: Server, process: subprocess.Popen) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise RuntimeError(f"The server ended with code {process.returncode}:\n{server.log}")
        try:
            with urllib.request.urlopen(f"{server.url}/_stcore/health", timeout=5):  # noqa: S310  http
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.05)
    raise RuntimeError(f"The server did not answer within {START_SECONDS} s:\n{server.log}")


def free_port() -> int:
    """Find a port that nobody uses."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
