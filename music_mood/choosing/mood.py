"""From feelings to music: the one place where faces and moods meet.

Which music fits which feeling is a policy, not science: people differ, and sad music comforts
some and burdens others. The default follows the circumplex model of affect, which places feelings
by valence and arousal (Russell, "A circumplex model of affect", J. Pers. Soc. Psychol. 39, 1980),
and gives each emotion the mood of its quadrant, with two choices of our own: disgust, which
Russell finds unpleasant at middling arousal, goes with sad; and anger and fear go with energetic
music, which meets their arousal and leaves their displeasure alone.
"""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

import numpy as np

from emotion.values import EMOTION_ADJECTIVES, EMOTIONS, Emotion, Feeling, FeelingSource
from i18n import Message, in_context
from music_mood.values import MOODS, Mood

MoodTable = Mapping[Emotion, Mapping[Mood, float]]
"""For every emotion the shares of the moods that answer it; each row sums to 1."""

DEFAULT_TABLE: MoodTable = MappingProxyType(
    {
        Emotion.ANGRY: {Mood.ENERGETIC: 1.0},
        Emotion.DISGUST: {Mood.SAD: 1.0},
        Emotion.FEAR: {Mood.ENERGETIC: 1.0},
        Emotion.HAPPY: {Mood.HAPPY: 1.0},
        Emotion.SAD: {Mood.SAD: 1.0},
        Emotion.SURPRISE: {Mood.HAPPY: 1.0},
        Emotion.NEUTRAL: {Mood.CALM: 1.0},
    }
)

MINOR_SHARE = 0.2
"""Moods below this share get no tracks: small shares are mostly the face model's noise."""

LIFT_GOAL: Mapping[Mood, float] = MappingProxyType({Mood.CALM: 0.5, Mood.HAPPY: 0.5})
"""Where Lift ends."""

_OF_MUSIC: Mapping[Mood, Message] = {
    Mood.CALM: in_context("music", "calm"),
    Mood.ENERGETIC: in_context("music", "energetic"),
    Mood.HAPPY: in_context("music", "happy"),
    Mood.SAD: in_context("music", "sad"),
}
"""A mood before the word music, in whose gender other languages put it."""


class Aim(StrEnum):
    """What the music should do; chosen by the visitor."""

    MATCH = "match"
    LIFT = "lift"

    @property
    def sentence(self) -> Message:
        """What the aim means, for the visitor."""
        return AIM_SENTENCES[self]


FEELING_WORDS: Mapping[str, Message] = MappingProxyType(
    {emotion.value: word for emotion, word in EMOTION_ADJECTIVES.items()}
)
"""`shares_per_emotion`'s names -> what a visitor reads."""

AIM_WORDS: Mapping[Aim, Message] = MappingProxyType(
    {Aim.MATCH: Message("Match me"), Aim.LIFT: Message("Lift me")}
)

AIM_SENTENCES: Mapping[Aim, Message] = MappingProxyType(
    {
        Aim.MATCH: Message("Match plays music that fits how you feel."),
        # Altshuler, "A psychiatrist's experience with music as a therapeutic agent", 1948
        Aim.LIFT: Message(
            "Lift starts near how you feel and moves in steps towards calm and happy, the iso "
            "principle of music therapy."
        ),
    }
)


def mood_distribution(probabilities: np.ndarray, table: MoodTable = DEFAULT_TABLE) -> np.ndarray:
    """Turn how likely each emotion is into shares of moods, so that mixed feelings stay mixed.

    Parameters
    ----------
    probabilities : numpy.ndarray
        (7,), in the order of `EMOTIONS`, not negative, sums to 1.
    table : mapping of Emotion to mapping of Mood to float
        The policy; must cover every emotion, each row summing to 1.

    Returns
    -------
    numpy.ndarray
        float64, (4,), in the order of `MOODS`, sums to 1.

    Raises
    ------
    ValueError
        `probabilities` or `table` is not as described.
    """
    given = np.asarray(probabilities, dtype=np.float64)
    if given.shape != (len(EMOTIONS),) or not _is_distribution(given):
        raise ValueError(f"expected {len(EMOTIONS)} probabilities that sum to 1, got {given}")
    shares: np.ndarray = given / given.sum() @ _as_matrix(table)
    return shares


