"""Reading Deezer's playlists."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from i18n import Message
from music_mood.clients.deezer import DeezerApi, inspect, read_track
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
from tests.contract.deezer import deezer_cover
from tests.contract.server import Call, FakeWeb, Reply, as_json
from tests.contract.steps import result_of
from tests.contract.world import World

ABSENT = object()
NO_VALUES = [ABSENT, None, "", {}, [], -5.5]
OPTIONAL = ["artist", "album", "duration", "isrc", "readable", "preview", "link"]


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
    assert first.cover_url == deezer_cover(song(0))
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
    assert list(map(str, found.notes)) == ["Only the first 10\u202f000 entries were read."]


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
        {**world.deezer.entry(song(3)), "id": "a number"},
        {**world.deezer.entry(song(4)), "title": " "},
        {**world.deezer.entry(song(4)), "title": "", "artist": None},
        {**world.deezer.entry(song(5)), "isrc": "", "preview": "", "album": {}},
        good,
    ]
    found = result_of(read_deezer(api, playlist("5")))
    assert [track.title for track in found.tracks] == [song(1).title, song(5).title]
    assert found.skipped == (
        *[Skipped("?", Message("is no track"))] * 3,
        Skipped(song(2).title, Message("is not available on Deezer here")),
        Skipped("?", Message("is no track")),
        Skipped(song(4).artist, Message("it has no title")),
        Skipped("?", Message("it has no title")),
        Skipped(song(1).title, Message("is listed twice")),
    )


@pytest.mark.parametrize("nothing", [*NO_VALUES, "a while"])
@pytest.mark.parametrize("field", OPTIONAL)
def test_a_track_is_kept_whatever_is_not_known_of_it(
    api: DeezerApi, world: World, field: str, nothing: object
) -> None:
    entry = world.deezer.entry(song(1)) | {"isrc": song(1).isrc}
    entry = {k: v for k, v in entry.items() if k != field} | (
        {} if nothing is ABSENT else {field: nothing}
    )
    world.deezer.playlists["5"] = [entry, world.deezer.entry(song(2))]
    found = result_of(read_deezer(api, playlist("5")))
    assert [track.title for track in found.tracks] == [song(1).title, song(2).title]
    track = found.tracks[0]
    known = {
        "artist": (track.artist, song(1).artist, ""),
        "album": (track.album, song(1).album, None),
        "duration": (track.duration_ms, song(1).duration_s * 1000, None),
        "isrc": (track.isrc, song(1).isrc, None),
    }
    for name, (value, told, unknown) in known.items():
        assert value == (unknown if name == field else told)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["id", "name", "title"]), inner, max_size=3)
    ),
)


@given(JSON | st.dictionaries(st.sampled_from([*OPTIONAL, "id", "title"]), JSON))
def test_whatever_an_entry_holds_it_is_a_track_or_none(changed: object) -> None:
    good = {"id": 1, "title": "One"}
    for entry in (changed, good | changed if isinstance(changed, dict) else good):
        if found := read_track(entry):
            track = found.as_track()
            assert "None" not in (track.title, track.artist, track.album)


@pytest.mark.parametrize("nothing", NO_VALUES)
def test_names_that_are_none_are_never_shown(api: DeezerApi, world: World, nothing: object) -> None:
    named = {} if nothing is ABSENT else {"name": nothing, "title": nothing}
    world.deezer.playlists["5"] = [
        {**world.deezer.entry(song(1)), "artist": named, "album": named},
    ]
    [track] = result_of(read_deezer(api, playlist("5"))).tracks
    assert (track.artist, track.album) == ("", None)


@pytest.mark.parametrize("title", [None, " ", 5, ["x"]])
def test_a_list_without_a_title_is_read_and_a_track_without_one_is_not(
    api: DeezerApi, web: FakeWeb, world: World, title: object
) -> None:
    web.misbehave("/deezer/playlist/3", as_json({"id": 3, "title": title}))
    found = result_of(read_deezer(api, playlist("3")))
    assert (str(found.title), len(found.tracks)) == ("Deezer playlist", 3)
    if isinstance(title, str):
        web.misbehave("/deezer/track", as_json(world.deezer.full(song(1)) | {"title": title}))
        with pytest.raises(PlaylistError, match="does not show us what this link leads to"):
            result_of(read_deezer(api, Reference(Host.DEEZER, Kind.TRACK, "3000001")))


@pytest.mark.parametrize(("total", "told"), [(None, None), ("many", None), ("250", 250)])
def test_a_list_of_unknown_length_is_read_to_the_end(
    api: DeezerApi, web: FakeWeb, total: object, told: int | None
) -> None:
    deezer = web.services["deezer"]

    def answer(call: Call) -> Reply:
        found = json.loads(deezer(call).body)
        return as_json(found | {"total": total} if "data" in found else found)

    web.services["deezer"] = answer
    steps: list[PagesRead] = []
    assert len(watch(read_deezer(api, playlist("250")), steps.append).tracks) == 250
    assert steps[0] == PagesRead(100, told)


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
    [note] = map(str, found.notes)
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
    assert "elsewhere" in str(found.notes[0])
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
    assert [str(one.reason) for one in found.skipped] == ["is listed twice"] * 3


def test_a_page_that_comes_twice_adds_nothing(api: DeezerApi, web: FakeWeb, world: World) -> None:
    def page(index: int) -> object:
        entries = [world.deezer.entry(one) for one in songs(3)]
        link = f"{web.url}/deezer/playlist/9/tracks?index={index}"
        return as_json({"data": entries, "next": link})

    web.misbehave("/deezer/playlist/9/tracks", page(3), page(4), as_json({"data": []}))
    found = result_of(read_deezer(api, playlist("9")))
    assert len(found.tracks) == 3
    assert len(found.skipped) == 3
