"""ReccoBeats, iTunes and the place where preview audio lies."""

import re
from collections.abc import Callable

from immich_memories_music import tracks_dir

from tests.contract.catalogue import Song, by_identifier, song
from tests.contract.server import Call, FakeWeb, Reply, as_json


def reccobeats(call: Call) -> Reply:
    """``/v1/audio-features`` as documented: backwards, without the unknown."""
    if call.path != "/reccobeats/v1/audio-features":
        return as_json({"status": 404, "error": "Not Found"}, 404)
    names = call.query.get("ids", "").split(",")
    if not 1 <= len(names) <= 40:
        return as_json({"status": 400, "error": "ids: size must be between 1 and 40"}, 400)
    found = [by_identifier().get(name) for name in reversed(names)]
    known = [one for one in found if one and one.known_to_reccobeats]
    return as_json({"content": [reccobeats_entry(one) for one in known]})


def reccobeats_entry(one: Song) -> dict[str, object]:
    return {
        "id": f"00000000-0000-4000-8000-{one.number:012d}",
        "href": f"https://open.spotify.com/track/{one.spotify_id}",
        "isrc": one.isrc,
        "key": 5,
        "mode": 1,
        **one.features,
    }


def itunes(web: FakeWeb) -> Callable[[Call], Reply]:
    """``/search``: finds songs by the number at the end of the term, and wrong ones before."""

    def answer(call: Call) -> Reply:
        number = re.search(r"(\d+)\s*$", call.query.get("term", ""))
        if call.path != "/itunes/search" or not number:
            return as_json({"resultCount": 0, "results": []})
        right = itunes_entry(web, song(int(number[1])))
        wrong = right | {"artistName": "Karaoke Stars", "previewUrl": f"{web.url}/wrong"}
        results = [wrong, {"wrapperType": "audiobook"}, right][: int(call.query["limit"])]
        content = {"resultCount": len(results), "results": results}
        return as_json(content, **{"Content-Type": "text/javascript; charset=utf-8"})

    return answer


def itunes_entry(web: FakeWeb, one: Song) -> dict[str, object]:
    return {
        "wrapperType": "track",
        "kind": "song",
        "artistName": one.artist,
        "trackName": one.title,
        "collectionName": one.album,
        "trackTimeMillis": one.duration_s * 1000 + 400,
        "previewUrl": f"{web.url}/audio/itunes-{one.number}.m4a",
        "artworkUrl100": f"https://is1-ssl.mzstatic.com/image/thumb/{one.number}/100x100bb.jpg",
        "trackViewUrl": f"https://music.apple.com/us/album/x/1?i={one.number}",
    }


def audio(web: FakeWeb) -> Callable[[Call], Reply]:
    """Real music for every address; 403 for those that have expired."""
    file = min(tracks_dir().glob("*/*.opus"), key=lambda path: path.stat().st_size)
    music = file.read_bytes()

    def answer(call: Call) -> Reply:
        if float(call.query.get("exp", "inf")) < web.now_s():
            return Reply(403, b"expired")
        headers = {"Content-Type": "audio/ogg", "Accept-Ranges": "bytes"}
        headers["Access-Control-Allow-Origin"] = "*"
        part = re.fullmatch(r"bytes=(\d+)-(\d*)", call.headers.get("range", ""))
        if not part:
            return Reply(200, music, headers)
        start, end = int(part[1]), min(int(part[2] or len(music) - 1), len(music) - 1)
        if start > end:
            return Reply(416, b"", {"Content-Range": f"bytes */{len(music)}"})
        headers["Content-Range"] = f"bytes {start}-{end}/{len(music)}"
        return Reply(206, music[start : end + 1], headers)

    return answer