def plan(
    probabilities: np.ndarray,
    aim: Aim,
    n: int,
    table: MoodTable = DEFAULT_TABLE,
    *,
    steps: int | None = None,
) -> np.ndarray:
    """Say which shares of moods each of `n` positions of a playlist should have.

    `Aim.MATCH` asks for the same at every position. `Aim.LIFT` starts there and moves in equal
    steps to `LIFT_GOAL` (iso principle: Altshuler, 1948). Moods below `MINOR_SHARE` are dropped
    from the start.

    Parameters
    ----------
    probabilities, table
        As for `mood_distribution`.
    aim : Aim
    n : int
        Positions, 0 or more.
    steps : int or None
        Positions within which `Aim.LIFT` arrives; later ones stay at the goal, so that a longer
        plan begins as a shorter one does. `n` if None.

    Returns
    -------
    numpy.ndarray
        float64, (n, 4), each row in the order of `MOODS` and summing to 1.
    """
    start = _without_minor(mood_distribution(probabilities, table))
    if aim is Aim.MATCH:
        return np.tile(start, (n, 1))
    way = progress(n, steps or n)[:, None]
    shares: np.ndarray = (1 - way) * start + way * lift_goal()
    return shares


def progress(n: int, steps: int) -> np.ndarray:
    """How far Lift has come at each of `n` positions when it takes `steps`: float64, (n,), 0..1."""
    return np.minimum(np.arange(n) / max(steps - 1, 1), 1.0)


def lift_goal() -> np.ndarray:
    """`LIFT_GOAL` as float64, (4,), in the order of `MOODS`."""
    return np.array([LIFT_GOAL.get(mood, 0.0) for mood in MOODS])


def explain(feeling: Feeling, aim: Aim, table: MoodTable = DEFAULT_TABLE) -> Message:
    """Say in a sentence what was seen and which music follows, e.g. "You look happy (81 %), so …".

    What the visitor says gets no percentage; what a face shows is worded as an impression.
    """
    shares = _without_minor(mood_distribution(feeling.probabilities, table))
    moods = [MOODS[index] for index in np.argsort(-shares, kind="stable") if shares[index] > 0]
    music = _OF_MUSIC[moods[0]]
    for mood in moods[1:]:
        music = Message("{music} with some {other}", music=music, other=_OF_MUSIC[mood])
    impression = _impression(feeling)
    if aim is Aim.MATCH:
        return Message("{impression}, so: {music} music.", impression=impression, music=music)
    first, second = (_OF_MUSIC[mood] for mood in LIFT_GOAL)
    return Message(
        "{impression}, so: {music} music first, then step by step {goal}.",
        impression=impression,
        music=music,
        goal=Message("{first} and {second}", first=first, second=second),
    )


def shares_per_emotion(table: MoodTable = DEFAULT_TABLE) -> Mapping[str, np.ndarray]:
    """Name every emotion with its shares of moods: float64, (4,), in the order of `MOODS`."""
    return dict(zip(EMOTIONS, _as_matrix(table), strict=True))


def _impression(feeling: Feeling) -> Message:
    order = np.argsort(-feeling.probabilities, kind="stable")[:2]
    (first, share), (second, other) = (
        (EMOTIONS[i], float(feeling.probabilities[i])) for i in order
    )
    if feeling.source is FeelingSource.VISITOR:
        return Message("Feeling {feeling}", feeling=EMOTION_ADJECTIVES[first])
    is_mixed, is_clear = other >= MINOR_SHARE, share >= 0.9
    seen = {"feeling": EMOTION_ADJECTIVES[first], "percent": round(100 * share)}
    if is_mixed:  # then the first is below 90 %, too
        return Message(
            "You look mostly {feeling} ({percent}%) and partly {other} ({other_percent}%)",
            other=EMOTION_ADJECTIVES[second],
            other_percent=round(100 * other),
            **seen,
        )
    if is_clear:
        return Message("You look {feeling} ({percent}%)", **seen)
    return Message("You look mostly {feeling} ({percent}%)", **seen)


def _without_minor(shares: np.ndarray) -> np.ndarray:
    # four shares: the largest is at least 0.25, so something always stays
    kept: np.ndarray = np.where(shares >= MINOR_SHARE, shares, 0.0)
    kept /= kept.sum()
    return kept


def _as_matrix(table: MoodTable) -> np.ndarray:
    """(7, 4); rows in the order of `EMOTIONS`, columns of `MOODS`."""
    missing = [emotion.value for emotion in EMOTIONS if emotion not in table]
    if missing:
        raise ValueError(f"the mood table does not cover {', '.join(missing)}")
    matrix = np.array([[table[emotion].get(mood, 0.0) for mood in MOODS] for emotion in EMOTIONS])
    for emotion, row in zip(EMOTIONS, matrix, strict=True):
        if not _is_distribution(row):
            raise ValueError(f"expected shares of {emotion} that sum to 1, got {table[emotion]}")
    return matrix


def _is_distribution(values: np.ndarray) -> bool:
    return bool((values >= 0).all() and np.isclose(values.sum(), 1, atol=1e-3))
