"""One web service each: the calls that are made, and the shapes that are expected."""
