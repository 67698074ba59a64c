"""Where tracks come from: each source is a small module that gives one `Playlist`."""
