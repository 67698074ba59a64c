"""What the list of tracks shows, as data: every text in the visitor's language, no Streamlit."""

from collections.abc import Mapping, Sequence

import numpy as np

from i18n import Message, Words, plural
from music_mood.panel.appearance import COLOURS, SHAPES, label_message, text_colour
from music_mood.reference import is_web_address
from music_mood.values import MOOD_WORDS, MOODS, LabelledTrack

Row = dict[str, object]
"""What JavaScript gets; see `rows`."""

NO_MOOD_COLOUR = "#8A817A"
NO_MOOD_INK = "var(--st-text-color)"
NO_MOOD_SHAPE = "cross"
"""As the map marks it."""

WORTH_A_WORD = 0.2
"""Share from which a mood is named as where the way begins or ends."""

SERVICES: Mapping[str, str] = {
    "https://open.spotify.com/": "Spotify",
    "https://www.deezer.com/": "Deezer",
    "https://music.apple.com/": "Apple Music",
}
"""How addresses of tracks' pages begin -> whose they are."""


def rows(
    picks: Sequence[LabelledTrack],
    words: Words,
    *,
    shares: np.ndarray,
    covers: Mapping[str, str] | None = None,
    links: Mapping[str, str] | None = None,
) -> list[Row]:
    """Make a row per track.

    Parameters
    ----------
    picks : sequence of LabelledTrack
        What to show, in order.
    words : Words
        The visitor's language.
    shares : numpy.ndarray
        float64, (len(picks), 4): moods wished for at each position, as `plan` gives them. They
        colour the way.
    covers : mapping of str to str, or None
        `Track.uri` -> what the preview's service offers of a track that brings none itself. None
        shows no cover at all: they come from the music's services, which see who asks for them.
    links : mapping of str to str, or None
        The same of pages.

    Returns
    -------
    list of dict
        uri; title and artist; cover (https address or ""); mood ("" if unsure or unknown), its
        shape and two CSS colours (`colour` for areas, `ink` for words); label; the buttons' names
        play, pause, next; link ("" if there is none), its name open; way (CSS colour).
    """
    return [
        _row(pick, words, wished, covers, links or {})
        for pick, wished in zip(picks, shares, strict=True)
    ]


def _row(
    pick: LabelledTrack,
    words: Words,
    wished: np.ndarray,
    covers: Mapping[str, str] | None,
    links: Mapping[str, str],
) -> Row:
    track, mood = pick.track, pick.mood
    link = track.link or links.get(track.uri, "")
    return {
        "uri": track.uri,
        "title": track.title,
        "artist": track.artist,
        "cover": "" if covers is None else track.cover_url or covers.get(track.uri, ""),
        "mood": mood or "",
        "shape": SHAPES[mood] if mood else NO_MOOD_SHAPE,
        "colour": COLOURS[mood] if mood else NO_MOOD_COLOUR,
        "ink": text_colour(mood) if mood else NO_MOOD_INK,
        "label": words.say(label_message(pick)),
        "link": link if is_web_address(link) else "",
        "way": _blend(wished),
        **{name: words.say(text) for name, text in _names(pick, link).items()},
    }


def _names(pick: LabelledTrack, link: str) -> dict[str, Message]:
    """Name a row's controls: those of six rows must be told apart by ear."""
    title, artist = pick.track.title, pick.track.artist
    service = next((name for start, name in SERVICES.items() if link.startswith(start)), "")
    if service:
        open_it = Message("Open {title} on {service}", title=title, service=service)
    else:
        open_it = Message("Open the page of {title}", title=title)
    if not artist:
        return {
            "play": Message("Play {title}", title=title),
            "pause": Message("Pause {title}", title=title),
            "next": Message("Play {title} next", title=title),
            "open": open_it,
        }
    return {
        "play": Message("Play {title} by {artist}", title=title, artist=artist),
        "pause": Message("Pause {title} by {artist}", title=title, artist=artist),
        "next": Message("Play {title} by {artist} next", title=title, artist=artist),
        "open": open_it,
    }


def lead(shares: np.ndarray) -> Message:
    """Say in which order the tracks come.

    Parameters
    ----------
    shares : numpy.ndarray
        float64, (n, 4), n > 0: as for `rows`, the whole way.
    """
    if np.allclose(shares[0], shares[-1]):
        return Message("What fits best comes first.")
    return Message(
        "The way leads from {start} to {goal}.", start=_moods(shares[0]), goal=_moods(shares[-1])
    )


def heard_words(again: int, there: int) -> Message:
    """Say how many tracks had their turn."""
    return plural(
        "{count} of these {there} tracks had its turn and comes last.",
        "{count} of these {there} tracks had their turn and come last.",
        again,
        there=there,
    )


def _moods(shares: np.ndarray) -> Message:
    order = np.argsort(-shares, kind="stable")
    named = [MOOD_WORDS[MOODS[i]] for i in order if shares[i] >= WORTH_A_WORD]
    if len(named) == 1:
        return named[0]
    return Message("{one} and {other}", one=named[0], other=named[1])


def _blend(shares: np.ndarray) -> str:
    """Mix the moods' colours by their shares; a CSS colour."""
    colours = np.array([_rgb(COLOURS[mood]) for mood in MOODS])
    red, green, blue = np.rint(shares @ colours).astype(int).tolist()
    return f"rgb({red} {green} {blue})"


def _rgb(colour: str) -> tuple[int, ...]:
    return tuple(int(colour[i : i + 2], 16) for i in (1, 3, 5))
