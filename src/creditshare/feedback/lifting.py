"""By when a measure must be lifted: its listing has ended, or nothing may rest on it now."""

from __future__ import annotations

import datetime as dt
import enum

from creditshare.bundle.event import DAY_MAX
from creditshare.bundle.marks import Marks
from creditshare.clock import from_day_number
from creditshare.feedback.execution import Execution
from creditshare.model import ListingStatus
from creditshare.rules import AppliedMeasure, MeasureCatalogue, lifting_due

__all__ = ["Pause", "due_day", "paused"]

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


def due_day(
    execution: Execution, ended: dt.date, catalogue: MeasureCatalogue, *, void: bool = False
) -> dt.date:
    """By which day a measure must be lifted.

    Args:
        execution: That it was applied.
        ended: The listing's end.
        catalogue: Says which measures outlast a listing; one that it does not hold does not.
        void: Whether the listing should never have been; then nothing outlasts it.
    """
    listing = execution.origin, execution.listing_id
    applied = AppliedMeasure(*listing, execution.measure, execution.on)
    gone = [listing] if void else []
    (due,) = lifting_due([applied], {listing: ended}, catalogue, void=gone)
    return due.by


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
