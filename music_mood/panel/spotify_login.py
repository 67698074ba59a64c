"""Logging in to Spotify: to its page, back to ours, and out; nothing the visitor made is lost.

The way leads the browser off this page, which ends its Streamlit session. What the visitor had
chosen comes back in two ways. Their lists wait in the server's memory, for the same browser and for
minutes (`LeftLuggage`). What stands in the address waits in the browser, in a cookie: so it is
there whichever process the way back leads to. Spotify is told none of it.

The browser is known by Streamlit's own XSRF cookie, which every browser has before its page is
drawn: 16 random bytes that a stranger can neither read nor guess. A way back that was begun in
another browser is refused, so nobody can be lured into somebody else's account. Anybody can make up
as many such browsers as they like; nothing is kept for one that another would miss.
"""

import logging
from collections.abc import Mapping
from itertools import cycle
from pathlib import Path
from urllib.parse import parse_qsl, urlencode, urlsplit

import streamlit as st
from streamlit.components.v2 import component

from music_mood.clients.spotify.accounts import VisitorAccount
from music_mood.clients.spotify.login import PENDING_S, SpotifyLogin
from music_mood.errors import ForbiddenError, MusicError, SettingsError
from music_mood.panel.language import say, say_markdown
from music_mood.panel.resources import left_luggage, services
from music_mood.panel.visit import AtSpotify, this_visit

log = logging.getLogger(__name__)

XSRF_COOKIE = "_streamlit_xsrf"

CHOICES_COOKIE = "ftm_choices"
"""Holds what stood in the address, and the state of the login it was left for."""

MAX_CHOICES = 3_000
"""Most characters of that cookie: browsers keep 4096 bytes of one, name and all."""

DISPENSABLE = ("tracks", "now")
"""Long parameters of the address, which go first where there is no room."""

_LEAVE = component(
    "face_the_music.leave", js=Path(__file__).with_name("leave.js").read_text("utf-8")
)


def end_of_login() -> None:
    """Take up what waited while the visitor was at Spotify, and end the login if this is its end.

    Call it before anything else of the page is drawn.
    """
    visit, login = this_visit(), spotify_login()
    if login is None:
        return
    browser, luggage = browser_value(st.context.cookies.get(XSRF_COOKIE, "")), None
    if not visit.arrived:
        if luggage := left_luggage().waiting(browser):
            visit.unpack(luggage)
        visit.arrived = True
    at_spotify, query = visit.spotify, st.query_params
    state, code, error = (query.get(name) for name in ("state", "code", "error"))
    if state and (code or error):
        if state != at_spotify.returned:
            with st.spinner(say("Logging in at Spotify …")):
                _end_login(at_spotify, login, browser, (code, state, error))
            left_luggage().forget(browser, state)
        left = {} if luggage else choices_left(st.context.cookies.get(CHOICES_COOKIE, ""), state)
        stays = {k: v for k, v in query.items() if k not in ("state", "code", "error")}
        query.from_dict(left | stays)
    if at_spotify.notice and visit.feeling is None:
        # The way of the login button, which would say it, is not drawn yet.
        st.warning(say_markdown(at_spotify.notice), icon=":material/person_off:")


def _end_login(
    at_spotify: AtSpotify,
    login: SpotifyLogin,
    browser: str,
    answer: tuple[str | None, str, str | None],
) -> None:
    """Exchange Spotify's code for a token; a failure becomes a notice. No ``st`` in here."""
    code, state, error = answer
    at_spotify.returned = state
    try:
        account = login.finish(code, state, browser, error)
    except MusicError as failure:
        log.info("a login at Spotify failed: %s", failure.wording)
        at_spotify.notice, at_spotify.notice_at = failure.message, ""
        return
    at_spotify.log_out()
    at_spotify.account, at_spotify.notice = account, None
    try:
        at_spotify.name = services().spotify(account).user_name()
    except ForbiddenError as failure:  # Spotify lets in only whom the app's owner has listed
        log.info("a visitor logged in, but may not use the app: %s", failure.wording)
        at_spotify.log_out()
        at_spotify.notice, at_spotify.notice_at = failure.message, ""
    except MusicError as failure:
        log.info("a visitor's name could not be read: %s", failure.wording)


def visitor() -> VisitorAccount | None:
    """Give the visitor's account; None if they are not logged in (any more)."""
    account = this_visit().spotify.account
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
    at_spotify = visit.spotify
    if at_spotify.notice and at_spotify.notice_at in ("", key):
        at_spotify.notice_at = key
        st.warning(say_markdown(at_spotify.notice), icon=":material/person_off:")
    home = urlsplit(login.way_back)
    if st.context.url and urlsplit(st.context.url).hostname != home.hostname:
        # Cookies and Spotify know one name of this server only.
        address = f"{home.scheme}://{home.netloc}{home.path}"
        st.caption(
            say(
                "To log in with Spotify, please open this page as [{address}]({address}).",
                address=address,
            )
        )
    elif not (browser := browser_value(st.context.cookies.get(XSRF_COOKIE, ""))):
        st.caption(say("To log in with Spotify, please allow cookies for this page and reload it."))
    elif st.button(words, key=key, icon=":material/login:"):
        at_spotify.notice = None
        address, state = login.start(browser)
        has_room = left_luggage().leave(browser, state, visit)
        if not has_room:
            st.warning(
                say(
                    "This server has no room to keep your list while you are at Spotify. What you "
                    "chose comes back all the same; please save the list first if you need it."
                ),
                icon=":material/luggage:",
            )
        cookie = choices_cookie(st.query_params.to_dict(), state)
        _leave_for(address, cookie, at_once=has_room)


def choices_cookie(query: Mapping[str, str], state: str) -> str:
    """Write the value of `CHOICES_COOKIE`: what stands in the address, as much as finds room."""
    kept = {"state": state, **query}
    for name in ("about", *DISPENSABLE):
        if name == "about" or len(urlencode(kept)) > MAX_CHOICES:
            kept.pop(name, None)
    written = urlencode(kept)
    return written if len(written) <= MAX_CHOICES else ""


def choices_left(cookie: str, state: str) -> dict[str, str]:
    """Read what `choices_cookie` wrote for this login; nothing if it was for another."""
    # Streamlit refuses to write `embed` and its options, which no cookie of ours holds.
    kept = {k: v for k, v in parse_qsl(cookie) if not k.casefold().startswith("embed")}
    return kept if kept.pop("state", "") == state else {}


def _leave_for(address: str, cookie: str, *, at_once: bool) -> None:
    """Lead the browser there, in this tab; a page within a frame may only open another tab."""
    st.link_button(say("Go on to Spotify"), address, icon=":material/open_in_new:", type="primary")
    # In the browser's hands: after the first page, the server has no answer to set a cookie with.
    # A component's module: inline scripts, the page's policy (serving/headers.py) does not let run.
    cookie = f"{CHOICES_COOKIE}={cookie}; Max-Age={PENDING_S:.0f}; Path=/; SameSite=Lax"
    _LEAVE(key="leave_for_spotify", data=[address, cookie, at_once])


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
