"""What becomes of the queue when the browser tells something: plain functions of a visit."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from i18n import Message, plural
from music_mood.errors import ProviderError
from music_mood.panel.player.playing import SLOTS, Playing, Slot
from music_mood.panel.player.sound import Resolve, look_for, sound_of
from music_mood.panel.visit import Visit
from music_mood.values import LabelledTrack

ATTEMPTS = 2
"""How often the browser may fail at a track before it is skipped: an address may have expired."""
FAILURES = 3
"""After so many tracks that no service could be asked about the music stops."""
MOST_SKIPPED = 24
"""After so many tracks in a row that cannot be played the music stops, too."""
LOOK_AT = 8
"""Tracks ahead that are looked at, at most, to find those that can be played."""


MOST_EVENTS = 200
"""Events told at once that are listened to: the browser repeats only what is not confirmed."""


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened in the browser.

    Attributes
    ----------
    number : int
        Counted by the browser, from 1.
    kind : str
        What it is, see `handle`.
    uri : str
        The track it is about; "" if it is about none.
    """

    number: int
    kind: str
    uri: str = ""


def read_events(given: object) -> list[Event]:
    """Take the browser's word for nothing: what is no event is left out."""
    events = []
    told = given if isinstance(given, Sequence) and not isinstance(given, str) else ()
    for one in told[-MOST_EVENTS:]:
        if isinstance(one, Mapping):
            number, kind, uri = (one.get(name) for name in ("number", "kind", "uri"))
            if isinstance(number, int) and isinstance(kind, str) and isinstance(uri, str):
                events.append(Event(number, kind, uri))
    return sorted(events, key=lambda event: event.number)


def handle(visit: Visit, events: Sequence[Event]) -> bool:
    """Deal with what happened, once: the browser tells it again until it is confirmed.

    ``play`` a track; go to the ``next`` one or ``back``, from a track; let one come up next
    (``up``) or take it out (``drop``); ``started``: it is heard; ``failed``: the browser cannot
    play it; ``more``: time to look ahead; ``wake``: it was paused for long.

    Returns
    -------
    bool
        Whether it is time to look ahead, see `look_ahead`.
    """
    playing, ahead = visit.part(Playing), False
    for event in events:
        if event.number <= playing.acked:
            continue
        playing.acked = event.number
        if event.kind in _MOVES:
            playing.note, playing.wanted, playing.halted = None, None, False
            playing.started = True
        if act := _ACTS.get(event.kind):
            act(visit, playing, event.uri)
        ahead = ahead or event.kind in ("more", "wake")
    return ahead


def _play(visit: Visit, playing: Playing, uri: str) -> None:
    visit.queue = visit.queue.play(uri)
    playing.wanted = uri if visit.queue.knows(uri) else None
    playing.broken -= {uri}  # it may go better now
    playing.attempts.pop(uri, None)


def _next(visit: Visit, _playing: Playing, uri: str) -> None:
    if visit.queue.now is None or visit.queue.now.track.uri == uri:
        visit.queue = visit.queue.advance()


def _back(visit: Visit, _playing: Playing, uri: str) -> None:
    if visit.queue.now is None or visit.queue.now.track.uri == uri:
        visit.queue = visit.queue.back()


def _up(visit: Visit, _playing: Playing, uri: str) -> None:
    visit.queue = visit.queue.play_next(uri)


def _drop(visit: Visit, _playing: Playing, uri: str) -> None:
    visit.queue = visit.queue.drop(uri)


def _started(visit: Visit, _playing: Playing, uri: str) -> None:
    if visit.queue.knows(uri):  # or a browser could make the visit grow without end
        visit.heard |= {uri}


def _failed(visit: Visit, playing: Playing, uri: str) -> None:
    if not visit.queue.knows(uri):
        return
    playing.attempts[uri] = playing.attempts.get(uri, 0) + 1
    visit.previews.pop(uri, None)
    playing.looked_ahead = ()
    playing.slots = [slot if slot and slot.uri != uri else None for slot in playing.slots]
    if playing.attempts[uri] >= ATTEMPTS:
        playing.broken |= {uri}


_MOVES = frozenset({"play", "next", "back"})
_ACTS = {
    "play": _play,
    "next": _next,
    "back": _back,
    "up": _up,
    "drop": _drop,
    "started": _started,
    "failed": _failed,
}


def settle(visit: Visit, resolve: Resolve) -> None:
    """See to it that what plays now can be played: go on to the next track that can.

    What is skipped is told in one sentence. If nothing can be played the music stops; so it does
    after many tracks in vain, and where services fail, as trying every track would take long.
    """
    playing, before = visit.part(Playing), visit.queue
    if playing.halted or not playing.started:
        return
    skipped: list[Message] = []
    failures: list[ProviderError] = []
    while (now := visit.queue.now) is not None and not _can_play(now, visit):
        few = [now, *visit.queue.ahead[: SLOTS - 1]] if skipped else [now]
        failed = look_for(few, visit, resolve)
        if _can_play(now, visit):
            break
        if failed and not sound_of(now, visit).known:
            failures.extend(failed[:1])
        if len(failures) == FAILURES or len(skipped) == MOST_SKIPPED:
            break
        skipped.append(_why(now, visit, failed))
        visit.queue = visit.queue.skip()
    if len(failures) == FAILURES:
        visit.queue, playing.halted = before, True
        reason = failures[-1].message
        playing.note = Message("{reason} Press play to try again.", reason=reason)
    elif skipped:
        playing.halted = visit.queue.now is None or len(skipped) == MOST_SKIPPED
        playing.note = _told(skipped, nothing_left=visit.queue.now is None)
    now = visit.queue.now
    embedded = now and not playing.halted and not _has_slot(now, visit) and _embed(now, visit)
    playing.frame = now.track.uri if now and embedded else None
    if playing.frame:
        playing.note = Message("Spotify’s own player is open: press play in it.")


