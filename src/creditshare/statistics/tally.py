"""What is counted for one group while the facts stream by: a few numbers, however many facts."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from typing import Self

import attrs

from creditshare.model import WithdrawalReason
from creditshare.statistics.facts import CaseFact
from creditshare.statistics.flow import Flow
from creditshare.statistics.period import Period

__all__ = ["Amount", "Cell", "Sums"]


@attrs.define
class Amount:
    """A sum of amounts, with what tells whether one of them dominates it.

    Attributes:
        count: How many amounts.
        total: Their sum, in minor units.
        first: The largest.
        second: The second largest.
    """

    count: int = 0
    total: int = 0
    first: int = 0
    second: int = 0

    def add(self, minor: int) -> None:
        """Count one amount."""
        self.count += 1
        self.total += minor
        if minor > self.first:
            self.first, self.second = minor, self.first
        elif minor > self.second:
            self.second = minor

    def __add__(self, other: Amount) -> Amount:
        largest = sorted((self.first, self.second, other.first, other.second))
        return Amount(self.count + other.count, self.total + other.total, largest[3], largest[2])


@attrs.frozen
class Sums:
    """Amounts in one currency, as `Flow` has their totals.

    Attributes:
        before: Of those that stood before the period.
        listed: Of those that were listed in it.
        ended: Of those that ended in it.
        standing: Of those that stand at its end.
    """

    before: Amount = attrs.field(factory=Amount)
    listed: Amount = attrs.field(factory=Amount)
    ended: Amount = attrs.field(factory=Amount)
    standing: Amount = attrs.field(factory=Amount)

    def __add__(self, other: Sums) -> Sums:
        return Sums(*(own + more for own, more in zip(self.all, other.all, strict=True)))

    @property
    def all(self) -> tuple[Amount, Amount, Amount, Amount]:
        """All four."""
        return self.before, self.listed, self.ended, self.standing

    @property
    def totals(self) -> Flow:
        """What is told of them."""
        return Flow(*(amount.total for amount in self.all))


@attrs.define
class Cell:
    """All that is counted for one group. Every figure counts cases, each case once.

    Attributes:
        states: Cases by whether each stood before, was listed, ended, stands.
        ends: Cases ended in the period, by reason.
        disputed: Cases in which a dispute was ``filed``, ``upheld`` or ``rejected`` in the period,
            with an answer ``overdue`` at its end, and ``overdue before`` it.
        amounts: Outstanding amounts by currency.
        old: The currencies of cases that were listed before the period, ended ones too.
    """

    states: Counter[tuple[bool, bool, bool, bool]] = attrs.field(factory=Counter)
    ends: Counter[WithdrawalReason] = attrs.field(factory=Counter)
    disputed: Counter[str] = attrs.field(factory=Counter)
    amounts: defaultdict[str, Sums] = attrs.field(factory=lambda: defaultdict(Sums))
    old: set[str] = attrs.field(factory=set)

    @property
    def cases(self) -> Flow:
        """Cases that stood before, were listed, ended, stand."""
        return Flow(
            *(sum(count for state, count in self.states.items() if state[n]) for n in range(4))
        )

    @property
    def overdue(self) -> tuple[int, int]:
        """Cases with an answer overdue before the period, and at its end."""
        return self.disputed["overdue before"], self.disputed["overdue"]

    def add(self, fact: CaseFact, period: Period) -> None:
        """Count a case that was listed by the period's end."""
        came, went = fact.listed in period, fact.ended in period
        state = fact.is_standing(period.eve), came, went, fact.is_standing(period.last)
        self.states[state] += 1
        sums = self.amounts[fact.amount.currency]
        for holds, amount in zip(state, sums.all, strict=True):
            if holds:
                amount.add(fact.amount.minor)
        if not came:
            self.old.add(fact.amount.currency)
        if went and fact.reason is not None:
            self.ends[fact.reason] += 1
        if fact.disputes:
            self._add_disputes(fact, period)

    def _add_disputes(self, fact: CaseFact, period: Period) -> None:
        disputes, counts = fact.disputes, self.disputed
        answers = {dispute.upheld for dispute in disputes if dispute.answered in period}
        counts["filed"] += any(dispute.filed in period for dispute in disputes)
        counts["upheld"] += True in answers
        counts["rejected"] += False in answers
        counts["overdue before"] += fact.is_overdue(period.eve)
        counts["overdue"] += fact.is_overdue(period.last)

    @classmethod
    def sum_of(cls, cells: Iterable[Cell]) -> Self:
        """A cell of all that several counted."""
        whole = cls()
        for cell in cells:
            whole.states.update(cell.states)
            whole.ends.update(cell.ends)
            whole.disputed.update(cell.disputed)
            whole.old |= cell.old
            for currency, sums in cell.amounts.items():
                whole.amounts[currency] += sums
        return whole
