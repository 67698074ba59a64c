"""Audio features that the library has from an earlier time. Asked first, told what is new."""

import logging
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace

from music_mood.errors import LibraryError
from music_mood.features.provider import FeatureProvider, Found, feature_id
from music_mood.library.store import Library
from music_mood.matching import plain_isrc
from music_mood.values import SOUND, AudioFeatures, Track
from telemetry.metrics import looked_up

log = logging.getLogger(__name__)


class RememberedFeatures:
    """The library as the chain's memory. A library that fails is a library that knows nothing.

    Parameters
    ----------
    library : Library
    providers : sequence of FeatureProvider
        Who is asked for the rest. What they do not know is remembered as unknown to just these.
    """

    name = "the library"

    def __init__(self, library: Library, providers: Sequence[FeatureProvider]) -> None:
        self._library = library
        self._asked = ", ".join(provider.name for provider in providers)

    def improve(self, tracks: Sequence[Track]) -> Iterator[Found]:
        """Look all tracks up at once; see `FeatureProvider.improve`. Never raises."""
        try:
            yield self._look_up(tracks)
        except LibraryError as error:
            log.debug("not asked: %s", error)  # the library itself logs why, once
            yield Found(len(tracks), {})

    def keep(self, before: Sequence[Track], after: Sequence[Track], *, complete: bool) -> None:
        """Remember what the providers found; see `FeatureMemory.keep`. Never raises."""
        found: dict[str, Track] = {}
        unknown: list[str] = []
        for later in after:
            identifier = feature_id(later)
            if later.features and identifier:
                found[identifier] = later
            elif complete and later.features is None and (name := _name(later)):
                unknown.append(name)
        pairs = zip(before, after, strict=True)
        known = [_as_told(*pair) for pair in pairs if _is_of_a_service(pair[0])]
        if not (known or found or unknown):  # a visitor's own files, and nowhere else
            return
        try:
            self._library.keep_features(known, found, unknown, self._asked)
        except LibraryError as error:
            log.debug("not kept: %s", error)

    def _look_up(self, tracks: Sequence[Track]) -> Found:
        isrcs = self._library.isrcs([t.uri for t in tracks if _is_nameless(t)])
        named = [
            replace(t, isrc=isrcs[t.uri]) if _is_nameless(t) and t.uri in isrcs else t
            for t in tracks
        ]
        features = self._library.features({name for t in named for name in _identifiers(t)})
        better: dict[int, Track] = {}
        open_ones: dict[int, str] = {}
        for at, track in enumerate(named):
            known = next((features[n] for n in _identifiers(track) if n in features), None)
            if known:
                better[at] = replace(track, features=known.features, features_source=known.source)
                continue
            if track is not tracks[at]:
                better[at] = track
            if name := _name(track):
                open_ones[at] = name
        hits = sum(one.features is not None for one in better.values())
        looked_up(hits, len(named) - hits)
        unknown = self._library.unknown(set(open_ones.values()), self._asked)
        settled = frozenset(at for at, name in open_ones.items() if name in unknown)
        return Found(len(tracks), better, settled)


class RememberedSound:
    """The library as a `SoundMemory`. A library that fails is a library that knows nothing.

    Parameters
    ----------
    library : Library
    """

    def __init__(self, library: Library) -> None:
        self._library = library

    def heard(self, names: Collection[str]) -> Mapping[str, AudioFeatures]:
        """Give what is known; see `SoundMemory.heard`."""
        try:
            return {name: one.features for name, one in self._library.features(names).items()}
        except LibraryError as error:
            log.debug("not asked: %s", error)
            return {}

    def keep_heard(self, features: Mapping[str, AudioFeatures]) -> None:
        """Remember; see `SoundMemory.keep_heard`."""
        found = {
            name: Track("", "", features=one, features_source=SOUND)
            for name, one in features.items()
        }
        try:
            self._library.keep_features((), found, (), "")
        except LibraryError as error:
            log.debug("not kept: %s", error)


def _is_of_a_service(track: Track) -> bool:
    return bool(track.spotify_id or track.deezer_id)


def _as_told(before: Track, after: Track) -> Track:
    """Give a track with its ISRC only if its service told that when asked.

    What it came with may be what a visitor's file claims.
    """
    return after if before.isrc is None else replace(after, isrc=None)


def _is_nameless(track: Track) -> bool:
    """Whether a track's ISRC would have to be asked of Deezer."""
    return bool(track.deezer_id) and not feature_id(track)


def _identifiers(track: Track) -> list[str]:
    """Under what its features may be kept."""
    return [one for one in (feature_id(track), plain_isrc(track.isrc)) if one]


def _name(track: Track) -> str | None:
    """Under what it is kept that nobody knows its features."""
    return feature_id(track) or track.deezer_id
