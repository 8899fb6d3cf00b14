"""What a registry holds, one live listing after the other: days and marks, not who it is about."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import attrs

from creditshare.arguments import expect
from creditshare.bundle import marks_of
from creditshare.clock import day_number, first_day_unended, from_day_number, last_day_begun
from creditshare.model import ListingStatus
from creditshare.stores.registry import RegistryStore

__all__ = ["HeldListing", "held_listings"]


@attrs.frozen
class HeldListing:
    """One live listing, as far as it can be read without a name to ask for.

    Attributes:
        origin: Whose listing it is.
        id: Which listing.
        last_day: The last day on which screening finds it.
        status: WITHDRAWN if that day has passed.
    """

    origin: str
    id: bytes
    last_day: dt.date
    status: ListingStatus


def held_listings(store: RegistryStore, *, at: dt.datetime) -> Iterator[HeldListing]:
    """Every live listing, issuer by issuer, the one that ends first first.

    Args:
        store: The registry's database.
        at: Now.
    """
    expect(RegistryStore, store=store)
    begun, unended = day_number(last_day_begun(at)), day_number(first_day_unended(at))
    for row in store.issuers():
        for listing, day, suspended, exempted, disputed in store.standing(row.id):
            status = ListingStatus.WITHDRAWN
            if day >= begun:
                marks = marks_of(suspended, exempted, disputed, begun=begun, unended=unended)
                status = marks.status
            yield HeldListing(row.origin, listing, from_day_number(day), status)
