"""Where a live listing stands at a recipient, as far as it matters for what rests on it."""

from __future__ import annotations

import datetime as dt

import attrs

from creditshare.bundle import Checkpoint, marks_of
from creditshare.bundle.marks import Marks
from creditshare.clock import day_number, first_day_unended, last_day_begun
from creditshare.feedback.pause import Pause, paused
from creditshare.stores.registry import RegistryStore

__all__ = ["Held", "held_listing"]


@attrs.frozen
class Held:
    """A live listing.

    Attributes:
        marks: The marks in force.
        wording: Tells what it says now from what it said before an amendment.
        pause: Why nothing may rest on it now, and the last day of that; None if something may.
    """

    marks: Marks
    wording: bytes
    pause: tuple[Pause, dt.date | None] | None


def held_listing(
    store: RegistryStore, origin: str, listing_id: bytes, at: dt.datetime
) -> Held | None:
    """A live listing; None if it is not live, or its last day has passed.

    Args:
        store: The registry's database.
        origin: Whose listing.
        listing_id: Its id.
        at: Now.
    """
    row = store.standing_of(origin, listing_id)
    begun, unended = day_number(last_day_begun(at)), day_number(first_day_unended(at))
    if row is None or row.day < begun:
        return None
    marks = marks_of(row.suspended, row.exempted, row.disputed, begun=begun, unended=unended)
    stale = Checkpoint.from_bytes(row.checkpoint).expired(at)
    return Held(marks, row.wording, paused(marks, stale=stale))
