"""What all visitors share: one of each for the whole process."""

from emotion.pace import Turns
from emotion.reader import FaceReader
from page.shared import shared


@shared
def face_reader() -> FaceReader:
    """Load the models that read faces."""
    return FaceReader.load()


@shared
def turns() -> Turns:
    """One for all visitors: one video is read at a time."""
    return Turns()
