"""The issuer's side: what was reported as applied, and the listing does not bear.

Nothing that was reported is thrown away for it: that somebody applied what it must not is what its
issuer has to see.
"""

from __future__ import annotations

import datetime as dt
import enum
import itertools
from collections.abc import Iterable, Iterator, Mapping
from typing import Self

import attrs

from creditshare.arguments import expect
from creditshare.clock import day_number, from_day_number, last_day_begun
from creditshare.errors import RosterError
from creditshare.feedback.execution import Action, Execution
from creditshare.feedback.heard import Reported, executions_of
from creditshare.feedback.speaker import speaker_of
from creditshare.ledger import Ledger
from creditshare.ledger.expiry import end_of
from creditshare.ledger.history import meta_of
from creditshare.model import Listing, Role
from creditshare.roster import Roster
from creditshare.rules import Measure, MeasureCatalogue
from creditshare.stores.ledger import LedgerStore, ListingRow

__all__ = ["Flaw", "Unfounded", "unfounded"]


class Flaw(enum.StrEnum):
    """What is wrong with a measure that was reported as applied.

    - *not carried*: the listing, as it says now, does not carry it: it was amended, or never did;
    - *wrong role*: no role that the roster gives the agency may apply it;
    - *unknown measure*: the catalogue has none of that code;
    - *before listed*, *after end*: it was applied on a day on which the listing did not stand. It
      stood until the ledger wrote a withdrawal down, whatever day was given for the reason.
    """

    NOT_CARRIED = "not-carried"
    WRONG_ROLE = "wrong-role"
    UNKNOWN_MEASURE = "unknown-measure"
    BEFORE_LISTED = "before-listed"
    AFTER_END = "after-end"


@attrs.frozen
class Unfounded:
    """A measure that an agency reports as applied, with what is wrong with that.

    Attributes:
        agency: Who reported.
        execution: What it says it did.
        flaws: What is wrong; never empty.
        live: Whether the listing stands. If it does not, what was applied is `unconfirmed` too.
    """

    agency: str
    execution: Execution
    flaws: tuple[Flaw, ...]
    live: bool


def unfounded(
    store: LedgerStore,
    catalogue: MeasureCatalogue,
    *,
    at: dt.datetime,
    roster: Roster | None = None,
    listing_id: bytes | None = None,
) -> tuple[Unfounded, ...]:
    """What agencies report as applied, and the listings do not bear, as they stand now.

    Args:
        store: The ledger's database.
        catalogue: Which measures there are, and which listings carry them.
        at: Now.
        roster: Says in which roles the agencies act, and whether the issuer is a court. Without it
            no role is judged; nor is that of an agency that it does not know.
        listing_id: Which listing; None for all.

    Returns:
        Each with its flaws. What a listing carries is judged while it stands; what was lifted is
        not judged any more.

    Raises:
        NotListedError: if the listing was never on this ledger, or nothing was recorded yet.
        RosterError: if the roster is not in force, or knows nobody who speaks for the log.
    """
    expect(MeasureCatalogue, catalogue=catalogue)
    reported = executions_of(store, listing_id)
    judge = _Judge.of(store, catalogue, roster, at)
    applied = (item for item in reported if item.execution.action is Action.APPLIED)
    return tuple(
        found
        for listing, items in itertools.groupby(applied, key=lambda it: it.execution.listing_id)
        for found in judge.judged(listing, items)
    )


@attrs.frozen
class _Judge:
    """What reports are judged by at one moment."""

    store: LedgerStore
    ledger: Ledger
    measures: Mapping[str, Measure]
    roster: Roster | None
    issuer: tuple[Role, ...]
    at: dt.datetime

    @classmethod
    def of(
        cls, store: LedgerStore, catalogue: MeasureCatalogue, roster: Roster | None, at: dt.datetime
    ) -> Self:
        meta = meta_of(store)
        issuer: tuple[Role, ...] = tuple(Role)  # whoever it is, for all that is known
        if roster is not None:
            expect(Roster, roster=roster)
            roster.check_current(at)
            speaker = speaker_of(meta.origin, roster=roster, at=at)
            issuer = roster.entry(speaker.origin).roles
        ledger = Ledger(store, origin=meta.origin, generation=meta.generation)
        measures = {measure.code: measure for measure in catalogue.measures}
        return cls(store, ledger, measures, roster, issuer, at)

    def judged(self, listing_id: bytes, reported: Iterable[Reported]) -> Iterator[Unfounded]:
        """What is unfounded of what was reported on one listing."""
        row = self.store.listing(listing_id)
        if row is None:
            return
        live = row.reason is None and row.last_day >= day_number(last_day_begun(self.at))
        listing = self.ledger.listing(listing_id) if live else None
        for item in reported:
            execution = item.execution
            flaws = (
                *self._of_measure(item.agency, execution, listing),
                *_of_day(execution, row, self.at),
            )
            if flaws:
                yield Unfounded(item.agency, execution, flaws, live)

    def _of_measure(
        self, agency: str, execution: Execution, listing: Listing | None
    ) -> Iterator[Flaw]:
        measure = self.measures.get(execution.measure)
        if measure is None:
            yield Flaw.UNKNOWN_MEASURE
            return
        roles = measure.roles
        if listing is not None and not any(
            measure.permitted(listing, role, self.issuer) for role in roles
        ):
            yield Flaw.NOT_CARRIED
        if self.roster is not None and _is_other(self.roster, agency, roles):
            yield Flaw.WRONG_ROLE


def _is_other(roster: Roster, agency: str, roles: Iterable[Role]) -> bool:
    """Whether the roster knows the agency, in none of these roles."""
    try:
        return set(roles).isdisjoint(roster.entry(agency).roles)
    except RosterError:
        return False


def _of_day(execution: Execution, row: ListingRow, at: dt.datetime) -> Iterator[Flaw]:
    """What is wrong with the day. The ledger notes days by UTC; elsewhere it may be the next."""
    day, over = day_number(execution.on), end_of(row, at)
    if day < row.listed - 1:  # or the one before
        yield Flaw.BEFORE_LISTED
    by_clock = over == from_day_number(row.last_day + 1)
    if over is not None and day > (row.last_day if by_clock else day_number(over) + 1):
        yield Flaw.AFTER_END
