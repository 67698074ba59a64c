"""What operators may count: right names, bounded labels, a port of its own, nothing personal."""

import re
import urllib.error
import urllib.request

import numpy as np
import pytest
from prometheus_client import Metric

from emotion.reader import FaceReader
from i18n import Message
from music_mood.errors import NotFoundError, ProviderError
from serving.metrics import metrics_served, open_visits
from serving.settings import ServerSettings
from telemetry import metrics
from telemetry.metrics import REGISTRY, Way, provider_call, reading, rerun_begun
from tests.browser.server import free_port

LABELS = {"way", "service", "outcome", "result", "le"}
"""All that may be told beside a figure; each takes values that the code names."""


def sample(name: str, **labels: str) -> float:
    return REGISTRY.get_sample_value(f"{metrics.PREFIX}_{name}", labels) or 0.0


def ours() -> list[Metric]:
    return [one for one in REGISTRY.collect() if one.name.startswith(metrics.PREFIX)]


@pytest.mark.parametrize("way", [Way.PHOTO, Way.FRAME])
def test_a_reading_is_timed_by_its_way(way: str) -> None:
    before = sample("reading_seconds_count", way=way)
    with reading(way):
        pass
    assert sample("reading_seconds_count", way=way) == before + 1


def test_photos_and_frames_are_told_apart() -> None:
    reader, picture = FaceReader.load(), np.full((64, 64, 3), 128, np.uint8)
    photos, frames = (sample("reading_seconds_count", way=way) for way in (Way.PHOTO, Way.FRAME))
    reader.read_frame(picture)
    assert sample("reading_seconds_count", way=Way.PHOTO) == photos
    assert sample("reading_seconds_count", way=Way.FRAME) == frames + 1
    reader.read(picture)
    assert sample("reading_seconds_count", way=Way.PHOTO) == photos + 1


def _call(error: Exception | None) -> None:
    with provider_call("Deezer", ProviderError):
        if error:
            raise error


@pytest.mark.parametrize(
    ("error", "outcome"),
    [
        (None, metrics.OK),
        (NotFoundError(Message("No."), "Deezer"), "NotFoundError"),
        (ZeroDivisionError("a visitor's words"), metrics.BROKEN),
    ],
)
def test_a_call_is_counted_by_how_it_ended(error: Exception | None, outcome: str) -> None:
    labels = {"service": "Deezer", "outcome": outcome}
    before = sample("provider_call_seconds_count", **labels)
    if error is None:
        _call(None)
    else:
        with pytest.raises(type(error)):
            _call(error)
    assert sample("provider_call_seconds_count", **labels) == before + 1


def test_a_run_that_is_broken_off_is_counted_but_not_timed() -> None:
    begun, ended = sample("reruns_total"), sample("rerun_seconds_count")
    over = rerun_begun()
    assert (sample("reruns_total"), sample("rerun_seconds_count")) == (begun + 1, ended)
    over()
    assert sample("rerun_seconds_count") == ended + 1


def test_names_follow_prometheus_and_labels_are_few() -> None:
    found = ours()
    assert len(found) == 6
    for one in found:
        assert re.fullmatch(r"face_the_music_[a-z_]+", one.name)
        assert one.documentation.endswith(".")
        if one.type == "histogram":
            assert one.name.endswith("_seconds"), "the base unit, in the name"
        if one.type == "counter":
            assert all(s.name.endswith(("_total", "_created")) for s in one.samples)
        assert {label for each in one.samples for label in each.labels} <= LABELS


def test_the_metrics_are_served_on_their_own_port_and_end_with_the_block() -> None:
    port = free_port()
    url = f"http://127.0.0.1:{port}/metrics"
    with (
        metrics_served(ServerSettings(metrics_port=port)),
        urllib.request.urlopen(url, timeout=10) as answer,
    ):
        text = answer.read().decode()
    for name in ("reading_seconds", "reruns_total", "library_lookups_total", "visitors"):
        assert f"# HELP {metrics.PREFIX}_{name}" in text
    assert "process_resident_memory_bytes" in text
    with pytest.raises(urllib.error.URLError):
        urllib.request.urlopen(url, timeout=10)


def test_without_a_port_nothing_is_served(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("serving.metrics.start_http_server", lambda *_: pytest.fail("served"))
    with metrics_served(ServerSettings()):
        pass


def test_a_port_that_is_taken_costs_the_metrics_and_not_the_page(
    caplog: pytest.LogCaptureFixture,
) -> None:
    port = free_port()
    settings = ServerSettings(metrics_port=port)
    with metrics_served(settings), metrics_served(settings):
        pass
    assert "no metrics" in caplog.text


def test_nobody_visits_before_the_server_has_begun() -> None:
    assert open_visits() == 0.0
