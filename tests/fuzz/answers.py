"""What services may answer, through the whole of `web/` and `clients/` but the wire."""

from collections.abc import Callable
from functools import cache
from random import Random
from typing import Any

from music_mood.clients import deezer, itunes
from music_mood.clients.deezer import DeezerApi
from music_mood.clients.itunes import ItunesApi
from music_mood.clients.reccobeats import ReccoBeatsApi
from music_mood.clients.spotify import api as spotify
from music_mood.clients.spotify.api import SpotifyApi
from music_mood.errors import ProviderError
from music_mood.reference import Kind
from music_mood.values import Track
from music_mood.web.paging import Page
from music_mood.web.service import Service
from music_mood.web.transport import Answer
from tests.contract import spotify_objects as objects
from tests.contract.catalogue import song, songs
from tests.contract.others import reccobeats_entry
from tests.fake_time import FakeTime
from tests.fuzz.mutate import as_answer, broken_bytes, broken_json
from tests.fuzz.target import Target, check

STATUS = (*[200] * 30, 201, 204, 301, 400, 401, 403, 404, 410, 418, 429, 500, 502, 503)


class Visitor:
    """An account whose token is as good as any."""

    is_visitor = True

    def token(self) -> str:
        return "token"

    def forget(self) -> None:
        pass


@cache
def _seeds() -> dict[str, list[Any]]:
    one = song(1)
    deezers = {
        "id": one.deezer_id,
        "title": one.title,
        "isrc": one.isrc,
        "link": f"https://www.deezer.com/track/{one.deezer_id}",
        "duration": one.duration_s,
        "preview": "https://cdn-preview.dzcdn.net/1.mp3",
        "artist": {"id": 7, "name": one.artist},
        "album": {"title": one.album, "cover_medium": "https://cdn-images.dzcdn.net/1.jpg"},
    }
    listed = {"data": [deezers, deezers | {"id": 2}], "total": 2, "next": "http://deezer/x"}
    track = objects.track(one, None)
    page = {"items": [objects.entry(track, legacy=False)], "total": 1, "next": None}
    playlist = objects.playlist("p", "Mine", "visitor", collaborative=False)
    itunes_song = {
        "kind": "song",
        "artistName": one.artist,
        "trackName": one.title,
        "collectionName": one.album,
        "trackTimeMillis": 1000,
        "previewUrl": "https://audio.example/1.m4a",
        "artworkUrl100": "https://is1-ssl.mzstatic.com/1.jpg",
        "trackViewUrl": "https://music.apple.com/1",
    }
    return {
        "deezer": [deezers, listed, {"title": "List", "nb_tracks": 2, "tracks": listed}]
        + [{"error": {"code": code, "message": "Quota", "type": "x"}} for code in (4, 800)],
        "itunes": [{"resultCount": 1, "results": [itunes_song] * 2}],
        "reccobeats": [{"content": [reccobeats_entry(one) for one in songs(3)]}],
        "spotify": [
            track,
            playlist | {"items": page, "tracks": page},
            objects.album_header(one) | {"tracks": {"items": [objects.simple_track(one)]}},
            {"tracks": {"items": [track]}, "albums": {"items": [objects.album_header(one)]}},
            {"items": [playlist, playlist], "total": 2, "next": None},
            objects.user("visitor"),
            {"audio_features": [objects.features(one)]},
            {"error": {"status": 401, "message": "The access token expired"}},
        ],
    }


def _calls(service: Service) -> dict[str, list[Callable[[], object]]]:
    ids, api = [one.spotify_id for one in songs(3)], SpotifyApi(service, Visitor())
    dee, ask = DeezerApi(service), Track("T", "A", isrc=song(1).isrc)
    return {
        "deezer": [
            lambda: dee.track("1").as_track(),
            lambda: [one.as_track() for one in dee.search("Artist", "Title")],
            lambda: dee.recording_of(ask, is_usable=lambda _: True),
            lambda: dee.title(Kind.PLAYLIST, "1"),
            lambda: dee.tracks(Kind.PLAYLIST, "1"),
            lambda: dee.next_page("http://deezer/next"),
        ],
        "itunes": [lambda: [one.as_track() for one in ItunesApi(service).search("words")]],
        "reccobeats": [lambda: ReccoBeatsApi(service).audio_features(ids)],
        "spotify": [
            lambda: api.playlist("p")[1],
            lambda: api.album("a")[1],
            lambda: api.track("t"),
            lambda: api.search_tracks("words"),
            lambda: api.search_albums("words"),
            lambda: api.find_isrc("DEABC2600001"),
            api.liked_songs,
            api.user_name,
            api.own_playlists,
            lambda: api.create_playlist("Mine"),
            lambda: api.audio_features(ids),
        ],
    }


MAKERS = {
    "deezer": {"wait_asked": None, "inspect": deezer.inspect},
    "itunes": {"wait_asked": itunes.wait_asked_s, "inspect": None},
    "reccobeats": {"wait_asked": None, "inspect": None},
    "spotify": {"wait_asked": spotify.wait_asked_s, "inspect": None},
}


class Wire:
    """In the place of a `Transport`: gives the answers in turn."""

    def __init__(self, service: Service, answers: list[Answer]) -> None:
        self.prepare = service._transport.prepare
        self._answers = answers

    def send(self, request: object, deadline: float, first_bytes: int | None = None) -> Answer:
        return self._answers.pop() if len(self._answers) > 1 else self._answers[0]

    def close(self) -> None:
        pass


def _make(random: Random) -> tuple[str, int, list[Answer]]:
    name = random.choice(list(MAKERS))
    answers = []
    for _ in range(random.randint(1, 4)):
        body = as_answer(random, broken_json(random, _seeds()[name]))
        if random.random() < 0.05:
            body = broken_bytes(random, [b"<html>Bad gateway</html>", b"", body])
        headers = {"Retry-After": random.choice(("1", "-5", "soon", "9" * 30, "1e9", "nan"))}
        kind = {"Content-Type": random.choice(("application/json", "text/html", "\ud83d"))}
        answers.append(
            Answer(random.choice(STATUS), kind | (headers if random.random() < 0.3 else {}), body)
        )
    return name, random.randrange(100), answers


def _take(given: tuple[str, int, list[Answer]]) -> None:
    name, number, answers = given
    time, options = FakeTime(), MAKERS[name]
    asked = {"wait_asked": options["wait_asked"]} if options["wait_asked"] else {}
    with Service(
        name.title(),
        f"http://{name}",
        inspect=options["inspect"],
        clock=time.clock,
        sleep=time.sleep,
        **asked,
    ) as service:
        service._transport.close()
        service._transport = Wire(service, answers)
        calls = _calls(service)[name]
        found = calls[number % len(calls)]()
        check(sum(time.slept_s) <= 21, f"slept {sum(time.slept_s)} s")
        if isinstance(found, Page):
            read = deezer.read_track if name == "deezer" else None
            if read:
                found = [one.as_track() for one in map(read, found.entries) if one]
        for track in found if isinstance(found, list) else [found]:
            if isinstance(track, Track):
                f"{track.title}{track.artist}{track.album}{track.link}{track.uri}".encode()


TARGET = Target("answers", _make, _take, (ProviderError,), share=0.15)
