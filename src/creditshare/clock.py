"""Instants and days. Time always comes in as an argument; nothing here reads a clock."""

from __future__ import annotations

import datetime as dt

from creditshare.errors import MisuseError

__all__ = [
    "EPOCH_ORDINAL",
    "day_number",
    "day_of",
    "first_day_unended",
    "from_day_number",
    "from_unix",
    "last_day_begun",
    "unix",
]

_UNIX_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_END = dt.datetime(9001, 1, 1, tzinfo=dt.UTC)
EPOCH_ORDINAL = _UNIX_EPOCH.date().toordinal()
"""What `day_number` subtracts; for where a call a day would count."""
_EARLIEST_ZONE = dt.timedelta(hours=14)
_LATEST_ZONE = dt.timedelta(hours=12)


def unix(at: dt.datetime) -> int:
    """Whole seconds since 1970-01-01 UTC.

    Raises:
        MisuseError: if `at` has no time zone (a naive time would be somebody's local guess), or
            lies outside the years 1970 to 9000 in UTC.
    """
    if not isinstance(at, dt.datetime) or at.utcoffset() is None:
        raise MisuseError("a time must be a datetime with a time zone, such as datetime.now(UTC)")
    if not _UNIX_EPOCH <= at < _END:
        raise MisuseError("a time must lie in the years 1970 to 9000 (UTC)")
    return (at - _UNIX_EPOCH) // dt.timedelta(seconds=1)


def from_unix(seconds: int) -> dt.datetime:
    """The UTC instant of `unix` seconds (0 to 2^36, the years 1970 to 4147)."""
    return dt.datetime.fromtimestamp(seconds, dt.UTC)


def day_of(at: dt.datetime) -> dt.date:
    """The UTC day of an instant: what waiting times are counted in."""
    return from_unix(unix(at)).date()


def last_day_begun(at: dt.datetime) -> dt.date:
    """The latest calendar day that has begun anywhere on Earth at this instant.

    What ends on a day (retention, a confirmation that runs out) is over as soon as the next
    day has begun anywhere: in doubt a record goes hours early, never hours late.
    """
    return (from_unix(unix(at)) + _EARLIEST_ZONE).date()


def first_day_unended(at: dt.datetime) -> dt.date:
    """The earliest calendar day that has not ended everywhere on Earth at this instant.

    What protects a person until a day (a suspension, an exemption) holds until that day has ended
    everywhere.
    """
    return (from_unix(unix(at)) - _LATEST_ZONE).date()


def day_number(day: dt.date) -> int:
    """Days since 1970-01-01; what the format carries. Negative before."""
    return day.toordinal() - EPOCH_ORDINAL


def from_day_number(number: int) -> dt.date:
    """The inverse of `day_number`, for numbers a date can hold."""
    return dt.date.fromordinal(number + EPOCH_ORDINAL)
