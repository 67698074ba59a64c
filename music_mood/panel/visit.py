"""One visit: everything that outlives a rerun of the page, in one typed object.

It lives in the visitor's session and nowhere else, but for what `Visit.luggage` lets wait in the
server's memory while they are at Spotify's login.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from typing import TYPE_CHECKING, Protocol, Self, TypeVar, cast
from urllib.parse import quote, unquote

import streamlit as st

from emotion.values import Feeling
from i18n import LANGUAGES, Message, Words
from i18n.foreign import clean
from music_mood.choosing.mood import Aim
from music_mood.choosing.queue import Queue
from music_mood.panel.values import PICKS, ChosenBy, SearchFor, Shelf, Shelved, Turn
from music_mood.reference import MAX_LENGTH
from music_mood.values import Preview

if TYPE_CHECKING:  # a page that nobody has used yet does without the clients' libraries
    from music_mood.clients.spotify.accounts import VisitorAccount
    from music_mood.clients.spotify.api import Listed
    from music_mood.clients.spotify.saving import Saved, Saving

_KEY = "visit"

ROWS_LENGTH = 1_500
"""Characters of the address that may name rows: an address of 2000 goes everywhere."""


class Part(Protocol):
    """What another room of the page keeps in the visit."""

    def luggage(self) -> Self:
        """Copy it for the way to another page and back: choices, but no picture and no sound."""
        ...


P = TypeVar("P", bound=Part)


@dataclass
class AtSpotify:
    """What a visit knows of Spotify.

    Attributes
    ----------
    account : VisitorAccount or None
        With the token.
    name : str
        The visitor's on Spotify; empty if it is not known.
    notice : Message or None
        Why the last login failed, until the next try.
    notice_at : str
        The button beside which that is said: once on the page, not on every shelf.
    returned : str
        The state of the way back that was dealt with last.
    menu : list of Listed or None
        The visitor's playlists, once read.
    albums : dict of str to list of Listed
        Words -> what was found for them.
    savings : dict
        (title, uris of tracks) -> the list on its way to Spotify.
    saved : dict
        The same -> the list that was made.
    """

    account: VisitorAccount | None = None
    name: str = ""
    notice: Message | None = None
    notice_at: str = ""
    returned: str = ""
    menu: list[Listed] | None = None
    albums: dict[str, list[Listed]] = field(default_factory=dict)
    savings: dict[tuple[str, tuple[str, ...]], Saving] = field(default_factory=dict)
    saved: dict[tuple[str, tuple[str, ...]], Saved] = field(default_factory=dict)

    def log_out(self) -> None:
        """Forget the token, and everything that was read with it."""
        if self.account:
            self.account.forget()
        self.account, self.menu, self.name = None, None, ""
        self.savings.clear()
        self.saved.clear()


@dataclass
class Visit:
    """What one visitor's session holds.

    It is changed in place, not put into the session anew: Streamlit may end a run at any access to
    the session, and what has happened by then must not be forgotten.

    Attributes
    ----------
    words : Words
        The page's language.
    language : str
        Its code, if the visitor chose it; else empty, and the browser's counts.
    address : dict of str to str or None
        The page's query parameters as they were written last; None before the first time.
    address_at : float
        When that was (`time.monotonic`).
    feeling : Feeling or None
        What the music is for; None before there is any.
    aim, shelf, link, search_for, my_playlist, chosen_by, map_open
        What the visitor chose last; widgets begin with it when they are drawn anew.
    shelved : Shelved or None
        The playlist that was read last.
    from_file : Shelved or None
        The same while it comes from the uploader: nothing else holds on to files, which may be
        large, once the uploader has let them go.
    brought_back : Shelved or None
        What the uploader held before another shelf was looked at, or before the way to Spotify
        and back.
    uploads : tuple of str
        Ids of what Streamlit holds of the files above, whether or not the uploader still shows
        them.
    heard : frozenset of str
        `Track.uri` of what was heard, or set aside, so that nothing is offered twice.
    queue : Queue
        What plays, what was before it and what comes.
    rows : tuple of str
        `Track.uri` of the rows that the page's address asks for, until they are shown.
    resume : str
        `Track.uri` of what the address asks the player for, until it is in it.
    turn : Turn or None
        The cards as they lie.
    tuned_from : object
        What the sliders stood at before the visitor moved them.
    previews : dict of str to (Preview or None, float)
        `Track.uri` -> what can be played, and when that was found (`time.monotonic`).
    spotify : AtSpotify
    arrived : bool
        It has been seen whether luggage waits for this visit.
    """

    words: Words = field(default_factory=Words)
    language: str = ""
    address: dict[str, str] | None = None
    address_at: float = 0.0
    feeling: Feeling | None = None
    aim: Aim = Aim.MATCH
    shelf: Shelf = Shelf.DEMO
    link: str = ""
    search_for: SearchFor = SearchFor.TRACKS
    my_playlist: str | None = None
    chosen_by: ChosenBy = ChosenBy.MOOD
    map_open: bool = False
    shelved: Shelved | None = None
    from_file: Shelved | None = None
    brought_back: Shelved | None = None
    uploads: tuple[str, ...] = ()
    heard: frozenset[str] = frozenset()
    queue: Queue = field(default_factory=Queue)
    rows: tuple[str, ...] = ()
    resume: str = ""
    turn: Turn | None = None
    tuned_from: object = None
    previews: dict[str, tuple[Preview | None, float]] = field(default_factory=dict)
    spotify: AtSpotify = field(default_factory=AtSpotify)
    arrived: bool = False
    _parts: dict[type, Part] = field(default_factory=dict)

    def part(self, kind: type[P]) -> P:
        """Give what another room of the page keeps here; a new one at first."""
        if kind not in self._parts:
            self._parts[kind] = kind()
        return cast(P, self._parts[kind])

    def to_query(self) -> dict[str, str]:
        """Write what a reload or a shared link shall bring back."""
        written = {
            "aim": self.aim.value if self.aim is not Visit.aim else "",
            "from": self.shelf.value if self.shelf is not Visit.shelf else "",
            "link": self.link,
            "lang": self.language,
            "tracks": self._rows_in_address(),
        }
        return {name: value for name, value in written.items() if value}

    def take_up(self, query: Mapping[str, str]) -> None:
        """Go back to what `to_query` wrote; what makes no sense counts as not there."""
        aim, shelf, language = (query.get(name, "") for name in ("aim", "from", "lang"))
        self.aim = Aim(aim) if aim in set(Aim) else Visit.aim
        self.shelf = Shelf(shelf) if shelf in set(Shelf) else Visit.shelf
        self.link = clean(query.get("link", "")[:MAX_LENGTH])
        self.language = language if language in LANGUAGES else ""
        named = query.get("tracks", "")[:ROWS_LENGTH].split(",")
        self.rows = tuple(clean(unquote(name)) for name in named if name)
        self.resume = clean(query.get("now", "")[:ROWS_LENGTH])
        self.turn = None

    def _rows_in_address(self) -> str:
        """Name the rows, where a page that is opened anew would show others.

        Never those of the visitor's own files: their names are nobody else's business, and the
        files would be missing.
        """
        turn = self.turn
        if turn is None or not (
            self.heard or turn.waiting or turn.before or turn.count != PICKS or self.tuned_from
        ):
            return ""
        rows = turn.order[: turn.count]
        named = ",".join(quote(uri, safe=":") for uri in rows)
        own = any(uri.startswith("file:") for uri in rows)
        return "" if own or len(named) > ROWS_LENGTH else named

    def luggage(self) -> Self:
        """Copy what shall be there again after the way to Spotify's login and back.

        Choices and lists; no picture, no sound, nothing that Spotify told.
        """
        files = self.from_file or self.brought_back
        return replace(
            self,
            shelved=self.shelved and self.shelved.without_sound(),
            from_file=None,
            uploads=(),
            brought_back=files and files.without_sound(),
            queue=self.queue.without_sound(),
            address=None,
            tuned_from=None,
            previews={},
            spotify=AtSpotify(),
            _parts={kind: part.luggage() for kind, part in self._parts.items()},
        )

    def unpack(self, luggage: Visit) -> None:
        """Go on where another session of the same visitor stopped."""
        own = luggage.luggage()  # the same may be unpacked in another tab, too
        for one in fields(self):
            setattr(self, one.name, getattr(own, one.name))


def this_visit() -> Visit:
    """Give the visit that this session is."""
    if _KEY not in st.session_state:
        st.session_state[_KEY] = Visit()
    return cast(Visit, st.session_state[_KEY])
