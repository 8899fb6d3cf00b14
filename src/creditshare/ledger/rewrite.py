"""Letting live listings rest on newer events: amended, under another epoch, in a new log."""

from __future__ import annotations

from collections.abc import Iterator

import attrs

from creditshare.bundle import Checkpoint, Event, EventType
from creditshare.bundle.record import reopen_record
from creditshare.codec import decode_identifiers
from creditshare.errors import NotListedError
from creditshare.ledger.log import Log, read_events
from creditshare.stores.ledger import LedgerMeta, LedgerStore, ListingRow, RecordRow
from creditshare.tokens import TokenSource

__all__ = [
    "payload_of",
    "payload_sent",
    "relist_all",
    "retoken_all",
    "sent_before",
    "supersede",
]

_BATCH = 1000


def payload_of(store: LedgerStore, origin: str, index: int) -> bytes:
    """The payload of a live record, opened with the secret that the ledger kept.

    Raises:
        NotListedError: if the event has no live record.
    """
    held = store.record(index)
    if held is None:
        raise NotListedError("no live listing with that id")
    return _reopened(store, origin, held)


def payload_sent(store: LedgerStore, origin: str, row: ListingRow, index: int) -> bytes:
    """What a live listing said at an event of its own: an amendment since then kept it.

    What merely moved to another epoch says the same as what came after it.

    Args:
        store: The ledger's database.
        origin: The ledger's.
        row: The listing.
        index: The event.

    Raises:
        NotListedError: if the listing has ended.
    """
    held = store.earlier_record(row.id, index)
    return payload_of(store, origin, row.event) if held is None else _reopened(store, origin, held)


def _reopened(store: LedgerStore, origin: str, held: RecordRow) -> bytes:
    index, _, secret, record = held
    event = Event.from_bytes(b"".join(read_events(store, index, index + 1)))
    return reopen_record(record, secret, origin=origin, event=event)


def sent_before(store: LedgerStore, meta: LedgerMeta) -> int:
    """Events from this index on were in no bundle yet, and repeat nothing that was in one."""
    held = store.checkpoint()
    if held is None:
        return 0
    last = Checkpoint.from_bytes(held[0])
    return last.size if last.epoch == meta.epoch else meta.size


def supersede(
    store: LedgerStore,
    log: Log,
    event_type: EventType,
    row: ListingRow,
    payload: bytes,
    *,
    keep: bool = False,
) -> None:
    """Let a listing rest on a new event.

    Args:
        store: The ledger's database, in a transaction.
        log: Its end.
        event_type: One that has a payload.
        row: The listing, with its new days and rulebook.
        payload: What it says now.
        keep: Whether its earlier record is kept until the listing ends; it is forgotten otherwise.
    """
    store.drop_record(row.event, keep=keep)
    (found,) = log.tokens([decode_identifiers(row.identifiers or "")])
    index = log.size
    log.append_payloads(event_type, [(row.id, row.last_day, payload, found)])
    log.flush()
    store.move_listing(attrs.evolve(row, event=index))


def retoken_all(store: LedgerStore, meta: LedgerMeta, source: TokenSource) -> int:
    """Re-tokenise every live listing under a new epoch; returns how many."""
    log = Log(store, meta, source)
    count = 0
    for row in _live(store, log.size):
        supersede(store, log, EventType.RETOKEN, row, payload_of(store, meta.origin, row.event))
        count += 1
    log.close()
    return count


def relist_all(store: LedgerStore, meta: LedgerMeta, source: TokenSource, generation: int) -> int:
    """Begin a new log with every live listing, its id and its marks; returns how many."""
    live = [(row, payload_of(store, meta.origin, row.event)) for row in _live(store, meta.size)]
    store.begin_log()
    log = Log(store, LedgerMeta(meta.origin, generation, key=meta.key), source)
    for row, payload in live:
        supersede(store, log, EventType.LIST, attrs.evolve(row, event=-1), payload)
        if row.suspended:
            log.append_mark(EventType.SUSPEND, row.id, row.suspended)
        if row.exempted:
            log.append_mark(EventType.EXEMPT, row.id, row.exempted)
        if row.disputed:
            log.append_mark(EventType.DISPUTE, row.id, row.disputed)
    log.close()
    return len(live)


def _live(store: LedgerStore, end: int) -> Iterator[ListingRow]:
    """The listings whose records belong to events before `end`, by event."""
    first = 0
    while held := store.live_events(first, end, _BATCH):
        for event, listing_id in held:
            row = store.listing(listing_id)
            if row is not None:
                yield row
            first = event + 1
