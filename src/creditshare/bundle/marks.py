"""What the marks of a listing come to at one moment, by the clock of whoever holds them.

What protects the person begins early and ends late. A suspension or an exemption holds until its
last day has ended everywhere on Earth. An unanswered dispute suspends as soon as the day after the
last one for an answer has begun anywhere; no message is needed, and only the issuer's answer (a
resumption) or a withdrawal ends it.
"""

from __future__ import annotations

import datetime as dt

import attrs

from creditshare.bundle.event import DAY_MAX
from creditshare.clock import from_day_number
from creditshare.model import ListingStatus

__all__ = ["Marks", "marks_of"]


@attrs.frozen
class Marks:
    """The marks in force.

    Attributes:
        suspended_until: The last day of a suspension, or None.
        exempted_until: The last day of an exemption, or None.
        disputed: Whether a dispute is open.
        disputed_until: The last day on which the issuer can answer it in time; None if it is not
            disputed, or no day suspends it.
        unanswered: Whether that day has passed: the listing counts as suspended.
    """

    suspended_until: dt.date | None
    exempted_until: dt.date | None
    disputed: bool
    disputed_until: dt.date | None
    unanswered: bool

    @property
    def status(self) -> ListingStatus:
        """What they come to, the one that protects most first."""
        if self.suspended_until or self.unanswered:
            return ListingStatus.SUSPENDED
        if self.exempted_until:
            return ListingStatus.EXEMPTED
        return ListingStatus.DISPUTED if self.disputed else ListingStatus.LISTED


def marks_of(
    suspended: int, exempted: int, disputed: int | None, *, begun: int, unended: int
) -> Marks:
    """The marks in force; all days are day numbers.

    Args:
        suspended: The last day of a suspension; 0 if there is none.
        exempted: The last day of an exemption; 0 if there is none.
        disputed: The last day for an answer; None if there is no dispute.
        begun: The last day begun.
        unended: The first day unended.
    """
    answer_by = None if disputed in (None, DAY_MAX) else disputed
    return Marks(
        from_day_number(suspended) if suspended >= unended else None,
        from_day_number(exempted) if exempted >= unended else None,
        disputed is not None,
        None if answer_by is None else from_day_number(answer_by),
        answer_by is not None and answer_by < begun,
    )
