"""For providers that answer about a single track a call."""

from collections.abc import Callable, Iterator, Sequence

from music_mood.errors import NotFoundError, ProviderError
from music_mood.features.provider import Found
from music_mood.values import Track
from music_mood.web.parallel import in_parallel


def one_by_one(
    tracks: Sequence[Track],
    is_open: Callable[[Track], bool],
    look_up: Callable[[Track], Track | None],
) -> Iterator[Found]:
    """Look up the open tracks, several at a time; see `FeatureProvider.improve`.

    Parameters
    ----------
    tracks : sequence of Track
    is_open : callable
        Whether a track is worth a call.
    look_up : callable
        Thread-safe; gives the better track, or None. Tracks that are not found stay as they are:
        nothing is wrong with the service. Another `ProviderError` is raised at the end.
    """
    open_ones = [at for at, track in enumerate(tracks) if is_open(track)]
    yield Found(len(tracks) - len(open_ones), {})
    failure: ProviderError | None = None
    for number, answer in in_parallel(look_up, [tracks[at] for at in open_ones]):
        if isinstance(answer, ProviderError) and not isinstance(answer, NotFoundError):
            failure = failure or answer
        found = answer if isinstance(answer, Track) else None
        yield Found(1, {open_ones[number]: found} if found else {})
    if failure:
        raise failure
