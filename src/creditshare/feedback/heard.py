"""The issuer's side: what recipients did because of its listings, as they reported it."""

from __future__ import annotations

import datetime as dt

import attrs

from creditshare.arguments import expect
from creditshare.bundle import marks_of
from creditshare.clock import day_number, first_day_unended, from_day_number, last_day_begun
from creditshare.errors import NotForUsError, NotListedError, RollbackError
from creditshare.feedback.execution import Action, Execution, from_row, to_row
from creditshare.feedback.open import OpenedFeedback
from creditshare.feedback.pause import Pause, paused
from creditshare.ledger import told_of_end, told_to
from creditshare.ledger.history import meta_of
from creditshare.model import WithdrawalReason
from creditshare.rules import MeasureCatalogue
from creditshare.rules.lifting import lifted_by
from creditshare.stores.feedback import FeedbackRow
from creditshare.stores.ledger import LedgerStore

__all__ = [
    "AppliedFeedback",
    "Reported",
    "Unconfirmed",
    "Unpaused",
    "apply_feedback",
    "executions_of",
    "unconfirmed",
    "unpaused",
]


@attrs.frozen
class AppliedFeedback:
    """What a feedback told.

    Attributes:
        sender: Who reported.
        number: The number of its feedback that is held now.
        already_held: True if this very one was applied before; nothing changed.
        skipped: How many of its feedbacks were never seen; this one stands for them.
        news: What it told that was not known.
        refused: What it told of listings that this log never had, or that its sender was never
            told of; none of it is kept.
        left_out: How many measures it no longer speaks of, of which an earlier one did; they stay
            as they were told.
    """

    sender: str
    number: int
    already_held: bool
    skipped: int = 0
    news: int = 0
    refused: tuple[Execution, ...] = ()
    left_out: int = 0


@attrs.frozen
class Reported:
    """What one agency last reported of one measure on one listing.

    Attributes:
        agency: Who.
        execution: What it did.
    """

    agency: str
    execution: Execution


@attrs.frozen
class Unconfirmed:
    """A measure on a listing that has ended, which an agency has not reported as lifted.

    Attributes:
        agency: Who applied it.
        execution: That it was applied.
        ended: The listing's end: the day of its withdrawal, or its last day.
        due: By which day it must be lifted, as for `ToLift`.
        told: Whether a bundle sealed to it lets it know the end: by the withdrawal, or by a last
            day that has passed. If not, it cannot know what to lift: seal to it. That a listing
            was void only the withdrawal tells; where the log began anew since, write to it.
        void: Whether the listing should never have been.
    """

    agency: str
    execution: Execution
    ended: dt.date
    due: dt.date
    told: bool
    void: bool = False


@attrs.frozen
class Unpaused:
    """A measure on a listing on which nothing may rest now, not reported as lifted.

    Attributes:
        agency: Who applied it.
        execution: That it was applied.
        why: SUSPENDED, also by a dispute that nobody answered, or EXEMPTED.
        until: The last day on which nothing may rest on it; None if only the answer ends that.
    """

    agency: str
    execution: Execution
    why: Pause
    until: dt.date | None


def apply_feedback(store: LedgerStore, opened: OpenedFeedback) -> AppliedFeedback:
    """Take a feedback into the ledger's database.

    Args:
        store: The ledger's database.
        opened: From `open_feedback`.

    Returns:
        What it told.

    Raises:
        NotForUsError: if it is about another log.
        RollbackError: if a later one of its sender is held, or another of its number, or it is
            dated before the one held.
    """
    expect(LedgerStore, store=store)
    expect(OpenedFeedback, opened=opened)
    said = opened.feedback
    meta = store.meta()
    if meta is None or meta.origin != said.origin:
        raise NotForUsError("the feedback is about another log than this ledger's")
    told = told_to(store, said.sender, {item.listing_id for item in said.state})
    with store.transaction():
        last = store.last_feedback(said.sender)
        if not _continues(last, opened):
            return AppliedFeedback(said.sender, said.number, already_held=True)
        kept = [item for item in said.state if item.listing_id in told]
        news = store.add_executions(to_row(item, said.sender) for item in kept)
        store.put_feedback(
            said.sender, FeedbackRow(said.number, said.issued, opened.body, opened.signature)
        )
        return AppliedFeedback(
            said.sender,
            said.number,
            already_held=False,
            skipped=said.number - (last.number if last else 0) - 1,
            news=news,
            refused=tuple(item for item in said.state if item.listing_id not in told),
            left_out=store.count_executions(said.sender) - len(kept),
        )


