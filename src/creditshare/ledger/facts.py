"""What is counted of cases, for statistics: days, codes and amounts; nobody's name or number."""

from __future__ import annotations

import datetime as dt
import functools
import itertools
from collections.abc import Callable, Iterator, Sequence

import attrs

from creditshare.arguments import expect
from creditshare.calendars import Calendar, Span, Unit
from creditshare.clock import from_day_number
from creditshare.codec import decode_listing
from creditshare.errors import InvalidValueError, MisuseError, StoreError
from creditshare.ledger.books import kept_rulebook
from creditshare.ledger.expiry import end_of, reason_of_expiry
from creditshare.ledger.rewrite import payload_of
from creditshare.model import ConductCode, Money, Step, WithdrawalReason
from creditshare.rules import Rulebook
from creditshare.stores.ledger import LedgerStore, LifeRow, ListingRow

__all__ = ["CaseFacts", "DisputeFacts", "case_facts"]

_Terms = tuple[Rulebook, Calendar]


@attrs.frozen
class DisputeFacts:
    """One dispute, before one instance.

    Attributes:
        filed: The day on which it came in.
        due: The last day for the answer; None where no rule set one, or where the listing ended
            before it came.
        answered: The day of the answer; None if there is none.
        upheld: Whether the person was right; None if there is no answer.
    """

    filed: dt.date
    due: dt.date | None
    answered: dt.date | None
    upheld: bool | None


@attrs.frozen
class CaseFacts:
    """One listing, live or not.

    Attributes:
        origin: Whose listing.
        conduct: What was done.
        listed: The day on which it was first recorded.
        amount: What was outstanding then.
        ended: The day on which it ended; None while it lives.
        reason: Why it ended; None while it lives.
        disputes: Every dispute there was, oldest first.
    """

    origin: str
    conduct: ConductCode
    listed: dt.date
    amount: Money
    ended: dt.date | None
    reason: WithdrawalReason | None
    disputes: tuple[DisputeFacts, ...]


def case_facts(
    store: LedgerStore, *, at: dt.datetime, calendar_of: Callable[[Rulebook], Calendar]
) -> Iterator[CaseFacts]:
    """Every listing ever on a ledger, as far as it is counted; also of what was forgotten.

    Args:
        store: The ledger's database.
        at: Now; whose last day has passed has ended, though nobody wrote anything since.
        calendar_of: Tells what counts the working days of a rulebook's terms.

    Raises:
        MisuseError: if nothing was recorded in the database yet.
    """
    expect(LedgerStore, store=store)
    meta = store.meta()
    if meta is None:
        raise MisuseError("nothing was recorded in this database yet")
    book = functools.lru_cache(16)(functools.partial(_terms, store, calendar_of))
    with store.snapshot():
        noted = itertools.groupby(
            store.lives(Step.DISPUTED, Step.ANSWERED), key=lambda row: row.listing
        )
        disputed, rows = next(noted, (b"", iter(())))
        for row in store.all_listings():
            found: tuple[DisputeFacts, ...] = ()
            ended = end_of(row, at)
            if row.id == disputed:
                found = tuple(_disputes(row, ended, list(rows), book))
                disputed, rows = next(noted, (b"", iter(())))
            reason = None if ended is None else _reason(store, meta.origin, row)
            yield _facts(meta.origin, row, ended, reason, found)


def _facts(
    origin: str,
    row: ListingRow,
    ended: dt.date | None,
    reason: str | None,
    disputes: tuple[DisputeFacts, ...],
) -> CaseFacts:
    try:
        return CaseFacts(
            origin,
            ConductCode(row.conduct),
            from_day_number(row.listed),
            Money(row.amount, row.currency),
            ended,
            None if reason is None else WithdrawalReason(reason),
            disputes,
        )
    except (ValueError, InvalidValueError):  # without what stands there
        raise StoreError("the database is damaged: a listing that no ledger wrote") from None


def _reason(store: LedgerStore, origin: str, row: ListingRow) -> str:
    if row.reason is not None:
        return row.reason
    listing = decode_listing(payload_of(store, origin, row.event), row.id)
    return reason_of_expiry(row, listing, kept_rulebook(store, row.rulebook))


def _disputes(
    row: ListingRow,
    ended: dt.date | None,
    noted: Sequence[LifeRow],
    terms: Callable[[str], _Terms],
) -> Iterator[DisputeFacts]:
    for place, item in enumerate(noted):
        if item.step != Step.DISPUTED:
            continue
        filed = from_day_number(item.day)
        due = _due(*terms(row.rulebook), item.stage, filed)
        answer = next(iter(noted[place + 1 :]), None)  # one dispute is open at a time
        if answer is not None:
            yield DisputeFacts(filed, due, from_day_number(answer.day), bool(answer.upheld))
        else:
            in_time = due and ended is not None and ended <= due
            yield DisputeFacts(filed, None if in_time else due, None, None)


def _due(book: Rulebook, calendar: Calendar, stage: int, filed: dt.date) -> dt.date | None:
    rules = book.deadlines("answer" if stage == 1 else "appeal-answer", filed)
    days = (calendar.after(filed, Span(rule.value, Unit(rule.unit))).day for rule in rules)
    return min(days, default=None)


def _terms(store: LedgerStore, calendar_of: Callable[[Rulebook], Calendar], name: str) -> _Terms:
    book = kept_rulebook(store, name)
    return book, calendar_of(book)
