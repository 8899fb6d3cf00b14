"""Whom a command is about: identifiers and applicants, from CSV or JSON lines, as they come.

CSV has a header of these names, in any order; a second identifier stands in ``identifier_2``,
``scheme_2`` and ``country_2``, and so on to 16::

    reference,scheme,identifier,country,name,birth_date

A JSON line is an object of the same names, or with ``identifiers``: a list of objects of
``scheme``, ``identifier`` and ``country``, which then stand nowhere else. A bad row is refused
alone, with its number, its field and a reason that never repeats what stands in it.
"""

from __future__ import annotations

import datetime as dt
import itertools
import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, BinaryIO

from creditshare.cli.exits import hinted
from creditshare.errors import IdentifierError, InvalidValueError, LayoutError, NotListedError
from creditshare.identifiers import SCHEMES, Identifier
from creditshare.layouts import Encoding, RefusalKind, RowFault, RowRefusal
from creditshare.layouts.records import Records
from creditshare.layouts.refusal import Refused
from creditshare.layouts.source import LINE_MAX, Line
from creditshare.layouts.text import clean
from creditshare.layouts.values import read_date
from creditshare.screening import Applicant

__all__ = ["FIELDS", "Person", "nobody_named", "read_people"]

Person = tuple[int, Applicant]
"""The number of a row, and who stands in it."""

FIELDS = ("reference", "scheme", "identifier", "country", "name", "birth_date")
_OF_IDENTIFIER = ("scheme", "identifier", "country")
_OF_ONE = frozenset(_OF_IDENTIFIER)
_IDENTIFIERS_MAX = 16
_COLUMN = re.compile(r"(?:scheme|identifier|country)_(?:[2-9]|1[0-6])", re.ASCII)
_Fields = Mapping[str, str]


def nobody_named(*, also: str = "") -> NotListedError:
    """The error where nobody was named.

    Args:
        also: How else somebody can be named.
    """
    error = NotListedError("nobody was named")
    return hinted(error, f"nothing was changed; name somebody: in PEOPLE or a pipe{also}")


def read_people(
    stream: BinaryIO, *, encoding: Encoding, scheme: str | None
) -> Iterator[Person | RowRefusal]:
    """The people of a stream, one for each row; refused rows in their place.

    Args:
        stream: CSV, or JSON lines if its first character is a brace.
        encoding: Of its text.
        scheme: Of identifiers whose row does not say.

    Raises:
        LayoutError: if the header, or the text as a whole, cannot be read.
    """
    lines = _lines(stream, encoding)
    first = next(lines, None)
    if first is None:
        return
    whole = itertools.chain([first], lines)
    as_json = first.text is not None and first.text.lstrip().startswith("{")
    for number, found in _json_rows(whole) if as_json else _csv_rows(whole):
        if isinstance(found, RowFault):
            yield RowRefusal(number, (found,))
            continue
        item = _person(found, scheme)
        yield (number, item) if isinstance(item, Applicant) else RowRefusal(number, item)


def _lines(stream: BinaryIO, encoding: Encoding) -> Iterator[Line]:
    for number in itertools.count(1):
        raw = stream.readline(LINE_MAX + 1)
        if not raw:
            return
        if len(raw) > LINE_MAX and not raw.endswith(b"\n"):
            while (piece := stream.readline(LINE_MAX)) and not piece.endswith(b"\n"):
                pass
            yield Line(number, None, LINE_MAX + 1)
            continue
        try:
            text = raw.decode(encoding)
        except UnicodeDecodeError:
            raise LayoutError(f"line {number} is not text in {encoding}") from None
        text = text.removeprefix("\ufeff") if number == 1 else text
        yield Line(number, text.rstrip("\r\n"), len(raw))


