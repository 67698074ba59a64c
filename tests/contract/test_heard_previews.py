"""Previews of tracks nobody knows are heard where whoever runs the app wants it, and only there."""

import io
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

import pytest

from music_mood.clients.preview_sound import PreviewSound
from music_mood.features.chain import Progress
from music_mood.services import Services
from music_mood.settings import Settings
from music_mood.sound.ear import Ear
from music_mood.values import AudioFile, Track
from music_mood.web.service import Service
from tests.contract import faults
from tests.contract.catalogue import Song, song
from tests.contract.conftest import BRISK
from tests.contract.databases import rows
from tests.contract.ears import FakeEar, deafen, lend
from tests.contract.server import FakeWeb, Reply, running
from tests.contract.steps import result_of
from tests.contract.world import World
from tests.sounds import encoded, wav

LINK = "https://www.deezer.com/playlist/20"
UNKNOWN = (song(9), song(19))
"""Of its tracks, those that ReccoBeats does not know."""


@pytest.fixture
def ear(monkeypatch: pytest.MonkeyPatch) -> FakeEar:
    return lend(monkeypatch, FakeEar())


@contextmanager
def connected(world: World, **settings: str) -> Iterator[Services]:
    environment = world.environment | {"HEAR_PREVIEWS": "yes"} | settings
    with Services(Settings.from_environment(environment), BRISK) as services:
        yield services


def complete(services: Services, tracks: Sequence[Track]) -> Progress:
    *_, last = services.feature_chain().fill(tracks)
    return last


def read(world: World, **settings: str) -> Progress:
    """Read and complete the playlist, as one process does."""
    with connected(world, **settings) as services:
        return complete(services, result_of(services.read(LINK)).tracks)


def heard_in(progress: Progress) -> list[str]:
    return [track.title for track in progress.tracks if track.features_source == "sound"]


def unknown_in(progress: Progress) -> list[str]:
    return [track.title for track in progress.tracks if track.features is None]


TITLES = [one.title for one in UNKNOWN]


# -- Whether


@pytest.mark.parametrize("settings", [{}, {"HEAR_PREVIEWS": "no"}])
def test_nothing_is_fetched_unless_somebody_wants_it(
    world: World, ear: FakeEar, settings: dict[str, str]
) -> None:
    environment = world.environment | settings
    with Services(Settings.from_environment(environment), BRISK) as services:
        last = complete(services, result_of(services.read(LINK)).tracks)
    assert unknown_in(last) == TITLES
    assert world.web.calls_to("/reccobeats")  # asked as ever
    assert not world.web.calls_to("/audio")
    assert ear.heard == []


def test_tracks_nobody_knows_are_heard(world: World, ear: FakeEar) -> None:
    last = read(world)
    assert heard_in(last) == TITLES
    assert unknown_in(last) == []
    assert last.failures == ()
    assert {track.features_source for track in last.tracks} == {"reccobeats", "sound"}
    fetched = sorted(call.path for call in world.web.calls_to("/audio"))
    assert fetched == sorted(f"/audio/deezer-{one.number}.mp3" for one in UNKNOWN)


def test_a_second_reading_fetches_nothing(world: World, ear: FakeEar) -> None:
    first = read(world)
    world.web.behave()
    ear.heard.clear()
    second = read(world)
    assert second.tracks == first.tracks
    assert not world.web.calls_to("/audio")
    assert ear.heard == []
    kept = rows(
        world.environment["DATABASE_URL"],
        "SELECT identifier FROM features WHERE source = 'sound' ORDER BY identifier",
    )
    pages = sorted(f"https://www.deezer.com/track/{one.deezer_id}" for one in UNKNOWN)
    assert kept == [(f"sound:1:{page}",) for page in pages]


def test_what_was_heard_serves_whoever_means_the_same_recording(world: World, ear: FakeEar) -> None:
    first = read(world)
    world.web.behave()
    one = UNKNOWN[0]
    same = [
        Track("T", "A", isrc=one.isrc),
        Track(one.title, one.artist, duration_ms=one.duration_s * 1000 + 500),
    ]
    with connected(world) as services:
        last = complete(services, same)
    [features] = [track.features for track in first.tracks if track.title == one.title]
    assert [track.features for track in last.tracks] == [features, features]
    assert not world.web.calls_to("/audio")


