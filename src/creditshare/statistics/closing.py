"""Which cells stay closed, so that no subtraction opens a small one.

Two ways, both chosen because what an outsider can compute from them is a formula:

- `remainder` puts what may not be shown alone into one remainder, which is published like any
  other row and must be as safe. Whoever subtracts gets the remainder back, and nothing smaller.
- `block` closes a rectangle of a two-way table whose margins are known. A closed cell in a row
  that adds up to ``r`` and a column that adds up to ``c``, of ``n`` in the rectangle, can be
  anything from ``max(0, r + c - n)`` to ``min(r, c)`` (Fréchet's bounds, which are reached). If
  each such sum is nought or at least ``k``, and not all is in one row or one column, the range
  is at least ``k`` wide: it is ``min(r, c)``, or ``n - max(r, c)``, which is another row or
  column at least.

Sources: Hundepool and others, Handbook on Statistical Disclosure Control, chapters 4 and 5.
"""

from __future__ import annotations

import itertools
import operator
from collections import Counter
from collections.abc import Callable, Collection, Hashable, Mapping, Sequence
from typing import Any, TypeVar

import attrs

from creditshare.model.faults import Faults
from creditshare.statistics.tally import Amount, Sums

__all__ = ["CellRule", "allows_sums", "block", "holds", "remainder"]

Label = TypeVar("Label", bound=Hashable)
Value = TypeVar("Value")


@attrs.frozen
class CellRule:
    """When a cell is too small to be shown.

    Attributes:
        threshold: The fewest cases that are shown, nought apart; at least 3. National offices ask
            for three or five (OECD, Glossary of Statistical Terms, "threshold rule").
        dominance: The p% rule for amounts: what is left of a sum without its two largest must be
            at least this many percent of the largest, or the second could work out the first.
    """

    threshold: int = 5
    dominance: int = 10

    def __attrs_post_init__(self) -> None:
        faults = Faults("cell rule")
        faults.number("threshold", self.threshold, 3, 1_000)
        faults.number("dominance", self.dominance, 1, 100)
        faults.raise_any()

    def allows(self, *counts: int) -> bool:
        """Whether each of some counts is nought or large enough."""
        return all(count == 0 or count >= self.threshold for count in counts)


def allows_sums(rule: CellRule, sums: Sums) -> bool:
    """Whether each sum that is told is of nobody, or of enough with none that dominates it.

    So must be what stayed. Who knows that no new case can have ended, as where all that ended had
    reached the end of their retention, takes what ended from what stood before, and has it. Where
    nobody stayed, what came and went is found in that way, and must be safe.

    Args:
        rule: What is too small.
        sums: Amounts of one currency; or cases, as amounts of one each.
    """
    found = sums.stayed if sums.stayed.count else sums.passed
    return all(amount.count == 0 or _is_mixed(rule, amount) for amount in (*sums.told, found))


def _is_mixed(rule: CellRule, amount: Amount) -> bool:
    rest = amount.total - amount.first - amount.second
    return amount.count >= rule.threshold and rest * 100 >= rule.dominance * amount.first


def remainder(
    cells: Mapping[Label, Value],
    *,
    safe: Callable[[Sequence[Value]], bool],
    size: Callable[[Value], int],
    closed: Collection[Label] = (),
) -> set[Label]:
    """Which cells go into the remainder: few, and enough that it is safe.

    All cells together may have to go; then only the total is known.

    Args:
        cells: By label.
        safe: Whether some cells may be shown together, to those too who know a part of them.
        size: How large a cell is; the smallest are taken first.
        closed: What must go in whatever it holds.

    Returns:
        The labels.
    """
    inside = {label for label in cells if label in closed or not safe([cells[label]])}
    spare = sorted(cells.keys() - inside, key=lambda label: (size(cells[label]), str(label)))
    for label in spare:
        if safe([cells[member] for member in inside]):
            break
        inside.add(label)
    return inside


def holds(values: Sequence[Any], *, none: Any, safe: Callable[[Any], bool]) -> bool:
    """Whether values are safe together, and without any one of them.

    So an issuer who takes its own figures away does not find another's.

    Args:
        values: The parts of a sum.
        none: What nothing adds up to.
        safe: Whether what several add up to may be shown.
    """
    upto = list(itertools.accumulate(values, operator.add, initial=none))
    after = list(itertools.accumulate(reversed(values), operator.add, initial=none))[::-1]
    without = (left + right for left, right in zip(upto, after[1:], strict=False))
    return safe(upto[-1]) and all(safe(value) for value in without)


def block(
    table: Mapping[tuple[str | None, str], int], rule: CellRule
) -> set[tuple[str | None, str]]:
    """The cells to close in a two-way table whose margins are known, each nought or large enough.

    It begins with the rows and columns of the small cells and grows until each row's and each
    column's part in it is nought or large enough; at the latest it is the whole table. A small
    cell's row then holds another cell that is not nought, and so does its column.

    Args:
        table: Counts by row and column; every row has every column.
        rule: What is too small.

    Returns:
        The closed cells: all crossings of some rows and some columns, or none.
    """
    small = [place for place, count in table.items() if not rule.allows(count)]
    rows, columns = {row for row, _ in small}, {column for _, column in small}
    turned = {(column, row): count for (row, column), count in table.items()}
    while _grow(table, rows, columns, rule) or _grow(turned, columns, rows, rule):
        pass
    return {(row, column) for row in rows for column in columns}


def _grow(
    table: Mapping[tuple[Any, Any], int], rows: set[Any], columns: set[Any], rule: CellRule
) -> bool:
    """Add a column, the smallest that helps, if a row's part in the block is too small."""
    lacking = {
        row for row in rows if not rule.allows(sum(table[row, column] for column in columns))
    }
    totals: Counter[Any] = Counter()
    helping = {column for (row, column), count in table.items() if row in lacking and count}
    for (_, column), count in table.items():
        if column in helping - columns:
            totals[column] += count
    if totals:
        columns.add(min(totals, key=lambda column: (totals[column], str(column))))
    return bool(totals)
