"""Corporate identification number (CIN) of a company in India: 21 characters.

::

    U 65999 MH 2016 PTC 123457     listed or not, industry 5, state 2, year 4, kind 3, number 6

- No check digit: a mistyped CIN of the right form passes.
- A company's CIN changes when it is listed, moves to another state, or changes its industry or
  kind. The two forms cannot be told to be one company by their characters, so take every CIN that
  a company had into the borrower.
- States are renamed and kinds are added, so neither is checked against a list.
- Partnerships (LLPIN) and foreign companies (FCRN) have other numbers, which are refused.
"""

from __future__ import annotations

import re

from creditshare.errors import IdentifierFault
from creditshare.identifiers.base import Holder, Identifier
from creditshare.identifiers.folding import fold

__all__ = ["CIN"]

_FORM = re.compile(r"[LU][0-9]{5}[A-Z]{2}(?:18|19|20)[0-9]{2}[A-Z]{3}[0-9]{6}")
_PLACEHOLDER = re.compile(r".{15}000000|.12345.{9}123456")


class CIN(Identifier):
    """The corporate identification number of a company in India."""

    __slots__ = ()
    SCHEME = "in-cin"
    HOLDER = Holder.ORGANISATION
    STRONG = True

    @classmethod
    def canonical(cls, text: str, country: str = "") -> tuple[str, str]:
        """The 21 characters; see `Identifier.canonical`."""
        number = fold(text, cls.SCHEME)
        if len(number) != 21:
            raise cls._fault(IdentifierFault.LENGTH, "not 21 characters")
        if "XX" in number:
            raise cls._fault(IdentifierFault.MASKED, "characters are crossed out")
        if _PLACEHOLDER.fullmatch(number) or len(set(number)) == 1:
            raise cls._fault(IdentifierFault.PLACEHOLDER, "a placeholder, not a number")
        if not _FORM.fullmatch(number):
            raise cls._fault(IdentifierFault.FORM, "a character where the number cannot have it")
        return number, ""
