"""What is counted of cases, for statistics: days, codes and amounts; nobody's name or number.

Each thing counts on the day on which the ledger wrote it down, whatever day was given for it, and
under the conduct and amount that it was listed with. So what was counted up to a day is the same
whenever it is counted, and a table that was published remains right.
"""

from __future__ import annotations

import datetime as dt
import functools
import itertools
from collections.abc import Callable, Iterator, Sequence

from creditshare.arguments import expect
from creditshare.clock import from_day_number
from creditshare.codec import decode_listing
from creditshare.errors import InvalidValueError, StoreError
from creditshare.ledger.books import kept_rulebook
from creditshare.ledger.expiry import end_of, reason_of_expiry
from creditshare.ledger.history import meta_of
from creditshare.ledger.rewrite import payload_of
from creditshare.model import ConductCode, Money, Step, WithdrawalReason
from creditshare.rules import Rulebook
from creditshare.statistics import CaseFact, DisputeFact
from creditshare.stores.ledger import LedgerStore, LifeRow, ListingRow

__all__ = ["case_facts"]


def case_facts(store: LedgerStore, *, at: dt.datetime) -> Iterator[CaseFact]:
    """Every listing ever on a ledger, as far as it is counted; also of what was forgotten.

    Args:
        store: The ledger's database.
        at: Now; whose last day has passed has ended, though nobody wrote anything since.

    Raises:
        NotListedError: if nothing was recorded in the database yet.
        StoreError: if the database is damaged.
    """
    expect(LedgerStore, store=store)
    meta = meta_of(store)
    book = functools.lru_cache(16)(functools.partial(kept_rulebook, store))
    with store.snapshot():
        noted = itertools.groupby(
            store.lives(Step.DISPUTED, Step.ANSWERED), key=lambda row: row.listing
        )
        disputed, rows = next(noted, (b"", iter(())))
        for row in store.all_listings():
            steps: Sequence[LifeRow] = ()
            ended = end_of(row, at)
            if row.id == disputed:
                steps = list(rows)
                disputed, rows = next(noted, (b"", iter(())))
            reason = None if ended is None else _reason(store, meta.origin, row, book)
            yield _fact(meta.origin, row, ended, reason, steps)


def _fact(
    origin: str,
    row: ListingRow,
    ended: dt.date | None,
    reason: str | None,
    steps: Sequence[LifeRow],
) -> CaseFact:
    try:
        return CaseFact(
            origin,
            ConductCode(row.conduct),
            from_day_number(row.listed),
            Money(row.amount, row.currency),
            ended,
            None if reason is None else WithdrawalReason(reason),
            _disputes(row, steps),
        )
    except (ValueError, InvalidValueError):  # without what stands there
        raise StoreError("the database is damaged: a listing that no ledger wrote") from None


def _reason(
    store: LedgerStore, origin: str, row: ListingRow, book: Callable[[str], Rulebook]
) -> str:
    if row.reason is not None:
        return row.reason
    listing = decode_listing(payload_of(store, origin, row.event), row.id)
    return reason_of_expiry(row, listing, book(row.rulebook))


def _disputes(row: ListingRow, noted: Sequence[LifeRow]) -> Iterator[DisputeFact]:
    for place, item in enumerate(noted):
        if item.step != Step.DISPUTED:
            continue
        filed = max(item.noted, row.listed)  # whatever clock somebody had
        due = None if item.due is None else from_day_number(item.due)
        answer = next(iter(noted[place + 1 :]), None)  # one dispute is open at a time
        if answer is None:
            yield DisputeFact(from_day_number(filed), due, None, None)
        else:
            answered = from_day_number(max(answer.noted, filed))
            yield DisputeFact(from_day_number(filed), due, answered, bool(answer.upheld))
