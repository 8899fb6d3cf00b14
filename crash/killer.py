"""Kills the process that works: at a time after its first write, or at a named point."""

from __future__ import annotations

import contextlib
import functools
import multiprocessing
import os
import signal
import time
from collections import Counter
from multiprocessing.context import ForkServerContext
from pathlib import Path
from typing import Any, Self

import attrs

from crash.operations import Operation
from crash.points import Moment, Point
from crash.worker import Acknowledged, Done, Reached, Trap, work

__all__ = ["Strike", "Victim", "count_moments", "strike_after", "strike_at", "trap_at"]

_PATIENCE = 120.0
_POLL = 0.0002


@attrs.frozen
class Strike:
    """One process that was killed, or had ended before the blow fell.

    Attributes:
        acknowledged: How many steps it had acknowledged.
        elapsed: Seconds from its first write to the kill, or to its end.
        late: Whether it had ended: then this is a measurement, not a kill.
    """

    acknowledged: int
    elapsed: float
    late: bool


class Victim:
    """A process that runs an operation in a folder; it is killed at the end of the block.

    Args:
        operation: What it runs.
        folder: Of the exchange.
        trap: Where it stops by itself, if anywhere.
    """

    def __init__(self, operation: Operation, folder: Path, trap: Trap | None = None) -> None:
        self.acknowledged = 0
        self.done: Done | None = None
        self.reached = False
        self._pipe, theirs = multiprocessing.Pipe()
        arguments = (operation.name, folder, theirs, trap)
        self._process = _context().Process(target=work, args=arguments, daemon=True)
        self._process.start()
        theirs.close()

    def listen(self, until: float) -> None:
        """Take in what it says, until a time of the monotonic clock or until it is silent.

        It is silent when it is done, dead, or stopped at a point.
        """
        with contextlib.suppress(EOFError, ConnectionResetError):
            while self._pipe.poll(max(0.0, until - time.monotonic())):
                match self._pipe.recv():
                    case Acknowledged(steps=steps):
                        self.acknowledged = steps
                    case Reached():
                        self.reached = True
                        return
                    case Done() as done:
                        self.done = done
                        return

    def kill(self) -> None:
        """Kill it, and take in what it had said before."""
        self._process.kill()
        self._process.join()
        self.listen(time.monotonic())

    @property
    def alive(self) -> bool:
        """Whether it runs or has stopped at a point."""
        return self._process.is_alive()

    @property
    def ended_by(self) -> signal.Signals | None:
        """The signal that ended it, None if it ended otherwise."""
        code = self._process.exitcode or 0
        return signal.Signals(-code) if code < 0 else None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()
        self._pipe.close()
        self._process.close()


def strike_after(operation: Operation, folder: Path, seconds: float | None) -> Strike:
    """Run an operation and kill it some time after its first write.

    The first write is the first change to any file of the folder, whoever looks at it.

    Args:
        operation: What to run.
        folder: Of the exchange.
        seconds: After the first write; None leaves it alone and measures.

    Raises:
        RuntimeError: if the process died of anything else.
    """
    before = _marks(folder)
    with Victim(operation, folder) as victim:
        while _marks(folder) == before and victim.alive:
            time.sleep(_POLL)
        began = time.monotonic()
        victim.listen(began + (_PATIENCE if seconds is None else seconds))
        elapsed = time.monotonic() - began
        victim.kill()
        if victim.done is None and victim.ended_by is not signal.SIGKILL:
            raise RuntimeError(f"the process that was to {operation.name} failed by itself")
        return Strike(victim.acknowledged, elapsed, victim.done is not None)


def strike_at(operation: Operation, folder: Path, trap: Trap) -> Strike:
    """Run an operation and kill it at a named point.

    Raises:
        RuntimeError: if the process never came to that point.
    """
    with Victim(operation, folder, trap) as victim:
        began = time.monotonic()
        victim.listen(began + _PATIENCE)
        elapsed = time.monotonic() - began
        victim.kill()
        torn = trap.point is not None and trap.point.torn is not None
        expected = signal.SIGXFSZ if torn else signal.SIGKILL
        if victim.ended_by is not expected or victim.reached is torn:
            raise RuntimeError(f"the process that was to {operation.name} did not die there")
        return Strike(victim.acknowledged, elapsed, late=False)


def count_moments(operation: Operation, folder: Path, after: int) -> Counter[Moment]:
    """Run an operation undisturbed and count its moments after some acknowledged steps.

    Raises:
        RuntimeError: if it did not come to its end.
    """
    with Victim(operation, folder, Trap(after)) as victim:
        victim.listen(time.monotonic() + _PATIENCE)
        if victim.done is None:
            raise RuntimeError(f"the process that was to {operation.name} failed by itself")
        return victim.done.counted


def trap_at(point: Point, after: int, counted: Counter[Moment]) -> Trap:
    """The trap of a point, by the moments of an undisturbed run."""
    return Trap(after, point, point.number(counted))


@functools.cache
def _context() -> ForkServerContext:
    """Children are forked from a server that has imported everything and holds nothing open."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["crash.worker"])
    return context


def _marks(folder: Path) -> dict[str, tuple[int, int]]:
    marks: dict[str, tuple[int, int]] = {}
    with os.scandir(folder) as entries:
        for entry in entries:
            with contextlib.suppress(FileNotFoundError):
                status: Any = entry.stat()
                marks[entry.name] = (status.st_size, status.st_mtime_ns)
    return marks
