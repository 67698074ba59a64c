"""What visitors read is in the catalogues: every text, in every language, and nothing besides."""

import ast
import io
import re
import string
from collections.abc import Callable, Iterator
from contextlib import chdir, suppress
from pathlib import Path

import pytest
from babel.messages.catalog import Message as Entry
from babel.messages.mofile import read_mo

import emotion.errors
import music_mood.errors
from i18n import DEFAULT, LANGUAGES, Message, Words, in_context, joined, language_of, plural
from i18n.catalogue import (
    IN_CONTEXT,
    KEYWORDS,
    ROOT,
    all_found,
    catalogue_of,
    found_in,
    mo_bytes,
    po_bytes,
    po_file,
    updated,
)
from i18n.message import NARROW_NO_BREAK
from music_mood.commands.console import Console

TRANSLATED = [one for one in LANGUAGES if one != DEFAULT]

# -- messages


def test_a_message_is_english_by_itself():
    assert str(Message("Hello {name}", name="you")) == "Hello you"
    assert Message("a {x}", x=1) == Message("a {x}", x=1) != Message("a {x}", x=2)
    assert [str(plural("{count} face", "{count} faces", n)) for n in (0, 1, 2)] == [
        "0 faces",
        "1 face",
        "2 faces",
    ]


def test_messages_in_messages_are_rendered_in_the_same_language():
    wait = plural("{count} second", "{count} seconds", 3)
    assert Words("de").say(Message("{what} … {done}", what=wait, done=1)) == "3 Sekunden … 1"
    assert Words("de").say(joined([wait, "{braces}", in_context("mood", "sad")], ", ")) == (
        "3 Sekunden, {braces}, traurig"
    )


def test_foreign_text_can_be_escaped_and_our_words_are_not():
    inner = Message("entry {number}: {title}", number=1, title="*b*")
    text = Words("de").render(joined([inner, "*c*"]), foreign=lambda text: text.replace("*", "\\*"))
    assert text == r"Eintrag 1: \*b\* \*c\*"


@pytest.mark.parametrize("language", LANGUAGES)
def test_numbers_are_grouped_so_that_nobody_takes_the_mark_for_a_decimal_one(language):
    say = Words(language).say
    assert say("{n}", n=1_234_567) == f"1{NARROW_NO_BREAK}234{NARROW_NO_BREAK}567"
    assert (say("{n}", n=2_026), say("{n}", n=-9_999)) == ("2026", "-9999")
    assert say("{x:.2f}", x=0.5) == {"en": "0.50", "de": "0,50"}[language]


def test_english_is_what_str_gives():
    for message in (
        Message("{n} and {x:g}: {y:.}", n=12_345, x=0.5, y="End."),
        plural("{count} row", "{count} rows", 20_000),
    ):
        assert Words().say(message) == str(message)


def test_a_full_stop_comes_once():
    for reason in ("it is damaged", "It is damaged."):
        assert str(Message("{reason:.}", reason=reason)).endswith("damaged.")


@pytest.mark.parametrize(
    ("wishes", "language"),
    [
        (["de-AT", "en"], "de"),
        (["de_DE.UTF-8"], "de"),
        (["fr", "de"], "de"),
        (["C.UTF-8"], "en"),
        (["POSIX"], "en"),
        ([""], "en"),
        (["den"], "en"),
        ([], "en"),
    ],
)
def test_the_first_language_that_we_speak(wishes, language):
    assert language_of(wishes) == language


def test_an_unknown_language_is_refused():
    with pytest.raises(ValueError, match="expected one of en, de"):
        Words("fr")


# -- catalogues


def entries(language: str) -> list[Entry]:
    return [one for one in catalogue_of(language) if one.id]


def forms(one: Entry) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """English wordings and translations."""
    ids = one.id if isinstance(one.id, tuple) else (one.id,)
    return ids, one.string if isinstance(one.string, tuple) else (one.string,)


