"""The page's logic without a browser (Streamlit's AppTest): what is shown after which input."""

import io
import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from emotion.capture import Capture
from emotion.image import MAX_BYTES, SUFFIXES
from music_mood.panel.values import PICKS

pytestmark = pytest.mark.slow  # every test drives the whole page

MAIN = str(Path(__file__).parents[2] / "main.py")


@pytest.fixture
def page() -> AppTest:
    app = AppTest.from_file(MAIN, default_timeout=60)
    app.secrets = {}  # never the developer's own
    return app.run()


def way(page: AppTest, name: str | None) -> AppTest:
    keys = [control.key for control in page.segmented_control]
    return page.segmented_control(key="way" if "way" in keys else "first_way").set_value(name).run()


def agreed(page: AppTest) -> AppTest:
    return way(page, "photo").button(key="agree").click().run()


def named(page: AppTest, emotion: str | None) -> AppTest:
    (pills,) = page.pills
    return pills.set_value(emotion).run()


def shown(page: AppTest, data: bytes, name="me.jpg", mime="image/jpeg") -> AppTest:
    (uploader,) = [one for one in page.file_uploader if one.key.startswith("photo")]
    uploader.set_value((name, data, mime))
    return page.run()


def headings(page: AppTest) -> list[str]:
    """What is said of the music; the first screen has headings of its own."""
    return [one.value for one in page.header if one.value.startswith(":material/")]


def rows(page: AppTest) -> list[dict]:
    """The list of tracks."""
    ((data,),) = [
        json.loads(one.proto.json)
        for one in page.get("bidi_component")
        if one.proto.component_name == "face_the_music.tracks"
    ]
    return data["rows"]


def png(pixels: np.ndarray) -> bytes:
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "PNG")
    return file.getvalue()


def test_it_starts_without_errors_and_asks_before_any_picture(page):
    assert not page.exception
    assert not page.get("file_uploader")
    page = way(page, "photo")
    assert not page.get("file_uploader")
    assert any("An AI guesses" in text.value for text in page.markdown)


def test_a_smiling_photo_leads_to_happy_music(page, astronaut_jpeg):
    page = shown(agreed(page), astronaut_jpeg)
    assert not page.exception
    assert headings(page) == [":material/sunny: Happy music"]
    assert len(rows(page)) == PICKS


def test_several_faces_can_be_chosen(page, astronaut_rgb):
    wide = np.full((512, 900, 3), 200, np.uint8)
    wide[:, :512] = astronaut_rgb
    wide[200:500, 560:860] = np.asarray(Image.fromarray(astronaut_rgb).resize((300, 300)))
    page = shown(agreed(page), png(wide), "two.png", "image/png")
    (choice,) = [c for c in page.segmented_control if "faces" in c.label]
    assert len(choice.options) == 2
    page = choice.set_value(1).run()
    assert not page.exception
    (picture,) = page.get("image")
    assert "Face 2: Looks" in picture.proto.imgs[0].alt


def test_a_picture_without_a_face_gets_a_kind_sentence(page):
    page = shown(agreed(page), png(np.full((300, 300, 3), 90, np.uint8)), "wall.png", "image/png")
    assert not page.exception
    assert "can’t find a face" in page.info[0].value
    assert headings(page) == []


@pytest.mark.parametrize("data", [b"", b"<html>no</html>", b"\xff\xd8\xff\xe0 cut"])
def test_what_is_no_picture_gets_a_sentence(page, data):
    page = shown(agreed(page), data)
    assert not page.exception
    assert len(page.warning) == 1


def test_a_bad_photo_after_a_good_one_loses_nothing(page, astronaut_jpeg):
    page = shown(agreed(page), astronaut_jpeg)
    before = headings(page)
    page.segmented_control(key="shelf").set_value("files").run()
    page = shown(page.button(key="another").click().run(), b"nothing")
    assert len(page.warning) == 1
    assert headings(page) == before
    assert page.segmented_control(key="shelf").value == "files"


