"""Lengths of time as laws write them, and how a term of such a length is counted.

The day of the event is not counted, and a term of months or years ends on the day of the same
number. So say the Civil Code of China (articles 201 and 202), Regulation (EEC, Euratom) No 1182/71
(article 3) and the general rule elsewhere: 15 days after the 1st end with the 16th.

Where the last month has no such day (a month after 31 January, five years after 29 February) those
laws end the term with the month. What must be done or be over by then is never late. What may not
begin before, such as coming of age, asks for the other side and is never early.
"""

from __future__ import annotations

import datetime as dt
import enum

import attrs

from creditshare.arguments import expect, expect_day
from creditshare.errors import MisuseError
from creditshare.model.faults import Faults

__all__ = ["Due", "Span", "Unit", "add", "counted"]

_VALUE_MAX = 36_500


class Unit(enum.StrEnum):
    """What a term is counted in; the value is what a rulebook writes."""

    DAYS = "days"
    WORKING_DAYS = "working-days"
    MONTHS = "months"
    YEARS = "years"


# A member is looked up slowly through its class before Python 3.12.
_DAYS, _WORKING_DAYS, _YEARS = Unit.DAYS, Unit.WORKING_DAYS, Unit.YEARS


@attrs.frozen
class Span:
    """A length of time, such as three working days.

    Attributes:
        value: How many, from 0 to 36,500.
        unit: Of what.
    """

    value: int
    unit: Unit

    def __attrs_post_init__(self) -> None:
        faults = Faults("span")
        faults.number("value", self.value, 0, _VALUE_MAX)
        faults.kind("unit", self.unit, Unit)
        faults.raise_any()


@attrs.frozen
class Due:
    """The last day of a term.

    Attributes:
        day: The last day. What has to be done is in time until it has ended.
        provisional: Whether working days were counted beyond the published calendar, so that the
            day has to be computed again when more of it is known.
    """

    day: dt.date
    provisional: bool = False

    def __attrs_post_init__(self) -> None:
        faults = Faults("due")
        faults.kind("day", self.day, dt.date)
        timeless = not isinstance(self.day, dt.datetime)
        faults.check("day", timeless, "must be a date without a time")
        faults.kind("provisional", self.provisional, bool)
        faults.raise_any()


def add(day: dt.date, span: Span, *, never_early: bool = False) -> dt.date:
    """The last day of a term in days, months or years; `datetime.date.max` if it lies beyond.

    Args:
        day: Of the event, which is not counted.
        span: How long.
        never_early: Where the last month has no such day, give the first day of the month after
            it and not the last day of that month.

    Raises:
        MisuseError: for working days, which only a calendar knows.
    """
    expect_day(day=day)
    expect(Span, span=span)
    return counted(day, span, never_early=never_early)


def counted(day: dt.date, span: Span, *, never_early: bool = False) -> dt.date:
    """The same as `add` for what is known to be a day and a span: a review asks for many."""
    unit = span.unit
    if unit is _WORKING_DAYS:
        raise MisuseError("working days are counted by a calendar, not by add()")
    try:
        if unit is _DAYS:
            return day + dt.timedelta(days=span.value)
        months = span.value * (12 if unit is _YEARS else 1)
        return _same_day(day, months, never_early=never_early)
    except OverflowError:
        return dt.date.max


def _same_day(day: dt.date, months: int, *, never_early: bool) -> dt.date:
    years, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + years, month + 1
    if year > dt.MAXYEAR:
        raise OverflowError
    try:
        return dt.date(year, month, day.day)
    except ValueError:  # the month has no such day, so it is not December
        following = dt.date(year, month + 1, 1)
        return following if never_early else following - dt.timedelta(days=1)
