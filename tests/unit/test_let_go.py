"""Files that left the uploader leave Streamlit's memory, too."""

from types import SimpleNamespace

import pytest
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.runtime.uploaded_file_manager import UploadedFileRec

import page.uploads
from music_mood.choosing.queue import Queue
from music_mood.panel.files import _hold
from music_mood.panel.values import Shelved
from music_mood.panel.visit import Visit
from music_mood.values import AudioFile, LabelledTrack, LabelSource, Playlist, Track
from page.uploads import let_go


@pytest.fixture
def manager(monkeypatch: pytest.MonkeyPatch) -> MemoryUploadedFileManager:
    """Streamlit's, with the files a, b and c of the session that runs, and one of another."""
    held = MemoryUploadedFileManager("/_stcore/upload_file")
    for session_id, file_id in [*(("one", name) for name in "abc"), ("other", "a")]:
        held.add_file(session_id, UploadedFileRec(file_id, f"{file_id}.mp3", "audio/mpeg", b"x"))
    running = SimpleNamespace(session_id="one", uploaded_file_mgr=held)
    monkeypatch.setattr(page.uploads, "get_script_run_ctx", lambda: running)
    return held


def left(manager: MemoryUploadedFileManager, session_id: str = "one") -> str:
    return "".join(one.file_id for one in manager.get_files(session_id, list("abc")))


def test_only_this_visits_files_are_let_go(manager: MemoryUploadedFileManager) -> None:
    let_go(["a", "gone already"])
    assert left(manager) == "bc" and left(manager, "other") == "a"


def test_another_manager_is_left_alone(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    running = SimpleNamespace(session_id="one", uploaded_file_mgr=object())
    monkeypatch.setattr(page.uploads, "get_script_run_ctx", lambda: running)
    let_go(["a"])
    assert "it has no remove_file" in caplog.text


def shelved(*names: str) -> Shelved:
    tracks = tuple(
        Track(name, "Me", uri=name, audio_file=AudioFile(name, "audio/mpeg", b"x"))
        for name in names
    )
    labelled = tuple(LabelledTrack(one, None, None, LabelSource.NOBODY) for one in tracks)
    return Shelved("files", Playlist("My files", "files", tracks, ()), labelled, ())


def test_a_visit_holds_what_is_in_the_uploader_and_what_plays(
    manager: MemoryUploadedFileManager,
) -> None:
    before, now = shelved("a", "b", "c"), shelved("b")
    visit = Visit(uploads=("a", "b", "c"), queue=Queue().follow(before.labelled).advance())
    _hold(visit, now, ["b"])
    assert visit.uploads == ("b",) and left(manager) == "b"
    assert visit.queue.now.track.audio_file  # what plays is not cut
    assert [bool(one.track.audio_file) for one in visit.queue.ahead] == [True, False]
    _hold(visit, None, ())
    assert visit.uploads == () and left(manager) == ""
    assert not any(one.track.audio_file for one in visit.queue.ahead)
