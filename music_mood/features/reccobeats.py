"""Audio features from ReccoBeats, for tracks with a Spotify id or an ISRC."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from music_mood.clients.reccobeats import MAX_IDS, NAME, ReccoBeatsApi
from music_mood.errors import ProviderError
from music_mood.features.provider import Found, feature_id
from music_mood.values import AudioFeatures, Track
from music_mood.web.parallel import in_parallel

SOURCE = "reccobeats"
"""Its name in `Track.features_source`."""


class ReccoBeats:
    """Looks tracks up by Spotify id, or by ISRC where there is none.

    Parameters
    ----------
    api : ReccoBeatsApi
    """

    name = NAME

    def __init__(self, api: ReccoBeatsApi) -> None:
        self._api = api

    def improve(self, tracks: Sequence[Track]) -> Iterator[Found]:
        """Look tracks up, 40 in a call; see `FeatureProvider.improve`."""
        positions: dict[str, list[int]] = {}
        for at, track in enumerate(tracks):
            if identifier := feature_id(track):
                positions.setdefault(identifier, []).append(at)
        identifiers = list(positions)
        batches = [
            identifiers[start : start + MAX_IDS] for start in range(0, len(identifiers), MAX_IDS)
        ]
        yield Found(len(tracks) - sum(map(len, positions.values())), {})
        failure: ProviderError | None = None
        for number, answer in in_parallel(self._api.audio_features, batches):
            known: dict[str, AudioFeatures] = {}
            if isinstance(answer, ProviderError):
                failure = failure or answer
            else:
                known = answer
            better = {
                at: replace(tracks[at], features=features, features_source=SOURCE)
                for identifier in batches[number]
                if (features := known.get(identifier))
                for at in positions[identifier]
            }
            yield Found(sum(len(positions[one]) for one in batches[number]), better)
        if failure:
            raise failure
