"""Run the command line: ``python -m music_mood LINK_OR_FILE``."""

import sys

from music_mood.commands.moods import main

if __name__ == "__main__":
    sys.exit(main())
