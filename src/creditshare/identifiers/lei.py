"""Legal entity identifier (LEI), ISO 17442: 18 characters and two check digits.

- Check digits: ISO/IEC 7064 MOD 97-10, always 02 to 98. 00, 01 and 99 fit the congruence too and
  would be a second spelling of the same entity's code, so they are refused.
- An entity has one LEI for life, in any country; after a merger the old one stays its own.
"""

from __future__ import annotations

import re

from creditshare.errors import IdentifierFault
from creditshare.identifiers.base import Holder, Identifier
from creditshare.identifiers.folding import fold
from creditshare.identifiers.iso7064 import mod_97_10

__all__ = ["LEI"]

_FORM = re.compile(r"[0-9A-Z]{18}[0-9]{2}")
_PLACEHOLDER = re.compile(r"(.)\1{17}..|1234567890.*|.{4}0{14}..")


class LEI(Identifier):
    """The identifier of a legal entity in the global LEI system."""

    __slots__ = ()
    SCHEME = "lei"
    HOLDER = Holder.ORGANISATION
    STRONG = True

    @classmethod
    def canonical(cls, text: str, country: str = "") -> tuple[str, str]:
        """The 20 characters; see `Identifier.canonical`."""
        code = fold(text, cls.SCHEME)
        if len(code) != 20:
            raise cls._fault(IdentifierFault.LENGTH, "not 20 characters")
        if _PLACEHOLDER.fullmatch(code):
            raise cls._fault(IdentifierFault.PLACEHOLDER, "a placeholder, not a code")
        if not _FORM.fullmatch(code):
            raise cls._fault(IdentifierFault.FORM, "its last two characters are not digits")
        if mod_97_10(code[:18]) != code[18:]:
            raise cls._fault(IdentifierFault.CHECK, "the check digits do not fit")
        return code, ""
