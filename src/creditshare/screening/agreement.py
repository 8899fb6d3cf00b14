"""How far two statements of one fact agree, and what one slip of a finger can do to a text."""

from __future__ import annotations

import enum

__all__ = ["Agreement", "differ_by_one_slip"]


class Agreement(enum.Enum):
    """What comparing one second factor tells.

    Only AGREES corroborates. UNKNOWN tells nothing. All others prevent a match: a person looks, and
    the nearer ones tell that person what to look for.

    Attributes:
        AGREES: The same.
        SIMILAR: So near that one may be the other with a slip in it.
        PARTIAL: Of names: one has an initial, less or a mask where the other has more.
        TRANSLITERATED: Of names: one spells in Latin letters how the other sounds.
        CONFLICTS: Plainly different.
        UNKNOWN: One of them is not stated, or says nothing.
    """

    AGREES = "agrees"
    SIMILAR = "similar"
    PARTIAL = "partial"
    TRANSLITERATED = "transliterated"
    CONFLICTS = "conflicts"
    UNKNOWN = "unknown"


def differ_by_one_slip(left: str, right: str) -> bool:
    """Whether two texts are at most one slip apart.

    A slip is one character added, left out or changed, or two neighbours swapped: a distance of one
    after Damerau (1964). What the two begin and end with alike is cut off; what is left shows it.
    """
    begin = _alike(left, right)
    left, right = left[begin:], right[begin:]
    end = _alike(left[::-1], right[::-1])
    left, right = left[: len(left) - end], right[: len(right) - end]
    return max(len(left), len(right)) <= 1 or (len(left) == 2 and left == right[::-1])


def _alike(left: str, right: str) -> int:
    """How many characters two texts begin with alike."""
    pairs = enumerate(zip(left, right, strict=False))
    return next((place for place, (a, b) in pairs if a != b), min(len(left), len(right)))
