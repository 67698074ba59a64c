"""The music's half of the page: Streamlit, a module for each part. What a visit holds: `visit`."""
