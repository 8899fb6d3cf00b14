"""What an import refused, as CSV: which row, field and rule, and why, without the row's cells."""

from __future__ import annotations

import csv
from collections import Counter
from typing import TextIO

from creditshare.layouts import RowRefusal
from creditshare.rules import ClearedListing, Refused

__all__ = ["DUPLICATE", "Refusals"]

DUPLICATE = "LEDGER-DUPLICATE"


class Refusals:
    """Writes refusals as they come, and counts rows by the first thing wrong with them.

    Args:
        to: Where the CSV goes; None to count only.
        name: Of the report, as listings refer to their rows.
    """

    def __init__(self, to: TextIO | None) -> None:
        self.counts: Counter[str] = Counter()
        self._csv = None if to is None else csv.writer(to, lineterminator="\n")
        self._write("row", "field", "rule", "reason")

    @property
    def rows(self) -> int:
        """How many rows were refused so far, duplicates not among them."""
        return self.counts.total() - self.counts[DUPLICATE]

    def unreadable(self, refusal: RowRefusal) -> None:
        """A row that gave no listing."""
        self.counts[refusal.faults[0].kind] += 1
        for fault in refusal.faults:
            self._write(str(refusal.row), fault.field, fault.kind, fault.reason)

    def refused(self, refused: Refused) -> None:
        """A draft that the review refused."""
        self.counts[refused.reasons[0].rule.id] += 1
        for reason in refused.reasons:
            self._write(_row(refused.listing.reference), "", reason.rule.id, str(reason))

    def duplicate(self, cleared: ClearedListing) -> None:
        """A listing whose case is, or was, on the ledger."""
        self.counts[DUPLICATE] += 1
        reason = "this debt of this borrower was listed before"
        self._write(_row(cleared.listing.reference), "", DUPLICATE, reason)

    def _write(self, *cells: str) -> None:
        if self._csv is not None:
            self._csv.writerow(cells)


def _row(reference: str) -> str:
    """The number of the row that a listing's reference ends with."""
    return reference.rpartition(":")[2]
