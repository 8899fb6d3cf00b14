"""Excel workbooks, read with python-calamine (the extra ``excel``).

A workbook holds values, not what is seen: a number of more than 15 digits lost the others when it
was stored, so such a cell is no number to trust. A date is a date if its cell is formatted as one.

The parser trusts its input, so `examine` looks at an ``.xlsx`` first. The older binary ``.xls``
cannot be examined so: of that only small files are read, and a formula that failed is a blank.
"""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Iterator
from typing import TYPE_CHECKING, BinaryIO

from creditshare.errors import LayoutError
from creditshare.layouts.examine import FILE_MAX, Failed, examine, too_large
from creditshare.layouts.jsonlines import NOT_A_CELL, digits_lost
from creditshare.layouts.records import Record
from creditshare.layouts.refusal import Cell
from creditshare.layouts.text import clean

if TYPE_CHECKING:
    from python_calamine import CalamineSheet

__all__ = ["WORKBOOK_MARKS", "Workbook"]

WORKBOOK_MARKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
"""How an ``.xlsx`` and an ``.xls`` begin."""

_XLS_MAX = 8 * 1024 * 1024
_EXACT_BELOW = 10**15


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
        self._rows = _parsed(*(examine(self.data) if packed else (self.data, {})))

    def read(self, width: int | None = None) -> Record | None:  # noqa: ARG002 - all rows have one
        """As `RecordReader.read`; every row of a sheet has as many cells."""
        for number, cells in self._rows:
            if any(not isinstance(cell, str) or clean(cell) for cell in cells):
                return Record(number, cells)
            return Record(number, ())
        return None


def _parsed(data: bytes, failed: Failed) -> Iterator[tuple[int, list[Cell]]]:
    """The rows of the one visible sheet that is not empty, numbered as in the spreadsheet."""
    try:
        import python_calamine as calamine  # noqa: PLC0415 - an extra, needed only here
    except ImportError:
        message = "python-calamine is needed to read workbooks: pip install creditshare[excel]"
        raise LayoutError(message) from None
    try:
        with calamine.load_workbook(io.BytesIO(data)) as book:
            visible = [
                sheet.name
                for sheet in book.sheets_metadata
                if sheet.visible is calamine.SheetVisibleEnum.Visible
                and sheet.typ is calamine.SheetTypeEnum.WorkSheet
            ]
            sheets = [sheet for name in visible if (sheet := book.get_sheet_by_name(name)).end]
    except BaseException as error:
        if isinstance(error, Exception) or type(error).__name__ == "PanicException":
            raise LayoutError("not a workbook that can be read, or a protected one") from None
        raise
    if len(sheets) > 1:
        raise LayoutError("several sheets have something on them: send each as its own file")
    return _rows(sheets[0], failed) if sheets else iter(())


def _rows(sheet: CalamineSheet, failed: Failed) -> Iterator[tuple[int, list[Cell]]]:
    """The rows of a sheet; the parser leaves out empty columns before the first, but no rows."""
    first = (sheet.start or (0, 0))[1] + 1
    for number, row in enumerate(sheet.iter_rows(), start=1):
        cells = [_cell(value) for value in row]
        for column in failed.get(number, ()):
            if 0 <= column - first < len(cells):
                cells[column - first] = NOT_A_CELL
        yield number, cells


def _cell(value: object) -> Cell:
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return NOT_A_CELL
    if isinstance(value, (int, float)):
        return _number(value)
    if isinstance(value, dt.datetime):
        day, _, clock = value.isoformat().partition("T")
        return day if clock == "00:00:00" else NOT_A_CELL
    return value.isoformat() if isinstance(value, dt.date) else NOT_A_CELL


def _number(value: float) -> Cell:
    """As many digits as a spreadsheet keeps, and shows."""
    if not abs(value) < _EXACT_BELOW:  # nor is "not a number" a number
        return digits_lost()
    if value == int(value):
        return str(int(value))
    text = f"{value:.15g}"
    return NOT_A_CELL if "e" in text else text
