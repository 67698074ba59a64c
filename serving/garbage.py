"""When garbage is collected: now and then, not after every run of the page.

Python frees nearly everything by itself, as soon as nobody refers to it. What is left are circles,
and a visit that has ended is one: its picture stays in memory until somebody looks for circles.

Streamlit looks after every run of every visitor's page (``runner.postScriptGC``), and at all there
is: 150 000 objects, of which nearly all are code, once loaded and never garbage. With twenty
visitors at once that took three quarters of the server's time; and if nobody else comes, the
picture of the last visitor stays. So here, for the whole process:

- Streamlit's own collection is off, unless the server's configuration asks for it;
- code is set aside (`gc.freeze`) and not looked at again: Streamlit's before anybody can come, the
  page's when it is loaded, if nobody came meanwhile. A visit that is set aside would never be
  freed, nor its picture;
- the rest is looked at every `EVERY_S` seconds, whether somebody is here or not. Python's own
  collections go on as well; they are paced by what there is, and come seldom.
"""

import asyncio
import gc
import time
from collections.abc import AsyncGenerator, Awaitable
from contextlib import asynccontextmanager, suppress

from streamlit import config
from streamlit.runtime.app_session import AppSession

EVERY_S = 3.0
"""So long at most the memory of an ended visit stays."""
MOST_OF_TIME = 0.05
"""Share of the time that collecting may take: where it takes long, it is done less often."""
STREAMLITS = "runner.postScriptGC"


@asynccontextmanager
async def garbage_collected(loaded: Awaitable[None]) -> AsyncGenerator[None, None]:
    """Collect garbage while the block lasts; to be entered before the first visitor can come.

    Parameters
    ----------
    loaded : awaitable
        Ends when the page's code is loaded.
    """
    if not config.is_manually_set(STREAMLITS):
        config.set_option(STREAMLITS, False, __name__)
    gc.collect()
    gc.freeze()  # Streamlit itself
    collecting = asyncio.create_task(_collect(loaded), name="collect garbage")
    yield
    collecting.cancel()
    with suppress(asyncio.CancelledError):
        await collecting


async def _collect(loaded: Awaitable[None]) -> None:
    """Collect for ever; in the event loop's thread, where sessions begin: none does meanwhile."""
    await loaded
    gc.collect()
    if nobody_is_here():
        gc.freeze()  # the page
    took_s = 0.0
    while True:
        await asyncio.sleep(max(EVERY_S, took_s / MOST_OF_TIME))
        began = time.perf_counter()
        gc.collect()
        took_s = time.perf_counter() - began


def nobody_is_here() -> bool:
    """Tell whether no session is in memory. Not to be asked while faces are read.

    For a moment a list refers to everything, and LiteRT, which counts who refers to a model, would
    refuse to run it.
    """
    return not any(type(one) is AppSession for one in gc.get_objects())
