"""Amounts as people write them."""

from __future__ import annotations

import re

__all__ = ["decimals", "in_units"]

_WHOLE = re.compile("BIF|CLP|DJF|GNF|ISK|JPY|KMF|KRW|PYG|RWF|UGX|UYI|VND|VUV|XAF|XOF|XPF")
_THOUSANDTHS = re.compile("BHD|IQD|JOD|KWD|LYD|OMR|TND")
_FINER = re.compile("CLF|UYW")
"""Currencies whose minor unit is no hundredth: the unit, 1/1,000, 1/10,000 of it (ISO 4217)."""


def decimals(currency: str) -> int:
    """How many decimals an amount of a currency has: its unit is 10 to that in minor units.

    Args:
        currency: ISO 4217.
    """
    if _WHOLE.fullmatch(currency):
        return 0
    if _THOUSANDTHS.fullmatch(currency):
        return 3
    return 4 if _FINER.fullmatch(currency) else 2


def in_units(minor: int, currency: str) -> str:
    """A number of minor units with its decimals and groups of three digits, without the currency.

    Args:
        minor: The minor units; negative for a change downwards.
        currency: ISO 4217.
    """
    digits = decimals(currency)
    whole, rest = divmod(abs(minor), 10**digits)
    fraction = f".{rest:0{digits}d}" if digits else ""
    return f"{'-' if minor < 0 else ''}{whole:,}{fraction}"
