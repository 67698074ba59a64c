"""Saving a list as a Spotify playlist: once, private, and honest about what is missing."""

from collections.abc import Iterator

import pytest

from music_mood.clients.spotify.api import SpotifyApi
from music_mood.clients.spotify.saving import MAX_TITLE, Saving
from music_mood.errors import BadAnswerError, LoginNeededError, PlaylistError, UnavailableError
from music_mood.services import Services
from music_mood.values import Track
from tests.contract import faults
from tests.contract.catalogue import Song, song, songs
from tests.contract.server import FakeWeb
from tests.contract.spotify import FakePlaylist
from tests.contract.test_spotify_login import connected, log_in
from tests.contract.world import World


@pytest.fixture
def services(world: World) -> Iterator[Services]:
    with connected(world) as services:
        yield services


@pytest.fixture
def api(services: Services) -> SpotifyApi:
    return services.spotify(log_in(services.spotify_login))


def from_spotify(one: Song) -> Track:
    return Track(one.title, one.artist, spotify_id=one.spotify_id)


def made(world: World) -> list[FakePlaylist]:
    return [one for one in world.spotify.playlists.values() if one.items == []]


def uris(*found: Song) -> list[str]:
    return [f"spotify:track:{one.spotify_id}" for one in found]


def test_it_is_private_and_in_order(api: SpotifyApi, world: World) -> None:
    saved = Saving("Happy today", [from_spotify(one) for one in songs(150)]).run(api)
    identifier = saved.link.rpartition("/")[2]
    assert saved.link == f"https://open.spotify.com/playlist/{identifier}"
    assert world.spotify.playlists[identifier].name == "Happy today"
    assert world.spotify.playlists[identifier].added == uris(*songs(150))
    assert (saved.count, saved.missing) == (150, ())
    [create] = [one for one in world.web.calls if one.path.endswith("/me/playlists")]
    assert b'"public": false' in create.body


def test_others_are_found_by_isrc_or_told(api: SpotifyApi, world: World) -> None:
    tracks = [
        from_spotify(song(1)),
        Track("From Deezer", "A", isrc=song(2).isrc),
        Track("Not on Spotify", "A", isrc="GBAYE0000000"),
        Track("Somebody's file", "A"),
    ]
    saved = Saving("Mixed", tracks).run(api)
    assert saved.missing == ("Not on Spotify", "Somebody's file")
    assert made(world)[0].added == uris(song(1), song(2))


def test_pressed_twice_it_is_made_once(api: SpotifyApi, world: World) -> None:
    saving = Saving("Once", [from_spotify(song(1))])
    assert saving.run(api) == saving.run(api)
    assert len(made(world)) == 1
    assert made(world)[0].added == uris(song(1))


def test_tried_again_after_a_failure_it_is_still_one_list(api: SpotifyApi, world: World) -> None:
    saving = Saving("Once", [from_spotify(one) for one in songs(150)])
    api.add_tracks, add = _fails_second(api.add_tracks), api.add_tracks
    with pytest.raises(UnavailableError):
        saving.run(api)
    api.add_tracks = add
    saving.run(api)
    assert len(made(world)) == 1
    assert made(world)[0].added == uris(*songs(150))


def _fails_second(add):
    calls = []

    def failing(*args) -> None:
        calls.append(args)
        if len(calls) == 2:
            raise UnavailableError("down", "Spotify")
        add(*args)

    return failing


def test_a_strange_answer_while_creating_is_a_sentence(
    api: SpotifyApi, web: FakeWeb, world: World
) -> None:
    saving = Saving("Later", [from_spotify(song(1))])
    web.misbehave("/spotify-api/v1/me/playlists", faults.HTML)
    with pytest.raises(BadAnswerError, match="Spotify"):
        saving.run(api)
    assert saving.run(api).count == 1
    assert len(made(world)) == 1


@pytest.mark.parametrize(
    ("title", "tracks", "words"),
    [
        ("  ", [from_spotify(song(1))], "a name"),
        ("Nothing", [Track("Somebody's file", "A")], "None of these"),
    ],
)
def test_what_cannot_be_saved_is_told_and_makes_nothing(
    api: SpotifyApi, world: World, title: str, tracks: list[Track], words: str
) -> None:
    with pytest.raises(PlaylistError, match=words):
        Saving(title, tracks).run(api)
    assert made(world) == []


def test_a_long_title_is_cut(api: SpotifyApi, world: World) -> None:
    Saving("x" * 500, [from_spotify(song(1))]).run(api)
    assert made(world)[0].name == "x" * MAX_TITLE


def test_it_takes_having_agreed(services: Services, world: World) -> None:
    world.accounts.scope = "playlist-read-private"
    account = log_in(services.spotify_login)
    with pytest.raises(LoginNeededError, match="does not allow this yet"):
        Saving("x", [from_spotify(song(1))]).run(services.spotify(account))
    assert not account.is_logged_in, "so that the page offers to log in again"
