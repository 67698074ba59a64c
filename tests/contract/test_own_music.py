"""Music of one's own by the command line: heard where nobody knows it, remembered, put into lists.

Some tests hear as the app does, and need requirements-sound.txt; the others, about who is asked and
what is kept, have a `FakeEar` for real files.
"""

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from itertools import chain, pairwise
from pathlib import Path

import pytest
from immich_memories_music import tracks_dir

from music_mood.commands import moods
from music_mood.commands.console import DONE, FAILED, INTERRUPTED
from music_mood.commands.moods import NOT_HEARD, main
from music_mood.features.sound import KEPT_EVERY
from music_mood.files.audio_files import GivenFile
from music_mood.library.schema import metadata
from music_mood.model.artefact import METADATA, MODEL_FOLDER, SOUND_FIGURES
from music_mood.model.classifier import MoodClassifier
from music_mood.reading import Stage, Step
from music_mood.services import Services
from music_mood.settings import Settings
from music_mood.sound.ear import Ear
from music_mood.sources.files import read_files
from music_mood.values import MOODS, Track
from tests.contract.catalogue import Song, songs
from tests.contract.databases import rows
from tests.contract.ears import FakeEar, deafen, digest, lend
from tests.contract.steps import result_of
from tests.contract.world import World
from tests.sounds import encoded, wav

ROOT = Path(__file__).resolve().parents[2]
SECONDS = 120  # a cold start on a loaded machine
LINK = "https://www.deezer.com/playlist/20"
HEARD_S = 5.2
"""Just enough to be heard."""

Answer = subprocess.CompletedProcess[str]
Call = Callable[..., Answer]


