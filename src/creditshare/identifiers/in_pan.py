"""Permanent account number (PAN) of India: five letters, four digits, one letter.

::

    ABCPE 1234 F      series 3, kind of holder, initial, serial 4, check letter

- The 4th letter tells the holder: P a person; C company, F firm, H Hindu undivided family,
  A association, B body of individuals, T and K trust, L local authority, J artificial juridical
  person, G government. One scheme has both, and `holder` tells which.
- How the check letter is computed is not published, so a mistyped PAN of the right form passes:
  nothing but the second factor tells the two holders apart.
- The initial of the holder's surname or name is the 5th letter; names change, so it is not checked.
"""

from __future__ import annotations

import re

from creditshare.errors import IdentifierFault
from creditshare.identifiers.base import Holder, Identifier
from creditshare.identifiers.folding import fold

__all__ = ["PAN"]

_FORM = re.compile(r"[A-Z]{3}[ABCFGHJKLPT][A-Z][0-9]{4}[A-Z]")
_PLACEHOLDER = re.compile(r"[A-Z]{5}0000[A-Z]|ABC[A-Z]E1234[A-Z]|([A-Z])\1{4}[0-9]{4}\1")
_CROSSED_OUT = re.compile(r"XXX.*|.{5}[0-9X]*X[0-9X]*.")


class PAN(Identifier):
    """A permanent account number of a person or an organisation in India."""

    __slots__ = ()
    SCHEME = "in-pan"
    HOLDER = None
    STRONG = True

    @classmethod
    def canonical(cls, text: str, country: str = "") -> tuple[str, str]:
        """The 10 characters; see `Identifier.canonical`."""
        number = fold(text, cls.SCHEME)
        if len(number) != 10:
            raise cls._fault(IdentifierFault.LENGTH, "not 10 characters")
        if _CROSSED_OUT.fullmatch(number):
            raise cls._fault(IdentifierFault.MASKED, "characters are crossed out")
        if _PLACEHOLDER.fullmatch(number):
            raise cls._fault(IdentifierFault.PLACEHOLDER, "a placeholder, not a number")
        if not _FORM.fullmatch(number):
            raise cls._fault(IdentifierFault.FORM, "not five letters, four digits and a letter")
        return number, ""

    @property
    def holder(self) -> Holder:
        """Whose it is, by the 4th letter; a Hindu undivided family counts as an organisation."""
        return Holder.PERSON if self.value[3] == "P" else Holder.ORGANISATION
