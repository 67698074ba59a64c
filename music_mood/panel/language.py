"""The page's language: what every part of the panel says things with."""

from datetime import date
from functools import partial

import streamlit as st

from i18n import LANGUAGES, Message, Words, language_of
from music_mood.panel.visit import this_visit
from page.controls import action_button

MONTHS = (
    Message("January"),
    Message("February"),
    Message("March"),
    Message("April"),
    Message("May"),
    Message("June"),
    Message("July"),
    Message("August"),
    Message("September"),
    Message("October"),
    Message("November"),
    Message("December"),
)


def date_words(day: date) -> Message:
    """Say a date."""
    return Message(
        "{day} {month} {year}", day=day.day, month=MONTHS[day.month - 1], year=str(day.year)
    )


def say(text: Message | str, /, **values: object) -> str:
    """Render a text in this visit's language, as it is: for plain text.

    Also where Streamlit reads Markdown, if nothing that others wrote stands in it.

    Parameters
    ----------
    text : Message or str
        A string is the English wording of one, a literal, with its parameters in `values`.
    """
    return this_visit().words.say(text, **values)


def say_markdown(text: Message | str, /, **values: object) -> str:
    """Render a text for Streamlit's Markdown: what others wrote comes out literally."""
    return this_visit().words.say_markdown(text, **values)


def choose_language() -> Words:
    """Give the language of this visit: the one chosen on the page, else the browser's."""
    visit = this_visit()
    language = visit.language or language_of([st.context.locale or ""])
    return visit.words if visit.words.language == language else Words(language)


def language_switch() -> None:
    """Offer the other languages, each by its own name."""
    visit = this_visit()

    def chosen(code: str) -> None:
        visit.language = code

    for code, name in LANGUAGES.items():
        if code != visit.words.language:
            action_button(
                name,
                partial(chosen, code),
                key=f"language-{code}",
                type="tertiary",
                icon=":material/translate:",
            )
