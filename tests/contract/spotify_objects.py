"""The JSON objects of Spotify's Web API, as its OpenAPI description has them."""

from typing import Any

from tests.contract.catalogue import Song

Json = dict[str, Any]


def spotify_id(name: str) -> str:
    """An id of 22 letters and digits that can be read."""
    assert name.isalnum() and len(name) <= 22
    return name.ljust(22, "0")


def _base(kind: str, identifier: str, name: str) -> Json:
    return {
        "id": identifier,
        "name": name,
        "type": kind,
        "href": f"https://api.spotify.com/v1/{kind}s/{identifier}",
        "uri": f"spotify:{kind}:{identifier}",
        "external_urls": {"spotify": f"https://open.spotify.com/{kind}/{identifier}"},
    }


def artist(one: Song) -> Json:
    return _base("artist", spotify_id(f"artist{one.number % 6}"), one.artist)


def image(one: Song, size: int) -> Json:
    url = f"https://i.scdn.co/image/{size:08x}{one.number:032x}"
    return {"url": url, "height": size, "width": size}


def album_header(one: Song) -> Json:
    return _base("album", spotify_id(f"album{one.number // 10}x"), one.album) | {
        "album_type": "album",
        "total_tracks": 10,
        "images": [image(one, size) for size in (640, 300, 64)],
        "release_date": "2020-02-02",
        "release_date_precision": "day",
        "artists": [artist(one)],
    }


def album_details() -> Json:
    """What an album that is asked for alone has besides."""
    return {"copyrights": [], "external_ids": {}, "genres": [], "label": "None", "popularity": 0}


def simple_track(one: Song) -> Json:
    """As albums list it."""
    return _base("track", one.spotify_id, one.title) | {
        "artists": [artist(one)],
        "duration_ms": one.duration_s * 1000,
        "explicit": False,
        "is_local": False,
        "disc_number": 1,
        "track_number": one.number % 10 + 1,
    }


def track(one: Song, preview_url: str | None) -> Json:
    """In full; new apps get no preview."""
    return simple_track(one) | {
        "album": album_header(one),
        "external_ids": {"isrc": one.isrc},
        "preview_url": preview_url,
    }


def local_track() -> Json:
    """A file on the computer of a playlist's owner: no id."""
    return {
        "id": None,
        "name": "Demo tape",
        "type": "track",
        "uri": "spotify:local:Me::Demo+tape:123",
        "is_local": True,
        "artists": [{"name": "Me", "type": "artist", "id": None}],
        "album": {"name": "", "type": "album", "id": None},
        "duration_ms": 123_000,
    }


def episode() -> Json:
    spoken: Json = {
        "explicit": False,
        "description": "About music",
        "html_description": "<p>About music</p>",
        "images": [],
        "is_externally_hosted": False,
        "languages": ["en"],
    }
    show = {"copyrights": [], "media_type": "audio", "total_episodes": 1}
    return (
        _base("episode", spotify_id("episode1"), "A talk")
        | spoken
        | {
            "duration_ms": 1_800_000,
            "audio_preview_url": None,
            "is_playable": True,
            "release_date": "2020-02-02",
            "release_date_precision": "day",
            "show": _base("show", spotify_id("show1"), "Talks") | spoken | show,
        }
    )


def entry(item: Json | None, *, legacy: bool) -> Json:
    """An entry of a playlist; `track` is the old name of `item`."""
    found = {
        "added_at": "2024-05-06T07:08:09Z",
        "added_by": user("visitor", "user"),
        "is_local": bool(item and item.get("is_local")),
        "track": item,
    }
    return found if legacy else {**found, "item": item}


def user(identifier: str, kind: str = "user") -> Json:
    return {
        "id": identifier,
        "type": kind,
        "href": f"https://api.spotify.com/v1/users/{identifier}",
        "uri": f"spotify:user:{identifier}",
        "external_urls": {"spotify": f"https://open.spotify.com/user/{identifier}"},
    }


def playlist(identifier: str, name: str, owner: str, *, collaborative: bool) -> Json:
    return _base("playlist", identifier, name) | {
        "collaborative": collaborative,
        "description": None,
        "images": [],
        "owner": user(owner) | {"display_name": owner.title()},
        "public": True,
        "snapshot_id": "c25hcHNob3Q=",
    }


def features(one: Song) -> Json:
    return {
        "id": one.spotify_id,
        "uri": f"spotify:track:{one.spotify_id}",
        "track_href": f"https://api.spotify.com/v1/tracks/{one.spotify_id}",
        "analysis_url": f"https://api.spotify.com/v1/audio-analysis/{one.spotify_id}",
        "type": "audio_features",
        "duration_ms": one.duration_s * 1000,
        "key": 5,
        "mode": 1,
        "time_signature": 4,
        **one.features,
    }
