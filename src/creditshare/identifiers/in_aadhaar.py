"""Aadhaar number of a resident of India: recognised in order to be refused.

Private parties may not demand it: the Supreme Court of India struck that part of section 57 of the
Aadhaar Act down in Justice K. S. Puttaswamy v. Union of India (2018). A token of one would still be
made from one, so none is ever made.

- 12 digits, the first 2 to 9, the last a Verhoeff check digit; a virtual ID has 16.
- `NationalID` of India refuses it by name; other schemes have no room for 12 digits.
"""

from __future__ import annotations

import re
from typing import NoReturn

from creditshare.errors import IdentifierError, IdentifierFault
from creditshare.identifiers.base import Holder, Identifier
from creditshare.identifiers.folding import fold
from creditshare.identifiers.verhoeff import verhoeff

__all__ = ["Aadhaar", "refuse_aadhaar"]

_FORM = re.compile(r"[2-9][0-9]{11}(?:[0-9]{4})?")


class Aadhaar(Identifier):
    """No instance of this exists: every way of making one raises."""

    __slots__ = ()
    SCHEME = "in-aadhaar"
    HOLDER = Holder.PERSON
    STRONG = False

    @classmethod
    def canonical(cls, text: str, country: str = "") -> NoReturn:
        """Refuse a text.

        Raises:
            IdentifierError: of the kind `FORBIDDEN` for an Aadhaar number or virtual ID; of
                another for what is neither.
        """
        number = fold(text, cls.SCHEME)
        refuse_aadhaar(number, cls.SCHEME)
        if "XX" in number:
            raise cls._fault(IdentifierFault.MASKED, "digits are crossed out")
        if len(number) not in (12, 16):
            raise cls._fault(IdentifierFault.LENGTH, "neither 12 nor 16 digits")
        if not _FORM.fullmatch(number):
            raise cls._fault(IdentifierFault.FORM, "no Aadhaar number has this form")
        raise cls._fault(IdentifierFault.CHECK, "the check digit does not fit")


def refuse_aadhaar(number: str, scheme: str) -> None:
    """Raise if a folded text is an Aadhaar number or virtual ID.

    Raises:
        IdentifierError: of the kind `FORBIDDEN`.
    """
    if _FORM.fullmatch(number) and verhoeff(number) == 0:
        raise IdentifierError(
            scheme, IdentifierFault.FORBIDDEN, "an Aadhaar number; private use was struck down"
        )
