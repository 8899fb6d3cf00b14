"""Refused rows as a CSV that a person can mend and send again.

The file has the report's own columns, each row's cells as they stood, and three columns more:
where the row was, which columns are wrong and why. Read again with the same layout, those three are
passed over.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from typing import BinaryIO

from creditshare.errors import MisuseError
from creditshare.files import replacing
from creditshare.layouts.refusal import RowRefusal
from creditshare.layouts.spreadsheet import CsvWriter
from creditshare.layouts.table import MENDED

__all__ = ["RefusalWriter", "refusal_file"]


class RefusalWriter:
    """Writes refused rows one by one; made by `refusal_file`.

    Args:
        file: Where they go.
        chinese: Whether the reasons are told in Chinese.

    Attributes:
        count: How many there were so far.
    """

    def __init__(self, file: BinaryIO, *, chinese: bool = False) -> None:
        self._chinese = chinese
        self._writer = CsvWriter(file)
        self._columns: tuple[str, ...] | None = None
        self.count = 0

    def add(self, refusal: RowRefusal) -> None:
        """Write one row.

        Raises:
            MisuseError: if it is of a report with other columns than the rows before it.
        """
        if self._columns is None:
            self._columns = refusal.columns
            self._writer.row((*refusal.columns, *MENDED))
        if refusal.columns != self._columns:
            raise MisuseError("the refused rows of one file come from one report")
        cells = refusal.cells or ("",) * len(refusal.columns)
        fields = dict.fromkeys(fault.field for fault in refusal.faults if fault.field)
        if self._chinese:
            reasons = "；".join(fault.in_chinese() for fault in refusal.faults)
        else:
            reasons = "; ".join(fault.with_cure() for fault in refusal.faults)
        self._writer.row((*cells, str(refusal.row), "; ".join(fields), reasons))
        self.count += 1


@contextlib.contextmanager
def refusal_file(path: str | os.PathLike[str], *, chinese: bool = False) -> Iterator[RefusalWriter]:
    """Write a file of refused rows; it appears, readable by its owner alone, when all are written.

    It holds what the report held: names, numbers and debts in the clear. Without any refused row it
    is blank.

    Args:
        path: What to write; a file that is there is replaced.
        chinese: Whether the reasons are told in Chinese.

    Yields:
        What writes the rows.

    Raises:
        FileError: if it cannot be written.
    """
    with replacing(path, 0o600) as file:
        yield RefusalWriter(file, chinese=chinese)
