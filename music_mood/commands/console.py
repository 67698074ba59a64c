"""What all command lines share: exit codes, and one sentence for whatever goes wrong."""

import logging
import sys
from collections.abc import Callable

from music_mood.errors import MusicError

DONE, FAILED, INTERRUPTED = 0, 1, 130
"""Exit codes; argparse adds 2 for a command it does not understand."""


def tell(sentence: object) -> None:
    """Print a sentence where it does not mix with the answer: on standard error."""
    print(sentence, file=sys.stderr)


def exit_code(command: Callable[[], int], interrupted: str = "Interrupted.") -> int:
    """Run a command, and return its exit code; its errors become a sentence and a code.

    Parameters
    ----------
    command : callable
        Returns an exit code.
    interrupted : str
        What to say when the reader stops it.
    """
    # Without this, Python would print every warning beside the sentence for the reader.
    logging.basicConfig(level=logging.CRITICAL)
    try:
        return command()
    except MusicError as error:
        tell(error)
        return FAILED
    except KeyboardInterrupt:
        tell(interrupted)
        return INTERRUPTED
