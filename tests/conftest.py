"""What every test gets: no network, no keys, and a public-domain face."""

import io
import ipaddress
import os
import socket
from collections.abc import Iterator

# TensorFlow brings its own libsrtp symbols: imported first, it makes aiortc's initialisation crash
# the process. The app never loads both; this process does, so the order is settled here.
import aiortc  # noqa: F401
import numpy as np
import pytest
import skimage.data
from hypothesis import settings
from PIL import Image

from music_mood.library.address import DEFAULT_FILE

# Property tests are about answers, not about time: a busy machine must not fail them.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")

KEY_PREFIXES = ("SPOTIPY_", "SPOTIFY_", "CLOUDFLARE_", "TWILIO_")
KEY_NAMES = ("HF_TOKEN",)


@pytest.fixture(scope="session", autouse=True)
def sealed_off(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """No connection beyond this machine, no key and no library of the developer's own.

    For the whole session: fixtures of that scope (servers, browsers) must be sealed off, too.
    """
    existed = DEFAULT_FILE.exists()
    with pytest.MonkeyPatch.context() as patch:
        for name in list(os.environ):
            if name.startswith(KEY_PREFIXES) or name in KEY_NAMES:
                patch.delenv(name)
        library = tmp_path_factory.mktemp("library") / "library.db"
        patch.setenv("DATABASE_URL", f"sqlite:///{library}")
        for method in ("connect", "connect_ex", "sendto"):
            patch.setattr(socket.socket, method, _only_loopback(getattr(socket.socket, method)))
        patch.setattr(socket, "getaddrinfo", _only_local_names(socket.getaddrinfo))
        yield
    assert DEFAULT_FILE.exists() == existed, "a test used the developer's own library"


@pytest.fixture(scope="session")
def astronaut_rgb() -> np.ndarray:
    """Eileen Collins, smiling: RGB uint8 (512, 512, 3), read-only; public domain (NASA)."""
    picture = skimage.data.astronaut()
    picture.flags.writeable = False
    return picture


@pytest.fixture(scope="session")
def astronaut_jpeg(astronaut_rgb: np.ndarray) -> bytes:
    """The same as a visitor would upload it."""
    file = io.BytesIO()
    Image.fromarray(astronaut_rgb).save(file, "JPEG", quality=95)
    return file.getvalue()


def _only_loopback(method):
    """Wrap a socket method that takes the address last."""

    def guarded(self: socket.socket, *args):
        if self.family != socket.AF_UNIX and not _is_loopback(args[-1][0]):
            # Not an OSError, which the code under test may catch and take for "offline".
            pytest.fail(f"a test tried to reach {args[-1]}: tests stay on this machine")
        return method(self, *args)

    return guarded


def _only_local_names(lookup):
    def guarded(host, *args, **kwargs):
        name = host.decode() if isinstance(host, bytes) else host
        if name and name != "localhost" and not _is_address(name):
            pytest.fail(f"a test tried to look up {name}: tests stay on this machine")
        return lookup(host, *args, **kwargs)

    return guarded


def _is_loopback(host: str) -> bool:
    return host == "localhost" or (_is_address(host) and ipaddress.ip_address(host).is_loopback)


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True
