"""Text that others wrote, in every kind of element that takes Markdown."""

import sys
from pathlib import Path

import streamlit as st

sys.path.insert(0, str(Path(__file__).resolve().parents[3]))

from i18n.foreign import linked, literal
from tests.nasty import EVIL

for number, text in enumerate(EVIL):
    with st.container(key=f"one-{number}", gap=None):
        st.markdown(f":material/info: **{literal(text)}**: ours. {literal(text)}.")
        st.markdown(f"- {literal(text)}")
        st.caption(literal(text))
with st.container(key="link", gap=None):
    for text in EVIL:
        st.markdown(linked(text, "https://www.deezer.com/playlist/1?a=(b)&copy;*_[x]<y>"))

text = " ".join(EVIL)
with st.container(key="others"):
    st.warning(literal(text))
    st.info(literal(text))
    st.error(literal(text))
    st.success(literal(text))
    st.progress(0.5, literal(text))
    st.expander(literal(text)).write("")
    st.button(literal(text), help=literal(text))
    st.checkbox(literal(text))
    st.toggle(literal(text))
    st.segmented_control("one", [0], format_func=lambda _: literal(text))
    st.pills("two", [0], format_func=lambda _: literal(text))
    st.radio("three", [0], format_func=lambda _: literal(text))
    st.metric(literal(text), 1)
    st.tabs([literal(text)])
    st.popover(literal(text))
    st.subheader(literal(text), anchor=False)
    st.slider(literal(text), 0, 1)
    st.text_input(literal(text))
    st.download_button(literal(text), b"")
    st.link_button(literal(text), "http://127.0.0.1/")
    st.file_uploader(literal(text))
# plain text wherever they are, by Streamlit's own doing
with st.container(key="plain"):
    st.selectbox("menu", [text], key="menu")
    st.multiselect("several", [text], default=[text])
    st.text_input("field", text)
st.toast(literal(text), duration="infinite")
if "control" in st.query_params:
    with st.container(key="control"):
        st.markdown(text)
