"""Where uploads are while they come in: never on the disk."""

import asyncio
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from starlette.requests import Request

import emotion.panel.ways  # noqa: F401  what the page imports before it can be drawn
from emotion.uploads import MAX_SPOOLED_MB

ROOT = Path(__file__).resolve().parents[2]


def parked_on_disk(megabytes: int) -> bool:
    """Let Starlette take an upload as Streamlit does, and see where it was put."""
    body = (
        b'--x\r\nContent-Disposition: form-data; name="f"; filename="a.jpg"\r\n\r\n'
        + bytes(megabytes << 20)
        + b"\r\n--x--\r\n"
    )
    headers = [(b"content-type", b"multipart/form-data; boundary=x")]

    async def receive():
        return {"type": "http.request", "body": body, "more_body": False}

    async def upload() -> bool:
        request = Request({"type": "http", "method": "PUT", "headers": headers}, receive)
        async with request.form() as form:
            return form["f"].file._rolled  # of tempfile.SpooledTemporaryFile

    return asyncio.run(upload())


@pytest.mark.slow
@pytest.mark.parametrize("megabytes", [2, 10, MAX_SPOOLED_MB - 1])
def test_no_upload_touches_the_disk(megabytes):
    assert not parked_on_disk(megabytes)


def test_nothing_larger_is_accepted():
    settings = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text())
    assert settings["server"]["maxUploadSize"] < MAX_SPOOLED_MB


def test_without_our_setting_it_would():
    """Or the test above could not fail."""
    code = (
        "from starlette.formparsers import MultiPartParser\nprint(MultiPartParser.spool_max_size)"
    )
    answer = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert int(answer.stdout) < 10 << 20
