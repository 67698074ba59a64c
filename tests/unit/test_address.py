"""The address holds the visitor's choices: reload, back, a shared link and a restart show them."""

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from music_mood.choosing.mood import Aim
from music_mood.panel import address
from music_mood.panel.values import Shelf, Turn
from music_mood.panel.visit import Visit
from music_mood.reference import MAX_LENGTH

pytestmark = pytest.mark.slow  # every test drives the whole page

MAIN = str(Path(__file__).parents[2] / "main.py")


def page(**query: str) -> AppTest:
    app = AppTest.from_file(MAIN, default_timeout=60)
    app.secrets = {}
    for name, value in query.items():
        app.query_params[name] = value
    return app.run()


def headings(app: AppTest) -> list[str]:
    """What is said of the music; the first screen has headings of its own."""
    return [one.value for one in app.header if one.value.startswith(":material/")]


def query(app: AppTest) -> dict[str, str]:
    """What the page wrote comes as it is, what the test wrote comes in lists."""
    written = dict(app.query_params).items()
    return {name: value if isinstance(value, str) else value[0] for name, value in written}


def test_a_shared_link_shows_the_same_view():
    app = page(feeling="sad", aim="lift", **{"from": "link"})
    assert not app.exception
    assert headings(app) == [":material/rainy: Sad music"]
    assert app.segmented_control(key="aim").value == "lift"
    assert app.segmented_control(key="shelf").value == "link"
    assert query(app) == {"feeling": "sad", "aim": "lift", "from": "link"}


def test_what_the_visitor_does_is_written_into_the_address():
    app = page()
    assert query(app) == {}
    app.pills(key="first_feeling").set_value("happy").run()
    app.segmented_control(key="aim").set_value("lift").run()
    app.segmented_control(key="shelf").set_value("files").run()
    assert query(app).items() >= {"feeling": "happy", "aim": "lift", "from": "files"}.items()


def test_a_reading_comes_back_without_its_picture():
    app = page(face="happy81-neutral19")
    assert headings(app) == [":material/sunny: Happy music"]
    assert any("You look mostly happy (81" in text.value for text in app.markdown)
    assert not app.get("image") and not app.get("file_uploader")


def test_back_in_the_browser_brings_the_earlier_choice_back(monkeypatch):
    monkeypatch.setattr(address, "SETTLED_S", 0.0)
    app = page()
    app.pills(key="first_feeling").set_value("happy").run()
    app.pills(key="feeling").set_value("sad").run()
    app.query_params["feeling"] = "happy"
    app.run()
    assert headings(app) == [":material/sunny: Happy music"]
    del app.query_params["feeling"]
    app.run()
    assert headings(app) == []


def test_a_click_that_the_browser_made_before_it_knew_the_address_undoes_nothing(monkeypatch):
    monkeypatch.setattr(address, "SETTLED_S", 600.0)  # however slow the machine is
    app = page()
    app.pills(key="first_feeling").set_value("happy").run()
    del app.query_params["feeling"]  # as it was when the next click left the browser
    app.segmented_control(key="aim").set_value("lift").run()
    assert headings(app) == [":material/sunny: Happy music"]
    assert query(app).items() >= {"feeling": "happy", "aim": "lift"}.items()


def test_an_address_that_makes_no_sense_is_the_first_page():
    app = page(feeling="hungry", aim="up", lang="tlh", face="x", way="mirror", **{"from": "moon"})
    assert not app.exception
    assert headings(app) == []
    assert query(app) == {}


def test_a_visit_in_the_address_and_back():
    before = Visit(aim=Aim.LIFT, shelf=Shelf.LINK, link="https://www.deezer.com/playlist/5")
    before.language = "de"
    after = Visit()
    after.take_up(before.to_query())
    assert (after.aim, after.shelf, after.link) == (before.aim, before.shelf, before.link)
    assert after.language == "de"


def test_no_token_and_no_file_is_ever_written_into_the_address():
    visit = Visit()
    visit.spotify.name, visit.spotify.returned = "Somebody", "state"
    assert visit.to_query() == {}


def test_a_link_in_the_address_is_no_longer_than_one_that_is_typed():
    visit = Visit()
    visit.take_up({"link": "a" * 100_000})
    assert len(visit.link) == MAX_LENGTH


def rows(app: AppTest) -> list[str]:
    visit = app.session_state["visit"]
    return list(visit.turn.order[: visit.turn.count])


def button(app: AppTest, key: str) -> AppTest:
    return app.button(key=key).click().run()


def test_a_fresh_page_needs_no_rows_in_its_address():
    app = page(feeling="happy")
    assert "tracks" not in query(app)
    assert rows(page(**query(app))) == rows(app)


@pytest.mark.parametrize("press", ["more_tracks", "other_tracks"])
def test_rows_that_a_fresh_page_would_not_show_come_back(press):
    app = button(page(feeling="happy"), press)
    assert rows(page(**query(app))) == rows(app)
    assert rows(app) != rows(page(feeling="happy"))


def test_rows_of_another_playlist_are_not_waited_for():
    app = page(feeling="happy", tracks="deezer:track:1,demo:nothing")
    assert not app.exception
    assert rows(app) == rows(page(feeling="happy"))


def test_the_track_that_was_playing_is_in_the_player_again():
    third = rows(page(feeling="happy"))[2]
    app = page(feeling="happy", now=third)
    assert app.session_state["visit"].queue.now.track.uri == third
    app = page(feeling="happy", now="demo:nothing")
    assert app.session_state["visit"].queue.now is None


def test_the_visitors_own_files_are_not_named_in_the_address():
    app = page(feeling="happy", **{"from": "files"})
    app.file_uploader(key="files").set_value(("Diary.csv", b"title,artist\nA,B\nC,D\n", "text/csv"))
    app.run()
    app.session_state["visit"].heard = frozenset({"x"})
    app.run()
    assert rows(app)
    assert query(app) == {"feeling": "happy", "from": "files"}


def test_an_address_stays_short_enough_to_go_everywhere():
    visit = Visit(heard=frozenset({"x"}))
    names = tuple(f"track:{'ä' * 100}{number}" for number in range(30))
    visit.turn = Turn((), frozenset(), (), count=30, order=names)
    assert "tracks" not in visit.to_query()
    visit.turn = Turn((), frozenset(), (), count=2, order=("a,b", "c%2C"))
    again = Visit()
    again.take_up(visit.to_query())
    assert again.rows == ("a,b", "c%2C")
