"""Rows of results, as JSON and as a plain table; and the machine they were measured on."""

from __future__ import annotations

import importlib.metadata
import os
import platform
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import attrs

from benchmarks.clock import Measured
from benchmarks.suite import FULL_SIZE, MEMORY_MB, PARSE_RATE, SUBJECTS, SUMS, Peer

__all__ = ["Row", "machine", "rows", "table"]

_LEFT = (0, 8)  # columns of words
_PARSE_US = 1e6 / 150_000
_LIBRARIES = ("creditshare", "attrs", "cryptography", "msgpack", "pyrage")


@attrs.frozen
class Row:
    """One comparison; a subject with several peers has several rows.

    Attributes:
        name: The subject.
        n: At how many records.
        seconds: Wall time.
        cpu_seconds: CPU time.
        per_record_us: Wall microseconds a record, row or call: the mean.
        p50_us: The median call, where calls were timed one by one.
        p99_us: The 99th percentile likewise.
        peak_mb: The most resident memory of its process, in 10^6 bytes.
        peer: The floor or peer, or None.
        peer_us: The peer's microseconds: its median where there is one, or else its mean.
        ratio: This one's as a multiple of the peer's.
        cpu_ratio: The same of CPU time, which other work on the machine disturbs less.
        bar: The most that the ratio may be at a million records, or None.
        met: Whether it is; None without a limit, or at another amount.
        memory_met: Whether the memory stayed under its limit; None at another amount.
    """

    name: str
    n: int
    seconds: float
    cpu_seconds: float
    per_record_us: float
    p50_us: float | None
    p99_us: float | None
    peak_mb: float
    peer: str | None = None
    peer_us: float | None = None
    ratio: float | None = None
    cpu_ratio: float | None = None
    bar: float | None = None
    met: bool | None = None
    memory_met: bool | None = None


def rows(names: Iterable[str], n: int, measured: Mapping[str, Measured]) -> list[Row]:
    """The rows of subjects and sums, each with its peers.

    Args:
        names: Which; those without peers give one row.
        n: At how many records.
        measured: By subject.
    """
    found = []
    for name in names:
        if name in SUMS:
            parts, peers = SUMS[name]
            own = _sum([measured[part] for part in parts])
        else:
            own, peers = measured[name], SUBJECTS[name].peers
        found += [_row(name, n, own, peer, measured) for peer in peers or (None,)]
    return found


def table(found: Sequence[Row]) -> str:
    """The rows as plain text."""
    head = (
        "name",
        "n",
        "seconds",
        "us each",
        "cpu us",
        "p50",
        "p99",
        "MB",
        "against",
        "ratio",
        "cpu",
        "bar",
    )
    lines = [head, *map(_cells, found)]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    return "\n".join(
        "  ".join(
            cell.ljust(width) if place in _LEFT else cell.rjust(width)
            for place, (cell, width) in enumerate(zip(line, widths, strict=True))
        ).rstrip()
        for line in lines
    )


def machine() -> dict[str, Any]:
    """What the figures were measured on."""
    info = Path("/proc/cpuinfo")
    lines = info.read_text("utf-8").splitlines() if info.exists() else []
    models = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    pages = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    return {
        "cpu": models[0] if models else platform.processor(),
        "cores": os.cpu_count(),
        "memory_gb": round(pages / 1e9, 1),
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
        "sqlite": sqlite3.sqlite_version,
        "libraries": {name: importlib.metadata.version(name) for name in _LIBRARIES},
    }


def _row(
    name: str, n: int, own: Measured, peer: Peer | None, measured: Mapping[str, Measured]
) -> Row:
    row = Row(
        name,
        n,
        own.seconds,
        own.cpu_seconds,
        own.per_record_us,
        own.p50_us,
        own.p99_us,
        own.peak_mb,
        memory_met=own.peak_mb <= MEMORY_MB if n == FULL_SIZE else None,
    )
    if peer is None:
        return row
    if peer.name == PARSE_RATE:
        peer_us, cpu_us = _PARSE_US, _PARSE_US
    else:
        other = measured[peer.name]
        peer_us, cpu_us = _each(other), other.cpu_seconds / other.count * 1e6
    ratio = _each(own) / peer_us
    return attrs.evolve(
        row,
        peer=peer.name,
        peer_us=peer_us,
        ratio=ratio,
        cpu_ratio=own.cpu_seconds / own.count * 1e6 / cpu_us,
        bar=peer.limit,
        met=ratio <= peer.limit if peer.limit is not None and n == FULL_SIZE else None,
    )


def _each(one: Measured) -> float:
    return one.per_record_us if one.p50_us is None else one.p50_us


def _sum(parts: Sequence[Measured]) -> Measured:
    return Measured(
        parts[0].count,
        sum(part.seconds for part in parts),
        sum(part.cpu_seconds for part in parts),
        max(part.peak_mb for part in parts),
    )


def _cells(row: Row) -> tuple[str, ...]:
    verdict = {True: " met", False: " MISSED", None: ""}[row.met]
    return (
        row.name,
        f"{row.n:,}",
        f"{row.seconds:.2f}",
        f"{row.per_record_us:.2f}",
        f"{row.per_record_us * row.cpu_seconds / row.seconds:.2f}",
        _number(row.p50_us),
        _number(row.p99_us),
        f"{row.peak_mb:.0f}" + (" OVER" if row.memory_met is False else ""),
        "" if row.peer is None else f"{row.peer} ({row.peer_us:.2f})",
        _number(row.ratio),
        _number(row.cpu_ratio),
        _number(row.bar) + verdict,
    )


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.2f}"
