"""The whole page in a language that does not exist: all it says comes from the catalogue.

Every text of the catalogue is shown in brackets; what stands outside of them is foreign (titles,
names), or was forgotten.
"""

import gettext
import io
import json
import re
from collections.abc import Iterator
from functools import reduce

import numpy as np
import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from emotion.panel import camera
from emotion.panel.mood_chart import in_words
from emotion.timeline import Stretch
from emotion.values import EMOTIONS, Emotion, Feeling
from i18n import LANGUAGES, Words
from i18n.catalogue import ROOT, all_found
from music_mood.choosing.mood import Aim, explain
from music_mood.files.audio_files import AUDIO_SUFFIXES
from music_mood.panel.resources import services
from music_mood.panel.streamlit_words import REFUSED
from music_mood.panel.values import Shelf
from music_mood.values import FEATURE_NAMES
from tests.unit.test_spotify_page import LOGIN

NO_WORDS = re.compile(
    r"(?s):material/\w+:|https?://\S+|<style>.*?</style>|<[^>]*>|&nbsp;"
    r"|\b(?:Face the Music|Spotify|Deezer|Apple Music)\b"
    r"|\{\w+\}"  # a parameter that stands for itself
)
"""What has letters and needs no translation."""


class Pseudo(gettext.NullTranslations):
    """Puts every text of the catalogue into brackets, and its parameters outside of them."""

    def __init__(self) -> None:
        super().__init__()
        self._known = {text for one in all_found() for text in one.texts}

    def gettext(self, message: str) -> str:
        inner = re.sub(r"\{[^{}]+\}", lambda name: f"⟧{name[0]}⟦", message)
        return f"⟦{inner}⟧" if message in self._known else message

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return self.gettext(msgid1 if n == 1 else msgid2)

    def pgettext(self, context: str, message: str) -> str:
        return self.gettext(message)


@pytest.fixture
def pseudo(monkeypatch: pytest.MonkeyPatch) -> None:
    catalogue = Pseudo()
    monkeypatch.setattr("i18n.words._catalogue", lambda language: catalogue)


def unbracketed(text: str) -> str:
    """Give what stands outside of all brackets and has letters."""
    text = re.sub(r"⟦[^⟦⟧]*⟧", "", text)
    text = text.replace(":color[]{}", "").replace("\\", "")  # as i18n.foreign.literal writes
    rest = NO_WORDS.sub("", re.sub(r"\]\([^)]*\)", "", text))
    return rest if re.search(r"[^\W\d_]", rest) else ""


def test_what_is_unbracketed_is_told():
    assert unbracketed("⟦a ⟧⟦b⟧⟦ c⟧ :material/info: **⟦d⟧**") == ""
    assert unbracketed("⟦a⟧ plain") and unbracketed("**plain** ⟦a⟧")


@pytest.mark.parametrize("aim", Aim)
@pytest.mark.parametrize("emotion", Emotion)
def test_the_sentence_on_a_feeling_is_wholly_of_the_catalogue(pseudo, emotion, aim):
    assert unbracketed(Words().say(explain(Feeling.named(emotion), aim))) == ""


def a_shelf() -> None:
    """Draw one shelf, as a page of its own."""
    from streamlit import session_state

    from music_mood.panel.reading import show_summary
    from music_mood.panel.shelves import choose_playlist
    from music_mood.panel.values import Shelf
    from music_mood.panel.visit import this_visit

    this_visit().shelf = Shelf(session_state["which"])
    this_visit().link = session_state["link"]
    shelved = choose_playlist()
    if shelved is not None:
        show_summary(shelved)


STREAMLITS = {*REFUSED, "Error:"}
"""Streamlit's words, beside which a component gets ours for them."""
OWN_NAMES = {*LANGUAGES.values(), "NASA"}
FOREIGN = {
    *("uri", "title", "artist", "cover", "link", "file", "png", "name", "session", "language"),
    *("mood", "shape", "colour", "ink", "way", "silent", "frame"),
}
"""What components get that is foreign, or never shown."""
SHOWN_BY_VEGA = {"description", "text", "title", "label"}


def all_texts_in(data: object, name: str = "") -> Iterator[tuple[str, str]]:
    """Give the texts that a component gets, each with the name it has there."""
    if isinstance(data, dict):
        for key, value in data.items():
            yield from all_texts_in(value, key)
    elif isinstance(data, list):
        for value in data:
            yield from all_texts_in(value, name)
    elif isinstance(data, str):
        yield name, data


