"""Where tracks come from: each source is a small module behind one Protocol."""

from typing import Protocol

from music_mood.values import Playlist


class Source(Protocol):
    """Anything that gives one playlist when called.

    What a source needs to know (a link, a file's bytes) is bound before: `demo_playlist` is a
    source as it stands, ``functools.partial(read_csv, data, name)`` is another.
    """

    def __call__(self) -> Playlist:
        """Read the playlist.

        Raises
        ------
        PlaylistError
            There is no playlist to be had; the sentence says why and what to do instead.
        """
        ...
