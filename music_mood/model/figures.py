"""How good the mood model is, as its metadata says: figures for people, none typed by hand."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from i18n import Message
from music_mood.errors import ModelError
from music_mood.model.artefact import METADATA as FILE_NAME
from music_mood.model.artefact import MODEL_FOLDER, PIPELINES, SOUND_FIGURES
from music_mood.values import MOODS, Mood
from page.figures import recalls, share

METADATA = MODEL_FOLDER / FILE_NAME


@dataclass(frozen=True, slots=True)
class OneMood:
    """How well one mood is heard.

    Attributes
    ----------
    mood : Mood
    found : float
        Of the tracks that people gave this mood, the share that the model gives it, too; 0..1.
    taken_for : Mood
        What the others are called most often.
    taken_for_share : float
        The share of this mood's tracks to which that happens, 0..1.
    surest : float
        Of the ten tracks that the model is surest of, the share that has this mood; 0..1.
    """

    mood: Mood
    found: float
    taken_for: Mood
    taken_for_share: float
    surest: float


@dataclass(frozen=True, slots=True)
class MoodFigures:
    """What the model says of tracks by artists that it never met.

    Attributes
    ----------
    tracks : int
        How many were tested.
    accuracy : float
        Share that gets the mood people gave it, 0..1.
    always_the_commonest : float
        What it would be if every track were given the most frequent mood, 0..1.
    sure : float
        Share of tracks of which the model does not say "unsure", 0..1.
    accuracy_when_sure : float
        Share of those that gets the mood people gave it, 0..1.
    per_mood : tuple of OneMood
        In the order of `MOODS`.
    made : str
        When the model was made, ISO 8601.
    """

    tracks: int
    accuracy: float
    always_the_commonest: float
    sure: float
    accuracy_when_sure: float
    per_mood: tuple[OneMood, ...]
    made: str

    @classmethod
    def load(cls, path: Path = METADATA) -> Self:
        """Read the figures of the model that ships with the app, or of another of the same form.

        Raises
        ------
        ModelError
            The file is missing, or its figures make no sense.
        """
        try:
            metadata = json.loads(path.read_text(encoding="utf-8"))
            if metadata["labels"] != list(MOODS):
                raise ValueError(f"expected the labels {list(MOODS)}")
            tested = metadata["metrics_out_of_fold"]
            per_mood = _per_mood(tested["confusion"], tested["precision_at_10"])
            counts = [sum(map(float, row)) for row in tested["confusion"]]
            return cls(
                tracks=round(sum(counts)),
                accuracy=share(tested["accuracy"]),
                always_the_commonest=share(max(counts) / sum(counts)),
                sure=share(tested["coverage"]),
                accuracy_when_sure=share(tested["accuracy_when_sure"]),
                per_mood=per_mood,
                made=str(metadata["made"]),
            )
        except (OSError, ValueError, KeyError, TypeError) as cause:
            raise ModelError(
                Message("The figures of the mood model are missing or make no sense.")
            ) from cause


@dataclass(frozen=True, slots=True)
class SoundFigures:
    """What the model says of recordings that were listened to, and of which it knew nothing else.

    Attributes
    ----------
    tracks : int
        How many were tested: music of games, of makers that had no part in what was learned.
    accuracy : float
        Share that gets the mood its makers gave it, 0..1, whether it is sure or not.
    songs_sure : float
        Share of songs of which the model would not say "unsure", 0..1, were hearing as exact as
        what services tell.
    songs_accuracy_when_sure : float
        Share of those that would get the mood people gave them, 0..1.
    """

    tracks: int
    accuracy: float
    songs_sure: float
    songs_accuracy_when_sure: float

    @classmethod
    def load(cls, folder: Path = MODEL_FOLDER) -> Self | None:
        """Read what was measured with the model in a folder.

        Returns
        -------
        SoundFigures or None
            None if it was not measured with this very model, which then is never sure of what it
            hears; see `MoodClassifier`.

        Raises
        ------
        ModelError
            There are figures, but they make no sense.
        """
        path = folder / SOUND_FIGURES
        if not path.exists():
            return None
        try:
            figures = json.loads(path.read_text(encoding="utf-8"))
            metadata = json.loads((folder / FILE_NAME).read_text(encoding="utf-8"))
            if figures["mood_model"] != metadata["files"][PIPELINES]["sha256"]:
                return None
            share(figures["unsure_below"])
            tested = figures["metrics"]
            tracks = sum(int(tested["tracks"][mood]) for mood in MOODS)
            if tracks <= 0:
                raise ValueError("expected recordings")
            songs = tested["songs"]
            return cls(
                tracks,
                share(tested["accuracy"]),
                share(songs["with_a_mood"]),
                share(songs["right"]),
            )
        except (OSError, ValueError, KeyError, TypeError) as cause:
            raise ModelError(
                Message("The figures of the mood model are missing or make no sense.")
            ) from cause


def _per_mood(confusion: Any, surest: Any) -> tuple[OneMood, ...]:
    return tuple(
        OneMood(mood, one.found, MOODS[one.taken_for], one.taken_for_share, share(surest[mood]))
        for mood, one in zip(MOODS, recalls(confusion, len(MOODS)), strict=True)
    )
