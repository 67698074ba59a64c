"""What the browser's document says of itself: its language, for screen readers, and its title."""

from streamlit.components.v2 import component

_DOCUMENT = component(
    "face_the_music.document",
    js="""
    export default function ({ data: [data] }) {
      document.documentElement.lang = data.language;
      document.title = data.title;
    }
    """,
)


def tell_browser(language: str, title: str) -> None:
    """Set the document's language and title.

    Parameters
    ----------
    language : str
        As in BCP 47, e.g. ``"de"``; the served page carries what the browser wished for.
    title : str
    """
    # a list: in a dict Streamlit looks for tables, with pandas
    _DOCUMENT(key="document", data=[{"language": language, "title": title}])
