"""Results for people: text in a pipe, tables on a terminal, progress on standard error."""

from __future__ import annotations

import contextlib
import json
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, TextIO, TypeVar

import click

from creditshare.cli.tables import inert

__all__ = ["Data", "busy", "note", "track", "write"]

Data = Mapping[str, Any]
"""What a command answers: texts, numbers, lists, and mappings of them; JSON can carry it."""

_EVERY = 256
T = TypeVar("T")


def write(data: Data, *, as_json: bool, to: TextIO) -> None:
    """Write a result: one line of JSON, or a line for each thing it says."""
    if as_json:
        to.write(json.dumps(data, ensure_ascii=False) + "\n")
        return
    _write(data, to, "")


def note(text: str) -> None:
    """Tell something beside the result, on standard error."""
    as_json = click.get_current_context().ensure_object(dict).get("json")
    sys.stderr.write((json.dumps({"note": text}) if as_json else f"note: {text}") + "\n")


def track(items: Iterable[T], what: str, *, written: bool = False) -> Iterator[T]:
    """Count items on a terminal, as they pass; silent in a pipe.

    Args:
        items: What passes.
        what: What they are, in the plural.
        written: Whether each is written to standard output: on a terminal that shows enough.
    """
    if not sys.stderr.isatty() or (written and sys.stdout.isatty()):
        yield from items
        return
    from rich.console import Console  # noqa: PLC0415 - only for a terminal
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn  # noqa: PLC0415

    told = TextColumn("{task.completed:,} " + what)
    columns = (SpinnerColumn(), told, TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task, count = bar.add_task(what, total=None), 0
        for count, item in enumerate(items, 1):
            yield item
            if count % _EVERY == 0:
                bar.update(task, completed=count)


@contextlib.contextmanager
def busy(what: str) -> Iterator[None]:
    """Show on a terminal that something is under way; silent in a pipe."""
    if not sys.stderr.isatty():
        yield
        return
    from rich.console import Console  # noqa: PLC0415 - only for a terminal

    with Console(stderr=True).status(what):
        yield


def _write(data: Data, to: TextIO, indent: str) -> None:
    for name, value in data.items():
        title = indent + name.replace("_", " ") + ":"
        if not value or not isinstance(value, (list, tuple, Mapping)):
            to.write(f"{title} {_text(value)}\n")
            continue
        to.write(title + "\n")
        if isinstance(value, Mapping):
            _write(value, to, indent + "  ")
        elif not isinstance(value[0], Mapping):
            to.writelines(f"{indent}  {_text(item)}\n" for item in value)
        elif indent or any(isinstance(cell, (Mapping, list)) for cell in value[0].values()):
            for number, row in enumerate(value, 1):
                to.write(f"{indent}  {number}.\n")
                _write(row, to, indent + "    ")
        else:
            _write_table(value, to)


def _write_table(rows: Sequence[Data], to: TextIO) -> None:
    names = list(rows[0])
    if not to.isatty():
        to.write("\t".join(names) + "\n")
        to.writelines("\t".join(_cell(row[name]) for name in names) + "\n" for row in rows)
        return
    cells = [[_text(row[name]) for name in names] for row in rows]
    from rich.console import Console  # noqa: PLC0415 - only for a terminal
    from rich.table import Table  # noqa: PLC0415
    from rich.text import Text  # noqa: PLC0415

    table = Table(*names)
    for row in cells:
        table.add_row(*map(Text, row))
    Console(file=to).print(table)


def _cell(value: object) -> str:
    """A value in a line of tabs, which a spreadsheet may read."""
    text = _text(value)
    return inert(text.replace("\t", " ")) if value and isinstance(value, str) else text


def _text(value: object) -> str:
    """A value on one line; nothing as a hyphen."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return f"{value:,}"
    return " ".join(str(value).split("\n")) if value else "-"
