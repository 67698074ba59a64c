"""Visitors by the hundred, without a browser: what a server bears, and what it keeps."""
