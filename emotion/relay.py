"""A TURN server of the operator's own, such as coturn: what a browser needs to be let in.

The server shares a secret with ours and knows no accounts. A visitor gets a name that says until
when it may be used, and a password made of both ("TURN REST API", draft-uberti-behave-turn-rest-00;
coturn's ``use-auth-secret``).
"""

import base64
import hmac
from collections.abc import Mapping
from typing import TypedDict

URLS = "FACE_THE_MUSIC_TURN_URLS"
SECRET = "FACE_THE_MUSIC_TURN_SECRET"  # noqa: S105  the variable's name

VARIABLES = (URLS, SECRET)

LASTS_S = 12 * 3600
"""A video is over by then; a password that somebody takes along, too, soon after."""

STEP_S = 3600
"""Names change this often only: each rerun of the page must give the browser the same one."""


class IceServer(TypedDict):
    """As WebRTC's ``RTCIceServer``."""

    urls: list[str]
    username: str
    credential: str


def own_relay(environ: Mapping[str, str], now_s: float) -> IceServer | None:
    """Give the operator's relay and a way into it; None if the environment names none.

    Parameters
    ----------
    environ : mapping of str to str
        `URLS`, separated by commas (``turn:turn.example:3478?transport=udp``), and `SECRET`.
    now_s : float
        Seconds since 1970.
    """
    urls = [url for url in map(str.strip, environ.get(URLS, "").split(",")) if url]
    secret = environ.get(SECRET, "").strip()
    if not (urls and secret):
        return None
    until = (int(now_s) // STEP_S + 1) * STEP_S + LASTS_S
    username = f"{until}:visitor"
    # SHA-1 is what the protocol names; as a keyed hash (HMAC) it still holds.
    digest = hmac.digest(secret.encode(), username.encode(), "sha1")
    return IceServer(urls=urls, username=username, credential=base64.b64encode(digest).decode())
