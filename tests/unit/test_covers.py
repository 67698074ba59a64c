"""Which addresses browsers may fetch a cover from."""

import pytest

from music_mood.clients.covers import APPLE_HOSTS, DEEZER_HOSTS, SPOTIFY_HOSTS, cover_address


@pytest.mark.parametrize(
    ("address", "hosts"),
    [
        ("https://cdn-images.dzcdn.net/images/cover/a/250x250-000000-80-0-0.jpg", DEEZER_HOSTS),
        ("https://e-cdns-images.dzcdn.net/images/cover/a/250x250.jpg", DEEZER_HOSTS),
        ("https://i.scdn.co/image/ab67616d00001e02", SPOTIFY_HOSTS),
        ("https://image-cdn-ak.spotifycdn.com/image/ab67706c0000da84", SPOTIFY_HOSTS),
        ("https://is1-ssl.mzstatic.com/image/thumb/Music/v4/x/100x100bb.jpg", APPLE_HOSTS),
    ],
)
def test_the_services_own_hosts_are_taken(address, hosts):
    assert cover_address(address, hosts) == address


@pytest.mark.parametrize(
    "address",
    [
        None,
        5,
        "",
        "javascript:alert(1)",
        "data:image/png;base64,AAAA",
        "http://i.scdn.co/image/a",
        "//i.scdn.co/image/a",
        "https://evil.example/i.scdn.co",
        "https://i.scdn.co.evil.example/a",
        "https://evilscdn.co/a",
        "https://i.scdn.co@evil.example/a",
        "https://me:secret@i.scdn.co/a",
        "https://i.scdn.co:8443/a",
        "https://i.scdn.co:x/a",
        "https://[i.scdn.co/a",
        "https://i.scdn.co\\@evil.example/a",
        'https://i.scdn.co/a" onerror="alert(1)',
        "https://i.scdn.co/a\n",
        "https://i.scdn.co/\u202ea",
        "https://i.scdn.co/" + "a" * 1000,
    ],
)
def test_everything_else_is_refused(address):
    assert cover_address(address, SPOTIFY_HOSTS) is None