def _can_play(one: LabelledTrack, visit: Visit) -> bool:
    wanted = visit.part(Playing).wanted == one.track.uri
    return (
        _has_slot(one, visit)
        or sound_of(one, visit).playable
        or (wanted and _embed(one, visit) is not None)
    )


def _has_slot(one: LabelledTrack, visit: Visit) -> bool:
    return any(slot and slot.uri == one.track.uri for slot in visit.part(Playing).slots)


def _embed(one: LabelledTrack, visit: Visit) -> str | None:
    preview, _found_at = visit.previews.get(one.track.uri, (None, 0.0))
    return preview.embed_url if preview else None


def _why(one: LabelledTrack, visit: Visit, failures: Sequence[ProviderError]) -> Message:
    title, sound = one.track.title, sound_of(one, visit)
    if sound.broken or one.track.uri in visit.part(Playing).broken:
        return Message("{title} cannot be played: this browser cannot read its sound.", title=title)
    if sound.preview:
        return Message(
            "{title} plays only in Spotify’s own player: press its Play to open that.", title=title
        )
    if not sound.known and failures:
        return Message(
            "{title} cannot be played now. {reason}", title=title, reason=failures[0].message
        )
    return Message("{title} cannot be played here: nobody offers a preview of it.", title=title)


def _told(skipped: Sequence[Message], *, nothing_left: bool) -> Message:
    count = len(skipped)
    if nothing_left:
        return plural(
            "There is nothing left that can be played here. {count} track was skipped.",
            "There is nothing left that can be played here. {count} tracks were skipped.",
            count,
        )
    if count == MOST_SKIPPED:
        return Message(
            "{count} tracks in a row cannot be played here. Press play to look further.",
            count=count,
        )
    if count == 1:
        return Message("{reason} Going on.", reason=skipped[0])
    return Message("{count} tracks in a row cannot be played here. Going on.", count=count)


def look_ahead(visit: Visit, resolve: Resolve) -> None:
    """Look for previews until the next tracks that can be played are known."""
    playing = visit.part(Playing)
    playing.looked_ahead = _next_uris(visit)
    line = visit.queue.ahead[:LOOK_AT]
    for start in range(0, len(line), SLOTS - 1):
        found = [one for one in line[:start] if sound_of(one, visit).playable]
        if len(found) >= SLOTS - 1 or look_for(line[start : start + SLOTS - 1], visit, resolve):
            return


def wants_look_ahead(visit: Visit) -> bool:
    """Tell whether `look_ahead` has something to do, once for the same tracks."""
    playing = visit.part(Playing)
    if not playing.started or playing.halted or playing.looked_ahead == _next_uris(visit):
        return False
    sounds = [sound_of(one, visit) for one in visit.queue.ahead[:LOOK_AT]]
    playable = 0
    for sound in sounds:
        if not sound.known:
            return True
        playable += sound.playable
        if playable == SLOTS - 1:
            return False
    return False


def _next_uris(visit: Visit) -> tuple[str, ...]:
    return tuple(one.track.uri for one in visit.queue.ahead[: SLOTS - 1])


def fill_slots(visit: Visit) -> None:
    """Lay what plays and what comes next into the slots; what lies there already stays there."""
    playing, now = visit.part(Playing), visit.queue.now
    coming = (one for one in visit.queue.ahead[:LOOK_AT] if sound_of(one, visit).playable)
    room = SLOTS - 1 if now else SLOTS
    wanted = ([now] if now else []) + list(islice(coming, room))
    slots = {one.track.uri: slot for one in wanted if (slot := _slot(one, visit))}
    kept = [slot.uri if slot and slot.uri in slots else None for slot in playing.slots]
    rest = iter([slot for uri, slot in slots.items() if uri not in kept])
    playing.slots = [slots[uri] if uri else next(rest, None) for uri in kept]


def _slot(one: LabelledTrack, visit: Visit) -> Slot | None:
    """Tell what shall lie there for a track."""
    playing, uri = visit.part(Playing), one.track.uri
    there = next((slot for slot in playing.slots if slot and slot.uri == uri), None)
    plays = visit.queue.now is not None and visit.queue.now.track.uri == uri
    if there and plays:  # even if its address is old: what plays is not cut
        return there
    sound = sound_of(one, visit)
    if not sound.playable or sound.preview is None:
        return there if not sound.known else None
    return Slot(uri, sound.preview, playing.attempts.get(uri, 0))
