"""What the bar shows, as the browser gets it: plain data, in the visitor's language."""

from collections.abc import Callable
from typing import Any

from i18n import Message
from music_mood.panel.appearance import COLOURS, SHAPES
from music_mood.panel.player.line import wants_look_ahead
from music_mood.panel.player.playing import Playing
from music_mood.panel.player.sound import PREVIEW_LIFE_S, sound_of
from music_mood.panel.tracks.rows import NO_MOOD_COLOUR, NO_MOOD_SHAPE
from music_mood.panel.visit import Visit
from music_mood.reference import is_web_address
from music_mood.values import VERDICT_WORDS, LabelledTrack

AHEAD_SHOWN = 30
"""Tracks of the queue that are listed."""

Say = Callable[..., str]
"""Renders a message in the visitor's language, as `music_mood.panel.language.say` does."""


def bar_data(visit: Visit, say: Say, said: str) -> dict[str, Any]:
    """Everything the browser needs to know.

    Parameters
    ----------
    visit : Visit
    say : callable
    said : str
        What the page has to say to those who do not see it.
    """
    playing, queue = visit.part(Playing), visit.queue
    ahead = queue.ahead[:AHEAD_SHOWN]
    return {
        "session": playing.session,
        "acked": playing.acked,
        "now": _item(queue.now, visit, say) if queue.now else None,
        "ahead": [_item(one, visit, say) for one in ahead],
        "further": len(queue.ahead) - len(ahead),
        "back": bool(queue.heard),
        "slots": [
            {"uri": slot.uri, "attempt": slot.attempt, "name": slot_name(slot.uri, visit)}
            if slot
            else None
            for slot in playing.slots
        ],
        "frame": playing.frame or "",
        "halted": playing.halted,
        "more": wants_look_ahead(visit),
        "wake_s": PREVIEW_LIFE_S,
        "note": say(playing.note) if playing.note else "",
        "said": said,
        "words": _words(say, len(queue.ahead) - len(ahead)),
    }


def slot_name(uri: str, visit: Visit) -> str:
    """Name a slot's element, for those who hear the page and for the component to find it."""
    queue = visit.queue
    everywhere = (*((queue.now,) if queue.now else ()), *queue.ahead)
    one = next((one for one in everywhere if one.track.uri == uri), None)
    if one is None:
        return uri
    return " ".join(f"{one.track.title} {one.track.artist}".split()) or uri


def _item(one: LabelledTrack, visit: Visit, say: Say) -> dict[str, Any]:
    track = one.track
    sound = sound_of(one, visit)
    preview = sound.preview
    playing = visit.part(Playing)
    cover = track.cover_url or (preview.cover_url if preview else None)
    link = track.link or (preview.link if preview else None)
    source = ""
    if preview and preview.audio_url:
        source = say("Preview from {service}", service=preview.source)
    return {
        "uri": track.uri,
        "title": track.title,
        "artist": track.artist,
        # A picture is asked of a service, too: not before the visitor wants to hear something.
        "cover": cover if playing.started and is_web_address(cover) else "",
        "word": say(VERDICT_WORDS[one.verdict]),
        "colour": COLOURS[one.mood] if one.mood else NO_MOOD_COLOUR,
        "shape": SHAPES[one.mood] if one.mood else NO_MOOD_SHAPE,
        "link": link if is_web_address(link) else "",
        "source": source,
        "note": say(preview.note) if preview and preview.note else "",
        "silent": sound.silent,
    }


def _words(say: Say, further: int) -> dict[str, str]:
    """Every text of the bar; what stands in braces the browser fills in."""
    title, artist = "{title}", "{artist}"
    return {
        "player": say("Player"),
        "previous": say("Previous track"),
        "play": say("Play"),
        "pause": say("Pause"),
        "next": say("Next track"),
        "position": say("Position in the track"),
        "time": say("{elapsed} of {total}", elapsed="{elapsed}", total="{total}"),
        "mute": say("Mute"),
        "volume": say("Volume"),
        "queue": say("Queue"),
        "close": say("Close the queue"),
        "empty": say("Nothing comes after this."),
        "further": say(Message("and {count} more", count=further)) if further else "",
        "play_this": say("Play {title}", title=title),
        "play_next": say("Play next"),
        "play_this_next": say("Play {title} next", title=title),
        "remove": say("Remove"),
        "remove_this": say("Remove {title} from the queue", title=title),
        "open": say("Open"),
        "open_this": say("Open the page of {title}", title=title),
        "now_playing": say("Now playing: {title}, {artist}", title=title, artist=artist),
        "now_playing_title": say("Now playing: {title}", title=title),
        "up_next": say("Up next"),
        "loading": say("Loading …"),
        "blocked": say("Your browser does not let music start by itself: press play."),
    }
