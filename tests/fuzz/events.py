"""What a browser may claim to have happened in the player."""

import json
from collections.abc import Sequence
from random import Random
from typing import Any

from i18n import Words
from music_mood.choosing.queue import Queue
from music_mood.panel.player.line import (
    fill_slots,
    handle,
    look_ahead,
    read_events,
    settle,
)
from music_mood.panel.player.playing import SLOTS, Playing
from music_mood.panel.player.shown import bar_data
from music_mood.panel.visit import Visit
from music_mood.previews.chain import Previews
from music_mood.values import LabelledTrack, LabelSource, Mood, Preview, Track
from tests.fuzz.mutate import broken_json
from tests.fuzz.target import Target, check

URIS = [f"demo:track:{number}" for number in range(8)]
KINDS = ("play", "next", "back", "up", "drop", "started", "failed", "more", "wake", "sing")


def _make(random: Random) -> list[Any]:
    """Make several messages, each a list of events."""
    messages = []
    number = 0
    for _ in range(random.randint(1, 6)):
        events = []
        for _ in range(random.randint(1, 8)):
            number += random.choice((0, 1, 1, 1, 5))
            uri = random.choice((*URIS, "", "demo:track:none"))
            events.append({"number": number, "kind": random.choice(KINDS), "uri": uri})
        messages.append(events if random.random() < 0.6 else broken_json(random, [events]))
    return messages


def _resolve(tracks: Sequence[Track]) -> Previews:
    def found(track: Track) -> Preview | None:
        if hash(track.title) % 4 == 0:
            return None
        return Preview("Web", "audio/mpeg", audio_url=f"https://a.example/{track.uri}")

    return Previews(tuple(found(track) for track in tracks))


def _take(messages: list[Any]) -> None:
    tracks = [Track(f"T{i}", "A", uri=uri) for i, uri in enumerate(URIS)]
    line = [LabelledTrack(one, Mood.CALM, None, LabelSource.MAKERS) for one in tracks]
    visit = Visit(queue=Queue().follow(line))
    for message in messages:
        ahead = handle(visit, read_events(message))
        settle(visit, _resolve)
        if ahead:
            look_ahead(visit, _resolve)
        fill_slots(visit)
        playing = visit.part(Playing)
        check(len(playing.slots) == SLOTS, "places for sound came or went")
        known = [*visit.queue.heard, *visit.queue.ahead]
        known += [visit.queue.now] if visit.queue.now else []
        check({one.track.uri for one in known} <= set(URIS), "a track that nobody offered")
        ahead_uris = [one.track.uri for one in visit.queue.ahead]
        check(len(ahead_uris) == len(set(ahead_uris)), "a track stands twice in the line")
        json.dumps(bar_data(visit, Words("de").say, "")).encode()


TARGET = Target("events", _make, _take, share=0.08)
