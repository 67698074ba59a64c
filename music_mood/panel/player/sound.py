"""Where a track's sound comes from, as far as that is known in a visit; free of Streamlit."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from music_mood.errors import ProviderError
from music_mood.panel.player.playing import Playing
from music_mood.panel.visit import Visit
from music_mood.previews.chain import Previews
from music_mood.previews.own import LocalFile
from music_mood.values import LabelledTrack, Preview, Track

PREVIEW_LIFE_S = 600
"""How long a preview's address is used; Deezer's expire after about 14 minutes."""

Resolve = Callable[[Sequence[Track]], Previews]
"""Asks services for previews, as `music_mood.previews.chain.PreviewChain.resolve` does."""


@dataclass(frozen=True, slots=True)
class Sound:
    """What is known of a track's sound.

    Attributes
    ----------
    known : bool
        False: somebody has to be asked.
    preview : Preview or None
        None: nobody offers one.
    broken : bool
        There is one, but the browser cannot play it.
    """

    known: bool
    preview: Preview | None = None
    broken: bool = False

    @property
    def playable(self) -> bool:
        """Whether the page itself can play it."""
        return bool(self.preview and not self.preview.embed_url and not self.broken)

    @property
    def silent(self) -> bool:
        """Whether it is known that the page itself cannot play it."""
        return self.known and not self.playable


def sound_of(one: LabelledTrack, visit: Visit) -> Sound:
    """Tell what is known, without asking anybody."""
    track, broken = one.track, one.track.uri in visit.part(Playing).broken
    if local := LocalFile().preview(track):  # a file needs no call
        return Sound(True, local, broken)
    preview, found_at = visit.previews.get(track.uri, (None, -PREVIEW_LIFE_S))
    if time.monotonic() - found_at >= PREVIEW_LIFE_S:
        return Sound(False)
    return Sound(True, preview, broken)


def look_for(
    tracks: Sequence[LabelledTrack], visit: Visit, resolve: Resolve
) -> tuple[ProviderError, ...]:
    """Ask for previews of those tracks of which nothing is known, and remember the answers.

    That nobody has a preview is only remembered if everybody answered.

    Returns
    -------
    tuple of ProviderError
        Who failed.
    """
    unknown = [one.track for one in tracks if not sound_of(one, visit).known]
    if not unknown:
        return ()
    found = resolve(unknown)
    for track, preview in zip(unknown, found.previews, strict=True):
        if preview or not found.failures:
            visit.previews[track.uri] = (preview, time.monotonic())
    return found.failures
