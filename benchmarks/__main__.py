"""The command line: ``python -m benchmarks``.

::

    NAME ... [--n 10000,100000] [--repeat 3]     measure subjects, each beside its peers
    --all                                        measure every subject
    NAME --profile                               tell where the time goes, by own time
    charts RESULTS FOLDER                        draw what --out wrote
    table RESULTS                                the same as a Markdown table
"""

from __future__ import annotations

import argparse
import contextlib
import json
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import attrs

from benchmarks.page import markdown
from benchmarks.report import Row, machine, rows, table
from benchmarks.run import measure, profile
from benchmarks.suite import SUBJECTS, SUMS, told

__all__: list[str] = []

_NAMES = [*SUBJECTS, *SUMS]


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure, and tell on standard output; what runs now is told on standard error.

    Args:
        arguments: Of the command line; the process's own if None.
    """
    parser = _parser()
    asked = parser.parse_args(arguments)
    names = _NAMES if asked.all else asked.names
    match asked.names:
        case ["charts", results, folder]:
            from benchmarks.charts import draw  # noqa: PLC0415 - nothing else needs matplotlib

            draw(Path(results), Path(folder))
        case ["table", results]:
            sys.stdout.write(markdown(Path(results)))
        case _ if not names or set(names) - set(_NAMES):
            parser.error(f"choose from: {', '.join(_NAMES)}")
        case _ if asked.profile:
            _profile(names, asked)
        case _:
            _measure(names, asked)


def _measure(names: Sequence[str], asked: argparse.Namespace) -> None:
    wanted = told(names) | set(names)
    shown = [name for name in _NAMES if name in wanted]
    found: list[Row] = []
    for n in asked.n:
        with _folder(asked.work, n) as folder:
            measured = measure(names, n, folder, repeat=asked.repeat, note=_note)
        found += rows(shown, n, measured)
    as_dicts = [attrs.asdict(row) for row in found]
    if asked.out:
        results = {"machine": machine(), "date": asked.date, "rows": as_dicts}
        asked.out.write_text(json.dumps(results, indent=1) + "\n", "utf-8")
    if asked.json:
        sys.stdout.writelines(json.dumps(row) + "\n" for row in as_dicts)
    else:
        sys.stdout.write(table(found) + "\n")


def _profile(names: Sequence[str], asked: argparse.Namespace) -> None:
    with _folder(asked.work, asked.n[0]) as folder:
        for name in sorted(told(names) & set(names)):
            profile(name, asked.n[0], folder)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add("names", nargs="*", metavar="NAME", help="a subject, or a sum of subjects")
    add("--all", action="store_true", help="every subject")
    add("--n", type=_amounts, default=[10_000], help="how many records, such as 10000,100000")
    add("--repeat", type=_positive, default=1, help="run all so often; the fastest counts")
    add("--work", type=Path, help="keep the files in a folder, and use those that are there")
    add("--json", action="store_true", help="one JSON object a line")
    add("--out", type=Path, help="write the results with the machine they are of")
    add("--date", help="the date to write with them")
    add("--profile", action="store_true", help="tell where the time goes, by own time")
    return parser


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise ValueError
    return number


def _amounts(text: str) -> list[int]:
    return [_positive(amount) for amount in text.split(",")]


@contextlib.contextmanager
def _folder(work: Path | None, n: int) -> Iterator[Path]:
    if work is None:
        with tempfile.TemporaryDirectory(prefix="creditshare-benchmarks-") as name:
            yield Path(name)
    else:
        folder = work / str(n)
        folder.mkdir(parents=True, exist_ok=True)
        yield folder


def _note(text: str) -> None:
    if sys.stderr.isatty():
        sys.stderr.write(text + "\n")


if __name__ == "__main__":
    main()
