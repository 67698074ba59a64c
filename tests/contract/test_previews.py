"""What can be played, and from whom."""

from dataclasses import replace
from pathlib import Path

import pytest
import requests

from i18n import Words
from music_mood.commands.answer import as_json as moods_as_json
from music_mood.commands.moods import run
from music_mood.previews.chain import PreviewChain
from music_mood.services import Services
from music_mood.sources.demo import demo_playlist
from music_mood.values import Preview, Track
from tests.contract import faults
from tests.contract.catalogue import Song, song, songs
from tests.contract.deezer import deezer_cover
from tests.contract.others import itunes_entry
from tests.contract.server import FakeWeb, as_json
from tests.contract.world import World

SPOTIFY_PREVIEW = "https://p.scdn.co/mp3-preview/0"


def named(one: Song) -> Track:
    """A track as a CSV file knows it."""
    return Track(one.title, one.artist, duration_ms=one.duration_s * 1000 + 300)


def only(services: Services, track: Track) -> Preview | None:
    [preview] = services.previews.resolve([track]).previews
    return preview


def test_a_file_of_ones_own_comes_first(services: Services, web: FakeWeb) -> None:
    track = replace(
        demo_playlist().tracks[0], preview_url=SPOTIFY_PREVIEW, spotify_id=song(1).spotify_id
    )
    assert only(services, track) == Preview(
        "this machine", "audio/ogg", path=track.audio_path, link=track.link
    )
    assert web.calls == []


def test_a_file_that_is_gone_is_passed_over(services: Services) -> None:
    track = replace(named(song(1)), audio_path=Path("/nowhere/x.mp3"))
    assert only(services, track).source == "Deezer"


def test_the_preview_of_the_source_comes_next(services: Services, web: FakeWeb) -> None:
    preview = only(services, replace(named(song(1)), preview_url=SPOTIFY_PREVIEW))
    assert (preview.source, preview.audio_url) == ("Spotify", SPOTIFY_PREVIEW)
    assert web.calls == []


@pytest.mark.parametrize("address", ["javascript:alert(1)", "file:///etc/passwd", "data:,x", ""])
def test_an_address_that_is_no_web_page_is_not_played(
    services: Services, web: FakeWeb, world: World, address: str
) -> None:
    track = replace(named(song(1)), preview_url=address, deezer_id=str(song(1).deezer_id))
    bad = world.deezer.full(song(1)) | {"preview": address}
    web.misbehave("/deezer/track", as_json(bad))
    web.misbehave("/deezer/search", as_json({"data": [bad]}))
    assert only(services, track).source == "iTunes"


@pytest.mark.parametrize(
    "track",
    [
        Track("x", "y", deezer_id=str(song(4).deezer_id)),
        Track("x", "y", isrc=song(4).isrc),
        named(song(4)),
    ],
    ids=["id", "isrc", "names"],
)
def test_deezer_is_asked_by_id_by_isrc_or_by_name(services: Services, track: Track) -> None:
    preview = only(services, track)
    assert preview.source == "Deezer"
    assert preview.mime == "audio/mpeg"
    assert "/audio/deezer-4.mp3" in preview.audio_url
    assert preview.link == f"https://www.deezer.com/track/{song(4).deezer_id}"
    assert preview.cover_url == deezer_cover(song(4))


def test_an_isrc_that_deezer_lacks_is_looked_up_by_name(services: Services) -> None:
    assert "deezer-4" in only(services, replace(named(song(4)), isrc="USRC17607839")).audio_url


@pytest.mark.parametrize(
    "change",
    [{"artist": "Somebody Else"}, {"duration_ms": 90_000}, {"artist": ""}],
)
def test_a_wrong_match_is_worse_than_none(services: Services, change: dict) -> None:
    assert only(services, replace(named(song(4)), **change)) is None


def test_without_a_length_title_and_artist_must_do_and_that_is_said(
    services: Services, web: FakeWeb
) -> None:
    bare = replace(named(song(4)), duration_ms=None)
    preview = only(services, bare)
    assert preview.source == "Deezer"
    assert "length was not compared" in str(preview.note)
    assert only(services, named(song(4))).note is None
    assert only(services, replace(bare, isrc=song(4).isrc)).note is None  # surely the same
    web.misbehave("/deezer", faults.deezer_error(800), always=True)
    preview = only(services, bare)
    assert (preview.source, preview.audio_url) == ("iTunes", f"{web.url}/audio/itunes-4.m4a")
    assert "length was not compared" in str(preview.note)


def test_the_command_line_says_that_a_length_was_not_compared(
    services: Services, tmp_path: Path
) -> None:
    file = tmp_path / "mine.csv"
    lines = [f'"{one.title}","{one.artist}"' for one in (song(4), song(5))]
    file.write_text("\n".join(["title,artist,length", f"{lines[0]},", f"{lines[1]},x", ""]))
    found = moods_as_json(run([str(file)], services, Words()))
    assert [track["preview_source"] for track in found["tracks"]] == ["Deezer", "Deezer"]
    assert all("not compared" in track["preview_note"] for track in found["tracks"])
    seconds = song(4).duration_s
    file.write_text(f"title,artist,length\n{lines[0]},{seconds // 60}:{seconds % 60:02}\n")
    [track] = moods_as_json(run([str(file)], services, Words()))["tracks"]
    assert (track["preview_source"], track["preview_note"]) == ("Deezer", None)


