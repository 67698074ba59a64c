"""How much visitors may bring: asked before anything is read.

Streamlit takes any number of files of up to ``server.maxUploadSize`` from a session, whoever sends
them and whether or not a widget asked, and keeps them until the session ends. Here an upload is
read only if

- its visit is here and asked for it (404 otherwise),
- it is not too large by itself, nor together with what the visit has brought already (413), and
- the server has room for it beside what all other visits brought (507).

The length that is announced decides before the first byte is read; bytes are counted as they come
as well. Where Streamlit's own checks are stricter they hold: this stands before them.
"""

import asyncio
import logging
import os
import re
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit import config

from emotion.uploads import MAX_SPOOLED_MB  # its import also keeps uploads off the disk
from serving.base_path import normalised
from serving.visits import UPLOAD, Visits, lacks

log = logging.getLogger(__name__)

MB = 1 << 20

FRAME_BYTES = 64 << 10
"""What a form adds to the file in it, generously."""

IDLE_S = 60.0
"""An upload of which nothing comes for so long is given up."""

FAREWELL_S = 30.0
"""So long what is still on its way of a refused upload is read and thrown away: browsers look for
the answer when they have sent all."""

_PATH = re.compile(f"{UPLOAD}([^/]+)/([^/]+)")


@dataclass(eq=False)
class _Upload:
    """One that is on its way: of which session, bytes announced (0 if not) and bytes that came."""

    session_id: str
    announced: int
    came: int = 0

    @property
    def size(self) -> int:
        """As far as it is known."""
        return max(self.announced, self.came)


class _RefusedError(Exception):
    """An upload must not go on; with the status that says why."""

    def __init__(self, status: HTTPStatus) -> None:
        super().__init__(status.phrase)
        self.status = status


@dataclass(frozen=True, slots=True)
class Room:
    """How much there is room for, in bytes.

    Attributes
    ----------
    file : int
        For one file.
    visit : int
        For all files of a visit.
    server : int
        For all files of all visits.
    """

    file: int
    visit: int
    server: int


def room_as_set() -> Room:
    """Read what the settings leave room for; the defaults where they cannot be used."""
    # Imported when somebody uploads: the page is there sooner without it.
    from music_mood.errors import SettingsError  # noqa: PLC0415
    from music_mood.settings import Settings  # noqa: PLC0415
    from music_mood.sources.files import MAX_MB_IN_ALL  # noqa: PLC0415

    try:
        uploads_mb = Settings.from_environment(os.environ).uploads_mb
    except SettingsError as error:
        log.warning("uploads are bounded as by default: %s", error)
        uploads_mb = Settings().uploads_mb
    each_mb = min(config.get_option("server.maxUploadSize"), MAX_SPOOLED_MB - 1)
    return Room(each_mb * MB, MAX_MB_IN_ALL * MB, uploads_mb * MB)


class Uploads:
    """ASGI middleware that refuses uploads for which there is no room, or that nobody asked for.

    Parameters
    ----------
    app : ASGIApp
        Streamlit's.
    visits : Visits
        Who is here, as `Doorkeeper` notes it.
    base_path : str
        ``server.baseUrlPath``: the folder below which the page is served, in any notation.
    get_room : callable
        How much there is room for; asked for each upload.
    """

    def __init__(
        self,
        app: ASGIApp,
        visits: Visits,
        base_path: str = "",
        get_room: Callable[[], Room] = room_as_set,
    ) -> None:
        self._app = app
        self._visits = visits
        self._base = normalised(base_path)
        self._get_room = get_room
        self._coming: set[_Upload] = set()
        self._watches = not lacks()
        if not self._watches:
            log.warning("uploads are bounded by Streamlit alone")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse an upload, or let it through and count; pass on everything else."""
        path = str(scope.get("path", "")).removeprefix(self._base)
        named = _PATH.fullmatch(path) if scope["type"] == "http" and self._watches else None
        if named is None or scope["method"] != "PUT":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        length = headers.get("content-length", "")
        upload = _Upload(named[1], int(length) if length.isdecimal() else 0)
        answered = False

        async def counted() -> Message:
            try:
                message = await asyncio.wait_for(receive(), IDLE_S)
            except TimeoutError as idle:
                raise _RefusedError(HTTPStatus.REQUEST_TIMEOUT) from idle
            if message["type"] == "http.request":
                before, upload.came = upload.came, upload.came + len(message.get("body", b""))
                if before // MB != upload.came // MB:  # often enough: pieces are small
                    self._check(upload, room)
            return message

        async def answer(message: Message) -> None:
            nonlocal answered
            answered = True
            await send(message)

        try:
            room = self._get_room()
            if not self._visits.has_asked(named[1], named[2]):
                raise _RefusedError(HTTPStatus.NOT_FOUND)
            self._coming.add(upload)
            self._check(upload, room)
            await self._app(scope, counted, answer)
        except _RefusedError as refused:
            log.info("an upload was refused: %s", refused)
            if not answered:
                await self._refuse(refused.status, scope, receive, send)
        finally:
            if upload in self._coming:
                self._coming.remove(upload)
                if not self._visits.is_here(upload.session_id):
                    self._visits.clear(upload.session_id)  # it ended meanwhile

    def _check(self, upload: _Upload, room: Room) -> None:
        """See whether there is room for an upload; raises `_RefusedError`."""
        if not self._visits.is_here(upload.session_id):
            raise _RefusedError(HTTPStatus.NOT_FOUND)
        others, size = self._coming - {upload}, upload.size
        own = (one.size for one in others if one.session_id == upload.session_id)
        of_visit = size + self._visits.held_bytes(upload.session_id) + sum(own)
        if size > room.file + FRAME_BYTES or of_visit > room.visit + FRAME_BYTES:
            raise _RefusedError(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        # Of other visits what has come counts: an announcement alone takes nobody's room.
        in_all = size + self._visits.held_bytes() + sum(one.came for one in others)
        if in_all > room.server + FRAME_BYTES:
            raise _RefusedError(HTTPStatus.INSUFFICIENT_STORAGE)

    async def _refuse(self, status: HTTPStatus, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer at once, then throw away what is still on its way, for a while."""
        answer = PlainTextResponse(
            status.phrase, status, headers={"Connection": "close", "Cache-Control": "no-store"}
        )
        headers = Headers(scope=scope)
        length = headers.get("content-length", "")
        # who waits for a word of ours before sending has it now, and sends nothing
        waits = headers.get("expect", "").lower() == "100-continue"
        if waits or not length.isdecimal() or int(length) > (MAX_SPOOLED_MB << 20):
            await answer(scope, receive, send)
            return
        await send(
            {
                "type": "http.response.start",
                "status": answer.status_code,
                "headers": answer.raw_headers,
            }
        )
        await send({"type": "http.response.body", "body": answer.body, "more_body": True})
        try:
            async with asyncio.timeout(FAREWELL_S):
                while (message := await receive())["type"] == "http.request":
                    if not message.get("more_body"):
                        break
        except TimeoutError:
            pass
        await send({"type": "http.response.body", "body": b"", "more_body": False})
