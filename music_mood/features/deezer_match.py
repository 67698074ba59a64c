"""Finds audio files without an ISRC on Deezer, by what their tags say.

Files seldom name their ISRC, and without an identifier nobody can be asked for features. A wrong
match is worse than none: `music_mood.matching` decides, with title, artist and duration. One call
each, ten a second.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from music_mood.deezer import NAME, DeezerApi
from music_mood.errors import NotFoundError, ProviderError
from music_mood.features import Found, feature_id
from music_mood.matching import best_match, lead_artist, search_title
from music_mood.parallel import in_parallel
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
        open_ones = [at for at, track in enumerate(tracks) if _is_nameless_file(track)]
        yield Found(len(tracks) - len(open_ones), {})
        failure: ProviderError | None = None
        for number, answer in in_parallel(self._same, [tracks[at] for at in open_ones]):
            if isinstance(answer, ProviderError):
                failure = failure or answer
            found = answer if isinstance(answer, Track) else None
            yield Found(1, {open_ones[number]: found} if found else {})
        if failure:
            raise failure

    def _same(self, track: Track) -> Track | None:
        """Give the track with the identifiers of its recording; None if Deezer lacks it."""
        try:
            found = self._api.search(lead_artist(track.artist), search_title(track.title))
        except NotFoundError:
            return None
        candidates = [candidate.as_track() for candidate in found]
        best = best_match(track, candidates)
        if best is None:
            return None
        return replace(track, deezer_id=candidates[best].deezer_id, isrc=candidates[best].isrc)


def _is_nameless_file(track: Track) -> bool:
    if not (track.audio_file or track.audio_path) or feature_id(track) or track.deezer_id:
        return False
    return bool(track.artist) and track.duration_ms is not None  # else it could not be checked
