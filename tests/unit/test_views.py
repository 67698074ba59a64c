"""Choosing by audio features, the map, and what was heard: the page's logic, without a browser."""

import json
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from emotion.values import EMOTIONS
from music_mood.choosing.mood import mood_distribution
from music_mood.model.targets import TARGET_NAMES, Targets
from music_mood.panel.values import PICKS
from music_mood.values import AudioFeatures, Mood, Playlist, Track

pytestmark = pytest.mark.slow  # every test drives the whole page

MAIN = str(Path(__file__).parents[2] / "main.py")
SLIDERS = [f"tune_{name}" for name in TARGET_NAMES]

# Tracks of each mood have a makers' mood, so that no test depends on the shipped model.
COUNT = 32


def playlist(genres: bool = True) -> Playlist:
    random = np.random.default_rng(5)
    tracks = []
    for i in range(COUNT):
        danceability, acousticness, energy, valence = random.random(4).round(3).tolist()
        features = AudioFeatures(
            danceability, acousticness, energy, 0, 0.1, valence, -9, 0.05, 80 + i
        )
        tracks.append(
            Track(
                f"T{i}",
                f"Artist {i % 16}",
                features=None if i % 16 == 0 else features,
                makers_mood=None if i % 16 == 0 else list(Mood)[i % 4],
                genres=(f"genre {i % 3}",) if genres else (),
            )
        )
    return Playlist("Made up", "demo", tuple(tracks))


def start(tracks: Playlist | None, monkeypatch, emotion="happy") -> AppTest:
    if tracks is not None:
        monkeypatch.setattr("music_mood.panel.shelves.demo_playlist", lambda: tracks)
    app = AppTest.from_file(MAIN, default_timeout=60)
    app.secrets = {}  # never the developer's own
    return feel(app.run(), emotion)


@pytest.fixture
def page(monkeypatch) -> AppTest:
    return start(playlist(), monkeypatch)


def feel(page: AppTest, emotion: str) -> AppTest:
    (pills,) = page.pills
    return pills.set_value(emotion).run()


def fine_tune(page: AppTest) -> AppTest:
    """Unfold what is folded away at first."""
    page.session_state["fine_tune"] = True
    return page.run()


def by_features(page: AppTest) -> AppTest:
    return fine_tune(page).segmented_control(key="chosen_by").set_value("Audio features").run()


def with_map(page: AppTest) -> AppTest:
    return fine_tune(page).toggle(key="map").set_value(True).run()


def press(page: AppTest, label: str) -> AppTest:
    (button,) = [button for button in page.button if button.label == label]
    return button.click().run()


def labels(page: AppTest) -> set[str]:
    return {button.label for button in page.button}


def listed(page: AppTest) -> dict:
    """What the list of tracks was given."""
    ((found,),) = [
        json.loads(one.proto.json)
        for one in page.get("bidi_component")
        if one.proto.component_name == "face_the_music.tracks"
    ]
    return found


def titles(page: AppTest) -> list[str]:
    return [row["title"] for row in listed(page)["rows"]]


def said(page: AppTest, words: str) -> list[str]:
    return [caption.value for caption in page.caption if words in caption.value]


def target_of(emotion: str) -> np.ndarray:
    return Targets.load().at(mood_distribution(np.eye(7)[EMOTIONS.index(emotion)]))


def sliders(page: AppTest) -> np.ndarray:
    return np.array([page.slider(key=key).value for key in SLIDERS])


def heard(page: AppTest, *titles: str) -> None:
    """Stand in for the listener in the page, which needs a browser."""
    uris = {track.uri for track in playlist().tracks if track.title in titles}
    assert len(uris) == len(titles)
    page.session_state["visit"].heard |= uris


# -- choosing by audio features


def test_without_audio_features_neither_sliders_nor_map_are_offered(monkeypatch):
    page = start(None, monkeypatch)
    assert not page.exception
    assert "aim" in {widget.key for widget in page.segmented_control}
    assert not page.expander


