"""The face's half of the page: Streamlit, a module for each part. What it keeps: `capture`."""
