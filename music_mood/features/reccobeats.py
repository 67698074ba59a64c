"""Audio features from ReccoBeats, which needs no key and knows Spotify ids and ISRCs.

``GET /v1/audio-features?ids=a,b,...`` answers at most 40 at a time, in any order, and leaves out
what it does not know (reccobeats.com/docs, 2026).
"""

import logging
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from pydantic import BaseModel, ValidationError

from music_mood.errors import ProviderError
from music_mood.features import Found, feature_id
from music_mood.matching import plain_isrc
from music_mood.values import AudioFeatures, Track
from music_mood.web.failures import bad_answer_error
from music_mood.web.parallel import in_parallel
from music_mood.web.service import Service
from music_mood.web.throttle import Rate

log = logging.getLogger(__name__)

NAME = "ReccoBeats"
SOURCE = "reccobeats"
"""Its name in `Track.features_source`."""

RATE = Rate(calls=10, period_s=1.0)
"""No limit is published; this one is ours. It allows 400 tracks a second."""

MAX_IDS = 40
"""Most ids in a call."""


class ReccoBeats:
    """Looks tracks up by Spotify id, or by ISRC where there is none.

    Parameters
    ----------
    service : Service
        Its base address stands before ``/v1``.
    """

    name = NAME

    def __init__(self, service: Service) -> None:
        self._service = service

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
        for number, answer in in_parallel(self._ask, batches):
            asked = [at for identifier in batches[number] for at in positions[identifier]]
            if isinstance(answer, ProviderError):
                failure = failure or answer
                yield Found(len(asked), {})
                continue
            better = {
                at: replace(tracks[at], features=features, features_source=SOURCE)
                for at in asked
                if (features := answer.get(feature_id(tracks[at])))
            }
            yield Found(len(asked), better)
        if failure:
            raise failure

    def _ask(self, identifiers: Sequence[str]) -> dict[str, AudioFeatures]:
        """Features by Spotify id and by ISRC, as far as they are known."""
        answer = self._service.get("/v1/audio-features", {"ids": ",".join(identifiers)})
        try:
            entries = _Answer.model_validate(answer).content
        except ValidationError as cause:
            raise bad_answer_error(NAME, "data of another kind than expected") from cause
        known: dict[str, AudioFeatures] = {}
        for entry in entries:
            try:
                names = _Names.model_validate(entry)
                features = AudioFeatures.from_mapping(entry)
            except (ValueError, TypeError) as cause:  # a ValidationError is a ValueError
                log.warning("an entry of %s was left out: %s", NAME, cause)
                continue
            if features:
                known.setdefault(names.href.rpartition("/")[2], features)
                known.setdefault(plain_isrc(names.isrc) or "", features)
        return known


class _Answer(BaseModel):
    content: list[Any]


class _Names(BaseModel):
    href: str = ""
    isrc: str | None = None
