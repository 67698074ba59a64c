"""What music sounds like, told from the sound itself; needs requirements-sound.txt."""
