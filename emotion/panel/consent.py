"""Consent: what happens to a picture is said, and agreed to, before the first one is taken."""

import streamlit as st

from emotion.capture import Capture
from page.controls import action_button


def consent(capture: Capture) -> bool:
    """Tell whether the visitor agreed; ask them if they did not yet."""
    if capture.consent:
        return True
    say = capture.words.say

    def agreed() -> None:
        capture.consent = True

    with st.container(border=True, key="consent"):
        st.markdown(
            say(
                "**Before the first picture.** An AI guesses the expression on a face. Your "
                "picture is read in this server’s memory and forgotten with your visit: nothing "
                "is stored, nobody is identified, nothing is used for training, and no one else "
                "receives it. Only show faces of people who agree."
            )
        )
        action_button(say("I agree, go on"), agreed, type="primary", key="agree", width="stretch")
    return False
