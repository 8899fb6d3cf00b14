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
    """Amounts, apart by what became of their cases in a period; from them follows a `Flow`.

    Attributes:
        stayed: Of cases that stood before the period, and stand at its end.
        left: Of those that stood before it and ended in it.
        came: Of those that were listed in it and stand.
        passed: Of those that were listed in it and ended in it.
    """

    stayed: Amount = attrs.field(factory=Amount)
    left: Amount = attrs.field(factory=Amount)
    came: Amount = attrs.field(factory=Amount)
    passed: Amount = attrs.field(factory=Amount)

    def __add__(self, other: Sums) -> Sums:
        return Sums(
            self.stayed + other.stayed,
            self.left + other.left,
            self.came + other.came,
            self.passed + other.passed,
        )

    def of(self, *, new: bool, went: bool) -> Amount:
        """Those that were listed in the period or before it, and ended in it or not."""
        if new:
            return self.passed if went else self.came
        return self.left if went else self.stayed

    @property
    def told(self) -> tuple[Amount, Amount, Amount, Amount]:
        """Before, listed, ended, standing: what a row tells."""
        return (
            self.stayed + self.left,
            self.came + self.passed,
            self.left + self.passed,
            self.stayed + self.came,
        )

    @property
    def totals(self) -> Flow:
        """What is told of them."""
        return Flow(*(amount.total for amount in self.told))


@attrs.define
class Cell:
    """All that is counted for one group. Every figure counts cases, each case once.

    Attributes:
        moves: The cases, as amounts of one each.
        ends: Cases ended in the period, by reason.
        disputed: Cases in which a dispute was ``filed``, ``upheld`` or ``rejected`` in the period,
            with an answer ``overdue`` at its end, and ``overdue before`` it.
        amounts: Outstanding amounts by currency.
        old: The currencies of cases that were listed before the period, ended ones too.
    """

    moves: Sums = attrs.field(factory=Sums)
    ends: Counter[WithdrawalReason] = attrs.field(factory=Counter)
    disputed: Counter[str] = attrs.field(factory=Counter)
    amounts: defaultdict[str, Sums] = attrs.field(factory=lambda: defaultdict(Sums))
    old: set[str] = attrs.field(factory=set)

    @property
    def cases(self) -> Flow:
        """Cases that stood before, were listed, ended, stand."""
        return self.moves.totals

    @property
    def overdue(self) -> tuple[int, int]:
        """Cases with an answer overdue before the period, and at its end."""
        return self.disputed["overdue before"], self.disputed["overdue"]

    def add(self, fact: CaseFact, period: Period) -> None:
        """Count a case that was listed by the period's end."""
        came, went = fact.listed in period, fact.ended in period
        sums = self.amounts[fact.amount.currency]
        if came or fact.is_standing(period.eve):
            self.moves.of(new=came, went=went).add(1)
            sums.of(new=came, went=went).add(fact.amount.minor)
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
            whole.moves += cell.moves
            whole.ends.update(cell.ends)
            whole.disputed.update(cell.disputed)
            whole.old |= cell.old
            for currency, sums in cell.amounts.items():
                whole.amounts[currency] += sums
        return whole
