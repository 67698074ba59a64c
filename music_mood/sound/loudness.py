"""How loud an excerpt is, on the scale that the mood model learned."""

import numpy as np

from music_mood.sound.excerpt import RATE_HZ, Excerpt

LUFS_TO_DB = 2.0
"""By how much Spotify's figure for a loud song is above its integrated loudness. An estimate: no
table has both. Spotify's 50 most played songs of 2020 have -6.2 dB on average, charts of such songs
are measured at -8.3 to -8.4 LUFS. Spotify's figure is no BS.1770 (T. Jehan, The Echo Nest: filtered
as ears do, lowered by dynamics), so quiet music may lie elsewhere; the mood model changes its mind
about few tracks for some dB (models/mood/MODEL_CARD.md)."""


def loudness_db(excerpt: Excerpt) -> float:
    """Measure the integrated loudness (ITU-R BS.1770-4, by pyloudnorm).

    One channel counts as two that are alike: so it is played.

    Returns
    -------
    float
        dB, as `AudioFeatures.loudness`; -inf for silence.
    """
    import pyloudnorm  # noqa: PLC0415 - part of an extra: requirements-sound.txt

    channels = np.broadcast_to(excerpt.samples, (2, excerpt.samples.shape[1]))
    lufs: float = pyloudnorm.Meter(RATE_HZ).integrated_loudness(channels.T)
    return lufs + LUFS_TO_DB
