"""Audio features from Spotify itself, which only apps from before November 2024 may ask.

All others are answered 403. That is no failure: the app then stops asking.
"""

import logging
from collections.abc import Iterator, Sequence
from dataclasses import replace

from music_mood.clients.spotify.accounts import NAME
from music_mood.clients.spotify.api import SpotifyApi
from music_mood.errors import ForbiddenError, NotFoundError
from music_mood.features.provider import Found
from music_mood.reference import ID_SHAPES, Host
from music_mood.values import AudioFeatures, Track

log = logging.getLogger(__name__)

SOURCE = "spotify"
MAX_IDS = 100
"""Most ids in a call."""


class SpotifyLegacy:
    """Looks tracks up by Spotify id, as long as Spotify answers.

    Parameters
    ----------
    api : SpotifyApi
    """

    name = NAME

    def __init__(self, api: SpotifyApi) -> None:
        self._api = api

    def improve(self, tracks: Sequence[Track]) -> Iterator[Found]:
        """Look tracks up, 100 in a call; see `FeatureProvider.improve`."""
        known = [
            at
            for at, track in enumerate(tracks)
            if ID_SHAPES[Host.SPOTIFY].fullmatch(track.spotify_id or "")
        ]
        yield Found(len(tracks) - len(known), {})
        for start in range(0, len(known), MAX_IDS):
            asked = known[start : start + MAX_IDS]
            try:
                entries = self._api.audio_features([str(tracks[at].spotify_id) for at in asked])
            except (ForbiddenError, NotFoundError) as error:
                log.info("no audio features from Spotify for this app: %s", error.wording)
                yield Found(len(known) - start, {})
                return
            features = _by_id(entries)
            better = {
                at: replace(tracks[at], features=found, features_source=SOURCE)
                for at in asked
                if (found := features.get(tracks[at].spotify_id))
            }
            yield Found(len(asked), better)


def _by_id(entries: Sequence[object]) -> dict[object, AudioFeatures]:
    known = {}
    for entry in entries:
        if not isinstance(entry, dict):  # null: unknown
            continue
        try:
            features = AudioFeatures.from_mapping(entry)
        except (ValueError, TypeError) as cause:
            log.warning("an entry of %s was left out: %s", NAME, cause)
            continue
        if features:
            known[entry.get("id")] = features
    return known
