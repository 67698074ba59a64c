"""Playlists -> moods -> the tracks that fit a feeling. Knows music and no faces.

The public API in one screen; how it is used::

    playlist = demo_playlist()  # or read_csv(data, "mine.csv")
    labelled = [track for chunk in label(playlist.tracks, MoodClassifier.load()) for track in chunk]
    recommend(labelled, mood_distribution(emotion_probabilities), 5)
"""

from music_mood.classifier import MoodClassifier
from music_mood.errors import ModelError, MusicError, PlaylistError
from music_mood.labelling import label
from music_mood.mood import Aim, mood_distribution, plan
from music_mood.recommend import recommend
from music_mood.sources.csv_file import read_csv
from music_mood.sources.demo import demo_playlist
from music_mood.values import MOODS, AudioFeatures, LabelledTrack, Mood, Playlist, Track

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
    "label",
    "mood_distribution",
    "plan",
    "read_csv",
    "recommend",
]
