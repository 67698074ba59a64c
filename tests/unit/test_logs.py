"""Every line of the log in one form, and nothing in it of who visits or what they feel."""

import ast
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from i18n import Message, MessageError, plural
from i18n.message import joined
from telemetry.logs import clean, told
from tests.unit.test_rooms import ROOT, SOURCES, TRAINING, name, tree_of

SCRIPT = """
import logging, sys
from telemetry.logs import Form, configure
early = logging.getLogger("streamlit.early")
early.propagate = False
early.addHandler(logging.StreamHandler())
logging.getLogger("uvicorn.access").setLevel(logging.INFO)
logging.getLogger("uvicorn.access").propagate = False
logging.getLogger("uvicorn.error").propagate = False  # as Streamlit and uvicorn leave it
configure(Form(sys.argv[1]))
early.warning("from Streamlit")
from streamlit.logger import get_logger
get_logger("streamlit.later").error("and later, %s", "once")
logging.getLogger("uvicorn.error").info('not this')
logging.getLogger("uvicorn.error").warning('%s - "WebSocket %s" [accepted]',
    "203.0.113.9:5123", "/_stcore/stream?feeling=sad")
logging.getLogger("aioice.ice").info("Check CandidatePair(('203.0.113.9', 1)) State.FROZEN")
silent = logging.getLogger("uvicorn.access")
silent.info("GET /?feeling=sad")
log = logging.getLogger("music_mood.files")
log.debug("not this")
try:
    try:
        float("Mein trauriges Lied.mp3")
    except ValueError as error:
        raise KeyError("alice@example.org") from error
except KeyError:
    log.exception("a file was odd")
"""


def logged(form: str) -> str:
    """What a fresh process writes: what is set there is set for all of it."""
    answer = subprocess.run(
        [sys.executable, "-c", SCRIPT, form], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert answer.stdout == ""
    return answer.stderr


def test_every_line_is_an_object_whoever_wrote_it() -> None:
    lines = [json.loads(line) for line in logged("json").splitlines()]
    assert [(one["level"], one["logger"]) for one in lines] == [
        ("WARNING", "streamlit.early"),
        ("ERROR", "streamlit.later"),
        ("WARNING", "uvicorn.error"),
        ("ERROR", "music_mood.files"),
    ]
    assert lines[1]["message"] == "and later, once"
    assert all(re.match(r"\d{4}-\d\d-\d\d", one["time"]) for one in lines)
    assert "ValueError" in lines[3]["traceback"]


def test_for_people_a_line_is_a_line() -> None:
    text = logged("text")
    assert re.search(r"^\S+ \S+ WARNING streamlit.early: from Streamlit$", text, re.MULTILINE)
    assert text.count("Traceback (most recent call last):") == 2


@pytest.mark.parametrize("form", ["json", "text"])
def test_nothing_personal_is_written(form: str) -> None:
    text = logged(form)
    assert "a file was odd" in text and "KeyError" in text and "[accepted]" in text
    for personal in ("203.0.113.9", "feeling", "sad", "Lied", "alice"):
        assert personal not in text


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("GET /?feeling=sad&way=photo HTTP/1.1", "GET /?… HTTP/1.1"),
        (
            "https://music.example/?code=AQ-x&state=1 came back",
            "https://music.example/?… came back",
        ),
        ("('198.51.100.7', 40000) left", "('[address]', 40000) left"),
        ("for 2001:db8::1, and [2001:db8:0:0:0:0:0:1]:80", "for [address], and [[address]]:80"),
        ("::ffff:1:2 left", "[address] left"),
        ("serving at 127.0.0.1:8501 and 0.0.0.0:80", None),
        ("at 22:10:05, version 1.2.3, is it? yes=no", None),
        ("music_mood::x and Foo::bar", None),
    ],
)
def test_lines_are_cleaned_of_addresses_and_queries(line: str, expected: str | None) -> None:
    assert clean(line) == (line if expected is None else expected)


def test_what_cannot_be_imported_is_told() -> None:
    from traceback import TracebackException

    try:
        import no_such_module  # noqa: F401
    except ImportError as error:
        text = told(TracebackException.from_exception(error))
    assert text.endswith("ModuleNotFoundError: No module named 'no_such_module'")


def test_an_error_is_logged_without_what_goes_into_it() -> None:
    inner = Message("{file} holds {count} tracks.", file="Mein Tagebuch.csv", count=3)
    error = MessageError(joined([inner, Message("Try another.")]))
    assert error.wording == "{file} holds {count} tracks. Try another."
    assert plural("{count} of {a}", "{count} of them in {a}", 2, a="x").wording == (
        "{count} of them in {a}"
    )


# -- the kind: who logs what


SERVED = [path for path in SOURCES if path not in TRAINING]
LEVELS = {"debug", "info", "warning", "error", "exception", "critical"}

MAY_QUOTE = {
    ("emotion/panel/about.py", "error"): "our own models' figures",
    ("music_mood/panel/about.py", "error"): "our own models' figures",
    ("music_mood/panel/spotify_login.py", "error"): "the operator's settings",
    ("music_mood/features/remembered.py", "error"): "the operator's database; our own sentences",
    ("music_mood/features/spotify_legacy.py", "cause"): "figures of a service",
    ("music_mood/clients/reccobeats.py", "cause"): "figures of a service",
    ("serving/frontend.py", "error"): "Streamlit's files",
    ("serving/uploads.py", "error"): "the operator's settings",
    ("serving/uploads.py", "refused"): "a status of HTTP",
}
"""Errors that are logged with all their words: no visitor had a part in them."""


def quoted(path: Path) -> set[tuple[str, str]]:
    """Errors that a module logs by name, words and all."""
    caught = {
        node.name for node in ast.walk(tree_of(path)) if isinstance(node, ast.ExceptHandler)
    } | {"failure", "error", "cause", "exc"}
    found = set()
    for node in ast.walk(tree_of(path)):
        match node:
            case ast.Call(ast.Attribute(ast.Name("log"), level), args) if level in LEVELS:
                names = {arg.id for arg in args if isinstance(arg, ast.Name)}
                found |= {(name(path), one) for one in names & caught}
                assert not [arg for arg in args[:1] if isinstance(arg, ast.JoinedStr)], (
                    f"{name(path)}: a line whose text is made up cannot be judged"
                )
    return found


def test_no_error_is_logged_with_its_words_if_a_visitor_had_a_part_in_it() -> None:
    found = {one for path in SERVED for one in quoted(path)}
    assert found == set(MAY_QUOTE)


def test_there_is_one_configuration() -> None:
    sets = {
        name(path)
        for path in SERVED
        if re.search(r"basicConfig|dictConfig|setLevel|addHandler|print\(", path.read_text())
        and not name(path).startswith(("music_mood/commands/", "i18n/catalogue"))
    }
    # spotipy's own DEBUG lines hold secrets, in commands as well
    assert sets == {"telemetry/logs.py", "music_mood/clients/spotify/accounts.py"}
