"""Audio features from the sound of Deezer's previews, where nobody knows a track's features.

Off unless whoever runs the app wants it (HEAR_PREVIEWS): docs/playlists.md tells what to mind.
"""

import io
from collections.abc import Iterator, Sequence

from music_mood.clients.preview_sound import PreviewSound
from music_mood.features.one_by_one import one_by_one
from music_mood.features.provider import Found, SoundMemory
from music_mood.features.sound import has_sound, heard, load
from music_mood.previews.deezer import DeezerPreviews
from music_mood.sound.ear import ANALYSIS, Ear
from music_mood.values import SOUND, Track


class HeardPreviews:
    """Hears the half minute that Deezer offers of a track.

    Parameters
    ----------
    ear : Ear
    previews : DeezerPreviews
        Finds where the half minute lies; a wrong recording is worse than none to it, too.
    sound : PreviewSound
        Fetches it; it is kept nowhere.
    memory : SoundMemory
        Knows what was heard before, by the recording's page on Deezer.
    """

    name = SOUND

    def __init__(
        self, ear: Ear, previews: DeezerPreviews, sound: PreviewSound, memory: SoundMemory
    ) -> None:
        self._ear = ear
        self._previews = previews
        self._sound = sound
        self._memory = memory

    def improve(self, tracks: Sequence[Track]) -> Iterator[Found]:
        """Hear the previews of tracks one by one; see `FeatureProvider.improve`."""
        if all(map(has_sound, tracks)):
            return iter(())
        load(self._ear)
        return one_by_one(tracks, lambda track: not has_sound(track), self._heard)

    def _heard(self, track: Track) -> Track | None:
        preview = self._previews.preview(track)
        # A recording that was found without comparing lengths may be another one.
        if preview is None or preview.audio_url is None or preview.note:
            return None
        name = f"{SOUND}:{ANALYSIS}:{preview.link}"
        if known := self._memory.heard([name]).get(name):
            return heard(track, known)
        features = self._ear.hear(io.BytesIO(self._sound.fetch(preview.audio_url)), 0)
        if features is None:
            return None
        self._memory.keep_heard({name: features})
        return heard(track, features)
