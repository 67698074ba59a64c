"""The player: a bar at the foot of the window, and three places for sound that it drives.

The sound comes from ``st.audio``: the track that plays, and the next two, already loaded, so that
one follows the other without a gap. Which of them sounds the component decides, in the browser,
at once; it tells the server afterwards (`music_mood.panel.player.line`), which reruns nothing but
this fragment. What plays is never drawn anew, whatever happens on the page.
"""

from pathlib import Path

import streamlit as st
from streamlit.components.v2 import component
from streamlit.delta_generator import DeltaGenerator

from music_mood.panel.language import say
from music_mood.panel.player.line import fill_slots, handle, look_ahead, read_events, settle
from music_mood.panel.player.playing import Playing
from music_mood.panel.player.shown import bar_data, slot_name
from music_mood.panel.visit import this_visit

_HERE = Path(__file__).parent
_KEY = "player"
FRAME_HEIGHT_PX = 80

_BAR = component(
    "face_the_music.player",
    css=(_HERE / "player.css").read_text(encoding="utf-8"),
    # one module to the browser, which cannot import from beside it
    js="\n".join(
        (_HERE / name).read_text(encoding="utf-8")
        for name in ("../artwork.js", "icons.js", "bar.js", "player.js")
    ),
    isolate_styles=False,  # it also makes room at the foot of the page, and hides the slots
)


def player_place() -> DeltaGenerator:
    """Make the place for `player_bar`, first on the page: what plays keeps its position there."""
    return st.container(key="ftm-place", gap=None)


@st.fragment
def player_bar(said: str = "") -> None:
    """Draw the player for this visit's queue, within `player_place`, once the queue is known.

    Parameters
    ----------
    said : str
        What has just become of the page, for those who do not see it, e.g. "You look happy".
    """
    visit = this_visit()
    playing = visit.part(Playing)
    fill_slots(visit)
    with st.container(key="ftm-slots", gap=None):
        for number, slot in enumerate(playing.slots):
            with st.container(key=f"ftm-slot-{number}", gap=None):
                if slot:
                    brought = slot.preview.audio_file
                    # The very bytes that the uploader holds: Streamlit serves them without a copy.
                    st.audio(
                        brought.data if brought else slot.preview.path or slot.preview.audio_url,
                        format=slot.preview.mime,
                        alt=slot_name(slot.uri, visit),
                    )
    with st.container(key="ftm-frame", gap=None):
        preview, _found_at = visit.previews.get(playing.frame or "", (None, 0.0))
        if preview and preview.embed_url:
            title = visit.queue.now.track.title if visit.queue.now else ""
            alt = say("Spotify’s player: {title}", title=title)
            st.iframe(preview.embed_url, height=FRAME_HEIGHT_PX, alt=alt)
    # In a list: of a dict's values Streamlit asks pandas whether they are tables, and loads it.
    _BAR(key=_KEY, data=[bar_data(visit, say, said)], on_events_change=_take_events)


def _take_events() -> None:
    """Deal with what happened in the browser, before anything is drawn."""
    # Imported when somebody presses play: the web services' libraries are not for the first screen.
    from music_mood.panel.resources import services  # noqa: PLC0415

    visit = this_visit()
    ahead = handle(visit, read_events(st.session_state[_KEY]["events"]))
    resolve = services().previews.resolve
    settle(visit, resolve)
    if ahead:
        look_ahead(visit, resolve)
