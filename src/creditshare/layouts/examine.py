"""What is in an ``.xlsx`` workbook, before a parser that trusts its input sees it.

One cell at the far corner of a sheet makes a parser ask for half a terabyte, which ends the
process; so may a part that unpacks to a thousand times its size, or a long shared text that a
million cells use. All is measured by what is there, not by what the file says of itself: the
unpacked size, the area the cells span, and the texts they stand for, each shared one counted as
often as it is used.

Cells whose formula failed or was never computed are found here too: the parser gives them as blank.
"""

from __future__ import annotations

import io
import re
import struct
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any
from xml.parsers import expat

from creditshare.errors import LayoutError

__all__ = ["FILE_MAX", "Failed", "examine", "too_large"]

FILE_MAX = 64 * 1024 * 1024
"""The most bytes a workbook may have."""

Failed = Mapping[int, set[int]]
"""The columns, from 1, of cells without a value, by the number of their row."""

_UNPACKED_MAX = 512 * 1024 * 1024
_PARTS_MAX = 1000
_AREA_MAX = 20_000_000
_TEXT_MAX = 128 * 1024 * 1024
_FAILED_MAX = 100_000
_CHUNK = 256 * 1024
_PART = re.compile(r"(\[Content_Types\]|_rels/|xl/.*)(\.xml|\.rels)", re.IGNORECASE)
_CELL = re.compile(r"([A-Za-z]{1,3})([0-9]{1,7})", re.ASCII)
_BROKEN = (
    *(zipfile.BadZipFile, zlib.error, struct.error, expat.ExpatError),
    *(NotImplementedError, RuntimeError, EOFError, ValueError, OSError),
)


def examine(data: bytes) -> tuple[bytes, Failed]:
    """What the parser may be given.

    Args:
        data: An ``.xlsx`` file.

    Returns:
        A copy that holds nothing but what was examined, and the cells without a value.

    Raises:
        LayoutError: if it is none, or asks for too much.
    """
    copy = io.BytesIO()
    measure = _Measure()
    try:
        with (
            zipfile.ZipFile(io.BytesIO(data)) as packed,
            zipfile.ZipFile(copy, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as clean_copy,
        ):
            parts = {part.filename: part for part in packed.infolist()}
            if len(packed.infolist()) > _PARTS_MAX or len(parts) < len(packed.infolist()):
                raise too_large()
            for name, part in parts.items():
                if _PART.fullmatch(name) and name.lower().endswith((".xml", ".rels")):
                    with clean_copy.open(name, "w", force_zip64=True) as target:
                        for chunk in measure.part(_unpacked(packed, part)):
                            target.write(chunk)
    except _BROKEN:
        raise LayoutError("not a workbook that can be read, or a protected one") from None
    measure.check_texts()
    return copy.getvalue(), measure.failed


def _unpacked(packed: zipfile.ZipFile, part: zipfile.ZipInfo) -> Iterator[bytes]:
    if part.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise zipfile.BadZipFile
    part.file_size = _UNPACKED_MAX + 1  # what it says of its own size is not believed
    with packed.open(part) as source:
        while chunk := source.read(_CHUNK):
            yield chunk


class _Measure:
    """Adds up what the parts of a workbook would take."""

    def __init__(self) -> None:
        self._size = 0
        self._shared: list[int] = []
        self._used: Counter[str] = Counter()
        self.failed: dict[int, set[int]] = {}

    def part(self, chunks: Iterator[bytes]) -> Iterator[bytes]:
        """The chunks of a part, counted."""
        parser = expat.ParserCreate()
        shared_before = len(self._shared)
        _Part(parser, self._shared, self._used, self.failed)
        for chunk in chunks:
            self._size += len(chunk)
            if self._size > _UNPACKED_MAX:
                raise too_large()
            parser.Parse(chunk, False)
            yield chunk
        parser.Parse(b"", True)
        if 0 < shared_before < len(self._shared):
            raise too_large()  # two tables of shared texts: which one counts is the parser's guess

    def check_texts(self) -> None:
        """Refuse texts that would take too much where they are used."""
        known = {str(place): length for place, length in enumerate(self._shared)}
        longest = max(self._shared, default=0)
        used = sum(count * known.get(at.strip(), longest) for at, count in self._used.items())
        if used > _TEXT_MAX:
            raise too_large()


class _Part:
    """Handles the events of one part: the places of cells, and the shared texts they use."""

    def __init__(
        self, parser: Any, shared: list[int], used: Counter[str], failed: dict[int, set[int]]
    ) -> None:
        self._parser = parser
        self._shared = shared
        self._used = used
        self._failed = failed
        self._valueless = self._error = False
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
            self._valueless = self._error = attributes.get("t") == "e"
        elif tag == "f":
            self._valueless = True
        elif tag == "v":
            self._valueless = self._error
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
        elif tag == "c" and self._valueless:
            self._failed.setdefault(self._row, set()).add(self._column)
            if len(self._failed) > _FAILED_MAX:
                raise too_large()

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
            raise too_large()
        self._rows, self._columns = max(self._rows, self._row), max(self._columns, self._column)
        if self._rows * self._columns > _AREA_MAX:
            raise too_large()


def _no_doctype(*_: object) -> None:
    raise LayoutError("not a workbook that can be read")


def too_large() -> LayoutError:
    """What a workbook of too much is refused with."""
    return LayoutError("the workbook is larger, or spans more cells, than one may; save it as CSV")
