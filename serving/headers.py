"""What browsers are told with every answer: what the page may do, and who learns where it leads.

The policy (``Content-Security-Policy``) is the second wall: should foreign text ever become part of
the page, it can neither run nor call anybody. Each opening stands here with its reason; the
browser's tests fail on whatever a browser reports as against it. HSTS is not among the headers:
only the proxy, which ends TLS, can promise that.
"""

import os
import re
import secrets
from collections.abc import Iterable, Mapping
from urllib.parse import urlsplit

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from music_mood.clients.covers import APPLE_HOSTS, DEEZER_HOSTS, SPOTIFY_HOSTS
from serving.base_path import normalised
from serving.settings import ServerSettings

NONCE = "face-the-music.nonce"
"""Key of an answer's scope: the word that our own inline scripts carry, another one each time."""

PLAYED_FROM = ("DEEZER_API_URL", "ITUNES_API_URL")
"""Settings of whoever puts another server in a service's place: then its sound may come from there,
too, and without https."""

_SPOTIFYS_PLAYER = "https://open.spotify.com"
_COVERS = [f"https://*.{host}" for host in (*DEEZER_HOSTS, *SPOTIFY_HOSTS, *APPLE_HOSTS)]
_SCRIPT = re.compile(r"<script(?=[\s>])")
_ORIGIN = re.compile(r"https?://(\*\.)?[\w.-]+(:\d+)?", re.ASCII)

_PERMISSIONS = {
    # The camera's frame is of our own origin; Spotify's player asks for what it plays with.
    **dict.fromkeys(["camera", "fullscreen", "picture-in-picture", "clipboard-write"], "(self)"),
    **dict.fromkeys(["autoplay", "encrypted-media"], f'(self "{_SPOTIFYS_PLAYER}")'),
    **dict.fromkeys(
        [
            "accelerometer",
            "display-capture",
            "geolocation",
            "gyroscope",
            "magnetometer",
            "microphone",
            "midi",
            "payment",
            "publickey-credentials-get",
            "serial",
            "usb",
        ],
        "()",
    ),
}

ALWAYS: Mapping[str, str] = {
    "X-Content-Type-Options": "nosniff",
    # The address says what the visitor feels: neither a service nor a log shall read it as the
    # place where somebody came from.
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": ", ".join(f"{name}={who}" for name, who in _PERMISSIONS.items()),
    # No window that leads here, or that the page opens, gets hold of this one.
    "Cross-Origin-Opener-Policy": "same-origin",
}
"""With every answer."""

_NOT_MODIFIED = 304


class Headers:
    """ASGI middleware that adds the headers, and makes a nonce for each request.

    Parameters
    ----------
    app : ASGIApp
        Answers; its own headers of the same names win.
    base_path : str
        ``server.baseUrlPath``: the folder below which the page is served, in any notation.
    environ : mapping of str to str or None
        Where `ServerSettings` and `PLAYED_FROM` are looked up; None: the process's own.

    Raises
    ------
    SettingsError
        A setting cannot be used.
    """

    def __init__(
        self, app: ASGIApp, base_path: str = "", environ: Mapping[str, str] | None = None
    ) -> None:
        given = os.environ if environ is None else environ
        self._app = app
        self._base = normalised(base_path)
        self._ancestors = ServerSettings.from_environment(given).frame_ancestors
        self._sound = _origins(given.get(name, "") for name in PLAYED_FROM)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Add the headers to what answers; websockets are passed on as they are."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        nonce = scope[NONCE] = secrets.token_urlsafe(16)
        path = str(scope["path"]).removeprefix(self._base)

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self._headers(path, message["status"], headers, nonce):
                    headers.setdefault(name, value)
            await send(message)

        await self._app(scope, receive, send_with_headers)

    def _headers(
        self, path: str, status: int, headers: MutableHeaders, nonce: str
    ) -> Iterable[tuple[str, str]]:
        yield from ALWAYS.items()
        if path.startswith("/media/"):  # what visitors brought, and their sound
            yield "Cross-Origin-Resource-Policy", "same-origin"
        ancestors, policy = self._ancestors, OTHER_POLICY
        if status == _NOT_MODIFIED:
            return  # what the browser has kept, it has kept with its policy
        if headers.get("content-type", "").startswith("text/html"):
            policy = page_policy(nonce, self._sound)
            if path.startswith("/component/"):  # within the page, whoever may show that
                policy = COMPONENT_POLICY
                ancestors = "'self'" if ancestors == "'none'" else ancestors
        yield "Content-Security-Policy", f"{policy}; frame-ancestors {ancestors}"
        # For browsers that do not know frame-ancestors; it cannot name anybody else.
        if ancestors in _FRAME_OPTIONS:
            yield "X-Frame-Options", _FRAME_OPTIONS[ancestors]


