import contextlib
import random
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from streamlit.testing.v1 import AppTest

from music_mood.errors import PlaylistError
from music_mood.reference import (
    MAX_LENGTH,
    Host,
    Kind,
    Reference,
    ShortLink,
    find_link,
    is_link,
    parse_link,
)

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


OTHER_ID = "0VjIjW4GlUZAMYd2vXMi3b"
LINK = f"https://open.spotify.com/playlist/{ID}"
DEEZER_LINK = "https://www.deezer.com/de/playlist/908622995"
SPOTIFY_PLAYLIST = Reference(Host.SPOTIFY, Kind.PLAYLIST, ID)
DEEZER_PLAYLIST = Reference(Host.DEEZER, Kind.PLAYLIST, "908622995")

SURROUNDINGS = [
    "{}.", "{},", "{};", "{}:", "{}!", "{}?", "{}…", "{}%20", "{}+", "({})", "[{}]", "{{{}}}",
    "<{}>", "“{}”", "„{}“", "\u2018{}\u2019", "«{}»", "»{}«", "「{}」", "'{}'", '"{}"',
    "`{}`", "*{}*", "**{}**", "_{}_", "~~{}~~", "||{}||", "[my list]({})",
    "[{}](https://example.org)", '<a href="{}">',
    "Hear this: {}. It is good!", "Was hörst du?\n{}\nMeins!", "听{}吧", "听{}\uff0c很好。",
    "url={}", "\ufeff{}", "{}\u200b", "\u200e{}\u200f", "\u202a{}\u202c",
    "{}\u2060 and more", "\xa0{}\u202f",
    "{}#top", "https://example.org/x, {}", "Spotify: {}", "spotify-dl {}", "{}\\", "{}\\n",
]  # fmt: skip


@pytest.mark.parametrize("around", SURROUNDINGS)
def test_a_link_is_found_in_whatever_stands_around_it(around: str) -> None:
    for link in (LINK, f"{LINK}?si=0a1b2c", LINK.removeprefix("https://")):
        assert parse_link(around.format(link)) == SPOTIFY_PLAYLIST
        assert is_link(around.format(link))
    assert parse_link(around.format(DEEZER_LINK)) == DEEZER_PLAYLIST
    assert parse_link(around.format(f"spotify:playlist:{ID}")) == SPOTIFY_PLAYLIST


