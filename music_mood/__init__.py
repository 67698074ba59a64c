"""Playlists -> moods -> the tracks that fit a feeling. Knows music and no faces.

The public API in one screen; how it is used::

    playlist = demo_playlist()  # or read_csv(data, "mine.csv")
    chunks = label_tracks(playlist.tracks, MoodClassifier.load())
    labelled = [track for chunk in chunks for track in chunk]
    recommend(labelled, mood_distribution(emotion_probabilities), 5)

Each name is loaded when it is first asked for (PEP 562): whoever wants the values alone does not
load pandas and a model's machinery with them.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from music_mood.choosing.mood import Aim, mood_distribution, plan
    from music_mood.choosing.recommend import recommend
    from music_mood.errors import ModelError, MusicError, PlaylistError
    from music_mood.files.csv_file import read_csv
    from music_mood.model.classifier import MoodClassifier
    from music_mood.model.labelling import label_tracks
    from music_mood.sources.demo import demo_playlist
    from music_mood.values import MOODS, AudioFeatures, LabelledTrack, Mood, Playlist, Track

_HOMES = {
    "Aim": "choosing.mood",
    "mood_distribution": "choosing.mood",
    "plan": "choosing.mood",
    "recommend": "choosing.recommend",
    "ModelError": "errors",
    "MusicError": "errors",
    "PlaylistError": "errors",
    "read_csv": "files.csv_file",
    "MoodClassifier": "model.classifier",
    "label_tracks": "model.labelling",
    "demo_playlist": "sources.demo",
    "MOODS": "values",
    "AudioFeatures": "values",
    "LabelledTrack": "values",
    "Mood": "values",
    "Playlist": "values",
    "Track": "values",
}
"""Public name -> the module that defines it."""

__all__ = [
    "MOODS",
    "Aim",
    "AudioFeatures",
    "LabelledTrack",
    "ModelError",
    "Mood",
    "MoodClassifier",
    "MusicError",
    "Playlist",
    "PlaylistError",
    "Track",
    "demo_playlist",
    "label_tracks",
    "mood_distribution",
    "plan",
    "read_csv",
    "recommend",
]


def __getattr__(name: str) -> object:
    """Load a public name from its home."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    """Name what can be asked for."""
    return sorted({*globals(), *__all__})