_FRAME_OPTIONS = {"'self'": "SAMEORIGIN", "'none'": "DENY"}


def with_nonce(page: str, nonce: str) -> str:
    """Mark a page's scripts as our own.

    Parameters
    ----------
    page : str
        HTML in which nothing is foreign.
    nonce : str
        That of the request, by `NONCE`.
    """
    return _SCRIPT.sub(f'<script nonce="{nonce}"', page)


def page_policy(nonce: str, sound: Iterable[str] = ()) -> str:
    """Make the page's policy, but for ``frame-ancestors``.

    Parameters
    ----------
    nonce : str
        What our own inline scripts carry.
    sound : iterable of str
        Further origins that sound may come from.
    """
    return _policy(
        {
            # Whatever is not named below comes from nowhere: plug-ins, workers, manifests ...
            "default-src": ["'none'"],
            # Streamlit's modules; made in memory of blobs are those that the bundle brings
            # (serving/frontend.py) and our components (components v2). A blob is made by a
            # script that already runs. The loader and the import map carry the nonce. Streamlit's
            # protobuf.js tries WebAssembly for numbers of 64 bits; refused, it does without.
            "script-src": ["'self'", "blob:", f"'nonce-{nonce}'"],
            # Streamlit writes styles into the page as it draws (Emotion), and so does st.html.
            "style-src": ["'self'", "'unsafe-inline'"],
            "font-src": ["'self'", "data:"],  # Streamlit's style sheet holds a small one (KaTeX)
            # Covers from where the services keep theirs; snapshots and the card for sharing are
            # made in the browser (blob:), small icons come within styles (data:).
            "img-src": ["'self'", "data:", "blob:", *_COVERS],
            # Previews: the services name their addresses, on hosts that change.
            "media-src": ["'self'", "blob:", "https:", *sound],
            # The websocket, uploads, Streamlit's files: all here. A snapshot is fetched from the
            # data that the camera gave; that tells nobody anything.
            "connect-src": ["'self'", "data:"],
            # streamlit-webrtc's frame, and Spotify's player.
            "frame-src": ["'self'", _SPOTIFYS_PLAYER],
            # A form or a base in foreign text would lead what is typed, or our modules, elsewhere.
            "form-action": ["'none'"],
            "base-uri": ["'none'"],
        }
    )


def _policy(directives: Mapping[str, list[str]]) -> str:
    return "; ".join(f"{name} {' '.join(sources)}" for name, sources in directives.items())


COMPONENT_POLICY = _policy(
    {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'", "'unsafe-inline'"],  # MUI writes styles as it draws
        "font-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "media-src": ["'self'", "blob:"],
        "connect-src": ["'self'"],
        "form-action": ["'none'"],
        "base-uri": ["'none'"],
    }
)
"""Of streamlit-webrtc's frame. WebRTC itself is not a policy's matter."""

OTHER_POLICY = _policy({"default-src": ["'none'"], "style-src": ["'unsafe-inline'"]}) + "; sandbox"
"""Of what is no page: opened by itself, a picture or a file can do nothing."""


def _origins(addresses: Iterable[str]) -> list[str]:
    found = []
    for address in addresses:
        parts = urlsplit(address.strip())
        if parts.scheme in ("http", "https") and _ORIGIN.fullmatch(
            origin := f"{parts.scheme}://{parts.netloc}"
        ):
            found.append(origin)
    return sorted(set(found))