@pytest.fixture
def within(
    world: World, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Call:
    """Run the command line in this process."""

    def call(*arguments: object, **settings: str) -> Answer:
        with monkeypatch.context() as patch:
            for name, value in (world.environment | settings).items():
                patch.setenv(name, value)
            code = main([str(one) for one in arguments])
        return Answer(arguments, code, *capsys.readouterr())

    return call


@pytest.fixture
def ear(monkeypatch: pytest.MonkeyPatch) -> FakeEar:
    return lend(monkeypatch, FakeEar())


@pytest.fixture
def model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """Say how sure the model must be of what was heard, whatever was measured of the shipped one.

    As training does: by what lies beside the model.
    """
    folder = tmp_path / "model"
    shutil.copytree(MODEL_FOLDER, folder)
    digest_of_it = json.loads((folder / METADATA).read_text())["files"]["mood.joblib"]["sha256"]

    def sure_from(threshold: float) -> None:
        shipped = json.loads((MODEL_FOLDER / SOUND_FIGURES).read_text())
        assert shipped["mood_model"] == digest_of_it
        (folder / SOUND_FIGURES).write_text(json.dumps(shipped | {"unsure_below": threshold}))
        loaded = load(folder)
        monkeypatch.setattr(MoodClassifier, "load", lambda: loaded)

    load = MoodClassifier.load
    return sure_from


def piece(hertz: float, **tags: str) -> bytes:
    """Give something to hear."""
    return encoded("flac", HEARD_S, hertz, **tags)


@pytest.fixture
def music(tmp_path: Path) -> Path:
    """A folder of four pieces that nobody knows, in folders, and of what cannot be heard."""
    folder = tmp_path / "music"
    (folder / "album").mkdir(parents=True)
    (folder / "Nobody - One.flac").write_bytes(piece(220))
    (folder / "Nobody - Two.flac").write_bytes(piece(330))
    (folder / "album" / "Nobody - Three.flac").write_bytes(piece(440))
    (folder / "album" / "#4: Nobody - Four.flac").write_bytes(piece(550))
    (folder / "album" / "Nobody - Too short.wav").write_bytes(wav())
    (folder / "broken.ogg").write_bytes(b"no sound")
    return folder


def known_song() -> Song:
    """The shortest that all services know: a whole file of it must be made."""
    return min(
        (one for one in songs(50) if one.known_to_reccobeats), key=lambda one: one.duration_s
    )


def tracks_in(answer: Answer) -> dict[str, dict[str, object]]:
    assert answer.returncode == DONE, answer.stderr
    return {one["title"]: one for one in json.loads(answer.stdout)["tracks"]}


def sources_in(answer: Answer) -> dict[str, object]:
    return {title: one["features_source"] for title, one in tracks_in(answer).items()}


ALL_HEARD = dict.fromkeys(("One", "Two", "Three", "Four"), "sound") | {"Too short": None}


@pytest.fixture
def nobody_there() -> Iterator[dict[str, str]]:
    """Settings that lead to a port where nobody listens, and nobody will meanwhile."""
    with closing(socket.socket()) as taken:
        taken.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{taken.getsockname()[1]}"
        services = ("DEEZER", "RECCOBEATS", "ITUNES", "SPOTIFY")
        yield {f"{name}_API_URL": url for name in services}


# -- Hearing


def cut(path: Path, name: Path, seconds: float = 8.0) -> None:
    """Write a piece out of the middle of real music."""
    import av

    with av.open(str(path)) as source, av.open(str(name), "w", format="flac") as out:
        stream = out.add_stream("flac", rate=48_000, layout="stereo")
        resampler = av.AudioResampler("s16", "stereo", 48_000, frame_size=4_096)
        start, written = 10.0, 0
        source.seek(int(start * 1_000_000))
        for frame in source.decode(audio=0):
            for one in resampler.resample(frame):
                one.pts = written
                written += one.samples
                out.mux(stream.encode(one))
            if written > seconds * 48_000:
                break
        out.mux(stream.encode(None))


@pytest.fixture
def songs_of_mine(tmp_path: Path) -> Path:
    """A folder of some real music."""
    folder = tmp_path / "mine"
    folder.mkdir()
    for name in ("calm/calm_acoustic_1", "energetic/energetic_electronic_2"):
        title = name.partition("/")[0].title()
        cut(tracks_dir() / f"{name}.opus", folder / f"Nobody - {title}.flac")
    return folder


def really_heard(path: Path) -> list[float]:
    """What the model says of a file, with nothing between."""
    with path.open("rb") as opened:
        features = Ear().hear(opened, 8.0)
    assert features
    track = Track("", "", features=features, features_source="sound")
    [chunk] = moods_of([track])
    return chunk


def moods_of(tracks: list[Track]) -> list[list[float]]:
    from music_mood.model.labelling import label_tracks

    labelled = [one for chunk in label_tracks(tracks, MoodClassifier.load()) for one in chunk]
    return [list(one.probabilities or ()) for one in labelled]


@pytest.mark.sound
@pytest.mark.slow
def test_what_no_service_knows_is_heard(world: World, within: Call, songs_of_mine: Path) -> None:
    answer = within(songs_of_mine, "--json")
    assert (answer.returncode, answer.stderr) == (DONE, "")
    found = json.loads(answer.stdout)
    assert found["failures"] == found["skipped"] == []
    for track in found["tracks"]:
        path = songs_of_mine / f"Nobody - {track['title']}.flac"
        assert track["features_source"] == "sound"
        assert track["mood"] in {*MOODS, "unsure"}
        assert list(track["probabilities"].values()) == pytest.approx(really_heard(path), abs=1e-6)
        assert track["preview_url"] == path.as_uri()
    calm, energetic = (track["probabilities"] for track in found["tracks"])
    assert calm["calm"] > energetic["calm"]
    assert energetic["energetic"] > calm["energetic"]
    assert {call.path for call in world.web.calls} == {"/deezer/search"}  # only what tags say


def run(world: World, *arguments: object, **settings: str) -> Answer:
    """Run the command line as a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "music_mood", *map(str, arguments)],
        cwd=ROOT,
        env={**os.environ, **world.environment, **settings},
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )


@pytest.mark.sound
@pytest.mark.slow
def test_a_process_of_its_own_hears_without_any_service(
    world: World, songs_of_mine: Path, tmp_path: Path
) -> None:
    lists = tmp_path / "lists"
    answers = [
        run(world, songs_of_mine, "--offline", "--json", "--playlists", lists) for _ in range(2)
    ]
    for answer in answers:
        assert sources_in(answer) == {"Calm": "sound", "Energetic": "sound"}
        assert answer.stderr.startswith(f"Playlists in {lists}: ")
        assert len(answer.stderr.splitlines()) == 1
    assert answers[0].stdout == answers[1].stdout
    assert world.web.calls == []
    assert len(list(lists.iterdir())) == len(MOODS)


def test_only_what_no_service_knows_is_heard(within: Call, music: Path, ear: FakeEar) -> None:
    one = known_song()
    tagged = encoded("flac", one.duration_s, title=one.title, artist=one.artist)
    (music / "a.flac").write_bytes(tagged)
    answer = within(music, "--json")
    assert sources_in(answer) == ALL_HEARD | {one.title: "reccobeats"}
    assert answer.stderr == ""
    expected = [path.read_bytes() for path in music.rglob("* - *")]
    assert sorted(ear.heard) == sorted(map(digest, expected))


def test_a_name_alone_is_no_recording(within: Call, music: Path, ear: FakeEar) -> None:
    """A live version may have the same name: its length is another one, so it is heard."""
    one = known_song()
    (music / "a.flac").write_bytes(piece(660, title=one.title, artist=one.artist))
    assert sources_in(within(music, "--json"))[one.title] == "sound"


def test_a_song_whose_code_stands_in_its_tags_is_not_heard(
    within: Call, music: Path, ear: FakeEar
) -> None:
    one = known_song()
    (music / "a.flac").write_bytes(piece(660, title="Mine", artist="Me", ISRC=one.isrc))
    assert sources_in(within(music, "--json"))["Mine"] == "reccobeats"
    assert len(ear.heard) == len(ALL_HEARD)


# -- Without services


@pytest.fixture(params=["reachable", "out of reach"])
def addresses(request: pytest.FixtureRequest, nobody_there: dict[str, str]) -> dict[str, str]:
    return {} if request.param == "reachable" else nobody_there


@pytest.mark.usefixtures("ear")
@pytest.mark.parametrize("way", ["--offline", "WORK_OFFLINE"])
def test_offline_asks_nobody(
    world: World, within: Call, music: Path, addresses: dict[str, str], way: str
) -> None:
    one = known_song()
    known = piece(660, title=one.title, artist=one.artist, ISRC=one.isrc)
    (music / "a.flac").write_bytes(known)
    settings = world.spotify_app | {"HEAR_PREVIEWS": "yes"} | addresses
    if way == "--offline":
        answer = within(music, "--json", "--offline", **settings)
    else:
        answer = within(music, "--json", WORK_OFFLINE="1", **settings)
    assert sources_in(answer) == ALL_HEARD | {one.title: "sound"}
    assert answer.stderr == ""
    found = json.loads(answer.stdout)
    assert found["failures"] == []
    assert all(track["preview_url"].startswith("file://") for track in found["tracks"])
    assert world.web.calls == []


@pytest.mark.usefixtures("ear")
def test_offline_is_a_wish_and_no_is_not(world: World, within: Call, music: Path) -> None:
    within(music, "--json", WORK_OFFLINE="no")
    assert world.web.calls_to("/deezer")


@pytest.mark.parametrize(
    "link",
    [
        LINK,
        "deezer:playlist:20",
        "https://link.deezer.com/s/2ZbQvC1XgL",
        "https://spotify.link/hRkBrwub9xb",
        "https://open.spotify.com/playlist/37i9dQZF1DXcBWIGoYBM5M",
        "spotify:album:37i9dQZF1DXcBWIGoYBM5M",
    ],
)
@pytest.mark.parametrize("way", ["--offline", "WORK_OFFLINE"])
def test_offline_a_link_is_refused_in_words(
    world: World, within: Call, link: str, way: str
) -> None:
    arguments = [link, "--json"] + ([way] if way == "--offline" else [])
    settings = world.spotify_app | ({"WORK_OFFLINE": "yes"} if way == "WORK_OFFLINE" else {})
    answer = within(*arguments, **settings)
    assert (answer.returncode, answer.stdout) == (FAILED, "")
    assert answer.stderr == ("No service is asked here: please bring files instead of a link.\n")
    assert world.web.calls == []


def test_offline_lists_and_the_demo_are_read(world: World, within: Call, tmp_path: Path) -> None:
    one = known_song()
    table = f"title,artist,isrc,spotify_id\n{one.title},{one.artist},{one.isrc},{one.spotify_id}\n"
    (tmp_path / "mine.csv").write_text(table)
    answer = within(tmp_path / "mine.csv", "--json", "--offline")
    assert sources_in(answer) == {one.title: None}
    assert answer.stderr == ""
    answer = within("demo", "--json", "--offline")
    assert len(json.loads(answer.stdout)["tracks"]) == 28
    assert world.web.calls == []


def test_offline_what_the_library_knows_is_still_known(
    world: World, within: Call, tmp_path: Path
) -> None:
    one = known_song()
    (tmp_path / "mine.csv").write_text(f"title,artist,isrc\n{one.title},{one.artist},{one.isrc}\n")
    assert sources_in(within(tmp_path / "mine.csv", "--json")) == {one.title: "reccobeats"}
    world.web.behave()
    answer = within(tmp_path / "mine.csv", "--json", "--offline")
    assert sources_in(answer) == {one.title: "reccobeats"}
    assert world.web.calls == []


@pytest.mark.slow
def test_without_a_network_the_sound_is_heard_all_the_same_and_failures_are_told(
    within: Call, music: Path, ear: FakeEar, nobody_there: dict[str, str]
) -> None:
    one = known_song()
    (music / "a.flac").write_bytes(piece(660, title="Mine", artist="Me", ISRC=one.isrc))
    answer = within(music, "--json", **nobody_there)
    assert sources_in(answer) == ALL_HEARD | {"Mine": "sound"}
    # After the first failure nobody waits for a second: what is heard needs no further service.
    [failure] = json.loads(answer.stdout)["failures"]
    assert failure["provider"] == "Deezer"
    assert failure["reason"].startswith("Deezer cannot be reached.")
    assert answer.stderr == f"{failure['reason']}\n"


@pytest.mark.slow
def test_once_the_services_are_back_they_are_asked_again(
    within: Call, music: Path, ear: FakeEar, nobody_there: dict[str, str]
) -> None:
    """What was heard in their absence is a makeshift: they know more."""
    one = known_song()
    (music / "a.flac").write_bytes(piece(660, title="Mine", artist="Me", ISRC=one.isrc))
    assert sources_in(within(music, "--json", **nobody_there))["Mine"] == "sound"
    assert sources_in(within(music, "--json"))["Mine"] == "reccobeats"


# -- Remembering


def test_what_was_heard_is_known_by_its_content(
    world: World, within: Call, music: Path, ear: FakeEar
) -> None:
    first = tracks_in(within(music, "--json"))
    heard = list(ear.heard)
    assert len(heard) == len(ALL_HEARD)
    ear.heard.clear()
    again = within(music, "--json")
    assert tracks_in(again) == first
    # What cannot be heard is tried again: that takes no time.
    short = digest((music / "album" / "Nobody - Too short.wav").read_bytes())
    assert set(ear.heard) <= {short}

    (music / "Nobody - One.flac").rename(music / "Somebody - 1.flac")
    elsewhere = music.with_name("elsewhere")
    shutil.copytree(music, elsewhere)
    shutil.rmtree(music)
    ear.heard.clear()
    moved = tracks_in(within(elsewhere, "--json"))
    assert set(ear.heard) <= {short}
    shares = {title: one["probabilities"] for title, one in moved.items()}
    assert shares.pop("1") == first["One"]["probabilities"]
    assert shares == {t: one["probabilities"] for t, one in first.items() if t != "One"}
    assert {one["features_source"] for one in moved.values()} == {"sound", None}


def test_what_was_heard_is_not_taken_for_other_content(
    within: Call, music: Path, ear: FakeEar
) -> None:
    """Same name, same place, same length, same size of the file: other music."""
    before = tracks_in(within(music, "--json"))["One"]
    path = music / "Nobody - One.flac"
    old = path.stat()
    other = piece(225)
    path.write_bytes(other)
    os.utime(path, ns=(old.st_atime_ns, old.st_mtime_ns))
    ear.heard.clear()
    after = tracks_in(within(music, "--json"))["One"]
    assert digest(other) in ear.heard
    assert after["probabilities"] != before["probabilities"]


def test_what_is_tagged_anew_is_heard_anew(within: Call, music: Path, ear: FakeEar) -> None:
    """The digest is of the whole file: to tell tags apart from sound would be a parser more."""
    within(music, "--json")
    ear.heard.clear()
    tagged = piece(220, title="Tagged", artist="Me")
    (music / "Nobody - One.flac").write_bytes(tagged)
    assert sources_in(within(music, "--json"))["Tagged"] == "sound"
    assert digest(tagged) in ear.heard


def test_without_a_library_everything_is_heard_each_time(
    within: Call, music: Path, ear: FakeEar, tmp_path: Path
) -> None:
    nowhere = f"sqlite:///{tmp_path}/none/library.db"
    for times in (1, 2):
        assert sources_in(within(music, "--json", DATABASE_URL=nowhere)) == ALL_HEARD
        assert len(ear.heard) == times * len(ALL_HEARD)


MANY = 2 * KEPT_EVERY + 5


@pytest.fixture
def much_music(tmp_path: Path) -> Path:
    folder = tmp_path / "music"
    folder.mkdir()
    for at in range(MANY):
        (folder / f"Nobody - Piece {at:02}.flac").write_bytes(piece(200 + at))
    return folder


@pytest.fixture
def heeds_ctrl_c() -> Iterator[None]:
    """As in a terminal; who starts tests in a shell's background has them ignore it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.slow
@pytest.mark.usefixtures("heeds_ctrl_c")
@pytest.mark.parametrize("after", [3, KEPT_EVERY + 3, 2 * KEPT_EVERY - 3])
def test_broken_off_in_the_middle_it_goes_on_where_it_was(
    within: Call,
    much_music: Path,
    ear: FakeEar,
    after: int,
    wait_for_hearings_to_end: Callable[[], None],
) -> None:
    """By Ctrl-C, which Python tells the main thread, whatever that does."""

    def interrupt(number: int) -> None:
        if number == after:
            signal.raise_signal(signal.SIGINT)
        if number >= after:
            time.sleep(0.5)  # until it has arrived, however busy the machine is

    ear.before = interrupt
    answer = within(much_music, "--json", "--offline")
    assert (answer.returncode, answer.stdout) == (INTERRUPTED, "")
    assert answer.stderr == "Interrupted.\n"
    wait_for_hearings_to_end()
    at_first = len(ear.heard)
    assert at_first < MANY
    ear.before = lambda _: None
    ear.heard.clear()
    assert len(tracks_in(within(much_music, "--json", "--offline"))) == MANY
    heard_again = at_first + len(ear.heard) - MANY
    assert 0 <= heard_again <= KEPT_EVERY


@pytest.mark.parametrize("steps", [1, 3])
def test_broken_off_while_something_is_shown_nothing_is_lost(
    within: Call,
    music: Path,
    ear: FakeEar,
    monkeypatch: pytest.MonkeyPatch,
    *,
    steps: int,
    wait_for_hearings_to_end: Callable[[], None],
) -> None:
    """Then the interruption comes from outside the hearing, which must hear of it."""
    (music / "album" / "Nobody - Too short.wav").unlink()  # all that is shown was heard
    shown: list[Step] = []

    def show(_: object, step: Step) -> None:
        if step.stage is Stage.SOUND and step.done:
            shown.append(step)
            if len(shown) == steps:
                raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(moods, "_show", show)
        answer = within(music, "--json", "--offline")
    assert (answer.returncode, answer.stderr) == (INTERRUPTED, "Interrupted.\n")
    wait_for_hearings_to_end()
    at_first = set(ear.heard)
    ear.heard.clear()
    assert set(sources_in(within(music, "--json", "--offline")).values()) == {"sound"}
    assert len(at_first - set(ear.heard)) >= steps


def test_what_was_heard_before_somebody_left_is_kept(
    world: World,
    database_url: str,
    much_music: Path,
    ear: FakeEar,
    wait_for_hearings_to_end: Callable[[], None],
) -> None:
    paths = sorted(much_music.iterdir())[: KEPT_EVERY // 2]
    tracks = result_of(read_files([GivenFile(path.name, path) for path in paths])).tracks
    with connected(world, database_url, remember_files=True) as services:
        steps = services.feature_chain().fill(tracks)
        found = next(step for step in steps if sum(map(has_features, step.tracks)) == 4)
        steps.close()
        wait_for_hearings_to_end()
        ear.heard.clear()
        known = list(filter(has_features, found.tracks))
        bare = [replace(track, features=None, features_source=None) for track in known]
        *_, last = services.feature_chain().fill(bare)
    assert list(last.tracks) == known
    assert ear.heard == []


def has_features(track: Track) -> bool:
    return track.features is not None


@pytest.fixture
def wait_for_hearings_to_end() -> Callable[[], None]:
    """Wait for the threads that the test began; what earlier ones left is none of its business."""

    def workers() -> set[threading.Thread]:
        return {one for one in threading.enumerate() if one.name.startswith("ThreadPoolExecutor")}

    before = workers()

    def wait() -> None:
        until = time.monotonic() + 30
        while workers() - before:
            assert time.monotonic() < until, workers()
            time.sleep(0.02)

    return wait


ENDED_AT = KEPT_EVERY + 15

HEARING_SLOWLY = f"""
import signal, sys, time
signal.signal(signal.SIGINT, signal.default_int_handler)  # see `heeds_ctrl_c`
import pytest
from music_mood.commands.moods import main
from tests.contract.ears import FakeEar, lend

def tell(number):
    sys.stderr.write(f"{{number}}\\n")  # at once: several threads do
    time.sleep(1.0 if number >= {ENDED_AT} else 0.02)

lend(pytest.MonkeyPatch(), FakeEar(tell))
sys.exit(main(sys.argv[1:]))
"""


@pytest.mark.slow
@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL], ids=["Ctrl-C", "killed"])
def test_a_process_that_was_ended_goes_on_where_it_was(
    world: World, within: Call, much_music: Path, ear: FakeEar, how: signal.Signals
) -> None:
    command = [sys.executable, "-c", HEARING_SLOWLY, str(much_music), "--offline", "--json"]
    environment = {**os.environ, **world.environment}
    with subprocess.Popen(
        command, cwd=ROOT, env=environment, text=True, stdout=-1, stderr=-1
    ) as process:
        assert process.stderr
        assert process.stdout
        at_first = 0
        for line in process.stderr:
            at_first = int(line)
            if at_first == ENDED_AT:
                break
        process.send_signal(how)
        rest = process.stderr.read()  # `communicate` would not know of what was read ahead
        assert process.stdout.read() == ""
        process.wait(SECONDS)
    assert "Traceback" not in rest
    if how is signal.SIGINT:
        assert process.returncode == INTERRUPTED
        assert "Interrupted." in rest  # a hearing under way may speak before the line ends
    at_first = max([at_first, *map(int, re.findall(r"\d+", rest))])
    assert at_first < MANY
    assert len(tracks_in(within(much_music, "--json", "--offline"))) == MANY
    heard_again = at_first + len(ear.heard) - MANY
    # Whoever is killed tells nobody what was under way.
    assert 0 <= heard_again <= KEPT_EVERY + (os.cpu_count() or 1)
    assert len(ear.heard) <= MANY - KEPT_EVERY


