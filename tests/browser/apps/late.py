"""Streamlit's modules as our page serves them, and an element whose module comes by itself."""

import streamlit as st

from serving.app import middleware, routes

if __name__ != "__main__":
    app = st.App(__file__, routes=routes(), middleware=middleware())
else:
    chosen = st.slider("How much", 0, 10, 3)
    if st.button("Tell"):
        st.markdown(f"It is {chosen}.")
