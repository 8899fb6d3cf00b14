"""Comparing two names, with nothing but what is written."""

from __future__ import annotations

from collections import Counter

import attrs

from creditshare.screening.agreement import Agreement, differ_by_one_slip
from creditshare.screening.spelling import HIDDEN, Spelling

__all__ = ["PLAIN_NAMES", "Names"]


@attrs.frozen
class Names:
    """Compares names by their folded letters. Knows no language; needs no other library.

    Two names agree if their letters do (see `spelling`), or would after moving the family name to
    the other end of a name written with spaces. Subclass it and extend `judge` to know more.
    """

    def compare(self, left: str | None, right: str | None) -> Agreement:
        """Compare two names.

        Args:
            left: A name as stated, or None.
            right: Another; the answer is the same the other way round.

        Returns:
            UNKNOWN if one has no letter at all; else what `judge` says. Never raises.
        """
        if left is None or right is None:
            return Agreement.UNKNOWN
        one, other = Spelling.of(left), Spelling.of(right)
        if not (one.tells and other.tells):
            return Agreement.UNKNOWN
        return self.judge(one, other)

    def judge(self, one: Spelling, other: Spelling) -> Agreement:
        """Compare two folded names, each with a letter in it.

        Args:
            one: A name.
            other: Another.

        Returns:
            AGREES, PARTIAL, SIMILAR or CONFLICTS.
        """
        if HIDDEN not in one.letters and (
            one.letters == other.letters
            or one.letters in other.orders()
            or other.letters in one.orders()
        ):
            return Agreement.AGREES
        if _fills(one.letters, other.letters) or _abbreviates(one.words, other.words):
            return Agreement.PARTIAL
        return Agreement.SIMILAR if _similar(one, other) else Agreement.CONFLICTS


PLAIN_NAMES = Names()
"""What `screen` compares names with unless told otherwise."""


def _fills(one: str, other: str) -> bool:
    """Whether they are alike wherever neither hides a character, and that somewhere."""
    shown = [pair for pair in zip(one, other, strict=False) if HIDDEN not in pair]
    return len(shown) < len(one) == len(other) and bool(shown) and all(a == b for a, b in shown)


def _abbreviates(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    """Whether they share a whole word, and one's further words are missing or initials."""
    shared = Counter(one) & Counter(other)
    if max(map(len, shared), default=0) < 2:
        return False
    left, right = set(Counter(one) - shared), set(Counter(other) - shared)
    return left != right and all(
        len(few) > len(many) or all(any(_initial(word, full) for full in many) for word in few)
        for few, many in ((left, right), (right, left))
    )


def _initial(one: str, other: str) -> bool:
    return one[0] == other[0] and 1 in (len(one), len(other))


def _similar(one: Spelling, other: Spelling) -> bool:
    """Whether one is the other with other accents, another order, or one slip."""
    one, other = one.unaccented(), other.unaccented()
    if sorted(one.words) == sorted(other.words) or _turned(one, other):
        return True
    least = 3 if one.unspaced or other.unspaced else 5  # in a shorter name a slip is a name
    if max(len(one.letters), len(other.letters)) < least:
        return False
    return any(differ_by_one_slip(one.letters, order) for order in other.orders()) or any(
        differ_by_one_slip(other.letters, order) for order in one.orders()
    )


def _turned(one: Spelling, other: Spelling) -> bool:
    """Whether a name without spaces has its first characters at its end: 伟张 for 张伟."""
    same_length = len(one.letters) == len(other.letters)
    return same_length and one.unspaced and one.letters in other.letters * 2