# -- Visitors' files


@contextmanager
def connected(world: World, database_url: str, **options: bool) -> Iterator[Services]:
    environment = world.environment | {"DATABASE_URL": database_url, "HEAR_PREVIEWS": "1"}
    with Services(Settings.from_environment(environment), **options) as services:
        services.library.features(["x"])  # opened, so that there is something to look into
        yield services


def everything_in(database_url: str) -> dict[str, list[tuple[object, ...]]]:
    return {name: rows(database_url, f"SELECT * FROM {name}") for name in metadata.tables}  # noqa: S608


def visitors_tracks(music: Path) -> list[Track]:
    """The files as the page has them, in memory; and as the command line has them."""
    paths = sorted(music.rglob("*.flac"))
    given = [GivenFile(path.name, data=path.read_bytes()) for path in paths]
    in_memory = result_of(read_files(given)).tracks
    on_disk = result_of(read_files([GivenFile(path.name, path) for path in paths])).tracks
    return [*in_memory, *on_disk]


def test_visitors_files_leave_nothing_in_the_library(
    world: World, database_url: str, music: Path, ear: FakeEar
) -> None:
    tracks = visitors_tracks(music)
    for _ in range(2):
        ear.heard.clear()
        with connected(world, database_url) as services:
            *_, last = services.feature_chain().fill(tracks)
        assert {track.features_source for track in last.tracks} == {"sound"}
        assert len(ear.heard) == len(tracks)  # the second time as well
        assert everything_in(database_url) == {name: [] for name in metadata.tables}


