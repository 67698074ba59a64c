"""Run the command line: ``python -m music_mood.refresh``."""

import sys

from music_mood.commands.refresh import main

if __name__ == "__main__":
    sys.exit(main())
