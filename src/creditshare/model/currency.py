"""Amounts as people write them."""

from __future__ import annotations

import re

__all__ = ["CURRENCIES", "decimals", "in_units"]

_CODES = """
    AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BOV BRL BSD BTN BWP
    BYN BZD CAD CDF CHE CHF CHW CLF CLP CNY COP COU CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR
    FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES
    KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR
    MWK MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF
    SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS
    UAH UGX USD USN UYI UYU UYW UZS VED VES VND VUV WST XAF XCD XCG XOF XPF YER ZAR ZMW ZWG
"""
CURRENCIES = frozenset(_CODES.split())
"""The currencies of ISO 4217, without precious metals, units of account and codes for testing."""

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
