"""From physical lines to rows of cells, as CSV: commas or tabs, quoted cells with line breaks.

A quote that is never closed must not swallow the rows after it. So a row that breaks the rules of
quoting is refused alone, and reading goes on with the physical line after the one it began on. A
quote closed by chance in a later row is found out by that row's cells inside the quoted one.
"""

from __future__ import annotations

import csv
from collections import deque
from collections.abc import Iterator, Sequence
from typing import Protocol

import attrs

from creditshare.layouts.refusal import Cell, RefusalKind, Refused
from creditshare.layouts.source import LINE_MAX, Line
from creditshare.layouts.text import clean

__all__ = ["Record", "RecordReader", "Records", "too_long"]

_LINES_MAX = 16
_ROW_MAX = LINE_MAX


@attrs.frozen
class Record:
    """One row.

    Attributes:
        number: Of the physical line on which it begins, or of a workbook's row.
        cells: None of them if the row is blank; or why they cannot be told.
    """

    number: int
    cells: Sequence[Cell] | Refused


class RecordReader(Protocol):
    """What gives rows of cells: a text file, or a workbook's sheet."""

    def read(self, width: int | None = None) -> Record | None:
        """The next row, or None at the end.

        Args:
            width: How many cells it must have, unless it is blank; None for any number, where
                the header is sought.
        """


class Records:
    """The rows of a sequence of lines.

    Args:
        lines: Read as far as needed.
    """

    def __init__(self, lines: Iterator[Line]) -> None:
        self._lines = lines
        self._returned: deque[Line] = deque()
        self._delimiter = ","

    def read(self, width: int | None = None) -> Record | None:
        """As `RecordReader.read`.

        Without a width the delimiter is the one the line has more of, a comma or a tab; with one
        it is that of the last line so read, the header.
        """
        line = self._next_line()
        if line is None:
            return None
        if line.text is None:
            return Record(line.number, too_long())
        if width is None:
            self._delimiter = "\t" if line.text.count("\t") > line.text.count(",") else ","
        cells = self._cells(line.text, line.size, self._delimiter, width)
        if not isinstance(cells, Refused):
            cells = _checked(cells, width)
        return Record(line.number, cells)

    def _cells(
        self, text: str, size: int, delimiter: str, width: int | None
    ) -> Sequence[str] | Refused:
        further: list[Line] = []
        feed = self._feed(text, size, further)
        try:
            cells = next(csv.reader(feed, delimiter=delimiter, strict=True))
        except csv.Error:
            cells = None
        if cells is not None and not (further and _swallows(cells, delimiter, width)):
            return cells
        self._returned.extendleft(reversed(further))
        return Refused(RefusalKind.QUOTES, "a quote that is not closed, or stands inside a cell")

    def _feed(self, text: str, size: int, further: list[Line]) -> Iterator[str]:
        """A row's lines as far as its quotes ask for them; notes all but the first."""
        yield text + "\n"
        while len(further) < _LINES_MAX - 1:
            line = self._next_line()
            if line is None:
                return
            further.append(line)
            size += line.size
            if line.text is None or size > _ROW_MAX:
                return
            yield line.text + "\n"

    def _next_line(self) -> Line | None:
        return self._returned.popleft() if self._returned else next(self._lines, None)


def too_long() -> Refused:
    """Why there is nothing of a line that was longer than `LINE_MAX`."""
    return Refused(RefusalKind.LINE_TOO_LONG, f"a line longer than {LINE_MAX} bytes")


def _checked(cells: Sequence[str], width: int | None) -> Sequence[str] | Refused:
    if not any(map(clean, cells)):
        return ()
    if width is not None and len(cells) != width:
        # An amount's unquoted thousands separator makes more cells: never guess where it was.
        fewer_or_more = "fewer" if len(cells) < width else "more"
        return Refused(RefusalKind.CELLS, f"{fewer_or_more} cells than the header has")
    return cells


def _swallows(cells: Sequence[str], delimiter: str, width: int | None) -> bool:
    """Whether a row over several lines looks like several rows."""
    if width is None:
        return False
    inner = (line for cell in cells for line in cell.split("\n")[1:])
    return len(cells) != width or any(line.count(delimiter) >= width - 1 for line in inner)
