import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from emotion.values import EMOTIONS, Emotion, Feeling, FeelingSource
from music_mood.choosing.mood import (
    DEFAULT_TABLE,
    MINOR_SHARE,
    Aim,
    explain,
    lift_goal,
    mood_distribution,
    plan,
    progress,
    shares_per_emotion,
)
from music_mood.values import MOODS, Mood

weights = st.lists(st.floats(0, 1), min_size=7, max_size=7).filter(lambda w: sum(w) > 0.01)
feelings = weights.map(lambda w: np.array(w) / sum(w))


def feeling(**shares: float) -> np.ndarray:
    return np.array([shares.get(emotion, 0.0) for emotion in EMOTIONS])


def shares_of(distribution: np.ndarray) -> dict[str, float]:
    return {str(m): s for m, s in zip(MOODS, distribution.tolist(), strict=True) if s}


@pytest.mark.parametrize(
    ("emotion", "mood"),
    [
        (Emotion.ANGRY, Mood.ENERGETIC),
        (Emotion.DISGUST, Mood.SAD),
        (Emotion.FEAR, Mood.ENERGETIC),
        (Emotion.HAPPY, Mood.HAPPY),
        (Emotion.SAD, Mood.SAD),
        (Emotion.SURPRISE, Mood.HAPPY),
        (Emotion.NEUTRAL, Mood.CALM),
    ],
)
def test_every_emotion_has_its_mood(emotion, mood):
    assert shares_of(mood_distribution(feeling(**{emotion: 1}))) == {mood: 1}


def test_the_table_covers_every_emotion():
    assert set(DEFAULT_TABLE) == set(EMOTIONS)


def test_mixed_feelings_stay_mixed():
    mixed = mood_distribution(feeling(happy=0.4, surprise=0.2, sad=0.3, neutral=0.1))
    assert shares_of(mixed) == pytest.approx({"happy": 0.6, "sad": 0.3, "calm": 0.1})


@given(feelings)
def test_a_mood_distribution_is_a_distribution(probabilities):
    shares = mood_distribution(probabilities)
    assert shares.shape == (4,)
    assert (shares >= 0).all()
    assert shares.sum() == pytest.approx(1)


def test_another_table_can_be_given():
    table = {emotion: {Mood.CALM: 0.5, Mood.HAPPY: 0.5} for emotion in EMOTIONS}
    soft = mood_distribution(feeling(angry=1), table)
    assert shares_of(soft) == {"calm": 0.5, "happy": 0.5}


def test_a_table_that_forgets_an_emotion_is_refused():
    table = {e: row for e, row in DEFAULT_TABLE.items() if e is not Emotion.FEAR}
    with pytest.raises(ValueError, match="does not cover fear"):
        mood_distribution(feeling(happy=1), table)


@pytest.mark.parametrize("row", [{}, {Mood.SAD: 0.5}, {Mood.SAD: 1.5, Mood.CALM: -0.5}])
def test_a_table_whose_rows_are_no_shares_is_refused(row):
    with pytest.raises(ValueError, match="shares of fear that sum to 1"):
        mood_distribution(feeling(happy=1), {**DEFAULT_TABLE, Emotion.FEAR: row})


@pytest.mark.parametrize(
    "probabilities",
    [np.ones(7), np.zeros(7), np.full(6, 1 / 6), feeling(happy=1.5, sad=-0.5), np.full(7, np.nan)],
)
def test_what_is_no_distribution_of_emotions_is_refused(probabilities):
    with pytest.raises(ValueError, match="7 probabilities that sum to 1"):
        mood_distribution(probabilities)


@given(feelings, st.sampled_from(Aim), st.integers(0, 30))
def test_a_plan_has_a_distribution_for_every_position(probabilities, aim, n):
    targets = plan(probabilities, aim, n)
    assert targets.shape == (n, 4)
    assert (targets >= 0).all()
    assert targets.sum(axis=1) == pytest.approx(1)


def test_match_keeps_the_feeling_and_drops_minor_shares():
    targets = plan(feeling(happy=0.7, sad=0.25, angry=0.05), Aim.MATCH, 3)
    for row in targets:
        assert shares_of(row) == pytest.approx({"happy": 0.7 / 0.95, "sad": 0.25 / 0.95})


@pytest.mark.parametrize("emotion", EMOTIONS)
def test_lift_starts_where_match_does_and_ends_calm_and_happy(emotion):
    certain = feeling(**{emotion: 1})
    targets = plan(certain, Aim.LIFT, 8)
    assert targets[0] == pytest.approx(plan(certain, Aim.MATCH, 1)[0])
    assert shares_of(targets[-1]) == pytest.approx({"calm": 0.5, "happy": 0.5})


@given(feelings)
def test_lift_never_turns_back(probabilities):
    targets = plan(probabilities, Aim.LIFT, 8)
    bright = targets[:, MOODS.index(Mood.CALM)] + targets[:, MOODS.index(Mood.HAPPY)]
    assert (np.diff(bright) >= -1e-12).all()


@given(feelings)
def test_something_always_stays_above_the_minor_share(probabilities):
    assert plan(probabilities, Aim.MATCH, 1).max() >= MINOR_SHARE


