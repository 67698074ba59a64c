"""The page's address: what the visitor chose, so that reload, back and a shared link bring it back.

The address holds choices only: never a picture, never a token, nothing of a visitor's own files.
"""

import time
from collections.abc import Mapping
from typing import Protocol

import streamlit as st

from music_mood.panel.visit import this_visit

SETTLED_S = 1.5
"""An older address that comes this soon after a newer one was written is a click that was made
before the browser had heard of it; later it is the browser's Back."""


PASSED = ("about", "now")
"""Parameters that others look after: they are left as they are, and change no choice."""


class Addressed(Protocol):
    """What has a part in the address."""

    def to_query(self) -> dict[str, str]:
        """Write it."""
        ...

    def take_up(self, query: Mapping[str, str]) -> None:
        """Go back to what was written; what is missing is as it was at first."""
        ...


def take_up_address(*parts: Addressed) -> None:
    """Follow the address if the visitor came with one, or went back or forward in the browser.

    Call it before anything is drawn that shows what may change.
    """
    visit, query = this_visit(), _choices()
    if visit.address is None:
        changed = bool(query)
    else:
        changed = query != visit.address and time.monotonic() - visit.address_at > SETTLED_S
    if changed:
        visit.address = query  # the browser knows it, so another step back may follow at once
        for part in parts:
            part.take_up(st.query_params.to_dict())


def keep_address(*parts: Addressed) -> None:
    """Write the address anew, if anything has changed. Call it last."""
    visit = this_visit()
    query = {name: value for part in parts for name, value in part.to_query().items()}
    if query != _choices():
        passed = {name: st.query_params[name] for name in PASSED if name in st.query_params}
        st.query_params.from_dict(query | passed)
    if query != visit.address:
        visit.address, visit.address_at = query, time.monotonic()


def _choices() -> dict[str, str]:
    written = st.query_params.to_dict()
    return {name: value for name, value in written.items() if name not in PASSED}
