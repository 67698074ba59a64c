"""Asks the preview providers in turn, and goes on without those that fail."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass

from i18n import Message
from music_mood.errors import ProviderError
from music_mood.previews.provider import PreviewProvider
from music_mood.values import Preview, Track
from music_mood.web.parallel import in_parallel

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Previews:
    """What was found.

    Attributes
    ----------
    previews : tuple of (Preview or None)
        One for each given track, in their order.
    failures : tuple of ProviderError
        Who failed for some track, and why; at most one each.
    """

    previews: tuple[Preview | None, ...]
    failures: tuple[ProviderError, ...] = ()


class PreviewChain:
    """Previews from whoever has them.

    Parameters
    ----------
    providers : sequence of PreviewProvider
        In the order of asking: the best preview first.
    """

    def __init__(self, providers: Sequence[PreviewProvider]) -> None:
        self._providers = tuple(providers)

    def resolve(self, tracks: Sequence[Track]) -> Previews:
        """Find a preview for each track, now.

        A provider that fails is logged, reported and asked no more for what is left, even if it
        breaks its Protocol.
        """
        found: list[Preview | None] = [None] * len(tracks)
        failures: list[ProviderError] = []
        for provider in self._providers:
            open_ones = [at for at, preview in enumerate(found) if preview is None]
            if not open_ones:
                break
            try:
                failure = _ask(provider, tracks, open_ones, found)
            except Exception:  # a bug in one provider must not cost the visitor the others
                log.exception("%s is broken", provider.name)
                failure = ProviderError(
                    Message("{service} failed unexpectedly.", service=provider.name), provider.name
                )
            if failure:
                log.warning("%s failed: %s", provider.name, failure.wording)
                failures.append(failure)
        return Previews(tuple(found), tuple(failures))


def _ask(
    provider: PreviewProvider,
    tracks: Sequence[Track],
    open_ones: Sequence[int],
    found: list[Preview | None],
) -> ProviderError | None:
    """Fill in what a provider knows, and tell its first failure."""
    failure = None
    for number, answer in in_parallel(provider.preview, [tracks[at] for at in open_ones]):
        if isinstance(answer, ProviderError):
            failure = failure or answer
        elif isinstance(answer, Preview):
            found[open_ones[number]] = answer
        elif answer is not None:
            raise TypeError(f"expected a Preview, got {type(answer).__name__}")
    return failure
