"""Reading Spotify as a visitor, as an app, and as an old app."""

from collections.abc import Iterator

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from i18n import Message
from music_mood.clients.spotify.accounts import VisitorAccount
from music_mood.clients.spotify.api import SpotifyApi
from music_mood.clients.spotify.shapes import read_entry, read_track
from music_mood.errors import (
    BadAnswerError,
    ForbiddenError,
    LoginNeededError,
    PlaylistError,
    RateLimitedError,
    UnavailableError,
)
from music_mood.reading import watch
from music_mood.reference import Host, Kind, Reference
from music_mood.services import Services
from music_mood.sources.spotify import read_liked_songs, read_spotify, search_spotify
from music_mood.values import AudioFeatures, Playlist, Skipped
from music_mood.web.paging import PagesRead
from tests.contract import faults
from tests.contract import spotify_objects as objects
from tests.contract.catalogue import song, songs
from tests.contract.server import Call, FakeWeb, Reply, as_json
from tests.contract.spotify import FOREIGN, OWN, TOGETHER, FakePlaylist
from tests.contract.spotify_objects import spotify_id
from tests.contract.steps import result_of
from tests.contract.test_spotify_login import connected, log_in
from tests.contract.world import World

ALBUM = spotify_id("album3x")

ABSENT = object()
NO_VALUES = [ABSENT, None, {}, [], -5.5]
OPTIONAL = ["artists", "album", "duration_ms", "external_ids", "preview_url", "type", "is_local"]


@pytest.fixture
def services(world: World) -> Iterator[Services]:
    with connected(world) as services:
        yield services


@pytest.fixture
def visitor(services: Services) -> VisitorAccount:
    return log_in(services.spotify_login)


@pytest.fixture
def api(services: Services, visitor: VisitorAccount) -> SpotifyApi:
    return services.spotify(visitor)


def read(services: Services, identifier: str, visitor: VisitorAccount | None = None) -> Playlist:
    link = f"https://open.spotify.com/playlist/{identifier}?si=x"
    return result_of(services.read(link, visitor=visitor))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from([*OPTIONAL, "id", "name", "track", "isrc"]), inner, max_size=4
        )
    ),
)


@pytest.mark.parametrize(
    ("images", "width"),
    [
        ([640, 300, 64], 300),
        ([64, 640], 64),
        ([640], 640),
        ([640, None], 640),
        ([None], None),
    ],
)
def test_the_cover_is_the_one_nearest_to_300_px(images: list[int | None], width: int | None):
    found = objects.track(song(1), None)
    found["album"]["images"] = [objects.image(song(1), one or 0) | {"width": one} for one in images]
    track = read_track(found)
    assert track.cover_url == objects.image(song(1), width or 0)["url"]


@pytest.mark.parametrize(
    "images",
    [
        None,
        {},
        ["x", None, {}],
        [{"url": "http://i.scdn.co/image/a", "width": 300}],
        [{"url": "https://example.org/a", "width": 300}, {"url": None, "width": 64}],
    ],
)
def test_without_a_cover_of_spotifys_own_there_is_none(images: object):
    found = objects.track(song(1), None)
    found["album"]["images"] = images
    assert read_track(found).cover_url is None


@given(st.dictionaries(st.sampled_from([*OPTIONAL, "id", "name"]), JSON))
@example({"name": ""})
def test_whatever_an_entry_holds_it_is_a_track_with_a_title_or_a_reason(changed: dict) -> None:
    entry = objects.track(song(1), None) | changed
    for found in (read_entry({"item": entry}), read_entry({"track": changed}), read_track(entry)):
        if isinstance(found, Skipped):
            assert found.name and str(found.reason)
        else:
            assert found.title.strip()
            assert "None" not in (found.title, found.artist, found.album)


