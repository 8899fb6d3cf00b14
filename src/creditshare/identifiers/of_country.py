"""Identifiers whose number can exist in several countries, so that the country is part of them."""

from __future__ import annotations

import re
from typing import Self

from creditshare.errors import IdentifierFault
from creditshare.identifiers.base import Identifier

__all__ = ["CountryIdentifier"]

_COUNTRY = re.compile(
    r"(?!UK|EU|AA|Q[M-Z]|XX|ZZ)[A-Z]{2}", re.ASCII
)  # UK is GB; the rest are nobody's


class CountryIdentifier(Identifier):
    """An identifier that its country is part of, in its identity and in what is tokenised."""

    __slots__ = ()

    @classmethod
    def parse(cls, text: str, country: str = "") -> Self:
        """Read an identifier as people and spreadsheets write it.

        Args:
            text: As found; see `Identifier.parse`.
            country: The issuing country, ISO 3166-1 alpha-2, such as ``"GB"``.

        Raises:
            IdentifierError: with its `kind`; `COUNTRY` if the country is missing or cannot be one.
        """
        return cls._trusted(*cls.canonical(text, country))

    @classmethod
    def _country(cls, country: str) -> str:
        """The two letters of a country, upper case."""
        code = country.strip() if isinstance(country, str) else ""
        if not code.isascii() or not _COUNTRY.fullmatch(code := code.upper()):
            raise cls._fault(IdentifierFault.COUNTRY, "the issuing country is needed, as 2 letters")
        return code
