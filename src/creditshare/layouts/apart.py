"""Reads an ``.xls`` workbook in a process of its own, whose memory and time have limits.

The binary format cannot be examined beforehand, and the parser trusts it: one cell at the far
corner of a sheet would end the process that reads it. So that process is another one.

It is given what Python needs to start and nothing else of the environment, in which secrets may
stand, and takes no module from the folder it happens to run in. It reads the workbook from its
standard input and writes a row a line, as JSON: a text is a cell, ``null`` a value that is no cell,
``false`` a number that lost its digits.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
from collections.abc import Iterator

from creditshare.errors import LayoutError
from creditshare.layouts.jsonlines import NOT_A_CELL, digits_lost
from creditshare.layouts.refusal import Cell
from creditshare.layouts.sheet import parsed, parser

__all__ = ["main", "rows_apart"]

_MEMORY_MAX = 2 * 1024 * 1024 * 1024
_SECONDS_MAX = 60
_OUTPUT_MAX = 256 * 1024 * 1024
_KEPT = ("LD_LIBRARY_PATH", "PYTHONHOME", "PYTHONDONTWRITEBYTECODE", "PYTHONPYCACHEPREFIX")


def rows_apart(data: bytes) -> Iterator[tuple[int, list[Cell]]]:
    """The rows of a workbook's one visible sheet, numbered as in the spreadsheet.

    Raises:
        LayoutError: if it cannot be read, or not within the limits.
    """
    parser()
    environment = {name: os.environ[name] for name in _KEPT if name in os.environ}
    environment["PYTHONPATH"] = os.pathsep.join(filter(None, sys.path))
    command = [sys.executable, "-P", "-c", f"from {__name__} import main; main()"]
    try:
        done = subprocess.run(  # noqa: S603 - this module, in this Python
            command,
            input=data,
            capture_output=True,
            env=environment,
            timeout=_SECONDS_MAX,
            check=False,
        )
    except (OSError, subprocess.SubprocessError):
        raise LayoutError("the workbook could not be read in time; save it as .xlsx") from None
    if done.returncode != 0:
        raise LayoutError("not a workbook that can be read; save it as .xlsx")
    for number, line in enumerate(done.stdout.splitlines(), start=1):
        yield number, [_told(cell) for cell in json.loads(line)]


def _told(cell: str | bool | None) -> Cell:
    if isinstance(cell, str):
        return cell
    return NOT_A_CELL if cell is None else digits_lost()


def main() -> None:
    """What the other process does."""
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY_MAX, _MEMORY_MAX))
    resource.setrlimit(resource.RLIMIT_CPU, (_SECONDS_MAX, _SECONDS_MAX))
    written = 0
    for _, cells in parsed(sys.stdin.buffer.read(), {}):
        told = [
            cell if isinstance(cell, str) else None if cell is NOT_A_CELL else False
            for cell in cells
        ]
        line = json.dumps(told)
        written += len(line)
        if written > _OUTPUT_MAX:
            sys.exit("too large")
        sys.stdout.write(line + "\n")
