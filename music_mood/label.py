"""Run the command line: ``python -m music_mood.label``."""

import sys

from music_mood.commands.label import main

if __name__ == "__main__":  # Dask's local workers import this module anew
    sys.exit(main())
