"""The server around the page: what is sent and loaded before anything is drawn."""
