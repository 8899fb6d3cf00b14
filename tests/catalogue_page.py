"""The rows of docs/reference/conduct-and-measures.md, made from the catalogues.

``python tests/catalogue_page.py`` writes them into the page; a test compares.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

import creditshare as cs
from creditshare.rules import Citation, Measure, MeasureCatalogue, Proof, conducts

PAGE = Path(__file__).parent.parent / "docs" / "reference" / "conduct-and-measures.md"


def tables() -> Iterator[tuple[str, list[str]]]:
    """Each table by the heading above it, as lines."""
    catalogue = conducts()
    yield (
        "What proves a conduct",
        [
            *_head("code", "proof", "证明", "the evidence shows at least", "stands on"),
            *(
                _row(
                    f"`{kind.code}`",
                    kind.proof.words,
                    kind.proof.words_zh,
                    _proves(kind.proof),
                    _cited(kind.citations, kind.verified),
                )
                for kind in catalogue.conducts
            ),
        ],
    )
    yield (
        "Never a code",
        [
            *_head("what", "是什么", "why not", "为什么", "stands on"),
            *(
                _row(
                    item.meaning,
                    item.term,
                    item.reason,
                    item.reason_zh,
                    _cited(item.citations, item.verified),
                )
                for item in catalogue.never
            ),
        ],
    )
    for name, country in (("cn", "China"), ("in", "India")):
        yield f"Measures: {country}", _measures(cs.measures(name))


def written(text: str) -> str:
    """A page with the tables of this library in it."""
    for heading, lines in tables():
        before, told, after = text.partition(f"## {heading}\n")
        assert told, f"the page has no heading {heading}"
        section, following, rest = after.partition("\n## ")
        prose = re.sub(r"^\|.*\n?", "", section, flags=re.MULTILINE).strip("\n")
        table = "\n".join(lines)
        text = f"{before}{told}\n{prose}\n\n{table}\n{following}{rest}"
    return text


def _measures(catalogue: MeasureCatalogue) -> list[str]:
    return [
        *_head(
            "code",
            "term",
            "meets",
            "by",
            "class",
            "needs",
            "conduct",
            "severity",
            "on",
            "stands on",
        ),
        *(
            _row(
                f"`{it.code}`",
                it.term,
                ", ".join(it.targets),
                it.by,
                it.measure_class,
                it.needs_kind or it.needs.name.lower().replace("_", "-"),
                ", ".join(f"`{code}`" for code in it.conducts) or f"any: {it.link}",
                it.severity or "any",
                _on(it),
                _cited(it.citations, it.verified),
            )
            for it in catalogue.measures
        ),
    ]


def _on(measure: Measure) -> str:
    if measure.enabled:
        return "yes" if measure.tail is None else f"yes, and {_tail(measure)} after"
    return "no: doubtful" if measure.doubtful else "no: unread"


def _tail(measure: Measure) -> str:
    return f"{measure.tail.value} {measure.tail.unit}" if measure.tail else ""


def _proves(proof: Proof) -> str:
    told = ", ".join(f"`{what}`" for what in proof.proves)
    return told + ("; an instrument" if proof.instrument else "")


def _cited(citations: Iterable[Citation], verified: bool) -> str:
    return "; ".join(map(str, citations)) + ("" if verified else " (unread)")


def _head(*names: str) -> tuple[str, str]:
    return _row(*names), "|" + "---|" * len(names)


def _row(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"


if __name__ == "__main__":
    PAGE.write_text(written(PAGE.read_text("utf-8")), "utf-8")
