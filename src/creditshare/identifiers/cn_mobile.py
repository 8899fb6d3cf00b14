"""Mobile number of mainland China: 11 digits, 1 and then 3 to 9.

- Weak: numbers are given to somebody else some months after they lapse, so a number says something
  only together with the day on which it was seen. That day is a fact of the file it was found in,
  not of the number, and belongs beside it.
- +86, 0086 and 86 go, and parentheses; other countries' numbers are refused.
- Who fills in a form without having a number writes one of few, which are refused: eight equal
  digits, 12345678, or the operator's own 138 0013 8000.
"""

from __future__ import annotations

import re

from creditshare.errors import IdentifierFault
from creditshare.identifiers.base import Identifier
from creditshare.identifiers.folding import fold

__all__ = ["MobileNumber"]

_PUNCTUATION = str.maketrans(dict.fromkeys("()\uff08\uff09") | {"+": "00", "\uff0b": "00"})
_COUNTRY_CODE = re.compile(r"(?:00)?86(?=.{11}\Z)")
_FORM = re.compile(r"1[3-9][0-9]{9}")
_PLACEHOLDER = re.compile(r"1[3-9][0-9](?:([0-9])\1{7}|12345678)|13800138000")


class MobileNumber(Identifier):
    """A mobile number; it corroborates and never identifies."""

    __slots__ = ()
    SCHEME = "cn-mobile"
    HOLDER = None
    STRONG = False

    @classmethod
    def canonical(cls, text: str, country: str = "") -> tuple[str, str]:
        """The 11 digits; see `Identifier.canonical`."""
        if isinstance(text, str):
            text = text.translate(_PUNCTUATION)
        number = fold(text, cls.SCHEME)
        if prefix := _COUNTRY_CODE.match(number):
            number = number[prefix.end() :]
        if "X" in number:
            raise cls._fault(IdentifierFault.MASKED, "digits are crossed out")
        if len(number) != 11:
            raise cls._fault(IdentifierFault.LENGTH, "not 11 digits")
        if _PLACEHOLDER.fullmatch(number) or len(set(number)) == 1:
            raise cls._fault(IdentifierFault.PLACEHOLDER, "a placeholder, not a number")
        if not _FORM.fullmatch(number):
            raise cls._fault(IdentifierFault.FORM, "not a mobile number of mainland China")
        return number, ""
