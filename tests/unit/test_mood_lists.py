"""A collection as four playlists: whose files are written over, and what stands in them."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from music_mood.errors import OutputError
from music_mood.files import mood_lists
from music_mood.files.lists.playlist_files import read_playlist_file
from music_mood.files.mood_lists import MARK, check_folder, list_in, write_mood_lists
from music_mood.values import MOODS, LabelledTrack, LabelSource, Mood, Track

NAMES = ["calm.m3u8", "energetic.m3u8", "happy.m3u8", "sad.m3u8"]


def labelled(title: str, mood: Mood | None, share: float, **facts: object) -> LabelledTrack:
    """A track of which the model is so sure; without a mood, it is sure of none."""
    shares = tuple(share if one is (mood or Mood.CALM) else (1 - share) / 3 for one in MOODS)
    return LabelledTrack(Track(title, "A", **facts), mood, shares, LabelSource.MODEL)


def addresses(path: Path) -> list[str]:
    return [line for line in path.read_text("utf-8").splitlines() if not line.startswith("#")]


def names_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_each_mood_has_a_list_of_its_name(tmp_path: Path) -> None:
    assert [list_in(tmp_path, mood).name for mood in MOODS] == NAMES
    counts = write_mood_lists([], tmp_path)
    assert counts == dict.fromkeys(MOODS, 0)
    assert names_in(tmp_path) == NAMES  # an empty one, too: it may have to replace a full one
    for mood in MOODS:
        written = list_in(tmp_path, mood).read_bytes()
        assert written.startswith(b"#EXTM3U\n")  # players look at the first line
        assert MARK in written
        assert f"#PLAYLIST:{mood}" in written.decode()


def test_the_surest_stand_first_and_those_without_a_mood_in_none(tmp_path: Path) -> None:
    nobody_knows = LabelledTrack(Track("E", "A", deezer_id="5"), None, None, LabelSource.NOBODY)
    by_makers = LabelledTrack(
        Track("F", "A", deezer_id="6", makers_mood=Mood.CALM),
        Mood.CALM,
        (1.0, 0.0, 0.0, 0.0),
        LabelSource.MAKERS,
    )
    tracks = [
        labelled("A", Mood.CALM, 0.5, deezer_id="1"),
        labelled("B", Mood.SAD, 0.8, deezer_id="2"),
        labelled("C", Mood.CALM, 0.9, deezer_id="3"),
        labelled("D", None, 0.4, deezer_id="4"),
        nobody_knows,
        by_makers,
        labelled("G", Mood.CALM, 0.9, deezer_id="7"),
    ]
    counts = write_mood_lists(tracks, tmp_path)
    assert counts == {Mood.CALM: 4, Mood.ENERGETIC: 0, Mood.HAPPY: 0, Mood.SAD: 1}
    found = {name: addresses(tmp_path / name) for name in NAMES}
    links = {at: f"https://www.deezer.com/track/{at}" for at in range(1, 8)}
    assert found == {
        "calm.m3u8": [links[6], links[3], links[7], links[1]],  # of equals, the first given
        "energetic.m3u8": [],
        "happy.m3u8": [],
        "sad.m3u8": [links[2]],
    }


def test_the_lists_can_be_read_again(tmp_path: Path) -> None:
    song = tmp_path / "music" / "#1: Jóga.mp3"
    write_mood_lists([labelled("Jóga", Mood.SAD, 0.9, audio_path=song)], tmp_path)
    written = list_in(tmp_path, Mood.SAD).read_bytes()
    back = read_playlist_file(written, "sad.m3u8")
    assert [(track.artist, track.title) for track in back.tracks] == [("A", "Jóga")]
    assert addresses(list_in(tmp_path, Mood.SAD)) == ["music/#1: Jóga.mp3"]


def test_a_list_of_ours_is_written_anew_and_nothing_else_is_left(tmp_path: Path) -> None:
    write_mood_lists([labelled("A", Mood.CALM, 0.5, deezer_id="1")], tmp_path)
    (tmp_path / "mine.m3u8").write_bytes(b"#EXTM3U\nmine.mp3\n")
    check_folder(tmp_path)
    write_mood_lists([labelled("B", Mood.SAD, 0.5, deezer_id="2")], tmp_path)
    assert addresses(tmp_path / "calm.m3u8") == []
    assert addresses(tmp_path / "sad.m3u8") == ["https://www.deezer.com/track/2"]
    assert names_in(tmp_path) == [*NAMES[:3], "mine.m3u8", NAMES[3]]
    assert (tmp_path / "mine.m3u8").read_bytes() == b"#EXTM3U\nmine.mp3\n"


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"#EXTM3U\nmy own.mp3\n",
        b"\xff\xfe\x00",
        b"#EXTM3U\n#PLAYLIST:calm\n" + b"x.mp3\n" * 1_000 + MARK,  # far from where we write it
        MARK[:-2],
    ],
)
def test_a_list_that_somebody_else_made_is_refused(
    tmp_path: Path, name: str, content: bytes
) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(OutputError, match=r"was not made by this command and would be lost"):
        check_folder(tmp_path)
    assert names_in(tmp_path) == [name]
    assert (tmp_path / name).read_bytes() == content


def test_the_folder_is_made_and_left_empty_until_there_is_something_to_write(
    tmp_path: Path,
) -> None:
    folder = tmp_path / "not" / "yet"
    check_folder(folder)
    assert names_in(folder) == []
    check_folder(folder)  # and once more


def a_file(tmp_path: Path) -> Path:
    path = tmp_path / "file"
    path.write_bytes(b"")
    return path


def below_a_file(tmp_path: Path) -> Path:
    return a_file(tmp_path) / "folder"


def with_a_folder_called_as_a_list(tmp_path: Path) -> Path:
    (tmp_path / "sad.m3u8").mkdir()
    return tmp_path


def with_a_name_too_long(tmp_path: Path) -> Path:
    return tmp_path / ("x" * 300)


@pytest.mark.parametrize(
    "place", [a_file, below_a_file, with_a_folder_called_as_a_list, with_a_name_too_long]
)
def test_a_folder_that_cannot_be_used_gets_a_sentence(
    tmp_path: Path, place: Callable[[Path], Path]
) -> None:
    folder = place(tmp_path)
    with pytest.raises(OutputError) as caught:
        check_folder(folder)
    sentence = str(caught.value)
    assert sentence.startswith(f"The playlists cannot be written in {folder}: ")
    assert "Errno" not in sentence


def test_a_folder_without_permission_gets_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Simulated: whoever may do everything (root, in a container) is refused nothing."""

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(mood_lists.tempfile, "TemporaryFile", refuse)
    with pytest.raises(OutputError, match=r"cannot be written in .*: Permission denied\.$"):
        check_folder(tmp_path)


def test_a_disk_that_is_full_costs_no_list_that_was_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = [labelled("A", mood, 0.5, deezer_id=str(at)) for at, mood in enumerate(MOODS, start=1)]
    write_mood_lists(one, tmp_path)
    before = {name: (tmp_path / name).read_bytes() for name in NAMES}
    write = Path.write_bytes

    def half(path: Path, content: bytes) -> int:
        write(path, content[: len(content) // 2])
        raise OSError(28, os.strerror(28))

    monkeypatch.setattr(Path, "write_bytes", half)
    with pytest.raises(OutputError, match=f"{os.strerror(28)}"):
        write_mood_lists([labelled("B", Mood.CALM, 0.5, deezer_id="9")], tmp_path)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before
