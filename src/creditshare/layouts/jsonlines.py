"""JSON lines: one object a line, whose keys are the columns of its row.

Texts and numbers are cells, a null or a key that is not there is an empty cell. A number is taken
as it is written, unless it has more than 15 digits or an exponent: whoever wrote it may have kept
no more. Truth values, lists and objects are no cells.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from typing import NoReturn

from creditshare.errors import LayoutError
from creditshare.layouts.records import too_long
from creditshare.layouts.refusal import Cell, RefusalKind, Refused
from creditshare.layouts.source import Line
from creditshare.layouts.table import Columns, Header

__all__ = ["NOT_A_CELL", "digits_lost", "json_rows"]

_DIGITS_KEPT = 15
_SURROGATE = re.compile("[\ud800-\udfff]")
_LIKENESS = 2

NOT_A_CELL = Refused(RefusalKind.CELL_KIND, "neither a text, a number nor a date")
"""What a truth value, a list or an object gives."""


def digits_lost() -> Refused:
    """What a number gives whose last digits may be gone."""
    problem = "stored as a number, which keeps 15 digits; its last digits are lost"
    return Refused(RefusalKind.DIGITS_LOST, problem)


def json_rows(
    lines: Iterator[Line], columns: Columns
) -> Iterator[tuple[int, Header, Sequence[Cell] | Refused]]:
    """The rows of a sequence of lines: number, header, and the cells in its order.

    Raises:
        LayoutError: if the first object has none of the layout's columns.
    """
    keys: tuple[str, ...] | None = None
    header = columns.header(())
    checked = False
    for line in lines:
        if line.text is not None and not line.text.strip():
            continue
        pairs = too_long() if line.text is None else _pairs(line.text)
        if isinstance(pairs, Refused):
            yield line.number, header, pairs
            continue
        names = tuple(name for name, _ in pairs)
        if names != keys:
            try:
                header, keys = columns.header(names), names
            except LayoutError as error:
                yield line.number, header, Refused(RefusalKind.JSON, str(error))
                continue
        if not checked:
            _check_layout(header, columns)
            checked = True
        yield line.number, header, [_cell(value) for _, value in pairs]


class _Object(tuple[tuple[str, object], ...]):
    """The pairs of an object, in order."""

    __slots__ = ()


def _pairs(text: str) -> _Object | Refused:
    try:
        pairs = _DECODER.decode(text)
    except (ValueError, RecursionError):
        return Refused(RefusalKind.JSON, "not a line of JSON")
    if not isinstance(pairs, _Object):
        return Refused(RefusalKind.JSON, "not a JSON object")
    if len({name for name, _ in pairs}) != len(pairs):
        return Refused(RefusalKind.JSON, "an object with one key twice")
    if "\\u" in text and any(map(_SURROGATE.search, _texts(pairs))):
        return Refused(RefusalKind.JSON, "half of a character")
    return pairs


def _texts(pairs: _Object) -> Iterator[str]:
    for name, value in pairs:
        yield name
        if isinstance(value, str):
            yield value


def _cell(value: object) -> Cell:
    if value is None:
        return ""
    return value if isinstance(value, (str, Refused)) else NOT_A_CELL


def _number(literal: str) -> Cell:
    """A number as it is written, if nothing of it can be lost."""
    digits = literal.lstrip("-0.").replace(".", "")
    return literal if digits.isdigit() and len(digits) <= _DIGITS_KEPT else _zero(literal)


def _zero(literal: str) -> Cell:
    return "0" if set(literal) <= set("-0.") else digits_lost()


def _no_number(_: str) -> NoReturn:
    raise ValueError("NaN and Infinity are no JSON")


def _check_layout(header: Header, columns: Columns) -> None:
    missing = [name for name in columns.needed if name not in header.places]
    if len(columns.needed) - len(missing) < min(_LIKENESS, len(columns.needed)):
        raise LayoutError("the first object lacks the columns: " + ", ".join(missing))


_DECODER = json.JSONDecoder(
    object_pairs_hook=_Object, parse_int=_number, parse_float=_number, parse_constant=_no_number
)