def test_fine_tuning_is_folded_away_and_costs_nothing_until_it_is_opened(page):
    assert [one.label for one in page.expander] == ["Fine-tune"]
    assert not {widget.key for widget in (*page.segmented_control, *page.toggle)} & {
        "chosen_by",
        "map",
    }
    page = by_features(page)
    assert sliders(page).shape == (len(TARGET_NAMES),)
    page.slider(key="tune_energy").set_value(0.01).run()
    tuned = titles(page)
    page.session_state["fine_tune"] = False
    page = page.run()
    assert page.slider(key="tune_energy").value == 0.01  # folded, not forgotten
    assert titles(page) == tuned


@pytest.mark.parametrize("emotion", ["happy", "sad", "neutral", "angry"])
def test_sliders_stand_at_the_target_of_the_feeling(monkeypatch, emotion):
    page = by_features(start(playlist(), monkeypatch, emotion))
    assert not page.exception
    target = target_of(emotion)
    assert sliders(page)[:-1] == pytest.approx(target[:-1], abs=0.006)
    assert sliders(page)[-1] == pytest.approx(target[-1], abs=0.51)


def test_a_slider_changes_the_order_and_can_be_taken_back(page):
    page = by_features(page)
    before = titles(page)
    assert "Back to my feeling" not in labels(page)
    for key in SLIDERS[:4]:
        page.slider(key=key).set_value(0.0)
    page.run()
    assert set(titles(page)) != set(before)
    page = press(page, "Back to my feeling")
    assert titles(page) == before
    assert sliders(page)[:-1] == pytest.approx(target_of("happy")[:-1], abs=0.006)


def test_the_first_track_is_the_nearest(page):
    page = by_features(page)
    wanted = playlist().tracks[21].features
    for key, name in zip(SLIDERS, TARGET_NAMES, strict=True):
        value = getattr(wanted, name)
        page.slider(key=key).set_value(int(value) if name == "tempo" else round(value, 2))
    page.run()
    assert titles(page)[0] == "T21"


def test_sliders_begin_anew_with_the_feeling(page):
    page = by_features(page)
    page.slider(key="tune_energy").set_value(0.01).run()
    page = feel(page, "sad")
    assert sliders(page)[:-1] == pytest.approx(target_of("sad")[:-1], abs=0.006)


def test_tracks_without_features_come_last_and_are_marked(page):
    page = by_features(page)
    while "More tracks" in labels(page):
        page = press(page, "More tracks")
    assert len(titles(page)) == COUNT
    assert set(titles(page)[-2:]) == {"T0", "T16"}
    labels_last = [row["label"] for row in listed(page)["rows"][-2:]]
    assert labels_last == ["unknown: no audio features"] * 2


def test_artists_and_genres_of_the_playlist_pull_the_target(page):
    page = by_features(page)
    artists, genres = page.multiselect
    assert set(artists.options) == {f"Artist {i}" for i in range(1, 16)}  # 0 has no features
    assert set(genres.options) == {"genre 0", "genre 1", "genre 2"}
    before = titles(page)
    assert not said(page, "seeds pull")
    artists.set_value(["Artist 5"]).run()
    (words,) = said(page, "seeds pull")
    mean = (playlist().tracks[5].features.energy + playlist().tracks[21].features.energy) / 2
    assert f"energy {(round(target_of('happy')[0], 2) + mean) / 2:.2f}" in words
    assert titles(page) != before


def test_no_genres_no_choice_of_genres(monkeypatch):
    page = by_features(start(playlist(genres=False), monkeypatch))
    assert [choice.label for choice in page.multiselect] == ["More like these artists"]


def test_it_is_told_what_every_feeling_aims_at(page):
    page = by_features(page)
    (words,) = [text.value for text in page.markdown if "**happy**" in text.value]
    words = words.replace("\\", "")  # figures are escaped as what others wrote is
    lines = words.splitlines()
    assert len(lines) == len(EMOTIONS)
    assert f"**happy**: happy music, energy {target_of('happy')[0]:.2f}" in words
    assert f"tempo {target_of('angry')[-1]:.0f}" in lines[0]


# -- the map


