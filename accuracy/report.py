"""The figures as JSON, and as the tables of the documentation."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import attrs

from accuracy import generated
from accuracy.tally import Tally, interval, total
from creditshare.screening import ChineseNames, Names

__all__ = [
    "COUNT",
    "FIGURES",
    "PAGE",
    "Figures",
    "dump",
    "load",
    "measure_generated",
    "tables",
    "written_into",
]

COUNT = 1500
"""Pairs of each generated kind."""

FIGURES = Path(__file__).with_name("figures.json")
PAGE = Path(__file__).parent.parent / "docs" / "explanation" / "second-factors.md"

Figures = Mapping[str, Sequence[Tally]]
"""The tallies by what was measured: a key of `_TITLES`."""

_BEGIN, _END = "<!-- figures: python -m accuracy --write -->", "<!-- end of figures -->"
_TITLES = {
    "plain": "generated names, `Names`",
    "chinese": "generated names, `ChineseNames`",
    "febrl": "FEBRL, name and birth date",
    "febrl-name": "FEBRL, the name alone",
    "febrl-birth-date": "FEBRL, the birth date alone",
}


def measure_generated(count: int = COUNT) -> dict[str, Sequence[Tally]]:
    """Measure both comparers on generated names."""
    return {
        "plain": generated.measure(Names(), count),
        "chinese": generated.measure(ChineseNames(), count),
    }


def dump(figures: Figures) -> str:
    """Figures as JSON, a tally a line."""
    parts = (
        f'"{name}": [\n '
        + ",\n ".join(json.dumps(attrs.asdict(tally), ensure_ascii=False) for tally in tallies)
        + "\n]"
        for name, tallies in figures.items()
    )
    return "{" + ",\n".join(parts) + "}\n"


def load(text: str) -> dict[str, Sequence[Tally]]:
    """Figures out of JSON."""
    return {
        name: [Tally(**values) for values in tallies] for name, tallies in json.loads(text).items()
    }


def tables(figures: Figures) -> str:
    """The figures as Markdown."""
    parts = [_summary(figures)]
    if "febrl" in figures:
        parts.append(_febrl(figures["febrl"]))
    parts.append(_generated(figures["plain"], figures["chinese"]))
    return "\n".join(parts)


def written_into(page: str, figures: Figures) -> str:
    """A page with the tables between its two marks."""
    before, _, rest = page.partition(_BEGIN)
    _, _, after = rest.partition(_END)
    return f"{before}{_BEGIN}\n\n{tables(figures)}\n{_END}{after}"


def _summary(figures: Figures) -> str:
    head = ("", "precision of a match", "recall of a match", "match or near", "two persons matched")
    return _table(
        head, (_summed(_TITLES[name], figures[name]) for name in _TITLES if name in figures)
    )


def _summed(title: str, tallies: Sequence[Tally]) -> tuple[str, ...]:
    same, other = total(tallies, same=True), total(tallies, same=False)
    return (
        title,
        _share(same.match, same.match + other.match),
        _share(same.match, same.pairs),
        _share(same.match + same.near, same.pairs),
        f"{other.match:,} of {other.pairs:,}",
    )


def _febrl(tallies: Iterable[Tally]) -> str:
    head = ("two records of FEBRL", "pairs", "match", "near", "conflict", "neither told")
    return _table(
        head,
        (
            (t.kind, *(f"{n:,}" for n in (t.pairs, t.match, t.near, t.conflict, t.nothing)))
            for t in tallies
        ),
    )


def _generated(plain: Iterable[Tally], chinese: Iterable[Tally]) -> str:
    head = (
        *("two generated names", "pairs", "match", "near", "conflict"),
        *("Chinese: match", "near", "conflict"),
    )
    return _table(
        head,
        (
            (
                one.kind,
                *(f"{n:,}" for n in (one.pairs, one.match, one.near, one.conflict)),
                *(f"{n:,}" for n in (other.match, other.near, other.conflict)),
            )
            for one, other in zip(plain, chinese, strict=True)
        ),
    )


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---", *["--:"] * (len(head) - 1)], *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def _share(part: int, whole: int) -> str:
    low, high = interval(part, whole)
    return f"{part / whole:.2%} ({low:.2%} to {high:.2%})"