SPELLINGS = {
    # shells, JSON, HTML, forms
    f"{LINK}\\?si\\=abc\\&pi\\=x": SPOTIFY_PLAYLIST,
    LINK.replace("/", "\\/"): SPOTIFY_PLAYLIST,
    f"{LINK}?si=a&amp;pi=b": SPOTIFY_PLAYLIST,
    f'&lt;iframe src=&quot;{LINK.replace("com/", "com/embed/")}&quot;&gt;': SPOTIFY_PLAYLIST,
    LINK.replace(":", "%3A").replace("/", "%2F"): SPOTIFY_PLAYLIST,
    f"spotify%3Aplaylist%3A{ID}": SPOTIFY_PLAYLIST,
    # ways to write the same address
    f"HTTPS://OPEN.SPOTIFY.COM/PLAYLIST/{ID}": SPOTIFY_PLAYLIST,
    f"http://www.open.spotify.com:80/playlist/{ID}": SPOTIFY_PLAYLIST,
    f"https://open.spotify.com./playlist//{ID}": SPOTIFY_PLAYLIST,
    f"//open.spotify.com/playlist/{ID}": SPOTIFY_PLAYLIST,
    "m.deezer.com/en-gb/playlist/908622995": DEEZER_PLAYLIST,
    "https://www.deezer.com:443/playlist/908622995": DEEZER_PLAYLIST,
    "http://www.deezer.com/#!/playlist/908622995": DEEZER_PLAYLIST,
    f"intent://open.spotify.com/playlist/{ID}#Intent;scheme=https;end": SPOTIFY_PLAYLIST,
    f"https:/open.spotify.com/playlist/{ID}": SPOTIFY_PLAYLIST,
    f"See...open.spotify.com/playlist/{ID}": SPOTIFY_PLAYLIST,
    f"-open.spotify.com/playlist/{ID}": SPOTIFY_PLAYLIST,
    f"https://open.spotify.com/playlist%2F{ID}": SPOTIFY_PLAYLIST,
    # what mails and chats make of a link
    "https://eur01.safelinks.protection.outlook.com/?url=https%3A%2F%2Fopen.spotify.com%2Fplaylist"
    f"%2F{ID}%3Fsi%3Da&data=05": SPOTIFY_PLAYLIST,
    f"https://l.facebook.com/l.php?u=https%3A%2F%2Fopen.spotify.com%2Fplaylist%2F{ID}&h=x": (
        SPOTIFY_PLAYLIST
    ),
    f"https://www.google.com/url?sa=t&q={DEEZER_LINK}": DEEZER_PLAYLIST,
    f"<{LINK}|Chill>": SPOTIFY_PLAYLIST,
    f"[url={LINK}]Chill[/url]": SPOTIFY_PLAYLIST,
    # URIs
    f"spotify:playlist:{ID}?si=abc": SPOTIFY_PLAYLIST,
    f"spotify:user:playlist:playlist:{ID}": SPOTIFY_PLAYLIST,
    f"SPOTIFY:PLAYLIST:{ID}": SPOTIFY_PLAYLIST,
    f"spotify://playlist/{ID}": SPOTIFY_PLAYLIST,
    f"spotify:{LINK}": SPOTIFY_PLAYLIST,
    f"Deezer:{LINK}": SPOTIFY_PLAYLIST,
    "deezer:playlist:908622995": DEEZER_PLAYLIST,
    "deezer://playlist/908622995": DEEZER_PLAYLIST,
    "deezer://www.deezer.com/album/302127?x=1": Reference(Host.DEEZER, Kind.ALBUM, "302127"),
    # ids
    f"{ID}?si=abc": SPOTIFY_PLAYLIST,
    f"“{ID}”.": SPOTIFY_PLAYLIST,
    "908622995?utm_source=deezer": DEEZER_PLAYLIST,
    "908622995\u200b": DEEZER_PLAYLIST,
    # embeds and players
    f"https://open.spotify.com/embed?uri=spotify%3Aplaylist%3A{ID}&theme=0": SPOTIFY_PLAYLIST,
    f"https://embed.spotify.com/?uri=spotify:user:somebody:playlist:{ID}": SPOTIFY_PLAYLIST,
    f"https://open.spotify.com/oembed?url=https%3A%2F%2Fopen.spotify.com%2Fplaylist%2F{ID}": (
        SPOTIFY_PLAYLIST
    ),
    f"https://open.spotify.com/embed/user/somebody/playlist/{ID}": SPOTIFY_PLAYLIST,
    '<iframe src="https://widget.deezer.com/widget/auto/playlist/908622995?app_id=1">': (
        DEEZER_PLAYLIST
    ),
    "https://www.deezer.com/plugins/player?playlist=true&type=playlist&id=908622995&app_id=1": (
        DEEZER_PLAYLIST
    ),
    # the services' own addresses
    f"https://api.spotify.com/v1/playlists/{ID}/tracks?offset=100&limit=100": SPOTIFY_PLAYLIST,
    f"https://api.spotify.com/v1/users/somebody/playlists/{ID}/tracks": SPOTIFY_PLAYLIST,
    f"https://api.spotify.com/v1/albums/{ID}": Reference(Host.SPOTIFY, Kind.ALBUM, ID),
    "https://api.deezer.com/2.0/playlist/908622995/tracks?index=25": DEEZER_PLAYLIST,
    f"https://accounts.spotify.com/login?continue=https://open.spotify.com/playlist/{ID}&x=1": (
        SPOTIFY_PLAYLIST
    ),
    # the path says what is meant, whatever the parameters name
    f"https://open.spotify.com/track/{ID}?context=spotify:playlist:{OTHER_ID}": Reference(
        Host.SPOTIFY, Kind.TRACK, ID
    ),
    f"https://open.spotify.com/album/{ID}?highlight=spotify:track:{OTHER_ID}": Reference(
        Host.SPOTIFY, Kind.ALBUM, ID
    ),
    f"https://www.deezer.com/track/3?uri=spotify:playlist:{ID}&type=album&id=5": Reference(
        Host.DEEZER, Kind.TRACK, "3"
    ),
    # of several, the first that leads to something we read
    f"https://example.org/ {DEEZER_LINK} {LINK}": DEEZER_PLAYLIST,
    f"https://open.spotify.com/artist/{ID} has https://open.spotify.com/track/{OTHER_ID}": (
        Reference(Host.SPOTIFY, Kind.TRACK, OTHER_ID)
    ),
    f"https://link.deezer.com/s/abc, that is {DEEZER_LINK}": DEEZER_PLAYLIST,
    f"{LINK}\n{DEEZER_LINK}": SPOTIFY_PLAYLIST,
}  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), SPELLINGS.items())
def test_every_spelling_of_a_link_is_read(text: str, expected: Reference) -> None:
    assert parse_link(text) == expected
    assert is_link(text)


