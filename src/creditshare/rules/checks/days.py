"""Days: how a check that depends on the day is written, and the two sides of a span of time."""

from __future__ import annotations

import datetime as dt

import attrs

from creditshare.calendars import Span, Unit
from creditshare.calendars.spans import counted

__all__ = ["Days", "no_earlier", "no_later"]

_ONE_DAY = Span(1, Unit.DAYS)


@attrs.frozen
class Days:
    """The days on which a rule holds.

    Attributes:
        first: The first such day, or None if it has always held.
        last: The last such day, or None if it holds for ever.
    """

    first: dt.date | None = None
    last: dt.date | None = None


def no_later(day: dt.date, span: Span) -> dt.date:
    """The last day of a span that must not be exceeded; `day` itself is not counted."""
    return counted(day, span)


def no_earlier(day: dt.date, span: Span) -> dt.date:
    """The first day after a full span that must have passed since `day`."""
    return counted(counted(day, span, never_early=True), _ONE_DAY)


def read_day(text: str) -> dt.date | None:
    """A day written as in ISO 8601 with dashes; None if it is none."""
    try:
        day = dt.date.fromisoformat(text)
    except ValueError:
        return None
    return day if day.isoformat() == text else None
