"""The memory meter must see children and libraries, or "no TensorFlow" would mean nothing."""

import os
import subprocess
import sys
import time

import numpy as np
import pytest

from tests.bench import process
from tests.bench.process import cpu_seconds_of, loaded_libraries, memory_of, process_tree

GROW = "x = bytearray(b'1' * 100_000_000); print('ready', flush=True); input()"


def test_a_child_and_its_memory_are_counted() -> None:
    before = memory_of(os.getpid())
    with subprocess.Popen(
        [sys.executable, "-c", GROW], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as child:
        assert child.stdout.readline() == b"ready\n"
        assert child.pid in process_tree(os.getpid())
        during = memory_of(os.getpid())
        child.communicate(b"\n")
    assert 100 < during.rss_mb - before.rss_mb < 150
    assert during.pss_mb <= during.rss_mb
    assert child.pid not in process_tree(os.getpid())


def test_a_process_that_has_just_ended_holds_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Between looking who is there and looking what they hold."""
    with subprocess.Popen([sys.executable, "-c", ""]) as ended:
        ended.wait()
    monkeypatch.setattr(process, "process_tree", lambda pid: [pid, ended.pid])
    assert memory_of(os.getpid()).rss_mb > 10
    assert loaded_libraries(os.getpid())


def test_mapped_libraries_are_seen() -> None:
    assert np.__file__
    assert any("numpy" in path for path in loaded_libraries(os.getpid()))


def test_time_on_cores_is_counted() -> None:
    before, began = cpu_seconds_of(os.getpid()), time.process_time()
    while time.process_time() - began < 0.3:
        pass
    assert 0.25 <= cpu_seconds_of(os.getpid()) - before < 3
