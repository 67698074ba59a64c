"""What the app remembers: tracks, their features and labels, and the playlists to refresh.

Never a photo, a face, a name or an emotion. The tables stand in `schema`, their history in
`migrations`, the connection in `database`, and what can be asked and kept in `store`.
"""
