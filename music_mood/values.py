"""What the rest of the project says about music: frozen values, no behaviour.

`Mood` is the single source of the moods' order; `FEATURE_NAMES` of the features' order.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from enum import StrEnum
from pathlib import Path
from typing import Self

from i18n import Message, in_context


class Mood(StrEnum):
    """The four moods a track can have, alphabetical as scikit-learn orders classes."""

    CALM = "calm"
    ENERGETIC = "energetic"
    HAPPY = "happy"
    SAD = "sad"


MOODS: tuple[Mood, ...] = tuple(Mood)
"""All moods in label order: entry ``i`` of any mood probabilities is ``MOODS[i]``."""

MOOD_WORDS: Mapping[Mood, Message] = {
    Mood.CALM: in_context("mood", "calm"),
    Mood.ENERGETIC: in_context("mood", "energetic"),
    Mood.HAPPY: in_context("mood", "happy"),
    Mood.SAD: in_context("mood", "sad"),
}
"""A mood alone: a label, an entry of a list."""

UNSURE = "unsure"
"""Verdict on a track whose most probable mood is not probable enough."""
UNKNOWN = "unknown"
"""Verdict on a track that lacks an audio feature."""


SOUND = "sound"
"""`Track.features_source` of features that were heard in the sound itself. They are less exact
than those of a service, so the mood model must be surer of what it says of them."""

VERDICT_WORDS: Mapping[str, Message] = {
    **{mood.value: words for mood, words in MOOD_WORDS.items()},
    UNSURE: Message("unsure"),
    UNKNOWN: Message("unknown"),
}
"""`LabelledTrack.verdict` -> what visitors read."""


@dataclass(frozen=True, slots=True)
class AudioFeatures:
    """A track's audio features as Spotify defined them (Get Track's Audio Features, 2014-2024).

    Attributes
    ----------
    danceability, acousticness, energy, instrumentalness, liveness, valence, speechiness : float
        0..1.
    loudness : float
        Mean loudness in dB full scale, about -60..0.
    tempo : float
        Beats per minute, 0 where no beat was found.
    """

    danceability: float
    acousticness: float
    energy: float
    instrumentalness: float
    liveness: float
    valence: float
    loudness: float
    speechiness: float
    tempo: float

    def __post_init__(self) -> None:
        for name, (low, high) in FEATURE_RANGES.items():
            value = getattr(self, name)
            if not (isinstance(value, int | float) and low <= value <= high):
                raise ValueError(f"expected {name} in {low}..{high}, got {value!r}")

    @classmethod
    def from_mapping(cls, values: Mapping[str, object]) -> Self | None:
        """Build from a row or a JSON object; None if any of the nine is absent, null or NaN.

        Raises
        ------
        ValueError
            A feature is present but no number, or outside its range.
        """
        numbers = {}
        for name in FEATURE_NAMES:
            value = values.get(name)
            if value is None or value == "":
                return None
            try:
                number = float(value)  # type: ignore[arg-type]
            except OverflowError as cause:  # JSON knows whole numbers of any length
                raise ValueError(f"expected {name} in its range") from cause
            if math.isnan(number):
                return None
            numbers[name] = number
        return cls(**numbers)


FEATURE_NAMES: tuple[str, ...] = tuple(one.name for one in fields(AudioFeatures))
"""Column order of every table of features; the mood model's input order."""

FEATURE_RANGES: Mapping[str, tuple[float, float]] = {
    name: {"loudness": (-80.0, 10.0), "tempo": (0.0, 400.0)}.get(name, (0.0, 1.0))
    for name in FEATURE_NAMES
}
"""Lowest and highest accepted value of each feature (dB for loudness, bpm for tempo)."""


