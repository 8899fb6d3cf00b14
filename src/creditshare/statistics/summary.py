"""Facts to a published table, next to the one that was published before."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence

import attrs

from creditshare.arguments import expect
from creditshare.errors import MisuseError
from creditshare.statistics.closing import CellRule
from creditshare.statistics.facts import CaseFact
from creditshare.statistics.grouping import Leaf, Leaves, grouped, label_of, may_be_told, tellable
from creditshare.statistics.period import Period
from creditshare.statistics.result import Breakdown, Dimension, Row, Statistics
from creditshare.statistics.table import rows_of, told_reasons
from creditshare.statistics.tally import Cell

__all__ = ["summarise"]

_EVERY = (Dimension.CONDUCT, Dimension.ISSUER)
Cells = Mapping[str | None, Cell]


def summarise(
    facts: Iterable[CaseFact],
    period: Period,
    *,
    earlier: Statistics | None = None,
    by: Iterable[Dimension] = _EVERY,
    rule: CellRule | None = None,
) -> Statistics:
    """Statistics of a period that give no small group of cases away.

    A series of tables begins without `earlier`; each further table follows the one before without
    a gap and names it. A group that once went into the remainder stays in it for the rest of the
    series: shown again, it would tell what changed while it was away.

    Args:
        facts: Every case that was listed by the period's end, ended ones too, in any order. They
            are read once and not kept: memory grows with issuers and conducts, not with cases.
        period: The period.
        earlier: What was published for the period that ended on the day before.
        by: By what to break down; the same throughout a series.
        rule: When a cell is too small; `CellRule()` if not given. The same throughout a series.

    Returns:
        What may be published.

    Raises:
        MisuseError: if the earlier table ends on another day, was made by another rule or
            breakdown, shows nothing, or is not what these facts give for its last day.
    """
    rule = CellRule() if rule is None else rule
    expect(Iterable, facts=facts, by=by)
    expect(Period, period=period)
    expect(CellRule, rule=rule)
    by = tuple(by)
    for dimension in by:
        expect(Dimension, by=dimension)
    if earlier is not None:
        _check_series(earlier, period, by, rule)
    leaves = _count(facts, period)
    whole = Cell.sum_of(leaves.values())
    tables = {dimension: _cells(leaves, dimension) for dimension in by}
    if earlier is not None:
        _check_facts(earlier, whole, tables)
    if not may_be_told(leaves, leaves, None, rule):
        return Statistics(period, rule, None, [Breakdown(dimension) for dimension in by])
    past = earlier.total if earlier else None
    found = tellable(leaves, past, rule)
    rows = {dimension: _rows(earlier, dimension) for dimension in tables}
    main = next(iter(found), None)
    groups = grouped(leaves, tables.keys(), rows if earlier else None, main, rule)
    currencies = found[:1] + [one for one in found[1:] if groups.tells(leaves, one, rule)]
    cells = (cell for table in tables.values() for cell in table.values())
    told = _Told(told_reasons(whole, cells, rule), currencies, rule)
    (total,) = told.rows({None: whole}, {None: [past] if past else []})
    broken_down = [
        _break_down(
            dimension, cells, groups.inside[dimension], rows[dimension], told=told, total=total
        )
        for dimension, cells in tables.items()
    ]
    return Statistics(period, rule, total, broken_down)


@attrs.frozen
class _Told:
    """What the whole document tells, the same in every row."""

    reasons: Sequence[str]
    currencies: Sequence[str]
    rule: CellRule

    def rows(
        self, cells: Cells, seen: Mapping[str | None, Sequence[Row]], total: Row | None = None
    ) -> list[Row]:
        return rows_of(cells, seen, self.reasons, self.currencies, rule=self.rule, total=total)


def _check_series(
    earlier: Statistics, period: Period, by: Collection[Dimension], rule: CellRule
) -> None:
    expect(Statistics, earlier=earlier)
    if earlier.period.last != period.eve:
        raise MisuseError("the earlier table must end on the day before the period")
    if earlier.rule != rule or set(earlier.dimensions) != set(by):
        raise MisuseError("the earlier table was made by another rule, or broken down otherwise")
    if earlier.total is None:
        raise MisuseError(
            "the earlier table shows nothing: report on a longer period, next to the one before it"
        )


def _check_facts(earlier: Statistics, whole: Cell, tables: Mapping[Dimension, Cells]) -> None:
    """Refuse facts of which the earlier table is not the table: the difference would tell whom."""
    pairs = [(earlier.total, whole)]
    for dimension, cells in tables.items():
        found = earlier.by(dimension)
        shown = {row.group for row in found.groups}
        others = Cell.sum_of(cell for label, cell in cells.items() if label not in shown)
        pairs += [(row, cells.get(row.group, Cell())) for row in found.groups]
        pairs += [(found.remainder, others)]
    if not all(_gives(cell, row) for row, cell in pairs if row is not None):
        raise MisuseError("these facts do not give the earlier table: begin a new series")


def _gives(cell: Cell, row: Row) -> bool:
    return (
        row.cases.standing == cell.cases.before
        and row.disputes.get("overdue") in (None, cell.overdue[0])
        and all(
            flow.standing == cell.amounts[currency].totals.before
            for currency, flow in row.amounts.items()
        )
    )


def _rows(earlier: Statistics | None, dimension: Dimension) -> Mapping[str | None, Row]:
    return {} if earlier is None else {row.group: row for row in earlier.by(dimension).rows}


def _count(facts: Iterable[CaseFact], period: Period) -> Leaves:
    leaves: defaultdict[Leaf, Cell] = defaultdict(Cell)
    for fact in facts:
        expect(CaseFact, facts=fact)
        if fact.listed <= period.last:
            leaves[fact.conduct.value, fact.issuer].add(fact, period)
    return leaves


def _cells(leaves: Leaves, dimension: Dimension) -> Cells:
    parts: defaultdict[str | None, list[Cell]] = defaultdict(list)
    for leaf, cell in leaves.items():
        parts[label_of(leaf, dimension)].append(cell)
    return {label: Cell.sum_of(some) for label, some in sorted(parts.items(), key=str)}


def _break_down(
    dimension: Dimension,
    cells: Cells,
    inside: Collection[str | None],
    past: Mapping[str | None, Row],
    *,
    told: _Told,
    total: Row,
) -> Breakdown:
    shown = {label: cell for label, cell in cells.items() if label not in inside}
    seen = {label: [past[label]] if label in past else [] for label in shown}
    if inside:
        shown[None] = Cell.sum_of(cells[label] for label in inside)
        seen[None] = [row for label, row in past.items() if label not in shown or label is None]
    rows = told.rows(shown, seen, total)
    groups = [row for row in rows if row.group is not None]
    return Breakdown(dimension, groups, rows[-1] if inside else None)
