"""What makes an ASGI application of the page: routes, middleware, and what begins with the server.

``main.py`` is an `st.App`, which ``streamlit run`` finds in it; nothing of Streamlit is patched for
that.
"""

import asyncio
import os
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from starlette.middleware import Middleware
from starlette.routing import Route

from serving import head, health
from serving.descriptors import allow_many
from serving.doorkeeper import Doorkeeper
from serving.doors import Doors
from serving.frontend import Frontend
from serving.garbage import garbage_collected
from serving.headers import Headers
from serving.loading import load_page_soon
from serving.metrics import metrics_served
from serving.replica import Named
from serving.secret import tell_of_own_secret
from serving.settings import ServerSettings
from serving.uploads import Uploads
from serving.visits import Visits
from telemetry import logs


def routes(base_path: str = "") -> list[Route]:
    """Make the routes that come before Streamlit's.

    Parameters
    ----------
    base_path : str
        ``server.baseUrlPath``: the folder below which the page is served, in any notation.
    """
    return [*head.routes(base_path), *health.routes(base_path)]


def middleware(base_path: str = "") -> list[Middleware]:
    """Make what stands before all of Streamlit's routes; `base_path` as for `routes`."""
    visits = Visits()
    replica = ServerSettings.from_environment(os.environ).replica
    named = [Middleware(Named, replica=replica, base_path=base_path)] if replica else []
    return [
        *named,
        Middleware(Headers, base_path=base_path),
        Middleware(Doors, base_path=base_path),
        Middleware(Frontend, base_path=base_path),
        Middleware(Doorkeeper, visits=visits, base_path=base_path),
        Middleware(Uploads, visits=visits, base_path=base_path),
    ]


@asynccontextmanager
async def lifespan(_app: object) -> AsyncGenerator[None, None]:
    """Begin what goes on beside the page, and end it with the server."""
    settings = ServerSettings.from_environment(os.environ)
    logs.configure(settings.log)
    allow_many()
    tell_of_own_secret()
    loaded = asyncio.wrap_future(load_page_soon())
    with metrics_served(settings):
        async with garbage_collected(loaded):
            yield