def texts_of_chart(spec: object) -> Iterator[str]:
    """Give the texts of a Vega-Lite chart: titles, marks' words and what the legend names."""
    if isinstance(spec, dict):
        for key, value in spec.items():
            if key in SHOWN_BY_VEGA and isinstance(value, str):
                yield value
            if key == "domain" and isinstance(value, list):
                yield from (one for one in value if isinstance(one, str))
            yield from texts_of_chart(value)
    elif isinstance(spec, list):
        for value in spec:
            yield from texts_of_chart(value)


def texts_shown(page: AppTest) -> Iterator[tuple[str, str]]:
    """Give every text that the elements of a page show, and what kind of element shows it."""
    waiting = list(page._tree.children.values())
    while waiting:
        node = waiting.pop()
        waiting += getattr(node, "children", {}).values()
        proto = getattr(node, "proto", None)
        for name in ("label", "body", "help", "placeholder", "text", "title", "alt"):
            found = getattr(proto, name, "")
            if isinstance(found, str) and found:
                yield node.type, found
        for option in getattr(proto, "options", ()):
            yield node.type, option if isinstance(option, str) else option.content
        for image in getattr(proto, "imgs", ()):
            yield from (("image", text) for text in (image.caption, image.alt) if text)
        if node.type == "bidi_component" and proto.json:
            for name, text in all_texts_in(json.loads(proto.json)):
                if name not in FOREIGN:
                    yield f"component: {name}", text
        if spec := getattr(proto, "spec", ""):
            yield from (("chart", text) for text in texts_of_chart(json.loads(spec)))


def names_in(page: AppTest) -> set[str]:
    """Give titles and artists that components get; these stand in sentences, too."""
    found = set()
    for one in page.get("bidi_component"):
        for name, text in all_texts_in(json.loads(one.proto.json or "null")):
            found |= {text} if name in ("title", "artist") and text else set()
    return found


def forgotten(page: AppTest, *foreign: str) -> list[tuple[str, str]]:
    """Give the texts of a page that come from no catalogue, but for foreign ones."""
    assert not page.exception
    shown = list(texts_shown(page))
    assert len(shown) > 3
    suffixes = ", ".join(one.removeprefix(".") for one in AUDIO_SUFFIXES)
    # columns of files keep their names
    known = [suffixes, *FEATURE_NAMES, *sorted(names_in(page), key=len, reverse=True)]
    left = []
    for kind, text in shown:
        assert "Message(" not in text, (kind, text)
        if text not in OWN_NAMES | {*foreign, *STREAMLITS}:
            rest = reduce(lambda rest, name: rest.replace(name, ""), known, text)
            left += [(kind, text)] if unbracketed(rest) else []
    return left


@pytest.mark.slow
@pytest.mark.parametrize(
    ("shelf", "link"),
    [
        (Shelf.DEMO, ""),
        (Shelf.FILES, ""),
        (Shelf.LINK, ""),
        (Shelf.LINK, "no link"),
        (Shelf.LINK, "https://www.deezer.com/artist/1"),
        (Shelf.LINK, "https://music.apple.com/x"),
    ],
)
def test_the_shelves_show_only_what_is_in_the_catalogue(pseudo, shelf, link):
    page = AppTest.from_function(a_shelf, default_timeout=60)
    page.secrets = {}
    page.session_state["which"], page.session_state["link"] = shelf.value, link
    page.run()
    assert forgotten(page, link) == []


# -- the whole page


def line(title: str, artist: int, **figures: object) -> str:
    """One row of a table; without figures it has no audio features."""
    return ",".join(
        [title, str(artist), "7", *(str(figures.get(one, "")) for one in FEATURE_NAMES)]
    )


LIKELY = dict.fromkeys(FEATURE_NAMES, 0.3) | {"loudness": -7, "tempo": 120}
TABLE = "\n".join(
    [
        ",".join(["title", "artist", "genres", *FEATURE_NAMES]),
        *(line(str(i), 100 + i % 3, **LIKELY | {"energy": i / 8}) for i in range(8)),
        line("9", 109),
        line("", 110),
        line("12", 112, **LIKELY | {"valence": "x"}),
        line("13", 113, **LIKELY | {"valence": 7}),
    ]
).encode()
"""Names are figures, so that nothing foreign has letters; three rows have something missing."""


@pytest.fixture
def page(pseudo) -> AppTest:
    app = AppTest.from_file(str(ROOT / "main.py"), default_timeout=60)
    app.secrets = {}
    return app.run()


