"""ISO/IEC 7064 MOD 11-2 over 17 digits: the check character of Chinese identity numbers.

GB 11643-1999 writes it as weights 7 9 10 5 8 4 2 1 6 3 7 9 10 5 8 4 2, which are 2^17 to 2^1
modulo 11.
"""

from __future__ import annotations

from operator import mul

__all__ = ["mod_11_2"]

_WEIGHTS = tuple(pow(2, 17 - i, 11) for i in range(17))
_CHARACTERS = "10X98765432"
_ZEROS = ord("0") * sum(_WEIGHTS)  # what the ASCII codes add to the weighted sum of the digits


def mod_11_2(digits: str) -> str:
    """The check character of 17 ASCII digits."""
    return _CHARACTERS[(sum(map(mul, digits.encode(), _WEIGHTS)) - _ZEROS) % 11]
