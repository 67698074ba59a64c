"""Finds the ISRCs of Deezer's tracks, by which other providers know them.

Deezer names the ISRC only in answers about single tracks: one call each, ten a second. So this is
done only when features are wanted, and only for tracks that still lack both.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from music_mood.deezer import NAME, DeezerApi
from music_mood.errors import NotFoundError, ProviderError
from music_mood.features import Found
from music_mood.parallel import in_parallel
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
        open_ones = [at for at, track in enumerate(tracks) if track.deezer_id and not track.isrc]
        yield Found(len(tracks) - len(open_ones), {})
        failure: ProviderError | None = None
        identifiers = [str(tracks[at].deezer_id) for at in open_ones]
        for number, answer in in_parallel(self._isrc, identifiers):
            at = open_ones[number]
            if isinstance(answer, ProviderError):
                failure = failure or answer
            isrc = answer if isinstance(answer, str) else None
            yield Found(1, {at: replace(tracks[at], isrc=isrc)} if isrc else {})
        if failure:
            raise failure

    def _isrc(self, deezer_id: str) -> str | None:
        try:
            return self._api.track(deezer_id).as_track().isrc
        except NotFoundError:  # gone since the playlist was made: nothing is wrong with Deezer
            return None