def test_of_visitors_files_that_services_know_only_that_is_left_which_services_told(
    world: World, database_url: str, ear: FakeEar
) -> None:
    known, unknown = (one for one in songs(11, 8) if one.number in (8, 9))
    files = [
        GivenFile("diary.flac", data=piece(220, title="Dear diary", artist="Me", ISRC=one.isrc))
        for one in (known, unknown)
    ]
    tracks = [result_of(read_files([file])).tracks[0] for file in files]
    with connected(world, database_url) as services:
        *_, last = services.feature_chain().fill(tracks)
    assert [track.features_source for track in last.tracks] == ["reccobeats", "sound"]
    left = everything_in(database_url)
    assert [row[0] for row in left.pop("features")] == [known.isrc]
    assert [row[0] for row in left.pop("unknown_features")] == [unknown.isrc]
    assert not any(left.values())
    # What was heard under another's name reaches nobody who asks for that.
    with connected(world, database_url) as services:
        *_, last = services.feature_chain().fill([Track("Song", "A", isrc=unknown.isrc)])
        assert last.tracks[0].features_source != "sound" or world.web.calls_to("/audio")
        assert services.library.features([unknown.isrc]) == {}


def test_of_ones_own_files_the_library_keeps_numbers_under_digests(
    world: World, database_url: str, music: Path, ear: FakeEar
) -> None:
    with connected(world, database_url, remember_files=True) as services:
        *_, _ = services.feature_chain().fill(visitors_tracks(music))
    left = everything_in(database_url)
    kept = left.pop("features")
    assert len(kept) == len(ALL_HEARD) - 1  # in memory and on the disk: the same files
    for identifier, *numbers, source, _ in kept:
        assert str(identifier).startswith("sound:1:")
        assert len(str(identifier)) == len("sound:1:") + 32
        assert all(isinstance(number, float) for number in numbers)
        assert source == "sound"
    assert not any(left.values())


