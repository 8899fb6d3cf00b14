"""Bank card number, ISO/IEC 7812: 13 to 19 digits with a Luhn check digit.

- Weak: cards are replaced, shared and borrowed. Sensitive: a number is worth stealing, so it is
  shown by its last two digits alone.
- Not every issuer guarantees the check digit. A number without it is refused all the same: it is
  far more likely mistyped, and a weak identifier that is missing costs nobody anything.
- 12 digits, which a few old cards have, are refused: India's Aadhaar numbers have 12.
- The numbers that payment processors publish for tests fit the check; they are listed below.
"""

from __future__ import annotations

import re

from creditshare.errors import IdentifierFault
from creditshare.identifiers.base import Identifier
from creditshare.identifiers.folding import fold

__all__ = ["BankCard"]

_FORM = re.compile(r"[2-9][0-9]{12,18}")
_PLACEHOLDER = re.compile(r"([0-9])\1*|[0-9]{1,6}0{9,}[0-9]|1234567890[0-9]*")
_TEST_NUMBERS = frozenset(
    (  # Visa, Mastercard, American Express, Discover, Diners Club, JCB, UnionPay
        *("4012888888881881", "4111111111111111", "4222222222222", "4242424242424242"),
        *("4000056655665556", "5105105105105100", "5200828282828210", "5454545454545454"),
        *("5555555555554444", "2223003122003222", "2222400070000005", "371449635398431"),
        *("378282246310005", "378734493671000", "6011000990139424", "6011111111111117"),
        *("30569309025904", "3056930009020004", "38520000023237", "36227206271667"),
        *("3530111333300000", "3566002020360505", "6212345678901232", "6212345678901265"),
    )
)
_DOUBLED = str.maketrans("0123456789", "0246813579")  # twice a digit, and the digits of that added


class BankCard(Identifier):
    """A payment card's number; it corroborates and never identifies."""

    __slots__ = ()
    SCHEME = "bank-card"
    HOLDER = None
    STRONG = False

    @classmethod
    def canonical(cls, text: str, country: str = "") -> tuple[str, str]:
        """The 13 to 19 digits; see `Identifier.canonical`."""
        number = fold(text, cls.SCHEME)
        if "X" in number:
            raise cls._fault(IdentifierFault.MASKED, "digits are crossed out")
        if not 13 <= len(number) <= 19:
            raise cls._fault(IdentifierFault.LENGTH, "not 13 to 19 digits")
        if number in _TEST_NUMBERS or _PLACEHOLDER.fullmatch(number):
            raise cls._fault(IdentifierFault.PLACEHOLDER, "a test number or placeholder")
        if not _FORM.fullmatch(number):
            raise cls._fault(IdentifierFault.FORM, "no card's number")
        if _luhn(number) != 0:
            raise cls._fault(IdentifierFault.CHECK, "the check digit does not fit")
        return number, ""


def _luhn(number: str) -> int:
    """ISO/IEC 7812-1 annex B: 0 for a number with its right check digit."""
    return sum(map(int, number[::-2] + number[-2::-2].translate(_DOUBLED))) % 10
