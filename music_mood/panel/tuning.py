"""Choosing by audio features: sliders around the feeling's target, and seeds."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import streamlit as st

from emotion.values import Feeling
from music_mood.choosing.mood import Aim, lift_goal, plan, progress, shares_per_emotion
from music_mood.choosing.nearest import nearest, pull
from music_mood.choosing.recommend import recommend
from music_mood.model.preprocess import FASTEST_BPM, SLOWEST_BPM
from music_mood.model.targets import TARGET_NAMES, Targets, blend
from music_mood.panel.values import ChosenBy, Shelved
from music_mood.panel.visit import this_visit
from music_mood.values import MOODS, AudioFeatures, LabelledTrack

MAX_SEEDS = 5
"""Artists and genres each; as many as Spotify's /recommendations took."""


@dataclass(frozen=True)
class Way:
    """How tracks are chosen.

    Attributes
    ----------
    path : numpy.ndarray
        float64, (steps, 5), in the order of `TARGET_NAMES`: where the music begins and where it
        goes; all rows alike unless the aim is Lift.
    choose : callable
        Gives so many tracks, those with the given uris only when the others are used up.
    """

    path: np.ndarray
    choose: Callable[[int, frozenset[str]], list[LabelledTrack]]


def chosen_by() -> ChosenBy:
    """Let the visitor say what decides."""
    visit = this_visit()
    visit.chosen_by = st.segmented_control(
        "Chosen by", list(ChosenBy), default=visit.chosen_by, required=True, key="chosen_by"
    )
    return visit.chosen_by


def way_of_mood(shelved: Shelved, feeling: Feeling, aim: Aim, steps: int) -> Way:
    """Choose by mood, as `recommend` does."""

    def choose(count: int, waiting: frozenset[str]) -> list[LabelledTrack]:
        wished = plan(feeling.probabilities, aim, count, steps=steps)
        return recommend(shelved.labelled, wished, count, played=waiting)

    return Way(_targets().at(plan(feeling.probabilities, aim, steps)), choose)


def way_of_features(shelved: Shelved, feeling: Feeling, aim: Aim, steps: int) -> Way:
    """Choose by the sliders, which are drawn here, and by seeds."""
    targets = _targets()
    with st.container(border=True):
        wished = _sliders(targets.at(plan(feeling.probabilities, aim, 1)[0]), aim)
        seeds = _seeds(shelved)
        if seeds:
            values = pull(wished, seeds)
            words = ", ".join(map(_words, TARGET_NAMES, values))
            st.caption(f"The seeds pull halfway towards their own mean: {words}.")
        _show_targets(targets)

    def way(count: int) -> np.ndarray:
        if aim is Aim.MATCH:
            return np.tile(wished, (count, 1))
        return blend(wished, targets.at(lift_goal()), progress(count, steps)[:, None])

    def choose(count: int, waiting: frozenset[str]) -> list[LabelledTrack]:
        return nearest(
            shelved.labelled,
            way(count),
            count,
            scales=targets.scales,
            seeds=seeds,
            played=waiting,
        )

    return Way(pull(way(steps), seeds), choose)


def _sliders(target: np.ndarray, aim: Aim) -> np.ndarray:
    """Draw a slider per feature; they stand at the target until the visitor moves them."""
    prefilled = {
        _slider_key(name): round(float(value)) if name == "tempo" else round(float(value), 2)
        for name, value in zip(TARGET_NAMES, target, strict=True)
    }
    visit = this_visit()
    fresh = visit.tuned_from != (prefilled, aim)
    visit.tuned_from = (prefilled, aim)
    for key, value in prefilled.items():
        # Streamlit forgets a slider that is not drawn: then it begins anew as well.
        if fresh or key not in st.session_state:
            st.session_state[key] = value
    start = "Where Lift starts" if aim is Aim.LIFT else "What to look for"
    st.caption(f"{start}: the figures of music for your feeling, until you move them.")
    with st.container(horizontal=True, gap="small"):
        for name in TARGET_NAMES:
            is_tempo = name == "tempo"
            low, high, step = (
                (int(SLOWEST_BPM), int(FASTEST_BPM), 1) if is_tempo else (0.0, 1.0, 0.01)
            )
            st.slider(
                "Tempo, bpm" if is_tempo else name.capitalize(),
                low,
                high,
                step=step,
                key=_slider_key(name),
                help="Half and double tempo count as the same." if is_tempo else None,
                width=148,
            )
    moved = any(st.session_state[key] != value for key, value in prefilled.items())
    if moved:
        st.button(
            "Back to my feeling",
            icon=":material/undo:",
            type="tertiary",
            on_click=st.session_state.update,
            args=(prefilled,),
        )
    return np.array([st.session_state[_slider_key(name)] for name in TARGET_NAMES], dtype=float)


def _seeds(shelved: Shelved) -> list[AudioFeatures]:
    """Let the visitor name artists and genres of the playlist; gives their tracks' features."""
    known = [track.track for track in shelved.labelled if track.track.features]
    artists = Counter(track.artist for track in known if track.artist)
    genres = Counter(genre for track in known for genre in track.genres)
    with st.container(horizontal=True, gap="medium"):
        liked = _multiselect("More like these artists", artists, f"artists {shelved.key}")
        kinds = _multiselect("More like these genres", genres, f"genres {shelved.key}")
    return [
        track.features
        for track in known
        if track.features and (track.artist in liked or not kinds.isdisjoint(track.genres))
    ]


def _multiselect(label: str, options: Counter[str], key: str) -> set[str]:
    if not options:
        return set()
    names = sorted(options, key=lambda name: (-options[name], name.casefold()))
    return set(
        st.multiselect(
            label, names, max_selections=MAX_SEEDS, placeholder="None", key=key, width=420
        )
    )


def _show_targets(targets: Targets) -> None:
    with st.expander("What each feeling aims at"):
        names = ["feeling", "mood", *TARGET_NAMES]
        rows = [
            [emotion, MOODS[int(shares.argmax())], *map(_figure, TARGET_NAMES, targets.at(shares))]
            for emotion, shares in shares_per_emotion().items()
        ]
        lines = [names, ["---"] * len(names), *rows]
        st.markdown("\n".join(f"| {' | '.join(line)} |" for line in lines))
        st.caption(
            f"Learned on {targets.made} from {targets.tracks} tracks in playlists that people "
            "named after a mood: what is typical there. Tempo in beats per minute, half and "
            "double counted as the same."
        )


def _slider_key(name: str) -> str:
    return f"tune_{name}"


def _figure(name: str, value: float) -> str:
    return f"{value:.0f}" if name == "tempo" else f"{value:.2f}"


def _words(name: str, value: float) -> str:
    return f"{name} {_figure(name, value)}"


@st.cache_resource(show_spinner=False)
def _targets() -> Targets:
    return Targets.load()
