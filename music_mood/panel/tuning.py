"""Choosing by audio features: sliders around the feeling's target, and seeds."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

import numpy as np
import streamlit as st

from i18n import DEFAULT, Message
from music_mood.choosing.mood import (
    FEELING_WORDS,
    Aim,
    lift_goal,
    plan,
    progress,
    shares_per_emotion,
)
from music_mood.choosing.nearest import nearest, pull
from music_mood.choosing.recommend import recommend
from music_mood.model.preprocess import FASTEST_BPM, SLOWEST_BPM
from music_mood.model.targets import TARGET_NAMES, Targets, blend
from music_mood.panel.appearance import MOOD_MUSIC
from music_mood.panel.language import date_words, say, say_markdown
from music_mood.panel.resources import targets
from music_mood.panel.tracks.rows import lead
from music_mood.panel.values import CHOSEN_BY_WORDS, ChosenBy, Shelved
from music_mood.panel.visit import this_visit
from music_mood.values import MOODS, AudioFeatures, LabelledTrack
from page.controls import controlled

MAX_SEEDS = 5
"""Artists and genres each; as many as Spotify's /recommendations took."""

SLIDER_WORDS: Mapping[str, Message] = MappingProxyType(
    {
        "energy": Message("Energy"),
        "valence": Message("Valence"),
        "danceability": Message("Danceability"),
        "acousticness": Message("Acousticness"),
        "tempo": Message("Tempo, bpm"),
    }
)
"""`TARGET_NAMES` -> what stands above its slider."""

NEAREST_FIRST = Message("What comes nearest to the sliders comes first.")
FROM_SLIDERS = Message("The way leads from the sliders’ figures to calm and happy music.")


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
    key : tuple
        What decides besides playlist, feeling and aim: ways with the same key choose the same.
    lead : Message
        In which order the tracks come, for the visitor.
    keeps_places : bool
        Whether a track that still fits may stay where it was.
    """

    path: np.ndarray
    choose: Callable[[int, frozenset[str]], list[LabelledTrack]]
    key: tuple[object, ...]
    lead: Message
    keeps_places: bool


def chosen_by() -> ChosenBy:
    """Let the visitor say what decides."""
    visit = this_visit()

    def chosen(by: ChosenBy) -> None:
        visit.chosen_by = by

    controlled(
        st.segmented_control,
        say("Chosen by"),
        list(ChosenBy),
        key="chosen_by",
        value=visit.chosen_by,
        chosen=chosen,
        required=True,
        format_func=lambda one: say(CHOSEN_BY_WORDS[one]),
    )
    return visit.chosen_by


def way_of_mood(shelved: Shelved, probabilities: np.ndarray, aim: Aim, steps: int) -> Way:
    """Choose by mood, as `recommend` does; `probabilities`, (7,), are those of the feeling."""

    def choose(count: int, waiting: frozenset[str]) -> list[LabelledTrack]:
        wished = plan(probabilities, aim, count, steps=steps)
        return recommend(shelved.labelled, wished, count, played=waiting)

    shares = plan(probabilities, aim, steps)
    return Way(targets().at(shares), choose, (ChosenBy.MOOD,), lead(shares), keeps_places=True)


def way_of_features(shelved: Shelved, probabilities: np.ndarray, aim: Aim, steps: int) -> Way:
    """Choose by the sliders, which are drawn here, and by seeds."""
    known = targets()
    wished = _sliders(known.at(plan(probabilities, aim, 1)[0]), aim)
    seeds = _seeds(shelved)
    if seeds:
        pulled = _figures(pull(wished, seeds))
        st.caption(say("The seeds pull halfway towards their own mean: {figures}.", figures=pulled))
    _show_targets(known)

    def way(count: int) -> np.ndarray:
        if aim is Aim.MATCH:
            return np.tile(wished, (count, 1))
        return blend(wished, known.at(lift_goal()), progress(count, steps)[:, None])

    def choose(count: int, waiting: frozenset[str]) -> list[LabelledTrack]:
        return nearest(
            shelved.labelled,
            way(count),
            count,
            scales=known.scales,
            seeds=seeds,
            played=waiting,
        )

    key = (ChosenBy.FEATURES, *wished.tolist(), *seeds)
    words = NEAREST_FIRST if aim is Aim.MATCH else FROM_SLIDERS
    return Way(pull(way(steps), seeds), choose, key, words, keeps_places=False)


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
    if aim is Aim.LIFT:
        hint = say("Where Lift starts: the figures of music for your feeling, until you move them.")
    else:
        hint = say("What to look for: the figures of music for your feeling, until you move them.")
    st.caption(hint)
    # English keeps the noughts that Streamlit gives by itself; others need their decimal mark.
    figures = None if visit.words.language == DEFAULT else "localized"
    with st.container(horizontal=True, gap="small"):
        for name in TARGET_NAMES:
            is_tempo = name == "tempo"
            low, high, step = (
                (int(SLOWEST_BPM), int(FASTEST_BPM), 1) if is_tempo else (0.0, 1.0, 0.01)
            )
            st.slider(
                say(SLIDER_WORDS[name]),
                low,
                high,
                step=step,
                format=figures,
                key=_slider_key(name),
                help=say("Half and double tempo count as the same.") if is_tempo else None,
                width=108,
            )
    moved = any(st.session_state[key] != value for key, value in prefilled.items())
    if moved:
        st.button(
            say("Back to my feeling"),
            key="untune",
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
        liked = _multiselect(say("More like these artists"), artists, f"artists {shelved.key}")
        kinds = _multiselect(say("More like these genres"), genres, f"genres {shelved.key}")
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
            label, names, max_selections=MAX_SEEDS, placeholder=say("None"), key=key, width=340
        )
    )


def _show_targets(known: Targets) -> None:
    # A list, not a table: seven columns do not fit on a phone.
    with st.popover(say("What each feeling aims at"), type="tertiary"):
        lines = [
            say_markdown(
                "**{feeling}**: {music}, {figures}",
                feeling=FEELING_WORDS[emotion],
                music=MOOD_MUSIC[MOODS[int(shares.argmax())]],
                figures=_figures(known.at(shares)),
            )
            for emotion, shares in shares_per_emotion().items()
        ]
        st.markdown("\n".join(f"- {line}" for line in lines))
        st.caption(
            say(
                "Learned on {date} from {count} tracks in playlists that people named after a "
                "mood: what is typical there. Tempo in beats per minute, half and double counted "
                "as the same.",
                date=date_words(date.fromisoformat(known.made)),
                count=known.tracks,
            )
        )


def _slider_key(name: str) -> str:
    return f"tune_{name}"


def _figures(values: np.ndarray) -> Message:
    """Say a target, (5,), in words and figures."""
    return Message(
        "energy {energy:.2f}, valence {valence:.2f}, danceability {danceability:.2f}, "
        "acousticness {acousticness:.2f}, tempo {tempo:.0f}",
        **dict(zip(TARGET_NAMES, values.tolist(), strict=True)),
    )
