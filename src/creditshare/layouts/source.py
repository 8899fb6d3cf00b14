"""From the bytes of a report to its physical lines, decoded, in bounded memory.

The file is read twice through one descriptor. The first pass tells the encoding (strictly valid
UTF-8 wins, else GB18030) and the digest; the second gives the lines. Should the two passes see
different bytes, the reading fails at its end, so nothing read before may be acted upon earlier.

In both encodings no byte of a longer character looks like a line feed, so lines are cut before
they are decoded.
"""

from __future__ import annotations

import codecs
import enum
import hashlib
import itertools
from collections.abc import Iterator
from typing import BinaryIO

import attrs

from creditshare.errors import LayoutError, MisuseError

__all__ = ["LINE_MAX", "Encoding", "Line", "Source"]

LINE_MAX = 64 * 1024
"""The most bytes a physical line may have; of a longer one nothing is kept."""

_CHUNK = 64 * 1024
_WIDE_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE, codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)
_CHANGED = "the file changed while it was read"


class Encoding(enum.StrEnum):
    """An encoding in which reports come; UTF-8 with or without a byte-order mark."""

    UTF_8 = "utf-8"
    GB18030 = "gb18030"

    @classmethod
    def named(cls, name: str) -> Encoding:
        """The encoding of a name; GBK and GB2312 are parts of GB18030.

        Raises:
            MisuseError: for any other name.
        """
        folded = str(name).lower().replace("_", "-")
        if folded in ("utf-8", "utf8", "utf-8-sig"):
            return cls.UTF_8
        if folded in ("gb18030", "gbk", "gb2312"):
            return cls.GB18030
        raise MisuseError("an encoding must be utf-8 or gb18030, or None to have it detected")


@attrs.frozen
class Line:
    """One physical line.

    Attributes:
        number: From 1.
        text: Without its end; None if it was longer than `LINE_MAX`.
        size: Its length in bytes.
    """

    number: int
    text: str | None
    size: int


class Source:
    """A report's bytes, examined; `lines` then reads them once.

    Args:
        file: Opened for reading, at its beginning.
        named: The encoding if the caller knows it.

    Attributes:
        encoding: As named or detected.
        digest: SHA-256 of all bytes.

    Raises:
        LayoutError: if it is empty, binary, in UTF-16 or UTF-32, or not in the encoding.
    """

    def __init__(self, file: BinaryIO, named: Encoding | None) -> None:
        self._file = file
        self.encoding, self.digest = _examine(file, named)

    def lines(self) -> Iterator[Line]:
        """Every physical line, in order.

        Raises:
            LayoutError: at the end, if the bytes are not those that were examined.
        """
        self._file.seek(0)
        digest = hashlib.sha256()
        for number in itertools.count(1):
            raw = self._file.readline(LINE_MAX + 1)
            if not raw:
                break
            digest.update(raw)
            if len(raw) > LINE_MAX and not raw.endswith(b"\n"):
                yield Line(number, None, len(raw) + self._skip_line(digest))
            else:
                yield Line(number, self._decode(raw, first=number == 1), len(raw))
        if digest.digest() != self.digest:
            raise LayoutError(_CHANGED)

    def _skip_line(self, digest: hashlib._Hash) -> int:
        size = 0
        while piece := self._file.readline(LINE_MAX):
            digest.update(piece)
            size += len(piece)
            if piece.endswith(b"\n"):
                break
        return size

    def _decode(self, raw: bytes, *, first: bool) -> str:
        try:
            text = raw.decode(self.encoding)
        except UnicodeDecodeError:
            raise LayoutError(_CHANGED) from None
        if first:
            text = text.removeprefix("\ufeff")
        return text.removesuffix("\n").removesuffix("\r")


def _examine(file: BinaryIO, named: Encoding | None) -> tuple[Encoding, bytes]:
    digest = hashlib.sha256()
    wanted = Encoding if named is None else (named,)
    decoders = {encoding: codecs.getincrementaldecoder(encoding)() for encoding in wanted}
    chunk = file.read(_CHUNK)
    if not chunk:
        raise LayoutError("the file is empty")
    if chunk.startswith(_WIDE_MARKS):
        raise LayoutError("the file is in UTF-16 or UTF-32; save it as CSV in UTF-8")
    while decoders:
        if b"\0" in chunk:
            raise LayoutError("the file is binary, such as a workbook; save it as CSV")
        digest.update(chunk)
        for encoding in tuple(decoders):
            if not _accepts(decoders[encoding], chunk):
                del decoders[encoding]
        if not chunk:
            break
        chunk = file.read(_CHUNK)
    if not decoders:
        raise LayoutError(f"the file is not text in {' or '.join(wanted)}")
    return next(iter(decoders)), digest.digest()


def _accepts(decoder: codecs.IncrementalDecoder, chunk: bytes) -> bool:
    """Whether a decoder can go on with a chunk; an empty one is the end."""
    try:
        decoder.decode(chunk, final=not chunk)
    except UnicodeDecodeError:
        return False
    return True
