"""Logging in to Spotify: to its page, back to ours, and out; nothing the visitor made is lost.

The way leads the browser off this page, which ends its Streamlit session. What the visitor had
chosen waits in the server's memory, for the same browser and for minutes (`SpotifyLogin.kept`).

The browser is known by Streamlit's own XSRF cookie, which every browser has before its page is
drawn: 16 random bytes that a stranger can neither read nor guess. A way back that was begun in
another browser is refused, so nobody can be lured into somebody else's account.
"""

import json
import logging
from dataclasses import dataclass, field, replace
from itertools import cycle
from typing import Any
from urllib.parse import urlsplit

import streamlit as st

from music_mood.clients.spotify.accounts import VisitorAccount
from music_mood.clients.spotify.api import Listed
from music_mood.clients.spotify.login import SpotifyLogin
from music_mood.clients.spotify.saving import Saved, Saving
from music_mood.errors import ForbiddenError, MusicError, SettingsError
from music_mood.panel.resources import services

log = logging.getLogger(__name__)

KEPT = (
    *("feeling", "live_feeling", "consent", "way", "named", "aim"),  # how they feel, what they want
    *("shelf", "link", "search_for", "my_playlist", "shelved", "from_file"),  # which playlist
    *("played", "turn", "chosen_by", "map"),  # where they are in it
)
"""Entries of the session that come back after the login: choices, lists; no picture, no sound."""

XSRF_COOKIE = "_streamlit_xsrf"


@dataclass
class Visit:
    """What one visitor's session knows of Spotify; kept in that session only.

    It is changed in place, not put into the session anew: Streamlit may end a run at any access to
    the session, and what has happened at Spotify by then must not be forgotten.

    Attributes
    ----------
    account : VisitorAccount or None
        With the token.
    name : str
        The visitor's on Spotify; empty if it is not known.
    notice : str
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
        (title, keys of tracks) -> the list on its way to Spotify.
    saved : dict
        The same -> the list that was made.
    """

    account: VisitorAccount | None = None
    name: str = ""
    notice: str = ""
    notice_at: str = ""
    returned: str = ""
    menu: list[Listed] | None = None
    albums: dict[str, list[Listed]] = field(default_factory=dict)
    savings: dict[tuple, Saving] = field(default_factory=dict)
    saved: dict[tuple, Saved] = field(default_factory=dict)

    def log_out(self) -> None:
        """Forget the token, and everything that was read with it."""
        if self.account:
            self.account.forget()
        self.account, self.menu, self.name = None, None, ""
        self.savings.clear()
        self.saved.clear()


def come_back() -> None:
    """Take up what waited while the visitor was at Spotify, and end the login if this is its end.

    Call it before anything else of the page is drawn.
    """
    is_new = "spotify" not in st.session_state
    visit, login = this_visit(), spotify_login()
    if login is None:
        return
    browser = browser_value(st.context.cookies.get(XSRF_COOKIE, ""))
    if is_new:
        for name, value in (login.kept(browser) or {}).items():
            st.session_state["brought_back" if name == "from_file" else name] = value
    query = st.query_params
    state, code, error = (query.get(name) for name in ("state", "code", "error"))
    if state and (code or error):
        if state != visit.returned:
            with st.spinner("Logging in at Spotify …"):
                _end_login(visit, login, browser, (code, state, error))
        query.from_dict({k: v for k, v in query.items() if k not in ("state", "code", "error")})
    if visit.notice and "feeling" not in st.session_state:
        # The way of the login button, which would say it, is not drawn yet.
        st.warning(visit.notice, icon=":material/person_off:")


