"""The link to share leads to what is seen, and takes nothing along that is only the visitor's."""

import pytest

from music_mood.panel.share_link import host_of, link_to_share


@pytest.mark.parametrize(
    ("address", "params", "link"),
    [
        ("http://127.0.0.1:8501", {}, "http://127.0.0.1:8501/"),
        ("https://example.org/music/", {}, "https://example.org/music/"),
        ("https://example.org/?x=1#part", {"x": ["1"]}, "https://example.org/?x=1"),
        (
            "https://example.org/",
            {"feeling": ["happy"], "link": ["https://deezer.com/playlist/1?a=b&c=d"]},
            "https://example.org/?feeling=happy&link=https%3A%2F%2Fdeezer.com%2Fplaylist%2F1%3Fa%3Db%26c%3Dd",
        ),
        ("https://example.org/", {"a": ["1", "2"]}, "https://example.org/?a=1&a=2"),
        (
            "https://example.org/",
            {"title": ["Für Ünal"]},
            "https://example.org/?title=F%C3%BCr+%C3%9Cnal",
        ),
        (
            "https://example.org/?code=secret&state=s",
            {"code": ["secret"], "State": ["s"], "error": ["no"], "about": ["1"], "aim": ["lift"]},
            "https://example.org/?aim=lift",
        ),
        (
            "https://example.org/",
            {"way": ["live"], "lang": ["de"], "face": ["happy90-sad10"]},
            "https://example.org/?face=happy90-sad10",
        ),
        ("https://me:secret@example.org/", {}, "https://example.org/"),
        ("", {"feeling": ["sad"]}, ""),
        ("javascript:alert(1)", {}, ""),
    ],
)
def test_link(address: str, params: dict[str, list[str]], link: str) -> None:
    assert link_to_share(address, params) == link


@pytest.mark.parametrize(
    ("address", "host"),
    [
        ("https://www.example.org/", "example.org"),
        ("https://example.org:8443/music/?feeling=sad", "example.org:8443/music"),
        ("https://me:secret@example.org/", "example.org"),
        ("http://127.0.0.1:8501/", ""),
        ("http://[::1]:8501/", ""),
        ("http://localhost/", ""),
        ("", ""),
    ],
)
def test_what_people_read_of_it(address: str, host: str) -> None:
    assert host_of(address) == host
