"""Whether what was found is of the person who asks, as far as that can be told."""

from __future__ import annotations

from creditshare.model import Borrower
from creditshare.screening import (
    Applicant,
    ReviewReason,
)
from creditshare.screening.factors import weigh
from creditshare.screening.names import PLAIN_NAMES

__all__ = ["CONFLICTS", "is_compared", "may_be_anothers"]

CONFLICTS = {ReviewReason.NAME_CONFLICT, ReviewReason.BIRTH_DATE_CONFLICT}
"""What makes it likely that a listing is somebody else's. Staff see it, to tell a variant from
another name; the paper goes to whoever asks. An agreeing birth date does not outweigh a name:
numbers that differ in their serial part share it."""


def may_be_anothers(subject: Applicant, borrower: Borrower) -> bool:
    """Whether a listing found by a number may be somebody else's, by what is stated.

    Args:
        subject: Who asks.
        borrower: Whom the listing is about.
    """
    factors = weigh(subject, borrower, PLAIN_NAMES)
    conflict = bool(CONFLICTS & {*factors.reasons}) or not factors.shows_listing
    return conflict or not is_compared(subject, borrower)


def is_compared(subject: Applicant, borrower: Borrower) -> bool:
    """Whether somebody states a second factor that a listing states too.

    Args:
        subject: Who asks.
        borrower: Whom the listing is about.
    """
    names, days = (subject.name, borrower.name), (subject.birth_date, borrower.birth_date)
    return None not in names or None not in days