def names_in(text: str) -> set[tuple[str, str]]:
    """Names and formats of a wording's parameters."""
    parsed = string.Formatter().parse(text)
    return {(name, spec or "") for _, name, spec, _ in parsed if name is not None}


@pytest.mark.parametrize("language", TRANSLATED)
def test_the_catalogue_has_the_codes_texts_and_no_others(language):
    in_code = {(one.texts[0], one.context) for one in all_found()}
    there = {(forms(one)[0][0], one.context) for one in entries(language)}
    assert there - in_code == set(), "unused: run `make words`"
    assert in_code - there == set(), "missing: run `make words`, and translate"


@pytest.mark.parametrize("language", TRANSLATED)
def test_every_text_is_translated(language):
    plurals = catalogue_of(language).num_plurals
    for one in entries(language):
        ids, translations = forms(one)
        assert all(text.strip() for text in translations), f"{one.id!r} has no translation"
        assert not one.fuzzy, f"{one.id!r} is fuzzy"
        assert len(translations) == (plurals if len(ids) > 1 else 1), one.id


@pytest.mark.parametrize("language", TRANSLATED)
def test_parameters_are_the_same_in_every_language(language):
    for one in entries(language):
        ids, translations = forms(one)
        for text in translations:
            # the singular may leave the number out
            assert names_in(text) | {("count", "")} == names_in(ids[-1]) | {("count", "")}, one.id
            assert ("count", "") in names_in(text) or ("count", "") not in names_in(ids[0]), one.id


@pytest.mark.parametrize("language", TRANSLATED)
def test_german_has_its_own_quotation_marks_and_spaces(language):
    for one in entries(language):
        for text in forms(one)[1]:
            assert not re.search(r"[“”](?=\w)|(?<=\w)”|'", text), text
            assert not re.search(r"[\d}] (%|MB\b)|\d%|}%(?!\w)", text), text


@pytest.mark.parametrize("language", TRANSLATED)
def test_the_compiled_catalogue_is_what_the_translators_wrote(language):
    compiled = po_file(language).with_suffix(".mo").read_bytes()
    assert compiled == mo_bytes(catalogue_of(language)), "run `make words`"
    known = read_mo(io.BytesIO(compiled))
    assert len([one for one in known if one.id]) == len(entries(language))


@pytest.mark.parametrize("language", TRANSLATED)
def test_make_words_changes_nothing_that_is_up_to_date(language):
    once = po_bytes(updated(language))
    assert once == po_file(language).read_bytes(), "run `make words`"
    assert b"Date" not in once.partition(b"#:")[0]


def test_a_new_text_is_found_and_half_a_literal_is_a_mistake():
    source = 'say("One " "two", x=1); plural("{count} a", "{count} b", n); in_context("c", "d")'
    found = {(one.texts, one.context) for one in found_in(source, "x.py")}
    assert found == {(("One two",), None), (("{count} a", "{count} b"), None), (("d",), "c")}
    nested = 'say(Message("outer", x=self.words.say("inner"))); say(other.message)'
    assert {one.texts[0] for one in found_in(nested, "x.py")} == {"outer", "inner"}
    for wrong in ('say(f"Hello {name}")', 'Message("a" + b)'):
        with pytest.raises(ValueError, match=r"x\.py:1: a wording must be a literal"):
            list(found_in(wrong, "x.py"))


# -- nothing visible outside

MODULES = sorted(
    path
    for place in ("main.py", "emotion", "music_mood", "page", "serving")
    for path in ([ROOT / place] if place.endswith(".py") else (ROOT / place).rglob("*.py"))
    if not {"training", "migrations"} & set(path.parts)
)

