"""Passport number, with its issuing country.

The same number exists in many countries, so the country is part of the identity and of what is
tokenised. The number has no check character outside the machine-readable zone (ICAO 9303): up to
nine letters and digits, of which some countries use fewer.
"""

from __future__ import annotations

import re

from creditshare.errors import IdentifierFault
from creditshare.identifiers.base import Holder
from creditshare.identifiers.folding import fold
from creditshare.identifiers.of_country import CountryIdentifier

__all__ = ["Passport"]

_FORM = re.compile(r"(?=.*[0-9])[A-Z0-9]{5,9}", re.ASCII)
_PLACEHOLDER = re.compile(r"[A-Z]{0,2}([0-9])\1*|[A-Z]?12345(6(7(89?)?)?)?")


class Passport(CountryIdentifier):
    """A passport's number and the country that issued it."""

    __slots__ = ()
    SCHEME = "passport"
    HOLDER = Holder.PERSON
    STRONG = True

    @classmethod
    def canonical(cls, text: str, country: str = "") -> tuple[str, str]:
        """The number and the country, upper case; see `Identifier.canonical`."""
        number = fold(text, cls.SCHEME)
        code = cls._country(country)
        if "XX" in number:
            raise cls._fault(IdentifierFault.MASKED, "characters are crossed out")
        if _PLACEHOLDER.fullmatch(number):
            raise cls._fault(IdentifierFault.PLACEHOLDER, "a placeholder, not a number")
        if not 5 <= len(number) <= 9:
            raise cls._fault(IdentifierFault.LENGTH, "not 5 to 9 characters")
        if not _FORM.fullmatch(number):
            raise cls._fault(IdentifierFault.FORM, "no digit in it")
        return number, code
