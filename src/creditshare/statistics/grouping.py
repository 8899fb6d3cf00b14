"""Which groups of the tables have a row of their own, and in which currencies amounts are told."""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence

import attrs

from creditshare.statistics.closing import CellRule, allows_sums, holds, remainder
from creditshare.statistics.flow import Flow
from creditshare.statistics.result import Dimension, Row
from creditshare.statistics.tally import Cell, Sums

__all__ = ["Grouping", "Leaf", "Leaves", "grouped", "label_of", "may_be_told", "tellable"]

Leaf = tuple[str, str]
"""A conduct and an issuer."""

Leaves = Mapping[Leaf, Cell]
Past = Mapping[Dimension, Mapping[str | None, Row]]


def label_of(leaf: Leaf, dimension: Dimension) -> str:
    """The group of a leaf in one of the tables."""
    return leaf[0] if dimension is Dimension.CONDUCT else leaf[1]


@attrs.frozen
class _Figures:
    """What must be safe for a row to be shown: it opens or stays closed as a whole."""

    cases: Sums = attrs.field(factory=Sums)
    sums: Sums = attrs.field(factory=Sums)

    def __add__(self, other: _Figures) -> _Figures:
        return _Figures(self.cases + other.cases, self.sums + other.sums)


def may_be_told(leaves: Leaves, some: Iterable[Leaf], currency: str | None, rule: CellRule) -> bool:
    """Whether some leaves are safe together, and without any one issuer, who knows its own.

    Args:
        leaves: What was counted.
        some: Which of them.
        currency: The currency of amounts that must be safe too; None for cases alone.
        rule: What is too small.
    """
    parts: defaultdict[str, _Figures] = defaultdict(_Figures)
    for leaf in some:
        cell = leaves[leaf]
        sums = Sums() if currency is None else cell.amounts[currency]
        parts[leaf[1]] += _Figures(cell.moves, sums)
    return holds(
        list(parts.values()),
        none=_Figures(),
        safe=lambda one: allows_sums(rule, one.cases) and allows_sums(rule, one.sums),
    )


def tellable(leaves: Leaves, past: Row | None, rule: CellRule) -> list[str]:
    """The currencies whose amounts are safe in the total, that of most cases first.

    One that the earlier table did not tell is not told again: the difference to the table before
    that would tell who came and went meanwhile.

    Args:
        leaves: What was counted.
        past: The total of the earlier table; None in the first of a series.
        rule: What is too small.
    """
    whole = Cell.sum_of(leaves.values())
    found = [
        currency
        for currency in whole.amounts
        if may_be_told(leaves, leaves, currency, rule)
        and (past is None or currency in past.amounts or currency not in whole.old)
    ]
    counts = {
        currency: sum(amount.count for amount in whole.amounts[currency].told[:2])
        for currency in found
    }
    return sorted(found, key=lambda currency: (-counts[currency], currency))


@attrs.frozen
class Grouping:
    """Which groups have a row of their own, in all tables of a document.

    Attributes:
        inside: The groups that are in the remainder, by table.
        pieces: The leaves of each row; and of what else follows from the rows of both tables.
    """

    inside: Mapping[Dimension, Collection[str]]
    pieces: Sequence[Collection[Leaf]]

    def tells(self, leaves: Leaves, currency: str, rule: CellRule) -> bool:
        """Whether every row is safe in a currency that did not decide on the rows."""
        return all(may_be_told(leaves, piece, currency, rule) for piece in self.pieces)


def grouped(
    leaves: Leaves,
    by: Collection[Dimension],
    past: Past | None,
    main: str | None,
    rule: CellRule,
) -> Grouping:
    """Which groups have no row of their own: what is unsafe, and its cover.

    Two tables of the same cases undo each other where issuers specialise. Take issuers and conducts
    that hang together, because each has cases in common with another of them. Their rows in the one
    table are the same cases as their rows in the other; so what the one table hides of them, less
    what the other hides, is known. Nothing else follows, but the remainders themselves: who adds
    and subtracts rows gets each pair of issuer and conduct as often as its issuer's row and its
    conduct's were taken, and within what hangs together that is nothing only if the one was added
    as often as the other was subtracted. So what is hidden of such a part is made safe
    in each table for itself, part by part. A part that is unsafe as a whole is hidden in both
    tables, with another part as its cover: then both hide the same cases.

    Args:
        leaves: What was counted.
        by: The tables.
        past: The rows of the earlier document; None in the first of a series.
        main: The currency that decides together with the cases; none where none is told.
        rule: What is too small.
    """

    def safe(parts: Iterable[Iterable[Leaf]]) -> bool:
        return may_be_told(leaves, itertools.chain(*parts), main, rule)

    def size(part: Iterable[Leaf]) -> int:
        return max(sum((leaves[leaf].cases for leaf in part), Flow()).all)

    held = [leaf for leaf, cell in leaves.items() if any(cell.cases.all)]
    parts = dict(enumerate(_parts(held) if len(by) > 1 else [held]))
    shut = remainder(parts, safe=safe, size=size)
    pieces: list[Collection[Leaf]] = [[leaf for part in shut for leaf in parts[part]]]
    inside: dict[Dimension, set[str]] = {}
    for dimension in by:
        gone = set() if past is None else _gone(leaves, dimension, past[dimension])
        shown: set[str] = set()
        for part in parts.keys() - shut:
            rows: defaultdict[str, list[Leaf]] = defaultdict(list)
            for leaf in parts[part]:
                rows[label_of(leaf, dimension)].append(leaf)
            hidden = remainder(rows, safe=safe, size=size, closed=gone)
            pieces += [rows[label] for label in rows.keys() - hidden]
            pieces.append([leaf for label in hidden for leaf in rows[label]])
            shown |= rows.keys() - hidden
        inside[dimension] = {label_of(leaf, dimension) for leaf in leaves} - shown
    return Grouping(inside, pieces)


def _parts(leaves: Iterable[Leaf]) -> list[list[Leaf]]:
    """The leaves that hang together: one may be reached from another by issuers and conducts."""
    parts: list[tuple[set[tuple[Dimension, str]], list[Leaf]]] = []
    for leaf in leaves:
        ends, joined = {(dimension, label_of(leaf, dimension)) for dimension in Dimension}, [leaf]
        for part in [part for part in parts if part[0] & ends]:
            parts.remove(part)
            ends |= part[0]
            joined += part[1]
        parts.append((ends, joined))
    return [joined for _, joined in parts]


def _gone(leaves: Leaves, dimension: Dimension, past: Mapping[str | None, Row]) -> set[str]:
    """The groups with cases from before the period of which the earlier table had no row."""
    old = {label_of(leaf, dimension) for leaf, cell in leaves.items() if cell.old}
    return {label for label in old if label not in past}
