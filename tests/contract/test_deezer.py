"""Reading Deezer's playlists."""

import pytest

from music_mood.clients.deezer import DeezerApi, inspect
from music_mood.errors import (
    BadAnswerError,
    PlaylistError,
    ProviderError,
    RateLimitedError,
    UnavailableError,
)
from music_mood.reading import watch
from music_mood.reference import Host, Kind, Reference
from music_mood.services import Services
from music_mood.sources.deezer import read_deezer
from music_mood.values import Skipped
from music_mood.web.paging import PagesRead
from tests.contract import faults
from tests.contract.catalogue import song, songs
from tests.contract.server import FakeWeb, as_json
from tests.contract.steps import result_of
from tests.contract.world import World


@pytest.fixture
def api(make_service) -> DeezerApi:
    return DeezerApi(make_service("/deezer", inspect=inspect))


def playlist(identifier: str) -> Reference:
    return Reference(Host.DEEZER, Kind.PLAYLIST, identifier)


def test_a_pasted_link_becomes_a_playlist(services: Services) -> None:
    found = result_of(services.read("https://www.deezer.com/fr/playlist/12?utm_source=x"))
    assert (found.title, found.source) == ("Fake playlist 12", "Deezer")
    assert found.link == "https://www.deezer.com/playlist/12"
    assert len(found.tracks) == 12
    first = found.tracks[0]
    assert (first.title, first.artist, first.album) == (
        song(0).title,
        song(0).artist,
        song(0).album,
    )
    assert first.duration_ms == song(0).duration_s * 1000
    assert (first.deezer_id, first.isrc) == (str(song(0).deezer_id), None)
    assert first.link == f"https://www.deezer.com/track/{song(0).deezer_id}"
    assert first.features is None
    assert first.preview_url is None, "it would expire before it is played"
    assert found.skipped == found.notes == ()


def test_pages_are_followed_to_the_end_with_progress(api: DeezerApi, web: FakeWeb) -> None:
    told = []
    found = watch(read_deezer(api, playlist("250")), told.append)
    assert [track.title for track in found.tracks] == [one.title for one in songs(250)]
    assert told == [PagesRead(100, 250), PagesRead(200, 250), PagesRead(250, 250)]
    assert len(web.calls) == 1 + 3


def test_ten_thousand_tracks_are_the_most(api: DeezerApi) -> None:
    found = result_of(read_deezer(api, playlist("10150")))
    assert len(found.tracks) == 10_000
    assert found.notes == ("Only the first 10000 entries were read.",)


@pytest.mark.parametrize(("kind", "count"), [(Kind.ALBUM, 7), (Kind.TRACK, 1)])
def test_albums_and_tracks_are_playlists_too(api: DeezerApi, kind: Kind, count: int) -> None:
    identifier = "7" if kind is Kind.ALBUM else str(song(7).deezer_id)
    found = result_of(read_deezer(api, Reference(Host.DEEZER, kind, identifier)))
    assert len(found.tracks) == count
    assert found.tracks[-1].title in (song(6).title, song(7).title)


def test_what_is_no_track_is_left_out_and_counted(api: DeezerApi, world: World) -> None:
    good = world.deezer.entry(song(1))
    world.deezer.playlists["5"] = [
        None,
        good,
        "nonsense",
        {"id": 3, "title": None},
        {**world.deezer.entry(song(2)), "readable": False},
        {**world.deezer.entry(song(3)), "duration": "a while"},
        {**world.deezer.entry(song(4)), "artist": None},
        {**world.deezer.entry(song(5)), "isrc": "", "preview": "", "album": {}},
        good,
    ]
    found = result_of(read_deezer(api, playlist("5")))
    assert [track.title for track in found.tracks] == [song(1).title, song(5).title]
    assert found.skipped == (
        *[Skipped("?", "is no track")] * 3,
        Skipped(song(2).title, "is not available on Deezer here"),
        *[Skipped("?", "is no track")] * 2,
        Skipped(song(1).title, "is listed twice"),
    )


