"""Which of several replicas a visit lives in, told to the balancer by a cookie.

A visit is in one process's memory: its page, its WebSocket, what it uploads and what it plays must
come to the same replica. So the replica that answers a page, or takes a WebSocket, puts its own
name into a cookie, and the balancer (``deploy/nginx.conf``) goes by it. Where a replica is gone,
another takes the WebSocket, and the visit is that one's from then on: also when the first is back,
which a balancer that only computes a place from a cookie would send the uploads to.

The cookie holds the replica's name and nothing else, and ends with the browser's session.
"""

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import cookie_parser
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from serving.base_path import normalised

COOKIE = "face_the_music_replica"


class Named:
    """ASGI middleware that names the replica in the answers that begin a visit.

    Parameters
    ----------
    app : ASGIApp
        Answers.
    replica : str
        This process's name.
    base_path : str
        ``server.baseUrlPath``: the folder below which the page is served, in any notation.
    """

    def __init__(self, app: ASGIApp, replica: str, base_path: str = "") -> None:
        self._app = app
        self._replica = replica
        self._base = normalised(base_path) + "/"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on, and add the cookie where a visit begins and the browser has another one."""
        page = scope["type"] == "http" and scope["path"] == self._base
        if not (page or scope["type"] == "websocket") or self._is_known(scope):
            await self._app(scope, receive, send)
            return

        async def naming(message: Message) -> None:
            if message["type"] in ("http.response.start", "websocket.accept"):
                message.setdefault("headers", [])
                MutableHeaders(scope=message).append("Set-Cookie", self._cookie(scope))
            await send(message)

        await self._app(scope, receive, naming)

    def _is_known(self, scope: Scope) -> bool:
        cookies = cookie_parser(Headers(scope=scope).get("cookie", ""))
        return cookies.get(COOKIE) == self._replica

    def _cookie(self, scope: Scope) -> str:
        headers = Headers(scope=scope)
        schemes = (scope["scheme"], headers.get("x-forwarded-proto", "").strip())
        secure = "; Secure" if {"https", "wss"}.intersection(schemes) else ""
        return f"{COOKIE}={self._replica}; Path={self._base}; HttpOnly; SameSite=Lax{secure}"
