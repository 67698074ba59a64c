"""Run the command line: ``python -m music_mood LINK_OR_FILE``."""

import sys

from music_mood.cli import main

if __name__ == "__main__":
    sys.exit(main())
