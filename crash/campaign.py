"""One operation, killed again and again over the time between its first and its last write."""

from __future__ import annotations

import random
import shutil
import statistics
from collections.abc import Callable
from pathlib import Path

import attrs

from crash.checker import NotSafeError, State, Verdict, judge, undisturbed
from crash.exchange import Exchange
from crash.killer import strike_after
from crash.operations import Operation
from creditshare import CreditshareError

__all__ = ["Campaign", "Kill", "run_campaign"]

_MEASUREMENTS = 5
_MOST_LATE = 50


@attrs.frozen
class Kill:
    """One kill and what the restart found.

    Attributes:
        position: When, in parts of the time between first and last write: 0 to 1.
        acknowledged: How many steps were acknowledged before.
        verdict: What the restart found; None if it found a fault.
        fault: What is wrong, if anything.
    """

    position: float
    acknowledged: int
    verdict: Verdict | None
    fault: str | None = None


@attrs.frozen
class Campaign:
    """The kills of one operation.

    Attributes:
        operation: Its name.
        steps: How many steps it has.
        window: Seconds between first and last write, undisturbed; the median of five runs.
        late: How many more processes had ended before the blow fell; each was repeated.
        kills: In the order of their positions.
    """

    operation: str
    steps: int
    window: float
    late: int
    kills: tuple[Kill, ...]


def run_campaign(
    operation: Operation, folder: Path, kills: int, *, seed: int, told: Callable[[int], None]
) -> Campaign:
    """Kill an operation many times.

    Args:
        operation: What is killed.
        folder: A new one; what a fault left stays in it.
        kills: How many, evenly spread over the time between first and last write.
        seed: Of their order.
        told: Called with the number of kills after each.

    Raises:
        RuntimeError: if a process fails by itself, or is always too quick.
    """
    before, after = folder / "before", folder / "after"
    operation.prepare(Exchange.found(before))
    shutil.copytree(before, after)
    states = undisturbed(operation, Exchange.load(after))
    positions = [(number + 0.5) / kills for number in range(kills)]
    random.Random(seed).shuffle(positions)  # noqa: S311 - no secret
    target = _Target(operation, before, folder / "struck")
    done: list[Kill] = []
    for position in positions:
        acknowledged = target.kill(position)
        kill = _examine(operation, target.struck, position, acknowledged, states)
        if kill.fault is not None:
            target.struck.rename(folder / f"fault-{len(done)}")
        done.append(kill)
        told(len(done))
    kept = tuple(sorted(done, key=lambda kill: kill.position))
    return Campaign(operation.name, operation.steps, target.window, target.late, kept)


class _Target:
    """One operation where it is struck, and how long it takes.

    A process that had ended before the blow fell is a measurement more, and the blow is repeated.
    """

    def __init__(self, operation: Operation, before: Path, struck: Path) -> None:
        self._operation, self._before, self.struck = operation, before, struck
        self._measured = [self._strike(None)[0] for _ in range(_MEASUREMENTS)]
        self.late = 0

    @property
    def window(self) -> float:
        return statistics.median(self._measured[-_MEASUREMENTS:])

    def kill(self, position: float) -> int:
        for _ in range(_MOST_LATE):
            elapsed, acknowledged, late = self._strike(position * self.window)
            if not late:
                return acknowledged
            self._measured.append(elapsed)
            self.late += 1
        raise RuntimeError(f"the process that was to {self._operation.name} always ends too soon")

    def _strike(self, seconds: float | None) -> tuple[float, int, bool]:
        shutil.rmtree(self.struck, ignore_errors=True)
        shutil.copytree(self._before, self.struck)
        strike = strike_after(self._operation, self.struck, seconds)
        return strike.elapsed, strike.acknowledged, strike.late


def _examine(
    operation: Operation, struck: Path, position: float, acknowledged: int, states: list[State]
) -> Kill:
    restarted = struck.with_name("restarted")
    shutil.rmtree(restarted, ignore_errors=True)
    shutil.copytree(struck, restarted)
    try:
        verdict = judge(operation, restarted, acknowledged, states)
    except (NotSafeError, CreditshareError) as fault:
        return Kill(position, acknowledged, None, f"{type(fault).__name__}: {fault}")
    return Kill(position, acknowledged, verdict)
