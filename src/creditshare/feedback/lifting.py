"""By when a measure must have been lifted, once the listing it rests on has ended."""

from __future__ import annotations

import datetime as dt

from creditshare.bundle.event import DAY_MAX
from creditshare.bundle.marks import Marks
from creditshare.clock import from_day_number
from creditshare.feedback.execution import Execution
from creditshare.rules import AppliedMeasure, MeasureCatalogue, lifting_due

__all__ = ["due_day", "paused_until"]

_OPEN = from_day_number(DAY_MAX)
"""A suspension's last day that no day is."""


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


def paused_until(marks: Marks) -> dt.date | None:
    """The last day on which nothing may rest on a listing; None if only its issuer ends that.

    An unanswered dispute has no last day, nor has the suspension after one that was upheld; of a
    suspension and an exemption the later counts.
    """
    days = [day for day in (marks.suspended_until, marks.exempted_until) if day is not None]
    last = max(days, default=_OPEN)
    return None if marks.unanswered or last == _OPEN else last
