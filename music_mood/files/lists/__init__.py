"""Lists of tracks in other programs' forms; `playlist_files` finds the right reader."""
