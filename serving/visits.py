"""Who is here: when a visit has ended, and that nothing of it stays then.

Streamlit keeps the session of a closed page for two minutes, in case its connection comes back, and
clears it away when some other visitor's session next has to do with it: with nobody else there,
never. Until then every address of it answers: sounds, downloads, uploads.

Here a visit ends

- `GOODBYE_S` seconds after its page was closed, reloaded or left: the browser then closes the
  connection with the code for that (RFC 6455, 7.4.1: 1001, "going away"), and no page can ever take
  this session up again but one that is fetched back by the browser's back button;
- ``server.disconnectedSessionTTL`` seconds (two minutes, less `MARGIN_S`) after its connection was
  lost without a word, as by a locked phone, another network or a crash, and did not come back.

Nothing of Streamlit is patched. `serving.doorkeeper` tells who comes and goes, and Streamlit's own
`Runtime.close_session` ends a visit. What is used of Streamlit is listed in `NEEDED`; where another
version lacks any of it, the log says so and visits end in Streamlit's own way.
"""

import asyncio
import logging
import weakref
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from operator import attrgetter
from pkgutil import resolve_name
from types import MappingProxyType
from typing import Any

from streamlit import config, runtime

log = logging.getLogger(__name__)

GOODBYE_S = 3.0
"""So long after a page has gone its visit may still come back, by the browser's back button."""

MARGIN_S = 5
"""So much earlier than Streamlit a lost visit is ended here: what Streamlit's storage calls expired
it does not give to be closed, but does not clear away either."""

AGAIN_S = (3.0, 60.0)
"""So long after the end what is left is cleared away again: Streamlit takes downloads that nobody
refers to only the second time, and a script that was just busy may have put down something."""

MOST_UPLOADS = 5_000
"""Uploads that a visit may ask for: as many files as are read at once."""

UPLOAD = "/_stcore/upload_file/"

NEEDED: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "streamlit.runtime:Runtime": (
            *("close_session", "is_active_session", "get_app_session"),
            *("media_file_mgr", "uploaded_file_mgr"),
        ),
        "streamlit.runtime.app_session:AppSession": ("shutdown", "session_state"),
        "streamlit.runtime.state:SessionState": ("clear",),
        "streamlit.runtime.fragment:MemoryFragmentStorage": ("clear",),
        "streamlit.runtime.media_file_manager:MediaFileManager": (
            *("clear_session_refs", "remove_orphaned_files"),
        ),
        "streamlit.runtime.memory_uploaded_file_manager:MemoryUploadedFileManager": (
            *("get_files", "remove_session_files"),
        ),
        "streamlit.proto.NewSession_pb2:Initialize": ("session_id",),
        "streamlit.proto.ForwardMsg_pb2:ForwardMsg": ("new_session", "file_urls_response"),
        "streamlit.proto.Common_pb2:FileURLsResponse": ("file_urls",),
        "streamlit.proto.Common_pb2:FileURLs": ("file_id",),
    }
)
"""What must be there of Streamlit, by where it is."""

Runtime = Callable[[], runtime.Runtime]


@dataclass(eq=False)
class Visit:
    """What is known of one session.

    Attributes
    ----------
    session_id : str
        Streamlit's.
    session : weakref.ref
        Streamlit's session itself.
    connection : object
        Stands for the connection that it is on, or was on last.
    uploads : set of str
        Ids of uploads that it asked for.
    ending : asyncio.TimerHandle or None
        What will end it, while it is not connected.
    """

    session_id: str
    session: Callable[[], Any]
    connection: object
    uploads: set[str] = field(default_factory=set)
    ending: asyncio.TimerHandle | None = None


