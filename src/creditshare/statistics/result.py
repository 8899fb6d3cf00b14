"""What is published, and nothing else: a closed figure is not in these values at all."""

from __future__ import annotations

import enum
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

import attrs

from creditshare.model.faults import Faults, as_tuple
from creditshare.statistics.closing import CellRule
from creditshare.statistics.flow import Flow
from creditshare.statistics.period import Period

__all__ = ["DISPUTES", "OTHER_REASONS", "SCHEMA", "Breakdown", "Dimension", "Row", "Statistics"]

OTHER_REASONS = "other"
"""The reasons that are too rare to be told apart, together."""

SCHEMA = "creditshare-statistics-1"
DISPUTES = ("filed", "upheld", "rejected", "overdue")
_MOST = 10**30


class Dimension(enum.StrEnum):
    """By what the cases are broken down."""

    CONDUCT = "conduct"
    ISSUER = "issuer"


def _fixed(value: object) -> object:
    return MappingProxyType(dict(value)) if isinstance(value, Mapping) else value


@attrs.frozen
class Row:
    """The figures of one group. All but amounts count cases, each case once; None is closed.

    Attributes:
        group: A conduct's code or an issuer's origin; None for the total, and for the remainder.
        cases: How many stood before, were listed, ended, stand.
        amounts: What was outstanding in these, at their listing: minor units by currency, never
            added across currencies. A currency in which an amount could be found is not named in
            any row.
        ends: Ended in the period, by reason; `OTHER_REASONS` holds those that are rare.
        disputes: Cases in which a dispute was ``filed``, ``upheld`` or ``rejected`` in the period,
            and those with an answer ``overdue`` at its end.
    """

    group: str | None
    cases: Flow
    amounts: Mapping[str, Flow] = attrs.field(factory=dict, converter=_fixed)
    ends: Mapping[str, int | None] = attrs.field(factory=dict, converter=_fixed)
    disputes: Mapping[str, int | None] = attrs.field(factory=dict, converter=_fixed)

    def __attrs_post_init__(self) -> None:
        faults = Faults("row of statistics")
        if self.group is not None:
            faults.text("group", self.group, limit=200)
        _check_flow(faults, "cases", self.cases)
        if faults.kind("amounts", self.amounts, Mapping):
            for currency, flow in self.amounts.items():
                faults.text("amounts", currency, limit=3)
                _check_flow(faults, "amounts", flow)
        for field in ("ends", "disputes"):
            if faults.kind(field, getattr(self, field), Mapping):
                _check_counts(faults, field, getattr(self, field))
        faults.raise_any()

    def to_dict(self) -> dict[str, Any]:
        """The row as part of the document."""
        return {
            "group": self.group,
            "cases": self.cases.to_dict(),
            "amounts": {currency: flow.to_dict() for currency, flow in self.amounts.items()},
            "ends": dict(self.ends),
            "disputes": dict(self.disputes),
        }


def _check_flow(faults: Faults, field: str, flow: object) -> None:
    if faults.kind(field, flow, Flow) and isinstance(flow, Flow):
        adds = flow.before + flow.listed - flow.ended == flow.standing
        faults.check(field, adds, "what stands is not what was before and listed, less the ended")


def _check_counts(faults: Faults, field: str, counts: Mapping[Any, Any]) -> None:
    for name, count in counts.items():
        faults.text(field, name, limit=30)
        if count is not None:
            faults.number(field, count, 0, _MOST)


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
        for breakdown in self.breakdowns:
            _check_rows(faults, breakdown.rows, self.total, self.rule)
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


def _check_rows(faults: Faults, rows: Sequence[Row], total: Row | None, rule: CellRule) -> None:
    """Rows that add up to the total, name the same figures, and show no count that is small."""
    if total is None:
        faults.check("breakdowns", not rows, "must be empty where there is no total")
        return
    for row in (*rows, total):
        named = all(
            getattr(row, field).keys() == getattr(total, field).keys()
            for field in ("amounts", "ends", "disputes")
        )
        faults.check("breakdowns", named, "rows must name the figures of the total")
        counts = [*row.cases.all, *row.ends.values(), *row.disputes.values()]
        large = rule.allows(*(count for count in counts if count is not None))
        faults.check("breakdowns", large, "must show no count that the rule closes")
    faults.raise_any()
    for whole, parts in (
        (total.cases, [row.cases for row in rows]),
        *((flow, [row.amounts[name] for row in rows]) for name, flow in total.amounts.items()),
    ):
        faults.check("breakdowns", sum(parts, Flow()) == whole, "must add up to the total")
