"""What `moods` answers: as lines for readers, as JSON for other programs."""

from dataclasses import dataclass
from typing import Any

from i18n import Message, Words, plural
from music_mood.errors import ProviderError
from music_mood.reading import Reading
from music_mood.values import MOODS, SOUND, VERDICT_WORDS, LabelledTrack, Preview


@dataclass(frozen=True, slots=True)
class Result:
    """Everything to print; `previews` stand in the order of the tracks."""

    reading: Reading
    previews: tuple[Preview | None, ...]
    failures: tuple[ProviderError, ...]


def as_json(result: Result) -> dict[str, Any]:
    """Arrange the result as JSON, in English for other programs; what is unknown is null."""
    playlist = result.reading.playlist
    pairs = zip(result.reading.labelled, result.previews, strict=True)
    return {
        "playlist": {
            "title": str(playlist.title),
            "source": playlist.source,
            "link": playlist.link,
            "notes": list(map(str, playlist.notes)),
        },
        "tracks": [_track_as_json(labelled, preview) for labelled, preview in pairs],
        "skipped": [{"name": str(one.name), "reason": str(one.reason)} for one in playlist.skipped],
        "failures": [{"provider": one.provider, "reason": str(one)} for one in result.failures],
    }


def _track_as_json(labelled: LabelledTrack, preview: Preview | None) -> dict[str, Any]:
    track, shares = labelled.track, labelled.probabilities
    return {
        "title": track.title,
        "artist": track.artist,
        "duration_ms": track.duration_ms,
        "isrc": track.isrc,
        "mood": labelled.verdict,
        "probabilities": dict(zip(MOODS, shares, strict=True)) if shares else None,
        "features_source": track.features_source,
        "preview_url": _address(preview),
        "preview_source": preview.source if preview else None,
        "preview_note": str(preview.note) if preview and preview.note else None,
        "link": track.link,
    }


def as_text(result: Result, words: Words) -> str:
    """Arrange the result in lines, one per track."""
    playlist, tracks = result.reading.playlist, result.reading.labelled
    count = plural("{count} track", "{count} tracks", len(tracks))
    lines = [f"{_said(playlist.title, words)} ({playlist.source}, {words.say(count)})"]
    for labelled, preview in zip(tracks, result.previews, strict=True):
        track = labelled.track
        share = ""
        if labelled.confidence is not None:
            share = words.say("{percent}%", percent=round(100 * labelled.confidence))
        name = f"{track.title} - {track.artist}" if track.artist else track.title
        if track.features_source == SOUND:
            name = words.say("{name} (from the sound itself)", name=name)
        verdict = words.say(VERDICT_WORDS[labelled.verdict])
        address = _address(preview) or words.say("no preview")
        lines.append(f"{verdict:10}{share:>5}  {name}  {address}")
    lines += [
        words.say("left out: {name}: {reason}", name=one.name, reason=one.reason)
        for one in playlist.skipped
    ]
    return "\n".join([*lines, *map(words.say, playlist.notes)])


def _said(text: Message | str, words: Words) -> str:
    return words.say(text) if isinstance(text, Message) else text


def _address(preview: Preview | None) -> str | None:
    if preview is None:
        return None
    return (
        preview.path.resolve().as_uri() if preview.path else preview.audio_url or preview.embed_url
    )
