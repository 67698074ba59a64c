"""Who waits for something of which there are few, and for how long."""

import threading
import time

import pytest

from emotion.line import Line


def wait_until(condition, seconds=10.0):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.001)


def waiting(line: Line) -> int:
    return len(line._waiting)


def in_order(line: Line, names: str, served: list[str]) -> list[threading.Thread]:
    """Start a thread for each name, the next one when the one before waits."""
    threads = []
    for name in names:

        def work(name=name):
            with line.lend():
                served.append(name)

        before = waiting(line)
        thread = threading.Thread(target=work)
        thread.start()
        wait_until(lambda before=before: waiting(line) == before + 1)
        threads.append(thread)
    return threads


def test_nothing_to_lend_is_a_mistake():
    with pytest.raises(ValueError, match="nothing to lend"):
        Line([])


def test_each_thing_is_lent_to_one_at_a_time():
    line = Line("ab")
    with line.lend() as one, line.lend() as other:
        assert {one, other} == {"a", "b"}


def test_what_was_given_back_last_is_lent_first():
    line = Line("ab")
    with line.lend() as one:
        pass
    with line.lend() as again:
        assert again == one


def test_whoever_came_first_is_served_first():
    line, served = Line("a"), []
    with line.lend():
        threads = in_order(line, "0123456789", served)
        assert served == []
    for thread in threads:
        thread.join(10)
    assert "".join(served) == "0123456789"


def test_nobody_overtakes_those_who_wait():
    line, served = Line("a"), []
    with line.lend():
        threads = in_order(line, "first", served)
    with line.lend():
        served.append("who came later")
    for thread in threads:
        thread.join(10)
    assert "".join(served[:5]) == "first"
    assert served[-1] == "who came later"


def test_a_failure_gives_back_what_was_lent():
    line = Line("a")
    with pytest.raises(RuntimeError), line.lend():
        raise RuntimeError
    with line.lend() as thing:
        assert thing == "a"


class Interrupted(BaseException):
    """As a KeyboardInterrupt, which comes where it likes."""


@pytest.mark.parametrize("lent_already", [False, True])
def test_whoever_is_interrupted_while_waiting_blocks_nobody(monkeypatch, lent_already):
    line = Line("a")
    thing = line._take()

    def interrupted(future, timeout=None):
        monkeypatch.undo()
        if lent_already:
            line._give_back(thing)
        raise Interrupted

    monkeypatch.setattr("emotion.line.Future.result", interrupted)
    with pytest.raises(Interrupted), line.lend():
        raise AssertionError("was not its turn")
    if not lent_already:
        line._give_back(thing)
    with line.lend() as again:
        assert again == "a"


def test_many_threads_share_a_few_things():
    line = Line(range(3))
    busy, most, lock, count = set(), [], threading.Lock(), []

    def work():
        for _ in range(50):
            with line.lend() as thing:
                with lock:
                    assert thing not in busy
                    busy.add(thing)
                    most.append(len(busy))
                time.sleep(0)
                with lock:
                    busy.remove(thing)
                    count.append(thing)

    threads = [threading.Thread(target=work) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert len(count) == 20 * 50
    assert max(most) <= 3
    assert set(count) == {0, 1, 2}
