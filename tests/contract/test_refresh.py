"""``python -m music_mood.refresh`` against the fake web, with both databases."""

import os
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from music_mood.commands.refresh import main
from music_mood.library.store import Library
from tests.contract import faults
from tests.contract.catalogue import song, songs
from tests.contract.world import World

ROOT = Path(__file__).resolve().parents[2]
SECONDS = 120  # a cold start on a loaded machine
LINK = "https://www.deezer.com/playlist/20"
OTHER = "https://www.deezer.com/playlist/555"

Answer = subprocess.CompletedProcess[str]


@pytest.fixture
def refresh(
    world: World,
    database_url: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Callable[..., Answer]:
    """Run it in this process."""
    settings = world.environment | {"DATABASE_URL": database_url}
    for name, value in settings.items():
        monkeypatch.setenv(name, value)

    def call(*arguments: str) -> Answer:
        code = main(arguments)
        return Answer(arguments, code, *capsys.readouterr())

    return call


def hold(world: World, count: int) -> None:
    """Let the other playlist hold so many tracks."""
    world.deezer.playlists["555"] = [world.deezer.entry(one) for one in songs(count)]


def counts(line: str) -> list[int]:
    return [int(word) for word in line.replace(",", "").replace(";", "").split() if word.isdigit()]


def test_a_playlist_is_marked_read_and_labelled(
    world: World, refresh: Callable[..., Answer], database_url: str
) -> None:
    answer = refresh("--add", "Look: https://www.deezer.com/fr/playlist/20?utm=x")
    assert (answer.returncode, answer.stderr) == (0, "")
    title, _, told = answer.stdout.partition(": ")
    new, known, labelled, unsure, unknown = counts(told)
    assert (title, new, known, unknown) == ("Fake playlist 20", 20, 0, 2)
    assert labelled + unsure == 18
    assert labelled > 0
    assert refresh("--list").stdout.startswith(f"{LINK}  Fake playlist 20  (read 20")
    with closing(Library(database_url)) as library:
        assert len(library.features([one.isrc for one in songs(20)])) == 18


def test_a_refresh_appends_and_labels_only_what_is_new(
    world: World, refresh: Callable[..., Answer]
) -> None:
    hold(world, 10)
    refresh("--add", LINK)
    refresh("--add", OTHER)
    hold(world, 35)
    world.web.behave()
    answer = refresh()
    assert (answer.returncode, answer.stderr) == (0, "")
    first, second = answer.stdout.splitlines()
    assert first == "Fake playlist 20: 0 new, 20 known; 0 labelled, 0 unsure, 2 unknown"
    new, known, labelled, unsure, unknown = counts(second.partition(": ")[2])
    # Of its 25 new tracks, 10 have a label from the other playlist.
    assert (new, known, unknown) == (25, 10, 3)
    assert labelled + unsure == 14
    assert len(world.web.calls_to("/reccobeats")) == 1
    assert len(world.web.calls_to("/deezer/track")) == 15


def test_one_playlist_that_fails_does_not_stop_the_others(
    world: World, refresh: Callable[..., Answer]
) -> None:
    hold(world, 10)
    refresh("--add", OTHER)
    refresh("--add", LINK)
    world.web.misbehave("/deezer/playlist/555", faults.deezer_error(800, "no data"), always=True)
    answer = refresh()
    assert answer.returncode == 1
    assert answer.stdout.startswith("Fake playlist 20: 0 new, 20 known")
    [sentence] = answer.stderr.splitlines()
    assert sentence.startswith("Fake playlist 555: ")
    assert "private or deleted" in sentence


def test_a_provider_that_fails_is_told_and_asked_again_next_time(
    world: World, refresh: Callable[..., Answer]
) -> None:
    world.web.misbehave("/reccobeats", faults.HTML, always=True)
    answer = refresh("--add", LINK)
    assert answer.returncode == 1
    assert answer.stdout == (
        "Fake playlist 20: 20 new, 0 known; 0 labelled, 0 unsure, 20 unknown\n"
    )
    assert answer.stderr.startswith("Fake playlist 20: ReccoBeats ")
    world.web.behave()
    answer = refresh()
    assert (answer.returncode, answer.stderr) == (0, "")
    new, known, labelled, unsure, unknown = counts(answer.stdout.partition(": ")[2])
    assert (new, known, labelled + unsure, unknown) == (0, 20, 18, 2)


def test_a_track_that_is_twice_in_a_playlist_counts_once(
    world: World, refresh: Callable[..., Answer]
) -> None:
    world.deezer.playlists["555"] = [world.deezer.entry(song(1))] * 2
    new, known, labelled, unsure, _ = counts(refresh("--add", OTHER).stdout.partition(": ")[2])
    assert (new, known, labelled + unsure) == (1, 0, 1)


def test_a_playlist_is_marked_no_more(refresh: Callable[..., Answer]) -> None:
    refresh("--add", LINK)
    assert (refresh("--remove", LINK).returncode, refresh("--list").stdout) == (0, "")
    answer = refresh("--remove", LINK)
    assert (answer.returncode, answer.stdout) == (1, "")
    assert "not marked" in answer.stderr
    assert refresh().stdout == "No playlist is marked. Mark one with --add LINK.\n"


@pytest.mark.parametrize(
    ("link", "sentence"),
    [
        ("https://www.deezer.com/playlist/99999999", "private or deleted"),
        ("https://open.spotify.com/playlist/37i9dQZF1DXcBWIGoYBM5M", "exportify"),
        ("https://www.deezer.com/album/20", "an album, which never changes"),
        ("https://www.deezer.com/track/3000001", "a track, which never changes"),
        ("nonsense", "no link that we understand"),
        ("", "There is no link yet"),
    ],
)
def test_what_cannot_be_read_is_not_marked(
    refresh: Callable[..., Answer], link: str, sentence: str
) -> None:
    answer = refresh("--add", link)
    assert (answer.returncode, answer.stdout, len(answer.stderr.splitlines())) == (1, "", 1)
    assert sentence in answer.stderr
    assert refresh("--list").stdout == ""


def test_without_a_library_nothing_is_refreshed(
    refresh: Callable[..., Answer], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path}/none/library.db")
    answer = refresh()
    assert (answer.returncode, answer.stdout, len(answer.stderr.splitlines())) == (1, "", 1)
    assert answer.stderr.startswith("The library does not work at the moment.")


def test_it_runs_as_a_command_of_its_own(world: World, database_url: str) -> None:
    environment = {**os.environ, **world.environment, "DATABASE_URL": database_url}
    command = [sys.executable, "-m", "music_mood.refresh"]

    def run(*arguments: str) -> Answer:
        return subprocess.run(
            [*command, *arguments],
            cwd=ROOT,
            env=environment,
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
        )

    answer = run("--add", LINK)
    assert (answer.returncode, answer.stderr) == (0, "")
    answer = run()
    assert (answer.returncode, answer.stderr) == (0, "")
    assert answer.stdout.startswith("Fake playlist 20: 0 new, 20 known; 0 labelled")
    assert run("--add", LINK, "--list").returncode == 2