def test_a_file_that_is_gone_when_it_should_be_heard_stays_unknown(
    world: World, database_url: str, music: Path, ear: FakeEar
) -> None:
    tracks = visitors_tracks(music)
    (music / "Nobody - One.flac").unlink()
    with connected(world, database_url, remember_files=True) as services:
        *_, last = services.feature_chain().fill(tracks)
    gone = [track for track in last.tracks if track.features is None]
    assert [(track.title, track.audio_path) for track in gone] == [
        ("One", music / "Nobody - One.flac")
    ]
    assert last.failures == ()


# -- Lists for players


def lists_in(folder: Path) -> dict[str, list[str]]:
    return {
        path.stem: [line for line in path.read_text("utf-8").splitlines() if line[0] != "#"]
        for path in folder.glob("*.m3u8")
    }


def expected_lists(answer: Answer) -> dict[str, list[str]]:
    """Which files belong into which list, as the answer on standard output has it."""
    tracks = json.loads(answer.stdout)["tracks"]
    return {
        str(mood): [
            track["preview_url"]
            for track in sorted(
                (track for track in tracks if track["mood"] == mood),
                key=lambda track: -track["probabilities"][mood],
            )
        ]
        for mood in MOODS
    }


def as_uris(folder: Path, lines: list[str]) -> list[str]:
    return [(folder / line).resolve(strict=True).as_uri() for line in lines]


