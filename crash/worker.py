"""The process that is killed: it runs one operation and acknowledges every step."""

from __future__ import annotations

from collections import Counter
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import attrs

from crash.exchange import Exchange
from crash.operations import OPERATIONS
from crash.points import Moment, Point, tear, watch

__all__ = ["Acknowledged", "Done", "Reached", "Trap", "work"]


@attrs.frozen
class Acknowledged:
    """A number of steps is done."""

    steps: int


@attrs.frozen
class Reached:
    """The named point is reached; the process now waits to be killed."""


@attrs.frozen
class Done:
    """The database is closed; `counted` are the moments passed after the trap was set."""

    counted: Counter[Moment]


@attrs.frozen
class Trap:
    """At which moment to stop, and after how many acknowledged steps its counting begins.

    Attributes:
        after: Steps that are acknowledged before.
        point: Where; None only counts.
        number: Which moment of that name, from 1.
    """

    after: int
    point: Point | None = None
    number: int = 1


class _Watcher:
    """Counts moments once the trap is set, and stops at the one that it names."""

    def __init__(self, trap: Trap, folder: Path, pipe: Connection[Any, Any]) -> None:
        self._trap, self._folder, self._pipe = trap, folder, pipe
        self._set = False
        self.counted: Counter[Moment] = Counter()

    def acknowledged(self, steps: int) -> None:
        self._set = steps >= self._trap.after

    def seen(self, moment: Moment) -> None:
        point = self._trap.point
        if not self._set:
            return
        self.counted[moment] += 1
        if point is None or (moment, self.counted[moment]) != (point.moment, self._trap.number):
            return
        if point.torn is not None:
            tear(self._folder, point.torn, point.grown)
        else:
            self._pipe.send(Reached())
            self._pipe.recv()


def work(name: str, folder: Path, pipe: Connection[Any, Any], trap: Trap | None) -> None:
    """Run an operation, telling the other end of a pipe what is done.

    Args:
        name: Of the operation.
        folder: Of the exchange.
        pipe: Receives `Acknowledged`, `Reached` and, once all is closed, `Done`.
        trap: Where to stop, if anywhere.
    """
    watcher = _Watcher(trap or Trap(0), folder, pipe)
    if trap is not None:
        watch(watcher.seen)
    for steps, _ in enumerate(OPERATIONS[name].run(Exchange.load(folder), 0)):
        pipe.send(Acknowledged(steps))
        watcher.acknowledged(steps)
    pipe.send(Done(watcher.counted))
