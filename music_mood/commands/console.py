"""What all command lines share: language, exit codes, and one sentence for whatever goes wrong."""

import argparse
import logging
import re
import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import NoReturn, Self

from i18n import Message, Words, language_of
from music_mood.errors import MusicError

DONE, FAILED, INTERRUPTED = 0, 1, 130
"""Exit codes; argparse adds 2 for a command it does not understand."""

VARIABLES = ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG")
"""Environment variables that name the reader's language, the first that is set counts: gettext's.
`LANGUAGE` may name several."""


STOPPED = Message("Interrupted.")


@dataclass(frozen=True, slots=True)
class Console:
    """Where answers and sentences go, in the reader's language.

    Attributes
    ----------
    words : Words
    """

    words: Words

    @classmethod
    def of(cls, environ: Mapping[str, str]) -> Self:
        """Make one that speaks the language that the environment names; English otherwise."""
        wishes = next((environ[name] for name in VARIABLES if environ.get(name)), "")
        return cls(Words(language_of(wishes.split(":"))))

    def answer(self, text: Message | str) -> None:
        """Print a part of the answer on standard output, at once."""
        print(self.words.say(text) if isinstance(text, Message) else text, flush=True)

    def tell(self, sentence: Message) -> None:
        """Print a sentence where it does not mix with the answer: on standard error."""
        print(self.words.say(sentence), file=sys.stderr)

    def exit_code(self, command: Callable[[], int], interrupted: Message = STOPPED) -> int:
        """Run a command, and return its exit code; its errors become a sentence and a code.

        Parameters
        ----------
        command : callable
            Returns an exit code.
        interrupted : Message
            What to say when the reader stops it.
        """
        # Without this, Python would print every warning beside the sentence for the reader.
        logging.basicConfig(level=logging.CRITICAL)
        try:
            return command()
        except MusicError as error:
            self.tell(error.message)
            return FAILED
        except KeyboardInterrupt:
            self.tell(interrupted)
            return INTERRUPTED


class Parser(argparse.ArgumentParser):
    """An argument parser whose own words, too, are in the reader's language.

    argparse asks a catalogue of its own, one for the whole process, which Python does not bring.

    Parameters
    ----------
    program : str
        How it is called.
    description : Message
    words : Words
    """

    def __init__(self, program: str, description: Message, words: Words) -> None:
        super().__init__(prog=program, description=words.say(description), add_help=False)
        self._words = words
        self._positionals.title = words.say("positional arguments")
        self._optionals.title = words.say("options")
        shown = words.say("show this help message and exit")
        self.add_argument("-h", "--help", action="help", help=shown)

    def format_usage(self) -> str:
        """See `argparse.ArgumentParser.format_usage`."""
        return self._localised(super().format_usage())

    def format_help(self) -> str:
        """See `argparse.ArgumentParser.format_help`."""
        return self._localised(super().format_help())

    def _localised(self, text: str) -> str:
        return self._words.say("usage: ") + text.removeprefix("usage: ")

    def error(self, message: str) -> NoReturn:
        """Say what is wrong with the arguments, and exit with 2."""
        self.print_usage(sys.stderr)
        sentence = Message("{program}: error: {message}", program=self.prog, message=_said(message))
        self.exit(2, f"{self._words.say(sentence)}\n")


def _argument(problem: Message, name: str) -> Message:
    return Message("argument {argument}: {problem}", argument=name, problem=problem)


_COMPLAINTS: Iterable[tuple[str, Callable[[re.Match[str]], Message]]] = (
    (
        "the following arguments are required: (.*)",
        lambda found: Message("the following arguments are required: {names}", names=found[1]),
    ),
    (
        "unrecognized arguments: (.*)",
        lambda found: Message("unrecognized arguments: {names}", names=found[1]),
    ),
    (
        "ambiguous option: (.*) could match (.*)",
        lambda found: Message(
            "ambiguous option: {option} could match {names}", option=found[1], names=found[2]
        ),
    ),
    (
        "argument (.*): expected one argument",
        lambda found: _argument(Message("expected one argument"), found[1]),
    ),
    (
        "argument (.*): not allowed with argument (.*)",
        lambda found: _argument(
            Message("not allowed with argument {other}", other=found[2]), found[1]
        ),
    ),
    (
        "argument (.*): expected a whole number above 0, got (.*)",
        lambda found: _argument(
            Message("expected a whole number above 0, got {given}", given=found[2]), found[1]
        ),
    ),
    (
        "argument (.*): ignored explicit argument (.*)",
        lambda found: _argument(
            Message("ignored explicit argument {given}", given=found[2]), found[1]
        ),
    ),
)
"""What argparse says of wrong arguments, and the same as messages; the rest stays in English."""


def _said(message: str) -> Message | str:
    for pattern, message_of in _COMPLAINTS:
        if found := re.fullmatch(pattern, message, re.DOTALL):
            return message_of(found)
    return message
