"""TOML from outside, read strictly: every key is taken once, mistakes are told by their place.

Rulebooks, catalogues and batch descriptions are read with this.
"""

from __future__ import annotations

import datetime as dt
import enum
import re
import tomllib
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Self, TypeVar

from creditshare.arguments import expect
from creditshare.errors import InvalidValueError, RulebookError

__all__ = ["TEXT_MAX", "Section", "refuse_twice"]

TEXT_MAX = 256 * 1024
"""The most characters that such a text may have; as many bytes, for a file."""
_DOTS_MAX = 200
_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_-]{0,39}", re.ASCII)
_QUOTED = re.compile(r"\(?['\"].*['\"],?\)?", re.DOTALL)
_NAMES = {
    str: "a text",
    int: "an integer",
    bool: "true or false",
    dt.date: "a date without a time",
    list: "a list",
    dict: "a table",
}

T = TypeVar("T")
E = TypeVar("E", bound=enum.StrEnum)


class Section:
    """One table. What it cannot give as asked for raises a `RulebookError` with its place.

    Args:
        place: The table's name, empty for the whole text.
        values: What is in it.
    """

    def __init__(self, place: str, values: dict[str, Any]) -> None:
        self.place = place
        self._left = dict(values)

    @classmethod
    def of(cls, text: str) -> Self:
        """The whole of a TOML text.

        Raises:
            RulebookError: if it is none.
        """
        expect(str, text=text)
        if len(text) > TEXT_MAX or any(line.count(".") > _DOTS_MAX for line in text.split("\n")):
            # A key of n dotted parts costs the parser n squared.
            raise RulebookError("longer, or with more dots in a line, than such a file may be")
        try:
            return cls("", tomllib.loads(text))
        except tomllib.TOMLDecodeError as error:
            # The parser repeats keys, which may be anything; its own words and the place suffice.
            raise RulebookError(f"not TOML: {_QUOTED.sub('a key', str(error))}") from None
        except (ValueError, RecursionError):
            raise RulebookError("a number or a nesting beyond reason") from None

    def refuse(self, key: str, problem: str) -> RulebookError:
        """The error for a key of this table."""
        return RulebookError(f"{self._place(key)}: {problem}")

    def holds(self, key: str) -> bool:
        """Whether a key is there that was not taken yet."""
        return key in self._left

    def find(self, key: str, kind: type[T]) -> T | None:
        """The value of an optional key."""
        value = self._left.pop(key, None)
        if value is None:
            return None
        if type(value) is not kind:  # a datetime is also a date, but not wanted
            raise self.refuse(key, f"must be {_NAMES[kind]}")
        if isinstance(value, str) and not value.strip():
            raise self.refuse(key, "must not be blank")
        return value

    def take(self, key: str, kind: type[T]) -> T:
        """The value of a key that must be there."""
        value = self.find(key, kind)
        if value is None:
            raise self.refuse(key, "is missing")
        return value

    def choice(self, key: str, choices: type[E]) -> E:
        """The value of a key that must be there, one of a vocabulary."""
        return self.chosen(key, self.take(key, str), choices)

    def chosen(self, key: str, value: object, choices: type[E]) -> E:
        """A value that stood under a key, as one of a vocabulary."""
        for choice in choices:
            if value == choice.value:
                return choice
        raise self.refuse(key, f"must be one of {', '.join(choices)}")

    def choices(self, key: str, choices: type[E]) -> tuple[E, ...]:
        """The values of a list that must be there and hold something, each of a vocabulary."""
        values = self.take(key, list)
        if not values:
            raise self.refuse(key, "must not be empty")
        found = tuple(self.chosen(key, value, choices) for value in values)
        if len(set(found)) != len(found):
            raise self.refuse(key, "the same one stands twice")
        return found

    def section(self, key: str) -> Section | None:
        """An optional table inside."""
        values: dict[str, Any] | None = self.find(key, dict)
        return None if values is None else Section(self._place(key), values)

    def needed(self, key: str) -> Section:
        """A table inside that must be there."""
        found = self.section(key)
        if found is None:
            raise self.refuse(key, "is missing")
        return found

    def sections(self, key: str) -> list[Section]:
        """An array of tables inside, empty if it is not there."""
        found: list[Section] = []
        for number, values in enumerate(self.find(key, list) or (), start=1):
            if not isinstance(values, dict):
                raise self.refuse(key, f"must be tables, each under [[{key}]]")
            found.append(Section(f"{self._place(key)}[{number}]", values))
        return found

    def end(self) -> None:
        """Refuse the first key that was not taken; one that is no plain name is not repeated."""
        for key in self._left:
            raise self.refuse(key if _PLAIN.fullmatch(key) else "?", "an unknown key")

    def make(self, build: Callable[[], T]) -> T:
        """The value a table describes, its faults told by their place."""
        try:
            return build()
        except InvalidValueError as error:
            problems = (f"{self._place(fault.field)}: {fault.problem}" for fault in error.faults)
            raise RulebookError("; ".join(problems)) from None

    def _place(self, key: str) -> str:
        return f"{self.place}.{key}" if self.place else key


def refuse_twice(tables: Sequence[Section], key: str, names: Iterable[str]) -> None:
    """Refuse the first of some tables whose name stands in one before it.

    Raises:
        RulebookError: naming its place.
    """
    seen: set[str] = set()
    for table, name in zip(tables, names, strict=True):
        if name in seen:
            raise table.refuse(key, "stands twice")
        seen.add(name)
