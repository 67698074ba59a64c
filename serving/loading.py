"""The page's code, loaded before the first visitor needs it."""

import sys
from importlib import import_module
from threading import Thread

PAGE = (
    "emotion.capture",
    "emotion.panel.ways",
    "music_mood.panel.address",
    "music_mood.panel.arrival",
    "music_mood.panel.header",
    "music_mood.panel.language",
    "music_mood.panel.player.bar",
    "music_mood.panel.streamlit_words",
    "music_mood.panel.visit",
    "music_mood.panel.music",
)
"""What ``main.py`` imports for the first screen, in its order (so that no two threads come to
OpenCV in different ways, whose import cannot stand that), and then what a first click needs."""


def load_page_soon() -> None:
    """Load what draws the page while the first browser is still loading Streamlit's own code.

    Visitors who come meanwhile wait for the same imports: Python lets one thread do them.
    """
    Thread(target=_load, name="load the page", daemon=True).start()


def page_is_loaded() -> bool:
    """Tell whether all of `PAGE` is imported; a module that is just being imported is not."""
    found = (sys.modules.get(name) for name in PAGE)
    return all(
        one is not None and not getattr(one.__spec__, "_initializing", False) for one in found
    )


def _load() -> None:
    for module in PAGE:
        import_module(module)
