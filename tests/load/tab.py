"""A browser's tab as far as Streamlit's protocol goes: what is on the page, and what is told.

Messages go over a WebSocket, both ways as protobuf: `BackMsg` asks for a run of the page's script
with the state of all widgets; `ForwardMsg` brings elements, each with its place in the page. Here
stands what Streamlit's frontend does with them (1.67), but for drawing. Written from what Chromium
sends and gets.
"""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ButtonGroup_pb2 import ButtonGroup
from streamlit.proto.Common_pb2 import FileURLs
from streamlit.proto.Delta_pb2 import Delta
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import WebSocketException

from tests.load.web import XSRF_COOKIE, Client, Web

NO_TOKEN = "PLACEHOLDER_AUTH_TOKEN"  # noqa: S105  what stands there instead of one
"""What Streamlit's frontend sends where there is no XSRF cookie."""
GOING_AWAY = 1001
"""With which a browser ends the connection of a page that is left: RFC 6455, 7.4.1."""
PATIENCE_S = 180
"""Nobody waits longer for one click, and nobody so long; but how long it takes is measured."""
MOST_MESSAGE_AGE = 2
"""Runs after which the frontend forgets a large message that did not come again."""


class PageError(Exception):
    """The page did not do what it should; says what stands on it instead."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """An element on the page.

    Attributes
    ----------
    kind : str
        ``button``, ``bidi_component``, ...
    proto : Any
        What it shows, Streamlit's message of that kind.
    run : int
        The run that drew it last.
    fragment_id : str
        The fragment it belongs to; empty if to none.
    at : float
        When it came (`time.perf_counter`).
    """

    kind: str
    proto: Any
    run: int
    fragment_id: str
    at: float


class Tab:
    """One tab; use it in an ``async with`` block.

    Parameters
    ----------
    web : Web
        The server's.
    """

    def __init__(self, web: Web) -> None:
        self.client = Client(web)
        self._url = web.url
        self._socket: ClientConnection | None = None
        self._reading: asyncio.Task[None] | None = None
        self._answers: dict[str, asyncio.Future[Any]] = {}
        self._elements: dict[tuple[int, ...], Drawn] = {}
        self._states: dict[str, WidgetState] = {}
        self._cached: dict[str, tuple[Delta, int]] = {}
        self._run = 0
        self._fragments: frozenset[str] = frozenset()
        self._session = self._script = self._query = ""

    async def __aenter__(self) -> "Tab":
        return self

    async def __aexit__(self, *error: object) -> None:
        """Close the tab, as a visitor does: the server hears of it by the connection's end."""
        if self._socket:
            await self._socket.close(GOING_AWAY)
        if self._reading:
            await self._reading

    @property
    def runs(self) -> int:
        """How often the page's script has run for this tab, in part or as a whole."""
        return self._run

    async def open(self, query: str = "", pressed: str = "") -> None:
        """Connect, and wait until the page is drawn for the first time.

        Parameters
        ----------
        query : str
            The address's query.
        pressed : str
            Id of a button that was pressed while the connection was lost.
        """
        self._query = query
        token = self.client.cookies.get(XSRF_COOKIE, NO_TOKEN)
        self._socket = await connect(
            f"{self._url.replace('http', 'ws', 1)}/_stcore/stream",
            subprotocols=["streamlit", token],  # type: ignore[list-item]
            additional_headers={"Cookie": self.client.cookie},
            origin=self._url,  # type: ignore[arg-type]
            open_timeout=PATIENCE_S,
            ping_interval=None,
            max_size=None,
            proxy=None,
        )
        self._reading = asyncio.create_task(self._read(self._socket))
        triggered = [WidgetState(id=pressed, trigger_value=True)] if pressed else []
        await self._rerun(*triggered)

    def find(self, kind: str, key: str = "") -> Drawn:
        """Give an element of a kind, and with a key if it must be that one.

        Raises
        ------
        PageError
            It is not there.
        """
        for one in self._elements.values():
            if one.kind == kind and (not key or one.proto.id.endswith(f"-{key}")):
                return one
        raise PageError(f"no {key or kind} on the page{self._instead()}")

    def all(self, kind: str) -> list[Drawn]:
        """Give all elements of a kind, from the top of the page."""
        return [one for _, one in sorted(self._elements.items()) if one.kind == kind]

    async def choose(self, key: str, option: str) -> None:
        """Press one of several options in a row, and wait until the page is drawn."""
        group = self.find("button_group", key).proto
        (chosen,) = (one for one in _options(group) if one.endswith(option))
        self._states[group.id] = _of_options(group.id, [chosen])
        await self._rerun()

    async def press(self, key: str) -> None:
        """Press a button, and wait until the page is drawn."""
        button = self.find("button", key)
        state = WidgetState(id=button.proto.id, trigger_value=True)
        await self._rerun(state, fragment_id=button.fragment_id)

    async def trigger(self, key: str, event: str, value: str) -> None:
        """Send a component's event as ``setTriggerValue`` does; `value` is JSON."""
        component = self.find("bidi_component", key)
        state = WidgetState(
            id=f"$$STREAMLIT_INTERNAL_KEY_{component.proto.id}__events",
            json_trigger_value=f'[{{"event":"{event}","value":{value}}}]',
        )
        await self._rerun(state, fragment_id=component.fragment_id)

    async def upload(self, key: str, name: str, mime: str, data: bytes) -> None:
        """Give the uploader a file, and wait until the page is drawn."""
        uploader = self.find("file_uploader", key).proto
        message = BackMsg()
        request = message.file_urls_request
        request.request_id, request.session_id = uploader.id, self._session
        request.file_names.append(name)
        urls: FileURLs = (await self._told(uploader.id, message)).file_urls[0]
        await self.client.upload(urls.upload_url, name, mime, data)
        state = WidgetState(id=uploader.id)
        info = state.file_uploader_state_value.uploaded_file_info.add()
        info.name, info.size, info.file_id = name, len(data), urls.file_id
        info.file_urls.CopyFrom(urls)
        self._states[uploader.id] = state
        await self._rerun()

    # --- out ---

    async def _rerun(self, *triggered: WidgetState, fragment_id: str = "") -> None:
        """Ask for a run with all widgets' states; wait until it has ended, and what it led to."""
        message = BackMsg()
        asked = message.rerun_script
        asked.query_string, asked.page_script_hash = self._query, self._script
        asked.fragment_id = fragment_id
        asked.widget_states.widgets.extend([*self._states.values(), *triggered])
        asked.cached_message_hashes.extend(self._cached)
        where = asked.context_info
        where.timezone, where.locale, where.url = "UTC", "en-US", f"{self._url}/"
        where.color_scheme = "light"
        await self._told("run", message)
        if broken := self.all("exception"):
            raise PageError(f"an exception on the page: {broken[0].proto.type}")

    async def _told(self, name: str, message: BackMsg) -> Any:
        """Send, and wait for the answer of that name."""
        if self._socket is None:
            raise PageError("the tab is not open")
        answer = self._answers[name] = asyncio.get_running_loop().create_future()
        try:
            async with asyncio.timeout(PATIENCE_S):
                await self._socket.send(message.SerializeToString())
                return await answer
        except TimeoutError:
            raise PageError(f"no answer within {PATIENCE_S} s") from None
        except WebSocketException as error:
            raise PageError(f"the connection is lost: {type(error).__name__}") from error
        finally:
            del self._answers[name]

    # --- in ---

    async def _read(self, socket: ClientConnection) -> None:
        message = ForwardMsg()
        try:
            async for data in socket:
                message.ParseFromString(data)
                if take := _TAKEN.get(message.WhichOneof("type")):
                    take(self, message)
            error = PageError("the server closed the connection")
        except WebSocketException as cause:
            error = PageError(f"the connection is lost: {type(cause).__name__}")
        for answer in self._answers.values():
            if not answer.done():
                answer.set_exception(error)

    def _begin(self, message: ForwardMsg) -> None:
        self._run += 1
        self._session = message.new_session.initialize.session_id
        self._script = message.new_session.page_script_hash
        self._fragments = frozenset()

    def _recall(self, message: ForwardMsg) -> None:
        """Draw what the server only names, as it knows that the browser has it."""
        delta, _ = self._cached[message.ref_hash]
        self._cached[message.ref_hash] = delta, self._run
        self._draw(tuple(message.metadata.delta_path), delta)

    def _take_delta(self, message: ForwardMsg) -> None:
        if message.metadata.cacheable:
            kept = Delta()
            kept.CopyFrom(message.delta)
            self._cached[message.hash] = kept, self._run
        self._draw(tuple(message.metadata.delta_path), message.delta)

    def _draw(self, path: tuple[int, ...], delta: Delta) -> None:
        if delta.fragment_id:
            self._fragments |= {delta.fragment_id}
        if delta.WhichOneof("type") != "new_element":
            if delta.WhichOneof("type") == "add_block":
                self._elements.pop(path, None)
            return
        kind = delta.new_element.WhichOneof("type")
        proto = type(getattr(delta.new_element, kind))()
        proto.CopyFrom(getattr(delta.new_element, kind))
        self._elements[path] = Drawn(kind, proto, self._run, delta.fragment_id, time.perf_counter())
        # The frontend tells the state of these as soon as they stand there, pressed or not.
        if kind == "button_group" and (proto.set_value or proto.id not in self._states):
            shown = proto.raw_values if proto.set_value else _default(proto)
            self._states[proto.id] = _of_options(proto.id, shown)

    def _finish(self, message: ForwardMsg) -> None:
        status = message.script_finished
        if status == ForwardMsg.FINISHED_EARLY_FOR_RERUN:
            return  # another run follows by itself
        whole = status == ForwardMsg.FINISHED_SUCCESSFULLY
        self._elements = {
            path: one
            for path, one in self._elements.items()
            if one.run == self._run or not (whole or one.fragment_id in self._fragments)
        }
        ids = {one.proto.id for one in self._elements.values() if hasattr(one.proto, "id")}
        self._states = {key: state for key, state in self._states.items() if key in ids}
        self._cached = {
            key: (delta, run)
            for key, (delta, run) in self._cached.items()
            if self._run - run < MOST_MESSAGE_AGE
        }
        self._answer("run", None)

    def _take_address(self, message: ForwardMsg) -> None:
        self._query = message.page_info_changed.query_string

    def _take_urls(self, message: ForwardMsg) -> None:
        answer = type(message.file_urls_response)()
        answer.CopyFrom(message.file_urls_response)
        self._answer(answer.response_id, answer)

    def _answer(self, name: str, value: object) -> None:
        answer = self._answers.get(name)
        if answer and not answer.done():
            answer.set_result(value)

    def _instead(self) -> str:
        """Say what the page tells the visitor, where something is missing."""
        said = [one.proto.body for one in self.all("alert")]
        return f", but: {' / '.join(said)}" if said else ""


_TAKEN: dict[str | None, Callable[[Tab, ForwardMsg], None]] = {
    "new_session": Tab._begin,
    "delta": Tab._take_delta,
    "ref_hash": Tab._recall,
    "page_info_changed": Tab._take_address,
    "script_finished": Tab._finish,
    "file_urls_response": Tab._take_urls,
}


def _options(group: ButtonGroup) -> list[str]:
    return [" ".join(filter(None, (one.content_icon, one.content))) for one in group.options]


def _default(group: ButtonGroup) -> list[str]:
    options = _options(group)
    return [options[index] for index in group.default]


def _of_options(widget_id: str, chosen: list[str]) -> WidgetState:
    state = WidgetState(id=widget_id)
    state.string_array_value.data.extend(chosen)
    state.string_array_value.SetInParent()
    return state
