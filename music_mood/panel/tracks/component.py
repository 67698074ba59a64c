"""The list of tracks on the page: a component, drawn in the browser by tracks.js.

It tells the server nothing. What is pressed in it goes to the player as events on the document
(``ftm:play``, ``ftm:next``), and the player's ``ftm:now`` marks the row that plays, so that nothing
waits for a way to the server and back.
"""

from collections.abc import Sequence
from pathlib import Path

from streamlit.components.v2 import component

from i18n import Message
from music_mood.panel.language import say
from music_mood.panel.tracks.rows import Row

_HERE = Path(__file__).parent

_LIST = component(
    "face_the_music.tracks",
    html='<section aria-labelledby="heading"><h3 id="heading"></h3><p class="lead"></p>'
    '<ol role="list" aria-labelledby="heading"></ol></section>',
    css=(_HERE / "tracks.css").read_text(encoding="utf-8"),
    js=(_HERE.parent / "artwork.js").read_text(encoding="utf-8")
    + (_HERE / "tracks.js").read_text(encoding="utf-8"),
)


def show_list(rows: Sequence[Row], lead: Message, *, is_path: bool) -> None:
    """Draw the rows.

    Parameters
    ----------
    rows : sequence of Row
        From `music_mood.panel.tracks.rows.rows`; another list at the same place keeps the rows that
        stay, and the focus in them.
    lead : Message
        Says in which order they come.
    is_path : bool
        Whether they lead somewhere: then a line runs from the first to the last.
    """
    # In a list: of a dict's values Streamlit asks pandas whether they are tables, and loads it.
    _LIST(
        key="tracks",
        data=[
            {
                "heading": say("Tracks for you"),
                "lead": say(lead),
                "path": is_path,
                "words": {
                    "play": say("Play"),
                    "pause": say("Pause"),
                    "next": say("Play next"),
                    "open": say("Open"),
                },
                "rows": list(rows),
            }
        ],
    )