ERRORS = {
    name
    for module in (emotion.errors, music_mood.errors)
    for name, thing in vars(module).items()
    if isinstance(thing, type) and issubclass(thing, Exception)
}
DRAWN = {
    *("title", "header", "subheader", "markdown", "caption", "text", "write", "badge", "toast"),
    *("info", "warning", "error", "success", "spinner", "status", "progress", "metric"),
    *("button", "download_button", "link_button", "page_link", "popover", "expander", "tabs"),
    *("text_input", "text_area", "number_input", "selectbox", "multiselect", "slider", "radio"),
    *("select_slider", "segmented_control", "pills", "checkbox", "toggle", "feedback"),
    *("file_uploader", "camera_input", "audio_input", "chat_input", "dialog", "image"),
}
"""Streamlit's functions that draw what they are given."""
SPOKEN = {"print", "tell", "answer", "add_argument", "error", "exit", "set_postfix_str"}
"""Functions of command lines that print what they are given."""
SHOWN_ARGUMENTS = {
    *("label", "body", "help", "placeholder", "caption", "text", "title", "alt", "message"),
    *("description", "notes", "note", "reason", "name", "epilog"),
}
MADE = {
    **dict.fromkeys(ERRORS, 1),
    **{"Skipped": 2, "Playlist": 1, "Listed": 1, "Unplayable": 1, "Preview": 0, "Decoded": 0},
    **dict.fromkeys(("add_argument", *KEYWORDS, IN_CONTEXT), 0),
    **{"joined": 1, "download_button": 1},
}
"""What is made of texts for visitors, and how many of its first arguments are such."""

NO_WORDS = re.compile(
    r":material/\w+:|https?://\S+|<[^>]*>|&nbsp;"
    r"|\b(?:Face the Music|Spotify|Deezer|Apple Music)\b"
    r"|\{\w+\}"  # a parameter that stands for itself
)
"""What has letters and needs no translation."""


def outside(path: Path, source: str) -> Iterator[str]:
    """Tell texts that a module shows without a catalogue."""
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call):
            continue
        func = node.func
        name = func.attr if isinstance(func, ast.Attribute) else getattr(func, "id", "")
        is_drawn = name in DRAWN and isinstance(func, ast.Attribute) and "panel" in path.parts
        is_logged = isinstance(func, ast.Attribute) and getattr(func.value, "id", "") == "log"
        is_drawn |= name in DRAWN and isinstance(func, ast.Attribute) and path.name == "main.py"
        is_spoken = name in SPOKEN and ("commands" in path.parts or name == "print")
        if is_logged or not (is_drawn or is_spoken or name in MADE):
            continue
        # what a message is given is foreign, or a message: no words of ours
        is_message = name in KEYWORDS or name == IN_CONTEXT
        named = (one.value for one in node.keywords if is_message or one.arg in SHOWN_ARGUMENTS)
        shown = [*node.args[: MADE.get(name)], *named]
        for text in filter(None, (text for one in shown for text in texts_of(one))):
            if re.search(r"[^\W\d_]{2}", NO_WORDS.sub("", text)):
                yield f"{path.name}:{node.lineno}: {name}: {text!r}"


def texts_of(node: ast.expr) -> Iterator[str]:
    """Give literal texts, also those in f-strings, sums, lists and either branch of a choice."""
    match node:
        case ast.Constant(value=str(text)):
            yield text
        case ast.JoinedStr(values=parts) | ast.BoolOp(values=parts):
            yield from (text for part in parts for text in texts_of(part))
        case ast.List(elts=parts) | ast.Tuple(elts=parts) | ast.Dict(values=parts):
            yield from (text for part in parts for text in texts_of(part))
        case ast.BinOp(left=one, right=other) | ast.IfExp(body=one, orelse=other):
            yield from (*texts_of(one), *texts_of(other))


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_no_text_is_shown_that_is_in_no_catalogue(path: Path) -> None:
    assert list(outside(path, path.read_text("utf-8"))) == []