def _end_login(
    visit: Visit,
    login: SpotifyLogin,
    browser: str,
    answer: tuple[str | None, str, str | None],
) -> None:
    """Exchange Spotify's code for a token; a failure becomes `visit.notice`. No ``st`` in here."""
    code, state, error = answer
    visit.returned = state
    try:
        account = login.finish(code, state, browser, error)
    except MusicError as failure:
        log.info("a login at Spotify failed: %s", failure)
        visit.notice, visit.notice_at = str(failure), ""
        return
    visit.log_out()
    visit.account, visit.notice = account, ""
    try:
        visit.name = services().spotify(account).user_name()
    except ForbiddenError as failure:  # Spotify lets in only whom the app's owner has listed
        log.info("a visitor logged in, but may not use the app: %s", failure)
        visit.log_out()
        visit.notice, visit.notice_at = str(failure), ""
    except MusicError as failure:
        log.info("a visitor's name could not be read: %s", failure)


def this_visit() -> Visit:
    """Give what this session knows of Spotify."""
    return st.session_state.setdefault("spotify", Visit())


def visitor() -> VisitorAccount | None:
    """Give the visitor's account; None if they are not logged in (any more)."""
    account = this_visit().account
    return account if account and account.is_logged_in else None


def spotify_login() -> SpotifyLogin | None:
    """Give the way to Spotify's login; None if this server has none, or cannot use its settings."""
    try:
        return services().spotify_login
    except SettingsError as error:
        log.error("the settings cannot be used: %s", error)
        return None


def login_button(words: str, key: str) -> None:
    """Offer to log in, say why it failed before, and lead the way; nothing where there is none."""
    login = spotify_login()
    if login is None:
        return
    visit = this_visit()
    if visit.notice and visit.notice_at in ("", key):
        visit.notice_at = key
        st.warning(visit.notice, icon=":material/person_off:")
    home = urlsplit(login.way_back)
    if st.context.url and urlsplit(st.context.url).hostname != home.hostname:
        # Cookies and Spotify know one name of this server only.
        address = f"{home.scheme}://{home.netloc}{home.path}"
        st.caption(f"To log in with Spotify, please open this page as [{address}]({address}).")
    elif not (browser := browser_value(st.context.cookies.get(XSRF_COOKIE, ""))):
        st.caption("To log in with Spotify, please allow cookies for this page and reload it.")
    elif st.button(words, key=key, icon=":material/login:"):
        visit.notice = ""
        address, _ = login.start(browser, _to_keep())
        _leave_for(address)


def _to_keep() -> dict[str, object]:
    kept = {name: st.session_state[name] for name in KEPT if name in st.session_state}
    for name in ("shelved", "from_file"):
        if kept.get(name):
            kept[name] = without_sound(kept[name])
    return kept


def without_sound(shelved: Any) -> Any:
    """Copy a `Shelved` without the visitor's audio files, which are large, and still on their disk.

    (`Shelved` itself is out of reach: its module needs this one.)
    """
    labelled = tuple(
        replace(one, track=replace(one.track, audio_file=None)) for one in shelved.labelled
    )
    playlist = replace(shelved.playlist, tracks=tuple(one.track for one in labelled))
    return replace(shelved, playlist=playlist, labelled=labelled)


def _leave_for(address: str) -> None:
    """Lead the browser there, in this tab; a page within a frame may only open another tab."""
    st.link_button("Go on to Spotify", address, icon=":material/open_in_new:", type="primary")
    target = json.dumps(address).replace("<", "\\u003c")
    st.html(
        f"<script>if (window.top === window) window.location.assign({target})</script>",
        unsafe_allow_javascript=True,
    )


def browser_value(cookie: str) -> str:
    """Give what only one browser shows, on every visit; empty if it keeps no such cookie.

    The cookie has the form of Tornado's XSRF cookie, version 2: ``2|mask|masked token|time`` in
    hexadecimal. The mask is another one each time, the token below it stays
    (tornado.web.RequestHandler.xsrf_token).
    """
    try:
        version, mask, masked, _ = cookie.strip('"').split("|")
        pairs = zip(bytes.fromhex(masked), cycle(bytes.fromhex(mask)), strict=False)
        token = bytes(byte ^ key for byte, key in pairs).hex()
    except ValueError:
        return ""
    return token if version == "2" and len(token) >= 32 else ""
