"""About: how the page works, how well it hears moods, who learns what, whose work it stands on."""

import logging
from collections.abc import Iterator

import streamlit as st

from i18n import Message
from music_mood.errors import MusicError
from music_mood.model.figures import MoodFigures, SoundFigures
from music_mood.panel.build import Build
from music_mood.panel.language import say, say_markdown
from music_mood.panel.resources import Means, means
from music_mood.panel.visit import this_visit
from music_mood.values import MOOD_WORDS
from page.figures import hundredth, recall_row

log = logging.getLogger(__name__)

STEPS = (
    Message("You show a face, or simply say how you feel; both count the same."),
    Message(
        "A small neural network looks at the face and says how likely people would call it "
        "angry, disgusted, afraid, happy, sad, surprised or neutral."
    ),
    Message(
        "That becomes a mix of four moods of music: to match how you feel, or to lift you step "
        "by step."
    ),
    Message(
        "A second model gives every track of the playlist a mood, from figures such as tempo and "
        "energy, and says so when it is unsure."
    ),
    Message("The tracks that fit best come first, one after another, and none twice."),
)

SOURCES = (
    Message(
        "The mood model was trained by this project on two tables of songs that people sorted by "
        "mood, and on listeners’ tags from Deezer’s mood data set. The tables are not part of this "
        "project."
    ),
    Message(
        "The demo playlist is music by a generator (ACE-Step), from the package "
        "immich-memories-music (MIT licence)."
    ),
    Message(
        "The page runs on Streamlit (Apache 2.0) and is set in Source Sans and Source Serif (SIL "
        "Open Font License)."
    ),
    Message(
        "scikit-learn, NumPy and pandas (BSD), PyArrow and Requests (Apache 2.0), SQLAlchemy, "
        "Alembic, pydantic, spotipy and tinytag (MIT), psycopg (LGPL)."
    ),
)
"""Whose work the music's half stands on; Streamlit Markdown, nothing foreign in it."""

SOURCES_OF_HEARING = (
    Message(
        "vibenet (GPL-3.0-or-later) hears in the sound itself how lively or danceable music is, "
        "with ONNX Runtime (MIT); librosa (ISC) hears its tempo, pyloudnorm (MIT) how loud it is."
    ),
)
"""The same of what is only there where the server listens to music."""


def show_how_it_works() -> None:
    """Draw the flow in five sentences."""
    st.subheader(say("How it works"), anchor=False)
    st.markdown("\n".join(f"{number}. {say(step)}" for number, step in enumerate(STEPS, start=1)))


def show_how_good_with_music() -> None:
    """Draw what the model's test says, in hundreds of tracks."""
    st.subheader(say("How good it is with music"), anchor=False)
    try:
        figures = MoodFigures.load()
    except MusicError as error:
        log.warning("no figures to tell: %s", error, exc_info=error)
        st.caption(say_markdown(error.message))
        return
    st.markdown(
        say(
            "It was tested on {tracks} tracks by artists that it had not met before. Of 100 such "
            "tracks, **{right} get the mood that people gave them**; by always giving the most "
            "common mood, it would be {blind}. It is sure of {sure} in 100 tracks; of 100 such, "
            "{right_when_sure} are right.",
            tracks=_grouped(figures.tracks),
            right=hundredth(figures.accuracy),
            blind=hundredth(figures.always_the_commonest),
            sure=hundredth(figures.sure),
            right_when_sure=hundredth(figures.accuracy_when_sure),
        )
    )
    st.markdown(say("Of 100 tracks that people gave a mood, so many get the same one here:"))
    best_first = sorted(figures.per_mood, key=lambda one: -one.found)
    words = this_visit().words
    rows = "".join(
        recall_row(
            words, MOOD_WORDS[one.mood], one.found, MOOD_WORDS[one.taken_for], one.taken_for_share
        )
        for one in best_first
    )
    st.html(f'<ul class="ftm-figures">{rows}</ul>')
    if means().hears:
        _show_how_good_by_ear()
    st.markdown(
        say(
            "People disagree about the mood of a song, and no figure knows its words. So trust "
            "the top of the list more than the label of one track."
        )
    )


def _show_how_good_by_ear() -> None:
    """Draw the same of music that this server listens to."""
    try:
        figures = SoundFigures.load()
    except MusicError as error:
        log.warning("no figures of sound to tell: %s", error, exc_info=error)
        st.caption(say_markdown(error.message))
        return
    if figures is None:
        st.markdown(
            say(
                "What no service knows, this server hears in the sound itself. How often it is "
                "right then has not been measured: such tracks are called unsure, with the "
                "likeliest mood."
            )
        )
        return
    st.markdown(
        say(
            "What no service knows, this server hears in the sound itself: half a minute from the "
            "middle. That tells less. Of 100 recordings of games’ music, **{right} have the mood "
            "that seems likeliest** ({tracks} were tested), so most tracks are called unsure. Of "
            "100 songs, {sure} would get a mood, and of 100 such, {right_when_sure} would be "
            "right, if hearing were as exact as what the services tell.",
            right=hundredth(figures.accuracy),
            tracks=_grouped(figures.tracks),
            sure=hundredth(figures.songs_sure),
            right_when_sure=hundredth(figures.songs_accuracy_when_sure),
        )
    )


def _grouped(count: int) -> str:
    return f"{count:_}".replace("_", "\N{NARROW NO-BREAK SPACE}")


def show_who_learns_what() -> None:
    """Draw what other services learn."""
    st.subheader(say("What other services learn"), anchor=False)
    st.markdown("\n".join(f"- {say(sentence)}" for sentence in _who_learns_what(means())))


def _who_learns_what(server: Means) -> Iterator[Message]:
    yield Message("The demo playlist and your own features: nothing, to nobody.")
    if server.asks:
        yield Message(
            "A link or audio files: **Deezer** and **ReccoBeats** learn which tracks this server "
            "asks for, not who asks; of your audio files only the names in their tags."
        )
    else:
        yield Message("Audio files and lists of tracks: nothing, to nobody.")
    if server.hears:
        yield Message(
            "The sound of your audio files: nothing, to nobody. This server listens to it itself."
        )
    if server.hears_previews:
        yield Message(
            "Previews of tracks whose mood nobody knows are listened to as well: **Deezer** learns "
            "which this server fetches, not for whom."
        )
    if server.asks:
        yield Message(
            "Previews: your browser fetches the sound from **Deezer**, **Apple** or **Spotify** "
            "itself, so they see your address, as with any website."
        )
        yield Message(
            "Logging in to **Spotify** is up to you: Spotify then knows that you use this page, "
            "and the permission lies in this server’s memory until you leave."
        )
    else:
        yield Message(
            "What a list names on **Spotify** plays in Spotify’s own player: your browser fetches "
            "that itself, so Spotify sees your address, as with any website."
        )
    yield Message("None of them ever receives a picture or a feeling.")


def show_sources_of_music() -> None:
    """Draw whose data, music and libraries the music's half uses; the heading is for both."""
    st.subheader(say("Sources and licences"), anchor=False)
    st.markdown(say("Face the Music itself is free to use, change and share (MIT licence)."))
    sources = (*SOURCES, *SOURCES_OF_HEARING) if means().hears else SOURCES
    st.markdown("\n".join(f"- {say(source)}" for source in sources))


def show_build() -> None:
    """Draw which version this is, if it is known."""
    build = Build.of()
    parts = []
    if build.release:
        parts.append(say("Release {release}", release=build.release))
    if build.commit:
        parts.append(say("commit {commit}", commit=build.commit))
    if parts:
        st.caption(" · ".join(parts))
