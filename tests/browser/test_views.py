"""Choosing by audio features, the map, and nothing twice, in a real Chromium."""

import re

import numpy as np
import pytest
from playwright.sync_api import Locator, Page, expect

from music_mood.panel.values import PICKS
from music_mood.values import FEATURE_NAMES
from tests.browser.helpers import (
    open_page,
    player_really_plays,
    row_titles,
    rows,
    upload,
    wait_for_streamlit_idle,
)
from tests.browser.server import Server

pytestmark = pytest.mark.browser

COUNT = 30


def csv() -> bytes:
    """Tracks all over the map, the last one without features."""
    random = np.random.default_rng(3)
    lines = [",".join(["title", "artist", "genres", *FEATURE_NAMES])]
    for i in range(COUNT - 1):
        shares = dict(zip(FEATURE_NAMES, random.random(9).round(3), strict=True))
        figures = shares | {"loudness": -10, "tempo": 80 + i}
        lines.append(",".join([f"Song {i}", f"Artist {i % 9}", "pop", *map(str, figures.values())]))
    lines.append(",".join(["Song nobody measured", "Artist 1", "pop", *[""] * 9]))
    return "\n".join(lines).encode()


@pytest.fixture
def opened(page: Page, server: Server) -> Page:
    open_page(page, server.url)
    return page


@pytest.fixture
def listed(opened: Page) -> Page:
    """With a playlist that has audio features."""
    feel_with_players(opened, "happy")
    choose(opened, "My files")
    upload(opened, "mine.csv", "text/csv", csv())
    return opened


def choose(page: Page, name: str) -> None:
    page.get_by_role("radio", name=name).click()
    wait_for_streamlit_idle(page)


def feel(page: Page, emotion: str) -> None:
    page.get_by_role("radio", name=emotion).click()
    expect(page.get_by_role("heading", name=f"{emotion.capitalize()} music")).to_be_visible()
    wait_for_streamlit_idle(page)


def feel_with_players(page: Page, emotion: str) -> None:
    """As `feel`, with the demo: sound that goes while it still loads is a failed request."""
    feel(page, emotion)
    expect(rows(page)).to_have_count(PICKS)
    expect(page.locator("audio")).to_have_count(3)
    page.wait_for_function(
        "() => [...document.querySelectorAll('audio')].every(audio => audio.readyState > 0)"
    )


def fine_tune(page: Page) -> None:
    """Unfold what is folded away at first."""
    if not page.get_by_role("radio", name="Audio features").is_visible():
        page.get_by_text("Fine-tune").click()
        expect(page.get_by_role("radio", name="Audio features")).to_be_visible()
        wait_for_streamlit_idle(page)


def by_features(page: Page) -> None:
    fine_tune(page)
    page.get_by_role("radio", name="Audio features").click()
    expect(page.get_by_text("What each feeling aims at")).to_be_visible()
    wait_for_streamlit_idle(page)


def open_map(page: Page) -> None:
    fine_tune(page)
    page.get_by_text("Map", exact=True).click()
    expect(page.get_by_text("On the map:")).to_be_visible()
    wait_for_streamlit_idle(page)


def titles(page: Page) -> list[str]:
    return row_titles(page)


def first_title(page: Page) -> Locator:
    return rows(page).get_by_role("heading", level=4).first


def the_map(page: Page) -> Locator:
    # Playwright's get_by_role does not know the roles of WAI-ARIA Graphics
    return page.locator('[role="graphics-document"][aria-label^="Map of the playlist"]')


def tracks_on(chart: Locator) -> Locator:
    """The tracks' marks; each says its track, for those who cannot see it."""
    return chart.locator('[aria-label*="title: Song "][aria-label*="artist: Artist "]')


def you_on(chart: Locator) -> Locator:
    return chart.locator('[aria-label="You"]')


def middle(mark: Locator, chart: Locator | None = None) -> tuple[float, float]:
    """Where a mark's middle is in the window, or in the chart."""
    box = mark.bounding_box()
    origin = chart.bounding_box() if chart else {"x": 0, "y": 0}
    x, y = (box[side] - origin[side] for side in "xy")
    return x + box["width"] / 2, y + box["height"] / 2


def test_sliders_stand_at_the_feelings_target_and_change_the_order(listed: Page):
    by_features(listed)
    by_target = titles(listed)
    energy = listed.get_by_role("slider", name="Energy")
    target = float(energy.input_value())
    assert 0.3 < target < 1
    energy.press("Home")
    back = listed.get_by_role("button", name="Back to my feeling")
    expect(back).to_be_visible()
    wait_for_streamlit_idle(listed)
    assert titles(listed) != by_target
    back.click()
    expect(back).to_have_count(0)
    wait_for_streamlit_idle(listed)
    assert titles(listed) == by_target
    assert float(energy.input_value()) == target
    feel(listed, "sad")
    assert float(energy.input_value()) < target


