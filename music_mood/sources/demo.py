"""The demo playlist: 28 half-minute pieces that come as a package and play without a network.

The pieces are those of PyPI's immich-memories-music (MIT): generated with ACE-Step 1.5, free of
third-party rights, in one folder per mood. The folder's mood is the makers' word, so these tracks
need no audio features and no model.
"""

from collections import Counter
from functools import cache
from pathlib import Path
from types import MappingProxyType

from immich_memories_music import tracks_dir
from tinytag import TinyTag

from i18n import Message
from music_mood.values import Mood, Playlist, Track

FOLDER_MOODS = MappingProxyType(
    {
        "calm": Mood.CALM,
        "tender": Mood.CALM,
        "energetic": Mood.ENERGETIC,
        "happy": Mood.HAPPY,
        "nostalgic": Mood.SAD,
    }
)
"""The makers' mood words and ours. Their nostalgic pieces are in minor keys at 78 to 84 bpm."""

ARTIST = "Immich Memories"
ALBUM = "Background music, generated with ACE-Step 1.5"
LINK = "https://github.com/sdumont/immich-video-memory-generator"


@cache  # the files come with the app and do not change while it runs
def demo_playlist() -> Playlist:
    """Read the demo playlist.

    Returns
    -------
    Playlist
        28 tracks with `makers_mood`, `audio_path` and `duration_ms`, without audio features.
    """
    numbers: Counter[str] = Counter()
    tracks = []
    for path in sorted(tracks_dir().glob("*/*.opus")):
        folder, style, _ = path.stem.split("_")
        name = f"{folder.title()} {style.title()}"
        numbers[name] += 1
        tracks.append(
            Track(
                uri=f"demo:{path.stem}",
                title=f"{name} No. {numbers[name]}",
                artist=ARTIST,
                album=ALBUM,
                duration_ms=_duration_ms(path),
                audio_path=path,
                makers_mood=FOLDER_MOODS[folder],
            )
        )
    return Playlist(
        Message("Demo playlist, labelled by its makers"), "demo", tuple(tracks), link=LINK
    )


def _duration_ms(path: Path) -> int:
    return round((TinyTag.get(path, tags=False).duration or 0) * 1000)