class TestVisitor:
    @pytest.mark.parametrize("legacy", [False, True], ids=["items", "tracks"])
    def test_reads_a_playlist_of_their_own_in_both_shapes(
        self, services: Services, visitor: VisitorAccount, world: World, legacy: bool
    ) -> None:
        world.spotify.legacy = legacy
        found = read(services, OWN, visitor)
        assert (found.title, found.source) == ("My songs", "Spotify")
        assert [track.title for track in found.tracks] == [one.title for one in songs(120)]
        first = found.tracks[0]
        assert first.artist == song(0).artist
        assert first.album == song(0).album
        assert first.isrc == song(0).isrc
        assert first.spotify_id == song(0).spotify_id
        assert first.duration_ms == song(0).duration_s * 1000
        assert first.link == f"https://open.spotify.com/track/{song(0).spotify_id}"
        assert (first.preview_url is not None) is legacy

    def test_reads_by_uri_and_one_they_work_on(
        self, services: Services, visitor: VisitorAccount
    ) -> None:
        assert (
            len(result_of(services.read(f"spotify:playlist:{TOGETHER}", visitor=visitor)).tracks)
            == 5
        )

    def test_chooses_from_a_menu_of_what_can_be_read(self, api: SpotifyApi, world: World) -> None:
        menu = api.own_playlists()
        assert [(one.title, one.reference.id) for one in menu] == [
            ("My songs", OWN),
            ("Ours", TOGETHER),
        ]
        for number in range(100):
            name = spotify_id(f"further{number:03d}")
            world.spotify.playlists[name] = FakePlaylist(f"List {number}", "visitor")
        assert len(api.own_playlists()) == 102

    def test_reads_liked_songs(self, api: SpotifyApi) -> None:
        found = result_of(read_liked_songs(api))
        assert len(found.tracks) == 60
        assert str(found.title) == "Liked songs"

    def test_without_liked_songs_is_told(self, api: SpotifyApi, world: World) -> None:
        world.spotify.liked = 0
        with pytest.raises(PlaylistError, match="no liked songs"):
            result_of(read_liked_songs(api))

    def test_reads_long_lists_with_progress(
        self, services: Services, visitor: VisitorAccount, world: World
    ) -> None:
        world.spotify.playlists[OWN].count = 1_000
        told = []
        link = f"https://open.spotify.com/playlist/{OWN}"
        found = watch(services.read(link, visitor), told.append)
        assert len(found.tracks) == 1_000
        assert told[0] == PagesRead(50, 1_000)
        assert told[-1] == PagesRead(1_000, 1_000)

    def test_what_is_no_track_is_left_out_and_counted(
        self, services: Services, visitor: VisitorAccount, world: World
    ) -> None:
        good = objects.track(song(1), None)
        world.spotify.playlists[OWN].items = [
            None,
            objects.local_track(),
            objects.episode(),
            good,
            good | {"name": None},
            good | {"id": None},
            objects.track(song(2), None) | {"album": None, "external_ids": {}},
            good,
        ]
        found = read(services, OWN, visitor)
        assert [track.spotify_id for track in found.tracks] == [
            song(1).spotify_id,
            song(2).spotify_id,
        ]
        assert found.skipped == (
            Skipped("?", Message("is no longer on Spotify")),
            Skipped("Demo tape", Message("is a file on somebody’s computer")),
            Skipped("A talk", Message("is no track, but an episode")),
            Skipped("?", Message("is no track")),
            Skipped(song(1).title, Message("is no track")),
            Skipped(song(1).title, Message("is listed twice")),
        )

    @pytest.mark.parametrize("nothing", NO_VALUES)
    @pytest.mark.parametrize("field", OPTIONAL)
    def test_a_track_is_kept_whatever_is_not_known_of_it(
        self,
        services: Services,
        visitor: VisitorAccount,
        world: World,
        field: str,
        nothing: object,
    ) -> None:
        good = objects.track(song(1), None)
        entry = {k: v for k, v in good.items() if k != field}
        entry |= {} if nothing is ABSENT else {field: nothing}
        world.spotify.playlists[OWN].items = [entry, objects.track(song(2), None)]
        found = read(services, OWN, visitor)
        assert [track.title for track in found.tracks] == [song(1).title, song(2).title]
        track = found.tracks[0]
        known = {
            "artists": (track.artist, song(1).artist, ""),
            "album": (track.album, song(1).album, None),
            "duration_ms": (track.duration_ms, song(1).duration_s * 1000, None),
            "external_ids": (track.isrc, song(1).isrc, None),
        }
        for name, (value, told, unknown) in known.items():
            assert value == (unknown if name == field else told)

    @pytest.mark.parametrize("nothing", NO_VALUES)
    def test_artists_without_a_name_are_left_out_of_the_others(
        self, services: Services, visitor: VisitorAccount, world: World, nothing: object
    ) -> None:
        nameless = {} if nothing is ABSENT else {"name": nothing}
        artists = [nameless, {"name": " A "}, None, "nobody", {"name": "B"}, nameless]
        entry = objects.track(song(1), None) | {"artists": artists, "album": nameless}
        world.spotify.playlists[OWN].items = [entry]
        [track] = read(services, OWN, visitor).tracks
        assert (track.artist, track.album) == ("A, B", None)

    def test_a_track_without_a_title_is_left_out_and_a_list_without_one_is_not(
        self, services: Services, visitor: VisitorAccount, world: World
    ) -> None:
        good = objects.track(song(1), None)
        world.spotify.playlists[OWN].name = None
        world.spotify.playlists[OWN].items = [
            good,
            good | {"name": ""},
            good | {"name": " ", "artists": [{"name": ""}], "album": {"name": ""}},
            good | {"type": "audiobook"},
            good | {"type": "show"},
        ]
        found = read(services, OWN, visitor)
        assert str(found.title) == "Spotify playlist"
        assert [track.title for track in found.tracks] == [song(1).title]
        assert found.skipped == (
            Skipped(song(1).artist, Message("it has no title")),
            Skipped("?", Message("it has no title")),
            Skipped(song(1).title, Message("is no track, but an audiobook")),
            Skipped(song(1).title, Message("is no track, but “{kind}”", kind="show")),
        )

    @pytest.mark.parametrize("entry", [None, {}, "x", {"id": None, "name": "x"}, {"id": 5}])
    def test_what_was_taken_away_is_not_on_the_menu(
        self, api: SpotifyApi, world: World, entry: object
    ) -> None:
        nameless = objects.playlist(TOGETHER, "", "visitor", collaborative=False)
        nameless |= {"name": None, "collaborative": None}
        world.web.misbehave("/spotify-api/v1/me/playlists", as_json({"items": [entry, nameless]}))
        [one] = api.own_playlists()
        assert (one.title, one.reference.id) == ("", TOGETHER)

    def test_a_strangers_playlist_comes_with_the_reason_and_the_ways_on(
        self, services: Services, visitor: VisitorAccount
    ) -> None:
        with pytest.raises(PlaylistError) as caught:
            read(services, FOREIGN, visitor)
        for words in ("only to its owner", "playlist of your own", "exportify.net", "Deezer"):
            assert words in str(caught.value)

    @pytest.mark.parametrize(
        ("reply", "kind", "words"),
        [
            (faults.unauthorized(), LoginNeededError, "log in with Spotify"),
            (faults.forbidden("Insufficient client scope"), LoginNeededError, "log in"),
            (faults.forbidden("Forbidden"), PlaylistError, "exportify"),
            (
                faults.forbidden("User not registered in the Developer Dashboard"),
                PlaylistError,
                "ask the owner",
            ),
            (faults.forbidden("Forbidden", "PREMIUM_REQUIRED"), PlaylistError, "Premium"),
            (faults.NOT_FOUND, PlaylistError, "private"),
            (faults.too_many("30000"), RateLimitedError, "9 hours"),
            (faults.QUOTA_EXCEEDED, RateLimitedError, "60 minutes"),
            (faults.BROKEN, UnavailableError, "out of order"),
            (faults.SILENT, UnavailableError, "in time"),
            (faults.HALF_JSON, BadAnswerError, "no complete data"),
            (faults.HTML, BadAnswerError, "web page"),
            (faults.NOTHING, BadAnswerError, "another kind"),
            (faults.A_LIST, BadAnswerError, "another kind"),
            (faults.REDIRECT, BadAnswerError, "status 302"),
            (as_json({"id": "x", "items": {"items": 5}}), BadAnswerError, "another kind"),
            (as_json({"error": {"status": 400}}, 400), BadAnswerError, "400"),
            (as_json({"error": "x"}, 403), BadAnswerError, "another kind"),
            (as_json([], 403), BadAnswerError, "another kind"),
        ],
    )
    def test_what_spotify_answers_instead_is_told(
        self, api: SpotifyApi, web: FakeWeb, reply: Reply, kind: type[Exception], words: str
    ) -> None:
        web.misbehave("/spotify-api", reply, always=True)
        with pytest.raises(kind, match=words) as caught:
            result_of(read_spotify(api, Reference(Host.SPOTIFY, Kind.PLAYLIST, OWN)))
        assert "Spotify" in str(caught.value)

    def test_a_short_wait_is_waited(
        self, services: Services, visitor: VisitorAccount, web: FakeWeb
    ) -> None:
        web.misbehave("/spotify-api", faults.too_many("1"))
        assert read(services, OWN, visitor).tracks

    def test_the_token_goes_nowhere_else(
        self, services: Services, visitor: VisitorAccount, world: World
    ) -> None:
        service = world.web.services["spotify-api"]

        def luring(call: Call) -> Reply:
            reply = service(call)
            return Reply(reply.status, reply.body.replace(b"/spotify-api/", b"/audio/"))

        world.web.services["spotify-api"] = luring
        found = read(services, OWN, visitor)
        assert len(found.tracks) == 50
        assert "elsewhere" in str(found.notes[0])
        assert not world.web.calls_to("/audio")

    def test_a_later_page_that_fails_costs_only_what_it_held(
        self, services: Services, visitor: VisitorAccount, world: World
    ) -> None:
        service = world.web.services["spotify-api"]

        def failing(call: Call) -> Reply:
            return faults.HALF_JSON if call.query.get("offset") == "100" else service(call)

        world.web.services["spotify-api"] = failing
        found = read(services, OWN, visitor)
        assert len(found.tracks) == 100
        assert "Only the first 100 of 120" in str(found.notes[0])

    def test_tells_what_they_are_called(self, api: SpotifyApi) -> None:
        assert api.user_name() == "Visitor"