class Visits:
    """Every visit of this server, from its first message until its end.

    To be used in the event loop's thread only.

    Parameters
    ----------
    get_runtime : callable
        Gives Streamlit's runtime.
    lost_s : float or None
        Seconds after which a lost connection ends a visit, in tests; else as Streamlit is set.
    """

    def __init__(
        self, get_runtime: Runtime = runtime.get_instance, lost_s: float | None = None
    ) -> None:
        self._runtime = get_runtime
        self._lost_s = lost_s
        self._visits: dict[str, Visit] = {}

    def arrive(self, session_id: str, connection: object) -> None:
        """Note a session's connection: its first, or one that took its place."""
        visit = self._visits.get(session_id)
        if visit is None:
            session = self._runtime().get_app_session(session_id)
            there = weakref.ref(session) if session is not None else lambda: None
            visit = self._visits[session_id] = Visit(session_id, there, connection)
        visit.connection = connection
        if visit.ending:
            visit.ending.cancel()
            visit.ending = None

    def ask(self, session_id: str, upload_ids: Iterable[str]) -> None:
        """Note uploads that a session asked for, and was told how to bring."""
        if visit := self._visits.get(session_id):
            room = MOST_UPLOADS - len(visit.uploads)
            visit.uploads.update(list(upload_ids)[:room])

    def leave(self, session_id: str, connection: object, *, goodbye: bool) -> None:
        """Note that a connection has ended; `goodbye` if the browser said that the page is gone."""
        visit = self._visits.get(session_id)
        if visit is None or visit.connection is not connection:  # another took its place
            return
        loop = asyncio.get_running_loop()
        seconds = GOODBYE_S if goodbye else self._kept_s()
        visit.ending = loop.call_later(seconds, self._end, visit)

    def has_asked(self, session_id: str, upload_id: str) -> bool:
        """Tell whether a session is connected, and asked for an upload with this id."""
        visit = self._visits.get(session_id)
        connected = visit is not None and self._runtime().is_active_session(session_id)
        return connected and visit is not None and upload_id in visit.uploads

    def is_here(self, session_id: str) -> bool:
        """Tell whether a visit has not ended."""
        return session_id in self._visits

    def held_bytes(self, session_id: str | None = None) -> int:
        """Count the bytes of uploads that Streamlit holds, for one session or all of them."""
        visits = self._visits.values()
        counted = [one for one in visits if session_id in (None, one.session_id)]
        files = self._runtime().uploaded_file_mgr
        return sum(
            len(file.data)
            for one in counted
            for file in files.get_files(one.session_id, list(one.uploads))
        )

    def clear(self, session_id: str) -> None:
        """Take away what Streamlit holds for a session that has ended."""
        streamlits = self._runtime()
        streamlits.uploaded_file_mgr.remove_session_files(session_id)
        streamlits.media_file_mgr.clear_session_refs(session_id)
        streamlits.media_file_mgr.remove_orphaned_files()

    def _kept_s(self) -> float:
        if self._lost_s is not None:
            return self._lost_s
        return float(max(0, config.get_option("server.disconnectedSessionTTL") - MARGIN_S))

    def _end(self, visit: Visit) -> None:
        visit.ending = None
        if self._runtime().is_active_session(visit.session_id):
            return  # it came back in a way that was not seen; its next connection will tell
        self._visits.pop(visit.session_id, None)
        # Both clear away, the second where Streamlit's storage had let go of the session before.
        # Not more at once: a list that another visitor takes along is made when they press and
        # belongs to no session; orphans looked for twice are gone, fetched or not.
        self._runtime().close_session(visit.session_id)
        session = visit.session()
        if session is not None:
            session.shutdown()
        loop = asyncio.get_running_loop()
        for seconds in AGAIN_S:
            loop.call_later(seconds, self._again, visit)

    def _again(self, visit: Visit) -> None:
        """Clear away once more; not before, as a script may still have been running, all of it."""
        self.clear(visit.session_id)
        session = visit.session()
        if session is not None:
            _empty(session)


def _empty(session: Any) -> None:
    """Empty a session that Streamlit still holds.

    Its main loop keeps the session that it sent something to last until there is another: for ever,
    if nobody else comes, and with all that the visit was. Callbacks of widgets and what fragments
    are drawn with have no public name; where they have another one they stay until then.
    """
    session.session_state.clear()
    for name in ("_fragment_storage", "session_state._new_widget_state.widget_metadata"):
        try:
            held = attrgetter(name)(session)
        except AttributeError:
            log.warning("an ended session is held until there is another: no %s", name)
        else:
            held.clear()


def lacks() -> list[str]:
    """Name what the Streamlit that is installed lacks of `NEEDED`."""
    lacking = []
    for owner, names in NEEDED.items():
        try:
            thing = resolve_name(owner)
        except (ImportError, AttributeError):
            lacking.append(owner)
            continue
        message = getattr(thing, "DESCRIPTOR", None)  # protobuf's classes do not have their fields
        there = message.fields_by_name if message else dir(thing)
        lacking += [f"{owner}.{name}" for name in names if name not in there]
    return lacking
