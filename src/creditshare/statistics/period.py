"""Periods of whole days."""

from __future__ import annotations

import calendar
import datetime as dt
import re
from typing import Self

import attrs

from creditshare.errors import Fault, InvalidValueError
from creditshare.model.faults import Faults

__all__ = ["Period"]

_WRITTEN = re.compile(r"([0-9]{4})(?:Q([1-4])|-([0-9]{2}))?", re.ASCII)


@attrs.frozen
class Period:
    """From the beginning of one day to the end of another.

    Attributes:
        first: The first day.
        last: The last day.
    """

    first: dt.date
    last: dt.date

    def __attrs_post_init__(self) -> None:
        faults = Faults("period")
        faults.day("first", self.first)
        faults.day("last", self.last)
        faults.raise_any()
        faults.check("last", self.first <= self.last, "before the first day")
        faults.raise_any()

    @classmethod
    def month(cls, year: int, month: int) -> Self:
        """The period of a calendar month.

        Args:
            year: 1800 to 9000.
            month: 1 to 12.

        Raises:
            InvalidValueError: if there is no such month.
        """
        return cls._months(year, month, 1, "month", 12)

    @classmethod
    def quarter(cls, year: int, quarter: int) -> Self:
        """The period of a quarter of a calendar year.

        Args:
            year: 1800 to 9000.
            quarter: 1 to 4.

        Raises:
            InvalidValueError: if there is no such quarter.
        """
        return cls._months(year, quarter, 3, "quarter", 4)

    @classmethod
    def year(cls, year: int) -> Self:
        """The period of a calendar year, 1800 to 9000.

        Raises:
            InvalidValueError: if there is no such year.
        """
        return cls._months(year, 1, 12, "year", 1)

    @classmethod
    def parse(cls, text: str) -> Self:
        """The period of a text such as ``2026``, ``2026Q1``, ``2026-03`` or ``2026-03/2026-05``.

        Two with a slash between them are from the beginning of the one to the end of the other, as
        ISO 8601 writes an interval.

        Raises:
            InvalidValueError: if it is none of these, or ends before it begins.
        """
        first, slash, last = text.partition("/") if isinstance(text, str) else ("", "", "")
        begun = cls._parse_one(first)
        return cls(begun.first, cls._parse_one(last).last) if slash else begun

    @classmethod
    def _parse_one(cls, text: str) -> Self:
        found = _WRITTEN.fullmatch(text)
        if found is None:
            problem = Fault("text", "must be like 2026, 2026Q1, 2026-03 or 2026-03/2026-05")
            raise InvalidValueError("period", (problem,))
        year, quarter, month = found.groups()
        if quarter:
            return cls.quarter(int(year), int(quarter))
        return cls.month(int(year), int(month)) if month else cls.year(int(year))

    @classmethod
    def _months(cls, year: int, number: int, length: int, what: str, most: int) -> Self:
        faults = Faults("period")
        faults.number("year", year, 1800, 9000)
        faults.number(what, number, 1, most)
        faults.raise_any()
        last = number * length
        days = calendar.monthrange(year, last)[1]
        return cls(dt.date(year, last - length + 1, 1), dt.date(year, last, days))

    @property
    def eve(self) -> dt.date:
        """The day before the first: the end of the period before."""
        return self.first - dt.timedelta(days=1)

    def __contains__(self, day: dt.date | None) -> bool:
        return day is not None and self.first <= day <= self.last
