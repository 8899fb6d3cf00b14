"""What is published, and nothing else: a closed figure is not in these values at all."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import Any

import attrs

from creditshare.model.faults import Faults, as_tuple
from creditshare.statistics.closing import CellRule
from creditshare.statistics.period import Period

__all__ = ["DISPUTES", "OTHER_REASONS", "SCHEMA", "Breakdown", "Dimension", "Row", "Statistics"]

OTHER_REASONS = "other"
"""The reasons that are too rare to be told apart, together."""

SCHEMA = "creditshare-statistics-1"
DISPUTES = ("filed", "upheld", "rejected", "overdue")


class Dimension(enum.StrEnum):
    """By what the cases are broken down."""

    CONDUCT = "conduct"
    ISSUER = "issuer"


def _fixed(value: object) -> object:
    return MappingProxyType(dict(value)) if isinstance(value, Mapping) else value


@attrs.frozen
class Row:
    """The figures of one group. Each counts cases, each case once; None is closed.

    Attributes:
        group: A conduct's code or an issuer's origin; None for the total, and for the remainder.
        before: Standing at the end of the day before the period.
        listed: Listed in the period.
        ended: Ended in the period.
        standing: Standing at its end: before + listed - ended.
        ends: Ended in the period, by reason; `OTHER_REASONS` holds those that are rare.
        disputes: Cases in which a dispute was ``filed``, ``upheld`` or ``rejected`` in the period,
            and those with an answer ``overdue`` at its end.
        amounts: What was outstanding, at their listing, in those that stand at the end: minor
            units by currency, never added across currencies.
    """

    group: str | None
    before: int
    listed: int
    ended: int
    standing: int
    ends: Mapping[str, int | None] = attrs.field(factory=dict, converter=_fixed)
    disputes: Mapping[str, int | None] = attrs.field(factory=dict, converter=_fixed)
    amounts: Mapping[str, int | None] = attrs.field(factory=dict, converter=_fixed)

    def __attrs_post_init__(self) -> None:
        faults = Faults("row of statistics")
        if self.group is not None:
            faults.text("group", self.group, limit=200)
        for field in ("before", "listed", "ended", "standing"):
            faults.number(field, getattr(self, field), 0, 10**12)
        for field in ("ends", "disputes", "amounts"):
            if faults.kind(field, getattr(self, field), Mapping):
                _check_figures(faults, field, getattr(self, field))
        faults.raise_any()
        adds = self.before + self.listed - self.ended == self.standing
        faults.check("standing", adds, "is not what was before, with the listed, less the ended")
        faults.raise_any()

    @property
    def change(self) -> int:
        """How many more stand than at the end of the period before; negative for fewer."""
        return self.standing - self.before

    @property
    def percent(self) -> Decimal | None:
        """The change in percent of what stood before, to one decimal; None if nothing did."""
        if not self.before:
            return None
        tenths = (2_000 * abs(self.change) + self.before) // (2 * self.before)
        return Decimal((int(self.change < 0 < tenths), tuple(map(int, str(tenths))), -1))

    def to_dict(self) -> dict[str, Any]:
        """The row as part of the document; the change is told beside what it follows from."""
        percent = self.percent
        return {
            "group": self.group,
            "before": self.before,
            "listed": self.listed,
            "ended": self.ended,
            "standing": self.standing,
            "change": self.change,
            "percent": None if percent is None else float(percent),
            "ends": dict(self.ends),
            "disputes": dict(self.disputes),
            "amounts": dict(self.amounts),
        }


def _check_figures(faults: Faults, field: str, figures: Mapping[Any, Any]) -> None:
    for name, count in figures.items():
        faults.text(field, name, limit=30)
        if count is not None:
            faults.number(field, count, 0, 10**30)


@attrs.frozen
class Breakdown:
    """The same cases, by one dimension.

    Attributes:
        by: The dimension.
        groups: The groups that may be shown alone, none of whose cases is in another.
        remainder: All others together; None if there are none.
    """

    by: Dimension
    groups: tuple[Row, ...] = attrs.field(default=(), converter=as_tuple)
    remainder: Row | None = None

    def __attrs_post_init__(self) -> None:
        faults = Faults("breakdown")
        faults.kind("by", self.by, Dimension)
        faults.items("groups", self.groups, Row, 100_000)
        faults.kind("remainder", self.remainder, Row, optional=True)
        faults.raise_any()
        names = [row.group for row in self.groups]
        named = None not in names and len(set(names)) == len(names)
        faults.check("groups", named, "must each have a name of its own")
        faults.raise_any()

    @property
    def rows(self) -> tuple[Row, ...]:
        """The groups, and the remainder if there is one."""
        return self.groups + ((self.remainder,) if self.remainder else ())


@attrs.frozen
class Statistics:
    """A supervisor's table of one period.

    Attributes:
        period: The period.
        rule: When a cell was too small to be shown.
        total: All cases; None if so few came or went that nothing may be shown. Then report on a
            longer period, next to the last report that was published.
        breakdowns: The same by conduct, by issuer.
    """

    period: Period
    rule: CellRule
    total: Row | None
    breakdowns: tuple[Breakdown, ...] = attrs.field(default=(), converter=as_tuple)

    def __attrs_post_init__(self) -> None:
        faults = Faults("statistics")
        faults.kind("period", self.period, Period)
        faults.kind("rule", self.rule, CellRule)
        faults.kind("total", self.total, Row, optional=True)
        faults.items("breakdowns", self.breakdowns, Breakdown, len(Dimension))
        faults.raise_any()
        names = self.dimensions
        faults.check("breakdowns", len(set(names)) == len(names), "must each be by another")
        faults.raise_any()

    @property
    def dimensions(self) -> tuple[Dimension, ...]:
        """By what the cases are broken down, in order."""
        return tuple(breakdown.by for breakdown in self.breakdowns)

    def by(self, dimension: Dimension) -> Breakdown:
        """The breakdown by a dimension; an empty one if there is none."""
        found = [one for one in self.breakdowns if one.by == dimension]
        return found[0] if found else Breakdown(dimension)

    def to_dict(self) -> dict[str, Any]:
        """The document that is published, ready for `json.dumps`; `read_statistics` reads it.

        Its fields are told in docs/how-to/report-statistics.md.
        """
        return {
            "schema": SCHEMA,
            "period": {
                "first": self.period.first.isoformat(),
                "last": self.period.last.isoformat(),
            },
            "rule": attrs.asdict(self.rule),
            "total": None if self.total is None else self.total.to_dict(),
            "by": {
                str(breakdown.by): {
                    "groups": [row.to_dict() for row in breakdown.groups],
                    "remainder": breakdown.remainder and breakdown.remainder.to_dict(),
                }
                for breakdown in self.breakdowns
            },
        }
