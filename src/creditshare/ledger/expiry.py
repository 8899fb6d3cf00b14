"""How a listing or a prepared case ends by the clock alone: when, and for which reason."""

from __future__ import annotations

import datetime as dt

from creditshare.calendars import Span, Unit, add
from creditshare.clock import day_number, from_day_number, last_day_begun
from creditshare.life import Life, confirmation_rule, retention_end
from creditshare.model import Listing, Step, WithdrawalReason
from creditshare.rules import Rule, Rulebook
from creditshare.stores.ledger import ListingRow

__all__ = [
    "CASE_LASTS",
    "case_end",
    "end_of",
    "lapses_by",
    "may_be_listed_anew",
    "reason_of_expiry",
]

CASE_LASTS = Span(1, Unit.YEARS)
"""How long a case is kept without a notice, or where no rule says how long one is fresh."""


def case_end(life: Life, *, began: dt.date) -> tuple[dt.date, Rule | None]:
    """The last day of a case that is prepared and not listed, and the rule that sets it.

    As long as its notice is fresh; a case without a notice for a year. Nobody can be listed by an
    older one, so there is nothing to keep it for.

    Args:
        life: The case.
        began: The day on which it was noted that the case begins.
    """
    served = life.day_of(Step.NOTICE_SERVED)
    if served is None:
        return add(began, CASE_LASTS), None
    ends = [(add(served, rule.span), rule) for rule in life.rules_of("notice-fresh", served)]
    return min(ends, key=lambda end: end[0], default=(add(served, CASE_LASTS), None))


def end_of(row: ListingRow, at: dt.datetime) -> dt.date | None:
    """The day on which the ledger had written down that a listing is over; None while it is not.

    The day on which it was withdrawn, whatever day was given for the reason. That its last day
    passed ends a listing by itself on the day after, whether or not anybody has written that down
    since; if that last day was itself written down later, on the day it was.

    Args:
        row: The listing, live or not.
        at: Now.
    """
    if row.reason is not None:
        return from_day_number(row.noted)
    if row.last_day < day_number(last_day_begun(at)):
        return from_day_number(max(row.last_day + 1, row.noted))
    return None


def reason_of_expiry(row: ListingRow, listing: Listing, book: Rulebook) -> WithdrawalReason:
    """Why a listing is over whose last day has passed.

    Args:
        row: The listing.
        listing: What it says.
        book: By which it was cleared.

    Returns:
        Lapsed, if it was to be confirmed before its retention ended, and nobody did; else its
        retention ended. Where the rulebook cannot be read nobody can tell any more, and it is
        never listed anew.
    """
    listed, last_day = from_day_number(row.listed), from_day_number(row.last_day)
    unconfirmed = lapses_by(book, listing, listed=listed, last_day=last_day)
    return WithdrawalReason.LAPSED if unconfirmed else WithdrawalReason.RETENTION_ENDED


def lapses_by(
    book: Rulebook, listing: Listing, *, listed: dt.date, last_day: dt.date
) -> Rule | None:
    """The rule by which a listing lapses after its last day, unless it is confirmed until then.

    Args:
        book: By which it was cleared.
        listing: What it says.
        listed: The day on which it was first listed.
        last_day: Its last day.

    Returns:
        None if its retention ends on that day, or no rule can be read.
    """
    if last_day >= retention_end(book, listing, listed=listed):
        return None
    return confirmation_rule(book, listing, on=listed)


def may_be_listed_anew(row: ListingRow, listing: Listing, book: Rulebook, today: dt.date) -> bool:
    """Whether a listing that lapses would end no later if it were listed again.

    Where retention is counted from the listing, it would begin anew.

    Args:
        row: The listing.
        listing: What it says.
        book: By which it was cleared.
        today: The day on which it lapses, or later.
    """
    before = retention_end(book, listing, listed=from_day_number(row.listed))
    return retention_end(book, listing, listed=today) <= before
