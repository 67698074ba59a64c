"""What makes an ASGI application of the page: routes, middleware, and what begins with the server.

``main.py`` is an `st.App`, which ``streamlit run`` finds in it; nothing of Streamlit is patched for
that.
"""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from starlette.middleware import Middleware
from starlette.routing import Route

from serving import head
from serving.descriptors import allow_many
from serving.frontend import Frontend
from serving.garbage import garbage_collected
from serving.loading import load_page_soon


def routes(base_path: str = "") -> list[Route]:
    """Make the routes that come before Streamlit's.

    Parameters
    ----------
    base_path : str
        ``server.baseUrlPath``: the folder below which the page is served, in any notation.
    """
    return head.routes(base_path)


def middleware(base_path: str = "") -> list[Middleware]:
    """Make what stands before all of Streamlit's routes; `base_path` as for `routes`."""
    return [Middleware(Frontend, base_path=base_path)]


@asynccontextmanager
async def lifespan(_app: object) -> AsyncGenerator[None, None]:
    """Begin what goes on beside the page, and end it with the server."""
    allow_many()
    loaded = asyncio.wrap_future(load_page_soon())
    async with garbage_collected(loaded):
        yield
