"""Where audio features come from: a chain of providers behind one Protocol."""
