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
_LOOKS_LIKE_X = "\u2169\u2179\u0425\u0445\u03a7\u03c7\u00d7\u2715\u2716\u2a2f"
_CROSS = "\u00d7"  # stands for all of them until their place is known
_MASKS = "*\uff0a\u2217\u25cf\u25cb\u2022\u00b7\u2605\u2606#\uff03?\uff1f\u25a0\u25a1"

_HYPHEN, _SPACE = f"[_{re.escape(_HYPHENS)}]", f"[{re.escape(_SPACES)}]"
_MASKED = re.compile(  # starred out, or dashed out: a row of hyphens hides digits
    f"[{re.escape(_MASKS + _LONG_DASHES)}]|{_HYPHEN}{_SPACE}*{_HYPHEN}"
)
_TABLE = str.maketrans(
    {chr(0xFF01 + i): chr(0x21 + i).upper() for i in range(0x5E)}  # full width
    | {chr(code): chr(code).upper() for code in range(ord("a"), ord("z") + 1)}
    | dict.fromkeys(_LOOKS_LIKE_X, _CROSS)
    | dict.fromkeys(_SPACES + _HYPHENS)
)
_TEXT_MAX = 128


def fold(text: str, scheme: str, *, check_place: int | None = None) -> str:
    """Fold a text to upper-case ASCII letters and digits.

    Args:
        text: As found.
        scheme: The scheme's name, for the error.
        check_place: From which index on a look-alike of X stands for the check character X;
            anywhere else it crosses a digit out.

    Raises:
        IdentifierError: if nothing is left, digits are hidden behind a mask or were lost by a
            spreadsheet, or a character is left that no identifier has.
    """
    if not isinstance(text, str) or len(text) > _TEXT_MAX:
        raise IdentifierError(scheme, IdentifierFault.LENGTH, "not a text of a number's length")
    if text.isascii() and text.isalnum():
        return text.upper()
    folded = text.translate(_TABLE)
    if not folded.isascii() and _CROSS in folded and check_place is not None:
        folded = folded[:check_place] + folded[check_place:].replace(_CROSS, "X")
    if _CROSS in folded or _MASKED.search(text):
        raise IdentifierError(
            scheme, IdentifierFault.MASKED, "digits are hidden; the full number is needed"
        )
    if not folded:
        raise IdentifierError(scheme, IdentifierFault.EMPTY, "empty")
    if not (folded.isascii() and folded.isalnum()):
        raise _stray(folded, scheme)
    return folded


def _stray(folded: str, scheme: str) -> IdentifierError:
    """Why characters are left; ``1.10105E+17`` is what a spreadsheet leaves of a long number."""
    mantissa, mark, exponent = folded.partition("E")
    whole, _, fraction = mantissa.partition(".")
    if mark and (whole + fraction).isdigit() and exponent.removeprefix("+").isdigit():
        return IdentifierError(
            scheme,
            IdentifierFault.DIGITS_LOST,
            "a spreadsheet stored it as a number and its last digits are lost",
        )
    return IdentifierError(scheme, IdentifierFault.CHARACTERS, "a character no number has")
