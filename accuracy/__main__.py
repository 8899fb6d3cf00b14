"""Measure and print: ``python -m accuracy``."""

from __future__ import annotations

import argparse

from accuracy.report import FIGURES, PAGE, dump, measure_generated, tables, written_into


def main() -> None:
    """Measure, and print or write what came out."""
    parser = argparse.ArgumentParser(prog="python -m accuracy", description=__doc__)
    parser.add_argument("--generated", action="store_true", help="without FEBRL")
    parser.add_argument("--json", action="store_true", help="print the figures as JSON")
    parser.add_argument("--write", action="store_true", help="keep the figures, and write the page")
    asked = parser.parse_args()
    if asked.write and asked.generated:
        parser.error("the page needs FEBRL too")
    figures = measure_generated()
    if not asked.generated:
        try:
            from accuracy import febrl  # noqa: PLC0415 - a dependency group of its own
        except ImportError:
            parser.exit(1, "FEBRL needs the dependency group accuracy; or ask with --generated\n")
        figures |= febrl.measure()
    print(dump(figures) if asked.json else tables(figures), end="")
    if asked.write:
        FIGURES.write_text(dump(figures), "utf-8")
        PAGE.write_text(written_into(PAGE.read_text("utf-8"), figures), "utf-8")


if __name__ == "__main__":
    main()
