"""What an amendment tells: steps of its own, or something that the notice did not tell."""

from __future__ import annotations

import datetime as dt

from creditshare.life.event import Event
from creditshare.model import ConductCode, Listing, Obligation, Severity, Step
from creditshare.model.folding import fold_name

__all__ = ["is_another", "renewals"]

_WEIGHT = {severity: place for place, severity in enumerate(Severity)}  # minor, general, serious


def renewals(
    held: Listing, newer: Listing, *, listed: dt.date, correcting: bool
) -> tuple[Event, ...]:
    """The notice and the decision of an amendment, as steps, where they are of another day.

    Args:
        held: As it stood.
        newer: As amended.
        listed: The day on which it was first listed.
        correcting: Whether the amendment is owed as a correction. It may put a day right on which
            something happened before the listing; that is no step of its own.
    """
    steps: list[Event] = []
    notice, decision = newer.notice, newer.decision
    if notice and (held.notice is None or notice.served != held.notice.served):
        steps.append(Event(Step.NOTICE_SERVED, notice.served))
    if decision and (held.decision is None or decision.on != held.decision.on):
        steps.append(Event(Step.DECIDED, decision.on, words=decision.reasons))
    return tuple(step for step in steps if not correcting or step.on >= listed)


def is_another(held: Listing, newer: Listing, *, correcting: bool) -> bool:
    """Whether an amendment tells what the notice did not tell, so that it needs one of its own.

    Another person, part, conduct or debt, a conduct that weighs more, or more that is owed. A debt
    that is assigned is the same, if its default is known and stays of that day.

    Args:
        held: As it stood.
        newer: As amended.
        correcting: Whether the amendment is owed as a correction, which may put a name, a day of
            birth, the day of the default and the first day of the conduct right.
    """
    return (
        held.borrower.role is not newer.borrower.role
        or _code(held) != _code(newer)
        or not _same_debt(held.obligation, newer.obligation)
        or _owes_more(held.obligation, newer.obligation)
        or _WEIGHT[held.severity] < _WEIGHT[newer.severity]
        or (not correcting and _particulars(held) != _particulars(newer))
    )


def _code(listing: Listing) -> ConductCode | None:
    return listing.conduct.code if listing.conduct else None


def _particulars(listing: Listing) -> tuple[object, ...]:
    """What is told of who did what since when."""
    borrower, conduct = listing.borrower, listing.conduct
    start, default = conduct.start if conduct else None, listing.obligation.default_date
    return borrower.name, borrower.birth_date, default, start


def _same_debt(held: Obligation, newer: Obligation) -> bool:
    same_day = held.default_date is not None and held.default_date == newer.default_date
    return same_day or fold_name(held.creditor) == fold_name(newer.creditor)


def _owes_more(held: Obligation, newer: Obligation) -> bool:
    return any(
        one.currency != other.currency or one.minor < other.minor
        for one, other in (
            (held.principal, newer.principal),
            (held.outstanding, newer.outstanding),
        )
    )
