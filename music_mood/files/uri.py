"""What names a piece that only a visitor's own file tells of."""

import hashlib
from dataclasses import replace
from urllib.parse import quote

from music_mood.values import Track


def named_by_file(track: Track, file_name: str) -> Track:
    """Give a track the uri of its place in a file: a row of a table, or the file itself.

    The same file gives the same names again, however its rows are ordered; what differs in artist,
    title, album, length or ISRC has another name.

    Parameters
    ----------
    track : Track
    file_name : str
        Without folders.

    Returns
    -------
    Track
        With ``file:NAME#DIGEST`` as its `uri`; the name percent-encoded, the digest 16 hexadecimal
        digits.
    """
    facts = (track.artist, track.title, track.album, track.duration_ms, track.isrc)
    text = "\0".join("" if fact is None else str(fact) for fact in facts)
    digest = hashlib.blake2b(text.encode(errors="replace"), digest_size=8).hexdigest()
    return replace(track, uri=f"file:{quote(file_name, errors='replace')}#{digest}")