def test_services_are_asked_again_before_anything_is_taken_for_heard(
    world: World, ear: FakeEar
) -> None:
    """Of what was heard while ReccoBeats was away, it may know more."""
    world.web.misbehave("/reccobeats", faults.HTML, always=True)
    assert len(heard_in(read(world))) == 20
    world.web.behave()
    assert heard_in(read(world)) == TITLES


def test_without_the_extra_nothing_is_fetched(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    deafen(monkeypatch)
    assert unknown_in(read(world)) == TITLES
    assert not world.web.calls_to("/audio")


def test_an_extra_that_does_not_work_fetches_nothing(
    world: World, ear: FakeEar, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken() -> None:
        raise ImportError("libsomething.so.1")

    monkeypatch.setattr(ear, "load", broken)
    last = read(world)
    assert unknown_in(last) == TITLES
    assert len(last.failures) == 1
    assert not world.web.calls_to("/audio")


def test_offline_nothing_is_fetched(world: World, ear: FakeEar) -> None:
    tracks = [Track(one.title, one.artist, deezer_id=str(one.deezer_id)) for one in UNKNOWN]
    with connected(world, WORK_OFFLINE="yes") as services:
        last = complete(services, tracks)
    assert unknown_in(last) == TITLES
    assert world.web.calls == []


def test_files_are_heard_themselves_or_not_at_all(world: World, ear: FakeEar) -> None:
    """What their tags say may be wrong; the sound at hand is not."""
    one = UNKNOWN[0]
    tracks = [
        Track(
            one.title,
            one.artist,
            isrc=one.isrc,
            audio_file=AudioFile("a.wav", "audio/wav", data),
        )
        for data in (encoded("flac", 6.0), wav(1.0))
    ]
    with connected(world) as services:
        last = complete(services, tracks)
    assert [track.features_source for track in last.tracks] == ["sound", None]
    assert not world.web.calls_to("/audio")


@pytest.mark.sound
@pytest.mark.slow
def test_what_is_heard_is_the_preview(world: World) -> None:
    last = read(world)
    assert heard_in(last) == TITLES
    with connected(world) as services:
        sound = services._preview_sound.fetch(f"{world.web.url}/audio/x.mp3")
    expected = Ear().hear(io.BytesIO(sound), 0)
    assert expected
    for track in last.tracks:
        if track.title in TITLES:
            assert track.features == expected


def test_hearing_is_told_only_where_something_is_heard(world: World, ear: FakeEar) -> None:
    def told(settings: dict[str, str], tracks: Sequence[Track]) -> set[str]:
        with connected(world, **settings) as services:
            return {step.provider for step in services.feature_chain().fill(tracks)}

    unknown = Track("T", "A", isrc=UNKNOWN[0].isrc)
    file = Track("T", "A", audio_file=AudioFile("a.wav", "audio/wav", wav(1.0)))
    for settings, tracks, heard in (
        ({"HEAR_PREVIEWS": "no"}, [unknown], False),
        ({"HEAR_PREVIEWS": "no"}, [unknown, file], True),
        ({}, [unknown], True),
    ):
        assert ("sound" in told(settings, tracks)) is heard


# -- Which recording


def test_a_recording_found_by_name_alone_is_not_heard(world: World, ear: FakeEar) -> None:
    """It may be a live version, or a cover: good enough to be played if that is said."""
    one = UNKNOWN[0]
    bare = Track(one.title, one.artist)
    world.web.services["wrong"] = world.web.services["audio"]  # where the fake's other one lies
    with connected(world) as services:
        [preview] = services.previews.resolve([bare]).previews
        assert (preview.source, bool(preview.audio_url)) == ("Deezer", True)  # there is one
        world.web.behave()
        last = complete(services, [bare])
    assert last.tracks == (bare,)
    assert ear.heard == []
    assert not (world.web.calls_to("/audio") or world.web.calls_to("/wrong"))


@pytest.mark.parametrize("difference_s", [0, 1, -2, 60, -60])
def test_a_recording_of_another_length_is_not_heard(
    world: World, ear: FakeEar, difference_s: int
) -> None:
    one = UNKNOWN[0]
    named = Track(one.title, one.artist, duration_ms=(one.duration_s + difference_s) * 1000)
    with connected(world) as services:
        last = complete(services, [named])
    assert heard_in(last) == ([one.title] if abs(difference_s) < 3 else [])


# -- Where from


@pytest.fixture
def elsewhere() -> Iterator[FakeWeb]:
    """A server that nobody shall be sent to."""
    with running(FakeWeb()) as web:
        yield web


Address = Callable[[FakeWeb, FakeWeb], str]

ELSEWHERE: dict[str, Address] = {
    "another port": lambda _, other: f"{other.url}/audio/x.mp3",
    "another name": lambda web, _: f"{web.url}/audio/x.mp3".replace("127.0.0.1", "localhost"),
    "user": lambda web, other: f"{web.url}@{other.url.removeprefix('http://')}/x.mp3",
    "scheme": lambda web, _: f"{web.url}/audio/x.mp3".replace("http:", "https:"),
    "backslash": lambda web, other: f"{web.url}\\@{other.url.removeprefix('http://')}/x.mp3",
    "file": lambda *_: "file:///etc/passwd",
    "data": lambda *_: "data:audio/mpeg;base64,SUQz",
    "ftp": lambda *_: "ftp://127.0.0.1/x.mp3",
    "no scheme": lambda _, other: f"//{other.url.removeprefix('http://')}/x.mp3",
    "relative": lambda *_: "/audio/x.mp3",
    "stranger": lambda *_: "https://evil.example/x.mp3",
    "as if Deezer's": lambda *_: "https://cdnt-preview.dzcdn.net.evil.example/x.mp3",
    "ends alike": lambda *_: "https://evildzcdn.net/x.mp3",
    "in the path": lambda *_: "https://evil.example/cdnt-preview.dzcdn.net/x.mp3",
    "as a user": lambda *_: "https://cdnt-preview.dzcdn.net@evil.example/x.mp3",
    "Deezer's, open": lambda *_: "http://cdnt-preview.dzcdn.net/x.mp3",
    "Deezer's, other port": lambda *_: "https://cdnt-preview.dzcdn.net:8443/x.mp3",
    "no address": lambda *_: "http://[::1",
    "bad port": lambda *_: "http://127.0.0.1:port/x.mp3",
    "the machine's own": lambda *_: "http://169.254.169.254/latest/meta-data",
}


@pytest.mark.parametrize("address", ELSEWHERE.values(), ids=ELSEWHERE)
def test_a_preview_that_leads_elsewhere_is_not_fetched(
    world: World, ear: FakeEar, elsewhere: FakeWeb, address: Address
) -> None:
    """`tests/conftest.py` fails whoever tries to leave this machine."""
    proper = world.deezer.preview

    def preview(one: Song) -> str:
        return address(world.web, elsewhere) if one == UNKNOWN[0] else proper(one)

    world.deezer.preview = preview
    last = read(world)
    assert (heard_in(last), unknown_in(last)) == ([TITLES[1]], [TITLES[0]])
    assert elsewhere.calls == []
    assert [call.path for call in world.web.calls_to("/audio")] == ["/audio/deezer-19.mp3"]
    assert len(ear.heard) == 1
    assert [str(failure) for failure in last.failures] == (
        ["Deezer says that a preview lies elsewhere; we did not go there."]
        if address(world.web, elsewhere).startswith("http")
        else []  # to previews' finders, no address at all
    )


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("same_server", [True, False])
def test_a_redirect_is_not_followed(
    world: World, ear: FakeEar, elsewhere: FakeWeb, status: int, same_server: bool
) -> None:
    target = f"{(world.web if same_server else elsewhere).url}/audio/x.mp3"
    world.web.misbehave("/audio/deezer-9.mp3", Reply(status, b"", {"Location": target}))
    last = read(world)
    assert (heard_in(last), unknown_in(last)) == ([TITLES[1]], [TITLES[0]])
    assert elsewhere.calls == []
    assert "/audio/x.mp3" not in [call.path for call in world.web.calls]


@pytest.mark.parametrize(
    "address",
    [
        "https://cdns-preview-d.dzcdn.net/stream/c-deda7fa9316d9e9e880d2c6207e92260-10.mp3",
        "https://cdnt-preview.dzcdn.net/api/1/1/a/b/c/0/abc.mp3?hdnea=exp=1732000000"
        "~acl=/api/1/1/a/b/c/0/abc.mp3*~data=user_id=0,application_id=42~hmac=0123456789abcdef",
        "https://e-cdns-preview-1.dzcdn.net/stream/c-1.mp3",
    ],
)
def test_deezers_own_previews_are_fetched(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    asked: list[str] = []

    def call(_: Service, request: object, read: object) -> bytes:
        asked.append(request.url)
        return b"sound"

    monkeypatch.setattr(Service, "call", call)
    sound = PreviewSound("https://api.deezer.com")
    assert sound.fetch(address) == b"sound"
    assert asked == [address]
    sound.close()


# -- What comes


@pytest.mark.parametrize(
    "reply",
    [
        Reply(404, b"gone"),
        Reply(403, b"expired"),
        Reply(410, b""),
        Reply(200, b""),
        Reply(200, b"no sound at all", {"Content-Type": "audio/mpeg"}),
        Reply(200, b"\xff\xfb\x90\0" * 5_000, {"Content-Type": "audio/mpeg"}),
        Reply(200, wav(2.0), {"Content-Type": "audio/wav"}),  # too short
        Reply(200, encoded("mp3", 10.0)[:20_000]),
        Reply(200, b"x" * 9_000_000, {"Content-Type": "audio/mpeg"}),
        faults.HTML,
        faults.NOT_GZIP,
    ],
    ids=lambda reply: f"{reply.status} {reply.body[:8]!r}",
)
def test_what_cannot_be_heard_stays_unknown_and_the_reading_goes_on(
    world: World, ear: FakeEar, reply: Reply
) -> None:
    world.web.misbehave("/audio/deezer-9.mp3", reply, always=True)
    last = read(world)
    assert (heard_in(last), unknown_in(last)) == ([TITLES[1]], [TITLES[0]])
    assert len(last.failures) <= 1
    world.web.behave()  # nothing of that is remembered
    assert heard_in(read(world)) == TITLES


@pytest.mark.slow
@pytest.mark.parametrize(
    "reply", [faults.BROKEN, faults.DOWN, faults.CUT_OFF, faults.SILENT, faults.TRICKLES["body"]]
)
def test_a_place_that_does_not_answer_is_told_once(
    world: World, ear: FakeEar, reply: Reply
) -> None:
    world.web.misbehave("/audio", reply, always=True)
    last = read(world)
    assert unknown_in(last) == TITLES
    assert [failure.provider for failure in last.failures] == ["Deezer"]
    assert sum(track.features is not None for track in last.tracks) == 18


@pytest.mark.slow
def test_deezer_out_of_order_is_told_once(world: World, ear: FakeEar) -> None:
    """It is asked for identifiers, and for previews."""
    with connected(world) as services:
        tracks = result_of(services.read(LINK)).tracks
        world.web.misbehave("/deezer", faults.DOWN, always=True)
        last = complete(services, tracks)
    reasons = [str(failure) for failure in last.failures]
    assert len(set(reasons)) == len(reasons) == 1


def test_a_track_without_a_preview_stays_unknown(world: World, ear: FakeEar) -> None:
    world.deezer.preview = lambda _: ""
    last = read(world)
    assert unknown_in(last) == TITLES
    assert last.failures == ()


def test_a_library_that_is_gone_costs_nothing_but_the_memory(world: World, ear: FakeEar) -> None:
    for _ in range(2):
        assert heard_in(read(world, DATABASE_URL="sqlite:////none/library.db")) == TITLES
    assert len(world.web.calls_to("/audio")) == 4
