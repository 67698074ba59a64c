"""The list of tracks: rows of data, and the component that draws them and talks to the player."""