LEADS_ELSEWHERE = {
    f"https://open.spotify.com/artist/{ID}?context=spotify:playlist:{ID}": ": an artist",
    f"https://open.spotify.com/artist/{ID}?u=%20spotify%3Aplaylist%3A{ID}": ": an artist",
    f"https://open.spotify.com/show/{ID}": ": a podcast",
    f"https://open.spotify.com/embed-podcast/episode/{ID}": ": an episode of a podcast",
    "https://open.spotify.com/user/somebody": ": somebody’s profile",
    "https://open.spotify.com/collection/tracks": ": the liked songs",
    "spotify:search:amber": ": a search",
    "https://www.deezer.com/fr/profile/5/playlists": ": somebody’s profile",
    "https://www.deezer.com/show/5": ": a podcast",
    "https://www.deezer.com/fr/artist/27/top_track": ": an artist",
    "https://www.deezer.com/en/channels/rap": ": a channel",
    "https://open.spotify.com": "something else on Spotify",
    "https://www.deezer.com/plugins/player?type=playlist": "playlist on Deezer is not complete",
    f"https://open.spotify.com/album/{ID}{ID}": "link to an album on Spotify is not complete",
    f"https://name:word@open.spotify.com/playlist/{ID}": "no link of Spotify or Deezer",
    f"name@open.spotify.com/playlist/{ID}": "no link that we understand",
    "https://api.deezer.com\\@example.org/playlist/1": "no link of Spotify or Deezer",
    f"https://example.org/?u={LINK}": "no link of Spotify or Deezer",
    "https://www.google.com/search?q=deezer": "no link of Spotify or Deezer",
    "http://127.0.0.1/playlist/1": "no link of Spotify or Deezer",
    "https://[::1/playlist/1": "no link of Spotify or Deezer",
    "https://deezer.com.example.org/playlist/1": "no link of Spotify or Deezer",
    "https://notdeezer.com/playlist/1": "no link of Spotify or Deezer",
    "https://song.link/s/abc": "lists one piece on several services",
    "name@b.deezer.com/playlist/1": "no link that we understand",
    "“1999”": "no link that we understand",
    "https://deezer.page.link/": "something else on Deezer",
}


@pytest.mark.parametrize(("text", "words"), LEADS_ELSEWHERE.items())
def test_what_leads_elsewhere_says_to_what(text: str, words: str) -> None:
    with pytest.raises(PlaylistError, match=words) as caught:
        parse_link(text)
    assert "lease" in str(caught.value)


@pytest.mark.parametrize(
    ("address", "name"),
    [
        ("https://music.apple.com/us/playlist/x/pl.u-1", "Apple Music"),
        ("https://embed.music.apple.com/us/album/1", "Apple Music"),
        ("https://music.youtube.com/playlist?list=PL1", "YouTube"),
        ("youtu.be/dQw4w9WgXcQ?list=PL1", "YouTube"),
        ("https://tidal.com/browse/playlist/1b418bb8-90a7", "Tidal"),
        ("https://listen.tidal.com/album/1", "Tidal"),
        ("https://on.soundcloud.com/abc", "SoundCloud"),
        ("https://soundcloud.com/somebody/sets/mine", "SoundCloud"),
        ("https://music.amazon.co.uk/user-playlists/1", "Amazon Music"),
        ("https://music.amazon.de/playlists/B0", "Amazon Music"),
        ("https://open.qobuz.com/playlist/1", "Qobuz"),
        ("https://somebody.bandcamp.com/album/x", "Bandcamp"),
        ("https://web.napster.com/playlist/pp.1", "Napster"),
        ("https://www.last.fm/user/somebody/playlists/1", "Last.fm"),
        ("https://www.pandora.com/playlist/PL:1", "Pandora"),
        ("https://music.yandex.ru/users/somebody/playlists/3", "Yandex Music"),
        ("https://vk.com/music/playlist/1_2_3", "VK"),
        ("https://music.163.com/#/playlist?id=1", "NetEase Cloud Music"),
        ("https://www.jiosaavn.com/featured/x/1", "JioSaavn"),
        ("https://audiomack.com/somebody/playlist/x", "Audiomack"),
    ],
)
def test_a_link_of_another_service_comes_with_the_ways_on(address: str, name: str) -> None:
    for text in (address, f"My list: {address}."):
        with pytest.raises(PlaylistError) as caught:
            parse_link(text)
        for words in (f"link of {name}, which", "CSV file", "find it on Deezer"):
            assert words in str(caught.value)
        assert is_link(text)


