"""What an amendment tells: steps of its own, or something that the notice did not tell."""

from __future__ import annotations

import datetime as dt

from creditshare.life.event import Event
from creditshare.model import Listing, Step
from creditshare.model.folding import fold_name

__all__ = ["is_another", "renewals"]


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


def is_another(held: Listing, newer: Listing) -> bool:
    """Whether an amendment tells of another conduct or debt; one that is assigned is the same."""
    codes = {item.conduct.code if item.conduct else None for item in (held, newer)}
    one, other = held.obligation, newer.obligation
    assigned = one.default_date == other.default_date
    same_debt = assigned or fold_name(one.creditor) == fold_name(other.creditor)
    return len(codes) > 1 or not same_debt
