"""The rows of one table, each figure of each shown or closed."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

import attrs

from creditshare.model import WithdrawalReason
from creditshare.statistics.closing import CellRule, block, holds, remainder
from creditshare.statistics.result import OTHER_REASONS, Row
from creditshare.statistics.tally import Cell

__all__ = ["rows_of", "told_reasons"]

Label = str | None  # None is the total or the remainder
Figures = dict[Label, dict[str, int | None]]
Summed = Mapping[str, int | None]  # the figures of the total


@attrs.frozen
class _Share:
    """How many cases have something, and how many have it not: a count is no larger than both."""

    having: int = 0
    lacking: int = 0

    def __add__(self, other: _Share) -> _Share:
        return _Share(self.having + other.having, self.lacking + other.lacking)

    def is_safe(self, rule: CellRule) -> bool:
        return rule.allows(self.having, self.lacking)


@attrs.frozen
class _Level:
    """How many there were at the end of two periods, neither telling who came and went."""

    before: _Share = attrs.field(factory=_Share)
    now: _Share = attrs.field(factory=_Share)

    def __add__(self, other: _Level) -> _Level:
        return _Level(self.before + other.before, self.now + other.now)

    def is_safe(self, rule: CellRule) -> bool:
        moved = rule.allows(abs(self.now.having - self.before.having))
        return moved and self.before.is_safe(rule) and self.now.is_safe(rule)


def told_reasons(whole: Cell, groups: Iterable[Cell], rule: CellRule) -> list[str]:
    """The reasons told apart: each is the reason of enough ends, and so are all others together.

    The end of retention is told with the others where a group had more ends than cases before: who
    knows that none of the new cases can have ended for it would find for what they did.

    Args:
        whole: All cases.
        groups: Every group of every table.
        rule: What is too small.

    Returns:
        Their codes, in the order of the vocabulary.
    """
    shares: dict[Label, _Share] = {
        reason: _Share(whole.ends[reason]) for reason in WithdrawalReason
    }
    new_ended = any(group.cases.ended > group.cases.before for group in groups)
    rare = _closed_shares(shares, rule, [WithdrawalReason.RETENTION_ENDED] if new_ended else [])
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
        shares = {label: _share(cell, figure) for label, cell in cells.items()}
        counts = {label: share.having for label, share in shares.items()}
        _fill(figures, figure, counts, _closed_shares(shares, rule), within)
    overdue = {label: _level(cell) for label, cell in cells.items()}
    closed = remainder(
        overdue,
        safe=lambda some: holds(some, none=_Level(), safe=lambda one: one.is_safe(rule)),
        size=lambda level: max(level.before.having, level.now.having),
        closed=[
            label
            for label, rows in seen.items()
            if any(row.disputes.get("overdue") is None for row in rows)
        ],
    )
    counts = {label: level.now.having for label, level in overdue.items()}
    _fill(figures, "overdue", counts, closed, within)
    return figures


def _share(cell: Cell, figure: str) -> _Share:
    """Of the cases that there were in the period."""
    having = cell.disputed[figure]
    return _Share(having, cell.cases.before + cell.cases.listed - having)


def _level(cell: Cell) -> _Level:
    (before, now), cases = cell.overdue, cell.cases
    return _Level(_Share(before, cases.before - before), _Share(now, cases.standing - now))


def _closed_shares(
    shares: Mapping[Label, _Share], rule: CellRule, closed: Collection[Label] = ()
) -> set[Label]:
    """The counts of one column to close, and what must be closed whatever it counts.

    Nought is closed like one to four, or "closed" would mean "at least one". Where all that would
    be closed is nought, nothing is. Few that lack it are closed like few that have it: of nine
    disputes in ten cases, five at each of two issuers, each issuer has four or five.
    """
    few = {
        label
        for label, share in shares.items()
        if label in closed or share.having < rule.threshold or not share.is_safe(rule)
    }
    if not any(shares[label].having for label in few):
        return set()
    return remainder(
        shares,
        safe=lambda some: holds(some, none=_Share(), safe=lambda one: one.is_safe(rule)),
        size=lambda share: share.having,
        closed=few,
    )


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
