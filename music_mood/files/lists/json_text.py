"""Untrusted bytes -> what their JSON says, bounded in memory."""

from i18n import Message
from music_mood.errors import PlaylistError
from music_mood.files.encoding import decode_plain
from music_mood.web.json_body import TooDeepError, parse

MAX_NESTS = 1_000_000
"""Most objects and lists in one file: each takes much more memory than the bytes that name it."""


def json_of(data: bytes) -> object:
    """Read JSON.

    Raises
    ------
    PlaylistError
        The bytes are no JSON, or nested too deeply.
    """
    text = decode_plain(data).text
    if text.count("{") + text.count("[") > MAX_NESTS:
        raise PlaylistError(Message("This JSON file has too many parts to be a playlist."))
    try:
        found: object = parse(text)
    except TooDeepError as cause:
        raise PlaylistError(
            Message("This JSON file is nested too deeply to be a playlist.")
        ) from cause
    except ValueError as cause:  # also a number of too many digits
        raise PlaylistError(
            Message("This JSON file is damaged or incomplete. Please export it once more.")
        ) from cause
    return found
