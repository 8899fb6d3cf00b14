"""Putting a batch of cleared listings on the ledger, within one transaction."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import NamedTuple

from creditshare.bundle import EventType
from creditshare.clock import day_number
from creditshare.codec import encode_listing, join_identifiers
from creditshare.errors import StoreError
from creditshare.identifiers import Identifier
from creditshare.ledger.cases import Cases
from creditshare.ledger.log import Log
from creditshare.rules import ClearedListing
from creditshare.stores.ledger import LedgerStore

__all__ = ["record_batch"]


def record_batch(
    store: LedgerStore, cases: Cases, log: Log, batch: Sequence[ClearedListing], today: int
) -> list[ClearedListing]:
    """Record what is new in a batch.

    It is first written as if all of it were new, as it mostly is; only if something was known is
    each looked up.

    Args:
        store: The ledger's database, in a transaction.
        cases: The ledger's cases.
        log: Its end.
        batch: Cleared for today.
        today: The day, as a day number.

    Returns:
        Those whose case, or a listing of whose id, was ever on the ledger: they are left out.
    """
    entries = [_entry(cases, item) for item in batch]
    known: list[ClearedListing] = []
    every = [case for entry in entries for case in entry.cases]
    if cases.need_a_look(every) or not _add(store, log, entries, today):
        fresh = cases.fresh([(entry.item.listing, entry.cases) for entry in entries])
        known = [item for item, new in zip(batch, fresh, strict=True) if not new]
        entries = list(itertools.compress(entries, fresh))
        if not _add(store, log, entries, today):
            raise StoreError("the ledger refused a listing that it does not know")
    tokens = log.tokens([entry.identifiers for entry in entries])
    log.append_payloads(
        EventType.LIST,
        [
            (
                item.listing.id,
                day_number(item.last_day),
                encode_listing(item.listing, cleared_by=item.rulebook.name),
                own,
            )
            for (item, _, _, _), own in zip(entries, tokens, strict=True)
        ],
    )
    log.flush()
    return known


class _Entry(NamedTuple):
    item: ClearedListing
    identifiers: tuple[Identifier, ...]
    texts: list[str]
    cases: list[bytes]


def _entry(cases: Cases, item: ClearedListing) -> _Entry:
    identifiers = item.listing.borrower.strong_identifiers
    texts = [identifier.token_text for identifier in identifiers]
    return _Entry(item, identifiers, texts, cases.of(item.listing.obligation, texts))


def _add(store: LedgerStore, log: Log, entries: Sequence[_Entry], today: int) -> bool:
    """Add all listings and their cases, or none of them if something is known already."""
    first, index = store.next_number(), log.size
    books = {entry.item.rulebook.name: entry.item.rulebook for entry in entries}
    rulebooks = {name: store.rulebook(name, book.to_json()) for name, book in books.items()}
    rows = [
        (
            number,
            item.listing.id,
            number - first + index,
            day_number(item.first_day),
            day_number(item.last_day),
            rulebooks[item.rulebook.name],
            item.listing.reference,
            join_identifiers(texts),
            today,
            today,
            item.listing.conduct.code if item.listing.conduct else "",
            item.listing.obligation.outstanding.minor,
            item.listing.obligation.outstanding.currency,
        )
        for number, (item, _, texts, _) in enumerate(entries, first)
    ]
    return store.add_listings(
        rows,
        [(case, number) for number, entry in enumerate(entries, first) for case in entry.cases],
    )
