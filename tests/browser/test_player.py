"""The player in a real Chromium: what sounds, what follows, and what the bar does."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.browser.helpers import (
    open_page,
    player,
    player_really_plays,
    press_in_player,
    sounding,
    wait_for_streamlit_idle,
)
from tests.browser.server import ROOT, Server, streamlit_server
from tests.browser.watch import Watch

pytestmark = [pytest.mark.browser, pytest.mark.slow]

GAP_MS = 300
FIRST, SECOND, THIRD = (f"Happy Acoustic No. {number}" for number in (1, 2, 3))


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The player without the rest of the page."""
    script = ROOT / "tests/browser/apps/player.py"
    with streamlit_server(script, tmp_path_factory.mktemp("player")) as running:
        yield running


@pytest.fixture
def opened(alone: Server, page: Page) -> Page:
    open_page(page, alone.url)
    return page


def title(page: Page):
    return player(page).locator(".ftm-what .ftm-title")


def note(page: Page):
    return player(page).locator(".ftm-note")


def put_in(page: Page, *names: str) -> None:
    """Put tracks that cannot be played before the third."""
    for name in names:
        page.get_by_role("combobox", name="Before the third").click()
        page.get_by_role("option", name=name, exact=True).click()
        page.keyboard.press("Escape")
        wait_for_streamlit_idle(page)


def seek_near_the_end(page: Page, seconds: float = 0.7) -> None:
    slider = player(page).get_by_role("slider", name="Position in the track")
    slider.evaluate(
        """(slider, seconds) => {
            slider.value = slider.max - seconds;
            slider.dispatchEvent(new Event('input', {bubbles: true}));
        }""",
        seconds,
    )


def test_play_is_one_click_and_one_thing_sounds(opened: Page):
    expect(title(opened)).to_have_text(FIRST)
    assert opened.evaluate("[...document.querySelectorAll('audio')].every(one => one.paused)")
    press_in_player(opened, "Play")
    playback = player_really_plays(opened, FIRST)
    assert playback.duration > 20
    press_in_player(opened, "Pause")
    assert opened.evaluate("[...document.querySelectorAll('audio')].every(one => one.paused)")
    press_in_player(opened, "Play")
    player_really_plays(opened, FIRST)


@pytest.mark.alone  # measures time
def test_when_a_track_ends_the_next_begins_at_once(opened: Page):
    press_in_player(opened, "Play")
    player_really_plays(opened, FIRST, 0.3)
    opened.evaluate(
        """() => {
            window.heard = [];
            for (const name of ['ended', 'playing'])
                document.addEventListener(name, event =>
                    window.heard.push([name, performance.now(), event.target.ariaLabel]), true);
        }"""
    )
    for following in (SECOND, THIRD, "Happy Electronic No. 1", "Happy Electronic No. 2"):
        opened.evaluate("window.heard = []")
        seek_near_the_end(opened)
        opened.wait_for_function("() => window.heard.some(([name]) => name === 'ended')")
        player_really_plays(opened, following, 0.3)
        (_, ended, _), *after = opened.evaluate(
            "window.heard.slice(window.heard.findIndex(([name]) => name === 'ended'))"
        )
        began = next(at for name, at, label in after if name == "playing")
        print(f"gap before {following}: {began - ended:.0f} ms")
        assert began - ended < GAP_MS


def test_next_and_previous(opened: Page):
    press_in_player(opened, "Play")
    player_really_plays(opened, FIRST, 0.3)
    press_in_player(opened, "Next track")
    player_really_plays(opened, SECOND, 0.3)
    wait_for_streamlit_idle(opened)
    press_in_player(opened, "Previous track")
    player_really_plays(opened, FIRST, 0.3)
    wait_for_streamlit_idle(opened)
    opened.wait_for_function(
        "() => [...document.querySelectorAll('audio')].some(one => one.currentTime > 3.2)"
    )
    press_in_player(opened, "Previous track")  # later on it begins the track again
    player_really_plays(opened, FIRST, 0.3)
    assert sounding(opened).evaluate("audio => audio.currentTime") < 3


def test_many_quick_steps_end_where_the_visitor_stopped(opened: Page, watch: Watch):
    press_in_player(opened, "Play")
    for _ in range(6):
        press_in_player(opened, "Next track")
    player_really_plays(opened, "Calm Acoustic No. 1", 0.3)
    wait_for_streamlit_idle(opened)
    player_really_plays(opened, "Calm Acoustic No. 1")
    # A track that was passed may have lost its address before a busy browser asks for it; not this.
    playing = sounding(opened).evaluate("audio => audio.currentSrc")
    lost = re.compile(r"404 \(Not Found\) \(http\S+/media/|Audio source error - http\S+/media/")
    assert all(lost.search(error) and playing not in error for error in watch.take())