def test_a_photo_over_the_limit_says_the_limit_and_what_to_do(page):
    page = shown(agreed(page), b"\xff\xd8\xff" + bytes(MAX_BYTES))
    (warning,) = page.warning
    limit = f"up to {MAX_BYTES >> 20} MB"
    assert limit in warning.value
    assert "Please choose a smaller one" in warning.value
    assert limit in page.file_uploader[0].help


def test_the_picker_offers_what_can_be_read(page):
    """And no other limit than the server's: Streamlit's own refusal says nothing of what to do."""
    proto = agreed(page).file_uploader[0].proto
    assert {suffix.removeprefix(".") for suffix in proto.type} == {*SUFFIXES}
    assert {"jpg", "jfif", "jpe", "pjpeg", "png", "webp", "heic", "avif"} <= {*SUFFIXES}
    assert proto.max_upload_size_mb > MAX_BYTES >> 20


def test_the_music_stays_while_another_way_is_tried(page):
    page = way(named(page, "sad"), "photo")
    assert headings(page)[0].endswith("Sad music")


@pytest.mark.parametrize(
    ("emotion", "mood"),
    [
        ("angry", "Energetic"),
        ("disgust", "Sad"),
        ("fear", "Energetic"),
        ("happy", "Happy"),
        ("sad", "Sad"),
        ("surprise", "Happy"),
        ("neutral", "Calm"),
    ],
)
def test_every_emotion_named_by_hand_leads_to_music(page, emotion, mood):
    page = named(page, emotion)
    assert headings(page)[0].endswith(f"{mood} music")
    assert len(rows(page)) == PICKS


def test_more_tracks_can_be_asked_for(page):
    page = named(page, "happy")
    before = rows(page)
    (more,) = [button for button in page.button if button.label == "More tracks"]
    page = more.click().run()
    assert rows(page)[:PICKS] == before
    assert len(rows(page)) == 2 * PICKS


def test_a_face_to_try_with_asks_nobody_to_agree(page):
    page = page.button(key="sample").click().run()
    assert not page.exception
    assert headings(page) == [":material/sunny: Happy music"]
    assert not page.session_state["visit"].part(Capture).consent


def test_a_photo_without_a_face_ends_what_an_earlier_face_said(page, astronaut_jpeg):
    wall = png(np.full((300, 300, 3), 90, np.uint8))
    page = shown(agreed(page), astronaut_jpeg)
    assert headings(page)
    page = shown(page.button(key="another").click().run(), wall, "wall.png", "image/png")
    assert headings(page) == []
    assert "can’t find a face" in page.info[0].value


def test_a_photo_without_a_face_leaves_what_the_visitor_said(page):
    wall = png(np.full((300, 300, 3), 90, np.uint8))
    page = shown(agreed(named(page, "sad")), wall, "wall.png", "image/png")
    assert headings(page) == [":material/rainy: Sad music"]


def test_what_the_visitor_did_last_rules_whichever_way_is_open(page, astronaut_jpeg):
    page = named(shown(agreed(page), astronaut_jpeg), "sad")
    assert headings(page) == [":material/rainy: Sad music"]
    page = way(page, "snapshot")
    page = way(page, "photo")  # shows the photo again, and changes nothing by that
    assert page.get("image")
    assert headings(page) == [":material/rainy: Sad music"]
    page = page.button(key="use_picture").click().run()
    assert headings(page) == [":material/sunny: Happy music"]


def test_a_correction_can_be_taken_back(page, astronaut_jpeg):
    page = named(shown(agreed(page), astronaut_jpeg), "sad")
    page = named(page, None)
    assert headings(page) == [":material/sunny: Happy music"]


def test_a_way_remembers_what_was_in_it(page, astronaut_jpeg):
    page = shown(agreed(page), astronaut_jpeg)
    page = way(way(page, "snapshot"), "photo")
    assert not page.get("file_uploader")
    assert "Looks happy" in page.get("image")[0].proto.imgs[0].alt


def test_visitors_do_not_see_each_others_pictures(page, astronaut_jpeg):
    shown(agreed(page), astronaut_jpeg)
    other = AppTest.from_file(MAIN, default_timeout=60).run()
    assert other.session_state["visit"].part(Capture) == Capture()
    assert headings(other) == []
