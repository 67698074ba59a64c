"""What is playing, what was before it and what comes after: one frozen value.

Every method gives a new `Queue`. Tracks are told apart by `Track.uri`. Whatever is done, no track
is twice ahead, and the one that is playing is not ahead of itself.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Self

from music_mood.values import LabelledTrack

Tracks = tuple[LabelledTrack, ...]

HEARD_MOST = 100
"""How far back `Queue.back` can go."""


@dataclass(frozen=True, slots=True)
class Queue:
    """The line of tracks.

    Attributes
    ----------
    heard : tuple of LabelledTrack
        What was playing before, the oldest first; at most `HEARD_MOST`.
    now : LabelledTrack or None
        What is playing, or paused; None before the first and after the last track.
    asked : tuple of LabelledTrack
        What the visitor wants next: it comes before everything that merely fits.
    coming : tuple of LabelledTrack
        What fits, the next one first.
    order : tuple of LabelledTrack
        What `follow` was given last: the whole of it, for another round.
    """

    heard: Tracks = ()
    now: LabelledTrack | None = None
    asked: Tracks = ()
    coming: Tracks = ()
    order: Tracks = ()

    @property
    def ahead(self) -> Tracks:
        """Everything that comes after `now`, the next one first."""
        return self.asked + self.coming

    def follow(self, coming: Iterable[LabelledTrack]) -> Self:
        """Let these come, in this order, instead of what was to come; nothing else changes.

        Tracks heard lately come last. The same order once more changes nothing: what was taken
        out stays out, and the line goes on where it is.
        """
        order = _once(coming)
        if order == self.order:
            return self
        aside = _uris(self.asked) | _uris((self.now,))
        lately = _uris(self.heard)
        fitting = [one for one in order if one.track.uri not in aside]
        return replace(
            self,
            # a playlist that is gone must not hold on to the visitor's files
            heard=_without_sound(self.heard, but=_uris(order)),
            coming=tuple(sorted(fitting, key=lambda one: one.track.uri in lately)),
            order=order,
        )

    def play(self, uri: str) -> Self:
        """Play a track now, wherever it stands; what stood behind it comes after it.

        What it went past comes last. A track that is nowhere, or playing already, changes nothing.
        """
        chosen = self._find(uri)
        if chosen is None:
            return self
        at = next((i for i, one in enumerate(self.coming) if one.track.uri == uri), None)
        coming = self.coming if at is None else self.coming[at + 1 :] + self.coming[:at]
        return replace(
            self,
            heard=self._with_now_heard(),
            now=chosen,
            asked=_without(self.asked, uri),
            coming=coming,
        )

    def play_next(self, uri: str) -> Self:
        """Let a track come next, wherever it stands; the one that is playing is left alone."""
        chosen = self._find(uri)
        if chosen is None:
            return self
        asked = (chosen, *_without(self.asked, uri))
        return replace(self, asked=asked, coming=_without(self.coming, uri))

    def advance(self) -> Self:
        """Go on to the next track; after the last one, stop, and let another round be ahead."""
        heard = self._with_now_heard()
        if not self.ahead:
            return replace(self, heard=heard, now=None, coming=self.order)
        following = self.ahead[0]
        return replace(
            self,
            heard=heard,
            now=following,
            asked=self.asked[1:],
            coming=self.coming if self.asked else self.coming[1:],
        )

    def skip(self) -> Self:
        """Go on to the next track as if this one had not been there: `back` does not find it."""
        return replace(self.advance(), heard=self.heard)

    def back(self) -> Self:
        """Go back to the track before; the one that was playing comes after it again."""
        now = _uris((self.now,))
        others = [at for at, one in enumerate(self.heard) if one.track.uri not in now]
        if not others:
            return self
        heard, before = self.heard[: others[-1]], self.heard[others[-1]]
        uri = before.track.uri
        asked, coming = _without(self.asked, uri), _without(self.coming, uri)
        if self.now is not None and asked:
            asked = (self.now, *asked)
        elif self.now is not None:
            coming = (self.now, *coming)
        return replace(self, heard=heard, now=before, asked=asked, coming=coming)

    def drop(self, uri: str) -> Self:
        """Take a track out of what is ahead."""
        return replace(self, asked=_without(self.asked, uri), coming=_without(self.coming, uri))

    def knows(self, uri: str) -> bool:
        """Tell whether a track is in it: played, playing, to come or left out."""
        return uri in _uris((self.now,)) or self._find(uri) is not None

    def without_sound(self) -> Self:
        """Copy it without the visitor's audio files, which are large, and still on their disk."""
        now = _without_sound((self.now,)) if self.now else ()
        return replace(
            self,
            heard=_without_sound(self.heard),
            now=now[0] if now else None,
            asked=_without_sound(self.asked),
            coming=_without_sound(self.coming),
            order=_without_sound(self.order),
        )

    def with_sound_of(self, uris: Iterable[str]) -> Self:
        """Let go of their audio files, but for these tracks' (`Track.uri`) and what plays."""
        kept = frozenset(uris)
        return replace(
            self,
            heard=_without_sound(self.heard, but=kept),
            asked=_without_sound(self.asked, but=kept),
            coming=_without_sound(self.coming, but=kept),
            order=_without_sound(self.order, but=kept),
        )

    def _find(self, uri: str) -> LabelledTrack | None:
        """Where it stands, but for the one that is playing."""
        if uri in _uris((self.now,)):
            return None
        everywhere = (*self.ahead, *self.order, *reversed(self.heard))
        return next((one for one in everywhere if one.track.uri == uri), None)

    def _with_now_heard(self) -> Tracks:
        return (*self.heard, self.now)[-HEARD_MOST:] if self.now else self.heard


def _uris(tracks: Iterable[LabelledTrack | None]) -> frozenset[str]:
    return frozenset(one.track.uri for one in tracks if one is not None)


def _once(tracks: Iterable[LabelledTrack]) -> Tracks:
    """Each track where it stands first."""
    first: dict[str, LabelledTrack] = {}
    for one in tracks:
        first.setdefault(one.track.uri, one)
    return tuple(first.values())


def _without(tracks: Tracks, uri: str) -> Tracks:
    return tuple(one for one in tracks if one.track.uri != uri)


def _without_sound(tracks: Tracks, but: frozenset[str] = frozenset()) -> Tracks:
    return tuple(
        one
        if one.track.audio_file is None or one.track.uri in but
        else replace(one, track=replace(one.track, audio_file=None))
        for one in tracks
    )
