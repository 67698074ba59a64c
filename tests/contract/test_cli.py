"""The command line against the fake web: as a process of its own, and, to save time, within."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from music_mood.commands.moods import NOT_HEARD, main
from music_mood.values import MOODS
from tests.contract import faults
from tests.contract.catalogue import song, songs
from tests.contract.ears import deafen
from tests.contract.spotify import FOREIGN
from tests.contract.spotify_objects import spotify_id
from tests.contract.world import World
from tests.sounds import encoded, wav

ROOT = Path(__file__).resolve().parents[2]
SECONDS = 120  # a cold start on a loaded machine
LINK = "https://www.deezer.com/playlist/20"

Answer = subprocess.CompletedProcess[str]


def run(world: World, *arguments: str, **settings: str) -> Answer:
    return subprocess.run(
        [sys.executable, "-m", "music_mood", *arguments],
        cwd=ROOT,
        env={**os.environ, **world.environment, **settings},
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )


@pytest.fixture
def within(
    world: World, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., Answer]:
    """Run it in this process."""

    def call(*arguments: str, **settings: str) -> Answer:
        for name, value in (world.environment | settings).items():
            monkeypatch.setenv(name, value)
        code = main(arguments)
        return Answer(arguments, code, *capsys.readouterr())

    return call


def test_a_deezer_link_becomes_moods_and_previews(world: World) -> None:
    answer = run(world, LINK, "--json")
    assert (answer.returncode, answer.stderr) == (0, "")
    found = json.loads(answer.stdout)
    assert found["playlist"]["title"] == "Fake playlist 20"
    assert found["skipped"] == found["failures"] == []
    assert [track["title"] for track in found["tracks"]] == [one.title for one in songs(20)]
    first = found["tracks"][0]
    assert first["artist"] == song(0).artist
    assert first["duration_ms"] == song(0).duration_s * 1000
    assert first["isrc"] == song(0).isrc
    assert first["mood"] in {*MOODS, "unsure"}
    assert list(first["probabilities"]) == list(MOODS)
    assert sum(first["probabilities"].values()) == pytest.approx(1)
    assert first["features_source"] == "reccobeats"
    assert first["preview_url"].startswith(f"{world.web.url}/audio/deezer-0.mp3")
    assert first["preview_source"] == "Deezer"
    unknown = found["tracks"][9]
    assert (unknown["mood"], unknown["probabilities"]) == ("unknown", None)
    assert unknown["features_source"] is None


def test_a_second_time_the_features_come_from_the_library(
    world: World, within: Callable[..., Answer]
) -> None:
    first = json.loads(within(LINK, "--json").stdout)
    world.web.behave()
    second = json.loads(within(LINK, "--json").stdout)
    assert [track["features_source"] for track in second["tracks"][8:]] == (
        ["reccobeats", None] + ["reccobeats"] * 9 + [None]
    )
    moods = [[track["mood"] for track in found["tracks"]] for found in (first, second)]
    assert moods[0] == moods[1]
    assert not world.web.calls_to("/reccobeats")


def test_without_a_library_the_command_line_goes_on(
    within: Callable[..., Answer], tmp_path: Path
) -> None:
    answer = within(LINK, "--json", DATABASE_URL=f"sqlite:///{tmp_path}/none/library.db")
    assert (answer.returncode, answer.stderr) == (0, "")
    assert json.loads(answer.stdout)["tracks"][0]["features_source"] == "reccobeats"


def test_lines_tell_the_same(world: World, within: Callable[..., Answer]) -> None:
    answer = within(LINK)
    lines = answer.stdout.splitlines()
    assert lines[0] == "Fake playlist 20 (Deezer, 20 tracks)"
    assert len(lines) == 21
    assert song(3).title in lines[4]
    assert f"{world.web.url}/audio/deezer-3.mp3" in lines[4]
    assert lines[10].startswith("unknown")


def test_a_csv_file_is_read_from_disk(
    world: World, within: Callable[..., Answer], tmp_path: Path
) -> None:
    one = song(2)
    file = tmp_path / "mine.csv"
    names = list(one.features)
    rows = [
        ["title", "artist", "duration_ms", *names],
        [one.title, one.artist, one.duration_s * 1000, *[one.features[name] for name in names]],
        ["Featureless", "Nobody", 1000, *[""] * len(names)],
        ["", "No title", 1000, *[""] * len(names)],
    ]
    file.write_text("\n".join(",".join(map(str, row)) for row in rows))
    answer = within(str(file), "--json")
    assert answer.returncode == 0, answer.stderr
    found = json.loads(answer.stdout)
    first, second = found["tracks"]
    assert first["features_source"] == "csv"
    assert first["preview_source"] == "Deezer"
    assert (second["mood"], second["preview_url"]) == ("unknown", None)
    assert len(found["skipped"]) == 1
    assert found["skipped"][0]["reason"]
    assert not world.web.calls_to("/reccobeats")


def test_playlists_of_other_programs_are_read_from_disk(
    world: World, within: Callable[..., Answer], tmp_path: Path
) -> None:
    one, other = song(1), song(2)
    (tmp_path / "mine.m3u8").write_text(
        f"#EXTM3U\n#PLAYLIST:Mine\n#EXTINF:{one.duration_s},{one.artist} - {one.title}\n"
        f"C:\\Music\\{one.title}.mp3\n"
    )
    link = f"https://open.spotify.com/track/{other.spotify_id}"
    track = {"title": other.title, "creator": other.artist, "identifier": [link]}
    (tmp_path / "other.jspf").write_text(json.dumps({"playlist": {"track": [track]}}))
    answer = within(str(tmp_path / "mine.m3u8"), "--json")
    assert (answer.returncode, answer.stderr) == (0, "")
    found = json.loads(answer.stdout)
    assert (found["playlist"]["title"], found["playlist"]["source"]) == ("Mine", "m3u")
    (first,) = found["tracks"]
    assert (first["title"], first["artist"]) == (one.title, one.artist)
    assert first["preview_source"] == "Deezer"  # not the file, which is not here
    answer = within(*(str(tmp_path / name) for name in ("mine.m3u8", "other.jspf")), "--json")
    second = json.loads(answer.stdout)["tracks"][1]
    assert (second["title"], second["features_source"]) == (other.title, "reccobeats")


def test_the_demo_needs_no_network(world: World, within: Callable[..., Answer]) -> None:
    answer = within("demo", "--json")
    assert answer.returncode == 0, answer.stderr
    found = json.loads(answer.stdout)
    assert len(found["tracks"]) == 28
    assert all(track["preview_url"].startswith("file://") for track in found["tracks"])
    assert world.web.calls == []


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ("https://www.deezer.com/playlist/99999999", "private or deleted"),
        ("https://open.spotify.com/playlist/37i9dQZF1DXcBWIGoYBM5M", "exportify"),
        ("https://example.org/x", "no link of Spotify or Deezer"),
        ("nowhere.csv", "There is no file nowhere.csv"),
        ("x" * 5_000, "cannot be opened"),
        ("", "There is no link yet"),
        ("nowhere.mp3", "There is no file nowhere.mp3"),
        ("nowhere.xspf", "There is no file nowhere.xspf"),
        ("nothing at all", "no link that we understand"),
    ],
)
def test_a_failure_is_one_sentence_and_an_exit_code(
    within: Callable[..., Answer], words: str, sentence: str
) -> None:
    answer = within(words, "--json")
    assert answer.returncode == 1
    assert answer.stdout == ""
    assert len(answer.stderr.splitlines()) == 1
    assert sentence in answer.stderr


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DEEZER_API_URL", "deezer"),
        ("SPOTIPY_REDIRECT_URI", "http://localhost:8501"),
        ("DATABASE_URL", "library.db"),
        ("WORK_OFFLINE", "maybe"),
        ("HEAR_PREVIEWS", "maybe"),
    ],
)
def test_a_broken_setting_is_one_sentence(
    within: Callable[..., Answer], name: str, value: str
) -> None:
    answer = within(LINK, **{name: value})
    assert (answer.returncode, len(answer.stderr.splitlines())) == (1, 1)
    assert f"{name} must be" in answer.stderr


def test_deezer_out_of_order_is_one_sentence(world: World) -> None:
    world.web.misbehave("/deezer", faults.BROKEN, always=True)
    answer = run(world, LINK)
    assert answer.returncode == 1
    assert answer.stderr == (
        "Deezer is out of order at the moment. Please try again in a minute.\n"
    )


def test_a_provider_out_of_order_costs_only_what_it_knows(
    world: World, within: Callable[..., Answer]
) -> None:
    world.web.misbehave("/reccobeats", faults.HTML, always=True)
    answer = within(LINK, "--json")
    found = json.loads(answer.stdout)
    assert answer.returncode == 0
    assert {track["mood"] for track in found["tracks"]} == {"unknown"}
    assert found["tracks"][0]["preview_source"] == "Deezer"
    [failure] = found["failures"]
    assert failure["provider"] == "ReccoBeats"
    assert answer.stderr == f"{failure['reason']}\n"


def test_an_app_at_spotify_reads_albums_but_no_playlists(
    world: World, within: Callable[..., Answer]
) -> None:
    answer = within(f"spotify:album:{spotify_id('album3x')}", "--json", **world.spotify_app)
    assert answer.returncode == 0, answer.stderr
    found = json.loads(answer.stdout)
    assert found["playlist"]["source"] == "Spotify"
    assert [track["features_source"] for track in found["tracks"]] == ["reccobeats"] * 9 + [None]
    assert {track["preview_source"] for track in found["tracks"]} == {"Deezer"}
    answer = within(f"https://open.spotify.com/playlist/{FOREIGN}", **world.spotify_app)
    assert answer.returncode == 1
    assert "only to its owner" in answer.stderr


def test_verbose_tells_calls_and_no_secrets(world: World) -> None:
    link = f"https://open.spotify.com/track/{song(1).spotify_id}"
    answer = run(world, link, "--verbose", **world.spotify_app)
    assert answer.returncode == 0, answer.stderr
    assert re.search(r"music_mood\.web\.transport:POST 127\.0\.0\.1:\d+: 200,", answer.stderr)
    assert len(world.accounts.secrets) >= 2
    for secret in world.accounts.secrets:
        assert secret not in answer.stderr + answer.stdout


def test_a_command_that_is_none_is_explained(
    within: Callable[..., Answer], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit, match="2"):
        within()
    with pytest.raises(SystemExit, match="0"):
        within("--help")
    assert "LINK_OR_FILE" in capsys.readouterr().out


@pytest.fixture
def music(tmp_path: Path) -> Path:
    """A folder with two songs that the fake web knows, one it does not, and a broken file."""
    one, other = song(1), song(2)
    (tmp_path / "a.mp3").write_bytes(
        encoded("mp3", title=one.title, artist=one.artist, TSRC=one.isrc)
    )
    (tmp_path / "b.flac").write_bytes(
        encoded("flac", title=other.title, artist=other.artist, ISRC=other.isrc)
    )
    (tmp_path / "c").mkdir()
    (tmp_path / "c" / "Nobody - Home tape.wav").write_bytes(wav())
    (tmp_path / "d.ogg").write_bytes(b"no sound")
    return tmp_path


def test_a_folder_of_audio_files_becomes_moods(
    within: Callable[..., Answer], music: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    deafen(monkeypatch)  # of what is heard: test_own_music.py
    answer = within(str(music), "--json")
    assert (answer.returncode, answer.stderr) == (0, f"{NOT_HEARD}\n")
    found = json.loads(answer.stdout)
    assert found["playlist"]["title"] == music.name
    assert found["playlist"]["source"] == "files"
    first, second, third = found["tracks"]
    assert (first["title"], first["artist"]) == (song(1).title, song(1).artist)
    assert first["isrc"] == song(1).isrc
    assert first["duration_ms"] == pytest.approx(2_000, abs=60)
    assert first["features_source"] == second["features_source"] == "reccobeats"
    assert first["mood"] in {*MOODS, "unsure"}
    assert first["preview_url"] == (music / "a.mp3").as_uri()
    assert (third["title"], third["artist"], third["mood"]) == ("Home tape", "Nobody", "unknown")
    assert third["preview_url"] == (music / "c" / "Nobody - Home tape.wav").as_uri()
    assert found["skipped"] == [
        {"name": "d.ogg", "reason": "it is not an audio file of a kind we know"}
    ]


def test_several_files_become_one_playlist(
    world: World, within: Callable[..., Answer], music: Path
) -> None:
    names = ["b.flac", "a.mp3", "d.ogg", "gone.mp3"]
    answer = within(*(str(music / name) for name in names), "--json")
    assert answer.returncode == 0, answer.stderr
    found = json.loads(answer.stdout)
    assert [track["title"] for track in found["tracks"]] == [song(2).title, song(1).title]
    assert [one["name"] for one in found["skipped"]] == ["d.ogg", "gone.mp3"]


@pytest.mark.parametrize(
    ("names", "sentence"),
    [
        (["d.ogg"], "This file cannot be used. d.ogg: it is not an audio file"),
        (["d.ogg", "gone.mp3"], "None of these 2 files can be used. d.ogg: it is not"),
        (["gone.flac"], "There is no file"),
        (["letter.pdf"], "This is a PDF document, from which no playlist can be read. Please"),
        (["empty"], "There are no audio files (mp3, "),
    ],
)
def test_no_usable_file_is_one_sentence(
    within: Callable[..., Answer], music: Path, names: list[str], sentence: str
) -> None:
    (music / "empty").mkdir()
    (music / "letter.pdf").write_bytes(b"%PDF-1.7")
    answer = within(*(str(music / name) for name in names), "--json")
    assert (answer.returncode, answer.stdout) == (1, "")
    assert len(answer.stderr.splitlines()) == 1
    assert sentence in answer.stderr


def test_links_come_alone(within: Callable[..., Answer], music: Path) -> None:
    answer = within(str(music / "a.mp3"), LINK)
    assert answer.returncode == 1
    assert answer.stderr == (
        f"'{LINK}' is no file. Please give either files and folders or one link.\n"
    )