@pytest.mark.parametrize(
    "source",
    [
        'st.caption("Some words")',
        'st.button(f"Play {title}", key="x")',
        'box.text_input(say("Name"), help="more words")',
        'st.markdown("one" if x else say("two"))',
        'raise PlaylistError("This is wrong.")',
        'raise NotFoundError(f"{NAME} does not know this.", NAME)',
        'Skipped(name, "it is empty")',
        'Playlist("My list", "demo", ())',
        'print("done now")',
        'say("Some {what}", what="words here")',
        'joined(["a piece", other])',
    ],
)
def test_a_text_outside_would_be_found(source: str) -> None:
    assert list(outside(Path("music_mood/panel/x.py"), source))


def test_a_text_of_a_catalogue_is_not() -> None:
    source = 'st.caption(say("Some {what}", what=Message("words")) + "…"); raise OutputError(DONE)'
    assert not list(outside(Path("music_mood/panel/x.py"), source))


# -- the command line

COMMANDS = ["music_mood.commands.moods", "music_mood.commands.label", "music_mood.commands.refresh"]


@pytest.fixture
def locale(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    def set_to(**variables: str) -> None:
        for name in ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"):
            monkeypatch.delenv(name, raising=False)
        for name, value in variables.items():
            monkeypatch.setenv(name, value)

    return set_to


def said(capsys: pytest.CaptureFixture[str], module: str, *arguments: str) -> tuple[str, str]:
    command = __import__(module, fromlist=["main"]).main
    with suppress(SystemExit):
        command(list(arguments))
    out, err = capsys.readouterr()
    return out, err


@pytest.mark.parametrize("module", COMMANDS)
def test_help_is_in_the_readers_language(module, locale, capsys):
    locale(LANG="de_DE.UTF-8")
    help_, _ = said(capsys, module, "--help")
    assert help_.startswith("Aufruf: python -m music_mood")
    assert "Optionen:" in help_ and "diese Hilfe zeigen" in help_
    assert not re.search(r"\b(the|usage|options|show)\b", help_)
    locale(LANG="de_DE.UTF-8", LC_ALL="C.UTF-8")
    help_, _ = said(capsys, module, "--help")
    assert help_.startswith("usage: ") and "show this help message" in help_


@pytest.mark.parametrize(
    ("command", "words"),
    [
        ((COMMANDS[0], []), "diese Argumente fehlen: LINK_OR_FILE"),
        ((COMMANDS[0], ["demo", "--nothing"]), "unbekannte Argumente: --nothing"),
        ((COMMANDS[0], ["missing.csv"]), "Es gibt keine Datei missing.csv."),
        ((COMMANDS[1], ["a.csv", "-o", "b.csv"]), "Es gibt keine Datei a.csv."),
        ((COMMANDS[1], ["a", "-o"]), "Argument -o/--output: hier fehlt ein Wert"),
        ((COMMANDS[1], ["a", "-o", "b", "--workers", "0"]), "ganze Zahl über 0, nicht '0'"),
        ((COMMANDS[1], ["a", "-o", "b", "--workers", "2", "--dask", "x"]), "nicht zusammen mit"),
        ((COMMANDS[2], ["--add", "x", "--list"]), "nicht zusammen mit"),
    ],
)
def test_mistakes_are_told_in_the_readers_language(command, words, locale, capsys, tmp_path):
    locale(LC_MESSAGES="de_AT.UTF-8")
    module, arguments = command
    with chdir(tmp_path):
        _, error = said(capsys, module, *arguments)
    assert words in error


def test_json_stays_english(locale, capsys):
    locale(LANG="de_DE.UTF-8")
    lines, _ = said(capsys, COMMANDS[0], "demo")
    assert lines.startswith("Demo-Playlist, Stimmungen von ihren Machern (demo, 28 Titel)\nruhig")
    printed, _ = said(capsys, COMMANDS[0], "demo", "--json")
    assert '"title": "Demo playlist, labelled by its makers"' in printed
    assert '"mood": "calm"' in printed


def test_several_languages_can_be_wished_for():
    assert Console.of({"LANGUAGE": "fr:de", "LANG": "en_GB.UTF-8"}).words.language == "de"
    assert Console.of({}).words.language == "en"
