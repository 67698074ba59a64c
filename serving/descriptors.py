"""How many files and connections the server's process may have open.

A visit takes four to ten of them: its connection, three for the event loop that Streamlit makes for
each session, and those over which the browser fetched the page. Systems allow a process 1024 by
default, and far more if it asks: without that, the two-hundredth visitor finds a closed door.
"""

import contextlib

MOST = 65_536
"""What is asked for where the system sets no limit."""


def allow_many() -> None:
    """Raise this process's limit as far as its owner may; where there is none, do nothing."""
    try:
        import resource  # noqa: PLC0415  Windows has no such limit, and no such module
    except ImportError:
        return
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = MOST if hard == resource.RLIM_INFINITY else min(hard, MOST)
    if soft != resource.RLIM_INFINITY and soft < most:
        with contextlib.suppress(ValueError, OSError):  # a system that promised more than it gives
            resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
