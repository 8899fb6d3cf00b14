"""Marks that an issuer sets by itself, and ends: suspended, exempted, resumed, withdrawn."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from creditshare.arguments import expect
from creditshare.bundle import EventType
from creditshare.clock import day_number
from creditshare.errors import MisuseError
from creditshare.ledger.base import LedgerBase
from creditshare.ledger.log import Log
from creditshare.life import Cause, Event, State
from creditshare.model import Step, Withdrawal

__all__ = ["Marks"]


class Marks(LedgerBase):
    """The part of a `Ledger` that marks listings and ends them."""

    def suspend(self, *listing_ids: bytes, until: dt.date, on: dt.date, at: dt.datetime) -> None:
        """Suspend listings of the issuer's own accord: until that day a hit needs review.

        A dispute is more than that: `dispute`.

        Args:
            listing_ids: Which listings; all are marked, or none.
            until: The last day of the suspension.
            on: The day of the decision.
            at: Now.

        Raises:
            NotListedError: if one of them is not live.
            IllegalMoveError: if one is to be corrected, and is suspended until then.
            InvalidValueError: if its last day lies before the decision.
            MisuseError: if the day of the decision has not come.
        """
        event = Event(Step.MARKED, _day(on), until=_day(until))
        self._mark(listing_ids, EventType.SUSPEND, until, event, at)

    def exempt(
        self, *listing_ids: bytes, until: dt.date, on: dt.date, cause: Cause, at: dt.datetime
    ) -> None:
        """Permit no measure on listings until that day; a day that is over ends an exemption.

        Args:
            listing_ids: Which listings; all are marked, or none.
            until: The last day of the exemption.
            on: The day on which it begins.
            cause: Illness, a funeral, an examination, a duty.
            at: Now.

        Raises:
            NotListedError: if one of them is not live.
            IllegalMoveError: if it lasts longer than the rulebook allows.
            MisuseError: if the day on which it begins has not come.
        """
        event = Event(Step.EXEMPTED, _day(on), until=_day(until), cause=cause)
        self._mark(listing_ids, EventType.EXEMPT, until, event, at)

    def resume(self, *listing_ids: bytes, on: dt.date, at: dt.datetime) -> None:
        """End suspensions at once; an exemption ends by a new one with an earlier day.

        Args:
            listing_ids: Which listings; all are marked, or none.
            on: The day of the decision.
            at: Now.

        Raises:
            NotListedError: if one of them is not live.
            MisuseError: if one is disputed, or its dispute was upheld: `answer` ends the first,
                and a correction or withdrawal the second; or if the day has not come.
        """
        event = Event(Step.MARKED, _day(on), until=_day(on))
        self._mark(listing_ids, EventType.RESUME, on, event, at)

    def withdraw(self, *withdrawals: Withdrawal, at: dt.datetime) -> None:
        """End listings, all or none. Their records are forgotten at once; the next bundle tells it.

        Of the reason the bundle tells one thing: whether the listing should never have been.

        Args:
            withdrawals: Which listings, why, and since when; a reason may be older than the
                listing. Statistics count the end today.
            at: Now.

        Raises:
            NotListedError: if one of them is not live, or its last day has passed.
            MisuseError: if a day has not come.
        """
        for withdrawal in withdrawals:
            expect(Withdrawal, withdrawal=withdrawal)
        with self._stepping(at, *(item.on for item in withdrawals), forgetting=True):
            log = Log(self._store, self._meta())
            for withdrawal in withdrawals:
                self._end(log, withdrawal, at)

    def _mark(
        self,
        listing_ids: Sequence[bytes],
        event_type: EventType,
        day: dt.date,
        event: Event,
        at: dt.datetime,
    ) -> None:
        number = day_number(day)
        with self._stepping(at, event.on):
            log = Log(self._store, self._meta())
            for listing_id in listing_ids:
                life = self._life(self._live(listing_id))
                if event_type is EventType.RESUME and life.state is not State.LISTED:
                    raise MisuseError("a disputed listing is answered or corrected, not resumed")
                life.then(event)
                log.append_mark(event_type, listing_id, number)
                self._set_mark(listing_id, event_type, number)
                self._note(listing_id, event, at=at)
            log.close()

    def _set_mark(self, listing_id: bytes, event_type: EventType, day: int) -> None:
        if event_type is EventType.EXEMPT:
            self._store.mark_listing(listing_id, exempted=day)
        elif event_type is EventType.RESUME:
            self._store.mark_listing(listing_id, suspended=0, disputed=0)
        elif event_type is EventType.DISPUTE:
            self._store.mark_listing(listing_id, disputed=day)
        else:
            self._store.mark_listing(listing_id, suspended=day)


def _day(day: dt.date) -> dt.date:
    if type(day) is not dt.date:
        raise MisuseError("a mark's day must be a date without a time")
    return day
