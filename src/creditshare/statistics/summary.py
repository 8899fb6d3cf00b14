"""Facts to a published table, next to the one that was published before."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping

from creditshare.arguments import expect
from creditshare.errors import MisuseError
from creditshare.statistics.closing import CellRule, remainder
from creditshare.statistics.facts import CaseFact
from creditshare.statistics.period import Period
from creditshare.statistics.result import Breakdown, Dimension, Row, Statistics
from creditshare.statistics.table import rows_of, told_reasons
from creditshare.statistics.tally import Cell, Flow

__all__ = ["summarise"]

_EVERY = (Dimension.CONDUCT, Dimension.ISSUER)
Leaves = Mapping[tuple[str, str], Cell]  # by conduct and issuer


def summarise(
    facts: Iterable[CaseFact],
    period: Period,
    *,
    earlier: Statistics | None = None,
    by: Collection[Dimension] = _EVERY,
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
    rule = rule or CellRule()
    expect(Period, period=period)
    expect(CellRule, rule=rule)
    for dimension in by:
        expect(Dimension, by=dimension)
    if earlier is not None:
        _check_series(earlier, period, by, rule)
    leaves = _count(facts, period)
    whole = Cell.sum_of(leaves.values())
    past = earlier.total if earlier else None
    _check_facts({None: past} if past else {}, {None: whole})
    if not rule.allows(*whole.cases.all):
        return Statistics(period, rule, None, [Breakdown(dimension) for dimension in by])
    told = told_reasons(whole, rule)
    (total,) = rows_of({None: whole}, {None: [past] if past else []}, told, rule)
    broken_down = [
        _break_down(dimension, leaves, earlier=earlier, told=told, rule=rule, total=total)
        for dimension in by
    ]
    return Statistics(period, rule, total, broken_down)


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


def _check_facts(past: Mapping[str | None, Row], cells: Mapping[str | None, Cell]) -> None:
    """Refuse facts of which the earlier table is not the table: the difference would tell whom."""
    for label, row in past.items():
        cell = cells.get(label, Cell())
        agrees = row.standing == cell.cases.before and all(
            amount in (None, cell.amounts[currency].before.total)
            for currency, amount in row.amounts.items()
        )
        if not agrees:
            raise MisuseError("these facts do not give the earlier table: begin a new series")


def _count(facts: Iterable[CaseFact], period: Period) -> Leaves:
    leaves: defaultdict[tuple[str, str], Cell] = defaultdict(Cell)
    for fact in facts:
        if fact.listed <= period.last:
            leaves[fact.conduct.value, fact.issuer].add(fact, period)
    return leaves


def _break_down(
    dimension: Dimension,
    leaves: Leaves,
    *,
    earlier: Statistics | None,
    told: Collection[str],
    rule: CellRule,
    total: Row,
) -> Breakdown:
    parts: defaultdict[str | None, list[Cell]] = defaultdict(list)
    for (conduct, issuer), cell in leaves.items():
        parts[conduct if dimension is Dimension.CONDUCT else issuer].append(cell)
    cells = {label: Cell.sum_of(some) for label, some in sorted(parts.items(), key=str)}
    past = {row.group: row for row in earlier.by(dimension).rows} if earlier else {}
    _check_facts({label: row for label, row in past.items() if label is not None}, cells)
    inside = remainder(
        {label: cell.cases for label, cell in cells.items()},
        none=Flow(),
        safe=lambda flow: rule.allows(*flow.all),
        size=lambda flow: max(flow.all),
        closed=_closed(cells, past, is_first=earlier is None),
    )
    shown = {label: cell for label, cell in cells.items() if label not in inside}
    seen = {label: [past[label]] if label in past else [] for label in shown}
    if inside:
        shown[None] = Cell.sum_of(cells[label] for label in inside)
        seen[None] = [row for label, row in past.items() if label not in shown or label is None]
    rows = rows_of(shown, seen, told, rule, total)
    groups = [row for row in rows if row.group is not None]
    return Breakdown(dimension, groups, rows[-1] if inside else None)


def _closed(
    cells: Mapping[str | None, Cell], past: Mapping[str | None, Row], *, is_first: bool
) -> set[str | None]:
    """What is in the remainder whatever it holds: what was, and what has nothing to show."""
    return {
        label
        for label, cell in cells.items()
        if not any(cell.cases.all) or (cell.old and not is_first and label not in past)
    }
