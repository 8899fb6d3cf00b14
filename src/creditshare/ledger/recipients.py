"""What an agency was told: of which listings it may speak when it reports back, and which ended."""

from __future__ import annotations

import bisect
from collections.abc import Collection, Iterable, Iterator

from creditshare.arguments import expect
from creditshare.bundle import Delivery, EventType
from creditshare.bundle.event import EVENT_SIZE, unpack_events
from creditshare.ledger.log import read_events
from creditshare.model import WithdrawalReason
from creditshare.stores.ledger import LedgerStore

__all__ = ["told_of_end", "told_to"]


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


def told_of_end(
    store: LedgerStore, asked: Collection[tuple[str, bytes]], day: int
) -> frozenset[tuple[str, bytes]]:
    """Those of these pairs in which a bundle sealed to the recipient lets it know the end.

    The bundle carried the withdrawal; or it told a last day that has passed, so that the
    recipient's own clock ended the listing, unless that was void: the clock does not tell it. What
    ended before `Ledger.renew` is not in the log any more: whoever received a bundle of the new
    generation knows, unless it was void: the new log does not tell that. Reads the log once.

    Args:
        store: The ledger's database.
        asked: Recipients' origins, each with a listing that has ended.
        day: Today.
    """
    with store.snapshot():
        meta = store.meta()
        if meta is None:
            return frozenset()
        own: dict[str, list[Delivery]] = {recipient: [] for recipient, _ in asked}
        for row in store.deliveries():
            if row.generation == meta.generation:
                for recipient in own.keys() & row.recipients.split():
                    own[recipient].append(Delivery.from_bytes(row.body))
        days = _days_told(store, meta.size, {listing for _, listing in asked})
        untold = {item for item, events in days.items() if not events and _was_void(store, item)}
    spans = {recipient: _spans(deliveries) for recipient, deliveries in own.items()}
    return frozenset(
        (recipient, listing)
        for recipient, listing in asked
        if listing not in untold and _knows(spans[recipient], days[listing], day, meta.size)
    )


def _was_void(store: LedgerStore, listing: bytes) -> bool:
    row = store.listing(listing)
    reason = None if row is None else row.reason
    return reason is not None and WithdrawalReason(reason).is_void


def _days_told(
    store: LedgerStore, size: int, asked: Collection[bytes]
) -> dict[bytes, list[tuple[int, int | None]]]:
    """Of each listing, the events that tell its last day, or by None that it is withdrawn.

    That one was void, only its withdrawal tells.
    """
    days: dict[bytes, list[tuple[int, int | None]]] = {listing: [] for listing in asked}
    for piece in read_events(store, 0, size):
        for index, kind, listing, day, _ in unpack_events(piece):
            if listing not in days:
                continue
            event = EventType(kind)
            if event is EventType.VOID:
                days[listing] = [(index, None)]
            elif event.ends:
                days[listing].append((index, None))
            elif event.has_payload:
                days[listing].append((index, day))
    return days


def _knows(
    spans: list[tuple[int, int]], told: list[tuple[int, int | None]], today: int, size: int
) -> bool:
    """Whether the last that these deliveries told of a listing is that it has ended."""
    if not told:
        return bool(spans)
    for index, day in reversed(told):
        if _delivered(spans, index, size):
            return day is None or day < today
    return False


def _spans(deliveries: Iterable[Delivery]) -> list[tuple[int, int]]:
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
            if listing not in asked:
                continue
            event = EventType(kind)
            if not (event.ends or event.has_payload):
                continue
            if listing in content and _delivered(spans, content.pop(listing), index):
                yield listing
            if event.has_payload:
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