def executions_of(store: LedgerStore, listing_id: bytes | None = None) -> tuple[Reported, ...]:
    """What recipients last reported of the measures on one listing, live or not, or on all.

    Args:
        store: The ledger's database.
        listing_id: Which listing; None for all.

    Raises:
        NotListedError: if it was never on this ledger.
    """
    expect(LedgerStore, store=store)
    origin = meta_of(store).origin
    if listing_id is None:
        return tuple(Reported(row.party, from_row(row, origin)) for row in store.executions())
    expect(bytes, listing_id=listing_id)
    if store.listing(listing_id) is None:
        raise NotListedError("no listing with that id was ever on this ledger")
    rows = store.executions_on(listing_id)
    return tuple(Reported(row.party, from_row(row, origin)) for row in rows)


def unconfirmed(
    store: LedgerStore, catalogue: MeasureCatalogue, *, at: dt.datetime
) -> tuple[Unconfirmed, ...]:
    """Who has not reported as lifted what it had applied on a listing that has ended.

    Args:
        store: The ledger's database.
        catalogue: Says which measures outlast their listing.
        at: Now.

    Returns:
        Each measure with its agency, the most urgent first. Those that outlast their listing are
        among them, with a day that may be far ahead; but nothing outlasts a listing that was in
        error, disputed with right, or whose basis was revoked.
        Whom no sealed bundle told of the end stands apart from whom it did: `Unconfirmed.told`.
    """
    expect(LedgerStore, store=store)
    expect(MeasureCatalogue, catalogue=catalogue)
    origin = meta_of(store).origin
    found, today = [], day_number(last_day_begun(at))
    rows = list(store.applied_past_end(today))
    told = told_of_end(store, {(row.party, row.listing) for row, _, _ in rows}, today)
    for row, end, reason in rows:
        execution, ended = from_row(row, origin), from_day_number(end)
        void = reason is not None and WithdrawalReason(reason).is_void
        due = lifted_by(execution.measure, execution.on, ended, catalogue, void=void)
        known = (row.party, row.listing) in told
        found.append(Unconfirmed(row.party, execution, ended, due, known, void))
    return tuple(sorted(found, key=lambda item: (item.due, item.agency)))


def unpaused(store: LedgerStore, *, at: dt.datetime) -> tuple[Unpaused, ...]:
    """Who has not reported as lifted what it had applied on a listing on which nothing may rest.

    Args:
        store: The ledger's database.
        at: Now.

    Returns:
        Each measure with its agency. It may know of the mark only once a bundle told it.

    Raises:
        NotListedError: if nothing was recorded in the database yet.
    """
    expect(LedgerStore, store=store)
    origin = meta_of(store).origin
    today, unended = day_number(last_day_begun(at)), day_number(first_day_unended(at))
    with store.snapshot():
        applied = [row for row in store.executions() if row.action == Action.APPLIED]
        listings = {listing: store.listing(listing) for listing in {row.listing for row in applied}}
    found = []
    for row in applied:
        held = listings[row.listing]
        if held is None or held.reason is not None or held.last_day < today:
            continue
        disputed = held.disputed or None
        pause = paused(
            marks_of(held.suspended, held.exempted, disputed, begun=today, unended=unended)
        )
        if pause is not None:
            found.append(Unpaused(row.party, from_row(row, origin), *pause))
    return tuple(found)


def _continues(last: FeedbackRow | None, opened: OpenedFeedback) -> bool:
    said = opened.feedback
    if last is None or said.number > last.number:
        if last is not None and said.issued < last.issued:
            raise RollbackError("the feedback is dated before the one held")
        return True
    if said.number < last.number:
        raise RollbackError("a later feedback of this agency is held")
    if opened.body != last.body:
        raise RollbackError("another feedback of that number is held: its sender's book went back")
    return False
