"""Where the columns of a report are: its header, found below its titles."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

import attrs

from creditshare.errors import LayoutError
from creditshare.layouts.money import MoneyStyle
from creditshare.layouts.records import RecordReader
from creditshare.layouts.refusal import Cell, Refused
from creditshare.layouts.text import squeeze, visible

__all__ = ["MENDED", "Column", "Columns", "Header", "check_same_header", "find_header"]

MENDED = ("creditshare:row", "creditshare:field", "creditshare:reason")
"""The columns that a file of refused rows has beside the report's own."""

_HEADER_WITHIN = 10
_LIKENESS = 2
_LONG_NUMBER = re.compile(r"\d{9}")
_HEADER_LIKE = 3
_TITLE_CELLS = 2


@attrs.frozen
class Column:
    """One column that a layout reads.

    Attributes:
        name: As most reports have it, and as refusals name it.
        holds: What becomes of it, in a few words.
        needed: Whether a report without it is not of this layout.
        also: Other names it has.
        amount: Whether a unit may stand in brackets after its name.
    """

    name: str
    holds: str
    needed: bool = True
    also: tuple[str, ...] = ()
    amount: bool = False


class Columns:
    """The names of the columns that a layout reads, and how they are told from others.

    Args:
        columns: What it reads.
        money: How its amounts, and their units, are written.
    """

    def __init__(self, columns: Iterable[Column], money: MoneyStyle) -> None:
        self.columns = tuple(columns)
        self.money = money
        self.needed = tuple(column.name for column in self.columns if column.needed)
        self._amounts = {column.name for column in self.columns if column.amount}
        self._by_name = {
            squeeze(name).casefold(): column
            for column in self.columns
            for name in (column.name, *column.also)
        }

    def carried(self, cell: Cell) -> tuple[str | None, str | None]:
        """The layout's name for the column a cell names, and the unit behind it if it has one."""
        name = squeeze(cell) if isinstance(cell, str) else ""
        column = self._by_name.get(name.casefold())
        if column is not None:
            return column.name, None
        name, unit = self.money.split(name)
        column = self._by_name.get(name.casefold())
        if column is None or not column.amount:
            return None, None
        return column.name, unit

    def declared_unit(self, cells: Iterable[Cell]) -> str | None:
        """As `MoneyStyle.declared`."""
        return self.money.declared(cell for cell in cells if isinstance(cell, str))

    def header(self, cells: Sequence[Cell], declared: str | None = None) -> Header:
        """Where the columns are in a row that names them.

        Raises:
            LayoutError: if one is there twice.
        """
        named: dict[str, tuple[int, str | None]] = {}
        units: dict[str, str] = {}
        ignored: list[str] = []
        labels: list[str] = []
        for place, cell in enumerate(cells):
            label = visible(cell) if isinstance(cell, str) else ""
            name, unit = self.carried(cell)
            if name is None:
                ignored += [label] if label and label not in MENDED else []
            elif name in named:
                raise LayoutError(f"the header has the column {name} twice")
            else:
                named[name] = (place, unit)
                if declared and not unit and name in self._amounts:
                    label, unit = f"{name}({declared})", declared
                units |= {name: unit} if unit else {}
            labels.append(label)
        places = {name: place for name, (place, _) in named.items()}
        return Header(places, units, tuple(ignored), tuple(labels), named)


@attrs.frozen
class Header:
    """Where the columns are.

    Attributes:
        places: Of each column the layout reads.
        units: The units of columns of amounts.
        ignored: The names of the columns that are not read.
        labels: The name of every column with the unit that holds for it.
        named: The columns as the header names them, each with its place and its own unit.
    """

    places: dict[str, int]
    units: dict[str, str]
    ignored: tuple[str, ...]
    labels: tuple[str, ...]
    named: dict[str, tuple[int, str | None]]

    @property
    def mended(self) -> bool:
        """Whether it is the header of a file of refused rows."""
        return MENDED[0] in self.labels


def find_header(records: RecordReader, columns: Columns) -> Header:
    """Read up to the header, which stands within the first 10 rows.

    Raises:
        LayoutError: if there is none, it lacks columns, or it has one twice.
    """
    nearest: Sequence[str] = columns.needed
    unit: str | None = None
    for _ in range(_HEADER_WITHIN):
        record = records.read()
        if record is None:
            break
        if isinstance(record.cells, Refused):
            continue
        carried = {columns.carried(cell)[0] for cell in record.cells}
        missing = [name for name in columns.needed if name not in carried]
        if not missing:
            return columns.header(record.cells, unit)
        nearest = min(nearest, missing, key=len)
        if len(columns.needed) - len(missing) < _LIKENESS:  # a title
            unit = columns.declared_unit(record.cells) or unit
    if len(columns.needed) - len(nearest) < _LIKENESS:
        raise LayoutError(f"no header row within the first {_HEADER_WITHIN} rows")
    raise LayoutError("the header lacks the columns: " + ", ".join(nearest))


def check_same_header(found: Sequence[Cell], header: Header, columns: Columns) -> None:
    """Refuse a second header of another order or unit: under it, columns would be another's.

    Raises:
        LayoutError: if the row is one.
    """
    cells = [cell for cell in found if isinstance(cell, str)]
    if any(map(_LONG_NUMBER.search, cells)):
        return  # what every row of data has, and no header or title
    named = {
        name: (place, unit)
        for place, cell in enumerate(found)
        for name, unit in (columns.carried(cell),)
        if name is not None
    }
    if len(named) >= _HEADER_LIKE and named != header.named:
        raise LayoutError("a second header of another order or unit: send the reports one by one")
    if sum(map(bool, cells)) <= _TITLE_CELLS and columns.declared_unit(cells) is not None:
        raise LayoutError("a unit declared among the rows: send the reports one by one")