@pytest.mark.parametrize(
    ("source", "shares", "aim", "sentence"),
    [
        (
            FeelingSource.FACE,
            {"happy": 0.81, "neutral": 0.19},
            Aim.MATCH,
            "You look mostly happy (81%), so: happy music.",
        ),
        (
            FeelingSource.FACE,
            {"surprise": 0.95, "fear": 0.05},
            Aim.MATCH,
            "You look surprised (95%), so: happy music.",
        ),
        (
            FeelingSource.FACE,
            {"sad": 0.45, "happy": 0.55},
            Aim.MATCH,
            "You look mostly happy (55%) and partly sad (45%), so: happy with some sad music.",
        ),
        (
            FeelingSource.FACE,  # however certain: a face is an impression
            {"happy": 1.0},
            Aim.MATCH,
            "You look happy (100%), so: happy music.",
        ),
        (
            FeelingSource.VISITOR,
            {"disgust": 1.0},
            Aim.MATCH,
            "Feeling disgusted, so: sad music.",
        ),
        (
            FeelingSource.VISITOR,
            {"angry": 1.0},
            Aim.LIFT,
            "Feeling angry, so: energetic music first, then step by step calm and happy.",
        ),
    ],
)
def test_the_sentence_says_what_was_seen_and_what_follows(source, shares, aim, sentence):
    assert str(explain(Feeling(feeling(**shares), source), aim)) == sentence


@given(feelings, st.sampled_from(Aim))
def test_the_sentence_names_the_mood_that_leads(probabilities, aim):
    leading = MOODS[int(mood_distribution(probabilities).argmax())]
    assert f"so: {leading}" in str(explain(Feeling(probabilities, FeelingSource.FACE), aim))


@pytest.mark.parametrize("aim", Aim)
def test_each_aim_is_one_sentence(aim):
    assert str(aim.sentence).endswith(".")
    assert str(aim.sentence).count(".") == 1


@given(feelings, st.integers(0, 12), st.integers(0, 12))
def test_a_longer_lift_begins_as_a_shorter_one(probabilities, few, many):
    few, many = sorted((few, many))
    longer = plan(probabilities, Aim.LIFT, many, steps=6)
    assert np.array_equal(longer[:few], plan(probabilities, Aim.LIFT, few, steps=6))


def test_lift_arrives_after_its_steps_and_stays():
    targets = plan(feeling(sad=1), Aim.LIFT, 9, steps=6)
    assert shares_of(targets[0]) == {Mood.SAD: 1}
    assert np.allclose(targets[5:], lift_goal())
    assert progress(4, 3).tolist() == [0, 0.5, 1, 1]
    assert progress(2, 1).tolist() == [0, 1]


def test_all_emotions_are_listed_with_their_moods():
    shares = shares_per_emotion()
    assert list(shares) == list(EMOTIONS)
    assert shares_of(shares["angry"]) == {Mood.ENERGETIC: 1}


# -- at the edges, where a small change of the code would show


def test_probabilities_that_are_off_by_rounding_still_give_shares_of_one():
    rounded = feeling(happy=0.6004, sad=0.4004)  # within a thousandth
    assert mood_distribution(rounded).sum() == pytest.approx(1, abs=1e-12)
    assert shares_of(mood_distribution(rounded))["sad"] == pytest.approx(0.4004 / 1.0008)


def test_another_table_holds_for_a_plan_and_its_sentence():
    calm = {emotion: {Mood.CALM: 1.0} for emotion in EMOTIONS}
    assert shares_of(plan(feeling(angry=1), Aim.MATCH, 1, calm)[0]) == {Mood.CALM: 1}
    angry = Feeling(feeling(angry=1), FeelingSource.VISITOR)
    assert str(explain(angry, Aim.MATCH, calm)) == "Feeling angry, so: calm music."


def test_a_mood_with_just_the_minor_share_is_kept():
    table = {e: {Mood.HAPPY: 1 - MINOR_SHARE, Mood.SAD: MINOR_SHARE} for e in EMOTIONS}
    assert shares_of(plan(feeling(happy=1), Aim.MATCH, 1, table)[0]) == pytest.approx(
        {"happy": 1 - MINOR_SHARE, "sad": MINOR_SHARE}
    )


@pytest.mark.parametrize(
    ("shares", "seen"),
    [
        ({"happy": 0.9, "sad": 0.1}, "You look happy (90%)"),
        ({"happy": 1 - MINOR_SHARE, "sad": MINOR_SHARE}, "mostly happy (80%) and partly sad (20%)"),
        ({"happy": 0.506, "sad": 0.494}, "mostly happy (51%) and partly sad (49%)"),
    ],
)
def test_what_is_clear_and_what_is_mixed(shares, seen):
    sentence = str(explain(Feeling(feeling(**shares), FeelingSource.FACE), Aim.MATCH))
    assert seen in sentence


def test_a_table_that_forgets_two_emotions_names_both():
    table = {e: row for e, row in DEFAULT_TABLE.items() if e not in (Emotion.FEAR, Emotion.SAD)}
    with pytest.raises(ValueError, match=r"does not cover fear, sad$"):
        mood_distribution(feeling(happy=1), table)