def photo(page: AppTest, data: bytes) -> AppTest:
    page.segmented_control(key="first_way").set_value("photo").run()
    page.button(key="agree").click().run()
    (uploader,) = (one for one in page.file_uploader if one.key.startswith("photo"))
    uploader.set_value(("1.jpg", data, "image/jpeg"))
    return page.run()


def png(rgb: np.ndarray) -> bytes:
    file = io.BytesIO()
    Image.fromarray(rgb).save(file, "PNG")
    return file.getvalue()


def felt(page: AppTest, emotion: str) -> AppTest:
    (pills,) = page.pills
    return pills.set_value(emotion).run()


@pytest.mark.slow
@pytest.mark.parametrize("way", ["photo", "snapshot"])
def test_the_first_screen_and_what_is_asked_before_a_picture(page, way):
    assert forgotten(page) == []
    page.segmented_control(key="first_way").set_value(way).run()
    assert forgotten(page) == []
    page.button(key="agree").click().run()
    assert forgotten(page) == []


@pytest.mark.slow
@pytest.mark.parametrize("emotion", EMOTIONS)
def test_each_feeling(page, emotion):
    felt(page, emotion)
    assert forgotten(page) == []
    page.segmented_control(key="aim").set_value("lift").run()
    assert forgotten(page) == []


@pytest.mark.slow
def test_pictures_with_faces(page, astronaut_jpeg, astronaut_rgb):
    photo(page, png(np.hstack([astronaut_rgb, astronaut_rgb])))
    assert {"html", "image"} <= {kind for kind, _ in texts_shown(page)}
    assert forgotten(page) == []
    page.button(key="share").click().run()
    assert forgotten(page) == []


@pytest.mark.slow
@pytest.mark.parametrize("data", [png(np.zeros((64, 64, 3), np.uint8)), b"no picture", b""])
def test_pictures_without_a_face(page, data):
    photo(page, data)
    assert forgotten(page) == []


@pytest.mark.slow
def test_more_and_other_tracks(page):
    page.button(key="sample").click().run()
    for key in ("more_tracks", "other_tracks", "start_over"):
        page.button(key=key).click().run()
        assert forgotten(page) == []


@pytest.mark.slow
def test_a_table_its_sliders_and_the_map(page):
    felt(page, "sad")
    page.segmented_control(key="shelf").set_value("files").run()
    (uploader,) = page.file_uploader
    uploader.set_value([("1.csv", TABLE, "text/csv")])
    page.run()
    assert forgotten(page) == []
    page.session_state["fine_tune"] = True
    page.run()
    page.segmented_control(key="chosen_by").set_value("Audio features").run()
    page.toggle(key="map").set_value(True).run()
    page.multiselect[0].set_value(["101"])
    page.slider(key="tune_energy").set_value(0.9).run()
    kinds = {kind for kind, _ in texts_shown(page)}
    assert {"slider", "multiselect", "chart"} <= kinds
    assert forgotten(page) == []
    page.segmented_control(key="aim").set_value("lift").run()
    assert forgotten(page) == []


@pytest.mark.slow
def test_about(page):
    page.button(key="about").click().run()
    shown = [text for _, text in texts_shown(page)]
    assert len(shown) > 30
    # besides the name of the commit
    assert [one for one in forgotten(page) if "⟦commit ⟧" not in one[1]] == []


@pytest.mark.parametrize("shares", [(0.9, 0.1), (0.6, 0.4)])
def test_live_video(pseudo, shares):
    words = Words()
    trouble = camera._troubles(words)
    texts = [*trouble.values(), *camera._translations(words, trouble).values()]
    rows = np.zeros((3, 7), np.float32)
    rows[:, :2] = shares
    texts.append(in_words(words, Stretch(1.0, rows)))
    assert [text for text in texts if unbracketed(text)] == []


@pytest.mark.slow
@pytest.mark.parametrize("shelf", ["spotify", "link"])
def test_with_keys_for_spotify(pseudo, monkeypatch, tmp_path, shelf):
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path / 'music.db'}")
    for name, value in LOGIN.items():
        monkeypatch.setenv(name, value)
    services.close()
    app = AppTest.from_file(str(ROOT / "main.py"), default_timeout=60)
    app.secrets = {}
    felt(app.run(), "sad")
    app.segmented_control(key="shelf").set_value(shelf).run()
    assert forgotten(app) == []
    services.close()
