"""The header of a report, found below its titles, and rows whose cells are told by column."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import attrs

from creditshare.errors import LayoutError
from creditshare.layouts.records import Record, Records
from creditshare.layouts.refusal import Refused
from creditshare.layouts.values import squeeze

__all__ = ["Columns", "Header", "Row", "check_same_header", "find_header"]

_HEADER_WITHIN = 10
_LIKENESS = 2
_UNIT = re.compile(r"(.+)\((元|万元)\)")
_UNIT_WORD = re.compile(  # of amounts, in a row above the header
    r"(?P<of>[万千百亿美港欧])元(?!\w)|(?P<plain>[万千亿])元(?=人民币|整|RMB|计)"
    r"|单位[:(/为]*(?:人民币)?[/(]*(?P<short>万|元)(?!\w)|(?P<yuan>元)人民币"
)
_UNITS = {"元": "元", "万": "万元"}
_LONG_NUMBER = re.compile(r"\d{9}")
_HEADER_LIKE = 3
_TITLE_CELLS = 2


@attrs.frozen
class Columns:
    """What a layout reads.

    Attributes:
        required: The names without which it is not this layout.
        aliases: Other names of columns, optional ones included, to the name the layout uses.
        amounts: Those after whose name a unit may stand in brackets.
    """

    required: tuple[str, ...]
    aliases: Mapping[str, str] = attrs.field(factory=dict)
    amounts: frozenset[str] = frozenset()

    def carried(self, name: str) -> str | None:
        """The layout's name for a squeezed column name; None if the layout ignores it."""
        return name if name in self.required else self.aliases.get(name)


@attrs.frozen
class Header:
    """Where the columns are.

    Attributes:
        positions: Of each column the layout reads.
        units: The unit that stood after an amount's name.
        ignored: The names of the columns that are not read.
        delimiter: A comma or a tab.
        width: How many cells the header has, and every row must have.
        named: The columns as the header names them, each with its place and its own unit.
    """

    positions: Mapping[str, int]
    units: Mapping[str, str]
    ignored: tuple[str, ...]
    delimiter: str
    width: int
    named: Mapping[str, tuple[int, str | None]]


@attrs.frozen
class Row:
    """One row under a header."""

    number: int
    header: Header
    cells: tuple[str, ...]

    def text(self, column: str) -> str:
        """A column's cell; empty if the report has no such optional column."""
        position = self.header.positions.get(column)
        return "" if position is None else self.cells[position]

    def unit(self, column: str) -> str | None:
        """The unit in an amount column's name."""
        return self.header.units.get(column)


def find_header(records: Records, columns: Columns) -> Header:
    """Read up to the header, which stands within the first 10 rows.

    Raises:
        LayoutError: if there is none, it lacks columns, or it has one twice.
    """
    nearest: Sequence[str] = columns.required
    unit: str | None = None
    for _ in range(_HEADER_WITHIN):
        record = records.read()
        if record is None:
            break
        if isinstance(record.cells, Refused):
            continue
        named = {_split(cell, columns)[0] for cell in record.cells}
        carried = {columns.carried(name) for name in named}
        missing = [name for name in columns.required if name not in carried]
        if not missing:
            return _header(record, record.cells, columns, unit)
        nearest = min(nearest, missing, key=len)
        if len(columns.required) - len(missing) < _LIKENESS:  # a title
            unit = _declared_unit(record.cells) or unit
    if len(columns.required) - len(nearest) < _LIKENESS:
        raise LayoutError(f"no header row within the first {_HEADER_WITHIN} rows")
    raise LayoutError("the header lacks the columns: " + ", ".join(nearest))


def check_same_header(cells: Sequence[str], header: Header, columns: Columns) -> None:
    """Refuse a second header of another order or unit: under it, columns would be another's.

    Raises:
        LayoutError: if the row is one.
    """
    if any(map(_LONG_NUMBER.search, cells)):
        return  # what every row of data has, and no header or title
    named = _named(cells, columns)
    if len(named) >= _HEADER_LIKE and named != header.named:
        raise LayoutError("a second header of another order or unit: send the reports one by one")
    if sum(map(bool, cells)) <= _TITLE_CELLS and _declared_unit(cells) is not None:
        raise LayoutError("a unit declared among the rows: send the reports one by one")


def _named(cells: Sequence[str], columns: Columns) -> dict[str, tuple[int, str | None]]:
    """The columns that a row names, each with its place and its own unit."""
    split = (_split(cell, columns) for cell in cells)
    return {
        carried: (place, unit)
        for place, (name, unit) in enumerate(split)
        if (carried := columns.carried(name)) is not None
    }


def _header(record: Record, cells: Sequence[str], columns: Columns, declared: str | None) -> Header:
    positions: dict[str, int] = {}
    units: dict[str, str] = {}
    ignored: list[str] = []
    for position, cell in enumerate(cells):
        name, unit = _split(cell, columns)
        carried = columns.carried(name)
        if carried is None:
            ignored += [name] if name else []
        elif carried in positions:
            raise LayoutError(f"the header has the column {carried} twice")
        else:
            positions[carried] = position
            if carried in columns.amounts and (unit or declared):
                units[carried] = unit or declared or ""
    named = _named(cells, columns)
    return Header(positions, units, tuple(ignored), record.delimiter, len(cells), named)


def _declared_unit(cells: Sequence[str]) -> str | None:
    """The unit that a row above the header declares for all amounts, as in ``单位：万元``.

    Raises:
        LayoutError: if it declares one that is neither 元 nor 万元.
    """
    words = {
        match[match.lastgroup or 0]
        for cell in cells
        for match in _UNIT_WORD.finditer(squeeze(cell))
    }
    units = {_UNITS.get(word) for word in words}
    if None in units or len(units) > 1:
        raise LayoutError("a row above the header declares a unit other than 元 or 万元")
    return units.pop() if units else None


def _split(cell: str, columns: Columns) -> tuple[str, str | None]:
    """A column's name, and the unit in brackets if it is an amount's."""
    name = squeeze(cell)
    parts = _UNIT.fullmatch(name)
    if parts is not None and columns.carried(parts[1]) in columns.amounts:
        return parts[1], parts[2]
    return name, None
