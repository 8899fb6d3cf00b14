"""What was said about one borrower or listing, and to whom: the issuer's answer when asked.

It covers the log as it is now. After `Ledger.renew` the earlier generation's log is gone, and what
its bundles said of a listing can no longer be told, only that there were such bundles.
"""

from __future__ import annotations

from collections.abc import Iterator

import attrs

from creditshare.arguments import expect
from creditshare.bundle import Delivery, Event, EventType
from creditshare.bundle.event import EVENT_SIZE, unpack_events
from creditshare.errors import NotListedError
from creditshare.identifiers import Identifier
from creditshare.ledger.cases import Cases
from creditshare.ledger.log import read_events
from creditshare.ledger.results import Delivered, delivered
from creditshare.stores.ledger import DeliveryRow, LedgerMeta, LedgerStore

__all__ = ["Told", "listings_of", "told"]


@attrs.frozen
class Told:
    """What one bundle said of a listing.

    Attributes:
        bundle: Which, to whom, when.
        events: The events of this listing that it carried, in their order.
        content: Whether it also carried what the listing says; otherwise only its id and days.
    """

    bundle: Delivered
    events: tuple[EventType, ...]
    content: bool


def listings_of(store: LedgerStore, identifier: Identifier) -> tuple[bytes, ...]:
    """The ids of every listing a borrower ever had, except those that lapsed undisputed.

    Args:
        store: The ledger's database.
        identifier: Any strong one of the borrower's.
    """
    expect(LedgerStore, store=store)
    expect(Identifier, identifier=identifier)
    return tuple(Cases(store, _meta(store).key).listings_of(identifier))


def told(store: LedgerStore, listing_id: bytes) -> tuple[Told, ...]:
    """What was said of a listing in each bundle sealed from this log, oldest first.

    Args:
        store: The ledger's database.
        listing_id: Which listing.

    Raises:
        NotListedError: if it was never on this ledger.
    """
    expect(bytes, listing_id=listing_id)
    with store.snapshot():
        meta = _meta(store)
        if store.listing(listing_id) is None:
            raise NotListedError("no listing with that id was ever on this ledger")
        events = list(_events_of(store, meta.size, listing_id))
        bundles = [row for row in store.deliveries() if row.generation == meta.generation]
    found = (_told(row, events) for row in bundles)
    return tuple(item for item in found if item.events)


def _events_of(store: LedgerStore, size: int, listing_id: bytes) -> Iterator[Event]:
    for piece in read_events(store, 0, size):
        for index, kind, own, day, digest in unpack_events(piece):
            if own == listing_id:
                yield Event(index, EventType(kind), own, day, digest)


def _told(row: DeliveryRow, events: list[Event]) -> Told:
    delivery = Delivery.from_bytes(row.body)
    start = delivery.base.size
    end = start + delivery.events.length // EVENT_SIZE
    before = [event for event in events if event.index < end]
    carried = [event for event in before if event.index >= start]
    latest = next((event for event in reversed(before) if event.type.has_payload), None)
    withdrawn = any(event.type is EventType.WITHDRAW for event in before)
    content = latest is not None and latest.index >= start and not withdrawn
    return Told(delivered(row), tuple(event.type for event in carried), content)


def _meta(store: LedgerStore) -> LedgerMeta:
    meta = store.meta()
    if meta is None:
        raise NotListedError("nothing was recorded in this database yet")
    return meta
