"""The layouts that `import` knows: the one place where the command line meets them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from creditshare.layouts import BatchFacts, Report, read_online_lending

__all__ = ["LAYOUTS", "read_report"]

LAYOUTS: dict[str, Callable[..., Report]] = {"online-lending": read_online_lending}


def read_report(layout: str, path: Path, batch: Path, *, encoding: str | None) -> Report:
    """A report file, not opened yet, to be iterated over once.

    Args:
        layout: One of `LAYOUTS`.
        path: The file.
        batch: The TOML beside it, with what holds for every row.
        encoding: As the layout takes it; None to detect it.
    """
    return LAYOUTS[layout](path, BatchFacts.load(batch), encoding=encoding)
