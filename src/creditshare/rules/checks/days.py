"""Days: how a check that depends on the day is written, and how spans of time are counted."""

from __future__ import annotations

import datetime as dt

import attrs

__all__ = ["Days", "add", "no_earlier", "no_later"]


@attrs.frozen
class Days:
    """The days on which a rule holds.

    Attributes:
        first: The first such day, or None if it has always held.
        last: The last such day, or None if it holds for ever.
    """

    first: dt.date | None = None
    last: dt.date | None = None

    def include(self, day: dt.date) -> bool:
        """Whether the rule holds on that day."""
        return (self.first is None or self.first <= day) and (self.last is None or day <= self.last)


def no_later(day: dt.date, value: int, unit: str) -> dt.date:
    """The last day of a span that must not be exceeded, counted from the day after `day`."""
    return add(day, value, unit, up=False)


def no_earlier(day: dt.date, value: int, unit: str) -> dt.date:
    """The first day after a full span that must have passed since `day`."""
    return add(add(day, value, unit, up=True), 1, "days", up=True)


def add(day: dt.date, value: int, unit: str, *, up: bool) -> dt.date:
    """A day some days, months or years later; a day that does not exist goes up or down."""
    try:
        if unit == "days":
            return day + dt.timedelta(days=value)
        return _corresponding(day, value if unit == "months" else 12 * value, up=up)
    except (OverflowError, ValueError):
        return dt.date.max


def _corresponding(day: dt.date, months: int, *, up: bool) -> dt.date:
    total = day.month - 1 + months
    first = dt.date(day.year + total // 12, total % 12 + 1, 1)
    following = dt.date(first.year + first.month // 12, first.month % 12 + 1, 1)
    length = (following - first).days
    if day.day <= length:
        return first.replace(day=day.day)
    return following if up else first.replace(day=length)
