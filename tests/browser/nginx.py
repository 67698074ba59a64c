"""nginx of Debian's package, with the very ``deploy/nginx.conf``: only addresses are put in."""

import os
import shutil
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.browser.server import ROOT, free_port
from tests.contract.postgresql import REQUIRED

CONFIGURATION = ROOT / "deploy" / "nginx.conf"
LISTEN = "listen 8080;"
SECONDS = 20


@dataclass(frozen=True)
class Line:
    """A line of its access log."""

    method: str
    what: str
    status: int
    replica: str
    """Address and port of the replica that answered, the last one asked; "-" for none."""


@dataclass(frozen=True)
class Proxy:
    """nginx, running.

    Attributes
    ----------
    url : str
    log_path : pathlib.Path
        Its access log.
    """

    url: str
    log_path: Path

    def lines(self) -> list[Line]:
        """What it answered so far; a WebSocket stands there when it has ended."""
        found = []
        for line in self.log_path.read_text().splitlines():
            _, method, what, status, _, _, *asked = line.split(" ")
            replica = " ".join(asked[: len(asked) // 2]).rpartition(", ")[2]
            found.append(Line(method, what, int(status), replica))
        return found


def find_nginx() -> str:
    """Where it is; skips the test, or fails it in CI, if it is nowhere."""
    found = shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
    if found is None:
        words = "nginx is not installed: several replicas were NOT tested"
        (pytest.fail if os.environ.get(REQUIRED) else pytest.skip)(words)
    return found


def configured(replicas: Mapping[str, int], port: int, folder: Path) -> str:
    """Give the configuration with loopback addresses and a folder in the place of its own."""
    text = CONFIGURATION.read_text()
    places = {LISTEN: f"listen 127.0.0.1:{port};", "/tmp/nginx": f"{folder}/nginx"}  # noqa: S108
    places |= {f"{name}:8501": f"127.0.0.1:{there}" for name, there in replicas.items()}
    places["access_log /dev/stdout"] = f"access_log {folder}/access.log"
    for mine, theirs in places.items():
        assert mine in text, f"{mine} does not stand in {CONFIGURATION.name}"
        text = text.replace(mine, theirs)
    return text


@contextmanager
def nginx(replicas: Mapping[str, int], folder: Path) -> Iterator[Proxy]:
    """Run it before replicas, name -> port on loopback, until the block ends."""
    binary, port = find_nginx(), free_port()
    configuration = folder / "nginx.conf"
    configuration.write_text(configured(replicas, port, folder))
    command = [binary, "-c", configuration, "-p", folder, "-e", "stderr", "-g", "daemon off;"]
    proxy = Proxy(f"http://127.0.0.1:{port}", folder / "access.log")
    with (folder / "nginx.log").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log, cwd=folder)
    try:
        deadline = time.monotonic() + SECONDS
        while not _answers(proxy.url):
            ended = process.poll() is not None or time.monotonic() > deadline
            assert not ended, (folder / "nginx.log").read_text()
            time.sleep(0.05)
        yield proxy
    finally:
        process.terminate()  # waits for no visitor
        process.wait(SECONDS)


def _answers(url: str) -> bool:
    try:
        urllib.request.urlopen(f"{url}/readyz", timeout=5).close()  # noqa: S310  http
    except urllib.error.HTTPError as error:
        error.close()
        return error.code == 404  # by nginx itself
    except OSError:
        return False
    return False
