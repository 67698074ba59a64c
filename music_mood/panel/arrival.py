"""Arriving on the page: back from Spotify's login, if this server offers one."""

import os


def come_back() -> None:
    """Take up what waited while the visitor was at Spotify, and end the login if this is its end.

    Call it before anything else of the page is drawn. Where there is no login to come back from,
    Spotify's library stays unloaded: a page that nobody has used yet does without it.
    """
    if os.environ.get("SPOTIPY_CLIENT_ID"):
        from music_mood.panel.spotify_login import end_of_login  # noqa: PLC0415

        end_of_login()