def test_the_map_is_drawn_only_when_opened_and_also_said_in_words(page):
    assert not page.get("vega_lite_chart")
    page = with_map(page)
    assert not page.exception
    (chart,) = page.get("vega_lite_chart")
    (words,) = said(page, "On the map")
    assert "30 tracks" in words
    assert "2 have no audio features" in words
    assert chart.proto.alt == "Map of the playlist by valence and energy"


def test_the_visitors_point_follows_the_sliders(page):
    page = by_features(with_map(page))
    page.slider(key="tune_valence").set_value(0.12)
    page.slider(key="tune_energy").set_value(0.34).run()
    (words,) = said(page, "On the map")
    assert "valence 0.12 and energy 0.34" in words


def test_lift_shows_where_it_leads(page):
    page = feel(with_map(page), "sad")
    assert not said(page, "Lift leads to")
    page.segmented_control(key="aim").set_value("lift").run()
    assert said(page, "Lift leads to valence")


# -- nothing twice


@pytest.mark.parametrize("aim", ["match", "lift"])
@pytest.mark.parametrize("way", [lambda page: page, by_features])
def test_more_tracks_leave_the_rows_where_they_are(page, aim, way):
    page.segmented_control(key="aim").set_value(aim).run()
    page = way(page)
    before = titles(page)
    assert len(before) == PICKS
    page = press(page, "More tracks")
    assert titles(page)[:PICKS] == before
    assert len(set(titles(page))) == 2 * PICKS


@pytest.mark.parametrize("way", [lambda page: page, by_features])
def test_other_tracks_do_not_repeat_until_the_playlist_is_used_up(page, way):
    page = way(page)
    seen = titles(page)
    while len(seen) + PICKS <= COUNT:
        page = press(page, "Other tracks")
        assert not set(titles(page)) & set(seen)
        seen += titles(page)
    page = press(page, "Other tracks")
    assert set(seen) | set(titles(page)) == {f"T{i}" for i in range(COUNT)}
    last = titles(page)
    page = press(page, "Other tracks")  # the next round
    assert not set(titles(page)) & set(last)


def test_hearing_a_track_moves_no_row_but_the_next_feeling_does_without_it(page):
    before = titles(page)
    heard(page, *before[:3])
    page.run()
    assert titles(page) == before
    page = press(page, "More tracks")
    assert titles(page)[:PICKS] == before
    page = feel(feel(page, "sad"), "happy")
    assert not set(titles(page)) & set(before[:3])
    assert set(before[3:]) <= set(titles(page))  # shown, but not heard
    assert said(page, f"3 of these {COUNT} tracks had their turn")


def test_one_can_start_over(page):
    before = titles(page)
    assert "Start over" not in labels(page)
    page = press(page, "Other tracks")
    page = press(page, "Start over")
    assert titles(page) == before
    assert "Start over" not in labels(page)


def test_the_last_tracks_offer_no_more(page):
    for _ in range(COUNT // PICKS):
        page = press(page, "More tracks")
    assert len(titles(page)) == COUNT
    assert not {"More tracks", "Other tracks"} & labels(page)


def test_what_one_visitor_heard_is_new_to_another(page, monkeypatch):
    before = titles(page)
    press(page, "Other tracks")
    assert titles(start(playlist(), monkeypatch)) == before


# -- the list follows what changes, and nothing else


def test_the_queue_follows_the_whole_list(page):
    queue = page.session_state["visit"].queue
    ahead = [one.track.title for one in queue.ahead]
    assert ahead[:PICKS] == titles(page)
    assert len(ahead) == len(set(ahead)) == COUNT
    page = feel(page, "sad")
    ahead = [one.track.title for one in page.session_state["visit"].queue.ahead]
    assert ahead[:PICKS] == titles(page)


def test_a_change_of_feeling_changes_what_comes_not_what_plays(page):
    visit = page.session_state["visit"]
    visit.queue = visit.queue.advance()
    now = visit.queue.now
    page = feel(page, "sad")
    queue = page.session_state["visit"].queue
    assert queue.now == now
    assert now not in queue.ahead


def test_the_same_music_once_more_moves_nothing(page):
    before = titles(page)
    heard(page, *before[:3])
    page = feel(page, "surprise")  # its music is happy, too
    assert titles(page) == before