class TestApp:
    def test_reads_single_tracks(self, services: Services) -> None:
        found = result_of(
            services.read(f"https://open.spotify.com/intl-de/track/{song(5).spotify_id}")
        )
        [track] = found.tracks
        assert track.isrc == song(5).isrc

    def test_reads_albums(self, services: Services) -> None:
        found = result_of(services.read(f"spotify:album:{ALBUM}"))
        assert [track.title for track in found.tracks] == [one.title for one in songs(10, 30)]
        assert found.title == "Album 3"

    @pytest.mark.parametrize("field", ["artists", "duration_ms", "type"])
    def test_albums_keep_tracks_of_which_something_is_not_known(
        self, services: Services, web: FakeWeb, field: str
    ) -> None:
        tracks = [objects.simple_track(song(1)) | {field: None}, objects.simple_track(song(2))]
        web.misbehave(
            "/spotify-api/v1/albums", as_json({"name": None, "tracks": {"items": tracks}})
        )
        found = result_of(services.read(f"spotify:album:{ALBUM}"))
        assert str(found.title) == "Spotify album"
        assert [track.title for track in found.tracks] == [song(1).title, song(2).title]

    def test_a_single_track_may_lack_what_can_be_done_without_but_its_title(
        self, services: Services, web: FakeWeb
    ) -> None:
        good = objects.track(song(1), None) | {"artists": None, "album": None}
        web.misbehave("/spotify-api/v1/tracks", as_json(good), as_json(good | {"name": ""}))
        link = f"spotify:track:{song(1).spotify_id}"
        [track] = result_of(services.read(link)).tracks
        assert (track.title, track.artist, track.album) == (song(1).title, "", None)
        with pytest.raises(PlaylistError, match="does not know what this link leads to"):
            result_of(services.read(link))

    def test_found_albums_may_lack_artists(self, services: Services, web: FakeWeb) -> None:
        album = objects.album_header(song(30))
        found = [None, album | {"artists": None}, album | {"id": None}, album | {"name": None}]
        web.misbehave("/spotify-api/v1/search", as_json({"albums": {"items": found}}))
        titles = [one.title for one in services.spotify().search_albums("album 3")]
        assert titles == ["Album 3", song(30).artist]

    def test_searches(self, services: Services) -> None:
        title = song(42).title
        assert [track.title for track in services.spotify().search_tracks(title)] == [title]

    def test_searches_on_as_long_as_there_is_more(self, services: Services, world: World) -> None:
        fitting = [one.title for one in songs(100) if "Amber" in one.title.split()]
        assert 10 < len(fitting) < 30
        found = search_spotify(services.spotify(), "amber")
        assert [track.title for track in found.tracks] == fitting
        assert len(world.web.calls_to("/spotify-api/v1/search")) == -(-len(fitting) // 10)

    def test_finding_nothing_is_a_sentence(self, services: Services) -> None:
        with pytest.raises(PlaylistError, match="found no track"):
            search_spotify(services.spotify(), "no such words")

    def test_searches_albums(self, services: Services) -> None:
        [found] = services.spotify().search_albums("album 3")
        assert found.title == f"Album 3 – {song(30).artist}"
        assert found.reference == Reference(Host.SPOTIFY, Kind.ALBUM, ALBUM)

    def test_finds_a_track_by_its_isrc(self, services: Services) -> None:
        assert services.spotify().find_isrc(song(7).isrc).spotify_id == song(7).spotify_id
        assert services.spotify().find_isrc("GBAYE0000000") is None

    def test_a_token_that_is_refused_is_not_used_again(
        self, services: Services, world: World
    ) -> None:
        api = services.spotify()
        api.track(song(1).spotify_id)
        world.accounts.tokens.clear()
        with pytest.raises(LoginNeededError):
            api.track(song(1).spotify_id)
        assert api.track(song(1).spotify_id).title == song(1).title

    @pytest.mark.parametrize("identifier", [OWN, FOREIGN])
    def test_a_playlist_comes_with_the_reason_and_three_ways_on(
        self, services: Services, identifier: str
    ) -> None:
        with pytest.raises(PlaylistError) as caught:
            read(services, identifier)
        for words in ("only to its owner", "log in with Spotify", "exportify.net", "Deezer"):
            assert words in str(caught.value)

    def test_what_does_not_exist_is_told(self, services: Services) -> None:
        with pytest.raises(PlaylistError, match="does not know what this link leads to"):
            result_of(services.read(f"spotify:track:{spotify_id('nothing')}"))


def test_without_an_app_the_ways_on_are_told(world: World) -> None:
    with (
        connected(world, with_secret=False) as services,
        pytest.raises(
            PlaylistError, match=r"log in with Spotify if it is yours, export it .* Deezer"
        ),
    ):
        read(services, OWN)


class TestOldApp:
    @pytest.fixture(autouse=True)
    def legacy(self, world: World) -> None:
        world.spotify.legacy = True

    def test_reads_everybodys_playlists_and_plays_spotifys_previews(
        self, services: Services, web: FakeWeb
    ) -> None:
        tracks = read(services, FOREIGN).tracks
        assert len(tracks) == 5
        found = services.previews.resolve(tracks)
        assert found.previews[2].audio_url == f"{web.url}/audio/spotify-2.mp3"
        assert found.previews[2].source == "Spotify"
        assert not web.calls_to("/deezer")

    def test_spotifys_features_fill_what_others_do_not_know(
        self, services: Services, web: FakeWeb
    ) -> None:
        tracks = read(services, OWN).tracks
        *_, last = services.feature_chain().fill(tracks)
        sources = [track.features_source for track in last.tracks]
        assert sources.count("reccobeats") == 108
        assert sources[9] == "spotify"
        assert last.tracks[9].features == AudioFeatures(**song(9).features)
        assert None not in sources
        [call] = web.calls_to("/spotify-api/v1/audio-features")
        assert len(call.query["ids"].split(",")) == 12

    @pytest.mark.parametrize(
        "entries", [None, [None] * 12, ["x", 5, {}], [{"id": song(9).spotify_id, "energy": 2}]]
    )
    def test_features_that_make_no_sense_stay_unknown(
        self, services: Services, web: FakeWeb, entries: object
    ) -> None:
        tracks = read(services, OWN).tracks
        web.misbehave("/spotify-api/v1/audio-features", as_json({"audio_features": entries}))
        *_, last = services.feature_chain().fill(tracks)
        assert last.tracks[9].features is None
        assert len(last.failures) == (1 if entries is None else 0)


def test_a_new_app_is_not_given_features_and_makes_no_fuss(
    services: Services, visitor: VisitorAccount, web: FakeWeb
) -> None:
    tracks = read(services, OWN, visitor).tracks
    *_, last = services.feature_chain(visitor).fill(tracks)
    assert last.tracks[9].features is None
    assert last.failures == ()
    assert len(web.calls_to("/spotify-api/v1/audio-features")) == 1


def test_an_account_that_may_not_use_the_app_is_told(
    services: Services, visitor: VisitorAccount, web: FakeWeb
) -> None:
    web.misbehave("/spotify-api", faults.forbidden("User not registered"))
    with pytest.raises(ForbiddenError, match="on the app’s list"):
        services.spotify(visitor).own_playlists()
