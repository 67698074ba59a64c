"""Finds the ISRCs of Deezer's tracks, by which other providers know them.

Deezer names the ISRC only in answers about single tracks: one call each, ten a second. So this is
done only when features are wanted, and only for tracks that still lack both.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from music_mood.clients.deezer import NAME, DeezerApi
from music_mood.features import Found
from music_mood.features.one_by_one import one_by_one
from music_mood.values import Track


class DeezerIsrcs:
    """Completes tracks that have a Deezer id, but no ISRC.

    Parameters
    ----------
    api : DeezerApi
    """

    name = NAME

    def __init__(self, api: DeezerApi) -> None:
        self._api = api

    def improve(self, tracks: Sequence[Track]) -> Iterator[Found]:
        """Look tracks up one by one; see `FeatureProvider.improve`."""
        return one_by_one(tracks, _lacks_isrc, self._with_isrc)

    def _with_isrc(self, track: Track) -> Track | None:
        isrc = self._api.track(str(track.deezer_id)).as_track().isrc
        return replace(track, isrc=isrc) if isrc else None


def _lacks_isrc(track: Track) -> bool:
    return bool(track.deezer_id) and not track.isrc
