"""Which track comes next: pure functions of a feeling and of labelled tracks."""