@pytest.mark.parametrize("code", [200, 300, 800])
def test_a_private_or_missing_playlist_is_told(api: DeezerApi, web: FakeWeb, code: int) -> None:
    web.misbehave("/deezer", faults.deezer_error(code))
    with pytest.raises(PlaylistError, match="private or deleted"):
        result_of(read_deezer(api, playlist("5")))


def test_an_empty_playlist_is_told(api: DeezerApi) -> None:
    with pytest.raises(PlaylistError, match="holds no track"):
        result_of(read_deezer(api, playlist("0")))


def test_a_quota_in_passing_is_waited_for(api: DeezerApi, web: FakeWeb, fake_time) -> None:
    web.misbehave("/deezer", faults.deezer_error(4, "Quota limit exceeded"))
    assert result_of(read_deezer(api, playlist("5"))).tracks
    assert fake_time.slept_s == [5]


@pytest.mark.parametrize(
    ("reply", "kind"),
    [
        (faults.deezer_error(4), RateLimitedError),
        (faults.deezer_error(700), UnavailableError),
        (faults.deezer_error(600), BadAnswerError),
        (as_json({"error": "a word"}), BadAnswerError),
        (as_json({"error": {"code": "x"}}), BadAnswerError),
        (faults.HTML, BadAnswerError),
        (as_json({"title": ["wrong"]}), BadAnswerError),
    ],
)
def test_what_deezer_answers_instead_is_told(
    api: DeezerApi, web: FakeWeb, reply, kind: type[ProviderError]
) -> None:
    web.misbehave("/deezer", reply, always=True)
    with pytest.raises(kind, match="Deezer"):
        result_of(read_deezer(api, playlist("5")))


@pytest.mark.parametrize("reply", [faults.HALF_JSON, faults.NOT_FOUND, as_json({"data": 5})])
def test_a_later_page_that_fails_costs_only_what_it_held(
    api: DeezerApi, web: FakeWeb, reply
) -> None:
    # header and first page come through
    first = web.services["deezer"]
    calls = []

    def answer(call):
        calls.append(call)
        return first(call) if len(calls) <= 2 else reply

    web.services["deezer"] = answer
    found = result_of(read_deezer(api, playlist("250")))
    assert len(found.tracks) == 100
    [note] = found.notes
    assert note.startswith("Deezer ")
    assert note.endswith("Only the first 100 of 250 entries were read.")


@pytest.mark.parametrize("elsewhere", ["http://127.0.0.1:9/deezer/x", "{url}/audio/x"])
def test_a_next_that_points_elsewhere_is_not_followed(
    api: DeezerApi, web: FakeWeb, world: World, elsewhere: str
) -> None:
    page = {"data": [world.deezer.entry(song(1))], "total": 2, "next": elsewhere}
    page["next"] = elsewhere.format(url=web.url)
    web.misbehave("/deezer/playlist/2/tracks", as_json(page))
    found = result_of(read_deezer(api, playlist("2")))
    assert len(found.tracks) == 1
    assert "elsewhere" in found.notes[0]
    assert not web.calls_to("/audio")


def test_the_same_page_again_and_again_comes_to_an_end(
    api: DeezerApi, web: FakeWeb, world: World
) -> None:
    entries = [world.deezer.entry(one) for one in songs(3)]
    page = as_json(
        {"data": entries, "total": 3, "next": f"{web.url}/deezer/playlist/3/tracks?index=0"}
    )
    web.misbehave("/deezer/playlist/3/tracks", page, always=True)
    found = result_of(read_deezer(api, playlist("3")))
    assert len(found.tracks) == 3
    assert [one.reason for one in found.skipped] == ["is listed twice"] * 3


def test_a_page_that_comes_twice_adds_nothing(api: DeezerApi, web: FakeWeb, world: World) -> None:
    def page(index: int) -> object:
        entries = [world.deezer.entry(one) for one in songs(3)]
        link = f"{web.url}/deezer/playlist/9/tracks?index={index}"
        return as_json({"data": entries, "next": link})

    web.misbehave("/deezer/playlist/9/tracks", page(3), page(4), as_json({"data": []}))
    found = result_of(read_deezer(api, playlist("9")))
    assert len(found.tracks) == 3
    assert len(found.skipped) == 3
