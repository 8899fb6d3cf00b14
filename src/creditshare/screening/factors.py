"""The second factors: does an applicant's name or birth date agree with a listing's?"""

from __future__ import annotations

import datetime as dt
import enum
import unicodedata

__all__ = ["Agreement", "compare_birth_dates", "compare_names"]

# Interpuncts of ethnic-minority names, which NFKC does not unify, and what stands between words.
_IGNORED = "·•・‧⋅⸱･.'’`-‐‑"


class Agreement(enum.Enum):
    """What comparing one factor tells."""

    AGREES = "agrees"
    CONFLICTS = "conflicts"
    UNKNOWN = "unknown"


def compare_names(left: str | None, right: str | None) -> Agreement:
    """Compare two names, ignoring width, case, spaces, interpuncts and invisible characters.

    Nothing cleverer: traditional characters, pinyin or a changed order are a conflict, which a
    person then looks at.
    """
    if left is None or right is None:
        return Agreement.UNKNOWN
    one, other = _fold(left), _fold(right)
    if not one or not other:
        return Agreement.UNKNOWN
    return Agreement.AGREES if one == other else Agreement.CONFLICTS


def compare_birth_dates(left: dt.date | None, right: dt.date | None) -> Agreement:
    """Compare two birth dates."""
    if left is None or right is None:
        return Agreement.UNKNOWN
    return Agreement.AGREES if left == right else Agreement.CONFLICTS


def _fold(name: str) -> str:
    folded = unicodedata.normalize("NFKC", name).casefold()
    return "".join(
        char
        for char in folded
        if char not in _IGNORED and unicodedata.category(char) not in ("Zs", "Cf", "Cc")
    )