def _csv_rows(lines: Iterator[Line]) -> Iterator[tuple[int, list[_Fields] | RowFault]]:
    records = Records(lines)
    header = records.read()
    if header is None or isinstance(header.cells, Refused) or not header.cells:
        raise LayoutError("the first line must be a header, or a JSON object")
    names = [clean(str(cell)).lower() for cell in header.cells]
    for place, name in enumerate(names, 1):
        if name not in FIELDS and not _COLUMN.fullmatch(name):
            raise LayoutError(f"column {place} of the header is none of: {', '.join(FIELDS)}")
    if len(set(names)) != len(names) or "identifier" not in names:
        raise LayoutError("the header must name the identifier, and each column once")
    while (record := records.read(len(names))) is not None:
        if isinstance(record.cells, Refused):
            yield record.number, RowFault("", record.cells.kind, record.cells.reason)
        elif record.cells:
            yield record.number, _split(dict(zip(names, map(str, record.cells), strict=True)))


def _split(row: _Fields) -> list[_Fields]:
    """A row's own fields and first identifier, and after that its further identifiers."""
    further = [
        {name: row.get(f"{name}_{n}", "") for name in _OF_IDENTIFIER}
        for n in range(2, _IDENTIFIERS_MAX + 1)
    ]
    return [row, *(item for item in further if clean(item["identifier"]))]


def _json_rows(lines: Iterator[Line]) -> Iterator[tuple[int, list[_Fields] | RowFault]]:
    for line in lines:
        if line.text is None:
            reason = f"a line longer than {LINE_MAX} bytes"
            yield line.number, RowFault("", RefusalKind.LINE_TOO_LONG, reason)
        elif line.text.strip():
            yield line.number, _json_row(line.text)


def _json_row(text: str) -> list[_Fields] | RowFault:
    try:
        found = json.loads(text, object_pairs_hook=_once)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        return _invalid("", "not a JSON object with each key once")
    several = "identifiers" in found
    rows = found.pop("identifiers", [{}])
    right = isinstance(rows, list) and all(isinstance(row, dict) for row in rows)
    if not right or not 0 < len(rows) <= _IDENTIFIERS_MAX:
        return _invalid("identifiers", f"must be a list of 1 to {_IDENTIFIERS_MAX} objects")
    if several and (_OF_ONE & found.keys() or any(row.keys() - _OF_ONE for row in rows)):
        names = ", ".join(_OF_IDENTIFIER)
        return _invalid("identifiers", f"its objects have {names}; nothing else has these")
    rows[0] = found | rows[0]
    for name, value in itertools.chain(*(row.items() for row in rows)):
        if name not in FIELDS:
            return _invalid("", f"a key that is none of: {', '.join(FIELDS)}, identifiers")
        if value is not None and not isinstance(value, str):
            return _invalid(name, "must be a text")
    return [{name: value or "" for name, value in row.items()} for row in rows]


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object; of a key that stands twice, one value would be lost."""
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError
    return found


def _person(rows: list[_Fields], scheme: str | None) -> Applicant | tuple[RowFault, ...]:
    own, faults = rows[0], []
    identifiers: list[Identifier] = []
    for row in rows:
        item = _identifier(row, scheme)
        if isinstance(item, RowFault):
            faults.append(item)
        else:
            identifiers.append(item)
    birth_date: dt.date | None = None
    if clean(own.get("birth_date", "")):
        read = read_date(clean(own["birth_date"]))
        if isinstance(read, Refused):
            faults.append(RowFault("birth_date", read.kind, read.reason))
        else:
            birth_date = read
    if faults:
        return tuple(faults)
    name, reference = own.get("name", "").strip(), own.get("reference", "").strip()
    try:
        return Applicant(identifiers, name or None, birth_date, reference)
    except InvalidValueError as error:
        return tuple(_invalid(fault.field, fault.problem) for fault in error.faults)


def _identifier(row: _Fields, default: str | None) -> Identifier | RowFault:
    name = clean(row.get("scheme", "")) or default
    kind = SCHEMES.get(name or "")
    if kind is None:
        problem = f"must be one of {', '.join(SCHEMES)}; --scheme says it for every row"
        return RowFault("scheme", RefusalKind.IDENTIFIER_SCHEME, problem)
    try:
        value, country = kind.canonical(row.get("identifier", ""), row.get("country", ""))
        return kind(value, country)
    except IdentifierError as error:
        return RowFault("identifier", RefusalKind(f"identifier-{error.kind}"), error.problem)


def _invalid(field: str, problem: str) -> RowFault:
    return RowFault(field, RefusalKind.VALUE_INVALID, problem)
