"""What a calendar does, and the one that knows no holidays."""

from __future__ import annotations

import datetime as dt
from typing import Protocol, runtime_checkable

import attrs

from creditshare.arguments import expect
from creditshare.calendars.spans import Due, Span, Unit, add
from creditshare.errors import MisuseError

__all__ = ["NEEDS_EXTRA", "PLAIN", "Calendar"]

NEEDS_EXTRA = 'pip install "creditshare[calendar]"'


@runtime_checkable
class Calendar(Protocol):
    """Tells when a term ends; `calendar` makes one, and anybody can write another."""

    def after(self, day: dt.date, span: Span, *, never_early: bool = False) -> Due:
        """The last day of a term.

        A last day that is a holiday stays where it is: laws that move it on give whoever owes an
        answer more time. For a term that the person has, ask again for zero working days after it.

        Args:
            day: Of the event, which is not counted.
            span: How long. Zero working days end with the day itself or, if it is none, with the
                first working day after it.
            never_early: See `add`.

        Raises:
            MisuseError: for working days, if the calendar knows none.
        """


@attrs.frozen
class _Plain:
    def after(self, day: dt.date, span: Span, *, never_early: bool = False) -> Due:
        expect(Span, span=span)
        if span.unit is Unit.WORKING_DAYS:
            message = f'working days need a country\'s calendar: calendar("CN"), {NEEDS_EXTRA}'
            raise MisuseError(message)
        return Due(add(day, span, never_early=never_early))


PLAIN: Calendar = _Plain()
"""Counts days, months and years, and knows no holidays: asked for working days, it refuses."""
