"""What the app remembers: tracks, their features and labels, playlists to refresh, what played.

Never a photo, a face, a name or an emotion. The tables stand in `schema`, their history in
``music_mood/migrations``, the connection in `database`, and what can be asked and kept in `store`.
"""

from music_mood.library.store import Library
from music_mood.library.values import MarkedPlaylist

__all__ = ["Library", "MarkedPlaylist"]
