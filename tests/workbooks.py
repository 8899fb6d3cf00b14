"""The smallest Excel workbooks, made by hand: a package of XML parts, or a file of records."""

from __future__ import annotations

import struct
import zipfile
from collections.abc import Mapping, Sequence
from io import BytesIO
from xml.sax.saxutils import escape

import attrs

__all__ = ["Day", "Fault", "Value", "xls", "xlsx"]


@attrs.frozen
class Day:
    """A cell formatted as a date, holding days since 1899-12-30."""

    serial: float


@attrs.frozen
class Fault:
    """A cell in which a formula failed."""

    text: str = "#N/A"


Value = str | int | float | bool | Day | Fault | None
Sheet = Sequence[Sequence[Value]]

_MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
_TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
_BOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"


def xlsx(
    *sheets: Sheet,
    parts: Mapping[str, str | bytes] | None = None,
    hidden: Sequence[int] = (),
) -> bytes:
    """A workbook of sheets.

    Args:
        sheets: The rows of each.
        parts: Parts to add, or to put in the place of others.
        hidden: Which sheets are hidden.
    """
    names = [f"sheet{number}" for number in range(1, len(sheets) + 1)]
    links = "".join(
        f'<Relationship Id="r{name}" Type="{_OFFICE}/worksheet" Target="worksheets/{name}.xml"/>'
        for name in names
    )
    states = ("visible", "hidden")
    told = "".join(
        f'<sheet name="{name}" sheetId="{number}" r:id="r{name}" '
        f'state="{states[number - 1 in hidden]}"/>'
        for number, name in enumerate(names, 1)
    )
    content: dict[str, str | bytes] = {
        "[Content_Types].xml": f'<Types xmlns="{_TYPES}"><Default Extension="xml" '
        f'ContentType="application/xml"/><Override PartName="/xl/workbook.xml" '
        f'ContentType="{_BOOK}"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}"><Relationship Id="r1" '
        f'Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook {_MAIN} xmlns:r="{_OFFICE}">'
        f"<sheets>{told}</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGE}">{links}<Relationship '
        f'Id="rs" Type="{_OFFICE}/styles" Target="styles.xml"/><Relationship Id="rt" '
        f'Type="{_OFFICE}/sharedStrings" Target="sharedStrings.xml"/></Relationships>',
        "xl/styles.xml": f'<styleSheet {_MAIN}><cellXfs count="2"><xf numFmtId="0"/>'
        '<xf numFmtId="14"/></cellXfs></styleSheet>',
        **{
            f"xl/worksheets/{name}.xml": f"<worksheet {_MAIN}><sheetData>"
            + "".join(_row(number, row) for number, row in enumerate(sheet, 1))
            + "</sheetData></worksheet>"
            for name, sheet in zip(names, sheets, strict=True)
        },
    }
    file = BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as packed:
        for name, part in (content | dict(parts or {})).items():
            packed.writestr(name, part)
    return file.getvalue()


def _row(number: int, row: Sequence[Value]) -> str:
    cells = "".join(_cell(f"{_letters(at)}{number}", value) for at, value in enumerate(row))
    return f'<row r="{number}">{cells}</row>'


def _letters(place: int) -> str:
    letters = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def _cell(place: str, value: Value) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return f'<c r="{place}" t="b"><v>{int(value)}</v></c>'
    if isinstance(value, Day):
        return f'<c r="{place}" s="1"><v>{value.serial}</v></c>'
    if isinstance(value, Fault):
        return f'<c r="{place}" t="e"><f>NA()</f><v>{value.text}</v></c>'
    if isinstance(value, (int, float)):
        return f'<c r="{place}"><v>{value}</v></c>'
    return f'<c r="{place}" t="inlineStr"><is><t xml:space="preserve">{escape(value)}</t></is></c>'


def xls(sheet: Sequence[Sequence[str | float]], *, far: bool = False) -> bytes:
    """A workbook of the older, binary kind with one sheet (BIFF8 in a compound file).

    Args:
        sheet: Its rows.
        far: Whether one more cell stands at the farthest corner that the format can tell.
    """
    bof = _record(0x809, struct.pack("<HHHHII", 0x600, 5, 0, 0, 0, 0))
    sheet_bof = _record(0x809, struct.pack("<HHHHII", 0x600, 0x10, 0, 0, 0, 0))
    end = _record(0x0A, b"")
    name = b"\x06\x00" + b"sheet1"
    offset = len(bof) + 4 + 6 + len(name) + len(end)
    bound = _record(0x85, struct.pack("<IBB", offset, 0, 0) + name)
    height, width = len(sheet), max(map(len, sheet))
    cells = b"".join(
        _record(0x204, struct.pack("<HHHHB", y, x, 0, len(value), 1) + value.encode("utf-16-le"))
        if isinstance(value, str)
        else _record(0x203, struct.pack("<HHHd", y, x, 0, value))
        for y, row in enumerate(sheet)
        for x, value in enumerate(row)
    )
    cells += _record(0x203, struct.pack("<HHHd", 65535, 65535, 0, 1.0)) if far else b""
    area = _record(0x200, struct.pack("<IIHHH", 0, height, 0, width, 0))
    return _compound(bof + bound + end + sheet_bof + area + cells + end)


def _record(kind: int, data: bytes) -> bytes:
    return struct.pack("<HH", kind, len(data)) + data


def _compound(stream: bytes) -> bytes:
    """A compound file of one stream, called ``Workbook``."""
    size = max(len(stream), 4096)
    count = -(-size // 512)
    last, free = 0xFFFFFFFE, 0xFFFFFFFF
    chain = [last, 0xFFFFFFFD, *range(3, 2 + count), last]
    table = struct.pack("<128I", *chain, *[free] * (128 - len(chain)))
    header = struct.pack(
        "<8s16xHHHHH6xIIIIIIIIII",
        *(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", 0x3E, 3, 0xFFFE, 9, 6),
        *(0, 1, 0, 0, 4096, last, 0, last, 0, 1),
    ) + struct.pack("<108I", *[free] * 108)
    root = _entry("Root Entry", 5, child=1, start=last, size=0)
    book = _entry("Workbook", 2, child=free, start=2, size=size)
    folder = root + book + bytes(256)
    return header + folder + table + stream.ljust(count * 512, b"\0")


def _entry(name: str, kind: int, *, child: int, start: int, size: int) -> bytes:
    text = name.encode("utf-16-le") + b"\0\0"
    return struct.pack(
        "<64sHBBIII36xIQ", text, len(text), kind, 1, 0xFFFFFFFF, 0xFFFFFFFF, child, start, size
    )
