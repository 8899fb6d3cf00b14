"""Letting live listings rest on newer events: amended, under another epoch, in a new log."""

from __future__ import annotations

import attrs

from creditshare.bundle import Event, EventType
from creditshare.bundle.record import reopen_record
from creditshare.codec import decode_identifiers
from creditshare.ledger.log import Log
from creditshare.stores.ledger import LedgerMeta, LedgerStore, ListingRow, RecordRow
from creditshare.tokens import TokenSource

__all__ = ["payload_of", "relist_all", "retoken_all", "supersede"]

_BATCH = 1000


def payload_of(store: LedgerStore, origin: str, held: RecordRow) -> bytes:
    """The payload of a live record, opened with the secret that the ledger kept."""
    (body,) = store.events(held.event, held.event + 1)
    event = Event.from_bytes(body)
    return reopen_record(held.locked, held.secret, origin=origin, event=event)


def supersede(
    store: LedgerStore, log: Log, event_type: EventType, row: ListingRow, payload: bytes
) -> None:
    """Let a listing rest on a new event and forget its earlier record.

    Args:
        store: The ledger's database, in a transaction.
        log: Its end.
        event_type: One that has a payload.
        row: The listing, with its new days and rulebook.
        payload: What it says now.
    """
    store.drop_record(row.event)
    (found,) = log.tokens([decode_identifiers(row.identifiers or b"\x90")])
    event = log.append_payload(event_type, row.id, row.last_day, payload, found)
    log.flush()
    store.move_listing(attrs.evolve(row, event=event.index))


def retoken_all(store: LedgerStore, meta: LedgerMeta, source: TokenSource) -> int:
    """Re-tokenise every live listing under a new epoch; returns how many."""
    log = Log(store, meta, source)
    end, last, count = log.size, -1, 0
    while rows := list(store.records(last + 1, end, _BATCH)):
        for held in rows:
            last = held.event
            row = store.listing(held.listing)
            if row is not None:
                supersede(store, log, EventType.RETOKEN, row, payload_of(store, meta.origin, held))
                count += 1
    log.close()
    return count


def relist_all(store: LedgerStore, meta: LedgerMeta, source: TokenSource, generation: int) -> int:
    """Begin a new log with every live listing, its id and its marks; returns how many."""
    live = [
        (row, payload_of(store, meta.origin, held))
        for held in store.records(0, meta.size)
        if (row := store.listing(held.listing)) is not None
    ]
    store.begin_log()
    log = Log(store, LedgerMeta(meta.origin, generation, key=meta.key), source)
    for row, payload in live:
        supersede(store, log, EventType.LIST, attrs.evolve(row, event=-1), payload)
        if row.suspended:
            log.append_mark(EventType.SUSPEND, row.id, row.suspended)
        if row.exempted:
            log.append_mark(EventType.EXEMPT, row.id, row.exempted)
    log.close()
    return len(live)
