"""Spotify's Web API as new apps see it since February 2026, or, if `legacy`, as old apps do."""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.contract import faults
from tests.contract import spotify_objects as objects
from tests.contract.catalogue import Song, by_identifier, songs
from tests.contract.server import Call, FakeWeb, Reply, as_json
from tests.contract.spotify_accounts import Grant, SpotifyAccounts
from tests.contract.spotify_objects import Json, spotify_id

OWN = spotify_id("own")
TOGETHER = spotify_id("together")
FOREIGN = spotify_id("foreign")


@dataclass
class FakePlaylist:
    """`items` are what a test wants them to be; None stands for `count` songs."""

    name: str
    owner: str
    count: int = 0
    readers: tuple[str, ...] = ()
    items: list[Any] | None = None
    added: list[str] = field(default_factory=list)

    def slice(self, start: int, stop: int, legacy: bool, preview: Callable) -> list[Any]:
        if self.items is not None:
            chosen = self.items[start:stop]
        else:
            numbers = songs(max(0, min(stop, self.count) - start), start)
            chosen = [objects.track(one, preview(one)) for one in numbers]
        return [objects.entry(item, legacy=legacy) for item in chosen]

    @property
    def total(self) -> int:
        return self.count if self.items is None else len(self.items)


class Spotify:
    """The API.

    Attributes
    ----------
    legacy : bool
        Whether this app has kept its extended access.
    playlists : dict of str to FakePlaylist
        Those of everybody, by id.
    liked : int
        The visitor's number of liked songs.
    """

    def __init__(self, web: FakeWeb, accounts: SpotifyAccounts) -> None:
        self.legacy = False
        self.liked = 60
        self.playlists = {
            OWN: FakePlaylist("My songs", "visitor", count=120),
            TOGETHER: FakePlaylist("Ours", "stranger", count=5, readers=("visitor",)),
            FOREIGN: FakePlaylist("Theirs", "stranger", count=5),
        }
        self._url = f"{web.url}/spotify-api/v1"
        self._web = web
        self._accounts = accounts

    def __call__(self, call: Call) -> Reply:
        path = call.path.removeprefix("/spotify-api/v1").rstrip("/")
        token = call.headers.get("authorization", "").removeprefix("Bearer ")
        grant = self._accounts.tokens.get(token)
        if grant is None or grant.until_s < self._web.now_s():
            return faults.unauthorized("Invalid access token" if not grant else "expired")
        routes: dict[tuple[str, str], Callable[..., Reply]] = {
            ("GET", r"/me"): self._me,
            ("GET", r"/me/playlists"): self._my_playlists,
            ("POST", r"/me/playlists"): self._create,
            ("GET", r"/me/tracks"): self._liked,
            ("GET", r"/playlists/(\w+)"): self._playlist,
            ("GET", r"/playlists/(\w+)/(items|tracks)"): self._items,
            ("POST", r"/playlists/(\w+)/(items)"): self._add,
            ("GET", r"/tracks/(\w+)"): self._track,
            ("GET", r"/albums/(\w+)"): self._album,
            ("GET", r"/search"): self._search,
            ("GET", r"/audio-features"): self._features,
        }
        for (method, pattern), answer in routes.items():
            if method == call.method and (match := re.fullmatch(pattern, path)):
                return answer(call, grant, *match.groups())
        return faults.NOT_FOUND

    def preview(self, one: Song) -> str | None:
        return f"{self._web.url}/audio/spotify-{one.number}.mp3" if self.legacy else None

    def _me(self, call: Call, grant: Grant) -> Reply:
        if not grant.user:
            return faults.unauthorized("Valid user authentication required")
        return as_json(objects.user(grant.user) | {"display_name": grant.user.title()})

    def _my_playlists(self, call: Call, grant: Grant) -> Reply:
        if "playlist-read-private" not in grant.scope:
            return faults.forbidden("Insufficient client scope")
        headers = [self._header(key, one) for key, one in self.playlists.items()]
        content = {"items": {"href": "https://api.spotify.com/v1/x", "total": 1}, "description": ""}
        lean = [one | content for one in headers]
        return self._page(call, "/me/playlists", len(lean), lambda start, stop: lean[start:stop])

    def _create(self, call: Call, grant: Grant) -> Reply:
        if "playlist-modify-private" not in grant.scope:
            return faults.forbidden("Insufficient client scope")
        asked = json.loads(call.body)
        identifier = spotify_id(f"made{len(self.playlists)}")
        self.playlists[identifier] = FakePlaylist(asked["name"], str(grant.user), items=[])
        return as_json(self._header(identifier, self.playlists[identifier]), 201)

    def _add(self, call: Call, grant: Grant, identifier: str, _: str) -> Reply:
        one = self.playlists[identifier]
        uris = json.loads(call.body)
        uris = uris["uris"] if isinstance(uris, dict) else uris
        if one.owner != grant.user or len(uris) > 100:
            return faults.forbidden()
        one.added += uris
        return as_json({"snapshot_id": "c25hcHNob3Q="}, 201)

    def _liked(self, call: Call, grant: Grant) -> Reply:
        if "user-library-read" not in grant.scope:
            return faults.forbidden("Insufficient client scope")

        def slice_(start: int, stop: int) -> list[Json]:
            chosen = songs(min(stop, self.liked) - start, start)
            tracks = [objects.track(one, self.preview(one)) for one in chosen]
            return [{"added_at": "2024-05-06T07:08:09Z", "track": one} for one in tracks]

        return self._page(call, "/me/tracks", self.liked, slice_)

    def _playlist(self, call: Call, grant: Grant, identifier: str) -> Reply:
        one = self.playlists.get(identifier)
        if one is None:
            return faults.NOT_FOUND
        header = self._header(identifier, one)
        if self._may_read(one, grant):
            name = "tracks" if self.legacy else "items"
            first = self._items(call, grant, identifier, name)
            header[name] = json.loads(first.body)
        return as_json(header)

    def _items(self, call: Call, grant: Grant, identifier: str, name: str) -> Reply:
        one = self.playlists.get(identifier)
        if one is None:
            return faults.NOT_FOUND
        if not self._may_read(one, grant) or (name == "tracks" and not self.legacy):
            return faults.forbidden()

        def slice_(start: int, stop: int) -> list[Any]:
            return one.slice(start, stop, self.legacy, self.preview)

        return self._page(call, f"/playlists/{identifier}/{name}", one.total, slice_)

    def _track(self, call: Call, grant: Grant, identifier: str) -> Reply:
        one = by_identifier().get(identifier)
        return as_json(objects.track(one, self.preview(one))) if one else faults.NOT_FOUND

    def _album(self, call: Call, grant: Grant, identifier: str) -> Reply:
        match = re.fullmatch(r"album(\d+)x0*", identifier)
        if not match:
            return faults.NOT_FOUND
        chosen = songs(10, 10 * int(match[1]))
        header = objects.album_header(chosen[0]) | objects.album_details()
        page = self._page(call, "/x", 10, lambda *_: [objects.simple_track(s) for s in chosen])
        return as_json(header | {"tracks": json.loads(page.body)})

    def _search(self, call: Call, grant: Grant) -> Reply:
        limit = int(call.query.get("limit", 5))
        if limit > 10 and not self.legacy:
            return as_json({"error": {"status": 400, "message": "Invalid limit"}}, 400)
        isrc = re.fullmatch(r"isrc:(\w+)", call.query["q"])
        words = set(call.query["q"].casefold().split())

        def fits(one: Song, text: str) -> bool:
            return one.isrc == isrc[1] if isrc else words <= set(text.casefold().split())

        kind = call.query.get("type", "track")
        if kind == "album":
            heads = songs(100)[::10]
            found = [objects.album_header(one) for one in heads if fits(one, one.album)]
        else:
            hits = [one for one in songs(100) if fits(one, one.title)]
            found = [objects.track(one, self.preview(one)) for one in hits]
        page = self._page(call, "/search", len(found), lambda start, stop: found[start:stop])
        return as_json({f"{kind}s": json.loads(page.body)})

    def _features(self, call: Call, grant: Grant) -> Reply:
        if not self.legacy:
            return faults.forbidden()
        ids = call.query["ids"].split(",")
        if len(ids) > 100:
            return as_json({"error": {"status": 400, "message": "Too many ids"}}, 400)
        known = [by_identifier().get(identifier) for identifier in ids]
        return as_json({"audio_features": [one and objects.features(one) for one in known]})

    def _may_read(self, one: FakePlaylist, grant: Grant) -> bool:
        return self.legacy or grant.user == one.owner or grant.user in one.readers

    def _header(self, identifier: str, one: FakePlaylist) -> Json:
        return objects.playlist(identifier, one.name, one.owner, collaborative=bool(one.readers))

    def _page(self, call: Call, path: str, total: int, slice_: Callable) -> Reply:
        limit, offset = int(call.query.get("limit", 50)), int(call.query.get("offset", 0))
        if not 1 <= limit <= (100 if self.legacy else 50):
            return as_json({"error": {"status": 400, "message": "Invalid limit"}}, 400)
        after = offset + limit
        link = f"{self._url}{path}?limit={limit}&offset="
        return as_json(
            {
                "href": f"{link}{offset}",
                "items": slice_(offset, after),
                "limit": limit,
                "next": f"{link}{after}" if after < total else None,
                "offset": offset,
                "previous": f"{link}{max(0, offset - limit)}" if offset else None,
                "total": total,
            }
        )
