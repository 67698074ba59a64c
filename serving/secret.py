"""Says at the start whether logins under way outlive this process."""

import logging
import os

import streamlit as st
from streamlit import config

log = logging.getLogger(__name__)


def tell_of_own_secret() -> None:
    """Warn if visitors can log in at Spotify, but nobody has set what logins are signed with.

    Streamlit makes up ``server.cookieSecret`` for each process where it is not set: that is enough
    for one process that is seldom restarted.
    """
    st.secrets.load_if_toml_exists()  # into the environment, as a visitor's first run would
    offers_login = os.environ.get("SPOTIPY_CLIENT_ID") and os.environ.get("SPOTIPY_REDIRECT_URI")
    if offers_login and not config.is_manually_set("server.cookieSecret"):
        log.warning(
            "server.cookieSecret is not set: logins at Spotify that are under way end with this "
            "process, and no other process can finish them. Several processes that serve one page "
            "need the same secret (docs/deploy.md)."
        )
