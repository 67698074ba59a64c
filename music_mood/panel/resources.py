"""What all visitors share: one of each for the whole process."""

import os

import streamlit as st

from music_mood.model.classifier import MoodClassifier
from music_mood.services import Services
from music_mood.settings import Settings


@st.cache_resource(show_spinner=False)
def mood_classifier() -> MoodClassifier:
    """Load the mood model."""
    return MoodClassifier.load()


@st.cache_resource(show_spinner=False)
def services() -> Services:
    """Connect to the web services that the environment names."""
    return Services(Settings.from_environment(os.environ))
