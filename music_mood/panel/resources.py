"""What all visitors share: one of each for the whole process."""

import os
import time

import streamlit as st

from music_mood.model.classifier import MoodClassifier
from music_mood.model.targets import Targets
from music_mood.panel.luggage import LeftLuggage
from music_mood.services import Services
from music_mood.settings import Settings
from page.shared import shared


@shared
def mood_classifier() -> MoodClassifier:
    """Load the mood model."""
    return MoodClassifier.load()


@shared
def targets() -> Targets:
    """Load what each mood's music is like."""
    return Targets.load()


@shared
def services() -> Services:
    """Connect to the web services that the environment names."""
    # Where nobody has set it, Streamlit makes up one for this process.
    secret = str(st.get_option("server.cookieSecret"))
    return Services(Settings.from_environment(os.environ), login_secret=secret)


@shared
def left_luggage() -> LeftLuggage:
    """Keep what visitors leave here while they are at Spotify's login."""
    return LeftLuggage(time.monotonic)
