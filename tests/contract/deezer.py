"""Deezer's public API as documented on developers.deezer.com."""

import re
from typing import Any

from tests.contract.catalogue import Song, song, songs
from tests.contract.faults import deezer_error
from tests.contract.server import Call, FakeWeb, Reply, as_json

PREVIEW_LIFE_S = 840
MAX_TRACKS = 20_000


def deezer_cover(one: Song) -> str:
    return f"https://cdn-images.dzcdn.net/images/cover/{one.number:032x}/250x250-000000-80-0-0.jpg"


class Deezer:
    """A playlist's id is its number of tracks, unless it stands in `playlists`.

    Attributes
    ----------
    playlists : dict of str to list
        Id -> entries, whatever a test wants them to be.
    isrc_in_lists : bool
        Whether entries of lists name the ISRC.
    """

    def __init__(self, web: FakeWeb) -> None:
        self.playlists: dict[str, list[Any]] = {}
        self.isrc_in_lists = False
        self._web = web
        self._url = f"{web.url}/deezer"

    def __call__(self, call: Call) -> Reply:
        path = call.path.removeprefix("/deezer")
        if match := re.fullmatch(r"/(playlist|album)/(\d+)(/tracks)?", path):
            return self._list(path, match, call.query)
        if match := re.fullmatch(r"/track/(?:3(\d{6})|isrc:[A-Z0-9]{5}(\d{7}))", path):
            return self._track(int(match[1] or match[2]))
        if path == "/search":
            return as_json(self._search(call.query.get("q", "")))
        return deezer_error(600, "Unknown path components")

    def _list(self, path: str, match: re.Match[str], query: dict[str, str]) -> Reply:
        own = self.playlists.get(match[2])
        total = int(match[2]) if own is None else len(own)
        if total > MAX_TRACKS:
            return deezer_error(800, "no data")
        index = int(query.get("index", 0))
        end = min(index + int(query.get("limit", 25)), total)
        if not match[3]:
            return as_json(self._header(match[1], match[2], total))
        invented = [] if own else [self.entry(one) for one in songs(end - index, index)]
        page: dict[str, Any] = {"data": own[index:end] if own else invented, "total": total}
        if end < total:
            page["next"] = f"{self._url}{path}?limit={end - index}&index={end}"
        return as_json(page)

    def entry(self, one: Song) -> dict[str, Any]:
        """A track as lists hold it."""
        full = self.full(one)
        return full if self.isrc_in_lists else {k: v for k, v in full.items() if k != "isrc"}

    def full(self, one: Song) -> dict[str, Any]:
        """A track as asked for alone."""
        return {
            "id": one.deezer_id,
            "readable": True,
            "title": one.title,
            "title_short": one.title,
            "isrc": one.isrc,
            "link": f"https://www.deezer.com/track/{one.deezer_id}",
            "duration": one.duration_s,
            "rank": 500_000,
            "explicit_lyrics": False,
            "bpm": 0,
            "gain": -8.1,
            "preview": self.preview(one),
            "artist": {"id": 7, "name": one.artist, "type": "artist"},
            "album": {
                "id": 8,
                "title": one.album,
                "cover_medium": deezer_cover(one),
                "type": "album",
            },
            "type": "track",
        }

    def preview(self, one: Song) -> str:
        """An address that expires."""
        until = int(self._web.now_s()) + PREVIEW_LIFE_S
        return f"{self._web.url}/audio/deezer-{one.number}.mp3?exp={until}"

    def _track(self, number: int) -> Reply:
        if not 0 <= number < MAX_TRACKS:
            return deezer_error(800, "no data")
        return as_json(self.full(song(number)))

    def _header(self, kind: str, identifier: str, total: int) -> dict[str, Any]:
        return {
            "id": int(identifier),
            "title": f"Fake {kind} {identifier}",
            "nb_tracks": total,
            "public": True,
            "link": f"https://www.deezer.com/{kind}/{identifier}",
            "type": kind,
        }

    def _search(self, question: str) -> dict[str, Any]:
        wanted = dict(re.findall(r'(artist|track):"([^"]*)"', question))
        title, artist = wanted.get("track", ""), wanted.get("artist", "")
        number = re.search(r"(\d+)\s*$", title)
        if not number:
            return {"data": [], "total": 0}
        right = self.full(song(int(number[1])))
        if right["artist"]["name"] != artist or right["title"] != title:
            return {"data": [], "total": 0}
        wrong = right | {"id": 1, "title": f"{title} (Live)", "preview": f"{self._web.url}/wrong"}
        longer = right | {"id": 2, "duration": right["duration"] + 4, "preview": wrong["preview"]}
        return {"data": [wrong, longer, None, right], "total": 4}
