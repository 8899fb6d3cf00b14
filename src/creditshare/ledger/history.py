"""What was said about one borrower or listing, and to whom: the issuer's answer when asked.

It covers the log as it is now. While a listing lives, every version of it that was sent can be
told; once it has ended, only that it was sent, when and to whom. After `Ledger.renew` the earlier
generation's log is gone, and what its bundles said of a listing can no longer be told, only that
there were such bundles.
"""

from __future__ import annotations

from collections.abc import Iterator

import attrs

from creditshare.arguments import expect
from creditshare.bundle import Delivery, Event, EventType
from creditshare.bundle.event import EVENT_SIZE, unpack_events
from creditshare.codec import decode_listing
from creditshare.errors import NotListedError
from creditshare.identifiers import Identifier
from creditshare.ledger.cases import Cases
from creditshare.ledger.log import read_events
from creditshare.ledger.results import Delivered, delivered
from creditshare.ledger.rewrite import payload_sent
from creditshare.model import Listing
from creditshare.stores.ledger import DeliveryRow, LedgerMeta, LedgerStore, ListingRow

__all__ = ["Told", "listings_of", "meta_of", "told"]


@attrs.frozen
class Told:
    """What one bundle said of a listing.

    Attributes:
        bundle: Which, to whom, when.
        events: The events of this listing that it carried, in their order, with their days.
        content: Whether it also carried what the listing says; otherwise only its id and days.
        listing: What it said, exactly as its recipients decrypt it, without the identifiers by
            which they find it; None if it carried no content, or the listing has ended since.
    """

    bundle: Delivered
    events: tuple[Event, ...]
    content: bool
    listing: Listing | None


def listings_of(store: LedgerStore, identifier: Identifier) -> tuple[bytes, ...]:
    """The ids of every listing a borrower ever had, except those that lapsed undisputed.

    Args:
        store: The ledger's database.
        identifier: Any strong one of the borrower's.

    Raises:
        NotListedError: if nothing was recorded in the database yet.
    """
    expect(LedgerStore, store=store)
    expect(Identifier, identifier=identifier)
    return tuple(Cases(store, meta_of(store).key).listings_of(identifier))


def told(store: LedgerStore, listing_id: bytes) -> tuple[Told, ...]:
    """What was said of a listing in each bundle sealed from this log, oldest first.

    Args:
        store: The ledger's database.
        listing_id: Which listing.

    Raises:
        NotListedError: if it was never on this ledger, or nothing was.
    """
    expect(LedgerStore, store=store)
    expect(bytes, listing_id=listing_id)
    with store.snapshot():
        meta = meta_of(store)
        row = store.listing(listing_id)
        if row is None:
            raise NotListedError("no listing with that id was ever on this ledger")
        events = list(_events_of(store, meta.size, listing_id))
        bundles = [item for item in store.deliveries() if item.generation == meta.generation]
        found = [_told(store, meta.origin, row, item, events) for item in bundles]
    return tuple(item for item in found if item.events)


def _events_of(store: LedgerStore, size: int, listing_id: bytes) -> Iterator[Event]:
    for piece in read_events(store, 0, size):
        for index, kind, own, day, digest in unpack_events(piece):
            if own == listing_id:
                yield Event(index, EventType(kind), own, day, digest)


def _told(
    store: LedgerStore, origin: str, row: ListingRow, bundle: DeliveryRow, events: list[Event]
) -> Told:
    delivery = Delivery.from_bytes(bundle.body)
    start = delivery.base.size
    end = start + delivery.events.length // EVENT_SIZE
    before = [event for event in events if event.index < end]
    carried = tuple(event for event in before if event.index >= start)
    latest = next((event for event in reversed(before) if event.type.has_payload), None)
    withdrawn = any(event.type.ends for event in before)
    listing = None
    content = latest is not None and latest.index >= start and not withdrawn
    if latest is not None and content and row.reason is None:
        payload = payload_sent(store, origin, row, latest.index)
        listing = decode_listing(payload, row.id)
    return Told(delivered(bundle), carried, content, listing)


def meta_of(store: LedgerStore) -> LedgerMeta:
    """The description of a ledger that has one.

    Raises:
        NotListedError: if nothing was recorded in the database yet.
    """
    meta = store.meta()
    if meta is None:
        raise NotListedError("nothing was recorded in this database yet")
    return meta
