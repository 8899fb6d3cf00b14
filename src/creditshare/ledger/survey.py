"""What a ledger holds, one live listing after the other."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import attrs

from creditshare.arguments import expect
from creditshare.bundle import marks_of
from creditshare.clock import day_number, first_day_unended, from_day_number, last_day_begun
from creditshare.model import ListingStatus
from creditshare.stores.ledger import LedgerStore, ListingRow

__all__ = ["Standing", "standing", "status_of"]


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
    reference: str = attrs.field(repr=False)
    last_day: dt.date
    status: ListingStatus


def standing(store: LedgerStore, *, at: dt.datetime) -> Iterator[Standing]:
    """Every listing that was not withdrawn, the one that ends first first.

    One whose last day has passed is among them until a write or purge ends it, as WITHDRAWN.

    Args:
        store: The ledger's database.
        at: Now.
    """
    expect(LedgerStore, store=store)
    today, unended = day_number(last_day_begun(at)), day_number(first_day_unended(at))
    for row in store.live_listings():
        status = status_of(row, today, unended)
        yield Standing(row.id, row.reference, from_day_number(row.last_day), status)


def status_of(row: ListingRow, today: int, unended: int) -> ListingStatus:
    """Where a listing stands, live or not.

    Args:
        row: The listing.
        today: The number of the last day begun.
        unended: The number of the first day unended.
    """
    if row.reason is not None or row.last_day < today:
        return ListingStatus.WITHDRAWN
    disputed = row.disputed or None
    return marks_of(row.suspended, row.exempted, disputed, begun=today, unended=unended).status
