"""Measures that are due to be lifted, because the listing that they rest on has ended.

A measure ends with its listing, unless its own rule gives it a tail; and a listing that should
never have been leaves no tail behind.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Container, Iterable, Mapping

import attrs

from creditshare.arguments import expect
from creditshare.calendars import add
from creditshare.model import LISTING_ID_SIZE
from creditshare.model.faults import Faults
from creditshare.rules.measures import MeasureCatalogue

__all__ = ["AppliedMeasure", "Lifting", "lifted_by", "lifting_due"]


@attrs.frozen
class AppliedMeasure:
    """That an agency applied a measure, resting on one listing.

    Attributes:
        origin: Whose listing it is.
        listing_id: Its id, 16 bytes.
        measure: The measure's code.
        applied: The day.
        case: The agency's own name for the borrower, the same for all listings of that borrower.
            It shows that a measure rests on another listing too. Empty if not told.
    """

    origin: str
    listing_id: bytes
    measure: str
    applied: dt.date
    case: str = ""

    def __attrs_post_init__(self) -> None:
        faults = Faults("applied measure")
        faults.text("origin", self.origin, limit=100)
        if faults.kind("listing_id", self.listing_id, bytes):
            faults.check("listing_id", len(self.listing_id) == LISTING_ID_SIZE, "must be 16 bytes")
        faults.text("measure", self.measure, limit=100)
        faults.day("applied", self.applied)
        faults.kind("case", self.case, str)
        faults.raise_any()

    @property
    def listing(self) -> tuple[str, bytes]:
        """The listing that it rests on: origin and id."""
        return self.origin, self.listing_id


@attrs.frozen
class Lifting:
    """That a measure no longer rests on a listing, at the latest from a day on.

    Attributes:
        applied: What was applied.
        ended: The day on which the listing ended.
        by: The day by whose end it must be lifted: that day, or the last day of the tail; the day
            on which it was applied, if the end was told later and lies before.
        stays_on: The other listings that the same measure of the same case rests on and that have
            not ended, as origin and id. While there are any the measure itself stays, and what is
            to be lifted is its resting on this listing.
    """

    applied: AppliedMeasure
    ended: dt.date
    by: dt.date
    stays_on: tuple[tuple[str, bytes], ...] = ()


def lifting_due(
    applied: Iterable[AppliedMeasure],
    ended: Mapping[tuple[str, bytes], dt.date],
    catalogue: MeasureCatalogue,
    *,
    void: Container[tuple[str, bytes]] = (),
) -> tuple[Lifting, ...]:
    """What is due to be lifted, and by when.

    Args:
        applied: What was applied and has not been lifted yet.
        ended: The listings that ended, by origin and id, with the day of the end.
        catalogue: Tells the tails. A measure that it does not know has none.
        void: Those of them that should never have been listed; they leave no tail.

    Returns:
        One entry for each measure whose listing ended, the earliest first. Those whose day has
        passed are overdue.

    Raises:
        MisuseError: for anything that is not an applied measure, or no catalogue; or if a tail is
            in working days.
    """
    expect(MeasureCatalogue, catalogue=catalogue)
    expect(Iterable, applied=applied)
    expect(Mapping, ended=ended)
    standing: dict[tuple[str, str], set[tuple[str, bytes]]] = {}
    over = []
    for item in applied:
        expect(AppliedMeasure, applied=item)
        if item.listing in ended:
            over.append(item)
        elif item.case:
            standing.setdefault((item.case, item.measure), set()).add(item.listing)
    due = []
    for item in over:
        end = ended[item.listing]
        void_too = item.listing in void
        by = lifted_by(item.measure, item.applied, end, catalogue, void=void_too)
        stays_on = standing.get((item.case, item.measure), ())
        due.append(Lifting(item, end, by, tuple(sorted(stays_on))))
    return tuple(sorted(due, key=_order))


def lifted_by(
    code: str, applied: dt.date, ended: dt.date, catalogue: MeasureCatalogue, *, void: bool
) -> dt.date:
    """The day by whose end a measure must be lifted; never before it was applied.

    Args:
        code: The measure's.
        applied: The day on which it was applied.
        ended: The day on which its listing ended.
        catalogue: Tells its tail. A measure that it does not know has none.
        void: Whether the listing should never have been; then nothing outlasts it.
    """
    tail = next((measure.tail for measure in catalogue.measures if measure.code == code), None)
    return max(applied, ended if tail is None or void else add(ended, tail))


def _order(lifting: Lifting) -> tuple[object, ...]:
    item = lifting.applied
    return lifting.by, item.listing, item.measure, item.applied, item.case
