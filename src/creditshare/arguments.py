"""Checks of arguments where another type would fail late, or with somebody else's error."""

from __future__ import annotations

import datetime as dt

from creditshare.errors import MisuseError

__all__ = ["expect", "expect_day"]


def expect(kind: type, **arguments: object) -> None:
    """Refuse arguments of another type.

    Args:
        kind: What each argument must be.
        arguments: The arguments by name.

    Raises:
        MisuseError: naming the argument and what it must be.
    """
    for name, value in arguments.items():
        if not isinstance(value, kind):
            raise MisuseError(f"{name} must be {kind.__name__}, not {type(value).__name__}")


def expect_day(**arguments: object) -> None:
    """Refuse what is no calendar day.

    Args:
        arguments: The days by name.

    Raises:
        MisuseError: also for a datetime, whose time would be dropped silently.
    """
    expect(dt.date, **arguments)
    for name, day in arguments.items():
        if isinstance(day, dt.datetime):
            raise MisuseError(f"{name} must be a date without a time")
