"""National identity number of a country that has no scheme of its own here.

Letters and digits, 5 to 20, at least four of them digits, with the country. No check: each country
has its own, and a table of them would change tokens when it is mended.

- One document, one door: China and India are refused, as are numbers of Chinese documents under
  any country. Agencies file a permit for Hong Kong residents as an identity card of Hong Kong,
  and a foreigner's permanent resident card as an identity card of the foreigner's country; as a
  second spelling they would get a second token.
- Hong Kong identity cards carry a check digit in parentheses, and others are written with full
  stops and slashes; all of these go, beside what goes in every scheme.
- A number with a full stop and zeros at its end went through a spreadsheet as a number, and may
  have lost zeros at its beginning.
- Some countries' numbers have a shorter and a longer spelling (Sweden: 10 or 12 digits). They are
  two identifiers; take both into the borrower.
"""

from __future__ import annotations

import re

from creditshare.errors import IdentifierError, IdentifierFault
from creditshare.identifiers.base import Holder
from creditshare.identifiers.cn_permanent_resident import PermanentResidentID
from creditshare.identifiers.cn_resident import ResidentID
from creditshare.identifiers.folding import fold
from creditshare.identifiers.in_aadhaar import refuse_aadhaar
from creditshare.identifiers.of_country import CountryIdentifier

__all__ = ["NationalID"]

_PUNCTUATION = str.maketrans(dict.fromkeys("./()\uff0e\uff0f\uff08\uff09"))
_STORED_AS_NUMBER = re.compile(r"[0-9]+\.0*|[0-9]\.[0-9]+[Ee]\+?[0-9]+")
_CHINESE = re.compile(r"[0-9]{17}[0-9X]|[A-Z]{3}[0-9]{12}")
_FORM = re.compile(r"(?=(?:[A-Z]*[0-9]){4})[0-9A-Z]{5,20}")
_ROWS = ("0123456789" * 2, "1234567890" * 2, "9876543210" * 2, "87654321")
_SAMPLES = frozenset({("US", "078051120"), ("US", "219099999")})
"""Printed on sample cards and used by thousands, says the US Social Security Administration."""


class NationalID(CountryIdentifier):
    """A national identity number and the country that gave it."""

    __slots__ = ()
    SCHEME = "national-id"
    HOLDER = Holder.PERSON
    STRONG = True

    @classmethod
    def canonical(cls, text: str, country: str = "") -> tuple[str, str]:
        """The number and the country, upper case; see `Identifier.canonical`."""
        if isinstance(text, str):
            if _STORED_AS_NUMBER.fullmatch(text.strip()):
                raise cls._fault(IdentifierFault.DIGITS_LOST, "a spreadsheet's number, not a text")
            text = text.translate(_PUNCTUATION)
        number = fold(text, cls.SCHEME)
        code = cls._country(country)
        cls._refuse_other_schemes(number, code)
        if "XX" in number:
            raise cls._fault(IdentifierFault.MASKED, "characters are crossed out")
        if not 5 <= len(number) <= 20:
            raise cls._fault(IdentifierFault.LENGTH, "not 5 to 20 characters")
        if not _FORM.fullmatch(number):
            raise cls._fault(IdentifierFault.FORM, "fewer than four digits in it")
        if _is_placeholder(number) or (code, number) in _SAMPLES:
            raise cls._fault(IdentifierFault.PLACEHOLDER, "a placeholder, not a number")
        return number, code

    @classmethod
    def _refuse_other_schemes(cls, number: str, country: str) -> None:
        """One document has one scheme, or two agencies would make two tokens of it."""
        if country == "IN":
            refuse_aadhaar(number, cls.SCHEME)
        if country in ("CN", "IN"):
            raise cls._fault(IdentifierFault.SCHEME, "this country has schemes of its own")
        if _is_chinese(number):
            raise cls._fault(IdentifierFault.SCHEME, "the number of a Chinese document")


def _is_chinese(number: str) -> bool:
    if not _CHINESE.fullmatch(number):
        return False
    for scheme in (ResidentID, PermanentResidentID):
        try:
            scheme.canonical(number)
        except IdentifierError:
            continue
        return True
    return False


def _is_placeholder(number: str) -> bool:
    digits = "".join(filter(str.isdigit, number))
    if len(digits) > 6:
        digits = digits[:-1]  # the last may be a check digit, made to fit
    return len(set(digits)) == 1 or any(row.startswith(digits) for row in _ROWS)