def test_another_mood_does_not_cut_the_song_and_changes_what_follows(opened: Page):
    press_in_player(opened, "Play")
    player_really_plays(opened, FIRST)
    audio = sounding(opened)
    before = audio.evaluate("audio => (audio.marked = true, audio.currentTime)")
    audio.evaluate(
        "audio => ['pause', 'emptied', 'seeking'].forEach(name => audio.addEventListener(name,"
        " () => (audio.cut = name)))"
    )
    opened.get_by_text("sad", exact=True).first.click()
    wait_for_streamlit_idle(opened)
    player_really_plays(opened, FIRST)
    same = sounding(opened)
    assert same.evaluate("audio => audio.marked === true && audio.cut === undefined")
    assert same.evaluate("audio => audio.currentTime") > before + 1
    seek_near_the_end(opened)
    player_really_plays(opened, "Nostalgic Acoustic No. 1")


def test_other_sound_stops_the_player_and_the_other_way_round(opened: Page):
    press_in_player(opened, "Play")
    player_really_plays(opened, FIRST, 0.3)
    opened.get_by_text("Other sound").click()
    wait_for_streamlit_idle(opened)
    other = opened.locator('audio[aria-label="Other sound"]')
    other.evaluate("audio => audio.play()")
    expect(player(opened).locator(".ftm-row").get_by_role("button", name="Play")).to_be_visible()
    assert sounding(opened).get_attribute("aria-label") == "Other sound"
    press_in_player(opened, "Play")
    player_really_plays(opened, FIRST, 0.3)


def test_the_position_can_be_set_by_keys(opened: Page):
    press_in_player(opened, "Play")
    player_really_plays(opened, FIRST, 0.3)
    slider = player(opened).get_by_role("slider", name="Position in the track")
    slider.focus()
    opened.keyboard.press("End")
    player_really_plays(opened, SECOND, 0.3)
    expect(slider).to_have_attribute("aria-valuetext", re.compile(r"^0:0\d of 0:\d\d$"))


def test_volume_is_remembered(opened: Page):
    press_in_player(opened, "Play")
    player_really_plays(opened, FIRST, 0.3)
    slider = player(opened).get_by_role("slider", name="Volume")
    slider.fill("0.4")
    assert sounding(opened).evaluate("audio => audio.volume") == pytest.approx(0.4)
    press_in_player(opened, "Mute")
    opened.reload()
    opened.wait_for_selector(".ftm-player-bar")
    wait_for_streamlit_idle(opened)
    assert opened.evaluate("[...document.querySelectorAll('audio')].every(one => one.muted)")
    mute = player(opened).get_by_role("button", name="Mute")
    assert mute.get_attribute("aria-pressed") == "true"
    mute.click()
    assert opened.evaluate("document.querySelector('audio').volume") == pytest.approx(0.4)
    assert float(slider.input_value()) == pytest.approx(0.4)


def test_the_queue_is_seen_and_changed(opened: Page):
    press_in_player(opened, "Play")
    player_really_plays(opened, FIRST, 0.3)
    button = player(opened).get_by_role("button", name="Queue", exact=True)
    button.click()
    rows = player(opened).get_by_role("listitem")
    expect(rows.first).to_contain_text(SECOND)
    expect(rows.first).to_contain_text("happy")
    last = "Happy Electronic No. 3"
    player(opened).get_by_role("button", name=f"Play {last} next").click()
    expect(rows.first).to_contain_text(last)
    player(opened).get_by_role("button", name=f"Remove {SECOND} from the queue").click()
    expect(rows.filter(has_text=SECOND)).to_have_count(0)
    opened.keyboard.press("Escape")
    expect(rows).to_have_count(0)
    expect(button).to_be_focused()
    wait_for_streamlit_idle(opened)
    press_in_player(opened, "Next track")
    player_really_plays(opened, last, 0.3)
    press_in_player(opened, "Next track")
    player_really_plays(opened, THIRD, 0.3)
    button.press("Enter")
    player(opened).get_by_role("button", name="Play Calm Electronic No. 2", exact=True).press(
        "Enter"
    )
    player_really_plays(opened, "Calm Electronic No. 2")


