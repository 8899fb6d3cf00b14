"""CSV as people open it in a spreadsheet: nothing becomes a formula, and no digit is lost.

A spreadsheet takes a cell that begins with ``=``, ``+``, ``-`` or ``@`` for a formula, and rounds
a long number. Such a cell is written behind an apostrophe, which is taken off when the file is
read; one that began with apostrophes before such a text gets one more, so nothing is lost.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable
from typing import BinaryIO

__all__ = ["CsvWriter", "armour", "unarmour"]

_DANGEROUS = re.compile(r"'*(?:[=+\-@\t\r\uff1d\uff0b\uff0d\uff20]|[0-9]{12})")
_MARK = b"\xef\xbb\xbf"


def armour(text: str) -> str:
    """A cell that no spreadsheet takes for a formula or a number to be rounded."""
    return "'" + text if _DANGEROUS.match(text) else text


def unarmour(text: str) -> str:
    """What `armour` was given."""
    return text[1:] if text.startswith("'") and _DANGEROUS.match(text) else text


class CsvWriter:
    """Writes armoured rows in UTF-8, with the mark by which spreadsheets know it.

    Args:
        file: At its beginning.
    """

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._writer = csv.writer(self, lineterminator="\n")
        file.write(_MARK)

    def row(self, cells: Iterable[str]) -> None:
        """Write one row."""
        self._writer.writerow(map(armour, cells))

    def write(self, text: str) -> int:
        """What the CSV writer calls with a row's text."""
        return self._file.write(text.encode())
