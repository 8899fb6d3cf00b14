"""A report being read: a stream of listings and refusals, and what is known at its end."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Sequence
from pathlib import PurePath
from typing import BinaryIO

import attrs

from creditshare.arguments import expect
from creditshare.errors import MisuseError
from creditshare.files import open_regular
from creditshare.layouts.base import Layout, Row
from creditshare.layouts.batch import BatchFacts
from creditshare.layouts.jsonlines import json_rows
from creditshare.layouts.records import RecordReader, Records
from creditshare.layouts.refusal import Cell, RefusalKind, Refused, RowFault, RowRefusal
from creditshare.layouts.source import Encoding, Source
from creditshare.layouts.spreadsheet import unarmour
from creditshare.layouts.table import MENDED, Columns, Header, check_same_header, find_header
from creditshare.layouts.workbook import WORKBOOK_MARKS, Workbook
from creditshare.model import Listing

__all__ = ["Report", "read"]

_REFERENCE_NAME_MAX = 180
_HEAD = 4096
_JSON = b"{"

Rows = Iterator[tuple[int, Header, Sequence[Cell] | Refused]]


def read(
    path: str | os.PathLike[str],
    layout: Layout,
    batch: BatchFacts | None = None,
    *,
    encoding: str | None = None,
) -> Report:
    """Read a report: a CSV with commas or tabs, JSON lines, or an Excel workbook.

    Which of them it is, its content tells. Text is read as a stream, in little memory; a workbook
    is held in memory, so it may have no more than 64 MiB.

    Args:
        path: The file.
        layout: What its columns mean; one of `layouts`, or your own.
        batch: What holds for every row; None for a layout whose rows tell all.
        encoding: ``"utf-8"`` or ``"gb18030"``; None to detect it.

    Returns:
        The report, not opened yet: iterate over it once for listings and refusals.

    Raises:
        RulebookError: if the batch describes what the layout would ignore, or takes its conduct
            or debt from one of the layout's own columns.
        MisuseError: for another encoding, a batch description that is lacking or not wanted.
    """
    expect(Layout, layout=layout)
    return Report(path, layout, batch, encoding)


@attrs.frozen
class _End:
    rows: int
    digest: bytes
    encoding: Encoding | None
    ignored_columns: tuple[str, ...]


class Report:
    """The rows of one report file, each a `Listing` or a `RowRefusal`. It is read once.

    Nothing may be done with a listing before the end is reached: only there is it certain that
    the file did not change while it was read.
    """

    def __init__(
        self,
        path: str | os.PathLike[str],
        layout: Layout,
        batch: BatchFacts | None,
        encoding: str | None,
    ) -> None:
        self._path = path
        self._layout = layout
        self._batch = batch
        self._columns = Columns(layout.with_batch(batch), layout.money)
        self._encoding = None if encoding is None else Encoding.named(encoding)
        self._labels: tuple[str, ...] = ()
        self._keyed = False  # whether each row names its own columns
        self._last: tuple[int, Header, Sequence[Cell] | Refused] | None = None
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

    def refuse_last(self, reason: str) -> RowRefusal:
        """The row that was given last, as one that is refused after all, such as by a review.

        Args:
            reason: Why, without anything that stands in the row.

        Raises:
            MisuseError: if no row was given yet.
        """
        if self._last is None:
            raise MisuseError("no row was given yet")
        number, header, cells = self._last
        fault = RowFault("", RefusalKind.REVIEW, reason)
        texts = () if isinstance(cells, Refused) else self._texts(header, cells)
        return RowRefusal(number, (fault,), columns=self._labels, cells=texts)

    @property
    def rows(self) -> int:
        """How many rows there were: the listings and the refusals; blank rows do not count."""
        return self._ended.rows

    @property
    def digest(self) -> bytes:
        """SHA-256 of the whole file, 32 bytes."""
        return self._ended.digest

    @property
    def encoding(self) -> Encoding | None:
        """As named or detected; None for a workbook."""
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

    # -- reading ------------------------------------------------------------------------------

    def _read(self) -> Iterator[Listing | RowRefusal]:
        count = 0
        ignored: dict[str, None] = {}
        header: Header | None = None
        name = PurePath(self._path).name[:_REFERENCE_NAME_MAX].encode(errors="replace").decode()
        with open_regular(self._path) as (file, size):
            rows, digest, encoding = self._open(file, size)
            for number, found, cells in rows:
                if found is not header:
                    header = found
                    ignored |= dict.fromkeys(header.ignored)
                count += 1
                self._last = number, header, cells
                yield self._item(number, header, cells, f"{name}:{number}")
        self._end = _End(count, digest, encoding, tuple(ignored))

    def _open(self, file: BinaryIO, size: int) -> tuple[Rows, bytes, Encoding | None]:
        head = file.read(_HEAD)
        file.seek(0)
        if head.startswith(WORKBOOK_MARKS):
            book = Workbook(file, size)
            return self._table_rows(book), hashlib.sha256(book.data).digest(), None
        source = Source(file, self._encoding)
        if head.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(_JSON):
            self._keyed = True
            self._labels = tuple(column.name for column in self._columns.columns)
            rows = json_rows(source.lines(), self._columns)
        else:
            rows = self._table_rows(Records(source.lines()))
        return rows, source.digest, source.encoding

    def _table_rows(self, records: RecordReader) -> Rows:
        header = find_header(records, self._columns)
        self._labels = tuple(label for label in header.labels if label not in MENDED)
        width, armoured = len(header.labels), header.mended or self._layout.armoured
        while (record := records.read(width)) is not None:
            cells = record.cells
            if not isinstance(cells, Refused):
                if not cells:
                    continue
                check_same_header(cells, header, self._columns)
                if armoured:
                    cells = [unarmour(cell) if isinstance(cell, str) else cell for cell in cells]
            yield record.number, header, cells

    def _item(
        self, number: int, header: Header, cells: Sequence[Cell] | Refused, reference: str
    ) -> Listing | RowRefusal:
        if isinstance(cells, Refused):
            fault = RowFault("", cells.kind, cells.reason)
            return RowRefusal(number, (fault,), columns=self._labels)
        row = Row(
            number, reference, header=header, cells=cells, layout=self._layout, batch=self._batch
        )
        listing = self._layout.read(row)
        if not row.faults:
            if isinstance(listing, Listing):
                return listing
            raise MisuseError(f"the layout {self._layout.name} gave no listing and no fault")
        return RowRefusal(
            number, tuple(row.faults), row.removal, self._labels, self._texts(header, cells)
        )

    def _texts(self, header: Header, cells: Sequence[Cell]) -> tuple[str, ...]:
        """The cells as text, each under its label."""
        texts = ["" if isinstance(cell, Refused) else cell for cell in cells]
        if not self._keyed:
            told = zip(header.labels, texts, strict=True)
            return tuple(text for label, text in told if label not in MENDED)
        found = {
            name: _with_unit(texts[place], header.units.get(name))
            for name, place in header.places.items()
        }
        return tuple(found.get(label, "") for label in self._labels)


def _with_unit(text: str, unit: str | None) -> str:
    """An amount with the unit its key had; a cell that has one of its own keeps that."""
    return f"{text}{unit}" if unit and text[-1:].isdigit() else text
