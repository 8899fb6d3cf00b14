"""What one process measures: time inside the clock, and the most memory it ever held."""

from __future__ import annotations

import array
import contextlib
import cProfile
import itertools
import resource
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

import attrs

__all__ = ["Clock", "Measured"]

_BATCH = 2000
_UNITS_PER_MB = 1_000_000 if sys.platform == "darwin" else 1_000_000 / 1024
_T = TypeVar("_T")


@attrs.frozen
class Measured:
    """What a process measured.

    Attributes:
        count: How many records, rows or calls.
        seconds: Wall time inside the clock.
        cpu_seconds: The process's CPU time inside the clock, all its threads.
        peak_mb: The most resident memory, in 10^6 bytes, from the process's start to its end.
        p50_us: The median call, in microseconds, where calls were timed one by one.
        p99_us: The 99th percentile likewise.
    """

    count: int
    seconds: float
    cpu_seconds: float
    peak_mb: float
    p50_us: float | None = None
    p99_us: float | None = None

    @property
    def per_record_us(self) -> float:
        """Microseconds a record, row or call."""
        return self.seconds / self.count * 1e6


class Clock:
    """Adds up time between `running` and its end, less what happens `outside`.

    Args:
        profile: If given, it runs while the clock runs.
    """

    def __init__(self, profile: cProfile.Profile | None = None) -> None:
        self._profile = profile
        self._seconds = self._cpu = 0.0
        self._calls = array.array("q")

    @contextlib.contextmanager
    def running(self) -> Iterator[None]:
        """Measure what happens inside."""
        self._start()
        try:
            yield
        finally:
            self._stop()

    def outside(self, values: Iterable[_T]) -> Iterator[_T]:
        """The same values, made in batches while the clock stands; iterate while it runs."""
        stream = iter(values)
        while True:
            self._stop()
            batch = list(itertools.islice(stream, _BATCH))
            self._start()
            if not batch:
                return
            yield from batch

    def calls(self, function: Callable[[_T], object], values: Iterable[_T]) -> None:
        """Time calls one by one, for percentiles; the clock must run."""
        now, note = time.perf_counter_ns, self._calls.append
        for value in self.outside(values):
            begun = now()
            function(value)
            note(now() - begun)

    def measured(self, count: int) -> Measured:
        """What was measured, for so many records."""
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / _UNITS_PER_MB
        calls = sorted(self._calls)
        if not calls:
            return Measured(count, self._seconds, self._cpu, peak)
        half, most = (calls[int(len(calls) * share)] / 1000 for share in (0.5, 0.99))
        return Measured(len(calls), sum(calls) / 1e9, self._cpu, peak, half, most)

    def _start(self) -> None:
        self._begun = time.perf_counter(), time.process_time()
        if self._profile:
            self._profile.enable()

    def _stop(self) -> None:
        if self._profile:
            self._profile.disable()
        self._seconds += time.perf_counter() - self._begun[0]
        self._cpu += time.process_time() - self._begun[1]
