"""Putting a batch of cleared listings on the ledger, within one transaction."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

from creditshare.bundle import EventType
from creditshare.clock import day_number
from creditshare.codec import encode_identifiers, encode_listing
from creditshare.identifiers import Identifier
from creditshare.ledger.cases import Cases
from creditshare.ledger.log import Log
from creditshare.rules import ClearedListing
from creditshare.stores.ledger import LedgerStore

__all__ = ["record_batch"]


def record_batch(
    store: LedgerStore, cases: Cases, log: Log, batch: Sequence[ClearedListing]
) -> list[ClearedListing]:
    """Record what is new in a batch.

    It is first written as if all of it were new, as it mostly is; only if something was known is
    each looked up.

    Args:
        store: The ledger's database, in a transaction.
        cases: The ledger's cases.
        log: Its end.
        batch: Cleared for today.

    Returns:
        Those whose case, or a listing of whose id, was ever on the ledger: they are left out.
    """
    known: list[ClearedListing] = []
    found = [cases.of(item.listing) for item in batch]
    if not _add(store, log, batch, found):
        fresh = cases.fresh([item.listing for item in batch], found)
        known = [item for item, new in zip(batch, fresh, strict=True) if not new]
        batch = list(itertools.compress(batch, fresh))
        _add(store, log, batch, list(itertools.compress(found, fresh)))
    tokens = log.tokens([_strong(item) for item in batch])
    for item, own in zip(batch, tokens, strict=True):
        listing = item.listing
        payload = encode_listing(listing)
        log.append_payload(EventType.LIST, listing.id, day_number(item.last_day), payload, own)
    log.flush()
    return known


def _add(
    store: LedgerStore, log: Log, batch: Sequence[ClearedListing], found: list[list[bytes]]
) -> bool:
    """Add all listings and their cases, or none of them if something is known already."""
    first, index = store.next_number(), log.size
    rulebooks = {name: store.rulebook(name) for name in {item.rulebook for item in batch}}
    rows = [
        (
            number,
            item.listing.id,
            number - first + index,
            day_number(item.first_day),
            day_number(item.last_day),
            rulebooks[item.rulebook],
            item.listing.reference,
            encode_identifiers(_strong(item)),
        )
        for number, item in enumerate(batch, first)
    ]
    return store.add_listings(
        rows, [(digest, number) for number, own in enumerate(found, first) for digest in own]
    )


def _strong(item: ClearedListing) -> tuple[Identifier, ...]:
    return item.listing.borrower.strong_identifiers
