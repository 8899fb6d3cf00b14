"""The last day that the rules leave to a listing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import attrs

from creditshare.arguments import expect, expect_day
from creditshare.model import Listing, Money
from creditshare.rules import Rule, Rulebook
from creditshare.rules.checks.grounds import was_repaid_in_window
from creditshare.rules.checks.procedure import goes_on, last_day

__all__ = ["as_settled", "confirmation_rule", "is_hidden", "retention_end", "retention_rule"]


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
    return min((day for day, _ in _ends(rulebook, listing, listed)), default=dt.date.max)


def retention_rule(rulebook: Rulebook, listing: Listing, *, listed: dt.date) -> Rule | None:
    """The rule that ends a listing first; None while no rule knows an end.

    Args:
        rulebook: By which it was cleared.
        listing: As it stands.
        listed: The day on which it was first listed.
    """
    ends = sorted(_ends(rulebook, listing, listed), key=lambda item: item[0])
    return ends[0][1] if ends else None


def confirmation_rule(rulebook: Rulebook, listing: Listing, *, on: dt.date) -> Rule | None:
    """The rule by which a listing must be confirmed again; None if there is nothing to confirm.

    Such as that its conduct goes on, or, where a rulebook wants that always, that it still stands.
    What is settled is not confirmed any more.

    Args:
        rulebook: By which it is confirmed.
        listing: As it stands.
        on: The day on which the rule is in force.
    """
    _check(rulebook, listing, on=on)
    if listing.obligation.settled is not None:
        return None
    return next(
        (
            rule
            for rule in rulebook.rules
            if rule.check == "confirmed-again"
            and rule.in_force(on)
            and rule.when.met(listing)
            and any(goes_on(listing, option) for option in rule.options)
        ),
        None,
    )


def as_settled(listing: Listing, on: dt.date) -> Listing:
    """A listing marked as settled: nothing is owed any more, and nobody evades what is paid.

    A conduct that went on ends with the debt; its retention begins to run at last.

    Args:
        listing: As it stood.
        on: The day on which the debt was settled.
    """
    expect(Listing, listing=listing)
    expect_day(on=on)
    owed, conduct = listing.obligation, listing.conduct
    nothing = Money(0, owed.outstanding.currency)
    if conduct is not None and conduct.end is None:
        conduct = attrs.evolve(conduct, end=max(on, conduct.start))
    return attrs.evolve(
        listing,
        obligation=attrs.evolve(owed, outstanding=nothing, settled=on),
        conduct=conduct,
    )


def is_hidden(rulebook: Rulebook, listing: Listing, on: dt.date) -> bool:
    """Whether a settled debt is one that a one-off repair no longer shows.

    Args:
        rulebook: By which it was cleared.
        listing: As it stands.
        on: The day on which the repair's rule is in force.
    """
    _check(rulebook, listing, on=on)
    return any(
        was_repaid_in_window(listing.obligation, rule)
        for rule in rulebook.rules
        if rule.check == "repaid-in-window" and rule.in_force(on) and rule.when.met(listing)
    )


def _ends(rulebook: Rulebook, listing: Listing, listed: dt.date) -> Iterator[tuple[dt.date, Rule]]:
    _check(rulebook, listing, listed=listed)
    for rule in rulebook.rules:
        if rule.in_force(listed) and rule.when.met(listing):
            end = last_day(listing, rule, listed)
            if end is not None:
                yield end, rule


def _check(rulebook: Rulebook, listing: Listing, **days: dt.date) -> None:
    expect(Rulebook, rulebook=rulebook)
    expect(Listing, listing=listing)
    expect_day(**days)
