"""The smallest Streamlit page: what the real one is measured against."""

import streamlit as st

st.title("Nothing")
