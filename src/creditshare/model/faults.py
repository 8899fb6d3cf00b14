"""Collects every fault of a value before it is refused, so that one correction round suffices."""

from __future__ import annotations

import datetime as dt
import unicodedata
from collections.abc import Iterable
from typing import Any, NoReturn

from creditshare.errors import Fault, InvalidValueError

__all__ = ["Faults", "as_tuple"]

_FILLERS = "\u115f\u1160\u2800\u3164\uffa0"  # letters and symbols that are drawn as nothing
_UNSEEN = frozenset({"Zs", "Zl", "Zp", "Cc", "Cf", "Cs", "Mn", "Me"})
_CONTROLS = frozenset({"Cc", "Cs", "Zl", "Zp"})
"""Control characters, lone surrogates, which UTF-8 cannot carry, and U+2028 and U+2029, which end a
line as only a line feed may."""
_REORDERING = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"  # bidirectional controls


def as_tuple(value: object) -> tuple[Any, ...]:
    """A tuple of any collection; a single value becomes an item, for `Faults.items` to judge."""
    if isinstance(value, Iterable) and not isinstance(value, (str, bytes)):
        return tuple(value)
    return (value,)


class Faults:
    """The faults of one value; `raise_any` ends the collection.

    Args:
        what: What kind of value it is, for the error.
    """

    __slots__ = ("_faults", "_what")

    def __init__(self, what: str) -> None:
        self._what = what
        self._faults: list[Fault] = []

    def add(self, field: str, problem: str) -> None:
        """Note a fault."""
        self._faults.append(Fault(field, problem))

    def check(self, field: str, holds: bool, problem: str) -> None:
        """Note a fault unless something holds."""
        if not holds:
            self.add(field, problem)

    def kind(self, field: str, value: object, expected: type, *, optional: bool = False) -> bool:
        """Check a type; tells whether there is a value of it."""
        if value is None and optional:
            return False
        if not isinstance(value, expected):
            self.add(field, f"must be {expected.__name__}" + (" or None" if optional else ""))
            return False
        return True

    def text(
        self,
        field: str,
        value: object,
        *,
        limit: int,
        optional: bool = False,
        multiline: bool = False,
        trimmed: bool = False,
    ) -> None:
        """Check a text: not blank, at most `limit` characters, none that hides or reorders it.

        One that is `trimmed` neither begins nor ends with a space: it is compared with others.
        """
        if self.kind(field, value, str, optional=optional) and isinstance(value, str):
            self.check(field, _is_visible(value), "must not be blank")
            self.check(field, len(value) <= limit, f"must be at most {limit} characters")
            plain = not _has_control(value, "\n" if multiline else "")
            self.check(field, plain, "must not hold control characters")
            if trimmed:
                whole = value == value.strip()
                self.check(field, whole, "must not begin or end with a space")

    def number(self, field: str, value: object, least: int, most: int) -> None:
        """Check an integer's range; a boolean is not one."""
        right = isinstance(value, int) and not isinstance(value, bool)
        if not right or not least <= value <= most:  # type: ignore[operator]
            self.add(field, f"must be an integer from {least} to {most}")

    def day(self, field: str, value: object, *, optional: bool = False) -> None:
        """Check a calendar day; a datetime is refused, for its time would be dropped silently."""
        if isinstance(value, dt.datetime):
            self.add(field, "must be a date without a time")
        elif self.kind(field, value, dt.date, optional=optional) and isinstance(value, dt.date):
            self.check(field, 1800 <= value.year <= 9000, "must lie in the years 1800 to 9000")

    def items(self, field: str, values: tuple[object, ...], expected: type, limit: int) -> None:
        """Check a tuple's length and the type of every item."""
        self.check(field, len(values) <= limit, f"must be at most {limit}")
        for value in values:
            if not isinstance(value, expected):
                self.add(field, f"each must be {expected.__name__}")
                break

    def raise_any(self) -> None:
        """Raise what was collected, if anything.

        Raises:
            InvalidValueError: with every fault.
        """
        if self._faults:
            self._refuse()

    def _refuse(self) -> NoReturn:
        raise InvalidValueError(self._what, tuple(self._faults))


def _is_visible(text: str) -> bool:
    """Whether a text shows anything: spaces, marks without width and fillers do not."""
    return any(char not in _FILLERS and unicodedata.category(char) not in _UNSEEN for char in text)


def _has_control(text: str, allowed: str) -> bool:
    if text.isprintable():
        return False
    # Unassigned code points pass: which they are depends on the Python, and a name must not.
    return any(
        char in _REORDERING or (unicodedata.category(char) in _CONTROLS and char not in allowed)
        for char in text
    )
