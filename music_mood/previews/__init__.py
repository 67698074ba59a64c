"""What can be played: a chain of providers behind one Protocol."""
