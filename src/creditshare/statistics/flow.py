"""What was there, came, went and is there: of cases, and of what they owe."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import attrs

from creditshare.model.faults import Faults

__all__ = ["Flow"]

_FIELDS = ("before", "listed", "ended", "standing")
_MOST = 10**30


@attrs.frozen
class Flow:
    """Cases, or minor units of one currency, over a period: before + listed - ended = standing.

    Attributes:
        before: Standing at the end of the day before the period.
        listed: Listed in the period.
        ended: Ended in the period.
        standing: Standing at its end.
    """

    before: int = 0
    listed: int = 0
    ended: int = 0
    standing: int = 0

    def __attrs_post_init__(self) -> None:
        faults = Faults("flow")
        for name, number in zip(_FIELDS, self.all, strict=True):
            faults.number(name, number, 0, _MOST)
        faults.raise_any()

    def __add__(self, other: Flow) -> Flow:
        return Flow(
            self.before + other.before,
            self.listed + other.listed,
            self.ended + other.ended,
            self.standing + other.standing,
        )

    @property
    def all(self) -> tuple[int, int, int, int]:
        """All four: whoever holds three of them holds the fourth."""
        return self.before, self.listed, self.ended, self.standing

    @property
    def change(self) -> int:
        """How much more stands than at the end of the period before; negative for less."""
        return self.standing - self.before

    @property
    def percent(self) -> Decimal | None:
        """The change in percent of what stood before, to one decimal; None if nothing did."""
        if not self.before:
            return None
        tenths = (2_000 * abs(self.change) + self.before) // (2 * self.before)
        return Decimal((int(self.change < 0 < tenths), tuple(map(int, str(tenths))), -1))

    def to_dict(self) -> dict[str, Any]:
        """The flow as part of the document; the change is told beside what it follows from."""
        percent = self.percent
        told = {"change": self.change, "percent": None if percent is None else float(percent)}
        return attrs.asdict(self) | told
