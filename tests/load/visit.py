"""One visit: what a visitor does from opening the page to leaving it."""

import asyncio
import json
import re
import time
from dataclasses import dataclass

from websockets.exceptions import WebSocketException

from tests.load.tab import PageError, Tab
from tests.load.web import Web, WebError

_NAMED = re.compile(r'(?:src|href)="\./((?:static|icon)[^"]+)"')
_FOR_AUDIO = {"Range": "bytes=0-"}  # as <audio> asks


@dataclass(frozen=True, slots=True)
class Visited:
    """What became of a visit.

    Attributes
    ----------
    error : str
        Why it failed; empty if it did not.
    tracks_s : float
        From giving the photo to the uploader until the tracks stood there, in seconds.
    whole_s : float
        From coming to leaving.
    rows : int
        Tracks that were listed when the visitor left.
    """

    error: str = ""
    tracks_s: float = 0.0
    whole_s: float = 0.0
    rows: int = 0


async def visit(web: Web, photo: bytes) -> Visited:
    """Open the page, agree, upload a photo, get tracks, play one, ask for more, and leave.

    Without a pause between: a visitor who does all this in a second or two counts for several who
    listen to what they found.
    """
    began = time.perf_counter()
    try:
        async with Tab(web) as tab:
            await _open(tab)
            await tab.choose("first_way", "Photo")
            await tab.press("agree")
            given = time.perf_counter()
            await tab.upload("photo-0", "face.jpg", "image/jpeg", photo)
            listed = tab.find("bidi_component", "tracks")
            first = _rows(tab)
            if not first:
                raise PageError("a list without tracks")
            await _look_at_pictures(tab)
            await _play(tab, first[0])
            await tab.press("more_tracks")
            more = _rows(tab)
            if more[: len(first)] != first or len(more) <= len(first):
                raise PageError("more tracks were asked for, and did not come")
    except (PageError, WebError, WebSocketException, OSError) as error:
        told = str(error) if isinstance(error, PageError | WebError) else type(error).__name__
        return Visited(error=told)
    whole_s = time.perf_counter() - began
    return Visited(tracks_s=listed.at - given, whole_s=whole_s, rows=len(more))


async def _open(tab: Tab) -> None:
    """Fetch what the page is made of, as a browser does that was never here, and connect."""
    index = (await tab.client.get("/", {"Accept-Encoding": "identity"})).decode()
    named = ["_stcore/host-config", "_stcore/health", *_NAMED.findall(index)]
    await asyncio.gather(*map(tab.client.get, dict.fromkeys(named)))
    await tab.open()


async def _look_at_pictures(tab: Tab) -> None:
    for element in tab.all("imgs"):
        for image in element.proto.imgs:  # some come with the page, as data URLs
            if not (image.url.startswith("data:") or await tab.client.get(image.url)):
                raise PageError("a picture without content")


async def _play(tab: Tab, uri: str) -> None:
    """Press play, as player.js tells it, and fetch the sound, as <audio> does."""
    play = {"number": 1, "kind": "play", "uri": uri}
    started = {"number": 2, "kind": "started", "uri": uri}
    await tab.trigger("player", "events", json.dumps([play, started]))
    player = _data(tab, "player")
    if player["acked"] != started["number"] or player["now"]["uri"] != uri:
        raise PageError(f"the player does not play: {player['note'] or player['now']}")
    slots = [slot for slot in player["slots"] if slot and slot["uri"] == uri]
    sounds = [one for one in tab.all("audio") if slots and one.proto.alt == slots[0]["name"]]
    if not sounds or not await tab.client.get(sounds[0].proto.url, _FOR_AUDIO):
        raise PageError("the player has no sound")


def _rows(tab: Tab) -> list[str]:
    return [row["uri"] for row in _data(tab, "tracks")["rows"]]


def _data(tab: Tab, key: str) -> dict[str, object]:
    (data,) = json.loads(tab.find("bidi_component", key).proto.json)
    return data
