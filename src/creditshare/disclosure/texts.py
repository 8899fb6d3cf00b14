"""Every sentence of a report, from one file with both languages side by side.

A phrase has a table and a key, such as ``issuer.title``. The words of a vocabulary stand in a table
of its name, such as ``status.listed``; dots are no part of a key.
"""

from __future__ import annotations

import functools
import tomllib
from collections.abc import Iterable, Mapping
from importlib import resources
from types import MappingProxyType

from creditshare.disclosure.language import Language, Phrase

__all__ = ["Texts", "packaged", "phrases"]


def packaged(name: str) -> str:
    """The text of a file that comes with this room."""
    return (resources.files("creditshare.disclosure") / "data" / name).read_text("utf-8")


@functools.cache
def phrases() -> Mapping[str, Phrase]:
    """Every phrase by its name."""
    tables = tomllib.loads(packaged("texts.toml"))
    return MappingProxyType(
        {
            f"{table}.{key}": Phrase(**words)
            for table, entries in tables.items()
            for key, words in entries.items()
        }
    )


class Texts:
    """The phrases in one language.

    Args:
        language: Which.
    """

    def __init__(self, language: Language) -> None:
        self.language = language

    def __call__(self, name: str, /, **values: object) -> str:
        """A phrase with its blanks filled.

        Args:
            name: Its name.
            values: What stands in the blanks, by their names.
        """
        return phrases()[name].say(self.language).format(**values)

    def join(self, items: Iterable[str]) -> str:
        """Several items in a row."""
        return ("、" if self.language is Language.CHINESE else ", ").join(items)
