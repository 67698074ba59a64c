"""Spotify's Web API, through spotipy, on our own HTTP layer.

What can be read depends on who asks (developer.spotify.com, as of February 2026):

====================  ==========================================================================
nobody                nothing (no app is registered: no client id)
the app (secret)      single tracks, albums, search; names of playlists, but not their contents
a visitor, logged in  also playlists of their own or with their collaboration, liked songs; may
                      create playlists
an old app            also audio features, 30 s previews, everybody's playlists
====================  ==========================================================================

Gone for new apps since November 2024, and so not called here: ``/recommendations``,
``/audio-analysis``, related artists, Spotify's own playlists; since February 2026 also all
``?ids=`` batches, ``/users/{id}/playlists`` and ``/playlists/{id}/tracks``.
"""
