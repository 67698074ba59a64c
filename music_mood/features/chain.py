"""Asks the feature providers in turn, and goes on without those that fail."""

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from i18n import Message
from music_mood.errors import ProviderError, UnavailableError
from music_mood.features.provider import FeatureMemory, FeatureProvider, Found
from music_mood.values import Track

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the chain has come. The last one holds the result.

    Attributes
    ----------
    provider : str
        Who is being asked; empty in the last one.
    done, total : int
        Tracks this provider is done with, and tracks it was asked for.
    tracks : tuple of Track
        All tracks in the given order, with the features found so far.
    failures : tuple of ProviderError
        Who failed so far, and why, at most one each.
    """

    provider: str
    done: int
    total: int
    tracks: tuple[Track, ...]
    failures: tuple[ProviderError, ...] = ()


class FeatureChain:
    """Features from whoever has them.

    Parameters
    ----------
    providers : sequence of FeatureProvider
        In the order of asking: the nearest and cheapest first.
    memory : FeatureMemory or None
        Asked before them all, and told what they found, also if the asking is broken off.
    by_ear : sequence of FeatureProvider
        Who hears the sound itself: asked last, since services know more; but before further
        services once one is out of reach. The memory is not told what they found: what they heard
        may be a visitor's own file.
    """

    def __init__(
        self,
        providers: Sequence[FeatureProvider],
        memory: FeatureMemory | None = None,
        by_ear: Sequence[FeatureProvider] = (),
    ) -> None:
        self._providers = tuple(providers)
        self._memory = memory
        self._by_ear = tuple(by_ear)

    def fill(self, tracks: Sequence[Track]) -> Iterator[Progress]:
        """Look up the features that are missing.

        Tracks that bring features, or a mood by their makers, are not asked for. A provider that
        fails is logged, reported and skipped, even if it breaks its Protocol.

        Yields
        ------
        Progress
            At least one; the last one holds all that was found.
        """
        filled, told = list(tracks), list(tracks)  # told: without what was heard
        settled: set[int] = set()
        failures: list[ProviderError] = []
        failed = False  # a service: what it did not answer is not unknown
        asked: list[int] = []
        complete = False
        waiting = [*([self._memory] if self._memory else []), *self._providers, *self._by_ear]
        try:
            while waiting:
                provider = waiting.pop(0)
                by_ear = provider in self._by_ear
                wanted = [
                    at
                    for at, track in enumerate(filled)
                    if _lacks_features(track) and (by_ear or at not in settled)
                ]
                if not wanted:
                    continue
                if provider in self._providers:
                    asked = asked or wanted  # the first of them is asked for the most
                done = 0
                try:
                    for found in provider.improve([filled[at] for at in wanted]):
                        _take(found, wanted, filled)
                        if not by_ear:
                            _take(found, wanted, told)
                        settled.update(wanted[position] for position in found.settled)
                        done = min(done + found.asked, len(wanted))
                        yield Progress(
                            provider.name, done, len(wanted), tuple(filled), tuple(failures)
                        )
                except ProviderError as error:
                    failed |= not by_ear
                    log.warning("%s failed after %d of %d tracks", provider.name, done, len(wanted))
                    if all(error.provider != one.provider for one in failures):
                        failures.append(error)  # identifiers and previews: one service
                    if isinstance(error, UnavailableError):  # nobody waits for the next one, too
                        waiting.sort(key=lambda one: one not in self._by_ear)
                except Exception:  # a bug in one provider must not cost the visitor the others
                    failed |= not by_ear
                    log.exception("%s is broken", provider.name)
                    failures.append(
                        ProviderError(
                            Message("{service} failed unexpectedly.", service=provider.name),
                            provider.name,
                        )
                    )
            complete = not failed
        finally:  # also when the visitor leaves in the middle: what was found was paid for
            before, after = [tracks[at] for at in asked], [told[at] for at in asked]
            self._remember(before, after, complete=complete)
        yield Progress("", len(filled), len(filled), tuple(filled), tuple(failures))

    def _remember(self, before: list[Track], after: list[Track], *, complete: bool) -> None:
        if not (self._memory and before):
            return
        try:
            self._memory.keep(before, after, complete=complete)
        except Exception:  # what was found is worth more than remembering it
            log.exception("%s is broken", self._memory.name)


def _lacks_features(track: Track) -> bool:
    return track.features is None and track.makers_mood is None


def _take(found: Found, wanted: Sequence[int], filled: list[Track]) -> None:
    for position, track in found.tracks.items():
        if not isinstance(track, Track):
            raise TypeError(f"expected a Track, got {type(track).__name__}")
        filled[wanted[position]] = track
