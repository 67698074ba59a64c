"""Whether this replica can serve: what a balancer or an operator asks before it sends visitors.

Streamlit's own ``/_stcore/health`` says that the process lives; ``/readyz`` says what it lacks.
As with Kubernetes's own, ``?exclude=library`` leaves a check out: the page does without its
library, and a database that is down must not take every replica out of service.
"""

import asyncio
import logging
import os
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from types import MappingProxyType

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from serving.base_path import normalised
from serving.loading import page_is_loaded

log = logging.getLogger(__name__)

FRESH_S = 5.0
"""So long an answer is given again: whoever asks a thousand times a second costs one look."""

MISSING_FRESH_S = 1.0
"""The same while something is missing, which may come soon."""

LIBRARY_S = 2
"""Longest wait for the library's database, of which most answer in milliseconds."""

PATIENCE_S = 8.0
"""Longest wait for a look: models that load on a busy machine, or a name that is not resolved."""

LIBRARY = "library"

Check = Callable[[], str | None]
"""Gives what is missing, in words for the operator and without secrets; None if nothing."""


def routes(base_path: str = "") -> list[Route]:
    """Make the route; `base_path` as for `serving.app.routes`."""
    base = normalised(base_path)
    return [Route(f"{base}/readyz", Readiness(CHECKS).answer)]


class Readiness:
    """Looks now and then, one look at a time, and never on the server's event loop.

    Parameters
    ----------
    checks : mapping of str to callable
        What is looked at, by the name it is told under.
    clock : callable
        Seconds that only grow, for tests.
    """

    def __init__(
        self, checks: Mapping[str, Check], clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._checks = checks
        self._clock = clock
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="readiness")
        self._look: asyncio.Future[dict[str, str]] | None = None
        self._known: dict[str, str] = {}
        self._known_until = float("-inf")

    async def answer(self, request: Request) -> Response:
        """Answer 200 if nothing is missing, else 503; the body names what is."""
        missing = await self.missing()
        left_out = set(request.query_params.getlist("exclude"))
        missing = {name: why for name, why in missing.items() if name not in left_out}
        return JSONResponse(
            {"ready": not missing, "missing": missing},
            status_code=503 if missing else 200,
            headers={"Cache-Control": "no-store"},
        )

    async def missing(self) -> dict[str, str]:
        """Tell what is missing, and why; looks again if what is known is too old."""
        if self._look is None and self._clock() < self._known_until:
            return self._known
        if self._look is None:  # no await between here and there: one look at a time
            loop = asyncio.get_running_loop()
            self._look = loop.run_in_executor(self._thread, _missing, self._checks)
            self._look.add_done_callback(self._looked)
        try:
            # Shielded: who stops waiting does not end the look that others wait for.
            return await asyncio.wait_for(asyncio.shield(self._look), PATIENCE_S)
        except TimeoutError:
            return {"answer": f"the checks did not end within {PATIENCE_S:.0f} s"}

    def _looked(self, look: "asyncio.Future[dict[str, str]]") -> None:
        self._look = None
        if not look.cancelled() and look.exception() is None:
            self._known = look.result()
            fresh_s = MISSING_FRESH_S if self._known else FRESH_S
            self._known_until = self._clock() + fresh_s


def _missing(checks: Mapping[str, Check]) -> dict[str, str]:
    found = {}
    for name, check in checks.items():
        try:
            why = check()
        except Exception:  # a check that breaks is a check that fails
            log.exception("readiness: the check of %s is broken", name)
            why = "the check itself is broken; the log has more"
        if why is not None:
            found[name] = why
    return found


def page_missing() -> str | None:
    """Look whether what draws the page is loaded."""
    return None if page_is_loaded() else "its code is not loaded yet"


class OnceFound:
    """A check that looks no more once it has found all in order.

    What was read into memory does not change any more, and to read it again takes its time.

    Parameters
    ----------
    check : callable
    """

    def __init__(self, check: Check) -> None:
        self._check = check
        self._in_order = False

    def __call__(self) -> str | None:
        """Look, unless all was in order before."""
        if self._in_order:
            return None
        why = self._check()
        self._in_order = why is None
        return why


def faces_missing() -> str | None:
    """Load the models that read faces, which checks them."""
    from emotion.errors import ModelError  # noqa: PLC0415  OpenCV: only in the page's order
    from emotion.reader import FaceReader  # noqa: PLC0415

    try:
        FaceReader.load()
    except ModelError as error:
        return str(error)
    return None


def moods_missing() -> str | None:
    """Check the mood model's files, without scikit-learn's memory."""
    from music_mood.errors import ModelError  # noqa: PLC0415
    from music_mood.model.artefact import verify  # noqa: PLC0415

    try:
        verify()
    except ModelError as error:
        return str(error)
    return None


def library_missing() -> str | None:
    """Ask the library's database for an answer."""
    from music_mood.errors import LibraryError, SettingsError  # noqa: PLC0415  SQLAlchemy
    from music_mood.library.reach import reach  # noqa: PLC0415
    from music_mood.settings import Settings  # noqa: PLC0415

    try:
        reach(Settings.from_environment(os.environ).database_url, LIBRARY_S)
    except (LibraryError, SettingsError) as error:
        return str(error)
    return None


def _after_the_page(check: Check) -> Check:
    """Wait with a check until the page is loaded: no two threads may come to OpenCV at once."""
    return lambda: check() if page_is_loaded() else "not looked at before the page is loaded"


CHECKS: Mapping[str, Check] = MappingProxyType(
    {
        "page": page_missing,
        "faces": OnceFound(_after_the_page(faces_missing)),
        "moods": OnceFound(_after_the_page(moods_missing)),
        LIBRARY: _after_the_page(library_missing),
    }
)
"""What a replica must have."""
