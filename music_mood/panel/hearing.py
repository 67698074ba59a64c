"""What this visitor has heard: kept in their session, so that nothing is offered twice.

A track is heard once its sound has started: the player tells (`music_mood.panel.player.line`).
"""

from music_mood.choosing.recommend import waiting
from music_mood.panel.visit import this_visit
from music_mood.values import LabelledTrack


def note_played(*uris: str) -> None:
    """Remember tracks as heard."""
    visit = this_visit()
    visit.heard |= frozenset(uris)


def next_round(labelled: tuple[LabelledTrack, ...], latest: frozenset[str]) -> frozenset[str]:
    """Tell which tracks wait from now on; a used-up playlist begins anew but for the `latest`."""
    visit = this_visit()
    visit.heard = waiting(labelled, visit.heard, latest)
    return visit.heard


def forget_played() -> None:
    """Let every track be new again."""
    this_visit().heard = frozenset()
