import re
from collections import Counter

import av
import pytest
from immich_memories_music import tracks_dir

from music_mood.sources.demo import FOLDER_MOODS, demo_playlist
from music_mood.values import MOODS


def test_every_file_of_the_package_is_a_track():
    tracks = demo_playlist().tracks
    assert len(tracks) == 28
    assert {track.audio_path for track in tracks} == set(tracks_dir().rglob("*.opus"))


def test_every_folder_has_a_mood_and_every_mood_enough_tracks():
    assert {folder.name for folder in tracks_dir().iterdir()} == set(FOLDER_MOODS)
    counts = Counter(track.makers_mood for track in demo_playlist().tracks)
    assert counts.keys() == set(MOODS)
    assert min(counts.values()) >= 5


@pytest.mark.parametrize(("folder", "mood"), [("tender", "calm"), ("nostalgic", "sad")])
def test_the_makers_words_become_ours(folder, mood):
    tracks = [t for t in demo_playlist().tracks if t.audio_path.parent.name == folder]
    assert {track.makers_mood for track in tracks} == {mood}


def test_titles_are_readable_and_distinct():
    playlist = demo_playlist()
    titles = [track.title for track in playlist.tracks]
    assert len(set(titles)) == len(titles)
    assert all(re.fullmatch(r"[A-Z][a-z]+ (Acoustic|Electronic) No\. [1-9]", t) for t in titles)
    assert "Calm Acoustic No. 2" in titles
    assert "labelled by its makers" in str(playlist.title)


def test_durations_are_those_that_a_decoder_finds():
    for track in demo_playlist().tracks[::9]:
        with av.open(str(track.audio_path)) as sound:
            assert track.duration_ms == pytest.approx(sound.duration / 1000, abs=50)  # av: in us


def test_features_are_not_guessed():
    assert all(track.features is None for track in demo_playlist().tracks)
