"""Tables that end in a spreadsheet: CSV and tab-separated lines whose text stays text."""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping, Sequence
from typing import Any, TextIO

from creditshare.layouts.spreadsheet import armour

__all__ = ["CsvTable", "inert"]

_LISTING_ID = re.compile(r"[0-9a-f]{32}")


def inert(text: str) -> str:
    """A text as refused rows have it: none that a spreadsheet would run as a formula or round.

    A listing's id stays as it is, for scripts hand it on to ``--listing``.
    """
    return text if _LISTING_ID.fullmatch(text) else armour(text)


class CsvTable:
    """Writes rows as CSV below a header; their texts inert, their numbers as they are.

    Args:
        to: Where they go.
        columns: What a row may have; what it lacks stays empty, what is beside it is left out.
    """

    def __init__(self, to: TextIO, columns: Sequence[str]) -> None:
        self._csv = csv.writer(to, lineterminator="\n")
        self._columns = columns
        self._csv.writerow(columns)

    def write(self, row: Mapping[str, Any]) -> None:
        """Write one row."""
        cells = (row.get(column, "") for column in self._columns)
        self._csv.writerow(inert(item) if isinstance(item, str) else item for item in cells)
