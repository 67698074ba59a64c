"""Metrics on a port of their own, which no proxy leads strangers to; off unless a port is set."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from prometheus_client import start_http_server
from streamlit.runtime import Runtime
from streamlit.runtime.stats import ACTIVE_SESSIONS_FAMILY, GaugeStat

from serving.settings import ServerSettings
from telemetry.metrics import REGISTRY, VISITORS

log = logging.getLogger(__name__)


@contextmanager
def metrics_served(settings: ServerSettings) -> Iterator[None]:
    """Serve the metrics until the block ends, if the settings name a port.

    A port that is taken does not keep the page from its visitors: the log has it.
    """
    if settings.metrics_port is None:
        yield
        return
    try:
        server, thread = start_http_server(
            settings.metrics_port, settings.metrics_address, REGISTRY
        )
    except OSError as error:
        log.error("no metrics: their port cannot be used (%s)", error.strerror)
        yield
        return
    VISITORS.set_function(open_visits)
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def open_visits() -> float:
    """Count the visits whose page is open, as Streamlit knows them; 0 before it has begun."""
    if not Runtime.exists():
        return 0.0
    stats = Runtime.instance().stats_mgr.get_stats([ACTIVE_SESSIONS_FAMILY])
    found = stats.get(ACTIVE_SESSIONS_FAMILY, ())
    return float(sum(one.value for one in found if isinstance(one, GaugeStat)))
