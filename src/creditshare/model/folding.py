"""Names of creditors and parties, folded: two spellings that differ in form alone are one."""

from __future__ import annotations

import unicodedata

__all__ = ["fold_name"]


def fold_name(name: str) -> str:
    """A name without widths, case and spaces (NFKC); to compare with, never to show."""
    return "".join(unicodedata.normalize("NFKC", name).casefold().split())
