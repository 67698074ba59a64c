"""Messages -> text in a language, from gettext's catalogues."""

import gettext
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType

from i18n.foreign import Address, destination, literal
from i18n.message import Message, fill

DOMAIN = "face_the_music"
LOCALES = Path(__file__).parent / "locales"

DEFAULT = "en"
LANGUAGES: Mapping[str, str] = MappingProxyType({"en": "English", "de": "Deutsch"})
"""Code as in BCP 47 -> the language's own name. English is the wording in the code itself."""

DECIMAL_MARKS: Mapping[str, str] = MappingProxyType({"de": ","})
"""Of languages that write it in another way than English does."""


@dataclass(frozen=True)
class Words:
    """Says messages in one language.

    Parameters
    ----------
    language : str
        One of `LANGUAGES`.

    Raises
    ------
    ValueError
        There is no such language.
    """

    language: str = DEFAULT

    def __post_init__(self) -> None:
        if self.language not in LANGUAGES:
            raise ValueError(f"expected one of {', '.join(LANGUAGES)}, got {self.language!r}")

    def say(self, text: Message | str, /, **values: object) -> str:
        """Render a message; a string is the English wording of one, with its parameters."""
        return self.render(Message(text, **values) if isinstance(text, str) else text)

    def say_markdown(self, text: Message | str, /, **values: object) -> str:
        """Render a message for Streamlit's Markdown: what others wrote comes out literally.

        Markdown is what labels, captions, alerts and tooltips take. A parameter that is an
        `Address` comes out as the end of a link.
        """
        return self.render(Message(text, **values) if isinstance(text, str) else text, _in_markdown)

    def render(self, message: Message, foreign: Callable[[str], str] = str) -> str:
        """Render a message, and the messages among its parameters.

        Parameters
        ----------
        message : Message
        foreign : callable
            What is done to parameters that are strings, for example to escape markup.
        """

        def text_of(value: object) -> str:
            if isinstance(value, Message):
                return self.render(value, foreign)
            return foreign(value) if isinstance(value, str) else str(value)

        mark = DECIMAL_MARKS.get(self.language, ".")
        return fill(self._wording(message), message.values, text_of, mark)

    def _wording(self, message: Message) -> str:
        known, context = _catalogue(self.language), message.context
        if message.many:
            return known.ngettext(message.text, message.many, message.count)
        if context:
            return known.pgettext(context, message.text)
        return known.gettext(message.text)


def _in_markdown(text: str) -> str:
    return destination(text) if isinstance(text, Address) else literal(text)


def language_of(wishes: Iterable[str]) -> str:
    """Choose the first language we speak.

    Parameters
    ----------
    wishes : iterable of str
        Locales, best first, in either notation: ``"de-AT"``, ``"de_AT.UTF-8"``.

    Returns
    -------
    str
        One of `LANGUAGES`; `DEFAULT` if none was wished for.
    """
    for wish in wishes:
        code = wish.replace("_", "-").partition("-")[0].partition(".")[0].lower()
        if code in LANGUAGES:
            return code
    return DEFAULT


@lru_cache
def _catalogue(language: str) -> gettext.NullTranslations:
    # English needs no file: `fallback` gives the keys back, and no page fails for a missing one.
    return gettext.translation(DOMAIN, LOCALES, [language], fallback=True)
