"""Organisation code (组织机构代码), GB 11714: 8 characters and a check character.

::

    M000100Y-4      the hyphen before the check character is how it is printed

- Check character: weights 3 7 9 10 5 8 4 2 over the first 8, A counting as 10 and Z as 35; 11 minus
  the sum modulo 11, where 10 is X and 11 is 0.
- The code stands in characters 9 to 17 of an organisation's unified social credit code, which
  replaced it in 2015. Old files hold the one and new files the other: take both into a borrower,
  with `UnifiedSocialCreditCode.organisation_code`.
- It begins with zeros as often as not, which spreadsheets drop; what is left is refused as too
  short, never padded.
"""

from __future__ import annotations

import re

from creditshare.errors import IdentifierFault
from creditshare.identifiers.base import Holder, Identifier
from creditshare.identifiers.folding import fold

__all__ = ["OrganisationCode", "fault_in"]

_PLACEHOLDER = re.compile(r"(?:(.)\1{7}|12345678).")
_CHECK_PLACE = 8
_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)


def fault_in(code: str) -> tuple[IdentifierFault, str] | None:
    """What is wrong with 9 digits and upper-case letters as an organisation code, if anything."""
    if _PLACEHOLDER.fullmatch(code):
        return IdentifierFault.PLACEHOLDER, "a placeholder for an organisation code"
    if "XXXX" in code:
        return IdentifierFault.MASKED, "characters of the organisation code are crossed out"
    total = sum(int(char, 36) * weight for char, weight in zip(code, _WEIGHTS, strict=False))
    if "0123456789X"[-total % 11] != code[8]:
        return IdentifierFault.CHECK, "the check character of the organisation code does not fit"
    return None


class OrganisationCode(Identifier):
    """The code of an organisation in China before 2015."""

    __slots__ = ()
    SCHEME = "cn-org"
    HOLDER = Holder.ORGANISATION
    STRONG = True

    @classmethod
    def canonical(cls, text: str, country: str = "") -> tuple[str, str]:
        """The 9 characters, without the hyphen; see `Identifier.canonical`."""
        code = fold(text, cls.SCHEME, check_place=_CHECK_PLACE)
        if len(code) != 9:
            raise cls._fault(IdentifierFault.LENGTH, "not 9 characters")
        if fault := fault_in(code):
            raise cls._fault(*fault)
        return code, ""
