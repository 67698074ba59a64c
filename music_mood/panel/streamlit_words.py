"""Streamlit's own words in the page's language: "Upload", "Take Photo", "Press Enter to apply".

Streamlit 1.67 has them in its JavaScript, in English, without a setting. A small script in the
page replaces those it knows, texts and names for screen readers alike (see the .js file); style
sheets could only paint over what is seen. If the script does not run, the words are English.

Why a file was not taken Streamlit tells in a tooltip alone, and in words for programmers: that
becomes a sentence of ours (`REFUSED`), and stands below the uploader for all to see.
"""

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from streamlit.components.v2 import component

from i18n import DEFAULT, Message, Words

STREAMLITS: tuple[Message, ...] = (
    # the uploader; utils.ts and FileUploader.tsx
    Message("Upload"),
    Message("Add files"),
    Message("file upload"),
    Message("Drag and drop a file here"),
    Message("Drag and drop files here"),
    Message("{size} per file • {kinds}", size="{size}", kinds="{kinds}"),
    Message("{size} per file", size="{size}"),
    Message("{name}, {size}", name="{name}", size="{size}"),
    Message("{size}", size="{size}"),
    Message("Remove {name}", name="{name}"),
    Message("File must be {size} or smaller.", size="{size}"),
    Message("{kind} files are not allowed.", kind="{kind}"),
    Message("Upload failed"),
    # the camera
    Message("Take Photo"),
    Message("Clear photo"),
    Message("Switch camera"),
    Message("This app would like to use your camera."),
    Message("Learn how to allow access."),
    Message("Uploading..."),
    # fields and menus
    Message("Press Enter to apply"),
    Message("Clear entry"),
    Message("Clear value"),
    Message("Open"),
    Message("No results"),
    Message("No options to select"),
    Message("{count} options available.", count="{count}"),
    Message("1 option available."),
    Message("Select all"),
    Message("Select {count} matches", count="{count}"),
    Message("Selected values"),
    Message("Clear all"),
    Message("Dismiss"),
    # around the page
    Message("Skip to main content"),
    Message("Help for {label}", label="{label}"),
    Message("Download as PNG: {name}", name="{name}"),
    Message("Download as PNG"),
    Message("Copy Vega-Lite spec: {name}", name="{name}"),
    Message("Copy Vega-Lite spec"),
    Message("Copied!"),
    Message("Fullscreen: {name}", name="{name}"),
    Message("Close fullscreen: {name}", name="{name}"),
    Message("Fullscreen"),
    Message("Close fullscreen"),
    Message("Close"),
    Message("Running..."),
    Message("Stop"),
    Message("Connection lost. Please wait for the app to reconnect, then try again."),
)
"""As they stand in Streamlit's bundle, the longer of two that begin alike first. A parameter
stands for itself: the script fills it in."""

_FAILED = "AxiosError: "

REFUSED: Mapping[str, Message] = MappingProxyType(
    {
        f"{_FAILED}Request failed with status code 413": Message(
            "There is no room for that: it is too large, or too much together with what you have "
            "brought. Take some away, and try again; the question mark above says how much there "
            "is room for."
        ),
        f"{_FAILED}Request failed with status code 507": Message(
            "This server has no room for that just now. Please try again in a few minutes, or "
            "bring less."
        ),
        f"{_FAILED}Request failed with status code 404": Message(
            "This page has lost its visit. Please reload it and bring the file again."
        ),
        f"{_FAILED}Request failed with status code 408": Message(
            "The file stopped coming. Please check your connection and bring it again."
        ),
        f"{_FAILED}Network Error": Message(
            "The file did not arrive. Please check your connection and bring it again."
        ),
    }
)
"""What Streamlit says where `serving.uploads` refused a file, or it did not arrive -> what that
means, in any language."""

_SCRIPT = component(
    "face_the_music.streamlit_words",
    js=Path(__file__).with_suffix(".js").read_text("utf-8"),
)


def speak(words: Words) -> None:
    """Tell the browser the page's language, and put Streamlit's own words into it.

    Draw it once, where it is drawn in every run of the page.

    Parameters
    ----------
    words : Words
    """
    pairs = [] if words.language == DEFAULT else table(words)
    refused = [(one, words.say(message)) for one, message in REFUSED.items()]
    refused.append(("Error:", ""))  # stands before those
    # a list: in a dict Streamlit looks for tables, with pandas
    _SCRIPT(key="streamlit_words", data=[{"language": words.language, "words": refused + pairs}])


def table(words: Words) -> list[tuple[str, str]]:
    """Give Streamlit's words, and the same in a language; both with ``{name}`` parameters."""
    return [(one.text, words.say(one)) for one in STREAMLITS]