@pytest.mark.parametrize(
    "change", [{"artist": ""}, {"artist": "Somebody Else"}, {"title": f"{song(4).title} (Live) 4"}]
)
def test_without_a_length_title_and_artist_must_agree(services: Services, change: dict) -> None:
    assert only(services, replace(named(song(4)), duration_ms=None, **change)) is None


def test_itunes_comes_with_its_store_link(services: Services, web: FakeWeb) -> None:
    web.misbehave("/deezer", faults.deezer_error(800), always=True)
    preview = only(services, named(song(6)))
    assert preview.source == "iTunes"
    assert preview.mime == "audio/mp4"
    assert preview.audio_url == f"{web.url}/audio/itunes-6.m4a"
    assert preview.link == "https://music.apple.com/us/album/x/1?i=6"
    assert preview.cover_url == "https://is1-ssl.mzstatic.com/image/thumb/6/100x100bb.jpg"
    [call] = web.calls_to("/itunes")
    assert (call.query["entity"], call.query["limit"]) == ("song", "5")


@pytest.mark.parametrize("address", ["http://is1-ssl.mzstatic.com/a", "https://x.org/a", 7, None])
def test_a_cover_from_elsewhere_is_not_fetched_and_costs_no_preview(
    services: Services, web: FakeWeb, world: World, address: object
) -> None:
    full = world.deezer.full(song(4))
    bad = full | {"album": full["album"] | {"cover_medium": address}}
    web.misbehave("/deezer/search", as_json({"data": [bad]}))
    preview = only(services, named(song(4)))
    assert (preview.source, preview.cover_url) == ("Deezer", None)
    web.misbehave("/deezer", faults.deezer_error(800), always=True)
    apples = itunes_entry(web, song(4)) | {"artworkUrl100": address}
    web.misbehave("/itunes", as_json({"results": [apples]}))
    preview = only(services, named(song(4)))
    assert (preview.source, preview.cover_url) == ("iTunes", None)


def test_spotifys_player_comes_last(services: Services, web: FakeWeb) -> None:
    web.misbehave("/deezer", faults.deezer_error(800), always=True)
    web.misbehave("/itunes", as_json({"results": []}), always=True)
    identifier = song(6).spotify_id
    preview = only(services, replace(named(song(6)), spotify_id=identifier))
    assert preview.embed_url == f"https://open.spotify.com/embed/track/{identifier}"
    assert preview.link == f"https://open.spotify.com/track/{identifier}"
    assert (preview.mime, preview.audio_url) == ("text/html", None)


def test_a_batch_keeps_its_order_and_asks_each_once(services: Services, web: FakeWeb) -> None:
    found = services.previews.resolve([named(one) for one in songs(6)])
    numbers = [preview.audio_url.split("deezer-")[1][0] for preview in found.previews]
    assert numbers == ["0", "1", "2", "3", "4", "5"]
    assert not found.failures
    assert len(web.calls) == 6


@pytest.mark.parametrize(
    "reply", [faults.BROKEN, faults.SILENT, faults.HTML, faults.too_many("30000")]
)
def test_a_provider_that_fails_is_reported_and_the_next_one_asked(
    services: Services, web: FakeWeb, reply
) -> None:
    web.misbehave("/deezer", reply, always=True)
    found = services.previews.resolve([named(one) for one in songs(6)])
    assert [preview.source for preview in found.previews] == ["iTunes"] * 6
    [failure] = found.failures
    assert failure.provider == "Deezer"


def test_itunes_says_403_when_it_means_too_many(services: Services, web: FakeWeb) -> None:
    web.misbehave("/deezer", faults.deezer_error(800), always=True)
    web.misbehave("/itunes", faults.forbidden())
    found = services.previews.resolve([named(song(1))])
    assert found.previews == (None,)
    assert [str(failure) for failure in found.failures] == [
        "iTunes asks for a pause: please try again in 60 seconds."
    ]


@pytest.mark.parametrize("content", [{}, {"results": None}, {"results": [None, 5, {}]}])
def test_itunes_answers_of_another_kind_are_no_preview(
    services: Services, web: FakeWeb, content: dict
) -> None:
    web.misbehave("/deezer", faults.deezer_error(800), always=True)
    web.misbehave("/itunes", as_json(content))
    assert only(services, named(song(1))) is None


def test_a_preview_expires_and_is_resolved_anew(services: Services, web: FakeWeb) -> None:
    track = named(song(3))
    first = only(services, track).audio_url
    answer = requests.get(first, timeout=5)
    assert answer.headers["Content-Type"] == "audio/ogg"
    assert answer.content[:4] == b"OggS"
    web.forward(15 * 60)
    assert requests.get(first, timeout=5).status_code == 403
    second = only(services, track).audio_url
    assert second != first
    assert requests.get(second, timeout=5).content[:4] == b"OggS"


def test_a_provider_with_a_bug_costs_nobody_else() -> None:
    class Broken:
        name = "Broken"

        def preview(self, track: Track) -> Preview | None:
            raise ZeroDivisionError

    class Odd:
        name = "Odd"

        def preview(self, track: Track) -> Preview | None:
            return "https://a.word"

    class Good:
        name = "Good"

        def preview(self, track: Track) -> Preview | None:
            return Preview("Good", "audio/mpeg", audio_url="https://x.example/y")

    found = PreviewChain([Broken(), Odd(), Good()]).resolve([named(song(1))])
    assert found.previews[0].source == "Good"
    assert [failure.provider for failure in found.failures] == ["Broken", "Odd"]
