"""What visitors bring and take along: tables, audio files, playlists."""
