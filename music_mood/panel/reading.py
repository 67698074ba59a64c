"""Reading and labelling a playlist before the visitor's eyes."""

import logging
from collections import Counter
from collections.abc import Sequence

import streamlit as st

from i18n import Message, joined, linked, plural
from music_mood.errors import MusicError
from music_mood.panel.language import say, say_markdown
from music_mood.panel.resources import mood_classifier, services, tell_what_is_not_heard
from music_mood.panel.spotify_login import visitor
from music_mood.panel.values import Shelved
from music_mood.panel.visit import this_visit
from music_mood.reading import Source, Stage, Step, read_playlist, watch
from music_mood.values import MOOD_WORDS, MOODS

log = logging.getLogger(__name__)

SKIPPED_NAMED = 5
"""Entries named for each reason why some were left out."""


def label_once(key: str, source: Source) -> Shelved | None:
    """Read, complete and label a playlist, showing progress; once per playlist and visit."""
    visit = this_visit()
    if visit.shelved is not None and visit.shelved.key == key:
        return visit.shelved
    bar = st.progress(0.0, say("Reading the playlist …"))

    def show(step: Step) -> None:
        share = min(step.done / step.total, 1.0) if step.total else 0.0
        bar.progress(share, say_markdown(_in_words(step)))

    try:
        features = services().feature_chain(visitor())
        reading = watch(read_playlist(source, features, mood_classifier), show)
    except MusicError as error:
        log.info("a playlist could not be read: %s", error.wording)
        st.warning(say_markdown(error.message), icon=":material/playlist_remove:")
        return None
    finally:
        bar.empty()
    if not services().hears and reading.has_unknown_sound:
        tell_what_is_not_heard()
    failures = tuple(one.message for one in reading.failures)
    visit.shelved = Shelved(key, reading.playlist, reading.labelled, failures)
    return visit.shelved


def _in_words(step: Step) -> Message:
    what = {
        Stage.PLAYLIST: Message("Reading the playlist"),
        Stage.FEATURES: Message("Asking {service} for audio features", service=step.provider),
        Stage.SOUND: Message("Listening to the music itself"),
        Stage.MOODS: Message("Listening for moods"),
    }[step.stage]
    if step.total:
        return Message("{what} … {done} of {total}", what=what, done=step.done, total=step.total)
    return Message("{what} … {done}", what=what, done=step.done)


def show_summary(shelved: Shelved) -> None:
    """Tell what was read, what was left out and why."""
    playlist, labelled = shelved.playlist, shelved.labelled
    counts = Counter(track.mood for track in labelled)
    parts = [
        Message("{count} {mood}", count=counts[mood], mood=MOOD_WORDS[mood])
        for mood in MOODS
        if counts[mood]
    ]
    if counts[None]:
        parts.append(Message("{count} unsure or unknown", count=counts[None]))
    tracks = plural(
        "{count} track: {moods}",
        "{count} tracks: {moods}",
        len(labelled),
        moods=joined(parts, ", ") if parts else Message("none to play"),
    )
    title = linked(say(joined([playlist.title])), playlist.link)
    st.caption(f"**{title}** · {say_markdown(tracks)}")
    for sentence in (*playlist.notes, *shelved.failures):
        st.caption(f":material/info: {say_markdown(sentence)}")
    if playlist.skipped:
        left_out = plural(
            "{count} entry was left out", "{count} entries were left out", len(playlist.skipped)
        )
        with st.expander(say(left_out)):
            names: dict[Message, list[Message | str]] = {}
            for skipped in playlist.skipped:
                names.setdefault(skipped.reason, []).append(skipped.name)
            for reason, named in sorted(names.items(), key=lambda one: -len(one[1])):
                st.markdown(f"- {say_markdown(_left_out(reason, named))}")


def _left_out(reason: Message, named: Sequence[Message | str]) -> Message:
    """Name the first entries that were left out for a reason."""
    more = ["…"] if len(named) > SKIPPED_NAMED else []
    names = joined([*named[:SKIPPED_NAMED], *more], ", ")
    if len(named) == 1:
        return Message("{names}: {reason}", names=names, reason=reason)
    return Message("{count} × {names}: {reason}", count=len(named), names=names, reason=reason)