@dataclass(frozen=True, slots=True)
class AudioFile:
    """An audio file in memory, as the visitor brought it; it never touches the disk.

    Attributes
    ----------
    name : str
        The file's name, without folders.
    mime : str
        What its content is, whatever its name says; for example ``audio/mpeg``.
    data : bytes
        The whole file.
    """

    name: str
    mime: str
    data: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Track:
    """One piece of music, as far as its source knows it.

    Attributes
    ----------
    title, artist : str
        As shown; several artists are joined by ", ". `artist` may be empty if unknown.
    duration_ms : int or None
        Length in milliseconds.
    isrc, spotify_id, deezer_id : str or None
        Identifiers, where known.
    link : str or None
        http(s) page about the track, for "open in ...".
    preview_url : str or None
        http(s) audio that the source itself offered.
    audio_path : pathlib.Path or None
        A local audio file (the demo's tracks).
    audio_file : AudioFile or None
        The visitor's own audio file, in memory.
    features : AudioFeatures or None
        None until some provider knows them: never guessed.
    features_source : str or None
        Who gave `features`, e.g. ``"csv"``.
    makers_mood : Mood or None
        The mood its makers gave it; outranks the model's and needs no features.
    genres : tuple of str
        In lower case, where the source names them; else empty.
    cover_url : str or None
        https picture of its album on the service's own host (`music_mood.clients.covers`): shown,
        never stored.
    uri : str
        Which entry of which source this is: ``spotify:track:ID``, ``deezer:track:ID``,
        ``file:NAME#DIGEST``, ``demo:NAME``. Set by the source and never changed, whatever is found
        out later; made up of what is known if nobody set it. Whether two entries are the same
        recording is another question, see `music_mood.matching`.
    """

    title: str
    artist: str
    album: str | None = None
    duration_ms: int | None = None
    isrc: str | None = None
    spotify_id: str | None = None
    deezer_id: str | None = None
    link: str | None = None
    preview_url: str | None = None
    audio_path: Path | None = None
    features: AudioFeatures | None = None
    features_source: str | None = None
    makers_mood: Mood | None = None
    genres: tuple[str, ...] = ()
    audio_file: AudioFile | None = None
    cover_url: str | None = None
    uri: str = ""

    def __post_init__(self) -> None:
        if not self.uri:
            object.__setattr__(self, "uri", self._uri_of_facts())

    def _uri_of_facts(self) -> str:
        if self.spotify_id:
            return f"spotify:track:{self.spotify_id}"
        if self.deezer_id:
            return f"deezer:track:{self.deezer_id}"
        if self.isrc:
            return f"isrc:{self.isrc}"
        facts = (self.artist, self.title, self.album or "", str(self.duration_ms or ""))
        return f"track:{'/'.join(facts)}"


@dataclass(frozen=True, slots=True)
class Skipped:
    """A playlist entry or table row that is no usable track, and why (for the visitor).

    `reason` stands behind the name and a colon: a few words, or sentences.
    """

    name: Message | str
    reason: Message


NO_TRACK = Message("is no track")
NO_TITLE = Message("it has no title")
NOT_ON_SPOTIFY = Message("is no longer on Spotify")
LISTED_TWICE = Message("is listed twice")
"""`Skipped.reason` of what several sources meet."""


@dataclass(frozen=True, slots=True)
class Playlist:
    """Tracks from one source, in the source's order, with what had to be left out.

    `title` is foreign text, or a message where we made it up; `notes` are sentences for the visitor
    about the whole of it.
    """

    title: Message | str
    source: str
    tracks: tuple[Track, ...]
    skipped: tuple[Skipped, ...] = ()
    link: str | None = None
    notes: tuple[Message, ...] = ()


class LabelSource(StrEnum):
    """Who says which mood a track has."""

    MODEL = "model"
    MAKERS = "makers"
    NOBODY = "nobody"


@dataclass(frozen=True, slots=True)
class LabelledTrack:
    """A track and its mood.

    Attributes
    ----------
    mood : Mood or None
        None while unsure (`probabilities` given, none of them high enough) or unknown
        (no features, so `probabilities` is None).
    probabilities : tuple of float or None
        Four values in the order of `MOODS`, sum 1.
    label_source : LabelSource
        Who gave the mood.
    """

    track: Track
    mood: Mood | None
    probabilities: tuple[float, float, float, float] | None
    label_source: LabelSource

    @property
    def confidence(self) -> float | None:
        """Highest probability, 0..1; None if unknown."""
        return max(self.probabilities) if self.probabilities else None

    @property
    def verdict(self) -> str:
        """The mood's word, `UNSURE` or `UNKNOWN`."""
        return self.mood or (UNSURE if self.probabilities else UNKNOWN)


@dataclass(frozen=True, slots=True)
class Preview:
    """Something that can be played.

    Exactly one of `path`, `audio_file`, `audio_url` and `embed_url` is given.

    Attributes
    ----------
    path, audio_file : pathlib.Path or None, AudioFile or None
        Local audio file, on disk or in memory.
    audio_url : str or None
        http(s) audio the browser plays itself.
    embed_url : str or None
        http(s) player page for an iframe.
    mime : str
        For example ``audio/ogg``; ``text/html`` for an embed.
    source : str
        Who offers it, for the attribution line.
    link : str or None
        Page to show beside it (store or track page).
    note : Message or None
        What is not sure about it, as a sentence for the visitor.
    cover_url : str or None
        As `Track.cover_url`, from who offers the preview.
    """

    source: str
    mime: str
    path: Path | None = None
    audio_url: str | None = None
    embed_url: str | None = None
    link: str | None = None
    audio_file: AudioFile | None = None
    note: Message | None = None
    cover_url: str | None = None
