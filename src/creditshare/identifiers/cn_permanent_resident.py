"""Foreign permanent resident ID card (外国人永久居留身份证): the 2023 form and the older one.

::

    9 11840 19801231 001 X     2023: 18 characters, first is 9, ISO 7064 MOD 11-2
    CAN 110101198001           older: 3 letters and 12 digits; cards in it stay valid

The two forms of one person's card cannot be told from each other's number, so they are two
identifiers of one borrower. No date is read from either: their inner structure is unverified.
"""

from __future__ import annotations

import re

from creditshare.errors import IdentifierFault
from creditshare.identifiers.base import Holder, Identifier
from creditshare.identifiers.folding import fold
from creditshare.identifiers.iso7064 import mod_11_2

__all__ = ["PermanentResidentID"]

_CARD_2023 = re.compile(r"9[0-9]{16}[0-9X]")
_CARD_OLDER = re.compile(r"[A-Z]{3}[0-9]{12}")
_PLACEHOLDER = re.compile(r"9{17}[0-9X]|[A-Z]{3}([0-9])\1{11}")


class PermanentResidentID(Identifier):
    """The number of a foreign permanent resident's identity card."""

    __slots__ = ()
    SCHEME = "cn-prid"
    HOLDER = Holder.PERSON
    STRONG = True

    @classmethod
    def canonical(cls, text: str, country: str = "") -> tuple[str, str]:
        """The 18 or 15 characters of the card; see `Identifier.canonical`."""
        number = fold(text, cls.SCHEME, check_place=17)
        if len(number) not in (15, 18):
            raise cls._fault(IdentifierFault.LENGTH, "neither 18 nor 15 characters")
        if number.startswith("XXX"):
            raise cls._fault(IdentifierFault.MASKED, "characters are crossed out")
        if _PLACEHOLDER.fullmatch(number):
            raise cls._fault(IdentifierFault.PLACEHOLDER, "a placeholder, not a number")
        if _CARD_OLDER.fullmatch(number):
            return number, ""
        if not _CARD_2023.fullmatch(number):
            raise cls._fault(IdentifierFault.FORM, "neither form of the card")
        if mod_11_2(number[:17]) != number[17]:
            raise cls._fault(IdentifierFault.CHECK, "the check character does not fit")
        return number, ""
