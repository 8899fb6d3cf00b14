"""One thing an agency did because of a listing: a measure applied, or lifted."""

from __future__ import annotations

import datetime as dt
import enum
import re

import attrs

from creditshare.agency import check_origin
from creditshare.bundle.event import DAY_MAX
from creditshare.clock import day_number, from_day_number
from creditshare.model import LISTING_ID_SIZE
from creditshare.model.faults import Faults
from creditshare.stores.feedback import ExecutionRow

__all__ = ["CODE_MAX", "REFERENCE_MAX", "Action", "Execution", "from_row", "to_row"]

CODE_MAX = 64
REFERENCE_MAX = 100
_CODE = re.compile(r"[A-Z0-9](?:[A-Z0-9_]*[A-Z0-9])?", re.ASCII)
_LONG_NUMBER = re.compile(r"\d{10}")  # as in a resident, phone or card number, in any script


class Action(enum.StrEnum):
    """What was done with a measure."""

    APPLIED = "applied"
    LIFTED = "lifted"


@attrs.frozen
class Execution:
    """That an agency applied or lifted a measure on a listing. It names nobody.

    Attributes:
        origin: Whose listing it is.
        listing_id: Which listing, 16 bytes.
        measure: The measure's code in its catalogue: 1 to 64 of ``A-Z 0-9 _``.
        action: What was done.
        on: On which day.
        reference: Under which authority or file, in at most 100 characters; empty if nothing is
            said. Never personal data: a number of ten digits or more is refused.
    """

    origin: str
    listing_id: bytes
    measure: str
    action: Action
    on: dt.date
    reference: str = attrs.field(default="", repr=False)

    def __attrs_post_init__(self) -> None:
        check_origin(self.origin)
        faults = Faults("execution")
        if faults.kind("listing_id", self.listing_id, bytes):
            faults.check("listing_id", len(self.listing_id) == LISTING_ID_SIZE, "must be 16 bytes")
        if faults.kind("measure", self.measure, str):
            right = len(self.measure) <= CODE_MAX and _CODE.fullmatch(self.measure) is not None
            faults.check("measure", right, "must be 1 to 64 of A-Z 0-9 _")
        faults.kind("action", self.action, Action)
        faults.day("on", self.on)
        if self.reference != "":
            faults.text("reference", self.reference, limit=REFERENCE_MAX)
        faults.raise_any()
        faults.check("on", 0 <= day_number(self.on) <= DAY_MAX, "must be 1970-01-01 or later")
        long = _LONG_NUMBER.search(self.reference) is not None
        faults.check("reference", not long, "must not hold a number of ten digits or more")
        faults.raise_any()


def to_row(execution: Execution, party: str) -> ExecutionRow:
    """An execution as a database holds it, under the other side's name."""
    return ExecutionRow(
        party,
        execution.listing_id,
        execution.measure,
        execution.action,
        day_number(execution.on),
        execution.reference,
    )


def from_row(row: ExecutionRow, origin: str) -> Execution:
    """An execution out of a database, on a listing of this origin."""
    return Execution(
        origin,
        row.listing,
        row.measure,
        Action(row.action),
        from_day_number(row.day),
        row.reference,
    )
