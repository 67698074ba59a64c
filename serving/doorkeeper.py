"""Listens to the connection between page and server, and notes who comes and goes.

Streamlit's messages tell which session a connection is of and which uploads it asked for; the code
with which it is closed, whether the page is gone or only its connection.
"""

import logging

from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from serving.base_path import normalised
from serving.visits import UPLOAD, Visits, lacks

log = logging.getLogger(__name__)

GOING_AWAY = 1001
"""RFC 6455, 7.4.1: the page was closed, reloaded or left."""

STREAM = "/_stcore/stream"


class Doorkeeper:
    """ASGI middleware that notes who comes and goes, by the page's connection.

    Parameters
    ----------
    app : ASGIApp
        Streamlit's.
    visits : Visits
        Where it is noted.
    base_path : str
        ``server.baseUrlPath``: the folder below which the page is served, in any notation.
    """

    def __init__(self, app: ASGIApp, visits: Visits, base_path: str = "") -> None:
        self._app = app
        self._visits = visits
        self._path = normalised(base_path) + STREAM
        if lacking := lacks():
            log.warning("visits end when Streamlit clears them away: no %s", ", ".join(lacking))
            self._path = ""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass everything on, and listen to the page's connection."""
        if scope["type"] != "websocket" or scope["path"] != self._path:
            await self._app(scope, receive, send)
            return
        connection, sessions, codes = object(), list[str](), list[int]()

        async def heard() -> Message:
            message = await receive()
            if message["type"] == "websocket.disconnect":
                codes.append(message.get("code") or 0)
            return message

        async def said(message: Message) -> None:
            data = message.get("bytes")
            # only the first message, and those that name uploads, are looked into
            if data and (not sessions or UPLOAD.encode() in data):
                told = ForwardMsg.FromString(data)
                if not sessions and told.HasField("new_session"):
                    sessions.append(told.new_session.initialize.session_id)
                    self._visits.arrive(sessions[0], connection)
                elif sessions and told.HasField("file_urls_response"):
                    urls = told.file_urls_response.file_urls
                    self._visits.ask(sessions[0], [url.file_id for url in urls])
            await send(message)

        try:
            await self._app(scope, heard, said)
        finally:
            if sessions:
                goodbye = GOING_AWAY in codes
                self._visits.leave(sessions[0], connection, goodbye=goodbye)