def test_the_lock_screen_knows_what_plays(opened: Page):
    opened.evaluate(
        """() => {
            window.keys = {};
            const set = navigator.mediaSession.setActionHandler;
            window.told = () => ({title: navigator.mediaSession.metadata?.title,
                artist: navigator.mediaSession.metadata?.artist,
                artwork: navigator.mediaSession.metadata?.artwork.length,
                state: navigator.mediaSession.playbackState});
        }"""
    )
    assert opened.evaluate("told().state") == "none"
    press_in_player(opened, "Play")
    player_really_plays(opened, FIRST, 0.3)
    expected = {"title": FIRST, "artist": "Immich Memories", "artwork": 1, "state": "playing"}
    assert opened.evaluate("told()") == expected
    press_in_player(opened, "Pause")
    assert opened.evaluate("told().state") == "paused"
    press_in_player(opened, "Next track")
    player_really_plays(opened, SECOND, 0.3)
    assert opened.evaluate("told().title") == SECOND


def test_media_keys_work(new_page, alone: Server):
    page = new_page()
    page.add_init_script(
        """window.keys = {};
        const set = MediaSession.prototype.setActionHandler;
        MediaSession.prototype.setActionHandler = function (name, act) {
            window.keys[name] = act;
            return set.call(this, name, act);
        };"""
    )
    open_page(page, alone.url)
    page.evaluate("keys.play()")
    player_really_plays(page, FIRST, 0.3)
    page.evaluate("keys.nexttrack()")
    player_really_plays(page, SECOND, 0.3)
    page.evaluate("keys.seekto({seekTime: 10})")
    assert sounding(page).evaluate("audio => audio.currentTime") >= 10
    wait_for_streamlit_idle(page)
    page.evaluate("keys.previoustrack()")  # begins it again
    assert sounding(page).evaluate("audio => audio.currentTime") < 5
    page.evaluate("keys.pause()")
    assert page.evaluate("[...document.querySelectorAll('audio')].every(one => one.paused)")


def test_what_nobody_offers_is_skipped_with_a_sentence(opened: Page, watch: Watch):
    put_in(opened, "silent")
    press_in_player(opened, "Play")
    player_really_plays(opened, FIRST, 0.3)
    press_in_player(opened, "Next track")
    player_really_plays(opened, SECOND, 0.3)
    seek_near_the_end(opened)
    player_really_plays(opened, THIRD)
    expect(note(opened)).to_contain_text("Nobody <b>knows</b> this cannot be played")
    expect(note(opened)).to_contain_text("Going on.")
    press_in_player(opened, "Next track")
    expect(note(opened)).to_be_hidden()


def test_a_broken_file_is_skipped_with_a_sentence(opened: Page, watch: Watch):
    put_in(opened, "broken")
    press_in_player(opened, "Play")
    player_really_plays(opened, FIRST, 0.3)
    press_in_player(opened, "Next track")
    player_really_plays(opened, SECOND, 0.3)
    wait_for_streamlit_idle(opened)
    press_in_player(opened, "Next track")
    player_really_plays(opened, THIRD)
    expect(note(opened)).to_have_text(
        "Broken cannot be played: this browser cannot read its sound. Going on."
    )
    assert all("Audio source error" in error for error in watch.take())


def test_a_file_that_broke_before_the_player_knew_it_is_skipped(page: Page, alone, watch: Watch):
    """The browser may fail at an element before the player is told for which track it was drawn."""
    page.add_init_script(
        """{
            const once = new Set();
            window.addEventListener("error", (event) => {
                if (!(event.target instanceof HTMLAudioElement) || once.has(event.target)) return;
                once.add(event.target);
                event.stopImmediatePropagation(); // the player listens at the document
            }, true);
            window.unheard = () => once.size;
        }"""
    )
    open_page(page, alone.url)
    put_in(page, "broken")
    press_in_player(page, "Play")
    player_really_plays(page, FIRST, 0.3)
    page.wait_for_function("() => window.unheard() > 0")
    press_in_player(page, "Next track")
    player_really_plays(page, SECOND, 0.3)
    press_in_player(page, "Next track")
    player_really_plays(page, THIRD)
    expect(note(page)).to_contain_text("Broken cannot be played")
    watch.take()


def test_a_list_that_cannot_be_played_ends_with_a_sentence(opened: Page, watch: Watch):
    put_in(opened, "silent", "silent too", "broken")
    opened.get_by_text("Nothing else").click()
    wait_for_streamlit_idle(opened)
    press_in_player(opened, "Play")
    # the demo's services are out of reach here, so the first is said to be out of reach
    expect(note(opened)).to_be_visible(timeout=20_000)
    wait_for_streamlit_idle(opened)
    assert opened.evaluate("[...document.querySelectorAll('audio')].every(one => one.paused)")
    watch.take()


