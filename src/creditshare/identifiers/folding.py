"""From what people type to upper-case ASCII letters and digits.

The table is ours and closed. Unicode's NFKC would fold more with each Unicode version, so two
agencies on different Pythons would disagree; it also leaves half of the look-alikes of X alone.
Anything the table does not name is refused, which covers unassigned code points as well.
"""

from __future__ import annotations

import re

from creditshare.errors import IdentifierError, IdentifierFault

__all__ = ["fold"]

_SPACES = (
    " \t\r\n\v\f\u0085\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009"
    "\u200a\u2028\u2029\u202f\u205f\u3000"  # white space
    "\u00ad\u180e\u200b\u200c\u200d\u200e\u200f\u2060\ufeff"  # no width
    "\u202a\u202b\u202c\u202d\u202e"  # directions
    "'\u2018\u2019\uff07`"  # the apostrophe with which spreadsheets mark text
)
_HYPHENS = "-\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe58\ufe63\uff0d"
_LONG_DASHES = "\u2e3a\u2e3b"  # as long as two or three
_SEPARATORS = _SPACES + _HYPHENS
_LOOKS_LIKE_X = "\u2169\u2179\u0425\u0445\u03a7\u03c7\u00d7\u2715\u2716\u2a2f"
_MASKS = "*\uff0a\u2217\u25cf\u25cb\u2022\u00b7\u2605\u2606#\uff03?\uff1f\u25a0\u25a1"

_HYPHEN, _SPACE = f"[_{re.escape(_HYPHENS)}]", f"[{re.escape(_SPACES)}]"
_DASHED_OUT = re.compile(f"{_HYPHEN}{_SPACE}*{_HYPHEN}|[{_LONG_DASHES}]")  # a row hides digits

_FULL_WIDTH = {0xFF01 + i: chr(0x21 + i) for i in range(0x5E)}
_TABLE = str.maketrans(
    {chr(code): char.upper() for code, char in _FULL_WIDTH.items()}
    | {chr(code): chr(code).upper() for code in range(ord("a"), ord("z") + 1)}
    | dict.fromkeys(_LOOKS_LIKE_X, "X")
)
_BARE = str.maketrans(dict.fromkeys(_SEPARATORS, ""))
_CHECK_PLACE = 17  # where a look-alike stands for the check character X; elsewhere it crosses out
_TEXT_MAX = 128


def fold(text: str, scheme: str) -> str:
    """Fold a text to upper-case ASCII letters and digits.

    Args:
        text: As found.
        scheme: The scheme's name, for the error.

    Raises:
        IdentifierError: if nothing is left, digits are hidden behind a mask or were lost by a
            spreadsheet, or a character is left that no identifier has.
    """
    if not isinstance(text, str) or len(text) > _TEXT_MAX:
        raise IdentifierError(scheme, IdentifierFault.LENGTH, "not a text of a number's length")
    if not text.isascii() or not text.isalnum() or not text.isupper():
        bare = text.translate(_BARE)
        if _is_masked(text, bare):
            raise IdentifierError(
                scheme, IdentifierFault.MASKED, "digits are hidden; the full number is needed"
            )
        folded = bare.translate(_TABLE)
    else:
        folded = text
    if not folded:
        raise IdentifierError(scheme, IdentifierFault.EMPTY, "empty")
    if not (folded.isascii() and folded.isalnum()):
        if _is_scientific(folded):
            raise IdentifierError(
                scheme,
                IdentifierFault.DIGITS_LOST,
                "a spreadsheet stored it as a number and its last digits are lost",
            )
        raise IdentifierError(scheme, IdentifierFault.CHARACTERS, "a character no number has")
    return folded


def _is_masked(text: str, bare: str) -> bool:
    """Whether digits are starred, dashed or crossed out; `bare` is the text without separators."""
    crossed_out = any(char in bare[:_CHECK_PLACE] for char in _LOOKS_LIKE_X)
    return crossed_out or any(mask in text for mask in _MASKS) or bool(_DASHED_OUT.search(text))


def _is_scientific(text: str) -> bool:
    """``1.10105E+17`` and its like: what is left of a long number stored as a floating one."""
    mantissa, mark, exponent = text.partition("E")
    whole, _, fraction = mantissa.partition(".")
    return bool(mark) and (whole + fraction).isdigit() and exponent.removeprefix("+").isdigit()
