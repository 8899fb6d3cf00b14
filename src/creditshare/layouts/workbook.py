"""Excel workbooks, whose parser trusts its input.

One cell at the far corner of a sheet makes it ask for half a terabyte and end the process. So an
``.xlsx`` is examined first, and the older binary ``.xls``, which cannot be, is read in a process
of its own.
"""

from __future__ import annotations

from typing import BinaryIO

from creditshare.layouts.apart import rows_apart
from creditshare.layouts.examine import FILE_MAX, examine, too_large
from creditshare.layouts.records import Record
from creditshare.layouts.sheet import parsed
from creditshare.layouts.text import clean

__all__ = ["WORKBOOK_MARKS", "Workbook"]

WORKBOOK_MARKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
"""How an ``.xlsx`` and an ``.xls`` begin."""

_XLS_MAX = 16 * 1024 * 1024


class Workbook:
    """The one sheet of a workbook that has something on it.

    Args:
        file: At its beginning.
        size: How many bytes it has.

    Attributes:
        data: The file's bytes.

    Raises:
        LayoutError: if it is no workbook, is too large, is protected, or has several such sheets;
            or if python-calamine is not installed.
    """

    def __init__(self, file: BinaryIO, size: int) -> None:
        packed = file.read(4) == WORKBOOK_MARKS[0]
        limit = FILE_MAX if packed else _XLS_MAX
        file.seek(0)
        self.data = file.read(limit + 1)
        if max(size, len(self.data)) > limit:
            raise too_large()
        self._rows = parsed(*examine(self.data)) if packed else rows_apart(self.data)

    def read(self, width: int | None = None) -> Record | None:  # noqa: ARG002 - all rows have one
        """As `RecordReader.read`; every row of a sheet has as many cells."""
        for number, cells in self._rows:
            if any(not isinstance(cell, str) or clean(cell) for cell in cells):
                return Record(number, cells)
            return Record(number, ())
        return None