@pytest.mark.parametrize("where", ["music", "music/lists", "lists", "a/b/c"])
def test_four_lists_lead_to_the_files_the_surest_first(
    within: Call, music: Path, ear: FakeEar, model: Callable[[float], None], where: str
) -> None:
    for at in range(12):
        (music / f"Nobody - Piece {at}.flac").write_bytes(piece(600 + 10 * at))
    folder = music.parent / where
    model(0.0)
    answer = within(music, "--json", "--offline", "--playlists", folder)
    assert answer.returncode == DONE, answer.stderr
    expected = expected_lists(answer)
    assert sum(map(len, expected.values())) == 16
    assert len(max(expected.values(), key=len)) > 2  # there is an order
    found = {name: as_uris(folder, lines) for name, lines in lists_in(folder).items()}
    assert found == expected
    counts = ", ".join(f"{len(expected[mood])} {mood}" for mood in MOODS)
    assert answer.stderr == (f"Playlists in {folder}: {counts}; 1 track stands in none.\n")


def test_the_folder_may_be_named_from_where_one_is(
    within: Call,
    music: Path,
    ear: FakeEar,
    model: Callable[[float], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    model(0.0)
    monkeypatch.chdir(music / "album")
    answer = within("..", "--json", "--offline", "--playlists", "../../lists")
    assert answer.returncode == DONE, answer.stderr
    folder = music.parent / "lists"
    found = {name: as_uris(folder, lines) for name, lines in lists_in(folder).items()}
    assert found == expected_lists(answer)
    assert sum(map(len, found.values())) == 4


def test_what_the_model_is_not_sure_of_stands_in_no_list(
    within: Call, music: Path, ear: FakeEar, model: Callable[[float], None]
) -> None:
    folder = music.parent / "lists"
    model(0.0)
    shares = sorted(
        max(one["probabilities"].values())
        for one in tracks_in(within(music, "--json", "--offline")).values()
        if one["probabilities"]
    )
    low, high = next(pair for pair in pairwise(shares) if pair[0] < pair[1])
    model((low + high) / 2)
    answer = within(music, "--json", "--offline", "--playlists", folder)
    moods_found = [one["mood"] for one in tracks_in(answer).values()]
    assert moods_found.count("unsure") == shares.index(high)
    assert moods_found.count("unknown") == 1
    found = {name: as_uris(folder, lines) for name, lines in lists_in(folder).items()}
    assert found == expected_lists(answer)
    assert sum(map(len, found.values())) == 4 - shares.index(high)


def test_the_lists_are_written_anew_for_what_is_there_now(
    within: Call, music: Path, ear: FakeEar, model: Callable[[float], None]
) -> None:
    folder = music.parent / "lists"
    model(0.0)
    within(music, "--offline", "--playlists", folder)
    (music / "Nobody - One.flac").unlink()
    (music / "Nobody - Five.flac").write_bytes(piece(700))
    answer = within(music, "--json", "--offline", "--playlists", folder)
    found = {name: as_uris(folder, lines) for name, lines in lists_in(folder).items()}
    assert found == expected_lists(answer)
    assert sum(map(len, found.values())) == 4
    assert sorted(path.name for path in folder.iterdir()) == [f"{mood}.m3u8" for mood in MOODS]


def test_lists_of_a_link_lead_to_its_pages_and_those_of_the_demo_to_its_files(
    within: Call, tmp_path: Path
) -> None:
    within(LINK, "--playlists", tmp_path / "lists")
    lines = list(chain(*lists_in(tmp_path / "lists").values()))
    assert lines
    assert all(line.startswith("https://www.deezer.com/track/") for line in lines)
    within("demo", "--playlists", tmp_path / "lists")
    lines = list(chain(*lists_in(tmp_path / "lists").values()))
    assert len(lines) == 28
    assert all((tmp_path / "lists" / line).is_file() for line in lines)


@pytest.fixture
def no_reading(monkeypatch: pytest.MonkeyPatch) -> None:
    def read(*_: object) -> None:
        raise AssertionError("an hour's work would be lost")

    monkeypatch.setattr(moods, "read", read)


@pytest.mark.usefixtures("no_reading")
@pytest.mark.parametrize("mood", MOODS)
def test_somebody_elses_list_is_refused_before_anything_is_read(
    world: World, within: Call, music: Path, ear: FakeEar, mood: str
) -> None:

    folder = music.parent / "lists"
    folder.mkdir()
    theirs = folder / f"{mood}.m3u8"
    theirs.write_bytes(b"#EXTM3U\nmy favourite.mp3\n")
    answer = within(music, "--json", "--playlists", folder)
    assert (answer.returncode, answer.stdout) == (FAILED, "")
    assert answer.stderr == (
        f"{theirs} was not made by this command and would be lost. Please move it, or name another "
        "folder.\n"
    )
    assert [path.read_bytes() for path in folder.iterdir()] == [b"#EXTM3U\nmy favourite.mp3\n"]
    assert (world.web.calls, ear.heard) == ([], [])


@pytest.mark.usefixtures("no_reading")
def test_a_folder_that_cannot_be_written_in_gets_a_sentence_before_anything_is_read(
    world: World, within: Call, music: Path, ear: FakeEar
) -> None:
    for place in (music / "Nobody - One.flac", music / "Nobody - One.flac" / "x", Path("/proc/x")):
        answer = within(music, "--json", "--playlists", place)
        assert (answer.returncode, answer.stdout) == (FAILED, "")
        assert answer.stderr.startswith(f"The playlists cannot be written in {place}: ")
        assert len(answer.stderr.splitlines()) == 1
    assert (world.web.calls, ear.heard) == ([], [])


# -- Without requirements-sound.txt


def test_without_the_extra_files_stay_unknown_and_that_is_said_once(
    within: Call, music: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    deafen(monkeypatch)
    answer = within(music, "--json", "--offline")
    tracks = tracks_in(answer)
    assert {one["mood"] for one in tracks.values()} == {"unknown"}
    assert {one["features_source"] for one in tracks.values()} == {None}
    assert len(tracks) == len(ALL_HEARD)
    assert answer.stderr == f"{NOT_HEARD}\n"
    assert "requirements-sound.txt" in answer.stderr


def test_without_the_extra_nothing_is_said_where_nothing_could_be_heard(
    within: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    deafen(monkeypatch)
    one = known_song()
    known = piece(660, title=one.title, artist=one.artist, ISRC=one.isrc)
    (tmp_path / "a.flac").write_bytes(known)
    (tmp_path / "b.csv").write_text("title,artist\nNobody knows,It\n")
    answer = within(tmp_path / "a.flac", tmp_path / "b.csv", "--json")
    assert sources_in(answer) == {one.title: "reccobeats", "Nobody knows": None}
    assert answer.stderr == ""


def test_an_extra_that_does_not_work_is_told_and_the_rest_goes_on(
    within: Call, music: Path, ear: FakeEar, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken() -> None:
        raise OSError("libsomething.so.1: cannot open shared object file")

    monkeypatch.setattr(ear, "load", broken)
    one = known_song()
    (music / "a.flac").write_bytes(piece(660, title="Mine", artist="Me", ISRC=one.isrc))
    answer = within(music, "--json")
    assert sources_in(answer) == dict.fromkeys(ALL_HEARD, None) | {"Mine": "reccobeats"}
    [sentence] = answer.stderr.splitlines()
    assert "cannot listen to music at the moment" in sentence


# -- Names


def test_names_in_another_encoding_are_read_and_told(
    within: Call, tmp_path: Path, ear: FakeEar, model: Callable[[float], None]
) -> None:
    """As old disks have them; Linux takes any bytes for a name."""
    folder = tmp_path / os.fsdecode(b"m\xfcsic")
    folder.mkdir()
    (folder / os.fsdecode(b"J\xf3ga.flac")).write_bytes(piece(220))
    (folder / os.fsdecode(b"br\xf3ken.ogg")).write_bytes(b"no sound")
    model(0.0)
    lists = tmp_path / "lists"
    for arguments in ([], ["--json"]):
        answer = within(folder, *arguments, "--offline", "--playlists", lists)
        assert answer.returncode == DONE, answer.stderr
        answer.stdout.encode()
    [line] = chain(*lists_in(lists).values())
    assert line == (folder / os.fsdecode(b"J\xf3ga.flac")).as_uri()
