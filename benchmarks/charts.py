"""Results as SVG: what each subject costs a record, beside its peer; and the memory it takes."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure

__all__ = ["draw"]

_STYLE: dict[Any, Any] = {  # any key: the type checker knows only literal ones
    "svg.hashsalt": "creditshare",
    "svg.fonttype": "none",
    "font.family": "sans-serif",
    "font.size": 11,
    # One grey that reads on white and on black, and nothing behind it.
    **dict.fromkeys(("text.color", "axes.labelcolor", "xtick.color", "ytick.color"), "#808080"),
    "axes.edgecolor": "#808080",
    "axes.facecolor": "none",
    "figure.facecolor": "none",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "legend.frameon": False,
}
_OURS, _PEER, _LIMIT = "#2a8fbd", "#b0905a", "#c8553d"
_THROUGHPUT = (
    ("parse-and-tag", "hmac"),
    ("record-and-seal", "incumbent-write"),
    ("open-and-apply", "incumbent-read"),
    ("open-and-apply", "insert"),
    ("screen-many", "look-up-many"),
)
_LATENCY = (
    ("screen-one", "look-up"),
    ("screen-one-roster", "look-up"),
    ("screen-one-hit", "look-up-hit"),
)
_MEMORY = (
    "parse-and-tag",
    "record",
    "seal",
    "open-and-apply",
    "screen-one",
    "screen-many",
    "incumbent-write",
    "incumbent-read",
)
_Row = Mapping[str, Any]


def draw(results: Path, folder: Path) -> None:
    """Draw the charts of a file of results; the same file gives the same bytes.

    Args:
        results: What ``--out`` wrote.
        folder: Where ``throughput.svg``, ``latency.svg`` and ``memory.svg`` go.
    """
    rows: list[_Row] = json.loads(results.read_text("utf-8"))["rows"]
    folder.mkdir(parents=True, exist_ok=True)
    charts: dict[str, Callable[[Sequence[_Row], Axes], None]] = {
        "throughput": _throughput,
        "latency": _latency,
        "memory": _memory,
    }
    with mpl.rc_context(_STYLE):
        for name, chart in charts.items():
            figure = Figure(figsize=(7.5, 4), layout="constrained")
            chart(rows, figure.add_subplot())
            figure.savefig(folder / f"{name}.svg", metadata={"Date": None, "Creator": None})


def _throughput(rows: Sequence[_Row], axes: Axes) -> None:
    _pairs(rows, axes, _THROUGHPUT, "per_record_us", "microseconds a record")


def _latency(rows: Sequence[_Row], axes: Axes) -> None:
    _pairs(rows, axes, _LATENCY, "p50_us", "microseconds a call, median")


def _pairs(
    rows: Sequence[_Row], axes: Axes, pairs: Sequence[tuple[str, str]], field: str, label: str
) -> None:
    """Bars of subject and peer at the largest amount, with the limit where there is one."""
    most = max(row["n"] for row in rows)
    found = [
        row
        for pair in pairs
        for row in rows
        if (row["name"], row["peer"]) == pair and row["n"] == most
    ]
    places = range(len(found))
    ours, peers = [row[field] for row in found], [row["peer_us"] for row in found]
    bars = axes.barh([place - 0.2 for place in places], ours, 0.38, color=_OURS)
    axes.bar_label(bars, [f"{row[field]:.1f}  ({row['ratio']:.1f} ×)" for row in found], padding=4)
    bars = axes.barh([place + 0.2 for place in places], peers, 0.38, color=_PEER)
    axes.bar_label(bars, [f"{row['peer']}: {row['peer_us']:.1f}" for row in found], padding=4)
    for place, row in zip(places, found, strict=True):
        if row["bar"] is not None:
            limit = row["bar"] * row["peer_us"]
            axes.plot([limit, limit], [place - 0.42, place], color=_LIMIT, linewidth=2)
    axes.set_yticks(places, [row["name"] for row in found])
    axes.invert_yaxis()
    axes.margins(x=0.25)
    axes.set_xlabel(f"{label}, n = {most:,}; the upright line is the limit")


def _memory(rows: Sequence[_Row], axes: Axes) -> None:
    """A line a subject: the most memory of its process, by the number of records."""
    for place, name in enumerate(_MEMORY):
        peaks = {row["n"]: row["peak_mb"] for row in rows if row["name"] == name}
        line = "--" if name.startswith("incumbent") else "-"
        color = mpl.colormaps["tab10"](place)
        axes.plot(list(peaks), list(peaks.values()), line, marker="o", color=color, label=name)
    axes.set_xscale("log")
    axes.set_ylim(bottom=0)
    axes.set_xlabel("records")
    axes.set_ylabel("most memory, 10⁶ bytes")
    axes.legend(loc="center left", bbox_to_anchor=(1, 0.5))
