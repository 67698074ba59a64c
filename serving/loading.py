"""The page's code, loaded before the first visitor needs it."""

import logging
import sys
from concurrent.futures import Future, ThreadPoolExecutor
from importlib import import_module

log = logging.getLogger(__name__)

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


def load_page_soon() -> Future[None]:
    """Load what draws the page while the first browser is still loading Streamlit's own code.

    Visitors who come meanwhile wait for the same imports: Python lets one thread do them.

    Returns
    -------
    concurrent.futures.Future
        Is done when all is loaded, or it is clear that it cannot be.
    """
    thread = ThreadPoolExecutor(1, thread_name_prefix="load the page")
    loaded = thread.submit(_load)
    thread.shutdown(wait=False)
    return loaded


def page_is_loaded() -> bool:
    """Tell whether all of `PAGE` is imported; a module that is just being imported is not."""
    found = (sys.modules.get(name) for name in PAGE)
    return all(
        one is not None and not getattr(one.__spec__, "_initializing", False) for one in found
    )


def _load() -> None:
    try:
        for module in PAGE:
            import_module(module)
    except Exception:  # the server stays: the first visitor's run says what is wrong, too
        log.exception("the page cannot be loaded")
