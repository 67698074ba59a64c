"""Finds on Deezer the identifiers by which other providers know a track.

Deezer names the ISRC only in answers about single tracks: one call each, ten a second. So this is
done only when features are wanted, and only for tracks that lack them. Audio files seldom name
their ISRC; what their tags say is searched for.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from music_mood.clients.deezer import NAME, DeezerApi
from music_mood.features.one_by_one import one_by_one
from music_mood.features.provider import Found, feature_id
from music_mood.values import Track


class DeezerIdentifiers:
    """Gives tracks of Deezer their ISRC, and audio files their recording's Deezer id and ISRC.

    Parameters
    ----------
    api : DeezerApi
    """

    name = NAME

    def __init__(self, api: DeezerApi) -> None:
        self._api = api

    def improve(self, tracks: Sequence[Track]) -> Iterator[Found]:
        """Look tracks up one by one; see `FeatureProvider.improve`."""
        return one_by_one(tracks, _is_open, self._identified)

    def _identified(self, track: Track) -> Track | None:
        """Give the track with what was found out; None if Deezer knows no more."""
        if track.deezer_id:
            isrc = self._api.track(track.deezer_id).as_track().isrc
            return replace(track, isrc=isrc) if isrc else None
        found = self._api.recording_of(track)
        if found is None:
            return None
        same = replace(track, deezer_id=str(found.id), isrc=found.as_track().isrc)
        # what a search finds may lack the ISRC
        return same if same.isrc else self._identified(same) or same


def _is_open(track: Track) -> bool:
    if track.deezer_id:
        return not track.isrc
    is_file = bool(track.audio_file or track.audio_path)
    return is_file and not feature_id(track)
