"""A cleared listing: the only thing a ledger records, and only `review` can make one."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, NoReturn, final

from creditshare.closed import Closed
from creditshare.errors import ForgedValueError
from creditshare.model import Listing

if TYPE_CHECKING:
    from creditshare.rules.rulebook import Rulebook

__all__ = ["ClearedListing"]


@final
class ClearedListing(Closed):
    """A listing that passed every rule of a rulebook.

    No file of them is ever read back: that would be a way around the review.

    Attributes:
        listing: What was cleared.
        origin: For whose ledger.
        rulebook: By which rules.
        first_day: The first day on which every rule holds.
        last_day: The last such day: the retention end, or the day by which an open conduct must
            be confirmed again.
        listed: The day on which it was first listed, as the review was told for one that is
            listed already; None for a new one. A ledger takes neither for the other.
    """

    __slots__ = ("first_day", "last_day", "listed", "listing", "origin", "rulebook")

    listing: Listing
    origin: str
    rulebook: Rulebook
    first_day: dt.date
    last_day: dt.date
    listed: dt.date | None

    def __init_subclass__(cls) -> NoReturn:
        raise ForgedValueError("cleared listings have no other kinds")

    def __repr__(self) -> str:
        return f"<ClearedListing {self.first_day} to {self.last_day} by {self.rulebook.name}>"
