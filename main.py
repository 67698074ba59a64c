"""Face the Music: a face in, music that fits out. Run with ``streamlit run main.py``."""

from pathlib import Path

import streamlit as st

from serving.app import lifespan, middleware, routes
from serving.head import ICON, NAME

STYLE = Path(__file__).parent / ".streamlit" / "page.css"

if __name__ != "__main__":
    # `streamlit run` finds this by its type, imports this module and serves it. What draws is not
    # imported then: the webcam's component can only register itself while a visitor's run goes on.
    base = str(st.get_option("server.baseUrlPath"))
    app = st.App(__file__, routes=routes(base), middleware=middleware(base), lifespan=lifespan)
else:
    from emotion.capture import Capture
    from emotion.panel.ways import capture_panel
    from music_mood.panel.address import keep_address, take_up_address
    from music_mood.panel.arrival import come_back
    from music_mood.panel.header import footer, header, offer_about, promises
    from music_mood.panel.language import choose_language, language_switch
    from music_mood.panel.player.bar import player_bar, player_place
    from music_mood.panel.streamlit_words import speak
    from music_mood.panel.visit import this_visit
    from telemetry.metrics import rerun_begun

    drawn = rerun_begun()
    st.set_page_config(page_title=NAME, page_icon=ICON, layout="wide")
    st.html(STYLE)

    visit = this_visit()
    come_back()  # may bring back what waited here while the visitor was at Spotify
    capture = visit.part(Capture)
    take_up_address(capture, visit)
    capture.words = visit.words = choose_language()

    player = player_place()  # first, so that what plays keeps its position
    first = capture.feeling is None and capture.way is None
    tools = header(first=first)
    said = ""
    if first:
        capture_panel(capture)
        promises()
    else:
        # Imported here: who has not got so far does without its memory.
        from music_mood.panel.music import in_words, music_panel
        from music_mood.panel.share import share

        reading, music = st.columns([4, 7], gap="large")
        with reading:
            capture_panel(capture)
        with music:
            picks = music_panel(capture.feeling)
        said = in_words(capture.feeling)
        if capture.feeling is not None and picks:
            with tools:
                share(capture.feeling, picks, capture.portrait)

    def about() -> None:
        """Draw what the page is, how good it is, and what it does with a picture."""
        from emotion.panel import about as faces
        from music_mood.panel import about as music

        music.show_how_it_works()
        faces.show_how_good_with_faces(visit.words)
        music.show_how_good_with_music()
        faces.show_limits(visit.words)
        faces.show_what_becomes_of_a_picture(visit.words)
        music.show_who_learns_what()
        music.show_sources_of_music()
        faces.show_sources_of_faces(visit.words)
        music.show_build()

    with tools:
        offer_about(about)
        language_switch()
    footer()
    speak(visit.words)
    with player:  # last, when it is known what comes next
        player_bar(said)
    keep_address(capture, visit)
    drawn()
