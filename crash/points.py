"""Named moments of an operation, seen from outside the library, and what happens there.

SQLite tells which statement it is about to run; the calls that put a file in its place are
seen by wrapping them. Both are watched in the process that is to die and in no other, and nothing
of the library is replaced. The names are those of SQLite and of the operating system, so they stay
when tables change.
"""

from __future__ import annotations

import functools
import os
import resource
import signal
import sqlite3
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any
from unittest import mock

import attrs

__all__ = ["Moment", "Point", "tear", "watch"]

Moment = str
_STATEMENTS: dict[str, Moment] = {
    "BEGIN": "begin",
    "INSERT": "write",
    "UPDATE": "write",
    "DELETE": "write",
    "REPLACE": "write",
    "COMMIT": "commit",
    "END": "commit",
    "PRAGMA WAL_CHECKPOINT": "checkpoint",
}
_AFTER: dict[Moment, Moment] = {"commit": "committed", "checkpoint": "checkpointed"}


@attrs.frozen
class Point:
    """Where a process is to die.

    Attributes:
        moment: What it is about to do, or has just done.
        place: Which of the moments of that name: 0 the first, 1 the last, 0.5 half-way.
        torn: None to be killed there; otherwise a file's suffix: the kernel ends the process
            in the midst of a write, as soon as that file has grown by `grown` bytes.
        grown: Bytes, for `torn`.
    """

    moment: Moment
    place: float = 0.0
    torn: str | None = None
    grown: int = 6000

    def number(self, counted: Counter[Moment]) -> int:
        """Which moment of that name it is, from 1, of those counted in an undisturbed run."""
        total = counted[self.moment]
        if not total:
            raise LookupError(f"the operation never comes to {self.moment!r}")
        return 1 + round(self.place * (total - 1))


def watch(seen: Callable[[Moment], None]) -> None:
    """From now on, tell each moment of this process; for a process that is to die."""
    connect = functools.partial(sqlite3.connect, factory=_watched(seen))

    def opened(*arguments: Any, **options: Any) -> sqlite3.Connection:
        connection = connect(*arguments, **options)
        connection.set_trace_callback(lambda sql: _tell(seen, _moment(sql)))
        return connection

    mock.patch.object(sqlite3, "connect", opened).start()
    for name, before, after in (
        ("fsync", "sync", "synced"),
        ("replace", "publish", "published"),
        ("link", "publish", "published"),
        ("rename", "publish", "published"),
    ):
        mock.patch.object(os, name, _surrounded(getattr(os, name), seen, before, after)).start()
    mock.patch.object(os, "open", _creating(os.open, seen)).start()


def tear(folder: Path, suffix: str, grown: int) -> None:
    """Let the kernel end this process in the midst of a write, with nothing cleaned up.

    A write that crosses the limit is cut there; the next one raises SIGXFSZ, which is deadly.
    """
    size = max((path.stat().st_size for path in folder.glob(f"*{suffix}")), default=0)
    signal.signal(signal.SIGXFSZ, signal.SIG_DFL)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (size + grown, size + grown))


def _watched(seen: Callable[[Moment], None]) -> type[sqlite3.Connection]:
    class Watched(sqlite3.Connection):
        """SQLite's own connection, which tells when a commit or checkpoint has returned."""

        def commit(self) -> None:
            super().commit()
            seen("committed")

        def execute(self, sql: str, *parameters: Any) -> sqlite3.Cursor:
            cursor = super().execute(sql, *parameters)
            _tell(seen, _AFTER.get(_moment(sql) or ""))
            return cursor

    return Watched


def _surrounded(
    call: Callable[..., Any], seen: Callable[[Moment], None], before: Moment, after: Moment
) -> Callable[..., Any]:
    def surrounded(*arguments: Any, **options: Any) -> Any:
        seen(before)
        answer = call(*arguments, **options)
        seen(after)
        return answer

    return surrounded


def _creating(call: Callable[..., int], seen: Callable[[Moment], None]) -> Callable[..., int]:
    def creating(path: Any, flags: int, *arguments: Any, **options: Any) -> int:
        descriptor = call(path, flags, *arguments, **options)
        if flags & os.O_EXCL:
            seen("created")
        return descriptor

    return creating


def _moment(sql: str) -> Moment | None:
    words = sql.upper().replace("(", " ").split()
    return _STATEMENTS.get(words[0]) or _STATEMENTS.get(" ".join(words[:2])) if words else None


def _tell(seen: Callable[[Moment], None], moment: Moment | None) -> None:
    if moment:
        seen(moment)
