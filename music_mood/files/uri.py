"""What names a piece that only a visitor's own file tells of."""

import hashlib
from urllib.parse import quote


def file_uri(
    name: str,
    *,
    artist: str,
    title: str,
    album: str | None,
    duration_ms: int | None,
    isrc: str | None,
) -> str:
    """Make the `Track.uri` of a row of a table or of an audio file.

    The same file gives the same names again, however its rows are ordered; what differs in any of
    these facts has another name.

    Parameters
    ----------
    name : str
        The file's, without folders.
    artist, title, album, duration_ms, isrc
        As in `Track`.

    Returns
    -------
    str
        ``file:NAME#DIGEST``; the name percent-encoded, the digest 16 hexadecimal digits.
    """
    facts = "\0".join((artist, title, album or "", str(duration_ms or ""), isrc or ""))
    digest = hashlib.blake2b(facts.encode(errors="replace"), digest_size=8).hexdigest()
    return f"file:{quote(name, errors='replace')}#{digest}"
