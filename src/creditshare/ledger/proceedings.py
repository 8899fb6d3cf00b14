"""What the person sets going, and what follows: dispute and answer, settlement, repair, statement.

::

    life = ledger.dispute(listing_id, on=today, calendar=calendar("CN"), text=letter, at=now)
    ...
    life = ledger.answer(listing_id, upheld=True, on=day, text=answer, at=now)
    deadlines(life, calendar("CN"))    # what is owed now, by when
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import attrs

from creditshare.arguments import expect
from creditshare.bundle import EventType
from creditshare.bundle.event import DAY_MAX
from creditshare.calendars import Calendar
from creditshare.clock import day_number, day_of
from creditshare.errors import MisuseError
from creditshare.ledger.base import check_happened
from creditshare.ledger.books import UnreadRulebook
from creditshare.ledger.log import Log
from creditshare.ledger.marks import Marks
from creditshare.life import (
    Event,
    Life,
    State,
    answer_due,
    as_settled,
    deadlines,
    is_hidden,
    retention_end,
)
from creditshare.model import Statement, Step, Withdrawal, WithdrawalReason
from creditshare.rules import Rulebook
from creditshare.stores.ledger import ListingRow
from creditshare.tokens import TokenKeyring

__all__ = ["Proceedings"]


class Proceedings(Marks):
    """The part of a `Ledger` that follows what persons ask for."""

    def dispute(
        self,
        listing_id: bytes,
        *,
        on: dt.date,
        calendar: Calendar,
        stage: int = 1,
        text: str = "",
        at: dt.datetime,
    ) -> Life:
        """Note that a listing is disputed, and mark it on the same day.

        The mark in the log carries the last day on which the dispute can be answered in time, if
        the rulebook says that an unanswered one suspends: once it has passed, each recipient's own
        clock suspends the listing, without any message.

        Args:
            listing_id: Which listing.
            on: The day on which the dispute came in.
            calendar: Counts the working days.
            stage: Before which instance: 1, or the next after a rejection.
            text: What the person says; it stays on the ledger until the listing ends.
            at: Now.

        Returns:
            Its life now; `creditshare.life.deadlines` says what is owed by when.

        Raises:
            NotListedError: if it is not live, or its last day has passed.
            IllegalMoveError: if a dispute is open, or that instance is not.
            MisuseError: if the day has not come; or if a term is in working days and the calendar
                knows none.
        """
        disputed = Event(Step.DISPUTED, on, stage=stage, words=text)
        expect(Calendar, calendar=calendar)
        with self._stepping(at, on):
            row = self._live(listing_id)
            life = self._life(row).then(disputed, marked := Event(Step.MARKED, day_of(at)))
            self._append(listing_id, EventType.DISPUTE, _mark_day(life, calendar))
            self._note(listing_id, disputed, at=at, due=_last_day(life, calendar))
            self._note(listing_id, marked, at=at)
        return life

    def remark(self, *, calendar_of: Callable[[Rulebook], Calendar]) -> int:
        """Mark again the open disputes whose last day is an earlier one by now.

        A day beyond the published calendar was provisional; when more is published, it is computed
        again, and an earlier one is told by a new mark. A later one is not: of two marks recipients
        keep the earlier, for an issuer cannot put off its answer. Call it before sealing;
        `creditshare seal` does.

        Args:
            calendar_of: The calendar for a rulebook's working days.

        Returns:
            How many were marked again.

        Raises:
            MisuseError: if a term is in working days and the calendar knows none.
        """
        count, calendars = 0, dict[str, Calendar]()
        with self._store.transaction():
            for listing_id in self._store.disputed():
                row = self._live(listing_id)
                life = self._life(row)
                if isinstance(life.rulebook, UnreadRulebook):
                    continue  # the mark that was set stands
                if row.rulebook not in calendars:
                    calendars[row.rulebook] = calendar_of(life.rulebook)
                day = _mark_day(life, calendars[row.rulebook])
                if day < row.disputed:
                    self._append(listing_id, EventType.DISPUTE, day)
                    count += 1
        return count

    def answer(
        self, listing_id: bytes, *, upheld: bool, on: dt.date, text: str = "", at: dt.datetime
    ) -> Life:
        """Answer the open dispute of a listing.

        If the person was wrong, the marks end. If the person was right, the listing stays
        suspended until an amendment is declared as its correction, or it is withdrawn; by when,
        `deadlines` says. No later answer ends that.

        Args:
            listing_id: Which listing.
            upheld: Whether the person was right.
            on: The day of the answer.
            text: The answer; it stays on the ledger until the listing ends.
            at: Now.

        Returns:
            Its life now.

        Raises:
            NotListedError: if it is not live, or its last day has passed.
            IllegalMoveError: if no dispute is open.
            MisuseError: if the day has not come.
        """
        answered = Event(Step.ANSWERED, on, upheld=upheld, words=text)
        with self._stepping(at, on):
            life = self._life(self._live(listing_id)).then(answered)
            self._append(listing_id, EventType.RESUME, day_number(on))
            if life.state is State.UPHELD:
                self._append(listing_id, EventType.SUSPEND, DAY_MAX)
            self._note(listing_id, answered, at=at)
        return life

    def settle(
        self, listing_id: bytes, *, on: dt.date, tokens: TokenKeyring, at: dt.datetime
    ) -> Life:
        """Mark a listing as settled: nothing is owed any more, and it ends no later for that.

        A debt that a one-off repair hides is withdrawn at once. Where the rulebook wants settled
        listings removed, `deadlines` of the result says by when: `withdraw` does it.

        Args:
            listing_id: Which listing.
            on: The day on which it was paid or otherwise settled.
            tokens: Holds the current epoch.
            at: Now.

        Returns:
            Its life now.

        Raises:
            NotListedError: if it is not live, or its last day has passed.
            IllegalMoveError: if it was settled before.
            MisuseError: if the day has not come, or lies before the default: what was paid in time
                is withdrawn as listed in error.
            TokenError: if the epoch does not fit.
        """
        settled = Event(Step.SETTLED, on)
        check_happened(on, at=at)
        with self._appending(tokens, at, forgetting=True) as log:
            row = self._unended(listing_id, at)
            life = self._life(row)
            if on < (life.listing.obligation.default_date or on):
                raise MisuseError("settled before the default: withdraw it as listed in error")
            life = life.then(settled).about(as_settled(life.listing, on))
            self._note(listing_id, settled, at=at)
            if is_hidden(life.rulebook, life.listing, day_of(at)):
                reason = WithdrawalReason.REPAIRED
                self._end(log, Withdrawal(listing_id, reason, day_of(at)), at)
                return life.then(Event(Step.WITHDRAWN, day_of(at), reason=reason))
            self._restate(log, _no_later(row, life, at), life.listing)
        return life

    def repair(self, listing_id: bytes, *, on: dt.date, at: dt.datetime) -> Life:
        """Note that credit repair was granted; the listing is to be withdrawn for it.

        Args:
            listing_id: Which listing.
            on: The day on which it was granted.
            at: Now.

        Returns:
            Its life now; `deadlines` says by when publication, sharing, use and measures end:
            `withdraw` ends them all.

        Raises:
            NotListedError: if it is not live, or its last day has passed.
            IllegalMoveError: if the rulebook knows no repair, or not yet.
            MisuseError: if the day has not come.
        """
        repaired = Event(Step.REPAIRED, on)
        with self._stepping(at, on):
            life = self._life(self._live(listing_id)).then(repaired)
            self._note(listing_id, repaired, at=at)
        return life

    def state(
        self, listing_id: bytes, statement: Statement, *, tokens: TokenKeyring, at: dt.datetime
    ) -> None:
        """Record the person's own statement; from the next bundle on the listing carries it.

        Args:
            listing_id: Which listing.
            statement: In the person's own words; it replaces an earlier one.
            tokens: Holds the current epoch.
            at: Now.

        Raises:
            NotListedError: if it is not live, or its last day has passed.
            MisuseError: if its day has not come.
            TokenError: if the epoch does not fit.
        """
        expect(Statement, statement=statement)
        check_happened(statement.on, at=at)
        with self._appending(tokens, at, forgetting=True) as log:
            row = self._unended(listing_id, at)
            self._restate(log, row, attrs.evolve(self._listing(row), statement=statement))

    def _append(self, listing_id: bytes, event_type: EventType, day: int) -> None:
        log = Log(self._store, self._meta())
        log.append_mark(event_type, listing_id, day)
        log.close()
        self._set_mark(listing_id, event_type, day)


def _mark_day(life: Life, calendar: Calendar) -> int:
    disputed = life.day_of(Step.DISPUTED)
    if isinstance(life.rulebook, UnreadRulebook) and disputed is not None:
        return day_number(disputed)  # nobody can tell by when: it suspends from the next day on
    due = answer_due(life, calendar)
    return DAY_MAX if due is None else day_number(due.day)


def _last_day(life: Life, calendar: Calendar) -> dt.date | None:
    """The last day for the answer to the open dispute, whether or not it suspends."""
    open_terms = (item for item in deadlines(life, calendar) if item.met is None)
    answers = (item for item in open_terms if item.name in ("answer", "appeal-answer"))
    return next((item.due.day for item in answers), None)


def _no_later(row: ListingRow, life: Life, at: dt.datetime) -> ListingRow:
    """The row of an amended listing, which ends with its retention at the latest."""
    listed = life.day_of(Step.LISTED) or dt.date.min
    end = retention_end(life.rulebook, life.listing, listed=listed)
    last = min(row.last_day, day_number(end))
    return attrs.evolve(row, last_day=last, noted=day_number(day_of(at)))
