"""From a workbook to rows of cells, with python-calamine (the extra ``excel``).

A workbook holds values, not what is seen: a number of more than 15 digits lost the others when it
was stored, so such a cell is no number to trust. A date is a date if its cell is formatted as one.
"""

from __future__ import annotations

import datetime as dt
import importlib
import io
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from creditshare.errors import LayoutError
from creditshare.layouts.examine import Failed
from creditshare.layouts.jsonlines import NOT_A_CELL, digits_lost
from creditshare.layouts.refusal import Cell

if TYPE_CHECKING:
    from python_calamine import CalamineSheet

__all__ = ["parsed", "parser"]

_EXACT_BELOW = 10**15


def parser() -> Any:
    """The parser's module.

    Raises:
        LayoutError: if it is not installed.
    """
    try:
        return importlib.import_module("python_calamine")
    except ImportError:
        message = "python-calamine is needed to read workbooks: pip install creditshare[excel]"
        raise LayoutError(message) from None


def parsed(data: bytes, failed: Failed) -> Iterator[tuple[int, list[Cell]]]:
    """The rows of the one visible sheet that is not empty, numbered as in the spreadsheet.

    Args:
        data: A workbook that the parser may be given.
        failed: The cells that are not blank, though the parser says so.

    Raises:
        LayoutError: if it cannot be read, is protected, or has several such sheets.
    """
    calamine = parser()
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
