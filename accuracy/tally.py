"""Verdicts counted: what the second factors say of pairs whose truth is known."""

from __future__ import annotations

import enum
import math
from collections import Counter
from collections.abc import Iterable

import attrs

from creditshare.screening.agreement import Agreement

__all__ = ["Tally", "Verdict", "interval", "total", "verdict"]


class Verdict(enum.StrEnum):
    """What becomes of a pair that shares a strong identifier."""

    MATCH = "match"
    NEAR = "near"
    CONFLICT = "conflict"
    NOTHING = "nothing"


def verdict(*factors: Agreement) -> Verdict:
    """What the factors say together: MATCH if one agrees and no other speaks against it."""
    if Agreement.CONFLICTS in factors:
        return Verdict.CONFLICT
    if set(factors) - {Agreement.AGREES, Agreement.UNKNOWN}:
        return Verdict.NEAR
    return Verdict.MATCH if Agreement.AGREES in factors else Verdict.NOTHING


@attrs.frozen
class Tally:
    """The verdicts on the pairs of one kind.

    Attributes:
        kind: In words.
        same: Whether the two of each pair are one person.
        match: How many match.
        near: How many are near misses, for a person to look at.
        conflict: How many are plainly different, for a person to look at.
        nothing: How many tell nothing, for a person to look at.
    """

    kind: str
    same: bool
    match: int
    near: int
    conflict: int
    nothing: int

    @classmethod
    def of(cls, kind: str, same: bool, verdicts: Iterable[Verdict]) -> Tally:
        """Count verdicts."""
        counted = Counter(verdicts)
        return cls(kind, same, *(counted[told] for told in Verdict))

    @property
    def pairs(self) -> int:
        """How many pairs in all."""
        return self.match + self.near + self.conflict + self.nothing


def total(tallies: Iterable[Tally], same: bool) -> Tally:
    """The sum of the tallies of one truth."""
    counted = [tally for tally in tallies if tally.same is same]
    sums = (
        sum(getattr(tally, column) for tally in counted)
        for column in ("match", "near", "conflict", "nothing")
    )
    return Tally("all", same, *sums)


def interval(part: int, whole: int) -> tuple[float, float]:
    """The 95 % confidence interval of a share, after Wilson (1927)."""
    if not whole:
        return 0.0, 1.0
    z = 1.959964
    share, square = part / whole, z * z / whole
    middle = share + square / 2
    width = z * math.sqrt(share * (1 - share) / whole + square / (4 * whole))
    return max(0.0, (middle - width) / (1 + square)), min(1.0, (middle + width) / (1 + square))
