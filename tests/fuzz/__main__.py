"""``python -m tests.fuzz``: gives every target its share of broken inputs; prints a table.

Every input has a number: ``--only links --first 1234 --inputs 1`` gives that one again, and
``--show`` prints it.
"""

import argparse
import logging
import sys

from tests.fuzz import answers, events, lists, models, pictures, sound, texts
from tests.fuzz.target import Outcome, Target, run, the_input

TARGETS: dict[str, Target] = {
    one.name: one
    for one in (
        pictures.TARGET,
        lists.TARGET,
        sound.TARGET,
        sound.EXCERPT,
        texts.LINK,
        texts.ADDRESS,
        answers.TARGET,
        events.TARGET,
        models.TARGET,
    )
}

INPUTS = 200_000
SHOWN = 20
HEAD = """| target | inputs | refused in words | faults | slowest ms | seconds | memory grew by |
|---|---:|---:|---:|---:|---:|---:|"""


def row(name: str, outcome: Outcome) -> str:
    """Write a run as a row of `HEAD`; times are processor time."""
    cells = (
        *(name, outcome.inputs, outcome.refused, len(outcome.faults)),
        *(f"{outcome.slowest_ms:.0f}", f"{outcome.seconds:.0f}", f"{outcome.grown_mb:.0f} MB"),
    )
    return f"| {' | '.join(map(str, cells))} |"


def main() -> int:
    """Run what the command line asks for; 1 if there were faults."""
    asked = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    asked.add_argument("--inputs", type=int, default=INPUTS, help="how many in all")
    asked.add_argument("--only", choices=TARGETS, nargs="+", default=list(TARGETS))
    asked.add_argument("--seed", type=int, default=0, help="another one gives other inputs")
    asked.add_argument("--first", type=int, default=0, help="number of each target's first input")
    asked.add_argument("--show", action="store_true", help="print the inputs, too")
    given = asked.parse_args()
    # Refusals are logged, as they shall be; here there are hundreds of thousands.
    logging.disable(logging.CRITICAL)
    chosen = [TARGETS[name] for name in given.only]
    all_shares = sum(one.share for one in chosen)
    faults = []
    print(HEAD)
    for target in chosen:
        count = max(round(given.inputs * target.share / all_shares), 1)
        if given.show:
            for number in range(given.first, given.first + count):
                print(repr(the_input(target, given.seed, number)))
        outcome = run(target, count, given.seed, given.first)
        print(row(target.name, outcome), flush=True)
        faults += [(target.name, number, what) for number, what in outcome.faults]
    for name, number, what in faults[:SHOWN]:
        print(f"\n{name} {number}: {what!r}")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
