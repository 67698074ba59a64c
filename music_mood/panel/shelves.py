"""The shelves: where the visitor's playlist comes from."""

from collections.abc import Callable, Mapping
from enum import StrEnum
from types import MappingProxyType

import streamlit as st

from music_mood.panel.files import files_shelf
from music_mood.panel.reading import Shelved, label_once
from music_mood.panel.resources import services
from music_mood.sources.demo import demo_playlist


class Shelf(StrEnum):
    """Where the tracks come from, as the visitor reads it."""

    DEMO = "Demo playlist"
    LINK = "Deezer link"
    FILES = "My CSV file"


def choose_playlist() -> Shelved | None:
    """Let the visitor choose; gives the playlist once it is read and labelled."""
    shelf = st.segmented_control(
        "Play from", list(Shelf), default=Shelf.DEMO, required=True, key="shelf"
    )
    return SHELVES[shelf]()


def _demo_shelf() -> Shelved | None:
    return label_once("demo", lambda _: demo_playlist())


def _link_shelf() -> Shelved | None:
    link = st.text_input(
        "Link of a public playlist, album or track on Deezer",
        placeholder="https://www.deezer.com/playlist/908622995",
        key="link",
    )
    st.caption(
        "This server asks Deezer for the tracks and ReccoBeats for their audio features. They "
        "learn which tracks, nothing about you or your picture."
    )
    if not link:
        return None
    return label_once(f"link {link}", lambda progress: services().read(link, progress))


SHELVES: Mapping[Shelf, Callable[[], Shelved | None]] = MappingProxyType(
    {Shelf.DEMO: _demo_shelf, Shelf.LINK: _link_shelf, Shelf.FILES: files_shelf}
)
"""What draws each shelf."""
