"""ReccoBeats, which needs no key and knows audio features by Spotify id and by ISRC.

``GET /v1/audio-features?ids=a,b,...`` answers at most 40 at a time, in any order, and leaves out
what it does not know (reccobeats.com/docs, 2026).
"""

import logging
from collections.abc import Sequence
from typing import Any

from pydantic import BaseModel, ValidationError

from music_mood.matching import plain_isrc
from music_mood.values import AudioFeatures
from music_mood.web.failures import bad_answer_error
from music_mood.web.service import Service
from music_mood.web.throttle import Rate

log = logging.getLogger(__name__)

NAME = "ReccoBeats"

RATE = Rate(calls=10, period_s=1.0)
"""No limit is published; this one is ours. It allows 400 tracks a second."""

MAX_IDS = 40
"""Most ids in a call."""


class ReccoBeatsApi:
    """The call we make. It may raise a `ProviderError` as `Service.get` does.

    Parameters
    ----------
    service : Service
        Its base address stands before ``/v1``.
    """

    def __init__(self, service: Service) -> None:
        self._service = service

    def audio_features(self, identifiers: Sequence[str]) -> dict[str, AudioFeatures]:
        """Ask for features by Spotify ids and ISRCs, at most `MAX_IDS`.

        Returns
        -------
        dict of str to AudioFeatures
            By Spotify id and by ISRC, as far as they are known.
        """
        answer = self._service.get("/v1/audio-features", {"ids": ",".join(identifiers)})
        try:
            entries = _Answer.model_validate(answer).content
        except ValidationError as cause:
            raise bad_answer_error(NAME) from cause
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
