"""One subject in one process: ``python -m benchmarks._child SUBJECT N FOLDER [LINES]``.

Prints what it measured as one JSON object. With a number of lines it profiles what runs inside
the clock, and prints that many lines, by own time, to standard error.
"""

from __future__ import annotations

import cProfile
import importlib
import json
import pstats
import sys
from pathlib import Path

import attrs

from benchmarks.clock import Clock
from benchmarks.exchange import Exchange
from benchmarks.place import Place
from benchmarks.suite import SUBJECTS

__all__: list[str] = []


def _main(name: str, n: str, folder: str, lines: str = "") -> None:
    module, _, function = SUBJECTS[name].function.partition(".")
    Exchange.found(Path(folder))
    run = getattr(importlib.import_module(f"benchmarks.{module}"), function)
    profile = cProfile.Profile() if lines else None
    clock = Clock(profile)
    count = run(Place(Path(folder), int(n)), clock)
    sys.stdout.write(json.dumps(attrs.asdict(clock.measured(count))))
    if profile:
        pstats.Stats(profile, stream=sys.stderr).sort_stats("tottime").print_stats(int(lines))


if __name__ == "__main__":
    _main(*sys.argv[1:])
