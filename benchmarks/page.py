"""Results as a Markdown table, for the documentation."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

__all__ = ["markdown"]

_Row = Mapping[str, Any]


def markdown(results: Path) -> str:
    """The table of a file of results: a line a comparison, a column an amount.

    Figures are microseconds a record: the mean, or the median where calls were timed one by one.
    Memory and ratios, of wall and of CPU time, are those of the largest amount.
    """
    told = json.loads(results.read_text("utf-8"))
    rows: Sequence[_Row] = told["rows"]
    amounts = sorted({row["n"] for row in rows})
    head = ["subject", *(f"{n:,}" for n in amounts), "MB", "against", "ratio", "CPU", "limit"]
    lines = [head, ["---", *["---:"] * (len(amounts) + 1), "---", *["---:"] * 3]]
    for name, peer in dict.fromkeys((row["name"], row["peer"]) for row in rows):
        same = {row["n"]: row for row in rows if (row["name"], row["peer"]) == (name, peer)}
        lines.append([name, *(_each(same.get(n)) for n in amounts), *_end(same[max(same)])])
    return "\n".join([*(f"| {' | '.join(line)} |" for line in lines), "", _machine(told), ""])


def _each(row: _Row | None) -> str:
    if row is None:
        return ""
    return f"{row['per_record_us']:.1f}" if row["p50_us"] is None else f"{row['p50_us']:.1f}"


def _end(row: _Row) -> list[str]:
    verdict = {True: ", met", False: ", missed", None: ""}[row["met"]]
    return [
        f"{row['peak_mb']:.0f}",
        row["peer"] or "",
        "" if row["ratio"] is None else f"{row['ratio']:.1f}",
        "" if row["cpu_ratio"] is None else f"{row['cpu_ratio']:.1f}",
        "" if row["bar"] is None else f"{row['bar']:g}{verdict}",
    ]


def _machine(told: Mapping[str, Any]) -> str:
    machine = told["machine"]
    libraries = ", ".join(f"{name} {version}" for name, version in machine["libraries"].items())
    return (
        f"Measured on {told['date'] or 'an unstated day'}: {machine['cpu']},"
        f" {machine['cores']} cores, {machine['memory_gb']} GB, {machine['system']};"
        f" Python {machine['python']}, SQLite {machine['sqlite']}, {libraries}."
    )
