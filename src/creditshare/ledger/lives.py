"""Lives of cases out of the database, and back.

Of a listing of which nothing was noted yet the first steps are told by itself. They are noted with
the next step, or with its end, whatever it says later: what happened stays as it happened.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator

import attrs

from creditshare.clock import day_number, from_day_number
from creditshare.errors import InvalidValueError, StoreError
from creditshare.life import Cause, Event
from creditshare.model import Listing, Step, WithdrawalReason
from creditshare.stores.ledger import LifeRow, ListingRow

__all__ = ["FORGOTTEN", "events_of", "first_rows", "row_of", "wordless"]

FORGOTTEN = "…"
"""Stands for the reasons of a decision once they are deleted."""


def row_of(
    listing_id: bytes, event: Event, *, noted: dt.date, due: dt.date | None = None
) -> LifeRow:
    """An event as the database keeps it.

    Args:
        listing_id: Whose.
        event: What happened.
        noted: The day on which it is written down.
        due: The last day for the answer to a dispute; None where no rule sets one.
    """
    return LifeRow(
        listing_id,
        event.step,
        day_number(event.on),
        None if event.since is None else day_number(event.since),
        None if event.until is None else day_number(event.until),
        event.cause,
        event.stage,
        event.upheld,
        day_number(noted),
        None if due is None else day_number(due),
        event.words,
    )


def first_rows(row: ListingRow, listing: Listing) -> list[LifeRow]:
    """The first steps of a listing, which it tells itself, as the database keeps them.

    Args:
        row: Its row among the listings.
        listing: What it says, as it was first recorded.
    """
    noted = from_day_number(row.listed)
    return [row_of(row.id, event, noted=noted) for event in _told(row, listing)]


def events_of(
    rows: Iterable[LifeRow], row: ListingRow | None, listing: Listing | None
) -> tuple[Event, ...]:
    """What happened to a case, oldest first.

    Args:
        rows: What was noted of it.
        row: Its row among the listings; None while it is prepared.
        listing: What it says; None while it is prepared, or once it was forgotten.

    Raises:
        StoreError: if the database holds what no ledger wrote.
    """
    try:
        noted = tuple(_event(item) for item in rows)
        if row is None:
            return noted
        return (*(noted or _told(row, listing)), *_end(row))
    except (ValueError, OverflowError, InvalidValueError):  # without what stands there
        raise StoreError("the database is damaged: a step that no case takes") from None


def wordless(event: Event) -> Event:
    """A step as it is told when what was said there is not."""
    return attrs.evolve(event, words=FORGOTTEN if event.step is Step.DECIDED else "")


def _event(row: LifeRow) -> Event:
    step = Step(row.step)
    return Event(
        step,
        from_day_number(row.day),
        since=None if row.since is None else from_day_number(row.since),
        until=None if row.until is None else from_day_number(row.until),
        cause=None if row.cause is None else Cause(row.cause),
        stage=row.stage,
        upheld=None if row.upheld is None else bool(row.upheld),
        words=row.words or (FORGOTTEN if step is Step.DECIDED else ""),
    )


def _told(row: ListingRow, listing: Listing | None) -> Iterator[Event]:
    """The first steps of a listing as it tells them itself."""
    if listing is not None and listing.notice and listing.decision:
        yield Event(Step.NOTICE_SERVED, listing.notice.served)
        decision = listing.decision
        yield Event(Step.DECIDED, decision.on, words=decision.reasons)
    yield Event(Step.LISTED, from_day_number(row.listed))


def _end(row: ListingRow) -> Iterator[Event]:
    if row.reason is not None and row.ended is not None:
        reason, on = WithdrawalReason(row.reason), from_day_number(row.ended)
        if reason is WithdrawalReason.RETENTION_ENDED:
            yield Event(Step.EXPIRED, on)
        else:
            yield Event(Step.WITHDRAWN, on, reason=reason)
