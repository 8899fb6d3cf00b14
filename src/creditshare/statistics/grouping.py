"""Which groups of a table have a row of their own, and in which currencies amounts are told."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import attrs

from creditshare.statistics.closing import CellRule, allows_sums, holds, remainder
from creditshare.statistics.result import Row
from creditshare.statistics.tally import Cell, Sums

__all__ = ["Cells", "grouped", "is_told", "tellable"]

Cells = Mapping[str | None, Cell]


@attrs.frozen
class _Figures:
    """What must be safe for a row to be shown: it opens or stays closed as a whole."""

    cases: Sums = attrs.field(factory=Sums)
    sums: Sums = attrs.field(factory=Sums)

    def __add__(self, other: _Figures) -> _Figures:
        return _Figures(self.cases + other.cases, self.sums + other.sums)


def tellable(whole: Cell, past: Row | None, rule: CellRule) -> list[str]:
    """The currencies whose amounts are safe in the total, that of most cases first.

    One that the earlier table did not tell is not told again: the difference to the table before
    that would tell who came and went meanwhile.

    Args:
        whole: All cases.
        past: The total of the earlier table; None in the first of a series.
        rule: What is too small.
    """
    found = [
        currency
        for currency, sums in whole.amounts.items()
        if allows_sums(rule, sums)
        and (past is None or currency in past.amounts or currency not in whole.old)
    ]
    counts = {
        currency: sum(amount.count for amount in whole.amounts[currency].told[:2])
        for currency in found
    }
    return sorted(found, key=lambda currency: (-counts[currency], currency))


def grouped(
    cells: Cells, past: Mapping[str | None, Row] | None, main: Sequence[str], rule: CellRule
) -> set[str | None]:
    """The groups without a row of their own: what is unsafe in cases or amounts, and its cover.

    Args:
        cells: What was counted, by group.
        past: The rows of the earlier table; None in the first of a series.
        main: The currency that decides together with the cases; none where none is told.
        rule: What is too small.

    Returns:
        The labels that are in the remainder.
    """
    figures = {
        label: _Figures(cell.moves, *(cell.amounts[currency] for currency in main))
        for label, cell in cells.items()
    }
    return remainder(
        figures,
        none=_Figures(),
        safe=lambda one: allows_sums(rule, one.cases) and allows_sums(rule, one.sums),
        size=lambda one: max(one.cases.totals.all),
        closed={
            label
            for label, cell in cells.items()
            if not any(cell.cases.all) or (past is not None and cell.old and label not in past)
        },
    )


def is_told(currency: str, cells: Cells, inside: Collection[str | None], rule: CellRule) -> bool:
    """Whether every row of a table is safe in a currency that did not decide on the rows.

    Args:
        currency: The currency.
        cells: What was counted, by group.
        inside: The groups that are in the remainder.
        rule: What is too small.
    """
    sums = {label: cell.amounts[currency] for label, cell in cells.items()}
    members = [sums[label] for label in inside]
    return all(allows_sums(rule, sums[label]) for label in sums.keys() - set(inside)) and (
        len(members) == len(sums)
        or holds(members, none=Sums(), safe=lambda four: allows_sums(rule, four))
    )
