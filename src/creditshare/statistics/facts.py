"""What statistics know of one case: days, a code and an amount. No identifier, no name."""

from __future__ import annotations

import datetime as dt

import attrs

from creditshare.model import ConductCode, Money, WithdrawalReason
from creditshare.model.faults import Faults, as_tuple

__all__ = ["CaseFact", "DisputeFact"]

_DISPUTES_MAX = 1_000


@attrs.frozen
class DisputeFact:
    """One dispute of one case.

    Attributes:
        filed: The day on which it was noted.
        due: The last day for the answer, or None where no rule sets one.
        answered: The day on which the answer was noted, or None while there is none.
        upheld: Whether the answer agreed with the person; None while there is none.
    """

    filed: dt.date
    due: dt.date | None = None
    answered: dt.date | None = None
    upheld: bool | None = None

    def __attrs_post_init__(self) -> None:
        faults = Faults("dispute fact")
        faults.day("filed", self.filed)
        faults.day("due", self.due, optional=True)
        faults.day("answered", self.answered, optional=True)
        faults.kind("upheld", self.upheld, bool, optional=True)
        faults.raise_any()
        late = self.answered is not None and self.answered < self.filed
        faults.check("answered", not late, "before it was filed")
        both = (self.answered is None) == (self.upheld is None)
        faults.check("upheld", both, "stands with the day of the answer, or neither does")
        faults.raise_any()

    def is_overdue(self, day: dt.date) -> bool:
        """Whether the answer was owed by the end of a day and had not been given by then.

        That of a case which stands no more is owed no more: `CaseFact.is_overdue`.
        """
        owed = self.due is not None and self.filed <= day and self.due <= day
        return owed and (self.answered is None or self.answered > day)


@attrs.frozen
class CaseFact:
    """One case: one listing of one borrower for one debt, as far as statistics know it.

    Each day is that on which something was written down, not that of its reason, and conduct and
    amount are those of the listing: a fact of a period that was counted never changes.

    Attributes:
        issuer: The origin whose listing it is.
        conduct: What was done.
        listed: The day on which it was listed.
        amount: What was outstanding then.
        ended: The day on which its end was noted, or None while it stands.
        reason: Why it ended; stands with the day, or neither does.
        disputes: All disputes there were.
    """

    issuer: str
    conduct: ConductCode
    listed: dt.date
    amount: Money = attrs.field(repr=False)
    ended: dt.date | None = None
    reason: WithdrawalReason | None = None
    disputes: tuple[DisputeFact, ...] = attrs.field(default=(), converter=as_tuple)

    def __attrs_post_init__(self) -> None:
        faults = Faults("case fact")
        faults.text("issuer", self.issuer, limit=200)
        faults.kind("conduct", self.conduct, ConductCode)
        faults.day("listed", self.listed)
        faults.kind("amount", self.amount, Money)
        faults.day("ended", self.ended, optional=True)
        faults.kind("reason", self.reason, WithdrawalReason, optional=True)
        faults.items("disputes", self.disputes, DisputeFact, _DISPUTES_MAX)
        faults.raise_any()
        early = self.ended is not None and self.ended < self.listed
        faults.check("ended", not early, "before it was listed")
        both = (self.ended is None) == (self.reason is None)
        faults.check("reason", both, "stands with the day of the end, or neither does")
        faults.raise_any()

    def is_standing(self, day: dt.date) -> bool:
        """Whether it stood at the end of a day."""
        return self.listed <= day and (self.ended is None or self.ended > day)

    def is_overdue(self, day: dt.date) -> bool:
        """Whether it stood at the end of a day with an answer overdue."""
        return self.is_standing(day) and any(one.is_overdue(day) for one in self.disputes)
