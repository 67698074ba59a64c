"""What makes an ASGI application of the page: routes, middleware, and what begins with the server.

``main.py`` is an `st.App`, which ``streamlit run`` finds in it; nothing of Streamlit is patched for
that.
"""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from starlette.middleware import Middleware
from starlette.routing import Route

from serving import head
from serving.doors import Doors
from serving.frontend import Frontend
from serving.headers import Headers
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
    return [Middleware(each, base_path=base_path) for each in (Headers, Doors, Frontend)]


@asynccontextmanager
async def lifespan(_app: object) -> AsyncGenerator[None, None]:
    """Begin what goes on beside the page, and end it with the server."""
    load_page_soon()
    yield
