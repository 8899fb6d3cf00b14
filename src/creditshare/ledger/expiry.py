"""How a listing ends by the clock alone: when, and for which reason."""

from __future__ import annotations

import datetime as dt

from creditshare.clock import day_number, from_day_number, last_day_begun
from creditshare.ledger.books import UnreadRulebook
from creditshare.life import confirmation_rule, retention_end
from creditshare.model import Listing, WithdrawalReason
from creditshare.rules import Rulebook
from creditshare.stores.ledger import ListingRow

__all__ = ["end_of", "reason_of_expiry"]


def end_of(row: ListingRow, at: dt.datetime) -> dt.date | None:
    """The day from which a listing stands no more; None while it does.

    That its last day passed ends a listing, whether or not anybody has written that down since.

    Args:
        row: The listing, live or not.
        at: Now.
    """
    ends = [] if row.ended is None else [row.ended]
    if row.last_day < day_number(last_day_begun(at)):
        ends.append(max(row.last_day + 1, row.listed))
    return from_day_number(min(ends)) if ends else None


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
    if isinstance(book, UnreadRulebook):
        return WithdrawalReason.RETENTION_ENDED
    listed = from_day_number(row.listed)
    early = row.last_day < day_number(retention_end(book, listing, listed=listed))
    unconfirmed = early and confirmation_rule(book, listing, on=listed) is not None
    return WithdrawalReason.LAPSED if unconfirmed else WithdrawalReason.RETENTION_ENDED
