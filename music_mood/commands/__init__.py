"""What can be asked for on the command line; each is a thin layer over the room that does it."""
