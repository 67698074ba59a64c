"""The player: one bar at the foot of the page, and the sound that it drives."""
