"""What all visitors share: one of each for the whole process."""

import logging
import os
import time
from dataclasses import dataclass

import streamlit as st

from music_mood.errors import SettingsError
from music_mood.model.classifier import MoodClassifier
from music_mood.model.targets import Targets
from music_mood.panel.luggage import LeftLuggage
from music_mood.services import Services
from music_mood.settings import Settings
from page.shared import shared

log = logging.getLogger(__name__)


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


@dataclass(frozen=True, slots=True)
class Means:
    """Where this server gets what it tells of music.

    Attributes
    ----------
    asks : bool
        Whether it asks services.
    hears, hears_previews : bool
        Whether it listens to visitors' files itself, and to Deezer's previews.
    """

    asks: bool = True
    hears: bool = False
    hears_previews: bool = False


def means() -> Means:
    """Tell where this server gets what it tells of music, for what the page says about that."""
    try:
        connected = services()
    except SettingsError:  # told where a playlist is read
        return Means()
    return Means(not connected.offline, connected.hears, connected.hears_previews)


@shared
def tell_what_is_not_heard() -> None:
    """Tell whoever runs the server what it lacks, once: called by each visit that missed it."""
    log.info(
        "audio files whose features nobody knows stay without a mood; to have this server listen "
        "to them: python -m pip install -r requirements-sound.txt"
    )


@shared
def left_luggage() -> LeftLuggage:
    """Keep what visitors leave here while they are at Spotify's login."""
    return LeftLuggage(time.monotonic)
