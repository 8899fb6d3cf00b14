"""Working days by the public holidays of a country, from the library `holidays`.

Needs the extra ``calendar``. The library is loaded when a calendar is made, never before.

How far a calendar is published differs. The State Council of China decrees the days off and the
weekends worked for them year by year, in the autumn before; India's government lists its holidays
year by year, some of them subject to the moon; elsewhere they follow from a law, or from what is
proclaimed alike every year. Nothing here reads a clock: what is published is what the installed
version of the library holds. A single day, such as that of a royal funeral, can be added anywhere
at a few days' notice, and no calendar foresees it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

import attrs

from creditshare.arguments import expect, expect_day
from creditshare.calendars.base import NEEDS_EXTRA
from creditshare.calendars.spans import Due, Span, Unit, add
from creditshare.errors import MisuseError

__all__ = ["JURISDICTIONS", "PublicCalendar", "calendar"]

_FIRST_YEAR = 2001  # of the decrees of China, and of the lunar days of India
_LAST_YEAR = 2100  # of the library


@attrs.frozen
class PublicCalendar:
    """Counts working days by public holidays. Made by `calendar`.

    Attributes:
        jurisdiction: Whose holidays.
        first: The first day of the published calendar.
        last: The last day of it. What is counted beyond is provisional.
    """

    jurisdiction: str
    first: dt.date
    last: dt.date
    _nth: Callable[[dt.date, int], dt.date] = attrs.field(repr=False, eq=False)

    def after(self, day: dt.date, span: Span, *, never_early: bool = False) -> Due:
        """The last day of a term; see `Calendar.after`.

        Args:
            day: Of the event, which is not counted.
            span: How long.
            never_early: See `add`.

        Returns:
            The last day, and whether it lies beyond the published calendar.

        Raises:
            MisuseError: for what is no day or no span.
        """
        expect(Span, span=span)
        if span.unit is not Unit.WORKING_DAYS:
            return Due(add(day, span, never_early=never_early))
        expect_day(day=day)
        try:
            last = self._nth(day, span.value)
        except ValueError:  # how the library meets the end of the year 9999
            last = dt.date.max
        return Due(last, provisional=day < self.first or last > self.last)


def calendar(jurisdiction: str) -> PublicCalendar:
    """The calendar of a jurisdiction. Making one takes some time: keep it.

    - ``"CN"``: the days off and the worked weekends that the State Council decrees.
    - ``"EU"``: the closing days of the payment system TARGET; Member States have more.
    - ``"GB"``: the bank holidays of England and Wales; ``"GB-NIR"`` and ``"GB-SCT"`` those of
      Northern Ireland and Scotland.
    - ``"IN"``: the holidays of the central government's offices in Delhi; states have others.
    - ``"US"``: the federal holidays.

    Args:
        jurisdiction: One of these. For any other, write a `Calendar`.

    Returns:
        The calendar, as far as the installed library knows it.

    Raises:
        MisuseError: if there is no such calendar, or without the extra ``calendar``.
    """
    expect(str, jurisdiction=jurisdiction)
    if jurisdiction not in _SOURCES:
        raise MisuseError(f"no such calendar; there are {', '.join(_SOURCES)}")
    try:
        import holidays  # noqa: PLC0415 - an extra, and slow to load
    except ImportError as error:
        raise MisuseError(f"working days need the extra: {NEEDS_EXTRA}") from error
    source = _SOURCES[jurisdiction]
    found = getattr(holidays, source.name)(
        subdiv=source.part,
        years=range(_FIRST_YEAR, source.last_year + 1),
        expand=False,  # nothing grows while days are counted
        language="en_US",  # else names follow the machine's
    )
    first, last = dt.date(_FIRST_YEAR, 1, 1), source.published(found)
    return PublicCalendar(jurisdiction, first, last, found.get_nth_working_day)


def _by_law(_found: Any) -> dt.date:
    return dt.date(_LAST_YEAR, 12, 31)


def _by_decree(found: Any) -> dt.date:
    """Each decree has weekends to work on, and may reach back to the last of the year before."""
    decreed = max((day.year for day in found.weekend_workdays), default=_FIRST_YEAR - 1)
    return dt.date(decreed, 12, 21)  # the earliest yet was 29 December (2001, 2007, 2018)


def _by_list(found: Any) -> dt.date:
    """Until the year is listed, some of its days hang on a moon that nobody has seen."""
    guessed = (day.year for day, name in found.items() if "(estimated)" in name)
    return dt.date(min(guessed, default=_FIRST_YEAR) - 1, 12, 31)


@attrs.frozen
class _Source:
    name: str  # the library's
    part: str | None
    published: Callable[[Any], dt.date]
    last_year: int = _LAST_YEAR


_SOURCES: Mapping[str, _Source] = MappingProxyType(
    {
        "CN": _Source("China", None, _by_decree),
        "EU": _Source("EuropeanCentralBank", None, _by_law),
        "GB": _Source("UnitedKingdom", "ENG", _by_law),
        "GB-NIR": _Source("UnitedKingdom", "NIR", _by_law),
        "GB-SCT": _Source("UnitedKingdom", "SCT", _by_law),
        "IN": _Source("India", None, _by_list, last_year=2035),  # no festival is known after
        "US": _Source("UnitedStates", None, _by_law),
    }
)
JURISDICTIONS = tuple(_SOURCES)
"""Those whose calendar `calendar` knows."""
