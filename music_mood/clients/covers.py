"""Addresses of covers: pictures that browsers fetch, so only from where the service keeps its own.

A cover's address comes from somebody else's answer and ends in every visitor's browser. An address
elsewhere would tell a stranger who looks at this page, and an http one would be blocked on an
https page; so https and the service's own picture hosts, and nothing else. What is refused is not
known: the page draws a picture of its own.
"""

from urllib.parse import urlsplit

DEEZER_HOSTS = ("dzcdn.net",)
"""``cdn-images.dzcdn.net``; before 2024 ``e-cdns-images.dzcdn.net``."""

SPOTIFY_HOSTS = ("scdn.co", "spotifycdn.com")
"""``i.scdn.co`` for covers of albums; ``image-cdn-ak.spotifycdn.com`` for newer ones."""

APPLE_HOSTS = ("mzstatic.com",)
"""``is1-ssl.mzstatic.com`` to ``is5-ssl.mzstatic.com``."""

MAX_LENGTH = 1000


def cover_address(found: object, hosts: tuple[str, ...]) -> str | None:
    """Give an address that a browser may fetch a cover from, or None.

    Parameters
    ----------
    found : object
        Whatever a service named as one.
    hosts : tuple of str
        Domains of its pictures: these and those below them.
    """
    if not isinstance(found, str) or len(found) > MAX_LENGTH or not found.isascii():
        return None
    if any(one.isspace() or one in "\"'<>\\" or not one.isprintable() for one in found):
        return None
    try:
        parts = urlsplit(found)
        port = parts.port
    except ValueError:
        return None
    host = parts.hostname or ""
    known = any(host == one or host.endswith(f".{one}") for one in hosts)
    plain = parts.scheme == "https" and port is None and "@" not in parts.netloc
    return found if known and plain else None
