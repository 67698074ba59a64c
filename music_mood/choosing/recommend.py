"""Which tracks to play, in which order: a pure function of labelled tracks and wished-for moods.

At each position the mood that is owed most by then gets its turn (error diffusion), so that every
stretch of the list has about the shares that were asked for. Within a mood: the probability in
whole percent, as the page shows it; then how close the track is to the mood's centre; then
chance, from the seed.
"""

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Sequence

import numpy as np

from music_mood.matching import Doubles
from music_mood.values import FEATURE_NAMES, MOODS, LabelledTrack

ARTIST_WINDOW = 10
ARTIST_MOST = 2
"""One artist at most twice in ten tracks in a row, while others' tracks fit the mood, too."""

Rests = Callable[[LabelledTrack], bool]


def recommend(
    labelled: Iterable[LabelledTrack],
    target: np.ndarray,
    n: int,
    *,
    played: frozenset[str] = frozenset(),
    seed: int = 0,
) -> list[LabelledTrack]:
    """Choose tracks to play.

    Tracks of a wished-for mood come first; when they are used up, tracks of other moods, then
    unsure ones, then unknown ones. The order of `labelled` makes no difference.

    Parameters
    ----------
    labelled : iterable of LabelledTrack
        What there is to choose from; of entries that are one piece (`Doubles`) one is used.
    target : numpy.ndarray
        Shares of moods in the order of `MOODS`, not negative: (4,) for the whole list, or (n, 4)
        with a row per position, as `music_mood.choosing.mood.plan` makes it.
    n : int
        How many.
    played : frozenset of str
        `Track.uri` of tracks already heard: they come again only when all others are used up.
    seed : int
        Decides between equals.

    Returns
    -------
    list of LabelledTrack
        `n` different tracks, or all if there are fewer.

    Raises
    ------
    ValueError
        `target` has another shape or negative shares.
    """
    targets = _targets(target, n)
    tracks = distinct(labelled)
    heard = [track for track in tracks if track.track.uri in played]
    fresh = [track for track in tracks if track.track.uri not in played]
    chosen: list[LabelledTrack] = []
    owed = np.zeros(len(MOODS))
    for pool in (fresh, heard):
        shelf = _Shelf(pool, seed)
        for wished in targets[len(chosen) : len(chosen) + len(pool)]:
            owed += wished
            pick = shelf.take(owed, wished, due_a_rest(chosen))
            chosen.append(pick)
            if pick.mood is not None:
                owed[MOODS.index(pick.mood)] -= 1
    return chosen


def waiting(
    labelled: Iterable[LabelledTrack], played: frozenset[str], latest: frozenset[str]
) -> frozenset[str]:
    """Tell which tracks should wait when others are asked for.

    Parameters
    ----------
    labelled : iterable of LabelledTrack
        The playlist.
    played : frozenset of str
        `Track.uri` of tracks heard so far, of other playlists, too.
    latest : frozenset of str
        Of those heard or shown last.

    Returns
    -------
    frozenset of str
        `played`; but once the playlist is used up its next round begins, and of its tracks only
        the `latest` wait.
    """
    there = {track.track.uri for track in labelled}
    return played if there - played else (played - there) | latest


