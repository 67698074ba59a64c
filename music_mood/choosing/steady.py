"""Keeping a list of tracks still while what it was chosen for changes only a little."""

from collections import defaultdict, deque
from collections.abc import Sequence

import numpy as np

from music_mood.choosing.mood import Aim, plan
from music_mood.values import LabelledTrack

SAME_WITHIN = 0.25
"""A feeling whose shares of moods are all within this of the one before is the same for the music:
in a list of six tracks that is one track or two. More than `MINOR_SHARE`, where `plan` drops a
mood, or a share that wavers about that would change the list each time."""


def settled(probabilities: np.ndarray, before: np.ndarray | None) -> np.ndarray:
    """Tell for which feeling tracks should be chosen: the new one, or still the one before.

    Compared are the shares of moods that `plan` makes of them, so that what it drops does not
    count. Against a slow drift the one before must be that which the tracks were chosen for, not
    the one seen last.

    Parameters
    ----------
    probabilities : numpy.ndarray
        (7,), in the order of `emotion.values.EMOTIONS`, as for `plan`.
    before : numpy.ndarray or None
        The same of the feeling that tracks were chosen for; None if there was none.

    Returns
    -------
    numpy.ndarray
        One of the two.
    """
    if before is None:
        return probabilities
    new, old = (plan(one, Aim.MATCH, 1)[0] for one in (probabilities, before))
    alike = new.argmax() == old.argmax() and np.abs(new - old).max() <= SAME_WITHIN
    return before if alike else probabilities


def in_place(chosen: Sequence[LabelledTrack], before: Sequence[str]) -> list[LabelledTrack]:
    """Leave tracks that were there before at their place, where one of their mood is due.

    Parameters
    ----------
    chosen : sequence of LabelledTrack
        What to show now, in order.
    before : sequence of str
        `Track.uri` of what was shown, in order.

    Returns
    -------
    list of LabelledTrack
        The same tracks, and at each place the mood that `chosen` has there; those of a mood that
        move keep the order among themselves.
    """
    by_uri = {one.track.uri: one for one in chosen}
    stays = {
        at: by_uri[uri]
        for at, (uri, due) in enumerate(zip(before, chosen, strict=False))
        if uri in by_uri and by_uri[uri].verdict == due.verdict
    }
    there = {one.track.uri for one in stays.values()}
    others: dict[str, deque[LabelledTrack]] = defaultdict(deque)
    for one in chosen:
        if one.track.uri not in there:
            others[one.verdict].append(one)
    # Each place gets the mood that is due there: as many are left of each as there are places.
    return [stays.get(at) or others[due.verdict].popleft() for at, due in enumerate(chosen)]
