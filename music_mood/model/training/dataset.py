"""The labelled tracks, as arrays, and folds that keep an artist's songs together."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.model_selection import GroupKFold, StratifiedGroupKFold

from music_mood.model.features import as_array
from music_mood.values import MOODS, Mood

MOOD_TABLES = ("mood_playlists.csv", "data_moods.csv")
AFFECT_TABLE = "tag_valence_arousal.csv"
MERGED_MOODS = {"angry": Mood.ENERGETIC}
"""Labels of the tables that are none of ours: angry music is energetic music."""

Rows = NDArray[np.int64]
"""Positions of tracks, (n,)."""


@dataclass(frozen=True)
class MoodTracks:
    """Tracks with a mood that people gave them.

    Attributes
    ----------
    features : numpy.ndarray
        float64, (N, 9), in the order of `FEATURE_NAMES`.
    moods : numpy.ndarray
        int64, (N,), positions in `MOODS`.
    artists : numpy.ndarray
        str, (N,), normalised: the groups that must not be split.
    tables : numpy.ndarray
        int64, (N,), positions in `MOOD_TABLES`.
    """

    features: NDArray[np.float64]
    moods: NDArray[np.int64]
    artists: NDArray[np.str_]
    tables: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.moods)

    def where(self, rows: Rows | NDArray[np.bool_]) -> Self:
        """Only these rows (positions or a mask)."""
        return type(self)(
            self.features[rows], self.moods[rows], self.artists[rows], self.tables[rows]
        )

    def counts(self) -> dict[str, dict[str, int]]:
        """Count tracks per table and mood."""
        return {
            table: {
                mood: int(((self.tables == number) & (self.moods == column)).sum())
                for column, mood in enumerate(MOODS)
            }
            for number, table in enumerate(MOOD_TABLES)
        }

    def folds(self, count: int, seed: int) -> Iterator[tuple[Rows, Rows]]:
        """Positions to train on and to test on, no artist in both, moods spread evenly."""
        splitter = StratifiedGroupKFold(count, shuffle=True, random_state=seed)
        yield from splitter.split(self.features, self.moods, self.artists)


@dataclass(frozen=True)
class AffectTracks:
    """Tracks with valence and arousal from Last.fm tags (Deezer's mood set).

    Attributes
    ----------
    features : numpy.ndarray
        float64, (N, 9), in the order of `FEATURE_NAMES`.
    affect : numpy.ndarray
        float64, (N, 2): valence, arousal; standardised by those who made the set.
    artists : numpy.ndarray
        str, (N,), normalised.
    """

    features: NDArray[np.float64]
    affect: NDArray[np.float64]
    artists: NDArray[np.str_]

    def __len__(self) -> int:
        return len(self.affect)

    def folds(self, count: int, seed: int) -> Iterator[tuple[Rows, Rows]]:
        """Positions to train on and to test on, no artist in both."""
        splitter = GroupKFold(count, shuffle=True, random_state=seed)
        yield from splitter.split(self.features, groups=self.artists)


def load_mood_tracks(folder: Path) -> MoodTracks:
    """Read the tables of tracks with moods.

    Parameters
    ----------
    folder : pathlib.Path
        Holds `MOOD_TABLES`, each with columns artist, mood and the nine features.

    Raises
    ------
    ValueError
        A table holds a mood that is not known.
    """
    parts = [pd.read_csv(folder / name) for name in MOOD_TABLES]
    table = pd.concat(parts, ignore_index=True)
    moods = table["mood"].replace(MERGED_MOODS)
    strange = sorted(set(moods) - set(MOODS))
    if strange:
        raise ValueError(f"expected moods {', '.join(MOODS)}, got {', '.join(strange)}")
    return MoodTracks(
        features=as_array(table),
        moods=moods.map(list(MOODS).index).to_numpy(dtype=np.int64),
        artists=_artists(table),
        tables=np.repeat(np.arange(len(parts)), [len(part) for part in parts]),
    )


def load_affect_tracks(folder: Path) -> AffectTracks:
    """Read the table of tracks with valence and arousal (`AFFECT_TABLE`)."""
    table = pd.read_csv(folder / AFFECT_TABLE)
    affect = table[["tag_valence", "tag_arousal"]].to_numpy(dtype=np.float64)
    return AffectTracks(as_array(table), affect, _artists(table))


def _artists(table: pd.DataFrame) -> NDArray[np.str_]:
    return table["artist"].str.strip().str.casefold().fillna("").to_numpy(dtype=str)
