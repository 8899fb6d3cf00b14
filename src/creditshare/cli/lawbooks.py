"""The rulebook and the catalogue of measures that a command goes by: packaged, or a file."""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import attrs
import click

from creditshare.calendars import Unit
from creditshare.calendars.public import JURISDICTIONS
from creditshare.cli.exits import without_people
from creditshare.errors import RulebookError
from creditshare.layouts import BatchFacts
from creditshare.rules import MeasureCatalogue, Rulebook, conducts, measures, rulebook
from creditshare.rules.packaged import read_text
from creditshare.toml import Section

__all__ = [
    "catalogue_for",
    "counts_working_days",
    "measures_option",
    "named_batch",
    "named_catalogue",
    "named_rulebook",
    "rules_option",
    "todays",
    "with_todays_conducts",
]

Function = TypeVar("Function", bound=Callable[..., Any])
T = TypeVar("T")
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
    told = (
        "The catalogue of measures: cn, in, or a file that ends in .toml: a catalogue, or a "
        "rulebook that turns measures on in its country's."
    )
    return click.option("--measures", default="cn", show_default=True, help=told)(function)


def named_rulebook(name: str) -> Rulebook:
    """A rulebook of the library by its name, or one of a file by its path.

    Raises:
        RulebookError: naming the file, for a mistake in it, or if it counts working days where the
            command knows no calendar: better now than when the first term begins to run.
    """
    return _read(_rulebook_in, Path(name)) if name.endswith(_SUFFIX) else rulebook(name)


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


def named_catalogue(name: str, on: dt.date) -> MeasureCatalogue:
    """A catalogue of the library by its name, or that of a file by its path.

    Args:
        name: Its name, or the path of a catalogue, or of a rulebook that turns measures on.
        on: The day on which the rulebook is in force.

    Raises:
        RulebookError: if there is no such catalogue.
    """
    if not name.endswith(_SUFFIX):
        return measures(name)
    return _read(functools.partial(_catalogue, on=on), Path(name))


def named_batch(path: Path | None) -> BatchFacts | None:
    """What holds for all rows of a report; None without a file."""
    return None if path is None else _read(BatchFacts.load, path)


def _rulebook_in(path: Path) -> Rulebook:
    book = Rulebook.load(path)
    if counts_working_days(book) and book.jurisdiction not in JURISDICTIONS:
        known = ", ".join(JURISDICTIONS)
        raise RulebookError(f"rulebook.jurisdiction: working days need one of {known}")
    return book


def _catalogue(path: Path, on: dt.date) -> MeasureCatalogue:
    text = read_text(path)
    if not Section.of(text).holds("rulebook"):
        return MeasureCatalogue.from_toml(text)
    book = Rulebook.from_toml(text)
    known = catalogue_for(book)
    if known is None:
        raise RulebookError("no catalogue of measures is known for its jurisdiction")
    return known.turned_on(book.enabled(on))


def _read(load: Callable[[Path], T], path: Path) -> T:
    """Read one of several TOML files that a command takes: a mistake is told with its name."""
    try:
        return load(path)
    except RulebookError as error:
        raise RulebookError(f"{without_people(path.name)}: {error}") from None


def catalogue_for(book: Rulebook) -> MeasureCatalogue | None:
    """The library's catalogue of a rulebook's jurisdiction, if there is one."""
    name = _CATALOGUES.get(book.jurisdiction)
    return None if name is None else measures(name)
