"""A report being read: a stream of listings and refusals, and what is known at its end."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator

import attrs

from creditshare.errors import MisuseError
from creditshare.files import open_regular
from creditshare.layouts.records import Record, Records
from creditshare.layouts.refusal import Refused, RowFault, RowRefusal
from creditshare.layouts.source import Encoding, Source
from creditshare.layouts.table import Columns, Header, Row, check_same_header, find_header
from creditshare.model import Listing

__all__ = ["Report", "RowReader"]

RowReader = Callable[[Row], Listing | tuple[RowFault, ...]]
"""What a layout does with a row: a listing, or everything that is wrong with it."""


@attrs.frozen
class _End:
    rows: int
    digest: bytes
    encoding: Encoding
    ignored_columns: tuple[str, ...]


class Report:
    """The rows of one report file, each a `Listing` or a `RowRefusal`. It is read once.

    Nothing may be done with a listing before the end is reached: only there is it certain that
    the file did not change while it was read.

    Args:
        path: The file.
        columns: The layout's columns.
        reader: The layout's reading of a row.
        encoding: ``"utf-8"`` or ``"gb18030"``; None to detect it.
    """

    def __init__(
        self,
        path: str | os.PathLike[str],
        columns: Columns,
        reader: RowReader,
        encoding: str | None = None,
    ) -> None:
        self._path = path
        self._columns = columns
        self._reader = reader
        self._encoding = None if encoding is None else Encoding.named(encoding)
        self._begun = False
        self._end: _End | None = None

    def __iter__(self) -> Iterator[Listing | RowRefusal]:
        """Read the file.

        Raises:
            FileError: if it cannot be opened.
            LayoutError: if it cannot be read as this layout at all, or changes meanwhile.
            MisuseError: when it is read a second time, which would give new ids to old listings.
        """
        if self._begun:
            raise MisuseError("a report is read only once; read the file again for a new one")
        self._begun = True
        return self._read()

    @property
    def rows(self) -> int:
        """How many rows there were: the listings and the refusals; blank rows do not count."""
        return self._ended.rows

    @property
    def digest(self) -> bytes:
        """SHA-256 of the whole file, 32 bytes."""
        return self._ended.digest

    @property
    def encoding(self) -> Encoding:
        """As named or detected."""
        return self._ended.encoding

    @property
    def ignored_columns(self) -> tuple[str, ...]:
        """The names of the columns that no listing carries."""
        return self._ended.ignored_columns

    @property
    def _ended(self) -> _End:
        if self._end is None:
            raise MisuseError("known only when the report was read to its end")
        return self._end

    def _read(self) -> Iterator[Listing | RowRefusal]:
        rows = 0
        with open_regular(self._path) as (file, _):
            source = Source(file, self._encoding)
            records = Records(source.lines())
            header = find_header(records, self._columns)
            while (record := records.read(header.delimiter, header.width)) is not None:
                if record.cells != ():
                    rows += 1
                    yield self._item(record, header)
        self._end = _End(rows, source.digest, source.encoding, header.ignored)

    def _item(self, record: Record, header: Header) -> Listing | RowRefusal:
        if isinstance(record.cells, Refused):
            fault = RowFault("", record.cells.kind, record.cells.reason)
            return RowRefusal(record.number, (fault,))
        check_same_header(record.cells, header, self._columns)
        item = self._reader(Row(record.number, header, record.cells))
        return item if isinstance(item, Listing) else RowRefusal(record.number, item)
