"""A PostgreSQL server of the tests' own, from the binaries of Debian's package."""

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest

BINARIES = Path("/usr/lib/postgresql")
SECONDS = 60  # a loaded machine
USER, PASSWORD = "tester", "p@ss/word"

REQUIRED = "FACE_THE_MUSIC_CI"
"""Environment variable under which a missing server is a failure."""


def address(port: int, database: str) -> str:
    """DATABASE_URL as a host would hand it out, with the password's signs escaped."""
    return f"postgres://{USER}:p%40ss%2Fword@127.0.0.1:{port}/{database}"


def find_binaries() -> Path:
    """Newest installed version; skips the test, or fails it in CI, if there is none."""
    found = sorted(BINARIES.glob("*/bin/initdb"), key=lambda path: float(path.parts[-3]))
    if not found:
        words = "PostgreSQL is not installed: the library was NOT tested with it"
        (pytest.fail if os.environ.get(REQUIRED) else pytest.skip)(words)
    return found[-1].parent


@contextmanager
def postgresql() -> Iterator[int]:
    """Run a server on a free port of loopback; the tests' whole session shares it."""
    binaries = find_binaries()
    # Not pytest's folder: only its owner may enter it, and the server must not run as root.
    folder = Path(tempfile.mkdtemp(prefix="face-the-music-postgresql-"))
    who = _who()
    if who:
        os.chown(folder, who["user"], who["group"])
    try:
        password = folder / "password"
        password.write_text(PASSWORD)
        password.chmod(0o644)
        data = folder / "data"
        options = ["--auth=scram-sha-256", f"--pwfile={password}", f"--username={USER}"]
        options += ["--encoding=UTF8", "--locale=C", "--no-sync", f"--pgdata={data}"]
        subprocess.run(
            [binaries / "initdb", *options], cwd=folder, check=True, capture_output=True, **who
        )
        port = _free_port()
        settings = {
            "listen_addresses": "127.0.0.1",
            "port": port,
            "unix_socket_directories": folder,
            "fsync": "off",
        }
        with (folder / "log").open("wb") as log:
            server = subprocess.Popen(
                [binaries / "postgres", "-D", data]
                + [part for name, value in settings.items() for part in ("-c", f"{name}={value}")],
                cwd=folder,
                stdout=log,
                stderr=subprocess.STDOUT,
                **who,
            )
        try:
            _wait_until_ready(server, port, folder / "log")
            yield port
        finally:
            server.send_signal(signal.SIGINT)  # waits for no client
            server.wait(SECONDS)
    finally:
        shutil.rmtree(folder)


def make_database(port: int, name: str) -> str:
    """Make an empty database, and give its address."""
    with psycopg.connect(address(port, "postgres"), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    return address(port, name)


def _who() -> dict[str, Any]:
    """Whom to run as: PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return {}
    entry = pwd.getpwnam("postgres")  # made by Debian's package
    return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}


def _wait_until_ready(server: subprocess.Popen, port: int, log: Path) -> None:
    deadline = time.monotonic() + SECONDS
    while time.monotonic() < deadline and server.poll() is None:
        try:
            psycopg.connect(address(port, "postgres"), connect_timeout=5).close()
        except psycopg.OperationalError:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError(f"PostgreSQL did not start:\n{log.read_text()}")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
