"""The page's language: what every part of the panel says things with."""

from i18n import Message
from music_mood.panel.appearance import escape_markdown
from music_mood.panel.visit import this_visit


def say(text: Message | str, /, **values: object) -> str:
    """Render a text in this visit's language, as it is: for labels, tooltips and plain text.

    Parameters
    ----------
    text : Message or str
        A string is the English wording of one, a literal, with its parameters in `values`.
    """
    return this_visit().words.say(text, **values)


def say_markdown(text: Message | str, /, **values: object) -> str:
    """Render a text for Streamlit's Markdown: what others wrote comes out literally."""
    message = Message(text, **values) if isinstance(text, str) else text
    return this_visit().words.render(message, foreign=escape_markdown)