def test_an_artist_of_the_playlist_can_be_a_seed(listed: Page):
    by_features(listed)
    before = titles(listed)
    artists = listed.get_by_role("combobox", name=re.compile("More like these artists"))
    # a page that scrolls closes the list of options: leave it nothing to scroll
    listed.set_viewport_size({"width": 1440, "height": 1800})
    wait_for_streamlit_idle(listed)
    artists.fill("Artist 4")
    expect(listed.get_by_role("option", name="Artist 4")).to_be_attached()
    artists.press("Enter")
    expect(listed.get_by_text("The seeds pull halfway")).to_be_visible()
    wait_for_streamlit_idle(listed)
    assert titles(listed) != before


def test_the_map_shows_the_tracks_and_the_visitor(listed: Page):
    expect(the_map(listed)).to_have_count(0)
    open_map(listed)
    chart = the_map(listed)
    expect(tracks_on(chart)).to_have_count(COUNT - 1)
    expect(you_on(chart)).to_have_count(1)
    expect(chart.get_by_text("You")).to_be_visible()
    expect(listed.get_by_text(f"On the map: {COUNT - 1} tracks")).to_be_visible()
    expect(listed.get_by_text("1 has no audio features")).to_be_visible()


def test_tracks_lie_by_valence_and_energy(listed: Page):
    open_map(listed)
    marks = tracks_on(the_map(listed))
    expect(marks).to_have_count(COUNT - 1)
    words = [mark.get_attribute("aria-label") for mark in marks.all()]
    valence, energy = (
        [float(re.search(rf"{name}: ([\d.]+)", label)[1]) for label in words]
        for name in ("valence", "energy")
    )
    places = np.array([middle(mark) for mark in marks.all()])
    assert np.corrcoef(places[:, 0], valence)[0, 1] > 0.99
    assert np.corrcoef(places[:, 1], energy)[0, 1] < -0.99  # up is more


def test_the_visitors_point_moves_with_the_sliders(listed: Page):
    by_features(listed)
    open_map(listed)
    chart = the_map(listed)
    you = you_on(chart)
    expect(you).to_have_count(1)
    before = middle(you, chart)
    listed.get_by_role("slider", name="Valence").press("Home")
    expect(listed.get_by_text("lies at valence 0.00")).to_be_visible()
    wait_for_streamlit_idle(listed)
    after = middle(you, chart)
    assert after[0] < before[0] - 50
    assert after[1] == pytest.approx(before[1], abs=3)


def test_hovering_names_the_track(listed: Page):
    open_map(listed)
    mark = the_map(listed).locator('[aria-label*="title: Song 7;"]')
    mark.evaluate("mark => mark.scrollIntoView({ block: 'center' })")  # not below the player
    listed.mouse.move(*middle(mark))
    tip = listed.locator("#vg-tooltip-element.visible")
    expect(tip).to_contain_text("Song 7")
    expect(tip).to_contain_text("Artist 7")


def test_other_tracks_do_not_repeat_until_all_had_their_turn(listed: Page):
    seen = titles(listed)
    while len(seen) < COUNT:
        listed.get_by_role("button", name="Other tracks").click()
        expect(first_title(listed)).not_to_have_text(seen[-PICKS])
        wait_for_streamlit_idle(listed)
        assert not set(titles(listed)) & set(seen)
        seen += titles(listed)
    assert len(set(seen)) == COUNT
    listed.get_by_role("button", name="Start over").click()
    expect(first_title(listed)).to_have_text(seen[0])
    wait_for_streamlit_idle(listed)
    assert titles(listed) == seen[: len(titles(listed))]


def test_only_what_was_heard_is_not_offered_again(opened: Page):
    feel_with_players(opened, "happy")
    before = titles(opened)
    rows(opened).nth(1).get_by_role("button", name=f"Play {before[1]}").first.click()
    player_really_plays(opened, before[1])
    wait_for_streamlit_idle(opened)
    assert titles(opened) == before  # no row moves while music plays
    player_really_plays(opened, before[1], 0.3)
    feel_with_players(opened, "sad")
    feel_with_players(opened, "happy")
    after = titles(opened)
    assert before[1] not in after
    assert set(before) - {before[1]} <= set(after)
    expect(opened.get_by_text("1 of these 28 tracks had its turn")).to_be_visible()


@pytest.mark.parametrize("width", [320, 1440])
def test_what_is_folded_away_has_room_on_every_screen(new_page, server: Server, width: int):
    page = new_page(viewport={"width": width, "height": 900})
    open_page(page, server.url)
    feel(page, "sad")
    choose(page, "My files")
    upload(page, "mine.csv", "text/csv", csv())
    by_features(page)
    open_map(page)
    page.get_by_text("What each feeling aims at").click()
    expect(page.get_by_text("sad music, energy").first).to_be_visible()
    for scrolls in (page.get_by_test_id("stMain"), page.get_by_test_id("stPopoverBody")):
        assert scrolls.evaluate("one => one.scrollWidth - one.clientWidth") <= 0
    page.keyboard.press("Escape")
    sliders = page.get_by_test_id("stSlider").all()
    assert len(sliders) == 5
    for slider in sliders:
        assert slider.get_by_role("slider").get_attribute("aria-label")
        box = slider.bounding_box()
        assert box["x"] >= 0 and box["x"] + box["width"] <= width