class _Shelf:
    """The tracks that are left, best first per mood, and the rest."""

    def __init__(self, tracks: Sequence[LabelledTrack], seed: int) -> None:
        self._seed = seed
        self._by_mood = [self._ranked(tracks, column) for column in range(len(MOODS))]
        self._without_mood = [track for track in tracks if track.mood is None]

    def take(self, owed: np.ndarray, wished: np.ndarray, rests: Rests) -> LabelledTrack:
        """Remove and return the best track; there must be one."""
        order: list[int] = np.argsort(-owed, kind="stable").tolist()
        turns = [column for column in order if wished[column] > 0]
        fitting = [self._by_mood[column] for column in turns if self._by_mood[column]]
        for shelf in fitting:
            for position, track in enumerate(shelf):
                if not rests(track):
                    return shelf.pop(position)
        if fitting:  # only artists and songs just heard are left: the mood matters more
            return fitting[0].pop(0)

        def wanted(track: LabelledTrack) -> tuple[bool, float, bytes]:
            probabilities = track.probabilities or (0.0,) * len(MOODS)
            return (
                rests(track),
                -float(wished @ probabilities),
                _chance(track, self._seed),
            )

        others = [track for shelf in self._by_mood for track in shelf]
        unsure = [track for track in self._without_mood if track.probabilities]
        pick = min(others or unsure or self._without_mood, key=wanted)
        shelf = self._without_mood if pick.mood is None else self._by_mood[MOODS.index(pick.mood)]
        shelf.remove(pick)
        return pick

    def _ranked(self, tracks: Sequence[LabelledTrack], column: int) -> list[LabelledTrack]:
        mine = [track for track in tracks if track.mood is MOODS[column]]
        certain = (1.0,) * len(MOODS)  # a mood without probabilities is somebody's word
        keys = [
            (
                -round(100 * (track.probabilities or certain)[column]),
                distance,
                _chance(track, self._seed),
            )
            for track, distance in zip(mine, centre_distances(mine), strict=True)
        ]
        return [mine[i] for i in sorted(range(len(mine)), key=keys.__getitem__)]


def centre_distances(tracks: Sequence[LabelledTrack]) -> np.ndarray:
    """How far each track is from the centre of these tracks.

    Returns
    -------
    numpy.ndarray
        float64, (len(tracks),): Euclidean distance from the mean of the nine features, each in
        units of its standard deviation; infinite for a track without features.
    """
    distances = np.full(len(tracks), np.inf)
    known = [i for i, track in enumerate(tracks) if track.track.features]
    if known:
        features = np.array(
            [[getattr(tracks[i].track.features, name) for name in FEATURE_NAMES] for i in known]
        )
        spread = features.std(axis=0)
        scaled = (features - features.mean(axis=0)) / np.where(spread > 0, spread, 1)
        distances[known] = np.linalg.norm(scaled, axis=1)
    return distances


def _targets(target: np.ndarray, n: int) -> np.ndarray:
    given = np.asarray(target, dtype=np.float64)
    if given.shape not in {(len(MOODS),), (n, len(MOODS))} or not (given >= 0).all():
        raise ValueError(
            f"expected shares of {len(MOODS)} moods, ({len(MOODS)},) or ({n}, {len(MOODS)}), "
            f"not negative; got shape {given.shape}"
        )
    return np.broadcast_to(given, (n, len(MOODS)))


def distinct(labelled: Iterable[LabelledTrack]) -> list[LabelledTrack]:
    """One entry per piece, sorted, so that nothing below depends on the order given."""
    by_uri: dict[str, LabelledTrack] = {}
    for track in labelled:
        known = by_uri.setdefault(track.track.uri, track)
        if known != track:
            by_uri[track.track.uri] = min(known, track, key=repr)
    doubles = Doubles()
    return [by_uri[uri] for uri in sorted(by_uri) if doubles.is_new(by_uri[uri].track)]


def due_a_rest(chosen: Sequence[LabelledTrack]) -> Rests:
    """Tell which tracks should wait: their artist was just heard, or the same song was."""
    recent = Counter(_artist(track) for track in chosen[-(ARTIST_WINDOW - 1) :])
    artists = {name for name, times in recent.items() if name and times >= ARTIST_MOST}
    songs = {_song(track) for track in chosen}
    return lambda track: _artist(track) in artists or _song(track) in songs


def _artist(track: LabelledTrack) -> str:
    return track.track.artist.casefold()


def _song(track: LabelledTrack) -> tuple[str, str]:
    """Name a song as one, though it has an identifier on each of two albums."""
    return _artist(track), track.track.title.casefold()


def _chance(track: LabelledTrack, seed: int) -> bytes:
    """Draw a number that depends on the track and the seed alone."""
    return hashlib.blake2b(f"{seed} {track.track.uri}".encode(), digest_size=8).digest()
