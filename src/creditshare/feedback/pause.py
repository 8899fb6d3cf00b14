"""Why a measure must be lifted though its listing lives: nothing may rest on it now."""

from __future__ import annotations

import datetime as dt
import enum

from creditshare.bundle.event import DAY_MAX
from creditshare.bundle.marks import Marks
from creditshare.clock import from_day_number
from creditshare.model import ListingStatus

__all__ = ["Pause", "paused"]

_OPEN = from_day_number(DAY_MAX)
"""A suspension's last day that no day is."""


class Pause(enum.StrEnum):
    """Why nothing may rest on a live listing now.

    *Suspended* is also what a dispute that nobody answered in time comes to. *Stale*: its issuer's
    word has expired, so that screening permits nothing until its next bundle.
    """

    SUSPENDED = "suspended"
    EXEMPTED = "exempted"
    STALE = "stale"


def paused(marks: Marks, *, stale: bool = False) -> tuple[Pause, dt.date | None] | None:
    """Why nothing may rest on a live listing, and the last day of that; None if something may.

    Args:
        marks: The listing's.
        stale: Whether its issuer's word has expired.

    Returns:
        The day is None if only the issuer ends it.
    """
    until = None if stale else _paused_until(marks)
    if marks.status is ListingStatus.SUSPENDED:
        return Pause.SUSPENDED, until
    if marks.status is ListingStatus.EXEMPTED:
        return Pause.EXEMPTED, until
    return (Pause.STALE, until) if stale else None


def _paused_until(marks: Marks) -> dt.date | None:
    """The later last day of a suspension and an exemption.

    An unanswered dispute has none, nor has the suspension after one that was upheld.
    """
    days = [day for day in (marks.suspended_until, marks.exempted_until) if day is not None]
    last = max(days, default=_OPEN)
    return None if marks.unanswered or last == _OPEN else last