def test_a_play_from_elsewhere_on_the_page(opened: Page):
    """The list of tracks asks by events, and is told what plays."""
    opened.evaluate(
        """() => {
            window.now = [];
            document.addEventListener('ftm:now', event => window.now.push(event.detail));
            window.ask = (name, uri) =>
                document.dispatchEvent(new CustomEvent(name, {detail: {uri}}));
        }"""
    )
    opened.evaluate("ask('ftm:hello')")
    assert opened.evaluate("now.at(-1)") == {"uri": "", "playing": False}
    press_in_player(opened, "Play")
    player_really_plays(opened, FIRST, 0.3)
    first = opened.evaluate("now.at(-1)")
    assert first["playing"] and first["uri"].startswith("demo:")
    far = "demo:nostalgic_acoustic_1"
    opened.evaluate("uri => ask('ftm:play', uri)", far)
    player_really_plays(opened, "Nostalgic Acoustic No. 1")
    assert opened.evaluate("now.at(-1)") == {"uri": far, "playing": True}
    opened.evaluate("uri => ask('ftm:play', uri)", far)  # once more: pause
    assert opened.evaluate("now.at(-1)") == {"uri": far, "playing": False}
    opened.evaluate("uri => ask('ftm:next', uri)", first["uri"])
    opened.evaluate("ask('ftm:play', 'demo:nothing')")  # unknown: nothing happens
    wait_for_streamlit_idle(opened)
    assert opened.evaluate("now.at(-1).uri") == far
    press_in_player(opened, "Next track")
    player_really_plays(opened, FIRST, 0.3)


def test_the_server_going_away_does_not_stop_what_lies_ready(opened: Page):
    press_in_player(opened, "Play")
    player_really_plays(opened, FIRST, 0.3)
    wait_for_streamlit_idle(opened)
    opened.evaluate("WebSocket.prototype.send = () => {}")  # nothing reaches the server any more
    press_in_player(opened, "Next track")
    player_really_plays(opened, SECOND)
    press_in_player(opened, "Next track")
    player_really_plays(opened, THIRD)


def test_every_control_has_a_name_and_tab_stops_are_few(opened: Page):
    press_in_player(opened, "Play")
    player_really_plays(opened, FIRST, 0.3)
    press_in_player(opened, "Next track")
    wait_for_streamlit_idle(opened)
    controls = player(opened).locator(".ftm-row :is(button, input, a)")
    names = controls.evaluate_all("all => all.map(one => one.ariaLabel ?? one.textContent)")
    assert all(names) and len(set(names)) == len(names)
    stops = []
    opened.get_by_text("The end of the page").click()
    opened.evaluate("document.querySelector('.ftm-row').previousElementSibling.focus()")
    for _ in range(60):
        opened.keyboard.press("Tab")
        where = opened.evaluate(
            "(one => one.closest('.ftm-player-bar') ? one.ariaLabel : one.tagName)"
            "(document.activeElement)"
        )
        stops.append(where)
    assert "AUDIO" not in stops
    assert 5 <= len(set(stops) & set(names)) <= 8


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 390, 320])
def test_it_stays_in_view_and_hides_nothing(new_page, alone: Server, width: int, scheme: str):
    page = new_page(viewport={"width": width, "height": 844}, color_scheme=scheme)
    open_page(page, alone.url)
    press_in_player(page, "Play")
    player_really_plays(page, FIRST, 0.3)
    for _ in range(2):
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        box = player(page).bounding_box()
        assert box["x"] == 0 and box["width"] == width
        assert box["y"] + box["height"] == pytest.approx(844, abs=1)
        press_in_player(page, "Queue")
    press_in_player(page, "Queue")
    panel = player(page).get_by_role("region", name="Up next").bounding_box()
    assert panel is None or (panel["x"] >= 0 and panel["x"] + panel["width"] <= width)
    for name in ("Pause", "Next track", "Queue"):
        button = player(page).locator(".ftm-row").get_by_role("button", name=name, exact=True)
        place = button.bounding_box()
        assert place["width"] >= 36 and place["height"] >= 36
        assert place["x"] >= 0 and place["x"] + place["width"] <= width
    end = page.get_by_text("The end of the page")
    end.scroll_into_view_if_needed()
    page.locator(".stMain").evaluate("main => main.scrollTo(0, main.scrollHeight)")
    bottom = end.bounding_box()["y"] + end.bounding_box()["height"]
    assert bottom <= player(page).bounding_box()["y"]


def test_what_plays_is_announced(opened: Page):
    press_in_player(opened, "Play")
    expect(player(opened).get_by_role("status")).to_have_text(
        f"Now playing: {FIRST}, Immich Memories"
    )
    expect(player(opened).locator("[aria-live]")).to_have_count(1)
