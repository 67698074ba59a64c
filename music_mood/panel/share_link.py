"""The link to share: where the visitor is, without what is only theirs; free of Streamlit."""

from collections.abc import Mapping, Sequence
from urllib.parse import urlencode, urlsplit, urlunsplit

NOT_SHARED = frozenset({"about", "code", "error", "error_description", "lang", "state", "way"})
"""What Spotify's login appends on the way back, what only opens a dialog, and what is the sharer's
own: the language, and the way they showed their face."""


def link_to_share(address: str, params: Mapping[str, Sequence[str]]) -> str:
    """Put the page's address and its query together.

    Parameters
    ----------
    address : str
        The page's, with or without a query; ``""`` gives ``""``.
    params : mapping of str to sequence of str
        The query's parameters.
    """
    parts = urlsplit(address)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        return ""
    host = parts.netloc.rpartition("@")[2]  # a password in an address is not for others
    kept = {name: values for name, values in params.items() if name.lower() not in NOT_SHARED}
    query = urlencode(kept, doseq=True)
    return urlunsplit((parts.scheme, host, parts.path or "/", query, ""))


def host_of(address: str) -> str:
    """Give what people read of an address: host and path; nothing if only this machine has it."""
    parts = urlsplit(address)
    if parts.hostname in ("localhost", "127.0.0.1", "::1"):
        return ""
    return (parts.netloc.rpartition("@")[2] + parts.path).removeprefix("www.").rstrip("/")
