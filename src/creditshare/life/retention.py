"""The last day that the rules leave to a listing."""

from __future__ import annotations

import datetime as dt

import attrs

from creditshare.model import Listing, Money
from creditshare.rules import Rulebook
from creditshare.rules.checks.procedure import last_day

__all__ = ["as_settled", "retention_end"]


def retention_end(rulebook: Rulebook, listing: Listing, *, listed: dt.date) -> dt.date:
    """The last day on which a listing may stand, by the rules in force on the day of listing.

    It does not depend on what happens later, except through the listing itself: a conduct that
    ends, a debt that is settled. Until then the end is open, which counts as infinitely far.

    Args:
        rulebook: By which it was cleared.
        listing: As it stands.
        listed: The day on which it was first listed.

    Returns:
        The earliest end of all rules; `datetime.date.max` while no rule knows one.
    """
    ends = (
        last_day(listing, rule, listed)
        for rule in rulebook.rules
        if rule.in_force(listed) and rule.when.met(listing)
    )
    return min((end for end in ends if end is not None), default=dt.date.max)


def as_settled(listing: Listing, on: dt.date) -> Listing:
    """A listing marked as settled: nothing is owed any more, and nobody evades what is paid.

    A conduct that went on ends with the debt; its retention begins to run at last.

    Args:
        listing: As it stood.
        on: The day on which the debt was settled.
    """
    owed, conduct = listing.obligation, listing.conduct
    nothing = Money(0, owed.outstanding.currency)
    if conduct is not None and conduct.end is None:
        conduct = attrs.evolve(conduct, end=max(on, conduct.start))
    return attrs.evolve(
        listing,
        obligation=attrs.evolve(owed, outstanding=nothing, settled=on),
        conduct=conduct,
    )