@pytest.mark.parametrize(
    ("text", "host", "address"),
    [
        ("https://link.deezer.com/s/30Abc", Host.DEEZER, "https://link.deezer.com/s/30Abc"),
        ("http://LINK.deezer.com:80/s/30Abc.", Host.DEEZER, "https://link.deezer.com/s/30Abc"),
        ("Hear (deezer.page.link/xY1)!", Host.DEEZER, "https://deezer.page.link/xY1"),
        ("*https://dzr.page.link/xY1*", Host.DEEZER, "https://dzr.page.link/xY1"),
        ("https://spotify.link/aB3?_p=c10%20", Host.SPOTIFY, "https://spotify.link/aB3?_p=c10"),
        ("_https://spotify.app.link/aB3_", Host.SPOTIFY, "https://spotify.app.link/aB3"),
        ("听https://spoti.fi/aB3吧", Host.SPOTIFY, "https://spoti.fi/aB3"),
        ("https://open.spotify.com/s/2czejYu", Host.SPOTIFY, "https://open.spotify.com/s/2czejYu"),
        ("(open.spotify.com/s/2czejYu?x=1).", Host.SPOTIFY, "https://open.spotify.com/s/2czejYu"),
        (
            "https://open.spotify.com/intl-de/s/2czejYu%20",
            Host.SPOTIFY,
            "https://open.spotify.com/s/2czejYu",
        ),
        ("https://example.org/ https://spoti.fi/aB3", Host.SPOTIFY, "https://spoti.fi/aB3"),
    ],
)
def test_a_short_link_is_told_apart_and_cleaned(text: str, host: Host, address: str) -> None:
    assert find_link(text) == ShortLink(host, address)
    with pytest.raises(PlaylistError, match="open it in your browser, and paste"):
        parse_link(text)
    assert is_link(text)


@pytest.mark.parametrize(
    "address",
    [
        "https://deezer.page.link/?link=https%3A%2F%2Fwww.deezer.com%2Ftrack%2F123&apn=x",
        "https://spotify.link/content_linking?~campaign=x&$canonical_url=https://www.deezer.com/track/123",
        "https://spotify.app.link/?product=open&$full_url=https%3A%2F%2Fwww.deezer.com%2Ftrack%2F123",
    ],
)
def test_a_long_link_within_a_short_one_needs_no_network(address: str) -> None:
    assert find_link(address) == Reference(Host.DEEZER, Kind.TRACK, "123")


@given(st.sampled_from([*UNDERSTOOD, *SPELLINGS, *LEADS_ELSEWHERE]), st.randoms())
def test_any_damage_to_a_link_ends_in_a_reference_or_a_sentence(
    text: str, chance: random.Random
) -> None:
    letters = list(text)
    for _ in range(chance.randint(1, 5)):
        place = chance.randrange(len(letters) + 1)
        letters[place : place + chance.randint(0, 3)] = chance.choice(
            [
                "",
                " ",
                "/",
                ":",
                "\\",
                "%",
                "%2F",
                "[",
                "@",
                "\u200b",
                "é",
                "\ud800",
                "?uri=",
                "spotify:",
            ]
        )
    try:
        found = find_link("".join(letters))
    except PlaylistError:
        return
    if isinstance(found, Reference):
        assert found.id.isascii() and found.id.isalnum()
    else:
        assert found.address.startswith("https://") and found.address.isascii()
    assert is_link("".join(letters))


@pytest.mark.slow
@pytest.mark.parametrize(
    "piece",
    [
        "a.", "a", "-", "a-.", "a.b/", "https://", "spotify:", "spotify:user:", "\\", "\\a", "/",
        "x@", "%25", "&amp;", "&", "(", "“", "\u200b", "9", "deezer.com/",
        "open.spotify.com/?uri=",
        "https://a", "https://link.deezer.com/s/", "?", "+", "%20", "user/", "playlist/", "http",
    ],
)  # fmt: skip
@pytest.mark.parametrize("end", ["", "!", "/x"])
def test_no_text_takes_long(piece: str, end: str) -> None:
    """Time is linear: the longest text takes milliseconds, and what is longer is not looked at."""
    for count in (MAX_LENGTH // len(piece) - 1, 30_000):
        for head in ("", "https://", "https://link.deezer.com/s/"):
            text = f"{head}{piece * count}{end}"[: MAX_LENGTH if count < MAX_LENGTH else None]
            start = time.process_time()
            is_link(text)
            with contextlib.suppress(PlaylistError):
                find_link(text)
            assert time.process_time() - start < 0.5


def _link_box() -> None:
    from music_mood.panel.shelves import SHELVES
    from music_mood.panel.values import Shelf

    SHELVES[Shelf.LINK]()


@pytest.mark.slow
def test_the_box_takes_no_more_than_is_looked_at() -> None:
    page = AppTest.from_function(_link_box, default_timeout=60).run()
    assert not page.exception
    assert page.text_input(key="link").max_chars == MAX_LENGTH
