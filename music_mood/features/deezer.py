"""Finds audio files without an ISRC on Deezer, by what their tags say.

Files seldom name their ISRC, and without an identifier nobody can be asked for features. One call
each, ten a second.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from music_mood.clients.deezer import NAME, DeezerApi
from music_mood.features import Found, feature_id
from music_mood.features.one_by_one import one_by_one
from music_mood.values import Track


class DeezerMatches:
    """Gives audio files the Deezer id, and the ISRC if the answer tells it, of their recording.

    Parameters
    ----------
    api : DeezerApi
    """

    name = NAME

    def __init__(self, api: DeezerApi) -> None:
        self._api = api

    def improve(self, tracks: Sequence[Track]) -> Iterator[Found]:
        """Search for tracks one by one; see `FeatureProvider.improve`."""
        return one_by_one(tracks, _is_nameless_file, self._same)

    def _same(self, track: Track) -> Track | None:
        """Give the track with the identifiers of its recording; None if Deezer lacks it."""
        found = self._api.recording_of(track)
        if found is None:
            return None
        same = found.as_track()
        return replace(track, deezer_id=same.deezer_id, isrc=same.isrc)


def _is_nameless_file(track: Track) -> bool:
    is_file = bool(track.audio_file or track.audio_path)
    return is_file and not feature_id(track) and not track.deezer_id
