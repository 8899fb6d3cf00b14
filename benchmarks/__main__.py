"""The command line: ``python -m benchmarks``."""

from __future__ import annotations

import argparse
import contextlib
import json
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import attrs

from benchmarks.report import Row, machine, rows, table
from benchmarks.run import measure, profile
from benchmarks.suite import SUBJECTS, SUMS, told

__all__: list[str] = []


def main(arguments: list[str] | None = None) -> None:
    """Measure, and tell on standard output; what runs now is told on standard error.

    Args:
        arguments: Of the command line; the process's own if None.
    """
    parser = _parser()
    asked = parser.parse_args(arguments)
    if asked.names[:1] == ["charts"]:
        from benchmarks.charts import draw  # noqa: PLC0415 - the only part that needs matplotlib

        if len(asked.names) != 3:
            parser.error("charts takes a file of results and a folder")
        draw(Path(asked.names[1]), Path(asked.names[2]))
        return
    names = [*SUBJECTS, *SUMS] if asked.all else asked.names
    unknown = set(names) - {*SUBJECTS, *SUMS}
    if unknown or not names:
        parser.error(f"choose from: {', '.join([*SUBJECTS, *SUMS])}; or --all; or charts")
    if asked.profile:
        with _folder(asked.work, asked.n[0]) as folder:
            for name in names:
                profile(name, asked.n[0], folder)
        return
    found: list[Row] = []
    for n in asked.n:
        with _folder(asked.work, n) as folder:
            measured = measure(names, n, folder, repeat=asked.repeat, note=_note)
        found += rows(_with_peers(names), n, measured)
    if asked.out:
        results = {"machine": machine(), "date": asked.date, "rows": list(map(attrs.asdict, found))}
        asked.out.write_text(json.dumps(results, indent=1) + "\n", "utf-8")
    if asked.json:
        sys.stdout.writelines(json.dumps(attrs.asdict(row)) + "\n" for row in found)
    else:
        sys.stdout.write(table(found) + "\n")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    add = parser.add_argument
    add("names", nargs="*", metavar="NAME", help="a subject; or: charts RESULTS FOLDER")
    add("--all", action="store_true", help="every subject")
    add("--n", type=_amounts, default=[10_000], help="how many records, such as 10000,100000")
    add("--repeat", type=int, default=1, help="run everything so often; the fastest counts")
    add("--work", type=Path, help="keep the files in a folder, and use those that are there")
    add("--json", action="store_true", help="one JSON object a line")
    add("--out", type=Path, help="write the results with the machine they are of")
    add("--date", help="the date to write with them")
    add("--profile", action="store_true", help="tell where the time goes, by own time")
    return parser


def _amounts(text: str) -> list[int]:
    return [int(amount) for amount in text.split(",")]


def _with_peers(names: list[str]) -> list[str]:
    """The names asked for, and the subjects they are compared with, in the suite's order."""
    wanted = told(names) | set(names)
    return [name for name in [*SUBJECTS, *SUMS] if name in wanted]


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
