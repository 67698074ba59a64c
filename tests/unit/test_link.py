import pytest
from hypothesis import given
from hypothesis import strategies as st

from music_mood.errors import PlaylistError
from music_mood.reference import MAX_LENGTH, Host, Kind, Reference, is_link, parse_link

ID = "37i9dQZF1DXcBWIGoYBM5M"

UNDERSTOOD = {
    f"https://open.spotify.com/playlist/{ID}": (Host.SPOTIFY, Kind.PLAYLIST, ID),
    f"https://open.spotify.com/playlist/{ID}?si=0a1b2c3d&pi=x": (Host.SPOTIFY, Kind.PLAYLIST, ID),
    f"http://open.spotify.com/album/{ID}/": (Host.SPOTIFY, Kind.ALBUM, ID),
    f"https://open.spotify.com/intl-de/track/{ID}?si=x": (Host.SPOTIFY, Kind.TRACK, ID),
    f"https://open.spotify.com/embed/playlist/{ID}?theme=0": (Host.SPOTIFY, Kind.PLAYLIST, ID),
    f"https://open.spotify.com/user/somebody/playlist/{ID}": (Host.SPOTIFY, Kind.PLAYLIST, ID),
    f"https://OPEN.spotify.com/playlist/{ID}": (Host.SPOTIFY, Kind.PLAYLIST, ID),
    f"open.spotify.com/track/{ID}": (Host.SPOTIFY, Kind.TRACK, ID),
    f"https://play.spotify.com/track/{ID}#0:30": (Host.SPOTIFY, Kind.TRACK, ID),
    f"spotify:playlist:{ID}": (Host.SPOTIFY, Kind.PLAYLIST, ID),
    f"spotify:user:somebody:playlist:{ID}": (Host.SPOTIFY, Kind.PLAYLIST, ID),
    f"spotify:album:{ID}": (Host.SPOTIFY, Kind.ALBUM, ID),
    f'<iframe style="x" src="https://open.spotify.com/embed/track/{ID}?utm_source=generator" '
    'width="100%"></iframe>': (Host.SPOTIFY, Kind.TRACK, ID),
    f"Listen to this: https://open.spotify.com/track/{ID} (great)": (
        Host.SPOTIFY,
        Kind.TRACK,
        ID,
    ),
    f"  {ID}\n": (Host.SPOTIFY, Kind.PLAYLIST, ID),
    "https://www.deezer.com/playlist/908622995": (Host.DEEZER, Kind.PLAYLIST, "908622995"),
    "https://www.deezer.com/fr/playlist/908622995?utm_source=deezer": (
        Host.DEEZER,
        Kind.PLAYLIST,
        "908622995",
    ),
    "https://deezer.com/en/album/302127": (Host.DEEZER, Kind.ALBUM, "302127"),
    "deezer.com/us/track/3135556": (Host.DEEZER, Kind.TRACK, "3135556"),
    "deezer://www.deezer.com/playlist/1": (Host.DEEZER, Kind.PLAYLIST, "1"),
    "https://widget.deezer.com/widget/dark/playlist/1": (Host.DEEZER, Kind.PLAYLIST, "1"),
    "908622995": (Host.DEEZER, Kind.PLAYLIST, "908622995"),
}

REFUSED = {
    "": "There is no link yet",
    "   \n": "There is no link yet",
    "hello world": "no link that we understand",
    "x" * (MAX_LENGTH + 1): "too long",
    "https://music.apple.com/us/playlist/x/pl.1": "exported as a CSV",
    "https://www.youtube.com/watch?v=dQw4w9WgXcQ": "exported as a CSV",
    f"https://open.spotify.com.evil.org/playlist/{ID}": "no link of Spotify or Deezer",
    f"https://open.spotify.com@evil.org/playlist/{ID}": "no link of Spotify or Deezer",
    f"https://evil.org/open.spotify.com/playlist/{ID}": "no link of Spotify or Deezer",
    "https://spotify.link/hRkBrwub9xb": "short link of Spotify",
    "https://link.deezer.com/s/30abcdef": "short link of Deezer",
    "https://deezer.page.link/abc": "short link of Deezer",
    f"https://open.spotify.com/artist/{ID}": "something else on Spotify",
    f"spotify:artist:{ID}": "something else on Spotify",
    f"https://open.spotify.com/episode/{ID}": "something else on Spotify",
    "https://open.spotify.com/": "something else on Spotify",
    "https://www.deezer.com/en/artist/27": "something else on Deezer",
    "https://open.spotify.com/playlist/37i9dQZF1DX": "not complete",
    f"https://open.spotify.com/playlist/{ID}x": "not complete",
    "https://www.deezer.com/en/playlist/abc": "not complete",
    "https://www.deezer.com/en/playlist/١٢٣": "not complete",
}


@pytest.mark.parametrize(("text", "expected"), UNDERSTOOD.items())
def test_what_leads_somewhere(text: str, expected: tuple[Host, Kind, str]) -> None:
    assert parse_link(text) == Reference(*expected)


@pytest.mark.parametrize(("text", "words"), REFUSED.items(), ids=lambda text: text[:50])
def test_what_leads_nowhere_is_told_kindly(text: str, words: str) -> None:
    with pytest.raises(PlaylistError, match=words) as caught:
        parse_link(text)
    assert "lease" in str(caught.value), "it says what to do instead"


@pytest.mark.parametrize("host", Host)
@pytest.mark.parametrize("kind", Kind)
def test_a_references_own_link_leads_back_to_it(host: Host, kind: Kind) -> None:
    reference = Reference(host, kind, ID if host is Host.SPOTIFY else "123")
    assert parse_link(reference.link) == reference


@given(st.text(max_size=300) | st.from_regex(r"(https?://)?[\w.:@\[\]\\/%-]{0,60}/\w*/\w*"))
def test_any_text_is_a_reference_or_a_kind_sentence(text: str) -> None:
    try:
        found = parse_link(text)
    except PlaylistError:
        return
    assert found.id.isascii() and found.id.isalnum()


@pytest.mark.parametrize("text", [*UNDERSTOOD, "https://example.org", "example.org/x", "12345"])
def test_links_right_and_wrong_are_told_from_words(text):
    assert is_link(text)


@pytest.mark.parametrize(
    "text", ["amber river", "AC/DC", "Mr. Blue Sky", "L.A. Woman", "", "t.A.T.u."]
)
def test_words_are_no_links(text):
    assert not is_link(text)
