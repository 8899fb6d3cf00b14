"""Runs subjects, each in a process of its own, one after the other."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterable
from pathlib import Path

from benchmarks.clock import Measured
from benchmarks.suite import Subject, in_order, told

__all__ = ["measure", "profile"]

_PROFILE_LINES = 40


def measure(
    names: Iterable[str], n: int, folder: Path, *, repeat: int, note: Callable[[str], object]
) -> dict[str, Measured]:
    """Measure subjects with all they are compared with.

    Args:
        names: Which.
        n: At how many records.
        folder: An empty folder, or one of an earlier run of as many records: what is only needed,
            not told of, is then not made again.
        repeat: How often everything runs, in turn; the fastest of each counts.
        note: Told what runs now.

    Returns:
        What was measured, by subject.

    Raises:
        subprocess.CalledProcessError: if a subject failed; its own words are on standard error.
    """
    wanted = told(names)
    best: dict[str, Measured] = {}
    for turn in range(repeat):
        for subject in in_order(wanted):
            if subject.name not in wanted and _done(subject, folder).exists():
                continue
            note(f"n = {n:,}, turn {turn + 1} of {repeat}: {subject.name}")
            measured = Measured(**json.loads(_child(subject, n, folder)))
            held = best.get(subject.name, measured)
            best[subject.name] = min(held, measured, key=lambda one: one.seconds)
    return best


def profile(name: str, n: int, folder: Path) -> None:
    """Print where a subject spends its time, by own time, to standard error."""
    for subject in in_order([name]):
        if subject.name == name:
            _child(subject, n, folder, _PROFILE_LINES)
        elif not _done(subject, folder).exists():
            _child(subject, n, folder)


def _done(subject: Subject, folder: Path) -> Path:
    return folder / f"{subject.name}.done"


def _child(subject: Subject, n: int, folder: Path, *lines: int) -> str:
    command = [sys.executable, "-m", "benchmarks._child", subject.name, str(n), str(folder)]
    done = subprocess.run(  # noqa: S603 - ourselves
        [*command, *map(str, lines)], check=True, stdout=subprocess.PIPE, text=True
    )
    _done(subject, folder).touch()
    return done.stdout
