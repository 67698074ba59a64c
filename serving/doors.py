"""Which of Streamlit's endpoints are open.

Streamlit serves more than a page needs, and a new version may serve more still. So below
``_stcore`` only what the page needs is open; everything else there, known or new, is answered as if
it did not exist. What Streamlit 1.67 serves, and why it stays or goes:

====================================  =====  ======================================================
``/``, ``/static/…``                  open   the page and its code
``/component/…``                      open   streamlit-webrtc's frame (live video)
``/media/…``                          open   sound, pictures, downloads of running visits
``/_stcore/stream``                   open   the websocket: the page lives by it
``/_stcore/upload_file/…``            open   photos and files on their way in
``/_stcore/health``                   open   for proxies and orchestrators; the browser asks, too
``/_stcore/host-config``              open   the browser asks before it connects
``/_stcore/metrics``                  shut   tells everybody how many visitors there are, and makes
                                             the server walk through its memory for the answer
``/_stcore/script-health-check``      shut   runs the page for whoever asks (off unless set)
``/_stcore/bidi-components/…``        shut   files of components; ours travel in the page's messages
``/_stcore/agent/…``                  shut   the page as JSON for programs: a visit without consent
``/auth/…``, ``/oauth2callback``      shut   Streamlit's own login, which nobody uses here
``/app/static/…``                     shut   files beside the app (off unless set); there are none
====================================  =====  ======================================================
"""

from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from serving.base_path import normalised

OPEN = ("health", "host-config", "stream", "upload_file")
"""What is open below ``_stcore``."""

SHUT = ("app/static", "auth", "oauth2callback")
"""What is shut elsewhere."""

_CORE = "_stcore"


class Doors:
    """ASGI middleware that answers 404 for what nobody needs.

    Parameters
    ----------
    app : ASGIApp
        Answers everything else.
    base_path : str
        ``server.baseUrlPath``: the folder below which the page is served, in any notation.
    """

    def __init__(self, app: ASGIApp, base_path: str = "") -> None:
        self._app = app
        self._base = normalised(base_path)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer for what is shut, and pass on the rest."""
        # The only websocket is the page's; Streamlit refuses others by itself.
        if scope["type"] == "http" and not is_open(str(scope["path"]).removeprefix(self._base)):
            await PlainTextResponse("Not Found", status_code=404)(scope, receive, send)
        else:
            await self._app(scope, receive, send)


def is_open(path: str) -> bool:
    """Tell whether a path below the page's folder is answered, e.g. ``/_stcore/health``."""
    # Empty parts are dropped: however many slashes it is written with, a door stays shut.
    parts = [part for part in path.split("/") if part]
    if parts[:1] == [_CORE]:
        return parts[1:2] != [] and parts[1] in OPEN
    return not any(parts[: len(shut)] == shut for shut in (one.split("/") for one in SHUT))
