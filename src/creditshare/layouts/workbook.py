"""Excel workbooks, read with python-calamine (the extra ``excel``).

A workbook holds values, not what is seen: a number of more than 15 digits lost the others when it
was stored, so such a cell is no number to trust. A date is a date if its cell is formatted as one.

The parser trusts its input: one cell at the far corner of a sheet makes it ask for half a terabyte
and end the process. So an ``.xlsx`` is examined first, by what is in it and not by what it says of
itself: its real size, the area its cells span, and the texts they stand for, each shared one
counted as often as it is used. The parser then gets a copy that holds nothing but the examined
parts. The older binary ``.xls`` cannot be examined so; of that only small files are read.
"""

from __future__ import annotations

import datetime as dt
import io
import re
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator
from typing import Any, BinaryIO
from xml.parsers import expat

from creditshare.errors import LayoutError
from creditshare.layouts.jsonlines import NOT_A_CELL, digits_lost
from creditshare.layouts.records import Record
from creditshare.layouts.refusal import Cell
from creditshare.layouts.text import clean

__all__ = ["WORKBOOK_MARKS", "Workbook"]

WORKBOOK_MARKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
"""How an ``.xlsx`` and an ``.xls`` begin."""

_FILE_MAX = 64 * 1024 * 1024
_XLS_MAX = 8 * 1024 * 1024
_UNPACKED_MAX = 512 * 1024 * 1024
_PARTS_MAX = 1000
_AREA_MAX = 20_000_000
_TEXT_MAX = 128 * 1024 * 1024
_CHUNK = 256 * 1024
_PART = re.compile(r"(\[Content_Types\]|_rels/\.rels|xl/.*)(\.xml|\.rels)?", re.IGNORECASE)
_CELL = re.compile(r"([A-Za-z]{1,3})([0-9]{1,7})")
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
        if size > _FILE_MAX:
            raise _too_large()
        self.data = file.read(_FILE_MAX + 1)
        self._rows = _parsed(_examined(self.data))

    def read(self, width: int | None = None) -> Record | None:  # noqa: ARG002 - all rows have one
        """As `RecordReader.read`; every row of a sheet has as many cells."""
        for number, cells in self._rows:
            if any(not isinstance(cell, str) or clean(cell) for cell in cells):
                return Record(number, cells)
            return Record(number, ())
        return None


def _parsed(data: bytes) -> Iterator[tuple[int, list[Cell]]]:
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
    rows = sheets[0].iter_rows() if sheets else iter(())
    return ((number, [_cell(value) for value in row]) for number, row in enumerate(rows, start=1))


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
    if abs(value) >= _EXACT_BELOW:
        return digits_lost()
    if value == int(value):
        return str(int(value))
    text = f"{value:.15g}"
    return NOT_A_CELL if "e" in text else text


# -- what is in a workbook, before the parser sees it ------------------------------------------


def _examined(data: bytes) -> bytes:
    """The bytes for the parser."""
    if not data.startswith(WORKBOOK_MARKS[0]):
        if len(data) > _XLS_MAX:
            raise _too_large()
        return data
    if len(data) > _FILE_MAX:
        raise _too_large()
    copy = io.BytesIO()
    measure = _Measure()
    try:
        with (
            zipfile.ZipFile(io.BytesIO(data)) as packed,
            zipfile.ZipFile(copy, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as clean_copy,
        ):
            parts = {part.filename: part for part in packed.infolist()}
            if len(packed.infolist()) > _PARTS_MAX or len(parts) < len(packed.infolist()):
                raise _too_large()
            for name, part in parts.items():
                if _PART.fullmatch(name) and name.lower().endswith((".xml", ".rels")):
                    with clean_copy.open(name, "w", force_zip64=True) as target:
                        for chunk in measure.part(_unpacked(packed, part)):
                            target.write(chunk)
    except (zipfile.BadZipFile, zlib.error, expat.ExpatError, NotImplementedError):
        raise LayoutError("not a workbook that can be read") from None
    except (EOFError, RuntimeError, ValueError, OSError, UnicodeError):
        raise LayoutError("not a workbook that can be read, or a protected one") from None
    measure.check_texts()
    return copy.getvalue()


def _unpacked(packed: zipfile.ZipFile, part: zipfile.ZipInfo) -> Iterator[bytes]:
    part.file_size = _UNPACKED_MAX + 1  # what it says of its own size is not believed
    with packed.open(part) as source:
        while chunk := source.read(_CHUNK):
            yield chunk


class _Measure:
    """Adds up what the parts of a workbook would take."""

    def __init__(self) -> None:
        self._size = 0
        self._text = 0
        self._shared: list[int] = []
        self._used: Counter[str] = Counter()

    def part(self, chunks: Iterator[bytes]) -> Iterator[bytes]:
        """The chunks of a part, counted."""
        parser = expat.ParserCreate()
        _Part(parser, self._shared, self._used)
        for chunk in chunks:
            self._size += len(chunk)
            if self._size > _UNPACKED_MAX:
                raise _too_large()
            parser.Parse(chunk, False)
            yield chunk
        parser.Parse(b"", True)

    def check_texts(self) -> None:
        """Refuse texts that would take too much where they are used."""
        known = {str(place): length for place, length in enumerate(self._shared)}
        longest = max(self._shared, default=0)
        used = sum(count * known.get(at.strip(), longest) for at, count in self._used.items())
        if used > _TEXT_MAX:
            raise _too_large()


class _Part:
    """Handles the events of one part: the places of cells, and the shared texts they use."""

    def __init__(self, parser: Any, shared: list[int], used: Counter[str]) -> None:
        self._parser = parser
        self._shared = shared
        self._used = used
        self._row = self._column = self._rows = self._columns = 0
        self._index: list[str] = []
        self._sharing = False
        parser.buffer_text = True
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.StartDoctypeDeclHandler = _no_doctype

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        tag = tag.rpartition(":")[2]
        if tag == "c":
            self._place(attributes.get("r"))
            self._sharing = attributes.get("t") == "s"
        elif tag == "v":
            if self._sharing:
                self._index.clear()
                self._parser.CharacterDataHandler = self._index.append
        elif tag == "row":
            number = attributes.get("r", "")
            self._row = int(number) if number.isdecimal() and len(number) < 9 else self._row + 1
            self._column = 0
        elif tag == "si":
            self._shared.append(0)
            self._parser.CharacterDataHandler = self._share

    def _end(self, tag: str) -> None:
        tag = tag.rpartition(":")[2]
        if tag == "v" and self._sharing:
            self._used["".join(self._index)] += 1
            self._parser.CharacterDataHandler = None
        elif tag == "si":
            self._parser.CharacterDataHandler = None

    def _share(self, text: str) -> None:
        self._shared[-1] += len(text)

    def _place(self, reference: str | None) -> None:
        parts = _CELL.fullmatch(reference) if reference else None
        self._column += 1
        if parts is not None:
            self._column = 0
            for letter in parts[1].upper():
                self._column = self._column * 26 + ord(letter) - 64
            self._row = int(parts[2])
        elif reference:
            raise _too_large()
        self._rows, self._columns = max(self._rows, self._row), max(self._columns, self._column)
        if self._rows * self._columns > _AREA_MAX:
            raise _too_large()


def _no_doctype(*_: object) -> None:
    raise LayoutError("not a workbook that can be read")


def _too_large() -> LayoutError:
    return LayoutError("the workbook is larger, or spans more cells, than one may; save it as CSV")
