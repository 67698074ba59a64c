"""What a target is, and a run of one: so many inputs, each named by its number."""

import resource
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random
from typing import Any


class WrongError(AssertionError):
    """A result that cannot be."""


def check(holds: bool, what: str) -> None:
    """Assert, in a way that is no foreign exception of the code that is tested."""
    if not holds:
        raise WrongError(what)


@dataclass(frozen=True)
class Target:
    """Something that takes input from outside.

    Attributes
    ----------
    name : str
    make : callable
        Makes an input from chance alone; the same chance, the same input.
    take : callable
        Gives it to the code, and checks what comes of it.
    allowed : tuple of type
        What it may raise: its own room's errors.
    share : float
        Of all inputs of a full run.
    cpu_s : float
        Most seconds of processor time for one input.
    """

    name: str
    make: Callable[[Random], Any]
    take: Callable[[Any], object]
    allowed: tuple[type[Exception], ...] = ()
    share: float = 0.1
    cpu_s: float = 3.0


@dataclass
class Outcome:
    """What came of a run.

    Attributes
    ----------
    inputs, refused : int
        How many there were; how many were refused with an error of the room's own.
    faults : list of (int, str)
        Numbers of inputs that raised something else, made something that cannot be, or took too
        long; and what it was.
    slowest_ms : float
        Most processor time for one input.
    seconds : float
        Processor time of all, making the inputs included.
    grown_mb : float
        By how much the process's largest size grew.
    """

    inputs: int = 0
    refused: int = 0
    faults: list[tuple[int, str]] = field(default_factory=list)
    slowest_ms: float = 0.0
    seconds: float = 0.0
    grown_mb: float = 0.0


def the_input(target: Target, seed: int, number: int) -> Any:
    """Make the input of that number."""
    return target.make(Random(f"{seed} {target.name} {number}"))  # noqa: S311 - to be repeated


def run(target: Target, inputs: int, seed: int = 0, first: int = 0) -> Outcome:
    """Give a target its inputs, from number `first` on."""
    outcome, began, largest = Outcome(), time.process_time(), _largest_mb()
    for number in range(first, first + inputs):
        given = the_input(target, seed, number)
        start = time.process_time()
        try:
            target.take(given)
        except target.allowed:
            outcome.refused += 1
        except Exception as error:  # what is looked for
            outcome.faults.append((number, f"{type(error).__name__}: {error}"[:300]))
        took_s = time.process_time() - start
        outcome.slowest_ms = max(outcome.slowest_ms, 1000 * took_s)
        if took_s > target.cpu_s:
            outcome.faults.append((number, f"took {took_s:.1f} s"))
        outcome.inputs += 1
    outcome.seconds = time.process_time() - began
    outcome.grown_mb = _largest_mb() - largest
    return outcome


def _largest_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
