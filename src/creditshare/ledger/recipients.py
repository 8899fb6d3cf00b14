"""Which listings an agency was told of: what it may speak of when it reports back."""

from __future__ import annotations

import bisect
from collections.abc import Collection, Iterator

from creditshare.arguments import expect
from creditshare.bundle import Delivery, EventType
from creditshare.bundle.event import EVENT_SIZE, unpack_events
from creditshare.ledger.log import read_events
from creditshare.stores.ledger import LedgerStore

__all__ = ["told_to"]


def told_to(store: LedgerStore, recipient: str, listing_ids: Collection[bytes]) -> frozenset[bytes]:
    """Those of these listings that stood, with their content, in a bundle sealed to a recipient.

    After `Ledger.renew` the earlier generation's log is gone: whoever received a bundle of it
    counts as told of every listing of the ledger. Reads the log once.

    Args:
        store: The ledger's database.
        recipient: Its origin.
        listing_ids: Which listings.
    """
    expect(str, recipient=recipient)
    asked = frozenset(listing_ids)
    with store.snapshot():
        meta = store.meta()
        if meta is None:
            return frozenset()
        own = [row for row in store.deliveries() if recipient in row.recipients.split()]
        if any(row.generation != meta.generation for row in own):
            return frozenset(item for item in asked if store.listing(item) is not None)
        spans = _spans(Delivery.from_bytes(row.body) for row in own)
        return frozenset(_carried(store, meta.size, spans, asked))


def _spans(deliveries: Iterator[Delivery]) -> list[tuple[int, int]]:
    """(end, start) of the events of each delivery, ascending, each once."""
    starts = ((item.base.size, item.events.length // EVENT_SIZE) for item in deliveries)
    return sorted({(start + length, start) for start, length in starts})


def _carried(
    store: LedgerStore, size: int, spans: list[tuple[int, int]], asked: frozenset[bytes]
) -> Iterator[bytes]:
    """The listings whose record was in a delivery: the latest content before its end is its own."""
    content: dict[bytes, int] = {}
    for piece in read_events(store, 0, size):
        for index, kind, listing, _, _ in unpack_events(piece):
            ends = kind == EventType.WITHDRAW
            if listing not in asked or not (ends or EventType(kind).has_payload):
                continue
            if listing in content and _delivered(spans, content.pop(listing), index):
                yield listing
            if not ends:
                content[listing] = index
    for listing, index in content.items():
        if _delivered(spans, index, size):
            yield listing


def _delivered(spans: list[tuple[int, int]], index: int, until: int) -> bool:
    """Whether a delivery begins at an event or before it, and ends after it, at most at `until`."""
    for place in range(bisect.bisect_left(spans, (index + 1, 0)), len(spans)):
        end, start = spans[place]
        if end > until:
            return False
        if start <= index:
            return True
    return False
