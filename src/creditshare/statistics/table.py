"""The rows of one table, each figure of each shown or closed."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import attrs

from creditshare.model import WithdrawalReason
from creditshare.statistics.closing import CellRule, block, remainder
from creditshare.statistics.result import OTHER_REASONS, Row
from creditshare.statistics.tally import Cell

__all__ = ["rows_of", "told_reasons"]

Label = str | None  # None is the total or the remainder
Figures = dict[Label, dict[str, int | None]]
Summed = Mapping[str, int | None]  # the figures of the total


@attrs.frozen
class _Level:
    """How many there were at the end of two periods, neither telling who came and went."""

    before: int
    now: int

    def __add__(self, other: _Level) -> _Level:
        return _Level(self.before + other.before, self.now + other.now)


def told_reasons(whole: Cell, rule: CellRule) -> list[str]:
    """The reasons told apart: each is the reason of enough ends, and so are all others together.

    Args:
        whole: All cases.
        rule: What is too small.

    Returns:
        Their codes, in the order of the vocabulary.
    """
    counts: dict[Label, int] = {reason: whole.ends[reason] for reason in WithdrawalReason}
    rare = _closed_counts(counts, rule)
    return [reason.value for reason in WithdrawalReason if reason not in rare]


def rows_of(
    cells: Mapping[Label, Cell],
    seen: Mapping[Label, Sequence[Row]],
    told: Collection[str],
    currencies: Collection[str],
    *,
    rule: CellRule,
    total: Row | None = None,
) -> list[Row]:
    """The rows of cells whose cases may be shown.

    Args:
        cells: What was counted; together all cases, and each case in one of them.
        seen: The rows of the earlier table that each is made of; none for what is new.
        told: The reasons that are told apart.
        currencies: Those in which every cell's amounts may be shown.
        rule: What is too small.
        total: The row of all cases, if these are parts of it: what is closed there is closed here.

    Returns:
        A row for each cell, in order.
    """
    ends = _ends(cells, told, rule)
    disputes = _disputes(cells, seen, rule, None if total is None else total.disputes)
    return [
        Row(
            label,
            cell.cases,
            {currency: cell.amounts[currency].totals for currency in currencies},
            ends[label],
            disputes[label],
        )
        for label, cell in cells.items()
    ]


def _ends(cells: Mapping[Label, Cell], told: Collection[str], rule: CellRule) -> Figures:
    counts: dict[tuple[Label, str], int] = {}
    for label, cell in cells.items():
        for reason in told:
            counts[label, reason] = cell.ends[WithdrawalReason(reason)]
        if len(told) < len(WithdrawalReason):
            rare = cell.cases.ended - sum(counts[label, reason] for reason in told)
            counts[label, OTHER_REASONS] = rare
    closed = block(counts, rule)
    figures: Figures = {label: {} for label in cells}
    for (label, reason), count in counts.items():
        figures[label][reason] = None if (label, reason) in closed else count
    return figures


def _disputes(
    cells: Mapping[Label, Cell],
    seen: Mapping[Label, Sequence[Row]],
    rule: CellRule,
    within: Summed | None,
) -> Figures:
    figures: Figures = {label: {} for label in cells}
    for figure in ("filed", "upheld", "rejected"):
        counts = {label: cell.disputed[figure] for label, cell in cells.items()}
        _fill(figures, figure, counts, _closed_counts(counts, rule), within)
    overdue = {label: _Level(*cell.overdue) for label, cell in cells.items()}
    closed = remainder(
        overdue,
        none=_Level(0, 0),
        safe=lambda level: rule.allows(level.before, level.now, abs(level.now - level.before)),
        size=lambda level: max(level.before, level.now),
        closed=[
            label
            for label, rows in seen.items()
            if any(row.disputes.get("overdue") is None for row in rows)
        ],
    )
    counts = {label: level.now for label, level in overdue.items()}
    _fill(figures, "overdue", counts, closed, within)
    return figures


def _closed_counts(counts: Mapping[Label, int], rule: CellRule) -> set[Label]:
    """The counts of one column to close.

    Nought is closed like one to four, or "closed" would mean "at least one". Where all that would
    be closed is nought, nothing is.
    """
    few = {label for label, count in counts.items() if count < rule.threshold}
    if not any(counts[label] for label in few):
        return set()
    return remainder(counts, none=0, safe=rule.allows, size=int, closed=few)


def _fill(
    figures: Figures,
    name: str,
    counts: Mapping[Label, int],
    closed: Collection[Label],
    within: Summed | None,
) -> None:
    """Put a column into the rows; all of it closed, if its total is."""
    shut = within is not None and within.get(name) is None
    for label, count in counts.items():
        figures[label][name] = None if shut or label in closed else count
