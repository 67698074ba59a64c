"""How fast an excerpt is."""

import numpy as np

from music_mood.model.targets import fold_tempo
from music_mood.sound.excerpt import RATE_HZ, Excerpt

ANALYSED_HZ = 22_050
"""librosa's own rate; half of ours."""


def tempo_bpm(excerpt: Excerpt) -> float:
    """Estimate the tempo, by librosa's tempogram (Grosche, Müller, Kurth 2010).

    Returns
    -------
    float
        Beats per minute within the octave `SLOWEST_BPM`..`FASTEST_BPM`, as beat trackers err by a
        factor of two; 0 where no beat is found.
    """
    import librosa  # noqa: PLC0415 - part of an extra: requirements-sound.txt

    samples = librosa.resample(
        excerpt.mono, orig_sr=RATE_HZ, target_sr=ANALYSED_HZ, res_type="soxr_hq"
    )
    onsets = librosa.onset.onset_strength(y=samples, sr=ANALYSED_HZ)
    if not onsets.any():
        return 0.0
    found = librosa.feature.tempo(onset_envelope=onsets, sr=ANALYSED_HZ)
    return float(fold_tempo(np.asarray(found[0], dtype=np.float64)))
