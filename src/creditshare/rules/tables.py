"""Reads the rules' TOML strictly; every error names the place."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from importlib import resources
from typing import Any, TypeVar

import attrs

from creditshare.errors import RulebookError
from creditshare.rules.citation import Citation

__all__ = ["Table", "packaged", "parse"]

_T = TypeVar("_T")


def packaged(name: str) -> str:
    """The text of a data file that comes with the library.

    Raises:
        RulebookError: if there is none of that name.
    """
    file = resources.files("creditshare.rules") / "data" / f"{name}.toml"
    if not name.replace("-", "").isalnum() or not file.is_file():
        raise RulebookError("no such rulebook or catalogue comes with this library")
    return file.read_text("utf-8")


def parse(text: str) -> Table:
    """Parse a TOML document.

    Raises:
        RulebookError: with the line, if it is not TOML.
    """
    try:
        return Table("", tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise RulebookError(f"not TOML: {error}") from None


@attrs.define
class Table:
    """A TOML table whose keys must all be taken, each with its type."""

    place: str
    _values: dict[str, Any]

    def take(self, key: str, kind: type[_T], default: _T | None = None) -> _T:
        """The value of a key; without a default it must be there.

        Raises:
            RulebookError: if it is missing or of another type.
        """
        value = self._values.pop(key, default)
        if value is None or type(value) is not kind:
            raise self._fault(key, f"must be {kind.__name__}")
        return value

    def table(self, key: str) -> Table:
        """A table within this one."""
        return Table(self._at(key), self.take(key, dict))

    def tables(self, key: str) -> list[Table]:
        """An array of tables; at least one."""
        items = self.take(key, list)
        if not items or not all(isinstance(item, dict) for item in items):
            raise self._fault(key, "must be one table or more")
        return [Table(f"{self._at(key)}[{number}]", item) for number, item in enumerate(items, 1)]

    def choice(self, key: str, kinds: Callable[[str], _T]) -> _T:
        """A name of an enumeration."""
        try:
            return kinds(self.take(key, str))
        except ValueError:
            raise self._fault(key, "holds an unknown name") from None

    def choices(self, key: str, kinds: Callable[[str], _T]) -> tuple[_T, ...]:
        """A list of names of an enumeration; at least one."""
        names = self.take(key, list)
        if not names or not all(isinstance(name, str) for name in names):
            raise self._fault(key, "must be a list of names")
        try:
            return tuple(map(kinds, names))
        except ValueError:
            raise self._fault(key, "holds an unknown name") from None

    def citation(self) -> Citation:
        """The table ``citation``."""
        table = self.table("citation")
        citation = Citation(*(table.take(key, str) for key in ("instrument", "article", "version")))
        table.end()
        return citation

    def __contains__(self, key: str) -> bool:
        return key in self._values

    def end(self) -> None:
        """Refuse what was not taken.

        Raises:
            RulebookError: naming the first unknown key.
        """
        for key in self._values:
            raise self._fault(key, "an unknown key")

    def _at(self, key: str) -> str:
        return f"{self.place}.{key}" if self.place else key

    def _fault(self, key: str, problem: str) -> RulebookError:
        return RulebookError(f"{self._at(key)}: {problem}")
