"""What a ledger holds, one live listing after the other."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import attrs

from creditshare.arguments import expect
from creditshare.clock import first_day_unended, from_day_number, last_day_begun
from creditshare.model import ListingStatus
from creditshare.stores.ledger import LedgerStore, ListingRow

__all__ = ["Standing", "standing"]


@attrs.frozen
class Standing:
    """Where one listing stands that was not withdrawn.

    Attributes:
        id: Which listing.
        reference: The issuer's own name for it.
        last_day: Its retention end, or the day by which an open conduct must be confirmed.
        status: As `Ledger.status`.
    """

    id: bytes
    reference: str
    last_day: dt.date
    status: ListingStatus


def standing(store: LedgerStore, *, at: dt.datetime) -> Iterator[Standing]:
    """Every listing that was not withdrawn, the one that ends first first.

    One whose last day has passed is among them until the next seal, as WITHDRAWN.

    Args:
        store: The ledger's database.
        at: Now.
    """
    expect(LedgerStore, store=store)
    today, unended = last_day_begun(at), first_day_unended(at)
    for row in store.live_listings():
        last_day = from_day_number(row.last_day)
        yield Standing(row.id, row.reference, last_day, _status(row, last_day, today, unended))


def _status(row: ListingRow, last_day: dt.date, today: dt.date, unended: dt.date) -> ListingStatus:
    if last_day < today:
        return ListingStatus.WITHDRAWN
    if from_day_number(row.suspended) >= unended:
        return ListingStatus.SUSPENDED
    exempted = from_day_number(row.exempted) >= unended
    return ListingStatus.EXEMPTED if exempted else ListingStatus.LISTED
