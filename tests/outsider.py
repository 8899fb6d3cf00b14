"""An outsider with published tables and a pencil: what can each closed figure be?

It gets the documents of a series, as published, and is told more than they say: which groups there
are. It knows that counts are whole and not negative, that rows add up to totals, reasons to ends,
one table's end to the next one's beginning, and that only cases there are can be disputed. It finds
for each figure the least and the greatest value that some table has which agrees with all of that:
by propagating bounds, and by a search that it gives up after a thousand trials: what it could not
rule out by then is possible. A lawyer knows more: nobody's retention ends in the period of the
listing.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

Name = tuple[Any, ...]
MOST = 400
PATIENCE = 1_000  # trials for one value; nearly all are told after a few dozen
OLD = "retention-ended"  # only those that stood before the period end for it
MOVES = {  # of what kinds of cases each figure is made
    "before": ("stayed", "left"),
    "listed": ("came", "passed"),
    "ended": ("left", "passed"),
    "standing": ("stayed", "came"),
}


class Equations:
    """Whole numbers from nought up, and sums of them that are known."""

    def __init__(self) -> None:
        self.bounds: dict[Name, tuple[int, int]] = {}
        self.sums: list[tuple[tuple[tuple[Name, int], ...], int]] = []
        self.uses: dict[Name, list[int]] = {}

    def know(self, plus: Iterable[Name], minus: Iterable[Name] = (), *, equals: int) -> None:
        """Some figures, less some others, are a number."""
        terms = (*((name, 1) for name in plus), *((name, -1) for name in minus))
        for name, _ in terms:
            self.bounds.setdefault(name, (0, MOST))
            self.uses.setdefault(name, []).append(len(self.sums))
        self.sums.append((terms, equals))

    def narrowed(
        self, bounds: Mapping[Name, tuple[int, int]], changed: Iterable[int]
    ) -> dict[Name, tuple[int, int]] | None:
        """What the sums leave of the bounds; None if nothing."""
        left, due = dict(bounds), set(changed)
        while due:
            terms, equals = self.sums[due.pop()]
            low = sum(left[name][0] if sign > 0 else -left[name][1] for name, sign in terms)
            high = sum(left[name][1] if sign > 0 else -left[name][0] for name, sign in terms)
            for name, sign in terms:
                least, most = left[name]
                if sign > 0:
                    new = max(least, equals - high + most), min(most, equals - low + least)
                else:
                    new = max(least, low + most - equals), min(most, high + least - equals)
                if new[0] > new[1]:
                    return None
                if new != (least, most):
                    left[name] = new
                    due.update(self.uses[name])
        return left

    def agrees(
        self,
        bounds: Mapping[Name, tuple[int, int]],
        truth: Mapping[Name, int],
        patience: Iterator[int],
    ) -> bool:
        """Whether some table lies within the bounds, or it takes too long to tell that none does.

        Looks near the truth first, to be quick.
        """
        open_names = [name for name, (least, most) in bounds.items() if least < most]
        if not open_names or next(patience, None) is None:
            return True
        name = min(open_names, key=lambda one: bounds[one][1] - bounds[one][0])
        least, most = bounds[name]
        near = truth.get(name, least)
        for value in sorted(range(least, most + 1), key=lambda one: abs(one - near)):
            left = self.narrowed({**bounds, name: (value, value)}, self.uses[name])
            if left is not None and self.agrees(left, truth, patience):
                return True
        return False

    def range_of(self, name: Name, truth: Mapping[Name, int]) -> tuple[int, int]:
        """The least and the greatest value that a figure can have."""
        start = self.narrowed(self.bounds, range(len(self.sums)))
        assert start is not None, "the truth itself must agree"
        least, most = start[name]

        def possible(value: int) -> bool:
            left = self.narrowed({**start, name: (value, value)}, self.uses[name])
            return left is not None and self.agrees(left, truth, iter(range(PATIENCE)))

        return (
            next(value for value in range(least, most + 1) if possible(value)),
            next(value for value in range(most, least - 1, -1) if possible(value)),
        )


def place(figure: str, group: str, time: int) -> Name:
    """What stood before a period is what stood at the end of the one before."""
    return ("standing", group, time - 1) if figure == "before" else (figure, group, time)


def equations(documents: Sequence[Mapping[str, Any]], by: str, groups: Sequence[str]) -> Equations:
    """All that a series of published documents tells about the groups of one dimension."""
    known = Equations()
    for time, document in enumerate(documents):
        total = document["total"]
        if total is None:
            continue
        rows = document["by"][by]
        shown = {row["group"]: row for row in rows["groups"]}
        inside = [group for group in groups if group not in shown]
        parts = [(row, [group]) for group, row in shown.items()]
        parts += [(rows["remainder"], inside)] if rows["remainder"] else []
        columns = list(total["ends"])
        for group in groups:
            ended = [("ends", column, group, time) for column in columns]
            known.know([place("before", group, time), ("listed", group, time)],
                       [("standing", group, time), ("ended", group, time)], equals=0)  # fmt: skip
            known.know(ended, [("ended", group, time)], equals=0)
            for column in document["total"]["disputes"]:
                there = ("standing",) if column == "overdue" else ("before", "listed")
                known.know([("disputes", column, group, time), ("without", column, group, time)],
                           [place(one, group, time) for one in there], equals=0)  # fmt: skip
        for row, members in [*parts, (total, list(groups))]:
            for figure in MOVES:
                names = [place(figure, group, time) for group in members]
                known.know(names, equals=row["cases"][figure])
            for field in ("ends", "disputes"):
                for column, count in row[field].items():
                    if count is not None:
                        names = [(field, column, group, time) for group in members]
                        known.know(names, equals=count)
    return known


def know_the_law(
    known: Equations, documents: Sequence[Mapping[str, Any]], groups: Sequence[str]
) -> None:
    """What a lawyer knows besides: what became of old and of new cases, by the reasons of ends."""
    for time, document in enumerate(documents):
        for group in groups:
            for figure, kinds in MOVES.items():
                known.know([(kind, group, time) for kind in kinds],
                           [place(figure, group, time)], equals=0)  # fmt: skip
            if OLD in document["total"]["ends"]:
                known.know([("ends", OLD, group, time), ("left otherwise", group, time)],
                           [("left", group, time)], equals=0)  # fmt: skip


class Sums:
    """Sums of unknown amounts that are known, and whether another follows from them."""

    PRIME = 2**61 - 1

    def __init__(self) -> None:
        self.places: dict[Name, int] = {}
        self.basis: dict[int, dict[int, int]] = {}  # by its first place; that coefficient is one

    def know(self, plus: Iterable[Name], minus: Iterable[Name] = ()) -> None:
        """Some amounts, less some others, are a number."""
        left = self._left(plus, minus)
        if left:
            first = min(left)
            inverse = pow(left[first], -1, self.PRIME)
            self.basis[first] = {at: value * inverse % self.PRIME for at, value in left.items()}

    def follows(self, plus: Iterable[Name]) -> bool:
        """Whether what some amounts add up to can be worked out."""
        return not self._left(plus, ())

    def _left(self, plus: Iterable[Name], minus: Iterable[Name]) -> dict[int, int]:
        terms = [*((name, 1) for name in plus), *((name, self.PRIME - 1) for name in minus)]
        vector = {self.places.setdefault(name, len(self.places)): sign for name, sign in terms}
        left: dict[int, int] = {}
        while vector:
            first = min(vector)
            factor = vector[first]
            if first not in self.basis:
                left[first] = vector.pop(first)
                continue
            for at, value in self.basis[first].items():
                vector[at] = (vector.get(at, 0) - factor * value) % self.PRIME
                if not vector[at]:
                    del vector[at]
        return left


def nobody(row: Mapping[str, Any]) -> set[str]:
    """The kinds of cases of which, as a row tells, there is none."""
    cases, old = row["cases"], row["ends"].get(OLD)
    none = {kind for figure, kinds in MOVES.items() if cases[figure] == 0 for kind in kinds}
    if old is not None and old == cases["ended"]:
        none.add("passed")
    if old is not None and old == cases["before"]:
        none.add("stayed")
    return none


def crossed(document: Mapping[str, Any], leaves: Iterable[tuple[str, str]], currency: str) -> Sums:
    """What follows from both tables together, for who knows which issuer has which conduct."""
    known, held, total = Sums(), sorted(leaves), document["total"]
    for figure in MOVES:
        if currency in total["amounts"]:
            known.know([(figure, *one) for one in held])
        for at, by in enumerate(("conduct", "issuer")):
            for row in document["by"][by]["groups"]:
                if currency in row["amounts"]:
                    known.know([(figure, *one) for one in held if one[at] == row["group"]])
    return known


def sums(
    documents: Sequence[Mapping[str, Any]], by: str, groups: Sequence[str], currency: str
) -> Sums:
    """All sums of one currency that a series tells about the groups of one dimension."""
    known = Sums()
    for time, document in enumerate(documents):
        rows, total = document["by"][by], document["total"]
        shown = {row["group"]: row for row in rows["groups"]}
        inside = [group for group in groups if group not in shown]
        parts = [(row, [group]) for group, row in shown.items()]
        parts += [(rows["remainder"], inside)] if rows["remainder"] else []
        for group, (figure, kinds) in itertools.product(groups, MOVES.items()):
            known.know([place(figure, group, time)], [(kind, group, time) for kind in kinds])
        for row, members in [*parts, (total, list(groups))]:
            for figure in MOVES:
                if row["amounts"].get(currency) is not None:
                    known.know([place(figure, group, time) for group in members])
            for kind, group in itertools.product(nobody(row), members):  # who owes nothing
                known.know([(kind, group, time)])
    return known
