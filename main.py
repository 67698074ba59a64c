"""Face the Music: a face in, music that fits out. Run with ``streamlit run main.py``."""

from pathlib import Path

import streamlit as st

import serving

STYLE = Path(__file__).parent / ".streamlit" / "page.css"

if __name__ != "__main__":
    # `streamlit run` finds this by its type, imports this module and serves it. What draws is not
    # imported then: the webcam's component can only register itself while a visitor's run goes on.
    app = st.App(__file__, routes=serving.routes(str(st.get_option("server.baseUrlPath"))))
else:
    from emotion.capture import Capture
    from emotion.panel import about as about_faces
    from emotion.panel.ways import capture_panel
    from emotion.portrait import portrait
    from music_mood.panel import about as about_music
    from music_mood.panel.document import tell_browser
    from music_mood.panel.music import music_panel
    from music_mood.panel.share import share
    from music_mood.panel.spotify_login import come_back
    from music_mood.panel.visit import this_visit

    st.set_page_config(page_title=serving.NAME, page_icon=serving.ICON, layout="wide")
    st.html(STYLE)

    words = this_visit().words
    tell_browser(words.language, serving.NAME)

    def about() -> None:
        """Draw what the page is, how good it is, and what it does with a picture."""
        about_music.show_how_it_works()
        about_faces.show_how_good_with_faces(words)
        about_music.show_how_good_with_music()
        about_faces.show_limits(words)
        about_faces.show_what_becomes_of_a_picture(words)
        about_music.show_who_learns_what()
        about_music.show_sources_of_music()
        about_faces.show_sources_of_faces(words)
        about_music.show_build()

    st.title("Face the Music", anchor=False)
    st.markdown("Show your face or say how you feel, and hear music that fits.")

    come_back()
    feeling = capture_panel(this_visit().part(Capture))
    if feeling is not None:
        music_panel(feeling)
        picture, shelved = this_visit().part(Capture).picture, this_visit().shelved
        face = (
            portrait(picture.rgb, picture.faces[0].box_xywh) if picture and picture.faces else None
        )
        share(feeling, shelved.labelled if shelved else (), face)

    about_music.offer_about(about)

    st.caption(
        "The expression is an AI’s estimate, often wrong, and not what you feel. Pictures stay in "
        "this server’s memory while you are here and are never stored. Not for use at work or "
        "school."
    )
