"""ISO/IEC 7064: the check characters of Chinese identity numbers and of LEIs.

- MOD 11-2, of 17 digits. GB 11643-1999 writes it as weights 7 9 10 5 8 4 2 1 6 3 7 9 10 5 8 4 2,
  which are 2^17 to 2^1 modulo 11.
- MOD 97-10, of digits and letters, where A counts as 10 and Z as 35.
"""

from __future__ import annotations

__all__ = ["mod_11_2", "mod_97_10"]

# 13 is 2 modulo 11, so the digits read in base 13 are the sum with weights 2^16 to 2^0: half of
# the standard's. These are its characters, `10X98765432`, in the order of that half.
_CHARACTERS = "1X864209753"


def mod_11_2(digits: str) -> str:
    """The check character of 17 ASCII digits."""
    return _CHARACTERS[int(digits, 13) % 11]


def mod_97_10(body: str) -> str:
    """The two check digits of ASCII digits and upper-case letters: ``"02"`` to ``"98"``."""
    number = int("".join(str(int(char, 36)) for char in body))
    return f"{98 - number * 100 % 97:02d}"
