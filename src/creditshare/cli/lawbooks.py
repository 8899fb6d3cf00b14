"""The rulebook and the catalogue of measures that a command goes by: packaged, or a file."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

import attrs
import click

from creditshare.calendars import Unit
from creditshare.calendars.public import JURISDICTIONS
from creditshare.errors import RulebookError
from creditshare.rules import MeasureCatalogue, Rulebook, conducts, measures, rulebook

__all__ = [
    "catalogue_for",
    "counts_working_days",
    "measures_option",
    "named_catalogue",
    "named_rulebook",
    "rules_option",
    "todays",
    "with_todays_conducts",
]

Function = TypeVar("Function", bound=Callable[..., Any])
_SUFFIX = ".toml"
_CATALOGUES = {"CN": "cn", "IN": "in"}


def rules_option(function: Function) -> Function:
    """Give a command ``--rules``, for `named_rulebook`."""
    told = (
        "The rulebook of the review: cn, in, uk, us, eu, an id such as cn-court-list, or a file "
        "that ends in .toml."
    )
    return click.option("--rules", default="cn", show_default=True, help=told)(function)


def measures_option(function: Function) -> Function:
    """Give a command ``--measures``, for `named_catalogue`."""
    told = "The catalogue of measures: cn, in, or a file that ends in .toml."
    return click.option("--measures", default="cn", show_default=True, help=told)(function)


def named_rulebook(name: str) -> Rulebook:
    """A rulebook of the library by its name, or one of a file by its path.

    Raises:
        RulebookError: naming the file, for a mistake in it, or if it counts working days where the
            command knows no calendar: better now than when the first term begins to run.
    """
    if not name.endswith(_SUFFIX):
        return rulebook(name)
    with _of_file(name):
        book = Rulebook.load(Path(name))
        if counts_working_days(book) and book.jurisdiction not in JURISDICTIONS:
            known = ", ".join(JURISDICTIONS)
            raise RulebookError(f"rulebook.jurisdiction: working days need one of {known}")
        return book


def counts_working_days(book: Rulebook) -> bool:
    """Whether a term of a rulebook is in working days."""
    return any(rule.deadline and rule.unit == Unit.WORKING_DAYS for rule in book.rules)


def todays(kept: Rulebook) -> Rulebook:
    """The library's version of a rulebook that cleared something; if there is none, its rules."""
    try:
        return rulebook(kept.id)
    except RulebookError:
        return with_todays_conducts(kept)


def with_todays_conducts(kept: Rulebook) -> Rulebook:
    """A kept rulebook's rules, with the catalogue of conducts that the library has by now."""
    return attrs.evolve(kept, conducts=conducts().name)


def named_catalogue(name: str) -> MeasureCatalogue:
    """A catalogue of the library by its name, or one of a file by its path.

    Raises:
        RulebookError: naming the file, for a mistake in it.
    """
    if not name.endswith(_SUFFIX):
        return measures(name)
    with _of_file(name):
        return MeasureCatalogue.load(Path(name))


def catalogue_for(book: Rulebook) -> MeasureCatalogue | None:
    """The library's catalogue of a rulebook's jurisdiction, if there is one."""
    name = _CATALOGUES.get(book.jurisdiction)
    return None if name is None else measures(name)


@contextlib.contextmanager
def _of_file(name: str) -> Iterator[None]:
    try:
        yield
    except RulebookError as error:
        raise RulebookError(f"{Path(name).name}: {error}") from None
